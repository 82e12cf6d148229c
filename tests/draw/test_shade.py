"""Shade follows form: none on what is even, more in folds, the same at every size."""

import numpy as np

from marrow.draw.shade import ambient, edges

FOCAL = 300.0


def plane(height=180, width=240, tilt=0.0):
    x = (np.arange(width) + 0.5 - width / 2) / FOCAL * np.ones((height, 1))
    return (5 / (1 + tilt * x)).astype(np.float32)


def corner(height=180, width=240):
    """Two walls that meet far away in the middle."""
    x = (np.arange(width) + 0.5 - width / 2) / (FOCAL * height / 180) * np.ones((height, 1))
    return (5 / (1 + np.abs(x))).astype(np.float32)


def test_truth_even_walls_are_not_darkened():
    assert (edges(plane()) == 1).all() and (ambient(plane(), FOCAL, 0.5) == 1).all()
    inner = np.s_[30:-30, 60:-60]
    assert ambient(plane(tilt=0.6), FOCAL, 0.5)[inner].min() > 0.995


def test_truth_a_step_darkens_its_far_side_only():
    depth = plane()
    depth[:, :120] = 4
    made = edges(depth)
    assert (made[:, :120] == 1).all() and made[90, 120] < 0.75 and made[90, 140] == 1


def test_truth_a_corner_is_darker_than_its_walls():
    made = ambient(corner(), FOCAL, 0.6)
    assert made[90, 120] < 0.9 and made[90, 30] > 0.97
    assert ambient(10 - corner(), FOCAL, 0.6)[90, 120] > 0.97


def test_law_nothing_is_not_shaded_and_shades_nothing():
    depth = plane()
    depth[:, :100] = np.inf
    assert (edges(depth) == 1).all() and (ambient(depth, FOCAL, 0.5)[:, :100] == 1).all()


def test_law_a_larger_picture_is_shaded_alike():
    small, large = ambient(corner(), FOCAL, 0.6), ambient(corner(540, 720), 3 * FOCAL, 0.6)
    assert np.abs(small - large[1::3, 1::3]).mean() < 0.01
    steps = [np.where(np.arange(w) < w // 2, 4, 5) * np.ones((h, 1)) for h, w in ((540, 720), (1080, 1440))]
    first, second = (edges(each.astype(np.float32)) for each in steps)
    assert np.abs(first - second[::2, ::2]).mean() < 0.005


def test_law_mirrored_depth_is_mirrored_shade():
    depth = np.random.default_rng(1).uniform(4, 5, (60, 80)).astype(np.float32)
    assert np.allclose(edges(depth)[:, ::-1], edges(depth[:, ::-1]), atol=1e-6)
    assert np.allclose(ambient(depth, FOCAL, 0.1)[:, ::-1], ambient(depth[:, ::-1], FOCAL, 0.1), atol=1e-5)
