"""Conflicts: what cannot both be so is found, what only looks like it is not; voices are counted by their source."""

import tomllib
from dataclasses import replace
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


def later(row, number):
    """One utterance in a talk of its own."""
    each, = utterances([row])
    return [replace(each, id=f"{number:016x}", talk="later")]


def found(rows, apart=True):
    return found_of(list(utterances(rows, apart)))


def found_of(told):
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


MECHANISMS = {
    "correction": ["mother: 他在北塘边上守了三夜。", "zhou: 那回是南塘，不是北塘。"],
    "doer of no family": ["mother: 门口那棵桂花是他栽的。", "aunt: 门口的桂花是前头的租户栽的。"],
    "denied doer": ["mother: 那棵柳树是他栽的。", "brother: 柳树不是他栽的，我小时候它就在。"],
    "rhetorical denial": ["mother: 中秋那天他在工地。", "zhou: 中秋那天他哪里在工地，他躲在茶馆里。"],
    "place in a row": ["mother: 厂庆合影，前排左二是他。", "zhou: 厂庆合影，前排左四才是他。"],
    "what is put in": ["mother: 他喝豆浆放糖。", "aunt: 他喝豆浆放盐，从小就这样。"],
    "empty and loaded": ["mother: 那天三轮的后架上捆着两袋米。", "zhou: 那天三轮的后架是空的。"],
    "what became of it": ["mother: 他那把伞后来丢了。", "zhou: 那把伞？卖给三舅了，五块钱。"],
    "who was there": ["mother: 盖房那天他上班去了。", "zhou: 盖房那天？他在。站了一天。"],
    "in time": ["mother: 你哥是他走了以后才到的。", "brother: 我到的时候他还在。"],
    "before a question": ["mother: 那天三轮的后架上捆着两袋米，他怎么驮你？", "brother: 那天三轮的后架是空的。"],
    "event in a date": ["mother: 发大水那年他守了十天。", "zhou: 发大水那年我跟他守了二十五天。"],
    "school by number": ["mother: 疫情那年他在二小看大门。", "brother: 疫情那年他在七中门口量体温。"],
    "verbs that change within": ["mother: He couldn't swim.", "zhou: He swam past the pier every morning."],
    "named by two": ["mother: I named the goat, after the mayor.", "aunt: Grandpa named the goat."],
    "rare person": ["mother: 长富走的时候八岁。", "aunt: 长富走的时候九岁。"],
}
ANSWERS = {
    "to the face": ["aunt: 那年我回去过一趟的，九三年秋天。", "mother: 你九三年没回去，你是九五年回去的。"],
    "an age": ["aunt: 端菜那年我十八岁，辫子长。", "mother: 你二十三了。"],
    "what another says": ["mother: 那回是你爸背你去的医院。", "daughter: 老周说是他蹬三轮送的。"],
    "carried": ["daughter: 他那把胡琴呢？", "mother: 卖了。", "zhou: 胡琴？那把胡琴他送给徒弟了。"],
}
PEACE = {
    "bounded denial": ["zhou: 他在屋里不抽烟。", "brother: 他抽烟抽到五十岁。"],
    "today": ["mother: 他是五五年正月生的。", "daughter: 今天是他生日。"],
    "who only has it": ["daughter: 我有的就是那张相片。", "zhou: 那张相片是我拍的。"],
    "another thing": ["mother: 小满那条裙子是白的。", "daughter: 裙子我忘了，凉鞋是红的。"],
    "not yet": ["mother: He wasn't married yet.", "aunt: He was married in the old church."],
    "two of them": ["mother: 他那件大衣是绿的。", "brother: 大衣是黄的。",
                    "aunt: 他有两件大衣，上班那件是绿的，过年那件是黄的。"],
    "own goes on": ["mother: 他头一个月拿四十三块，交给我四十，留三块。", "mother: 后来他拿九十块。"],
}


ASKED = {
    "never": (["daughter: Did he ever smoke?", "mother: Never."], "zhou: He smoked behind the mill."),
    "没有": (["daughter: 他会游泳吗？", "mother: 不会。"], "zhou: 他会游泳，游过对岸。"),
    "taken up": (["daughter: And the sea?", "mother: Afraid? Of cows."], "zhou: I never saw him afraid of a thing."),
}
CAPTIONS = [": [The gate, on the back]", "mother: July 4, 1958. Taken by Dell.", "brother: (pencil) 1959. A new rail."]


@pytest.mark.parametrize(("talk", "other"), ASKED.values(), ids=ASKED)
def test_truth_a_yes_or_a_no_says_what_was_asked(talk, other):
    told, = found_of([*utterances(talk, apart=False), *later(other, len(talk))])
    assert numbers(told) == {1, 2} and told.kind == "polarity"


def test_truth_captions_of_one_picture_differ_in_its_year_and_those_of_two_do_not():
    told = found(CAPTIONS, apart=False)
    assert [numbers(each) for each in told] == [{1, 2}] and told[0].kind == "time"
    assert not found([*CAPTIONS[:2], ": [The porch, below]", CAPTIONS[2]], apart=False)


@pytest.mark.parametrize("rows", MECHANISMS.values(), ids=MECHANISMS)
def test_truth_each_mechanism_finds_its_rivals(rows):
    assert [numbers(each) for each in found(rows)] == [{0, 1}] == [numbers(each) for each in found(rows[::-1])]


@pytest.mark.parametrize("rows", ANSWERS.values(), ids=ANSWERS)
def test_truth_what_is_said_in_answer_is_held_against_what_it_answers(rows):
    last = len(rows) - 1
    assert {last - 1, last} in [numbers(each) for each in found(rows, apart=False)]


@pytest.mark.parametrize("rows", PEACE.values(), ids=PEACE)
def test_truth_each_mechanism_leaves_alone_what_is_none(rows):
    assert found(rows) == () == found(rows, apart=False)


def test_truth_what_somebody_is_said_to_say_stands_with_what_he_says_himself():
    rows = ["brother: 裁缝摊子摆在石板巷口，我天天看见。", "mother: 裁缝摊子他摆在菜市场。",
            "daughter: 我哥说裁缝摊子摆在石板巷口。"]
    told, = found(rows)
    assert [[voice.witness for voice in side.voices] for side in told.sides] == [["brother"], ["mother"]]
    assert len(told.sides[0].voices[0].utterances) == 2
