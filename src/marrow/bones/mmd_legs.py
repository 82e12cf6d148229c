"""Legs as MMD moves them: the ankle follows one target, the tip of the foot another, the knee bends about one axis."""

from dataclasses import dataclass, replace

import numpy as np
from numpy import ndarray

from marrow.bones.skeleton import world
from marrow.bones.turning import between
from marrow.media import Motion
from marrow.rotations import about, inverse, multiply, rotate

X = np.array([1.0, 0.0, 0.0])  # the axis of a knee: turning about it brings the shin back


@dataclass(frozen=True)
class Targets:
    """Where a foot goes.

    leg      joints: hip, knee, ankle, and the tip of the foot or -1
    ankle    (frames, 3) world, metres
    tip      (frames, 3) world, metres
    on       (frames,) bool: the ankle follows its target
    tip_on   (frames,) bool: the tip follows its own, where the ankle does
    """

    leg: tuple[int, int, int, int]
    ankle: ndarray
    tip: ndarray
    on: ndarray
    tip_on: ndarray


def planted(motion: Motion, targets: Targets) -> Motion:
    """Turn hip, knee and ankle so that the foot reaches its targets; a leg too short points to them.

    The knee bends about its own X axis as far as it must, then the thigh swings the short way from where its own turn
    had put the leg: that turn decides where the knee points. Skeletons whose axes are the world's at rest.
    test    the ankle is at its target wherever a leg can reach it; the knee bends forwards
    """
    hip, knee, ankle, tip = targets.leg
    offsets, local = motion.skeleton.offsets, motion.rotations
    places, turned = world(motion)
    above = multiply(turned[:, hip], inverse(local[:, hip]))
    reach = targets.ankle - places[:, hip]
    bend = _bend(offsets[knee], offsets[ankle], np.linalg.norm(reach, axis=1))
    shin = rotate(bend, offsets[ankle])
    thigh = _swung(turned[:, hip], offsets[knee] + shin, reach)
    lower = multiply(thigh, bend)
    foot = multiply(lower, local[:, ankle])
    if tip >= 0:
        at = places[:, hip] + rotate(thigh, offsets[knee] + shin)
        swung = _swung(foot, np.broadcast_to(offsets[tip], reach.shape), targets.tip - at)
        foot = np.where(targets.tip_on[:, None], swung, foot)
    made = local.copy()
    for joint, turn in ((hip, multiply(inverse(above), thigh)), (knee, bend), (ankle, multiply(inverse(lower), foot))):
        made[:, joint] = np.where(targets.on[:, None], turn, local[:, joint])
    return replace(motion, rotations=made)


def _bend(thigh: ndarray, shin: ndarray, reach: ndarray) -> ndarray:
    """The turn (frames, 4) of a knee about X, shin backwards, that brings hip and ankle `reach` (frames,) apart.

    |thigh + turned shin|² = reach² is a cos + b sin = c in the angle.
    """
    level = thigh[1] * shin[1] + thigh[2] * shin[2]
    cross = thigh[2] * shin[1] - thigh[1] * shin[2]
    wanted = (reach**2 - thigh @ thigh - shin @ shin) / 2 - thigh[0] * shin[0]
    size = max(float(np.hypot(level, cross)), 1e-12)
    return about(X, np.arctan2(cross, level) + np.arccos(np.clip(wanted / size, -1, 1)))


def _swung(turn: ndarray, line: ndarray, wanted: ndarray) -> ndarray:
    """Turns (frames, 4), swung the short way so that `line` points as wanted; as they are where nothing points."""
    now = rotate(turn, line)
    points = (np.linalg.norm(wanted, axis=1) > 1e-9) & (np.linalg.norm(now, axis=1) > 1e-9)
    safe = np.where(points[:, None], (now, wanted), X)
    return np.where(points[:, None], multiply(between(*safe), turn), turn)
