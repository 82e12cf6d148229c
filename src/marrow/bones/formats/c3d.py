"""Optical capture as C3D: markers over time, with their names, unit and axes. Read only.

The file is blocks of 512 bytes: a head, a section of parameters in groups, then for every frame four numbers of each
point (x, y, z and how sure it is) and the samples of other instruments, which are left out. Three makers of computers
wrote it in three orders of bytes.

`Contents.stated` adds to unit, up and rate: unit_by and up_by, "file" where the file says it, "custom" where the
habit of such files (millimetres, Z up) or "body" where the markers decided.
"""

import struct
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.bones.formats.letters import decoded
from marrow.bones.formats.markers import UNITS, Markers, contents, standing_axis
from marrow.bones.formats.rates import exact
from marrow.contents import Contents
from marrow.errors import InputError, LimitError
from marrow.forms.looks import wrong_kind

BLOCK = 512
LARGEST = 1_000_000_000  # bytes of a file
FAR = 1e9                # units: no marker is farther away
INTEL, DEC, MIPS = 84, 85, 86
MODELLED = ("ANGLES", "FORCES", "MOMENTS", "POWERS", "SCALARS", "REACTIONS")  # points that are no places
AXES = {f"{sign}{letter}": axis * (-1 if sign == "-" else 1)
        for letter, axis in zip("XYZ", np.eye(3), strict=True) for sign in ("", "+", "-")}
LYING = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])  # how x, y, z become ours where Z points up


def read_c3d(path: Path) -> Contents:
    """Read the markers of a C3D file as flat skeletons, one for each captured body.

    Points that a program computed and that are no places (angles, forces, moments, powers) are left out.
    raises    InputError  no C3D, broken off, without points, rates or numbers that cannot be
              LimitError  larger than memory
    source    The C3D File Format, User Guide, Motion Lab Systems, 2021
    test      equal to ezc3d on files of every order of bytes, whole numbers and floats
    """
    return contents("c3d", read_markers(path), path.stem)


def read_markers(path: Path) -> Markers:
    """The markers of a C3D file, NaN where they were not seen; raises as `read_c3d`."""
    size = path.stat().st_size
    if size > LARGEST:
        raise LimitError("c3d.large", path=path, size=f"{size / 1e6:.0f}", most=f"{LARGEST / 1e6:.0f}")
    content = path.read_bytes()
    if len(content) < 2 or content[1] != 0x50 or not content[0]:
        raise wrong_kind(path, "motion")
    try:
        maker, groups = _parameters(content, BLOCK * (content[0] - 1))
        order = ">" if maker == MIPS else "<"
        points, samples, first, last = struct.unpack_from(f"{order}4H", content, 2)
        start, = struct.unpack_from(f"{order}H", content, 16)
        scale, rate = (_floats(content[at:at + 4], maker)[0] for at in (12, 20))
    except (struct.error, IndexError, ValueError) as error:
        raise InputError("file.ends", path=path) from error
    point = groups.get("POINT", {})
    scale, rate = (_number(point.get(name), otherwise) for name, otherwise in (("SCALE", scale), ("RATE", rate)))
    count = _count(groups, last - first + 1)
    if not points or count < 1:
        raise InputError("c3d.empty", path=path)
    if not (np.isfinite([scale, rate]).all() and 1e-3 <= rate <= 1e6 and 0 < abs(scale) < 1e6):
        raise InputError("c3d.head", path=path, rate=f"{rate:g}", scale=f"{scale:g}")
    values = _values(content, BLOCK * (start - 1), (count, points, samples), (maker, scale), path)
    return _markers(values, groups, point, rate, path)


def _markers(values: ndarray, groups: dict, point: dict, rate: float, path: Path) -> Markers:
    """Places in metres with Y up, and their labels, from values (frames, points, 4) in the file's unit and axes."""
    labels = _labels(point, values.shape[1])
    modelled = {label for kind in MODELLED for label in _texts(point.get(kind))}
    kept = [number for number, label in enumerate(labels) if label not in modelled]
    if not kept:
        raise InputError("c3d.empty", path=path)
    places, sure = values[:, kept, :3].astype(float), values[:, kept, 3]
    seen = (sure > -1) & (places != 0).any(axis=2) & (np.abs(places) < FAR).all(axis=2)
    places[~seen] = np.nan
    if not seen.any():
        raise InputError("c3d.empty", path=path)
    word = "".join(_texts(point.get("UNITS"))[:1]).lower()
    unit = UNITS.get(word, 0.001)
    axes, up, up_by = _axes(point, places)
    stated = {"unit": unit, "unit_by": "file" if word in UNITS else "custom", "up": up, "up_by": up_by,
              "rate": exact(rate), "frames": len(places),
              "title": " ".join(_texts(groups.get("SUBJECTS", {}).get("NAMES")))}
    return Markers(tuple(labels[number] for number in kept), places @ axes.T * unit, exact(rate), stated)


