"""PLY, ascii or binary of either end, any properties in any order; meshes in it. Clouds: `marrow.forms.cloud`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy import ndarray

from marrow.errors import InputError, LimitError
from marrow.forms.looks import wrong_kind
from marrow.media import Mesh

TYPES = {"char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "i2", "int16": "i2", "ushort": "u2",
         "uint16": "u2", "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4", "float": "f4", "float32": "f4",
         "double": "f8", "float64": "f8"}
WRITTEN = {"f4": "float", "f8": "double", "u1": "uchar", "u2": "ushort", "i4": "int"}
CHUNK = 1_000_000    # rows written at once
MOST = 400_000_000   # points held in memory
LONGEST_HEAD = 65536  # bytes
FAR = 10_000.0        # metres from zero at which a float32 begins to lose millimetres


@dataclass
class _Element:
    """One element of the header: how many rows, and each property's name, type and, for lists, type of its count."""

    name: str
    count: int
    properties: list[tuple[str, str, str]] = field(default_factory=list)

    def least(self, ascii_: bool) -> int:
        """The fewest bytes that its rows can take."""
        sizes = (2 if ascii_ else int((count or kind)[1]) for _, kind, count in self.properties)
        return self.count * sum(sizes)


@dataclass
class _Head:
    end: str  # "a" for ascii, "<" or ">"
    elements: list[_Element]
    comments: list[str]


def read_points(path: Path) -> tuple[dict[str, ndarray], list[str]]:
    """Columns of the element "vertex", by the names of its properties, and the comments of the header.

    raises    InputError  not PLY, broken off; LimitError when it holds more points than fit in memory
    """
    with open(path, "rb") as file:
        head = _head(file, path)
        return _rows(file, head, path)["vertex"], head.comments


