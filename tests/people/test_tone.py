"""How kind what is told is: kind against unkind words, what is denied turned round, bare facts nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marrow.people.talking.tone import tone

KIND = ("他对人和气，从来有耐心。", "他一只手牵着你。", "他不打人。", "他没骂过我。", "他教我写字。", "他不小气。",
        "He was a kind and patient man.", "He never shouted.", "He wasn't cruel.")
UNKIND = ("他打我。", "他喝醉了就骂人。", "他不好。", "他不太和气。", "他不怎么笑。", "他小气，还撒谎。",
          "他从来不夸我。", "He hit me and shouted.", "He was not kind.", "He was not a kind man.",
          "He was not very patient.")
BARE = ("", "他一九八二年进厂。", "打雷了，他打电话回来。", "好像有好几个人，等了好久。", "他打算去教室。",
        "他爱吃面条。", "恐怕要赶紧走。", "This means nothing.", "He worked in the mill.")


def test_truth_kind_words_are_above_nothing_and_unkind_ones_below():
    assert [words for words in KIND if tone(words) <= 0] == []
    assert [words for words in UNKIND if tone(words) >= 0] == []
    assert [words for words in BARE if tone(words) != 0] == []


@pytest.mark.parametrize(("simple", "traditional"), [
    ("他爱我们。", "他愛我們。"), ("他发脾气。", "他發脾氣。"), ("他很温柔。", "他很溫柔。")])
def test_law_traditional_characters_weigh_what_simplified_ones_do(simple, traditional):
    assert tone(simple) == tone(traditional) != 0


@pytest.mark.parametrize(("word", "denied"), [
    ("他笑。", "他不笑。"), ("他打人。", "他不打人。"), ("He is kind.", "He is not kind.")])
def test_law_denied_is_the_opposite(word, denied):
    assert tone(word) == -tone(denied) != 0


def test_truth_of_one_word_it_is_a_half_and_of_one_each_nothing():
    assert tone("他笑。") == 0.5 and tone("他笑，他哭。") == 0 and tone("他笑，他笑。") == pytest.approx(2 / 3)


@given(st.text(alphabet="他我不没好打笑骂爱吵雷kindhit ，。", max_size=40))
def test_law_it_lies_between_minus_one_and_one(words):
    assert -1 < tone(words) < 1
