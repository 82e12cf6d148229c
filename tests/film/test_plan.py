"""The first thing in which two identities of a step differ, in the order in which a director would ask."""

import pytest

from marrow.film.plan import difference

OLD = {"step": "voice.speak", "revision": 1, "settings": {"engine": ["espeak", "1"], "speed": 1.0},
       "inputs": {"text": "a" * 64}, "files": {"engine": "f" * 64}}


@pytest.mark.parametrize(("change", "word"), [
    ({}, "same"),
    ({"step": "voice.sing"}, "step"),
    ({"revision": 2}, "revision"),
    ({"settings": {"engine": ["cosy", "1"], "speed": 1.0}}, "engine"),
    ({"settings": {"engine": ["espeak", "1"], "speed": 1.5}}, "setting"),
    ({"files": {"engine": "e" * 64}}, "file"),
    ({"inputs": {"text": "b" * 64}}, "input"),
    ({"roll": 1}, "roll"),
    ({"settings": {"engine": ["cosy", "1"], "speed": 2.0}, "inputs": {"text": "b" * 64}}, "engine"),
    ({"revision": 2, "inputs": {"text": "b" * 64}}, "revision"),
])
def test_truth_the_first_difference_is_named(change, word):
    assert difference(OLD, {**OLD, **change})[0] == word


def test_truth_both_sides_of_a_difference_are_told():
    word, facts = difference(OLD, {**OLD, "settings": {"engine": ["cosy", "2"], "speed": 1.0}})
    assert (word, facts["old"], facts["new"]) == ("engine", "espeak 1", "cosy 2")
