"""Gaussian splats in Niantic's SPZ, versions 2 and 3: 16 bytes of header and columns of small numbers, in gzip.

x right, y up, z back, as the studio's own axes.
source    github.com/nianticlabs/spz, README
"""

import gzip
import struct
import zlib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.contents import Remark
from marrow.draw import exact, harmonics
from marrow.errors import InputError, LimitError
from marrow.forms.looks import wrong_kind
from marrow.media import Cloud, Source, Splats
from marrow.places.formats import door

MAGIC = 0x5053474E
HEAD = struct.Struct("<IIIBBBB")
DENSEST = 1040       # bytes that gzip could make of one at the very best: a header that claims more lies
HEAVIEST = 8 << 30   # bytes that splats may take, unpacked
TINT = 0.15          # harmonics of degree 0 to one of a byte
FINEST = 16          # bits of a metre's fraction that are written at most
COARSEST = 8         # and at least
TERMS = (0, 3, 8, 15)


@dataclass(frozen=True)
class _Head:
    version: int
    count: int
    terms: int
    fraction: int

    @property
    def widths(self) -> tuple[int, ...]:
        """Bytes to a splat of each column: places, opacity, colour, scales, turns, harmonics."""
        return 9, 1, 3, 3, 3 if self.version == 2 else 4, self.terms * 3


def read_spz(path: Path) -> Cloud:
    """Splats of an SPZ file, with their light.

    raises    InputError  not SPZ, another version, broken off, a count that cannot be true; LimitError  too many
    test      written again, every column has the same bytes; what is broken off anywhere is refused
    """
    packed = path.read_bytes()
    head = _head(path, packed)
    raw = np.frombuffer(_unpacked(path, packed, HEAD.size + head.count * sum(head.widths)), np.uint8, offset=HEAD.size)
    cuts = np.cumsum([0, *head.widths]) * head.count
    parts = [raw[first:last].reshape(head.count, -1) for first, last in pairwise(cuts.tolist())]
    terms = np.empty((head.count, 1 + head.terms, 3), np.float32)
    terms[:, 0] = (parts[2] / 255 - 0.5) / TINT
    terms[:, 1:] = (parts[5].reshape(head.count, head.terms, 3).astype(np.float32) - 128) / 128
    turns = _first_three(parts[4]) if head.version == 2 else _smallest_three(parts[4])
    splats = Splats(exact.exp(np.arange(256) / 16 - 10).astype(np.float32)[parts[3]], turns,
                    (parts[1][:, 0] / np.float32(255)).astype(np.float32), terms)
    return Cloud(_places(parts[0], head.fraction), np.zeros(3), harmonics.plain(terms), splats=splats,
                 sources=(Source(path.name),))


def write_spz(cloud: Cloud, path: Path) -> tuple[Remark, ...]:
    """Splats as SPZ version 3; places on the finest grid that reaches all of them.

    returns    what is lost
    raises     InputError  the cloud has no splats
    test       read again: places within half a step, scales within 3.2 %, opacity and colour within half a step
    """
    if cloud.splats is None:
        raise InputError("places.no_splats", path=path)
    splats, lost = cloud.splats, [name for name in ("normals", "intensity", "confidence", "time", "labels", "source")
                                  if getattr(cloud, name) is not None]
    places = cloud.points.astype(np.float64) + cloud.origin
    fraction = _fraction(places)
    if fraction < COARSEST:
        places, lost = cloud.points.astype(np.float64), [*lost, "origin"]
        fraction = max(0, _fraction(places))
    steps = np.rint(places * 2.0**fraction).astype("<i4")
    rest = splats.harmonics[:, 1:].reshape(len(places), -1)
    columns = (np.ascontiguousarray(steps).view(np.uint8).reshape(-1, 3, 4)[..., :3], _bytes(splats.opacity * 255),
               _bytes((splats.harmonics[:, 0] * TINT + 0.5) * 255),
               _bytes((exact.log(np.maximum(splats.scales, 1e-9).astype(np.float64)) + 10) * 16),
               _packed(splats.turns), _bytes(rest * 128.0 + 128))
    head = HEAD.pack(MAGIC, 3, len(places), TERMS.index(splats.harmonics.shape[1] - 1), fraction, 0, 0)
    path.write_bytes(gzip.compress(head + b"".join(np.ascontiguousarray(each).tobytes() for each in columns), mtime=0))
    return tuple([Remark("places.unkept", {"form": "SPZ", "names": ", ".join(lost)})] * bool(lost))


