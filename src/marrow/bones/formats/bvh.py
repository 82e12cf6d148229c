"""Motions as BVH: the hierarchy with its rest pose, then one line of channel values per frame.

BVH carries no unit. Ours: a body more than 10 units across is in centimetres, anything smaller in metres. It is written
in centimetres, as other software expects, unless the skeleton is smaller than a hand. It carries no up axis either:
a body that plainly stands along Z is turned upright. `Contents.stated` says what was decided, and by what:

    unit, unit_by    metres to one unit; "size"
    up, up_by        "y" or "z" in the file; "body" where the body shows it, "custom" where BVH's habit (Y) decided
    rate, frame_time, frames    the exact rate, the text it was read from, the count that the file states
"""

import re
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.bones.axes import UPRIGHT, align, turn_world
from marrow.bones.formats.letters import decoded, different, narrowed
from marrow.bones.formats.rates import frame_time, near_rate
from marrow.bones.identify import identify
from marrow.bones.skeleton import at_rest, fk, picked
from marrow.contents import Contents, Remark
from marrow.errors import InputError, LimitError
from marrow.forms.looks import wrong_kind
from marrow.media import Motion, Rig, Skeleton
from marrow.rotations import from_euler

ACROSS = 10.0            # units: a body larger than this is in centimetres
SMALL = 0.11             # metres: a skeleton smaller than this is written in metres
FAR = 1e12               # units or degrees: no offset and no value is larger
STILL = 1e-6             # of the body: a joint that strays less from its offset does not travel
TIP = "_end"             # an "End Site" is the joint "<parent>_end"
LARGEST = 1_000_000_000  # bytes
MOST = 4_000_000_000     # bytes of all rotations
DEEP = 60                # tabs at most
LOOKS = 40               # frames that are looked at for the up axis
MOVES = re.compile(rb"(?:^|[\r\n}])[ \t]*MOTION[ \t]*(?=[\r\n])", re.I)
HEAD = re.compile(rb"\s*(?:(Frames)[ \t]*:[ \t]*(\S+)|(Frame[ \t]*Time)[ \t]*:[ \t]*(\S+))[^\r\n]*", re.I)
LINE = re.compile(rb"\r\n|\r|\n")


@dataclass
class _Joint:
    """A joint or end site as the hierarchy states it; `channels` are pairs of kind and axis: ("rotation", 2)."""

    name: str
    parent: int
    site: bool = False
    offset: tuple[float, ...] = (0.0, 0.0, 0.0)
    channels: list[tuple[str, int]] = field(default_factory=list)


def read_bvh(path: Path) -> Contents:
    """Read a motion from BVH: any line ends and encoding, any order and number of channels in each joint.

    An end site becomes the joint "<parent>_end" unless its offset is zero. Position channels replace the joint's
    offset, as in Blender; an axis without a channel keeps it. Several ROOTs hang from a joint "root" of our own.
    raises  InputError  not BVH, a line with too few values or none that are numbers, fewer frames than stated
            LimitError  larger than memory
    source  Biovision's format as in Meredith and Maddock, Motion Capture File Formats Explained, 2001
    """
    size = path.stat().st_size
    if size > LARGEST:
        raise LimitError("bvh.large", path=path, size=f"{size / 1e6:.0f}", most=f"{LARGEST / 1e6:.0f}")
    content = narrowed(path.read_bytes())
    if not content[:512].lstrip(b"\xef\xbb\xbf \r\n\t").upper().startswith(b"HIERARCHY") or b"\0" in content:
        raise wrong_kind(path, "motion")
    cut = MOVES.search(content)
    if not cut:
        raise InputError("file.ends", path=path)
    joints = _hierarchy(decoded(content[:cut.end()]), path)
    stated, start = _head(content, cut.end(), path)
    width = sum(len(each.channels) for each in joints)
    rows = _rows(content, start, int(stated["frames"]), width, path)
    if len(rows) * len(joints) * 32 > MOST:
        raise LimitError("bvh.many", path=path, frames=len(rows), joints=len(joints))
    motion, unit = _motion(joints, rows, stated["rate"])
    up, shown = _up(motion)
    stated |= {"unit": unit, "unit_by": "size", "up": up, "up_by": "body" if shown else "custom"}
    motion = replace(turn_world(motion, UPRIGHT) if up == "z" else motion, name=path.stem)
    losses = (Remark("bvh.up"),) if up == "z" else ()
    return Contents("bvh", (Rig(motion.skeleton, motions=(motion,), name=path.stem),), stated=stated, losses=losses)


