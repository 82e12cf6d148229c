"""Whose words are these? Speech inside an utterance: quoted with marks, or reported without."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from marrow.people.reference.spotting import Spot, folded, words

STOPS = "。！？!?\n…；;"
PAUSES = STOPS + "，,、：:—"
MARKS = {"“": "”", "「": "」", "『": "』", "‘": "’"}
FULL_STOP = re.compile(r"\.(?=\s|$|[\"”])")  # and none in 3.5
TOWARDS = ("跟", "对", "和", "给", "向", "同", "跟着")
HIS = re.compile(r"\b(?:says?|said|told|tells|asked|asks|replied|answered|shouted|whispered|wrote|goes|thought)\b",
                 re.IGNORECASE)


@dataclass(frozen=True)
class Report:
    """What somebody said, told without quotation marks.

    start, end    characters in which 我 and 你 may be his
    own           it is the speaker of the utterance himself who said it: 我 stays certain
    """

    start: int
    end: int
    own: bool


def bounds(text: str, place: int, marks: str) -> tuple[int, int]:
    """The sentence or the clause around a place: from behind one mark up to the next."""
    plain = FULL_STOP.sub("。", text)
    start = max((plain.rfind(mark, 0, place) for mark in marks), default=-1) + 1
    ends = [at for at in (plain.find(mark, place) for mark in marks) if at >= 0]
    return start, min(ends, default=len(text))


def quotes(text: str) -> tuple[tuple[int, int], ...]:
    """What stands between quotation marks, without the marks; an open one reaches to the end."""
    found, at, straight = [], 0, text.count('"') > 1
    while at < len(text):
        close = MARKS.get(text[at], '"' if text[at] == '"' and straight else "")
        if close and not (text[at] == "‘" and text[at - 1:at].isalnum()):
            end = text.find(close, at + 1)
            end = len(text) if end < 0 else end
            found.append((at + 1, end))
            at = end
        at += 1
    return tuple(found)


@lru_cache(maxsize=1)
def _verbs() -> re.Pattern:
    table = words()["speech"]
    off = "|".join(sorted(table["not"].split(), key=lambda each: (-len(each), each)))
    said = "|".join(sorted(table["verbs"].split(), key=lambda each: (-len(each), each)))
    return re.compile(rf"(?P<off>{off})|(?P<verb>{said})|(?P<call>[叫想写](?=[：:，,]))")


def speaking(text: str) -> tuple[tuple[int, int], ...]:
    """Where a verb of saying stands."""
    plain = folded(text)
    found = [match.span() for match in _verbs().finditer(plain) if not match["off"] and not _idle(plain, match)]
    return tuple(sorted([*found, *(match.span() for match in HIS.finditer(text))]))


def _idle(text: str, match: re.Match) -> bool:
    """Whether nothing is told by it: 一句话不说，, 妈跟我讲的。"""
    ahead, behind = text[match.start() - 1:match.start()], text[match.end():match.end() + 1]
    return behind in ("的", "") or (ahead in ("不", "没", "莫", "别") and behind in PAUSES)


def reports(text: str, spots: Sequence[Spot]) -> tuple[Report, ...]:
    """Where 我 and 你 may belong to somebody else, because his words are told without quotation marks.

    test    "他说你别怕": 你 is not certain; "我跟你说，你……": it is
    """
    found = []
    for start, end in speaking(text):
        report = _report(text, spots, start, end)
        if report:
            found.append(report)
    return tuple(found)


def _report(text: str, spots: Sequence[Spot], start: int, end: int) -> Report | None:
    clause = bounds(text, start, PAUSES)[0]
    ahead = [spot for spot in spots if clause <= spot.start < start]
    hearer = next((spot for spot in ahead if folded(text[:spot.start]).endswith(TOWARDS)), None)
    teller = next((spot for spot in reversed(ahead) if spot is not hearer), None)
    after = next((spot for spot in spots if spot.start >= end), None)
    if after and after.start - end <= 1 and after.base in ("I", "you") and _takes(text[start:end]):
        hearer, end = after, after.end
    own = teller is not None and teller.base == "I" and not teller.steps
    if own and hearer and hearer.base == "you" and not hearer.steps:
        return None
    if teller and teller.base == "you" and not teller.steps and not hearer:
        return None
    return _reach(text, spots, end, own)


def _takes(verb: str) -> bool:
    """Whether whom it is said to follows the verb: 告诉你, "told you"."""
    return verb in words()["speech"]["taking"].split() or verb.lower() in ("told", "tells", "asked", "asks")


def _reach(text: str, spots: Sequence[Spot], end: int, own: bool) -> Report | None:
    """As far as the words may go: to the end of the sentence, farther where they could be direct speech."""
    if re.match(r"\s+that\b", text[end:]):
        return None
    stop = bounds(text, end, STOPS)[1]
    inside = [spot for spot in spots if end <= spot.start < stop and spot.base in ("I", "we", "you", "ye")]
    if [spot for spot in inside if not own or spot.base in ("you", "ye")]:
        stop = len(text)
    elif text[end:end + 1] in "，,：:" and stop < len(text) and not own:
        stop = bounds(text, stop + 1, STOPS)[1]
    return Report(end, stop, own)
