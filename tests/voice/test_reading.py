"""The script front-end: languages, rests and how Chinese numbers are said."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marrow.errors import InputError, LimitError
from marrow.voice.numerals import cardinal, spoken
from marrow.voice.reading import phrases, runs

VALUE = {each: place for place, each in enumerate("零一二三四五六七八九")} | {"两": 2}
SIZE = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}


def heard(said: str) -> int:
    """A Chinese number back as an integer: the independent listener of the round trip."""
    total = section = digit = 0
    for each in said:
        if each in VALUE:
            digit = VALUE[each]
        elif SIZE[each] < 10**4:
            section, digit = section + (digit or 1) * SIZE[each], 0
        else:
            total, section, digit = (total + section + digit) * SIZE[each], 0, 0
    return total + section + digit


@given(st.integers(0, 10**12 - 1))
def test_law_a_number_said_and_heard_is_the_same(number):
    if number % 10**8 < 10**4 or number < 10**8:       # the simple listener knows one 亿 or 万 at a time
        assert heard(cardinal(number)) == number
    assert "零零" not in cardinal(number)


@pytest.mark.parametrize(("written", "said"), [
    ("1993年", "一九九三年"), ("2000年前", "两千年前"), ("10月1日", "十月一日"), ("20年", "二十年"), ("93年", "九三年"),
    ("80年代", "八十年代"), ("1978－1983年", "一九七八到一九八三年"), ("3.5", "三点五"), ("90%", "百分之九十"),
    ("08:05", "八点零五分"), ("2个人", "两个人"), ("第2天", "第二天"), ("12个", "十二个"), ("1,200元", "一千两百元"),
    ("-5度", "负五度"), ("13800138000", "幺三八零零幺三八零零零"), ("010-12345678", "零一零一二三四五六七八"),
    ("3-5天", "三到五天"), ("10005", "一万零五"), ("110", "一百一十"), ("3:2", "三比二"), ("A4", "A4"),
])
def test_truth_numbers_as_chinese_says_them(written, said):
    assert spoken(written) == said


@given(st.text("爸爸花儿我 abcXYZ'19,.。！（）\n", max_size=60), st.sampled_from(["auto", "zh", "en"]))
def test_law_runs_joined_are_the_text_and_neighbours_differ(words, language):
    cut = runs(words, language)
    assert "".join(run for _, run in cut) == words
    assert all(one[0] != two[0] for one, two in pairwise(cut))
    for spoken_in, run in cut:
        assert not (spoken_in == "en" and any(each in run for each in "爸花儿我"))
        assert not (spoken_in == "zh" and any(each in run for each in "abcXYZ"))


@pytest.mark.parametrize(("words", "languages"), [
    ("他说 hello 走了", ["zh", "en", "zh"]), ("In 1993, he left", ["en"]), ("1993年 he left", ["zh", "en"]),
    ("MP3播放", ["en", "zh"]), ("3 apples", ["en"]), ("42", ["zh"]),
])
def test_truth_numbers_go_to_the_language_beside_them(words, languages):
    assert [language for language, _ in runs(words)] == languages


def test_truth_er_curls_the_syllable_before_it_and_no_other():
    said = [each.words for each in phrases("花儿，女儿，儿子，一会儿，那儿童话，婴儿。")]
    assert said == ["花ʳ", "女儿", "儿子", "一会ʳ", "那儿童话", "婴儿"]


def test_law_rests_grow_with_the_punctuation():
    rests = [phrases(f"走{mark}走")[0].rest for mark in "、，；。\n"]
    assert rests == sorted(set(rests))
    assert phrases("“走”了")[0].words == "走了"


def test_truth_english_full_stops_inside_words_are_no_rest():
    assert [each.words for each in phrases("Mr. Smith paid 3.50. Why?")] == ["Mr. Smith paid 3.50", "Why"]


@given(st.text("。，、！？…—\n “”（）", max_size=20))
def test_refuses_what_cannot_be_said(words):
    with pytest.raises(InputError, match="say"):
        phrases(words)


def test_refuses_foreign_letters_and_endless_texts():
    with pytest.raises(InputError, match="あ"):
        phrases("你好あ")
    with pytest.raises(LimitError, match="100000"):
        phrases("字" * 100_000)


def test_truth_wide_circled_and_roman_numbers_are_numbers():
    assert [each.words for each in phrases("１２岁；第①章；Ⅳ号")] == ["十二岁", "第一章", "四号"]
