"""Light that differs from side to side: real spherical harmonics of degree 0 to 3, in the order and signs of 3DGS.

source    Sloan, Efficient Spherical Harmonic Evaluation, JCGT 2013; Kerbl et al., 3D Gaussian Splatting, 2023
"""

from dataclasses import replace
from functools import cache

import numpy as np
from numpy import ndarray

from marrow.draw import colour
from marrow.media import Splats
from marrow.rotations import from_matrix, multiply

FLAT = 0.28209479177387814                  # degree 0
FIRST = 0.4886025119029199                  # degree 1
SECOND = 1.0925484305920792, 0.31539156525252005, 0.5462742152960396
THIRD = 0.5900435899266435, 2.890611442640554, 0.4570457994644658, 0.3731763325901154, 1.445305721320277
PARTS = ((0, 1), (1, 4), (4, 9), (9, 16))   # first and last + 1 of each degree


def basis(ways: ndarray, count: int = 16) -> ndarray:
    """The functions of the first degrees in some directions.

    ways       (..., 3) unit;  count: 1, 4, 9 or 16
    returns    (..., count) float64
    test       orthonormal over the sphere
    """
    x, y, z = np.moveaxis(np.asarray(ways, np.float64), -1, 0)
    xx, yy, zz = x * x, y * y, z * z
    made = [np.full_like(x, FLAT), -FIRST * y, FIRST * z, -FIRST * x,
            SECOND[0] * x * y, -SECOND[0] * y * z, SECOND[1] * (2 * zz - xx - yy), -SECOND[0] * x * z,
            SECOND[2] * (xx - yy),
            -THIRD[0] * y * (3 * xx - yy), THIRD[1] * x * y * z, -THIRD[2] * y * (4 * zz - xx - yy),
            THIRD[3] * z * (2 * zz - 3 * xx - 3 * yy), -THIRD[2] * x * (4 * zz - xx - yy),
            THIRD[4] * z * (xx - yy), -THIRD[0] * x * (xx - 3 * yy)]
    return np.stack(made[:count], axis=-1)


def shown(harmonics: ndarray, ways: ndarray) -> ndarray:
    """Display (sRGB) colour of splats seen along directions, 0 and up.

    harmonics    (n, k, 3);  ways: (n, 3) or (3,) unit, from the eye to the splat
    returns      (n, 3) float64
    """
    known = basis(ways, harmonics.shape[1])[..., None]
    return np.maximum(0.5 + (np.asarray(harmonics, np.float64) * known).sum(axis=-2), 0)


def plain(harmonics: ndarray) -> ndarray:
    """The light of splats without what changes from side to side: (n, 3) float32 linear."""
    return colour.light(np.clip(0.5 + FLAT * harmonics[:, 0].astype(np.float64), 0, 1))


def from_plain(light: ndarray) -> ndarray:
    """Harmonics (n, 1, 3) float32 of splats that look the same from every side, of 8 bits.

    light    (n, 3) linear
    """
    return ((colour.srgb(light) / 255 - 0.5) / FLAT).astype(np.float32)[:, None]


def turned(harmonics: ndarray, turn: ndarray) -> ndarray:
    """Harmonics of the same light, when what shines is turned.

    harmonics    (n, k, 3);  turn: (3, 3) rotation
    returns      (n, k, 3) float32
    test         turned(c, R) in direction R d = c in direction d; half a circle only changes signs, to the last bit
    """
    made = np.array(harmonics, np.float32)
    for first, last in PARTS[1:]:
        if last > harmonics.shape[1]:
            break
        part = harmonics[:, first:last].astype(np.float64)
        for row, weights in enumerate(_matrix(first, last, np.asarray(turn, np.float64))):
            total = np.zeros_like(part[:, 0])
            for column, weight in enumerate(weights.tolist()):  # by hand: the same order on every machine
                if weight:
                    total += weight * part[:, column]
            made[:, first + row] = total
    return made


def splats_turned(splats: Splats, turn: ndarray) -> Splats:
    """Splats carried by a rotation: their own axes and their light.

    turn    (3, 3)
    """
    turns = multiply(from_matrix(np.asarray(turn, np.float64)), splats.turns).astype(np.float32)
    return replace(splats, turns=turns, harmonics=turned(splats.harmonics, turn))


def _matrix(first: int, last: int, turn: ndarray) -> ndarray:
    """What takes the coefficients of one degree to those of the turned light, to 12 digits."""
    ways = _ways()
    back = np.stack([(ways * turn[:, axis]).sum(axis=1) for axis in range(3)], axis=1)
    known = np.linalg.pinv(basis(ways)[:, first:last])
    return np.round(known @ basis(back)[:, first:last], 12)


@cache
def _ways() -> ndarray:
    """Directions all round, (64, 3)."""
    height = 1 - (2 * np.arange(64) + 1) / 64
    angle = np.arange(64) * np.pi * (3 - 5**0.5)
    wide = np.sqrt(1 - height * height)
    return np.stack([wide * np.cos(angle), height, wide * np.sin(angle)], axis=1)
