"""Chance is smooth, repeatable and the same from near and far."""

import numpy as np

from marrow.draw.noise import blur, noise


def halved(field):
    height, width = field.shape[0] // 2, field.shape[1] // 2
    return field.reshape(height, 2, width, 2).mean((1, 3))


def test_law_same_seed_same_field_other_seed_other_field():
    assert (noise((64, 40), 9, 3) == noise((64, 40), 9, 3)).all()
    assert abs(noise((64, 40), 9, 3) - noise((64, 40), 9, 4)).max() > 0.5


def test_truth_half_the_size_is_the_field_from_further_away():
    near, far = noise((320, 180), 12, 1), noise((160, 90), 12, 1)
    assert abs(halved(near) - far).max() < 0.05 and far.std() > 0.4


def test_truth_blur_keeps_the_sum_and_spreads_by_its_radius():
    point = np.zeros((81, 81), np.float32)
    point[40, 40] = 1
    soft = blur(point, 6)
    x = np.arange(81) - 40
    assert abs(soft.sum() - 1) < 1e-4
    assert abs((soft.sum(0) * x * x).sum() - 36) < 1e-2
    assert abs((soft.sum(1) * x).sum()) < 1e-4


def test_law_blur_is_symmetric_and_nothing_at_radius_0():
    field = noise((30, 20), 5, 2)
    assert np.allclose(blur(field.T, 2).T, blur(field, 2), atol=1e-6)
    assert np.allclose(blur(field[:, ::-1], 2)[:, ::-1], blur(field, 2), atol=1e-5)
    assert (blur(field, 0) == field).all()
