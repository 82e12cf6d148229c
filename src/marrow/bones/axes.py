"""The axes that joints turn about: laid along the world's at rest, put back, or turned with the whole world."""

from dataclasses import replace

import numpy as np
from numpy import ndarray

from marrow.media import Motion, Skeleton
from marrow.rotations import inverse, multiply, normalised, rotate

UPRIGHT = np.array([np.sqrt(0.5), -np.sqrt(0.5), 0.0, 0.0])  # turns a world whose sky is at +Z: y stays behind, z rises


def rest_turns(skeleton: Skeleton) -> ndarray:
    """How every joint is turned in the world when the body is at rest: (joints, 4) wxyz."""
    turns = normalised(skeleton.turns)
    for joint, parent in enumerate(np.asarray(skeleton.parents).tolist()[1:], 1):
        turns[joint] = multiply(turns[parent], turns[joint])
    return turns


def aligned(skeleton: Skeleton) -> Skeleton:
    """The same rest pose, built so that no joint is turned in it: every joint's axes are the world's."""
    above = rest_turns(skeleton)[np.maximum(skeleton.parents, 0)]
    offsets = np.where(np.asarray(skeleton.parents)[:, None] < 0, skeleton.offsets, rotate(above, skeleton.offsets))
    return replace(skeleton, offsets=offsets, turns=np.tile([1.0, 0.0, 0.0, 0.0], (len(offsets), 1)))


def align(motion: Motion) -> Motion:
    """The same motion on the `aligned` skeleton: every joint goes where it went.

    test    all places equal to 1e-12; `put_back` undoes it
    """
    turns = rest_turns(motion.skeleton)
    above = _above(motion.skeleton, turns)
    rotations = multiply(multiply(above, motion.rotations), inverse(turns))
    moves = {joint: rotate(above[joint], path) for joint, path in motion.moves.items()}
    return replace(motion, skeleton=aligned(motion.skeleton), rotations=rotations, moves=moves)


def put_back(motion: Motion, skeleton: Skeleton) -> Motion:
    """A motion on the `aligned` skeleton, on the skeleton that it was made from."""
    turns = rest_turns(skeleton)
    above = _above(skeleton, turns)
    rotations = multiply(multiply(inverse(above), motion.rotations), turns)
    moves = {joint: rotate(inverse(above[joint]), path) for joint, path in motion.moves.items()}
    return replace(motion, skeleton=skeleton, rotations=rotations, moves=moves)


def turn_world(motion: Motion, turn: ndarray) -> Motion:
    """Turn the whole world, rest pose and all, so that the joints' axes stay the world's where they were.

    turn       (4,) wxyz
    returns    a skeleton whose rest pose is turned, though its turns are as they were: for turns that are the world's
    test       all places are the turned places
    """
    skeleton = replace(motion.skeleton, offsets=rotate(turn, motion.skeleton.offsets),
                       turns=multiply(multiply(turn, motion.skeleton.turns), inverse(turn)))
    return replace(motion, skeleton=skeleton, rotations=multiply(multiply(turn, motion.rotations), inverse(turn)),
                   root=rotate(turn, motion.root),
                   moves={joint: rotate(turn, path) for joint, path in motion.moves.items()})


def _above(skeleton: Skeleton, turns: ndarray) -> ndarray:
    """The world turn of every joint's parent at rest; none for the root: (joints, 4)."""
    above = turns[np.maximum(skeleton.parents, 0)]
    above[0] = (1.0, 0.0, 0.0, 0.0)
    return above
