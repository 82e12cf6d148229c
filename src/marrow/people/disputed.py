"""How to speak of what is disputed without saying what anybody said: what it is about, and what is asked of it."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING

from marrow.people.kin.terms import Lang
from marrow.words import known, say

if TYPE_CHECKING:
    from marrow.people.claims.conflicts import Conflict, Side

MONEY = ("元", "角", "分钱")
LENGTHS = ("年", "月", "周", "天", "小时", "分钟")
LONG = 8  # letters of a word that several say: longer ones are sentences
WORD = re.compile(r"[A-Za-z][A-Za-z'-]{2,}")
EDGES = "叫蘸左右头的了是得在就都也还我你他她它们那这个一不没有说很吧嘛吗呢啊，。！？、；：“”‘’「」… .,!?;:\"'"


def topic_of(each: "Conflict", texts: Sequence[str], subject: str, name: Callable[[str], str], lang: Lang) -> str:
    """What a contradiction is about, in words that lean to no side: an event, else a word that all sides have.

    texts      the utterances in which the sides are told
    subject    id of whom the testimony is about: events are his, unless the sides are about somebody else
    name       how somebody is called to whom it is told
    returns    "" where there are no such words: then nobody can be asked without being told
    test       no side's value is in it
    """
    values = [side.value.partition(":")[2] or side.value.strip("+-") for side in each.sides]
    told = (_event(word, each, subject, name, lang) or _quoted(word, values, texts, lang) for word in each.topic)
    return next(filter(None, told), "")


def heading(each: "Conflict", texts: Sequence[str], subject: str, name: Callable[[str], str], lang: Lang) -> str:
    """What a contradiction is about, for who reads all sides below it and may be told what they say.

    returns    "" where nothing can be said but what is asked
    test       names, events and words of the utterances stand in it, and no mark of how they are kept
    """
    who = [word[1:] for word in each.topic if word[0] == "~"] or list(each.persons)
    whose = name(who[0]) if len(who) == 1 else ""
    if each.sides[0].value.endswith(" 岁"):
        return whose
    words = sorted((word.strip("#") for word in each.topic), key=lambda word: f"#{word}" not in each.topic)
    told = [_event(word, each, subject, name, lang) or _quoted(word, (), texts, lang) for word in words]
    once = [_quoted(word, (), [text, text], lang) for word in words for text in texts]
    events = [_telling(word, texts, lang) for word in words if word[0] == "@"]
    return next(filter(None, [*told, *once, *events]), whose)


def _event(word: str, each: "Conflict", subject: str, name: Callable[[str], str], lang: Lang) -> str:
    """An event, with whom it happened to where its name needs it; "" where it is not his whom the testimony is about.
    """
    event = known(f"people.ask.event.{word[1:]}", lang) if word[0] == "@" else None
    if not event or ("{who}" in event and each.persons != (subject,)):
        return ""
    return event.format(who=name(subject))


def _telling(word: str, texts: Sequence[str], lang: Lang) -> str:
    """An event of whom nobody can be sure, in the words with which most tell it."""
    from marrow.people.claims.fold import folded
    from marrow.people.claims.traits import events

    told = [{text[start:end].lower() for start, end, name in events(folded(text)) if name == word[1:]}
            for text in texts]
    forms = sorted({form for forms in told for form in forms},
                   key=lambda form: (-sum(form in each for each in told), -len(form), form))
    return say("people.ask.event_word", lang, word=forms[0]) if forms else ""


def _quoted(word: str, values: Sequence[str], texts: Sequence[str], lang: Lang) -> str:
    """A word of the topic as it was said."""
    said = _shared(word, values, texts) if word[0] not in "@#~" else ""
    return say("people.ask.event_word", lang, word=said) if said else ""


def _shared(word: str, values: Sequence[str], texts: Sequence[str]) -> str:
    """A word of the topic grown as far as two tellings go on alike, with nothing of a side's value in it."""
    from marrow.people.claims.tables import listed

    if len(word) == 1 and word not in listed("topic", "nouns"):
        return ""
    grown = {_whole(word, texts)} if word.isascii() else {
        word if one == other else _grown(word, one, other) for one, other in combinations(texts, 2) if word in one}
    able = [run for run in grown if 0 < len(run) <= 3 * LONG and (len(run) > 1 or run == word)
            and (run.isascii() or len(run) <= LONG)
            and not any(value and (value in run or run in value) for value in values)]
    return min(able, key=lambda run: (-sum(run in text for text in texts), -len(run), run), default="")


def _whole(word: str, texts: Sequence[str]) -> str:
    """An English word of the topic as it was said in two tellings; a name keeps its capital."""
    from marrow.people.claims.topics import stem

    told = [{each for each in WORD.findall(text) if stem(each.lower()) == word} for text in texts]
    forms = sorted({form for forms in told for form in forms})
    if sum(bool(forms) for forms in told) < 2:
        return ""
    return min(forms, key=lambda form: (not form.islower(), -sum(form in each for each in told), len(form), form))


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


def shown(each: "Conflict", texts: Mapping[str, str]) -> str:
    """The sides in a line, for who asks: 三块钱一双 / 十二块."""
    return " / ".join(dict.fromkeys(said(side, texts) for side in each.sides if side.clause[0] in texts))


def said(side: "Side", texts: Mapping[str, str]) -> str:
    """What one side says, word for word: the clause of a witness, never the value by which it is compared.

    texts    by utterance id
    """
    utterance, start, end = side.clause
    return texts[utterance][start:end].strip()


def _number(value: str, lang: Lang) -> str:
    """How much, how many, the how manieth; what is counted is named where it is a unit."""
    figure, _, unit = value.partition(" ")
    ranked, known_unit = figure.startswith("第"), unit in _units()
    if unit in MONEY:
        return say("people.ask.slot.money", lang)
    if unit == "岁" or unit in LENGTHS:
        return say(f"people.ask.slot.{'age' if unit == '岁' else 'long'}", lang)
    if not unit or not (ranked or known_unit or unit.isascii()):
        return say("people.ask.slot.number", lang)
    key = "people.ask.slot.rank" if ranked else "people.ask.slot.count"
    return say(key, lang) + ((unit if known_unit else "个") if lang == "zh" else "")


@cache
def _units() -> frozenset[str]:
    """Units and words of counting, as slots have them."""
    from marrow.people.claims.tables import listed, table

    counted = (word for group in table("classifier")["groups"] for word in group.split())
    return frozenset((*table("unit"), *counted, *listed("attributes", "ranked"), "楼"))
