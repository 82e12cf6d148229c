"""How kind what is told is: a small list of words, weighed the same in every generation."""

import re
import tomllib
from functools import cache
from pathlib import Path

WINDOW = 12  # characters before a word in which it may be denied
NOT = re.compile(r"(?:[不没别未]|没有|不是|不太|从不|不怎么|\bnot|n't|\bnever|\bno)\s*(?:an?|very|so|\w)?\s*$", re.I)


def tone(words: str) -> float:
    """Kind words less unkind ones, over all of both and one: -1 to 1; 0 where there is none.

    A word that is denied counts for the other side.
    test    denied is the opposite; traditional characters weigh what simplified ones do; bare facts are 0
    """
    from marrow.people.finding.tokens import fold

    plain, kind, unkind = fold(words), 0, 0
    for match in _pattern().finditer(plain):
        if match["neutral"]:
            continue
        good = bool(match["kind"]) != bool(NOT.search(plain[max(0, match.start() - WINDOW):match.start()]))
        kind, unkind = kind + good, unkind + (not good)
    return (kind - unkind) / (kind + unkind + 1)


@cache
def _pattern() -> re.Pattern[str]:
    table = tomllib.loads(Path(__file__).with_name("tone.toml").read_text("utf-8"))
    parts = [f"(?P<{name}>{'|'.join(sorted(map(_spelled, table[name].split()), key=len, reverse=True))})"
             for name in ("neutral", "kind", "unkind")]
    return re.compile("|".join(parts))


def _spelled(word: str) -> str:
    return rf"\b{re.escape(word)}\w*" if word.isascii() else re.escape(word)
