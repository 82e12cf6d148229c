"""What a sentence states, clause by clause; `marrow.people.talking.holding` holds one against another.

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
from marrow.people.claims.slots import Slot, slots
from marrow.people.testimony import Interval

if TYPE_CHECKING:
    from marrow.people.family import Family
    from marrow.people.mentions import Mention

BREAK = re.compile(r"[，。！？；：、…,!?;:\n—“”「」『』\"]+|\.(?!\d)|\band\b")
COVERBS = ("叫", "让", "给", "被", "把", "跟", "和", "对", "替", "帮", "请", "带", "找", "问", "向", "比")


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
