"""Points of light, added up on the film as on a long exposure; near things veil what is behind them.

Light is counted in whole multiples of 2^-24 of a full pixel, whose sums are exact: neither the order of the points
nor the number of threads changes a bit of the picture.
"""

import numpy as np
from numpy import ndarray

from marrow.draw.points import front, relief

CELL = 4          # pixels, side of the squares in which points hide one another
GRAIN = 1 << 24   # parts of a full pixel


def shed(pixels: ndarray, depth: ndarray, light: ndarray, shape: tuple[int, int], *, travel: ndarray | None = None,
         blur: ndarray | None = None) -> ndarray:
    """Add up points of light; a point out of focus becomes a disc, one that moves a line, both as bright as the point.

    pixels     (n, 2) float32 as Camera.project gives them, when the shutter opens; what is outside is left out
    depth      (n,) metres, <= 0 behind the camera; light (n, 3) float32: pixels full of linear light that each sheds
    shape      (height, width)
    travel     (n, 2) float32 pixels that each moves until the shutter closes;  blur (n,) float32 radius of the disc
    returns    (3, height, width) float32
    test       all light arrives, centred on the point; order and threads change no bit; a disc is as bright within
               as its area says
    """
    import numba

    from marrow.draw import lights_kernels as kernels

    count = len(pixels)
    travel = np.zeros((count, 2), np.float32) if travel is None else np.ascontiguousarray(travel, np.float32)
    blur = np.zeros(count, np.float32) if blur is None else np.ascontiguousarray(blur, np.float32)
    depth = np.where((depth > 0) & np.isfinite(pixels).all(1) & np.isfinite(travel).all(1), depth, np.float32(-1))
    pixels, light = np.nan_to_num(pixels).astype(np.float32), np.ascontiguousarray(light, np.float32)
    total = kernels.dots(pixels, depth.astype(np.float32), blur, np.nan_to_num(travel), light, *shape,
                         numba.get_num_threads())
    return (np.moveaxis(total[1:-1, 1:-1], 2, 0) * np.float32(1 / GRAIN)).astype(np.float32)


def veiled(pixels: ndarray, depth: ndarray, shape: tuple[int, int], *, behind: float = 0.03, through: float = 0.2,
           form: float = 0.9) -> ndarray:
    """How much of its light each point sends through what is in front of it, less in folds: (n,) float32 0..1.

    behind     how far behind the nearest point round it a point still counts fully, as a share of the depth
    through    light that a hidden point keeps;  form: how much folds are darkened
    test       the nearest point of an open place keeps all; one far behind a near one keeps `through`
    """
    from PIL import Image

    small = -(-shape[0] // CELL), -(-shape[1] // CELL)
    nearest = front(pixels / np.float32(CELL), np.where(depth > 0, depth, np.inf).astype(np.float32),
                    np.zeros(len(depth), np.float32), small)
    with np.errstate(divide="ignore"):
        maps = 1 / nearest, 1 / (1 + np.float32(form) * relief(nearest, 2))
    grown = small[1] * CELL, small[0] * CELL
    inverse, shade = (np.asarray(Image.fromarray(each).resize(grown, Image.Resampling.BILINEAR)) for each in maps)
    with np.errstate(invalid="ignore"):
        column, row = np.nan_to_num(pixels).astype(np.int32).T
    column, row = np.clip(column, 0, shape[1] - 1), np.clip(row, 0, shape[0] - 1)
    past = depth * inverse[row, column] - np.float32(1 + behind)
    shown = 1 - np.clip(past * np.float32(0.5 / behind), 0, 1) * np.float32(1 - through)
    return (shown * shade[row, column]).astype(np.float32)
