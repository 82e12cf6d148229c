"""English phrases of time: a rule is a pattern and what a match of it means; None where it means no time."""

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from marrow.people.calendar import days
from marrow.people.calendar.chinese import Rule, Written
from marrow.people.calendar.known import (
    Cut,
    Known,
    century,
    interval,
    of_context,
    of_days,
    of_event,
    of_months,
    of_said,
    of_weeks,
    unknown,
)
from marrow.people.calendar.numbers import ONES, SPOKEN, TYS, english
from marrow.people.testimony import Calendar, Interval

MONTHS = ("january february march april may june july august september october november december").split()
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
MONTH = (r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
         r"|Nov(?:ember)?|Dec(?:ember)?)\b\.?")
SEASON = r"(?:spring|summer|fall|autumn|winter)(?:time)?"
PART = r"early|mid(?:dle)?|late|(?:beginning|start|middle|end)(?:\s+of)?"
TEN = "|".join(TYS[2:])
TENS = "twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties"
DECADES = {word: 10 * number for number, word in enumerate(TENS.split("|"), 2)}
HUNDREDS = {"eighteen": 1800, "nineteen": 1900, "twenty": 2000}
WORDS = (rf"(?:(?:eighteen|nineteen|twenty)[- ](?:oh[- ](?:{'|'.join(ONES[1:10])})|hundred(?:\s+(?:and\s+)?{SPOKEN})?"
         rf"|(?:{TEN})(?:[- ](?:{'|'.join(ONES[1:10])}))?|{'|'.join(ONES[10:])})"
         rf"|two thousand(?:\s+(?:and\s+)?(?:{'|'.join(ONES[1:])}))?)\b")
YEAR = rf"(?:(?P<four>1[5-9]\d\d|20\d\d)(?![\d,.]\d|s\b|\d|-year)|['’‘](?P<two>\d\d)(?!\d|s)|(?P<words>{WORDS}))"
LEADS = re.compile(r"(?:\b(?:in|since|by|of|from|until|till|before|after|around|about|circa|year|during|to|and|between"
                   r"|or|through|early|late|mid|back)\s+|[(,]\s*|^\s*|[.!?]\s+|[-–—])$", re.I)
COUNTED = re.compile(r"\s*(?:[一-鿿]|%)|\s+(?:people|dollars|yuan|miles|(?!was|is|as|his|this)[a-z]+s)\b", re.I)
SIZES = {"year": 365, "month": 30, "week": 7, "day": 1}


@cache
def rules() -> tuple[Rule, ...]:
    """The rules of days and years: signs, pattern, meaning; of equal matches the earlier rule counts."""
    holiday = days.names_of("holidays", False)
    seasons = "spring summer fall autumn winter springtime summertime wintertime"
    months = " ".join(each[:size] for each in MONTHS for size in (3, 4, 9))
    ties = TENS.replace("|", " ")
    written: list[Written] = [
        ("/ .", r"(?<!\d)(?P<one>\d{1,2})[/.](?P<two>\d{1,2})[/.](?P<four>\d{4})(?!\d)", _slashed),
        ("1 2 ' ’ ‘ eighteen nineteen twenty two", rf"(?:\b(?:(?P<holiday>{holiday})|(?P<part>{PART})?[- ]*(?:"
         rf"\b(?P<season>{SEASON})|\b(?P<month>{MONTH})(?:\s+(?:the\s+)?(?P<day>\d{{1,2}}|{SPOKEN})"
         r"(?:st|nd|rd|th)?)?)?),?[- ]*"
         rf"(?:\b(?:of|in)\s+)?)?{YEAR}", _date),
        (months, rf"\b(?P<day>{SPOKEN})(?:\s+(?:day\s+)?of)?\s+(?P<month>{MONTH})(?:,?\s*(?:of\s+)?{YEAR})?", _day),
        (months, rf"\b(?P<month>{MONTH})\s+(?:the\s+)?(?P<day>\d{{1,2}}(?:st|nd|rd|th)?|{SPOKEN})\b(?!,?\s*\d{{4}})",
         _day),
        (months, rf"(?<=\bin )(?P<month>{MONTH})(?!\s+(?:\d|{SPOKEN}\b))", _day),
        (seasons, rf"(?:(?<=\bin )|(?<=\bthat )|(?<=\bduring ))(?:the\s+)?(?P<season>{SEASON})\b"
         r"(?!\s+(?:of|before|'?\d))", _season),
        (f"0 {ties}", rf"(?:(?P<part>{PART}|the)[- ]+)(?:the\s+)?(?:(?P<full>1[5-9]|20)|nineteen[- ])?"
         rf"(?:['’‘]?(?P<ten>\d0)['’]?s|(?P<word>{TENS}))\b", _decade),
        ("0", r"\b(?P<full>1[5-9]|20)(?P<ten>\d0)['’]?s\b(?P<part>\b)(?P<word>\b)?", _decade)]
    return made((*written, *_said()))


