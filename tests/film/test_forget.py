"""A witness withdraws from a film: what was made of her words goes, the rest stays, a sealed version still plays."""

import json
import tomllib

import numpy as np
import pytest
from coded import heard, seen
from executors import Inline

from marrow.film import verbs
from marrow.film.desk import on_desk, open_store
from marrow.film.forget import forget
from marrow.film.slating import cards_of, slated
from marrow.store import Store, file_digest

WORDS, ID = "枣树锯成三截", "00112233445566aa"
FILM = '''title = "试片"
fps = 24
size = "320x180"
version = "v1"

[[shot]]
name = "01-她"
recipe = ["stub.clean", "stub.card"]
text = "枣树锯成三截"
length = "1s"

[[shot]]
name = "02-他"
recipe = ["stub.card"]
text = "他"
length = "1s"
fade = "0.25s"
subtitles = [
  { at = "0.3s", to = "0.5s", text = "枣树锯成三截", below = "In three pieces" },
  { at = "0.6s", to = "0.9s", text = "别的话", below = "Other words" },
]

[[shot]]
name = "03-他"
recipe = ["stub.card"]
text = "又是他"
length = "1s"

[[sound]]
name = "她说"
recipe = ["stub.speak"]
text = "枣树锯成三截拉走"
shot = "03-他"

[versions.v1]
[versions.v2]
from = "v1"
[versions.v2.shot."01-她"]
text = "白"
'''


def blank(text):
    return text.replace(WORDS, "█" * len(WORDS)).replace("拉走", "██")


def found(path):
    return blank(path.read_bytes().decode("utf-8", "replace")) != path.read_bytes().decode("utf-8", "replace")


def withdraw(folder, ids=frozenset(), really=True):
    return list(forget(folder, frozenset(ids), blank, found, really=really))


