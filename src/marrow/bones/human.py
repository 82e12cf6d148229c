"""The joints that every human body has, under the names of VRM 1.0, and what each is to the others."""

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
