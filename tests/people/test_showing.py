"""What people read of an archive: nothing of how it is kept inside shows through."""

from datetime import date

import pytest

from marrow.people import showing
from marrow.people.disputed import valued
from marrow.people.talking.ledger import Reply, Sentence
from marrow.people.testimony import Interval


@pytest.fixture(autouse=True)
def _chinese(monkeypatch):
    monkeypatch.setenv("MARROW_LANG", "zh")


@pytest.mark.parametrize(("first", "last", "sure", "shown"), [
    (date(1987, 1, 1), date(1987, 12, 31), True, "那年（1987）"),
    (date(1995, 1, 1), date(1996, 12, 31), False, "那年（大约 1995–1996）"),
    (date(1993, 9, 1), date(1993, 11, 30), True, "那年（1993-09-01–1993-11-30）"),
    (date(1956, 1, 20), date(1956, 1, 20), True, "那年（1956-01-20）"),
    (None, date(1993, 12, 31), True, "那年（–1993-12-31）"),
    (None, None, False, "那年")])
def test_truth_days_are_shown_as_far_as_they_are_known(first, last, sure, shown):
    assert showing.time(Interval(first, last, "那年", sure=sure)) == shown


@pytest.mark.parametrize(("value", "shown"), [
    ("1987-01-01..1987-12-31", "1987"), ("1956-01-20..1956-01-20", "1956-01-20"), ("hand:左手", "左手"),
    ("-会水", "不是（会水）"), ("+会水", "是（会水）"), ("wu", "吴志刚"), ("3 元", "3 元")])
def test_truth_a_rival_value_is_shown_in_words(value, shown):
    assert valued(value, lambda who: {"wu": "吴志刚"}.get(who, who), "zh") == shown


def test_law_conflicts_are_told_without_marks_or_ids(told):
    lines = list(showing.conflicts(told, ""))
    assert len(lines) > 3
    heads = [line for line in lines if not line.startswith("       ")]
    assert not any(mark in line for line in heads for mark in ("@", "~", "..", "brother", "mother", ":"))


def test_truth_where_the_program_speaks_it_is_named(told):
    sentence = Sentence("这里先停一下。", "social")
    assert list(showing.reply(told, Reply((sentence,), aside=True)))[1].strip() == "[程序]"
    assert list(showing.reply(told, Reply((sentence,))))[1].strip() == "[寒暄]"


def test_law_every_line_of_an_utterance_is_indented(told):
    from dataclasses import replace

    each = replace(next(iter(told.utterances())), text="糯米泡一夜\n碱一小撮")
    assert list(showing.utterance(told, each))[1] == "    糯米泡一夜\n    碱一小撮"