def read_motion(path: Path) -> Motion:
    """The motion of a BVH file."""
    return read_bvh(path).rigs[0].motions[0]


def write_bvh(rig: Rig, path: Path) -> tuple[Remark, ...]:
    """Write a rig's motion as BVH, rotations in the order Z X Y; without a motion, one frame of its rest pose.

    BVH knows no turned joints in the rest pose: joints are written with the world's axes at rest. The rest pose looks
    the same and every joint goes where it went; only the axes that it turns about are other ones.
    returns    what BVH cannot hold: meshes, further motions, joints' own axes, signs in names
    test       what is read again differs by less than 1e-4 in place and turn; the rate is the same fraction
    """
    losses = [Remark("bvh.mesh")] if rig.mesh is not None else []
    if len(rig.motions) > 1:
        losses.append(Remark("bvh.motions", {"kept": rig.motions[0].name, "count": len(rig.motions) - 1}))
    motion = rig.motions[0] if rig.motions else at_rest(rig.skeleton)
    if not np.allclose(np.abs(motion.skeleton.turns[:, 0]), 1, atol=1e-12):
        losses.append(Remark("bvh.axes"))
        motion = align(motion)
    names = different(_plain(name) for name in motion.skeleton.names)
    changed = [old for old, new in zip(motion.skeleton.names, names, strict=True) if old != new]
    if changed:
        losses.append(Remark("bvh.names", {"count": len(changed), "first": changed[0]}))
    motion = replace(motion, skeleton=replace(motion.skeleton, names=tuple(names)))
    path.write_bytes("\n".join(_lines(motion)).encode() + b"\n")
    return tuple(losses)


def _plain(name: str) -> str:
    """A name without what BVH takes for something else: braces, line ends, spaces at the ends or in a row."""
    return " ".join(name.replace("{", "(").replace("}", ")").replace("\0", "").split())


def _hierarchy(text: str, path: Path) -> list[_Joint]:
    """The joints in the file's order, names made different, a root above them where there are several."""
    joints: list[_Joint] = []
    open_: list[int] = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.replace("{", " { ").replace("}", " } ").split()[::-1]
        while words:
            word = words.pop().upper()
            if word == "MOTION" and joints and not open_:
                break
            try:
                _word(word, words, joints, open_)
            except (ValueError, IndexError) as error:
                raise InputError("motion.hierarchy", path=path, line=number) from error
    if not joints or open_:
        raise InputError("motion.hierarchy", path=path, line=number)
    if sum(each.parent < 0 for each in joints) > 1:
        joints = [_Joint("root", -1), *(replace(each, parent=each.parent + 1) for each in joints)]
    bones, sites = ([each for each in joints if each.site == site] for site in (False, True))
    for joint, name in zip(bones, different(each.name for each in bones), strict=True):
        joint.name = name
    tips = different((joints[each.parent].name + TIP for each in sites), [each.name for each in bones])
    for joint, name in zip(sites, tips, strict=True):
        joint.name = name
    return joints


def _word(word: str, words: list[str], joints: list[_Joint], open_: list[int]) -> None:
    """Take one word of the hierarchy and what belongs to it from the end of `words`."""
    if word in ("ROOT", "JOINT", "END"):
        said = []
        while words and words[-1] != "{":
            said.append(words.pop())
        if (word == "ROOT") == bool(open_):
            raise ValueError("a root inside a joint, or a joint outside")
        joints.append(_Joint(" ".join(said), open_[-1] if open_ else -1, word == "END"))
    elif word == "{":
        if len(joints) - 1 in open_[-1:] or not joints:
            raise ValueError("opened twice")
        open_.append(len(joints) - 1)
    elif word == "}":
        open_.pop()
    elif word != "HIERARCHY":
        _detail(word, words, _inside(joints, open_))


