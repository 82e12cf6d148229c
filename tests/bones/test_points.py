"""Points to rotations: what a body was made to do comes back from where its joints were, twists included."""

import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from marrow import rotations
from marrow.bones.formats.bvh import read_motion
from marrow.bones.points.marks import ABOVE, HINGE
from marrow.bones.points.solve import flat_pose, pose_from_points
from marrow.bones.points.twist import angle_about, unit
from marrow.bones.skeleton import checked, fk, world
from marrow.bones.turning import between
from marrow.errors import InputError
from marrow.media import Motion, Skeleton

MATERIAL = Path(__file__).parents[2].parent / "shared" / "material" / "motions"
RATE = Fraction(30)
ROUND = np.linspace(0, 2 * np.pi, 90)
REST = {"hips": (0, 0.9, 0), "spine": (0, 0.1, 0), "chest": (0, 0.2, 0), "neck": (0, 0.25, 0), "head": (0, 0.1, 0),
        "nose": (0, -0.03, 0.11), "leftEar": (0.08, 0, 0), "leftUpperArm": (0.18, 0.2, 0),
        "leftLowerArm": (0.28, 0, 0), "leftHand": (0.26, 0, 0), "leftIndexProximal": (0.09, 0, 0.03),
        "leftLittleProximal": (0.08, 0, -0.03), "leftUpperLeg": (0.1, -0.05, 0), "leftLowerLeg": (0, -0.42, 0),
        "leftFoot": (0, -0.4, 0), "leftToes": (0, -0.06, 0.13)}
REST |= {name.replace("left", "right"): (-x, y, z) for name, (x, y, z) in REST.items() if name.startswith("left")}
NAMES = tuple(name for name in ABOVE if name in REST)


def dancer(**turns):
    """A human in his T-pose, but for the joints that are turned: name -> (frames, 4), local."""
    parents = []
    for name in NAMES:
        above = ABOVE[name]
        while above and above not in NAMES:
            above = ABOVE[above]
        parents.append(NAMES.index(above) if above else -1)
    skeleton = Skeleton(NAMES, np.array(parents, np.int32), np.array([REST[name] for name in NAMES], float),
                        np.tile((1.0, 0, 0, 0), (len(NAMES), 1)))
    local = np.tile((1.0, 0, 0, 0), (len(ROUND), len(NAMES), 1))
    for name, turn in turns.items():
        local[:, NAMES.index(name)] = turn
    path = np.stack([np.sin(ROUND), 0.9 + 0 * ROUND, ROUND / 6], axis=1)
    return Motion(skeleton, local, path, RATE)


def about(axis, angles):
    return rotations.about(unit(np.array(axis, float)), np.broadcast_to(angles, ROUND.shape))


def dance():
    """Turning on the spot with the arms swinging and twisting, elbows and knees always bent."""
    turns = {"hips": about((0, 1, 0), ROUND), "spine": about((0, 0, 1), 0.2 * np.sin(ROUND)),
             "head": about((0.1, 1, 0), 0.5 * np.sin(2 * ROUND))}
    for side, out in (("left", 1), ("right", -1)):
        lift = rotations.multiply(about((0, 0, 1), -out * (0.7 + 0.6 * np.sin(ROUND))),
                                  about((1, 0, 0), 0.8 * np.sin(2 * ROUND)))
        turns |= {f"{side}UpperArm": lift, f"{side}LowerArm": about((0, -out, 0), 1 + 0.5 * np.cos(ROUND)),
                  f"{side}Hand": about((1, 0.5, 0), out * np.sin(3 * ROUND)),
                  f"{side}UpperLeg": rotations.multiply(about((1, 0, 0), -0.5 + out * 0.4 * np.sin(ROUND)),
                                                        about((0, 1, 0), 0.3 * np.sin(ROUND))),
                  f"{side}LowerLeg": about((1, 0, 0), 0.9 + 0.4 * np.sin(ROUND))}
    return dancer(**turns)


def solved(motion, names=NAMES, **more):
    places = fk(motion)[:, [motion.skeleton.names.index(name) for name in names]]
    return pose_from_points(places, names, motion.rate, **more)


