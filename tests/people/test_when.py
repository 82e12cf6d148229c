"""Phrases of time: worked out by hand before the code; nothing is found in what is no date."""

import tomllib
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marrow.people.calendar.days import lunar_year, of_holiday, of_lunar, table
from marrow.people.calendar.numbers import ONES, TYS, about, chinese, english
from marrow.people.testimony import Interval
from marrow.people.when import when

HERE = Path(__file__).parent
SAID = Interval(date(2019, 10, 5), date(2019, 10, 5))
YEAR = Interval(date(1940, 1, 1), date(1940, 12, 31))
MEI = Interval(date(1988, 6, 18), date(1988, 6, 18))
BIRTHS = {"爸爸": YEAR, "father": YEAR, "小梅": MEI, "Mary": MEI}
FULL = {"said": SAID, "born": date(1965, 12, 30), "births": BIRTHS}
KNOWN = {"plain": {}, "said": {"said": SAID}, "born": FULL, "traps": FULL}


def rows(name):
    for group, given_rows in tomllib.loads((HERE / name).read_text("utf-8")).items():
        for text, *expected in given_rows["rows"]:
            yield group, text, expected


def wrong(group, text, expected):
    """What is found beside what is to be found; None where they agree."""
    found = when(text, **KNOWN[group])
    told = [f"{text[start:end]} = {each.first or ''}..{each.last or ''} {each.calendar}{'' if each.sure else '?'}"
            for start, end, each in found]
    agree = len(told) == len(expected) and all(
        have.split(" = ")[1] == want.split(" = ")[1] and overlap(text, start, end, want.split(" = ")[0])
        for have, want, (start, end, _) in zip(told, expected, found, strict=True))
    return None if agree else (text, expected, told)


def overlap(text, start, end, phrase):
    at = text.lower().index(phrase.lower())
    return start < at + len(phrase) and at < end


@pytest.mark.parametrize(("name", "still"), [
    ("when_phrases.toml", set()), ("when_phrases_unseen.toml", {"We married in 'seventy-one", "八月桂路口"})])
def test_truth_phrases_worked_out_by_hand(name, still):
    every = list(rows(name))
    missed = [each for each in (wrong(*row) for row in every) if each]
    assert len(every) >= 100 and {each[0] for each in missed} <= still, "\n".join(map(str, missed))


@given(st.text(alphabet="九三年月初八腊正七岁那去前后到19930-/. in the of summer ago I was'", max_size=40))
@settings(max_examples=300, deadline=None)
def test_law_hits_are_in_order_apart_and_said_in_the_text(text):
    found = when(text, **FULL)
    for start, end, each in found:
        assert 0 <= start < end <= len(text) and each.phrase == text[start:end]
        assert each.first is None or each.last is None or each.first <= each.last
    assert all(one[1] <= other[0] for one, other in pairwise(found))


@given(st.text(alphabet="0123456789九百十几年月日号天周岁前后上去", max_size=30), st.integers(1, 9998))
@settings(max_examples=300, deadline=None)
def test_refuses_no_number_however_long(text, year):
    said = Interval(date(year, 2, 28), date(year, 2, 28))
    when(text, said=said, born=date(1904, 2, 29))
    when("9" * 500 + "天前" + text, said=said)


def test_truth_a_lunar_year_begins_with_its_first_day():
    assert [lunar_year(date(1993, 1, day)) for day in (22, 23)] == [1992, 1993]


@pytest.mark.parametrize(("lunar", "solar"), [((1965, 12, 8), (1965, 12, 30)), ((1993, 8, 15), (1993, 9, 30)),
                                              ((1976, 7, 2), (1976, 7, 28)), ((1988, 5, 5), (1988, 6, 18))])
def test_truth_lunar_days_of_printed_calendars(lunar, solar):
    assert of_lunar(*lunar) == (date(*solar),) * 2


def test_truth_the_thirtieth_of_a_short_month_is_its_last_day():
    assert of_lunar(1965, 12, 30) == (date(1966, 1, 20),) * 2  # the month has 29 days
    assert of_lunar(1850, 1, 1) is None and of_lunar(1965, 13, 1) is None


