"""How the joints of a body turn, found from the top down: each joint from where the points below it lie."""

import numpy as np
from numpy import ndarray

from marrow import rotations
from marrow.bones.points.marks import HINGE, TRUNK, straight
from marrow.bones.points.tree import FLAT, Body
from marrow.bones.points.twist import angle_about, carried, fitted, steadied, unit
from marrow.bones.turning import between

SLOPE = (0.2, 0.7)         # metres per metre: a foot points down by this much in the T-pose, at least and at most
FACE = (0.0, -0.26, 0.97)  # from the ears to the nose
YAW = 0.15                 # share of a foot's turn that the shin takes; the ankle has the rest
LOOSE = 1e-4               # metres squared: how firmly a part keeps to the lines across it
PARENT = 0.001             # how much the shortest turn from the joint above counts against a bend plane
STIFF = 0.09               # sine squared of the bend below which an elbow or knee may as well be overstretched
ENDS = {"UpperArm": ("Hand", 0.01), "UpperLeg": ("Foot", 0.005)}  # limb -> its end, and how far that tells its twist
X, Y, Z = np.eye(3)


def solve(body: Body) -> ndarray:
    """Find all turns and where the joints come to stand.

    returns    (points, 3) metres: offsets in the T-pose from the point above
    """
    lines = _across(body)
    offsets = np.zeros((len(body.names), 3))
    body.stands[0] = body.places[:, 0]
    for joint, name in enumerate(body.names):
        base = _base(body, joint, lines)
        if name in HINGE:
            base = _twisted(body, name, base)
        for child in body.below[joint]:
            offsets[child] = _offset(body, joint, child, base, measured=name in lines)
        turn = body.turns[joint] = _turn(body, joint, base, offsets)
        for child in body.below[joint]:
            body.stands[child] = body.stands[joint] + rotations.rotate(turn, offsets[child])
    return offsets


def _turn(body: Body, joint: int, base: ndarray, offsets: ndarray) -> ndarray:
    """The turn that brings the points below a joint to where they are, as near to `base` as they leave open."""
    name, below = body.names[joint], body.below[joint]
    leading = [child for child in below if straight(body.names[child], name)] if name[-3:] in ("Arm", "Leg") else below
    if not leading:
        return base
    aims = body.places[:, below] - body.stands[joint][:, None]
    if len(below) > 1 and leading is below:
        return fitted(offsets[below], aims, base, LOOSE)
    ahead, aim = rotations.rotate(base, offsets[leading[0]]), aims[:, below.index(leading[0])]
    made = rotations.multiply(between(*_told(ahead, aim)), base)
    return _yawed(body, name, made) if name.endswith("LowerLeg") else made


def _told(ahead: ndarray, aim: ndarray) -> tuple[ndarray, ndarray]:
    """Two lists of directions; where one has no length, both are the same."""
    none = (np.minimum(np.linalg.norm(ahead, axis=1), np.linalg.norm(aim, axis=1)) < 1e-9)[:, None]
    return np.where(none, X, ahead), np.where(none, X, aim)


def _base(body: Body, joint: int, lines: dict[str, ndarray]) -> ndarray:
    """How a joint would be turned if the points below it told nothing."""
    name, parent = body.names[joint], body.parents[joint]
    if name in lines:
        return lines[name]
    above = body.turns[parent] if parent >= 0 else np.tile((1.0, 0, 0, 0), (len(body.places), 1))
    steps, ahead = 1, [joint]
    while ahead and body.names[ahead[0]] not in lines:
        steps, ahead = steps + 1, [child for child in body.below[ahead[0]] if body.names[child] in TRUNK]
    return rotations.slerp(above, lines[body.names[ahead[0]]], np.full(len(above), 1 / steps)) if ahead else above


def _across(body: Body) -> dict[str, ndarray]:
    """Turns (frames, 4) of the parts that have points on both sides: hips, chest, head, hands."""
    found = {"hips": _frame(body.line("rightUpperLeg", "leftUpperLeg"), X, body.up("hips"), Y)}
    chest = next((body.names[parent] for parent, name in zip(body.parents, body.names, strict=True)
                  if name in ("leftShoulder", "leftUpperArm") and parent >= 0), "hips")
    if chest != "hips":
        shoulders = body.line("rightShoulder", "leftShoulder")
        if shoulders is None or np.median(np.linalg.norm(shoulders, axis=1)) < 4 * FLAT:
            shoulders = body.line("rightUpperArm", "leftUpperArm")
        found[chest] = _frame(shoulders, X, body.up(chest), Y)
    ears = body.line("rightEar", "leftEar")
    ears = body.line("rightEye", "leftEye") if ears is None else ears
    found["head"] = _frame(ears, X, body.line("head", "nose"), np.array(FACE))
    for side, out in (("left", X), ("right", -X)):
        found[f"{side}Hand"] = _frame(_knuckles(body, side), out, _palm(body, side), Z)
    return {name: turn for name, turn in found.items() if turn is not None and name in body.names}


