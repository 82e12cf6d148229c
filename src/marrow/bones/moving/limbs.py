"""Arms and legs of two bones: where the elbow or knee goes when the end is moved."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy import ndarray

from marrow.bones.moving.smooth import lowpass
from marrow.bones.turning import between
from marrow.media import Motion
from marrow.rotations import inverse, multiply, rotate

STEADY = 2.0  # Hz: the axis of a knee or elbow turns no faster, seen from the world


def bent(root: ndarray, middle: ndarray, end: ndarray, goal: ndarray, hinge: ndarray, soft: ndarray
         ) -> tuple[ndarray, ndarray]:
    """Where knee and ankle go so that the ankle is at its goal, the knee staying on the side where it was.

    root, middle, end    (..., 3) hip, knee, ankle as they are
    goal                 (..., 3) where the ankle shall be; what is out of reach is approached softly
    hinge                (..., 3) unit: the axis about which the knee flexes, used as the leg gets straight
    soft                 (..., 1) how softly it gets straighter than it was: 0 it reaches as far as it can, 1 softly
    returns              knee, ankle (..., 3)
    source               law of cosines
    test                 bone lengths stay; a goal within reach is met
    """
    upper, lower = middle - root, end - middle
    first, second = (np.linalg.norm(each, axis=-1, keepdims=True) for each in (upper, lower))
    line = goal - root
    far = np.maximum(np.linalg.norm(line, axis=-1, keepdims=True), 1e-9)
    line, was = line / far, end - root
    full = first + second
    left, was_left = 1 - far / full, 1 - np.linalg.norm(was, axis=-1, keepdims=True) / full
    left = np.maximum(left + soft * (_eased(left, was_left) - left), 1e-7)
    long = np.maximum(full * (1 - left), np.abs(first - second) + 1e-6)
    axis = np.cross(upper, lower) / (first * second)
    bend = (axis * hinge).sum(-1, keepdims=True)
    share = np.clip(bend / 0.5, 0, 1)
    trust = share ** 3 * (10 - 15 * share + 6 * share ** 2)  # a straight leg's bend plane is noise
    axis = trust * axis / np.maximum(bend, 1e-9) + (1 - trust) * hinge
    side = np.cross(line, rotate(between(was, line), axis))
    side = side / np.maximum(np.linalg.norm(side, axis=-1, keepdims=True), 1e-9)
    cosine = np.clip((first ** 2 + long ** 2 - second ** 2) / (2 * first * long), -1, 1)
    knee = root + first * (cosine * line + np.sqrt(1 - cosine ** 2) * side)
    return knee, root + long * line


def hinge(root: ndarray, middle: ndarray, end: ndarray, guess: ndarray, rate: float) -> ndarray:
    """The axis about which a knee or elbow flexes over time: that of its own bends, steady where it is straight.

    root, middle, end    (frames, 3)
    guess                (frames, 3) unit: the axis where the limb is straight for long
    returns              (frames, 3) unit
    """
    upper, lower = middle - root, end - middle
    long = np.linalg.norm(upper, axis=-1, keepdims=True) * np.linalg.norm(lower, axis=-1, keepdims=True)
    seen = lowpass(np.cross(upper, lower) / long, STEADY, rate) + 0.02 * guess
    return seen / np.maximum(np.linalg.norm(seen, axis=-1, keepdims=True), 1e-9)


def _eased(left: ndarray, was: ndarray) -> ndarray:
    """What is left of a limb's length: as given where that is more than it was, else ever less and never nothing."""
    was = np.maximum(was, 1e-6)
    return np.where(left > was, left, was * np.exp(np.minimum(left - was, 0) / was))


def aimed(turn: ndarray, was: ndarray, now: ndarray) -> ndarray:
    """A bone's world turn after it points along `now` instead of `was`, without rolling."""
    return multiply(between(was, now), turn)


def held(motion: Motion, turns: ndarray, joints: Sequence[int]) -> Motion:
    """The motion with some joints turned in the world as given; what hangs on them goes along.

    turns    (frames, joints, 4) world; only those of `joints` count
    """
    local, now = motion.rotations.copy(), np.empty_like(turns)
    chosen = set(joints)
    for joint, parent in enumerate(np.asarray(motion.skeleton.parents).tolist()):
        above = now[:, parent] if parent >= 0 else np.array([1.0, 0, 0, 0])
        if joint in chosen:
            now[:, joint] = turns[:, joint]
            local[:, joint] = multiply(inverse(above), turns[:, joint])
        else:
            now[:, joint] = multiply(above, local[:, joint])
    return replace(motion, rotations=local)
