"""Words of kinship: what they mean, and that meaning a word and finding it are one thing told twice."""

import itertools

import pytest

from marrow.people.kin.algebra import EGO, ages, blind, reduced
from marrow.people.kin.terms import call, known, meaning, senses, terms, word, words

STEPS = ("F", "M", "S", "D", "eB", "yB", "eZ", "yZ", "H", "W")
BY_MARRIAGE = {"MH", "FW", "HS", "WS", "HD", "WD"}


@pytest.mark.parametrize(("path", "sex", "called"), [
    (["father"], "", "爸爸"), (["father", "elder brother"], "", "伯父"), (["father", "younger brother"], "", "叔叔"),
    (["mother", "mother"], "", "外婆"), (["father", "daughter"], "", "姐姐 妹妹 自己"),
    (["father", "daughter"], "male", "姐姐 妹妹"), (["father", "father", "daughter"], "", "姑妈"),
    (["father", "sister", "son"], "", "姑表哥 姑表弟"), (["husband", "younger brother"], "", "小叔子"),
    (["wife", "mother"], "", "岳母"), (["son", "wife", "father"], "", "亲家公"), (["father", "husband"], "", ""),
    (["elder brother", "wife"], "", "嫂子"), (["sister", "son"], "", "外甥"), (["son", "son", "son"], "", "曾孙"),
])
def test_truth_what_a_relative_is_called(path, sex, called):
    assert terms(path, sex) == frozenset(called.split())


@pytest.mark.parametrize(("term", "kin"), [
    ("爸", "F"), ("爹", "F"), ("老爸", "F"), ("姥姥", "MM"), ("家家", "MM"), ("外婆", "MM"), ("姥爷", "MF"),
    ("嫂子", "eBW"),
    ("弟妹", "yBW"), ("丈人", "WF"), ("孩子他妈", "W"), ("老头子", "H"), ("后妈", "FW"), ("继父", "MH"),
    ("外甥", "ZS WZS HZS"),
    ("二姨", "MZ"), ("三叔", "FyB"), ("大哥", "eB"), ("表哥", "FZSe MBSe MZSe"), ("堂妹", "FBDy"), ("舅舅", "MB"),
    ("婆婆", "HM MM"), ("公公", "HF MF"), ("亲家", "SWF SWM DHF DHM"), ("连襟", "WeZH WyZH"), ("孩子", "S D"),
    ("桌子", ""), ("", ""),
    ("my brother", "B"), ("elder brother", "eB"), ("little sister", "yZ"), ("maternal grandmother", "MM"),
    ("Grandpa", "FF MF"), ("paternal uncle", "FB FZH"), ("aunt", "FZ MZ FBW MBW"), ("stepmother", "FW"),
    ("mother-in-law", "HM WM"), ("purple aunt", ""), ("great-grandfather", "FFF FMF MFF MMF"),
])
def test_truth_what_a_word_means(term, kin):
    assert meaning(term) == frozenset(kin.split())


def test_truth_a_counted_word_counts():
    assert senses("二姨") == {("MZ", 2)}
    assert ("MyZ", 0) in senses("小姨") and ("MZ", -1) in senses("小姨")
    assert meaning("大姨子") == {"WeZ"}
    assert senses("second brother") == {("B", 2)}


def test_law_every_kin_type_of_the_table_is_the_shortest_way_to_say_it():
    for term in known():
        for kin in meaning(term) - BY_MARRIAGE - {EGO}:
            assert ages(kin) == reduced(kin), (term, kin)


def test_law_every_path_of_three_steps_has_a_word_and_the_word_means_it():
    for path in itertools.product(STEPS, repeat=3):
        for kin in reduced(path):
            (term,) = words([kin])
            assert {kin, blind(kin)} & meaning(term), (kin, term)


def test_truth_faces_and_third_persons():
    assert (call("F"), word("F"), call("F", "en"), word("F", "en")) == ("爸", "爸爸", "Dad", "father")
    assert call("yB") == "" and word("yB") == "弟弟"
    assert call("HFeB") == "大伯" and call("WMZ") == "姨"
    assert call("FFZH") == "姑公" and word("HFeB") == ""
    assert call("BWF") == word("BWF") == ""
