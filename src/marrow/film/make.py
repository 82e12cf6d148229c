"""Running a graph: what must be made, in parallel, never twice, never losing what is finished."""

import getpass
import os
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from marrow.contents import Remark
from marrow.errors import FilmError, MarrowError
from marrow.film.executor import Event, Executor
from marrow.film.graph import Given, Graph, Node, missing_bytes
from marrow.store import Made, Store

POLL = 0.25  # seconds between two looks at steps that another process is making


@dataclass
class Tally:
    """What a build did for one shot or sound."""

    run: int = 0
    reused: int = 0
    seconds: float = 0.0
    machines: Counter = field(default_factory=Counter)
    error: MarrowError | None = None
    remarks: list[Remark] = field(default_factory=list)


Listener = Callable[[Node, Event], None]


class Build:
    """One run over the nodes that some shots hang on. `tallies` and `errors` tell what happened."""

    def __init__(self, graph: Graph, executor: Executor, listen: Listener | None = None) -> None:
        self.graph, self.store, self.executor = graph, graph.store, executor
        self.listen = listen or (lambda node, event: None)
        self.tallies: dict[str, Tally] = {}
        self._ready: deque[Node] = deque()
        self._queued: set[Node] = set()
        self._running: dict[str, list[Node]] = {}
        self._elsewhere: list[Node] = []
        self._mine: set[Node] = set()
        self._ran: set[Node] = set()

    def run(self, names: Iterable[str]) -> None:
        """Bring shots and sounds up to date. A failing step stops only what hangs on it.

        raises  LimitError  when the disk is full: what is finished stays
        """
        names = list(names)
        wanted = self.graph.wanted(names)
        self._mine = set(wanted)
        for node in wanted:
            if node.made is None and all(each.object for each in node.inputs.values()):
                self._queue(node)
        for name in names:
            self._revive(self.graph.finals[name])
        try:
            while self._ready or self._running or self._elsewhere:
                self._start_some()
                self._listen_once()
        finally:
            for key in self._running:
                self.store.release(key)
        self._count(wanted)
        order = list(dict.fromkeys([*names, *self.tallies]))
        self.tallies = {name: self.tallies[name] for name in order if name in self.tallies}

    def _start_some(self) -> None:
        while self._ready and len(self._running) < self.executor.slots:
            node = self._ready.popleft()
            self._queued.discard(node)
            self._start(node)

    def _start(self, node: Node) -> None:
        """Begin a node, unless its result appears meanwhile, its inputs' bytes are lost, or another makes it."""
        if node.key in self._running:
            self._running[node.key].append(node)
            return
        lost = [each for each in node.inputs.values() if isinstance(each, Node) and missing_bytes(each, self.store)]
        for each in lost:
            self._revive(each)
        if not all(each.object for each in node.inputs.values()):
            return  # `_finish` of the input queues this node again
        if not self.store.claim(node.key):
            self._elsewhere.append(node)
            return
        self.store.refresh()
        made = self.store.made(node.key)
        if made and self.store.has(made.object):
            self.store.release(node.key)
            self._finish(node, made)
            return
        for each in node.inputs.values():
            if isinstance(each, Given) and each.content is not None:
                self.store.put_bytes(each.content)
        self._running[node.key] = [node]
        self.listen(node, Event(node.key))
        self.executor.submit(node.work())

    def _listen_once(self) -> None:
        events = self.executor.wait(POLL) if self._running else []
        for event in events:
            nodes = self._running[event.key]
            self.listen(nodes[0], event)
            if event.final:
                self._end(nodes, event)
        if self._elsewhere and not events:
            if not self._running:
                time.sleep(POLL)
            self.store.refresh()
            again, self._elsewhere = self._elsewhere, []
            self._ready.extendleft(again)

    def _end(self, nodes: list[Node], event: Event) -> None:
        """Write the record, then let go of the key, then tell those who wait."""
        if event.error is None:
            self._write(nodes[0], event)
        del self._running[event.key]
        self.store.release(event.key)
        if event.error is not None:
            for node in nodes:
                self._fail(node, event.error)
            return
        self._ran.add(nodes[0])
        tally = self.tallies.setdefault(nodes[0].shot, Tally())
        tally.seconds += event.seconds
        tally.machines[event.machine] += 1
        tally.remarks += event.remarks
        for node in nodes:
            self._finish(node, self.store.made(event.key))

    def _write(self, node: Node, event: Event) -> None:
        self.store.append("made", event.key, object=event.object, kind=event.kind, identity=node.identity(),
                          seconds=round(event.seconds, 3), machine=event.machine, length=length_of(node),
                          remarks=[each.tell("en") for each in event.remarks], who=who(), when=now())

    def _finish(self, node: Node, made: Made) -> None:
        """A result is known: look at whoever waits for it; results known from before run on at once."""
        stack = [(node, made)]
        while stack:
            done, found = stack.pop()
            done.made = found
            for user in done.users:
                if user not in self._mine or user.made is not None or user.error is not None:
                    continue
                if self.graph.look(user) and not missing_bytes(user, self.store):
                    stack.append((user, user.made))
                elif all(each.object for each in user.inputs.values()):
                    self._queue(user)

    def _queue(self, node: Node) -> None:
        if node not in self._queued:
            self._queued.add(node)
            self._ready.append(node)

    def _revive(self, node: Node | Given) -> None:
        """The record knows the result, but its bytes are gone: make it again."""
        if isinstance(node, Node) and missing_bytes(node, self.store):
            node.made = None
            self._queue(node)

    def _fail(self, node: Node, error: MarrowError) -> None:
        stack: list[tuple[Node, MarrowError]] = [(node, error)]
        while stack:
            failed, why = stack.pop()
            if failed.error is None:
                failed.error = why
                waits = FilmError("make.waits", shot=failed.shot, step=failed.step.name)
                stack.extend((user, waits) for user in failed.users if user in self._mine)

    def _count(self, wanted: list[Node]) -> None:
        for node in wanted:
            tally = self.tallies.setdefault(node.shot, Tally())
            if node.error is not None:
                first = tally.error is None or tally.error.key == "make.waits"
                tally.error = node.error if first else tally.error
            elif node in self._ran:
                tally.run += 1
            else:
                tally.reused += 1


def length_of(node: Node) -> float:
    """Seconds of film that a step makes, 0 where its signature does not say: what its cost is measured by."""
    return float(node.call.settings.get("length", 0) or 0)


def now() -> str:
    """This moment in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def who() -> str:
    """Who is at work: MARROW_WHO, else the name of the account."""
    try:
        return os.environ.get("MARROW_WHO") or getpass.getuser()
    except (KeyError, OSError):
        return ""


def past_seconds(store: Store) -> dict[str, float]:
    """Median seconds per second of film (or per run) of each step, from the newest past runs."""
    from statistics import median

    seen: dict[str, list[float]] = {}
    for action in store.made_lately(400):
        seconds = action["seconds"] / (action.get("length") or 1)
        seen.setdefault(action["identity"]["step"], []).append(seconds)
    return {step: median(values) for step, values in seen.items()}
