"""An archive as JSON Lines, and the card of a person: testimony that leaves the house, with its evidence."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from marrow.people.archive import Purpose
from marrow.people.card import Entry, card, with_card
from marrow.people.showing import called
from marrow.people.understanding import understood

if TYPE_CHECKING:
    from marrow.people.archive import Archive
    from marrow.people.testimony import Interval, Utterance

RARE = 6  # words of an utterance by which a card calls it up


def lines(archive: "Archive", purpose: Purpose) -> Iterator[str]:
    """Who is who, then every utterance of a willing witness, one JSON object a line, in the order of the archive.

    test    the words, their witness and where they stand are those of the archive; who is not willing is not in it
    """
    for member in archive.family.members.values():
        yield _line({"person": asdict(member)})
    names = dict(archive.db.execute("select source, name from originals"))
    for each in understood(archive, _usable(archive, purpose)):
        there = asdict(each.utterance)
        there["file"] = names[there["source"]]
        there["said"] = _days(each.utterance.said) if each.utterance.said else None
        there["about"] = [_days(when) for when in each.utterance.about]
        yield _line({"utterance": there, "tells": list(each.tells)})


def card_of(archive: "Archive", person: str, lang: str) -> dict:
    """The Character Card of a person, out of what witnesses who consent to `public` said of him."""
    entries = [Entry(each.utterance, called(archive, each.utterance.witness), _keys(archive, each.utterance.text))
               for each in understood(archive, _usable(archive, "public")) if person in each.tells]
    return card(archive.family.members[person], entries, lang=lang)


def write_card(made: dict, target: Path, picture: bytes) -> None:
    """A card as .json, or in a picture as .png."""
    text = json.dumps(made, ensure_ascii=False, indent=1) + "\n"
    target.write_bytes(with_card(picture, made) if target.suffix.lower() == ".png" else text.encode())


def _usable(archive: "Archive", purpose: Purpose) -> "Iterator[Utterance]":
    willing = archive.willing(purpose)
    return (each for each in archive.utterances("sealed = 0") if each.witness in willing)


def _keys(archive: "Archive", text: str) -> list[str]:
    """The words of an utterance that tell most: Chinese in runs between function words, the longest first."""
    import re

    found = re.findall(r"[A-Za-z]{4,}|[^\W\d_a-zA-Z的了是在和有就也都很我你他她不这那一个着过把被让给到说]{2,6}", text)
    return sorted(dict.fromkeys(found), key=lambda each: (-len(each), each))[:RARE]


def _days(when: "Interval") -> dict:
    return {"first": when.first and when.first.isoformat(), "last": when.last and when.last.isoformat(),
            "phrase": when.phrase, "calendar": when.calendar, "sure": when.sure}


def _line(what: dict) -> str:
    return json.dumps(what, ensure_ascii=False)
