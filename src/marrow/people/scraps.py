"""Pieces of text in files that are none: at any byte, in any of the encodings that Chinese is written in."""

import re
from collections.abc import Iterator

import numpy as np
from numpy import ndarray

LEAST = 4  # characters of a piece
UTF8 = re.compile(rb"(?:[\x20-\x7e\n]|[\xc3-\xdf][\x80-\xbf]|[\xe2-\xef][\x80-\xbf]{2}|"
                  rb"\xf0[\xa0-\xb3][\x80-\xbf]{2}){4,}")
PLACES = ((0x20, 0x7F), (0x2000, 0x2070), (0x3000, 0x3040), (0x3400, 0xA000), (0xF900, 0xFB00), (0xFF00, 0xFFF0))


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
