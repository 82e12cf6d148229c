"""Questionnaires: whole in two languages, read from three forms, and never a middle taken between witnesses."""

import ast
import dataclasses
import json
import math
from collections import Counter
from pathlib import Path

import pytest

from marrow.errors import InputError
from marrow.people import questionnaire
from marrow.people.questionnaire import (
    Answers,
    apart,
    chances,
    compare,
    instrument,
    instruments,
    read_answers,
    read_instrument,
    score,
)

MATERIAL = Path(__file__).parents[3] / "shared" / "material" / "testimony"
BIG, LETTERS = instrument("big_five"), instrument("four_letters")


def filled(asked, witness, value, **other):
    """Every item answered so that the trait comes out as `value`."""
    values = {each.key: asked.low + asked.high - value if each.reversed else value for each in asked.items}
    return Answers(asked.key, witness, "父亲", {**values, **other})


def test_truth_what_comes_with_marrow_is_whole():
    assert instruments() == ("big_five", "four_letters")
    assert Counter(each.trait for each in BIG.items) == dict.fromkeys((each.key for each in BIG.traits), 10)
    assert Counter(each.trait for each in LETTERS.items) == {"EI": 8, "SN": 8, "TF": 8, "JP": 8}
    for asked in (BIG, LETTERS):
        assert len({each.key for each in asked.items}) == len(asked.items)
        assert all(each.search and each.words["zh"] and each.words["en"] for each in asked.items)
        assert {len(marks) for marks in asked.marks.values()} == {5}
        assert all(len({each.words[lang] for each in asked.items}) == len(asked.items) for lang in ("zh", "en"))
    for axis in ("EI", "SN", "TF", "JP"):
        assert sum(each.reversed for each in LETTERS.items if each.trait == axis) == 4


@pytest.mark.parametrize("who", ["", "他", "你爸", "Dad"])
@pytest.mark.parametrize("she", [False, True])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_law_items_are_asked_of_anybody_without_a_blank(who, she, lang):
    for asked in (BIG, LETTERS):
        for item in asked.items:
            text = item.ask(lang, who, she=she)
            assert "{" not in text and text
            if asked is BIG and who:
                assert who in text


def test_truth_persons_change_the_verb():
    words = {each.key: each for each in BIG.items}
    assert words["c2"].ask("en") == "I leave my belongings around."
    assert words["c2"].ask("en", "she", she=True) == "She leaves her belongings around."
    assert words["c2"].ask("zh", "你爸") == "你爸的东西随手乱放"


@pytest.mark.parametrize("value", [1, 2, 3, 4, 5])
def test_truth_all_answers_alike_are_the_score(value):
    for found in score(BIG, filled(BIG, "妈妈", value)).values():
        assert found.value == value and found.answered == found.of == 10
        assert BIG.low <= found.low <= value <= found.high <= BIG.high


def test_law_answers_turned_round_mirror_the_score():
    mixed = {each.key: 1 + number % 5 for number, each in enumerate(BIG.items)}
    turned = {key: 6 - value for key, value in mixed.items()}
    one, other = (score(BIG, Answers("big_five", "妈妈", "父亲", each)) for each in (mixed, turned))
    for trait in one:
        assert one[trait].value + other[trait].value == pytest.approx(6)
        assert one[trait].low + other[trait].high == pytest.approx(6)


def test_law_what_was_left_open_does_not_count():
    some = Answers("big_five", "妈妈", "父亲", {"e1": 5, "e2": 1})
    found = score(BIG, some)
    assert found["extraversion"].value == 5 and found["extraversion"].answered == 2
    assert math.isnan(found["stability"].value) and found["stability"].answered == 0


def test_law_chances_add_up_and_mirror():
    mixed = {each.key: (1, 2, 2, 4, 3)[number % 5] for number, each in enumerate(LETTERS.items)}
    found = chances(LETTERS, Answers("four_letters", "妈妈", "父亲", mixed))
    turned = chances(LETTERS, Answers("four_letters", "妈妈", "父亲", {key: 6 - value for key, value in mixed.items()}))
    assert len(found.types) == 16 and sum(found.types.values()) == pytest.approx(1)
    for one, other in ("EI", "SN", "TF", "JP"):
        assert found.letters[one] + found.letters[other] == pytest.approx(1)
        assert found.letters[one] == pytest.approx(turned.letters[other])
    assert list(found.types.values()) == sorted(found.types.values(), reverse=True)