def everything(folder):
    return b"\n".join(path.read_bytes() + path.name.encode() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.fixture
def film(tmp_path):
    folder = tmp_path / "影片"
    folder.mkdir()
    (folder / "film.toml").write_text(FILM, "utf-8")
    return folder


def make(folder, version="v1"):
    return verbs.make(folder, version=version, executor=Inline)


def test_truth_nothing_of_her_words_is_left_in_the_film(film):
    make(film)
    verbs.seal(film, "v1", note=f"她说{WORDS}")
    make(film, "v2")
    verbs.compare(film, "v1", "v2")
    told = withdraw(film)
    (film / "film.toml").write_text(blank(FILM), "utf-8")
    assert WORDS.encode() not in everything(film) and json.dumps(WORDS)[1:-1].encode() not in everything(film)
    assert any("v1" in line for line in told) and any("01-她" in line for line in told)
    with open_store(film) as store:
        assert all(file_digest(store.path(each)) == each for each in store.every())
        assert not store.torn()
    assert not list((film / "takes" / "01-她").glob("001.*")) and list((film / "takes" / "02-他").glob("001.mkv"))
    assert not list((film / "made").glob("*.mp4"))


def test_truth_without_really_nothing_changes(film):
    make(film)
    verbs.seal(film, "v1")
    before = {path: file_digest(path) for path in film.rglob("*") if path.is_file() and "index" not in path.name}
    told = withdraw(film, really=False)
    assert told == withdraw(film, really=False) and len(told) >= 4
    assert before == {path: file_digest(path) for path in before}


def test_truth_a_sealed_version_shows_a_card_and_is_silent_where_she_was(film):
    make(film)
    sealed = verbs.seal(film, "v1")
    was, sounded = seen(sealed), heard(sealed)
    withdraw(film)
    path = verbs.play(film, "v1", show=False)
    now, sounds = seen(path), heard(path)
    assert len(now) == len(was) == 66 and len(sounds) == len(sounded)
    apart = [float(np.abs(old.astype(int) - new).mean()) for old, new in zip(was, now, strict=True)]
    pale = [float(each.mean()) for each in now]
    assert all(abs(each - pale[0]) < 2 for each in pale[:24])          # the card, through the whole cross-fade
    assert max(apart[31:]) < 6                                          # nothing else is touched
    bars = [float(each[-20:].max()) for each in now]
    assert max(bars[25:30]) < 20 and min(bars[31:]) > 20                # her subtitle is under a bar, the next is not
    start, end = 42 * 2000, 42 * 2000 + len("枣树锯成三截拉走") * 4800
    assert np.abs(sounds[start + 2000:end - 2000]).max() < 0.01 < np.abs(sounded[start + 2000:end - 2000]).max()
    assert (path.parent / "试片.srt").read_text("utf-8").splitlines()[0:3:2] == ["1", "别的话"]
    assert tomllib.loads((path.parent / "film.toml").read_text("utf-8"))["version"] == "v1"


def test_law_sealed_versions_without_her_stay_byte_for_byte(film):
    (film / "film.toml").write_text('title = "别的"\nsize = "64x36"\n[[shot]]\nname = "一"\nrecipe = ["stub.card"]\n'
                                    'text = "一"\nlength = "0.5s"\n', "utf-8")
    make(film)
    before = file_digest(verbs.seal(film, "v1"))
    (film / "film.toml").write_text(FILM.replace('version = "v1"', 'version = "v2"'), "utf-8")
    make(film, "v2")
    withdraw(film)
    assert file_digest(verbs.play(film, "v1", show=False)) == before


def test_truth_what_rests_on_her_by_its_evidence_goes_and_plan_says_why(film):
    make(film, "v2")
    with open_store(film) as store:
        key = next(action["about"] for action in store.history() if action["act"] == "made"
                   and action["identity"]["step"] == "stub.card")
        facts = store.action(store.made(key).line)
        del facts["act"], facts["about"]
        store.append("made", key, **facts | {"remarks": [f"sentence 1: told ({ID} ffffffffffffffff)"]})
        gone = facts["object"]
    assert withdraw(film, {"bbbbbbbbbbbbbbbb"}, really=False) != withdraw(film, {ID}, really=False)
    withdraw(film, {ID})
    with open_store(film) as store:
        assert not store.has(gone)
    assert "withdrawn" in {each.reason[0] for each in verbs.plan(film, version="v2")}
    (film / "film.toml").write_text(FILM.replace(WORDS, "新的话"), "utf-8")
    assert "withdrawn" in {each.reason[0] for each in verbs.plan(film, version="v2")}
    make(film, "v2")
    assert verbs.plan(film, version="v2") == []


def test_law_everything_made_from_it_goes_too_and_nothing_else(film):
    make(film)
    with on_desk(film, "v1") as desk:
        ids = {name: [node.object for node in chain] for name, chain in desk.graph.chains.items()}
    withdraw(film)
    with open_store(film) as store:
        assert not any(store.has(each) for each in (*ids["01-她"], *ids["她说"]))
        assert all(store.has(each) for each in (*ids["02-他"], *ids["03-他"]))


def test_law_a_circled_take_of_hers_is_let_go_and_the_film_is_made_again(film):
    make(film)
    verbs.keep(film, "01", 1)
    verbs.keep(film, "02", 1)
    withdraw(film)
    (film / "film.toml").write_text(blank(FILM), "utf-8")
    made = make(film)
    assert not made.errors and made.screening.film.is_file() and made.screening.missing == ()
    with on_desk(film, "v1") as desk:
        from marrow.film import takes
        assert set(takes.circled(desk.store, "v1", desk.graph)) == {"02-他"}


def test_law_names_of_shots_and_folders_lose_her_words(film):
    (film / "film.toml").write_text(FILM.replace("02-他", f"02-{WORDS}"), "utf-8")
    make(film)
    withdraw(film)
    (film / "film.toml").write_text(blank(FILM.replace("02-他", f"02-{WORDS}")), "utf-8")
    assert WORDS.encode() not in everything(film)
    assert not any(WORDS in path.name for path in film.rglob("*"))
    assert make(film).tallies[f"02-{'█' * 6}"].run == 0


def test_law_a_record_line_never_changes_its_length(tmp_path):
    with Store(tmp_path / ".marrow", tmp_path) as store:
        place = store.append("keep", "v1", shot=WORDS, take=None)
        end = store.append("keep", "v1", shot="别的", take=None)
        assert store.redact(blank) == 1 and store.redact(blank) == 0
        assert store.action(place)["shot"] == "█" * 6 and store.action(end)["shot"] == "别的"
        with pytest.raises(ValueError):
            store.redact(lambda line: line + " ")


def test_law_destroying_an_object_empties_every_name_it_has(tmp_path):
    import os

    with Store(tmp_path / ".marrow", tmp_path) as store:
        each = store.put_bytes(b"words")
        os.link(store.path(each), tmp_path / "copy")
        assert store.destroy(each) and not store.destroy(each)
        assert (tmp_path / "copy").read_bytes() == b""


def test_truth_a_card_covers_both_cross_fades_of_its_shot(film):
    (film / "film.toml").write_text(FILM.replace('name = "03-他"', 'name = "03-他"\nfade = "0.5s"'), "utf-8")
    timeline = make(film).screening.film.with_suffix(".otio")
    cards = cards_of(timeline, {"02-他"}, blank, burnt=True)
    assert cards.shots == ((18, 42),) and [span for span, *_ in cards.lines] == [(25, 30)]
    assert cards_of(timeline, {"她说"}, blank, burnt=False).lines == ()
    assert cards_of(timeline, {"她说"}, blank, burnt=False).sounds[0][0] == 30


def test_truth_a_seal_without_a_timeline_is_slated_as_a_whole(film, tmp_path):
    make(film)
    path = verbs.seal(film, "v1")
    made = slated({path.name: path}, set(), blank, found, lambda suffix: tmp_path / f"new{suffix}")
    pictures = seen(made[path.name])
    assert len(pictures) == 66 and all(abs(float(each.mean()) - float(pictures[0].mean())) < 2 for each in pictures)
    assert np.abs(heard(made[path.name])).max() == 0


def test_truth_a_folder_without_a_film_owes_nothing(tmp_path):
    assert withdraw(tmp_path) == [] and list(tmp_path.iterdir()) == []
