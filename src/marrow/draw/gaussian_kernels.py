"""Compiled loops of `marrow.draw.gaussians`: plain IEEE arithmetic; each tile is blended by one thread, front to back.

A flat Gaussian is a row of ROW float32: place x, y on the picture, half width and height of what can be seen of it, the
inverse covariance a, b, c, twice the logarithm of 255 times its opacity, opacity, display colour r, g, b.
"""

import numpy as np
from numba import njit
from numpy import ndarray

from marrow.draw.splat_kernels import bits, real

TILE = 16
AREA = 256
EIGHT = 8                      # pixels, half a row of a tile: pixels lie half after half, row after row
ROW = 12
FIELD = 1.3                    # of half the picture: as far out the slope of the projection is followed
SOFT = 0.3                     # pixels²: what is smaller than a pixel is spread over one
LEAST = np.float32(1 / 255)    # opacity below which nothing is seen
MOST = np.float32(0.99)        # opacity of the densest
OPEN = np.float32(1e-4)        # of the light: a pixel that lets less through is full
HALF = np.float32(0.5)
ONE = np.float32(1)
ZERO = np.float32(0)
FARTHEST = np.float32(-80)     # e to this is nothing
OFTEN = 8                      # splats after which it is seen whether a tile is full
ACROSS = np.array([x + HALF + half for half in (0, EIGHT) for _ in range(TILE) for x in range(EIGHT)], np.float32)
DOWN = np.array([y + HALF for _ in (0, EIGHT) for y in range(TILE) for _ in range(EIGHT)], np.float32)
SLACK = 1e-3                   # pixels, for what is lost in rounding
BINS = np.float32(4096)        # of the table of linear light
LOG2E, LN2 = np.float32(1.4426950408889634), (np.float32(0.693359375), np.float32(-2.12194440e-4))
EXP = tuple(np.float32(each) for each in (1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2,
                                          1.6666665459e-1, 5.0000001201e-1))


@njit(cache=True, nogil=True, inline="always")
def falling(x: float) -> float:
    """e to the x for -80 <= x <= 0, float32; Cephes' expf."""
    whole = np.int32(x * LOG2E - HALF)
    count = np.float32(whole)
    rest = x - count * LN2[0] - count * LN2[1]
    sum_ = ((((EXP[0] * rest + EXP[1]) * rest + EXP[2]) * rest + EXP[3]) * rest + EXP[4]) * rest + EXP[5]
    return (sum_ * rest * rest + rest + ONE) * real(np.uint32((whole + np.int32(127)) << np.int32(23)))


@njit(cache=True, nogil=True)
def logarithm(x: float) -> float:
    """The natural logarithm of a positive float32, within 1e-5."""
    value = bits(x)
    power = np.int32(value >> np.uint32(23)) - np.int32(127)
    part = real(np.uint32((value & np.uint32(0x7FFFFF)) | np.uint32(0x3F800000)))
    share = (part - ONE) / (part + ONE)
    square = share * share
    series = ONE + square * (np.float32(1 / 3) + square * (np.float32(1 / 5) + square * (
        np.float32(1 / 7) + square * (np.float32(1 / 9) + square * np.float32(1 / 11)))))
    return np.float32(power) * np.float32(0.6931471805599453) + np.float32(2) * share * series


@njit(cache=True, nogil=True)
def tinted(terms: ndarray, x: float, y: float, z: float, made: ndarray) -> None:
    """Display colour of harmonics (k, 3) in a unit direction, 0 and up: made (3,); see `harmonics.basis`."""
    count = len(terms)
    f = np.float32
    for channel in range(3):
        c = terms[:, channel]
        total = f(0.5) + f(0.28209479177387814) * c[0]
        if count > 1:
            total += f(0.4886025119029199) * (z * c[2] - y * c[1] - x * c[3])
        if count > 4:
            xx, yy, zz = x * x, y * y, z * z
            total += (f(1.0925484305920792) * (x * y * c[4] - y * z * c[5] - x * z * c[7])
                      + f(0.31539156525252005) * (f(2) * zz - xx - yy) * c[6]
                      + f(0.5462742152960396) * (xx - yy) * c[8])
            if count > 9:
                total += (f(0.5900435899266435) * (-y * (f(3) * xx - yy) * c[9] - x * (xx - f(3) * yy) * c[15])
                          + f(2.890611442640554) * x * y * z * c[10]
                          - f(0.4570457994644658) * (f(4) * zz - xx - yy) * (y * c[11] + x * c[13])
                          + f(0.3731763325901154) * z * (f(2) * zz - f(3) * xx - f(3) * yy) * c[12]
                          + f(1.445305721320277) * z * (xx - yy) * c[14])
        made[channel] = max(total, f(0))


