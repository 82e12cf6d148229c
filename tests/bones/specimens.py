"""Skeletons of every dialect and build, with the truth of each joint and where they face: made from numbers."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from namings import FINGERS

from marrow.bones.human import FINGERS as BONES
from marrow.media import Motion, Skeleton
from marrow.rotations import about, from_matrix, inverse, multiply, rotate

SIDES = (("left", 1.0), ("right", -1.0))
POSES = ("T", "A", "I", "zero")
AXES = {"y": np.eye(3), "x": np.array([[0, 1, 0], [-1, 0, 0], [0, 0, 1.0]]),
        "z": np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0.0]])}


@dataclass(frozen=True)
class Specimen:
    """A skeleton, what its joints are, where it faces in its rest pose, and a motion where it has one."""

    skeleton: Skeleton
    truth: dict
    front: np.ndarray
    up: np.ndarray
    motion: Motion | None = None


def landmarks(rng):
    """Places of a body 1 unit tall in a T-pose, facing +Z with its left at +X; every body has its own proportions."""
    legs, broad, arms, big = (rng.uniform(*each) for each in ((.85, 1.12), (.8, 1.25), (.85, 1.15), (.9, 1.15)))
    if rng.random() < .15:
        legs, big = rng.uniform(.65, .85), rng.uniform(1.3, 1.8)
    knee, elbow = rng.choice([0, .004, .012]), rng.choice([0, .002, .008])
    hip = .52 * legs
    trunk = .30 * rng.uniform(.9, 1.1)
    neck = hip + .02 + trunk
    shoulder = neck - rng.uniform(.005, .03)
    place = {
        "floor": (0, 0, 0), "low": (0, .6 * hip, 0), "hips": (0, hip + .02, 0), "neck": (0, neck, -.01),
        "head": (0, neck + rng.uniform(.045, .06) * big, 0), "top": (0, neck - rng.uniform(.07, .11), -.012)}
    place["headTop"] = (0, place["head"][1] + .10 * big, .008)
    place["jaw"] = (0, place["head"][1] + .01, .02 * big)
    wide, out = .052 * broad, .10 * broad
    upper, lower, palm = .165 * arms, .148 * arms * rng.uniform(.92, 1.05), .055 * rng.uniform(.9, 1.1)
    left = {"UpperLeg": (wide, hip, 0), "LowerLeg": (wide, .545 * hip, knee), "Foot": (wide, .08 * hip + .008, -.005),
            "Toes": (wide * 1.1, .012, .062), "toesTip": (wide * 1.12, .010, .10), "heel": (wide, .01, -.03),
            "Shoulder": (.02, shoulder - .008, 0), "UpperArm": (out, shoulder, -.01),
            "LowerArm": (out + upper, shoulder, -.01 - elbow), "Hand": (out + upper + lower, shoulder, -.008),
            "Eye": (.018 * big, place["head"][1] + .035 * big, .04 * big)}
    hand = np.array(left["Hand"])
    left["handTip"] = tuple(hand + np.array([palm * 1.9, 0, 0]))
    ways = {"Thumb": (.55, -.1, .8), "Index": (1, 0, .08), "Middle": (1, 0, 0), "Ring": (1, 0, -.07),
            "Little": (1, 0, -.14)}
    for number, finger in enumerate(FINGERS):
        across = (.020, .014, .001, -.011, -.021)[number]
        base = hand + ((.016, -.004, .012) if finger == "Thumb" else (palm - .006 * abs(number - 2), 0, across))
        way, size = np.array(ways[finger]), (.9, 1, 1.08, 1, .8)[number]
        left[f"{finger}0"] = tuple(hand + .3 * (base - hand))
        for joint, gone in enumerate((0, .028, .045, .058) if finger != "Thumb" else (0, .025, .045, .060)):
            left[f"{finger}{joint + 1}"] = tuple(base + way / np.linalg.norm(way) * gone * size)
    for side, sign in SIDES:
        place |= {side + name: (sign * x, y, z) for name, (x, y, z) in left.items()}
    place |= {"UpperLeg": (0, hip, 0), "UpperLeg1": place["leftUpperLeg"]}
    return {name: np.array(each, float) for name, each in place.items()}


class _Grower:
    """Joints as they are added: names, parents, places and truths."""

    def __init__(self, place):
        self.place, self.names, self.parents, self.places, self.truth = place, [], [], [], {}

    def add(self, name, parent, at, truth=None):
        self.names.append(name)
        self.parents.append(self.names.index(parent) if parent else -1)
        self.places.append(np.array(at, float))
        if truth:
            self.truth[truth] = len(self.names) - 1
        return name

    def chain(self, line, parent, side, start, tip):
        """A chain of names; those without a truth are spread between their neighbours."""
        words = [each.partition("=") for each in line]
        at, known = [], [(-1, start)]
        for number, (_, _, truth) in enumerate(words):
            truth, _, where = truth.partition("@")
            at.append(self._at(truth, where, side))
            if at[-1] is not None:
                known.append((number, at[-1]))
        known.append((len(words), tip))
        for number, (name, _, truth) in enumerate(words):
            truth = truth.partition("@")[0]
            if at[number] is None:
                before = [each for each in known if each[0] < number][-1]
                after = next(each for each in known if each[0] > number)
                share = (number - before[0]) / (after[0] - before[0]) if after[0] < len(words) else (
                    (number - before[0]) / max(1, after[0] - 1 - before[0]))
                at[number] = before[1] + share * (after[1] - before[1])
            parent = self.add(name.partition("@")[0], parent, at[number], self._full(truth, side))
        return parent

    def _full(self, truth, side):
        if not truth:
            return None
        return truth if not side or truth.startswith(("left", "right", "jaw")) else side + truth

    def _at(self, truth, where, side):
        if where:
            return self.spot(where, side)
        if not truth:
            return None
        full = self._full(truth, side)
        return self.place.get("".join((side, "Thumb1")) if truth.startswith("Thumb") else full)

    def spot(self, text, side):
        """A place such as "UpperArm~LowerArm.4"."""
        def of(name):
            return self.place[side + name] if side + name in self.place else self.place[name]

        first, _, rest = text.partition("~")
        if not rest:
            return of(first)
        second, _, share = rest.partition(".")
        return of(first) + float("." + share) * (of(second) - of(first))


def grown(dialect, rng):
    """Names, parents, places in a T-pose and truths of a body in a dialect."""
    place = landmarks(rng)
    body = _Grower(place)
    trunk = [each for each in dialect.trunk.split()]
    _spread(trunk, place, rng)
    parent = ""
    for each in trunk:
        name, _, truth = each.partition("=")
        truth, _, where = truth.partition("@")
        if not where and "@" in name:
            name, _, where = name.partition("@")
        key = where or truth or ("headTop" if parent and "head" in body.truth else
                                 f"trunk:{name}" if f"trunk:{name}" in place else "floor")
        parent = body.add(name, parent, place[key], truth)
    waiting = [each for each in dialect.more.split()]
    for part, line, tip in (("legs", dialect.leg, "toesTip"), ("arms", dialect.arm, "handTip")):
        _more(body, waiting)
        for (side, _), mark in zip(SIDES, dialect.sides, strict=True):
            attach = getattr(dialect, part)
            start = body.places[body.names.index(attach)]
            body.chain([each.replace("%", mark) for each in line.split()], attach, side, start, place[side + tip])
            if part == "arms":
                _hand(body, dialect, side, mark)
    _more(body, waiting)
    for (side, _), mark in zip(SIDES, dialect.sides, strict=True):
        _more(body, [each.replace("%", mark) for each in waiting if "%" in each], side)
    return body


def _spread(trunk, place, rng):
    """Places of the spine's joints between hips and neck, and of further neck joints."""
    names = [each.partition("=")[0].partition("@")[0] for each in trunk]
    truths = [each.partition("=")[2].partition("@")[0] for each in trunk]
    hips, neck, head = (truths.index(each) for each in ("hips", "neck", "head"))
    count = neck - hips - 1
    share = (np.arange(1, count + 1) - .55) / (count - .55) if count > 1 else np.array([.25])
    for number in range(count):
        at = place["hips"] + share[number] * (place["top"] - place["hips"]) + (0, rng.uniform(-.006, .006), 0)
        place[f"trunk:{names[hips + 1 + number]}"] = at
        if truths[hips + 1 + number]:
            place[truths[hips + 1 + number]] = at
    for number in range(neck + 1, head):
        share = (number - neck) / (head - neck)
        place[f"trunk:{names[number]}"] = place["neck"] + share * (place["head"] - place["neck"])


