"""A figure stands where it should, whatever the skeleton's size and place, and is drawn the same twice."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from marrow.bones.steps import figure
from marrow.draw import PAPER, colour
from marrow.draw.paper import sheet
from marrow.media import Motion, Skeleton

PARENTS = np.array([-1, 0, 1, 0, 3, 0, 5])
OFFSETS = np.array([[0, 0, 0], [0, .5, 0], [0, .2, 0], [.1, 0, 0], [0, -.9, 0], [-.1, 0, 0], [0, -.9, 0]])
NAMES = ("Hips", "Neck", "Head", "LeftLeg", "LeftFoot", "RightLeg", "RightFoot")
SMALL = {"size": (160, 90), "turn": 0.0, "side": 0.0}


def body(frames=3, scale=1.0, place=(0, 0, 0)):
    turns = np.zeros((frames, len(NAMES), 4))
    turns[..., 0] = 1
    root = np.tile([0, .95, 0.0], (frames, 1)) * scale + place
    return Motion(Skeleton(NAMES, PARENTS, OFFSETS * scale, turns[0]), turns, root, Fraction(24))


def frames(motion, **settings):
    return list(figure(motion, **{**SMALL, **settings}).frames())


def ink(picture):
    """Where it is much darker than bare paper."""
    return colour.srgb(sheet((160, 90), PAPER)).astype(int).sum(2) - picture.astype(int).sum(2) > 200


def test_truth_length_follows_the_motion_or_the_wish():
    assert figure(body(48), size=(64, 36)).length == 48 and figure(body(48), size=(64, 36), length=3.0).length == 72
    assert figure(body(48), size=(64, 36), fps=Fraction(24000, 1001)).length == 48


def test_truth_it_stands_upright_in_the_middle_and_fills_its_share():
    rows, columns = np.nonzero(ink(frames(body())[0]))
    assert abs(columns.mean() - 80) < 2 and 0.52 < (rows.max() - rows.min()) / 90 < 0.75
    upper = np.nonzero(ink(frames(body())[0])[:40])[1]
    assert np.ptp(upper) < 20


def test_law_drawn_twice_is_drawn_the_same():
    video = figure(body(), **SMALL)
    assert all(np.array_equal(a, b) for a, b in zip(video.frames(), video.frames(), strict=True))


def test_law_place_and_size_in_the_world_change_nothing():
    first, moved, small = (frames(each)[1].astype(int) for each in (body(), body(place=(640, 0, -128)),
                                                                    body(scale=0.125)))
    assert np.abs(first - moved).max() <= 1 and np.abs(first - small).max() <= 1


def test_law_light_is_bright_where_ink_is_dark():
    dark, bright = frames(body())[0], frames(body(), look="light")[0]
    where = ink(dark)
    assert bright[where].mean() > bright[~where].mean() + 80


def test_law_one_joint_one_frame_and_bones_without_length_work():
    still = np.array([[[1.0, 0, 0, 0]]])
    one = Motion(Skeleton(("a",), np.array([-1]), np.zeros((1, 3)), still[0]), still, np.zeros((1, 3)), Fraction(24))
    flat = replace(body(), skeleton=replace(body().skeleton, offsets=OFFSETS * 0))
    for motion in (one, flat):
        assert frames(motion)[0].shape == (90, 160, 3)


def test_law_echoes_add_ink_and_take_none_from_the_pose():
    moving = body(24)
    moving.root[:, 0] = np.linspace(0, 2, 24)
    plain, echoed = frames(moving)[20], frames(moving, echo=0.5)[20]
    assert echoed.astype(int).sum() < plain.astype(int).sum()


def test_law_a_root_under_the_floor_does_not_lift_the_body():
    from marrow.bones.drawing.figure import staged
    from marrow.bones.skeleton import build, fk

    plain = body()
    names, parents = ("root", *NAMES), np.concatenate([[-1], PARENTS + 1])
    offsets = np.concatenate([[[0, -0.5, 0]], plain.skeleton.offsets])
    offsets[1] = (0, 1.45, 0)
    turns = np.concatenate([plain.rotations[:, :1], plain.rotations], 1)
    deep = Motion(Skeleton(names, parents, offsets, turns[0]), turns, np.tile([0, -0.5, 0.0], (3, 1)), Fraction(24))
    first, second = (staged(fk(each), build(each.skeleton), 24.0) for each in (plain, deep))
    assert second.places[:, 1:] == pytest.approx(first.places) and second.ground == pytest.approx(first.ground)
