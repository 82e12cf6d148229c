"""The archive: what comes in is kept, once, where it stands; who said it can be put right later."""

import hashlib
import os
import sqlite3

import pytest

from marrow.errors import InputError, LimitError
from marrow.people.archive import days, open_archive
from marrow.people.understanding import births, understood

FAMILY = {"about": "dad", "recorder": "daughter",
          "dad": {"name": "陆长庚", "also": ["长庚", "爸爸"], "sex": "male", "born": "1955 腊月初八",
                  "spouse": "mother"},
          "mother": {"name": "沈桂兰", "also": ["妈妈"], "sex": "female", "consent": ["talk", "film"]},
          "brother": {"name": "陆小川", "also": ["小川", "哥哥"], "sex": "male", "father": "dad", "mother": "mother",
                      "born": "1982-03-15", "younger": ["daughter"], "consent": []},
          "daughter": {"name": "陆小满", "also": ["小满"], "sex": "female", "father": "dad", "mother": "mother",
                       "born": "1988-05-21"}}
TALK = "妈妈：你爸走得慢。\n小满：真的？\n妈妈：真的。九三年夏天，一只手推车，一只手牵着你。\n"


@pytest.fixture
def archive(tmp_path):
    with open_archive(tmp_path / "archive" / "people.sqlite", new=True) as made:
        made.meet(FAMILY)
        yield made


def put(archive, name, words, encoding="utf-8"):
    path = archive.path.parent.parent / name
    path.write_bytes(words.encode(encoding))
    return archive.add(path)


def said(archive):
    return [(each.witness, each.to, each.text) for each in archive.utterances()]


def test_truth_who_speaks_and_to_whom(archive):
    put(archive, "厨房.txt", TALK)
    assert said(archive) == [("mother", "daughter", "你爸走得慢。"), ("daughter", "mother", "真的？"),
                             ("mother", "daughter", "真的。九三年夏天，一只手推车，一只手牵着你。")]


def test_truth_the_head_of_a_file_says_who_speaks_to_whom(archive):
    put(archive, "哥.txt", "讲述人：小川（哥哥）\n记录人：小满\n时间：2019 年 12 月 31 日\n\n他走得快。\n")
    (only,) = archive.utterances()
    assert (only.witness, only.to) == ("brother", "daughter")
    assert only.said.first == only.said.last and only.said.first.isoformat() == "2019-12-31"


def test_truth_a_letter_is_signed_in_its_readers_words(archive):
    put(archive, "信.txt", "小川：\n你在学校莫翻墙。\n药每天一袋。\n                         父 四月二十六日\n")
    assert {(each.witness, each.to) for each in archive.utterances() if "药" in each.text} == {("dad", "brother")}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_law_the_original_is_kept_and_every_utterance_stands_in_it(archive, encoding):
    added = put(archive, "a.txt", TALK, encoding)
    original = archive.originals / added.source
    assert hashlib.sha256(original.read_bytes()).hexdigest() == added.source
    assert original.read_bytes() == TALK.encode(encoding)
    assert all(archive.verify(each) for each in archive.utterances())


def test_law_twice_is_once_and_a_new_name_is_no_new_file(archive):
    first, again, renamed = (put(archive, name, TALK) for name in ("a.txt", "a.txt", "b.txt"))
    assert (first.new, again.new, renamed.new) == (3, 0, 0) and renamed.known == 3
    assert len(list(archive.originals.iterdir())) == 1


def test_refuses_an_original_that_was_changed(archive):
    added = put(archive, "a.txt", TALK)
    (archive.originals / added.source).write_bytes(TALK.replace("慢", "快").encode())
    assert not any(archive.verify(each) for each in archive.utterances())
    (archive.originals / added.source).unlink()
    assert not any(archive.verify(each) for each in archive.utterances())


def test_truth_a_speaker_is_named_later_and_a_hearing_corrected(archive):
    added = put(archive, "录音.txt", "Speaker 1 00:01:12\n他走得满。\n\nSpeaker 2 00:01:15\n真的？\n")
    assert added.strangers == ("Speaker 1", "Speaker 2") and archive.strangers() == ["Speaker 1", "Speaker 2"]
    assert archive.name("Speaker 1", "mother") == 1 and archive.name("Speaker 2", "daughter") == 1
    first, _ = archive.utterances()
    assert (first.witness, first.to) == ("mother", "daughter")
    archive.correct(first, "他走得慢。")
    mended = archive.one(first.id[:6])
    assert (mended.id, mended.text, mended.heard, mended.witness) == (first.id, "他走得慢。", "他走得满。", "mother")
    assert archive.verify(mended)
    archive.correct(mended, "他走得满。")
    assert archive.one(first.id).heard == ""


