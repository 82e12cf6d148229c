"""From a decoded frame to a picture on the film's screen: colour, turning, pixel shape, size, HDR."""

from fractions import Fraction
from typing import Literal

import av
import numpy as np
from av.video.reformatter import ColorRange, Interpolation
from numpy import ndarray
from PIL import Image

from marrow.draw import colour

MATRICES = {1: 1, 4: 4, 5: 5, 6: 5, 7: 7, 9: 9, 10: 9}  # of a frame -> of the converter; BT.709 is 1, BT.601 is 5
PQ, HLG = 16, 18
FULL = 2
EXACT = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT | Interpolation.BITEXACT
WHITE = 203.0   # candela per square metre of paper white in HDR (ITU-R BT.2408)
KNEE = 0.75     # of paper white: light below it is left alone, light above is bent into the rest
BRIGHTEST = 1000 / WHITE
FROM_2020 = np.array(((1.6604910, -0.5876411, -0.0728499), (-0.1245505, 1.1328999, -0.0083494),
                      (-0.0181508, -0.1005789, 1.1187297)), np.float32)


class Developer:
    """Makes pictures of one size from frames of any file.

    size    (width, height)
    fit     "cover": cut to shape; "contain": the whole picture, black beside it
    shape   width of one pixel of the file over its height
    """

    def __init__(self, size: tuple[int, int], fit: Literal["cover", "contain"], shape: Fraction) -> None:
        self.size, self.fit, self.shape = size, fit, shape

    def developed(self, frame: av.VideoFrame) -> ndarray:
        """A frame as it should be seen: (height, width, 3) uint8 sRGB, turned upright, pixels made square."""
        bright = frame.color_trc in (PQ, HLG)
        pixels = self._placed(_rgb(frame, "rgb48le" if bright else "rgb24"), frame)
        return toned(pixels, frame.color_trc) if bright else pixels

    def _placed(self, pixels: ndarray, frame: av.VideoFrame) -> ndarray:
        turns = round(frame.rotation / 90) % 4
        pixels = np.ascontiguousarray(np.rot90(pixels, turns))
        height, width = pixels.shape[:2]
        box, inner = framing((width, height), 1 / self.shape if turns % 2 else self.shape, self.size, self.fit)
        if inner == (width, height) and box == (0, 0, width, height):
            scaled = pixels
        else:
            scaled = _scaled(pixels, inner, box)
        if inner == self.size:
            return scaled
        framed = np.zeros((self.size[1], self.size[0], 3), scaled.dtype)
        left, top = (self.size[0] - inner[0]) // 2, (self.size[1] - inner[1]) // 2
        framed[top:top + inner[1], left:left + inner[0]] = scaled
        return framed


def framing(picture: tuple[int, int], shape: Fraction, size: tuple[int, int],
            fit: Literal["cover", "contain"]) -> tuple[tuple[float, float, float, float], tuple[int, int]]:
    """Which part of a picture is seen, and how large it stands on the screen.

    picture    (width, height) in its own pixels
    shape      width of one pixel over its height
    returns    (left, top, right, bottom) in its pixels, (width, height) on screen
    test       a circle stays a circle, whatever the shape of the pixels
    """
    width, height = picture
    wide = width * shape / height / Fraction(*size)  # of the screen's shape
    if fit == "contain":
        inner = size[0] / max(Fraction(1), 1 / wide), size[1] / max(Fraction(1), wide)
        return (0, 0, width, height), (max(1, round(inner[0])), max(1, round(inner[1])))
    seen = width / max(Fraction(1), wide), height * min(Fraction(1), wide)
    left, top = (width - seen[0]) / 2, (height - seen[1]) / 2
    return tuple(float(each) if each % 1 else int(each) for each in
                 (left, top, left + seen[0], top + seen[1])), size


def toned(pixels: ndarray, curve: int) -> ndarray:
    """HDR brought to an ordinary screen: paper white stays white's neighbour, brighter light is bent below it.

    pixels     (height, width, 3) uint16, BT.2020, in the curve of PQ (16) or HLG (18)
    returns    (height, width, 3) uint8 sRGB
    source     ITU-R BT.2100 (curves), BT.2087 (primaries)
    test       light below 75 % of paper white keeps its value; nothing brighter becomes darker than something darker
    """
    value = pixels.astype(np.float32) / np.float32(65535)
    light = _pq(value) if curve == PQ else _hlg(value)
    light = np.maximum(light @ FROM_2020.T, 0)
    peak = light.max(axis=-1, keepdims=True)
    over = np.maximum(peak - KNEE, 0) / (BRIGHTEST - KNEE)
    bent = KNEE + (1 - KNEE) * np.minimum(1, np.log1p(over * 12) / np.log(np.float32(13)))
    return colour.srgb(light * np.where(peak > KNEE, bent / np.maximum(peak, 1e-6), 1))


def _pq(value: ndarray) -> ndarray:
    """Light over paper white, from PQ values 0..1."""
    root = value ** np.float32(1 / 78.84375)
    light = np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)
    return (light ** np.float32(1 / 0.1593017578125) * (10000 / WHITE)).astype(np.float32)


def _hlg(value: ndarray) -> ndarray:
    """Light over paper white on a screen of 1000 cd/m², from HLG values 0..1."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(value <= 0.5, value * value / 3, (np.exp((value - c) / a) + b) / 12)
    luma = scene @ np.array((0.2627, 0.6780, 0.0593), np.float32)
    return (scene * np.maximum(luma, 1e-6)[..., None] ** 0.2 * (1000 / WHITE)).astype(np.float32)


def _rgb(frame: av.VideoFrame, wanted: str) -> ndarray:
    """A frame as full-range RGB, by the matrix it names, else BT.709 for HD and BT.601 below."""
    if frame.format.is_rgb:
        return frame.to_ndarray(format=wanted)
    matrix = MATRICES.get(frame.colorspace, 1 if frame.height > 576 else 5)
    full = frame.color_range == FULL or frame.format.name.startswith(("yuvj", "gray"))
    turned = frame.reformat(format=wanted, src_colorspace=matrix, dst_colorspace=matrix, interpolation=int(EXACT),
                            src_color_range=ColorRange.JPEG if full else ColorRange.MPEG,
                            dst_color_range=ColorRange.JPEG)
    return turned.to_ndarray()


def _scaled(pixels: ndarray, size: tuple[int, int], box: tuple[float, float, float, float]) -> ndarray:
    if pixels.dtype == np.uint8:
        return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS, box))
    planes = [Image.fromarray(pixels[..., channel].astype(np.float32)) for channel in range(3)]
    light = np.stack([plane.resize(size, Image.Resampling.LANCZOS, box) for plane in planes], axis=-1)
    return np.clip(np.rint(light), 0, 65535).astype(np.uint16)
