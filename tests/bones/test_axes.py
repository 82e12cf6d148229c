"""Axes: joints keep their places whichever way their own axes lie, and everything can be put back."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marrow.bones.axes import UPRIGHT, align, aligned, put_back, rest_turns, turn_world
from marrow.bones.skeleton import at_rest, fk, world
from marrow.media import Motion, Skeleton
from marrow.rotations import about, normalised, rotate


def noise(seed):
    dice = np.random.default_rng(seed)
    joints = int(dice.integers(1, 8))
    parents = np.array([-1, *(dice.integers(0, each) for each in range(1, joints))], np.int32)
    skeleton = Skeleton(tuple(f"j{each}" for each in range(joints)), parents, dice.normal(size=(joints, 3)),
                        normalised(dice.normal(size=(joints, 4))))
    moves = {joints - 1: dice.normal(size=(3, 3))} if joints > 1 else {}
    return Motion(skeleton, normalised(dice.normal(size=(3, joints, 4))), dice.normal(size=(3, 3)), Fraction(30), moves)


@given(st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_law_every_joint_keeps_its_place_and_comes_back(seed):
    motion = noise(seed)
    made = align(motion)
    assert (made.skeleton.turns[:, 0] == 1).all() and fk(made) == pytest.approx(fk(motion), abs=1e-12)
    assert fk(at_rest(made.skeleton)) == pytest.approx(fk(at_rest(motion.skeleton)), abs=1e-12)
    back = put_back(made, motion.skeleton)
    assert back.skeleton is motion.skeleton
    for part, same in zip(world(back), world(motion), strict=True):
        assert part == pytest.approx(same, abs=1e-9)
    turned = turn_world(made, UPRIGHT)
    assert fk(turned) == pytest.approx(rotate(UPRIGHT, fk(motion)), abs=1e-12)
    assert fk(at_rest(turned.skeleton)) == pytest.approx(rotate(UPRIGHT, fk(at_rest(motion.skeleton))), abs=1e-12)


def test_truth_what_was_up_along_z_is_up_along_y():
    assert rotate(UPRIGHT, np.eye(3)) == pytest.approx(np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]]))


def test_truth_turns_of_a_chain_add_up():
    quarter = about(np.array([0.0, 0, 1]), np.array(np.pi / 2))
    skeleton = Skeleton(("a", "b", "c"), np.array([-1, 0, 1]), np.array([[0, 1.0, 0]] * 3), np.array([quarter] * 3))
    assert rest_turns(skeleton)[2] == pytest.approx(about(np.array([0.0, 0, 1]), np.array(1.5 * np.pi)))
    assert aligned(skeleton).offsets == pytest.approx(np.array([[0, 1, 0], [-1, 0, 0], [0, -1, 0]]))
