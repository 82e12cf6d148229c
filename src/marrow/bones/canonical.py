"""The T-pose in which bodies are compared: looking to +Z, head to +Y, arms along X, legs down, fingers straight.

It is neither the rest pose nor the bind pose, and changes neither. A rest pose that stands, in whatever way (T, A, I),
gives it. Where the rest pose is no standing pose (all bones along one axis, say), every chain is laid along its axis,
beginning from the frame of a motion that stands best, which shows how limbs are rolled.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from marrow.bones.human import FINGERS
from marrow.bones.skeleton import at_rest, picked, world
from marrow.bones.turning import between, exp
from marrow.media import Motion, Skeleton
from marrow.rotations import from_matrix, inverse, multiply, rotate

X, Y, Z = np.eye(3)
BENT = np.radians(18)    # a knee or elbow that is bent more in the rest pose is posed, not built so
SLOPE = np.array([0, -0.45, 0.89])  # ankle to ball, where the rest pose cannot tell
HEAD = 0.9               # a head joint's share of a body's height
LOOKS = 400              # frames of a motion in which a standing one is looked for
FORWARD = {"UpperLeg": "LowerLeg", "LowerLeg": "Foot", "Foot": "Toes", "Shoulder": "UpperArm",
           "UpperArm": "LowerArm", "LowerArm": "Hand"}


@dataclass(frozen=True)
class TPose:
    """A human skeleton in its canonical T-pose, and measured in it.

    joints    VRM name -> joint
    places    (joints, 3) metres, the hips at the origin
    turns     (joints, 4) world
    toward    (joints, 4): world turns that carry the rest pose to it, turns = toward · rest
    sole      (2, 3, 3) metres: heel, ball and tip of the left and right foot, in the space of `places`
    high      (2, 3) metres: how far those are above the floor when the foot is flat on it
    hip       metres from the floor to the middle between the hip joints
    tall      metres from the floor to the crown, as far as a head joint can tell
    stood     whether the rest pose stands
    """

    joints: Mapping[str, int]
    places: ndarray
    turns: ndarray
    toward: ndarray
    sole: ndarray
    high: ndarray
    hip: float
    tall: float
    stood: bool

    @property
    def middle(self) -> ndarray:
        """The point between the hip joints (3,), seen from the hips."""
        return self.places[[self.joints["leftUpperLeg"], self.joints["rightUpperLeg"]]].mean(0)


def canonical(skeleton: Skeleton, joints: Mapping[str, int], motion: Motion | None = None) -> TPose:
    """Find the canonical T-pose of a human skeleton.

    joints     VRM name -> joint; hips, head, both legs and arms at least
    motion     of this skeleton, Y up: asked where the rest pose is no standing pose
    test       T-, A- and I-posed rests of one body, turned and rolled at will, give one and the same pose
    """
    places, turned = (each[0] for each in world(at_rest(skeleton)))
    pose, stood, rest = places, _uprightness(places, joints) > 0.5, turned
    up, clear = None, 0.0
    if stood:
        up = _nearest_axis(_upward(places, joints))
        low = min(places[joints[name]] @ up for name in joints if name.endswith(("Foot", "Toes")))
        clear = low if 0 <= low <= 0.05 * np.ptp(places @ up) else 0.0
    elif motion is not None:
        pose, turned = _best_standing(motion, joints)
        up = Y if _uprightness(pose, joints) > 0.5 else None
    carried = _Carrier(skeleton, joints, pose, up, stood).carried()
    turns = multiply(carried, turned)
    made = np.zeros_like(pose)
    for joint, parent in enumerate(np.asarray(skeleton.parents).tolist()[1:], 1):
        made[joint] = made[parent] + rotate(turns[parent], skeleton.offsets[joint])
    made -= made[joints["hips"]]
    sole = np.stack([_sole(skeleton, joints, made, side) for side in ("left", "right")])
    floor = sole[..., 1].min() - clear
    hip = made[[joints["leftUpperLeg"], joints["rightUpperLeg"]], 1].mean() - floor
    tall = (made[joints["head"], 1] - floor) / HEAD
    return TPose(dict(joints), made, turns, multiply(turns, inverse(rest)), sole, sole[..., 1] - floor, float(hip),
                  float(tall), bool(stood))


def _sole(skeleton: Skeleton, joints: Mapping[str, int], places: ndarray, side: str) -> ndarray:
    """Heel, ball and tip of a foot (3, 3) in the T-pose; what has no joint lies where feet have it."""
    ankle, toes = places[joints[f"{side}Foot"]], joints.get(f"{side}Toes")
    leg = np.linalg.norm(places[joints[f"{side}UpperLeg"]] - ankle)
    ball = ankle + leg * np.array([0, -0.08, 0.16]) if toes is None else places[toes]
    ahead = max(ball[2] - ankle[2], 0.05 * leg)
    tips = [places[joint] for joint, parent in enumerate(np.asarray(skeleton.parents)) if parent == toes]
    tip = max(tips, key=lambda each: each[2], default=ball)
    if tip[2] < ball[2] + 0.1 * ahead:
        tip = ball + Z * 0.5 * ahead
    return np.stack([np.array([ankle[0], ball[1], ankle[2] - 0.25 * ahead]), ball, tip])


def torso(skeleton: Skeleton, joints: Mapping[str, int]) -> tuple[list[int], list[int]]:
    """The joints from above the hips to where the arms leave, and those from there to the head, both ends included."""
    parents = np.asarray(skeleton.parents)

    def up_from(joint: int) -> list[int]:
        line = [joint]
        while line[-1] >= 0 and line[-1] != joints["hips"]:
            line.append(int(parents[line[-1]]))
        return line[::-1]

    spine = up_from(joints["head"])
    arm = set(up_from(joints["leftUpperArm"])) & set(up_from(joints["rightUpperArm"]))
    top = max((place for place, joint in enumerate(spine) if joint in arm), default=0)
    return spine[1:top + 1], spine[top + 1:]


def _upward(places: ndarray, joints: Mapping[str, int]) -> ndarray:
    feet = places[..., [joints["leftFoot"], joints["rightFoot"]], :].mean(-2)
    made = places[..., joints["head"], :] - feet
    return made / np.maximum(np.linalg.norm(made, axis=-1, keepdims=True), 1e-12)


def _uprightness(places: ndarray, joints: Mapping[str, int], up: ndarray | None = None) -> ndarray:
    """How well a pose stands, at most 1: the worst of trunk, thighs and shins, as the cosine to the vertical."""
    up = _upward(places, joints) if up is None else up
    lines = [("hips", "head"), *((f"{side}{low}", f"{side}{high}") for side in ("left", "right")
                                 for low, high in (("LowerLeg", "UpperLeg"), ("Foot", "LowerLeg")))]
    steps = np.stack([places[..., joints[high], :] - places[..., joints[low], :] for low, high in lines], axis=-2)
    return ((steps @ up[..., None])[..., 0] / np.maximum(np.linalg.norm(steps, axis=-1), 1e-12)).min(-1)


def _best_standing(motion: Motion, joints: Mapping[str, int]) -> tuple[ndarray, ndarray]:
    """The pose of a motion that stands best: places and turns."""
    some = np.unique(np.linspace(0, len(motion.rotations) - 1, LOOKS).astype(int))
    places, turns = world(picked(motion, some))
    best = int(_uprightness(places, joints, Y).argmax())
    return places[best], turns[best]


def _nearest_axis(direction: ndarray) -> ndarray:
    """The world axis within 30° of a direction, else the direction."""
    made = np.zeros(3)
    made[np.abs(direction).argmax()] = np.sign(direction[np.abs(direction).argmax()])
    return made if made @ direction > np.cos(np.radians(30)) else direction


class _Carrier:
    """Carries a pose joint by joint into the T-pose; a joint begins with what its parent was turned by.

    A rest pose that stands is `built` so: its trunk, shoulders and feet are kept as they are. In a pose of a motion,
    or one that does not stand (`up` is None), they are laid along the axes too.
    """

    def __init__(self, skeleton: Skeleton, joints: Mapping[str, int], pose: ndarray, up: ndarray | None,
                 built: bool) -> None:
        self.built, self.pose, self.joints, self.parents = built, pose, joints, np.asarray(skeleton.parents).tolist()
        self.names = {joint: name for name, joint in joints.items()}
        self.lower, self.neck = torso(skeleton, joints)
        self.stands = up is not None
        left = pose[joints["leftUpperLeg"]] - pose[joints["rightUpperLeg"]]
        if not built:  # the pelvis alone tells, whatever pose it is in
            up = next((pose[joint] - pose[joints["hips"]] for joint in [*self.lower, *self.neck]
                       if np.linalg.norm(np.cross(pose[joint] - pose[joints["hips"]], left)) > 0.1 * left @ left), Y)
            up = up - left * (left @ up) / (left @ left)
        left = left - up * (left @ up) / (up @ up)
        axes = np.stack([left, up, np.cross(left, up)], axis=-1)
        self.base = inverse(from_matrix(axes / np.linalg.norm(axes, axis=0)))

    def carried(self) -> ndarray:
        """World turns (joints, 4) from the pose to the T-pose."""
        made = np.tile(self.base, (len(self.parents), 1))
        above = set()
        joint = self.joints["hips"]
        while joint >= 0:
            above.add(joint)
            joint = self.parents[joint]
        for joint, parent in enumerate(self.parents):
            if joint not in above:
                made[joint] = self._turned(joint, made[parent])
        return made

    def _turned(self, joint: int, turn: ndarray) -> ndarray:
        name = self.names.get(joint, "")
        side, part = (1, name[4:]) if name.startswith("left") else (-1, name[5:])
        if joint in self.lower or joint in self.neck:
            return turn if self.built else self._torso(joint, turn)
        if not name.startswith(("left", "right")) or part == "Eye":
            return turn
        if part.startswith(tuple(FINGERS)):
            return self._finger(joint, turn, side, part.startswith("Thumb"))
        return {"UpperLeg": self._leg, "LowerLeg": self._leg, "Foot": self._foot, "Toes": self._toes,
                "Shoulder": self._shoulder, "UpperArm": self._arm, "LowerArm": self._arm,
                "Hand": self._hand}[part](joint, turn, side)

    def _line(self, joint: int) -> ndarray:
        """From a joint to the one it points to; zeros where nothing tells."""
        name = self.names.get(joint, "")
        side, part = (name[:4], name[4:]) if name.startswith("left") else (name[:5], name[5:])
        target = self.joints.get(side + FORWARD.get(part, "?"))
        below = [child for child, parent in enumerate(self.parents) if parent == joint]
        if part == "Hand":
            fingers = [self.joints[f"{side}{finger}Proximal"] for finger in ("Index", "Middle", "Ring", "Little")
                       if f"{side}{finger}Proximal" in self.joints]
            if fingers:
                return self.pose[fingers].mean(0) - self.pose[joint]
            below = [child for child in below if "thumb" not in self.names.get(child, "").lower()]
        if target is not None:
            return self.pose[target] - self.pose[joint]
        lines = [self.pose[child] - self.pose[joint] for child in below]
        return max(lines, key=np.linalg.norm, default=np.zeros(3))

    def _aimed(self, joint: int, turn: ndarray, wanted: ndarray) -> ndarray:
        line = rotate(turn, self._line(joint))
        return turn if np.linalg.norm(line) < 1e-6 else multiply(between(line, wanted), turn)

    def _torso(self, joint: int, turn: ndarray) -> ndarray:
        spine = [*self.lower, *self.neck]
        after = spine[spine.index(joint) + 1:]
        line = next((rotate(turn, self.pose[each] - self.pose[joint]) for each in after
                     if np.linalg.norm(self.pose[each] - self.pose[joint]) > 1e-6), np.zeros(3))
        if not line.any():
            return turn
        made = multiply(between(line, Y), turn)
        across = rotate(made, self.pose[self.joints["leftUpperArm"]] - self.pose[self.joints["rightUpperArm"]])
        return multiply(_about(Y, across, X), made)

    def _bend(self, joint: int, turn: ndarray) -> tuple[ndarray, ndarray, float]:
        """A limb's two bones, carried so far, and the angle at its knee or elbow."""
        name = self.names[joint]
        side = "left" if name.startswith("left") else "right"
        chain = ("UpperLeg", "LowerLeg", "Foot") if name.endswith("Leg") else ("UpperArm", "LowerArm", "Hand")
        first, middle, last = (self.pose[self.joints[side + part]] for part in chain)
        upper, lower = rotate(turn, middle - first), rotate(turn, last - middle)
        long = np.linalg.norm(upper) * np.linalg.norm(lower)
        return upper, lower, float(np.arccos(np.clip(upper @ lower / max(long, 1e-12), -1, 1)))

    def _leg(self, joint: int, turn: ndarray, side: int) -> ndarray:
        upper, lower, bend = self._bend(joint, turn)
        if bend > BENT:
            return self._rolled(joint, turn, -Y, X, np.cross(upper, lower))
        if self.names[joint].endswith("LowerLeg"):
            return turn
        return multiply(between(upper + lower, -Y), turn)

    def _arm(self, joint: int, turn: ndarray, side: int) -> ndarray:
        upper, lower, bend = self._bend(joint, turn)
        if bend > BENT:
            return self._rolled(joint, turn, side * X, -side * Y, np.cross(upper, lower))
        return self._aimed(joint, turn, side * X)

    def _rolled(self, joint: int, turn: ndarray, along: ndarray, hinge: ndarray, normal: ndarray) -> ndarray:
        """Aim a bone, and roll it so that its hinge lies where a hinge belongs."""
        aim = between(rotate(turn, self._line(joint)), along)
        return multiply(_about(along, rotate(aim, normal), hinge), multiply(aim, turn))

    def _shoulder(self, joint: int, turn: ndarray, side: int) -> ndarray:
        line = rotate(turn, self._line(joint))
        level = self.built and line @ (side * X) > 0.5 * np.linalg.norm(line)
        return turn if level else self._aimed(joint, turn, side * X)

    def _foot(self, joint: int, turn: ndarray, side: int) -> ndarray:
        turn = self.base if self.stands else turn
        line = rotate(turn, self._line(joint))
        flat = line * (1, 0, 1)
        if not self.built or np.linalg.norm(flat) < 0.35 * np.linalg.norm(line):
            return self._aimed(joint, turn, SLOPE)
        return multiply(_about(Y, flat, Z), turn) if flat @ Z > 0.5 * np.linalg.norm(flat) else turn

    def _toes(self, joint: int, turn: ndarray, side: int) -> ndarray:
        line = rotate(turn, self._line(joint))
        ahead = self.built and line @ Z >= 0.7 * np.linalg.norm(line)
        return turn if ahead else self._aimed(joint, turn, Z)

    def _hand(self, joint: int, turn: ndarray, side: int) -> ndarray:
        turn = self._aimed(joint, turn, side * X)
        name = "left" if side > 0 else "right"
        first, last = (next((self.joints[f"{name}{finger}Proximal"] for finger in order
                             if f"{name}{finger}Proximal" in self.joints), None)
                       for order in (("Index", "Middle"), ("Little", "Ring")))
        if first is not None and last is not None:
            return multiply(_about(X, rotate(turn, self.pose[first] - self.pose[last]), Z), turn)
        thumb = next((self.joints[f"{name}Thumb{part}"] for part in ("Distal", "Proximal", "Metacarpal")
                      if f"{name}Thumb{part}" in self.joints), None)
        if thumb is None:
            return turn
        line = rotate(turn, self.pose[thumb] - self.pose[joint]) * (0, 1, 1)
        plain = line @ Z > 0.75 * np.linalg.norm(line) or np.linalg.norm(line) < 1e-6
        return turn if plain else multiply(_about(X, line, Z), turn)

    def _finger(self, joint: int, turn: ndarray, side: int, thumb: bool) -> ndarray:
        if thumb:
            return self._aimed(joint, turn, np.array([0.7 * side, -0.25, 0.67]))
        line = rotate(turn, self._line(joint)) * (1, 0, 1)
        along = line @ (side * X) > 0.5 * np.linalg.norm(line) > 0
        return self._aimed(joint, turn, line if along else side * X)


def _about(axis: ndarray, start: ndarray, end: ndarray) -> ndarray:
    """The turn round an axis that brings one direction as near to another as it can."""
    start = start - axis * (start @ axis)
    if np.linalg.norm(start) < 1e-9:
        return np.array([1.0, 0, 0, 0])
    return exp(axis * np.arctan2(np.cross(start, end) @ axis, start @ end))
