"""Dates and clock times as files write them, to ISO 8601. What cannot be a date is none: ""."""

import re
from datetime import date
from functools import lru_cache

NUMERALS = {letter: value for value, letter in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0}
MONTHS = {name: number for number, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)}
NOON = ("pm", "p.m.", "下午", "晚上", "中午", "傍晚", "午後", "午后")
MORNING = ("am", "a.m.", "上午", "凌晨", "早上", "清晨", "午前", "半夜")
HALF = "|".join(re.escape(each) for word in (*NOON, *MORNING, "p. m.", "a. m.") for each in {word: 0, word.upper(): 0})
GAP = r"[^\S\n]"  # a blank within a line
CLOCK = rf"(?:(?:{HALF}){GAP}?)?\d{{1,2}}[:：]\d{{2}}(?:[:：]\d{{2}})?(?:{GAP}?(?:{HALF}))?"
WHOLE_CLOCK = re.compile(CLOCK.replace("[:：]", "[:：.]"), re.IGNORECASE)
YEAR_FIRST = rf"(?:1[89]|20)\d\d{GAP}?[-/.年]{GAP}?\d{{1,2}}{GAP}?[-/.月]{GAP}?\d{{1,2}}(?:{GAP}?日)?"
DIGITS = re.compile(r"\d+")
CHINESE = r"[〇零○一二三四五六七八九]{4}年(?:[一二三四五六七八九十]{1,2}月(?:[一二三四五六七八九十]{1,3}[日号]?)?)?"
WESTERN = (rf"(?:(?:{'|'.join(MONTHS)})[a-z]*\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}"
           rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:{'|'.join(MONTHS)})[a-z]*\.?,?\s+\d{{4}})")
PARTLY = r"(?:1[89]|20)\d\d\s?(?:[-/.年]\s?\d{1,2}\s?月?|年)"
WRITTEN = rf"(?:{YEAR_FIRST}|{CHINESE}|{WESTERN}|{PARTLY})"
MOMENT = re.compile(rf"({YEAR_FIRST})(?:[T\s]+({CLOCK}))?(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?")
WRITTEN_DAY = re.compile(WRITTEN, re.IGNORECASE)


@lru_cache(1 << 16)
def day(text: str) -> str:
    """The day of a date that begins with the year: "2019/10/5" is 2019-10-05."""
    return real_day(*map(int, DIGITS.findall(text)[:3]))


@lru_cache(1 << 18)
def clock(text: str) -> str:
    """The time of a clock of 12 or 24 hours: "9:03 PM" is 21:03, "下午9:03:11" is 21:03:11."""
    if not WHOLE_CLOCK.fullmatch(text):
        return ""
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


def unix(count: float, east: int = 0) -> str:
    """A moment of the Unix clock in seconds, milliseconds or microseconds, on a clock so many hours east of Greenwich.

    test      1570280591 is 2019-10-05T13:03:11Z, and 2019-10-05T21:03:11+08:00 in China
    """
    while abs(count) > 1e11:
        count /= 1000
    days, rest = divmod(int(count) + 3600 * east, 86400)
    date = _since_1970(days)
    zone = f"+{east:02d}:00" if east else "Z"
    return f"{date}T{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}{zone}" if date else ""


def moment(value: object, east: int = 0) -> str:
    """A moment of a JSON or CSV file: a Unix number, that number as text, or a written date with its time."""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        return unix(value, east) if abs(value) < 1e18 else ""
    text = str(value).strip()
    found = MOMENT.match(text)
    if found:
        time = clock(found[2]) if found[2] else ""
        date = day(found[1])
        return f"{date}T{time}{found[3] or ''}" if time and date else date
    if len(text) < 20 and text.replace(".", "", 1).isdecimal():
        return unix(float(text), east) if len(text) > 8 else written_day(text + "年")
    return written_day(text)


@lru_cache(1 << 16)
def _since_1970(days: int) -> str:
    try:
        return date.fromordinal(date(1970, 1, 1).toordinal() + days).isoformat()
    except (ValueError, OverflowError):
        return ""


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
