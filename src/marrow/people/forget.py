"""A witness withdraws: everything she said leaves the archive, and is overwritten where others' words stand beside it.

    leaving(archive, witness)     what would go: her utterances, the runs that only she said, the files they stand in
    remains(…)                    a file without her words: nobody else's byte has moved
    forget(archive, going)        do it; ids stay behind, so that the same file taken in again brings nothing back
"""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from marrow.people.runs import FILLERS, Runs, runs_of
from marrow.store import wipe

if TYPE_CHECKING:
    from marrow.people.archive import Archive

Span = tuple[int, int]
LARGE = 1 << 26  # bytes of an original beyond which only its turns are looked at
MARKUP = re.compile(r"(</?[A-Za-z][\w:-]*)([^<>]*?)(/?>)|(<!--|-->)")


@dataclass(frozen=True)
class File:
    """An original that holds her words.

    hers, theirs   bytes of her turns, and of everybody else's
    alone          nobody else speaks in it: it goes as a whole
    """

    source: str
    name: str
    hers: tuple[Span, ...]
    theirs: tuple[Span, ...]
    encoding: str
    escape: str

    @property
    def alone(self) -> bool:
        """Whether the whole file is hers."""
        return not self.theirs


@dataclass(frozen=True)
class Leaving:
    """What goes with a witness.

    ids       of her utterances, asides too
    runs      what only she said
    files     the originals they stand in, in the order of their names
    replies   keys of answers that generations owe to her: generation, question, asker
    counts    what else goes, by the name it is told under
    """

    witness: str
    ids: frozenset[str]
    runs: Runs
    files: tuple[File, ...]
    replies: tuple[tuple[str, str, str], ...]
    counts: Mapping[str, int]


def leaving(archive: "Archive", witness: str) -> Leaving:
    """What would go if a witness withdrew; nothing is changed.

    witness    an id of the family
    """
    db = archive.db
    hers = db.execute("select id, text, heard from utterances where witness = ?", (witness,)).fetchall()
    ids = frozenset(row[0] for row in hers)
    others = db.execute("select text, heard from utterances where witness != ? and (witness != '' or aside != '')",
                        (witness,)).fetchall()  # who is not named yet may be she
    names = list(_strings(json.loads(archive.fact("family") or "{}")))
    files = tuple(_files(archive, witness))
    runs = runs_of([text for row in hers for text in row[1:] if text],
                   [*(text for row in others for text in row if text), *names, *_frames(archive, files)])
    replies = tuple(_replies(archive, ids, runs))
    counts = {"utterances": len(hers),
              "labels": _count(archive, "labels where person = ?", witness),
              "answers": _count(archive, "answers where witness = ?", witness), "replies": len(replies)}
    return Leaving(witness, ids, runs, files, replies, counts)


def remains(content: bytes, file: File, runs: Runs) -> bytes:
    """A file of several voices without hers: her turns are blanks, as many bytes as before, and the form stands.

    Quotes, brackets, tags and line ends stay. What she said may also stand outside every turn (a preview of the message
    that is answered, say): her runs go there too.
    test    law: as long as before; every turn of others is at its place; JSON, CSV and HTML still read
    """
    parts = bytearray(content)
    for start, end in file.hers:
        parts[start:end] = hollow(content[start:end], file.encoding, file.escape)
    for start, end in _gaps(file.theirs, len(content)):
        parts[start:end] = _without_runs(bytes(parts[start:end]), file.encoding, runs)
    return bytes(parts)


def hollow(piece: bytes, encoding: str, escape: str) -> bytes:
    """Bytes of one turn made blank, as many as before."""
    wide = encoding.startswith("utf-16")
    text = piece.decode(encoding, "surrogatepass") if wide else piece.decode("latin-1")
    if escape in ("json", "csv") and len(text) > 1 and text[0] + text[-1] in ('""', "[]"):
        text = text[0] + _blank(text[1:-1]) + text[-1]
    elif escape == "html":
        text = _blank_between(text)
    else:
        text = _blank(text)
    return text.encode(encoding if wide else "latin-1", "surrogatepass" if wide else "strict")


def forget(archive: "Archive", going: Leaving) -> None:
    """Let everything go; done again after a break, it ends the same.

    raises    LimitError  "people.disk" where the archive cannot be written
    test      truth: no run that only she said is in any file of the archive; others' utterances verify as before
    """
    from marrow.people.finding import index

    changed = {file.source: _overwrite(archive, file, going.runs) for file in going.files
               if not file.alone and (archive.originals / file.source).is_file()}
    alone = [file.source for file in going.files if file.alone]
    with archive.change():
        db = archive.db
        db.executemany("insert or ignore into gone values(?)", [(each,) for each in (*sorted(going.ids), *alone)])
        index.remove(db, sorted(going.ids))
        db.execute("delete from utterances where witness = ?", (going.witness,))
        db.executemany("delete from utterances where source = ?", [(each,) for each in alone])
        db.executemany("delete from originals where source = ?", [(each,) for each in alone])
        db.executemany("delete from labels where source = ?", [(each,) for each in alone])
        db.executemany("update originals set now = ? where source = ?", [(now, each) for each, now in changed.items()])
        db.execute("delete from proofs where id not in (select id from utterances)")
        for table, column in (("labels", "person"), ("answers", "witness"), ("consent", "witness")):
            db.execute(f"delete from {table} where {column} = ?", (going.witness,))
        db.executemany("delete from replies where generation = ? and question = ? and asker = ?", going.replies)
        _blank_heads(archive, going.runs)
        archive.note(f"withdrawn.{going.witness}", "yes")
    for source in alone:
        if re.fullmatch("[0-9a-f]{64}", source):
            wipe(archive.originals / source)
    index.compact(archive.db)


