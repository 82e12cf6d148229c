"""How to speak of what is disputed without saying what anybody said: what it is about, and what is asked of it."""

from collections.abc import Callable, Sequence
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING

from marrow.people.kin.terms import Lang
from marrow.words import known, say

if TYPE_CHECKING:
    from marrow.people.claims.conflicts import Conflict

MONEY = ("元", "角", "分钱")
LONG = 8  # letters of a word that several say: longer ones are sentences
EDGES = "的了是得在就都也还我你他她它们那这个一不没有说很吧嘛吗呢啊，。！？、；：“”‘’「」… .,!?;:\"'"


def topic_of(each: "Conflict", texts: Sequence[str], who: str, lang: Lang) -> str:
    """What a contradiction is about, in words that lean to no side: an event, else a word that all sides have.

    texts      the utterances in which the sides are told
    who        how the one it is about is called to the witness
    returns    "" where there are no such words: then nobody can be asked without being told
    test       no side's value is in it
    """
    for word in each.topic:
        if word[0] == "@" and known(f"people.ask.event.{word[1:]}", lang):
            return say(f"people.ask.event.{word[1:]}", lang, who=who)
        shared = "" if word[0] in "@#" else _shared(word, each, texts)
        if shared:
            return say("people.ask.event_word", lang, word=shared)
    return ""


def _shared(word: str, each: "Conflict", texts: Sequence[str]) -> str:
    """A word of the topic grown as far as two tellings go on alike, with nothing of a side's value in it."""
    values = [side.value.partition(":")[2] or side.value.strip("+-") for side in each.sides]
    grown = {_grown(word, one, other) for one, other in combinations(texts, 2)}
    able = [run for run in grown if 1 < len(run) <= (3 * LONG if run.isascii() else LONG)
            and not any(value and (value in run or run in value) for value in values)]
    return min(able, key=lambda run: (-sum(run in text for text in texts), -len(run), run), default="")


def _grown(word: str, one: str, other: str) -> str:
    """A word grown as far as both texts go on alike."""
    start = one.lower().find(word)
    if start < 0 or word not in other.lower():
        return ""
    end = start + len(word)
    while end < len(one) and one[end] not in EDGES and one[start:end + 1] in other:
        end += 1
    while start and one[start - 1] not in EDGES and one[start - 1:end] in other:
        start -= 1
    return one[start:end].strip(EDGES)


def asked_of(each: "Conflict", lang: Lang) -> str:
    """What is asked of it, open: 是什么时候, 是哪只手, 有几家."""
    value, kind = each.sides[0].value, each.kind
    if kind == "number":
        return _number(value, lang)
    if kind == "quality" and known(f"people.ask.aspect.{value.partition(':')[0]}", lang):
        return say(f"people.ask.aspect.{value.partition(':')[0]}", lang)
    doing = next((word[1:] for word in each.topic if word[0] == "@"), "")
    if kind == "agent" and known(f"people.ask.doer.{doing}", lang):
        return say(f"people.ask.doer.{doing}", lang)
    return say(f"people.ask.slot.{'polarity' if kind == 'himself' else kind}", lang)


def shown(each: "Conflict", name: Callable[[str], str], lang: Lang) -> str:
    """The sides in a line, for who asks: 3 元 / 12 元.

    name    of an id
    """
    return " / ".join(dict.fromkeys(valued(side.value, name, lang) for side in each.sides))


def valued(value: str, name: Callable[[str], str], lang: Lang) -> str:
    """One side's value in words: 1988, 是（会水）, 左手.

    name    of an id
    """
    first, dots, last = value.partition("..")
    if dots:
        year = first[:4] if (first[5:], last) == ("01-01", f"{first[:4]}-12-31") else ""
        return year or (first if first == last else f"{first}–{last}")
    if value[:1] in "+-" and value:
        return say("people.ask.yes" if value[0] == "+" else "people.ask.no", lang, word=value[1:])
    return name(value.partition(":")[2] or value)


def _number(value: str, lang: Lang) -> str:
    """How much, how many, the how manieth; what is counted is named where it is a unit."""
    figure, _, unit = value.partition(" ")
    ranked, known_unit = figure.startswith("第"), unit in _units()
    if unit in MONEY:
        return say("people.ask.slot.money", lang)
    if not ranked and not known_unit:
        return say("people.ask.slot.number", lang)
    key = "people.ask.slot.rank" if ranked else "people.ask.slot.count"
    return say(key, lang) + ((unit if known_unit else "个") if lang == "zh" else "")


@cache
def _units() -> frozenset[str]:
    """Units and words of counting, as slots have them."""
    from marrow.people.claims.tables import listed, table

    counted = (word for group in table("classifier")["groups"] for word in group.split())
    return frozenset((*table("unit"), *counted, *listed("attributes", "ranked"), "楼"))
