"""Conflicts: what cannot both be so is found, what only looks like it is not; voices are counted by their source."""

import tomllib
from pathlib import Path

import pytest

from marrow.people.claims.claims import claims
from marrow.people.claims.conflicts import conflicts
from marrow.people.family import read_family
from marrow.people.mentions import hearsay, mentions
from marrow.people.testimony import Utterance
from marrow.people.when import when

HERE = Path(__file__)
TABLE = tomllib.loads(HERE.with_name("rivals.toml").read_text("utf-8"))
FAMILY = read_family(TABLE["family"])


def utterances(rows, apart=True):
    """Utterances from "who: words", each a talk of its own where `apart`."""
    for number, row in enumerate(rows):
        who, text = row.split(": ", 1)
        yield Utterance(f"{number:016x}", "s", number, number + 1, text, witness=who, place=number,
                        to="mother" if who == "daughter" else "daughter", talk=str(number if apart else 0))


def found(rows, apart=True):
    told = list(utterances(rows, apart))
    who = {each.id: mentions(each.text, FAMILY, each.witness, each.to, "dad") for each in told}
    stated = claims(told, mentions=who, times={each.id: when(each.text) for each in told}, subject="dad",
                    hearsay=lambda each, text: hearsay(text, FAMILY, each.witness, each.to, "dad"))
    return conflicts(stated, FAMILY, heard=("mother", "brother", "aunt", "zhou", "dad"))


def numbers(conflict):
    """Which utterances a conflict is between."""
    return {int(id, 16) for side in conflict.sides for voice in side.voices for id in voice.utterances}


@pytest.mark.parametrize(("one", "two", "kind"), TABLE["rivals"])
def test_truth_rivals_are_found(one, two, kind):
    told = found([one, two])
    assert [numbers(each) for each in told] == [{0, 1}] and told[0].kind == kind
    assert [numbers(each) for each in found([two, one])] == [{0, 1}]


@pytest.mark.parametrize(("one", "two"), TABLE["friends"])
def test_truth_what_only_looks_like_a_conflict_is_none(one, two):
    assert found([one, two]) == () == found([two, one])


def test_law_in_one_archive_the_same_rivals_are_found_and_no_others():
    rows = [text for row in TABLE["rivals"] for text in row[:2]]
    told = [numbers(each) for each in found(rows)]
    wanted = [{2 * number, 2 * number + 1} for number in range(len(TABLE["rivals"]))]
    assert sum(any(pair <= each for each in told) for pair in wanted) >= 0.95 * len(wanted)
    assert all(any(pair <= each for pair in wanted) for each in told)


def test_truth_hearsay_counts_for_its_source_and_repetition_for_nothing():
    told, = found(TABLE["hearsay"])
    assert [[voice.witness for voice in side.voices] for side in told.sides] == [["aunt"], ["zhou"]]
    voice = told.sides[0].voices[0]
    assert len(voice.utterances) == 3 and voice.through == ("brother",)


def test_truth_who_differs_from_himself_is_shown_as_such():
    told, = found(["mother: 第一台电视是十四寸的。", "mother: 那台电视是十七寸的。"])
    assert told.kind == "himself" and len(told.sides) == 2


def test_law_nobody_wins_by_number_and_no_value_is_a_mean():
    told, = found(TABLE["many"])
    assert [each.value for each in told.sides] == ["200 步", "300 步"]
    assert [len(each.voices) for each in told.sides] == [3, 1]


def test_truth_who_is_asked_has_not_spoken_and_lives():
    told, = found(["mother: 从巷口到家门口两百步。", "brother: 从巷口到家门口三百步。"])
    assert told.ask and not {"mother", "brother", "dad"} & set(told.ask)
    for lang in ("en", "zh"):
        assert told.settles.tell(lang)


def test_law_a_question_and_who_cannot_say_state_nothing():
    assert found(TABLE["unsaid"]) == ()


def test_law_the_same_testimony_gives_the_same_conflicts():
    rows = [text for row in TABLE["rivals"] for text in row[:2]]
    assert found(rows) == found(rows)
