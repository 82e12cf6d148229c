"""Clouds and meshes as PLY: ascii or binary of either end; any properties in any order are read.

    comment up z      the axis that points to the sky; without it, y
    comment origin x y z      added to every point; so that a scan far from zero keeps its millimetres
"""

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
from marrow.media import Cloud, Mesh

TYPES = {"char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "i2", "int16": "i2", "ushort": "u2",
         "uint16": "u2", "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4", "float": "f4", "float32": "f4",
         "double": "f8", "float64": "f8"}
COLOURS = (("red", "green", "blue"), ("r", "g", "b"), ("diffuse_red", "diffuse_green", "diffuse_blue"))
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


def read_cloud(path: Path) -> Cloud:
    """Points of a scan from PLY; points that are not numbers are left out.

    Coordinates of 64 bits, or far from zero, keep their precision: their middle, in whole metres, becomes the origin.
    raises  InputError  not PLY, broken off, no points; LimitError when it holds more points than fit in memory
    """
    with open(path, "rb") as file:
        head = _head(file, path)
        vertices = _rows(file, head, path)["vertex"]
    places, good = _places(vertices, path)
    said = _said(head.comments)
    colours = _colours(vertices)
    origin = np.floor(places.mean(axis=0)) if places.dtype == np.float64 else np.zeros(3)
    points = (places - origin).astype(np.float32)
    return Cloud(points, origin + said["origin"], None if colours is None else colours[good], said["up"])


def write_cloud(cloud: Cloud, path: Path) -> None:
    """Points as binary PLY: float32 beside the origin, which stands in a comment, and 8-bit colours."""
    kinds = [(axis, "<f4") for axis in "xyz"]
    if cloud.colours is not None:
        kinds += [(name, "u1") for name in COLOURS[0]]
    rows = np.empty(len(cloud.points), kinds)
    for number, (name, _) in enumerate(kinds):
        rows[name] = cloud.points[:, number] if number < 3 else cloud.colours[:, number - 3]
    origin = " ".join(repr(float(each) + 0.0) for each in cloud.origin)
    lines = [f"comment up {cloud.up}", f"comment origin {origin}", f"element vertex {len(rows)}"]
    lines += [f"property {'float' if kind == '<f4' else 'uchar'} {name}" for name, kind in kinds]
    with open(path, "wb") as file:
        file.write(_header(lines))
        file.write(rows.tobytes())


def read_mesh(path: Path) -> Mesh:
    """Triangles from PLY; polygons are cut into fans. Raises as `read_cloud`, and when a face names no vertex."""
    with open(path, "rb") as file:
        head = _head(file, path)
        rows = _rows(file, head, path)
    vertices = np.stack([rows["vertex"][axis] for axis in "xyz"], axis=1) if _has_places(rows["vertex"]) else None
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
        raise InputError("file.ends", path=path) from error
    return found


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


def _has_places(vertices: dict) -> bool:
    return all(axis in vertices for axis in "xyz")


def _places(vertices: dict, path: Path) -> tuple[ndarray, ndarray]:
    """Positions (n, 3), float64 where the file's are finer than float32, and which rows they came from."""
    if not _has_places(vertices) or not len(vertices["x"]):
        raise InputError("cloud.empty", path=path)
    columns = [np.asarray(vertices[axis]) for axis in "xyz"]
    fine = any(each.dtype.itemsize == 8 or each.dtype.kind in "iu" for each in columns)
    places = np.stack(columns, axis=1).astype(np.float64 if fine else np.float32)
    good = np.isfinite(places).all(axis=1)
    if not good.any():
        raise InputError("cloud.numbers", path=path)
    return places[good], good


def _colours(vertices: dict) -> ndarray | None:
    """Colours (n, 3) uint8 from 8 or 16 bits, or from floats of 0..1, or None."""
    names = next((each for each in COLOURS if all(name in vertices for name in each)), None)
    if names is None:
        return None
    values = np.stack([np.asarray(vertices[name]) for name in names], axis=1)
    if values.dtype == np.uint16 or (values.dtype.kind in "iu" and values.max(initial=0) > 255):
        return (values.astype(np.uint32) * 255 // 65535).astype(np.uint8) if values.max(initial=0) > 255 \
            else values.astype(np.uint8)
    if values.dtype.kind == "f":
        top = 1.0 if values.max(initial=0) <= 1 else 255.0
        return np.rint(np.clip(np.nan_to_num(values) / top, 0, 1) * 255).astype(np.uint8)
    return np.clip(values, 0, 255).astype(np.uint8)


def _triangles(lists: ndarray | list) -> ndarray:
    """Polygons as fans of triangles (m, 3)."""
    if isinstance(lists, np.ndarray):
        corners = lists.shape[1]
        fans = [lists[:, [0, number, number + 1]] for number in range(1, corners - 1)]
        return np.stack(fans, axis=1).reshape(-1, 3).astype(np.int64) if fans else np.zeros((0, 3), np.int64)
    fans = [each[[0, number, number + 1]] for each in lists for number in range(1, len(each) - 1)]
    return np.array(fans, np.int64).reshape(-1, 3)


def _said(comments: list[str]) -> dict:
    """What our comments state."""
    said = {"up": "y", "origin": np.zeros(3)}
    for comment in comments:
        words = comment.split()
        if words[:1] == ["up"] and words[1:] in (["y"], ["z"]):
            said["up"] = words[1]
        if words[:1] == ["origin"] and len(words) == 4:
            said["origin"] = np.array(words[1:], np.float64)
    return said
