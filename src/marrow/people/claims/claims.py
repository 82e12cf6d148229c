"""Claims 说法: what single statements of the testimony come to, as views over the utterances they stand in."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from marrow.people.claims.answering import settled
from marrow.people.claims.carrying import BARE, Talk
from marrow.people.claims.clauses import Part, Times, alone, corrects, parts_of, rated, void
from marrow.people.claims.fold import folded
from marrow.people.claims.numbers import Span
from marrow.people.claims.slots import Mention, Slot
from marrow.people.claims.tables import listed
from marrow.people.claims.topics import (
    EVENT,
    Double,
    Occasion,
    Singled,
    Turned,
    done_by,
    double,
    leading,
    occasion,
    singled,
    turned,
)
from marrow.people.testimony import Utterance

COUNTED = 0.55   # that both count the same: fingers
PERSON = 0.7   # what it counts that a person is named
NAMED = 0.75   # and somebody or something of no family
LEANT, BESIDE, APART = 0.9, 0.45, 0.3   # how much words count that stand before it, beside it, in another sentence
MOST = 200     # slots of one clause: more than that is no speech
REACH = 6      # clauses before and after that are looked at
FEW = 3        # clauses: so short an answer leans on its question as a whole


@dataclass(frozen=True)
class Claim:
    """One thing stated in an utterance.

    utterance    its id
    witness      who says it
    cast         everybody in its utterance, ids
    persons      whom it is about, ids: who is named in its clause, else before it
    topic        the words that say what it is about with their weight: those of its clause, and less those around it
    slot         what is stated, in characters of the utterance's text
    days         when it is about, "first..last"; "" not said
    occasion     a habit, some day, that day
    singled      it singles something out, as only one can be
    after        letters that stand after the slot: what a number counts
    lead         the words that its utterance begins with
    things       what stands in its clause, as in slots of things
    through      from whom the witness has it, nearest first
    clause       characters of the utterance's text
    named        whom it is about is named in its clause itself
    answers      ids of the turns of others just before
    given        the words that only the turns before it say it is about
    talk         the conversation
    places       where its clause tells of
    within       the places to which a denial is bounded: 在屋里不抽
    corrects     it says of a value that it is not so, and what is: 西闸，不是东闸
    double       its utterance says that there were two, or that it was done twice
    bare         its clause, of the first sentence, says nothing else
    heading      the id of the words in brackets that it stands under: which picture
    rate         its number is for every month, day, time or head
    turned       to whom its clause turns: "me" 我, "you" 你
    """

    utterance: str
    witness: str
    persons: tuple[str, ...]
    cast: frozenset[str]
    topic: Mapping[str, float]
    slot: Slot
    days: str = ""
    occasion: Occasion = ""
    singled: Singled = ""
    things: tuple[str, ...] = ()
    lead: frozenset[str] = frozenset()
    after: str = ""
    through: tuple[str, ...] = ()
    clause: Span = (0, 0)
    named: bool = False
    answers: tuple[str, ...] = ()
    given: frozenset[str] = frozenset()
    talk: str = ""
    places: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    corrects: bool = False
    turned: Turned = ""
    double: Double = ""
    bare: bool = False
    heading: str = ""
    rate: bool = False

    @property
    def source(self) -> str:
        """Whose word it is in the end: the last of whom the witness has it from, else himself."""
        return self.through[-1] if self.through else self.witness


def claims(utterances: Iterable[Utterance], *, mentions: Mapping[str, Sequence[Mention]] | None = None,
           times: Mapping[str, Times] | None = None, hearsay: Callable[[Utterance, str], tuple[str, ...]] | None = None,
           subject: str = "") -> tuple[Claim, ...]:
    """What the utterances state, claim by claim, in their order; questions and what nobody knows state nothing.

    mentions    who is meant where, by utterance id; see `marrow.people.mentions`
    times       phrases of time, by utterance id; see `marrow.people.when`
    hearsay     from whom a witness has a sentence; without it the utterance's own `through` counts
    subject     whom the talk is about where nobody is named
    test        the same utterances give the same claims; a question gives none
    """
    found: list[Claim] = []
    talk = Talk()
    for each in utterances:
        if each.form == "questionnaire":
            continue
        talk = talk.at(each.talk)
        who, phrases = ((table or {}).get(each.id, ()) for table in (mentions, times))
        parts = parts_of(each, who, phrases, hearsay)
        found += _claims(each, talk, parts, subject)
        about = next((part.persons for part in reversed(parts) if part.persons), ())
        talk = talk.after(each, [part.words for part in parts], tuple(
            person for person in about if person not in (each.witness, each.to)), _days(parts))
    return tuple(found)


def _claims(told: Utterance, talk: Talk, parts: Sequence[Part], subject: str) -> Iterator[Claim]:
    """The claims of one utterance."""
    answers, given = talk.answered(told.witness), talk.given(told, parts[0].words if parts else ())
    asked = talk.asked(told.witness)
    days = _days(parts) or (talk.days if asked else "")
    doubled, wholes = double(folded(told.text)), _occasions(parts)
    persons: tuple[str, ...] = talk.persons if answers[:1] and answers[0] == talk.turns[0].id else ()
    persons = persons or ((subject,) if subject else ())
    cast = frozenset(person for part in parts for person in part.persons or ()) or frozenset(persons)
    only = frozenset(given) - {word.text for part in parts for word in part.words}
    answer = settled(asked, parts, told.text)
    for number, part in enumerate(parts):
        persons = persons if part.persons is None else part.persons
        plain = Claim(
            told.id, told.witness, persons, cast, {}, Slot("time", "", 0, 0), _common(part.values("time")) or days,
            occasion(part.plain) or wholes[part.sentence], singled(part.plain), part.values("object"),
            leading(parts[0].words),
            through=part.through, clause=(part.start, part.end), named=part.persons is not None, answers=answers,
            given=only, talk=told.talk, places=part.values("place"), turned=turned(part.plain),
            double=doubled, heading=talk.heading)
        if answer and not number:
            yield replace(plain, slot=answer, topic=_topic(answer, 0, parts, given, bool(asked)))
        for slot in part.slots[:MOST] if part.told else ():
            if not void(slot, told.text, part.plain):
                done = slot.kind == "agent" and done_by(part.plain, slot.start - part.start, slot.end - part.start)
                yield replace(plain, singled="doer" if done else plain.singled, slot=slot,
                              topic=_topic(slot, number, parts, given, bool(asked)), after=_after(told.text, slot),
                              within=part.within(slot), corrects=corrects(slot, part), rate=rated(slot, part),
                              bare=not asked and alone(slot, part))


def _topic(slot: Slot, number: int, parts: Sequence[Part], theme: Mapping[str, float], asked: bool
           ) -> dict[str, float]:
    """The words that say what a slot is of: its clause's, and less so those before and after it and of the talk."""
    if slot.kind == "person":
        return {}
    here = parts[number]
    own = [word for word in here.words if slot.kind == "polarity" or not (
        word.start < slot.end - here.start and slot.start - here.start < word.end)]
    topic = {word.text: word.weight for word in own}
    topic |= {f"~{person}": PERSON for person in here.kin}
    topic |= {each.value: NAMED for each in here.slots if each.kind == "name" and each != slot}
    if ranked(slot):
        topic[f"#{slot.value.split(' ')[-1]}"] = EVENT
    if slot.value.startswith("in_time:"):
        topic["@death"] = EVENT
    unit = slot.value.partition(" ")[2] if slot.kind == "number" else ""
    if unit.isascii() and len(unit) > 2 and unit not in listed("number", "measures"):
        topic[f"#{unit}"] = COUNTED
    bare = sum(weight for word, weight in topic.items() if word[0] != "~") < BARE
    around = {0, *range(max(0, number - REACH), min(len(parts), number + REACH + 1))}
    for place in sorted(around, key=lambda place: (abs(place - number), place)):
        near = parts[place].sentence == here.sentence
        leans = bare and near and place <= number + 1
        share = LEANT if not place or leans else BESIDE if near else APART
        for word in parts[place].words if place != number else ():
            topic.setdefault(word.text, word.weight * share)
    for word, weight in theme.items():
        leans = bare or (asked and not here.sentence) or len(parts) <= FEW
        topic[word] = max(topic.get(word, 0.0), weight * LEANT) if leans else topic.get(word, weight * BESIDE)
    return topic


def _occasions(parts: Sequence[Part]) -> dict[int, Occasion]:
    """Whether each sentence tells of a habit, of some day, or of that day."""
    said: dict[int, str] = {}
    for part in parts:
        said[part.sentence] = f"{said.get(part.sentence, '')},{part.plain}"
    return {sentence: occasion(plain) for sentence, plain in said.items()}


def _after(text: str, slot: Slot) -> str:
    """Two Chinese letters after a slot, as far as they stand there."""
    found = re.match("的?([\u3400-\u9fff]{1,2})", folded(text[slot.end:slot.end + 3]))
    return found[1] if found else ""


def ranked(slot: Slot) -> bool:
    """Whether it is a number of which a person has one at a time: 三车间, 二中."""
    return slot.value.startswith("第") and slot.value.split(" ")[-1] in listed("attributes", "ranked")


def _days(parts: Sequence[Part]) -> str:
    return _common([slot.value for part in parts for slot in part.slots if slot.kind == "time"])


def _common(days: Sequence[str]) -> str:
    """The stretch that all of them lie in; "" where there is none or several apart."""
    days = [each for each in days if ".." in each]
    return days[0] if days and len(set(days)) == 1 else ""
