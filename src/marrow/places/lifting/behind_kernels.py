"""Compiled loops that go on behind what stands in front, in depth and in grain: plain IEEE arithmetic, no chance."""

import numpy as np
from numba import njit
from numpy import ndarray

from marrow.draw.bits import lowbias32
from marrow.places.lifting.kernels import STEP

PATCH = 2         # pixels: half side of the patches that are compared
TRIES = 12        # patches tried beside those that continue a neighbour's
SLOPE = 0.65      # pixels that a move parts neighbours of a surface by which goes on out of sight, at most
TOWARDS = 0.75    # of the way to what stands in front that a surface behind it may come nearer


@njit(cache=True, nogil=True)
def slopes(near: ndarray, right: ndarray, down: ndarray, reach: int) -> tuple:
    """How `near` grows from pixel to pixel along its own surface: to the right and downwards, two (h, w) arrays.

    reach    pixels on each side over which it is measured
    """
    height, width = near.shape
    across, along = np.zeros((height, width), near.dtype), np.zeros((height, width), near.dtype)
    for row in range(height):
        for column in range(width):
            low = high = column
            while high - column < reach and high + 1 < width and right[row, high]:
                high += 1
            while column - low < reach and low > 0 and right[row, low - 1]:
                low -= 1
            if high > low:
                across[row, column] = (near[row, high] - near[row, low]) / (high - low)
            low = high = row
            while high - row < reach and high + 1 < height and down[high, column]:
                high += 1
            while row - low < reach and low > 0 and down[low - 1, column]:
                low -= 1
            if high > low:
                along[row, column] = (near[high, column] - near[low, column]) / (high - low)
    return across, along


@njit(cache=True, nogil=True)
def continued(near: ndarray, tilt: tuple, seed: tuple, front: tuple, spot: tuple, scale: float) -> float:
    """A surface carried on from a pixel to another, as a plane: one over its depth there.

    It is no steeper than planes are, comes no nearer than most of the way to what stands before it, and goes no farther
    away than as much again.
    """
    start, steepest = near[seed[0], seed[1]], np.float32(SLOPE) / scale
    across = min(max(tilt[0][seed[0], seed[1]], -steepest), steepest)
    along = min(max(tilt[1][seed[0], seed[1]], -steepest), steepest)
    grown = across * (spot[1] - seed[1]) + along * (spot[0] - seed[0])
    most = np.float32(TOWARDS) * (near[front[0], front[1]] - start)
    return start + min(max(grown, -min(most, np.float32(0.5) * start)), most)


@njit(cache=True, nogil=True)
def offered(near: ndarray, tilt: tuple, far: tuple, front: tuple, spot: tuple, scale: float, most: int) -> float:
    """How far a pixel is from a seed, where the surface behind is to be carried on to it; else infinite."""
    off = float((spot[0] - far[0]) ** 2 + (spot[1] - far[1]) ** 2)
    wide = min(scale * (near[front[0], front[1]] - near[far[0], far[1]]) + 2, np.float32(most))
    if off > wide * wide:
        return np.inf
    behind = continued(near, tilt, far, front, spot, scale)
    if (near[spot[0], spot[1]] - behind) * scale < 1:
        return np.inf
    return off


@njit(cache=True, nogil=True)
def taken(seeds: ndarray, best: ndarray, spot: tuple, off: float, far: tuple, front: tuple) -> bool:
    """Let a pixel take a seed, where that is nearer than the one it has."""
    if off >= best[spot[0], spot[1]]:
        return False
    best[spot[0], spot[1]] = off
    seeds[spot[0], spot[1], 0], seeds[spot[0], spot[1], 1] = far
    seeds[spot[0], spot[1], 2], seeds[spot[0], spot[1], 3] = front
    return True


@njit(cache=True, nogil=True)
def passed(near: ndarray, tilt: tuple, scale: float, most: int, seeds: ndarray, best: ndarray, spot: tuple) -> bool:
    """Offer a pixel the seeds of its eight neighbours; whether it took one."""
    changed = False
    row, column = spot
    for y in range(max(row - 1, 0), min(row + 2, len(near))):
        for x in range(max(column - 1, 0), min(column + 2, near.shape[1])):
            if seeds[y, x, 0] < 0:
                continue
            far, front = (seeds[y, x, 0], seeds[y, x, 1]), (seeds[y, x, 2], seeds[y, x, 3])
            if (row - far[0]) ** 2 + (column - far[1]) ** 2 < best[row, column]:
                off = offered(near, tilt, far, front, spot, scale, most)
                changed = taken(seeds, best, spot, off, far, front) or changed
    return changed


