"""The door that every scan comes in by: numbers of a file, in its own axes and unit, become a cloud's.

A reader yields `Rows`, batch after batch; `batches` turns them and sets them on one float64 origin, `gathered` makes
one cloud of them. What is no number stays out and is told, what a file does not have stays None.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.contents import Remark, tell_of
from marrow.draw import axes
from marrow.errors import InputError, LimitError
from marrow.forms.cloud import FARTHEST
from marrow.media import Cloud, Source

BATCH = 1_000_000    # points to a batch
MOST = 200_000_000   # points of a cloud in memory
FIELDS = ("colours", "normals", "intensity", "confidence", "time", "labels")
GREY = 0.2           # linear light of points without a colour among points with one


@dataclass(frozen=True)
class Rows:
    """Points as a file states them.

    places    (n, 3) float64, the file's axes and unit
    known     field of `Cloud` -> one value to a point; normals in the file's axes
    source    which of the file's sources they are from
    """

    places: ndarray
    known: dict[str, ndarray] = field(default_factory=dict)
    source: int = 0


def batches(path: Path, rows: Iterable[Rows], sources: list[Source], origin: ndarray | None = None) -> Iterator[Cloud]:
    """The points of a file as clouds of one origin; `sources` may grow while rows are read.

    origin    in the file's numbers; None: the middle of the first batch, in whole units
    raises    InputError  no points, or none whose place is a number
    """
    stated, kept = 0, 0
    for each in rows:
        good = (np.abs(each.places) < FARTHEST).all(axis=1)  # false for NaN
        stated, found = stated + len(good), int(good.sum())
        if not found:
            continue
        if found < len(good):
            each = Rows(each.places[good], {name: value[good] for name, value in each.known.items()}, each.source)
        origin = np.floor(np.median(each.places, axis=0)) if origin is None else origin
        kept += found
        yield _turned(each, sources, origin)
    if not kept:
        raise InputError("cloud.numbers" if stated else "cloud.empty", path=path)
    if kept < stated:
        tell_of([Remark("cloud.numbers", {"path": path.name, "count": stated - kept, "of": stated})])


def gathered(path: Path, parts: Iterable[Cloud]) -> Cloud:
    """Batches of one origin as one cloud; fields that are zero in every point say nothing and are None.

    raises    LimitError  more points than fit in memory
    """
    held: dict[str, list[ndarray]] = {name: [] for name in ("points", *FIELDS)}
    counts, origin, sources, source = [], np.zeros(3), (), []
    for part in parts:
        counts.append(len(part.points))
        if sum(counts) > MOST:
            raise LimitError("places.many", path=path, most=MOST)
        origin, sources = part.origin, part.sources
        source.append(len(part.sources) - 1 if part.source is None else int(part.source[0]))
        for name, values in held.items():
            values.append(getattr(part, name))
    points = np.concatenate(held.pop("points"))
    known = {name: _whole(held.pop(name), counts, name, path) for name in FIELDS}
    told = {name: value for name, value in known.items() if value is not None and value.any()}
    which = np.repeat(np.array(source, np.uint16), counts) if len(sources) > 1 else None
    return Cloud(points, origin, **told, source=which, sources=sources)


def _turned(rows: Rows, sources: list[Source], origin: ndarray) -> Cloud:
    """Points of a batch in the studio's axes and metres."""
    first = sources[0]
    points = ((rows.places - origin) * first.unit).astype(np.float32)
    known = dict(rows.known)
    if "normals" in known:
        known["normals"] = axes.upright(known["normals"].astype(np.float32), first.axes)
    number = None if len(sources) == 1 else np.full(len(points), rows.source, np.uint16)
    place = axes.upright(np.asarray(origin, float) * first.unit, first.axes) + 0.0
    return Cloud(axes.upright(points, first.axes), place, **known, source=number,
                 sources=tuple(sources))


def _whole(values: list[ndarray | None], counts: list[int], name: str, path: Path) -> ndarray | None:
    """One field of all batches: colours are filled with grey where a part has none, others then stay out."""
    if all(each is None for each in values):
        return None
    if any(each is None for each in values):
        tell_of([Remark(f"places.partly_{'colours' if name == 'colours' else 'known'}",
                        {"path": path.name, "name": name})])
        if name != "colours":
            return None
        values = [np.full((count, 3), GREY, np.float32) if each is None else each
                  for each, count in zip(values, counts, strict=True)]
    return np.concatenate(values)
