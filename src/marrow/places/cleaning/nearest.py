"""The nearest neighbours of points, of any number of them in bounded memory."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray

BATCH = 1 << 18  # points asked for at a time
ASKEW = np.array([[36, 48, 25], [-52, 39, 0], [-15, -20, 60]]) / 65  # a turn after which no wall lies along an axis


class Nearest:
    """Points that know their neighbours; positions (n, 3) of any precision, all of them numbers.

    The tree sees them turned: it cuts along the axes, and where many points lie exactly in a cut, as those of walls
    that were drawn do, it would have to look on both sides every time.
    """

    def __init__(self, points: ndarray) -> None:
        import small_gicp

        self.points = points
        self.tree = small_gicp.KdTree(_askew(points))

    def to(self, spots: ndarray, count: int) -> tuple[ndarray, ndarray]:
        """The nearest points of each spot (m, 3), nearest first.

        returns   (m, count) int64 indices and (m, count) float64 squared metres; where there are fewer points than
                  `count`, fewer columns
        test      as comparing with all
        """
        count = min(count, len(self.points))
        found, squared = self.tree.batch_knn_search(_askew(spots), count, 1)
        return found.astype(np.int64), squared

    def each(self, count: int) -> Iterator[tuple[slice, ndarray, ndarray]]:
        """The neighbours of the points themselves, each its own first neighbour: batches of a slice and `to` of it."""
        for begin in range(0, len(self.points), BATCH):
            part = slice(begin, begin + BATCH)
            yield part, *self.to(self.points[part], count)


def _askew(spots: ndarray) -> ndarray:
    x, y, z = spots.astype(np.float64).T
    return np.stack([row[0] * x + row[1] * y + row[2] * z for row in ASKEW], axis=1)


def numbered(places: ndarray) -> tuple[ndarray, ndarray]:
    """Whole cells (n, 3) int64 as one number each, and the numbers of cells touched, ascending, with where they are.

    returns   (m,) int64 the different cells' keys, ascending, and (n,) int64 which of them each is
    """
    keys = (places - places.min(0)) @ np.array([1 << 42, 1 << 21, 1])
    return np.unique(keys, return_inverse=True)


def cells(points: ndarray, side: float) -> ndarray:
    """Which cubes of a side points (n, 3) lie in: (n, 3) int64 from 0; 2^20 cubes along an axis at most."""
    local = points.astype(np.float64)
    low = local.min(0)
    return np.minimum(np.floor((local - low) / side), (1 << 20) - 1).astype(np.int64)
