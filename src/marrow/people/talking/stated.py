"""What a sentence states, clause by clause, and what of it another does not: whoever speaks, and in whatever order.

A clause is what stands between two marks of punctuation. It states slots (numbers, times, places, names, whether it was
so), people, and what is left: its content, in Chinese characters and English words.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from marrow.people.claims.fold import folded
from marrow.people.claims.negation import content as weight
from marrow.people.claims.negation import flips
from marrow.people.claims.places import kind_of
from marrow.people.claims.slots import Slot, holds, same, slots
from marrow.people.testimony import Interval

if TYPE_CHECKING:
    from marrow.people.family import Family
    from marrow.people.mentions import Mention

BREAK = re.compile(r"[，。！？；：、…,!?;:\n—“”「」『』\"]+|\.(?!\d)|\band\b")
NUMERALS = "〇零二两俩三仨四五六七八九十百千万半"
TELLING = "红橙黄绿青蓝紫白黑灰粉花快慢早晚新旧胖瘦高矮左右东西南北春夏秋冬男女"   # one such, if new, is a new fact
LIGHT_VERBS = "用拿放弄做搞给送去来回到进出起开完成变像发学认识记知聊谈卖买"   # may be new by themselves
COVERBS = ("叫", "让", "给", "被", "把", "跟", "和", "对", "替", "帮", "请", "带", "找", "问", "向", "比")
COVERED = 0.5    # share of a sentence's content that its evidence must hold: below, it speaks of something else
LOOSE = 0.3      # the same for what only follows
FIXED = ("number", "time", "place", "name")
YEAR = 400       # days


@dataclass(frozen=True)
class Voice:
    """Who speaks to whom, of whom, and when; ids, "" not known."""

    family: "Family"
    speaker: str
    listener: str = ""
    third: str = ""
    said: Interval | None = None


@dataclass(frozen=True)
class Clause:
    """One clause.

    people     everybody it may mean by those it names
    you        of them whom it calls "you"
    named      how many mentions of somebody are in it; 0 where one of them is many: 我们
    subject    who is named first, where nothing stands before him
    asked      it is a question, and not answered at once by a bare yes or no
    content    its characters and words that say something, in order, without people and slots
    """

    start: int
    end: int
    slots: tuple[Slot, ...]
    people: frozenset[str]
    you: frozenset[str]
    named: int
    subject: frozenset[str]
    content: tuple[str, ...]
    asked: bool = False


@dataclass(frozen=True)
class Stated:
    """A sentence or an utterance, and what it states; `speaker` says it."""

    text: str
    clauses: tuple[Clause, ...]
    mentions: tuple["Mention", ...] = ()
    speaker: str = ""

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The slots of all clauses."""
        return tuple(slot for each in self.clauses for slot in each.slots)

    @property
    def content(self) -> tuple[str, ...]:
        """The content of all clauses."""
        return tuple(word for each in self.clauses for word in each.content)


def stated(text: str, voice: Voice) -> Stated:
    """What a text states, said by somebody to somebody."""
    from marrow.people.mentions import mentions
    from marrow.people.when import when

    people = mentions(text, voice.family, voice.speaker, voice.listener, voice.third)
    times = [each for each in when(text, said=voice.said) if each[2].first and each[2].last]
    asked = re.sub(r"没有?(?=[。？?！!，,]|$)", lambda match: "　" * len(match[0]), text)
    found = slots(asked, mentions=[replace(each, sure=False) for each in people], times=times)
    clauses = [_clause(text, *span, found, people) for span in _spans(text)]
    return Stated(folded(text), tuple(_answered(text, clauses)), people, voice.speaker)


