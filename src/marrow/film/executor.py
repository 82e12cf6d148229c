"""Who does the work of a build: a contract small enough for a local pool, a farm, or Ray to stand behind.

An executor receives object ids and plain values only, never paths or arrays. It asks the head's store for bytes by id
and gives results back by id; the head alone writes the record.

    submit(work)      begin one piece of work
    wait(seconds)     what happened since: progress, done, failed
    close()           stop everything at once; what is not finished is lost and nothing else
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing import connection, get_context
from pathlib import Path
from typing import Protocol

from marrow.errors import EngineError, MarrowError


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


class LocalExecutor:
    """Processes on this machine that share the film's store. A process that dies costs one step and is replaced."""

    def __init__(self, home: Path, base: Path, slots: int | None = None) -> None:
        self.slots = slots or max(1, os.cpu_count() or 1)
        self._where = (str(home), str(base))
        self._context = get_context("spawn")
        self._idle: list[_Hand] = []
        self._busy: list[_Hand] = []

    def submit(self, work: Work) -> None:
        """Give the work to an idle process, starting one where none is."""
        hand = self._idle.pop() if self._idle else _Hand(self._context, self._where)
        hand.begin(work)
        self._busy.append(hand)

    def wait(self, seconds: float) -> list[Event]:
        """Progress and ends; a dead process is an error of the step it was running."""
        events = []
        for hand in self._ready(seconds):
            event = hand.read()
            events.append(event)
            if event.final:
                self._busy.remove(hand)
                if hand.process.is_alive() and not (event.error and event.error.key == "worker.died"):
                    self._idle.append(hand)
        return events

    def close(self) -> None:
        """Kill every process; finished objects are already in the store."""
        for hand in self._idle + self._busy:
            hand.end()
        self._idle, self._busy = [], []

    def _ready(self, seconds: float) -> list["_Hand"]:
        ready = set(connection.wait([hand.pipe for hand in self._busy], seconds))
        return [hand for hand in self._busy if hand.pipe in ready]


class _Hand:
    """One worker process and the work it holds."""

    def __init__(self, context, where: tuple[str, str]) -> None:  # noqa: ANN001  (a private type of multiprocessing)
        from marrow.film import worker

        self.pipe, far = context.Pipe()
        self.process = context.Process(target=worker.serve, args=(far, *where), daemon=True)
        self.process.start()
        far.close()
        self.work: Work | None = None

    def begin(self, work: Work) -> None:
        self.work = work
        try:
            self.pipe.send(work)
        except (BrokenPipeError, OSError):
            pass  # the process is dead; `read` says so

    def read(self) -> Event:
        try:
            return self.pipe.recv()
        except (EOFError, OSError):
            self.process.join(2)
            error = EngineError("worker.died", step=self.work.step, code=self.process.exitcode or 0)
            return Event(self.work.key, error=error)

    def end(self) -> None:
        self.process.kill()
        self.process.join(5)
        self.pipe.close()
