"""Scans in PTX, as Leica's programs write them: several, each a grid with the pose of its scanner."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy import ndarray

from marrow.draw.colour import Shades
from marrow.errors import InputError
from marrow.media import Cloud, Source
from marrow.places.formats import door, parsing

LEAST = 8        # bytes of the shortest line of a point
LINES = 500_000  # lines read at once
WIDE = (4, 7)    # x y z intensity, and red green blue


def read_ptx(path: Path) -> Cloud:
    """All scans of a PTX in one space, each a source; rays that met nothing stay out.

    raises    InputError  a header that is none, a line that is no point, fewer points than the grid has
    source    Leica Geosystems, PTX file format
    """
    return door.gathered(path, stream_ptx(path))


def stream_ptx(path: Path) -> Iterator[Cloud]:
    """The scans of a PTX in batches on one origin."""
    sources: list[Source] = []
    yield from door.batches(path, _rows(path, sources), sources)


def _rows(path: Path, sources: list[Source]) -> Iterator[door.Rows]:
    line, whole, shades = 0, path.stat().st_size, Shades(path.name)
    with open(path, "rb") as file:
        while (head := _head(file, path, line)) is not None:
            (count, pose), start = head, line + 10
            if count * LEAST > whole:
                raise InputError("places.short", path=path, stated=count, found=whole // LEAST)
            sources.append(Source(path.name if not sources else f"{path.name} {len(sources) + 1}", "z"))
            for table in _tables(file, path, count, start):
                yield _posed(table, pose, len(sources) - 1, shades)
            line = start + count


def _head(file: BinaryIO, path: Path, line: int) -> tuple[int, ndarray] | None:
    """Points of the next scan and the matrix that its rows (x y z 1) are multiplied by; None at the end."""
    lines = [each.split() for each in islice(file, 10)]
    if not any(lines):
        return None
    try:
        columns, rows = (int(each[0]) for each in lines[:2])
        pose = np.array(lines[6:10], float)
        if columns < 0 or rows < 0 or pose.shape != (4, 4) or not np.isfinite(pose).all():
            raise ValueError
        return columns * rows, pose
    except (ValueError, IndexError) as error:
        raise InputError("places.head", path=path, line=line + 1) from error


def _tables(file: BinaryIO, path: Path, count: int, line: int) -> Iterator[ndarray]:
    wide = 0
    for start in range(0, count, LINES):
        lines = list(islice(file, min(LINES, count - start)))
        wide = wide or len(lines[0].split()) if lines else 4
        text = b"".join(lines)
        table, read, wrong = parsing.numbers(text, wide if wide in WIDE else 4)
        if wrong or len(table) < len(lines):
            raise InputError("places.row", path=path, line=line + start + read,
                             text=lines[read - 1][:60].decode("latin-1").strip())
        if len(lines) < min(LINES, count - start):
            raise InputError("places.short", path=path, stated=count, found=start + len(lines))
        yield table


def _posed(table: ndarray, pose: ndarray, source: int, shades: Shades) -> door.Rows:
    """The points that a ray met, in the world."""
    table = table[table[:, :3].any(axis=1)]
    places = table[:, :3] if np.array_equal(pose, np.eye(4)) else table[:, :3] @ pose[:3, :3] + pose[3, :3]
    known = {"intensity": table[:, 3].astype(np.float32)}
    if table.shape[1] == 7:
        known["colours"] = shades.light(np.rint(table[:, 4:7]))
    return door.Rows(places, known, source)