def _detail(word: str, words: list[str], joint: _Joint) -> None:
    """Take what the hierarchy states of a joint."""
    if word == "OFFSET":
        joint.offset = tuple(float(words.pop()) for _ in range(3))
        if not np.abs(joint.offset).max() < FAR:
            raise ValueError("offset")
        return
    if word != "CHANNELS":
        raise ValueError(word)
    names = [words.pop().lower() for _ in range(int(words.pop()))]  # fewer than stated: IndexError
    joint.channels = [(each[1:], "xyz".index(each[0])) for each in names]
    if {each[1:] for each in names} - {"rotation", "position"}:
        raise ValueError(names)


def _inside(joints: list[_Joint], open_: list[int]) -> _Joint:
    if not open_ or open_[-1] != len(joints) - 1:
        raise ValueError("outside the joint")
    return joints[-1]


def _head(content: bytes, at: int, path: Path) -> tuple[dict[str, object], int]:
    """What the two lines after MOTION state, and where they end."""
    found: dict[str, str] = {}
    first = _line(content, at) + 1
    for _ in range(2):
        line = HEAD.match(content, at)
        if line:
            found[(line[1] or b"time")[:4].lower().decode()] = (line[2] or line[4]).decode("ascii", "replace")
            at = line.end()
    try:
        count, rate = int(found["fram"]), near_rate(found["time"])
        if count == 0:
            raise InputError("bvh.empty", path=path)
        if count < 1 or not Fraction(1, 1000) <= rate <= 1_000_000:
            raise ValueError(found)
    except (KeyError, ValueError) as error:
        if not content[at:].strip():
            raise InputError("file.ends", path=path) from error
        raise InputError("motion.head", path=path, line=first) from error
    return {"rate": rate, "frame_time": found["time"], "frames": count}, at


def _rows(content: bytes, start: int, count: int, width: int, path: Path) -> ndarray:
    """Channel values (frames, channels) float64; all frames that are there, also beyond the stated count."""
    lines = [line for line in content[start:].splitlines() if not line.isspace() and line]
    if not width:
        return np.zeros((min(count, MOST), 0))
    try:
        rows = np.loadtxt(lines, comments=None, ndmin=2, encoding="latin1") if lines else np.zeros((0, width))
    except ValueError:
        rows = np.zeros((0, 0))
    if rows.shape[1] != width or not (np.abs(rows) < FAR).all():
        raise _broken(content, start, width, path)
    if len(rows) < count:
        raise InputError("motion.frames", path=path, stated=count, found=len(rows))
    return rows


def _broken(content: bytes, start: int, width: int, path: Path) -> InputError:
    """The error that names the first line whose values are too few, too many or no numbers."""
    first = _line(content, start)
    for number, line in enumerate(content[start:].splitlines(), first):
        words = line.split()
        if words and len(words) != width:
            return InputError("motion.values", path=path, line=number, found=len(words), wanted=width)
        try:
            sound = all(abs(float(word)) < FAR for word in words)
        except ValueError:
            sound = False
        if not sound:
            return InputError("motion.number", path=path, line=number)
    return InputError("motion.number", path=path, line=first)


def _line(content: bytes, at: int) -> int:
    """The number of the line that a place of the file is in."""
    return len(LINE.findall(content[:at].rstrip(b"\r\n"))) + 1


