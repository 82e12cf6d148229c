"""When: every phrase of time in what somebody says, Chinese or English, as days."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from marrow.people.calendar import chinese, chinese_lives, days, english, english_lives
from marrow.people.calendar.known import SELF, Known, after, around, before, since, unknown, until
from marrow.people.testimony import Interval

BEHIND = re.compile(r"\s*(?:结束|完)?(?:(?P<before>以前|之前|前(?![后头天年几两些]))|"
                    r"(?P<after>以后|之后|后(?![来天年]))|(?P<since>起|以来|开始)|"
                    r"(?P<around>左右|前后|上下)|(?P<on>\bonwards?\b|\bon\b(?=[ ,.]*$)))")
AHEAD = re.compile(r"\b(?:(?P<before>before|prior to)|(?P<until>until|till|up to)|(?P<after>after)|(?P<since>since)|"
                   r"(?P<around>around|about|circa))\s+(?:the\s+)?$", re.I)
BETWEEN = re.compile(r"\s*(?:的)?\s*(?:到|至|一直到|[-—–~～]+|to|until|till|through)\s*(?:the\s+)?", re.I)
LETTERS, DIGITS = re.compile("[A-Za-z]{3}|['’‘][0-9]{2}|[0-9]{4}|[0-9]/[0-9]"), re.compile("[0-9]{4}")
LEAD = re.compile(r"[\s,，-]*(?:(?:in|of)\s+)?", re.I)
PAIR = re.compile(r"\bbetween\s+(?:the\s+)?$", re.I)
SHIFTS: dict[str, Callable[[Interval], Interval]] = {"before": before, "after": after, "since": since, "until": until,
                                                     "on": since, "around": around}
Hit = tuple[int, int, Interval]


def when(text: str, *, said: Interval | None = None, born: date | Interval | None = None,
         births: Mapping[str, Interval] | None = None) -> tuple[Hit, ...]:
    """Find every phrase of time in an utterance and say which days it means.

    Before a thing is all until the day before its first, after it all from the day after its last. Ages are counted
    either way (虚岁, 周岁) unless it is said how, and school by the years in which a child may have entered it.

    said      when the words were said; without it 去年 and "two years ago" are open at both ends
    born      when the speaker was born; without it 我七岁那年 is open
    births    when people were born who may be named with an age, by the words they are named with
    returns   (start, end, interval) in characters of `text`, in order, none within another; phrase is text[start:end]
    test      95 of 100 phrases worked out by hand before the code was written; nothing in what is no date
    """
    speaker = Interval(born, born) if isinstance(born, date) else born
    named = {name.translate(chinese.FOLD): each for name, each in (births or {}).items()}
    known = Known(said, {**named, **({SELF: speaker} if speaker else {})})
    folded = text.translate(chinese.FOLD)
    made = (_shifted(folded, each) for each in _joined(folded, _found(folded, known)))
    return tuple((start, end, replace(each, phrase=text[start:end])) for start, end, each in made)


def _found(text: str, known: Known) -> list[Hit]:
    """The phrases from left to right, each knowing the year told of before it."""
    found: list[Hit] = []
    end = 0
    for start, stop, match, means in _matches(text):
        made = means(match, known) if start >= end else None
        if made:
            made = unknown(made.calendar) if _is_to_come(made, known) else made
            end = start + len(text[start:stop].rstrip(" ,，的"))
            found.append((LEAD.match(text, start, end).end(), end, made))
            known = replace(known, year=_told(made) or known.year)
    return found


def _matches(text: str) -> Iterator[tuple[int, int, re.Match, Callable]]:
    """Every match of every rule: the earliest first, of those the longest, of those the earlier rule."""
    held = days.signs(text.lower())
    found = [(match.start(), -match.end(), number, match, means)
             for number, (hints, pattern, means) in enumerate(_rules(text))
             if not hints.isdisjoint(held) for match in pattern.finditer(text)]
    for start, stop, _, match, means in sorted(found, key=lambda each: each[:3]):
        yield start, -stop, match, means


def _is_to_come(found: Interval, known: Known) -> bool:
    """An age or a class that the one who is taken for its owner had not reached: it is somebody else's."""
    counted = found.calendar in ("age", "school")
    return bool(counted and found.first and known.dated and found.first > known.dated[1])


def _rules(text: str) -> tuple[chinese.Rule, ...]:
    """The rules of the languages whose letters a text has."""
    own = (*chinese.rules(), *chinese_lives.rules()) if not text.isascii() or DIGITS.search(text) else ()
    return (*own, *english.rules(), *english_lives.rules()) if LETTERS.search(text) else own


def _told(found: Interval) -> int | None:
    """The year that an interval tells of, if it is one."""
    if not found.first or not found.last or found.calendar in ("age", "school") or (
            found.last - found.first).days > 366:
        return None
    lunar = found.calendar == "lunar" and found.first.month < 3 and found.first == found.last
    return found.first.year - (1 if lunar and found.first.month == 1 else 0)


def _joined(text: str, found: list[Hit]) -> list[Hit]:
    """From one to another is one stretch."""
    made: list[Hit] = []
    for start, end, interval in found:
        if made and _are_ends(text, made[-1], (start, end, interval)):
            first = made.pop()
            span = replace(first[2], last=interval.last, sure=first[2].sure and (interval.sure or _leans(interval)))
            made.append((first[0], end, span))
        else:
            made.append((start, end, interval))
    return made


def _are_ends(text: str, one: Hit, other: Hit) -> bool:
    middle = text[one[1]:other[0]]
    tied = re.fullmatch(r"\s*(?:and|&)\s*(?:the\s+)?", middle, re.I) and PAIR.search(text[:one[0]])
    known = one[2].first and other[2].last and one[2].first <= other[2].last
    return bool(known and (tied or BETWEEN.fullmatch(middle)))


def _leans(found: Interval) -> bool:
    """Whether it is unsure only because its year was told before."""
    return found.calendar in ("solar", "lunar")


def _shifted(text: str, hit: Hit) -> Hit:
    """Before, after, since, until; the phrase takes the word in."""
    start, end, interval = hit
    behind, ahead = BEHIND.match(text, end), AHEAD.search(text[max(0, start - 20):start])
    word = (behind or ahead).lastgroup if behind or ahead else None
    if word and not text[start:end].endswith(("前", "ago")):
        interval = SHIFTS[word](interval)
        start, end = (start, behind.end()) if behind else (start - len(ahead[0]), end)
    return start, end, interval
