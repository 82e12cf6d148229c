"""Words of kinship and what they mean, Chinese and English, both ways. The words themselves stand in terms.toml."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from marrow.people.kin.algebra import EGO, ages, blind, reduced, rise

Lang = Literal["zh", "en"]
ROOM = Path(__file__).with_name("terms.toml")
ORDINALS = {"大": 1, "老大": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10,
            "小": -1, "老": -1, "幺": -1, "满": -1, "么": -1, "细": -1}
ENGLISH = {"eldest": 1, "oldest": 1, "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "youngest": -1}
AGES = {"elder": "e", "older": "e", "big": "e", "younger": "y", "little": "y", "kid": "y", "baby": "y"}
SIDES = {"maternal": "M", "paternal": "F"}
NOT_COUNTED = ("姑子", "姨子", "舅子", "叔子")  # 大姨子 is older than the wife, whatever her number
RANKED = re.compile("[BZ]|[SD][ey]|^[SD]")  # only of brothers, sisters, cousins and children there is a second one


def meaning(term: str) -> frozenset[str]:
    """Everything that a word of kinship may mean to ego; kin types, an age left out where the word tells none.

    term       "二姨", "表哥", "my elder brother", "maternal grandmother"; empty for what is no such word
    test       every word that `terms` gives means the kin type it was given for
    """
    return frozenset(kin for kin, _ in senses(term))


@lru_cache(4096)
def senses(term: str) -> frozenset[tuple[str, int]]:
    """`meaning`, each with the number that the word counts to: 2 for 二姨, -1 the youngest, 0 no number."""
    word = term.strip()
    if word.isascii():
        return _english(word.lower())
    found = {(kin, 0) for kin in _meanings("zh").get(word, ())}
    for length in (1, 2):
        number = ORDINALS.get(word[:length])
        if number and len(word) > length and word[length:] not in NOT_COUNTED:
            found |= {(kin, number) for kin in _meanings("zh").get(word[length:], ()) if RANKED.search(kin)}
    return frozenset(found)


def terms(path: str | Iterable[str], sex: str = "") -> frozenset[str]:
    """What a relative along a path is called: the standard Chinese word for everything he may be.

    path       ["father", "elder brother"] or "FeB"
    sex        ego's: "male", "female", or "" not known
    returns    words; a kin type without one is left out
    source     the standard words are those of relationship.js 1.2.9, MIT, where it has one
    test       set equality with it on all paths of up to three steps: bench/people/bench_kin.py
    """
    return words(reduced(path, sex))


def words(kin: Iterable[str]) -> frozenset[str]:
    """The standard Chinese word for each of these kin types; one word for both ages where there is one."""
    kin, table = frozenset(kin), _words("zh")
    open_age = {blind(each) for each in kin if blind(each) in table and ages(blind(each)) <= kin}
    told = {blind(each) if blind(each) in open_age or each not in table else each for each in kin}
    return frozenset(table[each][0] for each in told if each in table)


def word(kin: str, lang: Lang = "zh") -> str:
    """The word for a kin type when speaking of him; "" where there is none."""
    return _first(kin, f"about.{lang}", lang) or ""


def call(kin: str, lang: Lang = "zh") -> str:
    """The word for a kin type to his face; "" for younger ones and others who are called by name.

    A husband's or a wife's relatives are called as the husband or the wife calls them; an elder who has no such word
    as he is spoken of.
    """
    found = _first(kin, f"call.{lang}")
    if found is None and len(kin) > 1 and kin[0] in "HW":
        return call(kin[1:], lang)
    if found is None and lang == "zh" and rise(kin) > 0:
        return word(kin, lang)
    return found or ""


def _first(kin: str, *parts: str) -> str | None:
    """The first word of the first part that knows the kin type, or the one with its ages left out."""
    tables = map(_words, parts)
    return next(("".join(table[one][:1]) for table in tables for one in (kin, blind(kin)) if one in table), None)


def known() -> Iterator[str]:
    """Every Chinese word of the table."""
    yield from _meanings("zh")


def fits(kin: str, meant: Iterable[str]) -> bool:
    """Whether a kin type is among those meant, where an age left out fits both."""
    return kin in meant or blind(kin) in meant


def _english(term: str) -> frozenset[tuple[str, int]]:
    *before, last = term.removeprefix("my ").split() or [""]
    kin = {each for each in _meanings("en").get(last, ())}
    number = 0
    for adjective in before:
        if adjective in AGES:
            kin = {aged for each in kin for aged in ages(each) if AGES[adjective] in aged}
        elif adjective in SIDES:
            kin = {each for each in kin if each.startswith(SIDES[adjective])}
        elif adjective in ENGLISH:
            number = ENGLISH[adjective]
        else:
            return frozenset()
    return frozenset((each, number) for each in kin)


@cache
def _words(part: str) -> Mapping[str, tuple[str, ...]]:
    """Kin type -> its words, of one part of the table."""
    import tomllib

    table = tomllib.loads(ROOM.read_text("utf-8"))
    for name in part.split("."):
        table = table.get(name, {})
    found: dict[str, tuple[str, ...]] = {}
    for key, value in table.items():
        for kin in key.split():
            found[kin] = (*found.get(kin, ()), *value.split())
    return found


@cache
def _meanings(lang: Lang) -> Mapping[str, frozenset[str]]:
    """Word -> the kin types it stands for."""
    found: dict[str, set[str]] = {}
    for kin, all_words in _words(lang).items():
        for each in all_words:
            found.setdefault(each, set()).add(kin)
    return {each: frozenset(kin) for each, kin in found.items()} | ({"我": frozenset({EGO})} if lang == "zh" else {})