def _said() -> list[Written]:
    """Holidays and events without a year, and what is counted from when the words were said."""
    holiday, event = days.names_of("holidays", False), days.names_of("events", False)
    return [
        ("*events", rf"(?:the\s+)?(?P<whole>year\s+of\s+)?(?:the\s+)?(?P<event>{event})", _event),
        ("*holidays", rf"\b(?:{holiday})", _holiday),
        ("war", r"(?:(?<=\bbefore )|(?<=\bduring )|(?<=\bafter ))the war\b(?!\s+(?:of|in|on))",
         lambda found, known: unknown("event")),
        ("year", r"\bthat (?:same )?year\b|\bthe same year\b",
         lambda found, known: of_context(known, days.of_year, "relative")),
        ("year", r"\bthe (?:following|next) year\b|\bthe year after\b(?! \w+ed)",
         lambda found, known: of_context(known, days.of_year, "relative", 1)),
        ("last", rf"\b(?:the\s+)?(?P<what>year|month|week|{SEASON}|{holiday}) before last\b", _before_last),
        ("last this next", rf"\b(?P<which>last|this|next)\s+(?P<what>year|month|week|night|{SEASON}|{holiday}|{MONTH}|"
         rf"{'|'.join(WEEKDAYS)})\b(?! of| before)", _last),
        ("ago back", rf"\b(?P<count>a few|several|a couple of|couple of|few|{SPOKEN}|some {SPOKEN}|about {SPOKEN})"
         r"(?:\s+or\s+so)?\s+(?P<unit>year|month|week|day)s?\s+(?:ago|back)\b(?! and forth)", _ago),
        ("yesterday today tomorrow tonight", r"\b(?:the\s+)?(?P<day>day before yesterday|day after tomorrow|yesterday|"
         r"today|tomorrow|tonight)\b", _today)]

def made(written: Iterable[Written]) -> tuple[Rule, ...]:
    """Rules as they are looked for: capitals count only where a pattern names persons by them."""
    return tuple((days.hints(signs), re.compile(pattern, 0 if "[A-Z]" in pattern else re.I), means)
                 for signs, pattern, means in written)


def _slashed(found: re.Match, known: Known) -> Interval | None:
    """3/8/1996 may be March or August: from the one to the other."""
    one, two, year = int(found["one"]), int(found["two"]), int(found["four"])
    read = sorted(each for each in {days.of_day(year, one, two), days.of_day(year, two, one)} if each)
    return interval((read[0][0], read[-1][1]), "solar", len(read) == 1) if read else None


def _year(found: re.Match, known: Known) -> tuple[int, bool]:
    """The year of digits or words, and whether its century is said."""
    if found["two"]:
        return century(int(found["two"]), known)
    if found["four"]:
        return int(found["four"]), True
    words = re.split("[- ]+", found["words"].lower())
    if words[:2] == ["two", "thousand"]:
        return 2000 + (english(" ".join(word for word in words[2:] if word != "and")) or 0), True
    rest = [word for word in words[1:] if word not in ("hundred", "oh", "and")]
    return HUNDREDS[words[0]] + (english(" ".join(rest)) or 0 if rest else 0), True


def _date(found: re.Match, known: Known) -> Interval | None:
    """A year, or what of it is said before it; a number alone is a year only where its neighbours say so."""
    told = found["holiday"] or found["season"] or found["month"] or found["part"]
    bare = found["four"] or (found["words"] if found["words"] else "")
    if not told and bare and not _is_year(found):
        return None
    year, sure = _year(found, known)
    cut, calendar = _cut(found)
    return interval(cut(year), calendar, sure)


def _is_year(found: re.Match) -> bool:
    before, behind = found.string[:found.start()], found.string[found.end():]
    start = found.start("four" if found["four"] else "words")
    led = LEADS.search(found.string[:start])
    by_word = led and led[0].strip(" (,.!?-")
    return bool(led and (by_word or not COUNTED.match(behind)) and not re.search(r"[$£€¥#]\s*$", before))


def _cut(found: re.Match) -> tuple[Cut, Calendar]:
    """What of a year: holiday, season, month, day, part."""
    part = (found["part"] or "").split()[0].lower() if found["part"] else ""
    if found["holiday"]:
        row = days.table("holidays")[found["holiday"].lower()]
        return lambda year: days.of_holiday(found["holiday"], year), "lunar" if "lunar" in row else "solar"
    if found["season"]:
        return lambda year: days.of_season(year, _season_name(found["season"])), "solar"
    if found["month"]:
        return _month_cut(found["month"], found["day"], part), "solar"
    return lambda year: days.of_part(year, part) if part else days.of_year(year), "solar"


