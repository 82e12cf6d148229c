"""What a clause is about: its words with their weight, who does it, and whether it tells of once or of always."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from marrow.people.claims.negation import EMPTY
from marrow.people.claims.numbers import Span
from marrow.people.claims.tables import either, listed, table
from marrow.people.claims.traits import events

Singled = Literal["", "doer", "thing"]
Double = Literal["", "things", "times"]
Turned = Literal["", "me", "you"]
Occasion = Literal["", "always", "some", "later", "that", "never"]

LEAD = 2   # letters after the first word of a telling in which its theme is named
# what a pair of letters, a noun of one letter, an English word and an event weigh
PAIR, NOUN, WORD, EVENT = 0.7, 0.65, 0.9, 1.0
WORDING = 0.2   # and that an event is told in the same words
HEARD = "(?!.*[听看].*的$)"   # 妈听姑姑的 is no doing
CLEFT = re.compile(rf"是{HEARD}.*的[吧啊呀呢]?$|^(?!.*听)(?:.*[^说想问])?[\u4e00-\u9fff]的[吧啊呀呢]?$"
                   r"|是.*[\u4e00-\u9fff]的.{1,3}$|^(?:it|that) was ")
CLEAVED = re.compile(r"\s+(?:who|that)\s+[a-z]+")   # it was Zhou who lent it
NEVER = re.compile(r"没有?[^,，。]{1,4}过")
# after who did it: 我教的, 你爸扶的后座
DONE = re.compile(r"(?![有说看记想听问])(?:(?![我你他她的])[\u4e00-\u9fff]){1,4}的")
INDIRECT = re.compile(r"(?:给|跟|和|对|把|向|替|陪|找|像|问|叫|到|在|比|同|of|to|with|for|and|told|asked|than|at)\s?$")
TWICE = re.compile(r"[了过]两[回次]|两[回次]都|\b(?:twice|over again|two times)\b")
TWO = re.compile(r"[有是]两[件辆双条把张种只顶]"
                 r"|\btwo (?!hundred|thousand|dozen|and)\w+|\bhad two\b|\bboth\b|\bfirst .* second\b")
TURNED = re.compile(r"[我你](?![爸妈哥姐弟妹爷奶姑舅姨叔伯们家])|\b(?:i|you)\b")
PASSIVE = re.compile(r"(?:被|让|由|by)\s?$")


@dataclass(frozen=True)
class Word:
    """A word that says what a text is about, its weight, and where it stands."""

    text: str
    weight: float
    start: int
    end: int


def words_of(plain: str, taken: Sequence[Span] = (), dated: Sequence[Span] = ()) -> tuple[Word, ...]:
    """The words of a folded text that say what it is about, in order, each with its weight and where it stands.

    Events weigh most, then English words, then pairs of Chinese letters, as nothing cuts Chinese into words.
    taken    stretches that do not count: persons, numbers
    dated    phrases of time, of which only events count: 发大水那年
    test     what stands in `taken` is in no word; words stand where they say
    """
    told = [(start, end, name) for start, end, name in events(plain)
            if not any(first <= start and end <= last for first, last in taken)]
    rest = apart(plain, [*taken, *dated, *((start, end) for start, end, _ in told)])
    found = [Word(f"@{name}", EVENT, start, end) for start, end, name in told]
    found += [Word(plain[start:end], WORDING, start, end) for start, end, name in told
              if end - start > 1 and name != "death" and name in listed("attributes", "once")]
    for match in _runs().finditer(rest):
        run, start = match.group(), match.start()
        pairs = [Word(run[at:at + 2], PAIR, start + at, start + at + 2) for at in range(len(run) - 1)]
        nouns = [Word(letter, NOUN, start + at, start + at + 1) for at, letter in enumerate(run)]
        found += [word for word in pairs if word.text not in _plain("common")]
        found += [word for word in nouns if word.text in _plain("nouns") or (
            len(run) == 1 and word.text not in _plain("common"))]
    found += [Word(stem(match.group()), WORD, *match.span())
              for match in re.finditer(r"[a-z][a-z'-]{2,}", rest) if match.group() not in _plain("stops")]
    return tuple(sorted(found, key=lambda word: (word.start, word.end, word.text)))


@cache
def _plain(key: str) -> frozenset[str]:
    return frozenset(table("topic")[key].split())


@cache
def _runs() -> re.Pattern[str]:
    """Chinese letters that say something, one after the other."""
    return re.compile(rf"(?:(?![{''.join(sorted(EMPTY))}不没])[\u3400-\u9fff])+")


def leading(words: Sequence[Word]) -> frozenset[str]:
    """The words that a telling begins with: 车子是…, 酒他一天…; they say what all of it is about."""
    words = [word for word in words if word.weight > WORDING and (len(word.text) > 1 or word.text in _plain("nouns"))]
    return frozenset(word.text for word in words if word.start <= words[0].start + LEAD)


def stem(word: str) -> str:
    """An English word without its ending."""
    for ending in ("ing", "ied", "ies", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[:-len(ending)] + ("y" if ending in ("ied", "ies") else "")
            break
    return word.rstrip("e") if len(word) > 3 else word


def occasion(plain: str) -> Occasion:
    """Whether a folded text tells of a habit, of some day, or of that day; "" where it does not say."""
    if NEVER.search(plain):
        return "never"
    for kind in ("never", "that", "some", "later", "always"):
        if _marks(kind).search(plain):
            return kind
    return ""


def singled(plain: str) -> Singled:
    """Whether a clause singles something out: "doer" 是老周送的, it was Zhou who; "thing" 头一台, 那把, that day."""
    if CLEFT.search(plain.strip()):
        return "doer"
    return "thing" if _single().search(plain) or occasion(plain) == "that" else ""


def double(plain: str) -> Double:
    """Whether a folded text says that there were two of a thing, or that something was done twice."""
    return "times" if TWICE.search(plain) else "things" if TWO.search(plain) else ""


def turned(plain: str) -> Turned:
    """Whether a folded clause begins with 我 or 你, of speaker or listener; "" with neither, or with both."""
    found = set(TURNED.findall(plain))
    return "" if len(found) != 1 else "you" if found <= {"你", "you"} else "me"


def doer(plain: str, found: Iterable[tuple[int, int, str]]) -> tuple[int, int, str] | None:
    """Who does it: the one after 被 or "by", or before 教的; else the first who is not spoken to, taken or asked."""
    first = None
    for start, end, who in found:
        if (DONE.match(plain, end) and not INDIRECT.search(plain[:start])) or PASSIVE.search(plain[:start]):
            return start, end, who
        if first is None and not INDIRECT.search(plain[:start]):
            first = (start, end, who)
    return first


def done_by(plain: str, start: int, end: int) -> bool:
    """Whether who stands there is said to have done it: 我教的, Pa named the dog, taken by Dell."""
    if CLEAVED.match(plain, end):
        return True
    verb = re.match(r"\s(?:just |first |then )?([a-z]+)", plain[end:])
    return bool(DONE.match(plain, end)) or bool(verb and verb[1] in _verbs()) or plain[:start].endswith(" by ")


@cache
def _verbs() -> frozenset[str]:
    """What one does once, in English."""
    told = (word for event in ("planting", "naming", "building", "felling") for word in listed("events", event))
    return frozenset(word for word in (*told, *listed("doer", "english")) if word.isascii())


@cache
def _single() -> re.Pattern[str]:
    return re.compile(either(listed("occasion", "single")))


def apart(plain: str, taken: Sequence[Span]) -> str:
    """The text with a bar for every letter of what is taken."""
    letters = list(plain)
    for start, end in taken:
        letters[start:end] = "|" * (end - start)
    return "".join(letters)


@cache
def _marks(kind: str) -> re.Pattern[str]:
    return re.compile(either(listed("occasion", kind)))
