"""Spellings of settings: what a director writes, what it means, and what is refused."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marrow import units


@pytest.mark.parametrize(("written", "meant"), [
    (6, 6.0), ("6", 6.0), ("6s", 6.0), ("1.5 s", 1.5), ("500ms", 0.5), ("2min", 120.0), ("3 秒", 3.0), ("2分钟", 120.0),
    ("1:30", 90.0), ("01:00:30.5", 3630.5), ("-4s", -4.0)])
def test_truth_seconds_as_people_write_them(written, meant):
    assert units.seconds(written) == pytest.approx(meant, abs=1e-12)


@pytest.mark.parametrize("written", ["4 sec", "six", "", True, "1:2:3:4", None, "6x", [6]])
def test_refuses_what_is_no_time(written):
    with pytest.raises((ValueError, TypeError)):
        units.seconds(written)


@pytest.mark.parametrize(("written", "meant"), [
    (24, Fraction(24)), ("24", Fraction(24)), (24.0, Fraction(24)), ("23.976", Fraction(24000, 1001)),
    (23.976, Fraction(24000, 1001)), (29.97, Fraction(30000, 1001)), ("59.94", Fraction(60000, 1001)),
    ("24000/1001", Fraction(24000, 1001)), ("25 fps", Fraction(25)), ("12.5", Fraction(25, 2))])
def test_truth_rates_are_exact(written, meant):
    assert units.rate(written) == meant


@pytest.mark.parametrize("written", [0, -24, 1001, "fast", True, "1/0", "24.0001", "nan"])
def test_refuses_what_is_no_rate(written):
    with pytest.raises((ValueError, ZeroDivisionError)):
        units.rate(written)


@pytest.mark.parametrize(("written", "meant"), [
    ("1280x720", (1280, 720)), ("1280×720", (1280, 720)), ("1280 X 720", (1280, 720)), ([640, 360], (640, 360)),
    ("1280*720", (1280, 720))])
def test_truth_sizes(written, meant):
    assert units.size(written) == meant


@pytest.mark.parametrize("written", ["1281x720", "1280x", "8x8", "9000x720", [1280], [1280.0, 720.0],
                                     "1280x720x3", 720])
def test_refuses_what_is_no_size(written):
    with pytest.raises((ValueError, TypeError)):
        units.size(written)


def test_truth_colours_have_one_spelling():
    assert units.colour("#ABC") == units.colour("#aabbcc") == "#aabbcc"
    for wrong in ("red", "#12", "#12345g", 5):
        with pytest.raises(ValueError):
            units.colour(wrong)


def test_truth_tables_are_rows_of_one_length():
    assert units.table([[0, 1], [2, 3.5]]) == units.table("[[0, 1], [2, 3.5]]") == ((0.0, 1.0), (2.0, 3.5))
    for wrong in ([[0, 1], [2]], [["a"]], 5, "[[", [[float("nan")]]):
        with pytest.raises((ValueError, TypeError)):
            units.table(wrong)


@pytest.mark.parametrize(("read", "written", "meant"), [
    (units.truth, "false", False), (units.truth, True, True), (units.truth, "YES", True), (units.whole, "3", 3),
    (units.whole, 3.0, 3), (units.number, "2.5", 2.5)])
def test_truth_plain_values(read, written, meant):
    assert read(written) == meant
    assert type(read(written)) is type(meant)


@pytest.mark.parametrize(("read", "written"), [
    (units.truth, "maybe"), (units.truth, 2), (units.whole, 3.5), (units.whole, True), (units.number, "nan"),
    (units.number, float("inf")), (units.number, True), (units.words, 5)])
def test_refuses_values_of_another_kind(read, written):
    with pytest.raises(ValueError):
        read(written)


@given(st.integers(1, 500), st.integers(1, 1001))
def test_law_a_rate_reads_back_from_its_own_spelling(numerator, denominator):
    exact = Fraction(numerator, denominator)
    if exact >= 1:
        assert units.rate(str(exact)) == exact
