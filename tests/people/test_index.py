"""The index in the archive's file: in any order the same, one by one as at once, and what is removed is gone."""

import random
import sqlite3

import pytest

from marrow.errors import LimitError
from marrow.people.finding import index
from marrow.people.finding.rank import Index
from marrow.people.finding.tokens import terms
from marrow.people.testimony import Utterance, name_of

LINES = ("你爸爸那时候在厂里上夜班", "他回家都做什么", "先泡一壶茉莉花茶", "再给你修那只木马", "爸爸教我骑自行车",
         "在哪儿学的", "就在河边那条土路上，还下着雨", "He wrote letters every Sunday", "嗯", "1993年秋天搬到上海")
SECRET = "鸬鹚翡翠镯子 Zanzibar"
QUESTIONS = ("爸爸泡什么茶", "在哪里骑自行车", "木馬", "letters on Sundays", "河边", "1993")


def said(number, text, talk="a", witness="妈妈"):
    return Utterance(name_of(talk, number, number + 1), talk, number, number + 1, text, witness, talk=talk,
                     place=number)


TALKS = [said(number, text, talk) for talk in "ab" for number, text in enumerate(LINES)]


def found(db):
    return [Index(db).search(each, limit=30) for each in QUESTIONS]


def built(utterances, path=":memory:"):
    db = sqlite3.connect(path)
    index.build(db, utterances)
    return db


@pytest.mark.parametrize("loose", [0, 3, 2000])
def test_law_in_any_order_and_one_by_one_the_same_is_found(monkeypatch, loose):
    monkeypatch.setattr(index, "LOOSE", loose)
    whole, shuffled = found(built(TALKS)), random.Random(4).sample(TALKS, len(TALKS))
    assert found(built(shuffled)) == whole and all(whole)
    db = built([])
    held = Index(db)
    for each in shuffled:
        index.add(db, [each])
        assert held.search(each.text)
    assert [held.search(each, limit=30) for each in QUESTIONS] == found(db) == whole


def test_law_removed_is_as_never_there():
    db = built([*TALKS, *(said(number, SECRET + LINES[number], "c", "外婆") for number in range(5))])
    held = Index(db)
    assert held.search("翡翠")
    index.remove(db, [name_of("c", number, number + 1) for number in range(5)])
    assert held.search("翡翠") == held.search("feicui") == [] and found(db) == found(built(TALKS))
    index.compact(db)
    assert [held.search(each, limit=30) for each in QUESTIONS] == found(built(TALKS))


def test_law_said_anew_replaces_what_was_said():
    db = built(TALKS)
    index.add(db, [said(2, "先泡一壶龙井")])
    assert Index(db).search("龙井")[0][0] == TALKS[2].id and Index(db).search("茉莉")[0][0] != TALKS[2].id
    index.add(db, [TALKS[2], TALKS[2]])
    assert found(db) == found(built(TALKS))


@pytest.mark.parametrize("journal", ["delete", "wal"])
@pytest.mark.parametrize("loose", [0, 2000])
def test_truth_nothing_of_what_was_removed_is_left_in_the_files(tmp_path, monkeypatch, journal, loose):
    monkeypatch.setattr(index, "LOOSE", loose)
    db = sqlite3.connect(tmp_path / "archive.db")
    db.execute(f"pragma journal_mode = {journal}").fetchone()
    index.build(db, TALKS)
    secret = said(0, SECRET, "secret", "外婆婆")
    index.add(db, [secret])
    db.commit()

    def held(word):
        return any(word in path.read_bytes() for path in tmp_path.iterdir())

    others = set(terms(LINES)[0].tolist())
    hers = [each.tobytes() for each in terms([SECRET])[0] if int(each) not in others]
    assert all(held(each) for each in hers) and held(secret.id.encode()) and held("外婆婆".encode())
    index.remove(db, [secret.id])
    db.commit()
    index.compact(db)
    spelled = [SECRET, SECRET[:4], "feicui", "fei cui", "zanzibar", "Zanzibar", secret.id, "secret", "外婆婆"]
    assert not any(held(each) for each in hers)
    assert not any(held(each.encode(code)) for each in spelled for code in ("utf-8", "utf-16-le", "utf-16-be"))


def test_truth_no_word_is_written_into_the_index(tmp_path):
    db = built(TALKS, tmp_path / "archive.db")
    db.commit()
    content = (tmp_path / "archive.db").read_bytes()
    assert not any(word.encode(code) in content for word in ("茉莉", "自行车", "letter", "moli", "Sunday")
                   for code in ("utf-8", "utf-16-le", "utf-32-le"))


def test_law_the_same_archive_is_the_same_bytes(tmp_path):
    for name in ("a.db", "b.db"):
        db = built(TALKS, tmp_path / name)
        index.compact(db)
        db.close()
    assert (tmp_path / "a.db").read_bytes() == (tmp_path / "b.db").read_bytes()


def test_law_a_transaction_that_is_rolled_back_leaves_the_index_as_it_was():
    db = built(TALKS)
    db.commit()
    held, before = Index(db), found(db)
    index.add(db, [said(50, SECRET)])
    index.remove(db, [TALKS[0].id])
    db.rollback()
    assert found(db) == before and [held.search(each, limit=30) for each in QUESTIONS] == before


def test_refuses_more_than_can_be_numbered(monkeypatch):
    monkeypatch.setattr(index, "MOST", 8)
    with pytest.raises(LimitError) as caught:
        built(TALKS)
    assert caught.value.key == "people.index.many" and "8" in caught.value.tell("zh")
