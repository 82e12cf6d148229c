"""Points of a scan on a picture: light in the dark, or ink on paper.

Every point is always laid down, with weights that change smoothly as it moves, so nothing flickers; weights are
whole multiples of 2^-20, whose sums are exact, so the order of the points never changes a bit of the picture.
"""

from dataclasses import dataclass

import numpy as np
from numpy import ndarray

GRAIN = float(1 << 20)   # weights are whole multiples of 1 / GRAIN
LEVELS = (0.0, 0.56, 2.25, 6.4)  # pixels², variance of the softness that points of each level get
FULL = 0.85              # pixels, radius: points larger than this hide what is behind their neighbours too
LARGEST = 3.6            # pixels, radius: what comes closer does not grow further
CELL = 4                 # pixels, side of the squares in which points of light hide one another


@dataclass(frozen=True)
class Layer:
    """What the points leave on the picture.

    weight    (height, width) float32: how much of each pixel is covered, not limited
    colour    (height, width, k) float32: the mean of what covers it, 0 where nothing does
    depth     (height, width) float32: metres to the nearest point, infinite where there is none
    """

    weight: ndarray
    colour: ndarray
    depth: ndarray


def splat(pixels: ndarray, depth: ndarray, radius: ndarray, weight: ndarray, colours: ndarray,
          shape: tuple[int, int], *, behind: float = 0.02, through: float = 0.0) -> Layer:
    """Lay down points: near ones hide far ones, those of one surface are averaged.

    pixels     (n, 2) as Camera.project gives them; points outside, behind or not numbers are left out
    depth      (n,) metres; radius: (n,) pixels; weight: (n,) how much of a pixel one point covers
    colours    (n, k) linear light
    shape      (height, width)
    behind     how far behind the nearest point of its pixel a point still counts fully, as a share of the depth
    through    weight that a hidden point keeps, 0..1
    test       a splat's centroid is its place within 0.02 pixel; order does not matter; the nearest point wins
    """
    reach = int(np.ceil(3 * LARGEST))
    with np.errstate(invalid="ignore"):
        seen = ((depth > 0) & (pixels[:, 0] > -reach) & (pixels[:, 0] < shape[1] + reach)
                & (pixels[:, 1] > -reach) & (pixels[:, 1] < shape[0] + reach) & (weight > 0))
    seen = np.flatnonzero(seen)
    pixels, depth, radius = pixels[seen], depth[seen].astype(np.float32), np.minimum(radius[seen], LARGEST)
    nearest = front(pixels, depth, radius, shape)
    column = np.clip(pixels[:, 0].astype(np.int32), 0, shape[1] - 1)
    row = np.clip(pixels[:, 1].astype(np.int32), 0, shape[0] - 1)
    past = depth / nearest[row, column] - 1
    shown = 1 - np.clip((past - np.float32(behind)) / np.float32(2 * behind), 0, 1) * np.float32(1 - through)
    weight = (weight[seen] * shown).astype(np.float32)
    kept = weight * GRAIN >= 1
    layers = deposit(pixels[kept], radius[kept], weight[kept], colours[seen][kept], shape)
    total = np.maximum(layers[0], np.float32(1 / GRAIN))
    return Layer(layers[0], np.stack([each / total for each in layers[1:]], axis=-1), nearest)


def glimmer(pixels: ndarray, depth: ndarray, light: ndarray, shape: tuple[int, int], *, behind: float = 0.03,
            through: float = 0.2, form: float = 0.9) -> ndarray:
    """Add up points of light, each within its 2 x 2 pixels; what lies behind others or in a fold is dimmed.

    pixels     (n, 2) as Camera.project gives them; points outside, behind or not numbers are left out
    depth      (n,) metres; light: (n, k) what each point sheds, in pixels full of linear light
    shape      (height, width)
    behind     how far behind the nearest point round it a point still counts fully, as a share of the depth
    through    light that a hidden point keeps, 0..1;  form: how much folds are darkened
    returns    (k, height, width) float32
    test       what is not hidden sheds its whole light; order does not matter
    """
    across, down = pixels.T
    with np.errstate(invalid="ignore"):
        seen = np.flatnonzero((depth > 0) & (across > -1) & (across < shape[1] + 1) & (down > -1)
                              & (down < shape[0] + 1))
    pixels, depth = pixels[seen], depth[seen].astype(np.float32)
    inverse, shade = _veils(pixels, depth, shape, form)
    column, row = pixels.astype(np.int32).T
    place = np.clip(row, 0, shape[0] - 1) * np.int32(shape[1]) + np.clip(column, 0, shape[1] - 1)
    past = depth * inverse.ravel()[place] - np.float32(1 + behind)
    shown = 1 - np.clip(past * np.float32(0.5 / behind), 0, 1) * np.float32(1 - through)
    shown *= shade.ravel()[place]
    return _added(pixels, [channel[seen] * shown for channel in light.T], shape)


