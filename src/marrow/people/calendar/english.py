"""English phrases of time: a rule is a pattern and what a match of it means; None where it means no time."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from marrow.people.calendar import days
from marrow.people.calendar.chinese import Rule
from marrow.people.calendar.known import (
    SELF,
    Cut,
    Known,
    century,
    interval,
    of_age,
    of_birth_years,
    of_birthday,
    of_context,
    of_days,
    of_event,
    of_months,
    of_said,
    of_school,
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
SCHOOLS = {"primary school": (6, 13), "elementary school": (6, 13), "grade school": (6, 13), "middle school": (11, 16),
           "junior high": (11, 16), "high school": (14, 19), "college": (17, 23), "university": (17, 23),
           "kindergarten": (3, 7)}
CLASSES = {"freshman": 1, "sophomore": 2, "junior": 3, "senior": 4}
WHO = r"(?P<who>I|he|she|they|we|you|(?:my|his|her|our)\s+\w+|[A-Z]\w+)"
OWNER = r"(?P<who>my|his|her|their|our|your|[A-Z]\w+(?:'s|’s))"
AGE = rf"(?P<loose>about|around|only|just|barely)?\s*(?P<count>{SPOKEN})\b"\
      r"(?!\s+(?:of|o'clock|miles|feet|years\s+(?!old)|months|days))"
SIZES = {"year": 365, "month": 30, "week": 7, "day": 1}


@cache
def rules() -> tuple[Rule, ...]:
    """All rules; of matches that begin at the same place the longest counts, then the earlier rule."""
    holiday, event = days.names_of("holidays", False), days.names_of("events", False)
    schools, seasons = "|".join(SCHOOLS), "spring summer fall autumn winter"
    months = " ".join(each[:3] for each in MONTHS)
    written: list[tuple[str, str, Callable[[re.Match, Known], Interval | None]]] = [
        ("/ .", r"(?<!\d)(?P<one>\d{1,2})[/.](?P<two>\d{1,2})[/.](?P<four>\d{4})(?!\d)", _slashed),
        ("1 2 ' ’ ‘ teen twenty two", rf"(?:\b(?:(?P<holiday>{holiday})|(?P<part>{PART})?[- ]*(?:"
         rf"\b(?P<season>{SEASON})|\b(?P<month>{MONTH})(?:\s+(?:the\s+)?(?P<day>\d{{1,2}}|{SPOKEN})"
         r"(?:st|nd|rd|th)?)?)?),?[- ]*"
         rf"(?:\b(?:of|in)\s+)?)?{YEAR}", _date),
        (months, rf"\b(?P<day>{SPOKEN})(?:\s+(?:day\s+)?of)?\s+(?P<month>{MONTH})(?:,?\s*(?:of\s+)?{YEAR})?", _day),
        (months, rf"\b(?P<month>{MONTH})\s+(?:the\s+)?(?P<day>\d{{1,2}}(?:st|nd|rd|th)?|{SPOKEN})\b(?!,?\s*\d{{4}})",
         _day),
        (months, rf"(?<=\bin )(?P<month>{MONTH})(?!\s+(?:\d|{SPOKEN}\b))", _day),
        (seasons, rf"(?:(?<=\bin )|(?<=\bthat )|(?<=\bduring ))(?:the\s+)?(?P<season>{SEASON})\b"
         r"(?!\s+(?:of|before|'?\d))", _season),
        ("0 ties", rf"(?:(?P<part>{PART}|the)[- ]+)(?:the\s+)?(?:(?P<full>1[5-9]|20)|nineteen[- ])?"
         rf"(?:['’‘]?(?P<ten>\d0)['’]?s|(?P<word>{TENS}))\b", _decade),
        ("0", r"\b(?P<full>1[5-9]|20)(?P<ten>\d0)['’]?s\b(?P<part>\b)(?P<word>\b)?", _decade),
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
        ("day to", r"\b(?:the\s+)?(?P<day>day before yesterday|day after tomorrow|yesterday|today|tomorrow|tonight)\b",
         _today),
        ("was were turned", rf"\b(?:when|while|before|since|until|by the time|after)\s+{WHO}\s+"
         rf"(?P<way>was|were|turned|had turned)\s+{AGE}", _age),
        ("age", rf"\b(?P<who>)(?:at\s+(?:the\s+)?(?:tender\s+)?age(?:\s+of)?|aged)\s+{AGE}", _age),
        ("year", rf"(?:the\s+)?year\s+(?:that\s+|when\s+)?{WHO}\s+(?P<way>turned|was|were)\s+"
         rf"(?P<count>born|{SPOKEN})\b", _year_of),
        ("ties teens", rf"\b{OWNER}\s+(?:(?P<part>{PART})[- ]+)?(?P<word>teens|{TENS})\b", _in_decade),
        ("birthday", rf"\b{OWNER}\s+(?P<count>{SPOKEN})\s+birthday\b", _birthday),
        ("kid child boy girl baby", rf"\b(?:when\s+{WHO}\s+(?:was|were)|(?P<as>as))\s+(?:just\s+|still\s+|only\s+)?"
         r"an?\s+(?:\w+\s+)?(?:kid|child|boy|girl|baby)\b(?! of)", _child),
        ("year grade", rf"\b(?:{OWNER}|the)\s+(?P<count>{SPOKEN})\s+(?:year|grade)\s+(?:of|in|at)\s+"
         rf"(?P<stage>{schools}|school)", _class),
        ("grade", rf"\b(?:in|started|finished)\s+(?:the\s+)?(?P<who>)(?P<count>{SPOKEN})\s+grade\b(?!\s+teacher)"
         "(?P<stage>)", _class),
        ("year", rf"\b{OWNER}\s+(?P<class>{'|'.join(CLASSES)})\s+year"
         rf"(?:\s+(?:of|in|at)\s+(?P<stage>{schools}))?", _class),
        ("school high col univ kinder", rf"\b(?:in|at|during|through)\s+(?P<stage>{schools})\b"
         r"(?!\s+(?:teacher|student|gym|building|year)s?)", _stage)]
    return tuple((days.hints(hints), re.compile(pattern, 0 if "[A-Z]" in pattern else re.I), means)
                 for hints, pattern, means in written)


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


def _born_of(who: str, text: str, known: Known) -> tuple[Interval | None, bool]:
    """When the person was born whose age is told of, and whether it is said who that is."""
    name = re.sub("['’]s$", "", who)
    if name.lower() in ("i", "my", "we", "our"):
        return known.births.get(SELF), True
    if not name:
        return known.births.get(SELF), bool(re.search(r"\b(?:I|my|me)\b", text))
    for each in (name, name.split()[-1]):
        if each in known.births:
            return known.births[each], True
    return None, False


def _age(found: re.Match, known: Known) -> Interval | None:
    number = english(found["count"])
    if number is None or not 0 < number < 120 or found["count"].lower() in ("a", "an"):
        return None
    born, told = _born_of(found["who"], found.string, known)
    span = (number - 2, number + 2) if found["loose"] in ("about", "around") else (number, number)
    made = of_age(born, *span, "full")
    return replace(made, sure=made.sure and told and span[0] == span[1])


def _year_of(found: re.Match, known: Known) -> Interval | None:
    """The year I was born, the year she turned thirty."""
    born, told = _born_of(found["who"], found.string, known)
    number = 0 if found["count"] == "born" else english(found["count"])
    if number is None or number > 120:
        return None
    return of_birth_years(born, number, number, told) if found["way"] == "turned" or not number else \
        of_age(born, number, number, "full")


def _in_decade(found: re.Match, known: Known) -> Interval | None:
    """In my early twenties."""
    born, told = _born_of(found["who"], found.string, known)
    part = (found["part"] or "").split()[0].lower() if found["part"] else ""
    least, most = days.ERAS.get(part, (0, 9))
    if found["word"].lower() == "teens":
        return of_age(born, 13, 19, "full")
    made = of_age(born, DECADES[found["word"].lower()] + least, DECADES[found["word"].lower()] + most, "full")
    return replace(made, sure=made.sure and told)


def _birthday(found: re.Match, known: Known) -> Interval | None:
    born, _ = _born_of(found["who"], found.string, known)
    number = english(found["count"])
    return of_birthday(born, number, False) if number and number < 120 else None


def _child(found: re.Match, known: Known) -> Interval | None:
    born, _ = _born_of(found["who"] or "", found.string, known)
    return replace(of_age(born, 0, 12, "full"), sure=False)


def _class(found: re.Match, known: Known) -> Interval | None:
    """A year of school, by its pupil's birth."""
    groups = found.groupdict()
    number = CLASSES[groups["class"].lower()] if groups.get("class") else english(groups["count"] or "") or 0
    stage = (groups.get("stage") or "").lower() or ("college" if groups.get("class") else "school")
    first = {"school": 5, "middle school": 10, "junior high": 10, "high school": 13, "college": 16, "university": 16}
    start = first.get(stage, 5)
    if not 1 <= number <= 12:
        return None
    return of_school(_born_of(groups.get("who") or "", found.string, known)[0], start + number,
                     start + number + (2 if start == 5 else 3))


def _stage(found: re.Match, known: Known) -> Interval | None:
    before = re.search(rf"{WHO}\s+(?:was|were)\s*$", found.string[:found.start()])
    born, _ = _born_of(before["who"] if before else "", found.string, known)
    return of_school(born, *SCHOOLS[found["stage"].lower()])
