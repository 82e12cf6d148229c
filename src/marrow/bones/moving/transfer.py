"""How every part of one body is turned, carried over to another body."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy import ndarray

from marrow.bones.canonical import TPose, torso
from marrow.bones.moving.limits import untwisted
from marrow.bones.turning import angle, between, exp, log, twist
from marrow.media import Motion, Skeleton
from marrow.rotations import from_matrix, inverse, multiply, rotate, slerp

LIMBS = {"UpperArm": "LowerArm", "LowerArm": "Hand", "UpperLeg": "LowerLeg", "LowerLeg": "Foot"}
STIFF = np.radians(3)  # hip joints that leave their pelvis by more do not hang on it


def transfer(motion: Motion, source: TPose, target: Skeleton, body: TPose, world: tuple[ndarray, ndarray],
             twists: Mapping[int, str]) -> Motion:
    """Carry over how every part of a body is turned against its T-pose, and the path of its hips by leg length.

    source     T-pose of the motion's skeleton
    body       T-pose of the target
    world      places and turns of the motion, as `skeleton.world` gives them
    twists     twist joints of the target -> the human joint they help
    test       the same skeleton twice gives the same motion
    """
    places, turned = world
    moved = {name: multiply(turned[:, joint], inverse(source.turns[joint])) for name, joint in source.joints.items()}
    legs = [source.joints["leftUpperLeg"], source.joints["rightUpperLeg"]]
    moved["hips"] = _pelvis(motion.skeleton, source, places, moved["hips"])
    moved = untwisted(moved)
    wanted = {body.joints[name]: moved[name] for name in body.joints if name in moved}
    wanted |= _trunk(motion.skeleton, source, target, body, turned)
    wanted |= _alike(motion.skeleton, source, target, body, turned)
    for joint, name in twists.items():
        shared = _shared(target, body, joint, name, wanted)
        if shared is not None:
            wanted[joint] = shared
    goal = {joint: multiply(turn, body.turns[joint]) for joint, turn in wanted.items()}
    middle = places[:, legs].mean(1)
    start = middle[0] * (1, 0, 1)  # it begins where it began
    hips = start + (middle - start) * (body.hip / source.hip) - rotate(moved["hips"], body.middle)
    return settled(target, goal, hips, body.joints["hips"], motion)


def _pelvis(skeleton: Skeleton, source: TPose, places: ndarray, turned: ndarray) -> ndarray:
    """How the pelvis is turned (frames, 4): as its joint is, unless the hip joints show that it is not.

    In skeletons that bend between hips and legs, the joint's own turn is whatever the fitting left in it; the pelvis
    then lies between the hip joints and the small of the back.
    """
    legs = [source.joints["leftUpperLeg"], source.joints["rightUpperLeg"]]
    across, sides = source.places[legs[0]] - source.places[legs[1]], places[:, legs[0]] - places[:, legs[1]]
    swing = between(rotate(turned, across), sides)
    if np.percentile(angle(swing), 90) < STIFF:
        return turned
    spine = torso(skeleton, source.joints)[0]
    high = [source.places[joint, 1] - source.middle[1] for joint in spine]
    back = spine[int(np.searchsorted(high, 0.3 * max(high)))] if spine else source.joints["head"]
    then, now = source.places[back] - source.middle, places[:, back] - places[:, legs].mean(1)
    return multiply(_frame(sides, now), inverse(_frame(across, then)))


def _frame(left: ndarray, up: ndarray) -> ndarray:
    """The turn whose X is `left`, and whose Y is as near to `up` as that lets it."""
    left = left / np.linalg.norm(left, axis=-1, keepdims=True)
    ahead = np.cross(left, up)
    ahead = ahead / np.maximum(np.linalg.norm(ahead, axis=-1, keepdims=True), 1e-12)
    return from_matrix(np.stack([left, np.cross(ahead, left), ahead], axis=-1))


def _alike(skeleton: Skeleton, source: TPose, target: Skeleton, body: TPose, turned: ndarray) -> dict[int, ndarray]:
    """Joints that are no human's, and have the same name below the hips of both: tails, skirts, hair."""
    human = {*source.joints.values()}
    theirs = {name: joint for joint, name in enumerate(skeleton.names) if joint not in human}
    below = {body.joints["hips"]}
    for joint, parent in enumerate(np.asarray(target.parents).tolist()):
        if parent in below:
            below.add(joint)
    found = {joint: theirs[target.names[joint]] for joint in below - {*body.joints.values()}
             if target.names[joint] in theirs}
    return {ours: multiply(turned[:, joint], inverse(source.turns[joint])) for ours, joint in found.items()}


