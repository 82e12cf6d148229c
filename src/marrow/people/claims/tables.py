"""The tables of words that slots are read from, each read once."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path


@cache
def table(name: str) -> dict[str, str | list[str]]:
    """One table of `tables.toml`, `traits.toml` or `opposites.toml`."""
    return _tables()[name]


@cache
def _tables() -> dict[str, dict]:
    files = [Path(__file__).with_name(f"{each}.toml") for each in ("tables", "traits", "opposites")]
    return {name: words for each in files for name, words in tomllib.loads(each.read_text("utf-8")).items()}


@cache
def listed(name: str, key: str) -> tuple[str, ...]:
    """The words of one line of a table, the longest first; in the file an underscore stands for a space."""
    words = (word.replace("_", " ") for word in table(name)[key].split())
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def either(words: Iterable[str]) -> str:
    """A pattern for any of the words, Latin ones only where they stand alone."""
    words = list(words)
    latin = [re.escape(word) for word in words if word.isascii()]
    others = [re.escape(word) for word in words if not word.isascii()]
    return "|".join(others + [rf"\b(?:{'|'.join(latin)})\b"] * bool(latin))


def spans(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    """Where a pattern stands in a text."""
    return [match.span() for match in pattern.finditer(text)]


def inside(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    """Whether a stretch touches one of those taken."""
    return any(start < last and first < end for first, last in taken)
