"""Turns out of lines: a line that heads a turn, and the lines after it that still belong to it."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from marrow.people.formats.asides import aside_of
from marrow.people.formats.original import Line, at
from marrow.people.testimony import Turn

EDGE = " \t\u3000\u200e\ufeff"  # what is no word at either end of a turn


class Head(NamedTuple):
    """What a line says before somebody's words begin.

    index     character of the line where the words begin; its length where they stand on the next lines
    """

    index: int
    speaker: str = ""
    said: str = ""
    at: tuple[float, float] | None = None
    aside: str = ""


BEFORE = Head(0, aside="system")  # what a file says before the first head
FRAME = Head(-1)  # a line that belongs to the file, not to anybody's words: it ends the turn before it


def stretched(lines: Iterable[Line], heads: Callable[[str], Head | None], encoding: str) -> Iterator[Turn]:
    """The turns of a chat or of any file in which every turn has a head.

    heads     tells what a line heads, None where it goes on
    returns   turns in the order of the file; talks are counted by the day
    test      lines of one message stay together, with their line breaks; blank lines at its end are none of it
    """
    now, held, talk, today = BEFORE, [], 0, ""
    for line in lines:
        found = heads(line[1])
        if found is None:
            held.append(line)
            continue
        if held and now.index >= 0 and (turn := closed(held, now, talk, encoding)):
            yield turn
        now, held = found, [line]
        if found.said[:10] != today and found.said:
            talk, today = talk + (today != ""), found.said[:10]
    if held and now.index >= 0 and (turn := closed(held, now, talk, encoding)):
        yield turn


def closed(held: list[Line], head: Head, talk: int, encoding: str) -> Turn | None:
    """The turn of these lines, None where nothing is said; words begin in the first line at `head.index`."""
    stretch = piece(held, head.index, encoding)
    if stretch is None:
        return None
    first, last, text = stretch
    aside = head.aside or aside_of(text, head.speaker)
    return Turn(first, last, text, head.speaker, head.said, head.at, talk, aside)


def piece(held: list[Line], index: int, encoding: str) -> tuple[int, int, str] | None:
    """First byte, byte after the last, and words of some lines, blank edges off."""
    if len(held) == 1:
        return _one(held[0], index, encoding)
    if not held[0][1][index:].strip(EDGE):
        held, index = held[1:], 0
    while held and not held[-1][1].strip(EDGE):
        held = held[:-1]
    while held and not held[0][1][index:].strip(EDGE):
        held, index = held[1:], 0
    if len(held) < 2:
        return _one(held[0], index, encoding) if held else None
    start, text, raw = held[0]
    skip = index + len(text) - index - len(text[index:].lstrip(EDGE))
    end, ending, tail = held[-1]
    kept = ending.rstrip(EDGE)
    last = len(tail) if kept == ending else at(tail, ending, len(kept), encoding)
    return (start + at(raw, text, skip, encoding), end + last,
            "\n".join([text[skip:], *(each[1] for each in held[1:-1]), kept]))


def _one(line: Line, index: int, encoding: str) -> tuple[int, int, str] | None:
    start, text, raw = line
    body = text[index:] if index else text
    kept = body.strip(EDGE)
    if not kept:
        return None
    if kept == body:
        return start + at(raw, text, index, encoding), start + len(raw), kept
    skip = index + len(body) - len(body.lstrip(EDGE))
    return (start + at(raw, text, skip, encoding), start + at(raw, text, skip + len(kept), encoding), kept)