def test_truth_letters_lean_where_the_answers_do():
    assert chances(LETTERS, filled(LETTERS, "妈妈", 2)).letters["E"] > 0.99
    assert chances(LETTERS, filled(LETTERS, "妈妈", 3)).letters["E"] == pytest.approx(0.5)
    assert chances(LETTERS, Answers("four_letters", "妈妈", "父亲", {})).letters["E"] == 0.5


@pytest.mark.parametrize(("agreement", "share"), [(0.3, 0.87), (0.7, 0.69), (0.9, 0.46)])
def test_truth_two_witnesses_arrive_at_different_types(agreement, share):
    assert round(apart(agreement), 2) == share
    assert apart(1) == pytest.approx(0) and apart(0) == pytest.approx(15 / 16)


def figures(found):
    """Every number in a result, with the names on the way to it."""
    if dataclasses.is_dataclass(found):
        found = {each.name: getattr(found, each.name) for each in dataclasses.fields(found)}
    if isinstance(found, dict):
        for name, each in found.items():
            yield from (((name, *way), number) for way, number in figures(each))
    elif isinstance(found, tuple):
        for each in found:
            yield from figures(each)
    elif isinstance(found, float | int) and not isinstance(found, bool):
        yield (), float(found)


def test_law_nothing_is_ever_taken_in_the_middle_between_witnesses():
    low, high = filled(BIG, "妈妈", 1.25), filled(BIG, "哥哥", 4.0)
    found = compare(BIG, [low, high])
    for way, number in figures(found):
        if "scores" in way:
            assert "妈妈" in way or "哥哥" in way
        assert number != pytest.approx(2.625) and number != pytest.approx(6 - 2.625), way
    for trait in found.traits:
        assert {name: each.value for name, each in trait.scores.items()} == {"妈妈": 1.25, "哥哥": 4.0}


def test_law_a_witness_changes_no_other_witnesss_score():
    mother, brother, friend = filled(BIG, "妈妈", 2), filled(BIG, "哥哥", 4, e1=1), filled(BIG, "老周", 5)
    two, three = compare(BIG, [mother, brother]), compare(BIG, [mother, brother, friend])
    for one, other in zip(two.traits, three.traits, strict=True):
        assert all(other.scores[name] == each for name, each in one.scores.items())


def test_law_no_name_here_speaks_of_a_middle():
    tree = ast.parse(Path(questionnaire.__file__).read_text("utf-8"))
    names = {getattr(each, part, "") for each in ast.walk(tree) for part in ("id", "attr", "name", "arg")}
    assert not {each for each in names if isinstance(each, str)} & {
        "mean", "nanmean", "average", "median", "consensus", "fmean", "pooled"}


def test_truth_items_that_differ_most_come_first_with_their_words():
    mother, brother = filled(BIG, "妈妈", 3), filled(BIG, "哥哥", 3, a6=5, a3=2)
    kind = compare(BIG, [mother, brother]).traits[1]
    assert [(each.item, each.apart) for each in kind.differences[:3]] == [("a6", 2), ("a3", 1), ("a1", 0)]
    assert kind.differences[0].values == {"妈妈": 3, "哥哥": 5} and "心软" in kind.differences[0].search


def test_law_the_order_of_witnesses_changes_no_figure():
    every = [filled(BIG, name, 3, **{each.key: 1 + (number * step) % 5 for number, each in enumerate(BIG.items)})
             for step, name in enumerate(("妈妈", "哥哥", "老周"), 1)]
    one, other = compare(BIG, every), compare(BIG, every[::-1])
    assert one.agreement.value == pytest.approx(other.agreement.value)
    assert one.icc.low == pytest.approx(other.icc.low) and len(one.pairs) == len(other.pairs) == 3
    assert [each.scores for each in one.traits] == [each.scores for each in other.traits]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_truth_what_is_to_be_expected_is_said(lang):
    found = compare(LETTERS, [filled(LETTERS, "妈妈", 2), filled(LETTERS, "哥哥", 4)])
    said = " ".join(each.tell(lang) for each in found.remarks)
    assert "87" in said and "0.3" in said
    assert set(found.chances) == {"妈妈", "哥哥"} and compare(LETTERS, [filled(LETTERS, "妈妈", 2)]).remarks == ()


