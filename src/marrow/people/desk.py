"""Whom a question is put to and what is at hand for it: the nouns of the planner.

    Lead    one thing worth asking
    Desk    one witness, and everything that was said
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from marrow.contents import Remark
from marrow.people import coverage
from marrow.people.coverage import Coverage
from marrow.people.kin.address import refer
from marrow.people.kin.algebra import TOKEN
from marrow.people.kin.terms import Lang
from marrow.people.kin.who import relation
from marrow.people.understanding import Understood, births
from marrow.words import known as written
from marrow.words import say

if TYPE_CHECKING:
    from marrow.people.archive import Archive
    from marrow.people.claims.conflicts import Conflict
    from marrow.people.family import Family

YOUNG = 5      # years old: before that nobody remembers
GROWN = 15     # a wife's or a workmate's years with him begin no earlier
AROUND = 2     # years beside one told of, in which who is not of the household knew him too
LONG = 40      # years: a longer stretch that somebody names is no time in which he knew him
FAR = 2        # steps of kinship, or a tie: who is farther from him is not near
AFTER = 2      # turns in which what was left open may have been put right
OWN = re.compile("^(?:我们|我|咱们|咱)|^(?:my|our) ", re.I)


@dataclass(frozen=True)
class Lead:
    """One thing worth asking.

    kind          which of them
    key           of the sentence, below "people.ask."; with ".1", ".2" behind it where there are several ways to say it
    about         what it is about: two leads about one thing are one
    facts         what the sentence needs
    reason        why it is worth asking, for who asks
    utterances    ids that it rests on
    """

    kind: str
    key: str
    about: str
    reason: Remark
    facts: Mapping[str, object] = field(default_factory=dict)
    utterances: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Desk:
    """What leads are drawn from.

    known       everything that was said, in the order of the talks
    rivals      what disagrees
    witness     who is asked; asker: who asks, "" for nobody of the family
    """

    archive: "Archive"
    known: Sequence[Understood]
    covered: Coverage
    rivals: "Sequence[Conflict]"
    witness: str
    asker: str
    lang: Lang

    @cached_property
    def own(self) -> list[int]:
        """Places in `known` of what the witness says."""
        return [number for number, each in enumerate(self.known) if each.utterance.witness == self.witness]

    @cached_property
    def ids(self) -> dict[str, Understood]:
        """Everything by id."""
        return {each.utterance.id: each for each in self.known}

    def asked(self, number: int) -> Understood | None:
        """What somebody else said just before."""
        here, before = self.known[number], self.known[number - 1] if number else None
        same = before and before.utterance.talk == here.utterance.talk
        return before if same and before.utterance.witness != self.witness else None

    def after(self, number: int) -> list[Understood]:
        """What was said just after in the same talk."""
        talk = self.known[number].utterance.talk
        return [each for each in self.known[number + 1:number + 1 + AFTER] if each.utterance.talk == talk]

    def called(self, who: str) -> str:
        """How the one who asks speaks of somebody to the witness; words that mean nobody of the family from the
        witness's chair.
        """
        if who not in self.archive.family.members:
            return say("people.ask.your_polite" if self.polite else "people.ask.your", self.lang) + OWN.sub("", who)
        return refer(self.archive.family, self.asker, self.witness, who, self.lang)

    @cached_property
    def polite(self) -> bool:
        """Whether the witness is 您: no kin of who asks, and not younger."""
        family = self.archive.family
        stranger = bool(self.asker) and not relation(family, self.asker, self.witness)
        return stranger and family.elder(self.asker, self.witness) is not True

    @cached_property
    def bonds(self) -> frozenset[str]:
        """What the one whom testimony is about is to the witness."""
        return relation(self.archive.family, self.witness, self.covered.subject)

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Years of his life in which the witness knew him, as far as kinship or what he tells shows it."""
        return tuple(_years(self))


def _years(desk: Desk) -> Iterator[int]:
    covered, born = desk.covered, births(desk.archive.family).get(desk.witness)
    family = desk.archive.family
    told = sorted({year for number in desk.own if not desk.known[number].utterance.through
                   and covered.subject in coverage.people_in(desk.known[number])
                   for first, last in coverage.years_of(desk.known[number].utterance.about, LONG)
                   for year in range(first, last + 1)})
    subject = covered.subject
    kin = desk.witness in (*family.parents(subject), *family.children(subject), *family.siblings(subject))
    if kin and born:
        yield from range(max(born.first.year + YOUNG, covered.first), covered.last + 1)
        return
    least = born.first.year + (YOUNG if not desk.bonds else GROWN) if born else covered.first
    seen = [year for year in told if max(least, covered.first) <= year <= covered.last]
    wed = desk.witness in family.spouses(subject)
    able = range(seen[0], covered.last + 1) if seen and (wed or kin) else sorted(
        {year for each in seen for year in range(each - AROUND, each + AROUND + 1)})
    yield from (year for year in able if max(least, covered.first) <= year <= covered.last)


def near(family: "Family", subject: str) -> dict[str, int]:
    """Who is near to somebody: kin within two steps, and who is tied to him; how many steps, a tie is two."""
    found = {}
    for id in family.members:
        kin = [len(TOKEN.findall(each)) for each in relation(family, subject, id)]
        steps = min(kin, default=FAR if id in family.members[subject].tie else FAR + 1)
        if id != subject and steps <= FAR:
            found[id] = steps
    return found


def knows(family: "Family", witness: str, id: str) -> bool:
    """Whether a witness has to do with somebody: kin, tied, or called by a name of his own."""
    one = family.members[witness]
    return bool(relation(family, witness, id)) or id in one.tie or id in one.calls


def ways(lead: Lead, lang: Lang) -> list[str]:
    """The keys of every way to ask a lead."""
    key = f"people.ask.{lead.key}"
    if written(key, lang):
        return [key]
    numbered: list[str] = []
    while written(f"{key}.{len(numbered) + 1}", lang):
        numbered.append(f"{key}.{len(numbered) + 1}")
    return numbered
