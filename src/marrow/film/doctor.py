"""What is missing on this machine, and the one command that mends it."""

import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from marrow import engine
from marrow.errors import MarrowError
from marrow.film.desk import FILE, find_folder, open_store
from marrow.words import say

ROOM = 2_000_000_000  # bytes below which a film is likely to run into a full disk


@dataclass(frozen=True)
class Finding:
    """One thing looked at: in words, whether it is well, and the cure; `optional` ones do not stop a film."""

    what: str
    well: bool
    fix: str = ""
    optional: bool = False


def examine(folder: Path) -> list[Finding]:
    """Python, libraries, engines, programs, steps, disk, and the film in this folder."""
    return [*_python(), *_libraries(), *_engines(), *_programs(), *_steps(), _disk(folder), *_film(folder)]


def _python() -> Iterator[Finding]:
    word = ".".join(map(str, sys.version_info[:3]))
    yield Finding(say("doctor.python", version=word), sys.version_info >= (3, 11), say("doctor.python_fix"))


def _libraries() -> Iterator[Finding]:
    needed = [line for line in requires("marrow") or () if "extra ==" not in line]
    for name in (re.match(r"[\w.-]+", line)[0] for line in needed):
        try:
            yield Finding(f"{name} {version(name)}", True)
        except PackageNotFoundError:
            yield Finding(say("doctor.library", name=name), False, f"pip install {name}")


def _engines() -> Iterator[Finding]:
    for task in engine.tasks():
        for name in engine.names(task):
            try:
                card = engine.card(task, name)
            except MarrowError as error:
                yield Finding(say("doctor.engine", task=task, name=name), False, error.tell(), optional=True)
                continue
            yield Finding(say("doctor.engine", task=task, name=name), not card.missing,
                          f"pip install {' '.join(card.missing)}", optional=True)


def _programs() -> Iterator[Finding]:
    """Programs beside Python, such as Blender: entry points that find one, or say how to get it."""
    for name in sorted(engine.points("marrow.programs")):
        try:
            found = engine.load("marrow.programs", name, unknown="engine.broken")()
        except MarrowError as error:
            yield Finding(say("doctor.program", name=name), False, error.tell(), optional=True)
        else:
            yield Finding(f"{say('doctor.program', name=name)} {found[0]}", True, optional=True)


def _steps() -> Iterator[Finding]:
    from marrow import step

    for name in step.names():
        try:
            step.find(name)
        except MarrowError as error:
            yield Finding(name, False, error.tell(), optional=True)


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder.resolve()).free
    return Finding(say("doctor.disk", free=f"{free / 1e9:.1f}"), free > ROOM, say("doctor.disk_fix"))


def _film(folder: Path) -> Iterator[Finding]:
    from marrow.film import check

    try:
        home = find_folder(folder.resolve())
    except MarrowError:
        return
    mistakes = [each for each in check.find(home / FILE) if not each.harmless]
    yield Finding(say("doctor.film", path=home / FILE), not mistakes, say("doctor.film_fix"))
    with open_store(home) as store:
        torn = store.torn()
    yield Finding(say("doctor.record" if torn else "doctor.record_well", torn=torn), True)