def apart(motion, truth, name):
    """Degrees between the world turns of a joint in two motions: (frames,)."""
    first, second = (world(each)[1][:, each.skeleton.names.index(name)] for each in (motion, truth))
    return np.degrees(2 * np.arccos(np.clip(np.abs((first * second).sum(1)), 0, 1)))


def test_truth_a_dance_comes_back_from_its_points():
    truth = dance()
    made = solved(truth)
    assert set(made.given) == set(NAMES) and not made.unseen.any()
    assert made.miss.max() < 1e-3
    for name in ("hips", "chest", "head", "leftUpperArm", "rightUpperArm", "leftLowerArm", "rightLowerArm", "leftHand",
                 "rightHand", "leftUpperLeg", "rightUpperLeg", "leftLowerLeg", "rightLowerLeg"):
        assert apart(made.motion, truth, name).max() < 4, name


def test_truth_the_rest_pose_is_a_t_pose_facing_z_on_the_ground():
    skeleton = solved(dance()).motion.skeleton
    places = fk(Motion(skeleton, skeleton.turns[None], skeleton.offsets[None, 0], RATE))[0]
    where = dict(zip(skeleton.names, places, strict=True))
    assert (skeleton.turns == (1, 0, 0, 0)).all() and places[:, 1].min() == pytest.approx(0)
    assert np.allclose(where["leftHand"] - where["leftUpperArm"], (0.54, 0, 0), atol=1e-6)
    assert np.allclose(where["rightFoot"] - where["rightUpperLeg"], (0, -0.82, 0), atol=1e-6)
    assert where["leftToes"][2] > where["leftFoot"][2] + 0.1 and where["leftUpperLeg"][0] > 0.09


def test_truth_a_straight_arm_keeps_the_twist_it_had_and_never_jumps():
    bend = np.where(np.abs(ROUND - np.pi) < 0.8, 0.0, 1.0)
    twist = rotations.multiply(about((0, 0, 1), -0.9), about((1, 0, 0), 0.7))
    truth = dancer(leftUpperArm=twist, leftLowerArm=about((0, -1, 0), bend), rightLowerArm=about((0, 1, 0), 0.8))
    names = [name for name in NAMES if "Proximal" not in name]
    made = solved(truth, names).motion
    assert apart(made, truth, "leftUpperArm").max() < 10
    alone = solved(dancer(leftUpperArm=about((0, 0, 1), np.pi * np.sin(ROUND))), names).motion
    steps = 1 - np.abs((alone.rotations[1:] * alone.rotations[:-1]).sum(-1))
    assert steps.max() < 0.02


def test_truth_an_overstretched_elbow_does_not_turn_the_arm_over():
    truth = dancer(leftLowerArm=about((0, -1, 0), 0.12 * np.sin(2 * ROUND) + 0.1),
                   rightLowerArm=about((0, 1, 0), 0.1 * np.sin(2 * ROUND)))
    made = solved(truth).motion
    assert max(apart(made, truth, f"{side}UpperArm").max() for side in ("left", "right")) < 20


def test_truth_an_elbow_overstretched_for_a_moment_stays_the_same_elbow():
    bend = np.where(np.abs(ROUND - np.pi) < 0.6, -0.25, 0.7)
    truth = dancer(leftLowerArm=about((0, -1, 0), bend), rightLowerArm=about((0, 1, 0), bend))
    made = solved(truth, [name for name in NAMES if "Proximal" not in name]).motion
    assert max(apart(made, truth, f"{side}UpperArm").max() for side in ("left", "right")) < 10


def test_truth_a_straight_arm_that_circles_is_turned_the_shortest_way():
    aims = np.stack([0.5 + 0 * ROUND, np.sqrt(0.75) * np.cos(ROUND), np.sqrt(0.75) * np.sin(ROUND)], axis=1)
    truth = dancer(leftUpperArm=between(np.tile((1.0, 0, 0), (len(ROUND), 1)), aims))
    made = solved(truth, [name for name in NAMES if "Proximal" not in name]).motion
    assert apart(made, truth, "leftUpperArm").max() < 45


def test_truth_a_shin_follows_its_foot_a_little():
    truth = dancer(leftLowerLeg=about((1, 0, 0), 0.8), leftFoot=about((0, 1, 0), 0.7))
    made = solved(truth).motion
    local = made.rotations[:, made.skeleton.names.index("leftLowerLeg")]
    twist = 2 * np.arctan2(local[:, 2], local[:, 0])
    assert (twist > 0.05).all() and (twist < 0.35).all()


