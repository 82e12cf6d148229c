"""How much a term tells: how rare it is in the language, whatever stands in an archive.

Were it counted in the archive, every utterance would weigh on the answers of all others, also one that may not be
heard. So it comes from tables of the language (`rarity.toml`), and two archives weigh the same words alike.
"""

import tomllib
from functools import cache
from pathlib import Path

from marrow.people.finding.tokens import CHARACTER, PAIR, SOUND, SOUNDS, THEME, WORDS, stem, terms

RAREST = {"characters": 11.5, "words": 11.0}   # of what the tables lack
TOGETHER = 1.0        # that two characters stand side by side is rarer than the rarer of them
SOUNDING = 1.5        # less for a sound: several characters have it
GROUP = 7.0           # of a theme
COMMON = 2.5          # what is no rarer tells nothing


def rarity(text: str) -> dict[tuple[int, int, int], float]:
    """The terms of a folded text, by (term, kind, place), and how much each tells, in nats over what is common.

    test    law: it depends on the text alone; rare characters and words tell more than common ones
    """
    found, _, at = terms([text])
    return {(term, term & 7, place): _rarity(text, term & 7, place) - COMMON
            for term, place in zip(found.tolist(), at.tolist(), strict=True)}


def _rarity(text: str, kind: int, place: int) -> float:
    if kind == THEME:
        return GROUP
    if kind in (CHARACTER, SOUND, PAIR, SOUNDS):
        two = kind in (PAIR, SOUNDS)
        found = max(_table("characters").get(each, RAREST["characters"]) for each in text[place:place + 1 + two])
        return (found + TOGETHER * two) - (SOUNDING if kind in (SOUND, SOUNDS) else 0.0)
    return _table("words").get(stem(WORDS.match(text, place)[0]), RAREST["words"])


@cache
def _table(name: str) -> dict[str, float]:
    """Characters, or stems of words, each with its rarity."""
    held = tomllib.loads(Path(__file__).with_name("rarity.toml").read_text("utf-8"))[name]
    return {each: float(step) for step, words in held.items()
            for each in (words.split() if name == "words" else words.replace("\n", ""))}
