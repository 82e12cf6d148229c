"""Rates: the exact fraction behind a rounded frame time, and enough digits to find every fraction again."""

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from marrow.bones.formats.rates import frame_time, near_rate


@pytest.mark.parametrize(("text", "rate"), [
    ("0.0416667", 24), ("0.041667", 24), ("0.041666", 24), (".0416", 24), ("0.0417083", Fraction(24000, 1001)),
    ("0.041708", Fraction(24000, 1001)), ("0.033333", 30), ("0.0333330", 30), ("0.03333", 30), ("0,033333", 30),
    ("3.3333e-2", 30), ("0.0333333351", 30),
    ("0.03333333507180214", 30), ("0.0333667", Fraction(30000, 1001)), ("0.033367", Fraction(30000, 1001)),
    ("0.008333", 120), ("0.00833333", 120), ("0.01", 100), ("0.0100000", 100), ("0.016667", 60), ("0.00417", 240),
    ("0.0111", 90), ("0.008342", Fraction(959, 8)), ("0.13333333333333333", Fraction(15, 2)),
    ("1", 1), ("2", Fraction(1, 2))])
def test_truth_the_exact_rate_behind_a_rounded_time(text, rate):
    assert near_rate(text) == rate


@example(Fraction(33078092, 52925))
@given(st.fractions(Fraction(1, 50), 20_000, max_denominator=10**6))
def test_law_a_written_rate_comes_back(rate):
    assert near_rate(frame_time(rate)) == rate


def test_truth_common_rates_are_written_in_ten_decimals():
    assert frame_time(Fraction(30)) == "0.0333333333" and frame_time(Fraction(24000, 1001)) == "0.0417083333"


@pytest.mark.parametrize("text", ["", ".", "-1", "0", "nan", "inf", "1e999999999", "0x1", "1_0", "e5", "1/30",
                                  "9" * 99])
def test_refuses_what_is_no_time(text):
    with pytest.raises(ValueError):
        near_rate(text)
