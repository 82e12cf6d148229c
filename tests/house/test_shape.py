"""The shape of the code: what house.md asks for and a test can see."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import marrow

SOURCE = Path(marrow.__file__).parent
FILES = sorted(SOURCE.rglob("*.py"))
LIGHT = {"numpy", "av", "PIL", "opentimelineio", "laspy", "rich", "marrow.film", "marrow.frames.steps"}


def functions(path: Path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: ast.FunctionDef) -> int:
    inside = ast.get_docstring(node, clean=False)
    return node.end_lineno - node.lineno + 1 - (inside.count("\n") + 1 if inside else 0)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_law_modules_and_functions_keep_their_size(path):
    assert path.read_text("utf-8").count("\n") <= 600
    for node in functions(path):
        assert length(node) <= 80, node.name
        arguments = [*node.args.args, *node.args.kwonlyargs]
        if not node.name.startswith("_"):
            most = 15 if path.name == "steps.py" else 10  # a step's settings are parameters
            assert len([each for each in arguments if each.arg not in ("self", "cls")]) <= most, node.name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_law_everything_public_is_described_and_typed_and_nothing_prints(path):
    tree = ast.parse(path.read_text("utf-8"))
    assert ast.get_docstring(tree) or not tree.body
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            assert getattr(node.func, "id", "") != "print"
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_") and public(tree, node):
            assert ast.get_docstring(node), node.name
            assert isinstance(node, ast.ClassDef) or node.returns is not None, node.name


def public(tree: ast.Module, node: ast.AST) -> bool:
    """A name at the top of a module, or of a public class."""
    classes = [each for each in tree.body if isinstance(each, ast.ClassDef) and not each.name.startswith("_")]
    return node in tree.body or any(node in each.body for each in classes)


def test_law_blind_excepts_sit_in_the_seam_and_the_runner_only():
    found = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                caught = {getattr(each, "id", "") for each in ast.walk(node.type)} if node.type else {"BaseException"}
                passed_on = any(isinstance(each, ast.Raise) and each.exc is None for each in node.body)
                found += [path.name] if caught & {"Exception", "BaseException"} and not passed_on else []
    assert sorted(found) == ["engine.py", "worker.py"]


@pytest.mark.parametrize("code", ["import marrow", "from marrow.cli import overview; overview()"])
def test_law_importing_and_helping_load_nothing_heavy(code):
    program = f"import sys; before = set(sys.modules); {code}\nprint(*sorted(set(sys.modules) - before))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not LIGHT & set(loaded)
    assert len(loaded) <= (5 if code == "import marrow" else 150)


def test_law_knowing_every_step_and_card_loads_nothing_that_draws_or_decodes():
    code = ("import sys; from marrow import engine, step; [step.find(n) for n in step.names()]; "
            "[engine.card(t, n) for t in engine.tasks() for n in engine.names(t)]; print(*sys.modules)")
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "av", "PIL", "opentimelineio", "laspy", "espeakng_loader"} & set(loaded)


def test_law_the_face_names_what_exists():
    for name in marrow.NOUNS:
        assert getattr(marrow, name).__name__ == name
    with pytest.raises(AttributeError):
        marrow.nothing  # noqa: B018
