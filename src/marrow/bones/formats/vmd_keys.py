"""The bytes of a VMD file: keys of joints, and the tables that say when a limb follows its target.

A key says where a joint is at one of 30 frames a second, and along which curves it came there from the key before.
MMD's world is left-handed, 0.08 m to a unit; here it is turned into ours at once, by z -> -z.
"""

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.bones.mmd import UNIT
from marrow.errors import InputError, LimitError
from marrow.forms.looks import wrong_kind
from marrow.rotations import normalised, slerp

START = b"Vocaloid Motion Data"
KEY = np.dtype([("name", "S15"), ("frame", "<u4"), ("place", "<f4", 3), ("turn", "<f4", 4), ("curve", "u1", (4, 4, 4))])
OTHERS = (("morphs", 23), ("cameras", 61), ("lights", 28), ("shadows", 9))  # tables behind the keys: bytes of a row
NAME, TARGET = 15, 20     # bytes of the name of a joint, of a target
LARGEST = 1_000_000_000   # bytes
LAST = 1_000_000          # frames: nine hours
LINEAR = np.array([20, 20, 107, 107], np.uint8)
FAR = 1e7                 # units
LETTERS = "cp932"


@dataclass(frozen=True)
class Keys:
    """The keys of one joint.

    frames    (keys,) ascending, all different
    places    (keys, 3) metres: how far from the rest pose, in the space of the joint above
    turns     (keys, 4) wxyz, since the rest pose
    curves    (keys, 4, 4) 0..127: x, y, z and turn; the two inner points of the curve from the key before, x1 y1 x2 y2
    """

    frames: ndarray
    places: ndarray
    turns: ndarray
    curves: ndarray

    def at(self, count: int) -> tuple[ndarray, ndarray]:
        """Places (count, 3) and turns (count, 4) at frames 0, 1, 2 ...; outside the keys the nearest holds."""
        frames = np.arange(count)
        place = np.searchsorted(self.frames, frames, side="right")
        before, after = np.maximum(place - 1, 0), np.minimum(place, len(self.frames) - 1)
        gap = np.maximum(self.frames[after] - self.frames[before], 1)
        share = np.clip((frames - self.frames[before]) / gap, 0, 1) * (after != before)
        eased = np.stack([_eased(self.curves[after, channel], share) for channel in range(4)], axis=-1)
        places = self.places[before] + eased[:, :3] * (self.places[after] - self.places[before])
        return places, slerp(self.turns[before], self.turns[after], eased[:, 3])


@dataclass(frozen=True)
class Table:
    """All that is in a VMD.

    model       the name of the model that it was made for
    joints      name -> keys
    switches    target -> [(frame, on)], ascending
    others      what else there is -> how many keys: morphs, cameras, lights, shadows
    """

    model: str
    joints: Mapping[str, Keys]
    switches: Mapping[str, list[tuple[int, bool]]]
    others: Mapping[str, int]

    @property
    def count(self) -> int:
        """Frames from 0 to the last key of a joint."""
        return 1 + max((int(keys.frames[-1]) for keys in self.joints.values()), default=0)


def read_table(path: Path) -> Table:
    """Read the bytes of a VMD.

    raises    InputError  no VMD, broken off, numbers that are none, or no joint has a key
              LimitError  larger than memory, or a key hours away
    source    the layout as MMD 7.39 and later write it
    """
    size = path.stat().st_size
    if size > LARGEST:
        raise LimitError("vmd.large", path=path, size=f"{size / 1e6:.0f}", most=f"{LARGEST / 1e6:.0f}")
    content = path.read_bytes()
    if not content.startswith(START):
        raise wrong_kind(path, "motion")
    at = 30 + (20 if content[:30].startswith(b"Vocaloid Motion Data 0002") else 10)
    try:
        count, = struct.unpack_from("<I", content, at)
        rows = np.frombuffer(content, KEY, count, at + 4)
        others, at = _others(content, at + 4 + count * KEY.itemsize)
        switches = _switches(content, at)
    except (struct.error, ValueError) as error:
        raise InputError("file.ends", path=path) from error
    if not count:
        raise InputError("vmd.camera" if others["cameras"] else "vmd.empty", path=path)
    if rows["frame"].max() > LAST:
        raise LimitError("vmd.long", path=path, frame=int(rows["frame"].max()), most=LAST)
    numbers = np.concatenate([rows["place"], rows["turn"]], axis=1)
    if not (np.abs(numbers) < FAR).all():
        first = rows[np.argmin((np.abs(numbers) < FAR).all(axis=1))]
        raise InputError("vmd.number", path=path, name=_name(first["name"]), frame=int(first["frame"]))
    return Table(_name(content[30:30 + 20]), _joints(rows), switches, others)


