"""Compiled loops of `marrow.places.lifting`: plain IEEE arithmetic, one pixel after another, no chance."""

import numpy as np
from numba import njit
from numpy import ndarray

STEP = 1.6        # pixels: neighbours that a move parts by less belong together
STEEP = 13.0      # pixels: neighbours that a move parts by more do not, however straight
BENT = 0.35       # of a step: by how much it may miss the slope on one of its sides and still be one surface
OVER = 1.8        # over-relaxation
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
