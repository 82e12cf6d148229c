"""The loops of depth from photos. Every pixel holds a slanted plane; float64 without fused or reordered sums.

Inside, cameras look along +z with y down. A plane is (depth at its pixel, normal towards the camera). A view sees
another through a move (3, 4): x_other = turn x + step, side by side.
"""

import numpy as np
from numba import njit
from numpy import ndarray

REACH, STRIDE = 4, 2          # a patch: pixels to each side, every second of them
SIDE = 2 * REACH // STRIDE + 1
WAYS = ((-1, 0), (0, 1), (1, 0), (0, -1))
NOTHING = 2.0                 # cost of a patch that cannot be seen: a correlation of -1
ALIKE = 24.0                  # grey levels over which a pixel of the patch counts half
FLAT = 4.0                    # variance of a patch, grey levels squared, below which it says nothing


@njit(cache=True, nogil=True)
def mixed(number: int) -> float:
    """A fixed die of a number: -1 <= die < 1 (splitmix64)."""
    z = np.uint64(number) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return np.float64(z >> np.uint64(11)) / 4503599627370496.0 - 1.0


@njit(cache=True, nogil=True)
def patch(grey: ndarray, row: int, column: int, values: ndarray, weights: ndarray) -> float:
    """The pixels about one, weighted by likeness so that a patch keeps to one surface; returns their variance."""
    height, width = grey.shape
    middle, total, mean, k = grey[row, column], 0.0, 0.0, 0
    for i in range(SIDE):
        y = min(height - 1, max(0, row + i * STRIDE - REACH))
        for j in range(SIDE):
            value = grey[y, min(width - 1, max(0, column + j * STRIDE - REACH))]
            off = (value - middle) / ALIKE
            far = ((i * STRIDE - REACH) ** 2 + (j * STRIDE - REACH) ** 2) / (2.0 * REACH * REACH)
            weight = 1.0 / ((1.0 + off * off) * (1.0 + far))
            values[k], weights[k] = value, weight
            total += weight
            mean += weight * value
            k += 1
    mean /= total
    spread = 0.0
    for k in range(SIDE * SIDE):
        weights[k] /= total
        values[k] -= mean
        spread += weights[k] * values[k] * values[k]
    return spread


@njit(cache=True, nogil=True)
def unlike(values: ndarray, weights: ndarray, spread: float, other: ndarray, lens: ndarray, ray: ndarray,
           plane: ndarray, move: ndarray) -> float:
    """1 - correlation of a patch and what another view has there, if the patch lies on a plane: 0..2.

    lens    focal length of the view, then of the other, in pixels
    ray     of the pixel, at depth 1
    """
    height, width = other.shape
    slope = plane[1] * ray[0] + plane[2] * ray[1] + plane[3]
    inverse = 1.0 / (plane[0] * slope)
    h = np.empty((3, 3))
    for a in range(3):
        for b in range(3):
            h[a, b] = move[a, b] + move[a, 3] * plane[1 + b] * inverse
    x = h[0, 0] * ray[0] + h[0, 1] * ray[1] + h[0, 2]
    y = h[1, 0] * ray[0] + h[1, 1] * ray[1] + h[1, 2]
    z = h[2, 0] * ray[0] + h[2, 1] * ray[1] + h[2, 2]
    if z <= 1e-6:
        return NOTHING
    u, v, scale = x / z, y / z, lens[1] / (z * lens[0])
    across_u, down_u = (h[0, 0] - u * h[2, 0]) * scale, (h[0, 1] - u * h[2, 1]) * scale
    across_v, down_v = (h[1, 0] - v * h[2, 0]) * scale, (h[1, 1] - v * h[2, 1]) * scale
    u, v = u * lens[1] + width / 2 - 0.5, v * lens[1] + height / 2 - 0.5
    reach_u, reach_v = REACH * (abs(across_u) + abs(down_u)), REACH * (abs(across_v) + abs(down_v))
    if not (u - reach_u >= 0 and v - reach_v >= 0 and u + reach_u < width - 1 and v + reach_v < height - 1):
        return NOTHING
    mean, square, both, k = 0.0, 0.0, 0.0, 0
    for i in range(SIDE):
        for j in range(SIDE):
            dx, dy = j * STRIDE - REACH, i * STRIDE - REACH
            px, py = u + across_u * dx + down_u * dy, v + across_v * dx + down_v * dy
            c, r = int(px), int(py)
            s, t = px - c, py - r
            above = other[r, c] * (1 - s) + other[r, c + 1] * s
            below = other[r + 1, c] * (1 - s) + other[r + 1, c + 1] * s
            value, weight = above * (1 - t) + below * t, weights[k]
            mean += weight * value
            square += weight * value * value
            both += weight * value * values[k]
            k += 1
    varied = (square - mean * mean) * spread
    if varied <= FLAT * FLAT:
        return NOTHING
    return 1.0 - both / np.sqrt(varied)


@njit(cache=True, nogil=True)
def cost(values: ndarray, weights: ndarray, spread: float, others: ndarray, lenses: ndarray, ray: ndarray,
         plane: ndarray, moves: ndarray) -> float:
    """The mean unlikeness in the better half of the other views: the rest may have something in the way."""
    first, second = NOTHING, NOTHING
    for k in range(len(others)):
        off = unlike(values, weights, spread, others[k], lenses[k], ray, plane, moves[k])
        if off < first:
            first, second = off, first
        elif off < second:
            second = off
    return first if len(others) < 3 else 0.5 * (first + second)


