"""Meanings: kept beside the index, never mixed, refused where the language is not spoken, gone with the utterance."""

import sqlite3

import numpy as np
import pytest

from marrow.errors import EngineError
from marrow.people.finding import index, meaning
from marrow.people.finding.meaning import PROBE, Meanings, embed, hears
from marrow.people.finding.rank import Index
from marrow.people.testimony import Utterance

TOLD = ("他在厂里做工", "枣树开花了", "过年回家", "鱼头给猫", "今天天气很好")


def said(number, text):
    return Utterance(f"{number:016x}", "s", 0, 1, text, "mother", talk=f"{number}")


def speaker(language="zh", size=64):
    """An engine that knows the probe's pairs, and gives everything else a direction of its own."""
    same = {text: number for number, pair in enumerate(PROBE[language]) for text in pair}

    def measure(texts):
        seeds = [same.get(each, sum(map(ord, each)) + 1000) for each in texts]
        rows = np.stack([np.random.default_rng(seed).normal(size=size) for seed in seeds])
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    return measure


def deaf(texts):
    return np.tile(np.float32([0.6, 0.8]), (len(texts), 1))


def archive():
    db = sqlite3.connect(":memory:")
    rows = [said(number, text) for number, text in enumerate(TOLD)]
    index.build(db, rows)
    return db, rows


def test_truth_what_means_the_same_is_found_without_a_word_in_common():
    db, rows = archive()
    embed(db, rows, speaker(), "stub")
    measure = speaker()
    ours = Meanings(db, lambda texts: measure(["鱼头给猫"] * len(texts)), "stub")
    near = ours.near("饲养宠物")
    assert max(near, key=near.get) == rows[3].id and near[rows[3].id] == pytest.approx(1, abs=1e-3)
    assert Index(db).search("饲养宠物") == [] and Index(db).search("饲养宠物", near=near)[0][0] == rows[3].id


def test_law_meaning_never_outweighs_the_words_alone():
    db, rows = archive()
    found = dict(Index(db).search("枣树开花了", near={rows[0].id: 0.9, rows[1].id: 0.1}))
    assert found[rows[1].id] == max(found.values()) > found[rows[0].id] / 0.6


def test_law_each_utterance_is_measured_once_and_each_engine_has_its_own():
    db, rows = archive()
    asked = []

    def counting(texts):
        asked.extend(texts)
        return speaker()(texts)

    embed(db, rows[:3], counting, "one")
    embed(db, rows, counting, "one")
    assert sorted(each for each in asked if each in TOLD) == sorted(TOLD)
    assert Meanings(db, speaker(), "two").near("枣树") == {}


def test_truth_removed_utterances_lose_their_vectors(tmp_path):
    db = sqlite3.connect(tmp_path / "a.db")
    rows = [said(number, text) for number, text in enumerate(TOLD)]
    index.build(db, rows)
    embed(db, rows, speaker(), "stub")
    db.commit()
    vector = db.execute("select vector from finding_meaning where id = ?", (rows[2].id,)).fetchone()[0]
    assert vector in (tmp_path / "a.db").read_bytes()
    index.remove(db, [rows[2].id])
    db.commit()
    index.compact(db)
    assert vector not in (tmp_path / "a.db").read_bytes()
    assert rows[2].id not in Meanings(db, speaker(), "stub").near("年")


@pytest.mark.parametrize(("language", "text"), [("zh", "枣树开花了"), ("en", "the tree was in blossom")])
def test_refuses_an_engine_that_does_not_speak_the_language(language, text):
    db, _ = archive()
    other = {"zh": "en", "en": "zh"}[language]
    assert hears(speaker(language), language, "x") == 1 and hears(deaf, language, "x") == 0.5
    embed(db, [said(0, text)], speaker(language), "good")
    with pytest.raises(EngineError) as caught:
        embed(db, [said(0, text)], speaker(other), "bad")
    assert caught.value.key == "people.embed.deaf" and caught.value.facts["language"] == language
    assert all(str(caught.value.facts["share"]) in caught.value.tell(lang) for lang in ("zh", "en"))
    assert db.execute("select distinct engine from finding_meaning").fetchall() == [("good",)]


@pytest.mark.parametrize("wrong", [
    lambda texts: np.ones((len(texts), 4)), lambda texts: np.ones((1, 2)) / np.sqrt(2),
    lambda texts: np.ones(len(texts)), lambda texts: np.full((len(texts), 4), np.nan),
    lambda texts: np.ones((len(texts), 1))])
def test_refuses_vectors_that_break_the_contract(wrong):
    db, rows = archive()
    with pytest.raises(EngineError) as caught:
        embed(db, rows, wrong, "wrong")
    assert caught.value.key == "people.embed.form" and caught.value.tell("zh")


def test_refuses_an_engine_that_measures_otherwise_than_before():
    db, rows = archive()
    embed(db, rows, speaker(), "stub")
    with pytest.raises(EngineError) as caught:
        Meanings(db, speaker(size=32), "stub").near("枣树")
    assert caught.value.key == "people.embed.form"


def test_law_texts_go_in_batches_and_nothing_asks_nothing(monkeypatch):
    monkeypatch.setattr(meaning, "BATCH", 2)
    db, rows = archive()
    sizes = []
    embed(db, rows, lambda texts: (sizes.append(len(texts)), speaker()(texts))[1], "stub")
    embed(db, [], deaf, "deaf")
    assert sizes[1:] == [2, 2, 1]
