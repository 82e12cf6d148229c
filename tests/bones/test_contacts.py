"""Feet stand when and where a made walk says they do."""

from dataclasses import replace

import numpy as np
import pytest
from walker import NAMES, X, body, posed, shaken, walk

from marrow.bones.canonical import canonical
from marrow.bones.moving.contacts import contacts, likeliest, runs, speed
from marrow.bones.skeleton import world
from marrow.rotations import about

JOINTS = {name: joint for joint, name in enumerate(NAMES)}


def found(motion):
    return contacts(*world(motion), canonical(motion.skeleton, JOINTS, motion), float(motion.rate))


def scaled(motion, by):
    skeleton = replace(motion.skeleton, offsets=motion.skeleton.offsets * by)
    return replace(motion, skeleton=skeleton, root=motion.root * by)


def off(on, truth, rate):
    """The longest stretch, in seconds, in which a foot is not what it should be."""
    wrong = on.any(-1) != truth
    return max(((last - first) / rate for foot in (0, 1) for first, last in runs(wrong[:, foot])), default=0)


@pytest.mark.parametrize(("rate", "size", "ground"), [(30, 1, 0), (120, 1, 0.7), (60, .01, -.003), (24, 20, 0)])
def test_truth_a_made_walk_at_any_rate_size_and_ground(rate, size, ground):
    motion, stands, _ = walk(body(), rate=rate, ground=ground / size)
    made = found(scaled(motion, size))
    assert off(made.on, stands, rate) < 0.1
    assert np.allclose(made.ground, ground, atol=.005 * size)
    assert len(runs(made.on[:, 0, 0])) == len(runs(stands[:, 0]))


def test_truth_noise_does_not_make_contacts_flicker():
    motion, stands, _ = walk(body(), rate=60)
    made = found(shaken(motion, .3, .002))
    assert [len(runs(made.on[:, foot].any(-1))) for foot in (0, 1)] == [len(runs(stands[:, foot])) for foot in (0, 1)]


def test_truth_stairs_are_ground_step_by_step():
    motion, stands, floors = walk(body(legs=1.1), rate=60, rise=.12, step=.35)
    made = found(motion)
    both = stands & made.on.any(-1)
    assert both.sum() > .8 * stands.sum()
    assert np.abs((made.ground - floors)[both]).max() < .015


def test_truth_a_foot_held_in_the_air_is_no_step():
    who = body()
    raised = {"leftUpperLeg": about(X, np.full(90, -1.4)), "leftLowerLeg": np.tile([1.0, 0, 0, 0], (90, 1))}
    still = posed(who, raised, np.tile(who.skeleton.offsets[:1], (90, 1)), 60)
    made = found(still)
    assert made.on.any(-1).all(0).tolist() == [False, True] and np.ptp(made.ground) < .02


def test_law_the_likeliest_course_is_that_of_all_courses():
    rng = np.random.default_rng(0)
    evidence = rng.normal(size=10)
    courses = (np.arange(1024)[:, None] >> np.arange(10)) & 1
    worth = courses @ evidence - 1.3 * np.abs(np.diff(courses, axis=1)).sum(1)
    assert np.array_equal(likeliest(evidence, 1.3), courses[worth.argmax()].astype(bool))


def test_truth_speed_of_an_even_way():
    path = np.arange(30)[:, None] * np.array([0.03, 0.04, 0])
    assert np.allclose(speed(path, 60.0), 3.0)
    assert np.allclose(speed(path[:1], 60.0), 0)