@njit(cache=True, nogil=True)
def spread(scales: ndarray, q: ndarray, size: float, axes: ndarray, slope: tuple) -> tuple:
    """The covariance of a Gaussian on the picture, without the softening: xx, xy, yy in pixels², float64.

    axes     (3, 3) right, down and ahead of the camera;  slope: focal / depth, across and down per depth
    source   Zwicker et al., EWA Volume Splatting, 2001
    """
    w, x, y, z = np.float64(q[0]), np.float64(q[1]), np.float64(q[2]), np.float64(q[3])
    turn = ((1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)),
            (2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)),
            (2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)))
    xx, xy, yy = 0.0, 0.0, 0.0
    scale, across, down = slope
    for k in range(3):
        long = np.float64(scales[k]) * size
        a, b, c = turn[0][k] * long, turn[1][k] * long, turn[2][k] * long
        ahead = axes[2, 0] * a + axes[2, 1] * b + axes[2, 2] * c
        u = scale * (axes[0, 0] * a + axes[0, 1] * b + axes[0, 2] * c - across * ahead)
        v = scale * (axes[1, 0] * a + axes[1, 1] * b + axes[1, 2] * c - down * ahead)
        xx += u * u
        xy += u * v
        yy += v * v
    return xx, xy, yy


@njit(cache=True, nogil=True, inline="always")
def softened(xx: float, xy: float, yy: float, wider: float, alpha: float) -> tuple:
    """A flat Gaussian out of focus: xx, yy and determinant, and its opacity, for nearly as much light."""
    det = (xx + wider) * (yy + wider) - xy * xy
    return xx + wider, yy + wider, det, max(np.float32(alpha * np.sqrt((xx * yy - xy * xy) / det)), LEAST)


@njit(cache=True, nogil=True)
def flattened(splats: tuple, view: tuple, span: tuple, flat: ndarray, depths: ndarray) -> None:
    """Put Gaussians on the picture: rows of `flat`, and their depth, 0 where one is not seen.

    splats    points, scales, turns, opacity, harmonics; there and size, (n,) or empty
    view      eye (3,) from the points' origin, axes (3, 3) right, down, ahead, focal, width, height, near; the middle
              of the picture (2), its shift by the lens (2) and variance of its blur for each 1 / focus - 1 / depth,
              and 1 / focus
    """
    points, scales, turns, opacity, terms, there, size = splats
    eye, axes, focal, width, height, near, middle, shift, blur, focus = view
    wide, high = FIELD * width / (2 * focal), FIELD * height / (2 * focal)
    for i in range(span[0], span[1]):
        depths[i] = 0
        x, y, z = points[i, 0] - eye[0], points[i, 1] - eye[1], points[i, 2] - eye[2]
        depth = axes[2, 0] * x + axes[2, 1] * y + axes[2, 2] * z
        alpha = opacity[i]
        if len(there):
            alpha *= there[i]
        if depth < 2 * near:
            alpha *= np.float32(max(depth / near - 1, 0.0))
        if not alpha >= LEAST:
            continue
        across = (axes[0, 0] * x + axes[0, 1] * y + axes[0, 2] * z) / depth
        down = (axes[1, 0] * x + axes[1, 1] * y + axes[1, 2] * z) / depth
        larger = 1.0
        if len(size):
            larger = np.float64(size[i])
        slope = focal / depth, min(max(across, -wide), wide), min(max(down, -high), high)
        xx, xy, yy = spread(scales[i], turns[i], larger, axes, slope)
        xx += SOFT
        yy += SOFT
        det = xx * yy - xy * xy
        if blur > 0:
            xx, yy, det, alpha = softened(xx, xy, yy, blur * (focus - 1 / depth) ** 2, alpha)
        reach = np.float32(2) * logarithm(alpha * np.float32(255)) + np.float32(1e-4)
        px, py = focal * across + middle[0] - shift[0] / depth, focal * down + middle[1] - shift[1] / depth
        rx, ry = np.sqrt(np.float64(reach) * xx), np.sqrt(np.float64(reach) * yy)
        if not (det > 0 and px + rx > 0 and py + ry > 0 and px - rx < width and py - ry < height):
            continue
        row = flat[i]
        row[0], row[1], row[2], row[3], row[4], row[5], row[6] = px, py, rx, ry, yy / det, -xy / det, xx / det
        row[7], row[8] = reach, alpha
        far = np.sqrt(x * x + y * y + z * z)
        tinted(terms[i], np.float32(x / far), np.float32(y / far), np.float32(z / far), row[9:])
        depths[i] = depth


