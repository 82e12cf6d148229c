"""Bad input: a clear error or correct work, the film plays and the store is whole, and a later good build works."""

import os
import unicodedata
from pathlib import Path

import pytest
from executors import Inline

from marrow.errors import FilmError, MarrowError
from marrow.film import verbs
from marrow.film.desk import on_desk
from marrow.film.make import Build

MATERIAL = Path(__file__).parents[2].parent / "shared" / "material"
STEPS = ("frames.still", "frames.video", "bones.figure", "places.fly", "frames.title", "voice.speak")
BUGS = {"step.failed", "worker.died", "memory.full", "disk.full", "disk.closed"}


def write_film(folder: Path, *parts: str, head: str = 'title = "试"') -> Path:
    """A small film of shots with `use`, each made by one step."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "film.toml").write_text("\n".join([head, "fps = 12", 'size = "64x36"', "", *parts]), "utf-8")
    return folder


def card(name: str, text: str = "片") -> str:
    """A shot that is always well."""
    return f'[[shot]]\nname = "{name}"\ntext = "{text}"\nlength = "0.25s"\n'


def part(name: str, step: str, use: str) -> str:
    """One shot, or a voice, of a file."""
    if step == "voice.speak":
        return f'[[sound]]\nname = "{name}"\nrecipe = ["{step}"]\nuse = "{use}"\nshot = "好"\n'
    return f'[[shot]]\nname = "{name}"\nrecipe = ["{step}"]\nuse = "{use}"\nlength = "0.25s"\n'


def make(folder: Path, **options) -> verbs.Made:
    return verbs.make(folder, executor=Inline, **options)


def intact(folder: Path) -> bool:
    """Whether every object is what its name says, and nothing unfinished lies about."""
    return not verbs.check(folder, deep=True) and not list((folder / ".marrow" / "tmp").iterdir())


@pytest.mark.slow
@pytest.mark.skipif(not MATERIAL.is_dir(), reason="the material is not here")
@pytest.mark.parametrize("step", STEPS)
def test_refuses_every_wrong_file_of_the_material_with_a_sentence(tmp_path, step):
    files = sorted(each for each in MATERIAL.rglob("*") if each.is_file())
    parts = [part(str(each.relative_to(MATERIAL)), step, str(each)) for each in files]
    folder = write_film(tmp_path / "影片", card("好"), *parts)
    with on_desk(folder) as desk:
        build = Build(desk.graph, Inline(desk))
        build.run(desk.names())
    errors = {name: tally.error for name, tally in build.tallies.items() if tally.error}
    assert 0 < len(errors) < len(files)
    assert {name: str(error) for name, error in errors.items() if error.key in BUGS} == {}
    assert intact(folder)


@pytest.mark.parametrize("step", STEPS)
def test_law_the_film_plays_whatever_stands_in_use_and_is_made_when_it_is_mended(tmp_path, step):
    endings = {"frames.still": "png", "frames.video": "mp4", "bones.figure": "bvh", "places.fly": "ply",
               "frames.title": "txt", "voice.speak": "txt"}
    bad = tmp_path / "影片" / f"坏.{endings[step]}"
    folder = write_film(tmp_path / "影片", card("好"), part("坏", step, bad.name))
    for content in (b"", b"\0" * 999, b"\xff\xd8\xff" + b"x" * 99, "，。".encode("utf-16") * 9):
        bad.write_bytes(content)
        made = make(folder)
        assert made.screening.film.is_file()
        assert {error.key for error in made.errors.values()} & BUGS == set()
    assert intact(folder)
    write_film(folder, card("好"), card("坏"))
    assert make(folder).errors == {}


@pytest.mark.parametrize("kind", ["folder", "nothing", "link", "pipe"])
def test_refuses_what_is_no_file_before_anything_runs(tmp_path, kind):
    folder = write_film(tmp_path, part("坏", "frames.still", "坏.png"))
    bad = folder / "坏.png"
    if kind == "folder":
        bad.mkdir()
    elif kind == "link":
        bad.symlink_to("nowhere.png")
    elif kind == "pipe":
        os.mkfifo(bad)
    with pytest.raises(FilmError) as caught:
        make(folder)
    assert caught.value.key in ("film.folder", "film.file", "film.no_file")
    assert caught.value.line == 8


def test_law_shot_names_stay_inside_the_folder_whatever_they_are(tmp_path):
    names = ["../evil", "a/b", "CON", "con.txt", ".", "..", "长" * 150, "🎬 父亲", "a\\\\b", "x.", "-rf", "éclair",
             unicodedata.normalize("NFD", "éclair"), " 空 "]
    title = 'title = "一/二\\\\三' + "长" * 200 + '"'
    folder = write_film(tmp_path / "影片", *(card(name) for name in names), head=title)
    made = make(folder)
    assert made.errors == {}
    assert made.screening.film.is_file()
    assert len(made.screening.film.name.encode()) <= 255
    assert [each.name for each in tmp_path.iterdir()] == ["影片"]
    taken = [each.name for each in (folder / "takes").iterdir()]
    assert len(taken) == len(names)
    assert not [each for each in taken if len(each.encode()) > 255 or each in (".", "..")]
    assert make(folder).screening.new is False


@pytest.mark.parametrize(("parts", "key"), [
    ([], "film.no_shots"),
    ([card("一"), card("一")], "film.twice"),
    (['[[shot]]\nname = "一"\nrecipe = ["stub.grade"]\nuse = { shot = "二" }\n',
      '[[shot]]\nname = "二"\nrecipe = ["stub.grade"]\nuse = { shot = "一" }\n'], "film.circle"),
    (['[[shot]]\nname = "一"\nrecipe = ["stub.grade"]\nuse = { shot = "一" }\n'], "film.circle"),
])
def test_refuses_a_cut_that_cannot_be(tmp_path, parts, key):
    folder = write_film(tmp_path, *parts)
    with pytest.raises(MarrowError) as caught:
        make(folder)
    assert caught.value.key == key
    assert not (folder / "made").exists()


def test_refuses_a_setting_outside_its_step_and_the_words_it_gives_work(tmp_path):
    folder = write_film(tmp_path, card("一") + 'layout = "left"\n')
    with pytest.raises(FilmError) as caught:
        make(folder)
    assert (caught.value.key, caught.value.line) == ("film.setting", 9)
    assert 'frames.title = { layout = "left" }' in caught.value.tell("zh")
    write_film(folder, card("一") + 'frames.title = { layout = "left" }\n')
    assert make(folder).errors == {}


def test_law_takes_and_films_deleted_by_hand_come_back(tmp_path):
    import shutil

    folder = write_film(tmp_path, card("一"))
    film = make(folder).screening.film.read_bytes()
    shutil.rmtree(folder / "takes")
    shutil.rmtree(folder / "made")
    made = make(folder)
    assert made.tallies["一"].run == 0
    assert made.screening.film.read_bytes() == film
    assert len(list((folder / "takes" / "一").iterdir())) == 3


def test_law_a_lost_index_or_a_torn_record_costs_no_step(tmp_path):
    folder = write_film(tmp_path, card("一"))
    make(folder)
    for each in (folder / ".marrow").glob("index.db*"):
        each.write_bytes(b"garbage" * 999)
    with open(folder / ".marrow" / "record.jsonl", "ab") as record:
        record.write(b'{"act": "made"\n\xff\xfe garbage \0\n[1, 2]\n{"act": 5, "about": {}}\n')
        record.write(b'{"act": "made", "about": "k"}\n\n')
    assert make(folder).tallies["一"].run == 0
    for each in (folder / ".marrow").glob("index.db*"):
        each.unlink()
    assert make(folder).tallies["一"].run == 0
    write_film(folder, card("一", "改"))
    assert make(folder).tallies["一"].run == 1


def test_law_a_spoilt_object_is_named_set_aside_and_made_again(tmp_path):
    folder = write_film(tmp_path, card("一"))
    film = make(folder).screening.film.read_bytes()
    with on_desk(folder) as desk:
        spoilt = desk.graph.finals["一"].object
        path = desk.store.path(spoilt)
    path.chmod(0o644)
    path.write_bytes(b"garbage")
    assert verbs.check(folder, deep=True) == [spoilt]
    made = make(folder)
    assert (made.tallies["一"].run, made.errors) == (1, {})
    assert made.screening.film.read_bytes() == film
    assert intact(folder)


def test_truth_the_slate_says_who_made_each_take(tmp_path, monkeypatch):
    import json

    folder = write_film(tmp_path, card("一"))
    for number, who in enumerate(("林姐", "阿杰"), 1):
        monkeypatch.setenv("MARROW_WHO", who)
        write_film(folder, card("一", who))
        make(folder)
        slate = json.loads((folder / "takes" / "一" / f"{number:03d}.json").read_text("utf-8"))
        assert [each["who"] for each in slate["steps"]] == [who]
