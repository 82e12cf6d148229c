"""Scans as text, a point to a line: XYZ, TXT, ASC, PTS, CSV, in whatever way a program wrote them.

What stands between values, the decimal mark, names of columns, a count in the first line and what the columns mean
are seen from the file. The sky is along z.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from marrow.contents import Remark, tell_of
from marrow.draw.colour import Shades
from marrow.errors import InputError
from marrow.forms.looks import look, wrong_kind
from marrow.media import Cloud, Source
from marrow.places.formats import columns, door, parsing

BLOCK = 1 << 24      # bytes read at once
HEAD = 1 << 16       # bytes that are looked at
TURNED = (b"\xff\xfe", b"\xfe\xff")
LONE = re.compile(rb"\s*\d+\s*")
NUMBER = re.compile(r"[-+]?(\d+[.,]?\d*|[.,]\d+)([eE][-+]?\d+)?|[-+]?nan|[-+]?inf(inity)?|null|", re.IGNORECASE)


@dataclass(frozen=True)
class Style:
    """How a file writes its points.

    split      the letter between values, "" for blanks
    point      the decimal mark
    names      of the columns, empty where there are none
    skipped    lines before the first point
    stated     how many points the first line promises, or None
    wide       values in a line
    """

    split: str
    point: str
    names: list[str]
    skipped: int
    stated: int | None
    wide: int


def read_text(path: Path) -> Cloud:
    """Points of a place from text.

    raises    InputError  no table of numbers; a line with more, fewer or other values, by its number; a count that
                          is not kept
    """
    return door.gathered(path, stream_text(path))


def stream_text(path: Path) -> Iterator[Cloud]:
    """The points of a text in batches on one origin; what the columns are is decided by the first batch."""
    yield from door.batches(path, _rows(path), [Source(path.name, "z")])


def sniffed(path: Path, head: bytes) -> Style:
    """How the text is written, by its first lines."""
    lines = head.decode("utf-8-sig", "replace").splitlines()
    stated, names = None, []
    for number, line in enumerate(lines):
        plain = line.strip().lstrip("#/%; ").strip()
        if not plain:
            continue
        split, point = _marks(plain)
        words = [each.strip(' "\r') for each in (plain.split(split) if split else plain.split())]
        if line.lstrip()[:1] not in ("#", "/", "%") and all(NUMBER.fullmatch(each) for each in words):
            if len(words) >= 3:
                return Style(split, point, names if len(names) == len(words) else [], number, stated, len(words))
            if len(words) == 1 and plain.isdigit() and stated is None:
                stated = int(plain)
                continue
            raise InputError("places.row", path=path, line=number + 1, text=line[:60])
        names = words
    raise InputError("cloud.empty", path=path)


def _marks(line: str) -> tuple[str, str]:
    """What stands between the values of a line, and its decimal mark."""
    for split in (";", "\t", "|"):
        if split in line and (split != "\t" or "," not in line or re.search(r"\d,\d", line)):
            return split, "," if "," in line and "." not in line else "."
    if "," not in line:
        return "", "."
    decimal = "." not in line and re.search(r"\d,\d+\s+[-+]?\d+,\d", line)
    return ("", ",") if decimal else (",", ".")


def _rows(path: Path) -> Iterator[door.Rows]:
    with open(path, "rb") as raw:
        file = _plain(raw, path)
        head = file.read(HEAD)
        if b"\0" in head:
            raise wrong_kind(path, "cloud") if look(path) != "text" else InputError("cloud.empty", path=path)
        style = sniffed(path, head)
        file.seek(3 if head[:3] == b"\xef\xbb\xbf" else 0)
        for _ in range(style.skipped):
            file.readline()
        yield from _tables(path, file, style)


def _tables(path: Path, file: BinaryIO, style: Style) -> Iterator[door.Rows]:
    words, line, found, shades = None, style.skipped, 0, Shades(path.name)
    while block := file.read(BLOCK):
        block += file.readline()
        table, lines, wrong = parsing.numbers(block, style.wide, ord(style.split or "\0"), ord(style.point))
        if wrong:
            raise InputError("places.row", path=path, line=line + lines,
                             text=block.split(b"\n")[lines - 1][:60].decode("utf-8", "replace").strip())
        line, found = line + lines, found + len(table)
        if words is None and len(table):
            words = columns.called(style.names) if style.names else columns.guessed(table[:100_000])
            if not all(axis in words for axis in "xyz"):
                words = columns.guessed(table[:100_000])
            _tell(path, words, style)
        if len(table):
            places = np.ascontiguousarray(table[:, [words.index(axis) for axis in "xyz"]])
            yield door.Rows(places, columns.known(table, words, shades))
    if style.stated is not None and found < style.stated:
        raise InputError("places.short", path=path, stated=style.stated, found=found)


def _tell(path: Path, words: list[str], style: Style) -> None:
    lost = [style.names[number] if style.names else f"{number + 1}" for number, word in enumerate(words) if not word]
    if lost:
        tell_of([Remark("places.lost", {"path": path.name, "names": ", ".join(lost)})])


def _plain(raw: BinaryIO, path: Path) -> BinaryIO:
    """The file as bytes of one-byte letters; UTF-16, which some Windows programs write, is turned."""
    if raw.read(2) in TURNED:
        from io import BytesIO

        raw.seek(0)
        return BytesIO(raw.read().decode("utf-16", "replace").encode("utf-8"))
    raw.seek(0)
    return raw