def _head(path: Path, packed: bytes) -> _Head:
    """The header; what the file cannot hold is refused before anything is allocated."""
    if packed[:2] != b"\x1f\x8b":
        if packed[:4] == struct.pack("<I", MAGIC) and len(packed) >= 8:
            raise InputError("places.spz_version", path=path, version=struct.unpack_from("<I", packed, 4)[0])
        raise wrong_kind(path, "cloud")
    magic, version, count, degree, fraction, _, _ = HEAD.unpack(_unpacked(path, packed, HEAD.size))
    if magic != MAGIC:
        raise wrong_kind(path, "cloud")
    if version not in (2, 3):
        raise InputError("places.spz_version", path=path, version=version)
    if degree > 3 or fraction > 23:
        raise InputError("places.splats", path=path)
    head = _Head(version, count, TERMS[degree], fraction)
    most = len(packed) * DENSEST // sum(head.widths)
    if count > most:
        raise InputError("scan.claims", path=path, points=count, most=most)
    most = min(door.MOST, HEAVIEST // (sum(head.widths) + 4 * (14 + 3 * (1 + head.terms))))
    if count > most:
        raise LimitError("places.many_splats", path=path, most=most)
    if not count:
        raise InputError("cloud.empty", path=path)
    return head


def _unpacked(path: Path, packed: bytes, size: int) -> bytes:
    """The first bytes of what gzip holds, never more; its sum is checked where it ends there."""
    opened = zlib.decompressobj(31)
    try:
        made = opened.decompress(packed, size + 1)
    except zlib.error as error:
        raise InputError("places.splats", path=path) from error
    if len(made) < size or (len(made) == size and not opened.eof):
        raise InputError("file.ends", path=path)
    return made[:size]


def _places(part: ndarray, fraction: int) -> ndarray:
    """24-bit whole numbers, little end first, with a fraction of some bits."""
    three = part.reshape(len(part), 3, 3).astype(np.int32)
    whole = three[..., 0] | three[..., 1] << 8 | three[..., 2] << 16
    return ((whole ^ 0x800000) - 0x800000).astype(np.float32) / np.float32(2**fraction)


def _first_three(part: ndarray) -> ndarray:
    """Version 2: x y z of the quaternion, w is what is left."""
    turn = part / 127.5 - 1
    w = np.sqrt(np.maximum(0, 1 - (turn[:, 0] ** 2 + turn[:, 1] ** 2 + turn[:, 2] ** 2)))
    return _unit(np.concatenate([w[:, None], turn], axis=1))


def _smallest_three(part: ndarray) -> ndarray:
    """Version 3: which of x y z w is left out, the largest, then sign and 9 bits of the others."""
    word = np.ascontiguousarray(part).view("<u4")[:, 0]
    largest = (word >> 30).astype(np.int64)
    turn = np.zeros((len(word), 4))
    for axis in (3, 2, 1, 0):
        given = largest != axis
        value = (word & 511) * (0.5**0.5 / 511)
        turn[given, axis] = np.where(word >> 9 & 1, -value, value)[given]
        word = np.where(given, word >> 10, word)
    left = 1 - (turn[:, 0] ** 2 + turn[:, 1] ** 2 + turn[:, 2] ** 2 + turn[:, 3] ** 2)
    turn[np.arange(len(turn)), largest] = np.sqrt(np.maximum(0, left))
    return _unit(turn[:, [3, 0, 1, 2]])


def _packed(turns: ndarray) -> ndarray:
    """Quaternions wxyz as version 3 has them."""
    turn = _unit(turns.astype(np.float64))[:, [1, 2, 3, 0]].astype(np.float64)
    largest = np.abs(turn).argmax(axis=1)
    turn = turn * np.where(np.take_along_axis(turn, largest[:, None], 1) < 0, -1, 1)
    word = largest.astype(np.uint32)
    for axis in range(4):
        size = np.minimum(np.abs(turn[:, axis]) * (511 * 2**0.5) + 0.5, 511).astype(np.uint32)
        word = np.where(largest == axis, word, word << 10 | (turn[:, axis] < 0).astype(np.uint32) << 9 | size)
    return word.astype("<u4")


def _unit(turns: ndarray) -> ndarray:
    w, x, y, z = turns.T
    long = np.sqrt(w * w + x * x + y * y + z * z)[:, None]
    return np.where(long > 0, turns / np.where(long > 0, long, 1), (1, 0, 0, 0)).astype(np.float32)


def _fraction(places: ndarray) -> int:
    """Bits of the fraction with which every place fits into 24."""
    reach = max(float(np.abs(places).max(initial=0)), 1e-3)
    return min(FINEST, 22 - int(np.floor(np.log2(reach))))


def _bytes(values: ndarray) -> ndarray:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
