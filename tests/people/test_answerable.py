"""Whether anybody said what is asked: more of the question held is likelier, and the thing asked for must be there."""

import sqlite3

import pytest

from marrow.people.finding.answerable import answerable
from marrow.people.finding.index import build
from marrow.people.finding.rank import Index
from marrow.people.talking.ledger import Found
from marrow.people.testimony import Utterance

TOLD = ("他七八年进的棉纺厂，在清花车间。", "后来调到细纱，修机器。", "枣树是他栽的，就在水缸边上。",
        "他不会游泳，下河都是站在岸上。", "过年的时候爸爸写信，写了两页。", "你问那双鞋啊？", "鞋是三十九码的。",
        "豆腐两毛一块。", "He moved to Leeds in 1984.")


def archive(texts=TOLD):
    db = sqlite3.connect(":memory:")
    rows = [Utterance(f"{place}", "s", 0, 1, text, "mother", talk="a", place=place) for place, text in enumerate(texts)]
    build(db, rows)
    return Index(db), {each.id: each for each in rows}


def sure(question, texts=TOLD):
    index, rows = archive(texts)
    return answerable(index, question, [Found(rows[id], score) for id, score in index.search(question)])


@pytest.mark.parametrize(("said", "unsaid"), [
    ("他哪年进的棉纺厂？", "他哪年进的北京大学？"), ("枣樹是誰栽的？", "石榴是誰栽的？"),
    ("他会游泳吗？", "他会开飞机吗？"),
    ("When did he move to Leeds?", "When did he marry the dentist?")])
def test_truth_what_was_said_is_surer_than_what_was_not(said, unsaid):
    assert sure(said) > 0.5 and sure(said) > sure(unsaid) + 0.2


def test_truth_asked_whether_a_word_is_so_nobody_answers_who_never_says_it():
    told = ("他疼不疼我妈，看他冬天先给她焐被子就晓得。", "我妈那年冬天病了，他背她去的医院。")
    assert sure("他疼不疼我妈？", told) > 0.5 > sure("他爱不爱我妈？", told[1:])


def test_law_what_is_about_somebody_else_answers_less():
    index, rows = archive()
    found = [Found(rows["2"], 1.0)]
    assert answerable(index, "枣树", found, 0.2) < answerable(index, "枣树", found)


def test_law_nothing_found_is_no_answer():
    index, _ = archive()
    assert answerable(index, "鼊", []) == 0 and sure("？") == 0


def test_law_the_answer_after_the_question_counts_with_it():
    assert sure("那双鞋多大") > sure("那双鞋多大", [each for each in TOLD if "鞋啊" not in each])


def test_law_a_number_must_be_there_where_one_is_asked_for():
    assert sure("豆腐多少钱", ("豆腐五毛", "天冷了")) > sure("豆腐多少钱", ("豆腐好吃", "天冷了"))


def test_law_reach_alone_is_cover_and_neighbours_only_add():
    index, rows = archive()
    for question in ("他哪年进的棉纺厂？", "那双鞋多大", "枣树跟水缸", "When did he move", "没有人说过"):
        reached = index.reach(question, list(rows))
        assert [alone for alone, _ in reached] == index.cover(question, [each.text for each in rows.values()])
        assert all(0 <= alone <= around <= 1 for alone, around in reached)
    assert index.reach("枣树", ["nobody"]) == [(0, 0)] and index.reach("枣树", []) == []


def test_law_a_text_that_is_the_question_holds_all_of_it():
    index, _ = archive()
    assert index.cover("枣树是他栽的吗", ["枣树是他栽的吗", "豆腐", ""]) == [1, 0, 0]
    assert index.cover("早数", ["枣树"]) == [1] and index.cover("", ["枣树"]) == [0]
    assert index.cover("枣树和飞机", ["枣树"])[0] < 0.6 < index.cover("枣树和水缸", ["枣树，水缸"])[0]
