"""Compiled loops of a packed place: Morton numbers, and which point of a cell is drawn first."""

import numpy as np
from numba import njit
from numpy import ndarray

from marrow.draw.bits import apart

BITS = 21          # of each axis in a Morton number
JITTER = 0.25      # of a cell: how far from its middle the wanted point may lie


@njit(cache=True, inline="always")
def _together(code: int) -> int:
    """Every third bit of a number: what `apart` took apart."""
    code &= 0x1249249249249249
    code = (code | code >> 2) & 0x10C30C30C30C30C3
    code = (code | code >> 4) & 0x100F00F00F00F00F
    code = (code | code >> 8) & 0x1F0000FF0000FF
    code = (code | code >> 16) & 0x1F00000000FFFF
    return (code | code >> 32) & 0x1FFFFF


@njit(cache=True, inline="always")
def _mixed(value: int) -> int:
    """A number without order from one with order (Stafford's mix 13)."""
    mixed = np.uint64(value)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.int64((mixed ^ (mixed >> np.uint64(31))) & np.uint64(0x3FFFFFFFFFFFFFFF))


@njit(cache=True)
def codes(points: ndarray, low: ndarray, scale: float) -> ndarray:
    """Morton numbers (n,) int64 of points (n, 3) float32 in a cube; points beyond it count to its edge.

    low      (3,) float64 the cube's corner
    scale    2^BITS over its side
    source   Morton, A computer oriented geodetic data base, IBM 1966
    """
    made = np.empty(len(points), np.int64)
    top = (1 << BITS) - 1
    for row in range(len(points)):
        code = 0
        for axis in range(3):
            value = (points[row, axis] - low[axis]) * scale
            code |= np.int64(apart(np.int64(min(max(value, 0.0), float(top))))) << axis
        made[row] = code
    return made


@njit(cache=True, inline="always")
def _off(code: int, cell: int, shift: int) -> float:
    """How far a point lies from the place that its cell wants, squared, in steps of the grid."""
    dice, far = _mixed(cell + (shift << 58)), 0.0
    for axis in range(3):
        part = ((dice >> (20 * axis)) & 0xFFFFF) / 1048576.0 - 0.5
        wanted = (_together(cell >> axis) + 0.5 + 2 * JITTER * part) * (1 << shift)
        off = _together(code >> axis) + 0.5 - wanted
        far += off * off
    return far


@njit(cache=True)
def levels(ordered: ndarray, first: int) -> ndarray:
    """The level (n,) uint8 of each point: depth `first` of the octree is 0, what no cell has room for is the last.

    At each depth every cell that no coarser level has drawn from gives the point nearest to its middle, a little
    displaced so that no grid is seen.
    ordered    (n,) int64 Morton numbers, ascending
    """
    count = len(ordered)
    last = BITS - first + 1
    made = np.full(count, last, np.uint8)
    for depth in range(first, BITS + 1):
        shift, start = BITS - depth, 0
        while start < count:
            cell = ordered[start] >> (3 * shift)
            at, best, nearest, taken = start, start, np.inf, False
            while at < count and ordered[at] >> (3 * shift) == cell:
                if made[at] < last:
                    taken = True
                elif not taken:
                    far = _off(ordered[at], cell, shift)
                    if far < nearest:
                        nearest, best = far, at
                at += 1
            if not taken:
                made[best] = depth - first
            start = at
    return made
