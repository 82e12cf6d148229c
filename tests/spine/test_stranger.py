"""A stranger's package of one file and a few lines of metadata is everywhere; broken ones are named and harm nobody."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from marrow import engine, pages, step
from marrow.cli import VERBS
from marrow.errors import EngineError
from marrow.film import check

GLOW = '''"""A step of a stranger's."""
from marrow.media import Text
from marrow.step import step

@step(revision=1, about_zh="让字发光")
def glow(text: Text, *, strength: float = 0.5) -> Text:
    """Make words glow."""
    return Text(f"*{text.words}* {strength:g}")
'''
SOFT = '''"""An engine of a stranger's."""
from marrow.engine import Engine
from marrow.media import Sound

def open_soft():
    import numpy
    return lambda words, **how: Sound(numpy.full((480 * len(words), 1), 0.1, "f4"))

engine = Engine("voice.speak", open_soft, about="silence", about_zh="静默", licence="CC0")
'''
BROKEN = ["import no_such_library", "raise RuntimeError('五')", "def broken(:", "raise SystemExit(3)", "engine = 5"]


def install(folder: Path, name: str, code: str, points: str) -> None:
    """What pip would leave behind: one module and its metadata."""
    (folder / f"{name}.py").write_text(code, "utf-8")
    about = folder / f"{name}-0.1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1\n", "utf-8")
    (about / "entry_points.txt").write_text(points, "utf-8")


@pytest.fixture
def packages(tmp_path, monkeypatch):
    folder = tmp_path / "site"
    folder.mkdir()
    install(folder, "marrow_glow", GLOW, "[marrow.steps]\nframes.glow = marrow_glow:glow\n")
    install(folder, "marrow_soft", SOFT, "[marrow.voice.speak]\nsoft = marrow_soft:engine\n")
    for number, code in enumerate(BROKEN):
        install(folder, f"marrow_broken{number}", code,
                f"[marrow.voice.speak]\nbroken{number} = marrow_broken{number}:engine\n")
    monkeypatch.syspath_prepend(str(folder))
    for cached in (engine.points, engine.card, step.find):
        cached.cache_clear()
    yield folder
    for cached in (engine.points, engine.card, step.find):
        cached.cache_clear()


def run(packages: Path, *words: str, cwd: Path | None = None) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PYTHONPATH": str(packages), "MARROW_LANG": "en"}
    return subprocess.run([sys.executable, "-m", "marrow", *words], capture_output=True, text=True, cwd=cwd,
                          env=environment, check=False)


def test_truth_a_strangers_step_is_in_python_and_on_the_command_line(packages, tmp_path):
    from marrow.media import Text

    assert step.find("frames.glow")(Text("字"), strength=1).words == "*字* 1"
    assert "frames glow" in run(packages, "--help").stdout
    shown = run(packages, "frames", "glow", "--help").stdout
    assert "Make words glow." in shown
    assert "--strength" in shown
    done = run(packages, "frames", "glow", "字", str(tmp_path / "out.txt"), "--strength", "2")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.txt").read_text("utf-8") == "*字* 2"


def test_truth_a_strangers_step_and_engine_are_in_film_toml_and_on_the_pages(packages, tmp_path):
    film = tmp_path / "film"
    film.mkdir()
    (film / "film.toml").write_text('''title = "生人"
[[shot]]
name = "1"
recipe = ["frames.glow"]
text = "字"
frames.glow = { strength = 3 }

[[sound]]
name = "2"
recipe = ["voice.speak"]
text = "字"
voice.speak = { engine = "soft" }
shot = "1"
''', "utf-8")
    assert check.find(film / "film.toml") == []
    done = run(packages, "make", cwd=film)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (film / "takes" / "1" / "001.txt").read_text("utf-8") == "*字* 3"
    assert "frames.glow" in pages.commands(VERBS)
    assert "让字发光" in pages.commands(VERBS)
    assert "静默" in pages.engines()
    assert "soft" not in pages.engines(owner="marrow")


@pytest.mark.parametrize("number", range(len(BROKEN)))
def test_truth_a_broken_engine_is_named_with_its_owner(packages, number):
    with pytest.raises(EngineError) as caught:
        engine.card("voice.speak", f"broken{number}")
    assert f"marrow_broken{number}" in caught.value.tell("zh")


def test_law_five_broken_engines_harm_nobody_else(packages, tmp_path):
    assert {"espeak", "soft"} <= set(engine.names("voice.speak"))
    assert engine.card("voice.speak", "soft").open()("字").samples.shape == (480, 1)
    assert run(packages, "--help").returncode == 0
    page = pages.engines()
    doctor = run(packages, "doctor", cwd=tmp_path)
    assert "Traceback" not in doctor.stdout + doctor.stderr
    for number in range(len(BROKEN)):
        assert f"marrow_broken{number}" in page
        assert f"broken{number}" in doctor.stdout


def test_refuses_a_name_that_two_packages_claim(packages):
    install(packages, "marrow_double", SOFT, "[marrow.voice.speak]\nsoft = marrow_double:engine\n")
    engine.points.cache_clear()
    engine.card.cache_clear()
    with pytest.raises(EngineError) as caught:
        engine.card("voice.speak", "soft")
    assert "marrow_double" in caught.value.tell()
    assert "marrow_soft" in caught.value.tell()


def test_refuses_an_engine_without_its_file_its_library_or_its_name():
    from dataclasses import replace

    card = engine.card("stub.work", "model")
    hungry = replace(card, needs={"no_such_library": "no-such-library"})
    for work, key in ((card.open, "engine.weights"), (hungry.open, "engine.needs"),
                      (lambda: engine.card("stub.work", "modle"), "engine.unknown")):
        with pytest.raises(EngineError) as caught:
            work()
        assert caught.value.key == key
        assert key != "engine.needs" or "no-such-library" in caught.value.tell()


def test_law_an_engines_identity_holds_its_release_and_what_shapes_it():
    from dataclasses import replace

    card = engine.card("stub.work", "plain")
    assert card.identity == ["plain", "1"]
    assert replace(card, release="2", shapes=("numpy",)).identity[:2] == ["plain", "2"]
    assert replace(card, shapes=("numpy",)).identity[2].startswith("numpy ")
    assert engine.split("onnx:models/爸.onnx") == ("onnx", "models/爸.onnx")
    assert engine.split("espeak") == ("espeak", "")
