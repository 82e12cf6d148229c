"""The typed slots of a sentence: what in it is a number, a time, a place, a name, a denial; the same for the same text.

A slot is what two tellings can differ in, and what a reply must not change.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, Protocol

from marrow.people.claims.fold import folded
from marrow.people.claims.negation import CLAUSE, flips, polarities
from marrow.people.claims.numbers import DIGITS, chinese, numbers, written
from marrow.people.claims.places import names, places, same_place
from marrow.people.claims.tables import inside, table
from marrow.people.claims.topics import apart, doer
from marrow.people.claims.traits import same_trait, traits
from marrow.people.testimony import Interval

Kind = Literal["number", "time", "place", "name", "person", "polarity", "agent", "quality", "object"]
HAN = "一二三四五六七八九零〇"
YEAR = re.compile(rf"(?<![0-9第])(?:(1[89][0-9]{{2}}|20[0-9]{{2}}|[2-9][0-9])|"
                  rf"([四五六七八九零〇][{HAN}]|[一二][九零〇][{HAN}]{{2}}))年"
                  r"(?![级代头来多])|\b(1[89][0-9]{2}|20[0-9]{2})\b(?! (?:yuan|steps|people))")
DAY = re.compile(r"(正月|腊月|冬月|[一二三四五六七八九十]{1,2}月|[0-9]{1,2}月)"
                 r"初?([一二三四五六七八九十廿]{1,3}|[0-9]{1,2})[日号]?(?![个来多年])")
OBJECTS = ("him", "me", "them", "us")   # to whom it is done
SPAN = re.compile(r"[了过有住等学干隔](?:四五|五六|六七|七八|八九)年|(?:四五|五六|六七|七八|八九)年[了后前没]")


SIZES = {"days": {"年": 365.25, "月": 30.44, "周": 7.0, "天": 1.0}, "minutes": {"小时": 60.0, "分钟": 1.0},
         "yuan": {"元": 1.0, "": 1.0, "角": 0.1, "分钱": 0.01, "dollar": 1.0, "cent": 0.01},
         "li": {"里": 1.0, "公里": 2.0, "英里": 3.2},
         "jin": {"斤": 1.0, "公斤": 2.0, "两": 0.1}, "metres": {"米": 1.0, "厘米": 0.01}}


class Mention(Protocol):
    """Words that mean persons of the family; see `marrow.people.mentions`."""

    start: int
    end: int
    persons: Collection[str]
    sure: bool


@dataclass(frozen=True)
class Slot:
    """Something a sentence states.

    value         as it is compared: "200 步", "1993-01-01..1993-12-31", "棉纺厂", "老周", "-牵手", an id for a person
    start, end    characters of the sentence
    """

    kind: Kind
    value: str
    start: int
    end: int


def slots(text: str, *, mentions: Sequence[Mention] = (), times: Sequence[tuple[int, int, Interval]] = ()
          ) -> tuple[Slot, ...]:
    """What a sentence states, Chinese or English, in the order of the words.

    mentions    who of the family is meant where; names inside them are theirs
    times       phrases of time with what they mean: start, end, interval
    returns     slots, none of them touching another of its kind
    test        a table of sentences; traditional letters and wide digits give the same slots
    """
    plain = folded(text)
    known = [(start, end, _days(interval)) for start, end, interval in times if interval.first or interval.last]
    known += [each for each in _years(plain) if not inside(each[0], each[1], [(a, b) for a, b, _ in known])]
    people = [(each.start, each.end) for each in mentions]
    found = [Slot("time", value, start, end) for start, end, value in known]
    found += [Slot("number", value, start, end)
              for start, end, value in numbers(plain, [*[(a, b) for a, b, _ in known], *people])]
    where = [each for each in places(text, plain) if not inside(each[0], each[1], people)]
    found += [Slot("place", value, start, end) for start, end, value in where]
    taken = [*people, *((start, end) for start, end, _ in where)]
    found += [Slot("name", value, start, end) for start, end, value in names(text, plain, taken)]
    found += [Slot("person", next(iter(each.persons)), each.start, each.end)
              for each in mentions if each.sure and len(each.persons) == 1]
    counted = [(slot.start, slot.end) for slot in found if slot.kind == "number"]
    found += [Slot(kind, value, start, end) for start, end, kind, value in traits(plain, people + counted)]
    found += _agents(plain, [slot for slot in found if slot.kind == "person"])
    found += [Slot("polarity", value.replace("|", ""), start, end)
              for start, end, value in polarities(apart(plain, people))]
    return tuple(sorted(found, key=lambda slot: (slot.start, slot.end, slot.kind, slot.value)))


def same(one: Slot, two: Slot) -> bool:
    """Whether two slots say the same, as far as they say it: 两百步 and 两百来步, 九三年 and 九三年秋天.

    test    symmetric; holds between a slot and itself
    """
    if one.kind != two.kind:
        return False
    if one.value == two.value:
        return True
    if one.kind == "number":
        return same_number(one.value, two.value)
    if one.kind == "time":
        return same_time(one.value, two.value)
    if one.kind == "place":
        return same_place(one.value, two.value)
    if one.kind == "name":
        return one.value in two.value or two.value in one.value
    if one.kind in ("quality", "object"):
        return same_trait(one.value, two.value)
    if one.kind == "polarity":
        return one.value[:1] == two.value[:1] and _overlap(one.value, two.value)
    return False


def holds(sentence: Sequence[Slot], evidence: Sequence[Slot]) -> tuple[Slot, ...]:
    """The slots of a sentence that its evidence does not state; empty where it holds.

    What the sentence affirms must not be denied in the evidence, and what it denies must be denied there; qualities and
    things need only not exclude those of the evidence.
    test    every slot swapped for another is found; a sentence always holds against itself
    """
    return tuple(slot for slot in sentence if not _stated(slot, evidence))


def _stated(slot: Slot, evidence: Sequence[Slot]) -> bool:
    if slot.kind in ("quality", "object"):
        return all(same(slot, each) for each in evidence if each.kind == slot.kind) or slot.value in {
            each.value for each in evidence}
    if slot.kind != "polarity":
        return any(same(slot, each) for each in evidence)
    denials = [each for each in evidence if each.kind == "polarity"]
    return any(same(slot, each) for each in denials) or (
        slot.value[0] == "+" and not any(flips(slot.value, each.value) for each in denials))


def _overlap(one: str, two: str) -> bool:
    return flips(f"-{one[1:]}", f"+{two[1:]}") or flips(f"+{one[1:]}", f"-{two[1:]}")


def same_number(one: str, two: str) -> bool:
    """Whether two numbers may be one: vague ones and ranges hold what lies in them; units must agree."""
    (vague, low, high, unit), (other, least, most, second) = _amount(one), _amount(two)
    if (one[0] == "第") != (two[0] == "第") or not same_unit(unit, second):
        return False
    if unit == "点":
        return _hour(one) == _hour(two) or (("?" in one) != ("?" in two) and _hour(one) % 720 == _hour(two) % 720)
    if low is None or least is None:
        return True
    room = 0.15 if vague and other else 0.1 if vague or other else 0.01 if unit != second else 0.0
    low, high, least, most = (each * by for each, by in zip(
        (low, high, least, most), (_size(unit),) * 2 + (_size(second),) * 2, strict=True))
    return low <= most * (1 + room) and least <= high * (1 + room)


def same_unit(one: str, two: str) -> bool:
    """Whether two units count the same: 三只狗 and 三条狗, 年 and 月; a number without one is one of money."""
    if shelf_of(one) != "thing" or one == two:
        return shelf_of(one) == shelf_of(two)
    return any({one, two} <= set(line.split()) for line in table("classifier")["groups"])


def shelf_of(unit: str) -> str:
    """What a unit measures: "days" for 年 and 月; "thing" for all that counts things; else itself."""
    return next((shelf for shelf, units in SIZES.items() if unit in units), "thing" if unit in _classifiers() else unit)


def _size(unit: str) -> float:
    return next((units[unit] for units in SIZES.values() if unit in units), 1.0)


@cache
def _classifiers() -> frozenset[str]:
    return frozenset(word for line in table("classifier")["groups"] for word in line.split())


def same_time(one: str, two: str) -> bool:
    """Whether two stretches of days share a day; a day without its year, 正月十五, only differs from another such."""
    if ".." not in one + two or (".." in one) != (".." in two):
        return ".." in one + two or one == two
    (first, last), (begin, end) = (each.split("..") for each in (one, two))
    return (not last or not begin or begin <= last) and (not end or not first or first <= end)


def _amount(value: str) -> tuple[bool, float | None, float | None, str]:
    figure, _, unit = value.partition(" ")
    if unit == "点" or figure.startswith("第"):
        return False, None if unit == "点" else float(figure[1:]), None if unit == "点" else float(figure[1:]), unit
    ends = figure.lstrip("~").split("-")
    if not ends[0]:
        return True, None, None, unit
    return figure.startswith("~"), float(ends[0]), float(ends[-1]), unit


def _hour(value: str) -> int:
    hour, minute = value.strip("?").split(" ")[0].split(":")
    return int(hour) * 60 + int(minute)


def _agents(plain: str, people: Sequence[Slot]) -> list[Slot]:
    """Who does what is told, clause by clause."""
    found = []
    for match in CLAUSE.finditer(plain):
        start, end = match.span()
        near = [(each.start - start, each.end - start, each.value) for each in people
                if start <= each.start and each.end <= end and plain[each.start:each.end] not in OBJECTS]
        agent = doer(match.group(), near)
        found += [Slot("agent", agent[2], agent[0] + start, agent[1] + start)] if agent else []
    return found


def _days(interval: Interval) -> str:
    return f"{interval.first or ''}..{interval.last or ''}"


def _years(plain: str) -> list[tuple[int, int, str]]:
    """Years that are said as such: 九三年, 1993年, in 1993."""
    found = [(*match.span(), f"{match[1]}{written(chinese(match[2]) or 0)}") for match in DAY.finditer(plain)]
    spoken = [match.span() for match in SPAN.finditer(plain)]
    for match in YEAR.finditer(plain):
        if inside(*match.span(), spoken):
            continue
        said = match[1] or match[3] or "".join(str(DIGITS[each]) for each in match[2])
        year = int(said) if len(said) == 4 else int(said) + (1900 if int(said) > 29 else 2000)
        found.append((*match.span(), f"{year}-01-01..{year}-12-31"))
    return found
