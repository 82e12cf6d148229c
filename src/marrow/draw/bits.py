"""Bits of whole numbers, compiled: fixed throws of the dice, and numbers laid into one another."""

import numpy as np
from numba import njit


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
