"""Compiled loops of joining; imported where they are called."""

import numpy as np
from numba import njit
from numpy import ndarray

BINS = 11
SUM = 200.0  # of each third of a feature, so that products of features are whole numbers that float32 holds exactly


@njit(cache=True, inline="always")
def pair(one: ndarray, other: ndarray, way: ndarray, counts: ndarray) -> int:
    """Count how two normals stand to each other and to the way between them; whichever side they face."""
    across = np.array([one[1] * way[2] - one[2] * way[1], one[2] * way[0] - one[0] * way[2],
                       one[0] * way[1] - one[1] * way[0]])
    long = np.sqrt(across[0] ** 2 + across[1] ** 2 + across[2] ** 2)
    if long < 1e-9:
        return 0
    across /= long
    along = one[0] * other[0] + one[1] * other[1] + one[2] * other[2]
    side = -1.0 if along < 0 else 1.0
    rise = one[0] * way[0] + one[1] * way[1] + one[2] * way[2]
    lean = side * (across[0] * other[0] + across[1] * other[1] + across[2] * other[2])
    third = (one[1] * across[2] - one[2] * across[1], one[2] * across[0] - one[0] * across[2],
             one[0] * across[1] - one[1] * across[0])
    bend = side * (third[0] * other[0] + third[1] * other[1] + third[2] * other[2]) * (-1.0 if rise < 0 else 1.0)
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
                j = near[i, column]
                way = (points[j] - points[i]) / np.sqrt(squared[i, column])
                count += pair(normals[i], normals[j], way, made[i])
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
                made[i] += own[near[i, column]] * (0.2 * reach / np.sqrt(squared[i, column]))
        for third in range(3):
            part = made[i, third * BINS:(third + 1) * BINS]
            total = part.sum()
            if total > 0:
                part *= SUM / total
    return np.rint(made).astype(np.float32)


@njit(cache=True)
def averaged(cells: ndarray, points: ndarray, most: int) -> ndarray:
    """The middle of the points of each cell, cells in the order in which they are met; stops past `most` cells.

    cells     (n,) int64 keys;  points: (n, 3) float64
    returns   (m, 3); more than `most` cells: (0, 3)
    """
    size = 1
    while size < 4 * min(most + 1, len(points)):
        size *= 2
    keys, slots = np.full(size, -1, np.int64), np.empty(size, np.int32)
    sums, counts, made = np.zeros((most + 1, 3)), np.zeros(most + 1), 0
    for i in range(len(cells)):
        slot = (np.uint64(cells[i]) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(20)) & np.uint64(size - 1)
        while keys[slot] != -1 and keys[slot] != cells[i]:
            slot = (slot + np.uint64(1)) & np.uint64(size - 1)
        if keys[slot] == -1:
            if made == most:
                return sums[:0]
            keys[slot], slots[slot] = cells[i], made
            made += 1
        sums[slots[slot]] += points[i]
        counts[slots[slot]] += 1
    for cell in range(made):
        sums[cell] /= counts[cell]
    return sums[:made]