def packed(model: str, joints: Mapping[str, Keys], off: Iterable[str]) -> bytes:
    """A VMD of keys, with the targets named in `off` switched off from the first frame."""
    rows = np.zeros(sum(len(keys.frames) for keys in joints.values()), KEY)
    at = 0
    for name, keys in joints.items():
        part = rows[at:at + len(keys.frames)]
        part["name"], part["frame"] = encoded(name), keys.frames
        part["place"] = keys.places * (1, 1, -1) / UNIT
        part["turn"] = normalised(keys.turns)[:, [1, 2, 3, 0]] * (-1, -1, 1, 1)
        part["curve"] = _shifted(keys.curves)
        at += len(part)
    switches = b"".join(name.encode(LETTERS).ljust(TARGET, b"\0") + b"\0" for name in off)
    head = b"Vocaloid Motion Data 0002".ljust(30, b"\0") + model.encode(LETTERS, "replace")[:20].ljust(20, b"\0")
    rows = rows[np.argsort(rows["frame"], kind="stable")]
    return (head + struct.pack("<I", len(rows)) + rows.tobytes() + bytes(4 * len(OTHERS)) +
            struct.pack("<IIBI", 1, 0, 1, len(switches) // (TARGET + 1)) + switches)


def encoded(name: str) -> bytes:
    """A joint's name as it stands in a key; empty where the letters do not exist there or are too many."""
    try:
        letters = name.encode(LETTERS)
    except UnicodeEncodeError:
        return b""
    return letters if len(letters) <= NAME else b""


def linear(frames: ndarray, places: ndarray, turns: ndarray) -> Keys:
    """Keys between which everything goes at even speed."""
    return Keys(frames, places, turns, np.tile(LINEAR, (len(frames), 4, 1)))


def _others(content: bytes, at: int) -> tuple[dict[str, int], int]:
    """How many keys the tables behind the joints' have, and where they end; old files end before them."""
    found = {}
    for name, size in OTHERS:
        found[name] = struct.unpack_from("<I", content, at)[0] if at < len(content) else 0
        at += 4 + found[name] * size if at < len(content) else 0
        if at > len(content):
            raise ValueError(name)
    return found, at


def _switches(content: bytes, at: int) -> dict[str, list[tuple[int, bool]]]:
    found: dict[str, dict[int, bool]] = {}
    if at >= len(content):
        return {}
    count, = struct.unpack_from("<I", content, at)
    at += 4
    for _ in range(count):
        frame, _, targets = struct.unpack_from("<IBI", content, at)
        at += 9
        for _ in range(targets):
            name, on = struct.unpack_from(f"{TARGET}sB", content, at)
            found.setdefault(_name(name), {})[frame] = bool(on)
            at += TARGET + 1
    return {name: sorted(switched.items()) for name, switched in found.items()}


def _joints(rows: ndarray) -> dict[str, Keys]:
    """The keys of each joint; of two at one frame the later in the file counts."""
    found: dict[str, Keys] = {}
    letters, which = np.unique(rows["name"], return_inverse=True)
    order = np.lexsort((rows["frame"], which))
    ends = np.searchsorted(which[order], np.arange(len(letters) + 1))
    for number, name in enumerate(letters):
        mine = rows[order[ends[number]:ends[number + 1]]]
        mine = mine[np.append(np.diff(mine["frame"].astype(int)) > 0, True)]
        turns = normalised(mine["turn"][:, [3, 0, 1, 2]].astype(float)) * (1, -1, -1, 1)
        places = mine["place"].astype(float) * (1, 1, -1) * UNIT
        found.setdefault(_name(name), Keys(mine["frame"].astype(int), places, turns, _curves(mine["curve"])))
    return found


def _curves(rows: ndarray) -> ndarray:
    """The curves (keys, 4, 4) of the four channels.

    The first 16 bytes hold them in turns (x1 of x, y, z, turn, then y1 ...); each further 16 the same, one byte on. MMD
    writes a switch over two bytes of the first; they stand in the second as well.
    """
    first, second = rows[:, 0].reshape(-1, 16).copy(), rows[:, 1].reshape(-1, 16)
    whole = (first[:, 4:] == second[:, 3:15]).all(axis=1)
    first[whole, 2:4] = second[whole, 1:3]
    return np.minimum(first, 127).reshape(-1, 4, 4).transpose(0, 2, 1)


def _shifted(curves: ndarray) -> ndarray:
    """The 64 bytes of each key, as MMD writes them."""
    first = curves.transpose(0, 2, 1).reshape(-1, 16)
    made = np.zeros((len(curves), 4, 16), np.uint8)
    for row in range(4):
        made[:, row, :16 - row] = first[:, row:]
        made[:, row, 16 - row:] = 1 if row else 0
    return made.reshape(-1, 4, 4, 4)


def _eased(curve: ndarray, share: ndarray) -> ndarray:
    """How far along a cubic curve from (0, 0) to (1, 1) a channel is at a share of the time.

    curve      (n, 4) inner points x1 y1 x2 y2 in 127ths
    share      (n,) 0..1
    returns    (n,), exact to 1e-12: bisection, since x always grows with the curve's parameter
    """
    across_1, up_1, across_2, up_2 = curve.T / 127.0
    bent = (across_1 != up_1) | (across_2 != up_2)
    made = share.astype(float)
    if not bent.any():
        return made
    a, b, wanted = across_1[bent], across_2[bent], share[bent]
    low, high = np.zeros_like(wanted), np.ones_like(wanted)
    for _ in range(44):
        middle = (low + high) / 2
        short = _cubic(a, b, middle) < wanted
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    made[bent] = np.where(wanted < 1, _cubic(up_1[bent], up_2[bent], (low + high) / 2), 1.0)
    return made


def _cubic(first: ndarray, second: ndarray, t: ndarray) -> ndarray:
    return 3 * (1 - t) ** 2 * t * first + 3 * (1 - t) * t**2 * second + t**3


def _name(letters: bytes) -> str:
    return bytes(letters).split(b"\0")[0].decode(LETTERS, "replace")