def _palm(body: Body, side: str) -> ndarray | None:
    """Across a hand towards its thumb: (frames, 3)."""
    far, near = ([f"{side}{finger}Proximal" for finger in fingers if f"{side}{finger}Proximal" in body.names]
                 for fingers in (("Little", "Ring", "Middle"), ("Index", "Thumb")))
    return body.line(far[0], near[0]) if far and near else None


def _knuckles(body: Body, side: str) -> ndarray | None:
    """From the wrist to the middle of the knuckles: (frames, 3)."""
    names = [f"{side}{finger}Proximal" for finger in ("Index", "Middle", "Ring", "Little")]
    lines = [line for name in names if (line := body.line(f"{side}Hand", name)) is not None]
    return (lines[0] + lines[-1]) / 2 if lines else None


def _frame(first: ndarray | None, first_rest: ndarray, second: ndarray | None,
           second_rest: ndarray) -> ndarray | None:
    """The turns that bring one direction exactly, another as near as can be, to where they are seen."""
    if first is None or second is None:
        return None
    made = between(*_told(np.broadcast_to(first_rest, first.shape), first))
    axis = unit(first)
    angle = angle_about(axis, rotations.rotate(made, second_rest), second)
    return rotations.multiply(rotations.about(axis, angle), made)


def _offset(body: Body, joint: int, child: int, base: ndarray, *, measured: bool) -> ndarray:
    """Where a point lies from the joint above in the T-pose: its direction there times the median length.

    measured    whether the joint is turned by lines across it: then the trunk goes on as it is seen, not straight up
    """
    seen = body.seen[:, child] & body.seen[:, joint]
    seen = seen if seen.any() else np.ones_like(seen)
    line = body.places[seen, child] - body.places[seen, joint]
    long = np.median(np.linalg.norm(line, axis=1))
    ahead = straight(body.names[child], body.names[joint])
    if measured and body.names[child] in TRUNK:
        ahead = None
    if ahead is None and body.names[child].endswith("Toes"):
        steep = -line[:, 1] / np.maximum(np.hypot(line[:, 0], line[:, 2]), 1e-9)
        ahead = (0.0, -np.clip(np.quantile(steep, 0.2), *SLOPE), 1.0)  # flat on the ground in a fifth of the frames
    if ahead is None:
        ahead = np.median(rotations.rotate(rotations.inverse(base[seen]), line), axis=0)
        if measured:  # no length where a point only trembles about the joint above
            long = min(long, 2 * np.linalg.norm(ahead))
    return long * unit(np.asarray(ahead))


def _twisted(body: Body, name: str, above: ndarray) -> ndarray:
    """The turn of an upper arm or leg: it points where its lower half begins, and is twisted as told by the plane in
    which it bends, by hand or foot, and by the moments before and after."""
    side, part = name[:-8], name[-8:]
    lower, (end, trust), hinge = f"{side}{part.replace('Upper', 'Lower')}", ENDS[part], np.array(HINGE[name])
    upper, fore = body.line(name, lower), body.line(lower, f"{side}{end}")
    if upper is None:
        return above
    rest = np.array(straight(lower, name))
    aims = unit(_told(rotations.rotate(rotations.inverse(above), upper), upper)[0])
    turns, spin = carried(rest, aims)
    placed = rotations.multiply(above, turns)
    back = rotations.inverse(placed)
    proof = [(-spin, PARENT * (1 + aims @ rest) / 2)]
    if fore is not None:
        across = np.cross(unit(upper), unit(fore))
        bent = (across**2).sum(1)
        plane = angle_about(rest, hinge, rotations.rotate(back, across)) - spin
        clear = np.where(bent > STIFF, bent, 0)
        tip = _palm(body, side) if end == "Hand" else body.line(f"{side}Foot", f"{side}Toes")
        if tip is not None:
            told = angle_about(rest, Z, rotations.rotate(back, tip)) - spin
            firm = trust * (np.cross(unit(upper), unit(tip))**2).sum(1)
            lean = np.angle((firm * clear * np.exp(1j * (told - plane))).sum() + 0.05 * trust * len(firm))
            proof.append((told - lean, firm))
        guess = steadied([*proof, (plane, clear)], body.rate)
        overstretched = (bent < STIFF) & (np.cos(plane - guess) < 0)
        proof.append((plane + np.pi * overstretched, bent))
    return rotations.multiply(placed, rotations.about(rest, steadied(proof, body.rate) + spin))


def _yawed(body: Body, name: str, made: ndarray) -> ndarray:
    """A shin turned a little after its foot."""
    foot = body.line(name.replace("LowerLeg", "Foot"), name.replace("LowerLeg", "Toes"))
    if foot is None:
        return made
    aside, _, ahead = rotations.rotate(rotations.inverse(made), unit(foot)).T
    told = (np.arctan2(aside, ahead), np.where(ahead > 0, aside**2 + ahead**2, 0))
    yaw = steadied([told, (0 * aside, 0 * aside + 0.05)], body.rate)
    return rotations.multiply(made, rotations.about(Y, YAW * yaw))
