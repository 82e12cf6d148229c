"""Motions as BVH: the hierarchy with its rest pose, then one line of channel values per frame.

BVH carries no unit. Ours: a rest pose more than 10 units across is in centimetres, anything smaller in metres.
It is written in centimetres, as other software expects, unless the skeleton is smaller than a hand.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.errors import InputError
from marrow.forms.looks import wrong_kind
from marrow.forms.plain import decoded
from marrow.media import Motion, Skeleton
from marrow.rotations import about, multiply

ACROSS = 10.0  # units: a rest pose larger than this is in centimetres
SMALL = 0.11   # metres: a skeleton smaller than this is written in metres
TIP = "_end"   # an "End Site" is the joint "<parent>_end"
RATES = [Fraction(rate) * scale for rate in range(1, 241) for scale in (Fraction(1), Fraction(1000, 1001))]
LARGEST = 2_000_000_000  # bytes


@dataclass
class _Joint:
    """A joint as the hierarchy states it; `channels` are pairs of kind and axis such as ("rotation", 2)."""

    name: str
    parent: int
    offset: tuple[float, ...] = (0.0, 0.0, 0.0)
    channels: list[tuple[str, int]] = field(default_factory=list)


def read_motion(path: Path) -> Motion:
    """A motion from BVH: any line ends and encoding, any order of channels in each joint.

    An end site becomes the joint "<parent>_end" unless its offset is zero. Positions of the root replace its
    offset; those of another joint, meant for stretching, are averaged into its offset.
    raises  InputError  not BVH, a line with too few values or none that are numbers, fewer frames than stated
    source  Biovision's format as in Meredith and Maddock, Motion Capture File Formats Explained, 2001
    """
    with open(path, "rb") as file:
        head = file.read(512).replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t")
    if not head.upper().startswith(b"HIERARCHY"):
        raise wrong_kind(path, "motion")
    lines = decoded(path, "motion", LARGEST).splitlines()
    joints, at = _hierarchy(lines, path)
    width = sum(len(each.channels) for each in joints)
    count, rate, first = _head(lines, at, path)
    rows = _rows(lines, first, count, width, path)
    return _motion(joints, rows, rate)


def write_motion(motion: Motion, path: Path) -> None:
    """A motion as BVH, rotations in the order Z X Y, degrees and centimetres to six places.

    test    what is read again differs by less than 1e-4
    """
    skeleton = motion.skeleton
    scale = 100.0 if np.ptp(_rest(skeleton.parents, skeleton.offsets), axis=0).max() > SMALL else 1.0
    tips = {number for number, name in enumerate(skeleton.names) if _is_tip(motion, number, name)}
    order: list[int] = []
    lines = ["HIERARCHY", *_written(motion, 0, tips, scale, order), "MOTION", f"Frames: {len(motion.rotations)}",
             f"Frame Time: {float(1 / motion.rate):.10f}"]
    angles = _zxy(motion.rotations[:, order])
    values = np.concatenate([motion.root * scale, angles.reshape(len(angles), -1)], axis=1)
    values = np.round(values, 6) + 0.0
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write("\n".join(lines) + "\n")
        np.savetxt(file, values, "%.6f")


def _hierarchy(lines: list[str], path: Path) -> tuple[list[_Joint], int]:
    """The joints in the file's order, and the number of the line that says MOTION."""
    joints: list[_Joint] = []
    open_: list[int] = []
    for number, line in enumerate(lines):
        words = line.replace("{", " { ").replace("}", " } ").split()
        while words:
            word = words.pop(0).upper()
            if word == "MOTION":
                if not joints or open_:
                    raise InputError("motion.hierarchy", path=path, line=number + 1)
                return joints, number
            try:
                _word(word, words, joints, open_)
            except (ValueError, IndexError, KeyError) as error:
                raise InputError("motion.hierarchy", path=path, line=number + 1) from error
    raise InputError("file.ends", path=path)


