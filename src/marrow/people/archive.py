"""The archive 档案: one SQLite file of utterances, and beside it the files they stand in.

    archive/people.sqlite       utterances, family, consent, index: everything but the originals
    archive/originals/ab12…     every file that came in, byte for byte, named by its SHA-256

A copy of the folder is a backup. Taking the same file in twice changes nothing. What is deleted is overwritten.
"""

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from marrow.contents import Remark
from marrow.errors import InputError
from marrow.people.disk import writing
from marrow.people.labels import Voices, address, settle
from marrow.people.storing import INSERT, Rows
from marrow.people.testimony import Interval, Utterance

if TYPE_CHECKING:
    from marrow.people.family import Family
    from marrow.people.finding.rank import Index

Purpose = Literal["talk", "film", "public"]
PURPOSES = get_args(Purpose)  # a private talk; the film; anything outside the house
PLACE = Path("archive") / "people.sqlite"
FORM = 1  # raised when the tables change
SCHEMA = f"""
pragma user_version = {FORM};
create table if not exists facts(name text primary key, value text) without rowid;
create table if not exists originals(source text primary key, name text, bytes int, form text, dialect text,
    encoding text, escaped text, head text, now text) without rowid;
create table if not exists utterances(number integer primary key, id text unique, source text, start int, finish int,
    text text, heard text, label text, witness text, hearer text, said text, talk int, place int, form text,
    opened real, closed real, aside text, sealed int default 0, indexed int default 0);
create index if not exists by_seal on utterances(id) where sealed;
create index if not exists by_talk on utterances(source, talk, place);
create table if not exists labels(source text, label text, person text, primary key(source, label)) without rowid;
create table if not exists consent(witness text, purpose text, primary key(witness, purpose)) without rowid;
create table if not exists rivals(one text, other text, primary key(one, other)) without rowid;
create table if not exists gone(id text primary key) without rowid;
create table if not exists proofs(id text primary key, proof text) without rowid;
create table if not exists answers(witness text, person text, instrument text, items text,
    primary key(witness, person, instrument)) without rowid;
create table if not exists generations(name text primary key, place int, facts text) without rowid;
create table if not exists replies(generation text, question text, asker text, place int, reply text, verdicts text,
    primary key(generation, question, asker)) without rowid;
"""
COLUMNS = ("id, source, start, finish, text, heard, label, witness, hearer, said, talk, place, form, opened, closed, "
           "sealed")
AT_ONCE = 20_000  # utterances that are indexed in one go
MARKS = ", ".join("?" * 17)
MOST = 999  # values of one SQL statement


@dataclass(frozen=True)
class Added:
    """What taking in a file did: how many utterances are new, how many were there, labels nobody is known by."""

    name: str
    source: str
    new: int
    known: int
    strangers: tuple[str, ...] = ()
    losses: tuple[Remark, ...] = ()


