"""Values that spread over a picture and stop at its edges: a sparse Laplacian, solved from coarse to fine."""

import numpy as np
from numpy import ndarray

from marrow.draw import exact

FIXED = 1e6        # a hold of so much: the value stays
SMALLEST = 6       # pixels of the coarsest grid's shorter side
SWEEPS = 40
EDGE = 0.035       # difference of two pixels' colours (0..1) that ties them e times less
LEAST = 1e-4       # no two neighbours are tied less


def ties(pixels: ndarray) -> tuple[ndarray, ndarray]:
    """How much each pixel is tied to the one at its right and below: much where their colours are alike.

    pixels     (h, w, 3) uint8 sRGB
    returns    two (h, w) float64
    source     Levin, Lischinski, Weiss, Colorization using Optimization, SIGGRAPH 2004
    """
    colour = pixels.astype(np.float64) / 255
    made = []
    for axis in (1, 0):
        off = np.abs(np.diff(colour, axis=axis)).max(2)
        tie = LEAST + exact.exp(-(off / EDGE) ** 2)
        made.append(np.pad(tie, ((0, 1 - axis), (0, axis))))
    return made[0], made[1]


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