def _motion(joints: list[_Joint], rows: ndarray, rate: Fraction) -> tuple[Motion, float]:
    """The motion in metres, and what one unit of the file is in metres."""
    parents = np.array([each.parent for each in joints], np.int32)
    offsets = np.array([each.offset for each in joints], float)
    first = np.cumsum([0, *(len(each.channels) for each in joints)])
    paths: dict[int, ndarray] = {}
    turning: dict[str, list[int]] = {}
    for number, joint in enumerate(joints):
        order = "".join("XYZ"[axis] for kind, axis in joint.channels if kind == "rotation")
        turning.setdefault(order, []).append(number)
        for column, (kind, axis) in enumerate(joint.channels, first[number]):
            if kind == "position":
                paths.setdefault(number, np.tile(offsets[number], (len(rows), 1)))[:, axis] = rows[:, column]
    rotations = np.zeros((len(rows), len(joints), 4))
    rotations[..., 0] = 1
    for order, turned in turning.items():
        columns = np.array([[column for column, (kind, _) in enumerate(joints[each].channels, first[each])
                             if kind == "rotation"] for each in turned], int)
        if order:
            rotations[:, turned] = from_euler(order, np.radians(rows[:, columns]))
    size = _across(parents, offsets, paths)
    unit = 0.01 if size > ACROSS else 1.0
    root = paths.pop(0, np.tile(offsets[0], (len(rows), 1)))
    moves = {joint: path * unit for joint, path in paths.items() if np.abs(path - offsets[joint]).max() > STILL * size}
    names = tuple(each.name for each in joints)
    skeleton = Skeleton(names, parents, offsets * unit, np.tile([1.0, 0, 0, 0], (len(joints), 1)))
    return _without_ends(Motion(skeleton, rotations, root * unit, rate, moves), joints), unit


def _without_ends(motion: Motion, joints: list[_Joint]) -> Motion:
    """The motion without the end sites that mark nothing: those at their joint's own place."""
    skeleton = motion.skeleton
    kept = np.array([number for number, each in enumerate(joints)
                     if not each.site or each.channels or any(each.offset)])
    number = {int(old): new for new, old in enumerate(kept)}
    parents = np.array([number.get(int(skeleton.parents[old]), -1) for old in kept], np.int32)
    fewer = Skeleton(tuple(skeleton.names[old] for old in kept), parents, skeleton.offsets[kept], skeleton.turns[kept])
    return replace(motion, skeleton=fewer, rotations=motion.rotations[:, kept],
                   moves={number[joint]: path for joint, path in motion.moves.items()})


def _across(parents: ndarray, offsets: ndarray, paths: dict[int, ndarray]) -> float:
    """How large the body is in the file's unit: its rest pose, joints that travel as far as they are in frame 0."""
    places = np.array([paths[joint][0] if joint in paths else offset for joint, offset in enumerate(offsets)], float)
    for joint, parent in enumerate(parents.tolist()[1:], 1):
        places[joint] += places[max(parent, 0)]
    return float(np.ptp(places, axis=0).max())


def _up(motion: Motion) -> tuple[str, bool]:
    """The axis that a human body stands along, and whether the body shows it; of other bodies nothing is guessed.

    It is Z only where head and feet lie plainly along Z in nine of ten frames and the rest pose does not stand along
    Y: a body that lies down, swims or crawls is not stood up.
    """
    who = identify(motion.skeleton, motion=motion)
    if who.body != "biped" or not {"head", "leftFoot", "rightFoot"} <= who.joints.keys():
        return "y", False
    head, legs = who.joints["head"], [who.joints["leftFoot"], who.joints["rightFoot"]]
    seen = np.unique(np.linspace(0, len(motion.rotations) - 1, LOOKS).astype(int))
    stands, rests = (_stands(fk(each), head, legs) for each in (picked(motion, seen), at_rest(motion.skeleton)))
    standing = [float((stands == axis).mean()) for axis in range(3)]
    if standing[2] >= 0.9 and rests[0] != 1:
        return "z", True
    return "y", standing[1] >= 0.5


def _stands(places: ndarray, head: int, legs: list[int]) -> ndarray:
    """The axis along which a body stands upright in each frame, -1 where none plainly is: (frames,)."""
    tall = places[:, head] - places[:, legs].mean(axis=1)
    along = np.abs(tall).argmax(axis=1)
    upright = tall[np.arange(len(tall)), along] > 0.8 * np.maximum(np.linalg.norm(tall, axis=1), 1e-9)
    return np.where(upright, along, -1)


