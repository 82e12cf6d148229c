"""Animals on four legs: how to tell them from people, and where their joints are.

The joints bear the names of the human ones that they correspond to: the wrist of a front leg is "leftHand", the hock of
a hind leg "leftFoot". What no human has is called by its own name: "leftFrontToes", "tail1" to "tail4".
"""

from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from marrow.bones.rigging.biped import SIDES
from marrow.bones.rigging.measures import Limb
from marrow.bones.rigging.solid import Paths, Solid

# heights of the joints of a leg, from the ground to the belly: seen on a fox and a horse, dogs lie between
FRONT = {"LowerArm": 1.04, "Hand": 0.62, "FrontToes": 0.2}
HIND = {"LowerLeg": 0.99, "Foot": 0.54, "Toes": 0.16}
SPINE = 0.62  # of the trunk's height, from the belly
EXTRA = {"leftFrontToes": "leftHand", "rightFrontToes": "rightHand", "tail1": "hips",
         **{f"tail{number}": f"tail{number - 1}" for number in (2, 3, 4)}}


@dataclass(frozen=True)
class Stand:
    """How an animal stands: where its front and hind feet are, and how high its belly is over the ground."""

    front: float
    hind: float
    belly: float


def stand(solid: Solid) -> Stand | None:
    """Where the feet of an animal one unit tall are, None where there are not four of them.

    test    a dog of capsules stands on four feet, a person does not
    """
    places = solid.places()
    deep = float(np.ptp(places[:, 2]))
    if deep < 0.7 or float(np.ptp(places[:, 0])) > 1.1 * deep:
        return None
    foot = np.sort(places[places[:, 1] < 0.06, 2])
    gap = np.diff(foot)
    if not len(gap) or gap.max() < 0.12 * deep:
        return None
    at = int(gap.argmax())
    hind, front = float(foot[:at + 1].mean()), float(foot[at + 1:].mean())
    for group in (hind, front):
        near = places[(places[:, 1] < 0.06) & (np.abs(places[:, 2] - group) < 0.25 * (front - hind)), 0]
        if not len(near) or near.max() < 0 or near.min() > 0:
            return None
    between = np.abs(places[:, 2] - (front + hind) / 2) < 0.15 * (front - hind)
    return Stand(front, hind, float(places[between, 1].min())) if between.any() else None


def looks_back(solid: Solid, feet: Stand) -> bool:
    """Whether the head is behind the hind feet: there the body reaches higher, and further without being thin."""
    places = solid.places()
    ahead, behind = places[places[:, 2] > feet.front], places[places[:, 2] < feet.hind]
    if not len(ahead) or not len(behind):
        return len(behind) > len(ahead)
    return bool(behind[:, 1].max() > ahead[:, 1].max())


def animal_joints(solid: Solid, feet: Stand) -> dict[str, ndarray]:
    """The joints of an animal one unit tall that looks to +Z."""
    paths, places = Paths(solid), solid.places()
    joints: dict[str, ndarray] = {}
    for side, sign in SIDES:
        front = _leg(places, sign, feet, feet.front)
        hind = _leg(places, sign, feet, feet.hind)
        for leg, shares in ((front, FRONT), (hind, HIND)):
            joints |= {side + part: _on(leg, share * feet.belly) for part, share in shares.items()}
        top, back = front[-1], hind[-1]
        joints[side + "UpperArm"] = np.array([top[0], 1.22 * feet.belly, top[2] + 0.08])
        joints[side + "Shoulder"] = np.array([0.6 * top[0], _level(places, top[2] - 0.06, 0.75), top[2] - 0.06])
        joints[side + "UpperLeg"] = np.array([back[0], 1.31 * feet.belly, back[2] - 0.02])
    hips, chest = joints["leftUpperLeg"][2] - 0.01, joints["leftHand"][2]
    saddle = 1.06 * _level(places, (hips + chest) / 2, 1.0)
    for name, share in (("hips", 0.0), ("spine", 0.33), ("chest", 0.67), ("upperChest", 1.0)):
        depth = hips + share * (chest - hips)
        joints[name] = np.array([0.0, _level(places, depth, SPINE, saddle), depth])
    end = paths.at(joints["upperChest"])
    nose = _end(paths, places, end, 1, feet.front)
    if nose is not None:
        joints["neck"], joints["head"] = (_along(nose, share) for share in (0.9, 0.56))
    tail = _end(paths, places, paths.at(joints["hips"]), -1, joints["hips"][2])
    if tail is not None and tail.end > 0.18:
        joints |= {f"tail{number}": _along(tail, share) for number, share in enumerate((0.86, 0.64, 0.42, 0.2), 1)}
    return joints


def _leg(places: ndarray, sign: int, feet: Stand, foot: float) -> ndarray:
    """Middles of the slices of one leg from the ground to the belly, (n, 3)."""
    reach = 0.42 * (feet.front - feet.hind)
    mine = places[(places[:, 0] * sign > 0) & (np.abs(places[:, 2] - foot) < reach) & (places[:, 1] < feet.belly)]
    count = 12
    number = np.minimum((mine[:, 1] / feet.belly * count).astype(int), count - 1)
    held = np.bincount(number, minlength=count)
    line = np.stack([np.bincount(number, mine[:, axis], count) for axis in range(3)], axis=1)
    return line[held > 0] / held[held > 0][:, None]


def _on(line: ndarray, height: float) -> ndarray:
    """A point of a leg at some height."""
    return np.array([np.interp(height, line[:, 1], line[:, 0]), height, np.interp(height, line[:, 1], line[:, 2])])


def _level(places: ndarray, depth: float, share: float, most: float = np.inf) -> float:
    """A height in the trunk's slice at some depth: 0 its belly, 1 its back, or `most` where the neck begins."""
    near = places[(np.abs(places[:, 2] - depth) < 0.03) & (np.abs(places[:, 0]) < 0.05), 1]
    if not len(near):
        near = places[:, 1]
    low, high = near.min(), min(near.max(), most)
    return float(low + share * (high - low))


def _end(paths: Paths, places: ndarray, start: int, way: int, beyond: float) -> Limb | None:
    """The nose (way 1) or the end of the tail (-1): what lies furthest out beyond the feet, as a limb."""
    far = paths.lengths(start)
    out = places[:, 2] * way > beyond * way + 0.05
    high = places[:, 1] > 0.2
    if not (out & high).any():
        return None
    wanted = np.flatnonzero(out & high)
    tip = wanted[(far + 1.5 * places[:, 2] * way)[wanted].argmax()]
    along = paths.lengths(tip)
    step = 2 * paths.solid.cube
    count = max(int(along[start] / step), 1)
    near = (along < count * step) & (places[:, 2] * way > beyond * way - 0.05)
    number = (along[near] / step).astype(int)
    held = np.bincount(number, minlength=count)
    line = np.stack([np.bincount(number, places[near, axis], count) for axis in range(3)], axis=1)
    line = line[held > 0] / held[held > 0][:, None]
    return Limb(line, np.sqrt(held[held > 0] * paths.solid.cube ** 3 / step / np.pi), step, float(along[start]))


def _along(limb: Limb, share: float) -> ndarray:
    """A point of a limb, 0 its tip, 1 where it began; always in the middle of the body."""
    place = np.clip(share * limb.end / limb.step - 0.5, 0, len(limb.line) - 1)
    point = np.array([np.interp(place, np.arange(len(limb.line)), limb.line[:, axis]) for axis in range(3)])
    return point * (0, 1, 1)
