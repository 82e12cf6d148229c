"""Slots: what a sentence states, in both languages, and when two sentences state the same."""

import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marrow.people.claims.fold import folded
from marrow.people.claims.negation import flips, unsure
from marrow.people.claims.numbers import chinese
from marrow.people.claims.slots import Slot, holds, same, slots

TABLE = tomllib.loads(Path(__file__).with_name("slots_sentences.toml").read_text("utf-8"))


def values(text: str, kind: str) -> list[str]:
    return [each.value for each in slots(text) if each.kind == kind]




@pytest.mark.parametrize(("text", "number"), TABLE["numbers"])
def test_truth_numbers_with_their_units(text, number):
    assert values(text, "number") == [number]


@pytest.mark.parametrize("text", TABLE["idle"])
def test_truth_words_with_numerals_count_nothing(text):
    assert values(text, "number") in ([], ["1 人"])


@given(st.integers(1, 99_999_999))
def test_law_a_chinese_numeral_means_what_it_was_written_from(number):
    assert chinese(spoken(number)) == number


def spoken(number: int) -> str:
    """A number in Chinese figures."""
    if number >= 10_000:
        rest = number % 10_000
        return spoken(number // 10_000) + "万" + ("零" if 0 < rest < 1000 else "") + (spoken(rest) if rest else "")
    text, zero = "", False
    for place, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        text += ("零" if zero and text else "") * bool(digit) + ("零一二三四五六七八九"[digit] + word if digit else "")
        zero = not digit
    return text


@pytest.mark.parametrize(("text", "found"), TABLE["places"])
def test_truth_places(text, found):
    assert values(text, "place") == found


@pytest.mark.parametrize(("text", "found"), TABLE["names"])
def test_truth_names(text, found):
    assert values(text, "name") == found


@pytest.mark.parametrize(("text", "denied"), TABLE["denials"])
def test_truth_what_denies_and_what_only_looks_like_it(text, denied):
    assert any(each.startswith("-") for each in values(text, "polarity")) == denied


@pytest.mark.parametrize("text", TABLE["asked"])
def test_truth_a_question_neither_says_nor_denies(text):
    assert values(text, "polarity") == []


def test_truth_who_does_not_know_is_heard():
    assert unsure("我记不清了") and unsure("I don’t remember") and not unsure("他走了两百步")


@pytest.mark.parametrize(("one", "two", "alike"), TABLE["alike"])
def test_truth_what_is_the_same(one, two, alike):
    first, second = ([each for each in slots(text) if each.value[0] != "+" and each.kind != "quality"]
                     for text in (one, two))
    assert same(first[0], second[0]) == same(second[0], first[0]) == alike


@pytest.mark.parametrize(("evidence", "good", "bad"), TABLE["holding"])
def test_truth_a_sentence_holds_or_the_swapped_slot_is_named(evidence, good, bad):
    assert holds(slots(good), slots(evidence)) == ()
    assert holds(slots(bad), slots(evidence))


WORDS = st.lists(st.sampled_from("他 没 不 牵 手 两百 步 在 河边 从 棉纺厂 到 家门口 ， 。 九三年 "
                                  "老周 半 三 个 小时 never in Suzhou steps 2 . 兩".split()),
                 max_size=20)


@given(WORDS)
def test_law_a_sentence_holds_against_itself_and_slots_stand_where_they_say(words):
    text = "".join(words)
    found = slots(text)
    assert holds(found, found) == () and found == slots(text)
    assert all(0 <= each.start < each.end <= len(text) and same(each, each) for each in found)


@given(st.text(max_size=60))
def test_law_folding_keeps_every_offset(text):
    assert len(folded(text)) == len(text) and folded(folded(text)) == folded(text)
    assert all(isinstance(each, Slot) for each in slots(text))


def test_truth_traditional_letters_and_wide_digits_say_the_same():
    one, two = slots("從巷口走了兩百步，沒牽手"), slots("从巷口走了两百步,没牵手")
    assert [each.value for each in one] == [each.value for each in two]


def test_truth_a_denial_meets_only_what_it_denies():
    assert flips("-牵我的手", "+他一路牵着我的手") and flips("+he swam in the river", "-swam in the river")
    assert not flips("-去北京", "+他去上海") and not flips("-牵手", "-牵手")


@pytest.mark.parametrize("text", ["一" * 5000, "hundred " * 3000, "1," * 5000, "在家" * 2000, "九" * 4000 + "年",
                                  "不是不" * 2000])
def test_refuses_no_text_however_odd_and_takes_no_long_time(text):
    begun = time.process_time()
    assert all(0 <= each.start < each.end <= len(text) for each in slots(text))
    assert time.process_time() - begun < 5
