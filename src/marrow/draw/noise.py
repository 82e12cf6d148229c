"""Smooth chance: noise fields and blurring, the same at every resolution."""

import numpy as np
from numpy import ndarray


def noise(size: tuple[int, int], cells: float, seed: int) -> ndarray:
    """Draw a field of soft random clouds, `cells` of them along the short side.

    The lattice belongs to the seed and the picture's shape, never to its resolution: half the size is the same
    field, seen from further away.

    size       (width, height)
    returns    (height, width) float32, mean about 0, deviation 1 on the lattice
    test       the field at half size is the field reduced by two
    """
    from PIL import Image

    width, height = size
    step = min(size) / cells
    columns, rows = int(np.ceil(width / step)) + 4, int(np.ceil(height / step)) + 4
    dice = np.random.Generator(np.random.PCG64([seed, round(cells * 1000)]))
    lattice = np.zeros((rows, columns), np.float32)
    for row in range(rows):  # row by row, so that a taller picture goes on where the shorter one ended
        lattice[row] = (dice.random(512, np.float32)[:columns] if columns <= 512
                        else dice.random(columns, np.float32))
    lattice = (lattice - 0.5) * np.float32(12 ** 0.5)
    box = (2, 2, 2 + width / step, 2 + height / step)
    return np.asarray(Image.fromarray(lattice).resize(size, Image.Resampling.BICUBIC, box=box))


def blur(field: ndarray, radius: float) -> ndarray:
    """Soften a field as a Gaussian of standard deviation `radius` pixels would; nothing lies beyond its border.

    field      (height, width) float32
    returns    the same shape, float32
    source     three box filters: Wells, Efficient Synthesis of Gaussian Filters, PAMI 1986
    test       the sum is kept away from the border; the spread is radius²
    """
    if radius <= 0:
        return field.astype(np.float32)
    soft = field.astype(np.float64)
    for axis in (0, 1):
        for _ in range(3):
            soft = _box(soft, radius, axis)
    return soft.astype(np.float32)


def _box(field: ndarray, radius: float, axis: int) -> ndarray:
    """Mean over a box along one axis whose spread is exactly radius²/3: two whole boxes, mixed."""
    side = int(((4 * radius * radius + 1) ** 0.5 - 1) / 2)
    share = (radius * radius - side * (side + 1)) / (2 * (side + 1))
    pads = [(0, 0), (0, 0)]
    pads[axis] = (side + 2, side + 1)
    total = np.cumsum(np.pad(field, pads), axis=axis)
    count = field.shape[axis]

    def at(place: int) -> ndarray:
        return total[place:place + count] if axis == 0 else total[:, place:place + count]

    narrow = (at(2 * side + 2) - at(1)) / (2 * side + 1)
    wide = (at(2 * side + 3) - at(0)) / (2 * side + 3)
    return narrow + share * (wide - narrow)
