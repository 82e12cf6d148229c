"""Numpy's own files, read without trusting them: nothing is unpickled, no header may claim more than the file holds."""

import ast
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import numpy as np
from numpy import ndarray

from marrow.errors import InputError, LimitError

MOST = 4_000_000_000  # bytes of all arrays of a file, unpacked
NUMBERS = "biufc"     # dtype kinds that are numbers; text comes as U or S
TEXT = "US"


def read_npz(path: Path, *, most: int = MOST) -> dict[str, ndarray]:
    """Every array of an .npz by name; what would need unpickling is left out.

    raises  InputError  "arrays.form" when it is no such file or broken off
            LimitError  "arrays.large" when it unpacks to more than `most` bytes
    """
    found: dict[str, ndarray] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            members = [each for each in archive.infolist() if each.filename.endswith(".npy")]
            total = sum(each.file_size for each in members)
            if total > most:
                raise LimitError("arrays.large", path=path, size=f"{total / 1e9:.1f}", most=f"{most / 1e9:.1f}")
            for each in members:
                with archive.open(each) as file:
                    made = _array(file, each.file_size)
                if made is not None:
                    found[each.filename.removesuffix(".npy")] = made
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise InputError("arrays.form", path=path) from error
    return found


def read_npy(path: Path, *, most: int = MOST) -> ndarray:
    """The one array of an .npy.

    raises  InputError  "arrays.form"; "arrays.pickled" when it holds Python objects, which would run as a program
            LimitError  "arrays.large"
    """
    size = path.stat().st_size
    if size > most:
        raise LimitError("arrays.large", path=path, size=f"{size / 1e9:.1f}", most=f"{most / 1e9:.1f}")
    try:
        with open(path, "rb") as file:
            made = _array(file, size)
    except (ValueError, OSError, EOFError) as error:
        raise InputError("arrays.form", path=path) from error
    if made is None:
        raise InputError("arrays.pickled", path=path)
    return made


def write_npz(path: Path, arrays: Mapping[str, ndarray]) -> None:
    """Arrays as an .npz; equal arrays give equal bytes."""
    with open(path, "wb") as file:
        np.savez(file, **{name: np.asarray(each, order="C") for name, each in arrays.items()})


def _array(file: IO[bytes], room: int) -> ndarray | None:
    """One array in numpy's format, or None when it holds objects.

    raises  ValueError  anything that is not so, and a shape that the room cannot hold
    source  NEP 1, A Simple File Format for NumPy Arrays
    """
    head = file.read(8)
    if head[:6] != b"\x93NUMPY" or head[6] not in (1, 2, 3):
        raise ValueError("no array")
    wide = 2 if head[6] == 1 else 4
    long = struct.unpack("<H" if wide == 2 else "<I", file.read(wide))[0]
    if long > min(room, 100_000):
        raise ValueError("head")
    try:
        said = ast.literal_eval(file.read(long).decode("utf-8" if head[6] == 3 else "latin1").strip())
        shape, down = tuple(int(each) for each in said["shape"]), bool(said["fortran_order"])
        kind = np.dtype(said["descr"])
    except (SyntaxError, KeyError, TypeError, RecursionError, MemoryError, UnicodeDecodeError) as error:
        raise ValueError("head") from error
    if kind.hasobject:
        return None
    if kind.kind not in NUMBERS + TEXT or kind.itemsize == 0 or min(shape, default=0) < 0:
        raise ValueError("dtype")
    count = 1
    for side in shape:
        count *= side
    if count * kind.itemsize > room:
        raise ValueError("shape")
    content = file.read(count * kind.itemsize)
    made = np.frombuffer(content, kind, count)
    return (made.reshape(shape[::-1]).T if down else made.reshape(shape)).copy()
