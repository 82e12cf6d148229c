"""Where the telling is thick and where it is thin, as a picture: years across, witnesses down, ink for words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy import ndarray

from marrow.draw import INK, PAPER, SEAL, colour
from marrow.draw.label import printed
from marrow.draw.noise import blur, noise
from marrow.draw.paper import sheet
from marrow.draw.type import Line, Style, coverage, set_line
from marrow.people.coverage import thin, years_of
from marrow.people.desk import Desk
from marrow.people.planner import Ground, ground
from marrow.words import say

if TYPE_CHECKING:
    from marrow.people.archive import Archive
    from marrow.people.claims.conflicts import Conflict

LEFT, RIGHT, TOP, FOOT = 0.178, 0.958, 0.235, 0.775  # of the picture: where years and witnesses stand
ROWS = 18       # witnesses that are shown, those who told most
FULL = 2.6      # utterances a year that blacken it nearly wholly; of all together, as many for every witness beside
BREADTH = 0.40  # of a row: half a stroke's breadth at its fullest
NAME, TIE = 0.075, 0.05  # of the picture's width: room for a name, and for what he is
SOFT = 0.26     # of a year: how far ink runs along
PALE = 0.32     # ink of hair lines; FAINT of small words
FAINT = 0.78
RED = 0.0092    # of the picture's height: side of a red mark
APART = 1.2     # sides of a mark from one to the next
Painted = tuple[ndarray, int, int]


@dataclass(frozen=True)
class Grid:
    """Where years and rows lie, in pixels.

    size     (width, height);  unit: the type's size
    first    the first year, of `count`
    rows     witnesses from above
    """

    size: tuple[int, int]
    first: int
    count: int
    rows: tuple[str, ...]

    @property
    def unit(self) -> float:
        """Pixels of an em of plain type."""
        return min(self.size) * 0.0235

    @property
    def year(self) -> float:
        """Pixels of a year."""
        return self.size[0] * (RIGHT - LEFT) / self.count

    @property
    def row(self) -> float:
        """Pixels of a row."""
        return min(self.size[1] * (FOOT - TOP) / max(len(self.rows), 1), self.size[1] * 0.075)

    def x(self, year: float) -> float:
        """Left edge of a year."""
        return self.size[0] * LEFT + (year - self.first) * self.year

    def y(self, row: float) -> float:
        """Middle of a row; of the sum, the row after the last."""
        return self.size[1] * TOP + (row + 0.5) * self.row + (self.row * 0.35 if row >= len(self.rows) else 0)


def coverage_picture(archive: "Archive", size: tuple[int, int] = (1600, 900), *, read: Ground | None = None) -> ndarray:
    """Draw how much was told of each year of a life, and by whom.

    Ink is what was told: broader and darker, the more. A hair line runs through the years in which a witness knew him,
    so that a line without ink is what he could still tell. Red marks are what is told in two ways; years of which
    hardly anything was told are bright, with a bracket.
    size       (width, height)
    returns    (height, width, 3) uint8 sRGB
    raises     InputError  "people.plan_nobody" where nothing says whose life it is
    test       where more was told there is more ink; the same archive gives the same picture
    """
    read = read or ground(archive)
    grid = Grid(tuple(size), read.covered.first, len(read.covered.whole), _rows(read))
    light = sheet(grid.size, PAPER).copy()
    light = _bright(light, grid, thin(read.covered))
    light = printed(light, np.maximum(_wash(read, grid), _lines(archive, read, grid)), INK)
    light = printed(light, FAINT * coverage(grid.size, _notes(archive, read, grid)), INK)
    light = printed(light, coverage(grid.size, _names(archive, read, grid)), INK)
    return colour.srgb(printed(light, _marks(read, grid), SEAL))


def _rows(read: Ground) -> tuple[str, ...]:
    """Witnesses who told of years at all, the earliest years above."""
    told = {who: np.array(row) for who, row in read.covered.years.items() if sum(row)}
    most = sorted(told, key=lambda who: -told[who].sum())[:ROWS]
    middle = {who: float(told[who] @ np.arange(len(told[who])) / told[who].sum()) for who in most}
    return tuple(sorted(most, key=lambda who: (middle[who], who)))


# ---------------------------------------------------------------- ink


def _wash(read: Ground, grid: Grid) -> ndarray:
    """Every witness's years as one long stroke that swells and darkens with what was told, and below all together."""
    made = np.zeros(grid.size[::-1], np.float32)
    share = noise(grid.size, 60, 3) * 0.5 + noise(grid.size, 140, 4) * 0.5
    for number, who in enumerate(grid.rows):
        _stroke(made, grid, number, np.array(read.covered.years[who]) / FULL, share)
    _stroke(made, grid, len(grid.rows), np.array(read.covered.whole) / (FULL * max(len(grid.rows) / 3, 1)), share)
    return made


