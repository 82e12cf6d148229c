"""Who is who in a file: its labels as persons of the family, and whom they speak to."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from marrow.people.archive import Archive

OWNER = ("我", "me", "Me", "You")  # what exporters call whoever exported


def settle(archive: "Archive", source: str) -> tuple[str, ...]:
    """Work out who speaks and to whom in one file; labels nobody is known by are returned."""
    head = json.loads(archive.db.execute("select head from originals where source = ?", (source,)).fetchone()[0])
    given = dict(archive.db.execute("select label, person from labels where source = ?", (source,)).fetchall())
    owner = _who(archive, head.get("recorder", ""), "") or archive.fact("recorder")
    witness, to = (_who(archive, head.get(each, ""), owner) for each in ("witness", "to"))
    rows = archive.db.execute("select distinct label from utterances where source = ?", (source,)).fetchall()
    known = {label: given.get(label) or (_who(archive, label, owner) if label else witness) for (label,) in rows}
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


def _who(archive: "Archive", said: str, owner: str) -> str:
    """The person a label means, "" where that is not certain: a name, or what the file's owner calls him."""
    from marrow.people.kin import who

    family = archive.family
    before, _, inside = said.replace("(", "（").partition("（")
    for words in dict.fromkeys((said, before.strip(), inside.strip("）) "))):
        if words in family.members:
            return words
        if words in OWNER and owner:
            return owner
        found = family.named(words) or (who(family, owner, words) if owner and words else frozenset())
        if len(found) == 1:
            return next(iter(found))
    return ""
