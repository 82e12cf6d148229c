"""Cards: a title, a question, a credit, set on the page with one small red mark."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy import ndarray

from marrow.draw.lines import PAUSES, is_han
from marrow.draw.type import Style, break_lines, coverage, refuse_missing, set_column, set_line
from marrow.errors import InputError

Layout = Literal["centre", "left", "vertical"]
OPTICAL = 0.478   # height of the optical middle: a block in the exact middle seems to sink
SMALLEST = 0.026  # size of the smallest readable line, in short sides
MOST = 3000  # characters: more fit on no readable card, so nobody tries to set them
Painted = list[tuple[ndarray, int, int]]


@dataclass(frozen=True)
class Card:
    """What is printed on the page: two coverages (height, width) float32, one for each colour."""

    ink: ndarray
    seal: ndarray


@dataclass(frozen=True)
class Row:
    """One line of a card, broken and styled; `gap` is the distance from the base line above it, in pixels."""

    words: str
    style: Style
    gap: float


def compose(words: str, size: tuple[int, int], *, layout: Layout = "centre", font: str = "") -> Card:
    """Set the words of a card: the first line large, others small, English lines light and spaced.

    size      (width, height)
    layout    "centre"; "left", a block beside a red line; "vertical", columns from right to left
    returns   Card
    raises    InputError  no words; a character the font lacks; words that do not fit at a readable size
    test      the ink's middle is on the picture's axis within 1 pixel
    """
    lines = [line.strip() for line in words.strip().splitlines()]
    if not any(lines):
        raise InputError("type.empty")
    if len(words) > MOST:
        raise InputError("type.long", count=len(words), width=size[0], height=size[1])
    refuse_missing(words, font)
    for shrink in 0.94 ** np.arange(24):
        unit = min(size) * float(shrink)
        if unit * 0.045 < min(size) * SMALLEST:
            break
        card = (_columns if layout == "vertical" else _rows)(lines, size, unit, layout, font)
        if card:
            return card
    raise InputError("type.long", count=len(words), width=size[0], height=size[1])


def _english(line: str) -> bool:
    return not any(map(is_han, line))


def _head(line: str, unit: float, font: str) -> Style:
    """The large style, smaller and tighter as the line grows longer."""
    ems = sum(1.0 if is_han(char) else 0.5 for char in line)
    size = unit * max(0.06, 0.138 * min(1.0, (4.5 / ems) ** 0.42 if ems else 1.0))
    if _english(line):
        return Style(size * 0.9, 300, 0.05, font)
    return Style(size, 330, max(0.04, min(0.34, 1.1 / ems)), font)


def _small(line: str, unit: float, font: str) -> Style:
    if _english(line):
        return Style(unit * 0.0375, 330, 0.14, font)
    return Style(unit * 0.045, 360, 0.2, font)


def _broken(line: str, style: Style, room: float, most: int, head: bool) -> tuple[list[str] | None, Style]:
    """The line broken to the room, and its style: a short head becomes smaller before it is broken inside a phrase."""
    whole = break_lines(line, style, room, most)
    if head and len(line) <= 14:
        for shrink in (1.0, 0.92, 0.84, 0.76, 0.68):
            smaller = replace(style, size=style.size * shrink, tracking=style.tracking * shrink)
            broken = break_lines(line, smaller, room, most)
            if broken and all(part[-1] in PAUSES for part in broken[:-1]):
                return broken, smaller
    return whole, style


def _styled(lines: list[str], width: float, unit: float, font: str) -> list[Row] | None:
    """Every line broken to the width and styled; None where something does not fit."""
    rows: list[Row] = []
    blank = False
    for line in lines:
        if not line:
            blank = True
            continue
        first = not rows
        style = _head(line, unit, font) if first else _small(line, unit, font)
        broken, style = _broken(line, style, width, 4 if first else 6, first)
        if broken is None:
            return None
        for i, part in enumerate(broken):
            rows.append(Row(part, style, _gap(rows, style, unit, i, blank)))
        blank = False
    return rows


def _gap(rows: list[Row], style: Style, unit: float, part: int, blank: bool) -> float:
    """Distance from the base line above, in pixels."""
    if not rows:
        return 0.0
    if part or rows[-1].style == style:
        return style.size * (1.5 if style.size > unit * 0.05 else 1.85) * (1.6 if blank else 1)
    after_head = rows[-1].style.size > unit * 0.05
    return style.size + (unit * 0.098 if after_head else unit * 0.034) + (unit * 0.04 if blank else 0)


def _rows(lines: list[str], size: tuple[int, int], unit: float, layout: Layout, font: str) -> Card | None:
    """Horizontal lines, centred or flush left."""
    width, height = size
    rows = _styled(lines, width * (0.76 if layout == "centre" else 0.68), unit, font)
    if rows is None:
        return None
    set_rows = [(set_line(row.words, row.style), row.gap) for row in rows]
    heads = [i for i, row in enumerate(rows) if row.style == rows[0].style]
    down = sum(gap for _, gap in set_rows)
    top, bottom = set_rows[0][0].ink[1], down + set_rows[-1][0].ink[3]
    if bottom - top > height * 0.74:
        return None
    base = height * OPTICAL - (top + bottom) / 2
    left = width * 0.5 - max(line.width for line, _ in set_rows) / 2 if layout == "centre" else width * 0.155
    painted: Painted = []
    y, after_head = base, 0.0
    for i, (line, gap) in enumerate(set_rows):
        y += gap
        x = width / 2 - line.width / 2 if layout == "centre" else left
        painted.append(line.paint(x, y))
        if i == heads[-1]:
            after_head = y + line.ink[3]
    if layout == "centre":
        alone = len(heads) == len(rows)
        spot = after_head + unit * (0.075 if alone else 0.04)
        mark = _stroke(width / 2 - unit * 0.028, spot, unit * 0.056, unit * 0.0042)
    else:
        mark = _stroke(left - unit * 0.05, base + top, unit * 0.0042, bottom - top)
    return Card(coverage(size, painted), coverage(size, [mark]))


def _columns(lines: list[str], size: tuple[int, int], unit: float, layout: Layout, font: str) -> Card | None:
    """Vertical columns from right to left; English lines stand horizontally at their foot, to the left."""
    width, height = size
    upright = [line for line in lines if line and not _english(line)]
    english = [line for line in lines if line and _english(line)]
    if not upright:
        return _rows(lines, size, unit, "centre", font)
    columns = []
    for i, line in enumerate(upright):
        style = _head(line, unit, font) if i == 0 else _small(line, unit, font)
        style = replace(style, tracking=style.tracking * 0.6)  # a column holds together by its own axis
        broken, style = _broken(line, style, height * 0.68, 6, i == 0)
        if broken is None:
            return None
        columns += [(set_column(part, style), style, i == 0) for part in broken]
    small = [set_line(line, _small(line, unit, font)) for line in english]
    steps = [0.0]
    for (_, before, head), (_, style, _) in pairwise(columns):
        both = before.size == style.size
        steps.append(steps[-1] + (style.size * (1.6 if head else 1.9) if both else before.size / 2 + unit * 0.075))
    span = steps[-1] + (columns[0][1].size + columns[-1][1].size) / 2
    foot_width = max((line.width for line in small), default=0.0)
    whole = span + (unit * 0.07 + foot_width if small else 0)
    tall = max(column.height for column, _, _ in columns)
    if whole > width * 0.8 or tall > height * 0.72:
        return None
    right = width / 2 + (span / 2 if whole < width * 0.5 and foot_width < width * 0.3 else whole / 2)
    axis, top = right - columns[0][1].size / 2, height * OPTICAL - tall / 2
    painted: Painted = []
    for (column, _, head), step in zip(columns, steps, strict=True):
        painted += column.paint(axis - step, top if head else top + columns[0][1].size * 0.06)
    edge, base = right - span - unit * 0.07, top + tall
    for line in reversed(small):
        painted.append(line.paint(edge - line.width, base))
        base -= line.style.size * 1.7
    side = unit * 0.026
    last = columns[-1]
    seal = _stroke(axis - steps[-1] - side / 2, top + last[0].height + unit * 0.045, side, side)
    return Card(coverage(size, painted), coverage(size, [seal]))


def _stroke(left: float, top: float, wide: float, high: float) -> tuple[ndarray, int, int]:
    """An upright rectangle with exact edges: coverage, left and top pixel."""
    x, y = int(np.floor(left)), int(np.floor(top))

    def share(start: float, long: float) -> ndarray:
        edges = np.arange(int(np.ceil(start + long)) + 1, dtype=np.float64)
        return np.diff(np.clip(edges, start, start + long)).astype(np.float32)

    return share(top - y, high)[:, None] * share(left - x, wide)[None, :], x, y
