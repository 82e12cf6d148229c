"""A step's signature is its only declaration: inputs, settings, output, checks."""

import pickle
from fractions import Fraction
from typing import Annotated, Literal

import pytest

from marrow import words
from marrow.errors import EngineError, InputError, LimitError, MarrowError, near
from marrow.media import KINDS, SUFFIXES, Person, Sound, Text, Video, fits, kind_of
from marrow.step import find, plain, setting, step
from marrow.units import Bound, Rate, Seconds, Seed, Size


@step(revision=3)
def shine(video: Video, text: Text | None = None, *, length: Seconds = 2.0, fps: Rate = Fraction(24),
          size: Size = (64, 36), mode: Literal["soft", "hard"] = "soft", times: int = 1, seed: Seed = 0,
          share: Annotated[float, Bound(0, 1)] = 0.5, name: str = "", on: bool = False) -> Sound:
    """Shine.

    >>> 1 + 1
    2
    """


def test_truth_the_signature_is_read_once():
    assert (shine.revision, shine.output, shine.about, shine.seeded) == (3, "sound", "Shine.", True)
    assert {name: (each.kind, each.optional) for name, each in shine.inputs.items()} == {
        "video": ("video", False), "text": ("text", True)}
    assert list(shine.settings) == ["length", "fps", "size", "mode", "times", "seed", "share", "name", "on"]
    assert ">>> 1 + 1" in shine.__doc__


def test_law_a_default_said_aloud_and_another_spelling_are_one_setting():
    said = {"length": "2s", "fps": 24.0, "size": "64x36", "mode": "soft", "times": 1.0, "share": "0.5", "on": "no"}
    assert shine.chosen(said) == shine.chosen({})
    assert plain(shine.chosen({})["fps"]) == "24"
    assert plain(shine.chosen({})["size"]) == [64, 36]


@pytest.mark.parametrize(("said", "key", "word"), [
    ({"lenght": 2}, "setting.unknown", "length"), ({"mode": "sft"}, "setting.choice", "soft"),
    ({"share": 1.01}, "setting.range", "1"), ({"share": -0.01}, "setting.range", "0"),
    ({"times": 1.5}, "setting.kind", "1"), ({"on": "perhaps"}, "setting.kind", "false"),
    ({"fps": 0}, "setting.kind", "24000/1001"), ({"name": 5}, "setting.kind", '""')])
def test_refuses_a_wrong_setting_and_offers_the_right_one(said, key, word):
    with pytest.raises(InputError) as caught:
        shine.chosen(said)
    assert caught.value.key == key
    assert word in caught.value.tell("en")
    assert word in caught.value.tell("zh")


@pytest.mark.parametrize("edge", [0, 1, 0.0, 1.0])
def test_law_the_ends_of_a_range_belong_to_it(edge):
    assert shine.chosen({"share": edge})["share"] == edge


def test_refuses_a_step_that_hides_its_settings():
    def tunnel(text: Text, **more: object) -> Text:
        """No."""

    def bare(text: Text, *, strength: float) -> Text:
        """No."""

    def paths(place: str) -> Text:
        """No."""

    for function in (tunnel, bare, paths):
        with pytest.raises(TypeError):
            step(revision=1)(function)


def test_refuses_a_default_that_breaks_its_own_rule():
    with pytest.raises(InputError):
        setting(Annotated[float, Bound(0, 1)], 2.0)


def test_refuses_an_unknown_step_and_offers_the_nearest():
    with pytest.raises(EngineError) as caught:
        find("frames.titel")
    assert caught.value.tell().split("choose one of: ")[1].startswith("frames.title")


def test_law_errors_cross_process_borders_whole():
    error = LimitError("disk.full", path="/一个/地方")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.tell("zh"), again.exit) == (LimitError, error.tell("zh"), 5)
    assert {family.exit for family in MarrowError.__subclasses__()} == {2, 3, 4, 5}


def test_truth_the_nearest_choice_stands_first():
    assert near("dda", ["mum", "dad", "zhou"]) == "dad, mum, zhou"
    assert near("???", ["b", "a"]) == "a, b"


@pytest.mark.parametrize(("variables", "wanted"), [
    ({"MARROW_LANG": "zh"}, "zh"), ({"MARROW_LANG": "en", "LANG": "zh_CN.UTF-8"}, "en"),
    ({"LC_ALL": "zh_TW.UTF-8", "LANG": "en_US"}, "zh"), ({"LANG": "zh_CN.UTF-8"}, "zh"), ({"LANG": "de_DE"}, "en")])
def test_truth_the_language_is_the_nearest_wish(monkeypatch, variables, wanted):
    for name in ("MARROW_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert words.language() == wanted


def test_law_every_kind_of_result_has_a_standard_suffix():
    assert set(KINDS) - {"footage"} == set(SUFFIXES)
    assert kind_of(Person) == "person"
    assert fits("video", "footage")
    assert not fits("footage", "video")
