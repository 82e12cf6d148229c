"""A skeleton in time: where its joints are, and how it is built."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy import ndarray

from marrow import rotations
from marrow.errors import InputError
from marrow.media import Motion, Skeleton

SIDES = (("left", "right"), ("l_", "r_"), ("_l", "_r"), (".l", ".r"), ("lhip", "rhip"), ("lthumb", "rthumb"))


@dataclass(frozen=True)
class Build:
    """How a skeleton is built, found from its joints.

    trunk     joints from the first that branches, not one on the floor below, to the head (or just the root)
    limbs     chains of joints, each beginning at its joint on the trunk
    twigs     chains that hang from limbs: fingers, thumbs
    arms      for every limb, whether it leaves the upper trunk
    sides     for every limb: 1 left, -1 right, 0 unknown
    tall      length from head to foot along the bones, metres
    """

    trunk: tuple[int, ...]
    limbs: tuple[tuple[int, ...], ...]
    twigs: tuple[tuple[int, ...], ...]
    arms: tuple[bool, ...]
    sides: tuple[int, ...]
    tall: float


def checked(motion: Motion) -> Motion:
    """The motion, if it can be played.

    raises    InputError  no frames, joints out of order, numbers that are none
    """
    skeleton = motion.skeleton
    joints, frames = len(skeleton.names), len(motion.rotations)
    parents = np.asarray(skeleton.parents)
    if not frames or not joints:
        raise InputError("motion.empty")
    if parents.shape != (joints,) or parents[0] != -1 or len(set(skeleton.names)) != joints or not all(
            0 <= parent < number for number, parent in enumerate(parents[1:].tolist(), 1)):
        raise InputError("motion.order")
    if (motion.rotations.shape != (frames, joints, 4) or motion.root.shape != (frames, 3)
            or skeleton.offsets.shape != (joints, 3) or skeleton.turns.shape != (joints, 4)
            or any(not 0 < joint < joints or path.shape != (frames, 3) for joint, path in motion.moves.items())):
        raise InputError("motion.order")
    still = (skeleton.offsets, skeleton.turns)
    for part in (motion.rotations, motion.root, *motion.moves.values(), *still):
        if not np.isfinite(part).all():
            where = np.argwhere(~np.isfinite(part))[0]
            raise InputError("motion.nan", frame=0 if any(part is each for each in still) else int(where[0]) + 1)
    return motion


def fk(motion: Motion) -> ndarray:
    """Find where every joint is.

    returns    (frames, joints, 3) world, metres
    test       an arm made by hand; turning the root turns everything
    """
    return world(motion)[0]


def world(motion: Motion) -> tuple[ndarray, ndarray]:
    """Find where every joint is and how it is turned.

    returns    places (frames, joints, 3) metres, turns (frames, joints, 4) wxyz, both world space
    """
    skeleton, turned = motion.skeleton, rotations.normalised(motion.rotations)
    places = np.zeros((*turned.shape[:2], 3))
    places[:, 0] = motion.root
    for joint, parent in enumerate(np.asarray(skeleton.parents).tolist()[1:], 1):
        turned[:, joint] = rotations.multiply(turned[:, parent], turned[:, joint])
        offset = motion.moves.get(joint, skeleton.offsets[joint])
        places[:, joint] = places[:, parent] + rotations.rotate(turned[:, parent], offset)
    return places, turned


def at_rest(skeleton: Skeleton) -> Motion:
    """The rest pose as a motion of one frame."""
    return Motion(skeleton, np.asarray(skeleton.turns)[None], np.asarray(skeleton.offsets)[None, 0], Fraction(24))


def stance(skeleton: Skeleton) -> ndarray:
    """World matrices (joints, 4, 4) of the rest pose."""
    places, turns = world(at_rest(skeleton))
    made = np.tile(np.eye(4), (len(skeleton.names), 1, 1))
    made[:, :3, :3], made[:, :3, 3] = rotations.to_matrix(turns[0]), places[0]
    return made


def lone() -> Skeleton:
    """The skeleton of a mesh that has none: one joint at the origin."""
    return Skeleton(("root",), np.array([-1], np.int32), np.zeros((1, 3)), np.array([[1.0, 0, 0, 0]]))


def picked(motion: Motion, frames: ndarray | slice) -> Motion:
    """Some frames of a motion, one after another, at the same rate."""
    return replace(motion, rotations=motion.rotations[frames], root=motion.root[frames],
                   moves={joint: path[frames] for joint, path in motion.moves.items()})


def resampled(motion: Motion, rate: Fraction, count: int) -> Motion:
    """The motion at another rate: pose k is the pose at exactly k / rate seconds; past its end the last one holds.

    Rotations go the short way at even speed, the root in a straight line.
    test    the same rate changes nothing; twice the rate keeps every pose and halves the angles between
    """
    made = sampled(motion, [Fraction(k) / rate for k in range(count)])
    return replace(made, rate=rate)


def sampled(motion: Motion, times: Sequence[Fraction]) -> Motion:
    """The poses at these seconds, as the frames of a motion of the same rate; past its end the last one holds."""
    last = len(motion.rotations) - 1
    exact = [min(time * motion.rate, Fraction(last)) for time in times]
    before = np.array([int(each) for each in exact])
    after = np.minimum(before + 1, last)
    share = np.array([float(each - int(each)) for each in exact])
    turns = rotations.slerp(motion.rotations[before], motion.rotations[after], share[:, None])

    def line(path: ndarray) -> ndarray:
        return path[before] + share[:, None] * (path[after] - path[before])

    moves = {joint: line(path) for joint, path in motion.moves.items()}
    return replace(motion, rotations=turns, root=line(motion.root), moves=moves)


def build(skeleton: Skeleton) -> Build:
    """Find trunk, limbs and fingers of any skeleton: by the name of its head if it has one, else by its branches."""
    parents = np.asarray(skeleton.parents)
    long = np.linalg.norm(skeleton.offsets, axis=1)
    below: list[list[int]] = [[] for _ in parents]
    for joint, parent in enumerate(parents):
        if parent >= 0:
            below[parent].append(joint)
    reach = np.zeros(len(parents))
    for joint in range(len(parents) - 1, 0, -1):
        parent = parents[joint]
        if parent >= 0:
            reach[parent] = max(reach[parent], reach[joint] + long[joint])
    trunk = _trunk(skeleton.names, parents.tolist())
    trunk = trunk[next((place for place, joint in enumerate(trunk) if len(below[joint]) > 1), 0):]
    limbs, twigs, waiting = [], [], [(joint, child) for joint in trunk for child in below[joint] if child not in trunk]
    on_trunk = set(trunk)
    while waiting:
        start, child = waiting.pop(0)
        chain = [start, child]
        while below[chain[-1]]:
            ahead = max(below[chain[-1]], key=lambda each: (reach[each] + long[each], -each))
            waiting += [(chain[-1], each) for each in below[chain[-1]] if each != ahead]
            chain.append(ahead)
        (limbs if start in on_trunk else twigs).append(tuple(chain))
    lengths = [long[list(chain[1:])].sum() for chain in limbs]
    spine = long[list(trunk[1:])].sum()
    limbs = [chain for chain, size in zip(limbs, lengths, strict=True)
             if not (chain[0] == trunk[-1] and len(trunk) > 1 and size < 0.6 * spine)]
    height = np.cumsum(long[list(trunk)]) - long[trunk[0]]
    arms = tuple(height[trunk.index(chain[0])] > 0.3 * max(spine, 1e-9) for chain in limbs)
    legs = [long[list(chain[1:])].sum() for chain, arm in zip(limbs, arms, strict=True) if not arm]
    tall = float(spine + max(legs, default=0.0)) or float(long[1:].max(initial=0)) or 1.0
    return Build(trunk, tuple(limbs), tuple(twigs), arms, tuple(_side(skeleton.names, chain) for chain in limbs), tall)


def facing(places: ndarray, plan: Build) -> float:
    """Which way the body looks on the mean of the shot: degrees from +Z towards +X; 0 when nobody can tell."""
    across = np.zeros(3)
    for chain, side in zip(plan.limbs, plan.sides, strict=True):
        middle = chain[min(2, len(chain) - 1)]
        across += side * (places[:, middle] - places[:, chain[0]]).mean(0)
    if np.hypot(across[0], across[2]) < 0.02 * plan.tall:
        return 0.0
    return float(np.degrees(np.arctan2(-across[2], across[0])))


def _trunk(names: tuple[str, ...], parents: list[int]) -> tuple[int, ...]:
    found = [number for number, name in enumerate(names)
             if "head" in name.lower() and not name.lower().endswith(("_end", "end"))]
    if not found:
        found = [number for number, name in enumerate(names) if "neck" in name.lower()][-1:]
    at = found[0] if found else 0
    chain = [at]
    while parents[chain[-1]] >= 0:
        chain.append(parents[chain[-1]])
    return tuple(reversed(chain))


def _side(names: tuple[str, ...], chain: tuple[int, ...]) -> int:
    for joint in chain[1:]:
        name = names[joint].lower()
        for left, right in SIDES:
            if left in name:
                return 1
            if right in name:
                return -1
    return 0
