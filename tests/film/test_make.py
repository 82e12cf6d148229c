"""Builds: only what differs runs, equal results stop the wave, nothing is made twice, failures stay local."""

import shutil
from pathlib import Path

import pytest
from executors import FarMachine, Inline
from stubs import runs, write_film

from marrow.errors import EngineError, FilmError
from marrow.film import verbs
from marrow.film.desk import on_desk


@pytest.fixture
def log(tmp_path, monkeypatch):
    path = tmp_path / "runs.log"
    monkeypatch.setenv("MARROW_STUB_LOG", str(path))
    return path


@pytest.fixture
def film(tmp_path, log):
    folder = tmp_path / "影片"
    folder.mkdir()
    write_film(folder, models=True)
    return folder


def make(folder, *shots, **options):
    return verbs.make(folder, shots, executor=options.pop("executor", Inline), **options)


def replace_in(folder: Path, old: str, new: str) -> None:
    path = folder / "film.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def objects(folder, version=None):
    with on_desk(folder, version) as desk:
        return {name: final.object for name, final in desk.graph.finals.items()}


def test_truth_the_first_build_runs_everything_and_the_second_nothing(film, log):
    make(film)
    assert len(runs(log)) == 12
    made = make(film)
    assert runs(log) == []
    assert sum(tally.reused for tally in made.tallies.values()) == 12


def test_truth_a_model_swap_runs_what_hangs_on_it_and_back_runs_nothing(film, log):
    make(film)
    first = objects(film)
    runs(log)
    model = film / "model_render.txt"
    model.write_text("render v2\n", "utf-8")
    make(film)
    assert sorted(runs(log)) == ["stub.grade"] * 3 + ["stub.render"] * 3
    assert objects(film) != first
    model.write_text("render v1\n", "utf-8")
    make(film)
    assert runs(log) == []
    assert objects(film) == first


def test_law_an_equal_result_stops_the_wave(film, log):
    make(film)
    runs(log)
    source = film / "src" / "0001.txt"
    source.write_text(source.read_text("utf-8").replace("shot", " shot  "), "utf-8")
    make(film)
    assert runs(log) == ["stub.clean"]


@pytest.mark.parametrize(("old", "new"), [
    ('title = "试片"', 'title = "试片"   # 注释'),
    ('name = "s0001"', 'name = "改名"'),
    ("fps = 24", "fps = 24.0"),
    ('note = "镜头 1"', 'note = "另一句"'),
    ("[recipes]", 'people.mother = { name = "妈妈" }\n[recipes]'),
])
def test_law_comments_names_and_spelling_run_nothing(film, log, old, new):
    make(film)
    runs(log)
    if "people" in new:
        replace_in(film, "[defaults]", "[people.mother]\nname = \"妈妈\"\n\n[defaults]")
    else:
        replace_in(film, old, new)
    make(film)
    assert runs(log) == []


def test_law_a_default_said_aloud_runs_nothing(film, log):
    make(film)
    runs(log)
    replace_in(film, "\n\n[recipes]", '\n\n[recipes]')
    replace_in(film, 'note = "镜头 2"', 'note = "镜头 2"\nstub.grade = { warmth = 0 }')
    make(film)
    assert runs(log) == []
    replace_in(film, "warmth = 0", "warmth = 3")
    make(film)
    assert runs(log) == ["stub.grade"]


def test_law_equal_shots_share_one_run(film, log):
    shutil.copy(film / "src" / "0000.txt", film / "src" / "0001.txt")
    make(film)
    assert len(runs(log)) == 8


def test_law_another_machine_gives_the_same_ids_from_ids_alone(film, tmp_path):
    make(film)
    here = objects(film)
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(film, elsewhere, ignore=shutil.ignore_patterns(".marrow", "takes", "made"))
    far = tmp_path / "far"
    make(elsewhere, executor=lambda desk: FarMachine(desk, far))
    assert objects(elsewhere) == here


def test_law_a_moved_film_runs_nothing(film, log, tmp_path):
    make(film)
    runs(log)
    moved = shutil.move(str(film), str(tmp_path / "搬走了"))
    make(Path(moved))
    assert runs(log) == []


def test_truth_lost_bytes_are_made_again_with_what_they_need(film, log):
    make(film)
    runs(log)
    with on_desk(film) as desk:
        chain = desk.graph.chains["s0001"]
        lost = [node.object for node in chain[1:]]
        for each in lost:
            path = desk.store.path(each)
            path.chmod(0o644)
            path.unlink()
    assert [(row.step, row.state) for row in verbs.plan(film)] == [
        ("stub.animate", "lost"), ("stub.render", "lost"), ("stub.grade", "lost")]
    make(film)
    assert sorted(runs(log)) == ["stub.animate", "stub.grade", "stub.render"]
    with on_desk(film) as desk:
        assert all(desk.store.has(each) for each in lost)


def test_truth_a_failing_step_stops_only_what_hangs_on_it(film, log):
    make(film)
    runs(log)
    replace_in(film, 'name = "s0001"\nrecipe = "chain"',
               'name = "s0001"\nrecipe = ["stub.clean", "stub.fail", "stub.grade"]')
    replace_in(film, 'note = "镜头 2"', 'note = "镜头 2"\nstub.grade = { warmth = 9 }')
    made = make(film)
    assert sorted(made.errors) == ["s0001"]
    assert made.errors["s0001"].key == "step.failed"
    assert isinstance(made.errors["s0001"], EngineError)
    assert "stub.grade" in runs(log)
    assert made.screening.stand_ins == ("s0001",)


