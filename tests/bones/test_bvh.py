"""BVH: turns, places, rates and units as the format means them; what is written comes back; a broken line is named."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marrow import forms
from marrow.bones.formats.bvh import read_bvh, write_bvh
from marrow.bones.skeleton import fk
from marrow.errors import InputError, LimitError
from marrow.forms.gltf import read_gltf
from marrow.media import Mesh, Motion, Rig, Skeleton
from marrow.rotations import about, multiply, normalised

MATERIAL = Path(__file__).parents[2].parent / "shared" / "material" / "motions"
ARM = """HIERARCHY
ROOT Hips
{
  OFFSET 1 90 2
  CHANNELS 6 Yposition Xposition Zposition Zrotation Xrotation Yrotation
  JOINT Left Arm {
    OFFSET 0 50 0
    CHANNELS 3 Xrotation Zrotation Yrotation
    End Site
    {
      OFFSET 30 0 0
    }
  }
  JOINT Leg
  {
    OFFSET 10 0 0
    CHANNELS 6 Xposition Yposition Zposition Yrotation Xrotation Zrotation
    End Site
    {
      OFFSET 0 0 0
    }
  }
}
MOTION
Frames: 2
Frame Time: 0.0416667
95 10 20  0 0 90   0 90 0   10 -80 0 0 0 0
96 11 21  0 0 0    90 0 0   10 -80 0 0 0 0
"""


def read(tmp_path, content):
    path = tmp_path / "a.bvh"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return forms.read("motion", path)


def contents(tmp_path, text):
    path = tmp_path / "c.bvh"
    path.write_bytes(text.encode())
    return read_bvh(path)


def again(motion, path):
    losses = write_bvh(Rig(motion.skeleton, motions=(motion,)), path)
    return read_bvh(path).rigs[0].motions[0], losses


def test_truth_names_places_and_rate(tmp_path):
    motion = read(tmp_path, ARM)
    assert motion.skeleton.names == ("Hips", "Left Arm", "Left Arm_end", "Leg")
    assert motion.skeleton.parents.tolist() == [-1, 0, 1, 0] and motion.rate == 24
    assert motion.root == pytest.approx(np.array([[0.1, 0.95, 0.2], [0.11, 0.96, 0.21]]))  # the file says Y first
    offsets = motion.skeleton.offsets
    assert offsets == pytest.approx(np.array([[0.01, 0.9, 0.02], [0, 0.5, 0], [0.3, 0, 0], [0.1, 0, 0]]))
    assert motion.moves == {3: pytest.approx(np.array([[0.1, -0.8, 0]] * 2))}


def test_truth_turns_are_chained_in_the_files_order(tmp_path):
    world = fk(read(tmp_path, ARM))
    # frame 0: hips a quarter turn about Y, then the arm a quarter turn about its Z: +X of the hand points up
    assert world[0, 2] - world[0, 1] == pytest.approx([0, 0.3, 0], abs=1e-7)
    assert world[0, 3] - world[0, 0] == pytest.approx([0, -0.8, -0.1], abs=1e-7)
    # arm: a quarter turn about X, then one about the Z so turned
    both = ARM.replace("0 90 0   10", "90 90 0   10").replace("0 0 90   ", "0 0 0   ")
    world = fk(read(tmp_path, both))
    assert world[0, 2] - world[0, 1] == pytest.approx([0, 0, 0.3], abs=1e-7)


@pytest.mark.parametrize("change", [
    lambda text: text.encode("utf-8-sig"), lambda text: text.replace("\n", "\r\n").encode(),
    lambda text: text.replace("\n", "\r").encode(), lambda text: text.encode("utf-16"),
    lambda text: text.replace("Hips", "髋").encode("gb18030"), lambda text: text.replace("ROOT", "root").encode(),
    lambda text: text.replace("Frame Time:", "Frame Time :").encode(), lambda text: (text + "\n\n  \n").encode()])
def test_law_the_dress_of_the_file_changes_nothing(tmp_path, change):
    motion, plain = read(tmp_path, change(ARM)), read(tmp_path, ARM)
    assert motion.skeleton.names[1:] == plain.skeleton.names[1:] and motion.skeleton.names[0] in ("Hips", "髋")
    assert np.array_equal(motion.rotations, plain.rotations) and np.array_equal(motion.root, plain.root)


def test_truth_a_small_skeleton_is_in_metres(tmp_path):
    small = ARM.replace("OFFSET 0 50 0", "OFFSET 0 0.5 0").replace("OFFSET 30", "OFFSET 0.3") \
        .replace("10 -80 0", "0.1 -0.8 0").replace("OFFSET 1 90 2", "OFFSET 0 0 0")
    assert read(tmp_path, small).skeleton.offsets[1].tolist() == [0, 0.5, 0]


def test_truth_positions_below_the_root_are_moves(tmp_path):
    still = ARM.replace("10 -80 0 0", "10 0 0 0")
    assert not read(tmp_path, still).moves        # the leg stays at its offset
    motion = read(tmp_path, ARM.replace("90 0 0   10 -80 0", "90 0 0   10 -60 5"))
    assert motion.moves[3] == pytest.approx(np.array([[0.1, -0.8, 0], [0.1, -0.6, 0.05]]))
    assert motion.skeleton.offsets[3] == pytest.approx([0.1, 0, 0])
    assert fk(motion)[1, 3] - fk(motion)[1, 0] == pytest.approx([0.1, -0.6, 0.05])


def test_truth_an_axis_without_a_position_channel_keeps_the_offset(tmp_path):
    text = ARM.replace("CHANNELS 6 Xposition Yposition Zposition Yrotation", "CHANNELS 4 Yposition Yrotation") \
        .replace("10 -80 0 0 0 0\n", "-70 0 0 0\n")
    assert read(tmp_path, text).moves[3] == pytest.approx(np.array([[0.1, -0.7, 0]] * 2))


def test_truth_a_joint_may_turn_more_often_than_there_are_axes(tmp_path):
    text = ARM.replace("CHANNELS 3 Xrotation Zrotation Yrotation", "CHANNELS 4 Zrotation Xrotation Zrotation Yrotation")
    text = text.replace("0 90 0   10", "10 20 30 40   10").replace("90 0 0   10", "0 0 0 0   10")
    made = np.array([1.0, 0, 0, 0])
    for axis, degrees in ((2, 10), (0, 20), (2, 30), (1, 40)):
        made = multiply(made, about(np.eye(3)[axis], np.radians(degrees)))
    assert read(tmp_path, text).rotations[0, 1] == pytest.approx(made)


TWO = ARM[:ARM.index("MOTION")] + ARM[ARM.index("ROOT"):ARM.index("MOTION")] + """MOTION
Frame Time:\t,04166667
Frames:\t1
""" + "\t".join(["95 10 20  0 0 90   0 90 0   10 -80 0 0 0 0", "195 110 20  0 0 0   0 0 0   10 -80 0 0 0 0\n"])


def test_truth_several_roots_hang_from_one(tmp_path):
    motion = read(tmp_path, TWO)
    assert motion.skeleton.names == ("root", "Hips", "Left Arm", "Left Arm_end", "Leg",
                                     "Hips_2", "Left Arm_2", "Left Arm_2_end", "Leg_2")
    assert motion.skeleton.parents.tolist() == [-1, 0, 1, 2, 1, 0, 5, 6, 5]
    assert motion.rate == 24 and not motion.root.any()
    assert fk(motion)[0, [1, 5]] == pytest.approx(np.array([[0.1, 0.95, 0.2], [1.1, 1.95, 0.2]]))


@pytest.mark.parametrize(("name", "encoding"), [
    ("左腕", "cp932"), ("センター", "cp932"), ("左腕捩ＩＫ", "cp932"), ("髋", "gb18030"), ("左臂", "gb18030"),
    ("右手腕_01", "gb18030"), ("Hüfte", "cp1252"), ("左腕", "utf-8"), ("右ひざ", "utf-16"), ("Hüfte", "utf-16-le")])
def test_law_names_come_through_in_every_encoding(tmp_path, name, encoding):
    assert read(tmp_path, ARM.replace("Hips", name).encode(encoding)).skeleton.names[0] == name


def test_law_more_frames_than_stated_are_read_and_told(tmp_path):
    held = contents(tmp_path, ARM.replace("Frames: 2", "Frames: 1"))
    assert len(held.rigs[0].motions[0].rotations) == 2 and held.stated["frames"] == 1


def test_truth_what_the_file_does_not_say_is_stated(tmp_path):
    stated = contents(tmp_path, ARM).stated
    assert stated == {"rate": 24, "frame_time": "0.0416667", "frames": 2, "unit": 0.01, "unit_by": "size",
                      "up": "y", "up_by": "custom"}


BODY = """HIERARCHY
ROOT Hips
{
 OFFSET 0 0 0
 CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
 JOINT Spine { OFFSET 0 0 30 CHANNELS 3 Zrotation Xrotation Yrotation
  JOINT Head { OFFSET 0 0 30 CHANNELS 3 Zrotation Xrotation Yrotation End Site { OFFSET 0 0 20 } }
  JOINT LeftArm { OFFSET 20 0 25 CHANNELS 3 Zrotation Xrotation Yrotation
   JOINT LeftForeArm { OFFSET 28 0 0 CHANNELS 3 Zrotation Xrotation Yrotation
    JOINT LeftHand { OFFSET 25 0 0 CHANNELS 3 Zrotation Xrotation Yrotation End Site { OFFSET 10 0 0 } } } }
  JOINT RightArm { OFFSET -20 0 25 CHANNELS 3 Zrotation Xrotation Yrotation
   JOINT RightForeArm { OFFSET -28 0 0 CHANNELS 3 Zrotation Xrotation Yrotation
    JOINT RightHand { OFFSET -25 0 0 CHANNELS 3 Zrotation Xrotation Yrotation End Site { OFFSET -10 0 0 } } } } }
 JOINT LeftUpLeg { OFFSET 10 0 0 CHANNELS 3 Zrotation Xrotation Yrotation
  JOINT LeftLeg { OFFSET 0 0 -45 CHANNELS 3 Zrotation Xrotation Yrotation
   JOINT LeftFoot { OFFSET 0 0 -45 CHANNELS 3 Zrotation Xrotation Yrotation End Site { OFFSET 0 -15 0 } } } }
 JOINT RightUpLeg { OFFSET -10 0 0 CHANNELS 3 Zrotation Xrotation Yrotation
  JOINT RightLeg { OFFSET 0 0 -45 CHANNELS 3 Zrotation Xrotation Yrotation
   JOINT RightFoot { OFFSET 0 0 -45 CHANNELS 3 Zrotation Xrotation Yrotation End Site { OFFSET 0 -15 0 } } } }
}
MOTION
Frames: 2
Frame Time: 0.01
0 0 90 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
0 0 90 30 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 40 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
"""


def test_truth_a_body_that_stands_along_z_is_turned_upright(tmp_path):
    held = contents(tmp_path, BODY)
    motion = held.rigs[0].motions[0]
    assert (held.stated["up"], held.stated["up_by"]) == ("z", "body")
    head, foot = (motion.skeleton.names.index(name) for name in ("Head", "LeftFoot_end"))
    assert fk(motion)[0, head] == pytest.approx([0, 1.5, 0], abs=1e-12)
    assert fk(motion)[0, foot] == pytest.approx([0.1, 0, 0.15], abs=1e-12)      # toes to the front, left to +X
    turn = np.radians(30)
    assert [each.key for each in held.losses] == ["bvh.up"]
    assert fk(motion)[1, foot - 1] == pytest.approx(
        [0.1 * np.cos(turn) - 0.9 * np.sin(np.radians(40)) * np.sin(turn), 0.9 - 0.9 * np.cos(np.radians(40)),
         -(0.1 * np.sin(turn) + 0.9 * np.sin(np.radians(40)) * np.cos(turn))], abs=1e-9)
    assert motion.skeleton.offsets[head] == pytest.approx([0, 0.3, 0])
    assert motion.skeleton.turns == pytest.approx(np.tile([1.0, 0, 0, 0], (len(motion.skeleton.names), 1)))


def test_truth_a_body_that_lies_down_is_left_lying(tmp_path):
    text = BODY
    for old, new in (("0 0 30", "0 30 0"), ("0 0 20", "0 20 0"), ("20 0 25", "20 25 0"), ("0 0 -45", "0 -45 0"),
                     ("0 -15 0", "0 0 15"),
                     ("0 0 90 0 0 0", "0 20 0 0 90 0"), ("0 0 90 30 0 0", "0 20 0 0 90 0")):
        text = text.replace(old, new)
    held = contents(tmp_path, text)
    assert held.stated["up"] == "y" and fk(held.rigs[0].motions[0])[0, 2] == pytest.approx([0, 0.2, 0.6], abs=1e-9)


def noise(seed, joints, size, frames=4):
    dice = np.random.default_rng(seed)
    parents = np.array([-1, *(dice.integers(0, each) for each in range(1, joints))], np.int32)
    turns = normalised(dice.normal(size=(frames, joints, 4)))
    turns[0] = (np.sqrt(0.5), np.sqrt(0.5), 0, 0)  # a quarter turn about X: the locked case
    skeleton = Skeleton(tuple(f"j{each}" for each in range(joints)), parents, dice.normal(size=(joints, 3)) * size,
                        normalised(dice.normal(size=(joints, 4))))
    moves = {joint: dice.normal(size=(frames, 3)) * size for joint in range(1, joints) if dice.random() < 0.3}
    return Motion(skeleton, turns, dice.normal(size=(frames, 3)), Fraction(24000, 1001), moves)


@given(seed=st.integers(0, 10**6), joints=st.integers(1, 12), size=st.sampled_from([0.02, 0.4, 1.0, 12.0]),
       rate=st.fractions(1, 1000, max_denominator=1001))
@settings(max_examples=40, deadline=None)
def test_law_what_is_written_comes_back(tmp_path_factory, seed, joints, size, rate):
    from dataclasses import replace

    motion = replace(noise(seed, joints, size), rate=rate)
    path = tmp_path_factory.mktemp("bvh") / "a.bvh"
    back, losses = again(motion, path)
    first = path.read_bytes()
    order = depth_first(motion.skeleton.parents)
    assert back.skeleton.names == tuple(motion.skeleton.names[each] for each in order) and back.rate == rate
    assert fk(back) == pytest.approx(fk(motion)[:, order], abs=2e-5 * max(size, 1))
    assert [each.key for each in losses] == ["bvh.axes"]
    again(motion, path)
    assert path.read_bytes() == first
    twice, losses = again(back, path)
    assert fk(twice) == pytest.approx(fk(back), abs=2e-5 * max(size, 1)) and not losses


def depth_first(parents):
    order = []

    def visit(joint):
        order.append(joint)
        for below in np.flatnonzero(parents == joint):
            visit(int(below))

    visit(0)
    return order


def test_law_the_rest_pose_looks_the_same_without_its_turns(tmp_path):
    from marrow.bones.skeleton import at_rest

    motion = noise(3, 9, 0.5)
    back, _ = again(motion, tmp_path / "a.bvh")
    order = depth_first(motion.skeleton.parents)
    assert fk(at_rest(back.skeleton)) == pytest.approx(fk(at_rest(motion.skeleton))[:, order], abs=1e-6)


def test_law_angles_do_not_jump_between_frames(tmp_path):
    turn = about(np.array([0, 0, 1.0]), np.radians(np.arange(0, 720, 20)))[:, None]
    skeleton = Skeleton(("a",), np.array([-1], np.int32), np.zeros((1, 3)), np.array([[1.0, 0, 0, 0]]))
    again(Motion(skeleton, turn, np.zeros((36, 3)), Fraction(30)), tmp_path / "a.bvh")
    rows = (tmp_path / "a.bvh").read_text().splitlines()[-36:]
    assert np.diff([float(each.split()[3]) for each in rows]) == pytest.approx(20)


def test_truth_losses_are_told_in_both_languages(tmp_path):
    motion = noise(1, 3, 0.5)
    names = ("hip  {left}", "j1", "j2")
    motion = Motion(Skeleton(names, motion.skeleton.parents, motion.skeleton.offsets, motion.skeleton.turns),
                    motion.rotations, motion.root, motion.rate, name="walk")
    mesh = Mesh(np.zeros((3, 3), np.float32), np.array([[0, 1, 2]], np.int32))
    losses = write_bvh(Rig(motion.skeleton, mesh, motions=(motion, motion)), tmp_path / "a.bvh")
    assert [each.key for each in losses] == ["bvh.mesh", "bvh.motions", "bvh.axes", "bvh.names"]
    assert "walk" in losses[1].tell("en") and "「walk」" in losses[1].tell("zh") and "{left}" in losses[3].tell("zh")
    assert read_bvh(tmp_path / "a.bvh").rigs[0].skeleton.names[0] == "hip (left)"


def test_law_a_skeleton_without_a_motion_is_one_frame_at_rest(tmp_path):
    skeleton = noise(5, 4, 0.5).skeleton
    from marrow.bones.skeleton import at_rest

    write_bvh(Rig(skeleton), tmp_path / "a.bvh")
    back = read_bvh(tmp_path / "a.bvh").rigs[0].motions[0]
    assert fk(back) == pytest.approx(fk(at_rest(skeleton))[:, depth_first(skeleton.parents)], abs=1e-6)


def test_law_end_sites_come_back(tmp_path):
    motion = read(tmp_path, ARM)
    back, losses = again(motion, tmp_path / "b.bvh")
    assert (tmp_path / "b.bvh").read_text().count("End Site") == 2 and not losses
    assert back.skeleton.names == motion.skeleton.names and fk(back) == pytest.approx(fk(motion), abs=1e-4)


@pytest.mark.parametrize(("old", "new", "key", "line"), [
    ("96 11 21  0 0 0 ", "96 11 21  0 0 ", "motion.values", 28), ("96 11", "96 elf", "motion.number", 28),
    ("96 11", "96 nan", "motion.number", 28), ("96 11", "96 1e999", "motion.number", 28),
    ("96 11", "96 1,5", "motion.number", 28),
    ("96 11", "96 1e200", "motion.number", 28), ("Frames: 2", "Frames: 3", "motion.frames", None),
    ("Frames: 2", f"Frames: {10**30}", "motion.frames", None),
    ("Frames: 2", "Frames: zwei", "motion.head", 25), ("0.0416667", "0", "motion.head", 25),
    ("0.0416667", "1e-999999999", "motion.head", 25), ("0.0416667", "-0.04", "motion.head", 25),
    ("OFFSET 30 0 0", "OFFSET 30 0", "motion.hierarchy", 11), ("CHANNELS 3", "CHANNELS 4", "motion.hierarchy", 8),
    ("CHANNELS 3", "CHANNELS 999999999999", "motion.hierarchy", 8),
    ("OFFSET 30 0 0", "OFFSET 30 0 inf", "motion.hierarchy", 11),
    ("}\nMOTION", "MOTION", "motion.hierarchy", 23), ("JOINT Leg", "ROOT Leg", "motion.hierarchy", 14),
    ("JOINT Left Arm {", "JOINT Left Arm", "motion.hierarchy", 7), ("MOTION\n", "} MOTION\n", "motion.hierarchy", 24),
    (ARM[ARM.index("MOTION"):], "", "file.ends", None), (ARM[ARM.index("Frames"):], "", "file.ends", None),
    ("HIERARCHY", "# take 3", "file.looks_text", None), ("Hips", "Hi\0ps", "file.looks_bvh", None)])
def test_refuses_a_broken_file_and_names_the_line(tmp_path, old, new, key, line):
    with pytest.raises(InputError) as caught:
        read(tmp_path, ARM.replace(old, new))
    assert caught.value.key == key and caught.value.facts.get("line") == line
    assert "a.bvh" in caught.value.tell("zh")


def test_refuses_more_than_memory_holds(tmp_path):
    still = ARM[:ARM.index("MOTION")]
    for line in ("6 Yposition Xposition Zposition Zrotation Xrotation Yrotation", "3 Xrotation Zrotation Yrotation",
                 "6 Xposition Yposition Zposition Yrotation Xrotation Zrotation"):
        still = still.replace(f"CHANNELS {line}", "CHANNELS 0")
    with pytest.raises(LimitError) as caught:
        read(tmp_path, f"{still}MOTION\nFrames: 999999999999999\nFrame Time: 0.1\n")
    assert caught.value.key == "bvh.many" and "a.bvh" in caught.value.tell("zh")


def test_truth_ten_thousand_joints_in_a_chain(tmp_path):
    count = 10_000
    text = "HIERARCHY\nROOT a\n{\nOFFSET 0 0 0\nCHANNELS 0\n"
    text += "JOINT a\n{\nOFFSET 0 1 0\nCHANNELS 1 Zrotation\n" * count
    text += "}\n" * (count + 1) + "MOTION\nFrames: 1\nFrame Time: 0.04\n" + "0 " * count + "\n"
    motion = read(tmp_path, text)
    assert len(set(motion.skeleton.names)) == count + 1 and fk(motion)[0, -1] == pytest.approx([0, 100, 0])
    back, _ = again(motion, tmp_path / "b.bvh")
    assert back.skeleton.names == motion.skeleton.names


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_refuses_damage_in_one_sentence(tmp_path_factory, data):
    content = bytearray((BODY if data.draw(st.booleans()) else TWO).encode())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content)))
        cut = data.draw(st.integers(0, 12))
        content[at:at + cut] = data.draw(st.one_of(st.binary(max_size=6), st.sampled_from(
            [b"{", b"}", b"\n", b" 1e309 ", b"-", b" JOINT x", b"End Site", b" 9" * 40, b"\xff\xfe", b"MOTION\n"])))
    path = tmp_path_factory.mktemp("bvh") / "a.bvh"
    path.write_bytes(bytes(content) or b" ")
    try:
        motion = read_bvh(path).rigs[0].motions[0]
    except (InputError, LimitError) as error:
        assert str(path) in error.tell("zh") and str(path) in error.tell("en")
    else:
        assert np.isfinite(fk(motion)).all()


@pytest.mark.skipif(not MATERIAL.is_dir(), reason="the shared material is not beside this checkout")
def test_truth_every_motion_of_the_material_stands_and_comes_back(tmp_path):
    for path in sorted(MATERIAL.rglob("*.bvh")):
        held = read_bvh(path)
        motion = held.rigs[0].motions[0]
        assert len(motion.skeleton.names) == len(set(motion.skeleton.names)) > 15, path.name
        spread = np.ptp(fk(motion)[:20], axis=1).max()
        assert 0.2 < spread < 4, (path.name, spread)
        assert held.stated["up"] == ("z" if path.name.startswith("fair1") else "y"), path.name
        head = motion.skeleton.names.index("Head")
        assert (fk(motion)[:, head, 1] > 0.8 * fk(motion)[..., 1].max(axis=1)).mean() > 0.5, path.name
        back, losses = again(motion, tmp_path / "b.bvh")
        order = [back.skeleton.names.index(name) for name in motion.skeleton.names]
        assert back.rate == motion.rate and not losses
        assert np.abs(fk(back)[:, order] - fk(motion)).max() < 1e-6 * spread


@pytest.mark.parametrize("name", ["fox", "bird", "horse", "spider"])
def test_law_animals_are_not_stood_up(tmp_path, name):
    path = Path(__file__).parents[2].parent / f"shared/material/rigs/{name}-animations.glb"
    if not path.exists():
        pytest.skip("the material is not here")
    rig = read_gltf(path).rigs[0]
    for take in rig.motions:
        write_bvh(replace(rig, motions=(take,)), tmp_path / "a.bvh")
        assert np.abs(fk(read_bvh(tmp_path / "a.bvh").rigs[0].motions[0])[:, 0] - fk(take)[:, 0]).max() < 1e-3


def test_refuses_a_file_of_no_frames(tmp_path):
    (tmp_path / "a.bvh").write_text(BODY.partition("Frames: 2")[0] + "Frames: 0\nFrame Time: 0.01\n", "utf-8")
    with pytest.raises(InputError) as caught:
        read_bvh(tmp_path / "a.bvh")
    assert caught.value.key == "bvh.empty"
