"""Scans in LAS and LAZ, as airborne and terrestrial lasers write them; COPC is LAZ."""

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.contents import Remark, tell_of
from marrow.draw.colour import Shades
from marrow.errors import InputError, LimitError
from marrow.forms.looks import wrong_kind
from marrow.media import Cloud, Source
from marrow.places.formats import crs, door

DENSEST = 200        # points per byte that LAZ could pack at the very best: a header that claims more lies
PROBES = 16          # places in a file where its colours are looked at
SAMPLE = 4096        # points at each
LONGEST = 1_000_000  # bytes of a record that names the coordinate system


def read_las(path: Path) -> Cloud:
    """A scan from LAS or LAZ: points relative to a float64 origin, in metres; see `stream_las`.

    raises    InputError  not LAS, broken off, a header that cannot be true; LimitError  too many points for memory
    source    LAS 1.4-R15, ASPRS 2019
    test      points + origin = raw record · scale + offset, from the bytes
    """
    count = _look(path)[0]
    if count > door.MOST:
        raise LimitError("places.many", path=path, most=door.MOST)
    return door.gathered(path, stream_las(path))


def stream_las(path: Path) -> Iterator[Cloud]:
    """The points of a LAS or LAZ in batches on one origin.

    The origin is the middle of the scan on the file's own grid, so that float32 keeps millimetres at UTM's distance.
    Colours are read as 16 bits, or as the 8 bits that many programs write into them. Withheld points stay out.
    Heights of another unit than the plane's are turned to it. GPS time may be no number.
    raises    as `read_las`
    """
    import laspy

    count, system = _look(path)
    try:
        with laspy.open(str(path), read_evlrs=False) as reader:
            middle = _middle(path, reader.header)
            source = Source(path.name, "z", system.unit, system.name)
            yield from door.batches(path, _rows(path, reader, count, system), [source], middle)
    except (laspy.LaspyException, ValueError, OSError, RuntimeError, struct.error, IndexError) as error:
        raise InputError("scan.broken", path=path, why=str(error).splitlines()[0] if str(error) else "") from error


def _rows(path: Path, reader: object, count: int, system: crs.System) -> Iterator[door.Rows]:
    """Batches of records as the file states them."""
    header = reader.header  # type: ignore[attr-defined]
    names = set(header.point_format.dimension_names)
    shades = Shades(path.name, _top(path, count) if "red" in names else 0)
    scales, offsets = header.scales.copy(), header.offsets.copy()
    found, hidden = 0, 0
    for records in reader.chunk_iterator(door.BATCH):  # type: ignore[attr-defined]
        kept = ~np.asarray(records.withheld, bool)
        found, hidden = found + len(records), hidden + int((~kept).sum())
        with np.errstate(all="ignore"):
            places = np.stack([records.X, records.Y, records.Z], axis=1)[kept] * scales + offsets
            places[:, 2] *= system.height / system.unit
        known = {"intensity": np.asarray(records.intensity)[kept].astype(np.float32),
                 "labels": np.asarray(records.classification)[kept].astype(np.int32)}
        if "gps_time" in names:
            known["time"] = np.asarray(records.gps_time, np.float64)[kept]
        if shades.top:
            full = np.stack([records.red, records.green, records.blue], axis=1)[kept]
            known["colours"] = shades.light(full)
        yield door.Rows(places, known)
    if found < count:
        raise InputError("places.short", path=path, stated=count, found=found)
    _tell(path, header, hidden, system)


def _tell(path: Path, header: object, hidden: int, system: crs.System) -> None:
    """What was left out, and what is odd about the numbers."""
    lost = [*header.point_format.extra_dimension_names]  # type: ignore[attr-defined]
    lost += [each for each in ("nir",) if each in header.point_format.dimension_names]  # type: ignore[attr-defined]
    tell_of([Remark("places.withheld", {"path": path.name, "count": hidden})] * (hidden > 0)
            + [Remark("places.lost", {"path": path.name, "names": ", ".join(lost)})] * bool(lost)
            + [Remark("places.degrees", {"path": path.name})] * system.degrees
            + [Remark("places.heights", {"path": path.name})] * (system.height != system.unit))


