"""Who was born first, from days of birth as people write them: "1955 腊月初八", "1988-05", "1990年冬"."""

import re

DATE = re.compile(r"(\d{4})[\s年./-]*闰?(\d{1,2}(?!\d)|[正冬腊一二三四五六七八九十]{1,2}(?=月))?[\s月./-]*"
                  r"(初?[一二三四五六七八九十廿]{1,3}|\d{1,2})?")
LUNAR = re.compile("[正冬腊闰初廿农阴旧]")
DIGITS = "零一二三四五六七八九"
MONTHS = {"正": 1, "冬": 11, "腊": 12}
SHIFT = (18, 54)  # a lunar day falls this much later than the solar day of its numbers, in days of our count


def before(one: str, other: str) -> bool | None:
    """Whether the one birth was before the other; None where the words do not decide.

    test    never True both ways; a lunar month may lie in the next solar year
    """
    a, b = _days(one), _days(other)
    if a is None or b is None or (a[0] <= b[1] and b[0] <= a[1]):
        return None
    return a[1] < b[0]


def _days(words: str) -> tuple[int, int] | None:
    """First and last day on which this may have been, counted in months of 31 days."""
    found = DATE.search(words)
    if not found:
        return None
    year, month, day = map(_number, found.groups())
    month, day = month if 1 <= month <= 12 else 0, day if 1 <= day <= 31 else 0
    first = (year * 12 + (month or 1)) * 31 + (day or 1)
    last = (year * 12 + (month or 12)) * 31 + (day or 31)
    return (first + SHIFT[0], last + SHIFT[1]) if LUNAR.search(words) else (first, last)


def _number(words: str | None) -> int:
    """A year, a month or a day: "1955", "腊", "初八", "廿三", "三十"; 0 where there is none."""
    words = (words or "").removeprefix("初")
    if words.isdigit() or not words:
        return int(words or 0)
    if words in MONTHS:
        return MONTHS[words]
    tens, ten, ones = words.replace("廿", "二十").rpartition("十")
    return (DIGITS.find(tens or "一") if ten else 0) * 10 + (DIGITS.find(ones) if ones else 0)