def lacking(sentence: Stated, evidence: Stated, person: str) -> str:
    """Why a sentence does not hold against one piece of evidence: "" where it does, else "slots" or "other".

    "near" is said where it holds but for a little word that nobody said.
    person    who speaks the sentence: he may be left out of what a witness says of him
    test      a sentence holds against itself; swap a number, a day, a place, a name, somebody, a denial: it does not
    """
    if cover(sentence.content, evidence) < COVERED:
        return "other"
    for clause in sentence.clauses:
        at = _beside(clause, evidence)
        beside = evidence.clauses[at] if at is not None else None
        alone = len(sentence.clauses) == 1 or cover(clause.content, evidence) < COVERED
        if beside is None and clause.content and alone:
            return "other"
        if any(not _holds(slot, clause, evidence, beside, sentence.text) for slot in clause.slots):
            return "slots"
        if beside and not (_same_people(clause, evidence, at, person) and _same_sign(clause, beside, evidence)):
            return "slots"
    news = [_new(clause, sentence.text, evidence) for clause in sentence.clauses]
    return "other" if "other" in news else max(news, default="")


def parted(sentence: Stated) -> list[Stated]:
    """Each clause that says something, as a sentence of its own."""
    return [Stated(sentence.text, (each,)) for each in sentence.clauses if each.content or each.slots]


def follows(sentence: Stated, pieces: Sequence[Stated], person: str) -> bool:
    """Whether a sentence may follow from pieces together: no slot and nobody in it is in none of them."""
    held = [slot for each in pieces for slot in each.slots]
    people: set[str] = {one for each in pieces for clause in each.clauses for one in clause.people} | {person}
    text = "\n".join(each.text for each in pieces)
    both = Stated(text, tuple(clause for each in pieces for clause in each.clauses))
    return (all(_stated(slot, held, sentence.text, text) for slot in sentence.slots)
            and all(clause.people <= people for clause in sentence.clauses)
            and cover(sentence.content, both) >= LOOSE)


def cover(content: Sequence[str], other: Stated) -> float:
    """Share of pieces of content, neighbours counted as pairs too, that stand in the other; 1 where there is none."""
    mine = _pairs(content)
    theirs = {*_pairs(other.content), *other.text, *_pairs(re.findall(r"[\u3400-\u9fff]", other.text))}
    return sum(each in theirs for each in mine) / len(mine) if mine else 1.0


def phrases(name: str) -> dict[str, str | list[str]]:
    """One table of phrases.toml."""
    return _phrases()[name]


def _clause(text: str, start: int, end: int, found: Sequence[Slot], people: Sequence["Mention"]) -> Clause:
    inside = [each for each in people if start <= each.start < end]
    held = tuple(each for each in found if start <= each.start < end)
    meant = [each.persons or frozenset({each.words} if each.kind != "pronoun" else ()) for each in inside]
    left = _content(text, start, end, held, inside)
    held = tuple(each for each in held if left or each.kind != "polarity" or each.value[0] == "-")
    you = [each.persons for each in inside if each.words.lower() in ("你", "您", "you")]
    return Clause(start, end, held, frozenset().union(*meant), frozenset().union(*you),
                  0 if any(map(_many, inside)) else len(inside),
                  meant[0] if inside and _leads(text, start, inside[0], held) else frozenset(), left)


def _answered(text: str, clauses: list[Clause]) -> Iterator[Clause]:
    """The clauses, questions known as such; one that is answered at once (他会水？他不会) is a statement."""
    for place, each in enumerate(clauses):
        after = clauses[place + 1] if place + 1 < len(clauses) else None
        if text[each.end:each.end + 1] not in ("?", "？"):
            yield each
        elif after and not after.content:
            sign = "-" if re.search("[不没]|\\bno\\b", folded(text[after.start:after.end])) else "+"
            said = Slot("polarity", sign + "".join(each.content), each.start, each.end)
            yield replace(each, slots=(*(slot for slot in each.slots if slot.kind != "polarity"), said))
        else:
            yield replace(each, asked=True)


def _leads(text: str, start: int, first: "Mention", held: Sequence[Slot]) -> bool:
    """Whether who is named first in a clause is its subject: nothing that says something stands before him."""
    ahead = folded(text[start:first.start]).strip()
    return not _many(first) and not ahead.endswith(COVERBS) and not _content(text, start, first.start, held, ())


def _many(each: "Mention") -> bool:
    return each.words.endswith("们") or each.words.lower() in ("we", "us", "they", "them")


