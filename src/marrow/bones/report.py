"""How well a motion came over to another body: frame by frame, in numbers, and in sentences about the worst frames."""

from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from marrow.bones.canonical import TPose, canonical
from marrow.bones.identify import identify
from marrow.bones.moving.contacts import BODY, Contacts, contacts, soles
from marrow.bones.moving.limits import beyond
from marrow.bones.retarget import jerk
from marrow.bones.skeleton import checked, world
from marrow.contents import Remark
from marrow.errors import InputError
from marrow.media import Motion
from marrow.rotations import inverse, multiply, rotate

# Capsules of the body: from joint, to joint, radius in body heights.
CAPSULES = {"trunk": ("hips", "neck", 0.060), "head": ("neck", "head", 0.050), **{
    f"{side}{part}": (f"{side}{start}", f"{side}{end}", thick) for side in ("left", "right") for part, start, end, thick
    in (("Fore", "LowerArm", "Hand", 0.020), ("Thigh", "UpperLeg", "LowerLeg", 0.045),
        ("Shin", "LowerLeg", "Foot", 0.028))}}
PAIRS = (("leftFore", "trunk"), ("rightFore", "trunk"), ("leftFore", "head"), ("rightFore", "head"),
         ("leftFore", "rightFore"), ("leftFore", "leftThigh"), ("leftFore", "rightThigh"), ("rightFore", "leftThigh"),
         ("rightFore", "rightThigh"), ("leftShin", "rightShin"), ("leftShin", "rightThigh"), ("rightShin", "leftThigh"))
SKATE, DEPTH, JERK, LIMIT, CROSS = 2.0, 1.0, 1.1, 10.0, 2.0  # cm/s, cm, times the source's, degrees, cm: worth telling


@dataclass(frozen=True)
class Faults:
    """What is wrong with a motion in every frame; lengths and speeds as on a body of 1.75 m.

    skate     (frames,) cm/s: how fast a standing heel or toe slides, 0 where none stands
    depth     (frames,) cm: how deep a foot is in the ground
    jerk      (frames,) m/s³: mean over the main joints
    limits    (frames,) degrees beyond what a joint can do, the worst one
    joint     (frames,) which one that is, by its place in `names`
    names     human joints
    cross     (frames,) cm: how deep arms and legs are in other parts of the body, taken as capsules
    """

    skate: ndarray
    depth: ndarray
    jerk: ndarray
    limits: ndarray
    joint: ndarray
    names: tuple[str, ...]
    cross: ndarray


@dataclass(frozen=True)
class Report:
    """What a motion was and what it became.

    source, result    their faults, frame by frame
    swapped           (frames,) bool: left and right seem to have changed places
    remarks           what is worth telling, with the worst frames; frames count from 1
    """

    source: Faults
    result: Faults
    swapped: ndarray
    remarks: tuple[Remark, ...]


def report(source: Motion, result: Motion) -> Report:
    """Compare a motion with what retargeting made of it.

    source, result    the same frames on two human bodies
    raises            InputError  different lengths, or no human body
    test              a foot pushed aside in one frame is named, with that frame; a swapped body is found
    """
    checked(source), checked(result)
    if len(source.rotations) != len(result.rotations):
        raise InputError("retarget.length", source=len(source.rotations), result=len(result.rotations))
    bodies = []
    for motion, which in ((source, "motion"), (result, "target")):
        joints = identify(motion.skeleton, motion=motion).joints
        if "hips" not in joints or "leftFoot" not in joints:
            raise InputError(f"retarget.{which}", missing="hips, leftFoot", joints=len(motion.skeleton.names))
        bodies.append((canonical(motion.skeleton, joints, motion), *world(motion)))
    (theirs, *played), (ours, *made) = bodies
    rate = float(source.rate)
    standing = contacts(*played, theirs, rate)
    before = faults(theirs, *played, standing, standing.ground, rate)
    here = contacts(*made, ours, rate)
    after = faults(ours, *made, standing, here.ground, rate)
    swapped = _swapped((theirs, *played), (ours, *made))
    return Report(before, after, swapped, tuple(_remarks(before, after, swapped)))


