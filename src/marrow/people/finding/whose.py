"""Whose fact is it? A memory of the brother must not be answered as the father's own.

How well words fit cannot tell: a question that credits the wrong person fits best of all. What tells is of whom the
fitting words speak. So every utterance is cut where its subject changes, every stretch counts by what it holds of the
question, and the stretches vote.
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from marrow.people.finding.rarity import rarity
from marrow.people.finding.tokens import CHARACTER, PAIR, PRONOUNS, SOUNDS, WORD, asked, held_by
from marrow.people.talking.ledger import Found
from marrow.people.testimony import Utterance

MANY = 5              # utterances that vote
PRIOR = 0.03          # how much must speak against him before it counts: a stretch with a sixth of the question
UNSURE, TOGETHER = 0.7, 0.7   # his share where he may be meant, and where 我们 is said
BESIDE = 0.15         # where he is in it, and not its subject
OTHERS = 0.4          # below this share it is somebody else's: 1 in 10 right questions falls below it
OPEN = 0.3            # more prior where the question asks who did it
WEIGHTS = {CHARACTER: 1.0, PAIR: 1.0, SOUNDS: 0.5, WORD: 1.5}
CLAUSE = re.compile(r"(?:(?!\b(?:and|but|because|when|while|so)\b)[^，。！？；：、,.!?;:…\n])+", re.I)
# what stands before an object, and what stands behind him who only reports
OBJECT = re.compile(r"(?:[给被把对跟和与同向替为比让叫在到于打过着了教接送陪带问等喊]|"
                    r"\b(?:to|for|from|with|by|of|at|on|in|about|than|like|gave|told|asked|took|taught|met|saw|let|"
                    r"made|brought|drove|called)\s)$", re.I)
REPORT = re.compile(r"(?:也|都|就|还|只|跟[你我他她您]|老|总|自己|是听)?"
                    r"(?:说|讲|记得|听|问|知道|晓得|想|觉得|以为|看|数|写|告诉)|"
                    r"\s+(?:also |still |always |never |don't |didn't )?"
                    r"(?:sa(?:id|ys?)|t(?:ell|old)|remember|think|thought|kn[eo]w|heard?|guess|wrote|write|believe|"
                    r"swears?|saw)\b", re.I)
WHO = re.compile(r"(?:^|[，,是])谁|^\W*who\b", re.I)
ASKED = re.compile(r"(?:[你您]|\byou\b).*(?:[?？]|[吗呢])\s*$", re.I | re.S)
PLURAL = re.compile(r"[们俩]$|^(?:we|they|us|them)$", re.I)


class Meant(Protocol):
    """Words that mean persons; see `marrow.people.mentions.Mention`."""

    start: int
    end: int
    words: str
    kind: str
    persons: frozenset[str]


@dataclass(frozen=True)
class Verdict:
    """Whose the found words are.

    share    of them that is about the person asked for, 0 to 1
    other    id of whom they are about instead; "" where they may be his
    votes    the utterances that say so
    """

    share: float
    other: str = ""
    votes: tuple[Utterance, ...] = ()


def whose(question: str, found: Sequence[Found], person: str, meant: Mapping[str, Sequence[Meant]], *,
          named: Collection[str] = (), before: Mapping[str, str] | None = None) -> Verdict:
    """Tell whether what was found is about the person asked for, or about somebody else.

    found     best first
    meant     by utterance, whom its words mean
    named     others of whom the question itself tells: what is about them is no mistake
    before    by utterance, what somebody else said just before: after "you …?" a sentence without a subject is of him
              who answers; elsewhere it is of the person the talk is about
    source    the rule of `who speaks, and of whom`, voted over the best turns: our measurements in notes/people.md
    test      truth: the brother's "I fell off the bicycle" is the brother's, though the father is asked
    """
    stretches = [each for rank, one in enumerate(_told(found)) for each in
                 _stretches(rank, one, person, meant.get(one.id, ()), (before or {}).get(one.id, ""))]
    mine, his, others, whom, said = {person, *named}, 0.0, 0.0, Counter(), {}
    for stretch, fit in zip(stretches, _fits(question, stretches), strict=True):
        share = _share(stretch, mine)
        his, others = his + fit * share, others + fit * (1 - share)
        for each in sorted(stretch.subject - mine):
            whom[each] += fit * (1 - share) / len(stretch.subject)
            said.setdefault(each, set()).update([stretch.rank] if fit else [])
    doubt = PRIOR + OPEN * bool(WHO.search(question))
    share = 1 - others / (his + others + doubt)
    first = min(whom, key=lambda each: (-whom[each], each), default="")
    if share >= OTHERS or not first:
        return Verdict(share)
    return Verdict(share, first, tuple(each for rank, each in enumerate(_told(found)) if rank in said[first]))


@dataclass(frozen=True)
class _Stretch:
    """Words with one subject: persons it may be, whether several together, and who else is in it."""

    rank: int
    words: str
    subject: frozenset[str]
    together: bool
    beside: frozenset[str]


def _told(found: Sequence[Found]) -> list[Utterance]:
    """The best that tell something; questions of an interviewer do not."""
    return [each.utterance for each in found if not re.search(r"[?？]\s*$", each.utterance.text)][:MANY]


def _stretches(rank: int, one: Utterance, person: str, meant: Sequence[Meant], before: str) -> Iterator[_Stretch]:
    """An utterance cut where its subject changes; a subject holds until the next one."""
    subject, together = frozenset([one.witness if one.witness and ASKED.search(before) else person]), False
    for clause in CLAUSE.finditer(one.text):
        first, end = clause.span()
        inside = [each for each in meant if first <= each.start < end and each.persons]
        subjects = [each for each in inside if _leads(one.text, first, each)]
        cuts = [first, *(each.start for each in subjects[1:]), end]
        for here, there, lead in zip(cuts[:-1], cuts[1:], subjects or [None], strict=True):
            if lead:
                kept = lead.kind == "pronoun" and len(subject) == 1 and subject <= lead.persons
                subject, together = subject if kept else lead.persons, bool(PLURAL.search(lead.words))
            beside = [each.persons for each in inside if here <= each.start < there and len(each.persons) == 1]
            yield _Stretch(rank, one.text[here:there], subject, together, frozenset().union(*beside))


def _leads(text: str, first: int, one: Meant) -> bool:
    """Whether a mention is its clause's subject: not an object, nor who only reports."""
    return not OBJECT.search(text, first, one.start) and not REPORT.match(text, one.end)


def _share(stretch: _Stretch, mine: set[str]) -> float:
    """How much of a stretch is about the person."""
    if stretch.subject & mine:
        return 1.0 if len(stretch.subject) == 1 else UNSURE
    return TOGETHER if stretch.together else BESIDE * bool(stretch.beside & mine)


def _fits(question: str, stretches: Sequence[_Stretch]) -> list[float]:
    """How much of the question each stretch holds, rare words counting more: squared, and less for later utterances."""
    weights = {term: WEIGHTS.get(kind, 0.0) * rare
               for (term, kind, _), rare in rarity(PRONOUNS.sub(" ", asked(question))).items()}
    whole = sum(weights.values()) or 1.0
    return [(sum(weight for term, weight in weights.items() if term in held) / whole) ** 2 / math.log2(each.rank + 2)
            for held, each in zip(held_by([each.words for each in stretches]), stretches, strict=True)]