@njit(cache=True, nogil=True)
def behind(near: ndarray, right: ndarray, down: ndarray, tilt: tuple, scale: float, most: int) -> ndarray:
    """For each pixel behind which something must be made up: the pixel beside it whose surface goes on there.

    most       pixels: no surface is carried on farther
    returns    (h, w, 4) int32: row and column of that pixel, and of the one in front next to it; -1 where there is none
    source     Danielsson, Euclidean Distance Mapping, 1980
    """
    height, width = near.shape
    seeds, best = np.full((height, width, 4), -1, np.int32), np.full((height, width), np.inf)
    for row in range(height):
        for column in range(width):
            for other, apart in (((row, column + 1), column + 1 < width and not right[row, column]),
                                 ((row + 1, column), row + 1 < height and not down[row, column])):
                if apart:
                    here = (row, column)
                    front, far = (here, other) if near[row, column] > near[other[0], other[1]] else (other, here)
                    taken(seeds, best, front, offered(near, tilt, far, front, front, scale, most), far, front)
    for turn in range(64):
        changed = False
        for i in range(height):
            for j in range(width):
                spot = (i, j) if turn % 2 == 0 else (height - 1 - i, width - 1 - j)
                changed = passed(near, tilt, scale, most, seeds, best, spot) or changed
        if not changed:
            break
    return seeds


@njit(cache=True, nogil=True)
def onward(near: ndarray, tilt: tuple, seeds: ndarray, scale: float) -> ndarray:
    """The surfaces behind, carried on from their seeds: (h, w) one over the depth; `near` where there is none."""
    made = near.copy()
    for row in range(len(near)):
        for column in range(near.shape[1]):
            seed = seeds[row, column]
            if seed[0] >= 0:
                made[row, column] = continued(near, tilt, (seed[0], seed[1]), (seed[2], seed[3]), (row, column),
                                              scale)
    return made


@njit(cache=True, nogil=True)
def unlike(residue: ndarray, filled: ndarray, spot: tuple, other: tuple, worst: float) -> float:
    """How much the patch round one pixel differs from that round another, where the first is known already."""
    height, width = filled.shape
    total, count = 0.0, 0
    for dy in range(-PATCH, PATCH + 1):
        for dx in range(-PATCH, PATCH + 1):
            y, x, v, u = spot[0] + dy, spot[1] + dx, other[0] + dy, other[1] + dx
            if y < 0 or x < 0 or y >= height or x >= width or not filled[y, x]:
                continue
            if v < 0 or u < 0 or v >= height or u >= width or filled[v, u] != 1:
                total += 0.05
            else:
                for c in range(3):
                    off = residue[y, x, c] - residue[v, u, c]
                    total += off * off
            count += 1
    return total / count if count else worst


@njit(cache=True, nogil=True)
def grained(residue: ndarray, filled: ndarray, order: ndarray, seeds: ndarray, ground: ndarray, scale: float,
            wide: int) -> None:
    """Carry the grain of a surface on to where it was made up, in place: each pixel copies one that is seen.

    residue    (h, w, 3) the picture less its smooth part
    filled     (h, w) uint8: 1 seen, 0 not yet;  order: (n, 2) pixels to fill, from the seen ones outwards
    ground     (h, w) one over the depth of the surface behind;  wide: pixels round the seed that are searched
    source     Ashikhmin, Synthesizing Natural Textures, I3D 2001
    """
    height, width = filled.shape
    source = np.full((height, width, 2), -1, np.int32)
    for i in range(len(order)):
        row, column = order[i]
        best, chosen = np.inf, (-1, -1)
        for k in range(8 + TRIES):
            if k < 8:
                place = k if k < 4 else k + 1
                y, x = row + place // 3 - 1, column + place % 3 - 1
                if y < 0 or x < 0 or y >= height or x >= width or not filled[y, x]:
                    continue
                v = (y if source[y, x, 0] < 0 else source[y, x, 0]) + row - y
                u = (x if source[y, x, 0] < 0 else source[y, x, 1]) + column - x
            else:
                dice = np.int64(lowbias32((i * TRIES + k) & 0xFFFFFFFF))
                v = seeds[row, column, 0] + (dice & 0xFFFF) % (2 * wide + 1) - wide
                u = seeds[row, column, 1] + (dice >> 16) % (2 * wide + 1) - wide
            if v < 0 or u < 0 or v >= height or u >= width or filled[v, u] != 1:
                continue
            if abs(ground[v, u] - ground[row, column]) * scale > 4 * STEP:
                continue
            off = unlike(residue, filled, (row, column), (v, u), 1.0)
            if off < best:
                best, chosen = off, (v, u)
        filled[row, column] = 2
        if chosen[0] >= 0:
            source[row, column, 0], source[row, column, 1] = chosen
            for c in range(3):
                residue[row, column, c] = residue[chosen[0], chosen[1], c]