def _word(word: str, words: list[str], joints: list[_Joint], open_: list[int]) -> None:
    """Take one word of the hierarchy and what belongs to it."""
    if word in ("ROOT", "JOINT", "END"):
        name = " ".join(each for each in words if each != "{")
        del words[:len(name.split())]
        parent = _inside(open_) if word != "ROOT" else -1
        if word == "ROOT" and joints:
            raise ValueError("two roots")
        joints.append(_Joint(joints[parent].name + TIP if word == "END" else name, parent))
    elif word == "{":
        open_.append(len(joints) - 1)
    elif word == "}":
        open_.pop()
    elif word == "OFFSET":
        joints[_inside(open_)].offset = tuple(float(words.pop(0)) for _ in range(3))
        if not np.isfinite(joints[open_[-1]].offset).all():
            raise ValueError("offset")
    elif word == "CHANNELS":
        names = [words.pop(0).lower() for _ in range(int(words.pop(0)))]
        joints[_inside(open_)].channels = [(each[1:], "xyz".index(each[0])) for each in names]
        if {each[1:] for each in names} - {"rotation", "position"}:
            raise ValueError(names)
    elif word != "HIERARCHY":
        raise ValueError(word)


def _inside(open_: list[int]) -> int:
    if not open_:
        raise ValueError("outside every joint")
    return open_[-1]


def _head(lines: list[str], at: int, path: Path) -> tuple[int, Fraction, int]:
    """Number of frames, rate, and the line of the first frame."""
    found: dict[str, str] = {}
    for number in range(at + 1, len(lines)):
        name, colon, value = lines[number].partition(":")
        if colon:
            found[name.strip().lower()] = value.strip()
        elif lines[number].strip():
            break
        if len(found) == 2:
            break
    else:
        raise InputError("file.ends", path=path)
    try:
        count, moment = int(found["frames"]), float(found["frame time"].replace(",", "."))
        rate = near_rate(moment)
    except (KeyError, ValueError, ZeroDivisionError, OverflowError) as error:
        raise InputError("motion.head", path=path, line=at + 2) from error
    if count < 1:
        raise InputError("motion.head", path=path, line=at + 2)
    return count, rate, number + 1


def near_rate(moment: float) -> Fraction:
    """The exact rate behind a frame time that was rounded when written: 0.033333 is 30, 0.041708 is 24000/1001."""
    if not 1e-4 <= moment <= 10:
        raise ValueError(moment)
    close = min(RATES, key=lambda rate: abs(float(rate) * moment - 1))
    return close if abs(float(close) * moment - 1) < 3e-4 else Fraction(1 / moment).limit_denominator(1001)


def _rows(lines: list[str], first: int, count: int, width: int, path: Path) -> ndarray:
    """Channel values (frames, channels) float64."""
    rows = []
    for number in range(first, len(lines)):
        words = lines[number].split()
        if not words:
            continue
        if len(words) != width:
            raise InputError("motion.values", path=path, line=number + 1, found=len(words), wanted=width)
        try:
            rows.append(np.array(words, np.float64))
        except ValueError as error:
            raise InputError("motion.number", path=path, line=number + 1) from error
        if not np.isfinite(rows[-1]).all():
            raise InputError("motion.number", path=path, line=number + 1)
        if len(rows) == count:
            break
    if len(rows) < count:
        raise InputError("motion.frames", path=path, stated=count, found=len(rows))
    return np.stack(rows)


