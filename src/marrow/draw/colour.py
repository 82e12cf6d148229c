"""Light and colour: pictures are mixed in linear light and kept as sRGB.

Half of white ink on black is grey 188, not 128; every picture that blends anything goes through these two
curves, so that edges, fades and glows look the same everywhere.
"""

import numpy as np
from numpy import ndarray

from marrow.contents import Remark, tell_of
from marrow.draw import exact

ABOVE = 1.5     # of white: as bright may colours to 1 be, by rounding or a lamp
BINS = 16384  # narrower than the narrowest of the 256 steps (1/3295 of the range), so one comparison settles a bin


def _curve(value: ndarray) -> ndarray:
    """The sRGB curve, encoded 0..1 to linear 0..1, in float64."""
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


LINEAR = _curve(np.arange(256) / 255).astype(np.float32)
EDGES = np.append(_curve((np.arange(255) + 0.5) / 255), np.inf).astype(np.float32)  # light at which a value rounds up
FIRST = np.searchsorted(EDGES, np.arange(BINS + 1, dtype=np.float32) / BINS, side="right").astype(np.uint8)
FIRST[0] = 0


def linear(picture: ndarray) -> ndarray:
    """Turn sRGB values into linear light.

    picture    (...) uint8 sRGB
    returns    (...) float32 linear light, 0..1
    source     IEC 61966-2-1
    """
    return LINEAR[picture]


def light(shown: ndarray) -> ndarray:
    """Linear light of sRGB values that are not of 8 bits.

    shown      (...) float sRGB, 0..1
    returns    (...) float32 linear light, the same bits on every machine
    test       light(k / 255) = linear(k)
    """
    value = np.asarray(shown, np.float64)
    return np.where(value <= 0.04045, value / 12.92, exact.power((value + 0.055) / 1.055, 2.4)).astype(np.float32)


def srgb(light: ndarray) -> ndarray:
    """Turn linear light into sRGB values, each rounded to the nearest of the 256.

    light      (...) float32 linear light; below 0 and NaN become 0, above 1 becomes 255
    returns    (...) uint8 sRGB
    source     IEC 61966-2-1
    test       srgb(linear(x)) = x for all 256; equal to the formula evaluated in double precision
    """
    light = np.minimum(np.fmax(np.asarray(light, np.float32), np.float32(0)), np.float32(1))
    value = FIRST[(light * np.float32(BINS)).astype(np.int32)]
    return value + (light >= EDGES[value])


class Shades:
    """The colours of one file as linear light, however it counts them: to 1, of 8 bits, 8 times 256, of 16 bits.

    That is seen from the first batch that has more than black in it and holds for the whole file; where a later batch
    goes beyond it, the file counts higher from there, and that is told.

    test    a white of each kind is 1; a dark batch after a bright one stays dark
    """

    def __init__(self, name: str, top: int = 0) -> None:
        self.name, self.top = name, top

    def light(self, values: ndarray) -> ndarray:
        """Colours (n, 3) of whole numbers or floats, as the file has them: (n, 3) float32 linear."""
        if values.dtype == np.uint8:
            return linear(values)
        values = np.clip(np.nan_to_num(values, posinf=0, neginf=0), 0, 65535)
        most = float(values.max(initial=0))
        if most > (ABOVE if self.top == 1 else self.top):
            if self.top in (1, 255):
                tell_of([Remark("cloud.shades", {"path": self.name, "top": self.top, "most": f"{most:g}"})])
            self.top = self._kind(values, most)
        steps = values.astype(np.float64) * (255 / max(self.top, 1))
        return linear(np.minimum(np.floor(steps + 0.5), 255).astype(np.uint8))

    def _kind(self, values: ndarray, most: float) -> int:
        if values.dtype.kind == "f" and (most <= 1 or (most <= ABOVE and (values % 1).any())):
            return 1
        if most <= 255:
            return 255
        return 65535 if (values.astype(np.int64) & 255).any() or self.top == 65280 else 65280


def hex(text: str) -> ndarray:
    """Turn "#rrggbb" into linear light: (3,) float32."""
    return linear(np.frombuffer(bytes.fromhex(text.removeprefix("#")), np.uint8))
