"""Rotations: unit quaternions w x y z, right-handed, turning vectors counter-clockwise seen from the axis' tip.

`multiply(a, b)` turns by b first, then by a. Every function works on whole arrays; leading axes broadcast.
"""

import numpy as np
from numpy import ndarray

AXES = {"X": (1.0, 0.0, 0.0), "Y": (0.0, 1.0, 0.0), "Z": (0.0, 0.0, 1.0)}


def multiply(first: ndarray, second: ndarray) -> ndarray:
    """Chain two rotations: `second` happens first.

    first, second    (..., 4) wxyz
    returns          (..., 4)
    test             agrees with the product of the matrices
    """
    a, b, c, d = np.moveaxis(np.asarray(first, float), -1, 0)
    e, f, g, h = np.moveaxis(np.asarray(second, float), -1, 0)
    return np.stack([a * e - b * f - c * g - d * h, a * f + b * e + c * h - d * g,
                     a * g - b * h + c * e + d * f, a * h + b * g - c * f + d * e], axis=-1)


def inverse(turn: ndarray) -> ndarray:
    """The rotation back: (..., 4) unit quaternions."""
    return np.asarray(turn, float) * (1.0, -1.0, -1.0, -1.0)


def rotate(turn: ndarray, vectors: ndarray) -> ndarray:
    """Turn vectors.

    turn       (..., 4) unit quaternions
    vectors    (..., 3)
    returns    (..., 3)
    test       90° about Y brings +Z to +X
    """
    turn, vectors = np.asarray(turn, float), np.asarray(vectors, float)
    axis = turn[..., 1:]
    twice = 2 * np.cross(axis, vectors)
    return vectors + turn[..., :1] * twice + np.cross(axis, twice)


def normalised(turn: ndarray) -> ndarray:
    """The same rotations at length one; (0, 0, 0, 0) becomes no rotation."""
    turn = np.asarray(turn, float)
    long = np.linalg.norm(turn, axis=-1, keepdims=True)
    return np.where(long > 0, turn / np.where(long > 0, long, 1), (1.0, 0.0, 0.0, 0.0))


def slerp(first: ndarray, second: ndarray, share: ndarray) -> ndarray:
    """The rotation a share of the way from the first to the second, the short way round, at even speed.

    share      (...) 0..1
    returns    (..., 4)
    source     Shoemake, Animating Rotation with Quaternion Curves, SIGGRAPH 1985
    test       half of the way is half of the angle
    """
    first, second = np.asarray(first, float), np.asarray(second, float)
    share = np.asarray(share, float)[..., None]
    inner = (first * second).sum(-1, keepdims=True)
    second = np.where(inner < 0, -second, second)
    angle = np.arccos(np.clip(np.abs(inner), 0, 1))
    sine = np.sin(angle)
    near = sine < 1e-6
    safe = np.where(near, 1, sine)
    start = np.where(near, 1 - share, np.sin((1 - share) * angle) / safe)
    end = np.where(near, share, np.sin(share * angle) / safe)
    return normalised(start * first + end * second)


def about(axis: ndarray, angle: ndarray) -> ndarray:
    """The rotation about a unit axis (..., 3) by an angle (...) in radians."""
    half = np.asarray(angle, float)[..., None] / 2
    return np.concatenate([np.cos(half), np.sin(half) * np.asarray(axis, float)], axis=-1)


def from_euler(order: str, angles: ndarray) -> ndarray:
    """The rotation of Euler angles as BVH means them: "ZXY" is Z · X · Y, each about the axes turned before.

    order      letters of X Y Z, as many as there are angles
    angles     (..., len(order)) radians, in that order
    returns    (..., 4)
    """
    made = np.broadcast_to((1.0, 0.0, 0.0, 0.0), (*np.shape(angles)[:-1], 4))
    for place, letter in enumerate(order.upper()):
        made = multiply(made, about(np.asarray(AXES[letter]), np.asarray(angles, float)[..., place]))
    return made


def to_matrix(turn: ndarray) -> ndarray:
    """Rotation matrices (..., 3, 3) whose columns are the turned axes."""
    turn = np.asarray(turn, float)
    return np.stack([rotate(turn, np.asarray(AXES[letter])) for letter in "XYZ"], axis=-1)


def from_matrix(matrix: ndarray) -> ndarray:
    """Quaternions of rotation matrices, with w not negative.

    matrix     (..., 3, 3) orthonormal, determinant 1
    returns    (..., 4)
    source     Bar-Itzhack, New Method for Extracting the Quaternion from a Rotation Matrix, 2000
    """
    m = np.asarray(matrix, float)
    (a, b, c), (d, e, f), (g, h, i) = (np.moveaxis(m[..., row, :], -1, 0) for row in range(3))
    rows = [[a + e + i, h - f, c - g, d - b], [h - f, a - e - i, b + d, c + g],
            [c - g, b + d, e - a - i, f + h], [d - b, c + g, f + h, i - a - e]]
    system = np.stack([np.stack(row, axis=-1) for row in rows], axis=-2) / 3
    made = np.linalg.eigh(system)[1][..., -1]
    return made * np.where(made[..., :1] < 0, -1, 1)