def test_truth_a_twisted_trunk_twists_evenly():
    heights = {"hips": 0.9, "spine": 1.0, "chest": 1.15, "upperChest": 1.3, "neck": 1.5, "head": 1.6}
    points = {name: (0, height, 0) for name, height in heights.items()}
    points |= {"leftUpperLeg": (0.1, 0.85, 0), "rightUpperLeg": (-0.1, 0.85, 0)}
    points |= {f"{side}UpperArm": (out * 0.2 * np.cos(0.9), 1.45, -out * 0.2 * np.sin(0.9))
               for side, out in (("left", 1), ("right", -1))}
    made = pose_from_points(np.array(list(points.values()))[None], list(points), RATE).motion
    turns = world(made)[1][0]
    yaw = [2 * np.arctan2(*turns[made.skeleton.names.index(name), [2, 0]]) for name in
           ("hips", "spine", "chest", "upperChest")]
    assert np.allclose(np.mod(yaw, 2 * np.pi), (0, 0.3, 0.6, 0.9), atol=1e-6)


def test_law_a_turned_and_shifted_body_gives_the_same_local_turns():
    truth, turn = dance(), rotations.about(np.array([0, 1.0, 0]), np.array(2.0))
    places = fk(truth)
    one = pose_from_points(places, NAMES, RATE).motion
    other = pose_from_points(rotations.rotate(turn, places) + np.array((3, 0, -2)), NAMES, RATE).motion
    assert np.allclose(np.abs((one.rotations[:, 1:] * other.rotations[:, 1:]).sum(-1)), 1, atol=1e-6)
    assert np.allclose(other.root, rotations.rotate(turn, one.root) + np.array((3, 0, -2)))


def test_law_equal_points_give_equal_bytes():
    assert solved(dance()).motion.rotations.tobytes() == solved(dance()).motion.rotations.tobytes()


def test_truth_gaps_are_filled_and_told():
    truth, sure = dance(), np.ones((len(ROUND), len(NAMES)))
    places, hand = fk(truth), NAMES.index("leftHand")
    places[20:26, hand], sure[40:44, hand] = np.nan, 0.1
    made = pose_from_points(places, NAMES, RATE, sure=sure)
    assert made.unseen.sum() == 10 and made.unseen[:, made.given.index("leftHand")].sum() == 10
    found = fk(checked(made.motion))[:, made.motion.skeleton.names.index("leftHand")]
    assert np.linalg.norm(found - fk(truth)[:, hand], axis=1).max() < 0.02


def test_truth_what_was_never_seen_is_left_out_and_middle_joints_are_put_in():
    places = fk(dance())
    places[:, [number for number, name in enumerate(NAMES) if name.startswith("rightLowerArm")]] = np.nan
    kept = [number for number, name in enumerate(NAMES) if name not in ("hips", "spine", "chest", "neck", "head")]
    made = pose_from_points(places[:, kept], [NAMES[number] for number in kept], RATE)
    names = made.motion.skeleton.names
    assert made.lost == ("rightLowerArm",) and "rightLowerArm" not in names
    assert {"hips", "spine", "chest", "neck", "head"} <= set(names) and "hips" not in made.given
    assert names[made.motion.skeleton.parents[names.index("rightHand")]] == "rightUpperArm"


def test_truth_half_a_body_stands_on_what_is_seen():
    upper = [name for name in NAMES if "Leg" not in name and "Foot" not in name and "Toes" not in name
             and name not in ("hips", "spine", "chest")]
    made = solved(dance(), upper)
    assert made.motion.skeleton.names[0] == "neck" and made.miss.max() < 0.03


def test_truth_any_tree_of_points_comes_back():
    arm = rotations.about(np.array([0, 0, 1.0]), ROUND)
    elbow = np.stack([np.cos(ROUND), np.sin(ROUND), 0 * ROUND], axis=1)
    places = np.stack([0 * elbow, elbow, elbow + rotations.rotate(arm, np.array([0, 0.5, 0]))], axis=1)
    made = pose_from_points(places, ["seg0", "seg1", "seg2"], RATE, parents=[-1, 0, 1])
    assert made.miss.max() < 1e-6 and made.motion.skeleton.names == ("seg0", "seg1", "seg2")


