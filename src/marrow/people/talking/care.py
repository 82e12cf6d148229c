"""What a talk must never do to the living: pass over a cry for help, cling, or give advice that can hurt.

The patterns stand in care.toml; what is said instead stands in `locale/` under "people.say".
"""

import re
import tomllib
from functools import cache
from pathlib import Path

from marrow.people.claims.fold import folded

Table = dict[str, str | list[str]]
SHORT = 30  # letters: a longer line says more than a courtesy
ASKS = re.compile(r"[?？]|[吗呢]|什么|怎么|[谁哪几]")


def crisis(words: str) -> bool:
    """Whether somebody speaks of ending or hurting himself, or says that another is about to.

    Then the person falls silent and "people.say.crisis" is said. What was long ago, what is said of the dead or asked
    of them ("did you want to die?"), and figures of speech (想死你了, 累死了) are none.
    test    a table of cries and of what is none, both languages, simplified and traditional
    """
    text = _plain(words)
    if any(pattern.search(text) for pattern in _patterns("crisis", "english")):
        return True
    return any(_cries(sentence) for sentence in re.split(r"[。！？!?\n]+", text))


def begs(words: str) -> bool:
    """Whether the one who talks begs to be stayed with, or bids the other come again."""
    return any(pattern.search(_plain(words)) for pattern in _patterns("begs", "patterns"))


def advises(words: str) -> bool:
    """Whether the other is told what to do about health, money or law; what somebody once said is none."""
    text, table = _plain(words), _table()["advises"]
    said = re.search(str(table["english"]), text)
    if said and not reported(text[:said.start()]):
        return True
    for clause in re.split(r"[。！？!?；;\n]+", text):
        opened = re.search(str(table["opens"]), clause)
        if opened and re.search(str(table["topics"]), clause[opened.start():]):
            return not reported(clause[:opened.start()])
    return False


def reported(words: str) -> bool:
    """Whether words lead into something that was said: 他说, 你妈劝我, "she told me"."""
    found = re.search(str(_table()["advises"]["reported"]), _plain(words))
    return bool(found) or bool(re.search(r"\b(?:said|says|told|asked|begged|used to say)\b", words.lower()))


def farewell(words: str) -> bool:
    """Whether somebody takes leave; a question about leave is none."""
    text = _plain(words)
    return not ASKS.search(text) and any(pattern.search(text) for pattern in _patterns("farewell", "patterns"))


def courtesy(words: str) -> str:
    """Which courtesy a line is that holds nothing else: "greeting", "thanks", "farewell"; "" for anything else.

    test    a question is none, however it begins
    """
    if len(words) <= SHORT and farewell(words):
        return "farewell"
    text = _plain(words)
    kinds = ("greeting",) if ASKS.search(text) else ("greeting", "thanks")
    return next((kind for kind in kinds if any(one.search(text) for one in _patterns(kind, "patterns"))), "")


def _cries(sentence: str) -> bool:
    """Whether a Chinese sentence is a cry of the one who says it, or for another who is in danger now."""
    subject, table = "", _table()
    for clause in re.split(r"[，,、：:；;…]+", sentence):
        for kind in ("wish", "deed"):
            for pattern in _patterns("crisis", kind):
                found = pattern.search(clause)
                if found and _meant(clause, found.start(), kind, subject, sentence):
                    return True
        old = re.search(str(table["subject"]["past"]), clause)
        subject = _subject(clause) if old or (subject and not _subject(clause)) else ""
    return False


def _meant(clause: str, at: int, kind: str, before: str, sentence: str) -> bool:
    """Whether such words, found in a clause, are a cry."""
    table = _table()["subject"]
    head = clause[:at]
    subject = _subject(head) or before
    if re.search(str(table["not"]), head):
        return False
    if subject == "other":
        there = re.search(str(table["now"]), sentence)
        return bool(there) and _last(head) not in ("你", "您") and not re.search(str(table["past"]), sentence)
    return kind == "wish" or subject == "own" or bool(re.search(str(_table()["crisis"]["wanting"]), head))


def _subject(head: str) -> str:
    """Who was named last: "own", "other", or "" for nobody."""
    last = _last(head)
    return "" if not last else "own" if re.fullmatch(str(_table()["subject"]["own"]), last) else "other"


def _last(head: str) -> str:
    table = _table()["subject"]
    found = re.findall(f"(?:{table['own']}|{table['other']})", head)
    return found[-1] if found else ""


def _plain(words: str) -> str:
    """Folded, and without what may be put between Chinese characters to hide a word."""
    text = folded(words)
    return re.sub(r"(?<=[\u4e00-\u9fff])[\s·.*_\-]+(?=[\u4e00-\u9fff])", "", text)


@cache
def _patterns(name: str, key: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(each) for each in _table()[name][key])


@cache
def _table() -> dict[str, Table]:
    return tomllib.loads(Path(__file__).with_name("care.toml").read_text("utf-8"))
