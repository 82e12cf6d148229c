"""A rig seen from all round: where its bones are drawn, what its colours mean, and how dark its surface is."""

from dataclasses import replace
from fractions import Fraction
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from marrow.bones.drawing.shade import darkness
from marrow.bones.drawing.turntable import laid, picture, pictures
from marrow.bones.skeleton import at_rest
from marrow.draw import PAPER, SEAL, colour
from marrow.draw.paper import sheet
from marrow.errors import InputError
from marrow.media import Material, Mesh, Motion, Rig, Skeleton, Skin

SIZE = (160, 160)
BOX = np.array([[x, y, z] for x in (-0.2, 0.2) for y in (0, 1) for z in (-0.1, 0.1)], np.float32)
BOX_FACES = np.array([[0, 1, 3], [0, 3, 2], [4, 7, 5], [4, 6, 7], [0, 5, 1], [0, 4, 5], [2, 3, 7], [2, 7, 6], [0, 2, 6],
                      [0, 6, 4], [1, 5, 7], [1, 7, 3]], np.int32)


def rig(upper=1, branch=0.0):
    """A box on two joints, one above the other (`branch` to the left); its top hangs on joint `upper`."""
    offsets = np.array([[0, 0, 0], [0, .5, 0], [branch, .5, 0]])
    skeleton = Skeleton(("low", "high", "end"), np.array([-1, 0, 1]), offsets, np.tile([1.0, 0, 0, 0], (3, 1)))
    bind = np.tile(np.eye(4), (3, 1, 1))
    bind[:, :3, 3] = np.cumsum(skeleton.offsets, 0)
    joints = np.where(BOX[:, 1:] > 0.5, upper, 0)[:, :1].astype(np.int32)
    return Rig(skeleton, Mesh(BOX, BOX_FACES), Skin(joints, np.ones((8, 1), np.float32), bind))


def red(made):
    """Where cinnabar was laid."""
    made = made.astype(int)
    return made[..., 0] - made[..., 1:].max(-1) > 60


def off_paper(made):
    return np.abs(made.astype(int) - colour.srgb(sheet(SIZE, PAPER)).astype(int)).sum(-1) > 60


def test_truth_bones_are_drawn_where_they_are():
    rows, columns = np.nonzero(red(picture(laid(rig()), SIZE, 0, 0)))
    body = np.nonzero(off_paper(picture(laid(rig()), SIZE, 0, 0, "mesh")))
    assert abs(columns.mean() - 80) < 1.5 and np.ptp(columns) < 10
    assert np.ptp(rows) == pytest.approx(np.ptp(body[0]), rel=0.15)


@pytest.mark.parametrize(("around", "side"), [(0, 1), (180, -1)])
def test_truth_the_left_is_on_the_right_from_the_front_and_on_the_left_from_behind(around, side):
    columns = np.nonzero(red(picture(laid(rig(branch=0.25)), SIZE, 0, around)))[1]
    assert side * (columns.max() + columns.min() - 160) > 10


def test_truth_what_hangs_on_one_joint_has_one_colour_and_on_two_has_two():
    def hues(made):
        seen = made[off_paper(made)].astype(float)
        return seen / seen.sum(1, keepdims=True)

    one, two = (hues(picture(laid(rig(upper)), SIZE, 0, 0, "weights")) for upper in (0, 1))
    assert two.std(0).max() > 3 * one.std(0).max()


def test_truth_only_the_skeleton_is_in_cinnabar():
    assert red(picture(laid(rig()), SIZE, 0, 30)).any()
    assert not red(picture(laid(rig()), SIZE, 0, 30, "mesh")).any()
    assert not red(picture(laid(Rig(rig().skeleton)), SIZE, 0, 30)).any()
    assert off_paper(picture(laid(Rig(rig().skeleton)), SIZE, 0, 30)).any() and SEAL != PAPER


def test_law_size_and_place_do_not_matter():
    one = rig()
    large = Rig(replace(one.skeleton, offsets=one.skeleton.offsets * 50 + [[300, 200, -100], [0, 0, 0], [0, 0, 0]]),
                replace(one.mesh, vertices=one.mesh.vertices * 50),
                replace(one.skin, bind=one.skin.bind * [[[1, 1, 1, 50]]] * 1.0))
    large.skin.bind[:, 3] = (0, 0, 0, 1)
    first, second = (picture(laid(each), SIZE, 0, 40).astype(int) for each in (one, large))
    assert np.abs(first - second).mean() < 0.5


def test_law_twice_drawn_is_the_same_and_a_round_ends_one_step_before_it_began():
    table = laid(rig())
    made = list(pictures(table, SIZE, 4))
    assert all(np.array_equal(*pair) for pair in zip(made, pictures(table, SIZE, 4), strict=True))
    assert np.array_equal(made[3], picture(table, SIZE, 0, 270)) and made[0].shape == (160, 160, 3)


def test_truth_a_motion_is_followed_and_its_last_pose_holds():
    one = rig()
    still = at_rest(one.skeleton)
    walk = Motion(one.skeleton, np.repeat(still.rotations, 9, 0), np.linspace([0, 0, 0], [8, 0, 0], 9), Fraction(24))
    made = list(pictures(laid(one, walk), SIZE, 12, "mesh"))
    for each in made:
        columns = np.nonzero(off_paper(each).any(0))[0]
        assert 8 < columns[0] and columns[-1] < 152


def test_refuses_a_motion_of_another_skeleton():
    other = Skeleton(("a",), np.array([-1]), np.zeros((1, 3)), np.array([[1.0, 0, 0, 0]]))
    with pytest.raises(InputError) as caught:
        laid(rig(), at_rest(other))
    assert caught.value.key == "bones.other_skeleton"


def test_truth_a_black_coat_is_dark_and_a_white_shirt_is_not():
    half = (BOX_FACES[:, 0] < 4).astype(np.int32)
    black, white = Material(colour=(0, 0, 0, 1)), Material()
    by_colour = darkness(Mesh(BOX, BOX_FACES[half == 0], materials=(black, white), material=np.zeros(2, np.int32)))
    assert by_colour[4:].max() == 1 and darkness(Mesh(BOX, BOX_FACES)) is None
    grey = np.full((8, 4), 188, np.uint8)  # half of the light
    assert darkness(Mesh(BOX, BOX_FACES, colours=grey)) == pytest.approx(1 - 188 / 255, abs=0.01)


def test_truth_a_picture_is_read_at_its_uv_and_a_broken_one_left_out():
    made = BytesIO()
    Image.fromarray(np.array([[[0] * 3, [255] * 3]], np.uint8)).save(made, "png")
    uv = np.where(BOX[:, :1] < 0, [[0.25, 0.5]], [[0.75, 0.5]]).astype(np.float32)
    for content, wanted in ((made.getvalue(), np.where(BOX[:, 0] < 0, 1, 0)), (b"no picture", np.zeros(8))):
        mesh = Mesh(BOX, BOX_FACES, uv=uv, materials=(Material(pictures={"colour": content}),),
                    material=np.zeros(12, np.int32))
        assert darkness(mesh) == pytest.approx(wanted, abs=0.01)
