"""The next interview: what to ask each witness, and why."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from marrow.contents import Remark
from marrow.people import leads
from marrow.people.coverage import Coverage, coverage, heard
from marrow.people.desk import Desk, Lead, ways
from marrow.people.disagreeing import stated
from marrow.people.kin.terms import Lang
from marrow.people.understanding import Understood
from marrow.words import language, say

if TYPE_CHECKING:
    from marrow.people.archive import Archive
    from marrow.people.claims.conflicts import Conflict
    from marrow.people.family import Family

MOST = 10      # questions of one interview
ALIKE = 0.7    # share of two questions' pairs of letters that makes them one
ORDER = ("rival", "year", "hearsay", "theme", "open", "rival", "person", "year", "unknown", "place")  # one round
SOURCES = {"rival": leads.rivals, "year": leads.years, "hearsay": leads.hearsay, "person": leads.people,
           "theme": leads.themes, "place": leads.places, "open": leads.left_open, "unknown": leads.unnamed}
QUESTION = re.compile(r"[?？]|吗|呢|谁|哪|什么|怎么|讲讲|说说|讲一|\b(?:who|what|when|where|how|tell)\b", re.I)


@dataclass(frozen=True)
class Asking:
    """One question for one witness.

    kind          "rival", "year", "hearsay", "person", "theme", "place", "open", "unknown"
    words         the question, said to the witness by whoever collects testimony
    reason        why it is worth asking
    utterances    ids that it rests on; none for what nobody told
    """

    kind: str
    words: str
    reason: Remark
    utterances: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Ground:
    """An archive read once for everybody's questions.

    known      everything that was said, understood
    covered    how much of it tells of what
    rivals     what disagrees
    """

    archive: "Archive"
    known: Sequence[Understood]
    covered: Coverage
    rivals: "Sequence[Conflict]"


def ground(archive: "Archive") -> Ground:
    """Read an archive for planning.

    raises    InputError  "people.plan_nobody" where nothing says whose life it is
    """
    from marrow.people.claims.conflicts import conflicts

    known = heard(archive)
    found = conflicts(stated(archive, known, archive.fact("about")), archive.family)
    return Ground(archive, known, coverage(archive, known), found)


def plan(archive: "Archive", witness: str, *, lang: Lang | None = None, read: Ground | None = None
         ) -> tuple[Asking, ...]:
    """The next interview with one witness: at most ten questions, each with its reason.

    Contradictions, years nobody told of, hearsay, what he never touches and what he left open take turns, the best of
    each first. No question says what another witness said, and none asks two things.
    witness    an id
    lang       "zh" or "en"; without it that of this run
    read       of `ground`, where it is at hand
    returns    () for who is dead
    raises     InputError  as `ground`
    test       ten at most, none twice, none that was put already; the same archive gives the same words
    """
    if not living(archive.family, witness):
        return ()
    read, recorder = read or ground(archive), archive.fact("recorder")
    asker = recorder if recorder != witness and recorder in archive.family.members else ""
    return tuple(_chosen(Desk(archive, read.known, read.covered, read.rivals, witness, asker, lang or language())))


def living(family: "Family", witness: str) -> bool:
    """Whether somebody can be asked."""
    return witness in family.members and not family.members[witness].died


def _chosen(desk: Desk) -> Iterator[Asking]:
    """Leads in turns, each kind's best first; each said another way than the last of its kind."""
    put, sources = _put(desk), {kind: find(desk) for kind, find in SOURCES.items()}
    said: Counter[str] = Counter()
    used: set[str] = set()
    for lead in islice(_rounds(sources, put, used, desk), MOST):
        able = ways(lead, desk.lang)
        words = _worded(desk, lead, able[said[lead.key] % len(able)])
        said[lead.key] += 1
        yield Asking(lead.kind, words, lead.reason, lead.utterances)


def _rounds(sources: dict[str, Iterator[Lead]], put: Sequence[frozenset[str]], used: set[str],
            desk: Desk) -> Iterator[Lead]:
    """Round after round, as long as any source has something new."""
    while sources:
        for kind in ORDER:
            lead = next((each for each in sources.get(kind, ()) if _is_new(desk, each, put, used)), None)
            if lead is None:
                sources.pop(kind, None)
                continue
            used |= {f"{lead.kind} {lead.about}", *lead.utterances} if lead.kind != "rival" else {
                f"{lead.kind} {lead.about}"}
            yield lead


def _is_new(desk: Desk, lead: Lead, put: Sequence[frozenset[str]], used: set[str]) -> bool:
    """Whether it was neither chosen nor put to the witness before, in whatever way."""
    if f"{lead.kind} {lead.about}" in used or (lead.kind != "rival" and used & set(lead.utterances)):
        return False
    return not any(_alike(_pairs(_worded(desk, lead, way)), other) for way in ways(lead, desk.lang)
                   for other in put)


def _worded(desk: Desk, lead: Lead, way: str) -> str:
    """The question in words; an elder who is no kin is 您."""
    member = desk.archive.family.members[desk.covered.subject]
    sex = "she" if member.sex == "female" else "he"
    facts = {name: say(f"people.ask.{sex}.{name}", desk.lang) for name in ("he", "his", "him")}
    you = say("people.ask.you_polite" if desk.polite else "people.ask.you", desk.lang)
    words = say(way, desk.lang, **{**facts, "you": you, **lead.facts})
    return words[:1].upper() + words[1:]


def _put(desk: Desk) -> list[frozenset[str]]:
    """What the witness was asked already, as pairs of letters: what others said just before he spoke."""
    before = [desk.asked(number) for number in desk.own]
    return [_pairs(each.utterance.text) for each in before if each and QUESTION.search(each.utterance.text)]


def _pairs(text: str) -> frozenset[str]:
    plain = re.sub(r"\W", "", text.lower())
    return frozenset(plain[at:at + 2] for at in range(len(plain) - 1))


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= ALIKE * max(len(one), 1) and bool(one)
