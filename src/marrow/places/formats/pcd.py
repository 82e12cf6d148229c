"""Scans in PCD, the point cloud library's format: text, binary, or packed by LZF."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy import ndarray

from marrow.contents import Remark, tell_of
from marrow.draw.colour import Shades, linear
from marrow.errors import InputError, LimitError
from marrow.forms.looks import wrong_kind
from marrow.media import Cloud, Source
from marrow.places.formats import columns, door, parsing

KINDS = {"F": "f", "I": "i", "U": "u"}
SIZES = {"F": (4, 8), "I": (1, 2, 4, 8), "U": (1, 2, 4, 8)}
HEAD = 65536      # bytes of a header
WIDEST = 4096     # numbers to a point
UNPACKED = 90     # bytes that LZF makes of one at most: three bytes stand for 264
STILL = (0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Head:
    """The header: each field's name, type and how many numbers it has; points; how they are written; the viewpoint;
    lines of the header."""

    fields: list[tuple[str, str, int]]
    count: int
    form: str
    view: tuple[float, ...]
    lines: int

    @property
    def row(self) -> np.dtype:
        """One point as it lies in the file."""
        return np.dtype([(f"f{number}", f"<{kind}", (many,)) for number, (_, kind, many) in enumerate(self.fields)])


def read_pcd(path: Path) -> Cloud:
    """Points of a place from PCD, organised or not; points that are no numbers stay out.

    raises    InputError  a header that cannot be read or promises more than the file holds; LimitError  too many
    source    pointclouds.org, The PCD file format, version 0.7
    test      the same cloud written in all three ways is the same
    """
    return door.gathered(path, stream_pcd(path))


def stream_pcd(path: Path) -> Iterator[Cloud]:
    """The points of a PCD in batches on one origin."""
    yield from door.batches(path, _rows(path), [Source(path.name, "z")])


def _rows(path: Path) -> Iterator[door.Rows]:
    with open(path, "rb") as file:
        head = _head(file, path)
        words = columns.called([name for name, _, _ in head.fields])
        if not all(axis in words for axis in "xyz"):
            raise InputError("cloud.empty", path=path)
        _tell(path, head, words)
        tables = {"ascii": _ascii, "binary": _binary, "binary_compressed": _packed}[head.form]
        found, shades = 0, Shades(path.name)
        for table in tables(file, path, head):
            found += len(table[0])
            yield _known(table, head, words, shades)
    if found < head.count:
        raise InputError("places.short", path=path, stated=head.count, found=found)


def _known(table: list[ndarray], head: Head, words: list[str], shades: Shades) -> door.Rows:
    """Points out of columns."""
    at = {word: table[number] for number, word in enumerate(words) if word}
    used = list(at)
    wide = np.stack([at[word].astype(np.float64) for word in used], axis=1)
    known = columns.known(wide, used, shades)
    for (name, kind, _), column in zip(head.fields, table, strict=True):
        if name.lower() in ("rgb", "rgba") and kind[1:] == "4":
            known["colours"] = _packed_shades(column)
    return door.Rows(np.ascontiguousarray(wide[:, [used.index(axis) for axis in "xyz"]]), known)


def _packed_shades(column: ndarray) -> ndarray:
    """Colours out of four bytes, which a float may stand for."""
    bits = np.ascontiguousarray(column).view(np.uint32)
    return linear(np.stack([bits >> 16 & 255, bits >> 8 & 255, bits & 255], axis=1).astype(np.uint8))


def _tell(path: Path, head: Head, words: list[str]) -> None:
    lost = [name for (name, _, _), word in zip(head.fields, words, strict=True)
            if not word and name.lower() not in ("rgb", "rgba", "_")]
    tell_of([Remark("places.lost", {"path": path.name, "names": ", ".join(lost)})] * bool(lost)
            + [Remark("places.view", {"path": path.name})] * (head.view != STILL))


def _head(file: BinaryIO, path: Path) -> Head:
    """The header; the file then stands at the first byte of the points."""
    said: dict[str, list[str]] = {}
    number = 0
    while "DATA" not in said:
        line, number = file.readline(HEAD), number + 1
        if number == 1 and not line.lstrip(b"\xef\xbb\xbf").startswith((b"#", b"VERSION", b"FIELDS")):
            raise wrong_kind(path, "cloud")
        if not line or file.tell() > HEAD:
            raise InputError("file.ends", path=path)
        words = line.decode("utf-8", "replace").split("#")[0].split()
        if words:
            said[words[0].upper()] = words[1:]
    try:
        return _fitting(_stated(said, number), path, path.stat().st_size - file.tell())
    except (KeyError, ValueError, IndexError) as error:
        raise InputError("places.head", path=path, line=number) from error


def _stated(said: dict[str, list[str]], lines: int) -> Head:
    names = said.get("FIELDS") or said["COLUMNS"]
    counts = [int(each) for each in said.get("COUNT", ["1"] * len(names))]
    kinds = [(KINDS[kind.upper()] + size) for kind, size in zip(said["TYPE"], said["SIZE"], strict=True)
             if int(size) in SIZES[kind.upper()]]
    grid = int(said["WIDTH"][0]) * int(said.get("HEIGHT", ["1"])[0]) if "WIDTH" in said else 0
    count, form = int(said["POINTS"][0]) if "POINTS" in said else grid, said["DATA"][0].lower()
    if form not in ("ascii", "binary", "binary_compressed") or count < 0 or min(counts) < 1 or sum(counts) > WIDEST:
        raise ValueError(form)
    view = tuple(float(each) for each in said.get("VIEWPOINT", STILL))
    return Head(list(zip(names, kinds, counts, strict=True)), count, form, view, lines)


def _fitting(head: Head, path: Path, room: int) -> Head:
    """Refuse what the file cannot hold, before anything is allocated."""
    least = {"ascii": 2 * sum(many for _, _, many in head.fields), "binary": head.row.itemsize,
             "binary_compressed": head.row.itemsize / UNPACKED}[head.form]
    if head.count * least > room + 1:
        raise InputError("places.short", path=path, stated=head.count, found=int(room / least))
    if head.count > door.MOST and head.form == "binary_compressed":
        raise LimitError("places.many", path=path, most=door.MOST)
    return head


def _binary(file: BinaryIO, path: Path, head: Head) -> Iterator[list[ndarray]]:
    for start in range(0, head.count, door.BATCH):
        wanted = min(door.BATCH, head.count - start)
        raw = file.read(wanted * head.row.itemsize)
        rows = np.frombuffer(raw, head.row, len(raw) // head.row.itemsize)
        yield [rows[name][:, 0] for name in rows.dtype.names]


def _packed(file: BinaryIO, path: Path, head: Head) -> Iterator[list[ndarray]]:
    """Field after field, all in one block."""
    from marrow.places.formats.lzf import unpacked

    sizes = file.read(8)
    packed, whole = struct.unpack("<II", sizes) if len(sizes) == 8 else (0, -1)
    raw = np.frombuffer(file.read(packed), np.uint8)
    if whole != head.row.itemsize * head.count or len(raw) < packed:
        raise InputError("file.ends", path=path)
    made = unpacked(raw, whole)
    if made is None:
        raise InputError("places.packed", path=path)
    table, at = [], 0
    for _, kind, many in head.fields:
        size = int(kind[1:]) * many * head.count
        table.append(made[at:at + size].view(f"<{kind}").reshape(head.count, many)[:, 0])
        at += size
    for start in range(0, head.count, door.BATCH):
        yield [column[start:start + door.BATCH] for column in table]


def _ascii(file: BinaryIO, path: Path, head: Head) -> Iterator[list[ndarray]]:
    wide = sum(many for _, _, many in head.fields)
    starts = np.cumsum([0, *(many for _, _, many in head.fields)])[:-1]
    found, before = 0, head.lines
    while block := file.read(1 << 24):
        table, lines, wrong = parsing.numbers(block + file.readline(), wide)
        if wrong:
            raise InputError("places.row", path=path, line=before + lines,
                             text=block.split(b"\n")[lines - 1][:60].decode("latin-1").strip())
        found, before = found + len(table), before + lines
        yield [_typed(table[:, start], name, kind) for start, (name, kind, _) in
               zip(starts, head.fields, strict=True)]


def _typed(values: ndarray, name: str, kind: str) -> ndarray:
    """Text of a packed colour in its own four bytes; everything else as fine as it is."""
    if name.lower() not in ("rgb", "rgba") or kind[1:] != "4":
        return values
    return values.astype(np.float32) if kind[0] == "f" else values.astype(np.int64).astype(np.uint32)
