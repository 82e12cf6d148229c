"""The store: objects named by their content, an append-only record of actions, and an index of it.

    objects/ab/ab12…   bytes, read-only, named by their sha256; they appear whole or not at all
    record.jsonl       one action a line: the truth; only ever appended to
    index.db           SQLite, rebuilt from the record whenever it is missing or wrong
    locks              byte ranges of it are locked, one per step key, and freed by the system when a process dies
    tmp/               unfinished work

A folder is an object too: a manifest of names and digests, so that one changed frame of a sequence re-hashes one
frame. Nothing here knows what a film is.
"""

import contextlib
import errno
import hashlib
import json
import os
import sqlite3
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

from marrow.errors import FilmError, InputError, LimitError

SCHEMA = """
create table if not exists made(key text primary key, object text, kind text, line int) without rowid;
create table if not exists seen(path text primary key, size int, mtime int, inode int, digest text) without rowid;
create table if not exists acts(line integer primary key, act text, about text);
create index if not exists acts_by on acts(act, about);
create table if not exists meta(name text primary key, value int) without rowid;
"""
RACY = 2_000_000_000  # ns: a file changed this recently may change again within the clock's tick
APPEND, ALONE = 0, 2**41  # bytes of `locks`: held while appending, and by whoever must be alone


@dataclass(frozen=True)
class Made:
    """What the record knows of a key: the object, its kind, and the byte of the record where the line begins."""

    object: str
    kind: str
    line: int


