"""A place of any size in one file, .place: mapped rather than read, in order of space, coarse to fine.

Points lie level after level, and within a level along a Morton curve. Each level is an even sample of the place that
adds to those before it: the first levels are already a picture of the whole. Behind a line and a JSON head stand the
fields of `Cloud`, one array after the other, as they are in memory; nothing is unpacked to open it.
Packing holds a few million points at a time: they are spooled, sorted into buckets by their place, and set in order.
"""

import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import numpy as np
from numpy import ndarray

from marrow.contents import Remark, tell_of
from marrow.errors import InputError, LimitError
from marrow.media import Cloud, Source
from marrow.progress import progress

LINE = b"marrow place 1\n"
FIELDS = {"points": "<f4", "colours": "<f4", "normals": "<f4", "intensity": "<f4", "confidence": "<f4",
          "time": "<f8", "labels": "<i4", "source": "<u2"}
WIDE = ("points", "colours", "normals")
EMPTY = {"colours": 0.2, "confidence": 1.0}  # what stands where a part of the place has no such field
CHUNK, BUCKET = 1_000_000, 4_000_000  # points read at once, points sorted at once
COARSE = 6       # bits to an axis by which points go to buckets
FIRST = 5        # depth of the octree at the coarsest level
LONGEST = 1 << 26  # bytes of the head
ALIGNED = 64
SAMPLE = 4096    # points of a part by which the cube is chosen
STRAY = 0.001    # share of points on either side that may lie outside of it


