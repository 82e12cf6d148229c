"""Sentences that claim to tell nothing, and words that name who said it."""

import re
from collections.abc import Sequence
from functools import cache

from marrow.people.claims.fold import folded
from marrow.people.talking.ledger import Question
from marrow.people.talking.stated import Stated, phrases

FIRM = ("number", "time", "place", "name")


def asserts(status: str, spoken: Stated, question: Question) -> bool:
    """Whether a sentence that greets, or says that nothing is known, tells something all the same.

    test    "这个我不知道" tells nothing, "我不知道，那天下着雪" does; "晚安" is a greeting, "我爱喝茶，晚安" is not
    """
    asked = folded(question.words)
    letters = list(spoken.text)
    for each in spoken.mentions:
        letters[each.start:each.end] = " " * (each.end - each.start)
    for clause in spoken.clauses:
        text = spoken.text[clause.start:clause.end]
        if any(slot.kind in FIRM and spoken.text[slot.start:slot.end] not in asked for slot in clause.slots):
            return True
        if not clause.content or _says(status, text) or _says(status, "".join(letters[clause.start:clause.end])):
            continue
        if status != "unknown" or any(each not in asked for each in clause.content):
            return True
    return False


def attributed(words: str, spoken: Stated) -> tuple[list[frozenset[str]], str]:
    """Whom a sentence names as having said it (你妈说, 老周记得), and the sentence without these words.

    returns    for each the people that may be meant; the rest, as long as before
    """
    found, rest = [], list(words)
    for each in spoken.mentions:
        verb = _verbs().match(spoken.text, each.end)
        towards = spoken.text[:each.start].endswith(tuple("跟和对给向"))
        if verb and not towards and (each.persons or each.kind != "pronoun"):
            found.append(each.persons or frozenset({each.words}))
            rest[each.start:verb.end()] = "，" * (verb.end() - each.start)
    return found, "".join(rest)


def _says(status: str, text: str) -> bool:
    text = re.sub(r"\s+", " " if text.isascii() else "", text).strip()
    return not text or any(pattern.search(text) for pattern in _patterns(status))


@cache
def _patterns(status: str) -> Sequence[re.Pattern[str]]:
    both = ("unknown", "social") if status == "unknown" else ("social",)
    said = [each for name in both for each in phrases("status")[name]]
    return tuple(re.compile(each) for each in said)


@cache
def _verbs() -> re.Pattern[str]:
    table = phrases("report")
    return re.compile(rf"(?:{table['lead']})*(?:{table['verbs']})|\s+(?:{table['english']})(?:\s+(?:me|you|that))*")
