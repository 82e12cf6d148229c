"""Lenses of photographs: which were taken with the same, how long it was, and pictures without its bend."""

from collections.abc import Sequence

import numpy as np
from numpy import ndarray

from marrow.places.photos.views import Photograph, View

DIAGONAL = 43.266615305567875  # mm, of film of 36 x 24 mm
USUAL = 1.2                    # focal length over the long side where nobody knows


def groups(photos: Sequence[Photograph]) -> tuple[int, ...]:
    """Number the cameras: photos of one size, lens and model share one, so that all of them together measure it.

    test    the same pictures without EXIF are one group; another lens or size is another group
    """
    known: dict[tuple, int] = {}
    return tuple(known.setdefault((each.size, round(each.lens, 1), each.model), len(known)) for each in photos)


def focal(photo: Photograph) -> float:
    """The focal length in pixels that a photo's EXIF states, or a usual one.

    source    CIPA DCG-001: 35 mm equivalents compare diagonals
    """
    wide, high = photo.size
    return photo.lens / DIAGONAL * float(np.sqrt(wide * wide + high * high)) or USUAL * max(wide, high)


def straightened(pixels: ndarray, view: View) -> ndarray:
    """What a pinhole would have seen: (height, width, 3) uint8, black where the photo has nothing.

    test    a grid bent by k1 and k2 is straight again
    """
    from scipy.ndimage import map_coordinates

    high, wide = pixels.shape[:2]
    if view.bend == (0.0, 0.0):
        return pixels
    focal = view.camera.focal
    x, y = np.meshgrid((np.arange(wide) + 0.5 - wide / 2) / focal, (np.arange(high) + 0.5 - high / 2) / focal)
    square = x * x + y * y
    stretch = 1 + square * (view.bend[0] + square * view.bend[1])
    where = [y * stretch * focal + high / 2 - 0.5, x * stretch * focal + wide / 2 - 0.5]
    return np.stack([map_coordinates(pixels[..., k], where, np.uint8, order=1, mode="constant") for k in range(3)], 2)