def _middle(path: Path, header: object) -> ndarray | None:
    """The middle of the stated bounds on the file's grid; None where they cannot be true."""
    import laspy

    low, high = np.array(header.mins), np.array(header.maxs)  # type: ignore[attr-defined]
    scales, offsets = header.scales, header.offsets  # type: ignore[attr-defined]
    with laspy.open(str(path), read_evlrs=False) as reader:
        one = reader.read_points(1)
    with np.errstate(all="ignore"):
        first = np.array([*one.X, *one.Y, *one.Z]) * scales + offsets if len(one) else low
    if not (np.isfinite([low, high]).all() and (scales != 0).all()
            and (first >= low - abs(scales)).all() and (first <= high + abs(scales)).all()):
        return None
    steps = np.rint(((low + high) / 2 - offsets) / scales)
    return None if (np.abs(steps) >= 2**31).any() else steps * scales + offsets


def _top(path: Path, count: int) -> int:
    """How colours are written, by a look here and there: 0 none, 255 of 8 bits, 65280 8 bits times 256, 65535 of 16.

    In a COPC the first points are spread over all the place, and its blocks are of all sizes: a look at these will do.
    """
    import laspy

    most, low = 0, 0
    with laspy.open(str(path), read_evlrs=False) as reader:
        spread = any(each.user_id == "copc" for each in reader.header.vlrs)
        starts = [0] if spread else np.unique(np.linspace(0, max(0, count - SAMPLE), PROBES).astype(int)).tolist()
        for start in starts:
            reader.seek(start)
            records = reader.read_points(SAMPLE * PROBES if spread else SAMPLE)
            for name in ("red", "green", "blue"):
                values = np.asarray(records[name])
                most, low = max(most, int(values.max(initial=0))), low | int(np.bitwise_or.reduce(values) & 255)
    return 0 if most == 0 else 255 if most <= 255 else 65280 if low == 0 else 65535


def _look(path: Path) -> tuple[int, crs.System]:
    """Read the header by hand and refuse what the file cannot hold, before anything is allocated; count and system."""
    whole = path.stat().st_size
    with open(path, "rb") as file:
        head = file.read(375)
        if head[:4] != b"LASF":
            raise wrong_kind(path, "cloud")
        if len(head) < 227:
            raise InputError("file.ends", path=path)
        minor = head[25]
        start, extra = struct.unpack_from("<II", head, 96)
        kind, length, count = struct.unpack_from("<BHI", head, 104)
        if minor >= 4 and len(head) >= 255:
            count = struct.unpack_from("<Q", head, 247)[0] or count
        room = max(0, whole - start)
        most = room * DENSEST if kind & 0x80 else room // max(1, length)
        if count > most or start > whole or extra * 54 > start:
            raise InputError("scan.claims", path=path, points=count, most=most)
        return count, _system(_records(file, head, extra, whole))


def _records(file: object, head: bytes, extra: int, whole: int) -> Iterator[tuple[int, bytes]]:
    """The records that name a coordinate system, before the points and behind them."""
    ends = struct.unpack_from("<QI", head, 235) if head[25] >= 4 and len(head) >= 247 else (0, 0)
    for at, count, size in ((struct.unpack_from("<H", head, 94)[0], extra, 54), (*ends, 60)):
        for _ in range(min(count, 10_000)):
            if at + size > whole:
                break
            file.seek(at)  # type: ignore[attr-defined]
            said = file.read(size)  # type: ignore[attr-defined]
            number, length = struct.unpack_from("<HH" if size == 54 else "<HQ", said, 18)
            if said[2:18].rstrip(b"\0") == b"LASF_Projection" and length <= LONGEST:
                yield number, file.read(length)  # type: ignore[attr-defined]
            at += size + length


def _system(records: Iterator[tuple[int, bytes]]) -> crs.System:
    found = dict(records)
    if 2112 in found:
        told = crs.from_wkt(found[2112].decode("utf-8", "replace").rstrip("\0 "))
        if told != crs.System():
            return told
    return crs.from_keys(found.get(34735, b""), found.get(34737, b""))
