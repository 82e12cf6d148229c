"""Joints are where geometry says they are."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from marrow.bones.skeleton import at_rest, build, checked, facing, fk, resampled
from marrow.errors import InputError
from marrow.media import Motion, Skeleton
from marrow.rotations import about

NAMES = ("Hips", "Spine", "Head", "LeftArm", "LeftHand", "RightArm", "RightHand", "LeftLeg", "LeftFoot", "RightLeg",
         "RightFoot")
PARENTS = np.array([-1, 0, 1, 1, 3, 1, 5, 0, 7, 0, 9])
OFFSETS = np.array([[0, 0, 0], [0, .4, 0], [0, .2, 0], [.2, .1, 0], [.5, 0, 0], [-.2, .1, 0], [-.5, 0, 0],
                    [.1, 0, 0], [0, -.9, 0], [-.1, 0, 0], [0, -.9, 0]])


def body(frames=3, rate=Fraction(24)):
    turns = np.zeros((frames, len(NAMES), 4))
    turns[..., 0] = 1
    return Motion(Skeleton(NAMES, PARENTS, OFFSETS, turns[0]), turns, np.tile([0, .95, 0.0], (frames, 1)), rate)


def test_truth_an_arm_made_by_hand():
    turns = np.tile([1.0, 0, 0, 0], (1, 3, 1))
    turns[0, 0] = about(np.array([0, 0, 1.0]), np.pi / 2)
    turns[0, 1] = about(np.array([0, 0, 1.0]), -np.pi / 2)
    skeleton = Skeleton(("a", "b", "c"), np.array([-1, 0, 1]), np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0.0]]), turns[0])
    arm = Motion(skeleton, turns, np.array([[5, 0, 0.0]]), Fraction(24))
    assert np.allclose(fk(arm)[0], [[5, 0, 0], [5, 1, 0], [7, 1, 0]])
    assert np.allclose(fk(replace(arm, moves={1: np.array([[1, 1, 0.0]])}))[0], [[5, 0, 0], [4, 1, 0], [6, 1, 0]])


def test_truth_the_rest_pose_keeps_its_own_turns():
    turns = np.stack([about(np.array([0, 0, 1.0]), np.pi / 2), [1.0, 0, 0, 0]])
    skeleton = Skeleton(("a", "b"), np.array([-1, 0]), np.array([[0, 1, 0], [1, 0, 0.0]]), turns)
    assert np.allclose(fk(at_rest(skeleton))[0], [[0, 1, 0], [0, 2, 0]])


def test_law_the_same_rate_changes_nothing_and_the_last_pose_holds():
    motion = body(4)
    motion.root[:, 0] = range(4)
    assert np.allclose(resampled(motion, Fraction(24), 4).root, motion.root)
    twice = resampled(motion, Fraction(48), 9).root[:, 0]
    assert np.allclose(twice, [0, .5, 1, 1.5, 2, 2.5, 3, 3, 3])


def test_truth_a_body_is_built_from_trunk_arms_and_legs():
    plan = build(body().skeleton)
    assert [NAMES[joint] for joint in plan.trunk] == ["Hips", "Spine", "Head"]
    ends = {NAMES[chain[-1]]: (bool(arm), side) for chain, arm, side in zip(plan.limbs, plan.arms, plan.sides,
                                                                              strict=True)}
    assert ends == {"LeftHand": (True, 1), "RightHand": (True, -1), "LeftFoot": (False, 1), "RightFoot": (False, -1)}


def test_truth_it_faces_z_and_turns_with_its_root():
    motion = body()
    assert abs(facing(fk(motion), build(motion.skeleton))) < 1e-6
    motion.rotations[:, 0] = about(np.array([0, 1.0, 0]), np.pi / 3)
    assert abs(facing(fk(motion), build(motion.skeleton)) - 60) < 1e-6


def test_refuses_motions_that_are_none():
    whole = body()
    for change, key in (({"rotations": np.zeros((0, 11, 4))}, "motion.empty"),
                        ({"skeleton": replace(whole.skeleton, parents=PARENTS[::-1])}, "motion.order"),
                        ({"skeleton": replace(whole.skeleton, names=("a",) * 11)}, "motion.order"),
                        ({"moves": {0: np.zeros((3, 3))}}, "motion.order"),
                        ({"moves": {2: np.full((3, 3), np.nan)}}, "motion.nan"),
                        ({"root": np.full((3, 3), np.nan)}, "motion.nan")):
        with pytest.raises(InputError) as caught:
            checked(replace(whole, **change))
        assert caught.value.key == key and caught.value.tell("zh")


def test_truth_a_root_on_the_floor_is_no_part_of_the_trunk():
    names = ("root", "pelvis", "spine", "head", "thigh_l", "foot_l", "thigh_r", "foot_r", "arm_l", "arm_r")
    parents = np.array([-1, 0, 1, 2, 1, 4, 1, 6, 2, 2])
    offsets = np.array([[0, 0, 0], [0, .9, 0], [0, .4, 0], [0, .3, 0], [.1, 0, 0], [0, -.9, 0], [-.1, 0, 0],
                        [0, -.9, 0], [.4, 0, 0], [-.4, 0, 0]])
    plan = build(Skeleton(names, parents, offsets, np.tile([1.0, 0, 0, 0], (10, 1))))
    assert plan.trunk == (1, 2, 3) and plan.tall == pytest.approx(0.4 + 0.3 + 0.1 + 0.9)
    assert {names[limb[-1]]: arm for limb, arm in zip(plan.limbs, plan.arms, strict=True)} == {
        "foot_l": False, "foot_r": False, "arm_l": True, "arm_r": True}
