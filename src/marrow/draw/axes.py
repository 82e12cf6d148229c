"""Axes: which way the numbers of a file point, and how they become the studio's, Y up and right-handed.

    "y"      x right, y up, z towards us: the studio's own, glTF's
    "z"      x east, y north, z up: surveyors', LAS, E57
    "rdf"    x right, y down, z forward: cameras', 3DGS
"""

from typing import Literal

import numpy as np
from numpy import ndarray

Axes = Literal["y", "z", "rdf"]
ROWS = {"y": ((0, 1, 2), (1, 1, 1)), "z": ((0, 2, 1), (1, 1, -1)), "rdf": ((0, 1, 2), (1, -1, -1))}


def upright(places: ndarray, axes: Axes) -> ndarray:
    """Positions or directions (..., 3) of a file in the studio's axes, in their own precision; nothing is rounded.

    test    (x, y, z) with z up is (x, z, -y); lowered(upright(p)) = p
    """
    order, signs = ROWS[axes]
    return np.ascontiguousarray(places[..., order] * np.array(signs, places.dtype))


def lowered(places: ndarray, axes: Axes) -> ndarray:
    """Positions or directions (..., 3) of the studio in a file's axes: what `upright` turned, turned back."""
    order, signs = ROWS[axes]
    turned = places * np.array(signs, places.dtype)
    return np.ascontiguousarray(turned[..., np.argsort(order)])