def _content(text: str, start: int, end: int, held: Sequence[Slot], inside: Sequence["Mention"]) -> tuple[str, ...]:
    """What is left of a clause without people, numbers, times and light words."""
    letters = list(folded(text[start:end]))
    for each in (*(slot for slot in held if slot.kind in ("number", "time")), *inside):
        letters[each.start - start:each.end - start] = " " * (each.end - each.start)
    plain = _light().sub(lambda match: " " * len(match[0]), "".join(letters))
    words = re.findall(r"[a-z0-9]+(?:['’][a-z]+)?|[\u3400-\u9fff]", plain)
    little = _little()
    return tuple(_stem(word) for word in words if word not in little and (not word.isascii() or len(word) > 1))


def _beside(clause: Clause, evidence: Stated) -> int | None:
    """The clause of the evidence that says the same as nearly as any; None where none comes near."""
    def near(other: Clause) -> float:
        if other.asked:
            return 0.0
        alone = _alone(other, evidence)
        kinds = sum(any(same(slot, each) for each in other.slots) for slot in clause.slots if slot.kind in FIXED)
        score = cover(clause.content, alone) * bool(clause.content) + 0.4 * kinds
        score += 0.05 * bool(_signs(clause) & _signs(other))
        return score + 0.1 * len(clause.people & other.people) / (len(clause.people | other.people) or 1)

    scores = [near(each) for each in evidence.clauses]
    best = max(scores, default=0.0)
    return scores.index(best) if best >= 0.25 else None


def _holds(slot: Slot, clause: Clause, evidence: Stated, beside: Clause | None, text: str) -> bool:
    """Whether the evidence states a slot, and does not state another in its stead right where it tells the same."""
    if not _stated(slot, evidence.slots, text, evidence.text):
        return False
    if not beside or slot.kind not in FIXED:
        return True
    here = [each for each in beside.slots if each.kind == slot.kind and _alike(each, slot)]
    return not here or any(same(slot, each) for each in here) or any(
        same(each, mine) for each in here for mine in clause.slots)


def _alike(one: Slot, two: Slot) -> bool:
    ordinals = one.value.startswith("第"), two.value.startswith("第")
    return one.kind != "number" or (ordinals[0] == ordinals[1]
                                    and one.value.partition(" ")[2] == two.value.partition(" ")[2])


def _stated(slot: Slot, held: Sequence[Slot], text: str, other: str) -> bool:
    if slot.kind == "polarity" and any(_denied(slot, each, held) for each in held):
        return False
    if slot.kind not in FIXED:
        return not holds([slot], held)
    words = folded(text[slot.start:slot.end])
    if re.search(rf"(?<![{NUMERALS}一0-9]){re.escape(words)}", other):
        return True
    if slot.kind == "time":
        parts = re.findall(r".+?[年月日号]|.+$", words)
        return all(part in other for part in parts) or any(
            each.kind == "time" and _within(each.value, slot.value) for each in held)
    return any(same(slot, each) and (slot.kind != "place" or kind_of(slot.value)[0] == kind_of(each.value)[0])
               for each in held)


def _denied(slot: Slot, other: Slot, held: Sequence[Slot]) -> bool:
    """Whether what is said in Chinese is denied by the other, and nothing beside that says it after all."""
    if slot.value.isascii() or slot.value[0] != "+" or other.kind != "polarity" or not flips(slot.value, other.value):
        return False
    denied = weight(other.value[1:])
    return not any(each.kind == "polarity" and each.value[0] == "+" and set(denied) <= set(weight(each.value[1:]))
                   for each in held)


def _within(one: str, two: str) -> bool:
    """Whether a stretch of days lies in another of at most a year: what is told may be vaguer, never sharper."""
    from datetime import date

    if one == two or ".." not in one or ".." not in two:
        return one == two
    (first, last), (begin, end) = (each.split("..") for each in (one, two))
    if not (first and last and begin and end):
        return False
    return begin <= first and last <= end and (date.fromisoformat(end) - date.fromisoformat(begin)).days < YEAR


