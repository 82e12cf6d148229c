"""The pages are true: generated ones are current, commands in them exist, examples run."""

import doctest
import re
import sys
from pathlib import Path

import pytest

from marrow import verb
from marrow.cli import VERBS, overview, verb_parser
from marrow.film import check
from marrow.step import find, names

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("README*.md"), *(ROOT / "docs").rglob("*.md")])


def test_law_generated_pages_are_current():
    sys.path.insert(0, str(ROOT / "docs"))
    from make_pages import written

    for name, text in written().items():
        assert (ROOT / "docs" / name).read_text("utf-8") == text, f"run: python docs/make_pages.py ({name})"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_law_commands_in_the_pages_exist(page):
    for block in re.findall(r"```bash\n(.*?)```", page.read_text("utf-8"), re.S):
        for line in block.splitlines():
            words = line.split("#")[0].split()
            if words and words[0] == "marrow":
                assert words[1] in VERBS or ".".join(words[1:3]) in [*names(), *verb.names()], line
                if words[1] in VERBS:
                    verb_parser(words[1]).parse_args(words[2:])


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_law_links_between_pages_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_law_films_in_the_pages_have_no_mistakes(page, tmp_path):
    text = re.sub(r"(?m)^   ", "", page.read_text("utf-8"))
    blocks = [block for block in re.findall(r"```toml\n(.*?)```", text, re.S) if "[[shot]]" in block]
    for number, block in enumerate(blocks):
        folder = tmp_path / str(number)
        folder.mkdir()
        for name in re.findall(r'(?:use|testimony) = "([^"]+)"', block):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(b"something")
        (folder / "film.toml").write_text(f'title = "页"\n{block}', "utf-8")
        assert [each.tell("en") for each in check.find(folder / "film.toml")] == []


def test_truth_the_starting_film_and_its_commented_shots_have_no_mistakes(tmp_path):
    text = (ROOT / "src/marrow/film/new.toml").read_text("utf-8")
    opened = re.sub(r'(?m)^# ?(?=\[\[|\w+ = )', "", text)
    (tmp_path / "photo.jpg").write_bytes(b"something")
    (tmp_path / "film.toml").write_text(opened, "utf-8")
    assert [each.tell("en") for each in check.find(tmp_path / "film.toml")] == []
    assert opened.count("[[shot]]") == 2


@pytest.mark.parametrize("name", ["start/first-film", "make/bodies", "make/person", "make/places", "make/swap-a-model"])
def test_law_pages_in_both_languages_say_the_same_things(name):
    chinese, english = ((ROOT / "docs" / f"{name}{end}.md").read_text("utf-8") for end in (".zh", ""))
    for mark in ("```bash", "```toml", "\n## "):
        assert chinese.count(mark) == english.count(mark), mark


def test_law_every_verb_is_in_both_readmes():
    for page in ("README.md", "README.zh.md"):
        text = (ROOT / page).read_text("utf-8")
        assert [verb for verb in VERBS if f"marrow {verb}" not in text] == []


def test_example_docstrings_of_steps_run():
    for name in names():
        step = find(name)
        if ">>>" in (step.__doc__ or ""):
            doctest.run_docstring_examples(step.run, {}, name=name)


def test_truth_help_lists_every_verb_and_step():
    text = overview()
    assert all(f"\n  {verb} " in text for verb in VERBS)
    assert all(name.replace(".", " ") in text for name in names())