@njit(cache=True, nogil=True)
def swept(grey: ndarray, others: ndarray, lenses: ndarray, moves: ndarray,
          depths: ndarray) -> tuple[ndarray, ndarray]:
    """Try planes that face the view at every depth: (h, w, 4) planes and (h, w) costs of the best."""
    height, width = grey.shape
    planes, costs = np.zeros((height, width, 4)), np.full((height, width), NOTHING)
    values, weights, ray, plane = np.empty(SIDE * SIDE), np.empty(SIDE * SIDE), np.ones(3), np.array([0, 0, 0, -1.0])
    for row in range(height):
        for column in range(width):
            ray[0] = (column + 0.5 - width / 2) / lenses[0, 0]
            ray[1] = (row + 0.5 - height / 2) / lenses[0, 0]
            spread = patch(grey, row, column, values, weights)
            planes[row, column, 0], planes[row, column, 3] = depths[len(depths) // 2], -1.0
            if spread < FLAT:
                continue
            for depth in depths:
                plane[0] = depth
                found = cost(values, weights, spread, others, lenses, ray, plane, moves)
                if found < costs[row, column]:
                    costs[row, column], planes[row, column, 0] = found, depth
    return planes, costs


@njit(cache=True, nogil=True)
def costed(grey: ndarray, others: ndarray, lenses: ndarray, moves: ndarray, planes: ndarray) -> ndarray:
    """What planes cost that came from a coarser picture: (h, w)."""
    height, width = grey.shape
    costs = np.full((height, width), NOTHING)
    values, weights, ray = np.empty(SIDE * SIDE), np.empty(SIDE * SIDE), np.ones(3)
    for row in range(height):
        for column in range(width):
            ray[0] = (column + 0.5 - width / 2) / lenses[0, 0]
            ray[1] = (row + 0.5 - height / 2) / lenses[0, 0]
            spread = patch(grey, row, column, values, weights)
            if spread >= FLAT:
                costs[row, column] = cost(values, weights, spread, others, lenses, ray, planes[row, column], moves)
    return costs


@njit(cache=True, nogil=True)
def continued(planes: ndarray, row: int, column: int, ray: ndarray, focal: float, plane: ndarray) -> bool:
    """The plane of another pixel, carried on to a ray; False where it does not meet it."""
    height, width = planes.shape[:2]
    x, y = (column + 0.5 - width / 2) / focal, (row + 0.5 - height / 2) / focal
    for a in range(4):
        plane[a] = planes[row, column, a]
    there = plane[1] * x + plane[2] * y + plane[3]
    here = plane[1] * ray[0] + plane[2] * ray[1] + plane[3]
    if here > -1e-3:
        return False
    plane[0] *= there / here
    return True


@njit(cache=True, nogil=True)
def shaken(plane: ndarray, ray: ndarray, shake: ndarray, what: int, die: int, made: ndarray) -> bool:
    """A plane moved (what = 0), tilted (1) or both (2) by chance; False where it would turn away."""
    made[0] = plane[0] * (1.0 + (shake[0] * mixed(die) if what != 1 else 0.0))
    long = 0.0
    for a in range(3):
        made[1 + a] = plane[1 + a] + (shake[1] * mixed(die + 1 + a) if what != 0 else 0.0)
        long += made[1 + a] * made[1 + a]
    for a in range(3):
        made[1 + a] /= np.sqrt(long)
    return made[1] * ray[0] + made[2] * ray[1] + made[3] < -0.1


@njit(cache=True, nogil=True)
def spread_out(grey: ndarray, others: ndarray, lenses: ndarray, moves: ndarray, planes: ndarray, costs: ndarray,
               rounds: int, shake: ndarray, bounds: ndarray) -> None:
    """Let good planes spread to their neighbours and be shaken into place, in `planes` and `costs` themselves.

    Pixels of one colour of a chessboard learn from the other colour, then try three small changes of their own.
    shake     share of the depth, and tilt, by which they may change at first; halved every round
    bounds    nearest and farthest depth
    """
    height, width = grey.shape
    values, weights, ray = np.empty(SIDE * SIDE), np.empty(SIDE * SIDE), np.ones(3)
    tried = np.empty((7, 4))
    for turn in range(2 * rounds):
        for row in range(height):
            for column in range((row + turn) & 1, width, 2):
                spread = patch(grey, row, column, values, weights)
                if spread < FLAT:
                    continue
                ray[0] = (column + 0.5 - width / 2) / lenses[0, 0]
                ray[1] = (row + 0.5 - height / 2) / lenses[0, 0]
                count = learnt(planes, costs, row, column, ray, lenses[0, 0], tried)
                least = costs[row, column]
                for k in range(count + 3):
                    if k >= count:
                        die = (((turn * height + row) * width + column) * 3 + k - count) * 8
                        if not shaken(planes[row, column], ray, shake / (1 << (turn >> 1)), k - count, die, tried[k]):
                            continue
                    if bounds[0] <= tried[k, 0] <= bounds[1]:
                        found = cost(values, weights, spread, others, lenses, ray, tried[k], moves)
                        if found < least:
                            least = found
                            planes[row, column] = tried[k]
                costs[row, column] = least


@njit(cache=True, nogil=True)
def learnt(planes: ndarray, costs: ndarray, row: int, column: int, ray: ndarray, focal: float, tried: ndarray) -> int:
    """In each of four directions the best plane of three pixels, carried on to here; returns how many there are."""
    height, width = costs.shape
    count = 0
    for down, right in WAYS:
        lowest, at_row, at_column = NOTHING, -1, -1
        for far in range(1, 6, 2):
            r, c = row + down * far, column + right * far
            if 0 <= r < height and 0 <= c < width and costs[r, c] < lowest:
                lowest, at_row, at_column = costs[r, c], r, c
        if at_row >= 0 and continued(planes, at_row, at_column, ray, focal, tried[count]):
            count += 1
    return count
