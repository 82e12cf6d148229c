"""JSON Lines: everything that may leave, where it stands, and nothing that may not."""

import json

import pytest
from told import BROTHER, FAMILY, FRIEND, put, tell

from marrow.errors import InputError
from marrow.people.archive import PURPOSES, open_archive
from marrow.people.asking import ask
from marrow.people.lines import lines, open_testimony, take_lines
from marrow.people.testimony import name_of


def rows(archive, purpose="talk"):
    return [json.loads(each) for each in lines(archive, purpose)]


def utterances(archive, purpose="talk"):
    return [each for each in rows(archive, purpose) if "utterance" in each]


def test_law_every_line_is_one_object_the_head_first_then_persons(told):
    found = list(lines(told, "talk"))
    assert all("\n" not in each and isinstance(json.loads(each), dict) for each in found)
    kinds = [next(key for key in ("archive", "person", "utterance") if key in each) for each in map(json.loads, found)]
    assert kinds == sorted(kinds) and kinds.count("archive") == 1
    assert [each["person"] for each in rows(told) if "person" in each] == list(told.family.members)
    assert found == list(lines(told, "talk"))


def test_law_words_ids_and_places_are_those_of_the_archive(told):
    for each in utterances(told):
        there = told.one(each["utterance"])
        assert (each["text"], each["witness"], each["to"]) == (there.text, there.witness, there.to)
        assert each["utterance"] == name_of(each["source"], each["start"], each["end"])
        original = (told.path.parent.parent / each["file"]).read_bytes()
        assert original[each["start"]:each["end"]].decode() == each["text"]
    assert [each["utterance"] for each in utterances(told)] == [each.id for each in told.utterances()]


@pytest.mark.parametrize(("purpose", "witnesses"), [
    ("talk", {"dad", "mother", "brother", "daughter", "friend"}), ("film", {"dad", "mother", "brother"}),
    ("public", {"mother"})])
def test_law_only_who_consents_to_a_use_is_written(told, purpose, witnesses):
    assert {each["witness"] for each in utterances(told, purpose)} == witnesses
    whole = "".join(lines(told, purpose))
    assert ("喝茶" in whole) is ("friend" in witnesses) and "喝茶" in FRIEND
    assert ("竹筐" in whole) is ("brother" in witnesses) and "竹筐" in BROTHER


def test_law_what_is_sealed_is_not_written_and_a_correction_is(archive):
    tell(archive, "妈妈.txt")
    first, second = (each for each in archive.utterances("witness = 'mother'") if "牵着" not in each.text)
    archive.seal(first)
    archive.correct(second, "他怕打雷。")
    whole = "".join(lines(archive, "talk"))
    assert first.text not in whole
    (row,) = [each for each in utterances(archive) if each["utterance"] == second.id]
    assert (row["text"], row["heard"]) == ("他怕打雷。", "") and second.text not in whole


def test_refuses_a_source_that_is_no_digest(archive, tmp_path):
    """A line from outside must not name a file that is to be destroyed later."""
    tell(archive, "妈妈.txt")
    whole = "".join(f"{each}\n" for each in lines(archive, "talk"))
    (tmp_path / "in.jsonl").write_text(whole.replace(next(archive.utterances()).source, "/tmp/x/victim.txt"), "utf-8")
    with open_archive(tmp_path / "b.sqlite", new=True) as other, pytest.raises(InputError) as caught:
        take_lines(other, tmp_path / "in.jsonl")
    assert caught.value.key == "people.lines"


def test_truth_times_and_whom_it_tells_of_are_worked_out(archive):
    archive.meet(FAMILY)
    put(archive, "a.txt", "讲述人：桂兰\n记录人：小满\n时间：2020-01-05\n\n九三年夏天，你爸牵着你的手。\n")
    (row,) = [each for each in rows(archive) if "utterance" in each]
    assert row["said"]["first"] == "2020-01-05" and "dad" in row["tells"]
    assert [(each["first"], each["last"], each["phrase"]) for each in row["about"]] == [
        ("1993-06-01", "1993-08-31", "九三年夏天")]


# ---------------------------------------------------------------- read back

QUESTIONS = ("你爱吃什么？", "你送我上学的时候牵着我的手吗？", "你喝酒吗？", "我是在哪里学会骑车的？")


def written(archive, path, purpose="talk"):
    path.write_text("".join(f"{each}\n" for each in lines(archive, purpose)), "utf-8", newline="\n")
    return path


def answers(archive):
    return [ask(archive, words, person="dad", asker="daughter") for words in QUESTIONS]


def test_law_read_back_the_same_is_there_and_answered(told, tmp_path):
    with open_testimony(written(told, tmp_path / "a.jsonl")) as back:
        assert list(back.utterances()) == list(told.utterances())
        assert list(lines(back, "talk")) == list(lines(told, "talk"))
        assert answers(back) == answers(told)
        assert [back.willing(each) for each in PURPOSES] == [told.willing(each) for each in PURPOSES]


def test_law_what_was_not_written_is_not_read(told, tmp_path):
    with open_testimony(written(told, tmp_path / "a.jsonl", "film")) as back:
        assert {each.witness for each in back.utterances()} == {"dad", "mother", "brother"}
        assert ask(back, "你喝酒吗？", person="dad", asker="daughter").words == "我不知道。"


