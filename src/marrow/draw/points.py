"""What looks made of points share: who stands in front, the form of what is seen, fixed dice, fair choices."""

import numpy as np
from numpy import ndarray

FULL = 0.85              # pixels, radius: points larger than this hide what is behind their neighbours too


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