def test_truth_what_is_found_follows_a_correction_and_a_name(archive):
    put(archive, "录音.txt", "Speaker 1 00:01:12\n他有一辆自行撤。\n\nSpeaker 2 00:01:15\n真的？\n")
    archive.refresh()
    (hit, *_) = archive.index.search("撤")
    archive.correct(archive.one(hit[0]), "他有一辆自行车。")
    archive.refresh()
    assert [id for id, _ in archive.index.search("自行车", limit=1)] == [hit[0]]


def test_truth_consent_is_by_witness_and_use(archive):
    assert archive.willing("talk") == {"dad", "mother", "daughter"}
    assert archive.willing("film") == {"mother"} and archive.willing("public") == frozenset()


def test_truth_time_and_hearsay_are_made_out(archive):
    put(archive, "厨房.txt", TALK + "小满：谁说的？\n妈妈：你哥跟我说的，他两只手都在车把上。\n")
    known = understood(archive, archive.utterances())
    assert [(each.first.isoformat(), each.last.isoformat()) for each in known[2].utterance.about] == [
        ("1993-06-01", "1993-08-31")]
    assert known[4].utterance.through == ("brother",) and known[0].utterance.through == ()
    assert "dad" in known[0].tells
    assert births(archive.family)["dad"].first.isoformat() == "1956-01-20"  # 腊月初八 in the lunar calendar


def test_law_a_change_happens_whole_or_not_at_all(archive):
    before = archive.count()
    with pytest.raises(ValueError), archive.change():
        archive.note("about", "brother")
        raise ValueError
    assert archive.fact("about") == "dad" and archive.count() == before


def test_law_a_copy_of_the_folder_is_a_backup(archive, tmp_path):
    import shutil

    put(archive, "a.txt", TALK)
    archive.refresh()
    shutil.copytree(archive.path.parent, tmp_path / "备份")
    with open_archive(tmp_path / "备份", write=False) as copy:
        assert said(copy) == said(archive) and all(copy.verify(each) for each in copy.utterances())
        assert copy.index.search("走得慢") == archive.index.search("走得慢")


def test_refuses_to_write_where_nothing_can_be_written(archive, tmp_path):
    (tmp_path / "full").write_text("a file, where a folder is wanted")
    (archive.path.parent / "people.sqlite-journal").mkdir()  # nothing can be written while it is there
    for place in (tmp_path / "full" / "people.sqlite", archive.path):
        with pytest.raises(LimitError) as caught, open_archive(place, new=True):
            pass
        assert caught.value.key == "people.disk" and str(place) in caught.value.tell("zh")


def test_refuses_what_is_no_archive(tmp_path):
    (tmp_path / "a.sqlite").write_bytes(b"not a database at all" * 99)
    newer = sqlite3.connect(tmp_path / "b.sqlite")
    newer.execute("pragma user_version = 99")
    newer.close()
    for name, key in (("a.sqlite", "people.torn"), ("b.sqlite", "people.torn"), ("c.sqlite", "people.archive")):
        with pytest.raises(InputError) as caught:
            with open_archive(tmp_path / name):
                pass
        assert caught.value.key == key


@pytest.mark.parametrize(("call", "key"), [
    (lambda archive: archive.name("Speaker 9", "mother"), "people.label"),
    (lambda archive: archive.name("妈妈", "nobody"), "people.person"),
    (lambda archive: archive.one("zz"), "people.utterance"),
    (lambda archive: archive.one(""), "people.utterance"),
    (lambda archive: archive.meet(FAMILY | {"dad": {"name": "x", "consent": ["sell"]}}), "people.consent")])
def test_refuses_whom_and_what_is_not_there(archive, call, key):
    put(archive, "a.txt", TALK)
    with pytest.raises(InputError) as caught:
        call(archive)
    assert caught.value.key == key and caught.value.tell("zh") != caught.value.tell("en")


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_refuses_a_folder_that_cannot_be_written(archive):
    archive.originals.mkdir(exist_ok=True)
    archive.originals.chmod(0o500)
    with pytest.raises(LimitError):
        put(archive, "a.txt", TALK)


@pytest.mark.parametrize(("words", "first", "last"), [
    ("2019", "2019-01-01", "2019-12-31"), ("2020-02", "2020-02-01", "2020-02-29"), ("2019-10-05T21:03:11",) +
    ("2019-10-05",) * 2])
def test_truth_iso_dates_are_days(words, first, last):
    assert (days(words).first.isoformat(), days(words).last.isoformat()) == (first, last)
    assert days("") is None and days("2019-13") is None and days("去年") is None


def test_truth_question_and_answer_are_those_whom_the_head_names(archive):
    put(archive, "问答.txt", "讲述人：小川\n记录人：小满\n\n问：他走得快吗？\n答：快。\n问2：后来呢？\n答2：慢了。\n")
    assert [(each.witness, each.to) for each in archive.utterances()] == [("daughter", "brother"),
                                                                          ("brother", "daughter")] * 2
    put(archive, "无头.txt", "问：他走得快吗？\n答：快。\n")
    assert [each.witness for each in archive.utterances() if each.text == "快。"].count("") == 1
