"""Two versions side by side, shot by shot: the same instant of the same shot on both halves, names burnt in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.draw import INK, PAPER, colour
from marrow.draw.font import missing
from marrow.draw.label import printed
from marrow.draw.type import Style, coverage, set_line
from marrow.errors import FilmError, near
from marrow.film.assemble import pictures, write_film
from marrow.film.edit import Bed, Edit, Piece, piece_at, places, total
from marrow.film.reel import as_edit, fitted
from marrow.words import LANGUAGES, say

WIDEST = 960  # pixels of one half: two of them fill a screen
STRIP = 0.09  # height of the strip with the names, in heights of the picture: nothing on the pictures is covered
GAP = 4       # pixels of ink between the halves
Row = tuple[Piece | None, Piece | None]


def compare(left: Edit | Path, right: Edit | Path, target: Path, names: tuple[str, str], *,
            shot: str | None = None) -> None:
    """Write one MP4 with one version in the left half and the other in the right, and the sound of the right one.

    Shots are matched by name in the order of the right version; where one is shorter it holds its last picture, where
    it has no such shot a slate stands. Cross-fades are left out, so that each half shows one take at a time. A
    finished film has no shots any more: it plays from its beginning beside the whole of the other.

    left, right   cuts, or finished films
    names         what is burnt in over each half
    shot          only this one
    raises        FilmError "cut.no_shot" when neither has that shot, "cut.empty" when one has none at all
    """
    if isinstance(left, Edit) and isinstance(right, Edit):
        halves = matched(left, right, names, shot)
    else:
        halves = padded(*(each if isinstance(each, Edit) else as_edit(each) for each in (left, right)))
    write_film(side_by_side(*halves, names), target, halves[1], whole_size(halves[1]))


def matched(left: Edit, right: Edit, names: tuple[str, str], shot: str | None = None) -> tuple[Edit, Edit]:
    """Two cuts of one shape: the same shots in the same places, each as long as the longer of the two.

    test    every piece of one starts at the frame where its namesake in the other does
    """
    left = at_rate_of(left, right)
    rows = _rows(left.pieces, right.pieces)
    if shot is not None:
        known = [_name(row) for row in rows]
        if shot not in known:
            raise FilmError("cut.no_shot", shot=shot, choices=near(shot, known))
        rows = [rows[known.index(shot)]]
    return _half(left, rows, 0, names[0]), _half(right, rows, 1, names[1])


def padded(left: Edit, right: Edit) -> tuple[Edit, Edit]:
    """Two films of one length: the shorter holds its last picture."""
    left = at_rate_of(left, right)
    longer = max(total(left.pieces), total(right.pieces))

    def pad(edit: Edit) -> Edit:
        *before, last = edit.pieces
        return replace(edit, pieces=(*before, replace(last, frames=last.frames + longer - total(edit.pieces))))

    return pad(left), pad(right)


def at_rate_of(edit: Edit, other: Edit) -> Edit:
    """A cut counted in the frames of another's rate; the same where the rates are equal."""
    if edit.fps == other.fps:
        return edit

    def turned(frame: int) -> int:
        return round(Fraction(frame) * other.fps / edit.fps)

    pieces = tuple(replace(each, frames=max(1, turned(each.frames)), fade=turned(each.fade)) for each in edit.pieces)
    beds = tuple(replace(each, start=turned(each.start), end=None if each.end is None else turned(each.end))
                 for each in edit.beds)
    return replace(edit, fps=other.fps, pieces=pieces, beds=beds)


def side_by_side(left: Edit, right: Edit, names: tuple[str, str]) -> Iterator[ndarray]:
    """Every picture of two cuts of one length beside each other, each scaled into its half, names above."""
    width, height = half_size(right)
    strips = [_name_strip(name, width, _even(height * STRIP)) for name in names]
    gap = np.broadcast_to(colour.srgb(colour.hex(INK)), (height + len(strips[0]), GAP, 3))
    for pair in zip(pictures(left), pictures(right), strict=True):
        one, two = (np.concatenate([strip, fitted(each, (width, height))])
                    for strip, each in zip(strips, pair, strict=True))
        yield np.concatenate([one, gap, two], 1)


def half_size(edit: Edit) -> tuple[int, int]:
    """Pixels (width, height) of one half: the film's shape, even on both sides."""
    share = min(1.0, WIDEST / edit.size[0])
    return _even(edit.size[0] * share), _even(edit.size[1] * share)


def whole_size(edit: Edit) -> tuple[int, int]:
    """Pixels (width, height) of the whole comparison."""
    width, height = half_size(edit)
    return 2 * width + GAP, height + _even(height * STRIP)


def _even(pixels: float) -> int:
    return max(2, 2 * round(pixels / 2))


def _name_strip(name: str, width: int, height: int) -> ndarray:
    """A version's name, paper on ink: (height, width, 3) uint8 sRGB; what the font lacks is shown as □."""
    words = name.translate(str.maketrans(dict.fromkeys(missing(name), "□"))).strip() or "—"
    ground = np.broadcast_to(colour.hex(INK), (height, width, 3))
    line = set_line(words, Style(height * 0.52))
    line = set_line(words, Style(height * 0.52 * min(1.0, 0.9 * width / line.width)))
    base = (height - line.ink[1] - line.ink[3]) / 2
    return colour.srgb(printed(ground, coverage((width, height), [line.paint((width - line.width) / 2, base)]), PAPER))


def _rows(left: Sequence[Piece], right: Sequence[Piece]) -> list[Row]:
    """Namesakes in pairs, in the right one's order; what only the left has follows its neighbour there."""
    ours, theirs = ({piece.name: piece for piece in pieces} for pieces in (left, right))
    rows: list[Row] = [(ours.get(piece.name), piece) for piece in right]
    for number, piece in enumerate(left):
        if piece.name not in theirs:
            before = left[number - 1].name if number else None
            after = next((place for place, row in enumerate(rows, 1) if _name(row) == before), 0)
            rows.insert(after, (piece, None))
    return rows


def _name(row: Row) -> str:
    return (row[0] or row[1]).name


def _half(edit: Edit, rows: Sequence[Row], side: int, version: str) -> Edit:
    nothing = [say("cut.not_in", lang, version=version) for lang in reversed(LANGUAGES)]
    pieces = []
    for row in rows:
        length = max(each.frames for each in row if each)
        there = row[side] or Piece(_name(row), None, length, missing="\n".join([_name(row), *nothing]))
        pieces.append(replace(there, frames=length, fade=0))
    return replace(edit, pieces=tuple(pieces), beds=tuple(_moved(edit, pieces)))


def _moved(edit: Edit, pieces: Sequence[Piece]) -> Iterator[Bed]:
    """The beds, each moved with the shot it starts in and ending with the shot it ends in."""
    before = places(edit.pieces)
    after = {piece.name: start for piece, (start, _) in zip(pieces, places(pieces), strict=True)}

    def turned(frame: int) -> int | None:
        number = piece_at(before, min(max(frame, 0), before[-1][1] - 1))
        start = after.get(edit.pieces[number].name)
        return None if start is None else start + frame - before[number][0]

    for bed in edit.beds:
        start = turned(bed.start)
        end = None if bed.end is None else turned(bed.end - 1)
        if start is not None:
            yield replace(bed, start=start, end=total(pieces) if bed.end is not None and end is None else
                          None if end is None else end + 1)
