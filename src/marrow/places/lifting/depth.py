"""How far away each pixel is: what engines hand over, and what is made of it before it is trusted."""

from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from marrow.errors import EngineError

NEAREST, FARTHEST = 1e-3, 1e6   # metres that are believed


@dataclass(frozen=True)
class Depth:
    """How far ahead of the camera each pixel of a picture is, along its axis.

    metres        (h, w) float32; what is infinite, no number, or not above 0 is not known: the sky, mostly
    lens          mm on a back 36 mm wide, None where the engine does not know
    confidence    (h, w) float32 0..1, None where the engine does not say
    """

    metres: ndarray
    lens: float | None = None
    confidence: ndarray | None = None


def fitted(depth: Depth, shape: tuple[int, int], far: float) -> Depth:
    """A depth that can be trusted: of the picture's shape, every pixel a distance.

    far       metres for the pixels whose distance is not known
    raises    EngineError  no picture of numbers, or not one that is a distance
    """
    metres = np.asarray(depth.metres)
    if metres.ndim != 2 or metres.size == 0 or metres.dtype.kind not in "fiu":
        raise EngineError("lift.shape", found=" x ".join(map(str, metres.shape)) or "1")
    good = np.isfinite(metres) & (metres > 0)
    if not good.any():
        raise EngineError("lift.nothing")
    known = np.clip(np.where(good, metres, far), NEAREST, FARTHEST).astype(np.float32)
    sure = depth.confidence
    if sure is not None and np.shape(sure) != metres.shape:
        raise EngineError("lift.shape", found=" x ".join(map(str, np.shape(sure))))
    if sure is not None:
        sure = sized(np.clip(np.nan_to_num(np.asarray(sure, np.float32)), 0, 1), shape)
    return Depth((1 / sized(1 / known, shape)).astype(np.float32), _lens(depth.lens), sure)


def _lens(lens: float | None) -> float | None:
    return float(lens) if lens is not None and np.isfinite(lens) and 5 <= lens <= 1000 else None


def sized(field: ndarray, shape: tuple[int, int]) -> ndarray:
    """A field in another size: means where it shrinks, straight lines between its values where it grows."""
    from PIL import Image

    if field.shape == tuple(shape):
        return field.astype(np.float32)
    shrinks = field.shape[0] > shape[0] or field.shape[1] > shape[1]
    how = Image.Resampling.BOX if shrinks else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(field.astype(np.float32)).resize(shape[::-1], how))
