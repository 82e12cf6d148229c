"""glTF files taken apart: the tree, its buffers, and arrays out of them, with no number trusted."""

import base64
import binascii
import json
import struct
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import numpy as np
from numpy import ndarray

from marrow.errors import InputError, LimitError
from marrow.forms.looks import wrong_kind

TYPES = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
TOPS = {"<i1": 127, "<u1": 255, "<i2": 32767, "<u2": 65535}
PACKED = {"KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_meshopt_compression", "MESHOPT_compression"}
LARGEST = 2_000_000_000  # bytes of a file
LONGEST = 400_000_000    # bytes of its tree
MOST = 2_000_000_000     # bytes of all arrays that are read out of it


@dataclass
class File:
    """An open glTF file: `tree` is its JSON, `chunk` the binary part of a GLB; `spent` counts the bytes read out."""

    path: Path
    tree: dict
    chunk: bytes = b""
    spent: int = 0
    _buffers: dict[int, bytes] = field(default_factory=dict)

    @property
    def ours(self) -> bool:
        """Whether Marrow wrote the file, so that nothing in it is rounding or another program's habit."""
        extras = self.tree["asset"].get("extras")
        return isinstance(extras, dict) and "marrow" in extras

    def items(self, name: str) -> list[dict]:
        """A list at the top of the tree, empty where it is absent."""
        found = self.tree.get(name, [])
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise ValueError(name)
        return found

    def item(self, name: str, number: object) -> dict:
        """One entry of such a list; ValueError where there is none of that number."""
        found = self.tree.get(name)
        if not isinstance(found, list) or type(number) is not int or not 0 <= number < len(found):
            raise ValueError(f"{name}[{number}]")
        if not isinstance(found[number], dict):
            raise ValueError(f"{name}[{number}]")
        return found[number]

    def spend(self, count: int) -> None:
        """Count bytes about to be allocated; refuse a file that would unfold without end."""
        self.spent += count
        if self.spent > MOST:
            raise LimitError("gltf.large", path=self.path, most=f"{MOST / 1e9:g}")

    def array(self, number: object) -> ndarray:
        """The values of an accessor: (count, width), or (count,) for single numbers; normalised ones as float32."""
        said = self.item("accessors", number)
        kind, width, count = TYPES[said["componentType"]], WIDTHS[said["type"]], said["count"]
        if type(count) is not int or count < 0:
            raise ValueError(f"accessors[{number}].count")
        self.spend(count * width * 8)
        if said.get("bufferView") is None:
            values = np.zeros((count, width), kind)
        else:
            values = self._values(said, kind, width, count)
        if "sparse" in said:
            self._fill(values, said["sparse"], kind)
        if said.get("normalized") and kind in TOPS:
            values = np.maximum(values.astype(np.float32) / TOPS[kind], -1)
        return values[:, 0] if width == 1 else values

    def picture(self, number: object) -> bytes:
        """An image as it came: PNG, JPEG or WebP bytes."""
        said = self.item("images", number)
        if "uri" in said:
            return self._outside(said["uri"])
        found = bytes(self._view(said["bufferView"])[0])
        self.spend(len(found))
        return found

    def _values(self, said: dict, kind: str, width: int, count: int) -> ndarray:
        room, stride = self._view(said["bufferView"])
        size = np.dtype(kind).itemsize
        stride, at = stride or size * width, said.get("byteOffset", 0)
        if type(at) is not int or at < 0 or stride < size * width:
            raise ValueError("byteOffset")
        if count and at + stride * (count - 1) + size * width > len(room):
            raise EOFError("bufferView")
        return np.ndarray((count, width), kind, room if count else b"", at if count else 0, (stride, size)).copy()

    def _fill(self, values: ndarray, said: dict, kind: str) -> None:
        """Put the entries of a sparse accessor in their places."""
        count, places = said["count"], said["indices"]
        if type(count) is not int or not 0 <= count <= len(values):
            raise ValueError("sparse")
        at = self._values(places, TYPES[places["componentType"]], 1, count)[:, 0]
        if count and at.max() >= len(values):
            raise ValueError("sparse")
        values[at] = self._values(said["values"], kind, values.shape[1], count)

    def _view(self, number: object) -> tuple[memoryview, int]:
        """The bytes of a buffer view, and the stride it states or 0."""
        said = self.item("bufferViews", number)
        start, length, stride = said.get("byteOffset", 0), said["byteLength"], said.get("byteStride", 0)
        if any(type(each) is not int or each < 0 for each in (start, length, stride)):
            raise ValueError(f"bufferViews[{number}]")
        buffer = self._buffer(said["buffer"])
        if start + length > len(buffer):
            raise EOFError(f"bufferViews[{number}]")
        return memoryview(buffer)[start:start + length], stride

    def _buffer(self, number: object) -> bytes:
        said = self.item("buffers", number)
        if number not in self._buffers:
            self._buffers[number] = self._outside(said["uri"]) if "uri" in said else self.chunk
        return self._buffers[number]

    def _outside(self, place: str) -> bytes:
        """What a URI names: data inside the tree, or a file in the folder of this one and nowhere else."""
        if place.startswith("data:"):
            try:
                made = base64.b64decode(place.partition(",")[2], validate=True)
            except binascii.Error as error:
                raise ValueError("data:") from error
            self.spend(len(made))
            return made
        folder = self.path.parent.resolve()
        wanted = (folder / unquote(place)).resolve()
        if "://" in place or not wanted.is_relative_to(folder):
            raise InputError("gltf.outside", path=self.path, name=place[:120])
        if not wanted.is_file():
            raise InputError("gltf.beside", path=self.path, name=place[:120])
        self.spend(wanted.stat().st_size)
        return wanted.read_bytes()


