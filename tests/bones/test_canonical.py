"""Every rest pose of a body leads to one T-pose, and stays what it is."""

from dataclasses import replace

import numpy as np
import pytest
from walker import NAMES, at, body, posed, walk

from marrow.bones.canonical import canonical, torso
from marrow.bones.skeleton import fk
from marrow.bones.turning import between
from marrow.rotations import about, inverse, multiply, rotate

JOINTS = {name: joint for joint, name in enumerate(NAMES)}
X, Y, Z = np.eye(3)


@pytest.mark.parametrize("lowered", [0, np.pi / 4, np.pi / 2.05])
@pytest.mark.parametrize("turn", [None, about(Y, np.array(2.0)), about(X, np.array(-np.pi / 2))])
def test_law_any_rest_pose_of_a_body_gives_one_t_pose(lowered, turn):
    plain, other = body(rolls=1), body(lowered=lowered, rolls=1, turn=turn)
    found = canonical(other.skeleton, JOINTS)
    assert found.stood and np.allclose(found.places, plain.places, atol=1e-6)
    assert np.allclose(np.abs((found.turns * plain.turns).sum(-1)), 1, atol=1e-9)


def test_truth_measures_of_a_body():
    found = canonical(body().skeleton, JOINTS)
    assert found.hip == pytest.approx(0.42 + 0.41 + 0.085) and found.tall == pytest.approx(1.545 / 0.9, rel=.01)
    assert np.allclose(found.high[:, :2], 0.02) and np.allclose(found.sole[0, 1], found.places[at("leftToes")])
    assert np.allclose(found.middle, (0, -.03, 0))


def test_law_the_rest_pose_is_not_touched():
    who = body(lowered=.8, rolls=4)
    before = [np.copy(part) for part in (who.skeleton.offsets, who.skeleton.turns)]
    canonical(who.skeleton, JOINTS)
    assert np.array_equal(before[0], who.skeleton.offsets) and np.array_equal(before[1], who.skeleton.turns)


def test_truth_legs_that_are_posed_bent_are_straightened_with_the_knee_ahead():
    who = body(rolls=2)
    sat = posed_rest(who, {"leftUpperLeg": about(X, np.array(-.8)), "leftLowerLeg": about(X, np.array(0.0)),
                           "leftFoot": about(X, np.array(0.0)), "leftToes": about(X, np.array(0.0))})
    found = canonical(sat, JOINTS)
    assert np.allclose(found.places[at("leftFoot")], who.places[at("leftFoot")], atol=1e-6)
    assert np.allclose(np.abs((found.turns * who.turns).sum(-1))[at("leftLowerLeg")], 1, atol=1e-6)


def test_truth_palms_look_down_however_the_arm_is_rolled_at_rest():
    who = body(rolls=3)
    wrung = posed_rest(who, {f"left{part}": about(X, np.array(1.3)) for part in
                             ("Hand", "IndexProximal", "IndexDistal", "LittleProximal", "LittleDistal")})
    found = canonical(wrung, JOINTS)
    across = found.places[at("leftIndexProximal")] - found.places[at("leftLittleProximal")]
    assert across[2] > .05 and abs(across[1]) < 1e-6


def test_truth_a_rest_pose_that_does_not_stand_is_read_from_the_motion():
    plain = body()
    offsets = np.linalg.norm(plain.skeleton.offsets, axis=1)[:, None] * X
    offsets[0] = 0
    keep = [at(name) for name in NAMES if "Leg" in name or "Shoulder" in name]
    offsets[keep] = plain.skeleton.offsets[keep]
    motion, _, _ = walk(plain)
    turns = fk(motion)  # the same places, told by a skeleton whose joints all lie along X at rest
    made = along_x(plain, motion, offsets)
    assert np.allclose(fk(made), turns, atol=1e-9)
    found = canonical(made.skeleton, JOINTS, made)
    assert not found.stood
    legs = [at(f"{side}{part}") for side in ("left", "right") for part in ("UpperLeg", "LowerLeg", "Foot", "Toes")]
    assert np.linalg.norm(found.places - plain.places, axis=1)[legs].max() < 0.03 * found.tall
    assert canonical(made.skeleton, JOINTS).places[at("head"), 1] > 0.6


def test_truth_spine_and_neck_are_what_lies_between():
    spine, neck = torso(body().skeleton, JOINTS)
    assert [NAMES[joint] for joint in spine] == ["spine", "chest", "upperChest"]
    assert [NAMES[joint] for joint in neck] == ["neck", "head"]


def posed_rest(who, moved):
    """The skeleton with a rest pose in which some joints are turned against the T-pose."""
    motion = posed(who, {name: turn[None] for name, turn in moved.items()}, who.skeleton.offsets[:1], 1)
    return replace(who.skeleton, turns=motion.rotations[0])


def along_x(plain, motion, offsets):
    """The same motion for offsets along X: each joint is turned so that its child lies where it did."""
    parents = plain.skeleton.parents
    fix = np.tile([1.0, 0, 0, 0], (len(parents), 1))
    for joint in range(len(parents)):
        children = [child for child, parent in enumerate(parents) if parent == joint
                    and not np.allclose(offsets[child], plain.skeleton.offsets[child])]
        if children:
            fix[joint] = between(offsets[children[0]], plain.skeleton.offsets[children[0]])
            for child in [each for each, parent in enumerate(parents) if parent == joint]:
                offsets[child] = rotate(inverse(fix[joint]), plain.skeleton.offsets[child])
    above = np.where(parents[:, None] >= 0, fix[np.maximum(parents, 0)], (1.0, 0, 0, 0))
    local = multiply(multiply(inverse(above), motion.rotations), fix)
    skeleton = replace(plain.skeleton, offsets=offsets)
    return replace(motion, skeleton=skeleton, rotations=local)