class Store:
    """Objects and record below `home`; source files are named relative to `base`, so both can move together."""

    def __init__(self, home: Path, base: Path) -> None:
        self.home, self.base = home, base
        self.objects, self.record, self.temporary = home / "objects", home / "record.jsonl", home / "tmp"
        with full_disk(home):
            for folder in (self.objects, self.temporary):
                folder.mkdir(parents=True, exist_ok=True)
            self.record.touch()
            self._locks = _Locks(home / "locks")
        self._count = 0
        self._seen: dict[str, tuple[int, int, int, str]] = {}
        self._fresh: dict[str, tuple[int, int, int, str]] = {}
        self._db = self._open_index()
        self.refresh()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Write what was learned about source files and let go of every lock."""
        self._remember()
        self._db.close()
        self._locks.close()

    # ------------------------------------------------------------ objects

    def path(self, identity: str) -> Path:
        """Where an object lies, whether or not it is there."""
        return self.objects / identity[:2] / identity

    def has(self, identity: str) -> bool:
        """Whether the object's bytes are in the store."""
        return os.path.exists(f"{self.objects}/{identity[:2]}/{identity}")

    def new_path(self, suffix: str = "") -> Path:
        """A fresh path in `tmp` for unfinished work, named after this process."""
        self._count += 1
        return self.temporary / f"{os.getpid()}-{self._count}{suffix}"

    def put(self, unfinished: Path) -> str:
        """Move a finished file or folder from `tmp` into the store; returns its id.

        The bytes are on the disk before the name appears; what is already there is left alone.
        """
        if unfinished.is_dir():
            names = {each.relative_to(unfinished).as_posix(): self.put(each)
                     for each in sorted(unfinished.rglob("*")) if each.is_file()}
            return self.put_bytes(manifest(names))
        digest = file_digest(unfinished)
        target = self.path(digest)
        if target.exists():
            unfinished.unlink()
            return digest
        target.parent.mkdir(exist_ok=True)
        sync(unfinished)
        os.chmod(unfinished, 0o444)
        os.replace(unfinished, target)
        sync_folder(target.parent)
        return digest

    def put_bytes(self, content: bytes) -> str:
        """Store bytes; returns their id."""
        digest = hashlib.sha256(content).hexdigest()
        if not self.has(digest):
            unfinished = self.new_path()
            unfinished.write_bytes(content)
            self.put(unfinished)
        return digest

    def digest(self, name: str) -> str:
        """Content digest of a source file or folder, from its size, time and inode where those are unchanged.

        raises  InputError  when it is missing, unreadable, or neither file nor folder
        """
        path = os.path.join(self.base, name)
        try:
            found = os.stat(path)
        except OSError as error:
            raise InputError("file.missing", path=name) from error
        if os.path.isdir(path):
            inside = sorted(each for each in Path(path).rglob("*") if each.is_file())
            names = {each.relative_to(path).as_posix(): self.digest(os.path.join(name, each.relative_to(path)))
                     for each in inside}
            return self.put_bytes(manifest(names))
        if not stat.S_ISREG(found.st_mode):  # a pipe would keep us waiting, a device may never end
            raise InputError("file.strange", path=name)
        mark = (found.st_size, found.st_mtime_ns, found.st_ino)
        known = self._known(name)
        if known and known[:3] == mark:
            return known[3]
        try:
            digest = file_digest(Path(path))
        except OSError as error:
            raise InputError("file.unreadable", path=name, why=error.strerror or "") from error
        if found.st_mtime_ns < time.time_ns() - RACY:
            self._seen[name] = self._fresh[name] = (*mark, digest)
        return digest

    def find(self, identity: str, name: str = "") -> Path:
        """Bytes of an object: in the store, or still the source file they came from.

        raises  FilmError  when they are in neither
        """
        if self.has(identity):
            return self.path(identity)
        if name and self.digest(name) == identity:
            return Path(os.path.join(self.base, name))
        raise FilmError("store.lost", object=identity[:12], path=name)

    def every(self) -> Iterator[str]:
        """Ids of all objects."""
        for box in sorted(os.scandir(self.objects), key=lambda each: each.name):
            yield from sorted(os.listdir(box.path))

    def destroy(self, identity: str) -> bool:
        """Empty an object, under all the names its bytes have, and take it away; whether it was there."""
        path = self.path(identity)
        there = path.exists()
        wipe(path)
        return there

    def sources(self) -> dict[str, str]:
        """The user's files that were read once, by name, with their digest then."""
        self._remember()
        return dict(self._db.execute("select path, digest from seen order by path"))

    # ------------------------------------------------------------ record

    def append(self, act: str, about: str, **facts: object) -> int:
        """Write one action to the record, on the disk before this returns; gives the byte where its line begins."""
        line = json.dumps({"act": act, "about": about, **facts}, ensure_ascii=False, sort_keys=True) + "\n"
        with full_disk(self.home), self._locks.held(APPEND), open(self.record, "r+b", buffering=0) as file:
            end = file.seek(0, os.SEEK_END)
            if end and _last_byte(file, end) != b"\n":  # a line torn by a crash stays a line of its own
                line = "\n" + line
            try:
                _write_all(file, line.encode())
                os.fsync(file.fileno())
            except OSError:
                file.truncate(end)
                raise
        self.refresh()
        return end + (line[0] == "\n")

    def refresh(self) -> None:
        """Take what was appended, by this process or another, into the index."""
        size = os.path.getsize(self.record)
        done = self._meta("record")
        if size == done:
            return
        if size < done:  # somebody cut the record: begin again
            self._forget()
            done = 0
        with contextlib.suppress(sqlite3.OperationalError):  # a full disk: the index is rebuilt from the record
            self._db.execute("begin immediate")
            try:
                end = done
                for stop, line, action in self._lines(done):
                    self._index(line, action)
                    end = stop
                self._db.execute("insert or replace into meta values('record', ?)", (end,))
                self._db.execute("commit")
            except BaseException:
                self._db.execute("rollback")
                raise

    def made(self, key: str) -> Made | None:
        """What the record knows of a step key."""
        row = self._db.execute("select object, kind, line from made where key = ?", (key,)).fetchone()
        return Made(*row) if row else None

    def action(self, line: int) -> dict:
        """The action whose line begins at this byte of the record."""
        with open(self.record, "rb") as file:
            file.seek(line)
            return json.loads(file.readline())

    def actions(self, act: str, about: str | None = None) -> list[dict]:
        """All actions of a sort, oldest first; of one subject, or of all."""
        where, values = ("", (act,)) if about is None else (" and about = ?", (act, about))
        rows = self._db.execute(f"select line from acts where act = ?{where} order by line", values).fetchall()
        return [self.action(line) for (line,) in rows]

    def made_lately(self, count: int) -> list[dict]:
        """The newest `made` actions, newest first."""
        rows = self._db.execute("select line from made order by line desc limit ?", (count,)).fetchall()
        return [self.action(line) for (line,) in rows]

    def last(self, act: str, about: str) -> dict | None:
        """The newest action of a sort about one subject."""
        row = self._db.execute("select max(line) from acts where act = ? and about = ?", (act, about)).fetchone()
        return None if row[0] is None else self.action(row[0])

    def history(self) -> Iterator[dict]:
        """Every action, oldest first, those that a later one replaced too."""
        return (action for _, _, action in self._lines(0))

    def redact(self, mend: Callable[[str], str]) -> int:
        """Write lines of the record anew, in place, each as long as before in bytes; returns how many.

        The one exception to "only ever appended to": what somebody said and took back may not stay in it.
        raises    ValueError  where a line would get another length
        """
        changed = 0
        with full_disk(self.home), self._locks.held(APPEND), open(self.record, "r+b") as file:
            for line in iter(lambda: file.readline(), b""):
                better = mend(line.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
                if len(better) != len(line):
                    raise ValueError("a line of the record changed its length")
                if better != line:
                    file.seek(-len(line), os.SEEK_CUR)
                    file.write(better)
                    changed += 1
            file.flush()
            os.fsync(file.fileno())
        return changed

    def torn(self) -> int:
        """How many lines of the record cannot be read: pieces of lines from a crash."""
        with open(self.record, "rb") as file:
            return sum(1 for line in file if line.strip() and _parsed(line) is None)

    # ------------------------------------------------------------ locks

    def claim(self, key: str) -> bool:
        """Take the right to make a key, unless another process holds it; freed by `release` or by our death."""
        return self._locks.take(_slot(key))

    def release(self, key: str) -> None:
        """Give the right to make a key back."""
        self._locks.free(_slot(key))

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until no other process is in here; then see what it wrote."""
        with self._locks.held(ALONE):
            self.refresh()
            yield

    def sweep(self) -> None:
        """Remove unfinished work of processes that no longer live."""
        for each in self.temporary.iterdir():
            owner = each.name.partition("-")[0]
            if owner.isdigit() and int(owner) != os.getpid() and not _alive(int(owner)):
                _remove(each)

    # ------------------------------------------------------------ index

    def _open_index(self) -> sqlite3.Connection:
        path = self.home / "index.db"
        for attempt in (1, 2):
            db = sqlite3.connect(path, isolation_level=None, timeout=30)
            try:
                db.execute("pragma journal_mode=wal")
                db.execute("pragma synchronous=off")
                db.executescript(SCHEMA)
                db.execute("select count(*) from meta").fetchone()
            except sqlite3.DatabaseError:
                db.close()
                if attempt == 2:
                    return self._index_in_memory()
                for name in ("index.db", "index.db-wal", "index.db-shm"):
                    (self.home / name).unlink(missing_ok=True)
            else:
                return db
        return self._index_in_memory()

    @staticmethod
    def _index_in_memory() -> sqlite3.Connection:
        """No room for an index on the disk: this run has one of its own."""
        db = sqlite3.connect(":memory:", isolation_level=None)
        db.executescript(SCHEMA)
        return db

    def _lines(self, start: int) -> Iterator[tuple[int, int, dict]]:
        """(end, start, action) of every whole line from a byte on; a torn one is passed over."""
        with open(self.record, "rb") as file:
            file.seek(start)
            position = start
            for line in file:
                if not line.endswith(b"\n"):
                    return
                action = _parsed(line)
                begin, position = position, position + len(line)
                if action is not None:
                    yield position, begin, action

    def _index(self, line: int, action: dict) -> None:
        if action["act"] == "made":
            self._db.execute("insert or replace into made values(?, ?, ?, ?)",
                             (action["about"], action["object"], action["kind"], line))
        else:
            self._db.execute("insert or replace into acts values(?, ?, ?)", (line, action["act"], action["about"]))

    def _meta(self, name: str) -> int:
        row = self._db.execute("select value from meta where name = ?", (name,)).fetchone()
        return row[0] if row else 0

    def _forget(self) -> None:
        for table in ("made", "acts", "meta"):
            self._db.execute(f"delete from {table}")

    def _known(self, name: str) -> tuple[int, int, int, str] | None:
        if not self._seen:
            rows = self._db.execute("select * from seen")
            self._seen = {path: (size, mtime, inode, digest) for path, size, mtime, inode, digest in rows}
        return self._seen.get(name)

    def _remember(self) -> None:
        rows = [(name, *mark) for name, mark in self._fresh.items()]
        with contextlib.suppress(sqlite3.OperationalError):
            if rows:
                self._db.execute("begin immediate")
                self._db.executemany("insert or replace into seen values(?, ?, ?, ?, ?)", rows)
                self._db.execute("commit")
        self._fresh = {}


class _Locks:
    """Exclusive byte ranges of one file; the system frees them when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._file = open(path, "a+b", buffering=0)
        self._mine: set[int] = set()

    def take(self, slot: int, *, wait: bool = False) -> bool:
        if slot in self._mine:
            return False
        if not _lock(self._file, slot, wait):
            return False
        self._mine.add(slot)
        return True

    def free(self, slot: int) -> None:
        if slot in self._mine:
            self._mine.discard(slot)
            _unlock(self._file, slot)

    @contextlib.contextmanager
    def held(self, slot: int) -> Iterator[None]:
        self.take(slot, wait=True)
        try:
            yield
        finally:
            self.free(slot)

    def close(self) -> None:
        self._file.close()


if os.name == "nt":
    import msvcrt

    def _lock(file: IO[bytes], slot: int, wait: bool) -> bool:
        while True:
            file.seek(slot)
            try:
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            except OSError:
                if not wait:
                    return False
                time.sleep(0.01)
            else:
                return True

    def _unlock(file: IO[bytes], slot: int) -> None:
        file.seek(slot)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes], slot: int, wait: bool) -> bool:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB), 1, slot)
        except (BlockingIOError, PermissionError):
            return False
        return True

    def _unlock(file: IO[bytes], slot: int) -> None:
        fcntl.lockf(file, fcntl.LOCK_UN, 1, slot)


