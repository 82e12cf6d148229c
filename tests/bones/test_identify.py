"""Joints are what they are by name, by shape, and left and right by the body."""

from pathlib import Path

import numpy as np
import pytest
from namings import DIALECTS
from specimens import POSES, specimen

from marrow.bones import files
from marrow.bones.identify import identify
from marrow.bones.naming.byname import by_name
from marrow.bones.naming.hands import finger_labels
from marrow.bones.naming.names import read
from marrow.media import Skeleton

RIGS = Path(__file__).resolve().parents[3] / "shared" / "material" / "rigs"
ONE_OF_EACH = {dialect.name: dialect for dialect in reversed(DIALECTS)}

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


def found(body):
    """Human joints found and wrong, and the identity."""
    identity = identify(body.skeleton, motion=body.motion)
    right = sum(identity.joints.get(name) == joint for name, joint in body.truth.items())
    return right, sum(body.truth.get(name) != joint for name, joint in identity.joints.items()), identity


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_truth_every_dialect_is_read_and_named(name):
    body = specimen(ONE_OF_EACH[name], np.random.default_rng(7), pose="A")
    right, wrong, identity = found(body)
    assert wrong == 0 and right >= 0.96 * len(body.truth) and identity.dialect == name
    assert identity.front @ body.front > 0.95 and identity.up @ body.up > 0.95


@pytest.mark.parametrize("names", ["numbers", "mixed"])
def test_truth_without_names_the_build_tells_with_any_axis_up(names):
    right = wrong = joints = 0
    for turn, dialect in enumerate(list(ONE_OF_EACH.values())[::2]):
        body = specimen(dialect, np.random.default_rng(turn), pose=POSES[turn % 4], up="yzx"[turn % 3], names=names,
                        moving=turn % 2 == 1)
        more, bad, _ = found(body)
        right, wrong, joints = right + more, wrong + bad, joints + len(body.truth)
    assert right >= 0.94 * joints and wrong <= 0.005 * joints


def test_truth_a_hand_of_thumb_and_mitten_has_no_fingers_to_name():
    places = np.array([[0, 0, 0], [.25, 0, 0], [.30, 0, .03], [.33, 0, .05], [.34, 0, 0], [.40, 0, 0.0]])
    long = np.array([0, .25, .06, .04, .09, .06])
    assert finger_labels([[2, 3], [4, 5]], long, places, (1, 0)) == {}


@pytest.mark.skipif(not RIGS.is_dir(), reason="the shared material is not here")
@pytest.mark.parametrize("name", ["fox-animations", "bird-animations", "spider-animations", "rig-fox"])
def test_truth_animals_are_not_people(name):
    rig = files.read(RIGS / f"{name}.glb").rigs[0]
    assert identify(rig.skeleton, mesh=rig.mesh, skin=rig.skin, motion=next(iter(rig.motions), None)).body != "biped"
