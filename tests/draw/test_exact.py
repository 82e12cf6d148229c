"""The exact functions are right to the last digits, and always the same."""

import hashlib

import numpy as np

from marrow.draw import exact

DICE = np.random.default_rng(5)


def test_truth_exp_and_log_are_within_two_units_of_the_last_place():
    x = DICE.uniform(-700, 700, 20000)
    assert np.abs(exact.exp(x) / np.exp(x.astype(np.longdouble)) - 1).max() < 6e-16
    y = np.concatenate([np.exp(x), DICE.uniform(0.5, 2, 20000)])
    truth = np.log(y.astype(np.longdouble))
    assert (np.abs(exact.log(y) - truth) / np.maximum(1, np.abs(truth))).max() < 4e-16


def test_truth_sin_and_cos_know_the_circle_as_far_as_promised():
    x = np.concatenate([DICE.uniform(-1e5, 1e5, 20000), DICE.uniform(-7, 7, 20000)])
    assert np.abs(exact.sin(x) - np.sin(x.astype(np.longdouble))).max() < 2e-15
    assert np.abs(exact.cos(x) - np.cos(x.astype(np.longdouble))).max() < 2e-15
    assert np.isnan(exact.sin(2e5))


def test_truth_ends():
    assert exact.exp(0.0) == 1 and exact.log(1.0) == 0 and exact.sin(0.0) == 0 and exact.cos(0.0) == 1
    assert exact.exp(-np.inf) == 0 and exact.exp(np.inf) == np.inf and np.isnan(exact.exp(np.nan))
    assert exact.log(0.0) == -np.inf and np.isnan(exact.log(-1.0)) and exact.log(np.inf) == np.inf
    assert exact.power(np.float32([0, 4]), 0.5).tolist() == [0, 2]


def test_shape_float32_stays_float32():
    for function in (exact.exp, exact.log, exact.sin, exact.cos):
        assert function(np.ones((2, 3), np.float32)).dtype == np.float32
        assert function(np.ones((2, 3))).dtype == np.float64 and function(1).shape == ()


def test_law_the_bits_are_the_same_on_every_machine():
    x = np.arange(1, 5000) / 64
    made = b"".join(f(x).tobytes() for f in (exact.exp, exact.log, exact.sin, exact.cos))
    assert hashlib.sha256(made).hexdigest()[:16] == "17c1a967f0c354f4"
