"""The process that runs steps: reads inputs by id, calls the step, writes the result, stores it, reports its id."""

import errno
import os
import platform
import signal
import threading
import time
import traceback
from multiprocessing import connection, parent_process
from pathlib import Path

from marrow import forms
from marrow.contents import Remark, listener
from marrow.errors import EngineError, LimitError, MarrowError
from marrow.film.executor import Event, Item, Work
from marrow.media import SUFFIXES
from marrow.progress import reporter
from marrow.step import find
from marrow.store import Store, full_disk

TICK = 0.2  # seconds between two reports of progress


def serve(pipe: connection.Connection, home: str, base: str) -> None:
    """Run what comes through the pipe until it closes or the parent dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business: it stops us
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    threading.Thread(target=_die_with_parent, daemon=True).start()
    store = None
    while True:
        try:
            work = pipe.recv()
        except EOFError:
            return
        reporter.set(_teller(pipe, work.key))
        try:
            with full_disk(Path(home)):
                store = store or Store(Path(home), Path(base))
        except MarrowError as error:
            pipe.send(Event(work.key, error=error))
        else:
            pipe.send(perform(work, store))


def perform(work: Work, store: Store) -> Event:
    """Run one step on objects of a store; whatever goes wrong is an event with the error, never an exception."""
    begun = time.perf_counter()
    remarks: list[Remark] = []
    listener.set(remarks.append)
    target = store.new_path()
    try:
        found, kind = _run(work, store, target)
    except MarrowError as error:
        return Event(work.key, error=error)
    except MemoryError:
        return Event(work.key, error=LimitError("memory.full", step=work.step))
    except OSError as error:
        return Event(work.key, error=_disk(error, work.step, store))
    except Exception as error:  # a stranger's step may fail in any way; it is named and the others go on
        return Event(work.key, error=EngineError("step.failed", step=work.step, why=_told(error)))
    finally:
        for left in store.temporary.glob(f"{target.name}*"):
            left.unlink(missing_ok=True)
    return Event(work.key, object=found, kind=kind, seconds=time.perf_counter() - begun, machine=platform.node(),
                 remarks=tuple(remarks))


def _run(work: Work, store: Store, target: Path) -> tuple[str, str]:
    step = find(work.step)
    if step.revision != work.revision:
        raise EngineError("worker.differs", step=work.step, here=step.revision, wanted=work.revision)
    given = {name: _read(item, store) for name, item in work.inputs.items()}
    settings = dict(work.settings)
    for name, item in work.files.items():
        path = store.find(item.id, item.name)
        engine = str(settings[name]).partition(":")[0]
        settings[name] = f"{engine}:{path}" if step.settings[name].uses else str(path)
    result = step.run(**given, **step.chosen(settings))
    unfinished = target.with_suffix(SUFFIXES[step.output])
    forms.write(result, unfinished)
    for name, item in work.inputs.items():
        if item.name and not store.has(item.id) and store.digest(item.name) != item.id:
            raise EngineError("file.changed", name=name, path=item.name)
    return store.put(unfinished), step.output


def _read(item: Item, store: Store) -> object:
    return forms.read(item.kind, store.find(item.id, item.name))


def _disk(error: OSError, step: str, store: Store) -> MarrowError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return LimitError("disk.full", path=store.home)
    return EngineError("step.failed", step=step, why=_told(error))


def _told(error: BaseException) -> str:
    """An unexpected error in one line: what, and the place in the code, for the report."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno})"


def _teller(pipe: connection.Connection, key: str):  # noqa: ANN202  (a Reporter)
    last = 0.0

    def tell(what: str, done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= TICK:
            last = now
            pipe.send(Event(key, done=done, total=total))

    return tell


def _die_with_parent() -> None:
    connection.wait([parent_process().sentinel])
    os._exit(1)
