"""Limbs bend where they should, and corrections come and go without a jolt."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from walker import NAMES, at, body, walk

from marrow.bones.moving.limbs import bent, held, hinge
from marrow.bones.moving.smooth import above, lowpass, spread
from marrow.bones.skeleton import world
from marrow.bones.turning import apart, between, continuous, exp, log, twist
from marrow.rotations import about, multiply, rotate

X, Y, Z = np.eye(3)
places = st.tuples(*[st.floats(-.5, .5)] * 3).map(np.array)


@settings(max_examples=60, deadline=None)
@given(places)
def test_law_bones_keep_their_length_and_the_ankle_gets_where_it_can(goal):
    hip, knee, ankle = np.array([0, .9, 0]), np.array([0, .5, .05]), np.array([0, .1, 0])
    goal = goal + np.array([0, .2, 0])
    bend, end = bent(hip, knee, ankle, goal, X, np.zeros(1))
    assert np.isclose(np.linalg.norm(bend - hip), np.linalg.norm(knee - hip))
    assert np.isclose(np.linalg.norm(end - bend), np.linalg.norm(ankle - knee))
    far = np.linalg.norm(goal - hip)
    if far < .8:
        assert np.allclose(end, goal, atol=1e-5)
    assert abs(np.linalg.norm(end - hip) - min(far, np.linalg.norm(knee - hip) + np.linalg.norm(ankle - knee))) < 1e-5


def test_truth_a_knee_bends_forwards():
    hip, ankle = np.array([0, .9, 0]), np.array([0, .1, 0])
    knee, end = bent(hip, np.array([0, .5, 0.0]), ankle, np.array([0, .4, 0.0]), X, np.zeros(1))
    assert knee[2] > .2 and np.allclose(end, (0, .4, 0))


def test_law_a_limb_that_need_not_move_stays():
    hip, knee, ankle = np.array([0, .9, 0]), np.array([.02, .5, .01]), np.array([0, .1, 0])
    bend, end = bent(hip, knee, ankle, ankle, X, np.ones(1))
    assert np.allclose(end, ankle, atol=1e-9) and np.linalg.norm(bend - knee) < .03


def test_law_a_soft_limb_reaches_what_is_near_and_never_gets_quite_straight():
    hip, knee, ankle = np.array([0, .9, 0]), np.array([0, .5, .15]), np.array([0, .1, 0])
    goals = np.stack([np.zeros(400), .3 - np.linspace(0, 1, 400), np.zeros(400)], axis=1)
    ends = bent(hip, knee, ankle, goals, X, np.ones((400, 1)))[1]
    far, long = .9 - ends[:, 1], 2 * np.hypot(.4, .15)
    assert np.allclose(ends[goals[:, 1] > .1], goals[goals[:, 1] > .1], atol=1e-6)
    assert (np.diff(far) >= 0).all() and far.max() <= long and np.abs(np.diff(far, n=2)).max() < 2e-4


def test_truth_the_hinge_is_the_axis_of_the_bends():
    angle = np.linspace(0, 1.5, 50)
    knee = np.zeros((50, 3))
    end = np.stack([np.zeros(50), -np.cos(angle), -np.sin(angle)], axis=1)
    axis = hinge(np.tile(Y, (50, 1)), knee, end, np.tile(Y, (50, 1)), 30.0)
    assert (axis[20:] @ X > .98).all()


def test_law_a_joint_held_in_the_world_takes_along_what_hangs_on_it():
    motion, _, _ = walk(body(rolls=3), seconds=.5)
    turns = world(motion)[1]
    wanted = multiply(about(Z, np.array(.5)), turns)
    made = world(held(motion, wanted, [at("leftUpperArm")]))[1]
    assert apart(made[:, at("leftHand")], wanted[:, at("leftHand")]).max() < 1e-6
    assert apart(made[:, at("rightHand")], turns[:, at("rightHand")]).max() < 1e-6


def test_law_log_and_exp_undo_each_other_the_short_way():
    vectors = np.random.default_rng(0).uniform(-1.8, 1.8, (200, 3))
    assert np.allclose(log(exp(vectors)), vectors, atol=1e-9) and np.allclose(log(-exp(vectors)), vectors, atol=1e-9)


def test_truth_between_and_twist():
    rng = np.random.default_rng(1)
    start, end = rng.normal(size=(2, 50, 3))
    made = rotate(between(start, end), start)
    assert np.allclose(made / np.linalg.norm(made, axis=1)[:, None], end / np.linalg.norm(end, axis=1)[:, None])
    assert np.allclose(rotate(between(X, -X), X), -X)
    turn = multiply(about(X, np.array(.4)), about(Y, np.array(.7)))
    assert np.allclose(twist(turn, Y), about(Y, np.array(.7)))


def test_law_signs_are_made_continuous_and_nothing_else():
    turns = exp(np.cumsum(np.random.default_rng(2).normal(0, .1, (40, 3, 3)), axis=0))
    mixed = turns * np.random.default_rng(3).choice([-1, 1], (40, 3, 1))
    assert ((continuous(mixed)[1:] * continuous(mixed)[:-1]).sum(-1) > 0).all()
    assert apart(continuous(mixed), turns).max() < 1e-6


def test_truth_a_correction_is_met_where_it_is_wanted_and_fades():
    wanted, weights = np.zeros((120, 3)), np.zeros(120)
    wanted[40:50], weights[40:50] = (0, .1, 0), 1e5
    course = spread(wanted, weights, 60.0, reach=.12, supple=.03, home=.3)
    assert np.abs(course[40:50] - wanted[40:50]).max() < 1e-4
    assert np.abs(course[[0, -1]]).max() < .012 and course[:, 1].max() < .115
    assert np.allclose(spread(wanted, np.zeros(120), 60.0, reach=.1, supple=.03), 0)


def test_truth_what_must_be_above_is_above():
    need = np.maximum(np.sin(np.arange(200) / 9), .6) - .6
    course = above(need, 60.0, reach=.1, supple=.1)
    assert (course > need - .02).all() and course.max() < .6
    assert np.allclose(above(need * 0, 60.0, reach=1, supple=1), 0)


def test_truth_a_low_pass_halves_its_cutoff_without_delay_and_lets_parabolas_pass():
    times = np.arange(600) / 60
    wave = np.sin(2 * np.pi * 5 * times)
    made = lowpass(wave, 5.0, 60.0)
    assert abs(np.abs(made[200:400]).max() - .5) < .01 and abs(made[200:400] @ wave[200:400] / 100 - .5) < .01
    assert np.allclose(lowpass(times ** 2 - times, 5.0, 60.0), times ** 2 - times)
    for frames in (1, 2, 3):
        assert np.allclose(lowpass(np.ones((frames, 2)), 5.0, 60.0), 1)


def test_shape_one_frame_is_enough():
    motion, _, _ = walk(body(), seconds=.1)
    one = replace(motion, rotations=motion.rotations[:1], root=motion.root[:1])
    assert held(one, world(one)[1], [0]).rotations.shape == (1, len(NAMES), 4)
