"""go.py: what is missing is one sentence with its cure; the environment is made once, and anew for new locks."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def go(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("go", ROOT / "go.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("requirements.lock", "requirements-test.lock", "pyproject.toml"):
        (tmp_path / name).write_text(name)
    module.HERE, module.VENV = tmp_path, tmp_path / ".venv"
    module.BIN = module.VENV / "bin"
    module.PYTHON = module.BIN / "python"
    module.ran = []

    def run(*words, folder=tmp_path):
        module.ran.append([str(word) for word in words])
        if "venv" in module.ran[-1]:
            module.BIN.mkdir(parents=True)
            module.PYTHON.write_text("")
        return 0

    monkeypatch.setattr(module, "run", run)
    return module


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("found", [(3, 8, 1), (3, 14, 0)])
def test_refuses_a_python_without_wheels_in_one_sentence(go, monkeypatch, capsys, lang, found):
    monkeypatch.setenv("MARROW_LANG", lang)
    monkeypatch.setattr(go.sys, "version_info", found)
    assert go.main(["film"]) == 2
    said = capsys.readouterr().out
    assert f"{found[0]}.{found[1]}" in said
    assert "make film PYTHON=python3.13" in said
    assert go.ran == []


def test_law_a_moved_clone_makes_its_environment_anew(go, tmp_path):
    go.env()
    stamp = go.VENV / "ready"
    stamp.write_text(stamp.read_text("utf-8").replace(str(tmp_path), "/elsewhere"), "utf-8")
    made = len(go.ran)
    go.env()
    assert "venv" in go.ran[made]


def test_refuses_a_python_without_venv_and_names_the_package(go, monkeypatch, capsys):
    monkeypatch.setattr(go, "has_venv", lambda: False)
    assert go.main(["env"]) == 2
    assert "apt install python3-venv" in capsys.readouterr().out


def test_refuses_a_failed_download_and_names_a_mirror(go, monkeypatch, capsys):
    plainly = go.run
    monkeypatch.setattr(go, "run", lambda *words, **how: plainly(*words, **how) or int("-r" in words))
    assert go.main(["env"]) == 2
    assert "MIRROR=" in capsys.readouterr().out


def test_refuses_to_go_on_without_the_font(go, monkeypatch, capsys):
    plainly = go.run
    monkeypatch.setattr(go, "run", lambda *words, **how: plainly(*words, **how) or int("-c" in words))
    assert go.main(["env"]) == 2
    assert "font" in capsys.readouterr().out


def test_law_every_sentence_has_two_languages(go):
    assert all(len(pair) == 2 and pair[0] != pair[1] for pair in go.SENTENCES.values())


def test_truth_the_environment_is_made_once_and_again_for_new_locks(go):
    assert go.env() == 0
    made = len(go.ran)
    assert go.env() == 0
    assert len(go.ran) == made
    (go.HERE / "requirements.lock").write_text("newer")
    assert go.env() == 0
    assert len(go.ran) > made


def test_truth_packages_come_by_hash_and_through_the_mirror(go, monkeypatch):
    monkeypatch.setenv("MIRROR", "https://mirror.example/simple")
    go.env()
    installs = [words for words in go.ran if "install" in words]
    assert all("https://mirror.example/simple" in words for words in installs)
    assert any("--require-hashes" in words for words in installs)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_law_every_locked_package_has_a_hash_and_no_address(name):
    text = (ROOT / name).read_text("utf-8")
    packages = [line for line in text.splitlines() if "==" in line]
    assert packages
    assert all(line.endswith("\\") for line in packages)
    assert "://" not in text
    assert "torch" not in text
