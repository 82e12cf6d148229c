"""Kerning: how much closer the font wants two Latin letters, read from its own table.

    source    OpenType 1.9.1, GPOS lookup type 2 (pair adjustment) and 9 (extension), cmap formats 4 and 12
"""

import struct
from collections.abc import Iterator
from functools import lru_cache


@lru_cache(maxsize=8192)
def kern(path: str, index: int, before: str, after: str) -> float:
    """Em to add between two letters; mostly negative, 0 where the font says nothing or its table is damaged.

    test    "To" moves together, "HH" does not
    """
    try:
        font = _font(path, index)
        first, second = _glyph(font["cmap"], ord(before)), _glyph(font["cmap"], ord(after))
        return sum(_adjusted(font["GPOS"], each, first, second) for each in _lookups(path, index)) / _unit(font)
    except (KeyError, struct.error, IndexError, ZeroDivisionError):
        return 0.0


@lru_cache(maxsize=8)
def _font(path: str, index: int) -> dict[str, bytes]:
    """The tables that matter, of one face of a font file."""
    with open(path, "rb") as file:
        head = file.read(4)
        start = 0
        if head == b"ttcf":
            file.seek(12 + 4 * index)
            start = struct.unpack(">I", file.read(4))[0]
        file.seek(start + 4)
        count = struct.unpack(">H6x", file.read(8))[0]
        rows = [struct.unpack(">4s4xII", file.read(16)) for _ in range(count)]
        found = {}
        for tag, offset, length in rows:
            if tag in (b"cmap", b"GPOS", b"head"):
                file.seek(offset)
                found[tag.decode()] = file.read(length)
    return found


def _unit(font: dict[str, bytes]) -> int:
    return _short(font["head"], 18)


def _short(table: bytes, at: int, signed: bool = False) -> int:
    return struct.unpack_from(">h" if signed else ">H", table, at)[0]


def _long(table: bytes, at: int) -> int:
    return struct.unpack_from(">I", table, at)[0]


def _glyph(cmap: bytes, point: int) -> int:
    """The glyph of a character, by whichever subtable knows it; 0 for none."""
    for row in range(_short(cmap, 2)):
        at = _long(cmap, 8 + 8 * row)
        form = _short(cmap, at)
        if form == 12:
            for group in range(_long(cmap, at + 12)):
                first, last, glyph = struct.unpack_from(">III", cmap, at + 16 + 12 * group)
                if first <= point <= last:
                    return glyph + point - first
        elif form == 4 and point < 0x10000:
            glyph = _glyph_in_segments(cmap, at, point)
            if glyph:
                return glyph
    return 0


def _glyph_in_segments(cmap: bytes, at: int, point: int) -> int:
    twice = _short(cmap, at + 6)
    for i in range(0, twice, 2):
        if point <= _short(cmap, at + 14 + i):
            start, delta = _short(cmap, at + 16 + twice + i), _short(cmap, at + 16 + 2 * twice + i)
            spot = at + 16 + 3 * twice + i
            offset = _short(cmap, spot)
            if point < start:
                return 0
            glyph = _short(cmap, spot + offset + 2 * (point - start)) if offset else point
            return (glyph + delta) % 65536 if glyph else 0
    return 0


@lru_cache(maxsize=8)
def _lookups(path: str, index: int) -> tuple[tuple[int, ...], ...]:
    """For each lookup that kerning uses, where its pair tables begin."""
    gpos = _font(path, index)["GPOS"]
    features, lookups = _short(gpos, 6), _short(gpos, 8)
    used: set[int] = set()
    for i in range(_short(gpos, features)):
        row = features + 2 + 6 * i
        if gpos[row:row + 4] == b"kern":
            at = features + _short(gpos, row + 4)
            used |= {_short(gpos, at + 4 + 2 * each) for each in range(_short(gpos, at + 2))}
    return tuple(tuple(_pairs(gpos, lookups + _short(gpos, lookups + 2 + 2 * each))) for each in sorted(used))


def _pairs(gpos: bytes, lookup: int) -> Iterator[int]:
    kind = _short(gpos, lookup)
    for i in range(_short(gpos, lookup + 4)):
        at = lookup + _short(gpos, lookup + 6 + 2 * i)
        if kind == 2:
            yield at
        elif kind == 9 and _short(gpos, at + 2) == 2:
            yield at + _long(gpos, at + 4)


def _adjusted(gpos: bytes, tables: tuple[int, ...], first: int, second: int) -> int:
    """Font units added after the first glyph, by the first table of a lookup that knows the pair."""
    for at in tables:
        place = _covered(gpos, at + _short(gpos, at + 2), first)
        if place is None:
            continue
        form, one, two = _short(gpos, at), _short(gpos, at + 4), _short(gpos, at + 6)
        record, shift = 2 * (one.bit_count() + two.bit_count()), 2 * (one & 3).bit_count()
        if form == 2:
            left = _class(gpos, at + _short(gpos, at + 8), first)
            right = _class(gpos, at + _short(gpos, at + 10), second)
            spot = at + 16 + record * (left * _short(gpos, at + 14) + right)
            return _short(gpos, spot + shift, signed=True) if one & 4 else 0
        pairs = at + _short(gpos, at + 10 + 2 * place)
        for i in range(_short(gpos, pairs)):
            spot = pairs + 2 + i * (2 + record)
            if _short(gpos, spot) == second:
                return _short(gpos, spot + 2 + shift, signed=True) if one & 4 else 0
    return 0


def _covered(gpos: bytes, at: int, glyph: int) -> int | None:
    """The place of a glyph in a coverage table."""
    for i in range(_short(gpos, at + 2)):
        if _short(gpos, at) == 1:
            if _short(gpos, at + 4 + 2 * i) == glyph:
                return i
            continue
        first, last, place = struct.unpack_from(">HHH", gpos, at + 4 + 6 * i)
        if first <= glyph <= last:
            return place + glyph - first
    return None


def _class(gpos: bytes, at: int, glyph: int) -> int:
    """The class of a glyph; 0 for those that belong to none."""
    if _short(gpos, at) == 1:
        first, count = _short(gpos, at + 2), _short(gpos, at + 4)
        return _short(gpos, at + 6 + 2 * (glyph - first)) if first <= glyph < first + count else 0
    for i in range(_short(gpos, at + 2)):
        first, last, found = struct.unpack_from(">HHH", gpos, at + 4 + 6 * i)
        if first <= glyph <= last:
            return found
    return 0
