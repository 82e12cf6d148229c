"""Who is who in a file: its labels as persons of the family, and whom they speak to."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from marrow.people.archive import Archive

OWNER = ("我", "me", "Me", "You")  # what exporters call whoever exported
SIGNED = {"父": "父亲", "母": "母亲", "兄": "哥哥", "弟": "弟弟", "姐": "姐姐", "妹": "妹妹", "儿": "儿子",
          "女": "女儿"}


def settle(archive: "Archive", source: str) -> tuple[str, ...]:
    """Work out who speaks and to whom in one file; labels nobody is known by are returned."""
    head = json.loads(archive.db.execute("select head from originals where source = ?", (source,)).fetchone()[0])
    given = dict(archive.db.execute("select label, person from labels where source = ?", (source,)).fetchall())
    owner = _who(archive, head.get("recorder", "")) or archive.fact("recorder")
    to = _who(archive, head.get("to", ""), owner)
    egos = (to, owner) if to else (owner,)
    witness = _who(archive, head.get("witness", ""), *egos)
    rows = archive.db.execute("select distinct label from utterances where source = ?", (source,)).fetchall()
    known = {label: given.get(label) or (_who(archive, label, *egos) if label else witness) for (label,) in rows}
    archive.db.executemany(
        "update utterances set witness = ?, hearer = '', indexed = 0 where source = ? and label = ?",
        [(person, source, label) for label, person in known.items()])
    alone = len(set(known.values())) < 2
    _address(archive, source, [each for each in (witness, to or (owner if alone else "")) if each])
    rows = archive.db.execute(
        "select distinct label from utterances where source = ? and witness = '' and aside = ''", (source,))
    return tuple(sorted(row[0] for row in rows))


def _address(archive: "Archive", source: str, present: Sequence[str]) -> None:
    """Whoever speaks in a talk of two speaks to the other."""
    talks = archive.db.execute("select talk, group_concat(distinct witness) from utterances where source = ? and "
                               "witness != '' and aside = '' group by talk", (source,)).fetchall()
    pairs = []
    for talk, voices in talks:
        both = list(dict.fromkeys([*sorted(voices.split(",")), *present]))
        if len(both) == 2:
            pairs += [(both[1], source, talk, both[0]), (both[0], source, talk, both[1])]
    archive.db.executemany("update utterances set hearer = ? where source = ? and talk = ? and witness = ?", pairs)


def _who(archive: "Archive", said: str, *egos: str) -> str:
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


def _greeted(archive: "Archive", said: str) -> str:
    """Who is greeted by name at the head of a letter: 长庚吾儿, 小滿賢姪, "Dear Anna"."""
    from marrow.people.finding.tokens import fold

    plain = re.sub(r"^(dear|亲爱的|敬爱的)\s*", "", fold(said))
    found = {id: len(name) for id, member in archive.family.members.items() for name in map(fold, member.names)
             if name and plain.startswith(name)}
    longest = [id for id, length in found.items() if length == max(found.values())]
    return longest[0] if len(longest) == 1 else ""