def open_file(path: Path) -> File:
    """Take a .glb or .gltf apart.

    raises    InputError  no glTF, broken off, of version 1, or packed by Draco or meshopt
    source    Khronos, glTF 2.0 Specification, sec. 4 (GLB-stored Content)
    """
    size = path.stat().st_size
    if size > LARGEST:
        raise InputError("file.long", path=path, size=f"{size / 1e6:.0f}", most=f"{LARGEST / 1e6:.0f}")
    content = path.read_bytes()
    words, chunk = _chunks(content, path) if content[:4] == b"glTF" else (content, b"")
    if len(words) > LONGEST:
        raise LimitError("gltf.large", path=path, most=f"{LONGEST / 1e9:g}")
    try:
        tree = json.loads(words.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        if content[:4] != b"glTF" and content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] != b"{":
            raise wrong_kind(path, "rig") from error
        raise InputError("gltf.form", path=path, why="JSON") from error
    if not isinstance(tree, dict) or not isinstance(tree.get("asset"), dict):
        raise InputError("gltf.form", path=path, why="asset") if content[:4] == b"glTF" else wrong_kind(path, "rig")
    if not str(tree["asset"].get("version", "")).startswith("2"):
        raise InputError("gltf.old", path=path, version=str(tree["asset"].get("version"))[:10])
    needed = tree.get("extensionsRequired", [])
    packed = [each for each in needed if each in PACKED] if isinstance(needed, list) else []
    if packed:
        raise InputError("gltf.packed", path=path, name=packed[0])
    return File(path, tree, chunk)


def _chunks(content: bytes, path: Path) -> tuple[bytes, bytes]:
    """The JSON and the binary chunk of a GLB."""
    if len(content) < 20:
        raise InputError("file.ends", path=path)
    version, length = struct.unpack_from("<II", content, 4)
    if version != 2:
        raise InputError("gltf.old", path=path, version=version)
    if length > len(content):
        raise InputError("file.ends", path=path)
    found, at = {}, 12
    while at + 8 <= length:
        size, kind = struct.unpack_from("<I4s", content, at)
        if at + 8 + size > length:
            raise InputError("file.ends", path=path)
        found.setdefault(kind, content[at + 8:at + 8 + size])
        at += 8 + size
    if b"JSON" not in found:
        raise InputError("gltf.form", path=path, why="JSON")
    return found[b"JSON"], found.get(b"BIN\0", b"")
