"""A department's verb: a command that is no step, because it answers in words or takes any file.

One function whose signature is the only declaration, as with steps: positional parameters are words on the command
line (with a default: may be left out), keyword-only ones are options (`bool` a flag). It yields lines for people.
Installed verbs are entry points in the group `marrow.verbs`, named `department.verb`; their sentences are
`verb.<department>.<verb>.<parameter>` in `locale/`.
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from marrow import engine


@dataclass(frozen=True)
class Argument:
    """One parameter of a verb as the command line sees it."""

    name: str
    option: bool
    flag: bool
    needed: bool


def names() -> list[str]:
    """Every installed verb, by name, without importing any."""
    return sorted(engine.points("marrow.verbs"))


@cache
def find(name: str) -> Callable[..., Iterator[str]]:
    """An installed verb. Imports only the module that declares it."""
    return engine.load("marrow.verbs", name, unknown="step.unknown")


def arguments(run: Callable) -> list[Argument]:
    """What a verb takes, in order."""
    return [Argument(each.name, each.kind is each.KEYWORD_ONLY, each.default is False, each.default is each.empty)
            for each in inspect.signature(run).parameters.values()]
