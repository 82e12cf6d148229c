"""Finding by meaning in a talk: only what is consented to is measured, once, by an engine that speaks the language."""

import numpy as np
import pytest
from told import tell

from marrow import engine
from marrow.errors import EngineError
from marrow.people import verbs
from marrow.people.archive import open_archive
from marrow.people.finding.meaning import PROBE
from marrow.people.meant import open_meanings


@pytest.fixture
def measured(monkeypatch):
    """What an engine that knows the probe's pairs was asked to measure; thunder and 打雷 are one to it."""
    same = {text: number for number, pair in enumerate(PROBE["zh"]) for text in pair}
    seen = []

    def one(text):
        seed = 999 if "打雷" in text or "thunder" in text else same.get(text, 1000 + sum(map(ord, text)))
        row = np.random.default_rng(seed).normal(size=64)
        return row / np.linalg.norm(row)

    def measure(texts):
        seen.extend(texts)
        return np.stack([one(each) for each in texts]).astype(np.float32)

    monkeypatch.setattr(engine, "open_engine", lambda task, choice: measure)
    return seen


def test_truth_what_means_the_same_is_found_without_a_word_in_common(archive, measured):
    tell(archive)
    assert not any("打雷" in each.text for each in found(archive, "thunder"))
    open_meanings(archive, "stub")
    assert "打雷" in found(archive, "thunder")[0].text


def test_law_none_changes_nothing_and_measures_nothing(archive, measured):
    tell(archive)
    before = archive.index
    open_meanings(archive, "none")
    assert archive.index is before and not measured


def test_law_only_what_may_be_used_is_measured_and_only_once(archive, measured):
    tell(archive)
    hidden = next(each for each in archive.utterances() if "腊肉饭" in each.text)
    archive.seal(hidden)
    open_meanings(archive, "stub", "film")
    assert hidden.text not in measured
    told = archive.utterances("witness = 'friend'")  # he consents to talk alone
    assert not any(each.text in measured for each in told)
    count = len(measured)
    open_meanings(archive, "stub", "film")
    assert len(measured) == count


def test_refuses_an_engine_that_does_not_speak_the_language(archive, monkeypatch):
    tell(archive)
    monkeypatch.setattr(engine, "open_engine", lambda *_: lambda texts: np.tile(np.float32([0.6, 0.8]),
                                                                                (len(texts), 1)))
    with pytest.raises(EngineError) as caught:
        open_meanings(archive, "stub")
    assert caught.value.key == "people.embed.deaf"
    assert archive.db.execute("select count(*) from finding_meaning").fetchone() == (0,)


def test_refuses_before_the_talk_begins(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with open_archive(new=True) as archive:
        tell(archive)
    with pytest.raises(EngineError) as caught:
        list(verbs.talk("dad", as_="daughter", meaning="nobody"))
    assert caught.value.key == "engine.unknown"


def found(archive, words):
    return list(archive.get(id for id, _ in archive.index.search(words, limit=3)).values())
