"""The records of a JSON file with the places of their words, one by one, so that a large file needs little memory.

A list of records is found by the key before it: inside a string that key would have its quotes escaped, so nothing
that somebody wrote in a message can be taken for one. A record that is broken, too long or nested too deep is told of
and left out, and reading goes on with the next; a file that is cut keeps what came before the cut.
"""

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from marrow.errors import InputError
from marrow.people.formats.original import BLOCK, HANDLERS, Original, size
from marrow.people.formats.stretches import decoded, joined, tidy

LONGEST = 16_000_000  # characters of one record
DECODER = json.JSONDecoder(strict=False)
SPACE = re.compile(r"[\s,]*")
NEXT = re.compile(r"\}\s*,\s*(?=\{)")


class Record(NamedTuple):
    """A JSON object and where it stands.

    value       the object
    text        a piece of the file, from `first` to `last` the object
    offset      byte of the file at which character `first` stands
    part        number of the list that it is in, from 0
    """

    value: dict
    text: str
    first: int
    last: int
    offset: int
    encoding: str
    part: int = 0

    def found(self, key: str) -> tuple[int, int] | None:
        """The characters between which the value of a key stands, quotes and all."""
        value = self.value.get(key)
        for match in _key(key).finditer(self.text, self.first, self.last):
            try:
                got, end = DECODER.raw_decode(self.text, match.end())
            except (ValueError, RecursionError):
                continue
            if got == value:
                return match.end(), end
        return None

    def stretch(self, key: str) -> tuple[int, int, str] | None:
        """First byte, byte after the last, and words of a string or list under a key, None where it has none."""
        words = tidy(joined(self.value.get(key)))
        place = self.found(key) if words else None
        if place is None:
            return None
        start = self.byte(place[0])
        return start, start + size(self.text[place[0]:place[1]], self.encoding), words

    def byte(self, index: int) -> int:
        """The byte of the file at which a character of `text` stands."""
        return self.offset + size(self.text[self.first:index], self.encoding)


def records(original: Original, start: re.Pattern[str], once: bool = False) -> Iterator[Record]:
    """The objects of every list that `start` ends at the bracket of, or of the first alone.

    raises    InputError  letters in which places cannot be counted
    """
    window, part = _Window(original), -1
    while window.find(start):
        part += 1
        while (found := window.next()) is not None:
            value, first, last = found
            if isinstance(value, dict):
                yield Record(value, window.text, first, last, window.offset(first), window.encoding, part)
        if once:
            break


def lined(original: Original) -> Iterator[Record]:
    """The objects of a file that holds one in every line; comments (#) and blank lines are none."""
    encoding = "utf-8" if original.encoding == "utf-8-sig" else original.encoding
    for number, (offset, text, raw) in enumerate(original.lines(), 1):
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        text = text if "\\x" not in text else decoded(raw, encoding)
        try:
            first = len(text) - len(text.lstrip())
            value, last = DECODER.raw_decode(text, first)
        except (ValueError, RecursionError):
            original.losses.note("torn", number)
            continue
        if isinstance(value, dict):
            yield Record(value, text, first, last, offset + size(text[:first], encoding), encoding)


_KEYS: dict[str, re.Pattern[str]] = {}


def _key(name: str) -> re.Pattern[str]:
    """The key and the colon before a value."""
    if name not in _KEYS:
        _KEYS[name] = re.compile(rf'"{re.escape(name)}"\s*:\s*')
    return _KEYS[name]


@dataclass
class _Window:
    """A moving piece of a file, as text, whose places in bytes are known."""

    original: Original

    def __post_init__(self) -> None:
        self.encoding = "utf-8" if self.original.encoding == "utf-8-sig" else self.original.encoding
        handler = HANDLERS.get(self.encoding, "strict")
        self.decoder = codecs.getincrementaldecoder(self.encoding)(handler)
        self.file = open(self.original.path, "rb")
        self.file.seek(self.original.mark)
        self.text, self.base, self.line, self.ended = "", self.original.mark, 1, False
        self.at, self.counted, self.place = 0, 0, 0  # where reading is; a character, and its bytes from the base

    def more(self) -> bool:
        """Read on; what is done with is dropped. False at the end of the file."""
        if self.ended:
            return False
        content = self.file.read(min(BLOCK, self.original.end - self.file.tell()))
        self.ended = not content
        self._drop()
        try:
            self.text += self.decoder.decode(content, not content)
        except UnicodeDecodeError as error:
            raise InputError("people.json_letters", path=self.original.path, encoding=self.encoding) from error
        if self.ended:
            self.file.close()
        return not self.ended

    def _drop(self) -> None:
        self.base = self.offset(self.at)
        self.line += self.text.count("\n", 0, self.at)
        self.text, self.at, self.counted, self.place = self.text[self.at:], 0, 0, 0

    def offset(self, index: int) -> int:
        """The byte of the file at which a character stands; asked for in rising order."""
        self.place += size(self.text[self.counted:index], self.encoding)
        self.counted = index
        return self.base + self.place

    def find(self, start: re.Pattern[str]) -> bool:
        """Go on behind the next place that matches; False where there is none."""
        while not (found := start.search(self.text, self.at)):
            self.at = max(self.at, len(self.text) - 200)
            if not self.more():
                return False
        self.at = found.end()
        return True

    def next(self) -> tuple[object, int, int] | None:
        """The next value of the list and where it stands, None at the list's end."""
        while True:
            self.at = SPACE.match(self.text, self.at).end()
            if self.text.startswith("]", self.at):
                return None
            try:
                value, last = DECODER.raw_decode(self.text, self.at)
            except (ValueError, RecursionError) as error:
                if not self._mended(isinstance(error, RecursionError)):
                    return None
                continue
            first, self.at = self.at, last
            return value, first, last

    def _mended(self, deep: bool) -> bool:
        """Read on where a record has not ended; pass over it where it is broken. False at the end of the file."""
        if not deep and len(self.text) - self.at < LONGEST and self.more():
            return True
        line = self.line + self.text.count("\n", 0, self.at)
        while not (found := NEXT.search(self.text, self.at)):
            self.at = max(self.at, len(self.text) - 100)
            if not self.more():
                self.original.losses.note("cut", line)
                return False
        self.original.losses.note("torn", line)
        self.at = found.end()
        return True
