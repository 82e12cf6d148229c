"""An engine in a process of its own: the near side of the pipe.

Blender, torch, GPL libraries and anything with quarrelsome pins run in another interpreter or program. The near
side starts it, asks, passes progress on, and turns whatever goes wrong into one EngineError. The far side is one file
that can be run by hand and needs nothing of Marrow. Nothing is ever unpickled.

The protocol, the same in both directions: one line of JSON in UTF-8 (a table, the *head*), then the raw bytes of the
arrays that it lists, one after the other, C order, no padding.

    near -> far    {"ask": {...}, "arrays": [{"dtype": "<f4", "shape": [48000, 2]}]}
    far -> near    {"progress": ["speaking", 3, 12]}                        as often as it likes
                   {"answer": {...}, "arrays": [{"dtype": "<i2", "shape": [22050]}]}
                   {"refused": "no voice 'x'"}                              it stays alive after that
    end            the near side closes the pipe; the far side leaves when its stdin ends

A dtype is spelled as numpy's `dtype.str` ("<i2", "|u1"): numbers and truth values only. What the far side writes to
stderr is kept as its last words. A far side should keep a private copy of its stdout for answers and point file
descriptor 1 at stderr, so that a chatty library cannot garble the pipe.

    far side, in full:
        import json, os, sys
        pipe = os.fdopen(os.dup(1), "wb"); os.dup2(2, 1)
        for line in sys.stdin.buffer:
            ask = json.loads(line)["ask"]
            pipe.write(json.dumps({"answer": {"heard": ask}, "arrays": []}).encode() + b"\\n"); pipe.flush()
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
from collections import deque
from collections.abc import Mapping, Sequence
from queue import Empty, Queue
from threading import Thread
from time import monotonic
from typing import IO, TYPE_CHECKING, NamedTuple

from marrow.errors import EngineError
from marrow.progress import reporter

if TYPE_CHECKING:
    from types import TracebackType

    from numpy import ndarray

LONGEST_HEAD = 1 << 20       # bytes of one head line
MOST_BYTES = 1 << 33         # of the arrays of one answer
LAST_WORDS = 8               # lines of stderr that are kept
TICK = 0.25                  # seconds between two looks at the clock and at the reporter, which may cancel


class Answer(NamedTuple):
    """What the far side sent back: plain facts, and arrays of our own that may be written to."""

    facts: dict
    arrays: list[ndarray]


class _Garbled(Exception):  # noqa: N818  (never leaves this module)
    pass


class Apart:
    """One far process, started at the first `ask` and killed on leaving the `with` block; one question at a time.

    command    the program and its arguments
    name       what people call the engine, for errors
    limit      seconds the far side may stay silent (no progress, no answer) before it counts as hung
    raises     EngineError   apart.absent, apart.died, apart.slow, apart.garbled, apart.refused

    After an error the process is gone (but for a refusal) and the next `ask` starts a new one; no question is ever
    put a second time behind the caller's back.
    """

    def __init__(self, command: Sequence[str], *, name: str, limit: float = 60.0) -> None:
        self.command, self.name, self.limit = [str(each) for each in command], name, limit
        self._process: subprocess.Popen[bytes] | None = None
        self._inbox: Queue = Queue()
        self._words: deque[str] = deque(maxlen=LAST_WORDS)
        self._listeners: list[Thread] = []

    def __enter__(self) -> Apart:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """Process id of the far side while it lives."""
        return self._process.pid if self._process else None

    def ask(self, facts: Mapping[str, object], arrays: Sequence[ndarray] = ()) -> Answer:
        """Send one question and wait for its answer; every error but a refusal ends the process."""
        if self._process is None:
            self._start()
        elif self._process.poll() is not None:
            raise self._end("apart.died")
        try:
            Thread(target=_send, args=(self._process.stdin, facts, arrays), daemon=True).start()  # type: ignore[union-attr]
            return self._await()
        except EngineError:
            raise
        except BaseException:     # Cancelled, Ctrl-C: kill first, then let it pass
            self.close()
            raise

    def close(self) -> None:
        """Kill the far side and whatever it started; does nothing when there is none."""
        process, self._process = self._process, None
        if process is None:
            return
        _kill(process)
        process.wait()
        for listener in self._listeners:
            listener.join(1.0)
        for pipe in (process.stdin, process.stdout, process.stderr):
            _shut(pipe)

    def _start(self) -> None:
        logging.getLogger(__name__).info("starting %s: %s", self.name, self.command)
        try:
            process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, start_new_session=True)
        except OSError as error:
            raise EngineError("apart.absent", name=self.name, command=self.command[0], why=str(error)) from error
        self._process, self._inbox, self._words = process, Queue(), deque(maxlen=LAST_WORDS)
        self._listeners = [Thread(target=_listen, args=(process.stdout, self._inbox), daemon=True),
                           Thread(target=_overhear, args=(process.stderr, self._words), daemon=True)]
        for listener in self._listeners:
            listener.start()

    def _await(self) -> Answer:
        last, heard = (self.name, 0, 1), monotonic()
        while True:
            try:
                head, arrays = self._inbox.get(timeout=TICK)
            except Empty:
                reporter.get()(*last)
                if monotonic() - heard > self.limit:
                    raise self._end("apart.slow", seconds=f"{self.limit:g}") from None
                continue
            heard = monotonic()
            if head is None:
                raise self._end("apart.died" if arrays is None else "apart.garbled", why=arrays or "")
            if "progress" in head:
                last = _counted(head["progress"]) or last
                reporter.get()(*last)
            elif "refused" in head:
                raise EngineError("apart.refused", name=self.name, words=str(head["refused"]))
            elif isinstance(head.get("answer"), dict):
                return Answer(head["answer"], arrays)
            else:
                raise self._end("apart.garbled", why=f"{head}"[:120])

    def _end(self, key: str, **facts: object) -> EngineError:
        """Bury the process and say what happened, with its last words."""
        code = None
        if key == "apart.died" and self._process:
            code = _exit_code(self._process)
        self.close()
        words = "\n".join(self._words).strip() or "-"
        return EngineError(key, name=self.name, words=words, code=code, **facts)


def pack(facts: Mapping[str, object], arrays: Sequence[ndarray], kind: str = "ask") -> bytes:
    """The head line of a message; the bytes of the arrays follow it."""
    listed = [{"dtype": each.dtype.str, "shape": list(each.shape)} for each in arrays]
    return json.dumps({kind: dict(facts), "arrays": listed}, ensure_ascii=False).encode() + b"\n"


def unpack(pipe: IO[bytes]) -> tuple[dict, list[ndarray]] | None:
    """The next message of a pipe, None at its end; _Garbled when it is not one."""
    line = pipe.readline(LONGEST_HEAD)
    if not line:
        return None
    try:
        head = json.loads(line)
        return head, [_array(pipe, each) for each in head.get("arrays", ())]
    except EOFError:
        return None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _Garbled(line[:80].decode("utf-8", "replace").strip()) from error

def _array(pipe: IO[bytes], said: Mapping) -> ndarray:
    """One array off the pipe; EOFError when the pipe ends inside it."""
    import numpy as np

    kind, shape = np.dtype(said["dtype"]), tuple(int(side) for side in said["shape"])
    count = 1
    for side in shape:
        count *= side
    if kind.kind not in "biufc" or any(side < 0 for side in shape) or count * kind.itemsize > MOST_BYTES:
        raise ValueError(said)
    array = np.empty(count, kind)
    room, filled = memoryview(array.view(np.uint8)), 0
    while filled < len(room):
        got = pipe.readinto(room[filled:])  # type: ignore[attr-defined]
        if not got:
            raise EOFError
        filled += got
    return array.reshape(shape)


def _send(pipe: IO[bytes], facts: Mapping[str, object], arrays: Sequence[ndarray]) -> None:
    """Write one question; a pipe that breaks is told by the listener, who hears the far side end."""
    try:
        pipe.write(pack(facts, arrays))
        for each in arrays:
            pipe.write(each.tobytes())
        pipe.flush()
    except (OSError, ValueError):
        logging.getLogger(__name__).debug("the far side no longer listens")


def _listen(pipe: IO[bytes], inbox: Queue) -> None:
    """Pass messages on: (head, arrays); (None, None) at the end; (None, why) when garbled."""
    try:
        while message := unpack(pipe):
            inbox.put(message)
        inbox.put((None, None))
    except _Garbled as error:
        inbox.put((None, str(error) or "?"))
    except (OSError, ValueError):
        inbox.put((None, None))


def _overhear(pipe: IO[bytes], words: deque[str]) -> None:
    """Keep the last lines that the far side says to people."""
    try:
        while line := pipe.readline(2000):
            words.append(line.decode("utf-8", "replace").rstrip())
    except (OSError, ValueError):
        return


def _counted(said: object) -> tuple[str, int, int] | None:
    """A progress message as (what, done, total), None when it is not one."""
    match said:
        case [str(what), int(done), int(total)]:
            return what, done, total
    return None


def _exit_code(process: subprocess.Popen[bytes]) -> int | None:
    """Its exit code; the pipe may close a moment before the process is gone."""
    try:
        return process.wait(1.0)
    except subprocess.TimeoutExpired:
        return None


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and, where the system knows groups, its children."""
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except (ProcessLookupError, PermissionError):
        process.kill()


def _shut(pipe: IO[bytes] | None) -> None:
    try:
        if pipe:
            pipe.close()
    except OSError:
        return