@njit(cache=True, nogil=True)
def keyed(depths: ndarray) -> ndarray:
    """What sorts those that are seen by depth, then number: bits of the depth over the number."""
    made, count = np.empty(len(depths), np.uint64), 0
    for i in range(len(depths)):
        if depths[i] > 0:
            made[count] = np.uint64(bits(depths[i])) << np.uint64(32) | np.uint64(i)
            count += 1
    return made[:count]


@njit(cache=True, nogil=True)
def first_and_last(row: ndarray, axis: int, tiles: int) -> tuple:
    """The tiles along an axis that a flat Gaussian may reach."""
    low, high = row[axis] - row[axis + 2], row[axis] + row[axis + 2]
    most = np.float32(tiles * TILE - 1)
    return np.int64(max(low, ZERO)) // TILE, np.int64(min(high, most)) // TILE


@njit(cache=True, nogil=True)
def dealt(flat: ndarray, keys: ndarray, across: int, down: int) -> tuple:
    """The Gaussians of every tile, nearest first: where each tile's begin (tiles + 1), their numbers."""
    start = np.zeros(across * down + 1, np.int64)
    for key in keys:
        i = np.int64(key & np.uint64(0xFFFFFFFF))
        (x0, x1), (y0, y1) = first_and_last(flat[i], 0, across), first_and_last(flat[i], 1, down)
        for y in range(y0, y1 + 1):
            for x in range(x0, x1 + 1):
                start[y * across + x + 1] += 1
    for tile in range(across * down):
        start[tile + 1] += start[tile]
    members, at = np.empty(start[-1], np.int32), start.copy()
    for key in keys:
        i = np.int64(key & np.uint64(0xFFFFFFFF))
        (x0, x1), (y0, y1) = first_and_last(flat[i], 0, across), first_and_last(flat[i], 1, down)
        for y in range(y0, y1 + 1):
            for x in range(x0, x1 + 1):
                members[at[y * across + x]] = i
                at[y * across + x] += 1
    return start, members


@njit(cache=True, nogil=True, error_model="numpy")
def rows_of(row: ndarray, x: float, y: float, left: int) -> tuple:
    """First and last + 1 of the rows that a flat Gaussian at x, y reaches in the half of a tile from `left` on."""
    a, b, c, reach = np.float64(row[4]), np.float64(row[5]), np.float64(row[6]), np.float64(row[7])
    low, high = max(left + 0.5 - x, -row[2] - SLACK), min(left + EIGHT - 0.5 - x, row[2] + SLACK)
    lean, det = b / a * row[3], a * c - b * b
    highest, lowest = min(max(lean, low), high), min(max(-lean, low), high)
    above = (b * highest + np.sqrt(max(c * reach - det * highest * highest, 0.0))) / c + SLACK
    below = (np.sqrt(max(c * reach - det * lowest * lowest, 0.0)) - b * lowest) / c + SLACK
    if not (low <= high and above + below >= 0):
        return 0, 0
    return np.int64(max(y - above + 0.5, 0.0)), np.int64(max(min(y + below + 0.5, np.float64(TILE)), 0.0))


