"""A motion on another body is the same motion, with its feet on the ground."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from walker import NAMES, X, Y, at, body, posed, shaken, walk

from marrow.bones.canonical import canonical
from marrow.bones.formats.bvh import read_bvh
from marrow.bones.identify import identify
from marrow.bones.moving.contacts import contacts, soles
from marrow.bones.moving.feet import planted
from marrow.bones.moving.limits import beyond, untwisted
from marrow.bones.moving.touch import touching
from marrow.bones.moving.transfer import transfer
from marrow.bones.report import report
from marrow.bones.retarget import jerk, retarget
from marrow.bones.skeleton import fk, world
from marrow.errors import InputError
from marrow.media import Motion, Skeleton
from marrow.rotations import about, inverse, multiply, rotate

JOINTS = {name: joint for joint, name in enumerate(NAMES)}
MATERIAL = Path(__file__).parents[2].parent / "shared" / "material"
SHORT = {"hips", "spine", "neck", "head", *(side + part for side in ("left", "right") for part in
         ("UpperLeg", "LowerLeg", "Foot", "UpperArm", "LowerArm", "Hand"))}


def pose_of(motion):
    return canonical(motion.skeleton, {name: joint for joint, name in enumerate(motion.skeleton.names)}, motion)


def against(motion):
    """Turns of every joint against the T-pose, by name."""
    pose, turns = pose_of(motion), world(motion)[1]
    return {name: multiply(turns[:, joint], inverse(pose.turns[joint])) for name, joint in pose.joints.items()}


def test_law_the_same_skeleton_gives_the_same_motion():
    motion, _, _ = walk(body(rolls=1))
    assert retarget(motion, motion.skeleton) is motion


@pytest.mark.parametrize("change", [{"legs": 1.6}, {"legs": .5}, {"arms": 1.3, "broad": 1.3}, {"lowered": 1.5},
                                    {"lowered": .8, "rolls": 5}, {"turn": about(X, np.array(-np.pi / 2)), "rolls": 2}])
def test_law_there_and_back_is_where_it_was(change):
    motion, _, _ = walk(body(rolls=1))
    back = retarget(retarget(motion, body(**change).skeleton), motion.skeleton)
    assert np.linalg.norm(fk(back) - fk(motion), axis=-1).mean() < 0.006 * 1.7


@pytest.mark.parametrize("legs", [.5, 1.6])
def test_truth_standing_feet_stand_still_on_the_ground_and_hips_travel_as_far_as_the_legs_carry(legs):
    who, other = body(rolls=1), body(legs=legs, broad=1.2, rolls=3)
    motion, stands, _ = walk(who, ground=0.3)
    made = retarget(shaken(motion, .5, .005), other.skeleton)
    pose = pose_of(made)
    points = soles(*world(made), pose)[:, :, :2]
    gone = np.linalg.norm(np.diff(points[..., [0, 2]], axis=0), axis=-1) * 60
    sure = np.stack([np.convolve(stands[:, foot], np.ones(15), "same") > 14.5 for foot in (0, 1)], axis=1)
    assert gone[sure[1:]].max() < .01
    assert np.abs(points[..., 1] - pose.high[:, :2])[sure].max() < .006 and (points[..., 1] > -.01).all()
    ahead = fk(made)[-1, 0] - fk(made)[0, 0]
    assert ahead[2] == pytest.approx((fk(motion)[-1, 0] - fk(motion)[0, 0])[2] * pose.hip / 0.915, rel=.05)


def test_truth_where_a_leg_is_too_short_the_heel_comes_up_before_the_hips_go_down():
    who = body()
    motion, stands, _ = walk(who, step=0.56)
    pose, played = pose_of(motion), world(motion)
    standing = contacts(*played, pose, 60.0)
    high = replace(motion, root=motion.root + .03 * Y)
    made = planted(high, pose, standing)
    ours = soles(*world(made), pose)
    sure = standing.on[:, 0].all(-1) & stands[:, 0]
    assert np.abs(ours[:, 0, 1, 1] - pose.high[0, 1])[sure].max() < .003
    assert ours[:, 0, 0, 1][sure].max() > .02 and (high.root - made.root)[:, 1].mean() < .01


def test_truth_no_more_jerk_than_the_source_on_longer_limbs():
    motion = shaken(walk(body())[0], .5, .003)
    made = retarget(motion, body(legs=1.6, arms=1.5).skeleton)
    assert jerk(fk(made), pose_of(made), 60).mean() < 1.1 * jerk(fk(motion), pose_of(motion), 60).mean()


def test_truth_every_part_is_turned_as_it_was():
    motion, _, _ = walk(body(rolls=1))
    other = body(legs=1.1, lowered=.7, rolls=7)
    made = transfer(motion, pose_of(motion), other.skeleton, canonical(other.skeleton, JOINTS), world(motion), {})
    theirs, ours = against(motion), against(made)
    for name in ("hips", "chest", "head", "leftUpperArm", "rightLowerArm", "leftUpperLeg", "rightFoot"):
        assert np.allclose(np.abs((theirs[name] * ours[name]).sum(-1)), 1, atol=1e-6), name


def test_truth_a_spine_of_three_is_shared_by_a_spine_of_one_and_back():
    who, few = body(), body(bones=SHORT)
    bend = np.linspace(0, .9, 40)
    moved = {name: about(X, bend * share) for name, share in (("spine", 1 / 3), ("chest", 2 / 3), ("upperChest", 1))}
    moved |= {"neck": about(X, bend), "head": about(X, bend * 1.5)}
    motion = posed(who, moved, np.tile(who.skeleton.offsets[:1], (40, 1)), 30)
    made = retarget(motion, few.skeleton)
    ours = against(made)
    assert np.allclose(np.abs((ours["spine"] * about(X, bend)).sum(-1)), 1, atol=1e-4)
    assert np.allclose(np.abs((ours["head"] * about(X, bend * 1.5)).sum(-1)), 1, atol=1e-4)
    back = against(retarget(made, who.skeleton))
    assert np.allclose(np.abs((back["chest"] * about(X, bend * 2 / 3)).sum(-1)), 1, atol=.01)


def test_truth_twist_joints_share_the_twist_of_their_limb():
    who = body()
    turn = np.linspace(0, 1.2, 30)
    motion = posed(who, {"leftHand": about(X, turn), "leftUpperArm": about(X, turn / 2)},
                   np.tile(who.skeleton.offsets[:1], (30, 1)), 30)
    names = (*NAMES, "fore", "upper")
    parents = np.append(who.skeleton.parents, [at("leftLowerArm"), at("leftUpperArm")]).astype(np.int32)
    skeleton = Skeleton(names, parents,
                        np.concatenate([who.skeleton.offsets, [[.15, 0, 0], [.07, 0, 0]]]),
                        np.tile([1.0, 0, 0, 0], (len(names), 1)))
    twists = {len(NAMES): "leftLowerArm", len(NAMES) + 1: "leftUpperArm"}
    made = transfer(motion, pose_of(motion), skeleton, canonical(skeleton, JOINTS), world(motion), twists)
    turns = world(made)[1]
    assert np.allclose(np.abs((turns[:, -2] * about(X, turn / 2 + .6 * turn / 2)).sum(-1)), 1, atol=1e-6)
    assert np.allclose(np.abs((turns[:, -1] * about(X, turn / 2 * .25)).sum(-1)), 1, atol=1e-6)


def test_truth_hands_that_meet_meet_on_broader_shoulders():
    who, other = body(), body(broad=1.5, arms=.8)
    swing = np.concatenate([np.linspace(0, 1.25, 30), np.full(30, 1.25), np.linspace(1.25, 0, 30)])
    moved = {}
    for side, sign in (("left", -1), ("right", 1)):
        moved[f"{side}UpperArm"] = about(Y, sign * swing)
        moved[f"{side}LowerArm"] = about(Y, sign * swing * 2)  # palms meet, wrists stay a little apart
    motion = posed(who, moved, np.tile(who.skeleton.offsets[:1], (90, 1)), 30)
    gap = {}
    for name, played in (("source", motion), ("plain", transfer(motion, pose_of(motion), other.skeleton, canonical(
            other.skeleton, JOINTS), world(motion), {})), ("made", retarget(motion, other.skeleton))):
        ends = fk(played)[:, [at("leftHand"), at("rightHand")]]
        gap[name] = np.linalg.norm(ends[:, 0] - ends[:, 1], axis=1)[30:60].mean()
    assert abs(gap["made"] - gap["source"]) < .4 * abs(gap["plain"] - gap["source"])
    far = posed(who, {}, np.tile(who.skeleton.offsets[:1], (9, 1)), 30)
    assert np.allclose(touching(far, pose_of(far), pose_of(far), world(far)).rotations, far.rotations)


def test_truth_in_place_it_stays_where_it_begins():
    motion, _, _ = walk(body(), seconds=5.0)
    made = retarget(motion, body(legs=1.2).skeleton, root="place")
    hips = fk(made)[:, 0]
    assert np.ptp(hips[:, 2]) < .1 < 2 < np.ptp(fk(motion)[:, 0, 2]) and np.ptp(hips[:, 1]) < .1


def test_truth_joints_of_the_same_name_keep_their_own_movement():
    who, turn = body(), np.linspace(0, 1, 20)
    names = (*NAMES, "tail")
    skeleton = Skeleton(names, np.append(who.skeleton.parents, 0).astype(np.int32),
                        np.concatenate([who.skeleton.offsets, [[0, 0, -.2]]]), np.tile([1.0, 0, 0, 0], (len(names), 1)))
    turns = np.tile(skeleton.turns, (20, 1, 1))
    turns[:, -1] = about(Y, turn)
    longer = replace(skeleton, offsets=skeleton.offsets * 1.1)
    made = retarget(Motion(skeleton, turns, np.tile(skeleton.offsets[:1], (20, 1)), Fraction(30)), longer)
    assert np.allclose(np.abs((made.rotations[:, -1] * about(Y, turn)).sum(-1)), 1, atol=1e-4)


def test_law_limits_leave_what_is_within_and_move_no_joint():
    who = body()
    still = {name: turn for name, turn in against(walk(who)[0]).items()}
    assert all(np.array_equal(untwisted(still)[name], turn) for name, turn in still.items())
    wrung = {**still, "leftLowerLeg": multiply(still["leftLowerLeg"], about(Y, np.full(180, 2.0)))}
    assert beyond(wrung)[0].max() > 40 and beyond(untwisted(wrung))[0].max() < 1
    line = np.array([0, -1.0, 0])
    assert np.allclose(rotate(wrung["leftLowerLeg"], line), rotate(untwisted(wrung)["leftLowerLeg"], line), atol=1e-9)


def test_shape_one_frame_and_a_root_above_the_hips():
    motion, _, _ = walk(body(), seconds=.1)
    who = body(rolls=4).skeleton
    turn = about(X, np.array(-np.pi / 2))
    above = Skeleton(("root", *who.names), np.append(-1, who.parents + 1).astype(np.int32),
                     np.concatenate([[[0, 0, 0]], who.offsets @ np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0.0]]).T *
                                     (np.arange(len(who.names)) == 0)[:, None] + who.offsets *
                                     (np.arange(len(who.names)) > 0)[:, None]]),
                     np.concatenate([[turn], [multiply(inverse(turn), who.turns[0])], who.turns[1:]]))
    for frames in (1, 2, 4, 6):
        made = retarget(replace(motion, rotations=motion.rotations[:frames], root=motion.root[:frames]), above)
        places = fk(made)
        assert places.shape == (frames, len(above.names), 3) and np.isfinite(places).all()
        assert places[:, 1, 1].min() > .7


def test_refuses_what_is_no_body():
    motion, _, _ = walk(body(), seconds=.2)
    bones = Skeleton(("a", "b"), np.array([-1, 0], np.int32), np.zeros((2, 3)), np.tile([1.0, 0, 0, 0], (2, 1)))
    with pytest.raises(InputError) as caught:
        retarget(motion, bones)
    assert caught.value.key == "retarget.target" and "leftHand" in caught.value.tell("zh")
    sticks = Motion(bones, np.tile([1.0, 0, 0, 0], (5, 2, 1)), np.zeros((5, 3)), Fraction(30))
    with pytest.raises(InputError) as caught:
        retarget(sticks, motion.skeleton)
    assert caught.value.key == "retarget.motion" and caught.value.tell("en")
    with pytest.raises(InputError):
        retarget(replace(motion, root=motion.root * np.nan), body(legs=1.1).skeleton)


def test_truth_the_report_names_the_frame_a_foot_was_pushed_in_and_a_swapped_body():
    motion, stands, _ = walk(body())
    made = retarget(motion, body(legs=1.2).skeleton)
    good = report(motion, made)
    assert [remark.key for remark in good.remarks] == ["retarget.good"] and not good.swapped.any()
    frame = int(np.flatnonzero(stands[:, 0])[12])
    pushed = made.rotations.copy()
    pushed[frame, at("leftUpperLeg")] = multiply(pushed[frame, at("leftUpperLeg")], about(X, np.array(.2)))
    found = {remark.key: remark for remark in report(motion, replace(made, rotations=pushed)).remarks}
    assert abs(found["retarget.skate"].facts["frame"] - 1 - frame) <= 1 and found["retarget.skate"].tell("zh")
    crossed = made.rotations.copy()
    for part in ("UpperArm", "LowerArm", "UpperLeg", "LowerLeg"):
        for here, there, sign in (("left", "right", 1), ("right", "left", 1)):
            crossed[:90, at(here + part)] = made.rotations[:90, at(there + part)] * sign
    arms = report(motion, replace(made, rotations=crossed))
    assert arms.swapped[:90].mean() < .9 or "retarget.swapped" in {remark.key for remark in arms.remarks}
    with pytest.raises(InputError):
        report(motion, replace(made, rotations=made.rotations[:9], root=made.root[:9]))


@pytest.mark.skipif(not MATERIAL.is_dir(), reason="the material is not here")
def test_truth_a_captured_walk_on_a_rig_keeps_its_feet():
    motion = read_bvh(MATERIAL / "motions" / "deep_motion_editing" / "xia_old_13_000.bvh").rigs[0].motions[0]
    made = retarget(motion, body(legs=.8, lowered=.6, rolls=2).skeleton)
    pose = canonical(motion.skeleton, identify(motion.skeleton, motion=motion).joints, motion)
    on = contacts(*world(motion), pose, float(motion.rate)).on
    points = soles(*world(made), pose_of(made))[:, :, :2]
    gone = np.linalg.norm(np.diff(points[..., [0, 2]], axis=0), axis=-1) * float(motion.rate)
    assert on.any() and gone[on[1:] & on[:-1]].max() < .01


def test_law_limbs_that_a_converter_counts_from_their_backs_walk_as_the_others():
    motion, _, _ = walk(body(rolls=1))
    turns = motion.rotations.copy()
    for side in ("left", "right"):
        for part, below in (("UpperLeg", "LowerLeg"), ("LowerLeg", "Foot")):
            line = motion.skeleton.offsets[at(side + below)]
            half = about(line / np.linalg.norm(line), np.array(np.pi - 0.01))
            turns[:, at(side + part)] = multiply(turns[:, at(side + part)], half)
            turns[:, at(side + below)] = multiply(inverse(half), turns[:, at(side + below)])
    wrung = replace(motion, rotations=turns)
    assert np.allclose(fk(wrung), fk(motion))
    other = body(legs=1.1, rolls=3).skeleton
    one, two = world(retarget(motion, other)), world(retarget(wrung, other))
    assert np.linalg.norm(one[0] - two[0], axis=-1).max() < 0.02
    apart = 2 * np.arccos(np.clip(np.abs((one[1] * two[1]).sum(-1)), 0, 1))
    assert np.degrees(apart).max() < 8, np.degrees(apart).max(0).round(1)