def _axes(point: dict, places: ndarray) -> tuple[ndarray, str, str]:
    """How the file's axes become ours (rows: x, y, z), the axis that points up, and who says so."""
    right, up = ("".join(_texts(point.get(name))[:1]).upper() for name in ("X_SCREEN", "Y_SCREEN"))
    if right in AXES and up in AXES and not AXES[right] @ AXES[up]:
        return np.stack([AXES[right], AXES[up], np.cross(AXES[right], AXES[up])]), up.lower().lstrip("+"), "file"
    shown = standing_axis(places)
    return (np.eye(3) if shown == "y" else LYING), shown or "z", "body" if shown else "custom"


def _labels(point: dict, count: int) -> list[str]:
    """A name for each point; LABELS goes on in LABELS2 and so on beyond 255."""
    named = [label for number in ("", *range(2, 100)) for label in _texts(point.get(f"LABELS{number}"))]
    named += [""] * (count - len(named))
    return [name or f"marker {number}" for number, name in enumerate(named[:count], 1)]


def _count(groups: dict, stated: int) -> int:
    """The number of frames: 16 bits of the head are too few for long takes, so later makers wrote it elsewhere too."""
    trial, point = groups.get("TRIAL", {}), groups.get("POINT", {})
    ends = [trial.get(f"ACTUAL_{name}_FIELD") for name in ("START", "END")]
    if all(isinstance(each, np.ndarray) and each.size == 2 for each in ends):
        first, last = (int(low) % 65536 + 65536 * (int(high) % 65536) for low, high in ends)
        if last - first + 1 > 0:
            return last - first + 1
    long = _number(point.get("LONG_FRAMES"), 0)
    return int(long) if 65535 < long < 1e9 else stated


def _values(content: bytes, start: int, shape: tuple[int, int, int], form: tuple[int, float], path: Path) -> ndarray:
    """Points of all frames (frames, points, 4); the samples of other instruments are passed over."""
    (frames, points, samples), (maker, scale) = shape, form
    width, size = 4 * points + samples, 4 if scale < 0 else 2
    if start < BLOCK or start + frames * width * size > len(content):
        raise InputError("file.ends", path=path)
    block = content[start:start + frames * width * size]
    if scale < 0:
        return _floats(block, maker).reshape(frames, width)[:, :4 * points].reshape(frames, points, 4)
    whole = np.frombuffer(block, ">i2" if maker == MIPS else "<i2").reshape(frames, width)[:, :4 * points]
    return whole.reshape(frames, points, 4) * np.array([scale, scale, scale, 1.0])


def _floats(block: bytes, maker: int) -> ndarray:
    """Numbers of 32 bits in a maker's order of bytes, float64; DEC's have swapped halves and count by four.

    source    VAX F_floating: the exponent's bias is 129 where IEEE's is 127
    """
    if maker == DEC:
        halves = np.frombuffer(block, "<u2").reshape(-1, 2)
        joined = halves[:, 0].astype(np.uint32) << 16 | halves[:, 1]
        return np.where(halves[:, 0] & 0x7F80, joined.view(np.float32), 0.0).astype(float) / 4
    return np.frombuffer(block, ">f4" if maker == MIPS else "<f4").astype(float)


def _parameters(content: bytes, at: int) -> tuple[int, dict[str, dict[str, object]]]:
    """The maker and the parameters: group -> name -> array of numbers, or list of texts.

    raises    ValueError, IndexError, struct.error  what is no parameter section
    """
    blocks, maker = content[at + 2], content[at + 3]
    if maker not in (INTEL, DEC, MIPS):
        raise ValueError("maker")
    end, at = min(len(content), at + BLOCK * max(blocks, 1)), at + 4
    names: dict[int, str] = {}
    found: list[tuple[int, str, object]] = []
    while at + 4 <= end:
        size, group = struct.unpack_from("2b", content, at)
        if not size:
            break
        name = content[at + 2:at + 2 + abs(size)].decode("latin1").strip().upper()
        at += 2 + abs(size)
        step, = struct.unpack_from(">H" if maker == MIPS else "<H", content, at)
        if group < 0:
            names[-group] = name
        else:
            found.append((group, name, _parameter(content, at + 2, end, maker)))
        if not step:
            break
        at += step
    groups: dict[str, dict[str, object]] = {}
    for group, name, value in found:
        groups.setdefault(names.get(group, ""), {}).setdefault(name, value)
    return maker, groups


def _parameter(content: bytes, at: int, end: int, maker: int) -> object:
    """One parameter's numbers or texts; None where it does not fit into the section."""
    kind, depth = struct.unpack_from("2b", content, at)
    sides = list(content[at + 2:at + 2 + max(depth, 0)])
    count = int(np.prod(sides, dtype=object)) if sides else 1
    block = content[at + 2 + len(sides):at + 2 + len(sides) + count * abs(kind)]
    if at + 2 + len(sides) + count * abs(kind) > end or len(sides) != max(depth, 0):
        return None
    if kind == -1:
        wide = sides[0] if sides else 1
        return [decoded(block[each:each + wide]).strip(" \0") for each in range(0, count, max(wide, 1))]
    if kind == 4:
        return _floats(block, maker)
    return np.frombuffer(block, {1: "u1", 2: ">i2" if maker == MIPS else "<i2"}[kind]) if kind in (1, 2) else None


def _texts(value: object) -> list[str]:
    return value if isinstance(value, list) else []


def _number(value: object, otherwise: float) -> float:
    return float(value[0]) if isinstance(value, np.ndarray) and value.size else float(otherwise)
