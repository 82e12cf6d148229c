"""The joints of the SMPL family of body models, and a neutral body of our own to carry their poses.

The order and names of the joints are facts of the format. The lengths are ours (CC0), those of an average adult of
1.7 m after the textbook; nothing is taken from a body model. Joints: 22 without hands, 24 SMPL, 52 SMPL-H, 55 SMPL-X.
"""

import numpy as np

from marrow.errors import InputError
from marrow.media import Skeleton

# name, parent, offset in metres for the left side and the middle; source: Drillis and Contini, Body Segment
# Parameters, 1966, as in Winter, Biomechanics and Motor Control of Human Movement: lengths as shares of stature
_BODY = (("pelvis", "", (0, 0.93, 0)), ("left_hip", "pelvis", (0.09, -0.03, 0)), ("right_hip", "pelvis", None),
         ("spine1", "pelvis", (0, 0.1, 0)), ("left_knee", "left_hip", (0, -0.417, 0)),
         ("right_knee", "right_hip", None), ("spine2", "spine1", (0, 0.13, 0)),
         ("left_ankle", "left_knee", (0, -0.418, 0)), ("right_ankle", "right_knee", None),
         ("spine3", "spine2", (0, 0.11, 0)),
         ("left_foot", "left_ankle", (0, -0.05, 0.12)), ("right_foot", "right_ankle", None),
         ("neck", "spine3", (0, 0.2, 0)), ("left_collar", "spine3", (0.06, 0.13, 0)), ("right_collar", "spine3", None),
         ("head", "neck", (0, 0.09, 0.02)), ("left_shoulder", "left_collar", (0.12, 0, 0)),
         ("right_shoulder", "right_collar", None), ("left_elbow", "left_shoulder", (0.3, 0, 0)),
         ("right_elbow", "right_shoulder", None), ("left_wrist", "left_elbow", (0.25, 0, 0)),
         ("right_wrist", "right_elbow", None))
_PALMS = (("left_hand", "left_wrist", (0.08, 0, 0)), ("right_hand", "right_wrist", None))
_FACE = (("jaw", "head", (0, 0.0, 0.03)), ("left_eye", "head", (0.032, 0.07, 0.08)), ("right_eye", "head", None))
_FINGERS = {"index": ((0.09, 0, 0.03), (0.04, 0, 0), (0.025, 0, 0)),
            "middle": ((0.092, 0, 0.01), (0.045, 0, 0), (0.028, 0, 0)),
            "pinky": ((0.08, 0, -0.03), (0.032, 0, 0), (0.02, 0, 0)),
            "ring": ((0.087, 0, -0.012), (0.042, 0, 0), (0.026, 0, 0)),
            "thumb": ((0.03, -0.015, 0.03), (0.03, 0, 0.025), (0.025, 0, 0.02))}
_HANDS = tuple((f"{side}_{finger}{part}", f"{side}_{finger}{part - 1}" if part > 1 else f"{side}_wrist",
                offset if side == "left" else None)
               for side in ("left", "right") for finger, offsets in _FINGERS.items()
               for part, offset in enumerate(offsets, 1))
TREES = {22: _BODY, 24: _BODY + _PALMS, 52: _BODY + _HANDS, 55: _BODY + _FACE + _HANDS}
MODELS = {22: "SMPL", 24: "SMPL", 52: "SMPL-H", 55: "SMPL-X"}


def names(joints: int) -> tuple[str, ...]:
    """The joints' names, in the order of the poses."""
    return tuple(name for name, _, _ in TREES[joints])


def parents(joints: int) -> np.ndarray:
    """The parent of every joint, -1 for the pelvis: (joints,) int32."""
    known = names(joints)
    return np.array([known.index(above) if above else -1 for _, above, _ in TREES[joints]], np.int32)


def neutral(joints: int) -> Skeleton:
    """A body of average proportions in the T-pose that all poses are zero in, facing +Z.

    raises    InputError  "smpl.joints" for another number of joints than the family has
    test      1.7 m tall, the left side the mirror of the right
    """
    if joints not in TREES:
        raise InputError("smpl.joints", joints=joints)
    left = {name: offset for name, _, offset in TREES[joints]}
    offsets = [offset or np.multiply(left[name.replace("right", "left")], (-1, 1, 1))
               for name, _, offset in TREES[joints]]
    return Skeleton(names(joints), parents(joints), np.array(offsets, float), np.tile((1.0, 0, 0, 0), (joints, 1)))
