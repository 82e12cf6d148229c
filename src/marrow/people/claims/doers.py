"""Who did it, where it is somebody of no family: 老房东栽的; and who is said not to have done it: 不是他栽的."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from marrow.people.claims.numbers import Span
from marrow.people.claims.slots import Slot
from marrow.people.claims.tables import inside, listed
from marrow.people.claims.topics import done_by

HIMSELF = re.compile(r"[说讲]是?([他她])(?=[\u4e00-\u9fff]{1,6}的)")
DENIED = re.compile("(?:不是|并非|not|wasn't)\\s?$")


def doers(plain: str, found: Iterable[Slot], people: Sequence[Span], through: Sequence[str] = ()) -> Iterator[Slot]:
    """The slots of a folded clause, with doers whom the family does not have; of a denied doer "!" and who.

    people    where persons of the family stand
    through   from whom the witness has it: 老周说是他送的 tells of 老周
    test      老房东栽的 has a doer, 哪年栽的 and 新栽的 have none; of 不是他栽的 he is denied
    """
    for slot in found:
        if slot.kind == "agent" and through and HIMSELF.search(plain):
            continue
        denied = slot.kind == "agent" and DENIED.search(plain[:slot.start])
        yield replace(slot, value=f"!{slot.value}") if denied else slot
    yield from _named(plain, found)
    himself = HIMSELF.search(plain) if through else None
    if himself:
        yield Slot("agent", through[-1], *himself.span(1))
    for match in _done().finditer(plain):
        if not inside(*match.span(1), list(people)):
            yield Slot("agent", f"{'!' if DENIED.search(plain[:match.start(1)]) else ''}{match[1]}", *match.span(1))


def _named(plain: str, found: Iterable[Slot]) -> Iterator[Slot]:
    """Who is named and did it once, in English: Uncle Pete taught him, by Mr. Hughes."""
    for slot in found:
        if slot.kind == "name" and slot.value.isascii() and done_by(plain, slot.start, slot.end):
            yield Slot("agent", slot.value, slot.start, slot.end)


@cache
def _done() -> re.Pattern[str]:
    verbs, idle = ("|".join(listed("doer", key)) for key in ("verbs", "idle"))
    return re.compile(rf"(?:^|(?<=[是被让]))(?!{idle})(?:[\u4e00-\u9fff]{{1,3}}的)?"
                      rf"((?!是|{idle})[\u4e00-\u9fff]{{2,4}}?)(?:{verbs})的")
