"""Rice paper: fibres, clouds and a soft edge, on which everything here is drawn."""

from functools import lru_cache

import numpy as np
from numpy import ndarray

from marrow.draw import colour
from marrow.draw.noise import noise

CLOUDS = ((2.3, 0.30), (6, 0.24), (19, 0.17), (64, 0.15), (230, 0.26), (520, 0.34))  # cells on the short side, share
FIBRES, REFERENCE = 420, 1440  # how many per square of side 1; the short side they are drawn at, in pixels


def sheet(size: tuple[int, int], paint: str, *, seed: int = 0, grain: float = 1.0) -> ndarray:
    """Lay down a sheet of rice paper.

    The same sheet at every resolution: a small proxy shows the paper of the large picture. Kept for the process,
    so asking again costs nothing; the sheet is read-only.

    size       (width, height)
    paint      "#rrggbb", the paper's mean colour in the middle
    seed       which sheet of the pile
    grain      0 flat colour, 1 as made, 2 rough
    returns    (height, width, 3) float32 linear light
    test       half the size is the sheet reduced by two, within 1 % of light
    """
    return _sheet(tuple(size), paint, seed, float(grain))


@lru_cache(maxsize=4)
def _sheet(size: tuple[int, int], paint: str, seed: int, grain: float) -> ndarray:
    light = colour.hex(paint)
    relief = sum(share * noise(size, cells, seed) for cells, share in CLOUDS)
    relief = relief * np.float32(0.023) + np.float32(0.13) * _fibres(size, seed)
    warmth = noise(size, 3.1, seed + 1) * np.float32(0.004)
    shade = 1 + np.float32(grain) * (relief - _vignette(size))
    tint = np.stack([warmth, np.zeros_like(warmth), -1.6 * warmth], axis=-1) * np.float32(grain)
    made = np.clip(light * (shade[..., None] + tint), 0, 1).astype(np.float32)
    made.setflags(write=False)
    return made


def _vignette(size: tuple[int, int]) -> ndarray:
    """How much light the corners lose: (height, width), 0 in the middle."""
    width, height = size
    x = (np.arange(width, dtype=np.float32) + 0.5) / width * 2 - 1
    y = (np.arange(height, dtype=np.float32) + 0.5) / height * 2 - 1
    far = (x * x)[None, :] * 0.55 + (y * y)[:, None] * 0.45
    return np.float32(0.2) * far * far


def _fibres(size: tuple[int, int], seed: int) -> ndarray:
    """Long thin curved fibres, pale and dark, sunk to different depths: (height, width) float32, about -1..1."""
    from PIL import Image, ImageDraw

    scale = REFERENCE / min(size)
    width, height = round(size[0] * scale), round(size[1] * scale)
    dice = np.random.Generator(np.random.PCG64([seed, 7]))
    total = np.zeros((size[1], size[0]), np.float32)
    for sign in (1, -1):
        layer = Image.new("L", (width, height))
        pen = ImageDraw.Draw(layer)
        for _ in range(round(FIBRES * width * height / REFERENCE ** 2)):
            path, depth, thick = _fibre(dice)
            start = dice.random(2) * (width, height)
            pen.line([tuple(each) for each in (path * REFERENCE + start).tolist()], depth, thick, joint="curve")
        total += sign * np.asarray(layer.resize(size, Image.Resampling.BOX if scale > 1 else
                                                Image.Resampling.BICUBIC), np.float32) / 255
    return total


def _fibre(dice: np.random.Generator) -> tuple[ndarray, int, int]:
    """One fibre from the origin: path (12, 2) in short sides, depth 0..255, thickness in reference pixels."""
    long = 0.012 + 0.09 * dice.random() ** 2.2
    bend = np.cumsum(np.concatenate([[dice.random() * 2 * np.pi], dice.normal(0, 0.16, 11)]))
    path = np.cumsum(np.stack([np.cos(bend), np.sin(bend)], axis=1), axis=0) * (long / 12)
    return path, int(40 + 150 * dice.random() ** 2), 1 + int(dice.random() < 0.35)
