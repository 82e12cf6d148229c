"""A camera over a flat picture: where it looks at each moment, and what it sees, smooth below a pixel."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import log, pi, sin
from typing import Literal

import numpy as np
from numpy import ndarray
from PIL import Image

from marrow.draw import PAPER, colour
from marrow.draw.noise import blur
from marrow.draw.paper import sheet
from marrow.progress import progress

RAMP = 0.3          # share of the way on which the camera gains speed, and loses it again
FINE = 1.5          # picture pixels kept for one pixel on screen: enough for a sharp picture at any sub-pixel place
ROOM, EDGE = 0.80, 0.016  # of the picture's sides that a photo on paper takes; its white edge, of the short side
WHITE = "#faf7f0"   # baryta paper of an old print
STRIP = 256         # rows made linear at once


@dataclass(frozen=True)
class Window:
    """What the camera sees of a picture: centre and width, in its pixels; the height follows from the screen."""

    x: float
    y: float
    width: float


@dataclass(frozen=True)
class Journey:
    """The way of the camera from one window to another: one fixed point, or a straight pan."""

    start: Window
    end: Window

    def at(self, share: float) -> Window:
        """The window after a share of the time: it grows by equal factors in equal parts of the way.

        test    every window lies inside the hull of the two ends, so never beyond the picture
        """
        way = eased(share)
        grown = log(self.end.width / self.start.width)
        part = way if abs(grown) < 1e-9 else (np.exp(grown * way) - 1) / (np.exp(grown) - 1)
        first, last = self.start, self.end
        return Window(*(a + (b - a) * float(part) for a, b in
                        ((first.x, last.x), (first.y, last.y), (first.width, last.width))))


def eased(share: float) -> float:
    """Share of the way after a share of the time: the camera starts and stops gently and is steady between.

    test    0 at 0, 1 at 1, symmetric, never backwards; steady speed in the middle 40 % of the time
    """
    if share > 0.5:
        return 1 - eased(1 - share)
    done = share / 2 - RAMP / (2 * pi) * sin(pi * share / RAMP) if share < RAMP else share - RAMP / 2
    return done / (1 - RAMP)


def journey(picture: tuple[float, float], screen: tuple[int, int], *, zoom: float, focus: tuple[float, float],
            drift: tuple[float, float]) -> Journey:
    """The camera's way over a picture, always inside it.

    picture    (width, height) in pixels; `screen` gives the shape of what is seen
    zoom       size of things at the end against the start
    focus      (x, y) 0..1: what the last window is centred on, as near as the edges allow
    drift      (x, y) share of the picture that the centre travels; room is made for it by looking closer
    """
    sides = np.array(picture, float)
    shape = np.array((1.0, screen[1] / screen[0]))
    widest = float((sides / shape).min())
    travel = np.array(drift) * sides
    widest = min(widest, float(((sides - np.abs(travel)) / shape).min()))
    first, last = (widest, widest / zoom) if zoom >= 1 else (widest * zoom, widest)
    low, high = (np.array([width * shape / 2, sides - width * shape / 2]) for width in (first, last))
    end = np.clip(np.array(focus) * sides, *high)
    start = np.clip((np.array(focus) * sides if not travel.any() else end) - travel, *low)
    end = np.where(travel != 0, np.clip(start + travel, *high), end)
    return Journey(Window(*map(float, start), first), Window(*map(float, end), last))


def laid(pixels: ndarray, screen: tuple[int, int], zoom: float,
         fit: Literal["cover", "paper"]) -> tuple[ndarray, tuple[float, float]]:
    """A photograph ready to be filmed: linear light, no finer than the screen can use, on paper if wanted.

    pixels     (height, width, 3 or 4) uint8 sRGB; what is clear lets the paper's colour through
    returns    (height, width, 3) float32 linear light; its (width, height), the last pixel perhaps only in part
    """
    if fit == "paper":
        paper = _on_paper(pixels, screen, max(zoom, 1 / zoom))
        return paper, paper.shape[1::-1]
    height, width = pixels.shape[:2]
    seen = min(width / screen[0], height / screen[1]) / max(zoom, 1 / zoom)
    factor = max(1, int(seen / FINE))
    return coarser(pixels, factor), (width / factor, height / factor)


def coarser(pixels: ndarray, factor: int) -> ndarray:
    """Mean light of squares of `factor` pixels; squares that are cut at the right and below go on with their edge.

    returns    (height / factor, width / factor, 3), rounded up, float32 linear light
    test       a flat grey stays that grey; a fine chequer becomes half its light, not half its value
    """
    height, width = (-(-side // factor) for side in pixels.shape[:2])
    made = np.empty((height, width, 3), np.float32)
    step = max(1, STRIP // factor)
    for top in range(0, height, step):
        rows = pixels[top * factor:(top + step) * factor]
        lacking = min(step, height - top) * factor - len(rows), width * factor - rows.shape[1]
        light = _opaque(np.pad(rows, ((0, lacking[0]), (0, lacking[1]), (0, 0)), "edge") if any(lacking) else rows)
        if factor > 1:
            light = light.reshape(-1, factor, width, factor, 3).mean(axis=(1, 3))
        made[top:top + step] = light
    return made


def filmed(picture: ndarray, way: Journey, screen: tuple[int, int], count: int) -> Iterator[ndarray]:
    """What the camera sees, frame by frame.

    picture    (height, width, 3) float32 linear light
    screen     (width, height)
    yields     `count` frames (height, width, 3) uint8 sRGB
    test       a dot's centre follows the window within 0.05 pixel; a window of the screen's size changes nothing
    """
    planes = [Image.fromarray(np.ascontiguousarray(picture[..., channel])) for channel in range(3)]
    height, width = picture.shape[:2]
    for number in progress(range(count), "frames.still"):
        seen = way.at(number / max(1, count - 1))
        half = seen.width / 2, seen.width * screen[1] / screen[0] / 2
        box = (max(0.0, seen.x - half[0]), max(0.0, seen.y - half[1]),
               min(float(width), seen.x + half[0]), min(float(height), seen.y + half[1]))
        light = np.stack([plane.resize(screen, Image.Resampling.LANCZOS, box) for plane in planes], axis=-1)
        yield colour.srgb(light)


def _opaque(pixels: ndarray) -> ndarray:
    light = colour.linear(pixels[..., :3])
    if pixels.shape[2] == 3:
        return light
    share = (pixels[..., 3:] / np.float32(255)).astype(np.float32)
    return light * share + colour.hex(PAPER) * (1 - share)


def _on_paper(pixels: ndarray, screen: tuple[int, int], zoom: float) -> ndarray:
    """A print with a thin white edge and a soft shadow, lying on rice paper."""
    finer = min(2.0, 1.25 * zoom)
    wide, high = (2 * round(side * finer / 2) for side in screen)
    edge = max(2, round(EDGE * min(wide, high)))
    share = min((wide * ROOM - 2 * edge) / pixels.shape[1], (high * ROOM - 2 * edge) / pixels.shape[0])
    inner = max(1, round(pixels.shape[1] * share)), max(1, round(pixels.shape[0] * share))
    light = coarser(pixels, max(1, int(1 / share / FINE)))
    planes = [Image.fromarray(np.ascontiguousarray(light[..., channel])) for channel in range(3)]
    photo = np.stack([plane.resize(inner, Image.Resampling.LANCZOS) for plane in planes], axis=-1)
    left, top = (wide - inner[0]) // 2, (high - inner[1]) // 2
    outer = slice(top - edge, top + inner[1] + edge), slice(left - edge, left + inner[0] + edge)
    ground = np.zeros((high, wide), np.float32)
    ground[outer] = 1
    shade = np.roll(blur(ground, edge * 0.9), (edge // 2, edge // 3), (0, 1)) * 0.30 + blur(ground, edge * 3.5) * 0.22
    paper = sheet((wide, high), PAPER) * (1 - shade[..., None])
    paper[outer] = colour.hex(WHITE)
    paper[top:top + inner[1], left:left + inner[0]] = np.clip(photo, 0, 1) * np.float32(0.97)
    return paper
