"""FBX, read: every character, motion, mesh and material of any version from 3 to 7.7, in ASCII or binary.

ufbx does the reading in a process of its own (`fbx_far.py`), because a bad file may kill the process that reads it.
Animation is evaluated at every frame, layers, pivots and inherited scale included, so joints are where the file puts
them. FBX is written through Blender (`marrow.bones.formats.blender`).
"""

import json
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.apart import Apart
from marrow.bones.formats.nodes import contents
from marrow.contents import Contents, Remark
from marrow.errors import EngineError, InputError, LimitError
from marrow.forms.looks import look, wrong_kind

LARGEST = 2_000_000_000        # bytes of a file
MEMORY = 8_000_000_000         # bytes that the reader may take
FRAMES = 100_000               # of one take
LIMIT = 120.0                  # seconds without a word before the reader counts as hung
FAR = Path(__file__).with_name("fbx_far.py")
AXES = ("x", "-x", "y", "-y", "z", "-z", "")


def read_fbx(path: Path) -> Contents:
    """Read everything in an FBX file; units become metres and the sky +Y.

    raises    InputError   no FBX, broken, or one that kills its reader
              LimitError   too large, or too long to read
              EngineError  ufbx is not installed
    source    ufbx 0.0.5 (MIT or public domain)
    test      joints where Blender puts them; skinned vertices where other programs put them
    """
    size = path.stat().st_size
    if size > LARGEST:
        raise LimitError("fbx.large", path=path, size=f"{size / 1e9:.1f}", most=f"{LARGEST / 1e9:g}")
    if look(path) not in ("scene3d", "text", "unknown"):
        raise wrong_kind(path, "rig")
    facts, arrays = _asked(path)
    facts["stated"] = _stated(facts["stated"])
    made = contents("fbx", facts, arrays, path)
    return made if facts["stated"]["up_by"] == "file" else replace(made, losses=(Remark("fbx.no_axes"), *made.losses))


def _asked(path: Path) -> tuple[dict, list[ndarray]]:
    """The tree of nodes as the far side reads it."""
    if find_spec("ufbx") is None:
        raise EngineError("fbx.absent", path=path)
    with Apart([sys.executable, "-P", str(FAR)], name="ufbx", limit=LIMIT) as far:
        try:
            answer = far.ask({"path": str(path.resolve()), "frames": FRAMES, "memory": MEMORY})
        except EngineError as error:
            raise _told(error, path) from error
    words, whole = answer.arrays
    facts, table = json.loads(words.tobytes())
    arrays, at = [], 0
    for kind, *shape in table:
        count = int(np.prod(shape))
        arrays.append(np.frombuffer(whole, kind, count, at).reshape(shape))
        at += arrays[-1].nbytes + -arrays[-1].nbytes % 8
    return facts, arrays


def _told(error: EngineError, path: Path) -> Exception:
    """What the user can do about a reader that failed: nearly always it is the file."""
    words = str(error.facts.get("words", ""))
    if error.key == "apart.refused" and not words.startswith("OutOfMemory"):
        return InputError("fbx.broken", path=path, why=words)
    if error.key == "apart.refused":
        return LimitError("fbx.memory", path=path, most=f"{MEMORY / 1e9:g}")
    if error.key == "apart.died":
        return InputError("fbx.deadly", path=path)
    return LimitError("fbx.slow", path=path, seconds=f"{LIMIT:g}") if error.key == "apart.slow" else error


def _stated(said: dict) -> dict:
    """What the file says of itself: version, coding, who wrote it, metres per unit, sky, handedness, rate."""
    axes = [AXES[said["axes"][name]] for name in ("right", "up", "front")]
    turn = np.zeros((3, 3))
    for row, axis in enumerate(axes if all(axes) else ("x", "y", "z")):
        turn[row, "xyz".index(axis[-1])] = -1 if axis[0] == "-" else 1
    hand = "right" if np.linalg.det(turn) > 0 else "left"
    return {"version": said["version"], "coding": said["coding"], "creator": said["creator"],
            "program": said["program"], "unit": said["unit"], "unit_by": "file", "up": axes[1] or "y",
            "up_by": "file" if all(axes) else "custom", "handed": hand, "rate": said["rate"]}
