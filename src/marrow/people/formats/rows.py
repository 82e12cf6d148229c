"""The rows of a table with commas, tabs or semicolons, with the places of their cells; quoted cells may hold lines."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from marrow.people.formats.original import Line, Original, at, size

LONGEST = 1_000_000  # characters of a row; a quote that is not closed by then was no quote
PARTS = ("\t", ";", ",")


@dataclass(slots=True)
class Row:
    """One row.

    lines     the lines of the file that it takes
    text      them joined by line feeds
    spans     characters between which each cell stands, quotes and all
    number    its first line, from 1
    """

    lines: list[Line]
    text: str
    spans: list[tuple[int, int]]
    number: int

    def cell(self, index: int) -> str:
        """What a cell holds, "" where the row is shorter."""
        if not 0 <= index < len(self.spans):
            return ""
        text = self.text[slice(*self.spans[index])]
        return text[1:-1].replace('""', '"') if len(text) > 1 and text[0] == text[-1] == '"' else text.strip(" \t")

    def stretch(self, index: int, encoding: str) -> tuple[int, int] | None:
        """First byte of a cell and the byte after its last, None where it is empty."""
        first, last = self.spans[index] if index < len(self.spans) else (0, 0)
        text = self.text[first:last]
        if len(text) < 2 or text[0] != '"' or text[-1] != '"':
            first, last = first + len(text) - len(text.lstrip(" \t")), last - len(text) + len(text.rstrip(" \t"))
        if first >= last:
            return None
        start = self._byte(first, encoding)
        alone = len(self.lines) == 1 and "\\x" not in self.text
        return start, start + size(self.text[first:last], encoding) if alone else self._byte(last, encoding)

    def _byte(self, index: int, encoding: str) -> int:
        """The byte of the file at which a character of the row stands."""
        for start, text, raw in self.lines:
            if index <= len(text):
                return start + at(raw, text, index, encoding)
            index -= len(text) + 1
        raise IndexError(index)


def rows(original: Original, part: str) -> Iterator[Row]:
    """The rows of a table whose cells are parted by one sign, the first of them its names.

    test      quoted cells with commas, quotes and line breaks; a quote that is never closed costs one row, and is told
    """
    waiting: deque[Line] = deque()
    lines, number = original.lines(), 0
    while (line := waiting.popleft() if waiting else next(lines, None)) is not None:
        number += 1
        text = line[1]
        if '"' not in text:
            if text:
                yield Row([line], text, _plain(text, part), number)
            continue
        held = _closed([line], part, waiting, lines)
        if held is None:
            original.losses.note("quote", number)
            yield Row([line], text, _plain(text, part), number)
            continue
        yield Row(*held, number)
        number += len(held[0]) - 1


def part_of(line: str) -> str:
    """The sign that parts the cells of a table, by its first line."""
    return max(PARTS, key=lambda each: (line.count(each), each == ","))


def _plain(text: str, part: str) -> list[tuple[int, int]]:
    """The cells of a line in which quotes mean nothing."""
    spans, at = [], 0
    for cell in text.split(part):
        spans.append((at, at + len(cell)))
        at += len(cell) + 1
    return spans


def _closed(held: list[Line], part: str, waiting: deque[Line], lines: Iterator[Line]
            ) -> tuple[list[Line], str, list[tuple[int, int]]] | None:
    """A row with all the lines that its quotes hold; None, and the lines put back, where a quote is never closed."""
    taken: list[Line] = []
    length, odd = len(held[0][1]), held[0][1].count('"') % 2
    while True:
        if not odd or not taken:
            text = "\n".join(line[1] for line in [*held, *taken])
            spans = _spans(text, part)
            if spans is not None:
                return [*held, *taken], text, spans
        line = waiting.popleft() if waiting else next(lines, None)
        if line is not None:
            taken.append(line)
            length += len(line[1])
            odd = (odd + line[1].count('"')) % 2
        if line is None or length > LONGEST:
            waiting.extendleft(reversed(taken))
            return None


def _spans(text: str, part: str) -> list[tuple[int, int]] | None:
    """The cells of a row, None where a quoted one has no end."""
    spans, at, match = [], 0, _cell(part).match
    while (found := match(text, at)) is not None:
        spans.append(found.span())
        at = found.end() + 1
        if at > len(text):
            return spans
    return None


@lru_cache
def _cell(part: str) -> re.Pattern[str]:
    """A quoted cell, with whatever stands behind its quote; or a cell that does not begin with one."""
    return re.compile(rf'"[^"]*+(?:""[^"]*+)*+"[^{part}]*+|[^{part}"][^{part}]*+|(?={part}|\Z)')