def _lines(motion: Motion) -> list[str]:
    """The whole file, line by line."""
    skeleton, frames = motion.skeleton, len(motion.rotations)
    moved = {0: motion.root, **motion.moves}
    scale = 100.0 if _across(skeleton.parents, skeleton.offsets, moved) > SMALL else 1.0
    tips = {number for number in range(1, len(skeleton.names)) if _is_tip(motion, number)}
    order: list[int] = []
    lines = ["HIERARCHY", *_tree(motion, tips, scale, order), "MOTION", f"Frames: {frames}",
             f"Frame Time: {frame_time(motion.rate)}"]
    angles = np.unwrap(_zxy(motion.rotations[:, order]), axis=0, period=360)
    parts = [part for at, joint in enumerate(order)
             for part in ([moved[joint] * scale, angles[:, at]] if joint in moved else [angles[:, at]])]
    values = np.round(np.concatenate(parts, axis=1), 6) + 0.0
    row = " ".join(["%.6f"] * values.shape[1])
    return lines + [row % tuple(each) for each in values.tolist()]


def _zxy(rotations: ndarray) -> ndarray:
    """Quaternions (..., 4) as angles about Z, X, Y in degrees (..., 3), applied in this order from the parent."""
    w, x, y, z = np.moveaxis(rotations / np.linalg.norm(rotations, axis=-1, keepdims=True), -1, 0)
    up, across, level = 2 * (y * z + w * x), 2 * (x * y - w * z), 1 - 2 * (x * x + z * z)
    flat = np.hypot(across, level)
    locked = flat < 1e-7
    about_z = np.where(locked, np.arctan2(2 * (x * y + w * z), 1 - 2 * (y * y + z * z)), np.arctan2(-across, level))
    about_y = np.where(locked, 0, np.arctan2(-2 * (x * z - w * y), 1 - 2 * (x * x + y * y)))
    return np.degrees(np.stack([about_z, np.arctan2(up, flat), about_y], axis=-1))


def _is_tip(motion: Motion, number: int) -> bool:
    """Whether a joint can be an end site: named after its parent, nothing below it, never turned or moved."""
    parents, names = motion.skeleton.parents, motion.skeleton.names
    return bool(names[number] == names[parents[number]] + TIP and number not in parents
                and number not in motion.moves and np.allclose(np.abs(motion.rotations[:, number, 0]), 1))


def _tree(motion: Motion, tips: set[int], scale: float, order: list[int]) -> list[str]:
    """Lines of the hierarchy; `order` gathers the joints as their channels will stand."""
    lines: list[str] = []
    below: list[list[int]] = [[] for _ in motion.skeleton.names]
    for joint, parent in enumerate(np.asarray(motion.skeleton.parents).tolist()[1:], 1):
        below[parent].append(joint)
    waiting: list[tuple[int, int, bool]] = [(0, 0, False)]
    while waiting:
        joint, depth, done = waiting.pop()
        pad = "\t" * min(depth, DEEP)
        if done:
            lines.append(f"{pad}}}")
            continue
        at = " ".join(f"{value:.6f}" for value in np.round(motion.skeleton.offsets[joint] * scale, 6) + 0.0)
        if joint in tips:
            lines += [f"{pad}End Site", f"{pad}{{", f"{pad}\tOFFSET {at}", f"{pad}}}"]
            continue
        order.append(joint)
        places = "Xposition Yposition Zposition " if joint == 0 or joint in motion.moves else ""
        lines += [f"{pad}{'JOINT' if depth else 'ROOT'} {motion.skeleton.names[joint]}", f"{pad}{{",
                  f"{pad}\tOFFSET {at}",
                  f"{pad}\tCHANNELS {6 if places else 3} {places}Zrotation Xrotation Yrotation"]
        if not below[joint]:
            lines += [f"{pad}\tEnd Site", f"{pad}\t{{", f"{pad}\t\tOFFSET 0.000000 0.000000 0.000000", f"{pad}\t}}"]
        waiting.append((joint, depth, True))
        waiting += [(each, depth + 1, False) for each in reversed(below[joint])]
    return lines