def _season_name(text: str) -> str:
    return text.lower().removesuffix("time")


def _month_cut(name: str, day: str | None, part: str = "") -> Cut:
    month = next(number for number, each in enumerate(MONTHS, 1) if each.startswith(name.lower().rstrip(".")[:3]))
    if day:
        return lambda year: days.of_day(year, month, english(day) or 0)
    return lambda year: days.of_tenth(year, month, part) if part else days.of_month(year, month)


def _day(found: re.Match, known: Known) -> Interval | None:
    """A day and its month, or a month, with its year or without."""
    groups = found.groupdict()
    cut = _month_cut(found["month"], groups.get("day"))
    if not cut(2000) or found["month"] in ("may", "march"):  # the verbs
        return None
    if groups.get("four") or groups.get("two") or groups.get("words"):
        year, sure = _year(found, known)
        return interval(cut(year), "solar", sure)
    return of_context(known, cut) if found["month"][0].isupper() else None


def _season(found: re.Match, known: Known) -> Interval | None:
    """In the spring, that summer: of the year told of last; of no year only where it says "that"."""
    if not known.year and not found.string[:found.start()].lower().endswith("that "):
        return None
    return of_context(known, lambda year: days.of_season(year, _season_name(found["season"])))


def _decade(found: re.Match, known: Known) -> Interval | None:
    ten = int(found["ten"]) if found["ten"] else DECADES[found["word"].lower()]
    part = (found["part"] or "").split()[0].lower() if found["part"] else ""
    years = 100 * int(found["full"]) if found["full"] else 1900
    if years == 1900 and not found["full"] and known.dated and 1900 + ten > known.dated[1].year:
        years = 1800
    return interval(days.of_decade(years + ten, part), "solar", bool(found["full"]) or ten >= 30)


def _event(found: re.Match, known: Known) -> Interval | None:
    return of_event(found["event"], bool(found["whole"]))


def _holiday(found: re.Match, known: Known) -> Interval | None:
    row = days.table("holidays")[found[0].lower()]
    return of_context(known, lambda year: days.of_holiday(found[0], year), "lunar" if "lunar" in row else "solar")


def _before_last(found: re.Match, known: Known) -> Interval | None:
    return _back(found["what"].lower(), 2, known)


def _last(found: re.Match, known: Known) -> Interval | None:
    """Last Christmas, this year, next summer."""
    what = found["what"].lower()
    if what == "night":
        return of_days(known, 1 if found["which"].lower() == "last" else 0)
    return _back(what, {"last": 1, "this": 0, "next": -1}[found["which"].lower()], known)


def _back(what: str, back: int, known: Known) -> Interval | None:
    """The one `back` before the present one; seasons, months and holidays of this year count once they are over."""
    if what == "year":
        return of_said(known, back)
    if what == "month":
        return of_months(known, back, days.of_month)
    if what == "week" or what in WEEKDAYS:
        return of_weeks(known, back, WEEKDAYS.index(what) if what in WEEKDAYS else None)
    cut = _named(what)
    over = bool(known.dated and back > 0 and (cut(known.dated[0].year) or known.dated)[1] < known.dated[0])
    return of_said(known, back - over, cut)


def _named(what: str) -> Cut:
    """A season, a month or a holiday of a year."""
    if _season_name(what) in days.SEASONS:
        return lambda year: days.of_season(year, _season_name(what))
    if what in days.table("holidays"):
        return lambda year: days.of_holiday(what, year)
    return _month_cut(what, None)


def _ago(found: re.Match, known: Known) -> Interval | None:
    """Two years ago, a few weeks ago."""
    text, unit = found["count"].lower(), found["unit"].lower()
    loose = {"a few": (1, 9), "few": (1, 9), "several": (3, 9), "a couple of": (2, 3), "couple of": (2, 3)}.get(text)
    number = english(re.sub("^(?:some|about) ", "", text))
    if not loose and (number is None or number > 500):
        return None
    least, most = loose or (number, number)
    if unit == "year":
        made = of_said(known, most, ahead=least)
    elif least == most and unit in ("month", "week"):
        made = of_months(known, least, days.of_month) if unit == "month" else of_weeks(known, least)
    else:
        made = of_days(known, most * SIZES[unit], None if least == most else least * SIZES[unit])
    return replace(made, sure=made.sure and text[:4] not in ("some", "abou"))


def _today(found: re.Match, known: Known) -> Interval | None:
    back = {"day before yesterday": 2, "yesterday": 1, "tomorrow": -1, "day after tomorrow": -2}
    return of_days(known, back.get(found["day"].lower(), 0))
