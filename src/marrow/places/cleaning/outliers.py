"""Points that no surface owns: strays between the walls, lone clumps far from everything."""

import numpy as np
from numpy import ndarray

from marrow.media import Cloud
from marrow.places.cleaning.nearest import Nearest, cells, numbered
from marrow.places.clouds import taken

ROUND = 8        # neighbours that are looked at
TIMES = 3.0      # how much lonelier than its neighbours a stray is
THIN = 5.0       # how much lonelier than most points dust is, which lies on no surface
THICK = 0.12     # of the way to its neighbours: how far these may lie from their common plane
WIDE = 8         # cells that find lone clumps, in spacings where the scan is thin
LONE = 50        # points, or a thousandth of them if that is less: smaller clumps are lone


def swept(cloud: Cloud) -> Cloud:
    """Leave out strays and lone clumps, and what is no number.

    test      see `strays` and `lone`
    """
    good = np.flatnonzero(np.isfinite(cloud.points).all(1))
    good = good[~strays(cloud.points[good])]
    return taken(cloud, good[~lone(cloud.points[good])])


def strays(points: ndarray) -> ndarray:
    """Points much farther from their neighbours than these are from theirs, and thin dust.

    A scan is dense near the scanner and thin far away; so each point is held against those round it. Only where it is
    very thin and its neighbours lie in no common plane is a point held against the whole scan.

    points    (n, 3), all of them numbers
    returns   (n,) bool
    source    Breunig, Kriegel, Ng, Sander, LOF: Identifying Density-Based Local Outliers, SIGMOD 2000, simplified
    test      strewn points are found, and a surface ten times thinner at one end stays whole
    """
    if len(points) <= ROUND:
        return np.zeros(len(points), bool)
    reach, known = np.empty(len(points), np.float32), Nearest(points)
    near = np.empty((len(points), ROUND), np.int32)
    for part, found, squared in known.each(ROUND + 1):
        reach[part] = np.sqrt(squared[:, 1:]).mean(1)
        near[part] = found[:, 1:]
    made = np.empty(len(points), bool)
    for begin in range(0, len(points), 1 << 18):
        part = slice(begin, begin + (1 << 18))
        usual = np.sort(reach[near[part]], axis=1)[:, ROUND // 2]
        made[part] = reach[part] > np.float32(TIMES) * usual
    thin = np.flatnonzero(~made & (reach > np.float32(THIN) * np.median(reach)))
    made[thin[_thick(points, thin, near[thin]) > THICK * reach[thin]]] = True
    return made


def _thick(points: ndarray, which: ndarray, near: ndarray) -> ndarray:
    """How far points and their neighbours (m, k) lie from their common plane: (m,) metres, root mean square."""
    from marrow.places.cleaning import normal_kernels as kernels

    near = np.concatenate([which[:, None], near], axis=1)
    normals = np.empty((len(which), 3))
    kernels.planes(points, near, normals)
    off = points[near].astype(np.float64)
    off = ((off - off.mean(1, keepdims=True)) * normals[:, None]).sum(2)
    return np.sqrt((off * off).mean(1))


def lone(points: ndarray) -> ndarray:
    """Points in small clumps far from all others.

    points    (n, 3), all of them numbers
    returns   (n,) bool
    test      a clump in the air is found; a chair that stands on the floor is not
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    few = min(LONE, len(points) // 1000)
    side = WIDE * _thin(points) if few else 0.0
    if not side:
        return np.zeros(len(points), bool)
    places = cells(points, side)
    keys, mine = numbered(places)
    pairs = [_beside(keys, x * (1 << 42) + y * (1 << 21) + z) for x, y, z in _ways()]
    one, other = np.concatenate(pairs, axis=1)
    graph = coo_array((np.ones(len(one), np.int8), (one, other)), shape=(len(keys), len(keys)))
    clump = connected_components(graph, directed=False)[1][mine]
    return np.bincount(clump)[clump] <= few


def _thin(points: ndarray) -> float:
    """Metres between neighbours where a scan is thin: nine in ten are nearer; by a sample."""
    some = points[:: max(1, len(points) // 20_000)]
    return float(np.quantile(np.sqrt(Nearest(points).to(some, 5)[1][:, -1]), 0.9))


def _ways() -> list[tuple[int, int, int]]:
    """Half of the 26 ways from a cell to those round it."""
    ways = [(x, y, z) for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1)]
    return [way for way in ways if way > (0, 0, 0)]


def _beside(keys: ndarray, step: int) -> ndarray:
    """Pairs (2, m) of cells one step apart."""
    at = np.minimum(np.searchsorted(keys, keys + step), len(keys) - 1)
    mine = np.flatnonzero(keys[at] == keys + step)
    return np.stack([mine, at[mine]])
