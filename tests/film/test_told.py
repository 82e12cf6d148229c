"""What the command line says of a film, in Chinese and English."""

import pytest
from executors import Inline

from marrow import cli
from marrow.film import verbs

FILM = """title = "试"
fps = 12
size = "64x36"

[[shot]]
name = "01-片名"
text = "片"
length = "0.25s"

[[sound]]
name = "旁白"
recipe = ["voice.speak"]
text = "好"
shot = "01-片名"
"""


@pytest.fixture
def told(tmp_path, monkeypatch, capsys):
    """Run a command in the film's folder: its exit code and everything it said."""
    (tmp_path / "film.toml").write_text(FILM, "utf-8")
    monkeypatch.chdir(tmp_path)

    def tell(*words: str, lang: str = "zh") -> tuple[int, str]:
        monkeypatch.setenv("MARROW_LANG", lang)
        code = cli.main(words)
        return code, "".join(capsys.readouterr())

    return tell


def test_truth_a_plan_says_what_it_cannot_know(told, tmp_path):
    assert "要做 2 步；都是第一次做，要多久还说不准" in told("plan")[1]
    assert "Steps to make: 2; all of them new" in told("plan", lang="en")[1]
    verbs.make(tmp_path, executor=Inline)
    assert told("plan") == (0, "没有要做的：都在。\n")
    (tmp_path / "film.toml").write_text(FILM.replace('"片"', '"另一张"'), "utf-8")
    assert "要做 1 步；大约" in told("plan")[1]


def test_truth_a_shot_made_once_says_so(told, tmp_path):
    assert told("why", "旁白") == (0, "旁白：要做，因为以前没做过；前面 0 步沿用\n")
    verbs.make(tmp_path, executor=Inline)
    assert told("why", "旁") == (0, "旁白：只做过这一次，之后没有变过\n")


def test_truth_a_sound_can_be_tried_with_another_engine(told, tmp_path):
    verbs.make(tmp_path, executor=Inline)
    take, path = verbs.attempt(tmp_path, "旁白", {"voice.speak": "espeak"}, executor=Inline)
    assert (take.shot, take.number, path.name) == ("旁白", 1, "001.wav")
    code, said = told("try", "voice.speak=espek", "旁白")
    assert code == 3
    assert "espeak" in said.splitlines()[-1]


def test_truth_nothing_to_tidy_is_said_plainly(told, tmp_path):
    verbs.make(tmp_path, executor=Inline)
    assert told("tidy") == (0, "没有可以删的：仓库里的东西都用得着\n")
    assert "影片的记录：完好" in told("doctor")[1]
