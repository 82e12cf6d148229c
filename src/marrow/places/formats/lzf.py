"""LZF, the packing of PCD, undone: every reference is checked before it is followed."""

import numpy as np
from numba import njit
from numpy import ndarray


@njit(cache=True)
def _unpack(raw: ndarray, made: ndarray) -> int:
    """Fill `made`; the number of bytes made, or -1 where the packing is broken."""
    at, end, size = 0, 0, len(raw)
    while at < size:
        control = np.int64(raw[at])
        at += 1
        if control < 32:
            length = control + 1
            if at + length > size or end + length > len(made):
                return -1
            for number in range(length):
                made[end + number] = raw[at + number]
            at, end = at + length, end + length
            continue
        length = (control >> 5) + 2
        if length == 9 and at < size:
            length += np.int64(raw[at])
            at += 1
        if at >= size:
            return -1
        source = end - ((control & 31) << 8) - np.int64(raw[at]) - 1
        at += 1
        if source < 0 or end + length > len(made):
            return -1
        for number in range(length):
            made[end + number] = made[source + number]
        end += length
    return end


def unpacked(raw: ndarray, size: int) -> ndarray | None:
    """The bytes that LZF packed, or None where that is not what it says.

    raw       (n,) uint8
    size      bytes that come out
    source    Lehmann, LibLZF 3.6, lzf_d.c (the format only)
    """
    made = np.empty(size, np.uint8)
    return made if _unpack(raw, made) == size else None
