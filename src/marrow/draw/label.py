"""Words over a picture: subtitles, the corner label of machine-made shots, and the slate that stands in.

An overlay is made once and burnt into every frame that shows it. It holds its own soft halo, so that it can be read
on white paper and on a black night alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy import ndarray

from marrow.draw import INK, PAPER, SEAL, colour
from marrow.draw.card import compose
from marrow.draw.lines import is_han
from marrow.draw.noise import blur
from marrow.draw.paper import sheet
from marrow.draw.type import Line, Style, break_lines, coverage, refuse_missing, set_line
from marrow.errors import InputError

LEGAL = 0.05  # height of a label's characters in short sides, at least (GB 45438-2025, 5.1)
Corner = Literal["upper-left", "upper-right"]
Tone = Literal["paper", "ink"]
WORDS = {"paper": ("#fbf6ec", "#14110f"), "ink": (INK, "#f6efe0")}  # colour of the words, of their halo


@dataclass(frozen=True)
class Overlay:
    """Words ready to be burnt in: only their own rectangle of the picture.

    left, top    of the rectangle, pixels
    light        (height, width, 3) float32 linear light that is added
    veil         (height, width, 1) float32, the share of the picture that shines through
    """

    left: int
    top: int
    light: ndarray
    veil: ndarray


def burn(frame: ndarray, overlay: Overlay) -> ndarray:
    """Lay an overlay over a frame, in linear light.

    frame      (height, width, 3) uint8 sRGB; not changed
    returns    a new frame; outside the overlay's rectangle every pixel is as it was
    test       identity outside the rectangle; equal to blending the whole picture in linear light
    """
    burnt = frame.copy()
    high, wide = overlay.veil.shape[:2]
    part = burnt[overlay.top:overlay.top + high, overlay.left:overlay.left + wide]
    part[:] = colour.srgb(colour.linear(part) * overlay.veil + overlay.light)
    return burnt


@lru_cache(maxsize=64)
def subtitle(size: tuple[int, int], words: str, below: str = "", *, tone: Tone = "paper", font: str = "") -> Overlay:
    """Set a subtitle: Chinese, with English smaller below it, centred above the lower edge.

    size       (width, height) of the picture
    words      at most two lines
    below      the other language, at most two lines, "" for none
    tone       pale words for dark pictures, or ink for pale ones; either can be read on both (see `tone_for`)
    raises     InputError  a character the font lacks, words that two lines do not hold, no words at all
    """
    if not (words + below).strip():
        raise InputError("type.empty")
    refuse_missing(words + below, font)
    unit = min(size)
    lower = size[1] - unit * 0.062
    rows: list[tuple[Line, float]] = []
    for text, em, weight, tracking in ((below, 0.036, 450, 0.03), (words, 0.053, 450, 0.06)):
        lines = _two(text, Style(unit * em, weight, tracking, font), size[0] * 0.86)
        for line in reversed(lines):
            rows.append((line, lower))
            lower -= line.style.size * 1.32
        lower -= unit * 0.012 if lines else 0
    ink = coverage(size, [line.paint((size[0] - line.width) / 2, base) for line, base in rows])
    return _haloed(ink, unit * 0.05, tone)


def tone_for(frame: ndarray) -> Tone:
    """Choose the tone of a subtitle from the picture it first appears on: ink where its lower part is pale.

    frame    (height, width, 3) uint8 sRGB
    """
    height, width = frame.shape[:2]
    under = frame[int(height * 0.8):int(height * 0.96), int(width * 0.2):int(width * 0.8)]
    return "ink" if float(colour.linear(under).mean()) > 0.3 else "paper"


def _two(text: str, style: Style, width: float) -> list[Line]:
    """The text in at most two lines, up to a sixth smaller where that helps."""
    if not text.strip():
        return []
    for shrink in (1.0, 0.94, 0.88, 0.84):
        smaller = Style(style.size * shrink, style.weight, style.tracking, style.font)
        lines = break_lines(text.strip(), smaller, width, 2)
        if lines:
            return [set_line(line, smaller) for line in lines]
    raise InputError("type.subtitle_long", count=len(text), words=text)


@lru_cache(maxsize=64)
def corner_label(size: tuple[int, int], words: str, *, corner: Corner = "upper-left",
                 tone: Tone = "paper", font: str = "") -> Overlay:
    """Set a label in an upper corner, its characters at least 5 % of the picture's short side high.

    Chinese characters and capitals are held to that height; what is too long for one line is broken.

    size       (width, height) of the picture
    raises     InputError  a character the font lacks, words that do not fit in three lines
    source     GB 45438-2025, 5.1: height of the characters of a visible label
    test       the ink of a capital or a Chinese character, measured in pixels, is 5 % of the short side or more
    """
    if not words.strip():
        raise InputError("type.empty")
    refuse_missing(words, font)
    unit = min(size)
    tall = 0.725 if any(not is_han(char) and char.isalnum() for char in words) else 0.875
    style = Style(unit * LEGAL * 1.03 / tall, 500, 0.05, font)
    lines = break_lines(words.strip(), style, size[0] * 0.9, 3)
    if lines is None:
        raise InputError("type.long", count=len(words), width=size[0], height=size[1])
    margin, base = unit * 0.055, unit * 0.05
    painted = []
    for text in lines:
        line = set_line(text, style)
        base += style.size * (0.88 if not painted else 1.3)
        painted.append(line.paint(margin if corner == "upper-left" else size[0] - margin - line.width, base))
    return _haloed(coverage(size, painted), style.size, tone)


def _haloed(ink: ndarray, em: float, tone: Tone) -> Overlay:
    """Words in a halo of the opposite tone: dense at the edge of each stroke, then fading."""
    reach = int(em * 0.9) + 2
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    top, left = max(rows[0] - reach, 0), max(columns[0] - reach, 0)
    part = np.pad(ink[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1], reach)
    edge = np.clip(blur(part, em * 0.04) * 3, 0, 1) * np.float32(0.86)
    glow = np.clip(blur(part, em * 0.22) * 1.6, 0, 1) * np.float32(0.62)
    halo = 1 - (1 - edge) * (1 - glow)
    words, around = map(colour.hex, WORDS[tone])
    skip_y, skip_x = top - (rows[0] - reach), left - (columns[0] - reach)
    part, halo = (each[skip_y:, skip_x:][:ink.shape[0] - top, :ink.shape[1] - left, None] for each in (part, halo))
    light = words * part + around * (halo * (1 - part))
    return Overlay(int(left), int(top), light.astype(np.float32), ((1 - part) * (1 - halo)).astype(np.float32))


def printed(paper: ndarray, ink: ndarray, paint: str, depth: float = 0.985) -> ndarray:
    """Paper with ink on it: (height, width, 3) linear light; a little of the paper shows through."""
    return paper + (colour.hex(paint) - paper) * (np.float32(depth) * ink[..., None])


def slate(size: tuple[int, int], lines: Sequence[str], *, font: str = "") -> ndarray:
    """Make the picture that stands in where a shot could not be made, saying what is missing.

    lines      the first is set large; what the font lacks is shown as □, so that a slate never fails for a name
    returns    (height, width, 3) uint8 sRGB
    """
    from marrow.draw.font import missing

    words = "\n".join(lines)
    for char in missing(words, font):
        words = words.replace(char, "□")
    try:
        card = compose(words, size, layout="left", font=font)
    except InputError:  # too long a message is cut rather than refused: something must stand in
        card = compose("\n".join(line[:40] for line in words.splitlines()[:4]) or "—", size, layout="left", font=font)
    paper = sheet(size, PAPER)
    return colour.srgb(printed(printed(paper, card.ink, INK), card.seal, SEAL))
