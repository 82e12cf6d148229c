"""What can happen to a place: acts with a stage before and a stage after, closed-form in time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy import ndarray

from marrow.draw.threads import threads
from marrow.places.memory.events import Event
from marrow.places.memory.transport import Pairs

BEAM = 0.035, 5.0         # width of the line of light, as a share of the sweep; how bright it is
BENT = 0.16, 0.015, 2.6   # of a morph: strength of the current in ways and, at least, in radii; cells to a radius
SHORT = 0.5               # share of a morph for which the shortest way takes
CHUNK = 100_000           # points that one thread takes at a time


@dataclass(frozen=True)
class State:
    """A place at one time; world position = origin + points.

    points    (n, 3) float32 metres;  origin: (3,) float64
    light     (n, 3) float32 linear, or None where the cloud has no colours
    there     (n,) float32 0..1, how much of each point is there
    size      (n,) float32, times the radius of a point of the first place (where `second`: of the second); None is 1
    mass      (n,) float32 share of a whole point's light that it has while points split and merge; None is 1. Looks
              in which points hide one another need not heed it, those that add up light do
    moved     (n, 3) float32 metres travelled until the shutter closes; None: nothing moves
    second    the points are those of the other place, in its order
    """

    points: ndarray
    origin: ndarray
    light: ndarray | None
    there: ndarray
    size: ndarray | None = None
    mass: ndarray | None = None
    moved: ndarray | None = None
    second: bool = False


@dataclass(frozen=True)
class Stage:
    """What is to be seen between acts.

    both    0, or the number of points of the first of two versions that stand together here
    """

    points: ndarray
    origin: ndarray
    light: ndarray | None
    there: ndarray
    confidence: ndarray | None = None
    both: int = 0
    second: bool = False

    def plain(self) -> State:
        """It as it is: the cloud's own arrays."""
        return State(self.points, self.origin, self.light, self.there, second=self.second)


@dataclass(frozen=True)
class Act:
    """Something that happens from one time to another."""

    opens: float
    closes: float
    before: Stage
    after: Stage

    def share(self, time: float) -> float:
        """How much of it has passed, 0..1."""
        return min(max((time - self.opens) / (self.closes - self.opens), 0.0), 1.0)

    def at(self, share: float) -> State:
        """The place when a share of it has passed."""
        raise NotImplementedError


@dataclass(frozen=True)
class Drift(Act):
    """Points come out of a current, or go into it.

    order    (n,) float32 0..1;  there: (n,) how much is there at the end;  wind: see `field_kernels.drifted`
    """

    order: ndarray
    there: ndarray
    wind: tuple[float, ...]

    def at(self, share: float) -> State:
        """The points on their way, `share` of it past."""
        from marrow.places.memory import field_kernels as kernels

        stage = self.before
        made, shown = _blank(len(stage.points), stage.light)
        known = stage.points, _given(stage.light), self.order, stage.there, self.there, float(share), self.wind
        shared(lambda low, high: kernels.drifted(*known, (low, high), shown), len(made))
        return State(made, stage.origin, None if stage.light is None else shown[-1], shown[1], shown[2],
                     second=stage.second)


@dataclass(frozen=True)
class Sweep(Act):
    """A line of light passes over the place.

    order    (n,) float32 0..1, when it comes to each point
    """

    order: ndarray

    def at(self, share: float) -> State:
        """The points that the line has passed."""
        from marrow.places.memory import field_kernels as kernels

        stage = self.before
        _, shown = _blank(len(stage.points), stage.light)
        known = _given(stage.light), self.order, stage.there, float(share), BEAM
        shared(lambda low, high: kernels.swept(*known, (low, high), shown[1:]), len(stage.points))
        return State(stage.points, stage.origin, None if stage.light is None else shown[-1], shown[1], shown[2],
                     second=stage.second)


@dataclass(frozen=True)
class Morph(Act):
    """The place becomes another one.

    ends       (n, 3), (m, 3) float32 both places from the origin of the first
    pairs      the paths;  windows: (p, 2) float32 shares at which each starts and ends
    masses     (n,), (m,) float32: one over the number of paths at each point
    wind       see `field_kernels.carried`
    """

    ends: tuple[ndarray, ndarray]
    pairs: Pairs
    windows: ndarray
    masses: tuple[ndarray, ndarray]
    wind: tuple[float, ...]

    @classmethod
    def of(cls, event: Event, before: Stage, after: Stage, pairs: Pairs, spot: ndarray | None, *, ratio: float,
           seed: int) -> "Morph":
        """Lay the paths; those that have far to go start first and arrive last."""
        from marrow.places.memory.turns import even, fair, radius, rising

        ends = before.points, (after.points + (after.origin - before.origin)).astype(np.float32)
        way = ends[1][pairs.second] - ends[0][pairs.first]
        far = even((way * way)[:, 0] + (way * way)[:, 1] + (way * way)[:, 2])
        turn = np.float32(0.55) * rising(ends[0], spot)[pairs.first] + np.float32(0.45) * fair(ends[1], seed)[
            pairs.second]
        long = np.float32(SHORT) + np.float32(1 - SHORT) * np.float32(0.96) * far
        start = (1 - long) * np.clip(turn, 0, 1)
        masses = tuple((1 / np.maximum(np.bincount(index, minlength=len(end)), 1)).astype(np.float32)
                       for index, end in zip((pairs.first, pairs.second), ends, strict=True))
        large = max(radius(ends[0]), radius(ends[1]))
        wind = (BENT[0], BENT[1] * large, BENT[2] / large, float(seed % 2**20 + 31), float(ratio))
        windows = np.stack([start, np.minimum(start + long, 1)], axis=1).astype(np.float32)
        return cls(event.opens, event.closes, before, after, ends, pairs, windows, masses, wind)

    def at(self, share: float) -> State:
        """The points on their paths; at both ends exactly on the places."""
        from marrow.places.memory import field_kernels as kernels

        lights = self.before.light, self.after.light
        coloured = None not in [each if each is None else 0 for each in lights]
        made, (place, there, size, light) = _blank(len(self.windows), lights[0] if coloured else None)
        shown = place, there, size, np.empty_like(there), light
        given = tuple(_given(each if coloured else None) for each in lights)
        known = (self.ends, given, (self.pairs.first, self.pairs.second), self.windows, self.masses,
                 self.before.there, float(share), self.wind)
        shared(lambda low, high: kernels.carried(*known, (low, high), shown), len(made))
        return State(made, self.before.origin, light if coloured else None, there, size, shown[3])


def shared(work: Callable[[int, int], None], count: int) -> None:
    """Do a loop in pieces, on as many threads as numba may have; each point is its own, so nothing changes by it."""
    edges = list(pairwise([*range(0, max(count, 1), CHUNK), count]))
    if len(edges) < 2 or threads() < 2:
        work(0, count)
        return
    with ThreadPoolExecutor(threads()) as pool:
        list(pool.map(lambda edge: work(*edge), edges))


def _given(light: ndarray | None) -> ndarray:
    return np.zeros((0, 3), np.float32) if light is None else np.ascontiguousarray(light, np.float32)


def _blank(count: int, light: ndarray | None) -> tuple[ndarray, tuple[ndarray, ...]]:
    """Room for where points are, how much is there, their size, their light."""
    made = np.empty((count, 3), np.float32)
    return made, (made, np.empty(count, np.float32), np.empty(count, np.float32),
                  np.empty((0 if light is None else count, 3), np.float32))
