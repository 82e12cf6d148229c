"""The loop that brings reliefs of photos together: a point stays where several photos agree about it."""

import numpy as np
from numba import njit
from numpy import ndarray


@njit(cache=True, nogil=True)
def ragged(depth: ndarray, jump: float, reach: int) -> ndarray:
    """Pixels near a leap in depth, (h, w) bool: what is seen there is half one thing, half another.

    A slope is no leap: what two steps on each side of a pixel expect of each other is compared.
    """
    height, width = depth.shape
    leaps, near = np.zeros((height, width), np.bool_), np.zeros((height, width), np.bool_)
    for row in range(1, height - 1):
        for column in range(1, width - 1):
            z = depth[row, column]
            across = abs(1 / depth[row, column - 1] + 1 / depth[row, column + 1] - 2 / z) * z
            down = abs(1 / depth[row - 1, column] + 1 / depth[row + 1, column] - 2 / z) * z
            leaps[row, column] = across > jump or down > jump
    for row in range(height):
        for column in range(width):
            for r in range(max(0, row - reach), min(height, row + reach + 1)):
                for c in range(max(0, column - reach), min(width, column + reach + 1)):
                    near[row, column] |= leaps[r, c]
    return near


@njit(cache=True, nogil=True)
def fused(view: int, depths: ndarray, state: ndarray, sizes: ndarray, focals: ndarray, stands: ndarray,
          others: ndarray, limits: ndarray, fewest: int) -> tuple[ndarray, ndarray, ndarray]:
    """The points of one view that enough others confirm; pixels of theirs that did are used up, in `state`.

    depths     (views, h, w);  state likewise uint8: 0 no depth, 1 good, 2 good and used up
    sizes      (views, 2) rows and columns that each has
    stands     (views, 3, 4) world_from_camera, y down and z ahead
    limits     pixels between where a point is seen and where the other view's own point falls back; share of the
               depth by which two views may differ
    returns    spots (k, 3), pixels (k, 2) row and column, how many views agree (k,)
    """
    height, width = sizes[view]
    spots, pixels = np.empty((height * width, 3)), np.empty((height * width, 2), np.int32)
    agree, count = np.empty(height * width, np.int32), 0
    spot, there = np.empty(3), np.empty(3)
    found = np.empty((len(others), 2), np.int64)
    for row in range(height):
        for column in range(width):
            if state[view, row, column] != 1:
                continue
            lifted(stands[view], focals[view], width, height, column + 0.5, row + 0.5, depths[view, row, column], spot)
            spots[count], votes = spot, 1
            for k in range(len(others)):
                if confirmed(view, others[k], spot, depths, state, sizes, focals, stands, limits, (there, found[k])):
                    spots[count] += there
                    votes += 1
            if votes < fewest:
                continue
            for k in range(len(others)):
                if found[k, 0] >= 0:
                    state[others[k], found[k, 0], found[k, 1]] = 2
            spots[count] /= votes
            pixels[count, 0], pixels[count, 1], agree[count] = row, column, votes
            count += 1
    return spots[:count].copy(), pixels[:count].copy(), agree[:count].copy()


@njit(cache=True, nogil=True)
def confirmed(view: int, other: int, spot: ndarray, depths: ndarray, state: ndarray, sizes: ndarray, focals: ndarray,
              stands: ndarray, limits: ndarray, out: tuple) -> bool:
    """Whether another view sees something where a spot is; fills `out`: its own opinion (3,), its pixel (2,) or -1."""
    there, pixel = out
    pixel[0] = -1
    high, wide = sizes[other]
    u, v, z = seen(stands[other], focals[other], wide, high, spot)
    if not (z > 0 and 0 <= u < wide and 0 <= v < high):
        return False
    row, column = int(v), int(u)
    depth = depths[other, row, column]
    if state[other, row, column] == 0 or abs(depth - z) > limits[1] * z:
        return False
    lifted(stands[other], focals[other], wide, high, column + 0.5, row + 0.5, depth, there)
    height, width = sizes[view]
    x, y, _ = seen(stands[view], focals[view], width, height, spot)
    back_x, back_y, _ = seen(stands[view], focals[view], width, height, there)
    if (back_x - x) ** 2 + (back_y - y) ** 2 > limits[0] * limits[0]:
        return False
    depth = between(depths[other, :high, :wide], state[other], u, v, depth, limits[1])
    lifted(stands[other], focals[other], wide, high, u, v, depth, there)
    pixel[0], pixel[1] = row, column
    return True


@njit(cache=True, nogil=True)
def between(depth: ndarray, state: ndarray, u: float, v: float, nearest: float, apart: float) -> float:
    """The depth between four pixels, exact on a plane; that of the nearest pixel where they are not one surface."""
    height, width = depth.shape
    row, column = int(np.floor(v - 0.5)), int(np.floor(u - 0.5))
    if not (0 <= row < height - 1 and 0 <= column < width - 1):
        return nearest
    down, right, inverse = v - 0.5 - row, u - 0.5 - column, 0.0
    for corner in range(4):
        i, j = corner >> 1, corner & 1
        here = depth[row + i, column + j]
        if state[row + i, column + j] == 0 or abs(here - nearest) > 2 * apart * nearest:
            return nearest
        inverse += (down if i else 1 - down) * (right if j else 1 - right) / here
    return 1 / inverse


@njit(cache=True, nogil=True)
def lifted(stand: ndarray, focal: float, width: int, height: int, u: float, v: float, depth: float,
           spot: ndarray) -> None:
    """The spot in the world that is on a pixel at a depth."""
    x, y = (u - width / 2) / focal * depth, (v - height / 2) / focal * depth
    for a in range(3):
        spot[a] = stand[a, 0] * x + stand[a, 1] * y + stand[a, 2] * depth + stand[a, 3]


@njit(cache=True, nogil=True)
def seen(stand: ndarray, focal: float, width: int, height: int, spot: ndarray) -> tuple[float, float, float]:
    """Where on a picture a spot is, and how far ahead."""
    x, y, z = 0.0, 0.0, 0.0
    for a in range(3):
        off = spot[a] - stand[a, 3]
        x += stand[a, 0] * off
        y += stand[a, 1] * off
        z += stand[a, 2] * off
    if z <= 0:
        return 0.0, 0.0, z
    return x / z * focal + width / 2, y / z * focal + height / 2, z
