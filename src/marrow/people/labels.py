"""Who is who in a file: its labels as persons of the family, and whom they speak to."""

import json
import re
from collections.abc import Iterator
from sqlite3 import Connection
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from marrow.people.family import Family

OWNER = ("我", "me", "Me", "You")  # what exporters call whoever exported
# labels that say what somebody does in the talk: whom they mean, the head of the file says
ASKS = frozenset("问 問 q 采访者 采访人 採訪者 访谈者 访谈人 记录人 记录者 记者 interviewer recorder".split())
ANSWERS = frozenset("答 a 讲述人 讲述者 口述人 口述者 受访者 受访人 受訪者 被访者 被访人 interviewee narrator "
                    "witness".split())
SIGNED = {"父": "父亲", "母": "母亲", "兄": "哥哥", "弟": "弟弟", "姐": "姐姐", "妹": "妹妹", "儿": "儿子",
          "女": "女儿"}


class Kept(Protocol):
    """What an archive must have for this: its tables, its family, its facts."""

    db: Connection

    @property
    def family(self) -> "Family":
        """Everybody it knows."""
        ...

    def fact(self, name: str) -> str:
        """One of its facts, "" where it has none of that name."""
        ...


class Voices:
    """Who a file's labels mean: what was said of them by hand, else names, else what the file's owner calls people."""

    def __init__(self, archive: Kept, source: str) -> None:
        self.archive, self.source = archive, source
        head = json.loads(archive.db.execute("select head from originals where source = ?", (source,)).fetchone()[0])
        self.known = dict(archive.db.execute("select label, person from labels where source = ?", (source,)).fetchall())
        self.owner = _who(archive, head.get("recorder", "")) or archive.fact("recorder")
        self.to = _who(archive, head.get("to", ""), self.owner)
        self.egos = (self.to, self.owner) if self.to else (self.owner,)
        self.witness = _who(archive, head.get("witness", ""), *self.egos)
        self.others: dict[str, str] = {}

    def of(self, label: str) -> tuple[str, str]:
        """The person a label means, "" where that is not certain, and to whom he speaks as far as two alone are met."""
        if label not in self.known:
            role = re.sub(r"\d+$", "", label.lower())
            self.known[label] = (self.owner if role in ASKS else self.witness if role in ANSWERS or not label
                                 else _who(self.archive, label, *self.egos))
            met = sorted({*self.known.values()} - {""})
            self.others = dict(zip(met, met[::-1], strict=True)) if len(met) == 2 else {}
        person = self.known[label]
        return person, self.others.get(person, "")


def settle(archive: Kept, source: str) -> None:
    """Work out anew who speaks in a file and to whom."""
    voices = Voices(archive, source)
    rows = archive.db.execute("select distinct label from utterances where source = ?", (source,)).fetchall()
    archive.db.executemany("update utterances set witness = ?, hearer = '', indexed = 0 where source = ? and label = ?",
                           [(voices.of(label)[0], source, label) for (label,) in rows])
    address(archive, voices)


def address(archive: Kept, voices: Voices) -> None:
    """Whoever speaks in a talk of two speaks to the other."""
    source, alone = voices.source, len(set(voices.known.values())) < 2
    present = [each for each in (voices.witness, voices.to or (voices.owner if alone else "")) if each]
    told = archive.db.execute("select distinct talk, witness, hearer, aside = '' from utterances where source = ? and "
                              "witness != ''", (source,)).fetchall()
    spoken: dict[int, set[str]] = {}
    for talk, witness, _, worded in told:
        spoken.setdefault(talk, set()).update([witness] * worded)
    pairs = {talk: tuple(dict.fromkeys([*sorted(both), *present])) for talk, both in spoken.items() if both}
    usual = next(iter(pairs.values())) if len(set(pairs.values())) == 1 else ()
    wrong = {(_other(pairs.get(talk, usual), by), source, talk, by, now) for talk, by, now, _ in told}
    archive.db.executemany("update utterances set hearer = ? where source = ? and talk = ? and witness = ? and hearer "
                           "= ?", sorted(each for each in wrong if each[0] != each[-1]))


def _other(pair: tuple[str, ...], one: str) -> str:
    """The other of two, "" where there are not two."""
    return pair[one == pair[0]] if len(pair) == 2 and one in pair else ""


def _who(archive: Kept, said: str, *egos: str) -> str:
    """The person a label means, "" where that is not certain: a name, or what the owner or the reader calls him.

    egos    in whose mouth the label may be, the likeliest first: of a letter signed 父 its reader
    """
    from marrow.people.kin.who import who

    family = archive.family
    for words in _readings(said):
        if words in family.members:
            return words
        if words in OWNER and egos and egos[0]:
            return egos[0]
        for found in (family.named(words), *(who(family, ego, words) for ego in egos if ego)):
            if len(found) == 1:
                return next(iter(found))
    return _greeted(archive, said)


def _readings(said: str) -> Iterator[str]:
    """A label as it stands, then its pieces: 小川（哥哥）, 母 何氏; traditional characters as simplified ones too."""
    from marrow.people.finding.tokens import fold

    pieces = [said.strip(), *(each for each in re.split(r"[（）()\[\]【】\s·,，、:：]+", said) if each)]
    yield from dict.fromkeys([*pieces, *map(fold, pieces), *(SIGNED[each] for each in pieces if each in SIGNED)])


def _greeted(archive: Kept, said: str) -> str:
    """Who is greeted by name at the head of a letter: 长庚吾儿, 小滿賢姪, "Dear Anna"."""
    from marrow.people.finding.tokens import fold

    plain = re.sub(r"^(dear|亲爱的|敬爱的)\s*", "", fold(said))
    found = {id: len(name) for id, member in archive.family.members.items() for name in map(fold, member.names)
             if name and plain.startswith(name)}
    longest = [id for id, length in found.items() if length == max(found.values())]
    return longest[0] if len(longest) == 1 else ""
