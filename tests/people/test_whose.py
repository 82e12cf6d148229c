"""Whose fact it is: the same words are the brother's or the father's by who speaks and of whom."""

import pytest

from marrow.people.family import read_family
from marrow.people.finding.whose import Verdict, whose
from marrow.people.mentions import mentions
from marrow.people.talking.ledger import Found
from marrow.people.testimony import Utterance

FAMILY = read_family({
    "dad": {"name": "李大山", "sex": "male", "spouse": "mother"},
    "mother": {"name": "王兰", "sex": "female", "spouse": "dad"},
    "brother": {"name": "李强", "sex": "male", "father": "dad", "mother": "mother", "siblings": ["daughter"]},
    "daughter": {"name": "李梅", "sex": "female", "father": "dad", "mother": "mother"}})
OTHER = ("昨天下雨，路滑", "豆腐涨价了", "门口的灯坏了", "电视里在放戏", "公交车改道了")


def asked(question, *told, person="dad", before=None, named=()):
    """The verdict on utterances (who speaks, to whom, words), the rest of the found being noise."""
    rows = [Utterance(f"{number}", "s", 0, 1, text, witness, to) for number, (witness, to, text) in enumerate(
        [*told, *(("mother", "daughter", each) for each in OTHER)])]
    meant = {each.id: mentions(each.text, FAMILY, each.witness, each.to, "dad") for each in rows}
    found = [Found(each, 1 - 0.1 * number) for number, each in enumerate(rows)]
    return whose(question, found, person, meant, before={"0": before} if before else {}, named=named)


@pytest.mark.parametrize(("told", "other"), [
    (("brother", "daughter", "我在河边学会骑车，摔断了左手。"), "brother"),
    (("daughter", "brother", "你在河边学会骑车，摔断了左手。"), "brother"),
    (("mother", "daughter", "你哥在河边学会骑车，摔断了左手。"), "brother"),
    (("mother", "daughter", "你在河边学会骑车，摔断了左手。"), "daughter"),
    (("brother", "daughter", "爸在河边学会骑车，摔断了左手。"), ""),
    (("mother", "daughter", "你爸在河边学会骑车，摔断了左手。"), ""),
    (("mother", "daughter", "我记得他在河边学会骑车，摔断了左手。"), ""),
    (("mother", "daughter", "在河边学会骑车，摔断了左手。"), "")])
def test_truth_the_subject_decides_and_not_the_words(told, other):
    assert asked("你在哪里学会骑车，摔断了哪只手？", told).other == other


def test_truth_who_stands_behind_to_with_or_by_is_no_subject():
    assert asked("你给谁买了六个茶叶蛋？", ("brother", "daughter", "他给我买了六个茶叶蛋。")).other == ""
    assert asked("你给谁买了六个茶叶蛋？", ("brother", "daughter", "我给他买了六个茶叶蛋。")).other == "brother"


def test_truth_the_subject_changes_within_an_utterance():
    told = ("brother", "daughter", "他管东头的机器，我管西头的锅炉。")
    assert asked("你管过西头的锅炉吗", told).other == "brother"
    assert asked("你管过东头的机器吗", told).other == ""


def test_truth_a_bare_answer_is_of_him_who_was_asked():
    bare = ("brother", "daughter", "停过一回，在停车场坐了一个钟头。")
    assert asked("你在停车场坐了一个钟头吗", bare, before="那你停过没有，你？").other == "brother"
    assert asked("你在停车场坐了一个钟头吗", bare, before="他停过吗？").other == ""


def test_law_whom_the_question_names_is_no_mistake():
    told = ("mother", "daughter", "你哥在树上刻过字。")
    assert asked("哥在树上刻的字你看见了吗", told).other == "brother"
    assert asked("哥在树上刻的字你看见了吗", told, named=("brother",)).other == ""
    assert asked("你在树上刻过字吗", told, person="brother") == Verdict(1.0)


def test_law_what_hardly_fits_accuses_nobody():
    assert asked("你第一次坐飞机是哪一年，去的哪里，跟谁", ("brother", "daughter", "我那一年在家。")).other == ""
    assert asked("你坐过飞机吗").share == 1 and whose("什么", [], "dad", {}) == Verdict(1.0)


def test_law_questions_of_the_interviewer_do_not_vote():
    assert asked("你在河边摔断了左手吗", ("daughter", "brother", "你在河边摔断了左手？")).share == 1


@pytest.mark.parametrize(("words", "other"), [("I broke my left arm by the river.", "brother"),
                                              ("Dad broke his left arm by the river.", "")])
def test_truth_english_is_judged_too(words, other):
    assert asked("Did you break your left arm at the river?", ("brother", "daughter", words)).other == other
