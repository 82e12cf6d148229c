"""Whether what a sentence states is stated by a witness: slot by slot, person by person, clause beside clause."""

import re
from collections.abc import Sequence

from marrow.people.claims.fold import folded
from marrow.people.claims.negation import content as weight
from marrow.people.claims.negation import flips
from marrow.people.claims.places import kind_of
from marrow.people.claims.slots import Slot, holds, same
from marrow.people.talking.stated import Clause, Stated, cover

NUMERALS = "〇零二两俩三仨四五六七八九十百千万半"
TELLING = "红橙黄绿青蓝紫白黑灰粉花快慢早晚新旧胖瘦高矮左右东西南北春夏秋冬男女"   # one such, if new, is a new fact
LIGHT_VERBS = "用拿放弄做搞给送去来回到进出起开完成变像发学认识记知聊谈卖买"   # may be new by themselves
COVERED = 0.5    # share of a sentence's content that its evidence must hold: below, it speaks of something else
LOOSE = 0.3      # the same for what only follows
FIXED = ("number", "time", "place", "name")
YEAR = 400       # days


def lacking(sentence: Stated, evidence: Stated, person: str) -> str:
    """Why a sentence does not hold against one piece of evidence: "" where it does, else "slots" or "other".

    "near" is said where it holds but for a little word that nobody said.
    person    who speaks the sentence: he may be left out of what a witness says of him
    test      a sentence holds against itself; swap a number, a day, a place, a name, somebody, a denial: it does not
    """
    if cover(sentence.content, evidence) < COVERED:
        return "other"
    for clause in sentence.clauses:
        at = _beside(clause, evidence)
        beside = evidence.clauses[at] if at is not None else None
        alone = len(sentence.clauses) == 1 or cover(clause.content, evidence) < COVERED
        if beside is None and clause.content and alone:
            return "other"
        if any(not _holds(slot, clause, evidence, beside, sentence.text) for slot in clause.slots):
            return "slots"
        if beside and not (_same_people(clause, evidence, at, person) and _same_sign(clause, beside, evidence)):
            return "slots"
    news = [_new(clause, sentence.text, evidence) for clause in sentence.clauses]
    return "other" if "other" in news else max(news, default="")


def parted(sentence: Stated) -> list[Stated]:
    """Each clause that says something, as a sentence of its own."""
    return [Stated(sentence.text, (each,)) for each in sentence.clauses if each.content or each.slots]


def follows(sentence: Stated, pieces: Sequence[Stated], person: str) -> bool:
    """Whether a sentence may follow from pieces together: no slot and nobody in it is in none of them."""
    held = [slot for each in pieces for slot in each.slots]
    people: set[str] = {one for each in pieces for clause in each.clauses for one in clause.people} | {person}
    text = "\n".join(each.text for each in pieces)
    both = Stated(text, tuple(clause for each in pieces for clause in each.clauses))
    return (all(_stated(slot, held, sentence.text, text) for slot in sentence.slots)
            and all(clause.people <= people for clause in sentence.clauses)
            and cover(sentence.content, both) >= LOOSE)


def _beside(clause: Clause, evidence: Stated) -> int | None:
    """The clause of the evidence that says the same as nearly as any; None where none comes near."""
    def near(other: Clause) -> float:
        if other.asked:
            return 0.0
        alone = _alone(other, evidence)
        kinds = sum(any(same(slot, each) for each in other.slots) for slot in clause.slots if slot.kind in FIXED)
        score = cover(clause.content, alone) * bool(clause.content) + 0.4 * kinds
        score += 0.05 * bool(_signs(clause) & _signs(other))
        return score + 0.1 * len(clause.people & other.people) / (len(clause.people | other.people) or 1)

    scores = [near(each) for each in evidence.clauses]
    best = max(scores, default=0.0)
    return scores.index(best) if best >= 0.25 else None


def _holds(slot: Slot, clause: Clause, evidence: Stated, beside: Clause | None, text: str) -> bool:
    """Whether the evidence states a slot, and does not state another in its stead right where it tells the same."""
    if not _stated(slot, evidence.slots, text, evidence.text):
        return False
    if not beside or slot.kind not in FIXED:
        return True
    here = [each for each in beside.slots if each.kind == slot.kind and _alike(each, slot)]
    return not here or any(same(slot, each) for each in here) or any(
        same(each, mine) for each in here for mine in clause.slots)


def _alike(one: Slot, two: Slot) -> bool:
    ordinals = one.value.startswith("第"), two.value.startswith("第")
    return one.kind != "number" or (ordinals[0] == ordinals[1]
                                    and one.value.partition(" ")[2] == two.value.partition(" ")[2])


