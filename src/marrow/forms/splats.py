"""The columns of a PLY that 3D Gaussian Splatting writes, and back.

f_dc_0..2, f_rest_0.. (all of red, then green, then blue), opacity as a logit, scale_0..2 as logarithms, rot_0..3 wxyz;
x right, y down, z forward.
source    Kerbl et al., 3D Gaussian Splatting, 2023: github.com/graphdeco-inria/gaussian-splatting
"""

from typing import Literal

import numpy as np
from numpy import ndarray

from marrow.draw import axes, exact, harmonics
from marrow.media import Splats
from marrow.rotations import normalised

WORDS = ("f_dc_0", "f_dc_1", "f_dc_2", "opacity", "scale_0", "scale_1", "scale_2", "rot_0", "rot_1", "rot_2", "rot_3")
DENSEST = 16.0     # logit of the greatest opacity that is written
SMALLEST = 1e-12   # metres


def known(columns: dict[str, ndarray]) -> bool:
    """Whether columns are those of 3DGS."""
    return all(word in columns for word in WORDS)


def from_columns(columns: dict[str, ndarray], unit: float, said: Literal["y", "z", "rdf"]) -> Splats | None:
    """Splats in the studio's axes and metres, None where the columns are others; numbers that are none become 0.

    test    colours, scales and turns by the formulas of the paper; written and read again they are the same
    """
    if not known(columns):
        return None
    rest = sum(f"f_rest_{number}" in columns for number in range(45))
    rest = max(count for count in (0, 9, 24, 45) if count <= rest)
    terms = np.empty((len(columns["opacity"]), 1 + rest // 3, 3), np.float32)
    terms[:, 0] = _table(columns, "f_dc_", 3)
    terms[:, 1:] = _table(columns, "f_rest_", rest).reshape(len(terms), 3, rest // 3).transpose(0, 2, 1)
    with np.errstate(over="ignore"):
        scales = np.nan_to_num(exact.exp(np.minimum(_table(columns, "scale_", 3), 60)).astype(np.float64) * unit)
    opacity = 1 / (1 + exact.exp(-np.clip(np.nan_to_num(columns["opacity"].astype(np.float64)), -60, 60)))
    turns = normalised(_table(columns, "rot_", 4)).astype(np.float32)
    return upright(Splats(scales.astype(np.float32), turns, opacity.astype(np.float32), terms), said)


def to_columns(splats: Splats) -> dict[str, ndarray]:
    """The columns of splats in the studio's axes, turned to right, down, forward."""
    splats = harmonics.splats_turned(splats, _matrix("rdf").T)
    rest = splats.harmonics[:, 1:].transpose(0, 2, 1).reshape(len(splats.opacity), -1)
    share = np.clip(splats.opacity.astype(np.float64), 1e-12, 1 - 1e-12)
    logit = np.clip(exact.log(share) - exact.log(1 - share), -DENSEST, DENSEST)
    parts = {"f_dc_": splats.harmonics[:, 0], "f_rest_": rest, "opacity": logit[:, None],
             "scale_": exact.log(np.maximum(splats.scales.astype(np.float64), SMALLEST)), "rot_": splats.turns}
    return {word + (str(number) if word != "opacity" else ""): column.astype(np.float32)
            for word, part in parts.items() for number, column in enumerate(part.T)}


def upright(splats: Splats, said: Literal["y", "z", "rdf"]) -> Splats:
    """Splats of a file's axes in the studio's."""
    return splats if said == "y" else harmonics.splats_turned(splats, _matrix(said))


def _matrix(said: Literal["y", "z", "rdf"]) -> ndarray:
    """What turns a file's axes to the studio's, (3, 3)."""
    return axes.upright(np.eye(3), said).T


def _table(columns: dict[str, ndarray], word: str, count: int) -> ndarray:
    table = np.zeros((len(columns["opacity"]), count), np.float32)
    for number in range(count):
        table[:, number] = np.nan_to_num(columns[f"{word}{number}"].astype(np.float32), posinf=0, neginf=0)
    return table
