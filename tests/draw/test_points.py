"""Points: the nearest stands in front, folds have form, dice are fixed."""

import numpy as np

from marrow.draw.points import dice, front, relief, spacing, thinned

SHAPE = (40, 60)


def test_truth_the_nearest_point_stands_in_front_and_large_ones_are_wider():
    pixels = np.array([[10.5, 10.5], [10.5, 10.5], [40.5, 20.5]], np.float32)
    for depth in ([2, 5, 3], [5, 2, 3]):
        nearest = front(pixels, np.array(depth, np.float32), np.array([0.1, 0.1, 3], np.float32), SHAPE)
        assert nearest[10, 10] == 2 and nearest[20, 40] == 3
        assert np.isfinite(nearest).sum() == 9 + 49
    nowhere = np.array([[-50, 5], [np.nan, 5], [5, 900]], np.float32)
    assert np.isinf(front(nowhere, np.ones(3, np.float32), np.ones(3, np.float32), SHAPE)).all()


def test_truth_a_fold_is_dark_and_the_open_is_not():
    depth = np.full(SHAPE, 4, np.float32)
    depth[:, 30:33] = 5
    folds = relief(depth)
    assert folds[20, 31] > 0.1 and folds[20, 10] == 0 and folds[20, 29] == 0
    assert np.array_equal(folds[:, 31], relief(depth[:, ::-1])[:, 28])


def test_law_dice_are_fair_and_fixed():
    throw = dice(np.arange(20000), 5)
    assert 0 <= throw.min() and throw.max() < 1 and abs(throw.mean() - 0.5) < 0.01
    assert np.array_equal(throw[100:200], dice(np.arange(100, 200), 5)) and not np.array_equal(throw, dice(
        np.arange(20000), 6))
    assert len(thinned(1000, 300)) == 300 and np.array_equal(thinned(50, 300), np.arange(50))


def test_law_spacing_grows_with_a_place_and_shrinks_with_its_points():
    wall = np.random.default_rng(1).uniform(0, 3, (40000, 3)) * (1, 1, 0)
    assert 0.5 < spacing(wall) / (3 / 200) < 1.5
    assert np.isclose(spacing(wall * 7), 7 * spacing(wall))
    assert spacing(wall[:10000]) > 1.5 * spacing(wall)
