"""Compiled loops of joining; imported where they are called."""

import numpy as np
from numba import njit
from numpy import ndarray

BINS = 11
SUM = 200.0  # of each third of a feature, so that products of features are whole numbers that float32 holds exactly


@njit(cache=True, inline="always")
def dot(one: tuple, other: tuple) -> float:
    """The product of two vectors."""
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]


@njit(cache=True, inline="always")
def crossed(one: tuple, other: tuple) -> tuple:
    """The vector across two."""
    return (one[1] * other[2] - one[2] * other[1], one[2] * other[0] - one[0] * other[2],
            one[0] * other[1] - one[1] * other[0])


@njit(cache=True, inline="always")
def pair(one: tuple, other: tuple, way: tuple, counts: ndarray) -> int:
    """Count how two normals stand to each other and to the way between them; whichever side they face."""
    across = crossed(one, way)
    long = np.sqrt(dot(across, across))
    if long < 1e-9:
        return 0
    across = (across[0] / long, across[1] / long, across[2] / long)
    along, rise = dot(one, other), dot(one, way)
    side = -1.0 if along < 0 else 1.0
    lean = side * dot(across, other)
    bend = side * dot(crossed(one, across), other) * (-1.0 if rise < 0 else 1.0)
    bend /= abs(bend) + abs(along) + 1e-12
    counts[min(BINS - 1, int((lean + 1) * BINS / 2))] += 1
    counts[BINS + min(BINS - 1, int(abs(rise) * BINS))] += 1
    counts[2 * BINS + min(BINS - 1, int((bend + 1) * BINS / 2))] += 1
    return 1


@njit(cache=True)
def simple(points: ndarray, normals: ndarray, near: ndarray, squared: ndarray, reach: float) -> ndarray:
    """The histogram of each point and its own neighbours: (n, 33)."""
    made = np.zeros((len(points), 3 * BINS))
    for i in range(len(points)):
        count = 0
        for column in range(near.shape[1]):
            if 0 < squared[i, column] <= reach * reach:
                j, far = near[i, column], np.sqrt(squared[i, column])
                way = ((points[j, 0] - points[i, 0]) / far, (points[j, 1] - points[i, 1]) / far,
                       (points[j, 2] - points[i, 2]) / far)
                count += pair((normals[i, 0], normals[i, 1], normals[i, 2]),
                              (normals[j, 0], normals[j, 1], normals[j, 2]), way, made[i])
        if count:
            made[i] /= count
    return made


@njit(cache=True)
def features(points: ndarray, normals: ndarray, near: ndarray, squared: ndarray, reach: float) -> ndarray:
    """The histograms of each point and of those round it, nearer ones more: (n, 33) float32 whole numbers."""
    own = simple(points, normals, near, squared, reach)
    made = own.copy()
    for i in range(len(points)):
        for column in range(near.shape[1]):
            if 0 < squared[i, column] <= reach * reach:
                j, share = near[i, column], 0.2 * reach / np.sqrt(squared[i, column])
                for place in range(3 * BINS):
                    made[i, place] += own[j, place] * share
        for third in range(3):
            part = made[i, third * BINS:(third + 1) * BINS]
            total = part.sum()
            if total > 0:
                part *= SUM / total
    return np.rint(made).astype(np.float32)


@njit(cache=True)
def lowest(points: ndarray) -> tuple:
    """The least of each coordinate of points (n, 3), and the longest side of the box round them."""
    x, y, z, right, top, front = np.inf, np.inf, np.inf, -np.inf, -np.inf, -np.inf
    for i in range(len(points)):
        x, y, z = min(x, points[i, 0]), min(y, points[i, 1]), min(z, points[i, 2])
        right, top, front = max(right, points[i, 0]), max(top, points[i, 1]), max(front, points[i, 2])
    return x, y, z, max(right - x, top - y, front - z)


@njit(cache=True)
def averaged(points: ndarray, side: float, most: int) -> ndarray:
    """The middle of the points of each cell, cells in the order in which they are met; stops past `most` cells.

    points    (n, 3) float64
    returns   (m, 3); more than `most` cells, or more than 2^20 along an axis: (0, 3)
    """
    x, y, z, long = lowest(points)
    size = 1
    while size < 4 * min(most + 1, len(points)):
        size *= 2
    keys, slots = np.full(size, -1, np.int64), np.empty(size, np.int32)
    sums, counts, made = np.zeros((most + 1, 3)), np.zeros(most + 1), 0
    if long / side >= 1 << 20:
        return sums[:0]
    for i in range(len(points)):
        cell = (np.int64((points[i, 0] - x) / side) << 42) + (np.int64((points[i, 1] - y) / side) << 21) \
            + np.int64((points[i, 2] - z) / side)
        slot = (np.uint64(cell) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(20)) & np.uint64(size - 1)
        while keys[slot] != -1 and keys[slot] != cell:
            slot = (slot + np.uint64(1)) & np.uint64(size - 1)
        if keys[slot] == -1:
            if made == most:
                return sums[:0]
            keys[slot], slots[slot] = cell, made
            made += 1
        for axis in range(3):
            sums[slots[slot], axis] += points[i, axis]
        counts[slots[slot]] += 1
    for cell in range(made):
        sums[cell] /= counts[cell]
    return sums[:made]
