"""Rotations agree with matrices and with common sense."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from marrow.rotations import about, from_euler, from_matrix, inverse, multiply, normalised, rotate, slerp, to_matrix

QUARTER = about(np.array([0, 1.0, 0]), np.pi / 2)
turns = st.lists(st.floats(-1, 1), min_size=4, max_size=4).filter(lambda q: sum(x * x for x in q) > 0.01).map(
    lambda q: normalised(np.array(q)))


def test_truth_a_quarter_about_y_brings_z_to_x():
    assert np.allclose(rotate(QUARTER, np.array([0, 0, 1.0])), (1, 0, 0))


def test_truth_half_the_way_is_half_the_angle():
    half = slerp(np.array([1.0, 0, 0, 0]), QUARTER, np.array(0.5))
    assert np.allclose(half, about(np.array([0, 1.0, 0]), np.pi / 4))
    assert np.allclose(slerp(np.array([1.0, 0, 0, 0]), -QUARTER, np.array(0.5)), half)


def test_truth_euler_turns_the_last_letter_first():
    both = from_euler("ZX", np.radians([90.0, 90.0]))
    assert np.allclose(rotate(both, np.array([0, 1.0, 0])), (0, 0, 1))


@given(turns, turns)
def test_law_products_agree_with_matrices(first, second):
    assert np.allclose(to_matrix(multiply(first, second)), to_matrix(first) @ to_matrix(second))
    assert np.allclose(multiply(first, inverse(first)), (1, 0, 0, 0))
    back = from_matrix(to_matrix(first))
    assert min(np.abs(back - first).max(), np.abs(back + first).max()) < 1e-6
