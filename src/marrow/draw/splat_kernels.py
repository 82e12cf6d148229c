"""Compiled loops of `marrow.draw.splat`: plain IEEE arithmetic, nothing whose order depends on threads.

A visibility buffer holds one uint64 for a pixel: the bits of the depth (float32, metres) over the number of the point;
the smallest wins, whatever the order. Where points stand still, are all there or have no size, the array that would say
so is empty.
"""

import numpy as np
from llvmlite import ir
from llvmlite.ir import IRBuilder
from numba import njit, types
from numba.core import cgutils
from numba.core.base import BaseContext
from numba.extending import intrinsic
from numba.np.arrayobj import make_array
from numpy import ndarray

from marrow.draw.bits import lowbias32

EMPTY = np.uint64(0xFFFFFFFFFFFFFFFF)
HALF = np.float32(0.5)
ONE = np.float32(1)
BULGE = np.float32(1)       # radii: how far a disc's rim lies behind its middle where it is asked which is nearest
THICK = np.float32(3)       # radii: how far before or behind the nearest a disc of the same surface lies
THINNEST = np.float32(1e-12)  # metres
NEAREST = np.float32(1e-6)  # metres
TILE = 8                    # pixels, side of a square whose largest depth is known
WIDE = np.float32(1.75)     # radii: how far a disc's light mixes with that of its neighbours
FINEST = np.float32(2)      # pixels: that of a disc no larger keeps to the disc, for nobody sees it
RIM = np.float32(1e-3)      # weight of a disc's light there, where it ends
FEW = 1024                  # points that are projected before they are laid down
SOON = 64                   # points ahead of which a pixel is asked for
NOWHERE = np.uint32(0xFFFFFFFF)
WRITING, KEPT, DATA = 1, 3, 1  # what `wanted` says to LLVM: to be written, kept in all caches, no code
SQUARE = 16                 # pixels, side of the largest square that is spread as one
ROUGH = np.float32(3)        # radii out of focus to the side of a square that is spread as one
SHARP = np.float32(1.5)      # pixels: discs out of focus smaller than this are points
LINES = 2                    # to a pixel: how finely discs are cut
FINE = float(1 << 36)        # one whole of light in whole numbers
ALIKE = np.float32(0.2)     # of the radius out of focus: by how much it may differ in a square


@intrinsic
def bits(context: object, value: object) -> tuple:
    """The bits of a float32 as uint32."""
    def made(context: BaseContext, builder: IRBuilder, signature: object, args: tuple) -> object:
        return builder.bitcast(args[0], context.get_value_type(types.uint32))
    return types.uint32(types.float32), made


@intrinsic
def real(context: object, value: object) -> tuple:
    """The float32 of some bits."""
    def made(context: BaseContext, builder: IRBuilder, signature: object, args: tuple) -> object:
        return builder.bitcast(args[0], context.get_value_type(types.float32))
    return types.float32(types.uint32), made


@intrinsic
def wanted(context: object, rows: object, row: object) -> tuple:
    """Ask the memory for a row of an array that will soon be read or written; it changes nothing."""
    def made(context: BaseContext, builder: IRBuilder, signature: object, args: tuple) -> object:
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        array = make_array(signature.args[0])(context, builder, args[0])
        stride = cgutils.unpack_tuple(builder, array.strides)[0]
        spot = builder.gep(builder.bitcast(array.data, byte), [builder.mul(args[1], stride)])
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        call = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(call, [spot, number(WRITING), number(KEPT), number(DATA)])
        return context.get_dummy_value()
    return types.void(rows, types.uint64), made


@njit(cache=True, nogil=True)
def depth_of(value: int) -> float:
    """Metres of an entry of the visibility buffer."""
    return real(np.uint32(value >> np.uint64(32)))


@njit(cache=True, nogil=True)
def seen(points: ndarray, moved: ndarray, i: int, view: tuple) -> tuple:
    """Depth ahead of the eye and, times the depth, the place on the picture from its middle; points: (3 n,)."""
    i = np.uint64(3) * np.uint64(i)
    j, k = i + np.uint64(1), i + np.uint64(2)
    x, y, z = points[i] - view[9] - view[12], points[j] - view[10] - view[13], points[k] - view[11] - view[14]
    if len(moved):
        x, y, z = x + moved[i] * view[19], y + moved[j] * view[19], z + moved[k] * view[19]
    depth = x * view[6] + y * view[7] + z * view[8]
    across = x * view[0] + y * view[1] + z * view[2] - view[17]
    down = x * view[3] + y * view[4] + z * view[5] - view[18]
    return depth, across, down


