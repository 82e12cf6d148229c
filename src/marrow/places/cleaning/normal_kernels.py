"""Compiled loops of normals; imported where they are called."""

import numpy as np
from numba import njit
from numpy import ndarray

SWEEPS, ENOUGH = 8, 6   # of a normal, of the spread of a cell


@njit(cache=True)
def turned(matrix: ndarray, ways: ndarray, i: int, k: int) -> None:
    """Turn a symmetric matrix by the angle that makes one pair of entries zero, and its axes with it, in place."""
    off = matrix[i, k]
    if off == 0:
        return
    lean = (matrix[k, k] - matrix[i, i]) / (2 * off)
    tangent = (-1.0 if lean < 0 else 1.0) / (abs(lean) + np.sqrt(lean * lean + 1))
    cosine = 1 / np.sqrt(tangent * tangent + 1)
    sine = tangent * cosine
    for j in range(3):
        matrix[j, i], matrix[j, k] = (cosine * matrix[j, i] - sine * matrix[j, k],
                                      sine * matrix[j, i] + cosine * matrix[j, k])
        ways[j, i], ways[j, k] = cosine * ways[j, i] - sine * ways[j, k], sine * ways[j, i] + cosine * ways[j, k]
    for j in range(3):
        matrix[i, j], matrix[k, j] = (cosine * matrix[i, j] - sine * matrix[k, j],
                                      sine * matrix[i, j] + cosine * matrix[k, j])


@njit(cache=True)
def diagonal(spread: ndarray) -> tuple[ndarray, ndarray]:
    """Symmetric matrices (n, 6), xx yy zz xy xz yz, turned until only their diagonals are left, and their axes."""
    matrices, ways = np.empty((len(spread), 3, 3)), np.empty((len(spread), 3, 3))
    for n in range(len(spread)):
        for number, (i, k) in enumerate(((0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2))):
            matrices[n, i, k] = matrices[n, k, i] = spread[n, number]
        ways[n] = np.eye(3)
        for _ in range(ENOUGH):
            turned(matrices[n], ways[n], 0, 1)
            turned(matrices[n], ways[n], 0, 2)
            turned(matrices[n], ways[n], 1, 2)
    return matrices, ways


@njit(cache=True)
def covariance(points: ndarray, near: ndarray) -> ndarray:
    """How points (m,) of a cloud spread about their middle: (3, 3)."""
    mean, spread = np.zeros(3), np.zeros((3, 3))
    for j in near:
        for axis in range(3):
            mean[axis] += points[j, axis]
    mean /= len(near)
    for j in near:
        for i in range(3):
            for k in range(3):
                spread[i, k] += (points[j, i] - mean[i]) * (points[j, k] - mean[k])
    return spread


@njit(cache=True)
def planes(points: ndarray, near: ndarray, normals: ndarray) -> None:
    """The normal of the plane through each row of neighbours, into `normals` (n, 3); Jacobi's rotations."""
    for point in range(len(near)):
        matrix, ways = covariance(points, near[point]), np.eye(3)
        total = matrix[0, 0] + matrix[1, 1] + matrix[2, 2]
        if total > 0:
            matrix /= total
        for _ in range(SWEEPS):
            turned(matrix, ways, 0, 1)
            turned(matrix, ways, 0, 2)
            turned(matrix, ways, 1, 2)
        least, most = 0, 0
        for axis in range(1, 3):
            least = axis if matrix[axis, axis] < matrix[least, least] else least
            most = axis if matrix[axis, axis] > matrix[most, most] else most
        if matrix[0, 0] + matrix[1, 1] + matrix[2, 2] - matrix[least, least] - matrix[most, most] > 1e-9:
            normals[point] = ways[:, least]
        else:
            normals[point] = 0.0, 1.0, 0.0
