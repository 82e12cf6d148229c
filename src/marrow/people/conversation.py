"""A talk at the keyboard: he never begins it, and never asks anybody to stay."""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from marrow.people import showing
from marrow.words import say

if TYPE_CHECKING:
    from marrow.people.archive import Archive
    from marrow.people.hearing import Manner

LONG = 3600  # seconds after which a talk is interrupted once


def talk(archive: "Archive", person: str, asker: str, manner: "Manner", keep: Path | None) -> Iterator[str]:
    """Ask and answer until an empty line, or until leave is taken.

    keep      a file that the talk is appended to as JSON Lines, or None: nothing stays
    raises    InputError  "people.resting" when he was put to rest;  EngineError of an engine that does not open;
              LimitError  "people.disk" where the talk cannot be kept
    """
    from marrow.engine import open_engine
    from marrow.people.asking import ask, awake
    from marrow.people.talking.care import courtesy

    awake(archive, person)
    open_engine("people.answer", manner.engine)
    begun, warned, before = time.monotonic(), False, []
    yield say("people.disclosed", name=showing.called(archive, person))
    yield say("people.kept" if keep else "people.not_kept", path=keep or "")
    for words in iter(lambda: _line(showing.called(archive, asker)), ""):
        given = ask(archive, words, person=person, asker=asker, manner=manner, before=tuple(before))
        before += [(asker, words), (person, given.words)]
        yield from showing.reply(archive, given)
        if keep:
            _keep(keep, {"asker": asker, "person": person, "words": words, "reply": asdict(given)})
        if courtesy(words) == "farewell" and not given.aside:
            break
        if not warned and time.monotonic() - begun > LONG:
            warned = True
            yield say("people.long")
    yield say("people.ended")


def _keep(place: Path, row: dict) -> None:
    """One more line of a kept talk."""
    from marrow.people.disk import writing

    with writing(place), open(place, "a", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _line(name: str) -> str:
    """What is typed, "" at the end."""
    if sys.stdin.isatty():
        sys.stderr.write(f"{name}: ")
        sys.stderr.flush()
    return sys.stdin.readline().encode("utf-8", "replace").decode().strip()
