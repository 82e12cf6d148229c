"""Stretches of days: of years, months, seasons, lunar days, holidays. First and last day, both included."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

Days = tuple[date, date]

LUNAR = range(1900, 2101)  # years of the table of the lunar calendar
SEASONS = {"春": 3, "夏": 6, "秋": 9, "冬": 12, "spring": 3, "summer": 6, "fall": 9, "autumn": 9, "winter": 12}
PARTS = {"上半年": (1, 6), "下半年": (7, 12), "初": (1, 3), "头": (1, 3), "中": (5, 8), "底": (10, 12), "末": (10, 12),
         "early": (1, 3), "beginning": (1, 3), "start": (1, 3), "mid": (5, 8), "middle": (5, 8), "late": (10, 12),
         "end": (10, 12)}
TENTHS = {"初": (1, 10), "上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31), "底": (21, 31), "末": (21, 31),
          "early": (1, 10), "beginning": (1, 10), "start": (1, 10), "mid": (11, 20), "middle": (11, 20),
          "late": (21, 31), "end": (21, 31)}
ERAS = {"初": (0, 3), "早": (0, 3), "前": (0, 3), "中": (4, 6), "末": (7, 9), "后": (7, 9), "early": (0, 3),
        "mid": (4, 6), "late": (7, 9), "beginning": (0, 3), "start": (0, 3), "middle": (4, 6), "end": (7, 9)}
DAY = timedelta(1)
SIGN = re.compile("[a-z]{2,}")


def of_year(year: int) -> Days:
    """All its days."""
    return date(year, 1, 1), date(year, 12, 31)


def of_month(year: int, month: int) -> Days:
    """All its days; month 13 is January of the next year."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    after = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), after - DAY


def of_day(year: int, month: int, day: int) -> Days | None:
    """One day, None where the calendar has none such."""
    try:
        return (date(year, month, day),) * 2
    except ValueError:
        return None


def of_season(year: int, name: str) -> Days:
    """Three months; winter begins in December of its year and ends in the next."""
    month = SEASONS[name]
    return of_month(year, month)[0], of_month(year, month + 2)[1]


def of_part(year: int, name: str) -> Days:
    """Beginning, middle, end or half of a year."""
    first, last = PARTS[name]
    return of_month(year, first)[0], of_month(year, last)[1]


def of_tenth(year: int, month: int, name: str) -> Days:
    """Beginning, middle or end of a month."""
    first, last = of_month(year, month)
    least, most = TENTHS[name]
    return first + (least - 1) * DAY, min(first + (most - 1) * DAY, last)


def of_decade(year: int, part: str = "") -> Days:
    """The ten years from `year` on, or their beginning, middle or end."""
    least, most = ERAS.get(part, (0, 9))
    return date(year + least, 1, 1), date(year + most, 12, 31)


@lru_cache(4096)
def of_lunar(year: int, month: int, day: int = 0, leap: bool = False) -> Days | None:
    """A day of the lunar calendar, or all days of a month where day is 0; None where there is none such.

    test    1965-12-08 of the lunar calendar is 1965-12-30; the 30th of a month of 29 days is its last
    """
    from borax.calendars.lunardate import InvalidLunarDateError, LCalendars, LunarDate

    if year not in LUNAR or not 1 <= month <= 12 or not 0 <= day <= 30:
        return None
    try:
        size = LCalendars.ndays(year, month, leap)
        first, last = (day, day) if day else (1, size)
        first, last = min(first, size), min(last, size)  # the thirtieth is said of a month's last day
        return tuple(LunarDate(year, month, each, int(leap)).to_solar_date() for each in (first, last))
    except (InvalidLunarDateError, OverflowError):
        return None


def new_year(year: int) -> date:
    """The first day of a lunar year; outside 1900 to 2100 the earliest that it can be."""
    found = of_lunar(year, 1, 1)
    return found[0] if found else date(year, 1, 21)


def lunar_year(day: date) -> int:
    """The lunar year that a day belongs to."""
    return day.year if day >= new_year(day.year) else day.year - 1


def birthday(born: date, age: int) -> date:
    """The day on which somebody is `age`; who was born on 29 February is so on 28 February in other years."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 2, 28)


def of_holiday(name: str, year: int) -> Days | None:
    """The days of a holiday; None where the calendar does not reach."""
    row = table("holidays")[name.lower()]
    if "solar" in row:
        return of_day(year, *row["solar"])
    if "nth" in row:
        month, which, weekday = row["nth"]
        first = date(year, month, 1)
        return (first + ((weekday - first.weekday()) % 7 + 7 * (which - 1)) * DAY,) * 2
    return _term(year, row["term"]) if "term" in row else _lunar_holiday(row, year)


def _lunar_holiday(row: Mapping[str, Any], year: int) -> Days | None:
    first, last = of_lunar(year, *row["lunar"]), of_lunar(year, *row.get("until", row["lunar"]))
    if not first or not last:
        return None
    eve = first[0] - DAY if row.get("eve") else first[0]
    return eve, last[1] if "until" in row else eve


def _term(year: int, name: str) -> Days | None:
    """The day of one of the 24 solar terms."""
    from borax.calendars.lunardate import TERMS_CN, TermUtils

    return (TermUtils.nth_term_day(year, TERMS_CN.index(name)),) * 2 if year in LUNAR else None


@cache
def table(name: str) -> Mapping[str, Mapping[str, Any]]:
    """Rows of holidays.toml or events.toml by each of their names, in small letters."""
    rows = tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text("utf-8"))[name.removesuffix("s")]
    return {each.lower(): row for row in rows for each in row["names"]}


def hints(text: str) -> frozenset[str]:
    """Signs of a rule, one of which a text must have: letters, or English words; *events: of all names of a table."""
    words = table(text[1:]) if text.startswith("*") else text.split(" ")
    return frozenset(max(SIGN.findall(each), key=len) if SIGN.match(each) else each[0] for each in words)


def signs(text: str) -> frozenset[str]:
    """The letters and the English words of a text in small letters."""
    return frozenset(text).union(SIGN.findall(text))


def names_of(name: str, tied: bool) -> str:
    """A pattern of the names of a table, longest first: those that stand alone, or those that do not."""
    found = [re.escape(each) for each, row in table(name).items() if row.get("tied", False) == tied]
    return "|".join(rf"\b{each}\b" if each[0].isascii() and each[-1].isalpha() and each[-1].isascii() else each
                    for each in sorted(found, key=lambda each: (-len(each), each)))
