"""Points of light: all of it arrives, where the point is, whatever the order and the threads."""

import numba
import numpy as np
import pytest

from marrow.draw.lights import shed, veiled

SHAPE = (60, 90)
ONE = np.ones(1, np.float32)


def lamp(x, y, **more):
    return shed(np.array([[x, y]], np.float32), ONE, np.array([[1, 0.5, 0.25]], np.float32), SHAPE, **more)


def middle(picture):
    y, x = np.mgrid[:SHAPE[0], :SHAPE[1]] + 0.5
    return (picture * x).sum() / picture.sum(), (picture * y).sum() / picture.sum()


@pytest.mark.parametrize(("more", "off"), [({}, (0, 0)), ({"blur": 6 * ONE}, (0, 0)),
                                           ({"travel": np.array([[20, -8]], np.float32)}, (10, -4))])
def test_truth_all_light_arrives_where_the_point_was(more, off):
    picture = lamp(40.3, 30.8, **more)
    assert picture.sum((1, 2)) == pytest.approx([1, 0.5, 0.25], abs=1e-4)
    assert middle(picture[0]) == pytest.approx((40.3 + off[0], 30.8 + off[1]), abs=0.35 if more else 1e-4)


def test_truth_a_disc_is_even_and_as_wide_as_it_says():
    picture = lamp(45, 30, blur=8 * ONE)[0]
    y, x = np.mgrid[:SHAPE[0], :SHAPE[1]] + 0.5
    away = np.hypot(x - 45, y - 30)
    assert picture[away > 10].max() == 0
    inner, outer = picture[away < 4].mean(), picture[(away > 4) & (away < 7)].mean()
    assert inner == pytest.approx(1 / (np.pi * 64), rel=0.15) and outer == pytest.approx(inner, rel=0.15)


def test_law_order_and_threads_change_no_bit():
    dice = np.random.default_rng(2)
    count = 5000
    pixels = (dice.uniform(-0.1, 1.1, (count, 2)) * SHAPE[::-1]).astype(np.float32)
    light = dice.uniform(0, 1, (count, 3)).astype(np.float32)
    first = shed(pixels, np.ones(count), light, SHAPE)
    assert np.array_equal(first, shed(pixels[::-1], np.ones(count), light[::-1], SHAPE))
    before = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        assert np.array_equal(first, shed(pixels, np.ones(count), light, SHAPE))
    finally:
        numba.set_num_threads(before)


def test_law_what_is_behind_outside_or_no_number_sheds_nothing():
    nowhere = np.array([[np.nan, 3], [45, 30], [-50, 30], [1e9, 30]], np.float32)
    depth = np.array([1, -1, 1, 1], np.float32)
    assert not shed(nowhere, depth, np.ones((4, 3), np.float32), SHAPE).any()


def test_truth_what_is_far_behind_keeps_little_and_what_is_in_front_all():
    pixels = np.array([[45, 30], [45, 30], [10, 10]], np.float32)
    shown = veiled(pixels, np.array([2, 5, 5], np.float32), SHAPE, through=0.25, form=0)
    assert shown == pytest.approx([1, 0.25, 1])