def _motion(joints: list[_Joint], rows: ndarray, rate: Fraction) -> Motion:
    offsets = np.array([each.offset for each in joints], np.float64)
    rotations = np.zeros((len(rows), len(joints), 4))
    rotations[..., 0] = 1
    root = np.repeat(offsets[:1], len(rows), axis=0)
    column = 0
    for number, joint in enumerate(joints):
        for kind, axis in joint.channels:
            values = rows[:, column]
            column += 1
            if kind == "rotation":
                rotations[:, number] = multiply(rotations[:, number], about(np.eye(3)[axis], np.radians(values)))
            elif number == 0:
                root[:, axis] = values
            else:
                offsets[number, axis] = values.mean()
    parents = np.array([each.parent for each in joints], np.int32)
    bare = {number for number, each in enumerate(joints)
            if each.name.endswith(TIP) and not each.channels and not offsets[number].any()}
    scale = 0.01 if np.ptp(_rest(parents, offsets), axis=0).max() > ACROSS else 1.0
    kept = np.array([number for number in range(len(joints)) if number not in bare])
    moved = np.full(len(joints) + 1, -1, np.int32)
    moved[kept] = np.arange(len(kept))
    still = np.tile([1.0, 0, 0, 0], (len(kept), 1))
    names = tuple(joints[number].name for number in kept)
    skeleton = Skeleton(names, moved[parents[kept]], offsets[kept] * scale, still)
    return Motion(skeleton, rotations[:, kept], root * scale, rate)


def _rest(parents: ndarray, offsets: ndarray) -> ndarray:
    """Positions (joints, 3) in the rest pose, the root at its offset."""
    places = np.array(offsets, np.float64)
    for number in range(1, len(parents)):
        places[number] += places[parents[number]]
    return places


def _zxy(rotations: ndarray) -> ndarray:
    """Quaternions (..., 4) as angles about Z, X, Y in degrees (..., 3), applied in this order from the parent."""
    w, x, y, z = np.moveaxis(rotations / np.linalg.norm(rotations, axis=-1, keepdims=True), -1, 0)
    up, across, level = 2 * (y * z + w * x), 2 * (x * y - w * z), 1 - 2 * (x * x + z * z)
    flat = np.hypot(across, level)
    locked = flat < 1e-7
    about_z = np.where(locked, np.arctan2(2 * (x * y + w * z), 1 - 2 * (y * y + z * z)), np.arctan2(-across, level))
    about_y = np.where(locked, 0, np.arctan2(-2 * (x * z - w * y), 1 - 2 * (x * x + y * y)))
    return np.degrees(np.stack([about_z, np.arctan2(up, flat), about_y], axis=-1))


def _is_tip(motion: Motion, number: int, name: str) -> bool:
    parents, names = motion.skeleton.parents, motion.skeleton.names
    parent = parents[number]
    return bool(parent >= 0 and name == names[parent] + TIP and number not in parents
                and np.allclose(np.abs(motion.rotations[:, number, 0]), 1))


def _written(motion: Motion, number: int, tips: set[int], scale: float, order: list[int]) -> list[str]:
    """Lines of one joint and all below it; `order` gathers the joints as their channels will stand."""
    lines: list[str] = []
    waiting: list[tuple[int, int, bool]] = [(number, 0, False)]
    while waiting:
        joint, depth, done = waiting.pop()
        pad = "\t" * depth
        if done:
            lines.append(f"{pad}}}")
            continue
        at = " ".join(f"{value:.6f}" for value in np.round(motion.skeleton.offsets[joint] * scale, 6) + 0.0)
        if joint in tips:
            lines += [f"{pad}End Site", f"{pad}{{", f"{pad}\tOFFSET {at}", f"{pad}}}"]
            continue
        order.append(joint)
        places = "" if depth else "Xposition Yposition Zposition "
        lines += [f"{pad}{'JOINT' if depth else 'ROOT'} {motion.skeleton.names[joint]}", f"{pad}{{",
                  f"{pad}\tOFFSET {at}",
                  f"{pad}\tCHANNELS {3 if depth else 6} {places}Zrotation Xrotation Yrotation"]
        below = [int(each) for each in np.flatnonzero(np.asarray(motion.skeleton.parents) == joint)]
        if not below:
            lines += [f"{pad}\tEnd Site", f"{pad}\t{{", f"{pad}\t\tOFFSET 0.000000 0.000000 0.000000", f"{pad}\t}}"]
        waiting.append((joint, depth, True))
        waiting += [(each, depth + 1, False) for each in reversed(below)]
    return lines
