"""Everything that bytes may spell: in any of the encodings that Chinese is written in, and inside what is packed."""

import bz2
import gzip
import io
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator

import numpy as np
from numpy import ndarray

from marrow.people.png import PNG, chunks

LEAST = 4       # characters of a piece
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030", "big5hkscs")
MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
TOP = 1 << 18   # bytes by which a text is told from what is none
ROOM = 1 << 26  # bytes that may come out of one file of an archive
CONTROLS = tuple(bytes([each]) for each in range(9))  # bytes that no text has many of
UTF8 = re.compile(rb"(?:[\x20-\x7e\n]|[\xc3-\xdf][\x80-\xbf]|[\xe2-\xef][\x80-\xbf]{2}|"
                  rb"\xf0[\xa0-\xb3][\x80-\xbf]{2}){4,}")
PLACES = ((0x20, 0x7F), (0x2000, 0x2070), (0x3000, 0x3040), (0x3400, 0xA000), (0xF900, 0xFB00), (0xFF00, 0xFFF0))


def texts(content: bytes) -> Iterator[str]:
    """Everything that bytes may spell; what is surely one encoding is read in no other."""
    if content[:2] in MARKS:
        yield content.decode(MARKS[content[:2]], "replace")
    try:
        yield content.decode("utf-8")
        return
    except UnicodeDecodeError:
        pass
    top = content[:TOP]
    if sum(map(top.count, CONTROLS)) * 200 > len(top):
        yield from scraps(content)
    else:
        yield from (content.decode(encoding, "replace") for encoding in ENCODINGS)


def inside(content: bytes) -> Iterator[bytes]:
    """What an archive, a compressed file or a picture's notes hold; a broken one holds nothing."""
    try:
        if content[:4] == b"PK\x03\x04":
            yield from _zipped(content)
        elif content[:2] == b"\x1f\x8b":
            yield gzip.GzipFile(fileobj=io.BytesIO(content)).read(ROOM)
        elif content[:3] == b"BZh":
            yield bz2.BZ2File(io.BytesIO(content)).read(ROOM)
        elif content[:6] == b"\xfd7zXZ\0":
            yield lzma.LZMAFile(io.BytesIO(content)).read(ROOM)
        elif content[257:262] == b"ustar":
            with tarfile.open(fileobj=io.BytesIO(content)) as archive:
                yield from ((archive.extractfile(each).read(ROOM)) for each in archive if each.isfile())
        elif content.startswith(PNG):
            yield from notes(content)
        elif content[:5] == b"%PDF-":
            yield from _streams(content)
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, tarfile.TarError, RuntimeError,
            NotImplementedError):
        return


def _zipped(content: bytes) -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        yield "\n".join(archive.namelist()).encode("utf-8", "replace")
        for each in archive.infolist():
            with archive.open(each) as file:
                yield file.read(ROOM)


def cut(content: bytes) -> bool:
    """Whether a packed file holds more than is read of it, or is of a kind that is not opened: 7z, RAR, Zstandard."""
    if content.startswith((b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\x28\xb5\x2f\xfd")):
        return True
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return any(each.file_size > ROOM for each in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return True


def notes(content: bytes) -> Iterator[bytes]:
    """The notes of a PNG, spelled out: tEXt, zTXt, iTXt, EXIF."""
    for kind, body, _ in chunks(content):
        if kind in (b"tEXt", b"eXIf", b"iTXt"):
            yield body.replace(b"\0", b"\n")
        if kind in (b"zTXt", b"iTXt"):
            packed = body.find(b"x")
            while packed >= 0:
                yield zlib.decompressobj().decompress(body[packed:], ROOM) if _packed(body[packed:]) else b""
                packed = body.find(b"x", packed + 1) if not _packed(body[packed:]) else -1


def _streams(content: bytes) -> Iterator[bytes]:
    """The compressed streams of a PDF."""
    place = content.find(b"stream")
    while place >= 0:
        start = place + 6 + (2 if content[place + 6:place + 8] == b"\r\n" else 1)
        if _packed(content[start:start + 64]):
            yield zlib.decompressobj().decompress(content[start:], ROOM)
        place = content.find(b"stream", start)


def _packed(piece: bytes) -> bool:
    """Whether bytes begin as zlib writes them."""
    if len(piece) < 2 or piece[0] != 0x78 or (piece[0] << 8 | piece[1]) % 31:
        return False
    try:
        zlib.decompressobj().decompress(piece[:64], 1)
    except zlib.error:
        return False
    return True


def scraps(content: bytes) -> Iterator[str]:
    """Everything in some bytes that reads as four characters or more.

    returns   one text for each way of reading, the pieces on lines of their own
    test      truth: a sentence in UTF-8, UTF-16, GB18030 or Big5, at an even or an odd place of random bytes, is found
    """
    yield b"\n_\n".join(UTF8.findall(content)).decode("utf-8", "replace")
    for first in (0, 1):
        body = content[first:len(content) - (len(content) - first) % 2]
        for kind, encoding in (("<u2", "utf-16-le"), (">u2", "utf-16-be")):
            units = np.frombuffer(body, kind)
            yield _joined(units, _among(units)).decode(encoding, "replace")
        units = np.frombuffer(body, ">u2")
        lead, trail = units >> 8, units & 255
        pairs = _joined(units, (lead > 0x80) & (lead < 0xFF) & (trail > 0x3F) & (trail != 0x7F) & (trail < 0xFF))
        for encoding in ("gb18030", "big5hkscs"):
            yield pairs.decode(encoding, "replace")


def _among(units: ndarray) -> ndarray:
    """Which units of UTF-16 are characters that people write."""
    table = np.zeros(1 << 16, bool)
    for first, end in PLACES:
        table[first:end] = True
    return table[units]


def _joined(units: ndarray, good: ndarray) -> bytes:
    """The units of pieces that are long enough, between them one that is no character."""
    edges = np.flatnonzero(np.diff(good, prepend=False, append=False)).reshape(-1, 2)
    edges = edges[edges[:, 1] - edges[:, 0] >= LEAST]
    marked = np.zeros(len(units) + 1, bool)
    for step in edges.T:
        marked[step] ^= True
    kept = np.logical_xor.accumulate(marked)[:-1]
    ends = np.zeros(len(units), bool)
    ends[np.minimum(edges[:, 1], len(units) - 1)] = True
    return np.where(kept, units, ord("_") << 8 | ord("_"))[kept | ends].astype(units.dtype).tobytes()
