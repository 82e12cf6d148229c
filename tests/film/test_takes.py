"""Takes, seals, tidying: nothing chosen or sealed is ever lost; what nothing needs can go."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from executors import Inline

from marrow import engine
from marrow.errors import FilmError
from marrow.film import verbs
from marrow.film.desk import on_desk, open_store
from marrow.film.takes import file_name
from marrow.store import file_digest

FILM = '''title = "试片"
fps = 24
size = "64x36"
version = "v1"

[[shot]]
name = "01-红"
recipe = ["stub.card"]
text = "红"
length = "0.5s"

[[shot]]
name = "02-骰"
recipe = ["stub.dice", "stub.card"]
text = "骰"
length = "0.5s"

[versions.v1]
[versions.v2]
from = "v1"
[versions.v2.shot."01-红"]
text = "蓝"
'''


@pytest.fixture
def film(tmp_path):
    folder = tmp_path / "影片"
    folder.mkdir()
    (folder / "film.toml").write_text(FILM, "utf-8")
    return folder


def make(folder, *shots, **options):
    return verbs.make(folder, shots, executor=Inline, **options)


def cut_of(folder, version="v1"):
    with open_store(folder) as store:
        return {row["shot"]: row for row in store.last("cut", version)["shots"]}


def test_truth_a_take_has_its_original_proxy_and_slate(film):
    make(film)
    home = film / "takes" / "01-红"
    assert {each.name for each in home.iterdir()} == {"001.mkv", "001.mp4", "001.json"}
    assert not (home / "001.mkv").stat().st_mode & stat.S_IWUSR
    slate = json.loads((home / "001.json").read_text("utf-8"))
    assert slate["object"] == file_digest(home / "001.mkv")
    assert {"step", "revision", "settings", "inputs", "seconds", "machine", "who", "when"} <= set(slate["steps"][0])


def test_law_a_film_is_not_put_together_again_for_nothing(film):
    made = make(film)
    before = made.screening.film.stat().st_mtime_ns
    assert made.screening.new
    assert not make(film).screening.new
    assert made.screening.film.stat().st_mtime_ns == before
    (film / "film.toml").write_text(FILM.replace('"试片"', '"另一个名字"'), "utf-8")
    renamed = make(film)
    assert renamed.screening.new
    assert renamed.screening.film.name == "另一个名字.mp4"
    assert not made.screening.film.exists()


def test_law_what_a_killed_build_left_beside_the_film_goes_away(film):
    home = make(film).screening.film.parent
    (home / ".试片.999999.mp4").write_bytes(b"half")
    make(film)
    assert (home / ".试片.999999.mp4").exists()
    (film / "film.toml").write_text(FILM.replace('"红"\nlength', '"绿"\nlength'), "utf-8")
    make(film)
    assert sorted(each.suffix for each in home.iterdir()) == [".mp4", ".otio"]


def test_law_files_deleted_by_hand_come_back(film):
    import shutil

    made = make(film)
    before = file_digest(film / "takes" / "01-红" / "001.mkv")
    shutil.rmtree(film / "takes")
    shutil.rmtree(film / "made")
    again = make(film)
    assert again.screening.film.is_file()
    assert again.screening.film == made.screening.film
    assert file_digest(film / "takes" / "01-红" / "001.mkv") == before


def test_law_takes_are_numbered_and_an_old_result_keeps_its_number(film):
    make(film)
    make(film, version="v2")
    assert cut_of(film, "v2")["01-红"]["number"] == 2
    make(film, version="v1")
    assert cut_of(film)["01-红"]["number"] == 1
    assert cut_of(film, "v2")["02-骰"]["number"] == 1


def test_law_equal_bytes_are_one_take_however_they_were_made(film):
    text = FILM.replace('["stub.card"]\ntext = "红"', '["stub.clean", "stub.grade", "stub.card"]\ntext = "红"')
    (film / "film.toml").write_text(text, "utf-8")
    make(film)
    warmer = text.replace("[versions.v1]", "[versions.v1]\nstub.grade = { warmth = 0.3 }")
    (film / "film.toml").write_text(warmer, "utf-8")
    made = make(film)
    assert made.tallies["01-红"].run == 1
    assert cut_of(film)["01-红"]["number"] == 1
    assert verbs.why(film, "01").reason == ("setting", {"step": "stub.grade", "name": "warmth", "old": "0.0",
                                                        "new": "0.3"})


def test_truth_a_sealed_version_plays_the_same_bytes_after_everything(film, monkeypatch):
    make(film)
    sealed = verbs.seal(film, "v1", note="第一版")
    before = file_digest(sealed)
    make(film, version="v2")
    for _ in range(5):
        verbs.again(film, "02-骰", version="v2", executor=Inline)
    verbs.make_room(film, really=True)
    (film / "film.toml").unlink()
    monkeypatch.setattr(engine, "points", lambda group: {})
    assert file_digest(verbs.play(film, "v1", show=False)) == before
    sealed.unlink()
    assert file_digest(verbs.play(film, "v1", show=False)) == before
    sealed.chmod(0o644)
    sealed.write_bytes(b"edited by hand")
    assert file_digest(verbs.play(film, "v1", show=False)) == before


def test_truth_a_sealed_version_plays_in_a_process_without_steps(film):
    make(film)
    before = file_digest(verbs.seal(film, "v1"))
    code = ("import sys; from pathlib import Path; from marrow import engine; engine.points = lambda group: {}\n"
            "from marrow.film import verbs; print(verbs.play(Path(sys.argv[1]), 'v1', show=False))\n"
            "assert not {'av', 'numpy', 'marrow.forms.video'} & set(sys.modules), 'a step or a library was loaded'")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run([sys.executable, "-c", code, str(film)], capture_output=True, text=True, env=environment,
                          check=False)
    assert done.returncode == 0, done.stderr
    assert file_digest(Path(done.stdout.strip())) == before


def test_refuses_to_change_a_sealed_version(film):
    make(film)
    verbs.seal(film, "v1")
    for change in (lambda: make(film), lambda: verbs.seal(film, "v1"), lambda: verbs.keep(film, "02", 1),
                   lambda: verbs.again(film, "02", executor=Inline)):
        with pytest.raises(FilmError):
            change()


def test_refuses_to_seal_what_is_not_made_or_not_up_to_date(film):
    with pytest.raises(FilmError):
        verbs.seal(film, "v1")
    make(film)
    (film / "film.toml").write_text(FILM.replace('"红"\nlength', '"绿"\nlength'), "utf-8")
    with pytest.raises(FilmError):
        verbs.seal(film, "v1")


def test_law_a_circled_take_is_neither_planned_nor_made_again(film):
    make(film)
    verbs.keep(film, "01", 1)
    (film / "film.toml").write_text(FILM.replace('"红"\nlength', '"绿"\nlength'), "utf-8")
    assert verbs.plan(film) == []
    assert sum(tally.run for tally in make(film).tallies.values()) == 0
    assert verbs.seal(film, "v1").is_file()


def test_truth_letting_go_of_a_take_follows_the_film_again(film):
    make(film)
    verbs.keep(film, "01", 1)
    (film / "film.toml").write_text(FILM.replace('"红"\nlength', '"绿"\nlength'), "utf-8")
    verbs.keep(film, "01", 0)
    assert [row.step for row in verbs.plan(film)] == ["stub.card"]
    make(film)
    assert cut_of(film)["01-红"]["number"] == 2


def test_law_tidy_is_a_dry_run_and_removes_only_what_nothing_needs(film):
    make(film)
    for _ in range(6):
        verbs.again(film, "02-骰", executor=Inline)
    verbs.keep(film, "02-骰", 1)
    loose = verbs.make_room(film)
    assert loose
    with open_store(film) as store:
        assert all(store.has(each.object) for each in loose)
    verbs.make_room(film, really=True)
    assert verbs.make_room(film) == []
    made = make(film)
    assert sum(tally.run for tally in made.tallies.values()) == 0
    assert cut_of(film)["02-骰"]["number"] == 1


def test_truth_check_deep_names_a_wrong_object_and_make_mends_it(film):
    make(film)
    good = cut_of(film)["01-红"]["object"]
    with open_store(film) as store:
        path = store.path(good)
    path.chmod(0o644)
    with open(path, "r+b") as file:
        file.seek(100)
        file.write(b"\0\1\2")
    assert verbs.check(film, deep=True) == [good]
    make(film)
    assert verbs.check(film, deep=True) == []
    assert cut_of(film)["01-红"]["object"] == good


def test_truth_try_makes_a_take_and_changes_no_file(film):
    text = FILM.replace('recipe = ["stub.card"]\ntext = "红"', 'recipe = ["stub.clean", "stub.card"]\ntext = "红"')
    (film / "film.toml").write_text(text, "utf-8")
    (film / "m.txt").write_text("模型", "utf-8")
    make(film)
    take, path = verbs.attempt(film, "01", {"stub.clean": "model:m.txt"}, executor=Inline)
    assert take.number == 2
    assert path.name == "002.mkv"
    assert (film / "film.toml").read_text("utf-8") == text
    make(film)
    assert cut_of(film)["01-红"]["number"] == 1
    verbs.keep(film, "01", 2)
    make(film)
    assert cut_of(film)["01-红"]["number"] == 2


@pytest.mark.parametrize("name", ["../出去", "a/b", "con:1", "x" * 300, ".", "结尾.", "tab\tname", "🙂", "CON",
                                  "con.txt", "lpt1", "🙂" * 90])
def test_law_a_shots_name_is_a_safe_file_name_and_stays_its_own(name):
    safe = file_name(name)
    assert Path(safe).name == safe
    assert safe not in ("", ".", "..")
    assert len(safe.encode()) <= 255
    assert file_name(name + "!") != safe
    assert safe.lower() not in ("con", "con.txt", "lpt1")
    assert file_name("Two Fathers") == "Two Fathers"


def test_truth_the_newest_film_plays_by_default_and_a_shot_by_its_beginning(film):
    make(film, version="v2")
    assert verbs.play(film, show=False).parts[-2:] == ("v2", "试片.mp4")
    assert verbs.play(film, "02", show=False).parts[-2:] == ("02-骰", "001.mp4")
    with pytest.raises(FilmError):
        verbs.play(film, "09", show=False)


def test_truth_a_draft_leaves_takes_alone(film):
    made = make(film, draft=True)
    assert made.screening.film.parent.name == "v1 draft"
    with on_desk(film) as desk:
        assert desk.store.actions("take") == []
    assert not (film / "takes").exists()


def test_truth_compare_puts_two_versions_side_by_side(film):
    make(film)
    make(film, version="v2")
    path = verbs.compare(film, "v1", "v2")
    import av

    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.width >= 2 * 64
        assert sum(1 for _ in container.decode(stream)) == 24
