"""Whose turn it is: numbers 0..1 for each point that say when something happens to it, from place and evidence."""

from dataclasses import dataclass, replace

import numpy as np
from numpy import ndarray

from marrow.places.memory import field_kernels as kernels
from marrow.places.memory.transport_kernels import curve

CELLS = 56          # along the longest side, at most: cells in which evidence is looked at
FULL = 8            # points, about, that a cell of a surface holds at least
SPREAD = 5          # cells, about, over which confidence spreads along what is there
SURE = 0.6          # confidence from which a cell is no void's
LEAST, MOST = 0.1, 0.7  # confidence with which the first and the last point of a neighbourhood survives


@dataclass(frozen=True)
class Cells:
    """Space round some points in cells.

    low       (3,) the first corner;  step: metres;  sides: how many along each axis
    weight    (x, y, z) int64 points in each, in 1/4096
    """

    low: ndarray
    step: float
    sides: tuple[int, int, int]
    weight: ndarray

    @classmethod
    def of(cls, points: ndarray) -> "Cells":
        """Cells for points; those far out widen them."""
        low, high = points.min(0).astype(np.float64), points.max(0).astype(np.float64)
        along = min(CELLS, max(1, int((len(points) / FULL) ** 0.5)))
        step = max(float((high - low).max()) / along, 1e-6)
        sides = tuple(int(side) + 3 for side in (high - low) / step)
        return cls(low, step, sides, np.zeros(sides, np.int64)).holding(points)

    def holding(self, points: ndarray) -> "Cells":
        """The same cells, but with other points in them, none outside."""
        ones = np.ones(len(points), np.float32)
        return replace(self, weight=kernels.gathered(points, ones, self.low, self.step, self.sides))

    def mean(self, points: ndarray, values: ndarray) -> ndarray:
        """The mean of values of points in each cell, and 0 where there are none: (x, y, z) float64."""
        return kernels.gathered(points, values, self.low, self.step, self.sides) / np.maximum(self.weight, 1)

    def at(self, field: ndarray, points: ndarray) -> ndarray:
        """A field of cells at points, softly: (n,) float32."""
        return kernels.looked(field, self.weight, points, self.low, self.step)


def fair(points: ndarray, seed: int) -> ndarray:
    """Turns in which those below any share are spread evenly over the place: (n,) float32 0..1.

    test      boxes hold their share of points far more evenly than by lot
    """
    spread = points.astype(np.float64) - points.min(0)
    return kernels.ranked(np.argsort(curve(spread), kind="stable"), seed)


def even(values: ndarray) -> ndarray:
    """Numbers as the share of others that are smaller: (n,) float32 0..1, evenly spread."""
    made = np.empty(len(values), np.float32)
    made[np.argsort(values, kind="stable")] = np.arange(len(values), dtype=np.float32) / max(len(values) - 1, 1)
    return made


def doubted(points: ndarray) -> ndarray:
    """Confidence where no witness speaks: the scan's own, surest where it looked most. (n,) float32 0..1, even."""
    cells = Cells.of(points)
    return even(cells.at(softened(cells.weight.astype(np.float64), np.ones(cells.sides, bool), 2), points))


def softened(field: ndarray, known: ndarray, times: int) -> ndarray:
    """A field of cells spread to its neighbours, again and again, over the cells that take part: (x, y, z) float64."""
    for _ in range(times):
        for axis in range(3):
            parts = [_beside(field * known, axis), _beside(known.astype(np.float64), axis)]
            field = parts[0] / np.maximum(parts[1], 1e-12)
    return field


def grown(field: ndarray, known: ndarray, times: int) -> tuple[ndarray, ndarray]:
    """A field of cells continued into empty space round it, and where it is known then."""
    for _ in range(times):
        whole, total = known.astype(np.float64), field * known
        for axis in range(3):
            whole, total = _beside(whole, axis), _beside(total, axis)
        field, known = np.where(known, field, total / np.maximum(whole, 1e-12)), whole > 0
    return field, known


def _beside(field: ndarray, axis: int) -> ndarray:
    """1/4, 1/2, 1/4 along an axis; nothing lies beyond the border."""
    padded = np.pad(field, [(1, 1) if each == axis else (0, 0) for each in range(3)])
    before, here, after = (np.take(padded, range(k, k + field.shape[axis]), axis) for k in range(3))
    return before * 0.25 + here * 0.5 + after * 0.25


def forgetting(points: ndarray, confidence: ndarray | None, turns: ndarray) -> tuple[ndarray, ndarray]:
    """When each point is forgotten, and which are not.

    A point stays when its confidence is more than its turn asks for, so that what is half believed grows thin evenly.
    Voids open at the heart of what nobody is sure of, as far as one can walk from what somebody is, and grow outwards.

    confidence    (n,) 0..1, or None: then the scan's own;  turns: (n,) see `fair`
    returns       when (n,) float32 0..1, kept (n,) float32 1 or 0
    test          the sure stay, the unsure go; the heart of a void goes before its rim
    """
    cells = Cells.of(points)
    known = cells.weight > 0
    sure = doubted(points)
    if confidence is not None:
        told = np.clip(confidence, 0, 1).astype(np.float32)
        spread = cells.at(softened(cells.mean(points, told), known, SPREAD), points)
        sure = np.clip((told + spread) * (np.float32(0.36) + np.float32(0.28) * sure), 0, 1)
    kept = sure >= np.float32(LEAST) + np.float32(MOST - LEAST) * turns
    mean = cells.mean(points, sure)
    best = min(SURE, float(mean[known].max()))
    deep = kernels.away(cells.weight, known & (mean >= best))
    furthest = float(deep[known & (deep < 1e8)].max())
    inside = cells.at(np.minimum(deep, furthest) / max(furthest, 1.0), points)
    depth = even(np.float32(0.55) * inside + np.float32(0.45) * (1 - sure))
    when = np.float32(0.9) * (1 - depth) + np.float32(0.1) * turns
    return np.clip(when, 0, 1).astype(np.float32), kept.astype(np.float32)


def wave(points: ndarray, spot: ndarray | None) -> ndarray:
    """When a wave from a spot reaches each point; without a spot a plane, along the longest level side.

    returns    (n,) float32 0..1
    test       the nearest first, the furthest last
    """
    local = points.astype(np.float64)
    if spot is None:
        reach = local.max(0) - local.min(0)
        far = local[:, 0 if reach[0] >= reach[2] else 2]
    else:
        off = local - spot
        far = np.sqrt(off[:, 0] * off[:, 0] + off[:, 1] * off[:, 1] + off[:, 2] * off[:, 2])
    low, high = np.partition(far, (0, len(far) - 1))[[0, -1]]
    return ((far - low) / max(high - low, 1e-12)).astype(np.float32)


def rising(points: ndarray, spot: ndarray | None) -> ndarray:
    """The order in which a place gathers: from a spot, or from its middle and its ground outwards. (n,) float32."""
    if spot is not None:
        return wave(points, spot)
    low, high = points.min(0).astype(np.float64), points.max(0).astype(np.float64)
    ground = (low + high) / 2
    ground[1] = low[1]
    return wave(points, ground)


def radius(points: ndarray) -> float:
    """Half the diagonal of a place, its outermost hundredth left out: metres, never 0."""
    cut = len(points) // 100
    ends = np.partition(points, (cut, len(points) - 1 - cut), axis=0)[[cut, len(points) - 1 - cut]].astype(np.float64)
    side = ends[1] - ends[0]
    return max(0.5 * float(side[0] * side[0] + side[1] * side[1] + side[2] * side[2]) ** 0.5, 1e-6)
