"""Rotations as vectors and parts: what retargeting and clean-up compute with."""

import numpy as np
from numpy import ndarray

from marrow.rotations import inverse, multiply, normalised


def log(turn: ndarray) -> ndarray:
    """Rotation vectors: the axis, as long as the angle in radians (0..π, the short way).

    turn       (..., 4) unit quaternions
    returns    (..., 3)
    test       the way back of `exp`
    """
    turn = np.asarray(turn, float)
    turn = np.where(turn[..., :1] < 0, -turn, turn)
    sine = np.linalg.norm(turn[..., 1:], axis=-1, keepdims=True)
    angle = 2 * np.arctan2(sine, turn[..., :1])
    return turn[..., 1:] * np.where(sine > 1e-12, angle / np.where(sine > 1e-12, sine, 1), 2)


def exp(vector: ndarray) -> ndarray:
    """The rotations of rotation vectors (..., 3), radians: (..., 4) unit quaternions."""
    vector = np.asarray(vector, float)
    angle = np.linalg.norm(vector, axis=-1, keepdims=True)
    return np.concatenate([np.cos(angle / 2), vector * np.sinc(angle / (2 * np.pi)) / 2], axis=-1)


def between(start: ndarray, end: ndarray) -> ndarray:
    """The shortest turn that brings one direction to another; opposite ones go round any axis across.

    start, end   (..., 3), not zero
    returns      (..., 4)
    """
    start, end = np.broadcast_arrays(*(np.asarray(each, float) / np.linalg.norm(each, axis=-1, keepdims=True)
                                       for each in (start, end)))
    inner = (start * end).sum(-1, keepdims=True)
    across = np.cross(start, np.where(np.abs(start[..., :1]) < 0.9, (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)))
    back = np.concatenate([np.zeros_like(inner), across / np.linalg.norm(across, axis=-1, keepdims=True)], axis=-1)
    made = normalised(np.concatenate([1 + inner, np.cross(start, end)], axis=-1))
    return np.where(inner < -1 + 1e-9, back, made)


def twist(turn: ndarray, axis: ndarray) -> ndarray:
    """The part of a rotation that goes round an axis: turn = swing · twist.

    turn       (..., 4)
    axis       (..., 3) unit
    returns    (..., 4), with w not negative
    source     Dobrowolski, Swing-twist decomposition in Clifford algebra, 2015
    """
    turn, axis = np.asarray(turn, float), np.asarray(axis, float)
    along = (turn[..., 1:] * axis).sum(-1, keepdims=True)
    made = normalised(np.concatenate([turn[..., :1], along * axis], axis=-1))
    return np.where(made[..., :1] < 0, -made, made)


def angle(turn: ndarray) -> ndarray:
    """How far rotations turn, radians 0..π."""
    turn = np.asarray(turn, float)
    return 2 * np.arctan2(np.linalg.norm(turn[..., 1:], axis=-1), np.abs(turn[..., 0]))


def apart(first: ndarray, second: ndarray) -> ndarray:
    """The angle between rotations, radians 0..π."""
    return angle(multiply(inverse(first), second))


def continuous(turns: ndarray) -> ndarray:
    """The same rotations with signs chosen so that each is the nearer one to the frame before: (frames, ..., 4)."""
    turns = np.asarray(turns, float)
    near = (turns[1:] * turns[:-1]).sum(-1, keepdims=True)
    signs = np.where(near < 0, -1.0, 1.0)
    return np.concatenate([turns[:1], turns[1:] * np.cumprod(signs, axis=0)])
