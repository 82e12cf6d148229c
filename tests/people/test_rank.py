"""Ranking: words before neighbours, neighbours before nothing, borders of talks, sounds, names, ties."""

import sqlite3

import pytest

from marrow.people.finding import rank
from marrow.people.finding.index import build
from marrow.people.finding.rank import Index, search
from marrow.people.testimony import Utterance


def said(name, text, talk="a", place=0, witness=""):
    return Utterance(name, "s", 0, 1, text, witness, talk=talk, place=place)


def asked(question, *utterances, **more):
    db = sqlite3.connect(":memory:")
    build(db, utterances)
    return [each for each, _ in Index(db).search(question, **more)]


FILL = [said(f"f{number}", text, "z", number * 10) for number, text in enumerate(
    ("今天天气很好", "我们去公园玩", "电影院门口人多", "米饭和面条", "老师叫什么", "公交车来了", "下个月再说",
     "买了三斤苹果"))]


def test_truth_the_answer_after_the_question_is_found_by_the_question():
    talk = [said("q", "他星期天都去看外婆吗", place=0), said("a", "对，每个星期都去", place=1),
            said("n", "今年枣树结得多", place=9)]
    assert asked("他什么时候看外婆", *talk, *FILL)[:2] == ["q", "a"]


def test_law_neighbours_end_where_a_talk_ends():
    before, after = said("q", "外婆家的枣树", "a", 5), said("a", "嗯好的", "b", 0)
    assert "a" not in asked("外婆的枣树", before, after, *FILL)
    assert "a" in asked("外婆的枣树", before, said("a", "嗯好的", "a", 6), *FILL)


def test_law_nearer_neighbours_come_first():
    talk = [said("far", "嗯好的", place=3), said("near", "嗯好的", place=2), said("q", "外婆家的枣树", place=1)]
    assert asked("枣树", *talk, *FILL)[:3] == ["q", "near", "far"]


@pytest.mark.parametrize("question", ["外婆家的棗樹", "外婆家的早数", "外坡家的枣树"])
def test_truth_other_characters_and_other_writing_of_the_same_sound(question):
    assert asked(question, said("x", "外婆家的枣树"), *FILL)[0] == "x"


def test_law_who_is_named_and_speaks_comes_first():
    both = [said("m", "他爱喝茶", "a", 0, "mother"), said("b", "他爱喝茶", "b", 0, "brother")]
    assert asked("他喝什么茶", *both, *FILL)[0] == "b"
    assert asked("他喝什么茶", *both, *FILL, speaker="mother")[0] == "m"


def test_law_equal_ones_come_in_the_order_of_their_ids(monkeypatch):
    many = [said(f"{number:03d}", "他爱喝茶", f"t{number}") for number in range(50)]
    assert asked("喝茶", *reversed(many), limit=7) == [f"{number:03d}" for number in range(7)]
    monkeypatch.setattr(rank, "POOL", 10)
    assert asked("喝茶", *reversed(many)) == asked("喝茶", *many)


def test_law_rare_words_weigh_more_than_common_ones():
    many = [said(f"c{number}", "爸爸去上班", f"t{number}") for number in range(9)]
    assert asked("爸爸的口琴", *many, said("x", "那把口琴还在", "x"))[0] == "x"


def test_truth_english_is_found_by_its_stems():
    talk = [said("a", "He was always writing letters on Sundays", "a"), said("b", "We drove to the lake", "b")]
    assert asked("which letter did he write on a Sunday?", *talk) == ["a"]


@pytest.mark.parametrize("question", ["", "？？", "什么", "the", "😀", "\x00", '" OR 1=1 --', "x" * 10_000, "鼊"])
def test_law_a_question_of_nothing_finds_nothing(question):
    assert asked(question, *FILL) == [] and asked(question) == []


def test_truth_scores_fall_and_the_limit_holds():
    db = sqlite3.connect(":memory:")
    build(db, FILL)
    held = search(db, "公园天气苹果", limit=2)
    assert len(held) == 2 and 1 > held[0][1] > held[1][1] > 0


def test_law_a_text_that_holds_the_question_takes_up_all_of_it():
    db = sqlite3.connect(":memory:")
    build(db, [said("a", "他下了夜班就推着车走。"), said("b", "枣树是九八年锯的。", place=1), *FILL])
    index = Index(db)
    whole, part, nothing = index.cover("枣树锯了", ["院里枣树锯了。", "枣树还在。", "他走得慢。"])
    assert whole == 1 and 0 < part < 1 and nothing == 0
    assert index.cover("枣树", []) == [] and index.cover("", ["枣树"]) == [0.0]


def test_law_a_question_comes_after_what_answers_it():
    asks, tells = said("a", "外婆家的枣树还在吗？", "a"), said("b", "外婆家的枣树不在了吗", "b")
    assert asked("外婆家的枣树", asks, tells, *FILL)[:2] == ["b", "a"]
