"""Where lines may break and how characters sit beside each other: Chinese and English composition, no pixels.

    source    W3C, Requirements for Chinese Text Layout (clreq), sections 3.1 and 3.2; GB/T 15834-2011
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from unicodedata import normalize

OPENING = "（〔［｛〈《「『【〖“‘"
CLOSING = "）〕］｝〉》」』】〗”’，。、；：？！．"
NOT_FIRST = CLOSING + "…—⸺·～,.;:?!)]}%‰％"  # kinsoku: never begins a line
NOT_LAST = OPENING + "([{$£¥￥#"              # kinsoku: never ends one
PAUSES = "，。；：？！、」』,.;:?!⸺…"                # where a line breaks best
AMBIGUOUS = "“”‘’…—"                          # Chinese or Latin, as their neighbours are
HAIR = 0.16                                   # em between a Chinese and a Latin character
Advance = Callable[[str, bool], float]
Kern = Callable[[str, str], float]


@dataclass(frozen=True)
class Glyph:
    """One character with its pen position in em from the start of its line."""

    char: str
    at: float
    latin: bool


def is_han(char: str) -> bool:
    """Whether a character is as wide as it is high: Chinese, kana, full-width marks."""
    point = ord(char)
    return 0x2E80 <= point <= 0xD7FF or 0xF900 <= point <= 0xFAFF or 0xFE10 <= point <= 0xFE4F \
        or 0xFF00 <= point <= 0xFF60 or 0xFFE0 <= point <= 0xFFE6 or 0x20000 <= point <= 0x3FFFF


def scripts(words: str) -> list[bool]:
    """For each character, whether it is set as Latin; quotes, dots and dashes follow the text around them."""
    plain = [None if char in AMBIGUOUS or char.isspace() else not is_han(char) for char in words]
    found = []
    for i, known in enumerate(plain):
        if known is None:
            before = next((each for each in reversed(plain[:i]) if each is not None), None)
            after = next((each for each in plain[i:] if each is not None), None)
            order = (after, before) if words[i] in "“‘" else (before, after)
            known = next((each for each in order if each is not None), False)
        found.append(known)
    return found


def tidy(words: str) -> str:
    """One line as it is set: double dashes joined, a space between Chinese characters one em wide."""
    words = re.sub(r"[ \t\u00a0]+", " ", normalize("NFC", words).replace("——", "⸺")).strip()
    kept = []
    for i, char in enumerate(words):
        if char == " ":
            sides = is_han(words[i - 1]), is_han(words[i + 1])
            char = "\u3000" if all(sides) else "" if any(sides) else " "  # Latin beside Chinese: the hair stands in
        kept.append(char)
    return "".join(kept)


def place(words: str, advance: Advance, tracking: float = 0.0, kern: Kern | None = None) -> list[Glyph]:
    """Set one line: full-width marks that meet share their blank halves, Latin keeps a hair from Chinese.

    words      one line, as `tidy` leaves it
    advance    width of a character in em, given whether it is Latin
    tracking   em added between characters; a quarter of it inside Latin words of a Chinese line
    kern       em between two Latin letters, as the font wants it
    returns    one glyph for each character
    test       the pen never moves backwards by more than half an em
    """
    latin = scripts(words)
    mixed = not all(latin)
    glyphs: list[Glyph] = []
    pen = 0.0
    for i, char in enumerate(words):
        if i:
            both_latin = latin[i - 1] and latin[i]
            pen += tracking * (0.25 if both_latin and mixed else 1) + _between(words[i - 1], char, latin[i - 1:i + 1])
            pen += kern(words[i - 1], char) if kern and both_latin else 0.0
        glyphs.append(Glyph(char, pen, latin[i]))
        pen += advance(char, latin[i])
    return glyphs


def _between(before: str, char: str, latin: Sequence[bool]) -> float:
    """Em to add between two neighbours."""
    if not any(latin) and _full(before) and _full(char):
        if before in CLOSING and (char in CLOSING or char in OPENING):
            return -0.5
        return -0.5 if before in OPENING and char in OPENING else 0.0
    if latin[0] != latin[1] and " " not in (before, char) and not _mark(before) and not _mark(char):
        return HAIR
    return 0.0


def _full(char: str) -> bool:
    return char in CLOSING or char in OPENING


def _mark(char: str) -> bool:
    return char in CLOSING or char in OPENING or char in "…—⸺"


def may_break(before: str, char: str) -> bool:
    """Whether a line may end between two neighbouring characters."""
    if char == " ":
        return True
    if before == " ":
        return char not in NOT_FIRST
    if char in NOT_FIRST or before in NOT_LAST:
        return False
    if before in "-/" and not is_han(char):
        return True
    return is_han(before) or is_han(char) or before in "⸺…"


def wrap(words: str, width: float, advance: Advance, tracking: float = 0.0, most: int = 99) -> list[str] | None:
    """Break one paragraph into the fewest lines that fit, as even as possible, best after a mark.

    words      one paragraph, as `tidy` leaves it
    width      em
    most       lines allowed
    returns    the lines; None when there are too many, or an unbreakable run is wider than the line
    source     Knuth and Plass, Breaking Paragraphs into Lines, 1981: the whole paragraph is weighed at once
    test       joined again the lines are the paragraph; no line begins or ends with a forbidden mark
    """
    glyphs = place(words, advance, tracking)
    if not glyphs:
        return [""]
    starts = [0] + [i for i in range(1, len(words)) if may_break(words[i - 1], words[i]) and words[i] != " "]
    cuts = [*starts, len(words)]
    ends = [_end(words, cut) for cut in cuts[1:]]
    right = [glyphs[end - 1].at + advance(glyphs[end - 1].char, glyphs[end - 1].latin)
             - (0.5 if words[end - 1] in CLOSING and is_han(words[end - 1]) else 0) for end in ends]
    left = [glyphs[start].at for start in starts]
    best = _fewest(left, right, width)
    if best is None or best > most:
        return None
    even = min(width, (right[-1] - left[0]) / best * 1.02)
    return [words[starts[a]:ends[b]] for a, b in _even(words, left, right, ends, width, even, best)]


def _end(words: str, cut: int) -> int:
    """Where the ink of a line ends that breaks at `cut`: the space there belongs to neither line."""
    return cut - 1 if words[cut - 1] == " " else cut


def _fewest(left: list[float], right: list[float], width: float) -> int | None:
    """Number of lines when each is filled as far as it goes."""
    lines, first = 0, 0
    while first < len(left):
        last = first
        if right[first] - left[first] > width:
            return None
        while last + 1 < len(right) and right[last + 1] - left[first] <= width:
            last += 1
        lines, first = lines + 1, last + 1
    return lines


def _even(words: str, left: list[float], right: list[float], ends: list[int],
          width: float, even: float, lines: int) -> list[tuple[int, int]]:
    """First and last piece of each of `lines` lines, the sum of squared unevenness least."""
    count = len(left)
    cost: list[dict[int, tuple[float, int]]] = [{-1: (0.0, -1)}]  # per line: last piece -> (cost so far, last before)
    for _ in range(lines):
        row: dict[int, tuple[float, int]] = {}
        for before, (spent, _) in cost[-1].items():
            for last in range(before + 1, count):
                wide = right[last] - left[before + 1]
                if wide > width:
                    break
                mark = last + 1 < count and words[ends[last] - 1] in PAUSES
                total = spent + ((wide - even) / even) ** 2 - (0.08 if mark else 0)
                if last not in row or total < row[last][0]:
                    row[last] = (total, before)
        cost.append(row)
    found, last = [], count - 1
    for row in reversed(cost[1:]):
        before = row[last][1]
        found.append((before + 1, last))
        last = before
    return found[::-1]