def _stated(slot: Slot, held: Sequence[Slot], text: str, other: str) -> bool:
    if slot.kind == "polarity" and any(_denied(slot, each, held) for each in held):
        return False
    if slot.kind not in FIXED:
        return not holds([slot], held)
    words = folded(text[slot.start:slot.end])
    if re.search(rf"(?<![{NUMERALS}一0-9]){re.escape(words)}", other):
        return True
    if slot.kind == "time":
        parts = re.findall(r".+?[年月日号]|.+$", words)
        return all(part in other for part in parts) or any(
            each.kind == "time" and _within(each.value, slot.value) for each in held)
    return any(same(slot, each) and (slot.kind != "place" or kind_of(slot.value)[0] == kind_of(each.value)[0])
               for each in held)


def _denied(slot: Slot, other: Slot, held: Sequence[Slot]) -> bool:
    """Whether what is said in Chinese is denied by the other, and nothing beside that says it after all."""
    if slot.value.isascii() or slot.value[0] != "+" or other.kind != "polarity" or not flips(slot.value, other.value):
        return False
    denied = weight(other.value[1:])
    return not any(each.kind == "polarity" and each.value[0] == "+" and set(denied) <= set(weight(each.value[1:]))
                   for each in held)


def _within(one: str, two: str) -> bool:
    """Whether a stretch of days lies in another of at most a year: what is told may be vaguer, never sharper."""
    from datetime import date

    if one == two or ".." not in one or ".." not in two:
        return one == two
    (first, last), (begin, end) = (each.split("..") for each in (one, two))
    if not (first and last and begin and end):
        return False
    return begin <= first and last <= end and (date.fromisoformat(end) - date.fromisoformat(begin)).days < YEAR


def _same_people(clause: Clause, evidence: Stated, at: int, person: str) -> bool:
    """Whether nobody stands in a clause in somebody else's stead."""
    there = evidence.clauses[at]
    near = frozenset().union(*(each.people for each in evidence.clauses[max(0, at - 1):at + 2]), {person},
                             set() if there.people else {evidence.speaker})
    if any(each not in near and each not in evidence.text for each in clause.people):
        return False
    if clause.you and there.you - clause.people:
        return False
    if person in clause.people - there.people and 0 < clause.named <= there.named:
        return False
    named = frozenset(each for each in clause.people if each in evidence.text)
    strange = clause.people - there.people - named - {person}
    if strange and there.people - clause.people - {person}:
        return False
    return not (clause.subject and there.subject) or bool(clause.subject & (there.people | named))


def _same_sign(clause: Clause, there: Clause, evidence: Stated) -> bool:
    """Whether two clauses that tell the same both say it or both deny it."""
    one, two = _signs(clause), _signs(there)
    share = cover(clause.content, _alone(there, evidence))
    if not one or not two or one & two or share < COVERED:
        return True
    place = evidence.clauses.index(there)
    both = [Stated(evidence.text[each.start:each.end] + evidence.text[there.start:there.end], (there, each))
            for each in evidence.clauses[max(0, place - 1):place + 2]
            if one & _signs(each)]
    return any(cover(clause.content, each) > share for each in both)


def _new(clause: Clause, text: str, evidence: Stated) -> str:
    """What a clause holds that the evidence has not: "other" for a numeral, a thing, a word; "near" for one character.

    A numeral must stand where the evidence tells the same. What ends a clause is mostly what was done or had: another
    end in its stead is another thing.
    """
    at = _beside(clause, evidence)
    there = evidence.clauses[at] if at is not None else None
    here = evidence.text[there.start:there.end] if there else evidence.text
    known = {*evidence.content, *evidence.text}
    near = evidence.text if at is None else " ".join(
        evidence.text[each.start:each.end] for each in evidence.clauses[max(0, at - 1):at + 2])
    new = [each for each in clause.content if each not in known and each not in LIGHT_VERBS]
    if any(each in TELLING or (each.isascii() and len(each) > 2) for each in new) or any(
            each not in here for each in _counted(text[clause.start:clause.end], clause, evidence)):
        return "other"
    if new and re.search(f"[{''.join(new)}]{{2}}", text[clause.start:clause.end]):
        return "other"
    if there and clause.content and there.content and not clause.content[-1].isascii() and (
            clause.content[-1] not in near and there.content[-1] not in text):
        return "other"
    return "near" if new else ""


def _counted(here: str, clause: Clause, evidence: Stated) -> list[str]:
    """Numerals of a clause that count something the evidence does not count by them."""
    found = re.findall(f"[{NUMERALS}].?", here)
    return [each[0] for each in found if each[0] in clause.content and each not in evidence.text]


def _signs(clause: Clause) -> set[str]:
    return {each.value[0] for each in clause.slots if each.kind == "polarity"}


def _alone(clause: Clause, whole: Stated) -> Stated:
    return Stated(whole.text[clause.start:clause.end], (clause,))
