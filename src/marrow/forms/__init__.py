"""On-disk forms of the nouns: what every step's result is written as, and how any file of the user's is read.

    read("photo", path)    -> Photo        a standard form, or any format that an installed package reads
    write(noun, path)                      the standard form only; equal nouns give equal bytes

Foreign formats are entry points in the group `marrow.formats`, named "<kind>.<suffix>", each a function of a path.
"""

from collections.abc import Callable
from pathlib import Path

from marrow import engine
from marrow.errors import InputError
from marrow.media import SUFFIXES, kind_of


def read(kind: str, path: Path) -> object:
    """Read a file as a noun; a file without a suffix is taken for the kind's standard form.

    raises  InputError  missing, empty, a folder, unreadable, or not what it is taken for
    """
    _look(kind, path)
    suffix = path.suffix.lower()
    point = f"{kind}.{suffix[1:]}"
    if suffix in ("", SUFFIXES.get(kind)) or kind in ("footage", "text"):
        return _reader(kind)(path)
    if point in engine.points("marrow.formats"):
        return engine.load("marrow.formats", point, unknown="file.suffix")(path)
    raise InputError("file.suffix", path=path, kind=kind, choices=" ".join(suffixes(kind)))


def write(noun: object, path: Path) -> None:
    """Write a noun in its kind's standard form."""
    _writer(kind_of(type(noun)))(noun, path)


def suffixes(kind: str) -> list[str]:
    """Suffixes that can be read as a kind."""
    foreign = [name.partition(".")[2] for name in engine.points("marrow.formats") if name.startswith(f"{kind}.")]
    return sorted({SUFFIXES.get(kind, ".mp4"), *(f".{suffix}" for suffix in foreign)})


def proxy(source: Path, target: Path) -> None:
    """A light H.264 copy of a video take, for players and browsers: frame-exact, half-second groups."""
    from marrow.forms import video

    video.proxy(source, target)


def encode(frames: object, target: Path, **options: object) -> None:
    """Write frames as a finished MP4; see `marrow.forms.video.encode`."""
    from marrow.forms import video

    video.encode(frames, target, **options)


def _look(kind: str, path: Path) -> None:
    if path.is_dir():
        raise InputError("file.folder", path=path, kind=kind)
    try:
        with open(path, "rb") as file:
            empty = not file.read(1)
    except FileNotFoundError as error:
        raise InputError("file.missing", path=path) from error
    except OSError as error:
        raise InputError("file.unreadable", path=path, why=error.strerror or "") from error
    if empty and kind != "text":
        raise InputError("file.empty", path=path)


def _reader(kind: str) -> Callable[[Path], object]:
    from importlib import import_module

    return getattr(import_module(f"marrow.forms.{ROOMS[kind]}"), f"read_{kind}")


def _writer(kind: str) -> Callable[[object, Path], None]:
    from importlib import import_module

    return getattr(import_module(f"marrow.forms.{ROOMS[kind]}"), f"write_{kind}")


ROOMS = {"photo": "picture", "video": "video", "footage": "video", "sound": "sound", "motion": "bvh", "cloud": "ply",
         "mesh": "ply", "text": "plain", "person": "plain"}