@njit(cache=True, nogil=True)
def hashed(index: int) -> int:
    """Wellons' lowbias32 of a point's number, as `marrow.draw.points.dice`."""
    return lowbias32(np.uint32(np.uint64(index) * np.uint64(2654435761) + np.uint64(40503)))


@njit(cache=True, nogil=True)
def present(index: int, chance: float, number: int, count: int) -> bool:
    """Whether a point is there in a sample: in a share `chance` of them, always the same ones."""
    value = hashed(index)
    stratum = (np.int64(value & np.uint32(0xFF)) + number) % count
    throw = np.float32(value >> np.uint32(8)) * np.float32(1 / (1 << 24))
    return np.float32(stratum) + throw < chance * np.float32(count)


@njit(cache=True, nogil=True)
def specks(grains: tuple, spans: ndarray, view: tuple, turn: tuple, buffer: ndarray) -> None:
    """Every point on one pixel; with a radius, in as many samples as its share of the pixel.

    grains    points (3 n,), moved (3 n,), there, radius
    spans     (k, 2) first and last + 1 of the points to draw;  turn: number of the sample, how many there are
    """
    points, moved, there, radius = grains
    width, size = np.uint32(buffer.shape[1]), (np.float32(buffer.shape[1]), np.float32(buffer.shape[0]))
    scale = np.float32(np.pi) * (view[0] * view[0] + view[1] * view[1] + view[2] * view[2])
    plain = len(moved) + len(there) + len(radius) == 0
    flat = buffer.ravel()
    for span in range(len(spans)):
        if plain:
            dots(points, spans[span, 0], spans[span, 1], view, size, flat)
            continue
        for i in range(spans[span, 0], spans[span, 1]):
            depth, across, down = seen(points, moved, i, view)
            if not depth > NEAREST:
                continue
            inverse = ONE / depth
            x, y = across * inverse + view[15], down * inverse + view[16]
            if not (x >= 0 and y >= 0 and x < size[0] and y < size[1]):
                continue
            chance = ONE
            if len(there):
                chance = there[i]
            if len(radius):
                chance *= min(ONE, radius[i] * radius[i] * scale * inverse * inverse)
            if chance < 1 and not present(i, chance, turn[0], turn[1]):
                continue
            place = np.uint32(np.int32(y)) * width + np.uint32(np.int32(x))
            flat[place] = min(flat[place], np.uint64(bits(depth)) << np.uint64(32) | np.uint64(i))


@njit(cache=True, nogil=True)
def dots(points: ndarray, first: int, last: int, view: tuple, size: tuple, flat: ndarray) -> None:
    """`specks` where all stand still, are all there and cover their pixel, far faster.

    Some are projected, several at once; then they are laid down, and pixels are asked for before their turn comes.
    """
    depths, places = np.empty(FEW, np.float32), np.zeros(FEW + SOON, np.int32)
    end = np.uint32(len(flat) - 1)
    for start in range(first, last, FEW):
        count = min(FEW, last - start)
        aimed(points, start, count, view, size, depths, places)
        for k in range(count):
            wanted(flat, np.uint64(min(np.uint32(places[k + SOON]), end)))
            place = np.uint32(places[k])
            if place != NOWHERE:
                value = np.uint64(bits(depths[k])) << np.uint64(32) | np.uint64(start + k)
                flat[place] = min(flat[place], value)


@njit(cache=True, nogil=True, error_model="numpy")
def aimed(points: ndarray, first: int, count: int, view: tuple, size: tuple, depths: ndarray, places: ndarray) -> None:
    """Depths and pixels, -1 off the picture, of some points; without a branch, so that several are taken at once."""
    still, width = points[:0], np.int32(size[0])
    for k in range(count):
        depth, across, down = seen(points, still, first + k, view)
        inverse = ONE / depth
        column, row = across * inverse + view[15], down * inverse + view[16]
        shown = (depth > NEAREST) & (column >= 0) & (row >= 0) & (column < size[0]) & (row < size[1])
        depths[k] = depth
        places[k] = np.int32(row) * width + np.int32(column) if shown else np.int32(-1)


