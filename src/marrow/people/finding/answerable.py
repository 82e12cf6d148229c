"""Did anybody say what is asked? A confidence between 0 and 1, so that "I don't know" comes before a wrong answer.

How well words fit does not tell by itself, for something always fits best. What tells is how much of the question one
utterance and its neighbours hold, rare words counting most, words that nobody ever said too; and whether what was found
has a time where the question asks when, a number where it asks how many.
"""

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from marrow.people.claims.slots import slots
from marrow.people.finding.tokens import fold
from marrow.people.talking.ledger import Found

if TYPE_CHECKING:
    from numpy import ndarray

    from marrow.people.finding.rank import Index

LOOKED = 20        # utterances that are looked at
SLOTTED = 3        # of them, those in which what is asked for must stand
# what a question asks for, and the slots that give it; the first that fits
ASKED = ((r"什么时候|何时|哪一?[年天回月]|几岁|几几?年|几月|几点|\bwhen\b|what (?:year|day|month|time)|how old",
          ("time", "number")),
         (r"哪里|哪儿|什么地方|哪边|\bwhere\b", ("place",)),
         (r"谁|\bwho(?:m|se)?\b", ("name", "person", "agent")),
         (r"多少|几[^年乎]|多[大高远长久宽]|\bhow (?:many|much|long|far|tall|big|high|wide)\b", ("number",)))
# a logistic regression on our Chinese family; bench/people/bench_whose.py says how it does
START, AROUND, ALONE, SLOT, SHARE = -2.8, 5.4, 1.75, 0.6, 1.6
WHETHER = re.compile(r"([^是有没不能会])[不没]\1")   # 爱不爱: what is asked is one word, and it must be spoken of
SILENT = -2.5      # where nobody does


def answerable(index: "Index", question: str, found: Sequence[Found], share: float = 1.0,
               among: "ndarray | None" = None) -> float:
    """How likely it is that the found utterances answer a question.

    found      best first
    share      how much of it is about the person asked for: see `marrow.people.finding.whose`
    among      which utterances may be read: see `marrow.people.finding.rank.Index.among`
    returns    0 to 1; at 0.5 as many such questions have an answer as have none
    test       law: 0 for nothing found; words of the question that nobody said lower it, words that were said raise it
    """
    if not found:
        return 0.0
    reached = index.reach(question, [each.utterance.id for each in found[:LOOKED]], among)
    around, alone = reached[0][1], max(each for each, _ in reached)
    odds = START + AROUND * around + ALONE * alone + SLOT * _slotted(question, found) + SHARE * (share - 1)
    return round(1 / (1 + math.exp(-odds - SILENT * _silent(question, found))), 6)


def _silent(question: str, found: Sequence[Found]) -> bool:
    """Whether a question asks if something was so, and what was found never says the word."""
    asked = WHETHER.search(fold(question))
    return bool(asked) and not any(asked[1] in fold(one.utterance.text) for one in found[:SLOTTED])


def _slotted(question: str, found: Sequence[Found]) -> float:
    """1 where what is asked for stands in what was found, 0 where it does not, a half where nothing such is asked."""
    plain = fold(question)
    wanted = next((kinds for pattern, kinds in ASKED if re.search(pattern, plain)), ())
    if not wanted:
        return 0.5
    return float(any(each.kind in wanted for one in found[:SLOTTED] for each in slots(one.utterance.text)))
