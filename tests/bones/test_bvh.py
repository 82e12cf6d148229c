"""BVH: turns, places, rates and units as the format means them; what is written comes back; a broken line is named."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marrow import forms
from marrow.bones.formats.bvh import near_rate, write_motion
from marrow.errors import InputError
from marrow.media import Motion, Skeleton
from marrow.rotations import rotate

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


def places(motion):
    """Where every joint is: (frames, joints, 3), plain forward kinematics."""
    world, turns = np.zeros((*motion.rotations.shape[:2], 3)), np.zeros_like(motion.rotations)
    from marrow.rotations import multiply

    for joint, parent in enumerate(motion.skeleton.parents):
        if parent < 0:
            world[:, joint], turns[:, joint] = motion.root, motion.rotations[:, joint]
        else:
            world[:, joint] = world[:, parent] + rotate(turns[:, parent], motion.skeleton.offsets[joint])
            turns[:, joint] = multiply(turns[:, parent], motion.rotations[:, joint])
    return world


def test_truth_names_places_and_rate(tmp_path):
    motion = read(tmp_path, ARM)
    assert motion.skeleton.names == ("Hips", "Left Arm", "Left Arm_end", "Leg")
    assert motion.skeleton.parents.tolist() == [-1, 0, 1, 0] and motion.rate == 24
    assert motion.root == pytest.approx(np.array([[0.1, 0.95, 0.2], [0.11, 0.96, 0.21]]))  # the file says Y first
    offsets = motion.skeleton.offsets
    assert offsets == pytest.approx(np.array([[0.01, 0.9, 0.02], [0, 0.5, 0], [0.3, 0, 0], [0.1, -0.8, 0]]))


def test_truth_turns_are_chained_in_the_files_order(tmp_path):
    world = places(read(tmp_path, ARM))
    # frame 0: hips a quarter turn about Y, then the arm a quarter turn about its Z: +X of the hand points up
    assert world[0, 2] - world[0, 1] == pytest.approx([0, 0.3, 0], abs=1e-7)
    assert world[0, 3] - world[0, 0] == pytest.approx([0, -0.8, -0.1], abs=1e-7)
    # arm: a quarter turn about X, then one about the Z so turned
    both = ARM.replace("0 90 0   10", "90 90 0   10").replace("0 0 90   ", "0 0 0   ")
    world = places(read(tmp_path, both))
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


@pytest.mark.parametrize(("moment", "rate"), [
    (0.0416667, 24), (0.041667, 24), (0.0417083, Fraction(24000, 1001)), (0.033333, 30),
    (0.0333667, Fraction(30000, 1001)), (0.008333, 120), (0.00833333, 120), (0.01, 100), (0.016667, 60),
    (1 / 7.5, Fraction(15, 2))])
def test_truth_the_exact_rate_behind_a_rounded_time(moment, rate):
    assert near_rate(moment) == rate


@given(seed=st.integers(0, 10**6), joints=st.integers(1, 12), size=st.sampled_from([0.02, 0.4, 1.0, 12.0]))
@settings(max_examples=40, deadline=None)
def test_law_what_is_written_comes_back(tmp_path_factory, seed, joints, size):
    dice = np.random.default_rng(seed)
    parents = np.array([-1, *(dice.integers(0, each) for each in range(1, joints))], np.int32)
    order = depth_first(parents)
    turns = dice.normal(size=(4, joints, 4))
    turns[0, :, :] = (np.sqrt(0.5), np.sqrt(0.5), 0, 0)  # a quarter turn about X: the locked case
    turns /= np.linalg.norm(turns, axis=-1, keepdims=True)
    skeleton = Skeleton(tuple(f"j{each}" for each in range(joints)), parents, dice.normal(size=(joints, 3)) * size,
                        np.tile([1.0, 0, 0, 0], (joints, 1)))
    motion = Motion(skeleton, turns, dice.normal(size=(4, 3)), Fraction(24000, 1001))
    path = tmp_path_factory.mktemp("bvh") / "a.bvh"
    write_motion(motion, path)
    first = path.read_bytes()
    again = forms.read("motion", path)
    assert again.skeleton.names == tuple(motion.skeleton.names[each] for each in order) and again.rate == motion.rate
    assert again.skeleton.offsets == pytest.approx(motion.skeleton.offsets[order], abs=1e-4)
    assert again.root == pytest.approx(motion.root, abs=1e-4)
    same = np.abs((again.rotations * motion.rotations[:, order]).sum(-1))
    assert 2 * np.arccos(np.clip(same, 0, 1)).max() < 1e-4
    write_motion(motion, path)
    assert path.read_bytes() == first


def depth_first(parents):
    order = []

    def visit(joint):
        order.append(joint)
        for below in np.flatnonzero(parents == joint):
            visit(int(below))

    visit(0)
    return order


def test_law_end_sites_come_back(tmp_path):
    motion = read(tmp_path, ARM)
    write_motion(motion, tmp_path / "b.bvh")
    assert (tmp_path / "b.bvh").read_text().count("End Site") == 2
    again = forms.read("motion", tmp_path / "b.bvh")
    assert again.skeleton.names == motion.skeleton.names and places(again) == pytest.approx(places(motion), abs=1e-4)


@pytest.mark.parametrize(("old", "new", "key", "line"), [
    ("96 11 21  0 0 0 ", "96 11 21  0 0 ", "motion.values", 28), ("96 11", "96 elf", "motion.number", 28),
    ("96 11", "96 nan", "motion.number", 28), ("Frames: 2", "Frames: 3", "motion.frames", None),
    ("Frames: 2", "Frames: zwei", "motion.head", 25), ("0.0416667", "0", "motion.head", 25),
    ("OFFSET 30 0 0", "OFFSET 30 0", "motion.hierarchy", 11), ("CHANNELS 3", "CHANNELS 4", "motion.hierarchy", 8),
    ("}\nMOTION", "MOTION", "motion.hierarchy", 23), ("JOINT Leg", "ROOT Leg", "motion.hierarchy", 14),
    (ARM[ARM.index("MOTION"):], "", "file.ends", None), ("HIERARCHY", "# take 3", "file.looks_text", None)])
def test_refuses_a_broken_file_and_names_the_line(tmp_path, old, new, key, line):
    with pytest.raises(InputError) as caught:
        read(tmp_path, ARM.replace(old, new))
    assert caught.value.key == key and caught.value.facts.get("line") == line
    assert "a.bvh" in caught.value.tell("zh")


@pytest.mark.skipif(not MATERIAL.is_dir(), reason="the shared material is not beside this checkout")
def test_truth_every_motion_of_the_material_stands_on_the_ground():
    for path in sorted(MATERIAL.rglob("*.bvh")):
        motion = forms.read("motion", path)
        assert len(motion.skeleton.names) == len(set(motion.skeleton.names)) > 15, path.name
        spread = np.ptp(places(motion)[:20], axis=1).max()
        assert 0.2 < spread < 4, (path.name, spread)
