"""What witnesses said that may answer a question: found, understood, cut into sentences, rivals side by side."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

from marrow.people.talking.ledger import Found, Part
from marrow.people.testimony import Utterance

if TYPE_CHECKING:
    from numpy import ndarray

    from marrow.people.archive import Archive, Purpose
    from marrow.people.understanding import Understood

SOUGHT = 1000      # utterances that are looked through
HEARD = 10         # of them, the best that may be used
VOICED = 10        # sentences that are said in his voice where that is certain; the others would not be told
SHORT = 60         # characters of an utterance that is quoted whole where it was put beside a rival
OPPOSED = 4        # utterances of which rivals that were put beside them by hand are looked up
RIVALS = 6         # utterances among which rivals are looked for
AT_ONCE = 60       # utterances that are fetched at once
BONUS = 0.16       # more for an utterance that tells of the person asked about
KNOWN = 0.85       # what counts of what the asker said himself: he knows that
AFTER = 0.8        # what it counts that the question stood in the turn before
WITHIN = 0.6       # what counts of an utterance's worst sentence, beside its best
OWN, SLOT = 0.15, 0.08   # what counts of a sentence: its own words, beside its utterance's; that it has what is asked
BESIDE = 0.8       # how well one of the sides that were put side by side by hand must fit it, of the best fit
RIVAL = 0.6        # how well each side of a conflict must fit the question, of the best fit
QUESTION = re.compile(r"[?？][”」』\"]*\s*$")
SENTENCE = re.compile(r"(?:[^。！？!?；;\n….]|(?<=\b(?:Mr|Dr|St))\.|(?<=\bMrs)\.|\.(?!\s|[”\"]?$))+"
                      r"[。！？!?；;….]*[”’」』\"]*|[^\n]+")
TELLING = (("time",), ("place",), ("agent",), ("number",))   # what a question asks for first, that few sentences have
# what a question asks for, and the slots in which witnesses can then be rivals; the first that fits
ASKED = ((r"什么时候|何时|哪一?[年天回月]|几岁|几几?年|几月|几点|\bwhen\b|what (?:year|day|month|time)|how old",
          ("time", "number")),
         (r"哪里|哪儿|什么地方|哪边|哪个闸|\bwhere\b", ("place",)),
         (r"谁|\bwho(?:m|se)?\b", ("agent", "person", "name", "object")),
         (r"多少|几[^年乎]|多[大高远长久宽]|\bhow (?:many|much|long|far|tall|big|high|wide)\b", ("number",)),
         (r"还是|怎么样[?？]|什么样|什么颜色|快不快|\bor\b|what colou?r", ("quality", "object", "polarity")),
         (r"[吗么][?？]?\s*$|没有?[?？]?\s*$|是不是|有没有|会不会|能不能|(\w)[不没]\1|^\W*(?:did|do|does|was|were|could|had)\b",
          ("polarity", "agent", "quality", "person")),
         (r"什么|哪|怎么|\bwhat\b|\bwhich\b|\bhow\b", ("object", "quality", "name")))


@dataclass(frozen=True)
class Manner:
    """How he answers.

    view           only as this witness remembers him; "" all of them
    engine         who drafts: "plain", "openai:model.toml"
    imagination    share of the sentences that may be imagined, 0 to 1
    purpose        what the answer is for: only witnesses who consent to that are heard
    sentences      at most so many
    without        witnesses who are left out
    """

    view: str = ""
    engine: str = "plain"
    imagination: float = 0.0
    purpose: "Purpose" = "talk"
    sentences: int = 4
    without: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Hall:
    """What was found for a question.

    found     the utterances that may answer, best first, with their sentences
    known     what was made out of them, by id
    asked     what somebody else said just before each, by id
    about     whom the question is about
    named     everybody the question tells of, and who is asked
    among     the witnesses who may be heard
    mask      which utterances may be read: see `marrow.people.finding.rank.Index.among`
    """

    found: tuple[Found, ...]
    known: dict[str, "Understood"]
    asked: dict[str, str]
    about: str
    named: frozenset[str]
    among: frozenset[str]
    mask: "ndarray"


def hear(archive: "Archive", words: str, *, person: str, asker: str, manner: Manner) -> Hall:
    """Find what witnesses said that may answer. Who may not be heard weighs nothing: it is as if he had never spoken.

    returns    utterances of willing witnesses only, whose speaker is known, best first
    test       law: a witness left out, or unwilling, leaves what an archive without his words finds
    """
    from marrow.people.mentions import read

    meant, tells, _ = read(words, archive.family, asker, person, person)
    named = frozenset(id for each in meant if each.sure for id in each.persons) - {asker, person}
    about = next(iter(tells), person)
    among = archive.willing(manner.purpose) - manner.without
    mask = archive.index.among(among, archive.sealed())
    ranked = archive.index.search(words, limit=SOUGHT, speaker=next(iter(named)) if len(named) == 1 else "", among=mask)
    heard = list(islice(_usable(archive, [id for id, _ in ranked], manner), HEARD))
    known = _known(archive, heard, among)
    scored = sorted((((1 + BONUS * (about in known[id].tells)) * (KNOWN if known[id].utterance.witness == asker else 1)
                      * score, id) for id, score in ranked if id in known), key=lambda each: (-each[0], each[1]))
    before = {id: _before(archive, each.utterance, among) for id, each in known.items()}
    found = tuple(Found(known[id].utterance, round(score, 6)) for score, id in scored)
    hall = Hall(found, known, before, about, frozenset({*tells, person}), among, mask)
    hall = replace(hall, found=_parted(archive, hall, words))
    return replace(hall, found=_voiced(archive, hall, person, asker))


def _usable(archive: "Archive", ids: Sequence[str], manner: Manner) -> Iterator[Utterance]:
    """Of what was found, what may be used: a witness who is known and willing, nothing sealed, not only questions."""
    willing = archive.willing(manner.purpose) - manner.without
    for start in range(0, len(ids), AT_ONCE):
        for each in archive.get(ids[start:start + AT_ONCE]).values():
            if (each.witness in willing and not each.sealed and manner.view in ("", each.witness)
                    and not all(map(QUESTION.search, SENTENCE.findall(each.text)))):
                yield each


def _before(archive: "Archive", there: Utterance, among: Collection[str]) -> str:
    """What somebody else who may be heard said just before."""
    return "".join(each.text for each in archive.before(there, 1)
                   if each.witness in among and not each.sealed and each.witness != there.witness)


def wanted(words: str) -> tuple[str, ...]:
    """The kinds of slot that a question asks for."""
    from marrow.people.finding.tokens import fold

    return next((kinds for pattern, kinds in ASKED if re.search(pattern, fold(words))), ())


def _parted(archive: "Archive", hall: Hall, words: str) -> tuple[Found, ...]:
    """Every utterance with its sentences, and how well each fits the question."""
    from marrow.people.claims.negation import unsure
    from marrow.people.claims.slots import slots
    from marrow.people.finding.tokens import fold
    from marrow.people.mentions import part as within

    spans = [(each, match.start(), match.end()) for each in hall.found
             for match in SENTENCE.finditer(each.utterance.text) if match[0].strip()]
    texts = [each.utterance.text[start:end] for each, start, end in spans]
    covers = archive.index.cover(words, [*texts, *(hall.asked[each.utterance.id] + text for (each, _, _), text
                                                   in zip(spans, texts, strict=True))], hall.mask)
    kinds, parts = wanted(words), {each.utterance.id: [] for each in hall.found}
    kinds = kinds if kinds[:1] in TELLING else ()
    for number, ((each, start, end), text) in enumerate(zip(spans, texts, strict=True)):
        if QUESTION.search(text) or unsure(fold(text)):
            continue
        there, marks = each.utterance, within(hall.known[each.utterance.id].mentions, start, end)
        own = max(covers[number], AFTER * covers[len(spans) + number])
        has = bool(kinds) and any(slot.kind in kinds for slot in slots(text, mentions=marks))
        parts[there.id].append(Part(start, end, "", OWN * own + SLOT * has))
    return tuple(replace(each, parts=_weighed(parts[each.utterance.id], each.score)) for each in hall.found)


def _voiced(archive: "Archive", hall: Hall, person: str, asker: str) -> tuple[Found, ...]:
    """The sentences that fit best in the person's own voice, where it is certain who is meant."""
    from marrow.people.mentions import part as within
    from marrow.people.revoice import revoice

    scores = sorted((part.score for each in hall.found for part in each.parts), reverse=True)
    least = scores[:VOICED][-1] if scores else 0.0

    def said(each: Found, part: Part) -> Part:
        there, marks = each.utterance, hall.known[each.utterance.id].mentions
        made = part.score >= least and revoice(there.text[part.start:part.end], archive.family, there.witness, there.to,
                                               person, asker, within(marks, part.start, part.end))
        return replace(part, voiced=made or "")

    return tuple(replace(each, parts=tuple(said(each, part) for part in each.parts)) for each in hall.found)


