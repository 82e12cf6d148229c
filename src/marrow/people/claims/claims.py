"""Claims 说法: what single statements of the testimony come to, as views over the utterances they stand in."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from marrow.people.claims.fold import folded
from marrow.people.claims.negation import CLAUSE, unsure
from marrow.people.claims.numbers import Span
from marrow.people.claims.slots import Mention, Slot, slots
from marrow.people.claims.tables import listed
from marrow.people.claims.topics import EVENT, Occasion, Singled, Word, leading, occasion, singled, words_of
from marrow.people.testimony import Interval, Utterance

Times = Sequence[tuple[int, int, Interval]]
WITNESS = re.compile(r"^\W*(?:我|i)\s?(?:也|还|都|就|亲眼|亲手|没)?"
                     r"(?:数|记得|看|知道|见|听|想|问|量|陪|remember|saw|know|think|heard|counted)")
REFUSED = re.compile(r"(?:不是|not|n't)\s?$")   # 不是十五
FORBIDDEN = re.compile("不让|不许|不准|不要|不用|别|莫|甭|休")
SENTENCE = re.compile(r"[^。！？!?\n]+?(?:[。！？!?\n]+|\.(?=\s|$)|$)")
ASKED = re.compile(r"[?？吗呢][”」\"]?\s*$")
BARE = 0.75    # a clause whose own words weigh less leans on what was said before
LEANT, BESIDE, APART = 0.9, 0.45, 0.3   # how much words count that stand before it, beside it, in another sentence
MOST = 200     # slots of one clause: more than that is no speech
REACH = 6      # clauses before and after that are looked at
FEW = 3        # clauses: so short an answer leans on its question as a whole
SHORT = 40     # letters: the two turns before, of up to so many, say what an answer is about


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

    @property
    def source(self) -> str:
        """Whose word it is in the end: the last of whom the witness has it from, else himself."""
        return self.through[-1] if self.through else self.witness


@dataclass(frozen=True)
class _Part:
    """A clause of an utterance with what is found in it."""

    start: int
    end: int
    plain: str
    words: tuple[Word, ...]
    slots: tuple[Slot, ...]
    persons: tuple[str, ...] | None
    through: tuple[str, ...]
    told: bool
    sentence: int


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
    before: list[Utterance] = []
    for each in utterances:
        if each.form == "questionnaire":
            continue
        asked = [other for other in before
                 if other.talk == each.talk and other.witness != each.witness and len(other.text) <= SHORT]
        who, phrases = ((table or {}).get(each.id, ()) for table in (mentions, times))
        found += _claims(each, asked, who, phrases, hearsay, subject)
        before = [each, *before[:1]]
    return tuple(found)


def _claims(told: Utterance, asked: Sequence[Utterance], found: Sequence[Mention], times: Times,
            hearsay: Callable[[Utterance, str], tuple[str, ...]] | None, subject: str) -> Iterator[Claim]:
    """The claims of one utterance."""
    parts = [part for number, (start, end, through) in enumerate(_sentences(told, hearsay))
             for part in _parts(told.text, start, end, found, times, through, number)]
    question = [word for each in asked for word in words_of(folded(each.text))]
    days = _common([slot.value for part in parts for slot in part.slots if slot.kind == "time"])
    whole = occasion(folded(told.text))
    persons: tuple[str, ...] = (subject,) if subject else ()
    cast = frozenset(person for part in parts for person in part.persons or ()) or frozenset(persons)
    for number, part in enumerate(parts):
        persons = persons if part.persons is None else part.persons
        here = _common([slot.value for slot in part.slots if slot.kind == "time"]) or days
        when = occasion(part.plain) or whole
        lead = leading(parts[0].words)
        things = tuple(slot.value for slot in part.slots if slot.kind == "object")
        for slot in part.slots[:MOST] if part.told else ():
            if _void(slot, told.text):
                continue
            yield Claim(told.id, told.witness, persons, cast, _topic(slot, number, parts, question), slot, here, when,
                        singled(part.plain), things, lead, _after(told.text, slot), part.through,
                        (part.start, part.end))


def _topic(slot: Slot, number: int, parts: Sequence[_Part], question: Sequence[Word]) -> dict[str, float]:
    """The words that say what a slot is of: its clause's, and less so those before and after it and of the question."""
    if slot.kind == "person":
        return {}
    here = parts[number]
    own = [word for word in here.words if slot.kind == "polarity" or not (
        word.start < slot.end - here.start and slot.start - here.start < word.end)]
    topic = {word.text: word.weight for word in own}
    if ranked(slot):
        topic[f"#{slot.value.split(' ')[-1]}"] = EVENT
    bare = sum(topic.values()) < BARE
    around = {0, *range(max(0, number - REACH), min(len(parts), number + REACH + 1))}
    for place in sorted(around, key=lambda place: (abs(place - number), place)):
        near = parts[place].sentence == here.sentence
        leans = bare and near and place <= number + 1
        share = LEANT if not place or leans else BESIDE if near else APART
        for word in parts[place].words if place != number else ():
            topic.setdefault(word.text, word.weight * share)
    for word in question:
        topic.setdefault(word.text, word.weight * (LEANT if bare or len(parts) <= FEW else BESIDE))
    return topic


