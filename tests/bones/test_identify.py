"""Joints are what they are by name, by shape, and left and right by the body."""

import numpy as np

from marrow.bones.byname import by_name
from marrow.bones.identify import identify
from marrow.bones.names import read
from marrow.media import Skeleton

BODY = {  # joint -> parent, world place in metres: a T-pose that faces +Z
    "hips": ("", (0, 1, 0)), "spine": ("hips", (0, 1.1, 0)), "chest": ("spine", (0, 1.25, 0)),
    "neck": ("chest", (0, 1.5, 0)), "head": ("neck", (0, 1.6, .02)), "top": ("head", (0, 1.8, .02)),
    "leftShoulder": ("chest", (.03, 1.45, 0)), "leftUpperArm": ("leftShoulder", (.18, 1.45, 0)),
    "leftLowerArm": ("leftUpperArm", (.45, 1.45, -.01)), "leftHand": ("leftLowerArm", (.7, 1.45, 0)),
    "leftUpperLeg": ("hips", (.1, .95, 0)), "leftLowerLeg": ("leftUpperLeg", (.1, .5, .01)),
    "leftFoot": ("leftLowerLeg", (.1, .09, 0)), "leftToes": ("leftFoot", (.1, .02, .13)),
}
BODY |= {name.replace("left", "right"): (parent.replace("left", "right"), (-x, y, z))
         for name, (parent, (x, y, z)) in BODY.items() if name.startswith("left")}


def body(rename):
    joints = list(BODY)
    parents = np.array([joints.index(BODY[each][0]) if BODY[each][0] else -1 for each in joints])
    places = np.array([BODY[each][1] for each in joints], float)
    offsets = np.where(parents[:, None] >= 0, places - places[parents], places)
    turns = np.tile([1.0, 0, 0, 0], (len(joints), 1))
    return Skeleton(tuple(rename(each) for each in joints), parents, offsets, turns)


def test_truth_words_that_mean_two_parts_are_settled_by_their_order():
    parents = np.array([-1, 0, 1, 2, 3, 0, 5, 6, 7])
    shin = ("Hips", "LeftUpLeg", "LeftLeg", "LeftFoot", "LeftToeBase", "RightHip", "RightKnee", "RightAnkle",
            "RightFoot")
    found = by_name(Skeleton(shin, parents, np.zeros((9, 3)), np.zeros((9, 4))), read(shin))
    assert found["leftLowerLeg"] == 2 and found["leftFoot"] == 3
    assert found["rightUpperLeg"] == 5 and found["rightFoot"] == 7 and found["rightToes"] == 8


def test_truth_sides_named_the_wrong_way_round_are_put_right_and_told():
    swapped = identify(body(lambda name: name.replace("left", "#").replace("right", "left").replace("#", "right")))
    honest = identify(body(str))
    assert swapped.joints == honest.joints and [each.key for each in swapped.remarks] == ["identify.mirrored"]
    assert not honest.remarks
    assert np.allclose(honest.front, (0, 0, 1), atol=0.05) and np.allclose(honest.up, (0, 1, 0), atol=0.05)
