"""What stands behind what: a picture wider than its frame, and a second layer where the first will move aside."""

from dataclasses import dataclass

import numpy as np
from numpy import ndarray

CLEAN = 1 / 150  # of the longer side: beside an edge so many pixels carry the colour of both its sides
SMOOTH = 0.06    # how much a seen pixel counts for the smooth part of a surface's colour
SEARCH = 24      # pixels round the edge from which grain is taken
LONG = 12        # pixels over which the slope of what goes on out of sight is measured


@dataclass(frozen=True)
class Canvas:
    """A picture, continued beyond its frame.

    near       (h, w) float32 one over the depth;  pixels: (h, w, 3) uint8 sRGB
    seen       (h, w) whether a pixel lies in the frame;  pads: rows above and below, columns left and right
    scale      pixels that the intended move shifts a point of near 1
    """

    near: ndarray
    pixels: ndarray
    seen: ndarray
    pads: tuple[int, int]
    scale: float

    def reached(self, near: ndarray) -> ndarray:
        """Which pixels the move can bring into the frame."""
        (rows, columns), (height, width) = self.pads, self.seen.shape
        y, x = np.arange(height)[:, None], np.arange(width)
        above, beside = np.maximum(rows - y, y - height + 1 + rows), np.maximum(columns - x, x - width + 1 + columns)
        return np.maximum(above, beside) <= near * self.scale + 2


def canvas(near: ndarray, pixels: ndarray, scale: float, most: float) -> Canvas:
    """Continue a picture beyond its frame as far as a move may show: mirrored, the ground below going on as a plane.

    near     (h, w) one over the depth, its edges sharp;  most: share of the picture's sides that is added at most
    """
    height, width = near.shape
    edges = (np.r_[near[0], near[-1]], np.r_[near[:, 0], near[:, -1]])
    rows, columns = (int(np.ceil(min(float(edge.max()) * scale + 2, most * side + 2)))
                     for edge, side in zip(edges, (height, width), strict=True))
    wide = np.pad(near, ((0, 0), (columns, columns)), mode="symmetric")
    made = np.concatenate([_onward(wide, rows)[::-1], wide, _onward(wide[::-1], rows)])
    pads = ((rows, rows), (columns, columns))
    seen = np.pad(np.ones((height, width), bool), pads)
    return Canvas(made.astype(np.float32), np.pad(pixels, (*pads, (0, 0)), mode="symmetric"), seen, (rows, columns),
                  scale)


def _onward(near: ndarray, count: int) -> ndarray:
    """Rows before the first, going on with its slope: (count, w), nearest first."""
    from scipy import ndimage

    last = min(LONG, len(near) - 1)
    slope = (near[0] - near[last]) / max(last, 1)
    slope = ndimage.median_filter(np.where(np.abs(slope) * last < 0.2 * near[0], slope, 0), 31, mode="nearest")
    made = near[0] + slope * np.arange(1, count + 1)[:, None]
    return np.clip(made, 0.5 * near[0], 1.5 * near[0])


@dataclass(frozen=True)
class Behind:
    """The second layer.

    there      (h, w) whether there is anything;  near: (h, w) one over its depth, elsewhere the first layer's
    pixels     (h, w, 3) uint8 sRGB
    off        (h, w) pixels to what is seen of that surface
    """

    there: ndarray
    near: ndarray
    pixels: ndarray
    off: ndarray


def hidden(made: Canvas, right: ndarray, down: ndarray) -> Behind:
    """Make up what stands behind the edges of the first layer, as far as a move shows it.

    right, down    (h, w) which pixels are one surface
    test           behind a thing before a plane the plane goes on, in depth and in colour
    """
    from marrow.places.lifting import behind_kernels as beyond

    tilt = beyond.slopes(made.near, right, down, LONG)
    most = max(2, max(made.seen.shape) // 5)
    seeds = beyond.behind(made.near, right, down, tilt, np.float32(made.scale), most)
    there = seeds[..., 0] >= 0
    row, column = np.maximum(seeds[..., 0], 0), np.maximum(seeds[..., 1], 0)
    y, x = np.mgrid[:there.shape[0], :there.shape[1]]
    off = np.where(there, np.sqrt((y - row) ** 2.0 + (x - column) ** 2.0), 0)
    onward = beyond.onward(made.near, tilt, seeds, np.float32(made.scale))
    near = np.where(there, np.minimum(onward, made.near - 0.5 / made.scale), made.near).astype(np.float32)
    near = _evened(near, there, made.scale)
    return Behind(there, near, _painted(made, there, near, seeds, off), off)


def _evened(near: ndarray, there: ndarray, scale: float) -> ndarray:
    """The depth behind without the seams between what was carried on from different sides."""
    from marrow.places.lifting import kernels

    if not there.any():
        return near
    right, down = (each.astype(np.float64) for each in kernels.joined(near, scale))
    wish = near.astype(np.float64)[..., None]
    values = wish.copy()
    kernels.relaxed(values, np.where(there, 0.05, 1e6), right, down, wish, 60)
    return np.where(there, values[..., 0], near).astype(np.float32)


def _painted(made: Canvas, there: ndarray, near: ndarray, seeds: ndarray, off: ndarray) -> ndarray:
    """Colours for what is behind: the smooth part spreads from what is seen of it, the grain is copied."""
    from scipy import ndimage

    from marrow.places.lifting import behind_kernels as beyond
    from marrow.places.lifting import kernels
    from marrow.places.lifting.solve import FIXED, next_to, spread

    if not there.any():
        return made.pixels
    right, down = (each.astype(np.float64) for each in kernels.joined(near, made.scale))
    unknown = there | _soiled(there, near, made, round(CLEAN * max(there.shape)))
    colour = made.pixels.astype(np.float64) / 255
    close = ndimage.maximum_filter(there, 2 * SEARCH + 1)
    start = np.where(there[..., None], colour[np.maximum(seeds[..., 0], 0), np.maximum(seeds[..., 1], 0)], colour)
    ahead = ~there & ((made.near - near[next_to(there)]) * made.scale > 1)
    hold = np.where(unknown | ahead, 0.0, np.where(close, SMOOTH, FIXED))
    smooth = spread(start, hold + np.where(there, 1e-5, 0), right, down)
    residue = np.where(unknown[..., None], 0, colour - smooth).astype(np.float32)
    filled = (~unknown & ~ahead).astype(np.uint8)
    order = np.argwhere(unknown)
    order = order[np.argsort(np.round(off[unknown], 3), kind="stable")]
    own = np.indices(there.shape)[[0, 1, 0, 1]].transpose(1, 2, 0)
    origins = np.where(there[..., None], seeds, own).astype(np.int32)
    beyond.grained(residue, filled, order, origins, near, np.float32(made.scale), SEARCH)
    return np.rint(np.clip(smooth + residue, 0, 1) * 255).astype(np.uint8)


def _soiled(there: ndarray, near: ndarray, made: Canvas, reach: int) -> ndarray:
    """Pixels of the far side so close to an edge that the near side's colour is mixed into theirs."""
    from scipy import ndimage

    side = 2 * reach + 1
    front = ndimage.maximum_filter(np.where(there, made.near, 0), side)
    return ~there & ((front - made.near) * made.scale > 1)