def _hand(body, dialect, side, mark):
    for finger, line in dialect.hand.items():
        parent = body.names[body.truth[f"{side}Hand"]]
        parts = iter(BONES[finger])
        count = 0
        for each in line:
            kind, name = (each[0], each[2:]) if each[1:2] == ":" else ("", each)
            number = 0 if kind == "c" else count + 1
            count += kind != "c"
            truth = f"{side}{finger}{next(parts)}" if not kind else None
            parent = body.add(name.replace("%", mark), parent, body.place[f"{side}{finger}{number}"], truth)


def _more(body, waiting, side=""):
    """Add what can be added: joints whose parent is there already."""
    for each in list(waiting):
        if "%" in each and not side:
            continue
        name, _, rest = each.partition("<")
        parent, _, where = rest.partition("@")
        where, _, truth = where.partition("=")
        if parent in body.names:
            waiting.remove(each)
            body.add(name, parent, body.spot(where, side), body._full(truth, side))


def specimen(dialect, rng, *, pose="T", up="y", names="own", moving=False, helpers=0):
    """One skeleton: its own proportions, a rest pose, an up axis, a scale, a place, an order of joints.

    pose       T, A, I (arms down), or zero: every bone along X, as some recorders write it; the motion stands
    names      own, numbers (bone_0 ...), letters (all "A"), mixed (the own names, dealt out at random)
    helpers    so many further joints that mean nothing
    """
    body = grown(dialect, rng)
    parents, places = np.array(body.parents), np.array(body.places)
    labels, truth = list(body.names), dict(body.truth)
    for number in range(helpers):
        parent = int(rng.integers(len(labels)))
        parents, places = np.append(parents, parent), np.vstack([places, places[parent] + rng.normal(0, .03, 3)])
        labels.append(f"helper_{number}")
    order = _shuffled(parents, rng)
    place_of = np.argsort(order)
    parents = np.array([place_of[parents[each]] if parents[each] >= 0 else -1 for each in order])
    places, labels = places[order], [labels[each] for each in order]
    truth = {name: int(place_of[joint]) for name, joint in truth.items()}
    turns = _posed(parents, places, truth, rng, "T" if pose == "zero" else pose)
    frames = _frames(parents, places, rng)
    whole = AXES[up] @ _about_y(rng.uniform(-np.pi, np.pi) if names != "own" else 0)
    scale = float(rng.choice([1, 1.7, .017, 170]))
    skeleton = _skeleton(_named(labels, names, rng), parents, places, turns, frames, whole, scale)
    motion = None
    if pose == "zero":
        still = np.tile([1.0, 0, 0, 0], (len(labels), 1))
        motion = _moving(skeleton, parents, places, truth, rng, frames, whole, scale)
        skeleton = Skeleton(skeleton.names, skeleton.parents, skeleton.offsets, still)
        motion = Motion(skeleton, motion.rotations, motion.root, motion.rate)
    elif moving:
        motion = _moving(skeleton, parents, places, truth, rng, frames, whole, scale)
    return Specimen(skeleton, truth, whole @ (0, 0, 1.0), whole @ (0, 1.0, 0), motion)