@njit(cache=True, nogil=True)
def laid(row: ndarray, number: int, corner: tuple, tile: ndarray, which: ndarray) -> None:
    """Lay one flat Gaussian over a tile: `tile` (4 · 256) the rest of the light, red, green, blue; `which` (256).

    Half a tile at a time, and all rows that may be reached as one run of pixels in which nothing branches, so that
    compilers can take eight at once; those beyond the ellipse are too faint to count.
    """
    x, y = row[0] - corner[0], row[1] - corner[1]
    a, b, c, alpha = -HALF * row[4], -row[5], -HALF * row[6], row[8]
    red, green, blue, number = row[9], row[10], row[11], np.int32(number)
    for half in range(2):
        top, end = rows_of(row, x, y, EIGHT * half)
        first = np.uint64(EIGHT * (half * TILE + top))
        for k in range(np.uint64(EIGHT * max(end - top, 0))):
            at = first + k
            light, before = tile[at], which[at]
            dx, dy = ACROSS[at] - x, DOWN[at] - y
            power = min(max((a * dx + b * dy) * dx + c * dy * dy, FARTHEST), ZERO)
            share = min(MOST, alpha * falling(power))
            weight = light * share
            weight = weight if share >= LEAST else ZERO
            weight = weight if light >= OPEN else ZERO
            tile[at + np.uint64(AREA)] += weight * red
            tile[at + np.uint64(2 * AREA)] += weight * green
            tile[at + np.uint64(3 * AREA)] += weight * blue
            tile[at] = light - weight
            which[at] = number if (weight > ZERO) & (light > HALF) else before


@njit(cache=True, nogil=True)
def full(tile: ndarray) -> bool:
    """Whether no pixel of a tile lets light through."""
    open_ = np.int32(0)
    for at in range(AREA):
        open_ |= np.int32(tile[at] >= OPEN)
    return open_ == 0


@njit(cache=True, nogil=True)
def blended(flat: ndarray, tiles: tuple, line: int, table: ndarray, made: tuple) -> None:
    """Blend a line of tiles: light (h, w, 3) times cover, cover (h, w), index (h, w).

    tiles    start, members, how many in a line
    table    (4097,) linear light of display values
    """
    start, members, across = tiles
    tile, which = np.empty(4 * AREA, np.float32), np.empty(AREA, np.int32)
    for column in range(across):
        first, last = start[line * across + column], start[line * across + column + 1]
        if first == last:
            continue
        tile[:AREA], tile[AREA:], which[:] = ONE, ZERO, -1
        corner = np.float32(column * TILE), np.float32(line * TILE)
        for k in range(first, last):
            laid(flat[members[k]], members[k], corner, tile, which)
            if k % OFTEN == 0 and full(tile):
                break
        printed(tile, which, (line * TILE, column * TILE), table, made)


@njit(cache=True, nogil=True)
def printed(tile: ndarray, which: ndarray, corner: tuple, table: ndarray, made: tuple) -> None:
    """Put a finished tile on the picture, as linear light."""
    light, cover, index = made
    top, left = corner
    for y in range(min(TILE, len(cover) - top)):
        for x in range(min(TILE, cover.shape[1] - left)):
            at = (x // EIGHT * TILE + y) * EIGHT + x % EIGHT
            if which[at] >= 0:
                row, place = top + y, left + x
                whole = ONE - tile[at]
                cover[row, place], index[row, place] = whole, which[at]
                for channel in range(3):
                    light[row, place, channel] = whole * looked_up(table, tile[at + (channel + 1) * AREA] / whole)


@njit(cache=True, nogil=True)
def looked_up(table: ndarray, shown: float) -> float:
    """Linear light of a display value, between the entries of a table; what is above 1 is 1."""
    place = min(shown, ONE) * BINS
    cell = min(np.int64(place), 4095)
    part = place - np.float32(cell)
    return table[cell] + part * (table[cell + 1] - table[cell])
