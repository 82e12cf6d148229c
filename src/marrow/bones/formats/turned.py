"""Rotations as models write them: vectors, matrices and the two columns of matrices, all to quaternions."""

import numpy as np
from numpy import ndarray

from marrow import rotations
from marrow.bones.turning import exp
from marrow.errors import InputError

LARGEST = 1e4  # radians: no joint turns so far
WAYS = ("pairs", "columns", "rows")  # of six numbers: x1 x2 y1 y2 z1 z2; x1 y1 z1 x2 y2 z2; the same as rows


def quaternions(values: ndarray) -> ndarray:
    """Rotations of any joints as (frames, joints, 4) wxyz.

    values    (frames, joints, 3) or (frames, 3 · joints) rotation vectors in radians, (frames, joints, 3, 3) matrices
    raises    ValueError  another shape
              InputError  "motion.nan" where a number is none
    """
    values = np.asarray(values, float)
    wrong = ~(np.abs(values) < LARGEST).reshape(len(values), -1).all(1)
    if wrong.any():
        raise InputError("motion.nan", frame=int(np.argmax(wrong)) + 1)
    if values.ndim == 4 and values.shape[2:] == (3, 3):
        return rotations.from_matrix(orthonormal(values))
    if values.ndim == 2 and values.shape[1] % 3 == 0:
        values = values.reshape(len(values), -1, 3)
    if values.ndim != 3 or values.shape[2] != 3 or not values.size:
        raise ValueError(values.shape)
    return exp(values)


def orthonormal(matrices: ndarray) -> ndarray:
    """Matrices made exact by their first two columns: (..., 3, 3)."""
    return six(np.concatenate([matrices[..., 0], matrices[..., 1]], axis=-1), "columns")


def six(values: ndarray, way: str) -> ndarray:
    """Matrices from six numbers each.

    values    (..., 6)
    way       how they lie, one of WAYS
    returns   (..., 3, 3)
    source    Zhou et al., On the Continuity of Rotation Representations in Neural Networks, CVPR 2019
    test      every matrix comes back from its two columns or rows
    """
    first, second = (values[..., 0::2], values[..., 1::2]) if way == "pairs" else (values[..., :3], values[..., 3:])
    one = first / np.maximum(np.linalg.norm(first, axis=-1, keepdims=True), 1e-9)
    second = second - one * (one * second).sum(-1, keepdims=True)
    two = second / np.maximum(np.linalg.norm(second, axis=-1, keepdims=True), 1e-9)
    return np.stack([one, two, np.cross(one, two)], axis=-2 if way == "rows" else -1)