class Archive:
    """Utterances and originals below one folder."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.path, self.db = path, db
        self.originals = path.parent / "originals"

    # ------------------------------------------------------------ family

    @cached_property
    def family(self) -> "Family":
        """Who is who; empty where no family.toml came in."""
        from marrow.people.family import read_family

        return read_family(json.loads(self.fact("family") or "{}"))

    def meet(self, tables: dict, *, settled: bool = False) -> None:
        """Take in the family, as family.toml has it; everything that hangs on names is worked out anew.

        tables    persons by id, each with what he consents to ("talk" where nothing is said) and whether he was put to
                  rest; beside them `about`: the id of whom testimony is of, `recorder`: of who collects it
        settled   True: who speaks in each file is known already
        raises    InputError  "family.…", "people.consent"
        """
        from marrow.people.family import read_family

        people = {name: dict(table) for name, table in tables.items() if isinstance(table, dict)}
        own = {name: "yes" * ("consent" in table) for name, table in people.items()}
        given = {name: _purposes(name, table.pop("consent", self._unsaid(name))) for name, table in people.items()}
        resting = {name: table.pop("rests", False) is True for name, table in people.items()}
        read_family(people)
        for name in filter(None, (tables.get("about"), tables.get("recorder"))):
            if name not in people:
                raise InputError("people.person", name=name, choices=", ".join(people) or "-")
        with self.change():
            self.db.execute("delete from consent")
            self.db.executemany("insert into consent values(?, ?)",
                                [(name, purpose) for name, purposes in given.items() for purpose in purposes])
            self.note("family", json.dumps(people, ensure_ascii=False, default=str))
            for name, rests in resting.items():
                self.note(f"rests.{name}", "yes" * rests)
                self.note(f"agreed.{name}", own[name])
            for name in ("about", "recorder"):
                self.note(name, str(tables.get(name, self.fact(name))))
            self.__dict__.pop("family", None)
            for (source,) in [] if settled else self.db.execute("select source from originals").fetchall():
                settle(self, source)

    def _unsaid(self, name: str) -> list[str]:
        """What somebody consents to where family.toml does not say: nothing once he took his words back."""
        return [] if self.fact(f"withdrawn.{name}") else ["talk"]

    def fact(self, name: str) -> str:
        """A plain fact of the archive, "" where it is not known."""
        row = self.db.execute("select value from facts where name = ?", (name,)).fetchone()
        return row[0] if row else ""

    def note(self, name: str, value: str) -> None:
        """Keep a plain fact."""
        self.db.execute("insert or replace into facts values(?, ?)", (name, value))

    # ------------------------------------------------------------ taking in

    def add(self, path: Path, *, witness: str = "", to: str = "") -> Added:
        """Take a file in: the original is copied, its turns become utterances.

        witness    id of who speaks where the file names nobody
        to         id of whom he speaks to, where the file does not say
        raises     InputError, LimitError  of the readers, with nothing taken in
        test       twice the same file is once; a renamed file is the same file; what a witness took back stays away
        """
        from marrow.people.formats import follow

        reading = follow(path)
        source, called = self._keep(path), path.name.encode("utf-8", "replace").decode()
        if not source:
            return Added(path.name, "", 0, 0)
        self.db.execute("pragma secure_delete = fast")  # nothing is deleted here
        head = dict(reading.head) | ({"witness": witness} if witness else {}) | ({"to": to} if to else {})
        with self.change():
            before = self.count()
            self.db.execute("delete from originals where source = ? and now = ''", (source,))  # known from an export
            self.db.execute("insert or ignore into originals values(?, ?, ?, ?, ?, ?, ?, ?, ?)",
                            (source, called, path.stat().st_size, reading.form, reading.dialect, reading.encoding,
                             reading.escape, json.dumps(head, ensure_ascii=False), source))
            voices = Voices(self, source)
            rows = Rows(reading, voices, {row[0] for row in self.db.execute("select id from gone")})
            self.db.executemany(INSERT, rows)
            address(self, voices)
            new = self.count() - before
        self.db.execute("pragma secure_delete = on")
        return Added(path.name, source, new, rows.count - new, tuple(sorted(rows.strangers)), reading.losses.remarks())

    def _keep(self, path: Path) -> str:
        """Copy a file among the originals, under its digest; what is there is left alone."""
        unfinished = self.originals / f".{os.getpid()}"
        digest = sha256()
        with writing(self.originals):
            self.originals.mkdir(exist_ok=True)
            try:
                with open(path, "rb") as file, open(unfinished, "wb") as copy:
                    while piece := file.read(1 << 20):
                        digest.update(piece)
                        copy.write(piece)
                name = self._known(digest.hexdigest())
                target = self.originals / name
                if name and not target.exists():
                    os.replace(unfinished, target)
            finally:
                unfinished.unlink(missing_ok=True)
        return name

    def _known(self, digest: str) -> str:
        """What the archive calls a file: its digest, or the one from before words in it were taken back; "" where it
        was taken back as a whole.
        """
        if self.db.execute("select 1 from gone where id = ?", (digest,)).fetchone():
            return ""
        row = self.db.execute("select source from originals where now = ?", (digest,)).fetchone()
        return row[0] if row else digest

    # ------------------------------------------------------------ who is who in a file

    def name(self, label: str, person: str, source: str = "") -> int:
        """Say who a label means, in one file or in all; what hangs on it follows. Returns how many utterances.

        raises    InputError  "people.label", "people.person" for a label or person that is not there
        """
        self.person(person)
        where, values = ("label = ?", [label]) if not source else ("label = ? and source = ?", [label, source])
        sources = [row[0] for row in self.db.execute(f"select distinct source from utterances where {where}", values)]
        if not sources:
            raise InputError("people.label", label=label, choices=", ".join(self.strangers()) or "-")
        with self.change():
            for each in sources:
                self.db.execute("insert or replace into labels values(?, ?, ?)", (each, label, person))
                settle(self, each)
        return self.db.execute(f"select count(*) from utterances where {where}", values).fetchone()[0]

    def person(self, said: str) -> str:
        """The id of a person given by id, name or nickname; raises InputError "people.person"."""
        if said in self.family.members:
            return said
        found = self.family.named(said)
        if len(found) != 1:
            raise InputError("people.person", name=said, choices=", ".join(self.family.members) or "-")
        return next(iter(found))

    def strangers(self) -> list[str]:
        """Labels that no person of the family is known by."""
        rows = self.db.execute("select distinct label from utterances where witness = '' and aside = '' order by label")
        return [row[0] for row in rows]

    # ------------------------------------------------------------ looking

    def count(self) -> int:
        """How many utterances there are, asides and all."""
        return self.db.execute("select count(*) from utterances").fetchone()[0]

    def utterances(self, where: str = "1", values: Sequence[object] = ()) -> Iterator[Utterance]:
        """Words of people, in the order of files and talks, without asides; `about` and `through` are still empty."""
        rows = self.db.execute(f"select {COLUMNS} from utterances where aside = '' and ({where}) "
                               "order by source, talk, place", values)
        return map(_utterance, rows)

    def get(self, ids: Iterable[str]) -> dict[str, Utterance]:
        """Utterances by id; what is not there is left out."""
        found, ids = {}, list(ids)
        for start in range(0, len(ids), MOST):
            part = ids[start:start + MOST]
            marks = ", ".join("?" * len(part))
            rows = self.db.execute(f"select {COLUMNS} from utterances where id in ({marks})", part)
            found |= {each.id: each for each in map(_utterance, rows)}
        return {each: found[each] for each in ids if each in found}

    def around(self, utterance: Utterance, reach: int = 2) -> list[Utterance]:
        """What was said just before and after in the same talk, itself among it."""
        talk = int(utterance.talk.partition(".")[2])
        return list(self.utterances("source = ? and talk = ? and place between ? and ?",
                                    (utterance.source, talk, utterance.place - reach, utterance.place + reach)))

    def before(self, utterance: Utterance, reach: int) -> list[Utterance]:
        """What was said just before in the same talk, oldest first."""
        return [each for each in self.around(utterance, reach) if each.place < utterance.place]

    def one(self, start_of_id: str) -> Utterance:
        """The utterance whose id starts so; raises InputError "people.utterance" for none or several."""
        found = list(self.utterances("substr(id, 1, length(?)) = ?", (start_of_id, start_of_id))) if start_of_id else []
        if len(found) != 1:
            raise InputError("people.utterance", id=start_of_id, count=len(found))
        return found[0]

    def verify(self, utterance: Utterance) -> bool:
        """Whether the original still has these words at these bytes; of an export, whether it had them."""
        from marrow.people.formats import words

        row = self.db.execute("select encoding, escaped, now from originals where source = ?",
                              (utterance.source,)).fetchone()
        if row and not row[2]:  # it came in as an export, without its original
            made = proof_of(utterance.source, utterance.start, utterance.end, utterance.heard or utterance.text)
            return self.db.execute("select proof from proofs where id = ?", (utterance.id,)).fetchone() == (made,)
        try:
            original = (self.originals / utterance.source).read_bytes()
        except OSError:
            return False
        whole = row is not None and sha256(original).hexdigest() == row[2]
        there = words(original, utterance.start, utterance.end, *row[:2]) if whole else None
        return there == (utterance.heard or utterance.text)

    def willing(self, purpose: Purpose) -> frozenset[str]:
        """Witnesses who consent to a use of what they said."""
        return frozenset(row[0] for row in self.db.execute("select witness from consent where purpose = ?", (purpose,)))

    def agreed(self, person: str, purpose: Purpose) -> bool:
        """Whether somebody's own table consents to a use in so many words; "talk" where nothing is said is none."""
        if person not in self.willing(purpose):
            return False
        return bool(self.fact(f"agreed.{person}")) or any(person in self.willing(each) for each in PURPOSES[1:])

    def sealed(self) -> list[str]:
        """Ids of what is sealed."""
        return [row[0] for row in self.db.execute("select id from utterances where sealed order by id")]

    # ------------------------------------------------------------ the index

    @cached_property
    def index(self) -> "Index":
        """What finds utterances by their words."""
        from marrow.people.finding.rank import Index

        return Index(self.db)

    def refresh(self) -> None:
        """Index what is new, corrected, or has another speaker than before."""
        from marrow.people.finding import index

        with self.change():
            waiting = [row[0] for row in self.db.execute("select id from utterances where indexed = 0 and aside = ''")]
            for start in range(0, len(waiting), AT_ONCE):
                index.add(self.db, self.get(waiting[start:start + AT_ONCE]).values())
            self.db.execute("update utterances set indexed = 1 where indexed = 0")

    # ------------------------------------------------------------ mending

    def correct(self, utterance: Utterance, text: str) -> None:
        """Put right what was heard wrongly; the original and the first hearing stay."""
        heard = utterance.heard or utterance.text
        with self.change():
            self.db.execute("update utterances set text = ?, heard = ?, indexed = 0 where id = ?",
                            (text, "" if text == heard else heard, utterance.id))

    def seal(self, utterance: Utterance, sealed: bool = True) -> None:
        """Keep a passage, but let nobody use it."""
        with self.change():
            self.db.execute("update utterances set sealed = ? where id = ?", (int(sealed), utterance.id))

    def oppose(self, one: Utterance, other: Utterance, opposed: bool = True) -> None:
        """Put two utterances side by side as rivals, whatever is found by itself; or take that back."""
        with self.change():
            for pair in ((one.id, other.id), (other.id, one.id)):
                self.db.execute("insert or ignore into rivals values(?, ?)" if opposed
                                else "delete from rivals where one = ? and other = ?", pair)

    def opposed(self, id: str) -> list[str]:
        """Ids of the utterances that were put beside one as its rivals."""
        return [row[0] for row in self.db.execute("select other from rivals where one = ? order by other", (id,))]

    @contextlib.contextmanager
    def change(self) -> Iterator[None]:
        """Everything inside happens, or nothing; inside another change it is part of that one."""
        if self.db.in_transaction:
            yield
            return
        try:
            self.db.execute("begin immediate")
            yield
            self.db.execute("commit")
        except sqlite3.OperationalError as error:
            with writing(self.path):
                raise error
        finally:
            if self.db.in_transaction:
                self.db.execute("rollback")