@pytest.mark.parametrize("number", range(100))
def test_truth_numbers_come_back_from_every_way_of_writing(number):
    ones, tens = "零一二三四五六七八九", number // 10
    counted = (("" if tens == 1 else ones[tens]) + "十" if tens else "") + (
        ones[number % 10] if number % 10 or not tens else "")
    words = ONES[number] if number < 20 else TYS[tens] + (f"-{ONES[number % 10]}" if number % 10 else "")
    spelled = "".join(ones[int(mark)] for mark in str(number))
    assert chinese(counted) == chinese(str(number)) == chinese(spelled) == number
    assert english(words) == english(f"{number}th") == number


@pytest.mark.parametrize(("text", "least", "most"), [
    ("十七八", 17, 18), ("二十多", 21, 29), ("三十出头", 30, 33), ("几", 1, 9), ("十几", 11, 19), ("二三十", 20, 30),
    ("二十来", 18, 23), ("四十左右", 38, 42), ("七八", 7, 8), ("九十九", 99, 99), ("十二", 12, 12)])
def test_truth_loose_counts(text, least, most):
    assert about(text) == (least, most)


def test_truth_two_digits_are_of_the_last_such_year_before_they_were_said():
    old = Interval(date(1941, 6, 1), date(1941, 6, 1))
    assert when("back in '65", said=old)[0][2].first == date(1865, 1, 1)
    assert when("back in '65")[0][2].first == date(1965, 1, 1)


def test_law_who_is_named_counts_from_her_own_birth():
    mine, hers = (when(text, **FULL)[0][2] for text in ("我五岁那年", "小梅五岁那年"))
    assert mine.first == date(1969, 2, 17) and hers.first == date(1992, 2, 4)
    assert when("奶奶五岁那年", **FULL)[0][2].first is None


def test_law_a_year_told_before_is_leant_on_and_not_sure():
    first, then = when("六二年闹饥荒。第二年秋天他走了", **FULL)[0], when("六二年闹饥荒。第二年秋天他走了", **FULL)[-1]
    assert first[2].sure and not then[2].sure and then[2].first == date(1963, 9, 1)


def test_law_every_day_of_the_tables_exists():
    for name, row in table("holidays").items():
        assert of_holiday(name, 1988), name
        assert len({"solar", "lunar", "nth", "term"} & set(row)) == 1
    assert all(row.get("last", row["first"]) >= row["first"] for row in table("events").values())


def test_law_without_knowing_when_it_was_said_the_phrase_is_kept_and_open():
    (_, _, found), = when("去年秋天")
    assert found == Interval(None, None, "去年秋天", "relative", False)


@pytest.mark.parametrize(("text", "first", "last", "sure"), [
    ("九几年", 1990, 1999, True), ("五六十年代", 1950, 1969, True), ("民国三十一年", 1942, 1942, True),
    ("1985年左右", 1984, 1986, False), ("around 1985", 1984, 1986, False)])
def test_truth_loose_years(text, first, last, sure):
    (_, _, found), = when(text)
    assert (found.first, found.last, found.sure) == (date(first, 1, 1), date(last, 12, 31), sure)


def test_law_nobody_has_an_age_that_is_still_to_come():
    assert when("九十三岁那年", **FULL)[0][2].first is None


@pytest.mark.parametrize(("traditional", "simplified"), [
    ("我七歲那年", "我七岁那年"), ("一九六五年臘月初八", "一九六五年腊月初八"), ("三個月前", "三个月前"),
    ("九三年以後", "九三年以后"), ("去年國慶節", "去年国庆节"), ("1984 年 3 月 28 日", "1984年3月28日")])
def test_law_traditional_letters_and_spaces_mean_the_same_days(traditional, simplified):
    (_, _, one), (_, _, other) = when(traditional, **FULL)[0], when(simplified, **FULL)[0]
    assert (one.first, one.last, one.sure) == (other.first, other.last, other.sure) and one.phrase == traditional
