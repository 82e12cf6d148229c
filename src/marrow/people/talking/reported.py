"""What he himself said, as a witness reports it: 爸说你别下河, "She told me, 'Keep off the ice.'"

Handed only to whom it was said to: to who is named as the listener, or, where nobody is named, to the witness himself,
who knows whom he meant.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from marrow.people.mentions import Mention

BEFORE = re.compile(r"(?:那[天时年]|当时|后来|从前|以前|老是|总是|一直|常常?|[又还也老总就只才都])*")
TOWARDS = re.compile(r"(?:跟|和|对|同|向|给)")
TOLD = re.compile(r"(?:告诉|嘱咐|交代|叮嘱|劝|骂)")
SAID = re.compile(r"(?:说|讲|喊|念叨)(?:过|了|道)?(?![的好起来])")
ENGLISH = re.compile(r"\s+(?:(?:always|once|often|used to|would|had|just|only)\s+)*"
                     r"(?:(?P<told>told|tell|warned|warn)\s+|(?P<said>said|says|say)(?:\s+to\s+(?P<to>))?)", re.I)
MARKED = re.compile(r"\s*[:：，,]?\s*(?:“(?P<a>[^“”]+)”|「(?P<b>[^「」]+)」|『(?P<c>[^『』]+)』|\"(?P<d>[^\"]+)\")")
PLAIN = re.compile(r"\s*[:：，,]?\s*(?P<a>(?:[^，。！？!?；;：:\s]{1,3}[，,])?"
                   r"[^，,。！？!?；;：:“”「」\"]{2,})")


@dataclass(frozen=True)
class Speech:
    """Words of his, in characters of the text, and who is named as having heard them; "" nobody."""

    start: int
    end: int
    to: str


def reported(text: str, marks: Sequence["Mention"], person: str) -> list[Speech]:
    """Every speech of one person that a text reports word for word.

    marks    the mentions of the text
    test     a speech to another is his; words of another are none; it ends where the words that are reported end
    """
    heads = [each for each in marks if each.sure and each.persons == {person}]
    return [found for each in heads if (found := _english(text, marks, each) if each.words.isascii()
                                        else _chinese(text, marks, each))]


def heard(text: str, marks: Sequence["Mention"], person: str, asker: str, witness: str) -> Speech | None:
    """The first speech of his that may be handed to who asks."""
    return next((each for each in reported(text, marks, person)
                 if each.to == asker or (not each.to and witness == asker)), None)


def _chinese(text: str, marks: Sequence["Mention"], head: "Mention") -> Speech | None:
    at = BEFORE.match(text, head.end).end()
    towards, told = TOWARDS.match(text, at), TOLD.match(text, at)
    to = _at(marks, (towards or told).end()) if towards or told else None
    if (towards or told) and not to:
        return None
    at = to.end if to else at
    said = None if told else SAID.match(text, at)
    if not told and not said:
        return None
    return _words(text, said.end() if said else at, to, PLAIN)


def _english(text: str, marks: Sequence["Mention"], head: "Mention") -> Speech | None:
    verb = ENGLISH.match(text, head.end)
    if not verb:
        return None
    named = verb["told"] or verb["to"] is not None
    to = _at(marks, verb.end()) if named else None
    return _words(text, to.end if to else verb.end(), to, None) if to or not named else None


def _at(marks: Sequence["Mention"], place: int) -> "Mention | None":
    """Who certainly is meant by the words that stand there."""
    return next((each for each in marks if each.start == place and each.sure and len(each.persons) == 1), None)


def _words(text: str, at: int, to: "Mention | None", bare: re.Pattern[str] | None) -> Speech | None:
    """What is said from there on: between marks, else as far as the clause goes."""
    found = MARKED.match(text, at) or (bare and bare.match(text, at))
    if not found:
        return None
    start, end = next(found.span(name) for name, held in found.groupdict().items() if held)
    return Speech(start, end, next(iter(to.persons)) if to else "")
