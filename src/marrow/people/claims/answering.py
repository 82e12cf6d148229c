"""What a yes or a no says: the question that it answers, affirmed or denied; and the word that an answer takes up."""

import re
from collections.abc import Sequence

from marrow.people.claims.clauses import Part
from marrow.people.claims.fold import folded
from marrow.people.claims.negation import content
from marrow.people.claims.slots import Slot
from marrow.people.claims.topics import apart

ASKS = re.compile(r"^(?:\W*(?:and|but|so|well|then|now)\b)?\W*(?:did|was|were|is|are|does|do|could|can|had|has|have"
                  r"|would)\b"
                  r"|[吗么][?？]|([\u4e00-\u9fff])[不没]\1|有没有|没有?[?？]")
NO = re.compile(r"^\W*(?:no|never|not once|not ever|not a bit|nope|不|没有?|从来?不|从来?没有?|从来没|哪有"
                r"|没这回事|没的事|不会|一次也没有?)(?=\W|$)")
YES = re.compile(r"^\W*(?:yes|yeah|aye|sure|of course|always|是的?|有的?|会的?|对的?|嗯|当然|怎么不|怎么没有?)(?=\W|$)")
TURN = re.compile(r"([\u4e00-\u9fff])([不没])\1|有没有|没有?(?=[?？])|[吗么呢吧?？]")
ECHO = 3       # words, or letters of a Chinese one, that an answer takes up by themselves


def settled(question: str, parts: Sequence[Part], text: str) -> Slot | None:
    """What an answer says by a yes or a no, or by taking up the word that is asked for: Afraid? Of cows.

    question    the turn that is answered; "" where none is asked
    parts       the clauses of the answer
    returns     a denial or what is affirmed, over the answer's first clause; None where it says nothing of it
    test        "Never." to "Did he smoke?" denies that he smoked; 会 to 他会游泳吗 affirms it; to "Where?" neither
                says anything
    """
    if not parts:
        return None
    first = parts[0]
    sign = "-" if NO.match(first.plain) else "+" if YES.match(first.plain) else ""
    asked = [each for each in re.split(r"(?<=[。！!?？.])\s*", folded(question)) if each]
    if sign and asked and ASKS.search(asked[-1]):
        plain = TURN.sub(lambda match: match[1] or ("有" if match[0] == "有没有" else ""), asked[-1]).strip()
        return Slot("polarity", f"{sign}{plain}", first.start, first.end) if content(plain) else None
    return _taken_up(parts, text)


def _taken_up(parts: Sequence[Part], text: str) -> Slot | None:
    first, rest = parts[0], [part for part in parts[1:] if part.told][:1]
    word = content(first.plain.strip("?？!！"))
    echoed = text[first.end - 1:first.end + 1].strip()[-1:] in ("?", "？", "!", "！")
    if not rest or not echoed or not 0 < len(word) <= ECHO or any(
            slot.kind == "polarity" and slot.value[0] == "-" for slot in rest[0].slots):
        return None
    people = [(slot.start - rest[0].start, slot.end - rest[0].start) for slot in rest[0].slots if slot.kind == "person"]
    said = apart(rest[0].plain, people).replace("|", "")
    return Slot("polarity", f"+{first.plain.strip('?？!！ ')} {said.strip()}", first.start, rest[0].end)