def _void(slot: Slot, text: str) -> bool:
    """Whether a slot states nothing: what is only refused, 不是十五, or only forbidden, 不让我下河."""
    if slot.kind == "polarity":
        return bool(FORBIDDEN.match(folded(text[slot.start:slot.start + 2])))
    return bool(REFUSED.search(folded(text[max(0, slot.start - 4):slot.start])))


def _after(text: str, slot: Slot) -> str:
    """Two Chinese letters after a slot, as far as they stand there."""
    found = re.match("的?([\u3400-\u9fff]{1,2})", folded(text[slot.end:slot.end + 3]))
    return found[1] if found else ""


def ranked(slot: Slot) -> bool:
    """Whether it is a number of which a person has one at a time: 三车间, 二中."""
    return slot.value.startswith("第") and slot.value.split(" ")[-1] in listed("attributes", "ranked")


def _sentences(told: Utterance, hearsay: Callable[[Utterance, str], tuple[str, ...]] | None
               ) -> list[tuple[int, int, tuple[str, ...]]]:
    """Where the sentences stand, each with whom the witness has it from."""
    found = [(match.start(), match.end(), hearsay(told, match.group()) if hearsay else ())
             for match in SENTENCE.finditer(told.text)]
    if any(through for _, _, through in found):
        return found
    return [(start, end, told.through) for start, end, _ in found]


def _parts(text: str, start: int, end: int, found: Sequence[Mention], times: Times, through: tuple[str, ...],
           number: int) -> Iterator[_Part]:
    sentence = text[start:end]
    for match in CLAUSE.finditer(sentence):
        first, last = start + match.start(), start + match.end()
        clause = text[first:last]
        plain = folded(clause)
        people = [replace(each, start=each.start - first, end=each.end - first)
                  for each in found if first <= each.start and each.end <= last]
        seen = WITNESS.search(plain) and len(people) == 1
        phrases = [(a - first, b - first, interval) for a, b, interval in times if first <= a and b <= last]
        held = slots(clause, mentions=people, times=phrases)
        apart = [(slot.start, slot.end) for slot in held if slot.kind in ("number", "time", "person", "name")]
        apart += [(each.start, each.end) for each in people]
        yield _Part(first, last, plain, words_of(plain, apart),
                    tuple(replace(slot, start=slot.start + first, end=slot.end + first) for slot in held),
                    None if seen else _persons(held, people), through,
                    not (ASKED.search(sentence) or unsure(plain)), number)


def _persons(found: Sequence[Slot], people: Sequence[Mention]) -> tuple[str, ...] | None:
    """Who is in a clause; none where it is not certain who, None where nobody is named."""
    sure = tuple(dict.fromkeys(slot.value for slot in found if slot.kind == "person"))
    return sure if sure or people else None


def _common(days: Sequence[str]) -> str:
    """The stretch that all of them lie in; "" where there is none or several apart."""
    days = [each for each in days if ".." in each]
    return days[0] if days and len(set(days)) == 1 else ""
