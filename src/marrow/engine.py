"""The one seam: how Marrow finds and opens an engine (a model, a service or a classical method).

A task is a dotted name such as "voice.speak". An engine for it is an entry point in the group "marrow.<task>"
that points at an `Engine` card. Three moments, each as late as possible:

    names(task)         reads package metadata, imports nothing
    card(task, name)    imports one light module
    card(...).open()    imports the heavy libraries, or starts the engine's own process (`marrow.apart`)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import EntryPoint, PackageNotFoundError, entry_points, version
from importlib.util import find_spec
from pathlib import Path

from marrow.errors import EngineError, near


@dataclass(frozen=True)
class Engine:
    """What a person must know before choosing an engine, and how to open it.

    task       dotted name; `marrow.<department>.contract` says what the opened engine must do
    opener     returns the working engine; the only function that imports heavy libraries
    about      one line for people, English and Chinese
    licence    of the method or the weights, as people would ask
    release    raised by its author when equal input should give a new result
    needs      library to import -> what to give pip
    shapes     installed packages whose version shapes the result (a voice, a dictionary): part of every key
    weights    True when the user brings a file: film.toml then says `name:path`
    offline    False when the engine talks to another machine
    price      what it costs, in words; empty when free
    name       what its entry point calls it; filled in by `card`, never written by the author
    """

    task: str
    opener: Callable[..., Callable]
    about: str
    about_zh: str
    licence: str
    release: str = "1"
    needs: Mapping[str, str] = field(default_factory=dict)
    shapes: tuple[str, ...] = ()
    weights: bool = False
    offline: bool = True
    price: str = ""
    name: str = ""

    @property
    def missing(self) -> list[str]:
        """What pip must install before this engine opens; top-level names only, so nothing is imported."""
        return [install for module, install in self.needs.items() if find_spec(module.split(".")[0]) is None]

    @property
    def identity(self) -> list[str]:
        """Name, release and the versions that shape the result: what a step's key holds of an engine."""
        return [self.name, self.release, *(f"{each} {_version(each)}" for each in self.shapes)]

    def open(self, weights: Path | None = None) -> Callable:
        """Open the engine, or say in one sentence which install or which file is missing."""
        if self.missing:
            raise EngineError("engine.needs", task=self.task, name=self.name, installs=" ".join(self.missing))
        if self.weights and weights is None:
            raise EngineError("engine.weights", task=self.task, name=self.name)
        return self.opener(weights) if self.weights else self.opener()


def split(choice: str) -> tuple[str, str]:
    """`"onnx:models/dad.onnx"` as engine name and path; the path is empty where none is said."""
    name, _, path = choice.partition(":")
    return name.strip(), path.strip()


def open_engine(task: str, choice: str) -> Callable:
    """Open the engine a setting names, with the file it brings."""
    name, path = split(choice)
    return card(task, name).open(Path(path) if path else None)


def tasks() -> list[str]:
    """Every task that any installed package has an engine for."""
    other = {"marrow.steps", "marrow.formats", "marrow.writers", "marrow.verbs", "marrow.programs", "marrow.forget"}
    return sorted(group.removeprefix("marrow.") for group in entry_points().groups
                  if group.startswith("marrow.") and group not in other)


def names(task: str) -> list[str]:
    """Engines installed for a task, by name, without importing any of them."""
    return sorted(points(f"marrow.{task}"))


@cache
def card(task: str, name: str) -> Engine:
    """The card of one engine. Imports only that engine's module."""
    found = load(f"marrow.{task}", name, unknown="engine.unknown")
    if not isinstance(found, Engine) or found.task != task:
        owner = points(f"marrow.{task}")[name][0].dist.name
        raise EngineError("engine.not_a_card", task=task, name=name, owner=owner)
    return replace(found, name=name)


def load(group: str, name: str, *, unknown: str) -> object:
    """What an entry point names; unknown, claimed twice and broken are each told with their owner."""
    found = points(group)
    if name not in found:
        raise EngineError(unknown, task=group.removeprefix("marrow."), name=name, choices=near(name, found))
    point, *others = found[name]
    if others:
        owners = ", ".join(sorted(each.dist.name for each in found[name]))
        raise EngineError("engine.twice", task=group.removeprefix("marrow."), name=name, owners=owners)
    try:
        return point.load()
    except (Exception, SystemExit) as error:  # a stranger's module may fail in any way: it is named, others go on
        raise EngineError("engine.broken", name=name, owner=point.dist.name, why=repr(error)) from error


@cache
def points(group: str) -> dict[str, list[EntryPoint]]:
    """Entry points of a group by name; more than one under a name means two packages claim it."""
    found: dict[str, list[EntryPoint]] = {}
    for point in entry_points(group=group):
        found.setdefault(point.name, []).append(point)
    return found


def here(url: str) -> bool:
    """Whether an address is this machine, so that nothing leaves it.

    test    a table: names and numbers of this machine, and what only looks like one
    """
    import ipaddress
    from urllib.parse import urlsplit

    name = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"