def faults(body: TPose, places: ndarray, turns: ndarray, standing: Contacts, ground: ndarray, rate: float) -> Faults:
    """The faults of a motion.

    standing    says when heel and toe are meant to stand
    ground      (frames, 2) metres: the ground below the left and the right foot
    """
    scale = BODY / body.tall * 100
    points = soles(places, turns, body)
    steps = np.diff(points[:, :, :2], axis=0, prepend=points[:1, :, :2])[..., [0, 2]]
    held = standing.on & np.concatenate([standing.on[:1], standing.on[:-1]])
    skate = np.where(held, np.linalg.norm(steps, axis=-1), 0).max((1, 2)) * scale * rate
    depth = np.maximum((ground[..., None] + body.high - points[..., 1]).max((1, 2)), 0) * scale
    moved = {name: multiply(turns[:, joint], inverse(body.turns[joint])) for name, joint in body.joints.items()}
    over, names = beyond(moved)
    rough = jerk(places, body, rate).mean(1) if len(places) > 3 else np.zeros(0)
    rough = np.concatenate([rough, np.zeros(len(places) - len(rough))])
    return Faults(skate, depth, rough, over.max(1), over.argmax(1), tuple(names), _crossing(places, body) * scale)


def _crossing(places: ndarray, body: TPose) -> ndarray:
    """How deep the body's capsules are in one another (frames,) metres."""
    deepest = np.zeros(len(places))
    for pair in PAIRS:
        ends = [CAPSULES[part] for part in pair]
        if all(joint in body.joints for end in ends for joint in end[:2]):
            lines = [places[:, body.joints[joint]] for end in ends for joint in end[:2]]
            thick = (ends[0][2] + ends[1][2]) * body.tall
            deepest = np.maximum(deepest, thick - _gap(*lines))
    return deepest


def _gap(first: ndarray, last: ndarray, start: ndarray, end: ndarray) -> ndarray:
    """The distance between two segments, frame by frame.

    source    Ericson, Real-Time Collision Detection, 2005, sec. 5.1.9
    """
    one, two, apart = last - first, end - start, first - start
    a, e, f = (one ** 2).sum(-1), (two ** 2).sum(-1), (two * apart).sum(-1)
    b, c = (one * two).sum(-1), (one * apart).sum(-1)
    a, e = np.maximum(a, 1e-12), np.maximum(e, 1e-12)
    along = np.clip((b * f - c * e) / np.maximum(a * e - b * b, 1e-12), 0, 1)
    other = np.clip((b * along + f) / e, 0, 1)
    along = np.clip((b * other - c) / a, 0, 1)
    return np.linalg.norm(apart + along[:, None] * one - other[:, None] * two, axis=-1)


def _swapped(source: tuple, result: tuple) -> ndarray:
    """Frames in which the result's left limbs are where the source's right ones are, seen from the hips."""
    limbs = []
    for body, places, turns in (source, result):
        hips = body.joints["hips"]
        turned = multiply(turns[:, hips], inverse(body.turns[hips]))
        sides = []
        for side in ("left", "right"):
            ends = np.stack([places[:, body.joints[side + part]] for part in ("LowerLeg", "Foot", "LowerArm", "Hand")
                             if side + part in body.joints], axis=1)
            sides.append(rotate(inverse(turned)[:, None], ends - places[:, hips, None]) / body.tall)
        limbs.append(sides)
    (left, right), (ours, theirs) = limbs
    if left.shape != ours.shape:
        return np.zeros(len(left), bool)
    straight, crossed = (np.linalg.norm(one - ours, axis=-1).mean(1) + np.linalg.norm(two - theirs, axis=-1).mean(1)
                         for one, two in ((left, right), (right, left)))
    return crossed < 0.6 * straight


def _remarks(before: Faults, after: Faults, swapped: ndarray) -> list[Remark]:
    """What is worth telling, the worst frame of each kind named."""
    found = []
    for key, much in (("skate", SKATE), ("depth", DEPTH), ("cross", CROSS + before.cross.max())):
        mine, theirs = getattr(after, key), getattr(before, key)
        if mine.max() > much:
            found.append(Remark(f"retarget.{key}", {"frame": int(mine.argmax()) + 1, "worst": f"{mine.max():.1f}",
                                                    "frames": int((mine > much).sum()),
                                                    "source": f"{theirs.max():.1f}"}))
    if after.jerk.mean() > JERK * before.jerk.mean():
        found.append(Remark("retarget.jerk", {"times": f"{after.jerk.mean() / max(before.jerk.mean(), 1e-9):.2f}",
                                              "frame": int(after.jerk.argmax()) + 1}))
    if after.limits.max() > LIMIT:
        frame = int(after.limits.argmax())
        found.append(Remark("retarget.limits", {"frame": frame + 1, "joint": after.names[int(after.joint[frame])],
                                                "worst": f"{after.limits.max():.0f}"}))
    if swapped.any():
        found.append(Remark("retarget.swapped", {"frame": int(swapped.argmax()) + 1, "frames": int(swapped.sum())}))
    return found or [Remark("retarget.good", {"frames": len(swapped)})]