@contextlib.contextmanager
def open_archive(path: Path = PLACE, *, new: bool = False, write: bool = True) -> Iterator[Archive]:
    """An archive by its file or its folder.

    new       make one where there is none
    write     False: it is only read, and may lie where nothing can be written
    raises    InputError  "people.archive" where there is none; "people.torn" when it is no archive, or of a newer form
              LimitError  "people.disk" where it cannot be written
    """
    path = path / "people.sqlite" if path.is_dir() else path
    if not path.is_file():
        if not new:
            raise InputError("people.archive", path=path)
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
    address = path.resolve().as_uri() + ("" if write else "?mode=ro")
    with writing(path):
        db = sqlite3.connect(address, uri=True, isolation_level=None, timeout=30)
    with contextlib.closing(db):
        _look(db, path, write)
        yield Archive(path, db)


def _look(db: sqlite3.Connection, path: Path, write: bool) -> None:
    """Look whether it is an archive, and where it is written to, make the tables that it lacks."""
    from marrow.people.finding.index import prepare

    try:
        with writing(path):
            if db.execute("pragma user_version").fetchone()[0] not in (0, FORM):
                raise InputError("people.torn", path=path)
            if write:
                db.execute("pragma secure_delete = on")
                db.executescript(SCHEMA)
                prepare(db)
            db.execute("select count(*) from facts").fetchone()
    except sqlite3.DatabaseError as error:
        raise InputError("people.torn", path=path) from error


