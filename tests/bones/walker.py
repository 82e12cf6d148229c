"""A body of known proportions that walks: what its T-pose is, and when which foot stands, are known exactly."""

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from marrow.media import Motion, Skeleton
from marrow.rotations import about, inverse, multiply, rotate

X, Y, Z = np.eye(3)
PARENTS = {"hips": "", "spine": "hips", "chest": "spine", "upperChest": "chest", "neck": "upperChest", "head": "neck"}
for _side in ("left", "right"):
    PARENTS |= {f"{_side}UpperLeg": "hips", f"{_side}LowerLeg": f"{_side}UpperLeg", f"{_side}Foot": f"{_side}LowerLeg",
                f"{_side}Toes": f"{_side}Foot", f"{_side}Shoulder": "upperChest",
                f"{_side}UpperArm": f"{_side}Shoulder", f"{_side}LowerArm": f"{_side}UpperArm",
                f"{_side}Hand": f"{_side}LowerArm"}
    for _finger in ("Index", "Little"):
        PARENTS |= {f"{_side}{_finger}Proximal": f"{_side}Hand",
                    f"{_side}{_finger}Distal": f"{_side}{_finger}Proximal"}
NAMES = tuple(PARENTS)
ANKLE, SOLE = 0.085, 0.02  # heights of ankle and ball above the floor, metres


@dataclass(frozen=True)
class Body:
    """A skeleton, the truth of its T-pose: places, hips at the origin, and world turns."""

    skeleton: Skeleton
    places: np.ndarray
    turns: np.ndarray
    thigh: float
    shin: float


def at(name):
    return NAMES.index(name)


def body(*, legs=1.0, arms=1.0, broad=1.0, lowered=0.0, rolls=None, turn=None, bones=None):
    """A body 1.7 m tall at legs=1; its rest pose has its arms lowered by an angle, joints rolled by chance (a seed),
    and is turned as a whole. `bones` leaves out joints."""
    thigh, shin = 0.42 * legs, 0.41 * legs
    hip = thigh + shin + ANKLE
    place = {"hips": (0, hip + .03, 0), "spine": (0, hip + .13, -.01), "chest": (0, hip + .25, -.015),
             "upperChest": (0, hip + .37, -.01), "neck": (0, hip + .53, 0), "head": (0, hip + .63, .02)}
    for side, sign in (("left", 1), ("right", -1)):
        shoulder, aside = hip + .48, sign * .09 * broad
        place |= {f"{side}UpperLeg": (aside, hip, 0), f"{side}LowerLeg": (aside, hip - thigh, 0),
                  f"{side}Foot": (aside, ANKLE, 0), f"{side}Toes": (aside, SOLE, .13),
                  f"{side}Shoulder": (sign * .03, shoulder, 0)}
        start = .17 * broad
        for part, ahead in (("UpperArm", 0), ("LowerArm", .28), ("Hand", .53), ("IndexProximal", .62),
                            ("IndexDistal", .67), ("LittleProximal", .61), ("LittleDistal", .65)):
            aside = {"I": .03, "L": -.03}[part[0]] if part[0] in "IL" and "Arm" not in part else 0
            place[side + part] = (sign * (start + ahead * arms), shoulder, aside)
    names = [name for name in NAMES if bones is None or name in bones]
    points = np.array([place[name] for name in names])
    rng = np.random.default_rng(rolls)
    turns = np.tile([1.0, 0, 0, 0], (len(names), 1))
    if rolls is not None:
        turns = rng.normal(size=turns.shape)
        turns /= np.linalg.norm(turns, axis=1, keepdims=True)
    parents = np.array([_parent(name, names) for name in names])
    whole = np.array([1.0, 0, 0, 0]) if turn is None else turn
    world = turns.copy()
    for joint, name in enumerate(names):
        if any(part in name for part in ("Arm", "Hand", "Index", "Little")):
            world[joint] = multiply(about(Z, np.array(-lowered if name.startswith("left") else lowered)), turns[joint])
        world[joint] = multiply(whole, world[joint])
    local = np.array([multiply(inverse(world[parent]), world[joint]) if parent >= 0 else world[joint]
                      for joint, parent in enumerate(parents)])
    offsets = np.array([rotate(inverse(turns[parent]), points[joint] - points[parent]) if parent >= 0
                        else rotate(whole, points[joint]) for joint, parent in enumerate(parents)])
    return Body(Skeleton(tuple(names), parents, offsets, local), points - points[0], turns, thigh, shin)