def packed(parts: Iterable[Cloud], path: Path) -> int:
    """Pack a place that comes in parts of one origin; returns the number of points.

    raises    InputError   no points
              LimitError   too little room on the disk beside `path`
    test      the points of the place are the points given, each once; the same parts give the same bytes
    """
    with TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        spool, head, sample = _spooled(parts, Path(folder), path)
        count, row = head["count"], _row(head["fields"]).itemsize
        free = shutil.disk_usage(folder).free
        if 2 * count * row > free:
            raise LimitError("places.disk", path=path, needed=f"{2e-9 * count * row:.1f}", free=f"{1e-9 * free:.1f}")
        heaps = _sorted(spool, head, _cube(sample), Path(folder))
        spool.unlink()
        head["levels"] = np.cumsum([heap.stat().st_size // row for heap in heaps]).tolist()
        made = Path(folder) / "made"
        _written(heaps, head, made)
        made.replace(path)
    return count


def read_place(path: Path) -> Cloud:
    """Open a packed place: its arrays are the file's own pages, read as they are looked at, and cannot be written.

    raises    InputError  "places.pack" when it is none or broken off
    """
    head, start = _head(path)
    return _cloud(path, head, start, slice(None))


def first_points(path: Path, most: int) -> Cloud:
    """A packed place in at most so many points, spread evenly, in memory: whole levels, then an even part of the next.

    test    the share of points in any region is near to its share of the surface, not of the scanner's points
    """
    head, start = _head(path)
    levels = head["levels"]
    whole = max((end for end in levels if end <= most), default=0)
    rest = next((end for end in levels if end > whole), whole) - whole
    some = whole + np.arange(min(rest, most - whole), dtype=np.int64) * rest // max(1, min(rest, most - whole))
    return _cloud(path, head, start, np.concatenate([np.arange(whole), some]))


def _spooled(parts: Iterable[Cloud], folder: Path, path: Path) -> tuple[Path, dict, ndarray]:
    """All points as rows of one file, what is known of them, and a sample."""
    spool, fields, told, sample, count, lost = folder / "spool", {}, set(), [], 0, {}
    part = None
    with open(spool, "wb") as file:
        for part in parts:
            fields = fields or {name: FIELDS[name] for name in FIELDS
                                if getattr(part, name) is not None or name == "source"}
            lost |= dict.fromkeys(name for name in ("splats", *FIELDS) if getattr(part, name) is not None
                                  and name not in fields)
            for start in range(0, len(part.points), CHUNK):
                rows = _rows(part, fields, slice(start, start + CHUNK))
                told |= {name for name in fields if name not in told and rows[name].any()}
                file.write(rows.tobytes())
            count += len(part.points)
            sample.append(np.array(part.points[:: max(1, len(part.points) // SAMPLE)]))
    if part is None or not count:
        raise InputError("cloud.empty", path=path)
    tell_of([Remark("places.unkept", {"form": path.name, "names": ", ".join(lost)})] * bool(lost))
    head = {"count": count, "origin": [float(each) for each in part.origin], "fields": fields,
            "told": ["points", *(name for name in fields if name in told and name != "points")],
            "sources": [asdict(each) for each in part.sources]}
    return spool, head, np.concatenate(sample)


def _row(fields: dict[str, str]) -> np.dtype:
    return np.dtype([(name, kind, (3,)) if name in WIDE else (name, kind) for name, kind in fields.items()])


def _rows(part: Cloud, fields: dict[str, str], some: slice) -> ndarray:
    rows = np.empty(len(part.points[some]), _row(fields))
    for name in fields:
        value = getattr(part, name)
        rows[name] = EMPTY.get(name, 0) if value is None else value[some]
    return rows


def _cube(sample: ndarray) -> tuple[ndarray, float]:
    """The corner and the side of the cube that the place is cut up in; points far off do not stretch it."""
    low, high = np.quantile(sample.astype(np.float64), (STRAY, 1 - STRAY), axis=0)
    side = max(float((high - low).max()) * 1.1, 1e-6)
    return (low + high) / 2 - side / 2, side


def _sorted(spool: Path, head: dict, cube: tuple[ndarray, float], folder: Path) -> list[Path]:
    """One file of rows to a level, each along the Morton curve."""
    from marrow.places import pack_kernels as kernels

    row, (low, side) = _row(head["fields"]), cube
    scale = 2.0**kernels.BITS / side

    def cells(rows: ndarray) -> ndarray:
        numbers = kernels.codes(np.ascontiguousarray(rows["points"]), low, scale)
        return numbers >> (3 * (kernels.BITS - COARSE))

    buckets = _buckets(spool, row, cells, folder)
    heaps = [folder / f"level{number}" for number in range(kernels.BITS - FIRST + 2)]
    for heap in heaps:
        heap.touch()
    for bucket in progress(buckets, "places.pack", len(buckets)):
        for rows in _chunks(bucket, row, BUCKET):
            numbers = kernels.codes(np.ascontiguousarray(rows["points"]), low, scale)
            order = np.argsort(numbers, kind="stable")
            level = kernels.levels(numbers[order], FIRST)
            for number in np.unique(level):
                with open(heaps[number], "ab") as file:
                    file.write(rows[order[level == number]].tobytes())
        bucket.unlink()
    return heaps


def _buckets(spool: Path, row: np.dtype, cells: object, folder: Path) -> list[Path]:
    """Rows that lie near each other in one file, of not much more than BUCKET rows unless they are in one cell."""
    counts = np.zeros(1 << 3 * COARSE, np.int64)
    for rows in _chunks(spool, row, CHUNK):
        counts += np.bincount(cells(rows), minlength=len(counts))  # type: ignore[operator]
    which = ((np.cumsum(counts) - counts) // BUCKET).astype(np.int32)
    paths = [folder / f"bucket{number}" for number in range(which[-1] + 1)]
    for rows in _chunks(spool, row, CHUNK):
        mine = which[cells(rows)]  # type: ignore[operator]
        order = np.argsort(mine, kind="stable")
        starts = np.searchsorted(mine[order], np.arange(len(paths) + 1))
        for number, path in enumerate(paths):
            if starts[number] < starts[number + 1]:
                with open(path, "ab") as file:
                    file.write(rows[order[starts[number]:starts[number + 1]]].tobytes())
    return [path for path in paths if path.exists()]


def _chunks(path: Path, row: np.dtype, most: int) -> Iterator[ndarray]:
    with open(path, "rb") as file:
        while len(rows := np.fromfile(file, row, most)):
            yield rows


def _written(heaps: list[Path], head: dict, path: Path) -> None:
    """The head, then each field of all levels."""
    several = len(head["sources"]) > 1
    names = [name for name in head["told"] if name != "source"] + ["source"] * several
    row, at, offsets = _row(head["fields"]), 0, {}
    for name in names:
        offsets[name] = at
        at += -(-row[name].itemsize * head["count"] // ALIGNED) * ALIGNED
    said = {"count": head["count"], "origin": head["origin"], "levels": head["levels"], "fields": offsets,
            "sources": head["sources"], "ends": at}
    words = LINE + json.dumps(said, ensure_ascii=False).encode() + b"\n"
    words += b" " * (-len(words) % ALIGNED - 1) + b"\n" if len(words) % ALIGNED else b""
    with open(path, "wb") as file:
        file.write(words)
        file.truncate(len(words) + at)
        _fill(file, heaps, row, {name: len(words) + offset for name, offset in offsets.items()})


def _fill(file: BinaryIO, heaps: list[Path], row: np.dtype, places: dict[str, int]) -> None:
    for heap in heaps:
        for rows in _chunks(heap, row, CHUNK):
            for name in places:
                file.seek(places[name])
                file.write(np.ascontiguousarray(rows[name]).tobytes())
                places[name] += row[name].itemsize * len(rows)
        heap.unlink()


def _head(path: Path) -> tuple[dict, int]:
    """What a packed place says of itself, each number checked against its size, and where its arrays begin."""
    with open(path, "rb") as file:
        if file.read(len(LINE)) != LINE:
            raise InputError("places.pack", path=path)
        line = file.readline(LONGEST)
        start = -(-(len(LINE) + len(line)) // ALIGNED) * ALIGNED
    try:
        head = json.loads(line)
        room, count = path.stat().st_size - start, head["count"]
        sizes = [np.dtype(FIELDS[name]).itemsize * (3 if name in WIDE else 1) * count for name in head["fields"]]
        good = type(count) is int and count > 0 and "points" in head["fields"] and head["ends"] <= room and all(
            type(at) is int and 0 <= at <= room - size and at % ALIGNED == 0
            for at, size in zip(head["fields"].values(), sizes, strict=True))
        good = good and all(type(each) is int and 0 <= each <= count for each in head["levels"])
        head["sources"] = tuple(Source(**each) for each in head["sources"])
        head["origin"] = np.array(head["origin"], np.float64).reshape(3)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise InputError("places.pack", path=path) from error
    if not good:
        raise InputError("places.pack", path=path)
    return head, start


def _cloud(path: Path, head: dict, start: int, some: slice | ndarray) -> Cloud:
    held = {}
    for name, at in head["fields"].items():
        shape = (head["count"], 3) if name in WIDE else (head["count"],)
        held[name] = np.asarray(np.memmap(path, FIELDS[name], "r", start + at, shape))[some]
    return Cloud(origin=head["origin"], sources=head["sources"], **held)
