"""Answering without a model: the witnesses' own sentences, in his voice where that is certain, quoted elsewhere."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from marrow.engine import Engine

if TYPE_CHECKING:
    from marrow.people.contract import Answer
    from marrow.people.talking.ledger import Found, Part, Question, Sentence

YOU = re.compile(r"[你您]|\byou", re.I)
SHORTEST = 5  # characters of a quotation, its full stop among them
CLOSE, BESIDE = 0.75, 0.95  # how well the best sentence of a further utterance must fit, and one beside it, of the best


def open_plain() -> "Answer":
    """Answer out of what was found, nothing added."""
    return answer


def answer(question: "Question") -> Sequence["Sentence"]:
    """The sentences that fit best, whoever said them; nothing twice. One witness at most lends him his voice: what
    others say of the same thing may be otherwise, so it keeps their names.

    test    every sentence stands word for word in the archive but for who is meant
    """
    most = int(question.facts.get("sentences", "4"))
    told: list[Sentence] = []
    chosen = list(_chosen([_sayable(found, question.asker) for found in question.found], most))
    for found, part in chosen:
        own = found.utterance.witness in (chosen[0][0].utterance.witness, question.person)
        own = own or not _quotable(found, part, question.asker)
        sentence = _sentence(question, found, part if own else replace(part, voiced=""))
        if all(sentence.words != each.words for each in told):
            told.append(sentence)
    return told


def _sayable(found: "Found", asker: str) -> "Found":
    """An utterance without the sentences that may neither be told nor quoted."""
    return replace(found, parts=tuple(part for part in found.parts if part.voiced or _quotable(found, part, asker)))


def _quotable(found: "Found", part: "Part", asker: str) -> bool:
    """Whether a sentence is no word or two, and its "you" nobody but who asks."""
    there = found.utterance
    return len(there.text[part.start:part.end].strip()) >= SHORTEST and (
        there.to == asker or not YOU.search(there.text, part.start, part.end))


def _chosen(hall: Sequence["Found"], most: int) -> Iterator[tuple["Found", "Part"]]:
    """The best sentence of every utterance that fits nearly as well as the best, with those beside it that do too."""
    peaks = [(max((part.score for part in found.parts), default=0.0), found) for found in hall]
    best, left = max((peak for peak, _ in peaks), default=0.0), most
    for peak, found in sorted(peaks, key=lambda each: -each[0]):
        if not peak or peak < CLOSE * best:
            return
        fitting = [part for part in found.parts if part.score >= BESIDE * peak][:left]
        yield from ((found, part) for part in fitting)
        left -= len(fitting)


def _sentence(question: "Question", found: "Found", part: "Part") -> "Sentence":
    """One sentence, told in his voice or quoted."""
    from marrow.people.talking.ledger import Evidence, Sentence
    from marrow.words import say

    there = found.utterance
    words = there.text[part.start:part.end]
    proof = (Evidence(there.id, part.start, part.end, words),)
    if part.voiced:
        return Sentence(part.voiced, "told", proof)
    who = question.facts.get(f"refer.{there.witness}", there.witness)
    quote = say("people.reply.quote", question.facts.get("lang"), who=who, words=words.strip())
    return Sentence(quote[:1].upper() + quote[1:], "quoted", proof)


engine = Engine("people.answer", open_plain, about="the witnesses' own words, no model", licence="Apache-2.0",
                about_zh="只用讲述人自己的话，不用模型")