def _parent(name, names):
    above = PARENTS[name]
    while above and above not in names:
        above = PARENTS[above]
    return names.index(above) if above else -1


def posed(who, moved, hips, rate):
    """A motion from world turns against the T-pose: joint name -> (frames, 4); the others follow their parents."""
    names, parents = who.skeleton.names, who.skeleton.parents
    local, against = np.empty((len(hips), len(names), 4)), {}
    world = np.empty_like(local)
    for joint, name in enumerate(names):
        above = against.get(names[parents[joint]]) if parents[joint] >= 0 else None
        still = np.tile([1.0, 0, 0, 0], (len(hips), 1)) if above is None else above
        against[name] = moved.get(name, still)
        world[:, joint] = multiply(against[name], who.turns[joint])
        local[:, joint] = (world[:, joint] if parents[joint] < 0
                           else multiply(inverse(world[:, parents[joint]]), world[:, joint]))
    return Motion(who.skeleton, local, np.asarray(hips, float), Fraction(rate))


def walk(who, *, rate=60, seconds=3.0, step=0.5, beat=1.0, rise=0.0, ground=0.0, elbows=0.6):
    """It walks along Z, feet flat: each foot stands 60 % of a beat. Steps may rise, like stairs.

    returns    the motion, (frames, 2) bool which foot stands, (frames, 2) height of the ground below it
    """
    times = np.arange(round(seconds * rate)) / rate
    hip = who.places[at("hips"), 1] - who.places[who.skeleton.names.index("leftUpperLeg"), 1]
    size = (who.thigh + who.shin) / .83
    feet, stands, floors = [], [], []
    for late in (0.0, 0.5):
        phase = times / beat + late
        count, within = np.floor(phase), phase % 1
        swing = np.clip((within - 0.6) / 0.4, 0, 1)
        ease = swing ** 3 * (10 - 15 * swing + 6 * swing ** 2)
        along = (count + ease - late) * 2 * step * size / 2
        level = ground + rise * (2 * count + 2 * ease - (0 if late == 0 else 1))
        feet.append(np.stack([along, level + ANKLE + 0.10 * size * np.sin(np.pi * ease) ** 2], axis=1))
        stands.append(within < 0.6)
        floors.append(ground + rise * (2 * count - (0 if late == 0 else 1)))
    middle = np.mean(feet, axis=0)
    height = middle[:, 1].copy() if rise else np.full(len(times), ground + ANKLE)
    if rise:
        height = ground + ANKLE + rise * (2 * times / beat - 1.3)
    pelvis = np.stack([np.zeros(len(times)), height + 0.93 * (who.thigh + who.shin), times / beat * step * size
                       - 0.3 * step * size], axis=1)
    moved = {}
    for side, foot in zip(("left", "right"), feet, strict=True):
        line = np.stack([foot[:, 0] - pelvis[:, 2], foot[:, 1] - pelvis[:, 1]], axis=1)  # z, y from hip to ankle
        long = np.minimum(np.linalg.norm(line, axis=1), (who.thigh + who.shin) * .9999)
        inner = np.arccos((who.thigh ** 2 + long ** 2 - who.shin ** 2) / (2 * who.thigh * long))
        lean = np.arctan2(line[:, 0], -line[:, 1])
        knee = np.arccos((who.thigh ** 2 + who.shin ** 2 - long ** 2) / (2 * who.thigh * who.shin))
        moved[f"{side}UpperLeg"] = about(X, -(lean + inner))
        moved[f"{side}LowerLeg"] = about(X, -(lean + inner) + np.pi - knee)
        moved[f"{side}Foot"] = np.tile([1.0, 0, 0, 0], (len(times), 1))
        sign = 1 if side == "left" else -1
        swing = about(X, sign * 0.5 * np.sin(2 * np.pi * times / beat))
        swing = multiply(swing, about(Z, np.full(len(times), -sign * 1.3)))
        moved[f"{side}UpperArm"] = swing
        moved[f"{side}LowerArm"] = multiply(swing, about(Y, np.full(len(times), -sign * elbows)))
    return posed(who, moved, pelvis + np.array([0, hip, 0]), rate), np.stack(stands, axis=1), np.stack(floors, axis=1)


def shaken(motion, degrees, metres, seed=0):
    """The motion with noise on every rotation and on the root."""
    from marrow.bones.turning import exp

    rng = np.random.default_rng(seed)
    turns = multiply(motion.rotations, exp(rng.normal(0, np.radians(degrees), (*motion.rotations.shape[:2], 3))))
    return replace(motion, rotations=turns, root=motion.root + rng.normal(0, metres, motion.root.shape))
