"""What is looked up: folding, sounds, pairs, stems; a list is cut as its texts are one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marrow.people.finding.tokens import CHARACTER, PAIR, SOUND, SOUNDS, WORD, asked, fold, kind_of, stem, terms


def of(text, *kinds):
    found = terms([text])[0]
    return set(found[np.isin(kind_of(found), kinds)].tolist())


@pytest.mark.parametrize(("traditional", "simple"), [
    ("爸爸後來說過什麼話", "爸爸后来说过什么话"), ("沿著河邊走", "沿着河边走"), ("著名的醫院", "着名的医院"),
    ("乾隆年間", "干隆年间"), ("ABC學Å", "abc学å"), ("妳們", "你们")])
def test_truth_traditional_and_simplified_are_one(traditional, simple):
    assert fold(traditional) == fold(simple) == simple
    kinds = (CHARACTER, PAIR, SOUND, SOUNDS, WORD)
    assert of(traditional, *kinds) == of(simple, *kinds)


@given(st.text())
@settings(max_examples=100, deadline=None)
def test_law_folding_twice_is_folding_once_and_keeps_every_place(text):
    assert fold(fold(text)) == fold(text) and len(fold(text)) == len(text)


def test_truth_homophones_have_other_pairs_and_the_same_sounds():
    said, heard = "他在厂里做木工", "他再场里作木公"
    assert of(said, SOUNDS) == of(heard, SOUNDS) and not of(said, PAIR) & of(heard, PAIR)
    assert of("女", SOUND) != of("努", SOUND)


def test_truth_pairs_keep_their_order_and_end_at_a_mark():
    assert of("茶花", PAIR) != of("花茶", PAIR) and len(of("茶，花", PAIR)) == 0 and len(of("茶花", PAIR)) == 1
    assert of("的是了", CHARACTER) == set() and len(of("的是了", PAIR)) == 2


@pytest.mark.parametrize("words", [("learning", "learned", "learns", "learn"), ("stories", "story"), ("running", "run"),
                                   ("loved", "love", "loves", "loving"), ("children's", "children")])
def test_truth_words_meet_at_their_stem(words):
    assert len({frozenset(of(each, WORD)) for each in words}) == 1 and of(words[0], WORD)


def test_truth_words_of_every_dress_are_found():
    assert of("ＢＢＣ 1993", WORD) == of("bbc 1993", WORD) and of("the of and", WORD) == set()
    assert len(of("Müller écoutait Москва", WORD)) == 3 and stem("bus") == "bus"


@given(st.lists(st.text(st.sampled_from("爸爸的河邊茶 \n\x00\u200eab1,。𠮷😀"), max_size=12), max_size=6))
@settings(max_examples=60, deadline=None)
def test_law_a_list_is_cut_as_its_texts_one_by_one(texts):
    found, text, at = terms(texts)
    together = sorted(zip(text.tolist(), found.tolist(), at.tolist(), strict=True))
    assert together == sorted((number, term, place) for number, each in enumerate(texts)
                              for term, place in zip(terms([each])[0].tolist(), terms([each])[2].tolist(), strict=True))


def test_truth_places_are_where_the_terms_begin():
    found, text, at = terms(["", "吃茶 tea"])
    places = {int(kind): place for kind, place in zip(kind_of(found), at.tolist(), strict=True)}
    assert set(text.tolist()) == {1} and places[WORD] == 3 and places[PAIR] == 0


def test_truth_the_words_that_ask_are_left_out():
    assert asked("爸爸是什麼時候去的上海？").split() == ["爸爸是", "去的上海？"]
    assert asked("他住在哪里").split() == ["他住在"]


def test_law_a_lone_half_of_a_character_is_no_bad_input():
    assert len(terms(["a\ud800b茶"])[0])
