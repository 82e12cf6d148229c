"""Compiled loops of `marrow.places.lifting`: plain IEEE arithmetic, one pixel after another, no chance."""

import numpy as np
from numba import njit
from numpy import ndarray

from marrow.draw.bits import lowbias32

STEP = 1.6        # pixels: neighbours that a move parts by less belong together
STEEP = 13.0      # pixels: neighbours that a move parts by more do not, however straight
BENT = 0.35       # of a step: by how much it may miss the slope on one of its sides and still be one surface
OVER = 1.8        # over-relaxation
PATCH = 2         # pixels: half side of the patches that are compared
TRIES = 12        # patches tried beside those that continue a neighbour's
SLOPE = 0.65      # pixels that a move parts neighbours of a surface by which goes on out of sight, at most
TOWARDS = 0.75    # of the way to what stands in front that a surface behind it may come nearer
SHARP = 0.5       # of a step: what rises by so much from a pixel to the next is sharp
FLYING = 0.15     # of a step: what lies between its two sides by more than this from both is on neither


@njit(cache=True, nogil=True)
def around(right: ndarray, down: ndarray, row: int, column: int) -> tuple:
    """How much a pixel is tied to its neighbours at the left, right, above and below; beyond the border not at all."""
    height, width = right.shape
    return (right[row, column - 1] if column > 0 else 0.0, right[row, column] if column + 1 < width else 0.0,
            down[row - 1, column] if row > 0 else 0.0, down[row, column] if row + 1 < height else 0.0)


@njit(cache=True, nogil=True)
def pulled(values: ndarray, row: int, column: int, k: int, left: float, after: float, above: float,
           below: float) -> float:
    """The neighbours' values, each times how much the pixel is tied to it."""
    total = 0.0
    if left > 0:
        total += left * values[row, column - 1, k]
    if after > 0:
        total += after * values[row, column + 1, k]
    if above > 0:
        total += above * values[row - 1, column, k]
    if below > 0:
        total += below * values[row + 1, column, k]
    return total


@njit(cache=True, nogil=True)
def relaxed(values: ndarray, hold: ndarray, right: ndarray, down: ndarray, wish: ndarray, sweeps: int) -> None:
    """Solve (hold + Laplacian) values = hold · wish in place, by over-relaxation.

    values, wish    (h, w, k);  hold: (h, w), >= 1e6 is a value that stays
    right, down     (h, w) how much a pixel is tied to the one at its right and below
    """
    height, width, count = values.shape
    for _ in range(sweeps):
        for row in range(height):
            for column in range(width):
                own = hold[row, column]
                if own >= 1e6:
                    continue
                left, after, above, below = around(right, down, row, column)
                whole = own + left + after + above + below
                if whole <= 0:
                    continue
                for k in range(count):
                    total = own * wish[row, column, k] + pulled(values, row, column, k, left, after, above, below)
                    values[row, column, k] += OVER * (total / whole - values[row, column, k])


@njit(cache=True, nogil=True)
def straight(a: float, p: float, q: float, b: float, scale: float) -> bool:
    """Whether p and q are neighbours on one surface; a lies before p, b behind q."""
    jump = abs(q - p) * scale
    if jump < STEP:
        return True
    if jump > STEEP:
        return False
    return min(abs(q - (2 * p - a)), abs(p - (2 * q - b))) * scale < BENT * jump


@njit(cache=True, nogil=True)
def joined(near: ndarray, scale: float) -> tuple:
    """Which pixels are one surface with the one at their right and below: two (h, w) arrays of bool.

    near    (h, w) one over the depth;  scale: pixels that a move shifts a point of near 1
    """
    height, width = near.shape
    right, down = np.zeros((height, width), np.bool_), np.zeros((height, width), np.bool_)
    for row in range(height):
        for column in range(width):
            p = near[row, column]
            if column + 1 < width:
                a, b = near[row, max(column - 1, 0)], near[row, min(column + 2, width - 1)]
                right[row, column] = straight(a, p, near[row, column + 1], b, scale)
            if row + 1 < height:
                a, b = near[max(row - 1, 0), column], near[min(row + 2, height - 1), column]
                down[row, column] = straight(a, p, near[row + 1, column], b, scale)
    return right, down


