"""Transport: which point of one place becomes which point of another, so that as little as possible has to move.

Pairing points by index or by chance looks like noise; pairs that are nearly the best there are look like a thing
that turns into another. Everything is counted in whole numbers, so the pairs are the same on every machine.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from marrow.draw.threads import threads
from marrow.media import Cloud

GRID = 1 << 16      # steps of a feature to one unit, the spread of a place round its middle
FINE = 1 << 20      # steps of a position to the longest side of a place
LOOSE = 32          # steps by which features are loosened, so that no two points are one
LABELS = 6          # labels that both places have and that are told apart
EXACT = 1000        # points up to which the pairs are the best there are
CELLS = 512         # parts of a place that are paired as wholes, the best way
CELL = 4            # points in such a part at least
# up to so many points: coarse pairings, those by halving merged into each, neighbours that exchange goals, rounds of it
TRIES = ((50_000, 3, 0, 12, 20), (300_000, 2, 2, 12, 20), (1 << 40, 1, 2, 8, 8))
# XYZ of D65 white from linear sRGB, over that white
XYZ = np.array(((0.4123908, 0.3575843, 0.1804808), (0.2126390, 0.7151687, 0.0721923),
                (0.0193308, 0.1191948, 0.9505322))) / np.array(((0.9504559,), (1.0,), (1.0890578,)))


@dataclass(frozen=True)
class Pairs:
    """Paths from one place to another: as many as the larger place has points, in the order of its points.

    first     (p,) int32: the point that each path leaves
    second    (p,) int32: the point at which it arrives
    """

    first: ndarray
    second: ndarray


def transport(first: Cloud, second: Cloud, *, colour: float = 0.5, label: float = 1.0) -> Pairs:
    """Pair the points of two places so that what moves, moves as little as possible.

    The cost of a pair is its squared distance, both places laid over each other by middle and spread, plus what
    their colours and labels differ. A smaller place's points are split: each into as many as any other, or one more.

    colour    what black against white costs, in spreads of a place; 0 takes no notice of colours
    label     what another label costs, likewise
    returns   every point of both places is in some pair
    test      within 1.03 of the best cost; every point of the larger place once, of the smaller equally often
    """
    return pairs(*features(first, second, colour=colour, label=label))


def features(first: Cloud, second: Cloud, *, colour: float = 0.5, label: float = 1.0) -> tuple[ndarray, ndarray]:
    """What makes points of two places alike: (n, d) and (m, d) float64, whole multiples of 1 / GRID.

    Position round the middle in units of the spread, then colours in Lab and labels where both places have them.
    """
    columns = [[_placed(first.points)], [_placed(second.points)]]
    if colour > 0 and first.colours is not None and second.colours is not None:
        for side, cloud in zip(columns, (first, second), strict=True):
            side.append(np.rint(lab(cloud.colours) * (colour * GRID / 100)))
    if label > 0 and first.labels is not None and second.labels is not None:
        known = _shared(first.labels, second.labels)
        for side, cloud in zip(columns, (first, second), strict=True):
            side.append(np.rint((cloud.labels[:, None] == known) * (label * GRID / 2 ** 0.5)))
    return tuple(np.concatenate(side, axis=1) for side in columns)  # type: ignore[return-value]


def _placed(points: ndarray) -> ndarray:
    """Positions in units of GRID to the spread: exact sums of whole numbers, the same in any order."""
    low, high = points.min(0).astype(np.float64), points.max(0).astype(np.float64)
    steps = np.rint((points - low) * (FINE / max(float((high - low).max()), 1e-30))).astype(np.int64)
    steps -= steps.sum(0) // len(points)
    spread = (float((steps * steps).sum()) / len(points)) ** 0.5
    return np.rint(steps * (GRID / max(spread, 1.0)))


def lab(light: ndarray) -> ndarray:
    """Colours as an eye tells them apart.

    light      (n, 3) linear light, 0..1
    returns    (n, 3) float64: L 0..100, a, b; without a library's cube root, whose last digit differs between machines
    source     CIE 1976 L*a*b*, white D65
    test       white is (100, 0, 0), black (0, 0, 0), red (53.24, 80.09, 67.20)
    """
    r, g, b = np.clip(np.asarray(light, np.float64), 0, 1).T
    x, y, z = (_root(row[0] * r + row[1] * g + row[2] * b) for row in XYZ)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def _root(share: ndarray) -> ndarray:
    """The curve of Lab: a cube root (by Halley's steps, from plain arithmetic) that is straight near black."""
    root = np.full_like(share, 0.7)
    safe = np.maximum(share, 0.008)
    for _ in range(6):
        cube = root * root * root
        root = root * (cube + 2 * safe) / (2 * cube + safe)
    return np.where(share > 216 / 24389, root, (24389 / 27 * share + 16) / 116)


def _shared(first: ndarray, second: ndarray) -> ndarray:
    """The labels of both places, those of most points first, as many as are told apart."""
    (a, often), (b, there) = (np.unique(labels, return_counts=True) for labels in (first, second))
    both, i, k = np.intersect1d(a, b, return_indices=True)
    return both[np.argsort(-np.minimum(often[i] * len(second), there[k] * len(first)), kind="stable")][:LABELS]


def pairs(first: ndarray, second: ndarray) -> Pairs:
    """Pair points by their features at nearly the least sum of squared differences.

    Parts of both sides, equally many points each, are paired as wholes in the best way; inside them points are paired
    by halving both along the same lines. Several such pairings are merged, each cycle taking the cheaper; then
    neighbours exchange partners as long as that is cheaper.

    first, second    (n, d) and (m, d), whole numbers in float64, at most 2^20 large
    source    Genest, Bonneel, Nivoliers, Coeurjolly, BSP-OT, SIGGRAPH Asia 2025 (halving and merging)
    test      see `transport`
    """
    if len(first) > len(second):
        turned = pairs(second, first)
        return Pairs(turned.second, turned.first)
    from marrow.places.memory import transport_kernels as kernels

    few, many = (np.argsort(kernels.curve(side[:, :3]), kind="stable") for side in (first, second))
    slots = few[np.arange(len(many)) * len(few) // len(many)]
    matched = _matched(first, second[many], few, slots)
    made = np.empty(len(many), np.int32)
    made[many[matched]] = slots
    if len(first) == len(second):  # in the order of the first
        back = np.empty_like(made)
        back[made] = np.arange(len(made), dtype=np.int32)
        return Pairs(np.arange(len(made), dtype=np.int32), back)
    return Pairs(made, np.arange(len(made), dtype=np.int32))


def _matched(first: ndarray, goals: ndarray, few: ndarray, slots: ndarray) -> ndarray:
    """For each slot, a share of a point of the smaller side, its goal: (m,) int64, a bijection.

    goals    (m, d) the larger side along the curve
    few      (n,) the smaller side's points along the curve;  slots: (m,) its point of each slot, along the curve too
    """
    from marrow.places.memory import transport_kernels as kernels

    begins = kernels.loosened(first, LOOSE, 1)[slots]
    goals = kernels.loosened(goals, LOOSE, 2)
    if len(goals) <= EXACT:
        from scipy.optimize import linear_sum_assignment

        return linear_sum_assignment(kernels.costs(begins, goals))[1]
    tries, trees, beside, rounds = next(row[1:] for row in TRIES if len(goals) <= row[0])
    near = _near(kernels.loosened(first, LOOSE, 1)[few], beside)
    place = np.arange(len(goals)) * len(few) // len(goals)
    near_begins, near_goals = kernels.slots_near(near, place), _near(goals, beside)
    best = np.arange(len(goals))  # along the curve
    for attempt in range(tries):
        made = _coarse(begins, goals, attempt)
        with ThreadPoolExecutor(threads()) as pool:
            for other in pool.map(lambda seed: _halved(begins, goals, seed), 100 * attempt + 10 + np.arange(trees)):
                kernels.merge(begins, goals, made, other)
        kernels.exchange(begins, goals, made, near_begins, rounds)
        back = np.argsort(made)
        kernels.exchange(goals, begins, back, near_goals, rounds)
        made = np.argsort(back)
        kernels.merge(begins, goals, best, made)
    kernels.exchange(begins, goals, best, near_begins, rounds)
    return best


def _near(points: ndarray, count: int) -> ndarray:
    """The nearest others of each point: (n, count) int32; itself where there are not so many."""
    from scipy.spatial import cKDTree

    count = min(count, len(points) - 1)
    if count < 1:
        return np.zeros((len(points), 1), np.int32)
    tree = cKDTree(points, balanced_tree=False, compact_nodes=False)
    return tree.query(points, count + 1, workers=threads())[1][:, 1:].astype(np.int32)


def _coarse(begins: ndarray, goals: ndarray, seed: int) -> ndarray:
    """Cells of both sides paired in the best way, points inside them by halving: (m,) int64, a bijection."""
    from scipy.optimize import linear_sum_assignment

    from marrow.places.memory import transport_kernels as kernels

    cells = min(CELLS, len(goals) // CELL)
    sides = []
    for side, points in enumerate((begins, goals)):
        turned = kernels.turned(points, kernels.frame(points.shape[1], 1000 + 2 * seed + side))
        order = kernels.halved(turned, cells, 2 * seed + side)
        sides.append((order, kernels.middles(points, order, cells)))
    (ours, from_), (theirs, to) = sides
    goal = linear_sum_assignment(kernels.costs(from_, to))[1]
    edges = len(goals) * np.arange(cells + 1) // cells
    theirs = np.concatenate([theirs[edges[cell]:edges[cell + 1]] for cell in goal])
    turn = kernels.frame(begins.shape[1], 3000 + seed)
    return kernels.paired(kernels.turned(begins, turn), kernels.turned(goals, turn), ours, theirs, edges, seed)


def _halved(begins: ndarray, goals: ndarray, seed: int) -> ndarray:
    """All points paired by halving both sides along the same lines: (m,) int64, a bijection."""
    from marrow.places.memory import transport_kernels as kernels

    turn, whole = kernels.frame(begins.shape[1], 5000 + seed), np.arange(len(begins))
    return kernels.paired(kernels.turned(begins, turn), kernels.turned(goals, turn), whole, whole.copy(),
                          np.array([0, len(begins)]), seed)
