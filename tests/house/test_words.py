"""Two languages from one source: the same keys, the same blanks, every key used, every raise with its sentences."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from marrow import verb, words
from marrow.cli import VERBS
from marrow.step import find, names

SOURCE = Path(words.__file__).parent
FAMILIES = {"InputError", "EngineError", "FilmError", "LimitError", "MistakeError"}
AVOID = ("backend", "plugin", "metadata_of", "iteration_of", "best_take")


def raised():
    """(file, key, names of the facts or None) of every error raised with a literal key."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            first = node.args[-1] if name in ("wrong", "_note") else node.args[0]
            literal = isinstance(first, ast.Constant) and isinstance(first.value, str)
            if literal and name in FAMILIES | {"wrong", "_note"}:
                facts = {each.arg for each in node.keywords}
                yield path.name, first.value, None if None in facts else facts


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_law_both_languages_have_the_same_keys_and_blanks():
    assert words.gaps() == []


def test_law_no_sentence_is_written_in_two_files():
    seen: dict[str, str] = {}
    for lang in words.LANGUAGES:
        for path in sorted((SOURCE / "locale" / lang).glob("*.toml")):
            import tomllib

            for key in words._flat(tomllib.loads(path.read_text("utf-8"))):
                assert seen.setdefault(f"{lang} {key}", path.name) == path.name, key


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_law_every_error_has_its_sentences_and_the_facts_they_need(lang):
    found = words.sentences(lang)
    for file, key, facts in raised():
        for part in ("what", "fix"):
            assert f"error.{key}.{part}" in found, (file, key)
            if facts is not None:
                assert blanks(found[f"error.{key}.{part}"]) <= facts, (file, key, facts)


def test_law_every_sentence_of_an_error_is_raised_somewhere():
    text = "\n".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py"))
    keys = {key.removeprefix("error.").rsplit(".", 1)[0] for key in words.sentences("en") if key.startswith("error.")}
    spelled = [key for key in sorted(keys) if f'"{key}"' not in text and f'"{key.rsplit("_", 1)[0]}_{{' not in text]
    assert spelled == []


def test_law_commands_named_in_a_cure_exist():
    for lang in words.LANGUAGES:
        for key, text in words.sentences(lang).items():
            for word in re.findall(r"marrow ([a-z]+)", text):
                assert word in VERBS or any(name.startswith(f"{word}.") for name in names()), (key, word)


@pytest.mark.parametrize("lang", words.LANGUAGES)
@pytest.mark.parametrize("name", [each for each in names() if not each.startswith("stub.")])
def test_law_every_step_input_and_setting_is_told(lang, name):
    found, step = words.sentences(lang), find(name)
    for part in ("about", *step.inputs, *step.settings):
        assert found.get(f"step.{name}.{part}"), part


@pytest.mark.parametrize("lang", words.LANGUAGES)
@pytest.mark.parametrize("name", verb.names())
def test_law_every_verb_of_a_department_is_told(lang, name):
    for part in ("about", *(each.name for each in verb.arguments(verb.find(name)))):
        assert words.sentences(lang).get(f"verb.{name}.{part}"), part


@pytest.mark.parametrize("lang", words.LANGUAGES)
@pytest.mark.parametrize("verb", VERBS)
def test_law_every_verb_and_argument_is_told(lang, verb):
    for part in ("about", *(word.strip("[]…-=") for word in VERBS[verb])):
        assert f"verb.{verb}.{part}" in words.sentences(lang)


def test_law_words_that_the_house_avoids_are_not_names_here():
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = getattr(node, "name", None)
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                assert not any(word in name.lower() for word in AVOID), (path.name, name)
        assert path.stem not in {"utils", "common", "misc", "manager", "handler", "processor", "base", "core", "data"}