def _shuffled(parents, rng):
    """A random order with parents before children."""
    ready, order = [0], []
    while ready:
        order.append(ready.pop(int(rng.integers(len(ready)))))
        ready += [int(each) for each in np.flatnonzero(parents == order[-1])]
    return np.array(order)


def _posed(parents, places, truth, rng, pose, swing=None):
    """World rotations (joints, 4) of each joint against the T-pose."""
    local = np.tile([1.0, 0, 0, 0], (len(parents), 1))
    down = {"T": 0, "A": np.radians(rng.uniform(25, 60)), "I": np.radians(rng.uniform(70, 88))}[pose]
    for side, sign in SIDES:
        if down:
            local[truth[f"{side}UpperArm"]] = about(np.array([0, 0, -sign]), down)
            local[truth[f"{side}LowerArm"]] = about(np.array([0, -sign, 0]), .12 * (pose != "T"))
    for joint, turn in (swing or {}).items():
        local[truth[joint]] = multiply(turn, local[truth[joint]])
    world = local.copy()
    for joint in range(1, len(parents)):
        world[joint] = multiply(world[parents[joint]], local[joint])
    return world


def _frames(parents, places, rng):
    """Own axes of each joint (joints, 3, 3) in the T-pose: the world's, or along the bone as programs like it."""
    style = rng.choice(["world", "x", "y"])
    made = np.tile(np.eye(3), (len(parents), 1, 1))
    if style == "world":
        return made
    for joint in range(len(parents)):
        below = np.flatnonzero(parents == joint)
        way = places[below[0]] - places[joint] if len(below) else places[joint] - places[parents[joint]]
        if np.linalg.norm(way) < 1e-6:
            continue
        axis = way / np.linalg.norm(way)
        side = np.cross(axis, (0, 0, 1.0))
        side = np.cross(axis, (0, 1.0, 0)) if np.linalg.norm(side) < .1 else side
        side /= np.linalg.norm(side)
        made[joint] = np.stack([axis, side, np.cross(axis, side)] if style == "x" else
                               [side, axis, np.cross(side, axis)], axis=1)
    return made


