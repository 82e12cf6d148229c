"""From finished takes to a film that plays: one MP4, put together in one pass.

Takes are decoded one after the other, at most two open at once. A picture on which nothing is burnt passes through
untouched. The film always plays: what cannot be shown becomes a slate that says why.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from numpy import ndarray

from marrow import forms
from marrow.draw.font import missing
from marrow.draw.label import Overlay, Tone, burn, corner_label, subtitle, tone_for
from marrow.errors import InputError
from marrow.film.edit import Edit, Span, fade_into, labels, lines, places
from marrow.film.reel import mixed, reel
from marrow.film.soundtrack import soundtrack
from marrow.progress import progress
from marrow.store import sync, sync_folder

log = logging.getLogger(__name__)


def assemble(edit: Edit, target: Path) -> None:
    """Put the film together as an MP4; the file appears under its name when it is whole, never before.

    target   H.264 yuv420p bt709 and AAC at 48 kHz, index first, title in its metadata
    raises   FilmError as `edit.places` does; LimitError when the disk is full
    """
    write_film(pictures(edit), target, edit)


def write_film(shown: Iterator[ndarray], target: Path, edit: Edit, size: tuple[int, int] | None = None) -> None:
    """Write pictures with the sound of a cut as an MP4, whole or not at all.

    shown    (height, width, 3) uint8 sRGB each, as many as the cut has frames
    size     (width, height) of the pictures, where it is not the cut's own
    """
    length = places(edit.pieces)[-1][1]
    unfinished = target.with_name(f".{target.stem}.{os.getpid()}.mp4")
    try:
        forms.encode(progress(shown, "film.cut", length), unfinished, rate=edit.fps, size=size or edit.size,
                     sound=soundtrack(edit), title=edit.title)
        sync(unfinished)
        os.replace(unfinished, target)
        sync_folder(target.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def write_srt(edit: Edit, target: Path) -> None:
    """Write the subtitles beside the film, both languages, for players and other editors; no file where there are none.

    target   SubRip in UTF-8; a line ends where the next begins
    """
    parts = []
    for number, line in enumerate(lines(edit), 1):
        words = "\n".join(each.strip() for each in f"{line.text}\n{line.below}".splitlines() if each.strip())
        parts.append(f"{number}\n{_clock(line.start / edit.fps)} --> {_clock(line.end / edit.fps)}\n{words}\n")
    if not parts:
        target.unlink(missing_ok=True)
        return
    unfinished = target.with_name(f".{target.stem}.{os.getpid()}.srt")
    try:
        unfinished.write_text("\n".join(parts), "utf-8", newline="\n")
        sync(unfinished)
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)


def pictures(edit: Edit) -> Iterator[ndarray]:
    """Every picture of the film in order, cross-fades mixed, subtitles and labels burnt in.

    yields   (height, width, 3) uint8 sRGB, exactly as many as the film has frames
    """
    marks = _Marks(edit)
    for frame, (picture, coming) in enumerate(crossed(edit)):
        yield marks.burn(picture, frame, coming)


def crossed(edit: Edit) -> Iterator[tuple[ndarray, ndarray]]:
    """The pieces one after the other; in a cross-fade of n frames picture k shows (k + 1) / (n + 1) of the coming.

    yields   what is shown, and the picture that is coming: the same one outside a cross-fade
    """
    playing = None
    for number, piece in enumerate(edit.pieces):
        playing = playing or reel(piece, edit)
        out = fade_into(edit.pieces, number + 1)
        for _ in range(piece.frames - out - fade_into(edit.pieces, number)):
            picture = next(playing)
            yield picture, picture
        coming = reel(edit.pieces[number + 1], edit) if out else None
        for step in range(out):
            picture = next(coming)
            yield mixed(next(playing), picture, Fraction(step + 1, out + 1)), picture
        playing.close()
        playing = coming


class _Marks:
    """What is burnt over the film's pictures."""

    def __init__(self, edit: Edit) -> None:
        self.edit = edit
        self.lines = lines(edit) if edit.burn else []
        self.said = _Turns([(line.start, line.end) for line in self.lines])
        self.labelled = _Turns(labels(edit) if edit.label_text else [])
        self.tones: dict[object, Tone] = {}

    def burn(self, picture: ndarray, frame: int, coming: ndarray) -> ndarray:
        """The picture with what is on screen at this frame, untouched where nothing is; frames come in order.

        coming   the picture that a cross-fade leads to: words are toned for it
        """
        said = self.said.turn(frame)
        label = self.labelled.turn(frame)
        shown = picture
        if said is not None:
            tone = self._tone(("line", said), coming)
            shown = burn(shown, _subtitle(self.edit.size, self.lines[said].text, self.lines[said].below, tone))
        if label is not None:
            tone = self._tone(("label", label), coming[::-1])  # the label stands above, where a subtitle is below
            shown = burn(shown, corner_label(self.edit.size, self.edit.label_text, tone=tone))
        return shown

    def _tone(self, what: object, picture: ndarray) -> Tone:
        """Ink or paper, chosen once, on the picture where it first appears: it must not flicker."""
        if what not in self.tones:
            self.tones[what] = tone_for(picture)
        return self.tones[what]


@lru_cache(4)
def _subtitle(size: tuple[int, int], words: str, below: str, tone: Tone) -> Overlay:
    """A subtitle; one that cannot be set is shortened, what the font lacks is shown as □: the film plays.

    The file beside the film has every word, and `check` has said so before.
    """
    lacking = str.maketrans(dict.fromkeys(missing(words + below), "□"))
    for most in (None, 24, 12, 4):
        try:
            return subtitle(size, *(each if most is None else " ".join(each.translate(lacking).split())[:most]
                                    for each in (words, below)), tone=tone)
        except InputError as error:
            log.warning("%s", error)
    return subtitle(size, "…", tone=tone)


class _Turns:
    """Spans in order, asked frame by frame: which one is on screen, if any."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self.spans, self.at = spans, 0

    def turn(self, frame: int) -> int | None:
        """The number of the span that holds a frame; frames come in order."""
        while self.at < len(self.spans) and self.spans[self.at][1] <= frame:
            self.at += 1
        return self.at if self.at < len(self.spans) and self.spans[self.at][0] <= frame else None


def _clock(seconds: Fraction) -> str:
    """Seconds as SubRip writes them: 00:01:02,345."""
    whole = round(seconds * 1000)
    return f"{whole // 3600000:02d}:{whole // 60000 % 60:02d}:{whole // 1000 % 60:02d},{whole % 1000:03d}"
