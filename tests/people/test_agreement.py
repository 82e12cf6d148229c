"""Agreement: equal to the published tables, to loops without cleverness, and honest intervals."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from marrow.people.agreement import alpha, icc, profile

NAN = np.nan
KRIPPENDORFF = np.array([[1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN], [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
                         [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN], [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN]]).T
TWO = np.array([[ord(each) for each in row] for row in ("aabbdcccedda", "babbbccceddd")], float).T  # its section B
SHROUT = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
LEVELS = ("nominal", "ordinal", "interval", "ratio")


def in_pairs(table, level):
    """Alpha by a loop over all pairs of answers."""
    items = [[each for each in row if not math.isnan(each)] for row in table]
    items = [row for row in items if len(row) > 1]
    pooled = [each for row in items for each in row]
    if not pooled:
        return math.nan

    def apart(one, other):
        if level == "ordinal":
            low, high = sorted((one, other))
            between = sum(low <= each <= high for each in pooled)
            return (between - (pooled.count(one) + pooled.count(other)) / 2) ** 2 if one != other else 0
        if level == "ratio":
            return ((one - other) / (one + other)) ** 2 if one + other else 0
        return float(one != other) if level == "nominal" else (one - other) ** 2

    seen = sum(sum(apart(a, b) for i, a in enumerate(row) for j, b in enumerate(row) if i != j) / (len(row) - 1)
               for row in items) / len(pooled)
    chance = sum(apart(a, b) for i, a in enumerate(pooled) for j, b in enumerate(pooled) if i != j) / (
        len(pooled) * (len(pooled) - 1))
    return 1 - seen / chance if chance else math.nan


@pytest.mark.parametrize(("level", "printed"), [
    ("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)])
def test_truth_alpha_of_the_paper(level, printed):
    assert round(alpha(KRIPPENDORFF, level).value, 3) == printed


def test_truth_alpha_of_two_witnesses_and_binary_answers():
    binary = np.array([[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]], float).T
    assert round(alpha(binary, "nominal").value, 3) == 0.095
    assert round(alpha(TWO, "nominal").value, 3) == 0.692


@given(st.integers(2, 12), st.integers(2, 6), st.integers(0, 10**6), st.sampled_from(LEVELS))
@settings(max_examples=120, deadline=None)
def test_law_alpha_equals_a_loop_over_all_pairs(items, many, seed, level):
    chance = np.random.default_rng(seed)
    table = chance.integers(0, 5, (items, many)).astype(float)
    table[chance.random(table.shape) < 0.25] = NAN
    found, looped = alpha(table, level).value, in_pairs(table, level)
    assert (math.isnan(found) and math.isnan(looped)) or found == pytest.approx(looped, abs=1e-9)


@pytest.mark.parametrize(("kind", "one", "four"), [("1", 0.17, 0.44), ("2", 0.29, 0.62), ("3", 0.71, 0.91)])
def test_truth_icc_of_the_paper(kind, one, four):
    assert round(icc(SHROUT, kind).value, 2) == one
    assert round(icc(SHROUT, kind, several=True).value, 2) == four


@pytest.mark.parametrize(("kind", "low", "high"), [("1", -0.13, 0.72), ("3", 0.34, 0.95)])
def test_truth_intervals_of_the_same_table_as_others_print_them(kind, low, high):
    found = icc(SHROUT, kind)
    assert (round(found.low, 2), round(found.high, 2)) == (low, high)


@given(st.integers(3, 12), st.integers(2, 6), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_law_icc_equals_sums_of_squares_in_loops(items, many, seed):
    table = np.random.default_rng(seed).normal(size=(items, many)) + np.arange(items)[:, None]
    middle = sum(table[i, j] for i in range(items) for j in range(many)) / (items * many)
    rows = [sum(table[i]) / many for i in range(items)]
    columns = [sum(table[:, j]) / items for j in range(many)]
    bms = sum(many * (row - middle) ** 2 for row in rows) / (items - 1)
    jms = sum(items * (column - middle) ** 2 for column in columns) / (many - 1)
    wms = sum((table[i, j] - rows[i]) ** 2 for i in range(items) for j in range(many)) / (items * (many - 1))
    ems = (wms * items * (many - 1) - jms * (many - 1)) / ((items - 1) * (many - 1))
    expected = {"1": ((bms - wms) / (bms + (many - 1) * wms), (bms - wms) / bms),
                "2": ((bms - ems) / (bms + (many - 1) * ems + many * (jms - ems) / items),
                      (bms - ems) / (bms + (jms - ems) / items)),
                "3": ((bms - ems) / (bms + (many - 1) * ems), (bms - ems) / bms)}
    for kind, (one, several) in expected.items():
        assert icc(table, kind).value == pytest.approx(one, abs=1e-9)
        found = icc(table, kind, several=True).value
        assert found == pytest.approx(several, rel=1e-8, abs=1e-9) or (found == -math.inf and several > 1)


@pytest.mark.parametrize(("items", "many"), [(10, 2), (10, 7), (50, 4)])
def test_truth_intervals_hold_what_they_say(items, many):
    chance, held, rounds = np.random.default_rng(7), np.zeros(2), 250
    draw = lambda rows: (chance.normal(size=(rows, 1)) * 0.6 ** 0.5 + chance.normal(size=(rows, many)) * 0.4 ** 0.5)  # noqa: E731
    true = alpha(np.clip(np.round(3 + 1.2 * draw(40000)), 1, 5)).value
    for _ in range(rounds):
        table = draw(items)
        answers, plain = alpha(np.clip(np.round(3 + 1.2 * table), 1, 5)), icc(table, "1")
        held += answers.low <= true <= answers.high, plain.low <= 0.6 <= plain.high
    assert (held / rounds >= 0.915).all() and (held / rounds <= 0.985).all()


def test_law_the_order_of_witnesses_and_items_changes_nothing():
    turned = KRIPPENDORFF[::-1, [2, 0, 3, 1]]
    assert alpha(turned).value == pytest.approx(alpha(KRIPPENDORFF).value, abs=1e-12)
    assert alpha(turned).low == pytest.approx(alpha(KRIPPENDORFF).low, abs=1e-9)


def test_law_alpha_looks_only_at_what_its_level_allows():
    stretched = KRIPPENDORFF ** 3
    assert alpha(stretched).value == pytest.approx(alpha(KRIPPENDORFF).value)
    assert alpha(stretched, "interval").value != pytest.approx(alpha(KRIPPENDORFF, "interval").value)
    assert alpha(7 * KRIPPENDORFF, "ratio").value == pytest.approx(alpha(KRIPPENDORFF, "ratio").value)


def test_truth_what_cannot_be_said_is_no_number():
    assert math.isnan(alpha(np.ones((5, 3))).value) and math.isnan(alpha(np.full((5, 3), NAN)).value)
    assert math.isnan(icc(np.ones((1, 3))).value) and math.isnan(alpha(KRIPPENDORFF[:3]).low)


def test_truth_a_profile_has_fishers_interval():
    one = np.arange(30.0)
    table = np.c_[one, np.where(one % 3, one, -one)]
    found = profile(table, 0, 1)
    centre, reach = math.atanh(found.value), stats.norm.ppf(0.975) / math.sqrt(27)
    assert (found.low, found.high) == pytest.approx((math.tanh(centre - reach), math.tanh(centre + reach)))
    assert found.value == pytest.approx(stats.pearsonr(*table.T)[0])


def test_truth_strangers_are_alike_only_as_all_people_are():
    chance = np.random.default_rng(3)
    everybody, own = chance.normal(size=(400, 1)), chance.normal(size=(400, 1))
    table = 2 * everybody + 0.5 * chance.normal(size=(400, 6))
    table[:, :2] += own
    assert profile(table, 2, 3).value > 0.9 and abs(profile(table, 2, 3, own=True).value) < 0.6
    assert profile(table, 0, 1, own=True).value > profile(table, 0, 2, own=True).value + 0.4
    assert profile(table[:, [0, 0, 1]], 0, 1).value == pytest.approx(1)
    assert math.isnan(profile(table[:, :2], 0, 1, own=True).value)
