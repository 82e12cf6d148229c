"""STL, read: triangles in binary or in words, their equal corners joined."""

import re
from pathlib import Path

import numpy as np

from marrow.bones.polygons import merged
from marrow.contents import Contents
from marrow.errors import InputError, LimitError
from marrow.forms.looks import look, wrong_kind
from marrow.media import Mesh

LARGEST = 2_000_000_000  # bytes of a file
HEAD = 84                # bytes before the first triangle of a binary file
FACET = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("more", "<u2")])
CORNER = re.compile(rb"vertex\s+(\S+)\s+(\S+)\s+(\S+)", re.IGNORECASE)


def read_stl(path: Path) -> Contents:
    """Read the mesh of an STL; it states neither unit nor sky, both are kept as they stand.

    raises    InputError  no STL, broken off, or a number that is none
              LimitError  too large
    source    3D Systems, StereoLithography Interface Specification, 1989
    test      words and bytes give the same mesh; corners at one place become one vertex
    """
    size = path.stat().st_size
    if size > LARGEST:
        raise LimitError("obj.large", path=path, size=f"{size / 1e9:.1f}", most=f"{LARGEST / 1e9:g}")
    content = path.read_bytes()
    count = int.from_bytes(content[80:HEAD], "little")
    if size >= HEAD and size == HEAD + count * FACET.itemsize:
        corners = np.frombuffer(content, FACET, offset=HEAD)["corners"].reshape(-1, 3)
    elif content.lstrip()[:5].lower() == b"solid":
        corners = _words(content, path)
    elif size > HEAD and b"\0" in content and look(path) == "unknown":
        raise InputError("file.ends", path=path)
    else:
        raise wrong_kind(path, "mesh")
    if not len(corners) or not np.isfinite(corners).all():
        raise InputError("stl.empty", path=path)
    first, vertex = merged(np.zeros(len(corners), int), corners)
    faces = vertex.reshape(-1, 3).astype(np.int32)
    solid = (faces != np.roll(faces, 1, 1)).all(1)
    mesh = Mesh(corners[first].astype(np.float32), faces[solid], name=path.stem)
    return Contents("stl", (), (mesh,), {"unit": 1.0, "unit_by": "custom", "up": "y", "up_by": "custom"})


def _words(content: bytes, path: Path) -> np.ndarray:
    """Corners (n, 3) of a file in words."""
    found = CORNER.findall(content)
    try:
        corners = np.array(found, dtype=float).reshape(-1, 3)
    except ValueError as error:
        raise InputError("obj.number", path=path, word="vertex") from error
    if len(corners) % 3 or content.lower().count(b"endfacet") != len(corners) // 3:
        raise InputError("file.ends", path=path)
    return corners
