"""What family.toml says, as evidence: each line of each table, with the bytes at which it stands.

Whoever collected the testimony wrote it. It is kept among the originals and verifies like any utterance; it is no
speech, so nothing finds it that looks for what witnesses said.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from marrow.errors import InputError
from marrow.people.testimony import Utterance, name_of

if TYPE_CHECKING:
    from marrow.people.archive import Archive

TABLE = re.compile(r"\s*\[\s*([\w-]+|\"[^\"]+\")\s*\]\s*(?:#.*)?$")
KEY = re.compile(r"\s*([\w-]+)\s*=")
LONGEST = 60  # lines of one statement


@dataclass(frozen=True)
class Fact:
    """One line of somebody's table.

    there     where it stands: an utterance that nobody said, its text the line
    person    whose table it is in
    value     as TOML reads it
    """

    there: Utterance
    person: str
    key: str
    value: object

    def names(self, other: str) -> bool:
        """Whether the line names somebody by id."""
        return other == self.value or (isinstance(self.value, list | dict) and other in self.value)


def meet(archive: "Archive", path: Path) -> None:
    """Take in who is who, and keep the file as what it rests on; the one before goes.

    raises    InputError  "people.family_file", "people.family_empty", those of `Archive.meet`
    test      every fact verifies by its bytes; taken in twice, the same; what the file no longer says is gone
    """
    try:
        content = path.read_bytes()
        tables = tomllib.loads(content.decode("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise InputError("people.family_file", path=path, why=error) from error
    if not any(isinstance(each, dict) for each in tables.values()):
        raise InputError("people.family_empty", path=path)
    archive.meet(tables)
    source = archive._keep(path)
    before = archive.db.execute("select source from originals where form = 'family' and source != ?", (source,))
    old = [row[0] for row in before.fetchall()]
    with archive.change():
        _leave(archive)
        encoding = "utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "utf-8"
        archive.db.execute("insert or replace into originals values(?, ?, ?, 'family', 'toml', ?, '', '{}', ?)",
                           (source, path.name, len(content), encoding, sha256(content).hexdigest()))
        for place, (person, start, end) in enumerate(_lines(content)):
            there = source, start, end
            put(archive, name_of(*there), there, content[start:end].decode(), person, place)
    _wipe(archive, old)


def put(archive: "Archive", id: str, there: tuple[str, int, int], text: str, person: str, place: int) -> None:
    """Keep one line of somebody's table: the original and the bytes at which it stands."""
    archive.db.execute(
        "insert or replace into utterances(id, source, start, finish, text, heard, label, witness, hearer, said, talk, "
        "place, form, sealed, aside, indexed) values(?, ?, ?, ?, ?, '', ?, '', '', '', 0, ?, 'family', 0, 'family', 1)",
        (id, *there, text, f"[{person}]", place))


def facts(archive: "Archive") -> list[Fact]:
    """Everything that family.toml says, in its order; nothing where it was never taken in as a file."""
    rows = archive.db.execute("select id from utterances where aside = 'family' order by place").fetchall()
    return [Fact(there, there.label[1:-1], *statement(there.text))
            for there in archive.get(row[0] for row in rows).values()]


def statement(line: str) -> tuple[str, object]:
    """Key and value of one line; raises ValueError for what is no such line."""
    [found] = tomllib.loads(line).items()
    return found


def _leave(archive: "Archive") -> None:
    """What an earlier family.toml said is said no more."""
    archive.db.execute("delete from utterances where aside = 'family'")
    archive.db.execute("delete from originals where form = 'family'")


def _wipe(archive: "Archive", sources: list[str]) -> None:
    from marrow.store import wipe

    for each in sources:
        if re.fullmatch("[0-9a-f]{64}", each) and (archive.originals / each).is_file():
            wipe(archive.originals / each)


def _lines(content: bytes) -> Iterator[tuple[str, int, int]]:
    """Whose table, and from which byte to which each of its statements stands, without a comment behind it."""
    rows, at, person = content.split(b"\n"), 0, ""
    starts = [at := at + len(row) + 1 for row in rows]
    number = 0
    while number < len(rows):
        row = rows[number].decode().lstrip("\ufeff")
        found = TABLE.match(row)
        if found or row.lstrip().startswith("["):
            person = found[1].strip('"') if found else ""
        elif person and KEY.match(row):
            start = starts[number] - len(rows[number]) - 1
            whole = _statement(rows[number:number + LONGEST])
            if whole:
                number += whole.count(b"\n")
                lead = len(whole) - len(whole.lstrip())
                yield person, start + lead, start + len(whole.rstrip())
        number += 1


def _statement(rows: list[bytes]) -> bytes:
    """The first rows that TOML reads as one statement, what stands behind it left out; b"" where none are."""
    for count in range(1, len(rows) + 1):
        whole = b"\n".join(rows[:count])
        said = _read(whole)
        if said is not None:
            ends = [match.start() for match in re.finditer(b"#", whole)]
            return next((whole[:end] for end in ends if _read(whole[:end]) == said), whole)
    return b""


def _read(piece: bytes) -> dict | None:
    try:
        return tomllib.loads(piece.decode()) or None
    except ValueError:
        return None