def test_truth_a_flat_pose_stands_where_it_was_seen():
    places = fk(dance())
    made = flat_pose(places, NAMES, RATE)
    shown = fk(made.motion)[:, [made.motion.skeleton.names.index(name) for name in NAMES]]
    assert np.allclose(shown, places * (1, 1, 0), atol=1e-9)
    assert np.allclose(made.motion.rotations[..., 1:3], 0)
    turns, at = world(made.motion)[1], made.motion.skeleton.names.index
    for start, end in (("leftUpperArm", "leftLowerArm"), ("rightLowerLeg", "rightFoot"), ("neck", "head")):
        seen = shown[:, NAMES.index(end)] - shown[:, NAMES.index(start)]
        ahead = rotations.rotate(turns[:, at(start)], made.motion.skeleton.offsets[at(end)])
        assert np.allclose(unit(ahead), unit(seen), atol=1e-6)


def test_truth_one_frame_is_a_pose():
    motion = dance()
    made = pose_from_points(fk(motion)[:1], NAMES, RATE)
    assert len(made.motion.rotations) == 1 and made.miss.max() < 0.02


@pytest.mark.skipif(not MATERIAL.exists(), reason="the material is not on this machine")
@pytest.mark.parametrize("name", ["animated_drawings/cmu1_jumping_jacks", "animated_drawings/rokoko_jesse_dance"])
def test_truth_real_motions_come_back_with_their_twist(name):
    motion = read_motion(MATERIAL / f"{name}.bvh")
    places, turns = world(motion)
    index = {ours: number for number, theirs in enumerate(motion.skeleton.names) if (ours := human(theirs))}
    made = pose_from_points(places[:, list(index.values())], list(index), motion.rate)
    assert made.miss.mean() < 0.002
    found = world(made.motion)[1]
    for side in ("left", "right"):
        for upper, lower, end in (("UpperArm", "LowerArm", "Hand"), ("UpperLeg", "LowerLeg", "Foot")):
            bone = unit(places[:, index[side + end]] - places[:, index[side + lower]])
            local = rotations.multiply(rotations.inverse(turns[:, index[side + upper]]), turns[:, index[side + lower]])
            bend = local[:, 1:] * np.where(local[:, :1] < 0, -1, 1)
            axis = unit((bend * np.linalg.norm(bend, axis=1, keepdims=True) ** 3).sum(0))
            true = rotations.rotate(turns[:, index[side + lower]], axis)
            ours = rotations.rotate(found[:, made.motion.skeleton.names.index(side + lower)],
                                    np.array(HINGE[side + upper]))
            assert np.median(np.abs(angle_about(bone, ours, true))) < np.radians(5), side + lower


def human(name):
    """Our word for a joint of the two files, or None."""
    if name in ("Hips", "Head", "Neck"):
        return name.lower()
    side = re.match("(Left|Right)(.*)", name)
    ours = {"Hip": "UpperLeg", "Knee": "LowerLeg", "Ankle": "Foot", "Toe": "Toes", "Elbow": "LowerArm", "Wrist": "Hand",
            "UpLeg": "UpperLeg", "Leg": "LowerLeg", "Foot": "Foot", "Arm": "UpperArm", "ForeArm": "LowerArm",
            "Hand": "Hand", "Collar": "Shoulder", "Shoulder": "UpperArm"}
    return side[1].lower() + ours[side[2]] if side and side[2] in ours else None


@pytest.mark.parametrize("change", [{"names": NAMES[:-1]}, {"names": (*NAMES[:-1], "tail")}, {"parents": [0]},
                                    {"names": (*NAMES[:-1], NAMES[0])}, {"sure": np.ones(3)}, {"places": np.ones(3)}])
def test_refuses_what_does_not_fit(change):
    given = {"places": fk(dance()), "names": NAMES, "rate": RATE, **change}
    with pytest.raises(InputError) as refused:
        pose_from_points(given.pop("places"), given.pop("names"), given.pop("rate"), **given)
    assert refused.value.key == "points.form"


def test_refuses_a_body_that_nobody_saw():
    with pytest.raises(InputError) as refused:
        pose_from_points(np.full((4, len(NAMES), 3), np.nan), NAMES, RATE)
    assert refused.value.key == "points.few"
