"""Numbers as they are spoken: 一九九三, 十七八, 二十出头, twenty-one, eighteenth."""

import re

from marrow.people.numerals import DIGITS, ONES, TYS
from marrow.people.numerals import chinese as value_of

PLAIN = str.maketrans("0123456789○", "〇一二三四五六七八九〇")
LONGEST = 9  # letters of a number that is spoken
CHINESE = "0-9〇零○一二两三四五六七八九十百"
MARKS = "0123456789" + CHINESE.removeprefix("0-9")
LOOSE = re.compile(rf"(?P<few>[几数])?(?P<number>[{CHINESE}]+)?(?P<rest>几|多|来|出头)?(?:个|岁)?(?P<about>左右|上下)?")
TIES = ("zeroth tenth twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth").split()
ORDINALS = ("zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
            "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth").split()
ENGLISH = {**{word: value for words in (ONES, ORDINALS) for value, word in enumerate(words)},
           **{word: 10 * value for words in (TYS, TIES) for value, word in enumerate(words)}, "a": 1, "an": 1}
WORD = "|".join(sorted(ENGLISH, key=lambda word: (-len(word), word)))
SPOKEN = rf"(?:\d{{1,3}}(?:st|nd|rd|th)?|(?:{WORD})(?:[- ](?:{'|'.join(ONES[1:10] + ORDINALS[1:10])}))?)"


def chinese(text: str) -> int | None:
    """The number of digits or Chinese numerals, spelled out (九三) or counted (九十三); None where it is none.

    test    every number below 200 comes back from both ways of writing
    """
    value = value_of(text.translate(PLAIN)) if len(text) <= LONGEST and not set(text) - set(MARKS) else None
    return None if value is None else int(value)


def about(text: str) -> tuple[int, int] | None:
    """The least and the most that a loose count means: 十七八 17 to 18, 二十多 21 to 29, 三十出头 30 to 33, 几 2 to 9.

    returns    None where it is no number
    """
    found = LOOSE.fullmatch(text)
    if not found or not (found["number"] or found["few"] or found["rest"]):
        return None
    number = found["number"]
    if not number or found["few"]:
        return _few(number)
    least, most = _pair(number)
    if least is None:
        return None
    if found["about"]:
        return least - 2, most + 2
    step = {"出头": (0, 3), "来": (-2, 3), "几": (1, 9), "多": (1, 9 if least < 100 else 99)}.get(found["rest"], (0, 0))
    return least + step[0], most + step[1]


def _few(number: str | None) -> tuple[int, int] | None:
    """几 1 to 9, 几十 20 to 99."""
    scale = {None: 1, "十": 10, "百": 100}.get(number)
    return scale and (2 * scale if scale > 1 else 1, 10 * scale - 1)


def _pair(number: str) -> tuple[int | None, int | None]:
    """Two neighbouring numerals at the end are from one to the other: 七八, 十七八, 二三十."""
    if re.fullmatch("十?[一二两三四五六七八九]{2}十?|[一二三四五六七八九]十[一二两三四五六七八九]{2}", number):
        tail, head = (number[:-1], "") if number[-1] == "十" and number[0] != "十" else (number, "")
        last, first = DIGITS.get(tail[-1], 0), DIGITS.get(tail[-2], 0)
        if last == first + 1 and number[-1] != "十":
            head = number[:-2]
            return (chinese(head) or 0) + first, (chinese(head) or 0) + last
        if last == first + 1:
            return 10 * first, 10 * last
    whole = chinese(number)
    return whole, whole


def english(text: str) -> int | None:
    """The number of English words or digits below 1,000, counting or ordering: 12, twenty-one, 3rd, fiftieth."""
    text = text.strip().lower()
    digits = re.fullmatch(r"(\d+)(?:st|nd|rd|th)?", text)
    if digits:
        return int(digits[1])
    parts = re.split("[- ]", text)
    values = [ENGLISH.get(part) for part in parts]
    return None if None in values else sum(values)
