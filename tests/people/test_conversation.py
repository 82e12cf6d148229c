"""A talk at the keyboard: disclosed, ended by an empty line or a farewell, kept only where that is asked for."""

import io
import json

import pytest
from told import FAMILY, tell

from marrow.errors import InputError
from marrow.people import conversation
from marrow.people.conversation import talk
from marrow.people.hearing import Manner
from marrow.people.talking.care import begs, courtesy, crisis
from marrow.words import LANGUAGES, say


@pytest.fixture
def typed(monkeypatch, told):
    """What comes of lines typed by the daughter, in Chinese."""
    monkeypatch.setenv("MARROW_LANG", "zh")

    def typing(*lines, keep=None, archive=told):
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{each}\n" for each in lines)))
        return list(talk(archive, "dad", "daughter", Manner(), keep))
    return typing


def test_truth_it_says_first_that_it_is_not_him_and_that_nothing_is_kept(typed):
    lines = typed("")
    assert "不是陆长庚" in lines[0] and "机器" in lines[0] and "不留下来" in lines[1] and lines[2] == "结束了。"
    assert len(lines) == 3


def test_law_he_never_begins_a_talk(typed):
    assert typed() == typed("") and not any("陆长庚：" in each for each in typed(""))


def test_truth_an_answer_shows_whose_words_it_rests_on(typed):
    told = "\n".join(typed("你爱吃什么？", ""))
    assert "  我最爱吃腊肉饭，一顿能吃三碗。" in told and "转述" in told
    assert "沈桂兰「他最爱吃腊肉饭，一顿能吃三碗。」" in told and "妈妈.txt" in told


def test_truth_where_nobody_said_it_it_is_named_whom_to_ask(typed):
    told = "\n".join(typed("你去过月球吗？"))
    assert "我不知道。" in told and "可以问 " in told and "陆小满" not in told.split("可以问")[1].splitlines()[0]


def test_truth_an_empty_line_or_the_end_of_input_ends_it(typed):
    assert typed("你爱吃什么？", "", "你怕什么？") == typed("你爱吃什么？")


@pytest.mark.parametrize("words", ["爸，再见", "拜拜", "我先走了", "晚安。", "Goodbye, Dad."])
def test_truth_a_farewell_ends_it_without_a_plea(typed, words):
    lines = typed(words, "你爱吃什么？")
    assert lines[-1] == "结束了。" and "腊肉" not in "".join(lines)
    assert lines[2].strip() in {say("people.say.farewell", lang) for lang in LANGUAGES}
    assert not any(begs(each) for each in lines)


@pytest.mark.parametrize(("words", "leaves"), [
    ("再见", True), ("你还记得我们在车站说再见吗", False), ("你什么时候跟他再见面的？", False),
    ("我不想活了，再见", False), ("你爱吃什么？", False), ("", False)])
def test_truth_to_ask_about_a_farewell_is_none(words, leaves):
    assert (courtesy(words) == "farewell" and not crisis(words)) is leaves


def test_law_words_of_crisis_go_before_a_farewell(typed):
    assert "12356" in "".join(typed("我不想活了，再见"))


def test_law_nothing_is_kept_unless_it_is_asked_for(typed, told, tmp_path):
    before = {each: each.stat().st_mtime_ns for each in told.path.parent.rglob("*")}
    typed("你爱吃什么？", "再见")
    assert {each: each.stat().st_mtime_ns for each in told.path.parent.rglob("*")} == before
    assert list(tmp_path.iterdir()) == []


def test_truth_a_kept_talk_is_json_lines_and_goes_on_where_it_ended(typed, told, tmp_path):
    keep = tmp_path / "谈话.jsonl"
    assert str(keep) in typed("你爱吃什么？", "", keep=keep)[1]
    typed("再见", keep=keep)
    rows = [json.loads(line) for line in keep.read_text("utf-8").splitlines()]
    assert [(row["asker"], row["person"], row["words"]) for row in rows] == [
        ("daughter", "dad", "你爱吃什么？"), ("daughter", "dad", "再见")]
    (proof,) = rows[0]["reply"]["sentences"][0]["evidence"]
    assert told.one(proof["utterance"]).text[proof["start"]:proof["end"]] == proof["words"]


def test_truth_a_long_talk_is_interrupted_once(typed, monkeypatch):
    ticks = iter(range(0, 100 * conversation.LONG, conversation.LONG - 1))
    monkeypatch.setattr("time.monotonic", lambda: next(ticks))
    lines = typed("你好", "你爱吃什么？", "你怕什么？")
    assert lines.count(say("people.long", "zh")) == 1


def test_refuses_a_talk_with_somebody_who_was_put_to_rest(typed, archive):
    tell(archive, "妈妈.txt", family=FAMILY | {"dad": FAMILY["dad"] | {"rests": True}})
    with pytest.raises(InputError) as caught:
        typed("你好", archive=archive)
    assert caught.value.key == "people.resting"
