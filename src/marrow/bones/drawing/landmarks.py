"""Where the points lie that image and video models know: 18 of the body, 21 of each hand, 68 of the face.

The body's points are joints; ears, eyes, nose and face are set on the head in the proportions of an average adult.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy import ndarray

from marrow import rotations
from marrow.bones.human import FINGERS
from marrow.bones.skeleton import at_rest, world
from marrow.media import Motion

BODY = ("nose", "neck", "rightUpperArm", "rightLowerArm", "rightHand", "leftUpperArm", "leftLowerArm", "leftHand",
        "rightUpperLeg", "rightLowerLeg", "rightFoot", "leftUpperLeg", "leftLowerLeg", "leftFoot",
        "rightEye", "leftEye", "rightEar", "leftEar")
HEAD = 0.130     # chin to crown, body heights
EYES = 0.42      # eyes above the head joint, heads
# In heads from the middle between the eyes: towards the person's left, up, ahead; and which way the skin looks there.
NOSE = ((0.0, -0.19, 0.13), (0.0, 0.0, 1.0))
EYE = ((0.15, 0.0, 0.0), (0.35, 0.0, 0.94))
EAR = ((0.33, -0.06, -0.42), (0.97, 0.0, -0.26))
# Half a face, the person's left; mirrored for the right. (left, up, ahead) as above.
JAW = ((0.34, -0.02, -0.22), (0.335, -0.13, -0.21), (0.32, -0.24, -0.18), (0.29, -0.34, -0.13), (0.25, -0.42, -0.06),
       (0.19, -0.48, 0.0), (0.12, -0.52, 0.05), (0.06, -0.535, 0.08))
CHIN = (0.0, -0.545, 0.09)
BROW = ((0.05, 0.085, 0.08), (0.11, 0.11, 0.07), (0.17, 0.115, 0.04), (0.23, 0.10, 0.0), (0.28, 0.06, -0.06))
BRIDGE = ((0.0, 0.01, 0.05), (0.0, -0.06, 0.08), (0.0, -0.13, 0.11), (0.0, -0.19, 0.14))
NOSTRIL = ((0.0, -0.24, 0.09), (0.045, -0.23, 0.075), (0.085, -0.22, 0.06))
LID = ((0.095, 0.0, 0.0), (0.13, 0.03, 0.01), (0.175, 0.03, 0.0), (0.215, 0.0, -0.03), (0.175, -0.02, 0.0),
       (0.13, -0.02, 0.01))  # from the nose outwards over the top, back below
LIPS = ((0.0, -0.335, 0.12), (0.045, -0.325, 0.115), (0.095, -0.34, 0.09), (0.145, -0.365, 0.05),
        (0.095, -0.40, 0.085), (0.045, -0.42, 0.105), (0.0, -0.425, 0.11))  # middle above, corner, middle below
MOUTH = ((0.0, -0.36, 0.115), (0.06, -0.36, 0.10), (0.125, -0.365, 0.06), (0.06, -0.375, 0.10), (0.0, -0.375, 0.11))


@dataclass(frozen=True)
class Landmarks:
    """Points of one body over time, world space, metres; what the skeleton does not have is NaN.

    body      (frames, 18, 3) in OpenPose's order
    hands     (frames, 2, 21, 3) left, right; wrist, then thumb to little finger
    toes      (frames, 2, 3) left, right
    face      (frames, 68, 3) in the order of iBUG 300-W
    looks_body, looks_face    the same shapes, unit: which way the skin looks there; NaN but at nose, eyes and ears
    tall      height of the body, metres
    """

    body: ndarray
    hands: ndarray
    toes: ndarray
    face: ndarray
    looks_body: ndarray
    looks_face: ndarray
    tall: float


def face_template() -> tuple[ndarray, ndarray]:
    """The 68 points of a face and which way the skin looks there: (68, 3) each, heads and unit vectors."""
    other = np.array([-1.0, 1, 1])

    def both(half: tuple) -> tuple[list, list]:
        return [np.array(each) * other for each in half], [np.array(each) for each in half]

    right, left = both(JAW)
    points = [*right, np.array(CHIN), *left[::-1]]
    right, left = both(BROW)
    points += [*right[::-1], *left, *map(np.array, BRIDGE)]
    right, left = both(NOSTRIL)
    points += [*right[:0:-1], np.array(NOSTRIL[0]), *left[1:]]
    right, left = both(LID)
    points += [*(right[each] for each in (3, 2, 1, 0, 5, 4)), *left]
    right, left = both(LIPS)
    points += [*right[3:0:-1], left[0], *left[1:4], *left[4:6], left[6], *right[5:3:-1]]
    right, left = both(MOUTH)
    points += [right[2], right[1], left[0], left[1], left[2], left[3], left[4], right[3]]
    placed = np.stack(points)
    looks = placed - (0.0, -0.15, -0.55)  # from the middle of the head outwards
    looks *= (1.0, 0.35, 1.0)
    return placed, looks / np.linalg.norm(looks, axis=1, keepdims=True)


def landmarks(motion: Motion, joints: Mapping[str, int], front: ndarray, up: ndarray) -> Landmarks:
    """Find the points of a moving body.

    joints     VRM joint -> number, of the motion's skeleton
    front, up  (3,) which way the body looks and stands in its rest pose, unit, world
    test       a body that faces +Z has its left points at +X; the face turns with the head
    """
    places, turns = world(motion)
    rest_places, rest_turns = (each[0] for each in world(at_rest(motion.skeleton)))
    tall = _tall(rest_places, joints, up)
    axes = np.stack([np.cross(up, front), up, front])  # rows: the person's left, up, ahead
    head = joints.get("head", joints.get("neck", joints["hips"]))
    carried = rotations.multiply(turns[:, head], rotations.inverse(rest_turns[head]))
    size = HEAD * tall
    middle = EYES * size * axes[1] + 0.42 * size * axes[2]
    if "leftEye" in joints and "rightEye" in joints:
        middle = (rest_places[joints["leftEye"]] + rest_places[joints["rightEye"]]) / 2 - rest_places[head]

    def on_head(points: ndarray) -> ndarray:
        local = middle + size * np.asarray(points) @ axes
        return places[:, None, head] + rotations.rotate(carried[:, None], local)

    def looking(ways: ndarray) -> ndarray:
        return rotations.rotate(carried[:, None], np.asarray(ways) @ axes)

    frames = len(places)
    body = np.full((frames, 18, 3), np.nan)
    looks = np.full((frames, 18, 3), np.nan)
    for number, name in enumerate(BODY):
        if name in joints:
            body[:, number] = places[:, joints[name]]
    body[:, 1] = body[:, [2, 5]].mean(1)
    mirrored = np.array([-1.0, 1, 1])
    skin = ((0, NOSE, 1), (14, EYE, mirrored), (15, EYE, 1), (16, EAR, mirrored), (17, EAR, 1))
    for number, (point, way), side in skin:
        body[:, number] = on_head(np.array([point]) * side)[:, 0]
        looks[:, number] = looking(np.array([way]) * side)[:, 0]
    points, ways = face_template()
    hands = np.stack([_hand(places, joints, side) for side in ("left", "right")], axis=1)
    toes = np.stack([places[:, joints[name]] if name in joints else body[:, ankle] + 0.08 * tall * axes[2]
                     for name, ankle in (("leftToes", 13), ("rightToes", 10))], axis=1)
    return Landmarks(body, hands, toes, on_head(points), looks, looking(ways), tall)


def _hand(places: ndarray, joints: Mapping[str, int], side: str) -> ndarray:
    """The 21 points of a hand (frames, 21, 3): a finger's tip lies as far on as its last bone is long, times 0.9."""
    hand = np.full((len(places), 21, 3), np.nan)
    if f"{side}Hand" in joints:
        hand[:, 0] = places[:, joints[f"{side}Hand"]]
    for number, (finger, parts) in enumerate(FINGERS.items()):
        chain = [joints.get(f"{side}{finger}{part}") for part in parts]
        for place, joint in enumerate(chain):
            if joint is not None:
                hand[:, 1 + 4 * number + place] = places[:, joint]
        last = hand[:, 1 + 4 * number: 4 + 4 * number]
        hand[:, 4 + 4 * number] = last[:, 2] + 0.9 * (last[:, 2] - last[:, 1])
    return hand


def _tall(places: ndarray, joints: Mapping[str, int], up: ndarray) -> float:
    """Height of a body from its bones: ankle to head joint along the legs and the trunk, over the share that is."""
    def way(*names: str) -> float:
        found = [places[joints[name]] for name in names if name in joints]
        return float(sum(np.linalg.norm(below - above) for above, below in pairwise(found)))

    legs = max(way(f"{side}UpperLeg", f"{side}LowerLeg", f"{side}Foot") for side in ("left", "right"))
    trunk = way("hips", "spine", "chest", "upperChest", "neck", "head")
    found = (legs + trunk) / 0.835
    return found if found > 0 else max(float(np.ptp(places @ up)), 1e-6)
