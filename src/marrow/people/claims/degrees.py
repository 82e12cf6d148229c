"""What a thing is by degrees, and of what it is made: 走得慢, 很短, was big; 是铁的, made of pine."""

import re
from functools import cache

from marrow.people.claims.tables import either, table

Found = list[tuple[int, int, str, str]]
ENDS = r"(?=[,，。!！?？;；、…」”\s]|了|的(?=[,，。!！;；]|$)|得很|$)"
DEGREE = "(?:得很|得太|得真|得|很|太|挺|真|蛮|好|特别|非常|有点|比较|更|越来越|那么|这么|最|又|不)"
VERY = r"(?:was|were|is|are|be|been|looked|felt|seemed|kept|stayed|'s|very|so|too|quite|really|always)"
MADE = r"(?:was|were|is|'s|made of|made from|made out of|carved from|built of|all|of)"
DENIED = re.compile(r"(?:不|没|没有|不太|不怎么|不大|不算|not|never|n't|wasn't)\s?(?:very |that |so |a )?$")


def degrees(plain: str) -> Found:
    """Where a folded text says how much of something a thing has: start, end, "quality", "size:大".

    test    走得慢, 字很大 and 是短的 say so; 长大, 老大, 大家, "a big day" do not
    """
    return [(*match.span("said"), "quality", f"{line}:{'!' if _denied(plain, match) else ''}{_sides()[line][word]}")
            for pattern, lines in _patterns() for match in pattern.finditer(plain)
            for word in (match["said"],) for line in lines[word]]


def made_of(plain: str) -> Found:
    """Where a folded text says of what a thing is made: start, end, "quality", "stuff:铁".

    test    烟盒是铁的, was made of pine; 铁路, a glass of milk are no material
    """
    return [(*match.span("said"), "quality", f"{line}:{side}")
            for pattern in _made() for match in pattern.finditer(plain) for line, side in _materials()[match["said"]]]


def _denied(plain: str, match: re.Match[str]) -> bool:
    return "不" in match.group()[:-1] or bool(DENIED.search(plain[:match.start()]))


@cache
def _sides() -> dict[str, dict[str, str]]:
    """Line -> its words, each with the first of its side; a line of both languages is one."""
    found: dict[str, dict[str, str]] = {}
    for name in ("gradable", "adjectives"):
        for line, text in table(name).items():
            sides = [side.split() for side in text.split(" / ")]
            known = [side.split()[0] for side in table("gradable").get(line, text).split(" / ")]
            found.setdefault(line, {}).update(
                {word: first for side, first in zip(sides, known, strict=True) for word in side})
    return found


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], dict[str, list[str]]], ...]:
    lines: dict[str, list[str]] = {}
    for line, words in _sides().items():
        for word in words:
            lines.setdefault(word, []).append(line)
    chinese = "|".join(sorted((word for word in lines if not word.isascii()), key=lambda word: (-len(word), word)))
    english = "|".join(sorted(word for word in lines if word.isascii()))
    return ((re.compile(rf"{DEGREE}(?P<said>{chinese}){ENDS}"), lines),
            (re.compile(rf"(?:是|有点)?(?P<said>(?P<twice>{chinese})(?=(?P=twice)的))"), lines),
            (re.compile(rf"是(?P<said>{chinese})的{ENDS}"), lines),
            (re.compile(r"(?<=[饭路车字话活步手脚嘴])(?P<said>[快慢大小多少])(?=[,，。!！;；]|$)"), lines),
            (re.compile(rf"\b{VERY} (?:not |never )?(?:very |so |too |an? |quite )*(?P<said>{english})\b"), lines))


@cache
def _materials() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for line, text in table("materials").items():
        for side in text.split(" / "):
            for word in side.split():
                found.setdefault(word, []).append((line, side.split()[0]))
    return found


@cache
def _made() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = sorted(_materials(), key=lambda word: (-len(word), word))
    chinese, english = (either([word for word in words if word.isascii() is latin]) for latin in (False, True))
    return (re.compile(rf"(?:是|用|拿)(?P<said>{chinese})(?:皮|头|片)?(?:做|打|编|造|刻|糊)?的{ENDS}"),
            re.compile(rf"\b{MADE} (?:solid |plain |good |old )?(?P<said>{english})(?=[,.;!]| and|$)"))
