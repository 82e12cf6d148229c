"""Marker sets: a body with markers on its skin gives its joints back, whatever the studio called them."""

from fractions import Fraction

import numpy as np
import pytest

from marrow.bones.human import standard
from marrow.bones.points.markersets import joints_from_markers
from marrow.bones.points.solve import pose_from_points
from marrow.bones.skeleton import fk, world
from marrow.media import Motion
from marrow.rotations import about, normalised, rotate

HALF = {  # marker -> (joint it sits on, left, up, ahead) metres in a T-pose, of the left side
    "ASI": ("hips", 0.12, 0.10, 0.10), "PSI": ("hips", 0.05, 0.10, -0.09), "KNE": ("leftLowerLeg", 0.055, 0, 0),
    "ANK": ("leftFoot", 0.045, 0, 0), "HEE": ("leftFoot", 0, -0.05, -0.06), "TOE": ("leftToes", 0, 0.025, 0),
    "SHO": ("leftShoulder", 0.147, 0.064, -0.01), "ELB": ("leftLowerArm", 0, 0, -0.03), "WRA": ("leftHand", 0, 0, 0.03),
    "WRB": ("leftHand", 0, 0, -0.03), "FIN": ("leftMiddleProximal", 0, 0, 0), "FHD": ("head", 0.07, 0.09, 0.09),
    "BHD": ("head", 0.07, 0.09, -0.09)}
MIDDLE = {"C7": ("neck", 0, 0, -0.05), "CLAV": ("neck", 0, 0, 0.05), "T10": ("chest", 0, 0, -0.1),
          "STRN": ("chest", 0, 0, 0.1)}
JOINTS = [f"{side}{part}" for side in ("left", "right") for part in
          ("LowerLeg", "Foot", "Toes", "UpperArm", "LowerArm", "Hand")] + ["head", "neck", "chest"]


def dance():
    """A standard body that walks on the spot, swings its arms and turns."""
    body = standard()
    turns = np.tile([1.0, 0, 0, 0], (60, len(body.names), 1))
    swing = np.sin(np.arange(60) / 8)
    for name, axis, angles in (("leftUpperLeg", 0, 0.5 * swing), ("rightUpperLeg", 0, -0.5 * swing),
                               ("leftLowerLeg", 0, 0.6 + 0.4 * swing), ("rightLowerLeg", 0, 0.6 - 0.4 * swing),
                               ("leftUpperArm", 2, -1 + 0.3 * swing), ("rightUpperArm", 2, 1 + 0.3 * swing),
                               ("leftLowerArm", 1, -0.5 - 0.4 * swing), ("rightLowerArm", 1, 0.5 + 0.4 * swing),
                               ("hips", 1, np.arange(60) / 20), ("head", 1, 0.4 * swing)):
        turns[:, body.names.index(name)] = about(np.eye(3)[axis], angles)
    path = body.offsets[0] + np.arange(60)[:, None] * (0.01, 0, 0.02)
    return Motion(body, normalised(turns), path, Fraction(30))


def marked(motion, spell=lambda side, name: side + name):
    """Labels and places of the markers that a body wears."""
    places, turned = world(motion)
    worn = {name: (joint, at) for name, (joint, *at) in MIDDLE.items()}
    worn |= {spell("L", name): (joint, at) for name, (joint, *at) in HALF.items()}
    worn |= {spell("R", name): (joint.replace("left", "right"), (-left, *at))
             for name, (joint, left, *at) in HALF.items()}
    index = motion.skeleton.names.index
    return list(worn), np.stack([places[:, index(joint)] + rotate(turned[:, index(joint)], np.array(at, float))
                                 for joint, at in worn.values()], axis=1)


def test_truth_joints_lie_inside_the_markers():
    motion = dance()
    names, found = joints_from_markers(*marked(motion))
    true = fk(motion)
    for name in JOINTS:
        apart = np.linalg.norm(found[:, names.index(name)] - true[:, motion.skeleton.names.index(name)], axis=1)
        assert apart.max() < (0.035 if name.endswith("LowerArm") else 0.02), name


def test_truth_hip_joints_as_harrington_found_them():
    places = np.array([[[0.12, 1, 0.1], [-0.12, 1, 0.1], [0.05, 1, -0.08], [-0.05, 1, -0.08],
                        [0.1, 0.5, 0], [-0.1, 0.5, 0], [0.1, 0.1, 0], [-0.1, 0.1, 0]]])
    names, found = joints_from_markers(("LASI", "RASI", "LPSI", "RPSI", "LKNE", "RKNE", "LANK", "RANK"), places)
    assert found[0, names.index("leftUpperLeg")] == pytest.approx(
        [0.33 * 0.24 + 0.0073, 1 - 0.3 * 0.24 - 0.0109, 0.1 - 0.24 * 0.18 - 0.0099])
    assert found[0, names.index("rightUpperLeg")] == pytest.approx(found[0, names.index("leftUpperLeg")] * (-1, 1, 1))


@pytest.mark.parametrize("spell", [lambda side, name: f"Anna:{side}{name}", lambda side, name: f"{side}.{name.title()}",
                                   lambda side, name: f"{name}_{side}",
                                   lambda side, name: ("Left " if side == "L" else "Right ") + name.lower()])
def test_law_the_spelling_changes_nothing(spell):
    motion = dance()
    plain, spelt = (joints_from_markers(*marked(motion, each)) for each in (lambda side, name: side + name, spell))
    assert spelt[0] == plain[0] and np.array_equal(spelt[1], plain[1])


def test_truth_points_make_a_motion():
    motion = dance()
    names, found = joints_from_markers(*marked(motion))
    solved = pose_from_points(found, names, motion.rate).motion
    made, true = fk(solved), fk(motion)
    for name in ("leftHand", "rightHand", "leftFoot", "rightFoot", "head"):
        apart = made[:, solved.skeleton.names.index(name)] - true[:, motion.skeleton.names.index(name)]
        assert np.linalg.norm(apart, axis=1).mean() < 0.05, name


def test_law_what_is_hidden_hides_only_what_needs_it():
    labels, places = marked(dance())
    places[5:9, labels.index("LELB")] = np.nan
    names, found = joints_from_markers(labels, places)
    hidden = np.isnan(found).any(axis=(0, 2))
    assert [name for name, lost in zip(names, hidden, strict=True) if lost] == ["leftLowerArm"]


def test_refuses_markers_it_does_not_know():
    assert joints_from_markers(("marker 1", "marker 2"), np.zeros((3, 2, 3))) is None
