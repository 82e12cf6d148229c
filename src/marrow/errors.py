"""Every error Marrow raises on purpose: what happened, where, and what to do next, in two languages.

One root, four families. Code names a key and gives facts; the sentences live in `locale/*/*.toml` under
`error.<key>.what` and `error.<key>.fix`. Whatever else escapes is a bug of ours.

    MarrowError
      InputError    your file or your value
      EngineError   unknown, missing, broken, refused
      FilmError     film.toml: a missing shot, a circle
      LimitError    memory, disk, time, money
"""

from collections.abc import Iterable

from marrow.words import known, say

NOUNS = ("kind", "gives", "takes")  # facts that name a kind of medium: told in the reader's language

class MarrowError(Exception):
    """Root of all deliberate errors; `exit` is the exit code of the command line."""

    exit = 1

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(key)
        self.key, self.facts = key, {name: _plain(value) for name, value in facts.items()}

    def __reduce__(self) -> tuple:
        return _rebuilt, (type(self), self.key, self.facts)

    def tell(self, lang: str | None = None) -> str:
        """What happened and what to do next, in one language (default: that of this run)."""
        facts = {name: _noun(value, lang) if name in NOUNS else value for name, value in self.facts.items()}
        what, fix = (say(f"error.{self.key}.{part}", lang, **facts) for part in ("what", "fix"))
        return f"{what}\n  → {fix}".rstrip()

    def __str__(self) -> str:
        return self.tell()


class InputError(MarrowError):
    """A file or a value that the user gave cannot be used."""

    exit = 2


class EngineError(MarrowError):
    """An engine is unknown, missing, broken, or refused the work."""

    exit = 3


class FilmError(MarrowError):
    """film.toml and the film's folder disagree."""

    exit = 4


class LimitError(MarrowError):
    """Memory, disk, time or money would be exceeded."""

    exit = 5


def near(name: str, choices: Iterable[str]) -> str:
    """All choices in one line, the one spelled most like `name` first."""
    from difflib import get_close_matches

    ordered = sorted(choices)
    close = get_close_matches(name, ordered, 1, 0.5)
    return ", ".join(close + [choice for choice in ordered if choice not in close])


def _noun(value: object, lang: str | None) -> object:
    return known(f"kind.{value}", lang) or value


def _plain(value: object) -> object:
    return value if isinstance(value, int | float | str | type(None)) else str(value)


def _rebuilt(family: type[MarrowError], key: str, facts: dict) -> MarrowError:
    return family(key, **facts)
