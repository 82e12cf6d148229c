"""The cut as plain numbers: which take plays from which frame, what is said below it, which sound lies under it.

Everything is counted in whole frames at one exact rate; seconds are turned into frames once, here. Nothing in this
module opens a file.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from marrow.errors import FilmError
from marrow.film.film import Subtitle

LABEL_SECONDS = Fraction(2)


@dataclass(frozen=True)
class Piece:
    """One shot in the cut.

    take        lossless file of the take, or None where there is nothing to show
    frames      how long it plays; a longer take is cut off, a shorter one holds its last frame
    fade        frames of cross-fade into it from the piece before; the first piece has none before it
    subtitles   in seconds from the shot's own beginning
    label       machine-made: says so on screen
    badge       what to say of a take that stands in for a missing newer one
    missing     the sentence on the slate when `take` is None
    """

    name: str
    take: Path | None
    frames: int
    fade: int = 0
    subtitles: tuple[Subtitle, ...] = ()
    label: bool = False
    badge: str = ""
    missing: str = ""
    has_sound: bool = False


@dataclass(frozen=True)
class Bed:
    """One sound laid under the film.

    start, end   frames in the film; with an end it is repeated until there, without one it plays once
    gain         dB
    fade_in      seconds, as fade_out
    duck         dB by which it steps back under the shots' own sound
    machine      a machine-made voice: the shot it starts in is labelled
    """

    name: str
    sound: Path
    start: int
    end: int | None = None
    gain: float = 0.0
    fade_in: float = 0.0
    fade_out: float = 0.0
    duck: float = 0.0
    machine: bool = False


@dataclass(frozen=True)
class Edit:
    """A whole film as it plays: one version of it.

    size        (width, height) pixels
    label_text  what the machine-made label says; never a shot's name
    loudness    LUFS of the whole film
    burn        whether subtitles are part of the picture
    """

    title: str
    version: str
    fps: Fraction
    size: tuple[int, int]
    pieces: tuple[Piece, ...]
    beds: tuple[Bed, ...] = ()
    label_text: str = "AI"
    loudness: float = -23.0
    burn: bool = True


@dataclass(frozen=True)
class Line:
    """A subtitle in film time: frames [start, end), the words, the second language below, and whose shot it is."""

    start: int
    end: int
    text: str
    below: str
    piece: int


Span = tuple[int, int]


def places(pieces: Sequence[Piece]) -> list[Span]:
    """Where each piece plays: frames [start, end) of the film; a cross-fade of n frames overlaps its neighbours by n.

    raises   FilmError "cut.empty" without pieces, "cut.no_frames" for a shot without length, "cut.fade_long" where
             the cross-fades at its two ends leave a shot no frame of its own
    """
    if not pieces:
        raise FilmError("cut.empty")
    found, begin = [], 0
    for number, piece in enumerate(pieces):
        if piece.frames < 1:
            raise FilmError("cut.no_frames", shot=piece.name)
        into, out = fade_into(pieces, number), fade_into(pieces, number + 1)
        if into + out >= piece.frames:
            raise FilmError("cut.fade_long", shot=piece.name, frames=piece.frames, fades=into + out,
                            most=piece.frames - 1)
        found.append((begin - into, begin - into + piece.frames))
        begin = found[-1][1]
    return found


def fade_into(pieces: Sequence[Piece], number: int) -> int:
    """Frames that a piece shares with the one before: none at the film's two ends."""
    return pieces[number].fade if 0 < number < len(pieces) else 0


def total(pieces: Sequence[Piece]) -> int:
    """Length of the film in frames."""
    return places(pieces)[-1][1]


def frames_of(seconds: float, fps: Fraction) -> int:
    """Seconds as the nearest whole number of frames, exactly: 0.1 s means one tenth."""
    return round(Fraction(str(seconds)) * fps)


def sample_of(frame: int, fps: Fraction, rate: int) -> int:
    """The sample at which a frame begins, exactly rounded, so that long films do not drift."""
    return round(Fraction(frame) * rate / fps)


def lines(edit: Edit) -> list[Line]:
    """Every subtitle in film time, in order, none longer than its shot and no two at once.

    Where two would overlap the earlier one ends as the later begins; two that begin together become one.
    """
    found: list[Line] = []
    for number, (piece, (start, end)) in enumerate(zip(edit.pieces, places(edit.pieces), strict=True)):
        for each in piece.subtitles:
            first, last = (start + frames_of(moment, edit.fps) for moment in (each.at, each.to))
            if first < min(last, end) and (each.text + each.below).strip():
                found.append(Line(first, min(last, end), each.text, each.below, number))
    apart: list[Line] = []
    for line in sorted(found, key=lambda line: (line.start, line.end)):
        if apart and apart[-1].start == line.start:
            apart[-1] = _stacked(apart[-1], line)
        elif apart and apart[-1].end > line.start:
            apart[-1] = replace(apart[-1], end=line.start)
            apart.append(line)
        else:
            apart.append(line)
    return apart


def labels(edit: Edit) -> list[Span]:
    """When the machine-made label is on screen: frames [start, end), merged and in order.

    From the first frame of every labelled shot until two full seconds after its cross-fade, or to its end where it
    is shorter; a machine-made voice labels the shot it starts in, and again two seconds from its own beginning.
    """
    where, least = places(edit.pieces), math.ceil(LABEL_SECONDS * edit.fps)
    marked = {number for number, piece in enumerate(edit.pieces) if piece.label and piece.take}
    spans: list[Span] = []
    for bed in edit.beds:
        if bed.machine and 0 <= bed.start < where[-1][1]:
            marked.add(piece_at(where, bed.start))
            spans.append((bed.start, min(where[-1][1], bed.start + least)))
    for number in marked:
        start, end = where[number]
        spans.append((start, min(end, start + fade_into(edit.pieces, number) + least)))
    return merged(spans)


def piece_at(where: Sequence[Span], frame: int) -> int:
    """The number of the piece that plays at a frame; of two that cross-fade, the one that is coming."""
    return max(number for number, (start, end) in enumerate(where) if start <= frame < end)


def merged(spans: Sequence[Span]) -> list[Span]:
    """Spans in order, those that touch or overlap made one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _stacked(first: Line, second: Line) -> Line:
    below = "\n".join(each for each in (first.below, second.below) if each)
    return replace(first, end=max(first.end, second.end), text=f"{first.text}\n{second.text}", below=below)
