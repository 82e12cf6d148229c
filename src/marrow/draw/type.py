"""Typography: lines and columns of Chinese and English, drawn to a fraction of a pixel.

A `Line` or `Column` is set once, measured by its ink (not by its advance), and placed by that ink, so that what is
centred looks centred whatever mark it ends with. The result is coverage, 0..1: how much of each pixel is ink. Blend
it in linear light (`marrow.draw.colour`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy import ndarray

from marrow.draw.font import advance, extent, face, font_file, kerning, missing
from marrow.draw.lines import Glyph, is_han, place, scripts, tidy, wrap
from marrow.errors import InputError

__all__ = ["Column", "Line", "Style", "break_lines", "coverage", "font_file", "refuse_missing", "set_column",
           "set_line"]

FINE = 4  # glyphs are drawn this many times larger and averaged: hinting vanishes, quarter pixels count
# marks as they stand in a column
UPRIGHT = dict(zip("，、。：；！？…（）｛｝〔〕【】《》〈〉「」『』“”‘’",
                   "︐︑︒︓︔︕︖︙︵︶︷︸︹︺︻︼︽︾︿﹀﹁﹂﹃﹄﹃﹄﹁﹂", strict=True))
MIDDLE = -0.38  # of the em box, from the base line, in em


@dataclass(frozen=True)
class Style:
    """How words look: size in pixels per em, weight 100..900, em between characters, font ("" is built in)."""

    size: float
    weight: int = 400
    tracking: float = 0.0
    font: str = ""

    def advance(self, char: str, latin: bool) -> float:
        """Width of a character in em."""
        return advance(char, self.font, self.weight, latin)

    def kern(self, before: str, after: str) -> float:
        """Em between two Latin letters."""
        return kerning(before, after, self.font)

    def extent(self, glyph: Glyph) -> tuple[float, float, float, float] | None:
        """Ink of a character in em from its pen position."""
        return extent(glyph.char, self.font, self.weight, glyph.latin)


@dataclass(frozen=True)
class Line:
    """One horizontal line: glyphs, and its ink (left, top, right, bottom) in pixels from pen and base line."""

    style: Style
    glyphs: tuple[Glyph, ...]
    ink: tuple[float, float, float, float]

    @property
    def width(self) -> float:
        """Pixels from the first ink to the last."""
        return self.ink[2] - self.ink[0]

    def paint(self, x: float, y: float) -> tuple[ndarray, int, int]:
        """Coverage of the line with its ink's left edge at `x` and its base line at `y`, and its left, top pixel."""
        return _paint(self.style, self.glyphs, self.ink, x - self.ink[0], y)


@dataclass(frozen=True)
class Column:
    """One vertical line: pieces (words, em from the top, turned), and its ink (top, bottom) in pixels."""

    style: Style
    pieces: tuple[tuple[str, float, bool], ...]
    ink: tuple[float, float]

    @property
    def height(self) -> float:
        """Pixels from the first ink to the last."""
        return self.ink[1] - self.ink[0]

    def paint(self, x: float, y: float) -> Iterable[tuple[ndarray, int, int]]:
        """Coverage of each piece with the column's middle at `x` and its ink's top at `y`, with left, top pixel."""
        size, top = self.style.size, y - self.ink[0]
        for words, at, turned in self.pieces:
            piece = _shape(words, _inner(self.style))
            if turned:  # painted as a line about 0, then a quarter turn clockwise about its middle
                along, across = top + at * size + piece.ink[0], x + MIDDLE * size
                whole = int(np.floor(along)), int(np.floor(across))
                mask, left, above = piece.paint(along - whole[0], 1 - (across - whole[1]))
                yield np.rot90(mask, -1), whole[1] + 1 - above - mask.shape[0], whole[0] + left
            else:
                yield _paint(self.style, piece.glyphs, piece.ink, x - _pen_width(piece) / 2,
                             top + (at + 0.5 - MIDDLE) * size)


def _inner(style: Style) -> Style:
    """The style of a word inside a column: spaced less than the column itself."""
    return replace(style, tracking=style.tracking / 4)


def _pen_width(line: Line) -> float:
    last = line.glyphs[-1]
    return (last.at + line.style.advance(last.char, last.latin)) * line.style.size


def set_line(words: str, style: Style) -> Line:
    """Set one line of words, as wide as they come.

    test    mirrored placement: a line centred in a picture has its ink's middle within 1 pixel of the axis
    """
    return _shape(tidy(words), style)


def _shape(words: str, style: Style) -> Line:
    glyphs = tuple(place(words, style.advance, style.tracking, style.kern))
    boxes = [(box, glyph.at) for glyph in glyphs if (box := style.extent(glyph))]
    if not boxes:
        return Line(style, glyphs, (0.0, 0.0, 0.0, 0.0))
    ink = (min(box[0] + at for box, at in boxes), min(box[1] for box, _ in boxes),
           max(box[2] + at for box, at in boxes), max(box[3] for box, _ in boxes))
    return Line(style, glyphs, tuple(side * style.size for side in ink))  # type: ignore[arg-type]


