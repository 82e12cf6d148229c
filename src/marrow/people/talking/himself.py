"""Questions about who somebody is: his name, his birth, his trade, his kin, and who it is that asks.

Only a question that asks this and nothing else is one: 你叫什么 is, 你叫什么人来帮忙 is not.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from marrow.people.family import Family

Kind = Literal["name", "born", "trade", "asker", "his", "hers", "kin"]
CALLED = 12  # characters of a form of address at the head of a question


@dataclass(frozen=True)
class Asked:
    """What is asked of who he is.

    kind      name, born, trade: of him; asker: who asks; his, hers: what he is to who asks, and the other way; kin
    ego       of kin: id of him whose kin is asked for
    term      of kin: the word that was used
    people    of kin: ids, in the order of the tables; never empty
    counted   of kin: whether there are any, or how many, is asked
    """

    kind: Kind
    ego: str = ""
    term: str = ""
    people: tuple[str, ...] = ()
    counted: bool = False


def asked(words: str, family: "Family", person: str, asker: str) -> Asked | None:
    """What a question asks of who he is; None where it asks anything else, or for kin that the tables do not have.

    test    with any further content it is None; traditional characters ask what simplified ones do
    """
    from marrow.people.finding.tokens import fold

    for plain in _bare(fold(words).strip().lower(), family, person, asker):
        for kind, patterns in _table()["asks"].items():
            if any(re.fullmatch(each, plain) for each in patterns):
                return _kin(family, person, "married", "spouses", False) if kind == "married" else Asked(kind)
        for way in ("who", "count"):
            for found in filter(None, (re.fullmatch(each, plain) for each in _table()["kin"][way])):
                ego = asker if found["owner"] in ("我", "my", "") else person
                term, many = found["kin"].strip(), way == "count" or found["kin"].endswith(("s", "children"))
                made = _kin(family, ego, term, _group(term), many)
                if made:
                    return made
    return None


def _bare(plain: str, family: "Family", person: str, asker: str) -> Iterator[str]:
    """A question without courtesies and marks, then without the form of address at its head as well."""
    from marrow.people.kin.who import who

    polite = _table()["polite"]
    plain = re.sub(rf"(?:{polite['after']})+$", "", plain)
    plain = re.sub(rf"^(?:{polite['before']})[，,\s]*(?=\S)", "", plain) or plain
    yield plain
    known = {each.lower() for each in (*family.members[person].names, family.members[asker].calls.get(person, ""))}
    for length in range(1, min(CALLED, len(plain))):
        head, rest = plain[:length], plain[length:].lstrip("，,、 啊呀")
        if (plain[length] in "，,、 你您我" and rest) and (head in known or who(family, asker, head) == {person}):
            yield rest


def _group(term: str) -> str:
    """The name of several kinds of kin at once."""
    return next((name for name, held in _table()["groups"].items() if term.replace(" ", "_") in held.split()), "")


def _kin(family: "Family", ego: str, term: str, group: str, counted: bool) -> Asked | None:
    found = getattr(family, group)(ego) if group else _certain(family, ego, term)
    order = tuple(each for each in family.members if each in found)
    return Asked("kin", ego, term, order, counted) if order else None


def _certain(family: "Family", ego: str, term: str) -> frozenset[str]:
    """Everybody who certainly is what a word of kinship says; nobody for a word that is none."""
    from marrow.people.kin.terms import fits, senses
    from marrow.people.kin.who import relation, who

    single = next((each for each in (term, term.removesuffix("s")) if senses(each)), "")
    meant = {kin for kin, _ in senses(single)} if single else set()
    return frozenset(id for id in (who(family, ego, single) if single else ())
                     if all(fits(kin, meant) for kin in relation(family, ego, id)))


@cache
def _table() -> dict[str, dict]:
    return tomllib.loads(Path(__file__).with_name("himself.toml").read_text("utf-8"))