def _veils(pixels: ndarray, depth: ndarray, shape: tuple[int, int], form: float) -> tuple[ndarray, ndarray]:
    """One over the depth of the nearest point round each pixel, 0 where there is none, and the shade of folds."""
    from PIL import Image

    small = -(-shape[0] // CELL), -(-shape[1] // CELL)
    nearest = front(pixels / np.float32(CELL), depth, np.zeros(len(depth), np.float32), small)
    with np.errstate(divide="ignore"):
        maps = 1 / nearest, np.exp(-np.float32(form) * relief(nearest, 2))
    grown = small[1] * CELL, small[0] * CELL
    wide = [np.asarray(Image.fromarray(each).resize(grown, Image.Resampling.BILINEAR)) for each in maps]
    return wide[0][:shape[0], :shape[1]], wide[1][:shape[0], :shape[1]]


def _added(pixels: ndarray, light: list[ndarray], shape: tuple[int, int]) -> ndarray:
    """Light, k times (n,), shared by area among 2 x 2 pixels: (k, height, width); sums are exact."""
    height, width = shape
    wide = width + 3
    base = np.floor(pixels - np.float32(0.5))
    right, down = pixels.T - np.float32(0.5) - base.T
    column, row = base.astype(np.int64).T + 1  # -1 .. height + 1: one pixel of margin takes what falls outside
    corner = np.clip(row, 0, height + 1) * wide + np.clip(column, 0, width + 1)
    index = np.concatenate([corner, corner + 1, corner + wide, corner + wide + 1])
    shares = np.stack([(1 - right) * (1 - down), right * (1 - down), (1 - right) * down, right * down])
    made = np.empty((len(light), height, width), np.float32)
    for picture, channel in zip(made, light, strict=True):
        value = np.rint(shares * (channel * np.float32(GRAIN)))
        total = np.bincount(index, value.ravel(), (height + 3) * wide).reshape(-1, wide)
        np.multiply(total[1:height + 1, 1:width + 1], 1 / GRAIN, out=picture, casting="same_kind")
    return made


def front(pixels: ndarray, depth: ndarray, radius: ndarray, shape: tuple[int, int]) -> ndarray:
    """Depth of the nearest point at each pixel, points taken as large as they are: (height, width) float32."""
    nearest = np.full(shape[0] * shape[1], np.inf, np.float32)
    with np.errstate(invalid="ignore"):
        inside = ((pixels[:, 0] >= 0) & (pixels[:, 0] < shape[1]) & (pixels[:, 1] >= 0) & (pixels[:, 1] < shape[0]))
    place = pixels[inside].astype(np.int32)
    index = place[:, 1] * shape[1] + place[:, 0]
    depth = depth[inside]
    np.minimum.at(nearest, index, depth)
    nearest = nearest.reshape(shape)
    wide = radius[inside] > FULL
    if wide.any():
        large = np.full(shape[0] * shape[1], np.inf, np.float32)
        np.minimum.at(large, index[wide], depth[wide])
        nearest = np.minimum(nearest, _grown(_grown(large.reshape(shape))))
    return _grown(nearest)


def deposit(pixels: ndarray, radius: ndarray, weight: ndarray, colours: ndarray,
            shape: tuple[int, int]) -> list[ndarray]:
    """Share each point among the pixels it touches, its whole weight and no more.

    A point of radius 0 is shared by the four pixels round it. Larger ones are softened level by level: each point
    is split between the two levels whose spread is next to its own, so it grows without a jump.

    returns    1 + k pictures (height, width) float32: the weights, and the weighted colours
    test       the sum is the weight; the spread is that of the radius
    """
    spread = np.clip((np.float32(0.8) * radius) ** 2 - np.float32(0.18), 0, LEVELS[-1])
    level = np.interp(spread, LEVELS, np.arange(len(LEVELS))).astype(np.float32)
    made: list[ndarray] = []
    for number in range(len(LEVELS) - 1, -1, -1):
        part = 1 - np.abs(level - number)
        mine = np.flatnonzero(part > 0)
        fresh = _shared(pixels[mine], (weight[mine] * part[mine]), colours[mine], shape) if len(mine) else []
        made = [old + new for old, new in zip(made, fresh, strict=True)] if made and fresh else made or fresh
        if number and made:
            made = _softened(made, LEVELS[number] - LEVELS[number - 1])
    return made or [np.zeros(shape, np.float32) for _ in range(1 + colours.shape[1])]


def _shared(pixels: ndarray, weight: ndarray, colours: ndarray, shape: tuple[int, int]) -> list[ndarray]:
    """Points shared by area among 2 x 2 pixels; sums are exact, so their order does not matter."""
    height, width = shape
    base = np.floor(pixels - np.float32(0.5)).astype(np.int32)
    right, down = (pixels - np.float32(0.5) - base).T
    column, row = np.clip(base + 1, 0, (width + 1, height + 1)).T  # one pixel of margin takes what falls outside
    corner = row.astype(np.int64) * (width + 3) + column
    index = np.concatenate([corner, corner + 1, corner + width + 3, corner + width + 4])
    left, upper = (1 - right) * weight, 1 - down
    right = right * weight
    shares = np.concatenate([left * upper, right * upper, left * down, right * down])
    count = (height + 3) * (width + 3)
    made = []
    for channel in [None, *colours.T]:
        value = shares if channel is None else shares * np.tile(channel, 4)
        value = np.rint(value * np.float32(GRAIN)).astype(np.float64)
        total = np.bincount(index, value, count).reshape(height + 3, width + 3)
        made.append((total[1:height + 1, 1:width + 1] / GRAIN).astype(np.float32))
    return made


def _softened(fields: list[ndarray], spread: float) -> list[ndarray]:
    """Fields under a Gaussian of variance `spread` pixels², only where there is something."""
    reach = int(np.ceil(3 * spread ** 0.5))
    rows, columns = np.flatnonzero(fields[0].max(1)), np.flatnonzero(fields[0].max(0))
    if not len(rows):
        return fields
    kernel = np.exp(-0.5 * np.arange(reach + 1) ** 2 / spread)
    kernel = (kernel / (2 * kernel.sum() - kernel[0])).astype(np.float32)
    height, width = fields[0].shape
    box = (slice(max(0, rows[0] - reach), min(height, rows[-1] + reach + 1)),
           slice(max(0, columns[0] - reach), min(width, columns[-1] + reach + 1)))
    return [_placed(field.shape, box, _filtered(_filtered(field[box], kernel, 0), kernel, 1)) for field in fields]


def _filtered(field: ndarray, kernel: ndarray, axis: int) -> ndarray:
    """A symmetric kernel along one axis; nothing lies beyond the border."""
    reach = len(kernel) - 1
    pads = [(0, 0), (0, 0)]
    pads[axis] = (reach, reach)
    wide = np.pad(field, pads)
    count = field.shape[axis]

    def at(place: int) -> ndarray:
        return wide[place:place + count] if axis == 0 else wide[:, place:place + count]

    made = field * kernel[0]
    for step in range(1, reach + 1):
        pair = at(reach - step) + at(reach + step)
        pair *= kernel[step]
        made += pair
    return made


def _placed(shape: tuple[int, int], box: tuple[slice, slice], part: ndarray) -> ndarray:
    made = np.zeros(shape, np.float32)
    made[box] = part
    return made


def _grown(depth: ndarray) -> ndarray:
    """Every pixel takes the nearest depth of its 3 x 3 neighbours."""
    made = depth.copy()
    np.minimum(made[1:], depth[:-1], out=made[1:])
    np.minimum(made[:-1], depth[1:], out=made[:-1])
    flat = made.copy()
    np.minimum(made[:, 1:], flat[:, :-1], out=made[:, 1:])
    np.minimum(made[:, :-1], flat[:, 1:], out=made[:, :-1])
    return made


def relief(depth: ndarray, reach: int = 3) -> ndarray:
    """How deep each pixel lies behind its neighbours: what gives a cloud of points its form.

    depth      (height, width) metres, infinite where there is nothing
    returns    (height, width) float32, 0 in the open
    source     eye-dome lighting: Boucheny, Visualisation scientifique de grands volumes de données, 2009
    """
    with np.errstate(invalid="ignore"):
        log = np.log2(np.where(np.isfinite(depth), depth, np.float32(1e9)))
    made = np.zeros_like(log)
    wide = np.pad(log, reach, mode="edge")
    height, width = depth.shape
    for step, share in ((1, 0.5), (reach, 1.0)):
        for down, right in ((0, step), (0, -step), (step, 0), (-step, 0)):
            behind = log - wide[reach + down:reach + down + height, reach + right:reach + right + width]
            np.clip(behind, 0, np.float32(0.12), out=behind)
            behind *= np.float32(share)
            made += behind
    made[~np.isfinite(depth)] = 0
    return made


def dice(index: ndarray, salt: int) -> ndarray:
    """A fixed throw of the dice for every point: (n,) float32 0..1, the same for the same index and salt.

    source    Wellons' lowbias32 integer hash
    """
    value = (np.asarray(index).astype(np.uint64) * 2654435761 + salt * 40503).astype(np.uint32)
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        value ^= value >> np.uint32(shift)
        value *= np.uint32(factor)
    value ^= value >> np.uint32(16)
    return (value >> np.uint32(8)).astype(np.float32) / np.float32(1 << 24)


def thinned(count: int, limit: int) -> ndarray:
    """Which points to draw when there are too many: a fixed fair choice, indices in ascending order."""
    if count <= limit:
        return np.arange(count)
    throw = dice(np.arange(count), 3)
    return np.sort(np.argsort(throw, kind="stable")[:limit])


def spacing(points: ndarray, cells: int = 96) -> float:
    """How far apart neighbouring points of a surface are, in metres, roughly.

    points     (n, 3); the extent is cut into cells, and a surface is as large as the cells it touches
    """
    low, high = np.percentile(points, (1, 99), axis=0)
    cell = max(float((high - low).max()), 1e-9) / cells
    place = np.clip((points - low) / cell, -1, cells + 1).astype(np.int64)
    touched = len(np.unique(place @ np.array([1, 4 * cells, 16 * cells * cells])))
    return cell * float(np.sqrt(touched / max(1, len(points))))
