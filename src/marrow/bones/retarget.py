"""A motion played on another body: what every part of it does goes over, and the feet stand where they stood."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy import ndarray

from marrow.bones.canonical import TPose, canonical
from marrow.bones.human import CORE, mirror
from marrow.bones.identify import Identity, identify
from marrow.bones.moving.contacts import BODY, contacts
from marrow.bones.moving.feet import planted
from marrow.bones.moving.smooth import lowpass
from marrow.bones.moving.touch import touching
from marrow.bones.moving.transfer import transfer
from marrow.bones.skeleton import checked, fk, world
from marrow.bones.turning import continuous
from marrow.errors import InputError
from marrow.media import Motion, Skeleton
from marrow.rotations import normalised

NEEDED = ("hips", "head", *(side + part for side in ("left", "right") for part in
          ("UpperLeg", "LowerLeg", "Foot", "UpperArm", "LowerArm", "Hand")))
MAIN = {*CORE, *map(mirror, CORE)}
FINEST, COARSEST, HALVINGS = 0.5, 0.05, 5  # cut-offs that are tried, shares of the rate
AS_SMOOTH = 1.03  # how much more jerk than the source's is let be
TRAVEL = 0.5      # Hz: slower ways of the hips are travel, faster ones belong to the movement


def retarget(motion: Motion, target: Skeleton, *, root: Literal["travel", "place"] = "travel") -> Motion:
    """Play a motion on another human body: the same movement, its feet on the ground where they stood.

    Every part is turned against a T-pose common to both bodies; spine, neck and twist joints share the bend by the
    length they cover; the way of the hips is scaled by leg length. Then the whole clip is made as smooth as it was,
    standing feet are put down and kept there, and hands that touch something touch it still.

    motion     of a human skeleton of any build and rest pose, Y up
    target     rest and bind pose stay as they are; joints that no human has keep their rest pose, or move as the
               joints of the same name do
    root       "travel": it goes as far as the legs carry it; "place": it stays over the place where it starts
    returns    the motion on the target, its ground at height 0; on the same skeleton the motion itself
    raises     InputError  one of the two is no human body, or the motion cannot be played
    source     Gleicher, Retargetting Motion to New Characters, SIGGRAPH 1998; Kovar, Schreiner and Gleicher, Footskate
               Cleanup for Motion Capture Editing, SCA 2002
    test       the same skeleton in = the same motion out; there and back is where it was; standing feet stand still
    """
    checked(motion)
    source, body, identity = _bodies(motion, target)
    if same(motion.skeleton, target):
        return motion if root == "travel" else in_place(motion, source)
    played = world(motion)
    standing = contacts(*played, source, float(motion.rate))
    carried = transfer(motion, source, target, body, played, identity.twists)
    ground = standing.ground * (body.hip / source.hip)
    floor = float(np.median(ground))
    carried = replace(carried, root=carried.root - floor * np.array([0, 1.0, 0]))
    standing = replace(standing, ground=ground - floor)

    def finished(cutoff: float | None) -> Motion:
        calm = carried if cutoff is None else calmed(carried, cutoff)
        return touching(planted(calm, body, standing), body, source, played)

    made = _as_smooth(finished, motion, source, body)
    return made if root == "travel" else in_place(made, body)


def same(first: Skeleton, second: Skeleton) -> bool:
    """Whether two skeletons have the same joints in the same rest pose."""
    return first.names == second.names and np.array_equal(first.parents, second.parents) and all(
        np.allclose(one, other, rtol=0, atol=1e-9) for one, other in
        ((first.offsets, second.offsets), (first.turns, second.turns)))


def in_place(motion: Motion, body: TPose) -> Motion:
    """The motion with its slow horizontal travel taken out; it stays over the place where its hips begin."""
    hips = world(motion)[0][:, body.joints["hips"]] * (1, 0, 1)
    return replace(motion, root=motion.root - lowpass(hips - hips[0], TRAVEL, float(motion.rate)))


def calmed(motion: Motion, cutoff: float) -> Motion:
    """The motion without what is faster than a frequency (Hz), without delay."""
    rate = float(motion.rate)
    turns = normalised(lowpass(continuous(motion.rotations), cutoff, rate))
    return replace(motion, rotations=turns, root=lowpass(motion.root, cutoff, rate))


def jerk(places: ndarray, body: TPose, rate: float) -> ndarray:
    """How jerky the body's main joints move: (frames - 3, joints) metres per second³ on a body of 1.75 m."""
    chosen = [joint for name, joint in body.joints.items() if name in MAIN]
    scaled = places[:, chosen] * (BODY / body.tall)
    return np.linalg.norm(np.diff(scaled, n=3, axis=0), axis=-1) * rate ** 3


def _as_smooth(finished: Callable[[float | None], Motion], motion: Motion, source: TPose, body: TPose) -> Motion:
    """The result with the highest cut-off that leaves it as smooth as the source: longer limbs magnify noise."""
    rate = float(motion.rate)
    if len(motion.rotations) < 5:
        return finished(None)
    goal = AS_SMOOTH * jerk(fk(motion), source, rate).mean()

    def rough(made: Motion) -> float:
        return float(jerk(fk(made), body, rate).mean())

    best = finished(None)
    if rough(best) <= goal:
        return best
    high, low = np.log(FINEST * rate), np.log(COARSEST * rate)
    best = finished(COARSEST * rate)
    for _ in range(HALVINGS):
        middle = (high + low) / 2
        made = finished(float(np.exp(middle)))
        if rough(made) <= max(goal, rough(best)):
            low, best = middle, made
        else:
            high = middle
    return best


def _bodies(motion: Motion, target: Skeleton) -> tuple[TPose, TPose, Identity]:
    """The T-poses of both bodies, and who is who in the target."""
    theirs, ours = identify(motion.skeleton, motion=motion), identify(target)
    for which, identity, skeleton in (("motion", theirs, motion.skeleton), ("target", ours, target)):
        missing = [name for name in NEEDED if name not in identity.joints]
        if missing:
            raise InputError(f"retarget.{which}", missing=", ".join(missing), joints=len(skeleton.names))
    source = canonical(motion.skeleton, theirs.joints, motion)
    return source, source if same(motion.skeleton, target) else canonical(target, ours.joints), ours
