"""Polygons cut into triangles, and corners that are alike merged into vertices: what every mesh format needs."""

import numpy as np
from numpy import ndarray

MOST = 2000   # corners of a hollow polygon that are cut one by one; a larger one is cut as a fan


def triangles(counts: ndarray, places: ndarray) -> tuple[ndarray, ndarray]:
    """Cut polygons into triangles that keep their winding.

    A quad is cut along the diagonal that leaves both halves facing the same way, the shorter one where both do; a
    larger polygon is cut ear by ear where it is hollow.

    counts     (polygons,) corners of each; those with fewer than three are left out
    places     (corners, 3) where the corners are, polygon after polygon
    returns    corners (triangles, 3) by number, polygon (triangles,) that each was cut from
    source     Meisters, Polygons have ears, American Mathematical Monthly 82, 1975
    test       areas of the triangles add up to the polygon's, all facing the way it faces, convex or hollow
    """
    counts = np.asarray(counts, np.int64)
    starts = np.cumsum(counts) - counts
    corners, owners = [], []
    for size in np.unique(counts[counts > 2]).tolist():
        owner = np.flatnonzero(counts == size)
        ring = starts[owner][:, None] + np.arange(size)
        cut = _fans(ring, places) if size > 4 else ring[:, None] if size == 3 else _halves(ring, places)
        corners.append(cut.reshape(-1, 3))
        owners.append(np.repeat(owner, cut.shape[1]))
    if not corners:
        return np.zeros((0, 3), np.int64), np.zeros(0, np.int64)
    owners_ = np.concatenate(owners)
    order = np.argsort(owners_, kind="stable")
    return np.concatenate(corners)[order], owners_[order]


def around(across: ndarray, faces: ndarray, count: int) -> ndarray:
    """The sum of the normals of the faces round each vertex, (count, 3).

    across     (m, 3) of the faces, as long as they are to count;  faces (m, 3) indices
    test       at the corner of a cube it looks along the diagonal
    """
    return np.stack([np.bincount(faces.ravel(), np.repeat(across[:, axis], 3), count) for axis in range(3)], axis=1)


def merged(points: ndarray, *values: ndarray | None) -> tuple[ndarray, ndarray]:
    """Merge corners that share a point and all their values.

    points     (corners,) which point each corner stands on
    values     (corners, n) what corners have of their own: normals, uv, colours
    returns    first (vertices,) a corner of each vertex, in the order of their points; vertex (corners,) of each corner
    test       every corner finds its own values again; no two vertices are alike
    """
    keys = [np.asarray(points)]
    for each in values:
        if each is not None:
            keys += [column + 0.0 for column in np.asarray(each).T]
    order = np.lexsort(keys[::-1])
    fresh = np.zeros(len(order), bool)
    fresh[:1] = True
    for key in keys:
        fresh[1:] |= key[order][1:] != key[order][:-1]
    vertex = np.empty(len(order), np.int64)
    vertex[order] = np.cumsum(fresh) - 1
    return order[fresh], vertex


def _halves(ring: ndarray, places: ndarray) -> ndarray:
    """Quads (n, 4) cut along their better diagonal: (n, 2, 3)."""
    at = np.asarray(places, float)[ring]
    across = np.cross(at[:, 2] - at[:, 0], at[:, 3] - at[:, 1])
    first, second = ring[:, [0, 1, 2, 0, 2, 3]], ring[:, [1, 2, 3, 1, 3, 0]]
    long = np.stack([np.linalg.norm(at[:, 2] - at[:, 0], axis=1), np.linalg.norm(at[:, 3] - at[:, 1], axis=1)])
    fold = np.stack([_folded(at[:, [0, 1, 2]], at[:, [0, 2, 3]], across),
                     _folded(at[:, [1, 2, 3]], at[:, [1, 3, 0]], across)])
    better = (fold[1] < fold[0]) | ((fold[0] == fold[1]) & (long[1] < long[0] * (1 - 1e-6)))
    return np.where(better[:, None], second, first).reshape(-1, 2, 3)


def _folded(one: ndarray, other: ndarray, across: ndarray) -> ndarray:
    """How many of two triangles (n, 3, 3) face away from their polygon."""
    return sum((_normal(each) * across).sum(1) <= 0 for each in (one, other))


def _normal(triangle: ndarray) -> ndarray:
    return np.cross(triangle[:, 1] - triangle[:, 0], triangle[:, 2] - triangle[:, 0])


def _fans(ring: ndarray, places: ndarray) -> ndarray:
    """Larger polygons (n, k): fans where they are convex, ears where they are not: (n, k - 2, 3)."""
    size = ring.shape[1]
    at = np.asarray(places, float)[ring]
    away = at - at[:, :1]
    across = np.cross(away[:, 1:-1], away[:, 2:]).sum(1)
    turns = np.cross(np.roll(at, -1, 1) - at, np.roll(at, -2, 1) - np.roll(at, -1, 1))
    hollow = ((turns * across[:, None]).sum(-1) < 0).any(1)
    fan = np.stack([np.zeros(size - 2, int), np.arange(1, size - 1), np.arange(2, size)], 1)
    made = ring[:, fan]
    for number in np.flatnonzero(hollow) if size <= MOST else ():
        made[number] = ring[number][_ears(_flat(at[number], across[number]))]
    return made


def _flat(at: ndarray, across: ndarray) -> ndarray:
    """Corners (k, 3) seen from the side that the polygon faces: (k, 2)."""
    drop = int(np.abs(across).argmax())
    kept = [(1, 2), (2, 0), (0, 1)][drop]
    return at[:, kept] * ((1, 1) if across[drop] >= 0 else (-1, 1))


def _ears(at: ndarray) -> ndarray:
    """A hollow polygon (k, 2), counter-clockwise, cut ear by ear: (k - 2, 3) corners."""
    left, made = list(range(len(at))), []
    while len(left) > 3:
        ring = at[left]
        before, after = np.roll(ring, 1, 0), np.roll(ring, -1, 0)
        bulge = _turn(before, ring, after)
        ear = next((place for place in np.flatnonzero(bulge > 0).tolist()
                    if not _holds(ring, place, before[place], after[place])), int(bulge.argmax()))
        made.append([left[ear - 1], left[ear], left[(ear + 1) % len(left)]])
        del left[ear]
    return np.array([*made, left])


def _turn(one: ndarray, two: ndarray, three: ndarray) -> ndarray:
    """Twice the area of a triangle, positive when it is counter-clockwise."""
    return ((two[..., 0] - one[..., 0]) * (three[..., 1] - one[..., 1])
            - (two[..., 1] - one[..., 1]) * (three[..., 0] - one[..., 0]))


def _holds(ring: ndarray, ear: int, before: ndarray, after: ndarray) -> bool:
    """Whether another corner lies in the triangle that would be cut off."""
    tip = ring[ear]
    inside = (_turn(before, tip, ring) >= 0) & (_turn(tip, after, ring) >= 0) & (_turn(after, before, ring) >= 0)
    same = (ring == tip).all(1) | (ring == before).all(1) | (ring == after).all(1)
    return bool((inside & ~same).any())
