"""Where the joints of a two-legged body are, from what was measured on it.

The shares below are means over rigs that artists made and MakeHuman's bodies of all ages (bench/bones/crowd.py); where
a joint sits by convention and not by anatomy (pelvis, spine, head) they lie between the conventions.
"""

from collections.abc import Mapping

import numpy as np
from numpy import ndarray

from marrow.bones.human import mirror
from marrow.bones.rigging.clicks import other
from marrow.bones.rigging.measures import Limb, Measures

HIP = 0.16            # of the way from the crotch to the shoulders
KNEE = 0.513          # of the way from the ankle to the hip
ELBOW = 0.495         # of the way from the shoulder to the wrist
WRIST = 0.30          # of the way from the finger tips to the shoulder, where no wrist is seen
ANKLE = 0.33          # of the foot's length, above its sole
BALL = 0.69           # of the foot, from the heel
SPINE = {"spine": 0.19, "chest": 0.38, "upperChest": 0.62, "neck": 1.1}  # from the hips to the shoulders' height
BACK = {"spine": 0.22, "chest": 0.23, "upperChest": 0.16, "neck": 0.05}  # of the depth, behind the middle
SIDES = (("left", 1), ("right", -1))


def body_joints(m: Measures, clicks: Mapping[str, ndarray] | None = None) -> dict[str, ndarray]:
    """The joints of trunk, arms and legs (not the fingers), by VRM's names, in the space of the measures.

    clicks    landmarks in the same space, in the middle of the flesh: they win, and move what depends on them
    """
    clicks = dict(clicks or {})
    joints: dict[str, ndarray] = {}
    for (side, _), limb in zip(SIDES, m.arms, strict=True):
        if limb is not None:
            joints |= {side + part: place for part, place in arm_joints(limb, side, clicks).items()}
    joints = _both_arms(joints)
    high = float(np.mean([joints[side + "UpperArm"][1] for side, _ in SIDES]))
    crotch = float(clicks["groin"][1]) if "groin" in clicks else m.crotch
    hips = [_height(side + "UpperLeg", clicks, crotch + HIP * (high - crotch)) for side, _ in SIDES]
    for (side, sign), hip, line, box in zip(SIDES, hips, m.legs, m.boxes, strict=True):
        leg = leg_joints(m, sign, line, box, hip, _height(side + "LowerLeg", clicks))
        joints |= {side + part: place for part, place in leg.items()}
    narrow = float(clicks["chin"][1]) - 0.01 if "chin" in clicks else None
    joints |= trunk_joints(m, joints, float(np.mean(hips)), high, narrow)
    return joints | {name: point for name, point in clicks.items() if name in joints}


def arm_joints(limb: Limb, side: str = "", clicks: Mapping[str, ndarray] | None = None) -> dict[str, ndarray]:
    """Shoulder, elbow and wrist of an arm; the lower it hangs, the further in its shoulder lies behind the armpit."""
    low, high = limb.at(0.5 * limb.end), limb.at(limb.end)
    down = np.arctan2(high[1] - low[1], abs(high[0] - low[0])) / (np.pi / 3)
    shoulder, wrist = limb.end + 0.0078 * (2.8 * np.clip(down, 0, 1.2) - 0.3), wrist_of(limb)
    wrist = _clicked(limb, side + "Hand", clicks, wrist)
    elbow = _clicked(limb, side + "LowerArm", clicks, shoulder + (wrist - shoulder) * ELBOW)
    return {"UpperArm": limb.at(shoulder), "LowerArm": limb.at(elbow), "Hand": limb.at(wrist)}


def _clicked(limb: Limb, name: str, clicks: Mapping[str, ndarray] | None, guess: float) -> float:
    """How far from the tip a joint is: where it, or its twin of the other side, was clicked, or else the guess."""
    point = (clicks or {}).get(name)
    if point is None and clicks:
        point = other(clicks, name)
    if point is None:
        return guess
    steps = np.arange(0, 1.3 * limb.end, limb.step / 2)
    return float(steps[np.linalg.norm([limb.at(step) - point for step in steps], axis=1).argmin()])


def _height(name: str, clicks: Mapping[str, ndarray], guess: float | None = None) -> float | None:
    """How high a joint is where it, or its twin of the other side, was clicked; else the guess."""
    point = clicks.get(name, other(clicks, name))
    return guess if point is None else float(point[1])


def _both_arms(joints: dict[str, ndarray]) -> dict[str, ndarray]:
    """An arm that was not found is the other's mirror image; two are thought to hang down inside the body."""
    hanging = {"UpperArm": (0.1, 0.8, 0.0), "LowerArm": (0.11, 0.64, 0.0), "Hand": (0.12, 0.5, 0.0)}
    made = dict(joints)
    for side, sign in SIDES:
        for part, place in hanging.items():
            twin = joints.get(mirror(side + part))
            if side + part not in joints:
                made[side + part] = np.array(place) * (sign, 1, 1) if twin is None else twin * (-1, 1, 1)
    return made