def proof_of(source: str, start: int, end: int, words: str) -> str:
    """What holds words to their place in an original: 16 hexadecimal digits, from its digest, its bytes and the words.

    An export carries it, so that it can be verified where the originals are not.
    """
    return sha256(f"{source} {start} {end} {words}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _purposes(name: str, said: object) -> list[str]:
    """What somebody consents to, as family.toml says it."""
    purposes = [said] if isinstance(said, str) else said
    if not isinstance(purposes, list) or not set(map(str, purposes)) <= set(PURPOSES):
        raise InputError("people.consent", name=name, value=said, choices=", ".join(PURPOSES))
    return list(dict.fromkeys(map(str, purposes)))


def _utterance(row: tuple) -> Utterance:
    name, source, start, end, text, heard, label, witness, to, said, talk, place, form, opened, closed, sealed = row
    return Utterance(name, source, start, end, text, witness, to, days(said), (), (), f"{source[:8]}.{talk}", place,
                     form, label, heard, None if opened is None else (opened, closed), bool(sealed))


def days(said: str) -> Interval | None:
    """An ISO date as an interval: "2019" a year, "2019-10" a month, "2019-10-05T21:03" a day; None for what is none."""
    from calendar import monthrange

    parts = said[:10].split("-")
    try:
        year, month, day = [int(each) for each in parts] + [0] * (3 - len(parts))
        last = date(year, month or 12, day or monthrange(year, month or 12)[1])
        return Interval(date(year, month or 1, day or 1), last, said)
    except ValueError:
        return None
