"""What people read of an archive: nothing of how it is kept inside shows through."""

from datetime import date

import pytest

from marrow.contents import Remark
from marrow.people import showing
from marrow.people.claims.conflicts import Conflict, Side
from marrow.people.disagreeing import disagreements
from marrow.people.disputed import heading
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


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_law_every_side_is_a_clause_of_one_who_says_so(told, lang, monkeypatch):
    monkeypatch.setenv("MARROW_LANG", lang)
    for each in disagreements(told):
        for side in each.sides:
            id, start, end = side.clause
            words = next(there.text for there in told.get([id]).values())[start:end].strip()
            assert words and id in {id for voice in side.voices for id in voice.utterances}
            assert f"   · {words}" in list(showing.conflicts(told, ""))


@pytest.mark.parametrize(("topic", "value", "persons", "shown"), [
    (("whistl", "com"), "+whistled", (), "“whistled”"), (("#sack", "@cycling"), "41 sack", ("dad",), "“sacks”"),
    (("@swimming",), "-swim", ("dad",), "Chang in the water"), (("@death", "wint"), "正月15", ("mother",), "Mother"),
    (("~fu", "wint"), "8 岁", (), "Fu"), (("wint",), "-x", (), "")])
def test_truth_a_heading_has_only_real_words_names_and_his_own_events(topic, value, persons, shown):
    sides = (Side(value, (), ("a", 0, 1)), Side("+y", (), ("b", 0, 1)))
    given = Conflict(topic, "polarity", sides, Remark(""), persons=persons)
    texts = ["She whistled over 41 sacks.", "Nobody whistled at 3 sacks."]
    assert heading(given, texts, "dad", {"dad": "Chang", "mother": "Mother", "fu": "Fu"}.get, "en") == shown


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
