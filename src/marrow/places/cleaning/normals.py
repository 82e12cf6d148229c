"""Which way the surface faces at each point."""

from dataclasses import replace

import numpy as np
from numpy import ndarray

from marrow.draw import points as dots
from marrow.media import Cloud
from marrow.places.cleaning.nearest import Nearest

ROUND = 12         # neighbours that make a surface
SEEDS = 60_000     # points among which the sides are agreed on
LINKS = 8          # neighbours that each agrees with


def with_normals(cloud: Cloud, eye: ndarray | None = None) -> Cloud:
    """Give each point the normal of the surface round it.

    eye       (3,) where the scanner stood, in the studio's world: normals face it. None: neighbours agree, and the
              topmost point of each part faces up
    returns   normals (n, 3) float32 unit; (0, 1, 0) where there is no surface
    source    Hoppe et al., Surface Reconstruction from Unorganized Points, SIGGRAPH 1992, 3.2 and 3.3
    test      a ball's point outwards, a plane's are its own; towards the eye where it is known
    """
    normals = slopes(cloud.points)
    if eye is None:
        side = _agreed(cloud.points, normals)
    else:
        side = ((eye - cloud.origin - cloud.points) * normals).sum(1) < 0
    return replace(cloud, normals=np.where(side[:, None], -normals, normals).astype(np.float32))


def slopes(points: ndarray, near: Nearest | None = None, count: int = ROUND) -> ndarray:
    """Unit normals (n, 3) float64 of the planes through each point's nearest, on either side.

    source    Jacobi's rotations: Golub, Van Loan, Matrix Computations, 8.5; sums, products and roots alone, so that
              every machine finds the same
    """
    from marrow.places.cleaning import normal_kernels as kernels

    made = np.empty((len(points), 3))
    for part, found, _ in (near or Nearest(points)).each(count):
        kernels.planes(points, found, made[part])
    return made


def _agreed(points: ndarray, normals: ndarray) -> ndarray:
    """Which normals to turn round so that neighbours agree: (n,) bool; settled among some, told to all."""
    some = dots.thinned(len(points), SEEDS)
    near = Nearest(points[some])
    mine = np.concatenate([found for _, found, _ in near.each(LINKS + 1)])
    turned = _along_tree(points[some], normals[some], mine)
    faces = np.where(turned[:, None], -normals[some], normals[some])
    made = np.empty(len(points), bool)
    for begin in range(0, len(points), 1 << 18):
        part = slice(begin, begin + (1 << 18))
        next_to = near.to(points[part], 1)[0][:, 0]
        made[part] = (faces[next_to] * normals[part]).sum(1) < 0
    made[some] = turned
    return made


def _along_tree(points: ndarray, normals: ndarray, near: ndarray) -> ndarray:
    """Sides told from neighbour to neighbour along the tree of least bends: (n,) bool."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree

    count = len(points)
    one, other = np.repeat(np.arange(count), near.shape[1]), near.ravel()
    bend = 1 - np.abs((normals[one] * normals[other]).sum(1))
    steps = np.rint(bend * 1e6) + 1 + (one + other) % 7 * 1e-3  # no step is free, or the tree would lose it
    bends = coo_array((steps, (one, other)), shape=(count, count)).tocsr()
    tree = minimum_spanning_tree(bends.maximum(bends.T))
    tree = (tree + tree.T).tocsr()
    turned, seen = np.zeros(count, bool), np.zeros(count, bool)
    for top in np.argsort(-points[:, 1], kind="stable"):
        if seen[top]:
            continue
        order, before = breadth_first_order(tree, top, directed=False)
        seen[order] = True
        _told(turned, normals, order, before)
    return turned


def _told(turned: ndarray, normals: ndarray, order: ndarray, before: ndarray) -> None:
    """The first faces up, each other as the one before it, in place."""
    turned[order[0]] = normals[order[0], 1] < 0
    against = (normals[order[1:]] * normals[before[order[1:]]]).sum(1) < 0
    for one, other, flip in zip(order[1:].tolist(), before[order[1:]].tolist(), against.tolist(), strict=True):
        turned[one] = turned[other] ^ flip
