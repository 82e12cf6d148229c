"""The joints that every human body has, under the names of VRM 1.0, and what each is to the others."""

import numpy as np

from marrow.media import Skeleton

CORE = {
    "hips": "", "spine": "hips", "chest": "spine", "upperChest": "chest", "neck": "upperChest", "head": "neck",
    "leftUpperLeg": "hips", "leftLowerLeg": "leftUpperLeg", "leftFoot": "leftLowerLeg", "leftToes": "leftFoot",
    "leftShoulder": "upperChest", "leftUpperArm": "leftShoulder", "leftLowerArm": "leftUpperArm",
    "leftHand": "leftLowerArm",
}
FACE = {"leftEye": "head", "rightEye": "head", "jaw": "head"}
FINGERS = {"Thumb": ("Metacarpal", "Proximal", "Distal"),
           **{finger: ("Proximal", "Intermediate", "Distal") for finger in ("Index", "Middle", "Ring", "Little")}}
REQUIRED = ("hips", "spine", "head", *(f"{side}{part}" for side in ("left", "right") for part in
            ("UpperLeg", "LowerLeg", "Foot", "UpperArm", "LowerArm", "Hand")))


def mirror(name: str) -> str:
    """The same joint of the other side; joints of the middle stay."""
    for side, other in (("left", "right"), ("right", "left")):
        if name.startswith(side):
            return other + name.removeprefix(side)
    return name


def _parents() -> dict[str, str]:
    left = {name: parent for name, parent in CORE.items() if name.startswith("left")}
    for finger, parts in FINGERS.items():
        above = "leftHand"
        for part in parts:
            left[f"left{finger}{part}"] = above
            above = f"left{finger}{part}"
    right = {mirror(name): mirror(parent) for name, parent in left.items()}
    return {**{name: parent for name, parent in CORE.items() if name not in left}, **FACE, **left, **right}


PARENT = _parents()   # joint -> the joint above it, "" for the hips; optional joints (chest, shoulders) may be absent
HUMAN = tuple(PARENT)

# Half of an average adult in a T-pose, in body heights, facing +Z with the left at +X: (left, up, ahead), world.
PLACES = {
    "hips": (0, .530, .000), "spine": (0, .575, -.004), "chest": (0, .645, -.010), "upperChest": (0, .715, -.014),
    "neck": (0, .825, -.010), "head": (0, .870, .002), "leftEye": (.018, .936, .050),
    "leftUpperLeg": (.052, .515, .000), "leftLowerLeg": (.054, .282, .006), "leftFoot": (.056, .046, -.014),
    "leftToes": (.060, .014, .066),
    "leftShoulder": (.014, .795, -.006), "leftUpperArm": (.098, .806, -.012), "leftLowerArm": (.262, .806, -.016),
    "leftHand": (.408, .806, -.008),
    "leftThumbMetacarpal": (.420, .800, .010), "leftThumbProximal": (.440, .794, .024),
    "leftThumbDistal": (.456, .790, .032),
    **{f"left{finger}{part}": (start + along, .804, ahead)
       for finger, start, ahead, size in (("Index", .462, .014, 1.0), ("Middle", .464, .002, 1.08),
                                          ("Ring", .461, -.010, 1.0), ("Little", .455, -.021, .80))
       for part, along in (("Proximal", 0), ("Intermediate", .024 * size), ("Distal", .040 * size))},
}


def standard(height: float = 1.75) -> Skeleton:
    """The skeleton of an average adult in a T-pose, every joint's rest turn the world's axes.

    height     metres
    returns    joints in the order of `HUMAN`, without a jaw; no statistics of any body model went into it
    source     segment lengths after Winter, Biomechanics and Motor Control of Human Movement, fig. 4.1
    """
    names = tuple(name for name in HUMAN if name != "jaw")
    places = {**PLACES, **{mirror(name): (-x, y, z) for name, (x, y, z) in PLACES.items()}}
    number = {name: joint for joint, name in enumerate(names)}
    parents = np.array([number.get(PARENT[name], -1) for name in names], np.int32)
    world = height * np.array([places[name] for name in names], float)
    offsets = np.where(parents[:, None] >= 0, world - world[parents], world)
    return Skeleton(names, parents, offsets, np.tile([1.0, 0, 0, 0], (len(names), 1)))
