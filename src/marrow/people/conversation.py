"""A talk at the keyboard: he never begins it, and never asks anybody to stay."""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from marrow.people import showing
from marrow.words import say

if TYPE_CHECKING:
    from marrow.people.archive import Archive
    from marrow.people.hearing import Manner

LONG = 3600  # seconds after which a talk is interrupted once


def talk(archive: "Archive", person: str, asker: str, manner: "Manner", keep: Path | None) -> Iterator[str]:
    """Ask and answer until an empty line.

    keep    a file that the talk is appended to as JSON Lines, or None: nothing stays
    """
    from marrow.people.asking import ask

    begun, warned, before = time.monotonic(), False, []
    yield say("people.disclosed", name=showing.called(archive, person))
    yield say("people.kept" if keep else "people.not_kept", path=keep or "")
    for words in iter(lambda: _line(showing.called(archive, asker)), ""):
        given = ask(archive, words, person=person, asker=asker, manner=manner, before=tuple(before))
        before += [(asker, words), (person, given.words)]
        yield from showing.reply(archive, given)
        if keep:
            row = {"asker": asker, "person": person, "words": words, "reply": json.loads(showing.kept(archive, given))}
            with open(keep, "a", encoding="utf-8") as file:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
        if not warned and time.monotonic() - begun > LONG:
            warned = True
            yield say("people.long")
    yield say("people.ended")


def _line(name: str) -> str:
    """What is typed, "" at the end."""
    if sys.stdin.isatty():
        sys.stderr.write(f"{name}: ")
        sys.stderr.flush()
    return sys.stdin.readline().strip()