def _weighed(parts: Sequence[Part], score: float) -> tuple[Part, ...]:
    """Sentences weighed with the utterance they stand in: of a good one the best sentence counts most."""
    best = max((each.score for each in parts), default=0.0)
    return tuple(replace(each, score=round((best + (1 - OWN) * score)
                                           * (WITHIN + (1 - WITHIN) * (each.score / best if best else 1)), 6))
                 for each in parts)


def rivals(archive: "Archive", hall: Hall, words: str, manner: Manner) -> list[tuple[Found, Part]]:
    """One sentence for each side of what witnesses disagree about, where that is what was asked; else nothing.

    What somebody put side by side by hand comes first, then what is found.
    """
    from marrow.people.claims.conflicts import conflicts
    from marrow.people.disagreeing import stated

    best = max((part.score for each in hall.found for part in each.parts), default=0.0)
    kinds, near = wanted(words), hall.found[:RIVALS]
    sides = _opposed(archive, hall, words, manner, best)
    if sides or not kinds:
        return sides
    place = {each.utterance.id: each for each in near}
    claims = stated(archive, [hall.known[each.utterance.id] for each in near], hall.about)
    for conflict in conflicts(claims, archive.family):
        if conflict.kind in kinds:
            voices = [[place[id] for voice in side.voices for id in voice.utterances if id in place]
                      for side in conflict.sides]
            sides = [_best(side) for side in voices if any(each.parts for each in side)]
            fitting = [(each, part) for each, part in sides if part.score >= best * RIVAL]
            first = any(part.score == best for _, part in sides)
            if first and len({each.utterance.witness for each, _ in fitting}) > 1:
                return fitting
    return []


