"""Any file of bodies and motions, in and out: which format it is, which of its characters and takes is meant.

Readers are entry points "contents.<suffix>" in the group `marrow.formats`, writers "rig.<suffix>" in the group
`marrow.writers`; a stranger's format comes in through the same doors.
"""

from collections.abc import Sequence
from dataclasses import replace
from inspect import signature
from pathlib import Path

from marrow import engine, forms
from marrow.bones.skeleton import lone
from marrow.contents import Contents, Remark, tell_of
from marrow.errors import InputError, near
from marrow.forms.looks import unfit
from marrow.media import Mesh, Motion, Rig, Skeleton

ONE_TAKE = (".bvh", ".npz", ".vmd", ".vrma")  # formats that hold one motion


def read(path: Path, *, on: Skeleton | None = None) -> Contents:
    """Read everything in a file of bodies or motions.

    on        the skeleton to read on, for formats that hold none (.vmd); others take no notice
    raises    InputError   missing, empty, broken, or no format that is read
              EngineError  the library or program that reads it is missing, or died
              LimitError   too large
    """
    forms.looked_at("rig", path)
    point = f"contents.{path.suffix.lower()[1:]}"
    if point not in engine.points("marrow.formats"):
        raise unfit(path, "rig", " ".join(readable()))
    reader = engine.load("marrow.formats", point, unknown="file.suffix")
    return reader(path, on=on) if on and "on" in signature(reader).parameters else reader(path)


def write(noun: Rig | Motion | Mesh, path: Path, *, form: str = "") -> tuple[Remark, ...]:
    """Write a rig with its motions, or a motion or a mesh alone, in the format of the file's suffix.

    form      a format that no suffix tells: "vrm0"
    returns   what is lost
    raises    InputError  no such format, or one that cannot hold this skeleton
    """
    rig = noun if isinstance(noun, Rig) else (
        Rig(noun.skeleton, motions=(noun,), name=noun.name) if isinstance(noun, Motion) else
        whole(Contents("", meshes=(noun,))).rigs[0])
    point = f"rig.{form or path.suffix.lower()[1:]}"
    if point not in engine.points("marrow.writers"):
        raise InputError("bones.unwritable", path=path, suffix=form or path.suffix, choices=" ".join(writable()))
    if path.suffix.lower() in ONE_TAKE and len(rig.motions) > 1:
        raise several(path, "take", [each.name for each in rig.motions])
    return engine.load("marrow.writers", point, unknown="file.suffix")(rig, path)


def readable() -> list[str]:
    """Suffixes that `read` knows."""
    return _suffixes("marrow.formats", "contents.")


def writable() -> list[str]:
    """Suffixes that `write` knows, and can read again."""
    known = readable()
    return [each for each in _suffixes("marrow.writers", "rig.") if each in known]


def motion(path: Path) -> Motion:
    """The one motion of a file.

    raises    InputError  it holds none, or several: then they are listed
    """
    held = read(path)
    found = [each for rig in held.rigs for each in rig.motions]
    if not found:
        raise InputError("bones.no_motion", path=path)
    if len(found) > 1:
        raise several(path, "take", [each.name for each in found])
    tell_of(held.losses)
    return found[0]


def rig(path: Path) -> Rig:
    """The one character of a file; a mesh that hangs on no skeleton is one where there is nothing else.

    raises    InputError  it holds none, or several: then they are listed
    """
    held = read(path)
    found = chosen(held if held.rigs else whole(held), path)
    tell_of(held.losses)
    return found


def mesh(path: Path) -> Mesh:
    """The one mesh of a file, also where it hangs on a skeleton.

    raises    InputError  it holds none, or several: then they are listed
    """
    held = read(path)
    found = [*held.meshes, *(each.mesh for each in held.rigs if each.mesh)]
    if not found:
        raise InputError("bones.no_mesh", path=path)
    if len(found) > 1:
        raise several(path, "body", [each.name for each in found])
    tell_of(held.losses)
    return found[0]


def whole(held: Contents) -> Contents:
    """The same, with every free mesh as a character of one joint, so that it can be written like the others."""
    free = tuple(Rig(lone(), each, name=each.name) for each in held.meshes)
    return replace(held, rigs=held.rigs + free, meshes=())


def chosen(held: Contents, path: Path, *, body: str = "", take: str = "") -> Rig:
    """One character of a file by name, with all its motions or one by name.

    raises    InputError  nothing of that name, or several characters and none chosen: they are listed
    """
    if not held.rigs:
        raise InputError("bones.no_rig", path=path)
    rigs = {each.name: each for each in held.rigs}
    if body and body not in rigs:
        raise InputError("bones.unknown", path=path, name=body, choices=near(body, rigs))
    if not body and len(held.rigs) > 1:
        raise several(path, "body", list(rigs))
    found = rigs[body] if body else held.rigs[0]
    if not take:
        return found
    takes = {each.name: each for each in found.motions}
    if take not in takes:
        raise InputError("bones.unknown", path=path, name=take, choices=near(take, takes))
    return replace(found, motions=(takes[take],))


def several(path: Path, option: str, names: Sequence[str]) -> InputError:
    """The error for a file that holds more than one: all are listed, with the command that chooses."""
    listed = ", ".join(f"「{name}」" for name in names)
    return InputError("bones.several", path=path, count=len(names), names=listed, option=option, first=names[0])


def _suffixes(group: str, start: str) -> list[str]:
    return [f".{name.removeprefix(start)}" for name in sorted(engine.points(group)) if name.startswith(start)]
