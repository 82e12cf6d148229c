"""Dates and clock times as files write them, to ISO 8601. What cannot be a date is none: ""."""

import re
from datetime import UTC, date, datetime
from functools import lru_cache

NUMERALS = {letter: value for value, letter in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0}
MONTHS = {name: number for number, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)}
NOON = ("pm", "p.m.", "下午", "晚上", "中午", "傍晚", "午後", "午后")
MORNING = ("am", "a.m.", "上午", "凌晨", "早上", "清晨", "午前", "半夜")
HALF = "|".join(re.escape(each) for each in (*NOON, *MORNING, "p. m.", "a. m."))
CLOCK = rf"(?:(?:{HALF})\s?)?\d{{1,2}}[:：]\d{{2}}(?:[:：]\d{{2}})?(?:\s?(?:{HALF}))?"
YEAR_FIRST = r"(?:1[89]|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?日?"
DIGITS = re.compile(r"\d+")
CHINESE = r"[〇零○一二三四五六七八九]{4}年(?:[一二三四五六七八九十]{1,2}月(?:[一二三四五六七八九十]{1,3}[日号]?)?)?"
WESTERN = (rf"(?:(?:{'|'.join(MONTHS)})[a-z]*\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}"
           rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:{'|'.join(MONTHS)})[a-z]*\.?,?\s+\d{{4}})")
PARTLY = r"(?:1[89]|20)\d\d\s?(?:[-/.年]\s?\d{1,2}\s?月?|年)"
WRITTEN = rf"(?:{YEAR_FIRST}|{CHINESE}|{WESTERN}|{PARTLY})"
WRITTEN_DAY = re.compile(WRITTEN, re.IGNORECASE)


@lru_cache(1 << 16)
def day(text: str) -> str:
    """The day of a date that begins with the year: "2019/10/5" is 2019-10-05."""
    return real_day(*map(int, DIGITS.findall(text)[:3]))


@lru_cache(1 << 18)
def clock(text: str) -> str:
    """The time of a clock of 12 or 24 hours: "9:03 PM" is 21:03, "下午9:03:11" is 21:03:11."""
    hour, *rest = map(int, DIGITS.findall(text))
    low = text.lower().replace("\u202f", "").replace(" ", "")
    if any(each in low for each in NOON):
        hour = hour % 12 + 12 if hour <= 12 else hour
    elif hour == 12 and any(each in low for each in MORNING):
        hour = 0
    return ":".join(f"{each:02d}" for each in (hour, *rest)) if hour < 24 and max(rest) < 60 else ""


def real_day(year: int, month: int, number: int) -> str:
    """A day in ISO 8601, "" where the calendar has none such."""
    try:
        return date(year, month, number).isoformat()
    except ValueError:
        return ""


def written_day(text: str) -> str:
    """The first date in a line, as exact as it is: 2019-12-31, 1993-10, 1993; "" where there is none."""
    found = WRITTEN_DAY.search(text)
    if not found:
        return ""
    said = found[0].lower()
    month = next((number for name, number in MONTHS.items() if name in said), 0)
    if month:
        first, second = (int(each) for each in DIGITS.findall(said))
        return real_day(second, month, first)
    return _parts(said)


def unix(seconds: float) -> str:
    """A moment of the Unix clock in seconds, milliseconds or microseconds, in UTC: 2019-10-05T13:03:11Z."""
    while abs(seconds) > 1e11:
        seconds /= 1000
    try:
        return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (ValueError, OverflowError, OSError):
        return ""


def moment(value: object) -> str:
    """A moment of a JSON or CSV file: a Unix number, that number as text, or a written date with its time."""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        return unix(value) if value == value and abs(value) < 1e20 else ""
    text = str(value).strip()
    if re.fullmatch(r"\d{9,16}(?:\.\d+)?", text):
        return unix(float(text))
    found = re.match(rf"({YEAR_FIRST})(?:[T\s]+({CLOCK}))?(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?", text)
    if not found or not day(found[1]):
        return written_day(text)
    time = clock(found[2]) if found[2] else ""
    return f"{day(found[1])}T{time}{found[3] or ''}" if time else day(found[1])


def seconds(text: str) -> float:
    """A time of a recording: 00:01:12,500 is 72.5."""
    parts = text.replace(",", ".").replace("：", ":").split(":")
    return round(sum(float(each) * 60 ** power for power, each in enumerate(reversed(parts))), 3)


def _parts(said: str) -> str:
    """A date with the year first, in digits or Chinese numerals, of which the end may be missing."""
    parts = [part for part in re.split(r"[-/.年月日号\s]+", said) if part]
    year, *rest = (int(part) if part.isdigit() else _numeral(part) for part in parts[:3])
    if len(rest) == 2:
        return real_day(year, *rest)
    return f"{year}-{rest[0]:02d}" if rest and 1 <= rest[0] <= 12 else f"{year}" if not rest else ""


def _numeral(text: str) -> int:
    """Chinese numerals: digits in a row, or counted with 十."""
    if "十" in text:
        tens, ones = text.split("十", 1)
        return NUMERALS.get(tens, 1) * 10 + NUMERALS.get(ones, 0)
    return int("".join(str(NUMERALS[each]) for each in text))
