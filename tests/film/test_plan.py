"""The first thing in which two identities of a step differ, in the order in which a director would ask."""

import pytest

from marrow.errors import FilmError
from marrow.film.film import read
from marrow.film.plan import difference
from marrow.film.resolve import cut

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


def test_law_a_shot_that_gives_a_body_is_made_for_others_and_not_shown(tmp_path):
    (tmp_path / "walk.bvh").write_text("x", "utf-8")
    text = """title = "试"
[[shot]]
name = "身体"
recipe = ["bones.pose_from_points"]
use = "walk.bvh"
[[shot]]
name = "01"
recipe = ["bones.figure"]
use = { shot = "身体" }
"""
    (tmp_path / "film.toml").write_text(text, "utf-8")
    found = cut(read(tmp_path / "film.toml"))
    assert [each.name for each in found.shots] == ["01"] and [each.name for each in found.others] == ["身体"]
    (tmp_path / "film.toml").write_text(f'{text}[versions.v1]\nshots = ["身体", "01"]\n', "utf-8")
    with pytest.raises(FilmError) as caught:
        cut(read(tmp_path / "film.toml"), "v1")
    assert caught.value.key == "film.not_shown" and "身体" in caught.value.tell("zh")