TOML = 'instrument = "big_five"\nwitness = "妈妈"\nperson = "父亲"\n[answers]\ne1 = 4\ne2 = "2"\ne3 = "不知道"\n'
CSV = "item,answer\ninstrument,big_five\nwitness,妈妈\nperson,父亲\ne1,4\ne2,2\ne3,\n"


def written(tmp_path, text, name="a.toml"):
    (tmp_path / name).write_text(text, "utf-8")
    return tmp_path / name


def test_law_three_forms_give_the_same_answers(tmp_path):
    as_json = json.dumps({"instrument": "big_five", "witness": "妈妈", "person": "父亲",
                          "answers": {"e1": 4, "e2": 2, "e3": None}})
    read = [read_answers(written(tmp_path, text, f"a.{kind}"))
            for text, kind in ((TOML, "toml"), (CSV, "csv"), ("﻿" + as_json, "json"))]
    assert read[0] == read[1] == read[2] == Answers("big_five", "妈妈", "父亲", {"e1": 4, "e2": 2})


@pytest.mark.parametrize(("old", "new", "key"), [
    ("e1 = 4", "e1 = 6", "answers_value"), ("e1 = 4", 'e1 = "often"', "answers_value"), ("e1", "e77", "answers_item"),
    ('witness = "妈妈"', "", "answers_head"), ("[answers]", "[[", "questionnaire_read"),
    ("e1 = 4", "e1 = nan", "answers_value"),
    ("big_five", "big_six", "questionnaire_unknown"), ("[answers]", "answers = 3\n[more]", "answers_head")])
def test_refuses_answers_that_cannot_be_meant(tmp_path, old, new, key):
    with pytest.raises(InputError) as caught:
        read_answers(written(tmp_path, TOML.replace(old, new)))
    assert caught.value.key == f"people.{key}" and caught.value.tell("zh") and caught.value.tell("en")


def test_refuses_questionnaires_that_hang_together_badly(tmp_path):
    whole = 'key = "q"\nlow = 1\nhigh = 5\ntraits = [{key = "a"}]\nitems = [{key = "x", trait = "a", zh = "好"}]\n'
    assert read_instrument(written(tmp_path, whole)).items[0].ask("zh") == "好"
    for old, new in (('trait = "a"', 'trait = "b"'), ("low = 1", ""), ("[{", "{"), ('key = "x",', "")):
        with pytest.raises(InputError) as caught:
            read_instrument(written(tmp_path, whole.replace(old, new)))
        assert caught.value.key in ("people.questionnaire_wrong", "people.questionnaire_read")


def test_refuses_to_compare_what_is_not_alike():
    mother = filled(BIG, "妈妈", 3)
    for answers, key in (([], "answers_none"), ([mother, mother], "answers_twice"),
                         ([mother, filled(LETTERS, "哥哥", 3)], "answers_mixed"),
                         ([mother, dataclasses.replace(mother, witness="哥哥", person="舅舅")], "answers_mixed")):
        with pytest.raises(InputError) as caught:
            compare(BIG, answers)
        assert caught.value.key == f"people.{key}"


@pytest.mark.parametrize(("name", "items", "traits", "back"), [("BFI", 44, 5, 16), ("16Personalities", 60, 4, 34)])
def test_truth_questionnaires_of_others_can_be_read(name, items, traits, back):
    if not (MATERIAL / f"{name}.json").exists():
        pytest.skip("the questionnaires of others are not part of Marrow")
    asked = read_instrument(MATERIAL / f"{name}.json")
    assert (len(asked.items), len(asked.traits), sum(each.reversed for each in asked.items)) == (items, traits, back)
    assert score(asked, filled(asked, "妈妈", 4))[asked.traits[0].key].value == 4
