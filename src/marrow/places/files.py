"""Any file of a place, in and out: which format it is, in batches where it is larger than memory.

Readers are entry points "cloud.<suffix>" in the group `marrow.formats`; readers in batches "clouds.<suffix>"; writers
"cloud.<suffix>" in the group `marrow.writers`. A stranger's format comes in through the same doors.
"""

from collections.abc import Iterator
from pathlib import Path

from marrow import engine, forms
from marrow.contents import Remark
from marrow.errors import InputError
from marrow.media import Cloud


def read(path: Path) -> Cloud:
    """The points of any file of a place.

    raises    InputError   missing, empty, broken, or no format that is read
              EngineError  the library that reads it is missing
              LimitError   too large for memory
    """
    return forms.read("cloud", path)  # type: ignore[return-value]


def stream(path: Path) -> Iterator[Cloud]:
    """The points of any file in batches on one origin; formats that cannot be read so come whole.

    raises    as `read`
    """
    forms.looked_at("cloud", path)
    point = f"clouds.{path.suffix.lower()[1:]}"
    if point in engine.points("marrow.formats"):
        yield from engine.load("marrow.formats", point, unknown="file.suffix")(path)
    else:
        yield read(path)


def write(cloud: Cloud, path: Path) -> tuple[Remark, ...]:
    """Write a cloud in the format of the file's suffix.

    returns   what is lost
    raises    InputError  no such format
    """
    point = f"cloud.{path.suffix.lower()[1:]}"
    if point not in engine.points("marrow.writers"):
        raise InputError("places.unwritable", path=path, suffix=path.suffix, choices=" ".join(writable()))
    return engine.load("marrow.writers", point, unknown="file.suffix")(cloud, path)


def writable() -> list[str]:
    """Suffixes that `write` knows."""
    return sorted(f".{name.removeprefix('cloud.')}" for name in engine.points("marrow.writers")
                  if name.startswith("cloud."))