def _stroke(made: ndarray, grid: Grid, row: int, told: ndarray, share: ndarray) -> None:
    """One row of ink, laid into the picture."""
    width = grid.size[0]
    at = (np.arange(width) + 0.5 - grid.x(grid.first)) / grid.year
    inside = (at >= 0) & (at < grid.count)
    full = np.where(inside, np.sqrt(1 - np.exp(-told))[np.clip(at.astype(int), 0, grid.count - 1)], 0)
    reach = np.arange(-int(grid.year), int(grid.year) + 1) / (grid.year * SOFT)
    full = np.convolve(full, np.exp(-reach ** 2 / 2) / np.exp(-reach ** 2 / 2).sum(), "same") * inside
    top, foot = int(grid.y(row) - grid.row / 2), int(np.ceil(grid.y(row) + grid.row / 2))
    down = np.abs(np.arange(top, foot) + 0.5 - grid.y(row))[:, None]
    rough = share[top:foot]
    half = grid.row * BREADTH * full[None] ** 0.8 * (1 + 0.16 * rough)
    body = np.clip((half - down) / 1.6 + 0.5, 0, 1) * (full > 0.04)
    tone = (0.24 + 0.74 * full[None] ** 1.2) * (1 + 0.10 * rough) * (1 - 0.16 * (1 - down / np.maximum(half, 1)))
    np.maximum(made[top:foot], np.clip(body * tone, 0, 1).astype(np.float32), out=made[top:foot])


def _bright(light: ndarray, grid: Grid, stretches: Sequence[tuple[int, int]]) -> ndarray:
    """The paper of years of which hardly anything was told, brighter, with soft edges."""
    lit = np.zeros(grid.size[0], np.float32)
    for first, last in stretches:
        lit[round(grid.x(first)):round(grid.x(last + 1))] = 1
    down = np.zeros(grid.size[1], np.float32)
    down[round(grid.size[1] * TOP - grid.row * 0.15):round(grid.y(len(grid.rows)) + grid.row * 0.55)] = 1
    soft = blur(down[:, None] * lit[None], grid.unit * 0.12)
    return light + soft[..., None] * (np.float32(0.97) - light) * np.float32(0.42)


def _lines(archive: "Archive", read: Ground, grid: Grid) -> ndarray:
    """Hair lines through the years in which each witness knew him, decades, and brackets below thin years."""
    made = np.zeros(grid.size[::-1], np.float32)
    for number, who in enumerate(grid.rows):
        for year in Desk(archive, read.known, read.covered, (), who, "", "zh").years:
            _fill(made, grid.x(year), grid.y(number) - 0.6, grid.x(year + 1), grid.y(number) + 0.6, PALE)
    foot = _foot(grid)
    for year in _decades(grid):
        _fill(made, grid.x(year), foot - grid.unit * 0.35, grid.x(year) + 1.4, foot, 0.7)
    _fill(made, grid.x(grid.first), foot, grid.x(grid.first + grid.count), foot + 1.4, 0.7)
    for first, last in thin(read.covered):
        _bracket(made, grid.x(first) + 2, grid.x(last + 1) - 2, foot + grid.unit * 3.1, grid.unit * 0.3)
    _bracket(made, *_legend(grid, 2), grid.unit * 0.3)
    left, right, base = _legend(grid, 0)
    ramp = np.linspace(0.08, 0.92, max(round(right - left), 1), dtype=np.float32)
    made[round(base - grid.unit * 0.42):round(base + grid.unit * 0.12), round(left):round(left) + len(ramp)] = ramp
    return made