def test_law_who_was_put_to_rest_rests_in_every_copy(archive, tmp_path):
    tell(archive, "妈妈.txt", family=FAMILY | {"dad": FAMILY["dad"] | {"rests": True}})
    with open_testimony(written(archive, tmp_path / "a.jsonl")) as back, pytest.raises(InputError) as caught:
        answers(back)
    assert caught.value.key == "people.resting"


def test_law_no_mark_inside_the_words_tears_a_line(archive, tmp_path):
    archive.meet(FAMILY)
    put(archive, "a.json", json.dumps([{"speaker": "桂兰", "content": "他\u2028怕\x85打雷\x1c。\x0b好"}]))
    with open_testimony(written(archive, tmp_path / "a.jsonl")) as back:
        assert [each.text for each in back.utterances()] == [each.text for each in archive.utterances()]
        assert "\u2028" in next(back.utterances()).text


def test_law_who_is_known_keeps_his_name_and_his_consent(archive, told, tmp_path):
    own = {"about": "mother", "recorder": "mother", "mother": {"name": "林桂兰", "consent": []}}
    archive.meet(own)
    take_lines(archive, written(told, tmp_path / "a.jsonl"))
    assert archive.family.members["mother"].name == "林桂兰" and "mother" not in archive.willing("talk")
    assert archive.family.members.keys() == told.family.members.keys() and archive.fact("about") == "mother"
    assert "friend" in archive.willing("talk")


def test_law_what_a_witness_took_back_does_not_come_back(archive, told, tmp_path):
    archive.meet(FAMILY)
    gone = next(told.utterances("witness = 'friend'"))
    with archive.change():
        archive.db.execute("insert into gone values(?)", (gone.id,))
    take_lines(archive, written(told, tmp_path / "a.jsonl"))
    assert {each.id for each in told.utterances()} - {each.id for each in archive.utterances()} == {gone.id}


def test_law_evidence_verifies_out_of_an_export_and_once_the_original_is_there(archive, tmp_path):
    archive.meet(FAMILY)
    (tmp_path / "妈妈.txt").write_bytes("妈妈：你爸怕打雷。\n妈妈：他走得慢。\n".encode("gb18030"))
    archive.add(tmp_path / "妈妈.txt")
    first, second = archive.utterances()
    archive.correct(second, "他走得很慢。")
    with open_archive(tmp_path / "b.sqlite", new=True) as other:
        take_lines(other, written(archive, tmp_path / "a.jsonl"))
        assert [other.verify(each) for each in other.utterances()] == [True, True]
        other.correct(other.one(first.id), "你爸怕狗。")
        assert other.verify(other.one(first.id))
        other.db.execute("update utterances set text = '你爸怕我。', heard = '' where id = ?", (first.id,))
        assert not other.verify(other.one(first.id))
        other.db.execute("update utterances set text = '你爸怕打雷。' where id = ?", (first.id,))
        assert other.add(tmp_path / "妈妈.txt").new == 0 and other.verify(other.one(first.id))
        (other.originals / first.source).unlink()
        assert not other.verify(other.one(first.id))


@pytest.mark.parametrize(("old", "new"), [("牵着", "拉着"), ('"start": ', '"start": 1'), ('"end": ', '"end": 1'),
                                          ('"proof": "', '"proof": "0')])
def test_refuses_words_or_places_that_were_changed_after_the_export(archive, told, tmp_path, old, new):
    whole = written(told, tmp_path / "a.jsonl").read_text("utf-8")
    (tmp_path / "a.jsonl").write_text(whole.replace(old, new, 1), "utf-8", newline="\n")
    with pytest.raises(InputError) as caught:
        take_lines(archive, tmp_path / "a.jsonl")
    assert caught.value.key == "people.lines_changed" and archive.count() == 0
    assert caught.value.facts["line"] == whole[:whole.index(old)].count("\n") + 1


HEAD = '{"archive": 1, "about": "dad", "recorder": ""}\n'


@pytest.mark.parametrize("text", [
    "{", "[]", "1", "null", '"utterance"', '{"utterance": 1}', '{"person": ["a"]}', '{"a":' * 50_000,
    '{"utterance": {}, "source": []}', '{"utterance": "a", "source": "b", "file": "c", "form": "chat", "at": null, '
    '"start": 99999999999999999999, "end": 0, "text": "", "heard": "", "label": "", "witness": "", "to": "", "said": '
    'null, "talk": "b.0", "place": 0, "sealed": 0}', '{"person": "a", "consent": "sell"}'], ids=range(11))
def test_refuses_a_torn_line_by_its_number_and_takes_nothing_in(archive, tmp_path, text):
    (tmp_path / "a.jsonl").write_text(f"{HEAD}{text}\n", "utf-8")
    with pytest.raises(InputError) as caught:
        take_lines(archive, tmp_path / "a.jsonl")
    assert caught.value.key in ("people.lines", "people.consent") and archive.count() == 0
    assert caught.value.key == "people.consent" or "2" in caught.value.tell("zh")


def test_refuses_letters_that_are_no_utf8(archive, tmp_path):
    (tmp_path / "a.jsonl").write_bytes(HEAD.encode() + "妈".encode("gb18030") + b"\n")
    with pytest.raises(InputError) as caught:
        take_lines(archive, tmp_path / "a.jsonl")
    assert caught.value.key == "people.lines"


def test_refuses_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError) as caught, open_testimony(tmp_path / "none.jsonl"):
        pass
    assert caught.value.key == "people.archive"
