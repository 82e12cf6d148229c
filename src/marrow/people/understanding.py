"""Utterances understood: who is meant in them, when it was, from whom the witness has it, whom they tell of."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from marrow.people.testimony import Interval, Utterance

if TYPE_CHECKING:
    from marrow.people.archive import Archive
    from marrow.people.family import Family
    from marrow.people.mentions import Mention

BEFORE = 2  # turns of the talk before, in which whom 他 means may have been named


@dataclass(frozen=True)
class Understood:
    """An utterance with what was made out of it.

    utterance    its `about` and `through` filled in
    mentions     whom its words mean
    times        (start, end, interval) of every phrase of time
    tells        ids of whom it tells of, subjects first
    """

    utterance: Utterance
    mentions: tuple["Mention", ...]
    times: tuple[tuple[int, int, Interval], ...]
    tells: tuple[str, ...]


def understood(archive: "Archive", utterances: Iterable[Utterance], heard: Collection[str] | None = None
               ) -> list[Understood]:
    """Make out of utterances what their words alone do not say: it is worked out anew each time, never kept.

    heard    witnesses whose turns before may tell whom 他 means; None everybody's
    test    correcting an utterance, or naming its speaker, changes what it means
    """
    third, born = archive.fact("about"), births(archive.family)
    return [_one(archive, each, third, born, heard) for each in utterances]


def _one(archive: "Archive", each: Utterance, third: str, born: Mapping[str, Interval],
         heard: Collection[str] | None) -> Understood:
    from marrow.people.mentions import read
    from marrow.people.when import when

    family = archive.family
    before = [(other.witness, other.text) for other in archive.before(each, BEFORE)
              if heard is None or (other.witness in heard and not other.sealed)]
    scene = (family, each.witness, each.to, third if third not in (each.witness, each.to) else "", before)
    times = when(each.text, said=each.said, born=born.get(each.witness),
                 births={name: born[id] for id in born for name in family.members[id].names})
    meant, tells, through = read(each.text, *scene)
    return Understood(replace(each, about=tuple(found for _, _, found in times), through=through), meant, times, tells)


@cache
def _days(said: str) -> Interval | None:
    """A birthday as it stands in family.toml."""
    from marrow.people.archive import days
    from marrow.people.when import when

    found = days(said) or next((found for _, _, found in when(re.sub(r"^(\d{4})\s+", r"\1年", said))), None)
    return found if found and found.first and found.last else None


def births(family: "Family") -> dict[str, Interval]:
    """When people of a family were born, as far as it is known."""
    return {id: found for id, member in family.members.items() if member.born and (found := _days(member.born))}
