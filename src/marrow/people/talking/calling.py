"""How the other is spoken to: computed from the family, and put right where an engine says it otherwise."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from marrow.people.claims.fold import folded
from marrow.people.talking.stated import phrases

if TYPE_CHECKING:
    from marrow.people.family import Family

SEGMENT = re.compile(r"[^，。！？；：…,.!?;:\n“”「」『』\"—~～]+")


@dataclass(frozen=True)
class Called:
    """A sentence after its forms of address were looked at.

    words    as it may be said, "" where it may not
    wrong    how often somebody was called what he is not
    """

    words: str
    wrong: int = 0


def called(words: str, family: "Family", person: str, asker: str, *, lang: Literal["zh", "en"] = "zh",
           cited: Sequence[str] = (), quoted: bool = False) -> Called:
    """Put every form of address right; a sentence that says that the asker is what he is not is left out.

    cited     texts of the evidence: what somebody was called in them stays
    quoted    the name before a colon is the witness's
    test     whatever he is called, by whomever: only the computed form is left
    """
    from marrow.people.kin.address import address

    right = address(family, person, asker, lang) if asker in family.members else ""
    known = {folded(each) for each in (right, *_names(family, asker)) if each}
    if any(asker not in _who(family, person, term) for term in _claimed(words)):
        return Called("", 1)
    wrong = [each for each in _calls(words, family, quoted) if folded(words[each[0]:each[1]]).strip() not in known
             and not any(folded(words[each[2]:each[3]]).strip() in folded(text) for text in cited)]
    for start, end, *_ in reversed(wrong):
        words = words[:start] + right + words[end:] if right else _without(words, start, end)
    return Called(words.strip(), len(wrong))


def uncalled(words: str, family: "Family") -> str:
    """A sentence without forms of address, as long as before."""
    for start, end, *_ in _calls(words, family, quoted=False):
        words = words[:start] + "，" * (end - start) + words[end:]
    return words


def strays(words: str, family: "Family", person: str, asker: str) -> bool:
    """Whether a sentence without evidence still holds a word of kinship, without an owner, that the asker is not."""
    from marrow.people.kin.address import address

    right = folded(address(family, person, asker)) if asker in family.members else ""
    plain = folded(words).replace(right, "　") if right else folded(words)
    owners = (*str(phrases("calling")["owners"]), "my ", "your ", "his ", "her ")
    loose = [match[0] for match in _terms().finditer(plain) if not plain[:match.start()].endswith(owners)]
    return any(asker not in _who(family, person, term) for term in loose)


def _calls(words: str, family: "Family", quoted: bool) -> list[tuple[int, int, int, int]]:
    """Where somebody is called: start and end of all of it, and of the term alone; the sentence's folded letters."""
    plain, table = folded(words), phrases("calling")
    known = {name for each in family.members.values() for name in (*each.names, *each.calls.values())}
    names = "|".join(re.escape(folded(name)) for name in sorted(known, key=lambda name: (-len(name), name)))
    term = f"(?:{_term()}{'|' + names if names else ''})"
    alone = re.compile(rf"\s*({table['before']})({term}){table['after']}\s*")
    ahead = re.compile(rf"\s*({table['before']})({term})(?:[啊呀哎诶欸]+|(?=[你您])|\s+(?=you\b))")
    behind = re.compile(rf"(?<=[了吧呢啊呀的好你])({term}){table['after']}\s*$")
    found = []
    for segment in SEGMENT.finditer(plain):
        if quoted and plain[segment.end():segment.end() + 1] in (":", "：", "“", "「", "『", '"'):
            continue
        match = alone.fullmatch(segment[0]) or ahead.match(segment[0])
        if match:
            first, last = match.span(2)
            start = match.start(1) + len(re.match(str(table["sounds"]), match[1])[0])
            found.append(tuple(segment.start() + each for each in (start, last, first, last)))
        elif match := behind.search(segment[0]):
            first, last = match.span(1)
            if not segment[0][:first].endswith(("你", "的")):
                found.append(tuple(segment.start() + each for each in (first, last, first, last)))
    return found


def _claimed(words: str) -> list[str]:
    """What a sentence says that the asker is: 你是我的好儿子, "you are my son"."""
    plain, table = folded(words), phrases("calling")
    found = re.findall(rf"[你您]{table['being']}({_term()})", plain)
    return found + re.findall(rf"\b{table['being_english']}({_term()})\b", plain)


def _without(words: str, start: int, end: int) -> str:
    """Words without a form of address and the comma beside it."""
    head, tail = words[:start].rstrip(), words[end:].lstrip(" 啊呀哎")
    if head.endswith(("，", ",")):
        return head[:-1] + tail
    return head + tail.lstrip("，,。！!、 ")


def _names(family: "Family", asker: str) -> tuple[str, ...]:
    return family.members[asker].names if asker in family.members else ()


def _who(family: "Family", person: str, term: str) -> frozenset[str]:
    from marrow.people.kin.who import who

    return who(family, person, term) if person in family.members else frozenset()


@cache
def _term() -> str:
    table = phrases("calling")
    words = sorted([*str(table["terms"]).split()], key=lambda word: (-len(word), word))
    english = sorted(str(table["english"]).split(), key=lambda word: (-len(word), word))
    return "(?:" + "|".join(words) + "|" + rf"\b(?:{'|'.join(english)})\b)"


@cache
def _terms() -> re.Pattern[str]:
    return re.compile(_term())
