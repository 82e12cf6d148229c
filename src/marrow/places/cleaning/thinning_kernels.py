"""Compiled loops of thinning; imported where they are called."""

import numpy as np
from numba import njit
from numpy import ndarray

ODD = np.uint64(0x9E3779B97F4A7C15)


@njit(cache=True, inline="always")
def stirred(value: int) -> int:
    """Mix 64 bits (splitmix64)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@njit(cache=True)
def throws(bits: ndarray) -> ndarray:
    """A throw of the dice for each place by its own bits (n, 3) uint32, whatever its number: (n,) uint64."""
    made = np.empty(len(bits), np.uint64)
    for i in range(len(bits)):
        value = stirred(np.uint64(bits[i, 0]) + ODD)
        value = stirred(value ^ (np.uint64(bits[i, 1]) * ODD))
        made[i] = stirred(value ^ (np.uint64(bits[i, 2]) + ODD))
    return made


@njit(cache=True, inline="always")
def found(keys: ndarray, key: int) -> int:
    """The slot of a cell in an open table, or the empty one where it belongs."""
    last = np.uint64(len(keys) - 1)
    slot = stirred(np.uint64(key) * ODD) & last
    while keys[slot] != -1 and keys[slot] != key:
        slot = (slot + np.uint64(1)) & last
    return slot


@njit(cache=True, inline="always")
def crowded(points: ndarray, i: int, cell: ndarray, tables: tuple, apart: float) -> bool:
    """Whether a kept point lies nearer than `apart` to point i: its own cell first, then those round it."""
    keys, first, after = tables
    for number in range(27):
        turn = (number + 13) % 27
        x, y, z = cell[0] + turn // 9 - 1, cell[1] + turn // 3 % 3 - 1, cell[2] + turn % 3 - 1
        slot = found(keys, (x << 42) + (y << 21) + z)
        if keys[slot] == -1:
            continue
        other = first[slot]
        while other >= 0:
            dx = np.float64(points[i, 0]) - np.float64(points[other, 0])
            dy = np.float64(points[i, 1]) - np.float64(points[other, 1])
            dz = np.float64(points[i, 2]) - np.float64(points[other, 2])
            if dx * dx + dy * dy + dz * dz < apart * apart:
                return True
            other = after[other]
    return False


@njit(cache=True)
def apart_from_all(points: ndarray, order: ndarray, low: ndarray, apart: float) -> ndarray:
    """Keep each point in turn that has no kept one nearer than `apart`: (n,) bool."""
    count, size = len(points), 1 << 10
    while 2 * size < 3 * count:
        size *= 2
    tables = np.full(size, -1, np.int64), np.full(size, -1, np.int32), np.full(count, -1, np.int32)
    kept = np.zeros(count, np.bool_)
    cell = np.empty(3, np.int64)
    for i in order:
        for axis in range(3):
            cell[axis] = 1 + np.int64(np.floor((np.float64(points[i, axis]) - low[axis]) / apart))
        if crowded(points, i, cell, tables, apart):
            continue
        kept[i] = True
        key = (cell[0] << 42) + (cell[1] << 21) + cell[2]
        slot = found(tables[0], key)
        tables[0][slot] = key
        tables[2][i] = tables[1][slot]
        tables[1][slot] = i
    return kept
