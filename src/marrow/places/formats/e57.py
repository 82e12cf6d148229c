"""Scans in E57 through libE57: all scans of a file, each in its pose, each a source."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.contents import Remark, tell_of
from marrow.draw.colour import Shades
from marrow.errors import EngineError, InputError
from marrow.forms.looks import wrong_kind
from marrow.media import Cloud, Source
from marrow.places.formats import door

FIELDS = {"cartesianX": "d", "cartesianY": "d", "cartesianZ": "d", "sphericalRange": "d", "sphericalAzimuth": "d",
          "sphericalElevation": "d", "intensity": "f", "colorRed": "H", "colorGreen": "H", "colorBlue": "H",
          "cartesianInvalidState": "b", "sphericalInvalidState": "b", "timeStamp": "d"}
PLACES = ("cartesianX", "cartesianY", "cartesianZ"), ("sphericalRange", "sphericalAzimuth", "sphericalElevation")
COLOURS = ("colorRed", "colorGreen", "colorBlue")
UNTOLD = ("rowIndex", "columnIndex", "isIntensityInvalid", "isColorInvalid", "isTimeStampInvalid")


def read_e57(path: Path) -> Cloud:
    """All scans of an E57 in one space; points that the scanner calls invalid stay out, pictures too, told.

    raises    InputError  no E57, damaged, fewer points than it promises; EngineError  pye57 is missing
    source    ASTM E2807-11
    test      poses and spherical coordinates against the formula
    """
    return door.gathered(path, stream_e57(path))


def stream_e57(path: Path) -> Iterator[Cloud]:
    """The scans of an E57 in batches on one origin."""
    with open(path, "rb") as file:
        if file.read(8) != b"ASTM-E57":
            raise wrong_kind(path, "cloud")
    try:
        import pye57
        from pye57 import libe57
    except ImportError as error:
        raise EngineError("places.pye57") from error
    sources: list[Source] = []
    try:
        whole = pye57.E57(str(path))
        try:
            yield from door.batches(path, _rows(path, whole, sources), sources)
        finally:
            whole.close()
    except (libe57.E57Exception, RuntimeError, KeyError, TypeError, ValueError) as error:
        raise InputError("places.e57", path=path, why=str(error).splitlines()[0][:120] if str(error) else "") from error


def _rows(path: Path, whole: object, sources: list[Source]) -> Iterator[door.Rows]:
    root = whole.root  # type: ignore[attr-defined]
    crs = root["coordinateMetadata"].value() if root.isDefined("coordinateMetadata") else ""
    lost: dict[str, None] = {}
    for number in range(whole.scan_count):  # type: ignore[attr-defined]
        head = whole.get_header(number)  # type: ignore[attr-defined]
        name = head.node["name"].value() if head.node.isDefined("name") else f"{number + 1}"
        sources.append(Source(f"{path.name} {name}"[:200], "z", crs=crs[:200]))
        lost |= dict.fromkeys(each for each in head.point_fields if each not in FIELDS and each not in UNTOLD)
        found, shades = 0, Shades(path.name, _white(head))
        for values in _read(whole, head):
            found += len(values[next(iter(values))])
            yield _row(head, values, number, shades)
        if found < head.point_count:
            raise InputError("places.short", path=path, stated=head.point_count, found=found)
    pictures = root["images2D"].childCount() if root.isDefined("images2D") else 0
    tell_of([Remark("places.pictures", {"path": path.name, "count": pictures})] * (pictures > 0)
            + [Remark("places.lost", {"path": path.name, "names": ", ".join(lost)})] * bool(lost))


def _read(whole: object, head: object) -> Iterator[dict[str, ndarray]]:
    """Batches of a scan's fields."""
    from pye57 import libe57

    held, buffers = {}, libe57.VectorSourceDestBuffer()
    for name in head.point_fields:  # type: ignore[attr-defined]
        if name in FIELDS:
            held[name] = np.empty(min(door.BATCH, max(1, head.point_count)), FIELDS[name])  # type: ignore[attr-defined]
            buffers.append(libe57.SourceDestBuffer(whole.image_file, name, held[name],  # type: ignore[attr-defined]
                                                   len(held[name]), True, True))
    if not held or not head.point_count:  # type: ignore[attr-defined]
        return
    reader = head.points.reader(buffers)  # type: ignore[attr-defined]
    while count := reader.read():
        yield {name: values[:count].copy() for name, values in held.items()}
    reader.close()


def _row(head: object, values: dict[str, ndarray], number: int, shades: Shades) -> door.Rows:
    """The valid points of a batch in the world."""
    good = np.ones(len(next(iter(values.values()))), bool)
    for name in ("cartesianInvalidState", "sphericalInvalidState"):
        good &= values[name] == 0 if name in values else True
    values = {name: each[good] for name, each in values.items()}
    places = _places(values)
    if head.has_pose():  # type: ignore[attr-defined]
        places = places @ _turn(head.node).T + _shift(head.node)  # type: ignore[attr-defined]
    known = {"intensity": values["intensity"]} if "intensity" in values else {}
    if "timeStamp" in values:
        known["time"] = values["timeStamp"]
    if all(name in values for name in COLOURS):
        known["colours"] = shades.light(np.stack([values[name] for name in COLOURS], axis=1))
    return door.Rows(places, known, number)


def _places(values: dict[str, ndarray]) -> ndarray:
    """Positions (n, 3) in the scanner's space."""
    if all(name in values for name in PLACES[0]):
        return np.stack([values[name] for name in PLACES[0]], axis=1)
    far, around, above = (values[name] for name in PLACES[1])
    flat = far * np.cos(above)
    return np.stack([flat * np.cos(around), flat * np.sin(around), far * np.sin(above)], axis=1)


def _turn(node: object) -> ndarray:
    """The rotation of a scan's pose, (3, 3)."""
    from marrow import rotations

    pose = node["pose"]  # type: ignore[index]
    if not pose.isDefined("rotation"):
        return np.eye(3)
    turn = np.array([pose["rotation"][each].value() for each in "wxyz"], float)
    return rotations.to_matrix(turn / np.linalg.norm(turn)) if turn.any() else np.eye(3)


def _shift(node: object) -> ndarray:
    pose = node["pose"]  # type: ignore[index]
    if not pose.isDefined("translation"):
        return np.zeros(3)
    return np.array([pose["translation"][each].value() for each in "xyz"], float)


def _white(head: object) -> int:
    """What is white by the scan's own limits, 0 where they do not say it."""
    node = head.node  # type: ignore[attr-defined]
    limits = node["colorLimits"] if node.isDefined("colorLimits") else None
    most = [float(limits[f"{name}Maximum"].value()) for name in COLOURS
            if limits is not None and limits.isDefined(f"{name}Maximum")]
    return int(max(most)) if most and 1 < max(most) <= 65535 else 0