def _skeleton(names, parents, places, turns, frames, whole, scale):
    """Local offsets and turns of a body whose joints are turned by `turns` against the T-pose."""
    axes = from_matrix(whole @ frames)
    basis = from_matrix(np.broadcast_to(whole, (len(parents), 3, 3)))
    world = multiply(multiply(multiply(basis, turns), inverse(basis)), axes)
    local, offsets = world.copy(), places @ whole.T * scale
    for joint in range(1, len(parents)):
        local[joint] = multiply(inverse(world[parents[joint]]), world[joint])
        bone = (places[joint] - places[parents[joint]]) * scale
        offsets[joint] = rotate(inverse(axes[parents[joint]]), whole @ bone)
    return Skeleton(names, parents.astype(np.int32), offsets, local)


def _moving(skeleton, parents, places, truth, rng, frames, whole, scale):
    """A walk on the spot: legs and arms swing, knees and elbows bend the way they can."""
    count, poses = 16, []
    stride, bend, arm = rng.uniform(.2, .5), rng.uniform(.2, .8), rng.uniform(.3, 1.0)
    for frame in range(count):
        phase = 2 * np.pi * frame / count
        swing = {}
        for side, sign in SIDES:
            at = phase + (0 if sign > 0 else np.pi)
            wave = np.sin(at)
            swing[f"{side}UpperLeg"] = about(np.array([1.0, 0, 0]), -stride * wave)
            swing[f"{side}LowerLeg"] = about(np.array([1.0, 0, 0]), bend * max(0, np.cos(at)))
            swing[f"{side}UpperArm"] = about(np.array([0, 0, 1.0]), -sign * 1.2)
            swing[f"{side}LowerArm"] = about(np.array([0, -sign, 0.0]), arm * (.6 + .4 * wave))
        swing["hips"] = about(np.array([0, 1.0, 0]), .1 * np.sin(phase))
        poses.append(_skeleton(skeleton.names, parents, places, _posed(parents, places, truth, rng, "T", swing), frames,
                               whole, scale).turns)
    root = np.tile(skeleton.offsets[0], (count, 1))
    return Motion(skeleton, np.array(poses), root, Fraction(30))


def _about_y(angle):
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]])


def _named(labels, names, rng):
    if names == "numbers":
        return tuple(f"bone_{number}" for number in range(len(labels)))
    if names == "letters":
        return tuple("A" if not number else f"A.{number:03d}" for number in range(len(labels)))
    if names == "mixed":
        return tuple(labels[each] for each in rng.permutation(len(labels)))
    return tuple(labels)
