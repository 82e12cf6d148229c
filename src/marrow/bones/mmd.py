"""The skeleton of MMD's models, and how motions cross between it and any human skeleton.

MMD's models stand in an A-pose, every joint's axes the world's. Pelvis (下半身) and chest (上半身) hang side by side
from a waist that the centre (センター) carries; motions name joints, and hold no skeleton.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy import ndarray

from marrow.bones.axes import aligned
from marrow.bones.canonical import canonical
from marrow.bones.human import mirror, standard
from marrow.bones.skeleton import at_rest, fk, world
from marrow.media import Motion, Skeleton
from marrow.rotations import about, inverse, multiply, rotate

UNIT = 0.08        # metres
HEIGHT = 1.58      # metres, of our own standard model
DROOP = 37.0       # degrees: how far the arms hang below a T-pose
CENTRE = "センター"
CARRIERS = ("全ての親", CENTRE, "グルーブ", "腰")   # from the floor to the waist; their turns are the whole body's
CHEST = ("upperChest", "chest")                    # 上半身2 is the first of these that there is

# MMD's joint -> (the joint above it, the human joint it is); 左 stands for both sides
_TREE = {
    "全ての親": ("", ""), CENTRE: ("全ての親", ""), "グルーブ": (CENTRE, ""), "腰": ("グルーブ", ""),
    "下半身": ("腰", "hips"), "上半身": ("腰", "spine"), "上半身2": ("上半身", "upperChest"), "首": ("上半身2", "neck"),
    "頭": ("首", "head"), "左目": ("頭", "leftEye"),
    "左肩": ("上半身2", "leftShoulder"), "左腕": ("左肩", "leftUpperArm"), "左腕捩": ("左腕", ""),
    "左ひじ": ("左腕捩", "leftLowerArm"), "左手捩": ("左ひじ", ""), "左手首": ("左手捩", "leftHand"),
    "左親指０": ("左手首", "leftThumbMetacarpal"), "左親指１": ("左親指０", "leftThumbProximal"),
    "左親指２": ("左親指１", "leftThumbDistal"),
    **{f"左{finger}{digit}": (f"左{finger}{above}" if above else "左手首", f"left{name}{part}")
       for finger, name in (("人指", "Index"), ("中指", "Middle"), ("薬指", "Ring"), ("小指", "Little"))
       for digit, above, part in (("１", "", "Proximal"), ("２", "１", "Intermediate"), ("３", "２", "Distal"))},
    "左足": ("下半身", "leftUpperLeg"), "左ひざ": ("左足", "leftLowerLeg"), "左足首": ("左ひざ", "leftFoot"),
    "左足先EX": ("左足首", "leftToes"),
}


def _both(tree: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    right = {name.replace("左", "右"): (above.replace("左", "右"), mirror(human))
             for name, (above, human) in tree.items() if "左" in name}
    return {**tree, **right}


TREE = _both(_TREE)
HUMAN = {human: name for name, (_, human) in TREE.items() if human}  # VRM's name -> MMD's


def model() -> Skeleton:
    """A standard model of MMD in our own proportions: an adult of 158 cm in an A-pose, facing +Z.

    test    the arms hang 37 degrees below level; everything is symmetric
    """
    body = standard(HEIGHT)
    places = dict(zip(body.names, world_at_rest(body), strict=True))
    made = {name: places[human] for name, (_, human) in TREE.items() if human}
    waist = places["spine"]
    made |= {"全ての親": np.zeros(3), CENTRE: waist * (0, 0.7, 0), "グルーブ": waist * (0, 0.72, 0),
             "腰": places["hips"], "下半身": waist, "上半身": waist}
    for side, sign in (("左", -1), ("右", 1)):
        shoulder = made[f"{side}腕"]
        droop = about(np.array([0.0, 0, 1]), np.array(sign * np.radians(DROOP)))
        for name in made:
            if name.startswith(side) and _hangs(name, f"{side}腕"):
                made[name] = shoulder + rotate(droop, made[name] - shoulder)
        made[f"{side}腕捩"] = 0.4 * made[f"{side}腕"] + 0.6 * made[f"{side}ひじ"]
        made[f"{side}手捩"] = 0.4 * made[f"{side}ひじ"] + 0.6 * made[f"{side}手首"]
    number = {name: joint for joint, name in enumerate(TREE)}
    parents = np.array([number.get(above, -1) for above, _ in TREE.values()], np.int32)
    world_ = np.array([made[name] for name in TREE], float)
    offsets = np.where(parents[:, None] >= 0, world_ - world_[parents], world_)
    return Skeleton(tuple(TREE), parents, offsets, np.tile([1.0, 0, 0, 0], (len(TREE), 1)))


def world_at_rest(skeleton: Skeleton) -> ndarray:
    """Where the joints of a skeleton are at rest (joints, 3), metres."""
    return fk(at_rest(skeleton))[0]


def is_mmd(skeleton: Skeleton) -> bool:
    """Whether a skeleton is one of MMD's: its joints are named as motions for MMD name them."""
    return {CENTRE, "上半身", "頭", "左足", "右足", "左腕", "右腕"} <= set(skeleton.names)


