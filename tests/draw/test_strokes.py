"""Ink lies where the brush went, is as strong as it was, and moves with the stroke."""

import numpy as np

from marrow.draw import INK, PAPER, colour
from marrow.draw.strokes import Stroke, brush, curve, inked


def stroke(x=20.0, y=30.0, **changes):
    plain = {"points": np.array([[x, y], [x + 60, y]]), "width": np.array([6.0, 6.0]), "ink": np.ones(2),
             "way": np.array([0, 0.5]), "load": np.zeros(2), "dry": 0.0, "wet": 0.5}
    return Stroke(**{**plain, **changes})


def laid(each, **settings):
    sheet = np.zeros((60, 100), np.float32)
    brush(sheet, each, **settings)
    return sheet


def test_truth_ink_is_under_the_brush_and_nowhere_else():
    made = laid(stroke())
    assert made[25:35, 22:78].min() > 0.7 and made[:20].max() == 0 and made[42:].max() == 0
    across = (made[:, 50] > 0.4).sum()
    assert 11 <= across <= 13


def test_law_hairs_travel_with_the_stroke():
    first, second = laid(stroke(20, 30, dry=0.5)), laid(stroke(27, 24, dry=0.5))
    assert np.allclose(first[15:45, 10:90], second[9:39, 17:97], atol=2e-3) and first[26:34, 30:70].std() > 0.01


def test_law_order_of_strokes_does_not_matter():
    both = []
    for order in ((0, 1), (1, 0)):
        sheet = np.zeros((60, 100), np.float32)
        for number in order:
            brush(sheet, (stroke(), stroke(30, 26, ink=np.full(2, 0.5)))[number])
        both.append(sheet)
    assert np.array_equal(*both)


def test_truth_a_cover_hides_what_lies_below_and_leaves_no_gap_at_its_edge():
    sheet = np.ones((60, 100), np.float32)
    brush(sheet, stroke(ink=np.full(2, 0.4)), cover=1.0)
    assert sheet[30, 50] < 0.6 and sheet[50, 50] == 1 and sheet.min() > 0.25


def test_truth_the_loaded_side_is_darker():
    made = laid(stroke(load=np.ones(2)))[25:35, 30:70]
    assert made[:4].mean() > 1.5 * made[-4:].mean()  # drawn to the right, the right hand of "down" points up
    other = laid(stroke(load=-np.ones(2)))[25:35, 30:70]
    assert other[-4:].mean() > 1.5 * other[:4].mean()


def test_truth_a_dry_end_runs_out_and_the_beginning_does_not():
    wide = {"width": np.full(2, 12.0)}
    wet, dry = laid(stroke(**wide)), laid(stroke(dry=0.5, **wide))
    assert np.array_equal(wet[:, :40], dry[:, :40]) and dry[:, 72:].sum() < 0.7 * wet[:, 72:].sum()


def test_law_a_stroke_outside_or_not_a_number_leaves_nothing():
    assert laid(stroke(500, 500)).max() == 0
    assert laid(stroke(points=np.array([[np.nan, 1], [2, 3]]))).max() == 0


def test_truth_full_ink_is_the_colour_of_ink_and_two_layers_are_their_sum():
    paper = np.broadcast_to(colour.hex(PAPER), (4, 4, 3))
    assert np.allclose(inked(paper, np.ones((4, 4), np.float32), INK), colour.hex(INK), atol=1e-3)
    assert np.array_equal(inked(paper, np.zeros((4, 4), np.float32), INK), paper)
    light = [inked(paper, np.full((4, 4), amount, np.float32), INK) / paper for amount in (0.3, 0.5, 0.8)]
    assert np.allclose(light[0] * light[1], light[2], atol=1e-4)


def test_law_curve_passes_its_places_and_keeps_a_line_straight():
    places = np.array([[0, 0], [1, 2], [3, 2], [4, 0.0]])
    assert np.allclose(curve(places, 4)[::4], places)
    line = curve(np.array([[0, 0], [1, 1], [5, 5.0]]), 6)
    assert np.allclose(line[:, 0], line[:, 1])
