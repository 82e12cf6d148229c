"""Values that spread over a picture and stop at its edges: a sparse Laplacian, solved from coarse to fine."""

import numpy as np
from numpy import ndarray

from marrow.draw import exact

FIXED = 1e6        # a hold of so much: the value stays
SMALLEST = 6       # pixels of the coarsest grid's shorter side
SWEEPS = 40
EDGE = 0.035       # difference of two pixels' colours (0..1) that ties them e times less
LEAST = 1e-4       # no two neighbours are tied less
SMALL = 256        # pixels of the longer side, about, of a picture small enough that all its edges are sharp


def ties(pixels: ndarray) -> tuple[ndarray, ndarray]:
    """How much each pixel is tied to the one at its right and below: much where their colours are alike.

    Only an edge that is left in a small picture without grain parts anything; a soft one parts where it is steepest.

    pixels     (h, w, 3) uint8 sRGB
    returns    two (h, w) float64
    source     Levin, Lischinski, Weiss, Colorization using Optimization, SIGGRAPH 2004
    test       grain, dust and a scratch part nothing, a soft edge does
    """
    from scipy import ndimage

    reach = max(1, round(max(pixels.shape) / SMALL))
    colour, plain = pixels.astype(np.float64) / 255, _plain(pixels, reach)
    made = []
    for axis in (1, 0):
        off, wide, kept = _across(colour, axis, 1), _across(colour, axis, reach), _across(plain, axis, 1)
        steepest = wide == ndimage.maximum_filter1d(wide, 2 * reach + 1, axis)
        kept = ndimage.maximum_filter(kept, 3).repeat(reach, 0).repeat(reach, 1)
        off = np.minimum(np.where(steepest, wide, off), kept[:off.shape[0], :off.shape[1]])
        made.append(LEAST + exact.exp(-(off / EDGE) ** 2))
        made[-1][(slice(None), -1) if axis else -1] = 0
    return made[0], made[1]


def _plain(pixels: ndarray, reach: int) -> ndarray:
    """The picture so many times smaller, what is thinner than a pixel of it left out: 0..1."""
    from scipy import ndimage

    pads = [(0, -side % reach) for side in pixels.shape[:2]]
    whole = np.pad(pixels, (*pads, (0, 0)), mode="edge")
    height, width = (side // reach for side in whole.shape[:2])
    return ndimage.median_filter(whole.reshape(height, reach, width, reach, 3).mean((1, 3)), (3, 3, 1)) / 255


def _across(field: ndarray, axis: int, reach: int) -> ndarray:
    """How much colours change between each pixel and the next, over so many pixels on both sides: (h, w)."""
    spots = np.arange(field.shape[axis])
    ahead = np.take(field, np.minimum(spots + reach, spots[-1]), axis)
    return np.abs(ahead - np.take(field, np.maximum(spots + 1 - reach, 0), axis)).max(2)


def spread(wish: ndarray, hold: ndarray, right: ndarray, down: ndarray) -> ndarray:
    """Find the smoothest values that are as wished where they are held.

    wish           (h, w, k);  hold: (h, w) how much the wish counts, FIXED or more: nothing else does
    right, down    (h, w) how much a pixel is tied to the one at its right and below
    returns        (h, w, k) float64
    test           between two held ends of a line: the straight line; nothing passes where there is no tie
    """
    from marrow.places.lifting import kernels

    height, width = hold.shape
    if min(height, width) > SMALLEST:
        halves = _halved(wish, hold, right, down)
        start = spread(*halves).repeat(2, 0).repeat(2, 1)[:height, :width]
    else:
        whole = max(float(hold.sum()), 1e-12)
        start = np.broadcast_to((wish * hold[..., None]).sum((0, 1)) / whole, wish.shape)
    values = np.ascontiguousarray(np.where(hold[..., None] >= FIXED, wish, start), np.float64)
    kernels.relaxed(values, *(np.ascontiguousarray(each, np.float64) for each in (hold, right, down, wish)), SWEEPS)
    return values


def next_to(chosen: ndarray) -> tuple[ndarray, ndarray]:
    """Row and column of the chosen pixel next to each pixel: two (h, w)."""
    from scipy import ndimage

    return tuple(ndimage.distance_transform_edt(~chosen, return_distances=False, return_indices=True))


def evened(values: ndarray, cut: float, reach: int) -> ndarray:
    """Make of values that were spread steps and slopes: what rises by more than `cut` in a few pixels rises at once.

    values    (h, w) float64;  reach: pixels
    source    Kramer, Bruckner, Iterations of a Non-linear Transformation, 1975; Mumford, Shah, 1989
    test      a steep ramp becomes a step, a small step a slope
    """
    from scipy import ndimage

    for _ in range(3):
        low, high = (each(values, 2 * reach + 1) for each in (ndimage.minimum_filter, ndimage.maximum_filter))
        values = np.where(high - low > 2 * cut, np.where(values - low > high - values, high, low), values)
    right, down = (np.pad(np.where(np.abs(np.diff(values, axis=axis)) < cut, 1, LEAST), ((0, 1 - axis), (0, axis)))
                   for axis in (1, 0))
    return spread(values[..., None], np.full(values.shape, (4.0 * reach) ** -2), right, down)[..., 0]


def _halved(wish: ndarray, hold: ndarray, right: ndarray, down: ndarray) -> tuple[ndarray, ...]:
    """The same question on a grid half as fine."""
    pads = [(0, side % 2) for side in hold.shape]
    wish = np.pad(wish, [*pads, (0, 0)])
    hold, right, down = (np.pad(each, pads) for each in (np.minimum(hold, 8.0), right, down))
    four = [(slice(y, None, 2), slice(x, None, 2)) for y in (0, 1) for x in (0, 1)]
    held = sum(hold[each] for each in four)
    total = sum(wish[each] * hold[each][..., None] for each in four)
    across = np.minimum(right[:, 0::2], right[:, 1::2])
    along = np.minimum(down[0::2], down[1::2])
    return (total / np.maximum(held, 1e-12)[..., None], held, (across[0::2] + across[1::2]) / 2,
            (along[:, 0::2] + along[:, 1::2]) / 2)
