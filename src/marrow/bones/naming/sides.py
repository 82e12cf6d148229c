"""Which way a body faces, and so which of its sides is the left: from its feet, knees, elbows, thumbs and face."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy import ndarray

PAIRS = ("UpperLeg", "LowerLeg", "UpperArm", "LowerArm")


@dataclass(frozen=True)
class Stand:
    """How a body stands, taking its sides as they were given.

    front     (3,) unit: where it faces if the given left is its left
    up        (3,) unit
    sure      above 0 the body agrees that it faces there, below 0 it faces the other way; 1 is firm evidence
    """

    front: ndarray
    up: ndarray
    sure: float


def stand(poses: ndarray, joints: Mapping[str, int], tips: Mapping[str, int], mesh: Mapping[str, ndarray]) -> Stand:
    """Weigh what speaks for the given sides and what against them.

    poses      (poses, joints, 3) world
    joints     human joints
    tips       human joint -> a joint that ends it: the tip of the toes, of the foot
    mesh       human joint -> (3,) middle of the vertices it carries less its own place, in the first pose
    returns    the stand in the first pose; its evidence is over all poses
    test       a body turned about has the opposite front; sides exchanged, the opposite evidence
    """
    frames = [_frame(pose, joints) for pose in poses]
    sums = [_evidence(pose, frame, joints, tips) for pose, frame in zip(poses, frames, strict=True)]
    total = float(np.median([each[0] for each in sums]) + np.median([each[1] for each in sums]))
    total += float(np.clip(3 * np.mean([each[2] for each in sums]), -2, 2))
    front, up, _ = frames[0]
    for name in ("leftFoot", "rightFoot", "leftToes", "rightToes"):
        if name in mesh and f"{name[:-4]}LowerLeg" in joints:  # else what is called a foot may carry a shin
            total += 0.7 * float(np.clip(mesh[name] @ front / 0.2, -1, 1))
    return Stand(front, up, total)


def standing(poses: ndarray, joints: Mapping[str, int]) -> ndarray:
    """Numbers of the poses in which the legs go away from the head; the first alone when none does."""
    def of(*names: str) -> ndarray:
        return np.mean([poses[:, joints[name]] for name in names if name in joints], axis=0)

    top = next((name for name in ("head", "neck", "upperChest", "chest", "spine") if name in joints), "")
    if not top or "leftFoot" not in joints or "rightFoot" not in joints or "hips" not in joints:
        return np.array([0])
    back, legs = of(top) - of("hips"), of("leftFoot", "rightFoot") - of("hips")
    away = (back * legs).sum(-1) / np.maximum(np.linalg.norm(back, axis=-1) * np.linalg.norm(legs, axis=-1), 1e-12)
    found = np.flatnonzero(away < -0.5)
    return found if len(found) else np.array([int(np.argmin(away))])


def _frame(pose: ndarray, joints: Mapping[str, int]) -> tuple[ndarray, ndarray, float]:
    """Front and up of a pose, and the body's size: hips to the farthest end."""
    across, place = np.zeros(3), {name: pose[joint] for name, joint in joints.items()}
    for part in PAIRS:
        if f"left{part}" in place and f"right{part}" in place:
            across += place[f"left{part}"] - place[f"right{part}"]
    low = [place[f"{side}{part}"] for part in ("Foot", "LowerLeg", "UpperLeg") for side in ("left", "right")
           if f"{side}{part}" in place]
    base = place.get("hips", np.mean(low, axis=0) if low else pose[0])
    top = next((place[name] for name in ("head", "neck", "upperChest", "chest", "spine") if name in place), base)
    up = top - base
    if low and np.linalg.norm(base - np.mean(low[:2], axis=0)) > np.linalg.norm(up):
        up = _unit(up) + _unit(base - np.mean(low[:2], axis=0))
    up = _unit(up)
    across = _unit(across - (across @ up) * up)
    size = float(np.linalg.norm(top - base) + (np.linalg.norm(base - low[0]) if low else 0))
    return np.cross(across, up), up, size or 1.0


def _evidence(pose: ndarray, frame: tuple[ndarray, ndarray, float], joints: Mapping[str, int],
              tips: Mapping[str, int]) -> tuple[float, float, float]:
    """What feet, what thumbs and eyes, and what bent knees and elbows say; above 0 for the given front."""
    front, _, size = frame
    feet, small, bends = [], 0.0, 0.0
    for side in ("left", "right"):
        at = {name.removeprefix(side): pose[joint] for name, joint in joints.items() if name.startswith(side)}
        tip = {name.removeprefix(side): pose[joint] for name, joint in tips.items() if name.startswith(side)}
        toe = at.get("Toes", tip.get("Foot"))
        if toe is not None and "Foot" in at and "LowerLeg" in at:
            shin = np.linalg.norm(at["Foot"] - at["LowerLeg"]) or 1.0
            feet.append(float(np.clip((toe - at["Foot"]) @ front / (0.2 * shin), -1, 1)))
        if "ThumbMetacarpal" in at and "Hand" in at:
            thumb = next(at[f"Thumb{part}"] for part in ("Distal", "Proximal", "Metacarpal") if f"Thumb{part}" in at)
            small += 0.5 * float(np.clip((thumb - at["Hand"]) @ front / (0.02 * size), -1, 1))
        if "Eye" in at and "head" in joints:
            small += 0.5 * float(np.clip((at["Eye"] - pose[joints["head"]]) @ front / (0.01 * size), -1, 1))
        bends += _bend(at, ("UpperLeg", "LowerLeg", "Foot"), front) - 0.6 * _bend(at, ("UpperArm", "LowerArm", "Hand"),
                                                                                 front)
    return 1.6 * float(np.mean(feet)) if feet else 0.0, small, bends


def _bend(at: Mapping[str, ndarray], chain: tuple[str, str, str], front: ndarray) -> float:
    """How far the middle joint lies before the line between its neighbours, as a share of the limb's length."""
    if not all(part in at for part in chain):
        return 0.0
    root, middle, end = (at[part] for part in chain)
    line = end - root
    long = np.linalg.norm(middle - root) + np.linalg.norm(end - middle)
    if long <= 0 or np.linalg.norm(line) <= 1e-9:
        return 0.0
    off = middle - root - ((middle - root) @ line) / (line @ line) * line
    return float(np.clip(off @ front / long / 0.03, -1, 1))


def _unit(vector: ndarray) -> ndarray:
    return vector / max(float(np.linalg.norm(vector)), 1e-12)
