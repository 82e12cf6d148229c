"""Formats that only Blender writes or reads: FBX, .blend and Alembic, through the user's own Blender.

Blender is a program of the user's and stays one: it runs in a process of its own and is never part of ours. It is
looked for in MARROW_BLENDER (the program, or a Python that has bpy), in the environment `~/.marrow/blender`, on the
PATH and where it is usually installed.
"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from numpy import ndarray

from marrow.bones import outside
from marrow.bones.formats.blender_pack import packed, stated_losses
from marrow.bones.formats.fbx_far import exact
from marrow.bones.formats.nodes import contents
from marrow.contents import Contents, Remark
from marrow.errors import EngineError, InputError, MarrowError
from marrow.forms.arrays import read_npz, write_npz
from marrow.media import Rig

VARIABLE = "MARROW_BLENDER"
HOME = Path.home() / ".marrow" / "blender"      # an environment with bpy, made by one command
LIMIT = 900.0                                   # seconds for one file
FRAMES = 100_000                                # of one take
HERE = Path(__file__).parent


def write_fbx(rig: Rig, path: Path) -> tuple[Remark, ...]:
    """Write a rig as FBX 7.4 binary, every frame of every motion keyed, textures inside; returns what is lost.

    raises    EngineError  no Blender, or it fails
    test      read back, joints are where they were to 0.02 % of height
    """
    return _written(rig, path)


def write_blend(rig: Rig, path: Path) -> tuple[Remark, ...]:
    """Write a rig as a Blender file with an action for every motion; returns what is lost."""
    return _written(rig, path)


def write_alembic(rig: Rig, path: Path) -> tuple[Remark, ...]:
    """Write a rig as Alembic: the mesh as it moves, the joints as empty objects; returns what is lost."""
    return _written(rig, path)


def read_blend(path: Path) -> Contents:
    """Read characters, actions, meshes and materials of a Blender file; scripts inside never run.

    raises    InputError   Blender cannot open it
              EngineError  no Blender, or it fails
    """
    return _read(path, "blend")


def read_alembic(path: Path) -> Contents:
    """Read the moving objects and the meshes of an Alembic file; meshes that deform are kept as they begin.

    raises    as `read_blend`
    """
    return _read(path, "abc")


def command() -> list[str]:
    """How Blender is started.

    raises    EngineError  "blender.missing" with the cure, "blender.wrong" where MARROW_BLENDER names nothing
    """
    named = os.environ.get(VARIABLE)
    if named and not shutil.which(named):
        raise EngineError("blender.wrong", variable=VARIABLE, path=named)
    found = named or next(_usual(), None)
    if not found:
        python = "py -3.11" if sys.platform == "win32" else "python3.11"
        pip = HOME / ("Scripts" if sys.platform == "win32" else "bin") / "pip"
        raise EngineError("blender.missing", variable=VARIABLE, make=f"{python} -m venv {HOME}",
                          fill=f"{pip} install bpy==4.5.*")
    return [str(shutil.which(found) or found)]


def _usual() -> Iterator[str]:
    """Where a Blender may be, best first."""
    for python in (HOME / "bin" / "python", HOME / "Scripts" / "python.exe"):
        if python.exists():
            yield str(python)
    if shutil.which("blender"):
        yield "blender"
    rooms = {"darwin": ("/Applications", str(Path.home() / "Applications")),
             "win32": tuple(os.environ[name] for name in ("ProgramFiles", "LocalAppData") if name in os.environ)}
    pattern = {"darwin": "Blender*.app/Contents/MacOS/Blender", "win32": "**/Blender Foundation/Blender*/blender.exe"}
    for room in rooms.get(sys.platform, ("/opt", "/usr/local", "/snap/bin", str(Path.home()))):
        found = Path(room).glob(pattern.get(sys.platform, "blender*/blender"))
        yield from map(str, sorted(found, reverse=True))


def _run(ask: dict, script: str, folder: Path) -> dict:
    """Let Blender do what is asked in a folder; returns its answer."""
    program = command()
    (folder / "ask.json").write_text(json.dumps(ask), "utf-8")
    words = [str(HERE / script), str(folder)]
    if not Path(program[0]).name.lower().startswith("python"):
        program += ["--background", "--factory-startup", "--python-exit-code", "3", "--python", words[0], "--"]
        words = words[1:]
    try:
        outside.run([*program, *words], name="Blender", limit=LIMIT)
        return json.loads((folder / "answer.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise EngineError("blender.silent", command=program[0]) from error


def _written(rig: Rig, path: Path) -> tuple[Remark, ...]:
    said, arrays, pictures = packed(rig)
    with tempfile.TemporaryDirectory(prefix="marrow-blender-") as name:
        folder = Path(name)
        for file, content in pictures.items():
            (folder / file).write_bytes(content)
        write_npz(folder / "arrays.npz", arrays)
        made = folder / f"made{path.suffix.lower()}"
        answer = _run({"write": str(made), "rig": said}, "blender_write_far.py", folder)
        if not made.exists():
            raise EngineError("blender.silent", command="export")
        shutil.move(made, path)
    losses = stated_losses(rig, path.suffix.lower())
    renamed = answer.get("renamed", 0)
    return (*losses, Remark("blender.renamed", {"count": renamed})) if renamed else losses


def _read(path: Path, form: str) -> Contents:
    with tempfile.TemporaryDirectory(prefix="marrow-blender-") as name:
        folder = Path(name)
        try:
            answer = _run({"read": str(path.resolve()), "frames": FRAMES}, "blender_read_far.py", folder)
        except MarrowError as error:
            if error.key == "outside.failed" and error.facts["code"] < 0:
                raise InputError("blender.deadly", path=path) from error
            raise
        if "refused" in answer:
            raise InputError("blender.broken", path=path, why=answer["refused"][:200])
        found = read_npz(folder / "answer.npz")
    return _held(answer, [found[str(number)] for number in range(len(found))], path, form)


def _held(facts: dict, arrays: list[ndarray], path: Path, form: str) -> Contents:
    """The tree with exact rates, made into contents."""
    rate = exact(facts["rate"])
    facts["rate"] = [rate.numerator, rate.denominator]
    for take in facts["takes"]:
        take["rate"] = facts["rate"]
    facts["stated"] |= {"unit_by": "file", "up": "z" if form == "blend" else "y", "up_by": "format",
                        "rate": float(rate), "rate_by": "file" if form == "blend" else "keys"}
    made = contents(form, facts, arrays, path)
    if facts["sure"]:
        return made
    return Contents(made.form, made.rigs, made.meshes, made.stated, (*made.losses, Remark("blender.rate")))