def _best(side: Sequence[Found]) -> tuple[Found, Part]:
    """The sentence of one side that fits best."""
    return max(((each, part) for each in side for part in each.parts), key=lambda both: both[1].score)


def _opposed(archive: "Archive", hall: Hall, words: str, manner: Manner, best: float) -> list[tuple[Found, Part]]:
    """The sides that were put beside each other by hand, where one of them is among the best."""
    for found in hall.found[:OPPOSED]:
        others = list(_usable(archive, archive.opposed(found.utterance.id), manner))
        if not others or not found.parts or _best([found])[1].score < best * BESIDE:
            continue
        known = _known(archive, others, hall.among)
        beside = replace(hall, found=tuple(Found(each, 0.0) for each in others), known=known,
                         asked={each.id: _before(archive, each, hall.among) for each in others})
        return [_whole(each) for each in (found, *_parted(archive, beside, words)) if each.parts]
    return []


def _whole(side: Found) -> tuple[Found, Part]:
    """A short utterance as it was said; of a long one the sentence that fits best."""
    each, part = _best([side])
    text = each.utterance.text
    return each, replace(part, start=0, end=len(text), voiced="") if len(text) <= SHORT else part


def _known(archive: "Archive", utterances: Sequence[Utterance], among: Collection[str]) -> dict[str, "Understood"]:
    """What was made out of utterances, by id."""
    from marrow.people.understanding import understood

    return {each.utterance.id: each for each in understood(archive, utterances, among)}
