"""Subtitles: SRT and WebVTT. A cue is one turn, with its times; lines that begin with a dash are turns of their own.

A cue over several lines is one stretch, written as "html" is (see `stretches`): a line break is a space, or nothing
between two Chinese characters, and tags are no words.
"""

import re
from collections.abc import Iterator

from marrow.people.formats.labels import fits, speakers
from marrow.people.formats.original import Line, Original, Reading, at
from marrow.people.formats.stamps import seconds
from marrow.people.formats.stretched import Head, piece
from marrow.people.formats.stretches import unescaped
from marrow.people.testimony import Turn

STAMP = r"(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}"
ARROW = re.compile(rf"\s*({STAMP})\s*--+>\s*({STAMP})")
VOICE = re.compile(r"\s*<v(?:\.[^\s>]*)?\s+([^>]+)>")
DASH = re.compile(r"\s*[-–—‐]\s?(?=\S)")
NOTES = ("NOTE", "STYLE", "REGION")


def as_subtitles(original: Original) -> Reading | None:
    """SRT or WebVTT, told by their arrows."""
    top = original.top.lstrip("\ufeff\n ")
    lines = top.split("\n")
    if not any(map(ARROW.match, lines[:40])):
        return None
    dialect = "vtt" if top.startswith("WEBVTT") else "srt"
    names = speakers(line for line in lines if not ARROW.match(line) and not line.strip().isdigit())
    return Reading("interview", dialect, original.encoding, _turns(original, names), "html", {}, original.losses)


def _turns(original: Original, names: frozenset[str]) -> Iterator[Turn]:
    label = fits(names)
    for times, lines in _cues(original):
        dashed = len(lines) > 1 and all(DASH.match(line[1]) for line in lines)
        for held in [[line] for line in lines] if dashed else [lines]:
            turn = _turn(held, times, original.encoding, label, DASH.match(held[0][1]).end() if dashed else 0)
            if turn:
                yield turn


def _turn(held: list[Line], times: tuple[float, float], encoding: str, label, index: int) -> Turn | None:
    """One turn; who speaks is said by a voice tag or by a label."""
    text = held[0][1]
    voice, named = VOICE.match(text), label(text[index:])
    speaker = unescaped(voice[1], "html") if voice else named[1] if named else ""
    index = voice.end() if voice else index + named[0] if named else index
    stretch = piece(held, index, encoding)
    words = unescaped(stretch[2], "html") if stretch else ""
    return Turn(stretch[0], stretch[1], words, speaker, "", times) if words else None


def _cues(original: Original) -> Iterator[tuple[tuple[float, float], list[Line]]]:
    """Times and lines of every cue; the number over a cue belongs to none."""
    times, held, skipping = None, [], False
    number = 0
    for line in original.lines():
        number += 1
        text = line[1]
        arrow = ARROW.match(text)
        if arrow:
            if held and times:
                before = held[:-1] if held[-1][1].strip().isdigit() and held[:-1] else held
                yield times, before
            times, held, skipping = (seconds(arrow[1]), seconds(arrow[2])), [], False
        elif not text.strip():
            if held and times:
                yield times, held
            times, held, skipping = (None if held else times), [], False
        elif times and not skipping:
            held.append(line)
        elif text.startswith(NOTES):
            skipping = True
        elif not (text.strip().isdigit() or text.startswith("WEBVTT") or skipping):
            original.losses.note("between", number)
    if held and times:
        yield times, held
    elif times:
        original.losses.note("torn", number)