@njit(cache=True, nogil=True, error_model="numpy")
def project(grains: tuple, first: int, count: int, view: tuple, shape: tuple, room: ndarray) -> None:
    """Where the discs of some points lie: FEW times x, then y, radius in pixels, 0 for what is not seen, and depth.

    Without a branch that depends on what they are, so that several are projected at once.
    """
    points, moved, _, radius = grains
    for k in range(count):
        depth, across, down = seen(points, moved, np.uint64(first + k), view)
        inverse = ONE / depth
        room[np.uint64(k)] = across * inverse + view[15]
        room[np.uint64(k + FEW)] = down * inverse + view[16]
        room[np.uint64(k + 2 * FEW)] = inverse * shape[2]
        room[np.uint64(k + 3 * FEW)] = depth
    for k in range(count):
        x, y = room[np.uint64(k)], room[np.uint64(k + FEW)]
        r = room[np.uint64(k + 2 * FEW)] * radius[np.uint64(first + k)]
        shown = (room[np.uint64(k + 3 * FEW)] > NEAREST) & (r <= 2 * shape[3])
        reach = r * WIDE
        shown &= (x + reach >= 0) & (y + reach >= 0) & (x - reach < shape[1]) & (y - reach < shape[0])
        room[np.uint64(k + 2 * FEW)] = max(r, np.float32(1e-3)) if shown else np.float32(0)


@njit(cache=True, nogil=True)
def thrown(there: ndarray, i: int, r: float, turn: tuple, shape: tuple) -> bool:
    """Whether a point that may be seen is there in this sample: it may be missing, or dissolve before the lens."""
    chance = ONE
    if len(there):
        chance = there[i]
    if r > shape[3]:
        chance *= np.float32(2) - r / shape[3]
    return chance >= 1 or (chance > 0 and present(i, chance, turn[0], turn[1]))


@njit(cache=True, nogil=True)
def middles(x: float, r: float, most: float) -> tuple:
    """First and last pixel whose middle a disc may reach along one side of the picture, and the one that it lies on."""
    low = max(x - r - HALF, np.float32(0))
    first = np.int32(low)
    first += np.int32(np.float32(first) < low)
    return first, np.int32(min(x + r - HALF, most - ONE)), np.int32(x) if 0 <= x < most else np.int32(-1)


@njit(cache=True, nogil=True)
def reached(x: float, y: float, r: float, shape: tuple) -> tuple:
    """First and last row and column that a disc touches, and the row and column that it lies on, if on the picture."""
    left, right, column = middles(x, r, shape[1])
    top, bottom, row = middles(y, r, shape[0])
    if row < 0 or column < 0:
        return (top, bottom, left, right), (np.int32(-1), np.int32(-1))
    return (min(top, row), max(bottom, row), min(left, column), max(right, column)), (row, column)


@njit(cache=True, nogil=True, error_model="numpy")
def laid_down(spot: tuple, bulge: float, number: int, shape: tuple, flat: ndarray, width: int) -> None:
    """Write a disc into a visibility buffer, bulging, so that two of one surface meet without a step.

    spot    x, y, radius, depth of its middle;  bulge: metres from there back to its rim
    """
    x, y, r, depth = spot
    sides, own = reached(x, y, r, shape)
    edge, steep = r * r, bulge / (r * r)
    for row in range(sides[0], sides[1] + 1):
        dy = np.float32(row) + HALF - y
        for column in range(sides[2], sides[3] + 1):
            dx = np.float32(column) + HALF - x
            square = dx * dx + dy * dy
            if square <= edge or (row == own[0] and column == own[1]):
                place = np.uint64(row) * width + np.uint64(column)
                there = depth + min(square * steep, bulge)
                flat[place] = min(flat[place], np.uint64(bits(there)) << np.uint64(32) | number)


