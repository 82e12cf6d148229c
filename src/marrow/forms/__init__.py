"""On-disk forms of the nouns: what every step's result is written as, and how any file of the user's is read.

    read("photo", path)    -> Photo        a standard form, or any format that an installed package reads
    write(noun, path)                      the standard form only; equal nouns give equal bytes

Foreign formats are entry points in the group `marrow.formats`, named "<kind>.<suffix>", each a function of a path.
What a file holds counts for more than its name: a JPEG called .png is read all the same.
"""

import os
from collections.abc import Callable
from pathlib import Path

from marrow import engine
from marrow.errors import InputError
from marrow.media import SUFFIXES, kind_of

ROOMS = {"photo": "picture", "video": "video", "footage": "video", "sound": "sound", "motion": "motion",
         "cloud": "cloud", "mesh": "gltf", "rig": "gltf", "text": "plain", "person": "plain", "testimony": "plain"}


def read(kind: str, path: Path) -> object:
    """Read a file as a noun; a file without a suffix is taken for the kind's standard form.

    raises  InputError  missing, empty, a folder, unreadable, broken off, or not what it is taken for
            LimitError  too large for memory
    """
    looked_at(kind, path)
    suffix = path.suffix.lower()
    point = f"{kind}.{suffix[1:]}"
    if suffix not in ("", SUFFIXES.get(kind)) and point in engine.points("marrow.formats"):
        return engine.load("marrow.formats", point, unknown="file.suffix")(path)
    if suffix in ("", SUFFIXES.get(kind)) or kind in ("footage", "text"):
        return _room(kind, f"read_{kind}")(path)
    from marrow.forms.looks import unfit

    raise unfit(path, kind, " ".join(suffixes(kind)))


def write(noun: object, path: Path) -> None:
    """Write a noun in its kind's standard form; an OSError (a full disk, say) comes through as it is."""
    kind = kind_of(type(noun))
    _room(kind, f"write_{kind}")(noun, path)


def place_for(target: Path, *sources: Path) -> Path:
    """The path to write a result to; refused before any work is done where that would fail or lose something.

    raises  InputError  no such folder, a folder itself, or one of the files that the result is made from
    """
    if not target.parent.is_dir():
        raise InputError("file.no_folder", path=target.parent)
    if target.is_dir():
        raise InputError("file.folder", path=target, kind="text")
    if target.exists() and any(os.path.exists(source) and target.samefile(source) for source in sources):
        raise InputError("file.itself", path=target)
    return target


def suffixes(kind: str) -> list[str]:
    """Suffixes that can be read as a kind."""
    foreign = [name.partition(".")[2] for name in engine.points("marrow.formats") if name.startswith(f"{kind}.")]
    return sorted({SUFFIXES.get(kind, ".mp4"), *(f".{suffix}" for suffix in foreign)})


def proxy(source: Path, target: Path) -> None:
    """A light H.264 copy of a video take, for players and browsers: frame-exact, half-second groups."""
    _room("video", "proxy")(source, target)


def encode(frames: object, target: Path, **options: object) -> None:
    """Write frames as a finished MP4; see `marrow.forms.video.encode`."""
    _room("video", "encode")(frames, target, **options)


def looked_at(kind: str, path: Path) -> None:
    """Refuse what is no file with something in it, before any library is loaded."""
    if path.is_dir():
        raise InputError("file.folder", path=path, kind=kind)
    if path.exists() and not path.is_file():
        raise InputError("file.strange", path=path)
    try:
        with open(path, "rb") as file:
            empty = not file.read(1)
    except FileNotFoundError as error:
        raise InputError("file.missing", path=path) from error
    except (OSError, ValueError) as error:
        raise InputError("file.unreadable", path=path, why=getattr(error, "strerror", None) or error) from error
    if empty and kind != "text":
        raise InputError("file.empty", path=path)


def _room(kind: str, name: str) -> Callable:
    from importlib import import_module

    return getattr(import_module(f"marrow.forms.{ROOMS[kind]}"), name)
