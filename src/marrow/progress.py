"""Progress and cancelling: `for frame in progress(frames, "deflicker")`.

The reporter sits in a context variable: silent in Python, a line in the terminal, messages from a worker. It may
raise `Cancelled` at any tick.
"""

from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from typing import TypeVar

Item = TypeVar("Item")
Reporter = Callable[[str, int, int], None]


class Cancelled(Exception):  # noqa: N818  (not an error: the user said stop)
    """Raised by a reporter when the user wants to stop."""


def _silent(what: str, done: int, total: int) -> None:
    """The reporter of plain Python: says nothing."""


reporter: ContextVar[Reporter] = ContextVar("reporter", default=_silent)


def progress(items: Iterable[Item], what: str, total: int | None = None) -> Iterator[Item]:
    """Pass items through, telling the reporter after each; `total` is needed where `items` has no length."""
    report = reporter.get()
    count = total if total is not None else len(items)  # type: ignore[arg-type]
    for done, item in enumerate(items, 1):
        yield item
        report(what, done, count)