def held(archive: "Archive", runs: Runs) -> bool:
    """Whether any value of the archive's tables still holds a run, or any page is left that no table owns.

    Values, not bytes: in the file the end of one and the beginning of the next stand side by side.
    """
    db = archive.db
    tables = [row[0] for row in db.execute("select name from sqlite_master where type = 'table'")]
    return db.execute("pragma freelist_count").fetchone()[0] > 0 or any(
        isinstance(value, str) and runs.holds(value)
        for table in tables for row in db.execute(f"select * from {table}") for value in row)


def _files(archive: "Archive", witness: str) -> Iterator[File]:
    """The originals in which she speaks, and those that were hers to fill in."""
    rows = archive.db.execute("select source, name, encoding, escaped, head from originals order by name, source")
    for source, name, encoding, escape, head in rows.fetchall():
        turns = archive.db.execute("select start, finish, witness, aside from utterances where source = ? "
                                   "order by start", (source,)).fetchall()
        hers = tuple((start, end) for start, end, who, _ in turns if who == witness)
        theirs = tuple((start, end) for start, end, who, aside in turns if who != witness and not (aside and not who))
        if hers or (not theirs and _headed(archive, head) == witness):
            yield File(source, name, hers, theirs, "utf-8" if encoding == "utf-8-sig" else encoding, escape)


def _frames(archive: "Archive", hers: Sequence[File]) -> Iterator[str]:
    """What stands outside every turn, in files in which she does not speak: it is not hers."""
    known = {each.source for each in hers}
    for source, encoding in archive.db.execute("select source, encoding from originals order by source").fetchall():
        path = archive.originals / source
        if source not in known and path.is_file() and path.stat().st_size <= LARGE:
            spans = archive.db.execute("select start, finish from utterances where source = ?", (source,)).fetchall()
            content = path.read_bytes()
            yield from (content[start:end].decode(encoding, "replace") for start, end in _gaps(spans, len(content)))


def _headed(archive: "Archive", head: str) -> str:
    """Whose file it is, as its head says."""
    named = json.loads(head).get("witness", "")
    found = [each for each in re.split(r"[（）()\s，,、]+", named) for each in archive.family.named(each)]
    return found[0] if found else named


def _replies(archive: "Archive", ids: frozenset[str], runs: Runs) -> Iterator[tuple[str, str, str]]:
    """Kept answers that cite her, or have her words in them."""
    rows = archive.db.execute("select generation, question, asker, reply || question || coalesce(verdicts, '') "
                              "from replies").fetchall()
    for *key, text in rows:
        if not ids.isdisjoint(re.findall(r"[0-9a-f]{16}", text)) or runs.holds(text):
            yield tuple(key)


def _count(archive: "Archive", where: str, witness: str) -> int:
    return archive.db.execute(f"select count(*) from {where}", (witness,)).fetchone()[0]


def _strings(value: object) -> Iterator[str]:
    """Every string in plain values."""
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        for each in value:
            yield from _strings(each)
    elif isinstance(value, str):
        yield value


def _overwrite(archive: "Archive", file: File, runs: Runs) -> str:
    """Write an original anew, in place; returns its digest now."""
    from marrow.people.disk import writing

    path = archive.originals / file.source
    with writing(path):
        after = remains(path.read_bytes(), file, runs)
        with open(path, "r+b") as target:
            target.write(after)
            os.fsync(target.fileno())
    return sha256(after).hexdigest()


def _blank_heads(archive: "Archive", runs: Runs) -> None:
    """What files say of themselves, and how they are called."""
    for source, name, head in archive.db.execute("select source, name, head from originals").fetchall():
        if runs.holds(name) or runs.holds(head):
            archive.db.execute("update originals set name = ?, head = ? where source = ?",
                               (runs.blank(name), runs.blank(head), source))


def _gaps(spans: Sequence[Span], end: int) -> Iterator[Span]:
    """What lies between stretches of a file."""
    at = 0
    for start, after in sorted(spans):
        if start > at:
            yield at, start
        at = max(at, after)
    if at < end:
        yield at, end


def _without_runs(piece: bytes, encoding: str, runs: Runs) -> bytes:
    """Bytes outside every turn, her runs made blank."""
    try:
        text = piece.decode(encoding, "surrogatepass" if encoding.startswith("utf-") else "strict")
    except UnicodeDecodeError:
        return piece
    space, hidden = " ".encode(encoding), set(FILLERS.values())
    return b"".join(space * (len(was.encode(encoding, "surrogatepass")) // len(space)) if now in hidden and now != was
                    else now.encode(encoding, "surrogatepass") for was, now in zip(text, runs.blank(text), strict=True))


def _blank(text: str) -> str:
    """Blanks for everything but line ends; two for what UTF-16 writes in four bytes."""
    return "".join(each if each in "\r\n" else "  " if ord(each) > 0xFFFF else " " for each in text)


def _blank_between(text: str) -> str:
    """Blanks between tags and inside them; the tags stand."""
    parts, done = [], 0
    for found in MARKUP.finditer(text):
        parts += [_blank(text[done:found.start()]), found[4] or found[1] + _blank(found[2]) + found[3]]
        done = found.end()
    return "".join([*parts, _blank(text[done:])])