@dataclass(frozen=True)
class Bridge:
    """The way between a human skeleton and MMD's model.

    skeleton    `aligned`, so that every joint's turn is what it was turned by since the rest pose
    joints      joint of the skeleton -> joint of the model
    turns       (joints, 4): the model's joint is turned by the skeleton's turn times this
    scale       the model's metres for one of the skeleton's: hips as high as they belong
    hips, legs  joints of the skeleton
    """

    skeleton: Skeleton
    joints: Mapping[int, int]
    turns: ndarray
    scale: float
    hips: int
    legs: tuple[int, int]

    def to_model(self, motion: Motion) -> Motion:
        """A motion of the aligned skeleton on MMD's model: every bone points where it points in the source.

        The centre carries the body so that the middle between the hip joints goes where it goes in the source.
        """
        body = model()
        places, turned = world(motion)
        wanted = {there: multiply(turned[:, here], self.turns[here]) for here, there in self.joints.items()}
        frames = len(turned)
        turns = np.zeros((frames, len(body.names), 4))
        turns[..., 0] = 1
        for joint, parent in enumerate(body.parents.tolist()[1:], 1):
            turns[:, joint] = wanted.get(joint, turns[:, parent])
        local = turns.copy()
        local[:, 1:] = multiply(inverse(turns[:, body.parents[1:]]), turns[:, 1:])
        still = Motion(body, local, np.tile(body.offsets[0], (frames, 1)), motion.rate)
        middle = world(still)[0][:, _legs(body)].mean(axis=1)
        path = places[:, list(self.legs)].mean(axis=1) * self.scale - middle
        centre = body.names.index(CENTRE)
        return replace(still, moves={centre: body.offsets[centre] + path}, name=motion.name)

    def from_model(self, motion: Motion, own: Motion) -> Motion:
        """A motion of MMD's model on the aligned skeleton.

        own        what joints without a counterpart do, and what joints' paths are said to be
        test       undoes `to_model` when `own` is the source
        """
        places, turned = world(motion)
        turns = np.zeros_like(own.rotations)
        for joint, parent in enumerate(np.asarray(self.skeleton.parents).tolist()):
            above = turns[:, parent] if parent >= 0 else np.array([1.0, 0, 0, 0])
            there = self.joints.get(joint)
            turns[:, joint] = (multiply(above, own.rotations[:, joint]) if there is None else
                               multiply(turned[:, there], inverse(self.turns[joint])))
        local = turns.copy()
        parents = np.asarray(self.skeleton.parents)
        local[:, 1:] = multiply(inverse(turns[:, parents[1:]]), turns[:, 1:])
        made = replace(own, rotations=local, rate=motion.rate, name=motion.name)
        wanted = places[:, _legs(motion.skeleton)].mean(axis=1) / self.scale
        away = wanted - world(made)[0][:, list(self.legs)].mean(axis=1)
        if self.hips == 0:
            return replace(made, root=made.root + away)
        if np.abs(away).max() < 1e-5 * np.abs(self.skeleton.offsets).max():
            return made
        path = own.moves.get(self.hips, self.skeleton.offsets[self.hips])
        moved = path + rotate(inverse(turns[:, parents[self.hips]]), away)
        return replace(made, moves={**own.moves, self.hips: moved})


def bridge(skeleton: Skeleton, joints: Mapping[str, int]) -> Bridge:
    """Find the way between a human skeleton and MMD's model, through the T-pose of both.

    joints    VRM name -> joint of the skeleton; hips, head, both legs and arms at least
    """
    body = model()
    number = {name: joint for joint, name in enumerate(body.names)}
    ours = canonical(skeleton, joints)
    theirs = canonical(body, {human: number[name] for human, name in HUMAN.items()})
    chest = next((name for name in CHEST if name in joints), "")
    pairs = {joint: number[HUMAN["upperChest" if name == chest else name]] for name, joint in joints.items()
             if name == chest or (name in HUMAN and name not in CHEST)}
    turns = inverse(ours.toward)
    for here, there in pairs.items():
        turns[here] = multiply(turns[here], theirs.toward[there])
    return Bridge(aligned(skeleton), pairs, turns, theirs.hip / ours.hip, joints["hips"],
                  (joints["leftUpperLeg"], joints["rightUpperLeg"]))


def _legs(body: Skeleton) -> list[int]:
    return [body.names.index("左足"), body.names.index("右足")]


def _hangs(name: str, limb: str) -> bool:
    """Whether a joint hangs from another one."""
    above = TREE[name][0]
    return bool(above) and (above == limb or _hangs(above, limb))
