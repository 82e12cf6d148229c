"""Bits of whole numbers, compiled: fixed throws of the dice, and numbers laid into one another."""

import numpy as np
from numba import njit
from numpy import ndarray

LAST = np.uint64(0xFFFFFFFFFFFFFFFF)  # no number is larger


@njit(cache=True, nogil=True)
def lowbias32(value: int) -> int:
    """A number without order, of 32 bits, from one with order; the same for the same number.

    source    Wellons, Prospecting for Hash Functions, 2018
    """
    value = np.uint32(value)
    value = np.uint32((value ^ (value >> np.uint32(16))) * np.uint32(0x7FEB352D))
    value = np.uint32((value ^ (value >> np.uint32(15))) * np.uint32(0x846CA68B))
    return np.uint32(value ^ (value >> np.uint32(16)))


@njit(cache=True, nogil=True)
def apart(x: int) -> int:
    """The 21 bits of a number with two empty ones after each: a third of a Morton number."""
    x = np.uint64(x)
    x = (x | x << np.uint64(32)) & np.uint64(0x1F00000000FFFF)
    x = (x | x << np.uint64(16)) & np.uint64(0x1F0000FF0000FF)
    x = (x | x << np.uint64(8)) & np.uint64(0x100F00F00F00F00F)
    x = (x | x << np.uint64(4)) & np.uint64(0x10C30C30C30C30C3)
    return (x | x << np.uint64(2)) & np.uint64(0x1249249249249249)


@njit(cache=True, nogil=True)
def morton(points: ndarray) -> ndarray:
    """The Morton number of every point, 21 bits for an axis; what is no number comes last."""
    low, high = np.full(3, np.inf, np.float32), np.full(3, -np.inf, np.float32)
    for i in range(len(points)):
        for k in range(3):
            if np.isfinite(points[i, k]):
                low[k], high[k] = min(low[k], points[i, k]), max(high[k], points[i, k])
    side = np.float64(max(high[0] - low[0], high[1] - low[1], high[2] - low[2]))
    scale = 2097151.0 / side if side > 0 else 0.0
    made = np.empty(len(points), np.uint64)
    for i in range(len(points)):
        number = np.uint64(0)
        for k in range(3):
            if not np.isfinite(points[i, k]):
                number = LAST
                break
            number |= apart(np.uint64((np.float64(points[i, k]) - low[k]) * scale)) << np.uint64(k)
        made[i] = number
    return made
