"""Every sentence of every engine is held against what it cites, and lowered where it does not hold.

    quoted      stays where it is word for word, and the name beside it is the witness's
    told        stays where one utterance that it cites states all of it
    inferred    what follows only from several, or was cited wrongly and is found elsewhere
    imagined    everything else; more of it than is allowed is left out, and counted

No model is asked, and nothing that stands in testimony or in a draft is obeyed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from marrow.contents import Remark
from marrow.people.talking import care
from marrow.people.talking.calling import called, strays, uncalled
from marrow.people.talking.holding import follows, lacking, parted
from marrow.people.talking.ledger import Evidence, Question, Sentence
from marrow.people.talking.plainly import asserts, attributed
from marrow.people.talking.stated import Stated, Voice, cover, stated
from marrow.people.testimony import Utterance
from marrow.words import say

if TYPE_CHECKING:
    from marrow.people.family import Family

STATUSES = ("quoted", "told", "inferred", "imagined", "unknown", "social")
CLOSE = 0.75   # share of a clause's content that must stand in the utterance that is to hold it alone
SUPPORTED = ("quoted", "told", "inferred")
END = re.compile(r"(?<=[。！？])|(?<=[.!?])\s+")
QUOTED = re.compile(r"[“「『\"](.+?)[”」』\"]")
DENIED = re.compile(r"[不没无别未]|\b(?:not|never|no)\b|n['’]t\b")
MARKS = "“”「」『』‘’\"'，。！？；：、…,.!?;:—- 　\n"


@dataclass(frozen=True)
class Checked:
    """What is left of a draft.

    sentences    each with a status that holds
    dropped      what was left out, and under `lowered` why
    remarks      the same, counted, to be told
    """

    sentences: tuple[Sentence, ...]
    dropped: tuple[Sentence, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Bench:
    """A question with what may be cited, read once."""

    question: Question
    family: "Family"
    read: dict[str, Stated] = field(default_factory=dict)
    bare: dict[str, Stated] = field(default_factory=dict)

    @cached_property
    def found(self) -> Mapping[str, Utterance]:
        """What may be cited, by id, best first."""
        return {each.utterance.id: each.utterance for each in self.question.found}

    @property
    def lang(self) -> str:
        """The language of the talk."""
        return self.question.facts.get("lang", "zh")

    def piece(self, id: str) -> Stated:
        """What an utterance states."""
        if id not in self.read:
            there = self.found[id]
            self.read[id] = self.heard(there, there.text)
        return self.read[id]

    def plain(self, id: str) -> Stated:
        """The same without the words that name who said it."""
        if id not in self.bare:
            self.bare[id] = self.heard(self.found[id], attributed(self.found[id].text, self.piece(id))[1])
        return self.bare[id]

    def heard(self, there: Utterance, text: str) -> Stated:
        """What a stretch of an utterance states."""
        return stated(text, Voice(self.family, there.witness, there.to, self.question.person, there.said))

    def spoken(self, words: str) -> Stated:
        """What a sentence of the reply states."""
        said = next((each.said for each in self.found.values() if each.said), None)
        return stated(words, Voice(self.family, self.question.person, self.question.asker, "", said))


def check(drafts: Sequence[Sentence], question: Question, family: "Family") -> tuple[Sentence, ...]:
    """The sentences of a draft as they may be spoken; `weigh` says what was left out as well."""
    return weigh(drafts, question, family).sentences


def weigh(drafts: Sequence[Sentence], question: Question, family: "Family") -> Checked:
    """Hold every sentence of a draft against what it cites.

    returns    every sentence with a status; quoted, told and inferred with evidence that stands in `question.found`
               character for character; of imagined ones no more than the share allowed
    test       1,000 answers of a lying server, bench/people/bench_grounding.py; checking twice changes nothing
    """
    bench, kept, dropped, wrong = Bench(question, family), [], [], 0
    for draft, voiced in ((part, _voiced(each, bench)) for each in drafts for part in _parts(each, bench)):
        made = draft if voiced else _weighed(draft, bench)
        cited = [bench.found[each.utterance].text for each in made.evidence]
        put = called(draft.words, family, question.person, question.asker, lang=bench.lang, cited=cited,
                     quoted=made.status == "quoted")
        wrong += put.wrong
        made = replace(made, words=put.words or draft.words)
        why = "called" if not put.words else _forbidden(made, bench)
        (dropped if why else kept).append(replace(made, lowered=why) if why else made)
    kept, capped = _capped(kept, question.imagination)
    dropped += capped
    sentences = (*kept, *_instead(kept, dropped, bench.lang))
    return Checked(sentences, tuple(dropped), _remarks(sentences, dropped, wrong))


def _voiced(draft: Sentence, bench: Bench) -> bool:
    """Whether a sentence is, character for character, what was worked out of the stretch that it cites."""
    return draft.status == "told" and len(draft.evidence) == 1 and any(
        part.voiced and part.voiced == draft.words and there.text[part.start:part.end] == draft.evidence[0].words
        and (there.id, part.start, part.end) == (draft.evidence[0].utterance, draft.evidence[0].start,
                                                 draft.evidence[0].end)
        for each in bench.question.found for there in (each.utterance,) if not there.sealed for part in each.parts)


def _parts(draft: Sentence, bench: Bench) -> list[Sentence]:
    """A draft of several sentences as several drafts; quotations and what was worked out stay whole."""
    if _voiced(draft, bench):
        return [draft]
    if draft.status == "quoted" or re.search("[“”「」『』\"]", draft.words):
        return [draft] if draft.words.strip(MARKS) else []
    return [replace(draft, words=words.strip()) for words in END.split(draft.words) if words.strip(MARKS)]


def verified(evidence: Evidence, found: Mapping[str, Utterance]) -> Evidence | None:
    """The same stretch of what a witness said, with offsets that hold; None where it does not stand there.

    Offsets that are wrong are put right where the words stand once; where they stand more than once, all is cited.
    test    text[start:end] == words, always
    """
    there = found.get(evidence.utterance)
    words = evidence.words.strip()
    if not there or there.sealed or not words:
        return None
    if evidence.start >= 0 and there.text[evidence.start:evidence.end] == evidence.words:
        return evidence
    if there.text.count(words) == 1:
        start = there.text.index(words)
        return Evidence(there.id, start, start + len(words), words)
    return _all_of(there) if words in there.text else None


def _weighed(draft: Sentence, bench: Bench) -> Sentence:
    """One sentence with the highest status that it deserves, no higher than it claims."""
    evidence = tuple(dict.fromkeys(each for each in (verified(each, bench.found) for each in draft.evidence) if each))
    if draft.status not in STATUSES:
        return replace(draft, status="imagined", evidence=(), lowered="status")
    if draft.status == "imagined":
        return replace(draft, evidence=())
    if draft.status in ("social", "unknown"):
        if not asserts(draft.status, bench.spoken(uncalled(draft.words, bench.family)), bench.question):
            return replace(draft, evidence=evidence if draft.status == "unknown" else ())
        return replace(_told(draft, evidence, bench), lowered="asserts")
    if draft.status == "quoted" or QUOTED.search(draft.words):
        why = _misquoted(draft.words, evidence, bench)
        if why in ("", "yours", "witness") or QUOTED.search(draft.words):
            return replace(draft, evidence=evidence) if not why else _imagined(draft, why)
        made = _told(draft, evidence, bench)
        return replace(made, lowered=made.lowered or why)
    return _told(draft, evidence, bench)


def _told(draft: Sentence, evidence: tuple[Evidence, ...], bench: Bench) -> Sentence:
    """Told where one cited utterance states it all, inferred where several do, else imagined."""
    plain = uncalled(draft.words, bench.family)
    heads, words = attributed(plain, bench.spoken(plain))
    spoken, person = bench.spoken(words), bench.question.person
    if not spoken.content and not spoken.slots and not heads:
        return replace(draft, status="social", evidence=(), lowered="")
    cited = list(dict.fromkeys(each.utterance for each in evidence))
    reasons = {id: lacking(spoken, bench.plain(id), person) for id in cited}
    holding = [id for id in cited if not reasons[id]]
    if any(not _from(head, id, bench) for head in heads for id in (holding or cited)[:1]):
        return _imagined(draft, "witness")
    near = [id for id in cited if reasons[id] == "near"]
    if near and not holding:
        return replace(draft, status="inferred", evidence=_shown(near[0], evidence, spoken, bench), lowered="near")
    if holding:
        shown = _shown(holding[0], evidence, spoken, bench)
        return replace(draft, status="inferred" if draft.status == "inferred" else "told", evidence=shown)
    if draft.status == "inferred" and cited and follows(spoken, [bench.plain(id) for id in cited], person):
        return replace(draft, evidence=evidence)
    why = reasons[cited[0]] if cited else "evidence"
    pieces = _together(spoken, cited, bench)
    if not pieces or any(not any(_from(head, id, bench) for id in pieces) for head in heads):
        return _imagined(draft, why)
    shown = (*(each for each in evidence if each.utterance in pieces),
             *(_all_of(bench.found[id]) for id in pieces if id not in cited))
    lowered = "" if draft.status == "inferred" else "several" if cited else why
    return replace(draft, status="inferred", evidence=shown, lowered=draft.lowered or lowered)


def _misquoted(words: str, evidence: Sequence[Evidence], bench: Bench) -> str:
    """Why a sentence is no quotation: "" where it is one, word for word, nobody's name beside it but the witness's."""
    inner = [each.strip(MARKS) for each in QUOTED.findall(words)]
    whole = [each for each in evidence if len(each.words.strip(MARKS)) > 1 and (
        each.words.strip(MARKS) in words or any(len(one) > 1 and one in each.words for one in inner))]
    if not whole:
        return "words" if evidence else "evidence"
    texts = [bench.found[each.utterance].text for each in whole]
    if any(not any(each in text for text in texts) for each in inner):
        return "words"
    rest = words
    for stretch in (*inner, *(each.words.strip(MARKS) for each in whole)):
        rest = rest.replace(stretch, "，") if stretch else rest
    beside = bench.spoken(rest)
    heads, left = attributed(rest, beside)
    if beside.content or any(slot.kind != "polarity" for slot in beside.slots) or DENIED.search(left):
        return "words"
    us = {bench.question.person, bench.question.asker}
    heads += [each.persons for each in beside.mentions if each.persons - us]
    others = [head for head in heads if head != {bench.question.person}] or heads
    if any(not _from(head, each.utterance, bench, alone=True) for head in others for each in whole):
        return "witness"
    theirs = any(_addressed(each, bench) for each in whole)
    return "yours" if theirs else ""


def _addressed(each: Evidence, bench: Bench) -> bool:
    """Whether a stretch speaks to a "you" who is not the one who asks now."""
    there = bench.found[each.utterance]
    return there.to != bench.question.asker and any(
        start.words.lower() in ("你", "您", "you", "your", "yours") or start.stem in ("你", "您", "your")
        for start in bench.piece(there.id).mentions if each.start <= start.start < each.end)


def _from(head: frozenset[str], id: str, bench: Bench, *, alone: bool = False) -> bool:
    """Whether an utterance is said by one of these, or tells that one of these said it.

    alone    only who says it counts
    """
    there, piece = bench.found[id], bench.piece(id)
    if there.witness in head or alone:
        return there.witness in head
    if head & {*there.through, bench.question.person}:
        return True
    heads, _ = attributed(there.text, piece)
    return any(head & each for each in heads)


def _together(spoken: Stated, cited: Sequence[str], bench: Bench) -> list[str]:
    """Utterances, cited ones first, that state a sentence clause by clause; none where a clause is in none of them."""
    order = [*cited, *(id for id in bench.found if id not in cited)]
    pieces: list[str] = []
    for clause in parted(spoken):
        holding = next((id for id in order if not lacking(clause, bench.plain(id), bench.question.person)
                        and cover(clause.content, bench.plain(id)) >= CLOSE), "")
        if not holding:
            return []
        pieces.append(holding)
    return list(dict.fromkeys(pieces))


def _shown(id: str, evidence: Sequence[Evidence], spoken: Stated, bench: Bench) -> tuple[Evidence, ...]:
    """The stretches cited of an utterance; all of it where they alone do not carry the sentence."""
    there = bench.found[id]
    own = tuple(each for each in evidence if each.utterance == id)
    enough = any(not lacking(spoken, bench.heard(there, each.words), bench.question.person) for each in own)
    return own if enough else (_all_of(there),)


def _all_of(there: Utterance) -> Evidence:
    return Evidence(there.id, 0, len(there.text), there.text)


def _imagined(draft: Sentence, why: str) -> Sentence:
    return replace(draft, status="imagined", evidence=(), lowered=why)


def _forbidden(made: Sentence, bench: Bench) -> str:
    """Why a sentence must not be said at all."""
    recounted = made.status == "quoted" or (made.status == "told" and care.reported(made.words))
    if care.begs(made.words) and not recounted:
        return "begged"
    if care.advises(made.words) and not recounted:
        return "advised"
    question = bench.question
    loose = made.status not in SUPPORTED and strays(made.words, bench.family, question.person, question.asker)
    return "called" if loose else ""


def _capped(kept: Sequence[Sentence], share: float) -> tuple[list[Sentence], list[Sentence]]:
    """The sentences with no more imagined ones than the share allows, the first of them; and the others."""
    sound = sum(each.status != "imagined" for each in kept)
    room = len(kept) if share >= 1 else int(share * sound / (1 - share) + 1e-9)
    made, capped = [], []
    for each in kept:
        if each.status == "imagined" and not room:
            capped.append(replace(each, lowered=each.lowered or "capped"))
            continue
        room -= each.status == "imagined"
        made.append(each)
    return made, capped


def _instead(kept: Sequence[Sentence], dropped: Sequence[Sentence], lang: str) -> tuple[Sentence, ...]:
    """What is said in the place of what was left out."""
    reasons = {each.lowered for each in dropped}
    made = [Sentence(say("people.say.advice", lang), "unknown", lowered="advised")] * ("advised" in reasons)
    if reasons - {"advised", "begged", "called"} or (reasons and not kept and not made):
        told = any(each.status in SUPPORTED for each in kept)
        words = say("people.say.rest" if told else "people.reply.unknown", lang)
        if not any(each.status == "unknown" for each in kept):
            made.append(Sentence(words, "unknown", lowered="capped"))
    return tuple(made)


def _remarks(sentences: Sequence[Sentence], dropped: Sequence[Sentence], wrong: int) -> tuple[Remark, ...]:
    """How many sentences were lowered, left out, put right."""
    aside = ("begged", "advised", "called")
    lowered = [each for each in sentences if each.lowered and each.status in (*SUPPORTED, "imagined")]
    counts = {"capped": sum(each.lowered not in aside for each in dropped), "lowered": len(lowered),
              "begged": sum(each.lowered == "begged" for each in dropped),
              "advised": sum(each.lowered == "advised" for each in dropped), "called": wrong}
    return tuple(Remark(f"people.{key}", {"count": count}) for key, count in counts.items() if count)