def settled(target: Skeleton, goal: Mapping[int, ndarray], hips: ndarray, hip: int, motion: Motion) -> Motion:
    """A motion from world turns of some joints; the others keep their rest pose against their parents.

    goal    joint -> (frames, 4) world
    hips    (frames, 3) world: where joint `hip` is to be
    """
    parents = np.asarray(target.parents).tolist()
    frames = len(hips)
    turns = np.empty((frames, len(parents), 4))
    local = np.empty_like(turns)
    for joint, parent in enumerate(parents):
        rest = np.broadcast_to(target.turns[joint], (frames, 4))
        above = turns[:, parent] if parent >= 0 else None
        if joint in goal:
            turns[:, joint] = goal[joint]
            local[:, joint] = goal[joint] if above is None else multiply(inverse(above), goal[joint])
        else:
            local[:, joint] = rest
            turns[:, joint] = rest if above is None else multiply(above, rest)
    root = hips.copy()
    while parents[hip] >= 0:
        root -= rotate(turns[:, parents[hip]], target.offsets[hip])
        hip = parents[hip]
    return replace(motion, skeleton=target, rotations=local, root=root, moves={})


def _trunk(skeleton: Skeleton, source: TPose, target: Skeleton, body: TPose, turned: ndarray) -> dict[int, ndarray]:
    """The bend of spine and neck, spread over the target's joints by the length they cover."""
    wanted = {}
    starts = source.joints["hips"], body.joints["hips"]
    for theirs, ours in zip(torso(skeleton, source.joints), torso(target, body.joints), strict=True):
        line = [starts[0], *theirs]
        bends = [multiply(turned[:, joint], inverse(source.turns[joint])) for joint in line]
        have, need = _shares(source, line), _shares(body, [starts[1], *ours])
        if len(theirs) == len(ours):
            have = need
        for joint, share in zip(ours, need[1:], strict=True):
            after = min(int(np.searchsorted(have, share - 1e-9)), len(have) - 1)
            before = max(after - 1, 0)
            width = have[after] - have[before]
            part = (share - have[before]) / width if width > 1e-9 else 1.0
            wanted[joint] = slerp(bends[before], bends[after], np.full(len(turned), np.clip(part, 0, 1)))
        starts = (line[-1], ours[-1] if ours else starts[1])
    return wanted


def _shares(body: TPose, line: list[int]) -> ndarray:
    """Where the middles of a chain's bones lie between its first joint (0) and its last one (1)."""
    places = body.places[line]
    steps = np.linalg.norm(np.diff(places, axis=0), axis=1)
    ends = np.concatenate([[0.0], np.cumsum(steps)])
    middles = np.concatenate([[0.0], (ends[1:-1] + ends[2:]) / 2, ends[-1:]]) if len(line) > 1 else ends
    return middles / middles[-1] if middles[-1] > 1e-9 else np.linspace(0, 1, len(line))


def _shared(target: Skeleton, body: TPose, joint: int, name: str, wanted: Mapping[int, ndarray]) -> ndarray | None:
    """A twist joint's part of its limb's twist, by how far along the limb it sits; None where it helps no limb."""
    side, part = (name[:4], name[4:]) if name.startswith("left") else (name[:5], name[5:])
    start, end = body.joints.get(name), body.joints.get(side + LIMBS.get(part, "?"))
    if start is None or end is None or start not in wanted or end not in wanted:
        return None
    bone = body.places[end] - body.places[start]
    share = float(np.clip((body.places[joint] - body.places[start]) @ bone / (bone @ bone), 0, 1))
    axis = bone / np.linalg.norm(bone)
    if part.startswith("Lower"):
        turn = twist(multiply(inverse(wanted[start]), wanted[end]), axis)
        return multiply(wanted[start], exp(share * log(turn)))
    above = int(target.parents[start])
    while above not in wanted:
        above = int(target.parents[above])
    turn = twist(multiply(inverse(wanted[above]), wanted[start]), axis)
    return multiply(wanted[start], exp((share - 1) * log(turn)))
