"""Subtitles: SRT and WebVTT. A cue is one turn, with its times; lines that begin with a dash are turns of their own.

A cue over several lines is one stretch, written as "html" is (see `stretches`): a line break is a space, or nothing
between two Chinese characters, and tags are no words.
"""

import re
from collections.abc import Iterator
from itertools import takewhile

from marrow.people.formats.labels import Finder, fits, speakers
from marrow.people.formats.original import Line, Original, Reading
from marrow.people.formats.stamps import seconds
from marrow.people.formats.stretched import piece
from marrow.people.formats.stretches import unescaped
from marrow.people.testimony import Turn

STAMP = r"(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}"
ARROW = re.compile(rf"\s*({STAMP})\s*--+>\s*({STAMP})")
VOICE = re.compile(r"\s*<v(?:\.[^\s>]*)?\s+([^>]+)>")
DASH = re.compile(r"\s*[-–—‐]\s?(?=\S)")


def as_subtitles(original: Original) -> Reading | None:
    """SRT or WebVTT, told by their arrows."""
    top = original.top.lstrip("\ufeff\n ")
    lines = top.split("\n")
    if not any(map(ARROW.match, lines[:40])):
        return None
    dialect = "vtt" if top.startswith("WEBVTT") else "srt"
    names = speakers(line for line in lines if not ARROW.match(line) and not line.strip().isdigit())
    turns = _turns(original, names, dialect)
    return Reading("interview", dialect, original.encoding, turns, "html", {}, original.losses)


def _turns(original: Original, names: frozenset[str], dialect: str) -> Iterator[Turn]:
    label = fits(names)
    for times, held in _cues(original):
        lines = _said(held, dialect)
        dashed = len(lines) > 1 and all(DASH.match(line[1]) for line in lines)
        for part in [[line] for line in lines] if dashed else [lines] if lines else []:
            turn = _turn(part, times, original.encoding, label, DASH.match(part[0][1]).end() if dashed else 0)
            if turn:
                yield turn


def _turn(held: list[Line], times: tuple[float, float], encoding: str, label: Finder, index: int) -> Turn | None:
    """One turn; who speaks is said by a voice tag or by a label."""
    text = held[0][1]
    voice, named = VOICE.match(text), label(text[index:])
    speaker = unescaped(voice[1], "html") if voice else named[1] if named else ""
    index = voice.end() if voice else index + named[0] if named else index
    stretch = piece(held, index, encoding)
    words = unescaped(stretch[2], "html") if stretch else ""
    return Turn(stretch[0], stretch[1], words, speaker, "", times) if words else None


def _cues(original: Original) -> Iterator[tuple[tuple[float, float], list[Line]]]:
    """The times of every cue and all lines up to the next one's times."""
    times, held, number = None, [], 0
    for line in original.lines():
        number += 1
        arrow = ARROW.match(line[1])
        if not arrow:
            held.append(line)
            continue
        if times:
            yield times, held[:-1] if held and held[-1][1].strip().isdigit() else held
        times, held = (seconds(arrow[1]), seconds(arrow[2])), []
    if times and any(line[1].strip() for line in held):
        yield times, held
    elif times:
        original.losses.note("torn", number)


def _said(held: list[Line], dialect: str) -> list[Line]:
    """The lines of a cue that are words. In WebVTT a blank line ends them: names of cues and notes come after it."""
    if dialect == "vtt":
        return list(takewhile(lambda line: line[1].strip(), held))
    return _stripped(held)


def _stripped(held: list[Line]) -> list[Line]:
    """Lines without blank ones at their end."""
    while held and not held[-1][1].strip():
        held = held[:-1]
    return held
