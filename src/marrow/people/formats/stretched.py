"""Turns out of lines: a line that heads a turn, and the lines after it that still belong to it."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from marrow.errors import LimitError
from marrow.people.formats.asides import aside_of
from marrow.people.formats.original import HANDLERS, LONGEST, Line, Original, Passage, at
from marrow.people.formats.stretches import LONE, spelled, tidy
from marrow.people.testimony import Turn

EDGES = " \t\u3000\u200e\ufeff\r\n"
EDGE = " \t\u3000\u200e\ufeff"  # what is no word at either end of a turn


class Head(NamedTuple):
    """What a line says before somebody's words begin.

    index     character of the text where the words begin: on the same line, or at its end
    """

    index: int
    speaker: str = ""
    said: str = ""
    at: tuple[float, float] | None = None
    aside: str = ""


Heads = Callable[[re.Match[str]], Head | None]
LONE_RETURN = re.compile(r"\r(?!\n)")
BEFORE = Head(0, aside="system")  # what a file says before the first head


def stretched(original: Original, heads: Heads, found: re.Pattern[str], skip: int = 0) -> Iterator[Turn]:
    """The turns of a chat or of any file in which every turn has a head.

    found     finds all lines that may be heads, each from its beginning (^, with MULTILINE)
    heads     tells what such a line says, None where it is no head after all
    skip      lines at the top that have been read already
    returns   turns in the order of the file; talks are counted by the day
    raises    LimitError  a turn without end
    test      lines of one message stay together, with their line breaks; blank lines at its end are none of it
    """
    talk, today = 0, ""
    for (_, speaker, said, times, aside), first, last, text in _bodies(original, heads, found, skip):
        if said and said[:10] != today:
            talk, today = talk + (today != ""), said[:10]
        yield Turn(first, last, text, speaker, said, times, talk, aside or aside_of(text, speaker))


def _bodies(original: Original, heads: Heads, found: re.Pattern[str], skip: int
            ) -> Iterator[tuple[Head, int, int, str]]:
    """Every head with its body: first byte, byte after the last, and words."""
    now, held = BEFORE, None
    for more in original.passages():
        at = 0 if held is None else 1  # what is left of a turn begins within a line
        held = more if held is None else held.after(0, more)
        text = LONE_RETURN.sub("\n", held.text) if "\r" in held.text else held.text
        begun = _skipped(text, skip) if at == 0 else 0
        place = _Place(held)
        for match in found.finditer(text, max(at, begun)):
            head = heads(match)
            if head is None:
                continue
            if (body := place.of(begun, match.start())) is not None:
                yield now, *body
            now, begun = head if place.clean else head._replace(speaker=spelled(head.speaker)), head.index
        held = held.after(begun)
        if len(held.text) > LONGEST:
            raise LimitError("people.line", path=original.path, most=LONGEST // 1_000_000)
    if held is not None and (body := _Place(held).of(0, len(held.text))) is not None:
        yield now, *body


class _Place:
    """The bytes and the words of bodies, asked for in rising order."""

    def __init__(self, held: Passage) -> None:
        self.text, self.at, self.byte, self.steps = held.text, 0, held.start, held.steps
        self.encoding, self.handler = held.encoding, HANDLERS.get(held.encoding, "strict")
        self.clean = "\r" not in held.text and not LONE.search(held.text)

    def of(self, first: int, last: int) -> tuple[int, int, str] | None:
        """First byte, byte after the last, and words of a body without blank edges; None where nothing is left."""
        body = self.text[first:last]
        kept = body.lstrip(EDGES)
        words = kept.rstrip(EDGES)
        if not words:
            return None
        first += len(body) - len(kept)
        last = first + len(words)
        if self.steps is None:
            start = self.byte + len(self.text[self.at:first].encode(self.encoding, self.handler))
            end = start + len(words.encode(self.encoding, self.handler))
        else:
            start = self.byte + sum(self.steps[self.at:first])
            end = start + sum(self.steps[first:last])
        self.at, self.byte = last, end
        return start, end, words if self.clean else tidy(words)


def _skipped(text: str, lines: int) -> int:
    """Where a text goes on after so many lines."""
    at = 0
    for _ in range(lines):
        at = text.find("\n", at) + 1 or len(text)
    return at


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
