"""What a witness could be asked next: leads, each kind by itself, the best first.

    rival      witnesses disagree, and this one was near and has not said
    himself    he told it twice, and not alike
    year       years of which hardly anything was told, in which he knew him
    hearsay    what he has from somebody else
    person     somebody near whom he never speaks of; theme, place likewise
    open       a time he left open; unknown: somebody he did not name
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from marrow.contents import Remark
from marrow.people import coverage
from marrow.people.desk import OWN, YOUNG, Desk, Lead, knows, near
from marrow.people.understanding import Understood, births
from marrow.words import say

if TYPE_CHECKING:
    from marrow.people.claims.conflicts import Conflict

STRETCH = 4    # years that one question is about, at most
LITTLE = 0.5   # of a year: who told more of it is not asked about it again
CUT = 34       # letters of somebody's words that a question holds
VAGUE = "上下里到在个我你他她爸妈哥姐的了这那"  # letters of places that are no names
SENTENCE = re.compile(r"[^。！？!?；;…\n]+[。！？!?；;…]*|[^\n]+")
PARTED = re.compile("[,，、 ]")
OPEN = re.compile("(?<!的)那一?年|那几年|那阵子|那个(?:夏|冬|春|秋)天|"
                  "that (?:year|summer|winter|spring|autumn|fall)", re.I)
AGED = re.compile(r"岁|years? old|\baged?\b", re.I)
UNNAMED = re.compile(r"(?<!\w)那个?(?:人|女的|男的|女人|男人)|(?:有个|那个)(?:师傅|医生|同学|姑娘|小伙子|老头|老太太)|"
                     r"某个人|"
                     r"\b(?:someone|somebody|(?:a|that|this) (?:man|woman|boy|girl|doctor|fellow|stranger))\b", re.I)
WHO_SAID = re.compile("谁(?:说|讲|告诉)|听谁|who (?:told|said)", re.I)
WHO, WHEN = re.compile("谁|哪个|叫什么|who|name", re.I), re.compile("哪年|哪一年|什么时候|几岁|when|what year", re.I)


# ---------------------------------------------------------------- what disagrees


def rivals(desk: Desk) -> Iterator[Lead]:
    """Contradictions at which this witness was, or near, and has not said; those first in which he is named."""
    found = [(rank, number, lead) for number, each in enumerate(desk.rivals)
             for rank, lead in [_rival(desk, each)] if lead]
    yield from (lead for _, _, lead in sorted(found, key=lambda each: each[:2]))


def _rival(desk: Desk, each: "Conflict") -> tuple[int, Lead | None]:
    from marrow.people.disputed import asked_of, shown, topic_of

    told = [desk.ids[id] for side in each.sides for voice in side.voices for id in voice.utterances if id in desk.ids]
    voices = {one.utterance.witness for one in told} | {voice.witness for side in each.sides for voice in side.voices}
    himself = each.kind == "himself" and voices == {desk.witness}
    rank = _nearness(desk, each, told)
    topic = topic_of(each, [one.utterance.text for one in told], desk.covered.subject, desk.called,
                     desk.lang)
    if not topic or not (himself or (desk.witness not in voices and rank is not None)):
        return 0, None
    names = say("people.ask.and", desk.lang).join(dict.fromkeys(
        _name(desk, one.utterance.witness) for one in told))
    reason = Remark("people.because.himself" if himself else "people.because.rival",
                    {"who": names, "sides": shown(each, {one.utterance.id: one.utterance.text for one in told}),
                     "settle": each.settles.tell(desk.lang)})
    ids = tuple(one.utterance.id for one in told)
    if himself:
        return 1, Lead("rival", "himself", topic, reason, {"topic": topic}, ids)
    ask = asked_of(each, desk.lang)
    return rank, Lead("rival", "rival", f"{topic} {ask}", reason, {"topic": topic, "ask": ask}, ids)


def _nearness(desk: Desk, each: "Conflict", told: Sequence[Understood]) -> int | None:
    """0 named in it, 1 of the household, 2 near kin; None: not there, or too young."""
    family, subject = desk.archive.family, desk.covered.subject
    born = births(family).get(desk.witness)
    then = [last for one in told for _, last in coverage.years_of(one.utterance.about)]
    if born and then and max(then) < born.first.year + YOUNG:
        return None
    if any(desk.witness in coverage.people_in(one) for one in told):
        return 0
    if desk.witness in (*family.spouses(subject), *family.children(subject), *family.parents(subject)):
        return 1
    return 2 if desk.witness in each.ask else None


# ---------------------------------------------------------------- thin years


def years(desk: Desk) -> Iterator[Lead]:
    """Years of which hardly anything was told, and which this witness can tell of: the emptiest first."""
    covered, own = desk.covered, desk.covered.years.get(desk.witness, ())
    poor = [year for first, last in coverage.thin(covered) for year in range(first, last + 1)
            if year in desk.years and (not own or own[year - covered.first] < LITTLE)]
    whole = covered.whole
    parts = [part for stretch in coverage.runs(poor) for part in _cut(*stretch)]
    parts.sort(key=lambda part: (part[0] - part[1], sum(whole[year - covered.first] for year in range(*part)), part))
    for first, last in parts:
        told = sum(whole[first - covered.first:last - covered.first + 1])
        facts = {"years": _span(desk, "years", first, last), "who": desk.called(covered.subject),
                 "age": _aged(desk, covered.subject, first, last), "yours": _aged(desk, desk.witness, first, last)}
        reason = Remark("people.because.year", {"years": facts["years"], "told": f"{told:.0f}",
                                                "who": _name(desk, desk.witness)})
        bare = "" if facts["age"] else "_bare"
        yield Lead("year", f"year{bare}", f"{first}", reason, facts)


def _cut(first: int, last: int) -> Iterator[tuple[int, int]]:
    """A stretch in even parts that are short enough to be asked about."""
    count = -(-(last - first + 1) // STRETCH)
    edges = [first + (last - first + 1) * number // count for number in range(count + 1)]
    yield from ((start, end - 1) for start, end in pairwise(edges))


def _span(desk: Desk, what: str, first: int, last: int) -> str:
    """1961 年, or 1961 到 1964 年; ages likewise."""
    key = f"people.ask.{what}_{'one' if first == last else 'span'}"
    return say(key, desk.lang, first=first, last=last)


def _aged(desk: Desk, who: str, first: int, last: int) -> str:
    """How old somebody was then; "" where it is not known."""
    born = births(desk.archive.family).get(who)
    if not born or first < born.first.year:
        return ""
    return _span(desk, "age", first - born.first.year, last - born.first.year)


# ---------------------------------------------------------------- hearsay


def hearsay(desk: Desk) -> Iterator[Lead]:
    """What he has from others and nobody asked back: what is disputed first, then what is from nobody known."""
    disputed = {id for each in desk.rivals for side in each.sides for voice in side.voices for id in voice.utterances}
    found = []
    for number in desk.own:
        each = desk.known[number]
        source = each.utterance.through[0] if each.utterance.through else ""
        collects = desk.witness == desk.archive.fact("recorder")  # who collects repeats what others said
        if source and not collects and not any(WHO_SAID.search(other.utterance.text) for other in desk.after(number)):
            lost = source not in desk.archive.family.members and not _is_kin(each, source)
            found.append((each.utterance.id not in disputed, not lost, number, source))
    for _, settled, number, source in sorted(found):
        each, key = desk.known[number], "hearsay" if settled else "hearsay_lost"
        yield Lead("hearsay", key, each.utterance.id, Remark(f"people.because.{key}", {"source": _name(desk, source)}),
                   {"quote": _quoted(each, partial(_says, each, source), source), "source": desk.called(source)},
                   (each.utterance.id,))


def _is_kin(each: Understood, source: str) -> bool:
    """Whether the words mean somebody whom only the witness can name: 我哥."""
    return bool(OWN.match(source)) or any(mention.words == source and mention.kind == "kin"
                                          for mention in each.mentions)


def _says(each: Understood, source: str, start: int, end: int) -> bool:
    """Whether the source stands in a stretch of the utterance."""
    named = any(start <= mention.start < end and source in mention.persons for mention in each.mentions)
    return named or source in each.utterance.text[start:end]


# ---------------------------------------------------------------- what he never touches


def people(desk: Desk) -> Iterator[Lead]:
    """People near to both of whom he never speaks: the nearest first."""
    family, subject = desk.archive.family, desk.covered.subject
    spoken = {person for number in desk.own for each in (desk.known[number], desk.asked(number)) if each
              for mention in each.mentions for person in mention.persons} | {desk.witness, subject, desk.asker}
    steps = near(family, subject)
    able = [id for id in steps if id not in spoken and knows(family, desk.witness, id) and _met(desk, id)]
    for id in sorted(able, key=lambda id: steps[id]):
        told = sum(held.get(id, 0) for held in desk.covered.people.values())
        yield Lead("person", "person", id, Remark("people.because.person", {"who": _name(desk, id), "told": told}),
                   {"who": desk.called(subject), "other": desk.called(id)})


def _met(desk: Desk, id: str) -> bool:
    """Whether the witness was old enough before somebody died."""
    from marrow.people.archive import days

    born, died = births(desk.archive.family).get(desk.witness), days(desk.archive.family.members[id].died)
    return not (born and died) or died.last >= date(born.first.year + YOUNG, 1, 1)


def themes(desk: Desk) -> Iterator[Lead]:
    """Themes that he never touches, nor was asked about: what others tell most of first."""
    touched = {theme for number in desk.own for each in (desk.known[number], desk.asked(number)) if each
               for theme in coverage.themes_in(each.utterance.text)}
    told = {theme: sum(held.get(theme, 0) for held in desk.covered.themes.values()) for theme in coverage.themes()}
    knew = desk.bonds or desk.years
    for theme in sorted(set(told) - touched if knew else (), key=lambda name: (-told[name], name)):
        name = say(f"people.theme.{theme}", desk.lang)
        yield Lead("theme", f"theme.{theme}", theme, Remark("people.because.theme", {"theme": name,
                                                                                    "told": told[theme]}),
                   {"who": desk.called(desk.covered.subject)})


def places(desk: Desk) -> Iterator[Lead]:
    """Places that he named once and others too, and of which he told no more."""
    from marrow.people.claims.tables import listed, table

    kinds = {word for key, value in table("place").items() if key not in ("idle", "cities", "stop", "before", "loose")
             and isinstance(value, str) for word in listed("place", key)}
    for name, count in desk.covered.places.get(desk.witness, {}).items():
        everybody = sum(held.get(name, 0) for held in desk.covered.places.values())
        if count == 1 < everybody and name not in kinds and len(name) > 2 and not set(name) & set(VAGUE):
            ids = tuple(desk.known[number].utterance.id for number in desk.own
                        if name in coverage.places_in(desk.known[number]))
            yield Lead("place", "place", name, Remark("people.because.place", {"place": name, "told": everybody}),
                       {"place": name}, ids)


# ---------------------------------------------------------------- what he left open


def left_open(desk: Desk) -> Iterator[Lead]:
    """Times that he left open and nobody asked after: 那年."""
    for number in desk.own:
        each = desk.known[number]
        loose = [(start, end) for start, end, time in each.times if not time.first and not time.last]
        loose += [match.span() for match in OPEN.finditer(each.utterance.text)]
        marks = [(start, end) for start, end in loose if OPEN.search(each.utterance.text[start:end])]
        told = AGED.search(each.utterance.text) or coverage.years_of(each.utterance.about)
        if marks and not told and not each.utterance.through and not _settled(desk, number, WHEN, dates=True):
            yield _loose(desk, each, *min(marks), "open")


def unnamed(desk: Desk) -> Iterator[Lead]:
    """People whom he did not name and nobody asked after: 有个师傅."""
    for number in desk.own:
        each = desk.known[number]
        match = UNNAMED.search(each.utterance.text)
        if match and not _settled(desk, number, WHO):
            yield _loose(desk, each, *match.span(), "unknown")


def _settled(desk: Desk, number: int, asking: re.Pattern[str], *, dates: bool = False) -> bool:
    """Whether somebody asked back, or the question before or what follows has a date."""
    asked, later = desk.asked(number), desk.after(number)
    dated = dates and any(coverage.years_of(each.utterance.about) for each in [*later, *([asked] if asked else [])])
    return dated or any(asking.search(each.utterance.text) for each in later
                        if each.utterance.witness != desk.witness)


def _loose(desk: Desk, each: Understood, start: int, end: int, kind: str) -> Lead:
    text = each.utterance.text
    words = text[start:end]
    quote = _quoted(each, lambda begin, stop: begin <= start < stop, words)
    return Lead(kind, kind, each.utterance.id, Remark(f"people.because.{kind}", {"phrase": words}),
                {"quote": quote, "phrase": words, "who": desk.called(desk.covered.subject)}, (each.utterance.id,))


# ---------------------------------------------------------------- words


def _quoted(each: Understood, holds: Callable[[int, int], bool], words: str) -> str:
    """The sentence of an utterance in which something stands, cut at a comma where it is long."""
    text = each.utterance.text
    spans = [match.span() for match in SENTENCE.finditer(text) if match[0].strip()] or [(0, len(text))]
    start, end = next((span for span in spans if holds(*span)), spans[0])
    part = text[start:end].strip().rstrip("。.；;，,").strip()
    if len(part) <= CUT * (2 if part.isascii() else 1):
        return part
    most, at = CUT * (2 if part.isascii() else 1), max(part.find(words), 0)
    begin = max((match.end() for match in PARTED.finditer(part, 0, at) if at - match.end() < most // 2), default=0)
    begin = begin if at > most // 2 else 0
    stops = [match.start() for match in PARTED.finditer(part, at + len(words), begin + most)]
    stop = stops[-1] if stops else min(begin + most, len(part))
    return f"{'…' if begin else ''}{part[begin:stop].strip()}{'…' if stop < len(part) else ''}"


def _name(desk: Desk, who: str) -> str:
    member = desk.archive.family.members.get(who)
    return member.name if member else who
