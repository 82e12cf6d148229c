"""The executor of one machine: a pool of processes that share the film's store."""

import os
from multiprocessing import connection, get_context
from pathlib import Path

from marrow.errors import EngineError
from marrow.film import worker
from marrow.film.executor import Event, Work


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
