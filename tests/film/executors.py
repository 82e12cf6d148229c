"""Two more executors: one in this process, and one that stands for another machine."""

import shutil
from dataclasses import replace
from pathlib import Path

from marrow.film.executor import Event, Item, Work
from marrow.film.worker import perform
from marrow.store import Store, file_digest


class Inline:
    """Runs each piece of work at once, in this process."""

    slots = 1

    def __init__(self, desk) -> None:
        self.store, self.events = desk.store, []

    def submit(self, work: Work) -> None:
        self.events.append(perform(work, self.store))

    def wait(self, seconds: float) -> list[Event]:
        events, self.events = self.events, []
        return events

    def close(self) -> None:
        pass


class FarMachine:
    """A machine that shares no folder with the head: an empty store of its own, and object ids only.

    It asks the head for bytes by id, verifies them, works, and hands the result's bytes back by id.
    """

    slots = 2

    def __init__(self, desk, home: Path) -> None:
        self.head, self.events, self.fetched = desk.store, [], []
        self.store = Store(home / ".marrow", home)

    def submit(self, work: Work) -> None:
        assert all(len(item.id) == 64 for item in work.inputs.values())
        items = {name: self._fetched(item) for name, item in work.inputs.items()}
        files = {name: self._fetched(item) for name, item in work.files.items()}
        event = perform(replace(work, inputs=items, files=files), self.store)
        if event.object:
            handed = self.head.new_path()
            shutil.copyfile(self.store.path(event.object), handed)
            assert self.head.put(handed) == event.object
        self.events.append(event)

    def wait(self, seconds: float) -> list[Event]:
        events, self.events = self.events, []
        return events

    def close(self) -> None:
        self.store.close()

    def _fetched(self, item: Item) -> Item:
        if not self.store.has(item.id):
            copy = self.store.new_path()
            shutil.copyfile(self.head.find(item.id, item.name), copy)
            assert file_digest(copy) == item.id
            self.store.put(copy)
            self.fetched.append(item.id)
        return Item(item.id, item.kind, Path(item.name).name)
