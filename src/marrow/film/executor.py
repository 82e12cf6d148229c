"""Who does the work of a build: a contract small enough for a local pool, a farm, or Ray to stand behind.

An executor receives object ids and plain values only, never paths or arrays. It asks the head's store for bytes by id
and gives results back by id; the head alone writes the record.

    submit(work)      begin one piece of work
    wait(seconds)     what happened since: progress, done, failed
    close()           stop everything at once; what is not finished is lost and nothing else
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from marrow.contents import Remark
from marrow.errors import MarrowError


@dataclass(frozen=True)
class Item:
    """An input by content: its id and kind; `name` is the user's file it came from, for its suffix and for errors."""

    id: str
    kind: str
    name: str = ""


@dataclass(frozen=True)
class Work:
    """One step to run: everything that decides the result, and nothing else."""

    key: str
    step: str
    revision: int
    inputs: Mapping[str, Item]
    settings: Mapping[str, object]
    files: Mapping[str, Item] = field(default_factory=dict)


@dataclass(frozen=True)
class Event:
    """What an executor reports of a piece of work: progress, or its end with an object or an error."""

    key: str
    done: int = 0
    total: int = 0
    object: str = ""
    kind: str = ""
    seconds: float = 0.0
    machine: str = ""
    remarks: tuple[Remark, ...] = ()
    error: MarrowError | None = None

    @property
    def final(self) -> bool:
        """Whether the work has ended, well or badly."""
        return bool(self.object) or self.error is not None


class Executor(Protocol):
    """See the module's head."""

    slots: int

    def submit(self, work: Work) -> None:
        """Begin one piece of work; called for at most `slots` unfinished pieces."""

    def wait(self, seconds: float) -> list[Event]:
        """Events since the last call, after at most so many seconds."""

    def close(self) -> None:
        """Stop everything at once."""
