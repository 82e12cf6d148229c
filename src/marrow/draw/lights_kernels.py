"""Compiled loops of `marrow.draw.lights`; imported when lights are drawn."""

import numpy as np
from numba import njit, prange
from numpy import ndarray

from marrow.draw.bits import lowbias32

GRAIN = np.float32(1 << 24)
MOST = 96                 # dots that one point out of focus, or moving, is made of
EVEN = np.float32(5.3)    # dots to one pixel² of a disc's radius, as long as they are fewer than MOST
FINE = 4096               # the tables below are whole multiples of 1 / FINE: the same on every machine
LEAST = np.float32(0.35)  # pixels of blur or travel that one dot still stands for
TURNS = np.rint(FINE * np.exp(1j * np.pi * (3 - 5 ** 0.5) * np.arange(MOST))) / FINE
COSINES, SINES = TURNS.real.astype(np.float32), TURNS.imag.astype(np.float32)
STARTS = np.rint(FINE * np.exp(2j * np.pi * np.arange(16) / 16)) / FINE
STARTS = np.stack([STARTS.real, STARTS.imag], 1).astype(np.float32)
GOLDEN = np.float32(0.618034)


@njit(cache=True)
def _dot(total: ndarray, x: float, y: float, red: float, green: float, blue: float) -> None:
    """Share one dot among 2 x 2 pixels; a margin of one pixel takes what falls outside."""
    height, width = total.shape[0] - 2, total.shape[1] - 2
    if not (x > -0.5 and y > -0.5 and x < width + 0.5 and y < height + 0.5):
        return
    left, upper = np.floor(x - np.float32(0.5)), np.floor(y - np.float32(0.5))
    right, down = x - np.float32(0.5) - left, y - np.float32(0.5) - upper
    column, row = int(left) + 1, int(upper) + 1
    for below in range(2):
        tall = down if below else np.float32(1) - down
        for beside in range(2):
            share = tall * (right if beside else np.float32(1) - right)
            spot = total[row + below, column + beside]
            spot[0] += int(share * red + np.float32(0.5))
            spot[1] += int(share * green + np.float32(0.5))
            spot[2] += int(share * blue + np.float32(0.5))


@njit(cache=True)
def _count(blur: float, across: float, down: float) -> int:
    """How many dots a disc and a line need to look whole."""
    long = np.sqrt(across * across + down * down)
    if blur < LEAST and long < 2 * LEAST:
        return 1
    return min(MOST, 2 + int(EVEN * blur * blur + np.float32(2) * long))


@njit(parallel=True, cache=True)
def dots(pixels: ndarray, depth: ndarray, blur: ndarray, travel: ndarray, light: ndarray, height: int, width: int,
         parts: int) -> ndarray:
    """All light, (height + 2, width + 2, 3) int64 in grains; `parts` of the points have a picture of their own."""
    total = np.zeros((parts, height + 2, width + 2, 3), np.int64)
    length = (len(pixels) + parts - 1) // parts
    for part in prange(parts):
        mine = total[part]
        for i in range(part * length, min((part + 1) * length, len(pixels))):
            if depth[i] <= 0:
                continue
            many = _count(blur[i], travel[i, 0], travel[i, 1])
            throw = lowbias32(i)
            spin, begun = STARTS[throw & 15], np.float32(throw >> 8) / np.float32(1 << 24)
            each = GRAIN / np.float32(many)
            red, green, blue = light[i, 0] * each, light[i, 1] * each, light[i, 2] * each
            for k in range(many):
                far = blur[i] * np.sqrt((np.float32(k) + np.float32(0.5)) / np.float32(many))
                share = begun + GOLDEN * np.float32(k)
                share -= np.floor(share)
                x = pixels[i, 0] + travel[i, 0] * share + far * (COSINES[k] * spin[0] - SINES[k] * spin[1])
                y = pixels[i, 1] + travel[i, 1] * share + far * (COSINES[k] * spin[1] + SINES[k] * spin[0])
                _dot(mine, x, y, red, green, blue)
    for part in range(1, parts):
        total[0] += total[part]
    return total[0]
