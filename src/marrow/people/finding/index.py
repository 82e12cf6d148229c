"""The index of an archive: which utterance holds which term, in the archive's own SQLite file.

`finding_turn` has a row for every utterance: where it stands, and its terms until they are settled. `finding_postings`
has the settled ones as four arrays; `finding_meaning` is for `meaning`. Terms are digests (`tokens`), so no word is
written here; what is removed is taken out of the arrays, and overwritten. Nothing depends on the order in which
utterances came.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from marrow.errors import LimitError
from marrow.people.finding.tokens import CHARACTER, WORD, kind_of, terms
from marrow.people.testimony import Utterance

TABLES = """
create table if not exists finding_turn(number integer primary key autoincrement, id text unique not null,
    talk text not null, place integer not null, witness text not null, length integer not null,
    asks integer not null, terms blob);
create index if not exists finding_loose on finding_turn(number) where terms is not null;
create table if not exists finding_postings(name text primary key, held blob not null) without rowid;
create table if not exists finding_meaning(id text not null, engine text not null, vector blob not null,
    primary key(id, engine)) without rowid;
create table if not exists finding_stamp(one integer primary key check (one = 1), changes integer not null);
insert or ignore into finding_stamp values (1, 0);
"""
LOOSE = 2000           # utterances that may wait to be settled: looking them up costs a little more
AT_ONCE = 20_000       # utterances that are cut in one go
MOST = 1 << 24         # utterances, ever
SHIFT = np.uint64(24)  # a posting is term << 24 | number while it is sorted
ARRAYS = {"terms": np.uint64, "starts": np.int64, "numbers": np.uint32, "times": np.uint8}


@dataclass(frozen=True)
class Postings:
    """Which utterance holds a term, and how many times.

    terms      (t,) uint64, rising
    starts     (t + 1,) int64: those of terms[i] are numbers[starts[i]:starts[i + 1]]
    numbers    (p,) uint32, rising within a term
    times      (p,) uint8
    """

    terms: ndarray
    starts: ndarray
    numbers: ndarray
    times: ndarray

    def of(self, term: int) -> slice:
        """Where the numbers of a term stand; an empty slice where nobody said it."""
        at = int(np.searchsorted(self.terms, np.uint64(term)))
        held = at < len(self.terms) and int(self.terms[at]) == term
        return slice(int(self.starts[at]), int(self.starts[at + 1])) if held else slice(0, 0)


def build(db: sqlite3.Connection, utterances: Iterable[Utterance]) -> None:
    """Index an archive from nothing: what was indexed before is forgotten."""
    prepare(db)
    db.execute("drop table finding_turn")
    db.execute("drop table finding_postings")
    db.execute("delete from finding_meaning")
    _changed(db)
    add(db, utterances)


def add(db: sqlite3.Connection, utterances: Iterable[Utterance]) -> None:
    """Index more utterances, each once; an id that is known already is indexed anew.

    raises    LimitError  "people.index.many"
    test      law: built at once or added one by one, in any order, the same is found with the same scores
    """
    prepare(db)
    fresh = list({each.id: each for each in utterances}.values())
    known = [each.id for each in fresh if db.execute("select 1 from finding_turn where id = ?", (each.id,)).fetchone()]
    if known:
        remove(db, known)
    many = len(fresh) > LOOSE
    parts = [_entered(db, fresh[first:first + AT_ONCE], many) for first in range(0, len(fresh), AT_ONCE)]
    if many:
        _merge(db, parts)
    elif db.execute("select count(*) from finding_turn where terms is not null").fetchone()[0] > LOOSE:
        settle(db)


def remove(db: sqlite3.Connection, ids: Iterable[str]) -> None:
    """Forget utterances: their rows and every posting of theirs, overwritten in the file.

    The archive's own transaction ends with a commit; `compact` after it also empties the log and the free pages.
    test      truth: after `remove`, commit and `compact` the file holds no term, word or sound that only they had
    """
    prepare(db)
    ids = list(ids)
    numbers = [row[0] for each in ids for row in db.execute("select number from finding_turn where id = ?", (each,))]
    db.executemany("delete from finding_turn where number = ?", ((each,) for each in numbers))
    db.executemany("delete from finding_meaning where id = ?", ((each,) for each in ids))
    held = settled(db)
    stay = ~np.isin(held.numbers, np.array(numbers, np.uint32))
    if not stay.all():
        starts = np.concatenate([[0], np.cumsum(stay)])[held.starts]
        used = np.diff(starts) > 0
        _written(db, Postings(held.terms[used], np.append(starts[:-1][used], starts[-1]), held.numbers[stay],
                              held.times[stay]))
    _changed(db)


def compact(db: sqlite3.Connection) -> None:
    """Settle everything and leave no removed byte in the file or its log; not within a transaction."""
    prepare(db)
    settle(db)
    db.commit()
    db.execute("vacuum")
    db.execute("pragma wal_checkpoint(truncate)")


def prepare(db: sqlite3.Connection) -> None:
    """Make the tables where there are none, and have SQLite overwrite what it deletes."""
    db.execute("pragma secure_delete = on").fetchone()
    for each in TABLES.split(";\n"):
        db.execute(each)


def settle(db: sqlite3.Connection) -> None:
    """Sort the terms that wait into the arrays."""
    _merge(db, [_packed(loose(db))])
    db.execute("update finding_turn set terms = null where terms is not null")


def settled(db: sqlite3.Connection) -> Postings:
    """The arrays as they are in the file."""
    held = dict(db.execute("select name, held from finding_postings"))
    nothing = {"starts": np.zeros(1, np.int64).tobytes()}
    return Postings(**{name: np.frombuffer(held.get(name, nothing.get(name, b"")), kind)
                       for name, kind in ARRAYS.items()})


def loose(db: sqlite3.Connection) -> Postings:
    """The postings of utterances that wait."""
    rows = db.execute("select number, terms from finding_turn where terms is not null").fetchall()
    each = [np.frombuffer(held, np.uint64) for _, held in rows]
    numbers = np.repeat(np.array([number for number, _ in rows], np.uint64), [len(held) for held in each])
    return _parted(np.concatenate([np.zeros(0, np.uint64), *each]) << SHIFT | numbers)


def stamp(db: sqlite3.Connection) -> tuple[int, int]:
    """Two numbers: the first changes when anything but an utterance more came, the second with each of those."""
    return db.execute("select changes, (select coalesce(max(number), 0) from finding_turn) "
                      "from finding_stamp").fetchone()


def length_of(found: ndarray, of: ndarray, count: int) -> ndarray:
    """How long texts are: their telling characters and words."""
    telling = np.isin(kind_of(found), (CHARACTER, WORD))
    return np.bincount(of[telling], minlength=count)


def _entered(db: sqlite3.Connection, fresh: Sequence[Utterance], settling: bool) -> ndarray:
    """Enter rows, with their terms unless these are settled at once; the postings, packed."""
    found, of, _ = terms([each.text for each in fresh])
    first = (db.execute("select seq from sqlite_sequence where name = 'finding_turn'").fetchone() or (0,))[0] + 1
    if first + len(fresh) > MOST:
        raise LimitError("people.index.many", most=MOST)
    order = np.argsort(of, kind="stable")
    ends = np.cumsum(np.bincount(of, minlength=len(fresh)))[:-1]
    parts = [None] * len(fresh) if settling else [each.tobytes() for each in np.split(found[order], ends)]
    lengths = length_of(found, of, len(fresh)).tolist()
    db.executemany("insert into finding_turn values (?, ?, ?, ?, ?, ?, ?, ?)",
                   ((first + number, each.id, each.talk, each.place, each.witness, lengths[number],
                     each.text.rstrip().endswith(("?", "？")), parts[number])
                    for number, each in enumerate(fresh)))
    return found << SHIFT | (of + first).astype(np.uint64)


def _merge(db: sqlite3.Connection, fresh: Sequence[ndarray]) -> None:
    """Sort packed postings into the arrays."""
    _written(db, _parted(np.concatenate([_packed(settled(db)), *fresh])))
    _changed(db)


def _changed(db: sqlite3.Connection) -> None:
    db.execute("update finding_stamp set changes = changes + 1")


def _written(db: sqlite3.Connection, postings: Postings) -> None:
    db.executemany("insert or replace into finding_postings values (?, ?)",
                   ((name, np.ascontiguousarray(getattr(postings, name), kind).tobytes())
                    for name, kind in ARRAYS.items()))


def _packed(postings: Postings) -> ndarray:
    """Term and number in one number, as many times as it was said."""
    held = np.repeat(postings.terms, np.diff(postings.starts))
    held <<= SHIFT  # in place: there are tens of millions
    held |= postings.numbers
    return np.repeat(held, postings.times)


def _parted(packed: ndarray) -> Postings:
    """Postings from packed ones in any order; the array given is used up."""
    packed.sort()
    first = _starts(packed)
    times = np.minimum(np.diff(np.append(first, len(packed))), 255).astype(np.uint8)
    packed = packed[first]
    numbers = (packed & np.uint64(MOST - 1)).astype(np.uint32)
    packed >>= SHIFT
    first = _starts(packed)
    return Postings(packed[first], np.append(first, len(packed)), numbers, times)


def _starts(ordered: ndarray) -> ndarray:
    """Where another value begins."""
    new = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return np.flatnonzero(new)