def _same_people(clause: Clause, evidence: Stated, at: int, person: str) -> bool:
    """Whether nobody stands in a clause in somebody else's stead."""
    there = evidence.clauses[at]
    near = frozenset().union(*(each.people for each in evidence.clauses[max(0, at - 1):at + 2]), {person},
                             set() if there.people else {evidence.speaker})
    if any(each not in near and each not in evidence.text for each in clause.people):
        return False
    if clause.you and there.you - clause.people:
        return False
    if person in clause.people - there.people and 0 < clause.named <= there.named:
        return False
    named = frozenset(each for each in clause.people if each in evidence.text)
    strange = clause.people - there.people - named - {person}
    if strange and there.people - clause.people - {person}:
        return False
    return not (clause.subject and there.subject) or bool(clause.subject & (there.people | named))


def _same_sign(clause: Clause, there: Clause, evidence: Stated) -> bool:
    """Whether two clauses that tell the same both say it or both deny it."""
    one, two = _signs(clause), _signs(there)
    share = cover(clause.content, _alone(there, evidence))
    if not one or not two or one & two or share < COVERED:
        return True
    place = evidence.clauses.index(there)
    both = [Stated(evidence.text[each.start:each.end] + evidence.text[there.start:there.end], (there, each))
            for each in evidence.clauses[max(0, place - 1):place + 2]
            if one & _signs(each)]
    return any(cover(clause.content, each) > share for each in both)


def _new(clause: Clause, text: str, evidence: Stated) -> str:
    """What a clause holds that the evidence has not: "other" for a numeral, a thing, a word; "near" for one character.

    A numeral must stand where the evidence tells the same. What ends a clause is mostly what was done or had: another
    end in its stead is another thing.
    """
    at = _beside(clause, evidence)
    there = evidence.clauses[at] if at is not None else None
    here = evidence.text[there.start:there.end] if there else evidence.text
    known = {*evidence.content, *evidence.text}
    near = evidence.text if at is None else " ".join(
        evidence.text[each.start:each.end] for each in evidence.clauses[max(0, at - 1):at + 2])
    new = [each for each in clause.content if each not in known and each not in LIGHT_VERBS]
    if any(each in TELLING or (each.isascii() and len(each) > 2) for each in new) or any(
            each not in here for each in _counted(text[clause.start:clause.end], clause, evidence)):
        return "other"
    if new and re.search(f"[{''.join(new)}]{{2}}", text[clause.start:clause.end]):
        return "other"
    if there and clause.content and there.content and not clause.content[-1].isascii() and (
            clause.content[-1] not in near and there.content[-1] not in text):
        return "other"
    return "near" if new else ""


def _counted(here: str, clause: Clause, evidence: Stated) -> list[str]:
    """Numerals of a clause that count something the evidence does not count by them."""
    found = re.findall(f"[{NUMERALS}].?", here)
    return [each[0] for each in found if each[0] in clause.content and each not in evidence.text]


def _signs(clause: Clause) -> set[str]:
    return {each.value[0] for each in clause.slots if each.kind == "polarity"}


def _alone(clause: Clause, whole: Stated) -> Stated:
    return Stated(whole.text[clause.start:clause.end], (clause,))


def _pairs(content: Sequence[str]) -> list[str]:
    return [*content, *(f"{one} {two}" for one, two in pairwise(content))]


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in [*BREAK.finditer(text), None]:
        end = match.start() if match else len(text)
        if text[start:end].strip():
            yield start, end
        start = match.end() if match else end


def _stem(word: str) -> str:
    if not word.isascii() or len(word) < 4:
        return word
    return re.sub(r"(?:ies|es|s|ied|ed|ing)$", "", re.sub(r"['’].*", "", word)) or word


@cache
def _light() -> re.Pattern[str]:
    words = sorted(str(phrases("light")["words"]).split(), key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, words)))


@cache
def _little() -> frozenset[str]:
    return frozenset(str(phrases("light")["english"]).split())


@cache
def _phrases() -> dict[str, dict[str, str | list[str]]]:
    return tomllib.loads(Path(__file__).with_name("phrases.toml").read_text("utf-8"))