def stream_points(path: Path, most: int) -> Iterator[tuple[dict[str, ndarray], list[str]]]:
    """As `read_points`, so many rows at a time; text, and points with lists in them, come whole."""
    with open(path, "rb") as file:
        head = _head(file, path)
        first = head.elements[0]
        if head.end == "a" or first.name != "vertex" or any(count for _, _, count in first.properties):
            yield _rows(file, head, path)["vertex"], head.comments
            return
        kinds = np.dtype([(f"f{number}", head.end + kind) for number, (_, kind, _) in enumerate(first.properties)])
        for start in range(0, first.count, most):
            raw = file.read(kinds.itemsize * min(most, first.count - start))
            rows = np.frombuffer(raw, kinds, len(raw) // max(1, kinds.itemsize))
            if len(rows) < min(most, first.count - start):
                raise InputError("file.ends", path=path)
            yield {name: rows[f"f{number}"] for number, (name, _, _) in enumerate(first.properties)}, head.comments


def write_points(columns: dict[str, ndarray], comments: list[str], path: Path) -> None:
    """Columns of one length as the element "vertex" of a binary PLY; their types as they are."""
    kinds = [(name, np.dtype(column.dtype).newbyteorder("<")) for name, column in columns.items()]
    count = len(next(iter(columns.values())))
    lines = [*(f"comment {each}" for each in comments), f"element vertex {count}"]
    lines += [f"property {WRITTEN[kind.str[1:]]} {name}" for name, kind in kinds]
    with open(path, "wb") as file:
        file.write(_header(lines))
        for start in range(0, count, CHUNK):
            rows = np.empty(min(CHUNK, count - start), kinds)
            for name, column in columns.items():
                rows[name] = column[start:start + CHUNK]
            file.write(rows.tobytes())


def read_mesh(path: Path) -> Mesh:
    """Triangles from PLY; polygons are cut into fans. Raises as `read_cloud`, and when a face names no vertex."""
    with open(path, "rb") as file:
        head = _head(file, path)
        rows = _rows(file, head, path)
    columns = [rows["vertex"].get(axis) for axis in "xyz"]
    vertices = None if any(each is None for each in columns) else np.stack(columns, axis=1)
    faces = rows.get("face", {})
    lists = next((faces[name] for name in ("vertex_indices", "vertex_index") if name in faces), None)
    if vertices is None or lists is None or not len(lists):
        raise InputError("mesh.no_faces", path=path)
    triangles = _triangles(lists)
    if len(triangles) and (triangles.min() < 0 or triangles.max() >= len(vertices)):
        raise InputError("mesh.face", path=path, most=len(vertices) - 1)
    if not np.isfinite(vertices).all():
        raise InputError("mesh.number", path=path)
    return Mesh(vertices.astype(np.float32), triangles.astype(np.int32))


def write_mesh(mesh: Mesh, path: Path) -> None:
    """Triangles as binary PLY."""
    rows = np.empty(len(mesh.faces), [("count", "u1"), ("corners", "<i4", 3)])
    rows["count"], rows["corners"] = 3, mesh.faces
    lines = [f"element vertex {len(mesh.vertices)}", *(f"property float {axis}" for axis in "xyz"),
             f"element face {len(rows)}", "property list uchar int vertex_indices"]
    with open(path, "wb") as file:
        file.write(_header(lines))
        file.write(np.ascontiguousarray(mesh.vertices, "<f4").tobytes())
        file.write(rows.tobytes())


def _header(lines: list[str]) -> bytes:
    return "\n".join(["ply", "format binary_little_endian 1.0", *lines, "end_header\n"]).encode("ascii")


def _head(file: BinaryIO, path: Path) -> _Head:
    """The header; the file then stands at the first row."""
    start = file.read(LONGEST_HEAD)
    if not re.match(rb"ply\s", start):
        raise wrong_kind(path, "cloud")
    end = re.search(rb"[\r\n]end_header(\r\n|\n|\r)", start)
    if not end:
        raise InputError("file.ends", path=path)
    file.seek(end.end())
    head = _Head("", [], [])
    for line in re.split(rb"[\r\n]+", start[:end.start()])[1:]:
        words = line.decode("latin-1").split()
        try:
            _line(words, head)
        except (ValueError, IndexError, KeyError) as error:
            raise InputError("ply.head", path=path, line=line.decode("latin-1")[:80]) from error
    if not head.end or not any(each.name == "vertex" for each in head.elements):
        raise InputError("ply.head", path=path, line="end_header")
    _fits(head, path, path.stat().st_size - end.end())
    return head


def _line(words: list[str], head: _Head) -> None:
    if not words or words[0] == "obj_info":
        return
    if words[0] == "format":
        head.end = {"ascii": "a", "binary_little_endian": "<", "binary_big_endian": ">"}[words[1]]
    elif words[0] == "comment":
        head.comments.append(" ".join(words[1:]))
    elif words[0] == "element":
        head.elements.append(_Element(words[1], int(words[2])))
        if head.elements[-1].count < 0:
            raise ValueError(words)
    elif words[0] == "property" and words[1] == "list":
        head.elements[-1].properties.append((words[4], TYPES[words[3]], TYPES[words[2]]))
    elif words[0] == "property":
        head.elements[-1].properties.append((words[2], TYPES[words[1]], ""))
    else:
        raise ValueError(words)


def _fits(head: _Head, path: Path, room: int) -> None:
    """Refuse a header that promises more rows than the file can hold, before anything is allocated."""
    if sum(each.least(head.end == "a") for each in head.elements) > room + 1:
        stated = next(each.count for each in head.elements if each.name == "vertex")
        raise InputError("ply.short", path=path, stated=stated, size=f"{room / 1e6:.3f}")
    if any(each.count > MOST for each in head.elements):
        raise LimitError("ply.large", path=path, stated=max(each.count for each in head.elements), most=MOST)


def _rows(file: BinaryIO, head: _Head, path: Path) -> dict[str, dict[str, ndarray | list]]:
    """Columns of every element up to the faces, by element and property."""
    found: dict[str, dict] = {}
    try:
        lines = iter(file.read().decode("ascii").splitlines()) if head.end == "a" else None
        for each in head.elements:
            if lines is not None:
                found[each.name] = _ascii(lines, each)
            elif any(count for _, _, count in each.properties):
                found[each.name] = _lists(file, each, head.end)
            else:
                kinds = np.dtype([(f"f{number}", head.end + kind) for number, (_, kind, _) in
                                  enumerate(each.properties)])
                rows = np.frombuffer(file.read(kinds.itemsize * each.count), kinds, each.count)
                found[each.name] = {name: rows[f"f{number}"] for number, (name, _, _) in enumerate(each.properties)}
    except (ValueError, IndexError, StopIteration) as error:
        raise _broken(file, head, path) from error
    return found


def _broken(file: BinaryIO, head: _Head, path: Path) -> InputError:
    """What is wrong with the rows: the first line of text that is not all numbers, else the file ends early."""
    file.seek(0)
    rows = False
    for number, line in enumerate(file if head.end == "a" else (), 1):
        try:
            _ = rows and [float(each) for each in line.split()]
        except ValueError:
            return InputError("ply.row", path=path, line=number, text=line[:60].decode("latin-1").strip())
        rows = rows or line.strip() == b"end_header"
    return InputError("file.ends", path=path)


def _ascii(lines: Iterator[str], element: _Element) -> dict[str, ndarray | list]:
    """Columns of an element written as text."""
    columns: dict[str, ndarray | list] = {}
    if element.count and not any(count for _, _, count in element.properties):
        table = np.loadtxt(islice(lines, element.count), ndmin=2, comments=None)
        if len(table) < element.count:
            raise ValueError(element.name)
        return {name: _cast(table[:, number], kind) for number, (name, kind, _) in enumerate(element.properties)}
    words = [next(lines).split() for _ in range(element.count)]
    for name, kind, count in element.properties:
        taken = [(row[1:1 + int(row[0])], row[1 + int(row[0]):]) if count else (row[:1], row[1:]) for row in words]
        values = [np.array(first, np.float64) for first, _ in taken]
        if any(len(value) != (int(row[0]) if count else 1) for value, row in zip(values, words, strict=True)):
            raise ValueError(name)
        words = [rest for _, rest in taken]
        columns[name] = [_cast(each, kind) for each in values] if count else _cast(np.concatenate(values), kind)
    return columns


def _cast(values: ndarray, kind: str) -> ndarray:
    """Values in their type, but text that says more than a float32 can hold stays as fine as it is."""
    far = kind == "f4" and np.abs(values).max(initial=0) > FAR
    return values if kind == "f8" or far else values.astype(kind)


def _lists(file: BinaryIO, element: _Element, end: str) -> dict[str, ndarray | list]:
    """Columns of a binary element with lists; the usual case, all lists of one length, is read at once."""
    start = file.tell()
    raw = file.read()
    quick = _even(raw, element, end)
    if quick is not None:
        file.seek(start + quick[1])
        return quick[0]
    at = 0
    columns: dict[str, list] = {name: [] for name, _, _ in element.properties}
    for _ in range(element.count):
        for name, kind, count in element.properties:
            many = 1
            if count:
                many = int(np.frombuffer(raw, end + count, 1, at)[0])
                at += int(count[1])
            columns[name].append(np.frombuffer(raw, end + kind, many, at))
            at += many * int(kind[1])
    file.seek(start + at)
    return {name: columns[name] if count else np.concatenate(columns[name])
            for name, _, count in element.properties}


def _even(raw: bytes, element: _Element, end: str) -> tuple[dict, int] | None:
    """All rows at once when every list is as long as the first row's, else None."""
    if not element.count:
        return {name: [] for name, _, _ in element.properties}, 0
    kinds: list[tuple] = []
    at = 0
    for number, (_, kind, count) in enumerate(element.properties):
        many = 1
        if count:
            many = int(np.frombuffer(raw, end + count, 1, at)[0])
            kinds.append((f"n{number}", end + count))
            at += int(count[1])
        kinds.append((f"f{number}", end + kind, (many,)))
        at += many * int(kind[1])
    if len(raw) < at * element.count:
        return None
    rows = np.frombuffer(raw, np.dtype(kinds), element.count)
    if any((rows[name] != rows[name][0]).any() for name in rows.dtype.names if name[0] == "n"):
        return None
    columns = {name: rows[f"f{number}"] if count else rows[f"f{number}"][:, 0]
               for number, (name, _, count) in enumerate(element.properties)}
    return columns, at * element.count


def _triangles(lists: ndarray | list) -> ndarray:
    """Polygons as fans of triangles (m, 3)."""
    if isinstance(lists, np.ndarray):
        corners = lists.shape[1]
        fans = [lists[:, [0, number, number + 1]] for number in range(1, corners - 1)]
        return np.stack(fans, axis=1).reshape(-1, 3).astype(np.int64) if fans else np.zeros((0, 3), np.int64)
    fans = [each[[0, number, number + 1]] for each in lists for number in range(1, len(each) - 1)]
    return np.array(fans, np.int64).reshape(-1, 3)