def _bracket(made: ndarray, left: float, right: float, base: float, high: float) -> None:
    _fill(made, left, base, right, base + 1.6, 0.8)
    for x in (left, right - 1.6):
        _fill(made, x, base - high, x + 1.6, base + 1.6, 0.8)


def _fill(made: ndarray, left: float, top: float, right: float, foot: float, ink: float) -> None:
    """A rectangle with edges to a fraction of a pixel."""
    height, width = made.shape
    across = np.clip(np.minimum(np.arange(width) + 1, right) - np.maximum(np.arange(width), left), 0, 1)
    down = np.clip(np.minimum(np.arange(height) + 1, foot) - np.maximum(np.arange(height), top), 0, 1)
    rows, columns = np.flatnonzero(down), np.flatnonzero(across)
    if len(rows) and len(columns):
        part = made[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]
        np.maximum(part, ink * down[rows][:, None] * across[columns][None], out=part)


def _marks(read: Ground, grid: Grid) -> ndarray:
    """Red marks where witnesses disagree, with a thread from row to row where they speak of one year."""
    made = np.zeros(grid.size[::-1], np.float32)
    side, cells = grid.size[1] * RED, _cells(read, grid)
    places: dict[int, list[tuple[float, float]]] = {}
    for (row, year), rivals in cells.items():
        for spot, rival in zip(_spots(len(rivals)), rivals, strict=False):
            x, y = grid.x(year + 0.5) + spot[0] * side * APART, grid.y(row) + spot[1] * side * APART
            places.setdefault(rival, []).append((x, y))
            _fill(made, x - side / 2, y - side / 2, x + side / 2, y + side / 2, 0.95)
    for spots in places.values():
        across, down = zip(*spots, strict=True)
        if max(across) - min(across) < grid.year and max(down) - min(down) > grid.row / 2:
            x = sum(across) / len(across)
            _fill(made, x - 0.6, min(down), x + 0.6, max(down), 0.4)
    left, _, base = _legend(grid, 1)
    _fill(made, left, base - side * 0.95, left + side, base + side * 0.05, 0.95)
    return made


def _cells(read: Ground, grid: Grid) -> dict[tuple[int, int], list[int]]:
    """Row and year -> the contradictions that stand there, by number."""
    cells: dict[tuple[int, int], list[int]] = {}
    for number, each in enumerate(read.rivals):
        for who, year in dict.fromkeys(_said(read, each)):
            if who in grid.rows and grid.first <= year < grid.first + grid.count:
                cells.setdefault((grid.rows.index(who), year), []).append(number)
    return cells


def _spots(count: int) -> list[tuple[float, float]]:
    """Where marks of one cell stand about its middle, in sides of a mark: one, two beside each other, three or four."""
    if count < 3:
        return [(0.0, 0.0)] if count == 1 else [(-0.5, 0.0), (0.5, 0.0)]
    return [(-0.5, -0.5), (0.5, -0.5), (-0.5, 0.5), (0.5, 0.5)][:count]


