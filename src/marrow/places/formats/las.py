"""Scans in LAS and LAZ, as airborne and terrestrial lasers write them; COPC is LAZ."""

import struct
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.draw import axes, colour
from marrow.errors import InputError, LimitError
from marrow.media import Cloud, Source

MOST = 200_000_000   # points held in memory
DENSEST = 200        # points per byte that LAZ could pack at the very best: a header that claims more lies


def read_las(path: Path) -> Cloud:
    """A scan from LAS or LAZ: points relative to a float64 origin.

    The origin is the middle of the scan on the file's own grid, so that float32 keeps millimetres at UTM's distance.
    Colours are read as 16 bits, or as the 8 bits that many programs write into them. Withheld points stay out.

    raises    InputError  not LAS, broken off, a header that cannot be true; LimitError  too many points for memory
    source    LAS 1.4-R15, ASPRS 2019
    test      points + origin = raw record · scale + offset, from the bytes
    """
    import laspy

    _look(path)
    try:
        with laspy.open(str(path)) as reader:
            if reader.header.point_count > MOST:
                raise LimitError("scan.points", path=path, points=reader.header.point_count, most=MOST)
            records = reader.read()
    except (laspy.LaspyException, ValueError, OSError, RuntimeError, struct.error) as error:
        raise InputError("scan.broken", path=path, why=str(error).splitlines()[0] if str(error) else "") from error
    if not len(records):
        raise InputError("places.empty")
    header = records.header
    raw = np.stack([records.X, records.Y, records.Z], axis=1)
    kept = ~np.asarray(records.withheld, bool)
    raw = raw[kept] if kept.any() else raw
    middle = (raw.min(0).astype(np.int64) + raw.max(0)) // 2
    origin = middle * header.scales + header.offsets
    points = ((raw - middle) * header.scales).astype(np.float32)
    return Cloud(axes.upright(points, "z"), axes.upright(origin, "z"),
                 _colours(records, kept if kept.any() else slice(None)), sources=(Source(path.name, "z"),))


def _look(path: Path) -> None:
    """Read the header by hand and refuse what the file cannot hold, before anything is allocated."""
    whole = path.stat().st_size
    with open(path, "rb") as file:
        head = file.read(375)
    if head[:4] != b"LASF":
        raise InputError("file.kind", path=path, kind="cloud")
    if len(head) < 227:
        raise InputError("scan.broken", path=path, why="header")
    minor = head[25]
    start, extra = struct.unpack_from("<II", head, 96)
    kind, length, count = struct.unpack_from("<BHI", head, 104)
    if minor >= 4 and len(head) >= 255:
        count = struct.unpack_from("<Q", head, 247)[0] or count
    packed = bool(kind & 0x80)
    room = max(0, whole - start)
    most = room * DENSEST if packed else room // max(1, length)
    if count > most or start > whole or extra * 54 > start:
        raise InputError("scan.claims", path=path, points=count, most=most)


def _colours(records: object, kept: ndarray | slice) -> ndarray | None:
    """Linear light, or None when the scan has none or only black."""
    if "red" not in records.point_format.dimension_names:  # type: ignore[attr-defined]
        return None
    full = np.stack([records.red, records.green, records.blue], axis=1)[kept]  # type: ignore[attr-defined]
    if not full.any():
        return None
    if full.max() <= 255:
        return colour.linear(full.astype(np.uint8))
    if not (full & 255).any():
        return colour.linear((full >> 8).astype(np.uint8))
    return colour.linear(((full.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8))