def break_lines(words: str, style: Style, width: float, most: int) -> list[str] | None:
    """Break words into at most `most` lines of at most `width` pixels; None where they do not fit.

    Lines the writer broke stay broken; each is broken further as evenly as it can be.
    """
    if len(words) > most * 400:  # no line of a picture holds so many; spares the search
        return None
    found: list[str] = []
    for paragraph in words.splitlines():
        lines = wrap(tidy(paragraph), width / style.size, style.advance, style.tracking, most - len(found))
        if lines is None:
            return None
        found += lines
    return found


def set_column(words: str, style: Style) -> Column:
    """Set one vertical column: Chinese upright with its own vertical marks, Latin words turned, short numbers upright.

    source    GB/T 15834-2011, 5.1.11; clreq 2.3
    test      every Chinese character's em box is centred on the column's axis
    """
    pieces, pen, top, bottom = [], 0.0, None, 0.0
    before = ""
    for run in _runs(tidy(words)):
        glyph = UPRIGHT.get(run, run)
        turned = len(run) > 2 or (not is_han(run[0]) and not (run.isdigit() and len(run) <= 2) and glyph == run)
        if before:
            pen += style.tracking + _squeeze(before, run)
        line = _shape(glyph, _inner(style))
        long = _pen_width(line) / style.size if turned else 1.0
        rise = 0.0 if turned else (0.5 - MIDDLE) * style.size
        low, high = (line.ink[0], line.ink[2]) if turned else (line.ink[1] + rise, line.ink[3] + rise)
        pieces.append((glyph, pen, turned))
        top = pen * style.size + low if top is None else top
        bottom = max(bottom, pen * style.size + high)
        pen, before = pen + long, run
    return Column(style, tuple(pieces), (top or 0.0, bottom))


def _squeeze(before: str, after: str) -> float:
    """Em between two pieces of a column; its ：；！？ are tall and have no blank half to share."""
    if before in "：；！？":
        return 0.0
    first, second = place(before[-1] + after[0], lambda char, latin: 1.0)
    return second.at - first.at - 1.0


def _runs(words: str) -> list[str]:
    """Chinese characters one by one, Latin words and numbers whole."""
    runs: list[str] = []
    latin = scripts(words)
    for i, char in enumerate(words):
        joins = i and latin[i] and latin[i - 1] and words[i - 1] != "⸺" and char != "⸺"
        if joins:
            runs[-1] += char
        else:
            runs.append(char)
    return runs


def coverage(size: tuple[int, int], painted: Iterable[tuple[ndarray, int, int]]) -> ndarray:
    """Lay painted pieces into one picture; what hangs over the border is cut off.

    size       (width, height)
    painted    (coverage, left, top), as `Line.paint` and `Column.paint` give them
    returns    (height, width) float32, 0..1
    """
    whole = np.zeros((size[1], size[0]), np.float32)
    for mask, left, top in painted:
        x, y = max(left, 0), max(top, 0)
        part = mask[y - top:max(size[1] - top, 0), x - left:max(size[0] - left, 0)]
        room = whole[y:y + part.shape[0], x:x + part.shape[1]]
        np.maximum(room, part, out=room)
    return whole


def refuse_missing(words: str, font: str = "") -> None:
    """Refuse words that the font has no picture for, naming the characters.

    raises    InputError
    """
    lacking = missing(words, font)
    if lacking:
        shown = " ".join(f"{char} (U+{ord(char):04X})" for char in lacking[:8])
        raise InputError("type.tofu", characters=shown, font=font or font_file().name)


def _paint(style: Style, glyphs: Iterable[Glyph], ink: tuple[float, float, float, float],
           x: float, y: float) -> tuple[ndarray, int, int]:
    """Coverage of glyphs whose pen starts at (x, y), on a canvas just large enough, with its left and top pixel."""
    from PIL import Image, ImageDraw

    left, top = int(np.floor(x + ink[0])) - 1, int(np.floor(y + ink[1])) - 1
    right, bottom = int(np.ceil(x + ink[2])) + 1, int(np.ceil(y + ink[3])) + 1
    canvas = Image.new("L", ((right - left) * FINE, (bottom - top) * FINE))
    pen = ImageDraw.Draw(canvas)
    opened = partial(face, style.font, style.weight, round(style.size * FINE))
    for glyph in glyphs:
        if not glyph.char.isspace():
            spot = (round((x - left + glyph.at * style.size) * FINE), round((y - top) * FINE))
            pen.text(spot, glyph.char, fill=255, font=opened(glyph.latin and glyph.char in "“”‘’"), anchor="ls")
    return np.asarray(canvas.reduce(FINE), np.float32) / 255, left, top