def wrist_of(limb: Limb) -> float:
    """How far the wrist is from the finger tips: where the palm has narrowed, or by proportion."""
    count = int(limb.end / limb.step)
    first, last = int(0.12 * count), max(int(0.36 * count), int(0.12 * count) + 2)
    palm = first + int(limb.radius[first:last].argmax())
    beyond = limb.radius[palm:max(int(0.48 * count), palm + 2)]
    narrow, wide = beyond.min(), limb.radius[palm]
    if narrow > 0.93 * wide:
        return WRIST * limb.end
    row = palm + int(np.flatnonzero(beyond <= narrow + 0.15 * (wide - narrow))[0])
    return float(np.clip((row + 0.3) * limb.step, 0.2 * limb.end, 0.42 * limb.end))


def leg_joints(m: Measures, sign: int, line: ndarray, box: ndarray, hip: float,
               knee_height: float | None = None) -> dict[str, ndarray]:
    """Hip, knee, ankle and ball of the foot of one leg."""
    rows = m.rows
    low = (rows > 0.025) & (rows < max(0.36 * m.crotch, 0.1)) & np.isfinite(box[:, 0])
    deep = np.ptp(box, axis=1)
    thin = np.flatnonzero(low & (deep <= 1.12 * np.nanmin(np.where(low, deep, np.nan), initial=np.inf)))
    seen = rows[thin[0]] if len(thin) else 0.06
    foot = np.flatnonzero((rows > 0) & (rows < 0.5 * seen) & np.isfinite(box[:, 0]))
    heel, toe = (np.nanmin(box[foot, 0]), np.nanmax(box[foot, 1])) if len(foot) else (-0.05, 0.1)
    height = float(np.clip(ANKLE * (toe - heel), 0.02, seen))
    place = _at(rows, line, seen)
    ankle = np.array([place[0], height, _at(rows, box, seen).mean()])
    forward = heel + BALL * (toe - heel)
    ball = np.array([_toe_side(m, sign, forward, ankle), 0.009, forward])
    top = _at(rows, line, min(m.crotch - 0.03, hip))
    upper = np.array([top[0], hip, _at(rows, m.trunk[:, [2, 3]], hip).mean()])
    if knee_height is None:
        knee_height = ankle[1] + KNEE * (hip - ankle[1])
    knee = _at(rows, line, knee_height)
    knee[2] = _at(rows, box, knee_height).mean()
    return {"UpperLeg": upper, "LowerLeg": knee, "Foot": ankle, "Toes": ball}


def trunk_joints(m: Measures, joints: dict[str, ndarray], hip: float, high: float,
                 narrow: float | None = None) -> dict[str, ndarray]:
    """Hips, spine, neck, head and collar bones; `narrow` is the height of the neck where it is known."""
    made = {"hips": _inside(m, hip + 0.004, 0.08)}
    for name, share in SPINE.items():
        made[name] = _inside(m, hip + share * (high - hip), BACK[name])
    if narrow is None:
        narrow = neck_height(m, high)
    made["head"] = _inside(m, narrow + 0.16 * (1 - narrow), 0.1)
    for side, _ in SIDES:
        arm = joints[side + "UpperArm"]
        made[side + "Shoulder"] = np.array([0.17 * arm[0], arm[1], _inside(m, arm[1], 0.0)[2]])
    return made


def neck_height(m: Measures, high: float) -> float:
    """The height at which the neck is thinnest."""
    rows = np.flatnonzero((m.rows > high + 0.015) & (m.rows < high + 0.6 * (1 - high)))
    if not len(rows):
        return high + 0.3 * (1 - high)
    thick = m.trunk[rows, 0] + 0.3 * np.ptp(m.trunk[rows, 2:4], axis=1)
    thinnest = int(np.nanargmin(thick)) if np.isfinite(thick).any() else len(rows)
    if thinnest >= len(rows) - 2:
        return high + 0.2 * (1 - high)
    return float(m.rows[rows[thinnest]])


def _toe_side(m: Measures, sign: int, ball: float, ankle: ndarray) -> float:
    """How far out the ball of a foot is."""
    places = m.solid.places()
    near = (places[:, 0] * sign > 0) & (places[:, 1] < ankle[1]) & (np.abs(places[:, 2] - ball) < 0.012)
    return float(places[near, 0].mean()) if near.any() else float(ankle[0])


def _inside(m: Measures, height: float, back: float) -> ndarray:
    """A point of the middle at some height, `back` of the depth behind the middle of the slice."""
    behind, front = (_at(m.rows, m.trunk[:, [column]], height)[0] for column in (2, 3))
    return np.array([0.0, height, (behind + front) / 2 - back * (front - behind)])


def _at(rows: ndarray, table: ndarray, height: float) -> ndarray:
    """A row of a table at some height, rows without anything left out."""
    good = np.isfinite(table).all(1)
    return np.array([np.interp(height, rows[good], table[good, column]) for column in range(table.shape[1])])