def test_truth_again_makes_a_new_take_and_loses_none(film, log):
    replace_in(film, 'name = "s0001"\nrecipe = "chain"', 'name = "s0001"\nrecipe = ["stub.clean", "stub.dice"]')
    make(film)
    first = objects(film)["s0001"]
    runs(log)
    verbs.again(film, "s0001", executor=Inline)
    assert runs(log) == ["stub.dice"]
    assert objects(film)["s0001"] != first
    verbs.keep(film, "s0001", 1)
    with on_desk(film) as desk:
        assert desk.store.has(first)
    make(film)
    with on_desk(film) as desk:
        rows = {row["shot"]: row for row in desk.store.last("cut", "v1")["shots"]}
    assert rows["s0001"]["object"] == first
    replace_in(film, 'name = "s0001"', 'name = "改了名"')
    make(film)
    assert runs(log) == []
    with on_desk(film) as desk:
        rows = {row["shot"]: row for row in desk.store.last("cut", "v1")["shots"]}
    assert rows["改了名"]["object"] == first


def test_law_thrown_dice_stay_thrown_through_a_rename_and_why_tells(film, log):
    replace_in(film, 'name = "s0001"\nrecipe = "chain"', 'name = "s0001"\nrecipe = ["stub.clean", "stub.dice"]')
    make(film)
    verbs.again(film, "s0001", executor=Inline)
    assert verbs.why(film, "s0001").reason == ("roll", {"step": "stub.dice", "old": 0, "new": 1})
    second = objects(film)["s0001"]
    runs(log)
    replace_in(film, 'name = "s0001"', 'name = "改了名"')
    make(film)
    assert runs(log) == []
    assert objects(film)["改了名"] == second


def test_truth_what_waits_says_so_and_the_first_cause_stays(film, log):
    replace_in(film, 'name = "s0001"\nrecipe = "chain"',
               'name = "s0001"\nrecipe = ["stub.join", "stub.fail"]\nother = { shot = "s0002" }')
    replace_in(film, 'name = "s0002"\nrecipe = "chain"', 'name = "s0002"\nrecipe = ["stub.clean", "stub.fail"]')
    errors = make(film).errors
    assert {name: error.key for name, error in errors.items()} == {"s0001": "make.waits", "s0002": "step.failed"}


def test_refuses_again_without_dice(film):
    make(film)
    with pytest.raises(FilmError, match="dice"):
        verbs.again(film, "s0000", executor=Inline)


def test_truth_why_names_the_first_thing_that_differs(film):
    make(film)
    (film / "model_render.txt").write_text("render v2\n", "utf-8")
    why = verbs.why(film, "s0001")
    assert (why.reason[0], why.reason[1]["step"], why.reused, why.done) == ("file", "stub.render", 2, False)
    make(film)
    done = verbs.why(film, "s0001")
    assert (done.reason[0], done.reason[1]["step"], done.reused, done.done) == ("file", "stub.render", 2, True)
    replace_in(film, 'stub.animate = { engine = "model:model_animate.txt" }', 'stub.animate = { engine = "plain" }')
    swapped = verbs.why(film, "s0002")
    assert (swapped.reason[0], swapped.reason[1]["step"], swapped.reused) == ("engine", "stub.animate", 1)


def test_truth_plan_says_what_will_and_what_may_run(film):
    make(film)
    assert verbs.plan(film) == []
    (film / "model_animate.txt").write_text("animate v2\n", "utf-8")
    rows = verbs.plan(film, ["s0001"])
    assert [(row.step, row.state) for row in rows] == [
        ("stub.animate", "make"), ("stub.render", "may"), ("stub.grade", "may")]


def test_truth_local_processes_survive_one_that_dies(film, log):
    replace_in(film, 'name = "s0001"\nrecipe = "chain"', 'name = "s0001"\nrecipe = ["stub.clean", "stub.die"]')
    made = make(film, executor=verbs.local)
    assert made.errors.keys() == {"s0001"}
    assert made.errors["s0001"].key == "worker.died"
    assert sum(tally.run for tally in made.tallies.values()) == 9


def test_truth_a_result_of_another_shot_and_a_person_are_inputs(film, log):
    replace_in(film, 'name = "s0001"\nrecipe = "chain"',
               'name = "s0001"\nrecipe = ["stub.clean", "stub.join"]\nother = { shot = "s0002" }\nspeaker = "爸爸"')
    replace_in(film, "[defaults]", "[people.\"爸爸\"]\nborn = 1950\n\n[defaults]")
    make(film)
    with on_desk(film) as desk:
        words = desk.store.path(desk.graph.finals["s0001"].object).read_text("utf-8")
        other = desk.store.path(desk.graph.finals["s0002"].object).read_text("utf-8")
    assert words.endswith(f" + {other} + 爸爸")
    runs(log)
    replace_in(film, "born = 1950", "born = 1951")
    make(film)
    assert runs(log) == ["stub.join"]