@njit(cache=True, nogil=True, error_model="numpy")
def discs(grains: tuple, spans: ndarray, view: tuple, turn: tuple, shape: tuple, buffer: ndarray) -> None:
    """The nearest disc of every pixel; a disc covers the pixels whose middles lie in it, and the one it lies on.

    shape    height, width, focal in pixels, radius in pixels from which points dissolve
    """
    flat, width, room = buffer.ravel(), np.uint64(buffer.shape[1]), np.empty(4 * FEW, np.float32)
    for span in range(len(spans)):
        for start in range(spans[span, 0], spans[span, 1], FEW):
            count = min(FEW, spans[span, 1] - start)
            project(grains, start, count, view, shape, room)
            for k in range(count):
                r = room[k + 2 * FEW]
                if r > 0 and thrown(grains[2], start + k, r, turn, shape):
                    spot = room[k], room[k + FEW], r, room[k + 3 * FEW]
                    laid_down(spot, BULGE * grains[3][start + k], np.uint64(start + k), shape, flat, width)


@njit(cache=True, nogil=True)
def farthest(buffer: ndarray) -> ndarray:
    """The largest depth in every square of TILE pixels of a visibility buffer, 0 where nothing is."""
    far = np.zeros((len(buffer) // TILE + 1, buffer.shape[1] // TILE + 1), np.float32)
    for row in range(len(buffer)):
        for column in range(buffer.shape[1]):
            value = buffer[row, column]
            if value != EMPTY:
                far[row // TILE, column // TILE] = max(far[row // TILE, column // TILE], depth_of(value))
    return far


@njit(cache=True, nogil=True)
def hidden(front: float, sides: tuple, far: ndarray) -> bool:
    """Whether all that a disc may touch lies before it.

    sides    first and last row, first and last column
    """
    top, bottom, left, right = sides[0] // TILE, sides[1] // TILE, sides[2] // TILE, sides[3] // TILE
    if front <= max(max(far[top, left], far[top, right]), max(far[bottom, left], far[bottom, right])):
        return False
    for row in range(top, bottom + 1 if bottom - top > 1 or right - left > 1 else top):
        for column in range(left, right + 1):
            if front <= far[row, column]:
                return False
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def shone(spot: tuple, thick: float, own: tuple, sides: tuple, light: tuple, flat: ndarray, width: int, film: ndarray,
          deep: ndarray) -> None:
    """Add a disc's light, depth and weight to every pixel round it where its surface is the nearest.

    spot    x, y, how far its light mixes, depth;  thick: metres, its radius
    own     row and column that it lies on, -1 outside
    """
    x, y, r, depth = spot
    inverse, steep = ONE / (r * r), ONE / (THICK * max(thick, THINNEST))
    for row in range(sides[0], sides[1] + 1):
        dy = np.float32(row) + HALF - y
        for column in range(sides[2], sides[3] + 1):
            dx = np.float32(column) + HALF - x
            square = (dx * dx + dy * dy) * inverse
            if square <= ONE or (row == own[0] and column == own[1]):
                place = np.uint64(row) * width + np.uint64(column)
                behind, fall = depth - depth_of(flat[place]), ONE - min(square, ONE)
                near = ONE - behind * steep * behind * steep
                if near > 0:
                    weight = (fall * fall * fall + RIM) * near
                    for k in range(3):
                        film[place, k] += weight * light[k]
                    film[place, 3] += weight
                    deep[place] += weight * behind


@njit(cache=True, nogil=True, error_model="numpy")
def means(grains: tuple, spans: ndarray, view: tuple, turn: tuple, shape: tuple, buffer: ndarray, light: ndarray,
          made: ndarray, deep: ndarray) -> None:
    """Add up all discs that lie on one surface with the nearest of a pixel.

    made    (height, width, 4) light, and weights;  deep: (height, width) weighted metres behind the nearest
    """
    flat, width, room = buffer.ravel(), np.uint64(buffer.shape[1]), np.empty(4 * FEW, np.float32)
    film, back, far = made.reshape(-1, 4), deep.ravel(), farthest(buffer)
    for span in range(len(spans)):
        for start in range(spans[span, 0], spans[span, 1], FEW):
            count = min(FEW, spans[span, 1] - start)
            project(grains, start, count, view, shape, room)
            for k in range(count):
                x, y, r, depth, i = room[k], room[k + FEW], room[k + 2 * FEW], room[k + 3 * FEW], np.uint64(start + k)
                if r == 0:
                    continue
                thick, wide = grains[3][i], max(r, min(r * WIDE, r + 2 * (r - FINEST)))
                sides, own = reached(x, y, wide, shape)
                if not hidden(depth - THICK * thick, sides, far) and thrown(grains[2], start + k, r, turn, shape):
                    shine = light[i, 0], light[i, 1], light[i, 2]
                    shone((x, y, wide, depth), thick, own, sides, shine, flat, width, film, back)


@njit(cache=True, nogil=True)
def evened(made: ndarray, deep: ndarray, buffer: ndarray) -> None:
    """Divide sums of light (height, width, 4) and depth by the weights, which become 1; depths go into the buffer."""
    for row in range(len(made)):
        for column in range(made.shape[1]):
            weight = made[row, column, 3]
            if weight > 0:
                for k in range(3):
                    made[row, column, k] /= weight
                made[row, column, 3] = ONE
                value = buffer[row, column]
                depth = max(depth_of(value) + deep[row, column] / weight, NEAREST)
                buffer[row, column] = np.uint64(bits(depth)) << np.uint64(32) | value & np.uint64(NOWHERE)


@njit(cache=True, nogil=True)
def printed(total: ndarray, trace: ndarray, empty: ndarray, light: ndarray, cover: ndarray) -> None:
    """The film's sums as light (height, width, 3) and cover (height, width)."""
    for row in range(len(total)):
        r = g = b = c = void = np.int64(0)
        for column in range(total.shape[1]):
            if len(trace):
                r += trace[row, column, 0]
                g += trace[row, column, 1]
                b += trace[row, column, 2]
                c += trace[row, column, 3]
                void += trace[row, column, 4]
            covered = total[row, column, 3] + c / FINE
            whole = covered + empty[row, column] + void / FINE
            if covered > 0:
                light[row, column, 0] = (total[row, column, 0] + r / FINE) / whole
                light[row, column, 1] = (total[row, column, 1] + g / FINE) / whole
                light[row, column, 2] = (total[row, column, 2] + b / FINE) / whole
                cover[row, column] = covered / whole


@njit(cache=True, nogil=True)
def unpacked(buffer: ndarray, depth: ndarray, index: ndarray) -> None:
    """Depth and index of a visibility buffer."""
    for row in range(len(buffer)):
        for column in range(buffer.shape[1]):
            value = buffer[row, column]
            if value == EMPTY:
                depth[row, column], index[row, column] = np.float32(np.inf), -1
            else:
                depth[row, column], index[row, column] = depth_of(value), np.int32(value & np.uint64(0xFFFFFFFF))


@njit(cache=True, nogil=True)
def straight(buffer: ndarray, light: ndarray, made: ndarray, cover: ndarray) -> None:
    """Light (height, width, 3) and cover of a single sharp sample: the nearest point of every pixel."""
    flat, shown, covered = buffer.ravel(), made.reshape(-1), cover.ravel()
    end, last = len(flat) - 1, np.uint64(len(light) - 1)
    for at in range(len(flat)):
        wanted(light, min(flat[min(at + SOON, end)] & np.uint64(0xFFFFFFFF), last))
        value = flat[at]
        found = value != EMPTY
        i = np.uint64(value & np.uint64(0xFFFFFFFF)) if found else np.uint64(0)
        for k in range(3):
            shown[3 * at + k] = light[i, k] if found else np.float32(0)
        covered[at] = ONE if found else np.float32(0)


@njit(cache=True, nogil=True)
def fetched(buffer: ndarray, light: ndarray, made: ndarray) -> None:
    """The light of the nearest point of every pixel: made (height, width, 4), the last 1 where there is one."""
    for row in range(len(buffer)):
        for column in range(buffer.shape[1]):
            value = buffer[row, column]
            if value != EMPTY:
                i = np.int64(value & np.uint64(0xFFFFFFFF))
                for k in range(3):
                    made[row, column, k] = light[i, k]
                made[row, column, 3] = ONE


@njit(cache=True, nogil=True)
def blurred(value: int, optics: tuple) -> float:
    """Signed radius in pixels of the disc that a pixel's point becomes out of focus."""
    size = optics[0] * (optics[1] - ONE / depth_of(value))
    return min(max(size, -optics[2]), optics[2])


@njit(cache=True, nogil=True)
def within(y: float, size: float, pad: float, cell: tuple) -> tuple:
    """Where a line at height y crosses the picture of an aperture's cell: two stretches, from and to; to <= from: none.

    y    from the middle of the whole disc, whose radius is `size`;  pad: how much wider the cell is on every side
    """
    square = (size * cell[1] + pad) ** 2 - y * y
    if square <= 0:
        return np.float32(0), np.float32(0), np.float32(0), np.float32(0)
    high = np.sqrt(square)
    low = -high
    for x, rise in ((cell[4], cell[5]), (cell[6], cell[7])):
        if x > 0:
            high = min(high, (pad - rise * y) / x)
        elif x < 0:
            low = max(low, (pad - rise * y) / x)
        elif rise * y > pad:
            high = low
    inner = max(size * cell[0] - pad, np.float32(0)) ** 2 - y * y
    if inner <= 0:
        return low, high, np.float32(0), np.float32(0)
    hole = np.sqrt(inner)
    return low, min(high, -hole), max(low, hole), high


@njit(cache=True, nogil=True)
def stretch(low: float, high: float, row: int, light: tuple, trace: ndarray) -> None:
    """Lay light, per pixel, from one place to another of a row; `trace` holds what changes from pixel to pixel."""
    wide = np.float32(trace.shape[1] - 2)
    low, high = min(max(low, np.float32(0)), wide), min(max(high, np.float32(0)), wide)
    if high <= low:
        return
    first, last = np.int64(low), np.int64(high)
    begun, done = np.float64(1 + first - low), np.float64(1 + last - high)
    for k in range(5):
        whole = np.int64(np.rint(light[k]))
        part, rest = np.int64(np.rint(light[k] * begun)), np.int64(np.rint(light[k] * done))
        trace[row, first, k] += part
        trace[row, first + 1, k] += whole - part
        trace[row, last, k] -= rest
        trace[row, last + 1, k] -= whole - rest


@njit(cache=True, nogil=True)
def laid(x: float, y: float, side: int, size: float, light: tuple, cell: tuple, strip: tuple, trace: ndarray) -> None:
    """Lay light evenly over the picture of the aperture's cell, all of it and no more.

    x, y     where a sample sees the light;  size: signed radius of the whole disc;  light: r g b, cover, nothing
    side     pixels, of what the light comes from
    """
    sign = ONE if size >= 0 else -ONE
    x, y, big = x - size * cell[2], y - size * cell[3], abs(size)
    pad = HALF * (np.float32(side) - ONE) + min(max(np.float32(0.6) - np.float32(0.1) * big, np.float32(0)), HALF)
    reach = big * cell[8] + pad + ONE
    top, bottom = np.int64(np.floor(y + size * cell[3] - reach)), np.int64(np.floor(y + size * cell[3] + reach))
    if bottom < strip[0] or top >= strip[1]:
        return
    area = np.float32(0)
    for line in range(LINES * top, LINES * (bottom + 1)):
        a, b, c, d = within(((np.float32(line) + HALF) / LINES - y) * sign, big, pad, cell)
        area += max(b - a, np.float32(0)) + max(d - c, np.float32(0))
    if area <= 0:
        return
    share = FINE / np.float64(area)
    each = light[0] * share, light[1] * share, light[2] * share, light[3] * share, light[4] * share
    for line in range(LINES * max(top, strip[0]), LINES * min(bottom + 1, strip[1])):
        a, b, c, d = within(((np.float32(line) + HALF) / LINES - y) * sign, big, pad, cell)
        if sign < 0:
            a, b, c, d = -b, -a, -d, -c
        stretch(x + a, x + b, line // LINES, each, trace)
        stretch(x + c, x + d, line // LINES, each, trace)


@njit(cache=True, nogil=True)
def gathered(top: int, left: int, side: int, buffer: ndarray, made: ndarray, optics: tuple) -> tuple:
    """A square of pixels as one: smallest and largest radius, side of what is not empty; sums of column, row, light."""
    low, high = np.float32(1e9), np.float32(-1e9)
    first, last = (top + side, left + side), (top, left)
    x = y = r = g = b = count = np.float32(0)
    for row in range(max(top, 0), min(top + side, len(buffer))):
        for column in range(max(left, 0), min(left + side, buffer.shape[1])):
            if made[row, column, 3] > 0:
                size = blurred(buffer[row, column], optics)
                low, high = min(low, size), max(high, size)
                first, last = (min(first[0], row), min(first[1], column)), (max(last[0], row), max(last[1], column))
                x += np.float32(column)
                y += np.float32(row)
                r += made[row, column, 0]
                g += made[row, column, 1]
                b += made[row, column, 2]
                count += ONE
    return low, high, max(last[0] - first[0], last[1] - first[1]) + 1, x, y, r, g, b, count


@njit(cache=True, nogil=True)
def added(top: int, left: int, side: int, made: ndarray, strip: tuple, total: ndarray,
          empty: ndarray) -> None:
    """Add a square of pixels that stay where they are, and count the empty ones."""
    for row in range(max(top, strip[0]), min(top + side, len(made), strip[1])):
        for column in range(max(left, 0), min(left + side, made.shape[1])):
            if made[row, column, 3] == 0:
                empty[row, column] += ONE
            else:
                for k in range(4):
                    total[row, column, k] += made[row, column, k]


@njit(cache=True, nogil=True)
def spread(buffer: ndarray, made: ndarray, cell: tuple, optics: tuple, strip: tuple, total: ndarray,
           trace: ndarray, empty: ndarray) -> None:
    """Add a sample's picture to the rows of a strip; however rows are shared among strips, the sums are the same.

    Squares of pixels that are alike and far out of focus are spread as one, others by their quarters.

    cell      inner and outer radius, middle (2), sides (4), reach
    optics    blur, one over the focus, the largest radius in pixels, number of the sample: each has squares of its own,
              so that their grid is not seen
    strip     first and last + 1 of the rows
    total     (height, width, 4) float32: what stays where it is;  trace: (height, width + 2, 5) int64, see `stretch`
    empty     (height, width): how much of nothing each pixel saw
    """
    waiting = np.empty((4 * SQUARE, 3), np.int64)
    reach = np.int64(optics[2] * cell[8]) + SQUARE if optics[0] > 0 else 0
    for first in range(-(optics[3] * 5 % SQUARE), len(buffer), SQUARE):
        if first + SQUARE + reach < strip[0] or first - reach >= strip[1]:
            continue
        for start in range(-(optics[3] * 11 % SQUARE), buffer.shape[1], SQUARE):
            waiting[0, 0], waiting[0, 1], waiting[0, 2] = first, start, SQUARE
            left_over = 1
            while left_over:
                left_over -= 1
                top, left, side = waiting[left_over]
                low, high, wide, x, y, r, g, b, count = gathered(top, left, side, buffer, made, optics)
                sharp = max(abs(low), abs(high)) < SHARP
                least = min(abs(low), abs(high))
                alike = side == 1 or (low * high > 0 and least >= ROUGH * side and high - low <= ALIKE * least)
                if count == 0 or sharp:
                    added(top, left, side, made, strip, total, empty)
                    continue
                if alike:
                    rows = min(top + side, len(buffer)) - max(top, 0)
                    void = np.float32(rows * (min(left + side, buffer.shape[1]) - max(left, 0))) - count
                    laid(x / count + HALF, y / count + HALF, wide, (low + high) * HALF, (r, g, b, count, void), cell,
                         strip, trace)
                    continue
                half = side // 2
                for number in range(3, -1, -1):
                    below, beside = top + half * (number >> 1), left + half * (number & 1)
                    if -half < below < len(buffer) and -half < beside < buffer.shape[1]:
                        waiting[left_over, 0], waiting[left_over, 1], waiting[left_over, 2] = below, beside, half
                        left_over += 1


@njit(cache=True, nogil=True)
def sighted(boxes: ndarray, extra: float, view: tuple, shape: tuple) -> ndarray:
    """Which boxes (k, 2, 3) reach into the picture, `extra` metres wider on every side."""
    made = np.zeros(len(boxes), np.bool_)
    corner, still = np.empty(3, np.float32), np.empty(0, np.float32)
    margin = np.float32(2) + 2 * WIDE * shape[3]
    for i in range(len(boxes)):
        out = 31
        for number in range(8):
            for k in range(3):
                high = number >> k & 1
                corner[k] = boxes[i, high, k] + (extra if high else -extra)
            depth, across, down = seen(corner, still, 0, view)
            x, y = across + view[15] * depth, down + view[16] * depth
            slack = margin * abs(depth)
            beyond = (depth <= 0) | (x < -slack) << 1 | (x > shape[1] * depth + slack) << 2
            out &= beyond | (y < -slack) << 3 | (y > shape[0] * depth + slack) << 4
        made[i] = out == 0
    return made