def canonical(value: object) -> bytes:
    """JSON with one spelling: what keys are hashed from."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def wipe(path: Path) -> None:
    """Empty a file, under all the names its bytes have, and take this name away; a link only goes itself."""
    if path.is_file() and not path.is_symlink():
        path.chmod(0o644)
        with open(path, "r+b") as file:
            file.truncate(0)
            os.fsync(file.fileno())
    path.unlink(missing_ok=True)


def manifest(names: Mapping[str, str]) -> bytes:
    """A folder as bytes: each name with the digest of its file, in the order of the names."""
    return b"marrow manifest 1\n" + canonical(dict(sorted(names.items())))


def file_digest(path: Path) -> str:
    """sha256 of a file's bytes."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Wait until a file's bytes are on the disk."""
    with open(path, "r+b") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until a folder's names are on the disk; Windows does so by itself."""
    if os.name != "nt":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def full_disk(folder: Path) -> Iterator[None]:
    """Turn a full disk or a read-only one into a LimitError that says where."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "full" in str(error) or "I/O" in str(error):
            raise LimitError("disk.full", path=folder) from error
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise LimitError("disk.full", path=folder) from error
        if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise LimitError("disk.closed", path=folder) from error
        raise


def _slot(key: str) -> int:
    """The byte of `locks` for a key: 1 to 2**40; two keys on one byte only wait for each other."""
    return 1 + int(key[:10], 16)


def _last_byte(file: IO[bytes], end: int) -> bytes:
    file.seek(end - 1)
    last = file.read(1)
    file.seek(end)
    return last


def _write_all(file: IO[bytes], content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[file.write(view):]


def _parsed(line: bytes) -> dict | None:
    try:
        action = json.loads(line)
    except ValueError:
        return None
    if not isinstance(action, dict):
        return None
    needed = ("act", "about", "object", "kind") if action.get("act") == "made" else ("act", "about")
    return action if all(isinstance(action.get(name), str) for name in needed) else None


def _alive(process: int) -> bool:
    if os.name == "nt":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _remove(path: Path) -> None:
    import shutil

    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
