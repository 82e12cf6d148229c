"""Points that cameras and models see on a body, beside its joints, and how the body stands in a T-pose."""

from marrow.bones.human import FINGERS, PARENT

SIDES = ("left", "right")
SEEN = {"Heel": "Foot", "BigToe": "Toes", "SmallToe": "Toes", "Ear": "head",
        **{f"{finger}Tip": f"{finger}Distal" for finger in FINGERS}}  # point of a side -> the joint that carries it
ABOVE = {**PARENT, "nose": "head", "headTop": "head",
         **{f"{side}{mark}": joint if joint == "head" else f"{side}{joint}"
            for side in SIDES for mark, joint in SEEN.items()}}  # point -> the point above it, "" for the hips
TRUNK = ("spine", "chest", "upperChest", "neck", "head")

_REST = {name: (0.0, 1.0, 0.0) for name in (*TRUNK, "headTop")}
_HINGE = {}
for _side, _out in (("left", 1.0), ("right", -1.0)):
    _REST |= {f"{_side}{part}": (_out, 0.0, 0.0) for part in ("LowerArm", "Hand")}
    _REST |= {f"{_side}{part}": (0.0, -1.0, 0.0) for part in ("LowerLeg", "Foot")}
    _REST |= {f"{_side}{finger}{part}": (_out, 0.0, 0.0) for finger in FINGERS if finger != "Thumb"
              for part in ("Intermediate", "Distal", "Tip")}
    _REST |= {f"{_side}Thumb{part}": (0.6 * _out, 0.0, 0.8) for part in ("Proximal", "Distal", "Tip")}
    _HINGE |= {f"{_side}UpperArm": (0.0, -_out, 0.0), f"{_side}UpperLeg": (1.0, 0.0, 0.0)}
HINGE = _HINGE  # limb -> the axis about which its lower half bends in the T-pose: forearms forward, shins back


def straight(name: str, above: str) -> tuple[float, float, float] | None:
    """The unit direction from one point to the next in a T-pose that faces +Z, palms down; None where bodies differ."""
    finger = any(part in name for part in FINGERS)
    return None if finger and ABOVE[name] != above else _REST.get(name)
