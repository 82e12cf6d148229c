"""Damage put into a motion comes out of it, and what was not damaged stays."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from walker import X, Z, at, body, shaken, walk

from marrow.bones.clean import clean, denoised, smoothed
from marrow.bones.formats.bvh import read_bvh
from marrow.bones.mend import filled, gaps, outliers, unflipped
from marrow.bones.moving.smooth import lowpass
from marrow.bones.skeleton import fk
from marrow.bones.turning import apart, exp
from marrow.errors import InputError
from marrow.media import Motion, Skeleton
from marrow.rotations import about, multiply

MATERIAL = Path(__file__).parents[2].parent / "shared" / "material"
TALL = 1.7


def off(motion, truth):
    """Mean distance of the joints in centimetres."""
    return 100 * np.linalg.norm(fk(motion) - fk(truth), axis=-1).mean()


def keys(remarks):
    return {remark.key for remark in remarks}


def swaying(frames=240, rate=60, joints=5, seed=0):
    """A chain that is no human body, moving smoothly."""
    rng = np.random.default_rng(seed)
    times = np.arange(frames)[:, None, None] / rate
    shape = (1, joints, 3)
    waves = sum(rng.normal(0, .25, shape) * np.sin(2 * np.pi * pace * times + rng.uniform(0, 6, shape))
                for pace in (.4, .9, 1.7))
    skeleton = Skeleton(tuple(f"bone_{joint}" for joint in range(joints)), np.arange(-1, joints - 1, dtype=np.int32),
                        np.tile([0, .3, 0.0], (joints, 1)), np.tile([1.0, 0, 0, 0], (joints, 1)))
    return Motion(skeleton, exp(waves), 0.3 * waves[:, 0], Fraction(rate))


def test_law_what_is_clean_stays():
    motion = swaying()
    for mend in (filled, lambda each: filled(each, outliers(each, TALL))):
        assert mend(motion) is motion
    assert apart(unflipped(motion).rotations, motion.rotations).max() < 1e-7
    made, told = clean(motion)
    assert off(made, motion) < .05 and keys(told) == {"clean.good"}
    walking, _, _ = walk(body(rolls=1))
    assert off(clean(walking)[0], walking) < .2


def test_truth_gaps_are_bridged_as_the_movement_goes():
    motion = swaying()
    turns, root = motion.rotations.copy(), motion.root.copy()
    turns[40:45, 2], turns[100:106] = np.nan, 0
    root[70:75] = np.nan
    bad = replace(motion, rotations=turns, root=root)
    assert gaps(bad).sum() == 5 + 6 * 5 + 5
    made = filled(bad)
    assert np.linalg.norm(fk(made) - fk(motion), axis=-1).max() < .004
    turns[:, 4] = np.nan
    assert np.allclose(filled(replace(bad, rotations=turns)).rotations[:, 4], motion.skeleton.turns[4])


def test_truth_frozen_frames_are_gaps_and_poses_that_are_held_are_not():
    motion = swaying()
    turns, root = motion.rotations.copy(), motion.root.copy()
    turns[50:56], root[50:56] = turns[49], root[49]
    found = gaps(replace(motion, rotations=turns, root=root))
    assert found[50:56].all() and found.sum() == found[50:56].size
    still = np.concatenate([np.arange(100), np.full(40, 100), np.arange(100, 240)])
    held = np.concatenate([motion.rotations[:100], motion.rotations[still[100:]]])
    slow = replace(motion, rotations=held, root=motion.root[still])
    assert not gaps(slow).any()


def test_truth_signs_and_half_turns_come_back():
    motion, rng = swaying(), np.random.default_rng(1)
    signs = np.where(rng.random((240, 5, 1)) < .5, -1.0, 1.0)
    made = unflipped(replace(motion, rotations=motion.rotations * signs)).rotations
    assert (made[1:] * made[:-1]).sum(-1).min() > .9 and apart(made, motion.rotations).max() < 1e-6
    turns = motion.rotations.copy()
    turns[30:40, 1] = multiply(turns[30:40, 1], about(X, np.array(np.pi)))
    turns[200:, 3] = multiply(turns[200:, 3], about(Z, np.array(np.pi)))
    assert apart(unflipped(replace(motion, rotations=turns)).rotations, motion.rotations).max() < 1e-6
    spin = replace(motion, rotations=motion.rotations.copy())
    spin.rotations[:, 4] = about(X, np.linspace(0, 240 * 1.9, 240))
    assert apart(unflipped(spin).rotations, spin.rotations).max() < 1e-6


@pytest.mark.parametrize("rate", [30, 60, 120])
def test_truth_spikes_are_found_where_they_are_and_nowhere_else(rate):
    motion, rng = swaying(frames=4 * rate, rate=rate), np.random.default_rng(2)
    turns, root, where = motion.rotations.copy(), motion.root.copy(), np.zeros((4 * rate, 6), bool)
    for frame in range(8, 4 * rate - 8, 11):
        where[frame, joint := rng.integers(6)] = True
        if joint:
            turns[frame, joint - 1] = multiply(turns[frame, joint - 1], about(X, np.array(rng.choice([-1, 1]) * .7)))
        else:
            root[frame] += .3
    bad = replace(motion, rotations=turns, root=root)
    assert np.array_equal(outliers(bad, TALL), where)
    assert off(filled(bad, outliers(bad, TALL)), motion) < .05 * off(bad, motion)


def test_truth_noise_goes_from_what_is_slow_and_leaves_what_is_quick():
    motion = swaying(frames=360)
    bad = shaken(motion, 2, .01)
    made, told = clean(bad)
    assert off(made, motion) < .36 * off(bad, motion) and "clean.noise" in keys(told)
    ways = np.arange(2, 15, .5)
    best = min(off(replace(motion, rotations=lowpass(bad.rotations, way, 60), root=lowpass(bad.root, way, 60)), motion)
               for way in ways)
    assert off(denoised(bad), motion) < 1.08 * best


def test_truth_strengths_differ_from_course_to_course_and_from_moment_to_moment():
    times = np.arange(600) / 60
    quick, slow = np.sin(2 * np.pi * 5 * times) * (times > 5), np.sin(2 * np.pi * .5 * times)
    truth = np.stack([np.stack([quick] * 3, 1), np.stack([slow] * 3, 1)], axis=1)
    noise = np.random.default_rng(3).normal(0, .1, truth.shape)
    left = np.sqrt(((smoothed(truth + noise, 60.0) - truth) ** 2).mean(-1))
    assert left[60:270, 0].mean() < .06 and left[330:-20, 0].mean() < .09 and left[:, 1].mean() < .035
    assert np.allclose(smoothed(truth * 0, 60.0), 0)


def test_truth_feet_that_skate_stand_again_and_captured_feet_are_let_be():
    motion, stands, _ = walk(body(rolls=1), seconds=4.0)
    bad = replace(motion, root=motion.root + .5 * np.arange(240)[:, None] / 60 * Z)
    made, told = clean(bad)
    assert "clean.feet" in keys(told) and off(made, bad) < 12
    toes = fk(made)[:, at("leftToes")]
    sure = np.convolve(stands[:, 0], np.ones(21), "same") > 20.5
    assert np.linalg.norm(np.diff(toes, axis=0), axis=1)[sure[1:]].max() < .002
    assert off(clean(bad, feet="keep")[0], bad) < .2
    assert "clean.feet" not in keys(clean(motion)[1]) and "clean.feet" in keys(clean(motion, feet="plant")[1])


def test_law_everything_at_once_comes_out_and_twice_is_the_same():
    motion, _, _ = walk(body(rolls=2), seconds=4.0)
    bad = shaken(motion, 1, .004)
    bad.rotations[50:55, at("leftLowerArm")] = np.nan
    bad.rotations[100, at("head")] = multiply(bad.rotations[100, at("head")], about(X, np.array(1.0)))
    bad.rotations[120:130] *= -1
    made, told = clean(bad)
    assert {"clean.gaps", "clean.spikes", "clean.noise"} <= keys(told) and off(made, motion) < .6
    assert np.array_equal(made.rotations, clean(bad)[0].rotations)
    assert all(remark.tell("zh") and remark.tell("en") for remark in told)


@pytest.mark.parametrize("frames", [1, 2, 3, 5, 10])
def test_shape_few_frames(frames):
    motion = swaying(frames=frames)
    made, told = clean(motion)
    assert made.rotations.shape == (frames, 5, 4) and np.isfinite(fk(made)).all() and told


def test_refuses_what_cannot_be_played():
    motion = swaying()
    with pytest.raises(InputError):
        clean(replace(motion, rotations=motion.rotations[:0], root=motion.root[:0]))
    with pytest.raises(InputError):
        clean(replace(motion, root=motion.root[:9]))


@pytest.mark.skipif(not MATERIAL.is_dir(), reason="the material is not here")
def test_truth_captured_motions_move_by_less_than_two_millimetres():
    for name in ("deep_motion_editing/xia_old_13_000", "animated_drawings/cmu1_jumping_jacks"):
        motion = read_bvh(MATERIAL / "motions" / f"{name}.bvh").rigs[0].motions[0]
        places = fk(motion)
        tall = np.ptp(places[0, :, 1])
        assert np.linalg.norm(fk(clean(motion)[0]) - places, axis=-1).mean() < .002 / 1.75 * tall * 1.1
