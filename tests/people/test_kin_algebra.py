"""Kin types: steps compose and undo each other, what stays open stays a set."""

import itertools

import pytest

from marrow.people.kin.algebra import ages, blind, reduced, reverse, rise

STEPS = ("F", "M", "S", "D", "eB", "yB", "eZ", "yZ", "H", "W")
PATHS = [path for length in (1, 2, 3) for path in itertools.product(STEPS, repeat=length)]
SEXES = ("male", "female")


@pytest.mark.parametrize(("path", "sex", "kin"), [
    ("FD", "", "ego eZ yZ"), ("FD", "male", "eZ yZ"), ("MS", "female", "eB yB"), ("FFS", "", "F FeB FyB"),
    ("eBF", "", "F"), ("eByB", "female", "eB yB"), ("eByB", "male", "eB ego yB"), ("eBeB", "", "eB"),
    ("SM", "", "W ego"), ("SM", "male", "W"), ("HS", "", "S"), ("HS", "male", ""), ("FW", "", "M"), ("FH", "", ""),
    ("FeBS", "", "FBSe FBSy"), ("FeBSF", "", "FeB"), ("FeBW", "", "FeBW"), ("FyBWS", "", "FBSe FBSy"),
    ("SyB", "", "S"),
    ("HFD", "", "HeZ HyZ"), ("ego", "", "ego"), ("", "", "ego"), ("WMeB", "", "WMeB"), ("WMeBW", "male", "WMeBW"),
    ("FBSeeB", "", "FBSe"), ("FBSeyB", "", "FBSe FBSy"),
])
def test_truth_paths_reduce_to_what_he_may_be(path, sex, kin):
    assert reduced(path, sex) == frozenset(kin.split())


def test_truth_steps_may_be_words():
    assert reduced(["father", "elder brother"]) == reduced("FeB") == {"FeB"}
    assert reduced(["parent", "sister"]) == {"FeZ", "FyZ", "MeZ", "MyZ"}


@pytest.mark.parametrize(("path", "sex", "kin"), [
    ("FeB", "male", "BS"), ("FeB", "female", "BD"), ("yBD", "male", "FeB"), ("yBD", "female", "FeZ"),
    ("FD", "male", "eB yB"), ("H", "", "W"), ("HyB", "", "eBW"), ("FeBS", "female", "FBDe FBDy"),
    ("MyZH", "male", "WZS"),
    ("FyZS", "male", "MBSe MBSy"), ("HF", "male", ""),
])
def test_truth_what_i_am_to_him(path, sex, kin):
    assert reverse(path, sex) == frozenset(kin.split())


@pytest.mark.parametrize("sex", SEXES)
def test_law_a_step_and_its_inverse_come_home(sex):
    for path in PATHS:
        for kin in reduced(path, sex):
            end = "male" if kin.rstrip("ey")[-1:] in "FSBH" else "female"
            if kin != "ego":
                assert any(sex_home(home, end, kin, sex) for home in reverse(path, sex))


def sex_home(home, end, kin, sex):
    """Whether he to whom I am `home` may be `kin` to me, as far as told ages go."""
    return {blind(each) for each in reverse(home, end)} & {blind(kin)} if home != "ego" else kin == "ego"


def test_law_reducing_again_changes_nothing_and_generations_add_up():
    levels = {"F": 1, "M": 1, "S": -1, "D": -1}
    for path in PATHS:
        for kin in reduced(path):
            assert {blind(each) for each in reduced(kin)} == {blind(kin)}
            assert rise(kin) == sum(levels.get(step, 0) for step in path)


def test_law_a_sex_not_known_is_either():
    for path in PATHS:
        assert reduced(path) == reduced(path, "male") | reduced(path, "female")
        assert reverse(path) == reverse(path, "male") | reverse(path, "female")


def test_truth_ages_left_out_are_both():
    assert ages("FB") == {"FeB", "FyB"} and ages("FBS") == {"FBSe", "FBSy"} and ages("BS") == {"BS"}
    assert ages("FBW") == {"FeBW", "FyBW"} and blind("FBSeW") == "FBSW" and blind("ego") == "ego"
