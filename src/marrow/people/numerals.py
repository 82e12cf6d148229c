"""Numerals: the words for numbers in both languages, and the value of a Chinese one."""

import re

DIGITS = {letter: value for value, letters in enumerate("零〇 一幺 二两俩 三仨 四 五 六 七 八 九".split())
          for letter in letters}
TENS = {"十": 10, "百": 100, "千": 1000, "廿": 20, "卅": 30}
LARGE = {"万": 10_000, "亿": 100_000_000}
HAN = "零〇一二两俩三仨四五六七八九十百千万亿廿卅"
ONES = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen").split()
TYS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()


def chinese(words: str) -> float | None:
    """The value of a Chinese or Arabic numeral: 两百 200, 一百二 120, 二〇〇三 2003; None for no numeral."""
    if re.fullmatch(r"[0-9][0-9,]*(\.[0-9]+)?", words):
        return float(words.replace(",", ""))
    if not words or any(letter not in HAN for letter in words):
        return None
    if all(letter in DIGITS for letter in words):
        return float("".join(str(DIGITS[letter]) for letter in words))
    total = section = digit = step = 0
    for letter in words:
        if letter in LARGE:
            total, section, digit, step = ((total + section + digit) or 1) * LARGE[letter], 0, 0, LARGE[letter]
        elif letter in TENS:
            section, digit, step = section + (digit or 1) * TENS[letter], 0, TENS[letter]
        else:
            digit, step = DIGITS[letter], 0 if letter in "零〇" else step
    return float(total + section + (digit * step // 10 if step >= 100 else digit))