def _said(read: Ground, each: "Conflict") -> Iterator[tuple[str, int]]:
    """Who says a side, and the year he says it of; where he says none, that of the others."""
    ids = {one.utterance.id: one.utterance for one in read.known}
    told = [ids[id] for side in each.sides for voice in side.voices for id in voice.utterances if id in ids]
    years = {one.id: [first for first, last in years_of(one.about) if last - first < 2] for one in told}
    others = sorted(year for found in years.values() for year in found)
    for one in told:
        if others:
            yield one.witness, (years[one.id] or [others[len(others) // 2]])[0]


# ---------------------------------------------------------------- words


def _decades(grid: Grid) -> range:
    return range(-(-grid.first // 10) * 10, grid.first + grid.count, 10)


def _foot(grid: Grid) -> float:
    """Height of the line under the years."""
    return grid.y(len(grid.rows)) + grid.row * 0.62


def _legend(grid: Grid, part: int) -> tuple[float, float, float]:
    """Left and right of the legend's pictures, and their base line: ink, red, bracket."""
    left = grid.size[0] * (LEFT, 0.518, 0.728)[part]
    return left, left + grid.unit * (4.2, 0.6, 2.0)[part], grid.size[1] * 0.947


def _names(archive: "Archive", read: Ground, grid: Grid) -> Iterator[Painted]:
    """Title and names."""
    plain, edge = Style(grid.unit, 500, 0.04), grid.size[0] * 0.052
    yield set_line(say("people.coverage.title", "zh"), Style(grid.unit * 2.1, 600, 0.12)).paint(
        edge, grid.size[1] * 0.108)
    for number, who in enumerate((*grid.rows, "")):
        member = archive.family.members.get(who)
        line = _fitted(member.name if member else say("people.coverage.all", "zh"), plain, grid.size[0] * NAME)
        yield line.paint(grid.size[0] * (LEFT - 0.016) - line.width, grid.y(number) + grid.unit * 0.36)


def _notes(archive: "Archive", read: Ground, grid: Grid) -> Iterator[Painted]:
    """Everything smaller: the other language, kin, years and ages, the legend."""
    small, edge = Style(grid.unit * 0.78, 450, 0.03), grid.size[0] * 0.052
    subject = archive.family.members[read.covered.subject]
    yield set_line(say("people.coverage.title", "en"), Style(grid.unit, 450, 0.03)).paint(edge, grid.size[1] * 0.158)
    life = set_line(say("people.coverage.life", "zh", name=subject.name, first=grid.first, last=read.covered.last),
                    Style(grid.unit, 500, 0.04))
    yield life.paint(grid.size[0] * RIGHT - life.width, grid.size[1] * 0.108)
    for number, who in enumerate(grid.rows):
        tie = _fitted(_tie(archive, read.covered.subject, who) or " ", small, grid.size[0] * TIE)
        yield tie.paint(edge, grid.y(number) + grid.unit * 0.3)
    yield set_line(say("people.coverage.all", "en"), small).paint(edge, grid.y(len(grid.rows)) + grid.unit * 0.3)
    for year in _decades(grid):
        for text, down in ((str(year), 1.15), (say("people.coverage.age", "zh", age=year - grid.first), 2.15)):
            yield set_line(text, small).paint(grid.x(year), _foot(grid) + grid.unit * down)
    for part, key in enumerate(("ink", "rival", "thin")):
        _, right, base = _legend(grid, part)
        words = f"{say(f'people.coverage.{key}', 'zh')}  {say(f'people.coverage.{key}', 'en')}"
        yield set_line(words, small).paint(right + grid.unit * 0.6, base)


def _fitted(words: str, style: Style, room: float) -> Line:
    """A line, smaller where it would be too long."""
    line = set_line(words, style)
    return line if line.width <= room else set_line(words, replace(style, size=style.size * room / line.width))


def _tie(archive: "Archive", subject: str, who: str) -> str:
    """What a witness is to him."""
    from marrow.people.kin.address import term_for
    from marrow.people.kin.who import relation

    family = archive.family
    lang = "en" if family.members[subject].name.isascii() else "zh"
    if who == subject:
        return say("people.coverage.himself", lang)
    if relation(family, subject, who):
        return term_for(family, subject, who, lang)
    return family.members[subject].tie.get(who, "")