@njit(cache=True, nogil=True)
def ramp(line: ndarray, scale: float) -> float:
    """How steep the middle of 11 values is, in pixels of a move, where it is far steeper than on both sides; else 0.

    A slope of some pixels with a sharp step at one of its ends is no soft edge, but a side that is seen askew.
    """
    inner = abs(line[7] - line[3])
    outer = max(abs(line[3] - line[0]), abs(line[10] - line[7]))
    between, step = 0, np.float32(0)
    for k in range(3, 7):
        step = max(step, abs(line[k + 1] - line[k]))
        between += abs(line[k] - line[3]) > FLYING * inner and abs(line[k] - line[7]) > FLYING * inner
    if between > 1 and step > SHARP * inner:
        return np.float32(0)
    return inner * scale if inner * scale > STEP and inner > 3 * outer else np.float32(0)


@njit(cache=True, nogil=True)
def sharpened(near: ndarray, colour: ndarray, scale: float) -> ndarray:
    """Give each pixel half way between two surfaces to the one whose colour it has: (h, w)."""
    height, width = near.shape
    made = near.copy()
    line, other = np.empty(11, near.dtype), np.empty(11, near.dtype)
    for row in range(height):
        for column in range(width):
            for k in range(11):
                line[k] = near[row, min(max(column + k - 5, 0), width - 1)]
                other[k] = near[min(max(row + k - 5, 0), height - 1), column]
            across, along = ramp(line, scale), ramp(other, scale)
            if across == 0 and along == 0:
                continue
            flat = across >= along
            values = line if flat else other
            low, high = values[2], values[8]
            share = (values[5] - low) / (high - low) if high != low else 0.0
            if share < FLYING or share > 1 - FLYING:
                continue
            first = second = np.float32(0)
            for c in range(3):
                if flat:
                    one = colour[row, max(column - 4, 0), c]
                    two = colour[row, min(column + 4, width - 1), c]
                else:
                    one = colour[max(row - 4, 0), column, c]
                    two = colour[min(row + 4, height - 1), column, c]
                first += abs(one - colour[row, column, c])
                second += abs(two - colour[row, column, c])
            if abs(first - second) < 0.04:
                made[row, column] = low if share < 0.5 else high
            else:
                made[row, column] = low if first < second else high
    return made


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


@njit(cache=True, nogil=True)
def counted(chosen: ndarray, parts: tuple) -> int:
    """How many points the chosen pixels become."""
    total = 0
    for row in range(len(chosen)):
        for column in range(chosen.shape[1]):
            if chosen[row, column]:
                total += np.int64(parts[0][row, column]) * parts[1][row, column]
    return total


@njit(cache=True, nogil=True)
def strewn(chosen: ndarray, parts: tuple, near: ndarray, tilt: tuple, view: tuple, made: tuple) -> None:
    """Put a grid of points into each chosen pixel, on its surface: made is points (n, 3), pixel (n,), radius (n,).

    parts    columns and rows of the grid of each pixel;  view: middle x and y, and metres to a pixel at one metre
    """
    points, pixel, radius = made
    i = 0
    for row in range(len(chosen)):
        for column in range(chosen.shape[1]):
            if not chosen[row, column]:
                continue
            across, along = parts[0][row, column], parts[1][row, column]
            wide = 0.85 if across == 1 and along == 1 else 0.66
            for number in range(across * along):
                x = (number % across + 0.5) / across - 0.5
                y = (number // across + 0.5) / along - 0.5
                value = near[row, column] + tilt[0][row, column] * x + tilt[1][row, column] * y
                depth = 1 / max(value, 0.2 * near[row, column])
                points[i, 0] = (column + 0.5 + x - view[0]) * view[2] * depth
                points[i, 1] = (view[1] - row - 0.5 - y) * view[2] * depth
                points[i, 2] = -depth
                pixel[i] = row * chosen.shape[1] + column
                radius[i] = wide * view[2] * depth
                i += 1
