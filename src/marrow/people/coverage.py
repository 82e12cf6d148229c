"""Where the archive is thick and where it is thin: years × witnesses, and people, places and themes beside them.

Nothing is judged here, it is only counted: how much was told, of what, by whom.
"""

import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from marrow.people.testimony import Interval
from marrow.people.understanding import Understood, births, understood

if TYPE_CHECKING:
    from re import Pattern

    from marrow.people.archive import Archive

WIDE = 12     # years: what lies in a longer stretch was told of no year
REACH = 3     # turns that go on telling of a time that was named
GOING_ON = 0.5  # what such a turn counts
THIN = 0.25   # of the life's mean: a year of which less was told is thin
DATED = ("letter", "diary")  # forms that tell of the day they were written


@dataclass(frozen=True)
class Coverage:
    """How much was told of somebody's life.

    subject      id of whom the testimony is about
    first, last  the years of birth and death, else the first and the last of which something was told
    witnesses    ids, in the order of the family
    years        witness -> how many utterances tell of each year, from `first` on
    people       witness -> person -> utterances that speak of him
    places       witness -> place as it was said -> utterances
    themes       witness -> theme of themes.toml -> utterances
    """

    subject: str
    first: int
    last: int
    witnesses: tuple[str, ...]
    years: Mapping[str, tuple[float, ...]]
    people: Mapping[str, Mapping[str, int]]
    places: Mapping[str, Mapping[str, int]]
    themes: Mapping[str, Mapping[str, int]]

    @property
    def whole(self) -> tuple[float, ...]:
        """How much everybody together told of each year."""
        return tuple(sum(row[number] for row in self.years.values()) for number in range(self.last - self.first + 1))


def heard(archive: "Archive") -> list[Understood]:
    """Everything that known witnesses said and did not have sealed, understood, in the order of the talks."""
    willing = archive.willing("talk")
    known = understood(archive, (each for each in archive.utterances("sealed = 0") if each.witness in willing))
    return sorted(known, key=lambda each: (each.utterance.talk, each.utterance.place))


def coverage(archive: "Archive", known: Sequence[Understood] | None = None) -> Coverage:
    """Count what was told of the life that the testimony is about.

    known      of `heard`, where it is at hand
    returns    a utterance counts 1 in all: in the year it tells of, or shared by the years of its stretch; what goes on
               telling, without a time of its own, counts a half
    test       made archives: each year has what was told of it; times out of his life count nowhere
    """
    known = heard(archive) if known is None else known
    subject = archive.fact("about")
    voices = {each.utterance.witness for each in known}
    witnesses = tuple(each for each in archive.family.members if each in voices)
    weights = [(each.utterance.witness, *weight) for each, stretches in _dated(known) for weight in stretches]
    first, last = span(archive, subject, [(begin, end) for _, begin, end, _ in weights])
    years = {witness: [0.0] * (last - first + 1) for witness in witnesses}
    for witness, begin, end, weight in weights:
        for year in range(max(begin, first), min(end, last) + 1):
            years[witness][year - first] += weight / (end - begin + 1)
    return Coverage(subject, first, last, witnesses, {who: tuple(row) for who, row in years.items()},
                    _counted(known, witnesses, people_in), _counted(known, witnesses, places_in),
                    _counted(known, witnesses, lambda each: themes_in(each.utterance.text)))


def span(archive: "Archive", subject: str, told: Sequence[tuple[int, int]] = ()) -> tuple[int, int]:
    """First and last year of a life: by the family's tables, else by the years that were told of.

    raises    InputError  "people.plan_nobody" where nothing says when he lived
    """
    from marrow.errors import InputError
    from marrow.people.archive import days

    member = archive.family.members.get(subject)
    if member is None:
        raise InputError("people.plan_nobody")
    born, died = births(archive.family).get(subject), days(member.died)
    inside = [(begin, end) for begin, end in told if (not born or end >= born.first.year)
              and (not died or begin <= died.first.year)]
    first = born.first.year if born else min((begin for begin, _ in inside), default=0)
    last = died.first.year if died else max((end for _, end in inside), default=first)
    if not first:
        raise InputError("people.plan_nobody")
    return first, max(first, last)


def thin(covered: Coverage) -> tuple[tuple[int, int], ...]:
    """Stretches of years of which hardly anything was told, in order: first and last year of each.

    test    of a life told evenly but for some years, exactly those
    """
    whole = covered.whole
    least = THIN * sum(whole) / max(len(whole), 1)
    return runs([covered.first + number for number, told in enumerate(whole) if told < least or not told])


def runs(years: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Years as stretches: 1961 1962 1965 are 1961–1962 and 1965–1965."""
    made: list[tuple[int, int]] = []
    for year in sorted(set(years)):
        made = [*made[:-1], (made[-1][0], year)] if made and made[-1][1] == year - 1 else [*made, (year, year)]
    return tuple(made)


def _dated(known: Sequence[Understood]) -> Iterator[tuple[Understood, list[tuple[int, int, float]]]]:
    """Every utterance with the years it tells of and what it counts there: (first, last, weight)."""
    talk, going, ago = "", [], 0
    for each in known:
        there = each.utterance
        going, ago = (going, ago + 1) if there.talk == talk else ([], 0)
        talk = there.talk
        own = years_of(there.about)
        if own:
            going, ago = own, 0
        elif there.form in DATED and there.said:
            own = years_of((there.said,))
        weight = 1.0 if own else GOING_ON
        told = own or (going if ago <= REACH else [])
        yield each, [(begin, end, weight / len(told)) for begin, end in told]


def years_of(times: Sequence[Interval], wide: int = WIDE) -> list[tuple[int, int]]:
    """First and last year of each interval that is closed and not too wide."""
    return [(each.first.year, each.last.year) for each in times
            if each.first and each.last and 0 <= each.last.year - each.first.year <= wide]


def people_in(each: Understood) -> frozenset[str]:
    """Whom an utterance speaks of for certain, but for who says it."""
    sure = {next(iter(mention.persons)) for mention in each.mentions if mention.sure and len(mention.persons) == 1}
    return frozenset(sure | set(each.tells)) - {each.utterance.witness}


def places_in(each: Understood) -> frozenset[str]:
    """Places of an utterance, as they were said."""
    from marrow.people.claims.fold import folded
    from marrow.people.claims.places import places

    return frozenset(name for _, _, name in places(each.utterance.text, folded(each.utterance.text)))


def themes_in(text: str) -> frozenset[str]:
    """Themes that a text touches."""
    from marrow.people.claims.fold import folded

    plain = folded(text)
    return frozenset(name for name, pattern in _patterns().items() if pattern.search(plain))


def themes() -> tuple[str, ...]:
    """The themes, in the order of themes.toml."""
    return tuple(_patterns())


@cache
def _patterns() -> "Mapping[str, Pattern[str]]":
    import re

    from marrow.people.claims.tables import either

    tables = tomllib.loads(Path(__file__).with_name("themes.toml").read_text("utf-8"))
    return {name: re.compile(either(word.replace("_", " ") for word in f"{row['zh']} {row['en']}".split()))
            for name, row in tables.items()}


def _counted(known: Sequence[Understood], witnesses: Sequence[str], what: Callable[[Understood], frozenset[str]]
             ) -> dict[str, dict[str, int]]:
    """Of each witness, in how many utterances each thing is; the commonest first."""
    found = {witness: Counter() for witness in witnesses}
    for each in known:
        if each.utterance.witness in found:
            found[each.utterance.witness].update(sorted(what(each)))
    return {witness: dict(sorted(held.items(), key=lambda pair: (-pair[1], pair[0])))
            for witness, held in found.items()}
