"""Every file of a folder, looked through for what only one witness said: in any encoding, and inside archives.

Text of the user's own is blacked out in place and stays readable; a copy of a file of testimony becomes what the
archive's copy became; what cannot be edited is named, for the person to delete.
"""

import base64
import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Literal

from marrow.people.runs import Runs
from marrow.people.scraps import ENCODINGS, MARKS, PNG, cut, inside, notes, texts
from marrow.store import wipe

EDGE = 1 << 18             # bytes of a recording's two ends that are looked through: where its words about itself stand
WHOLE = 1 << 26            # bytes of any other file that is looked through as a whole
DEEP = 3                   # archives within archives
RECORDINGS = (b"\x1aE\xdf\xa3", b"RIFF", b"fLaC", b"OggS", b"ID3", b"\xff\xfb", b"\xff\xd8\xff", b"II*\0", b"MM\0*",
              b"glTF", b"v/1\x01")
ROWS = ".jsonl"            # exports, and talks that are kept
ID = re.compile(rb"[0-9a-f]{16}")
PLAIN = {ord("█"): "■", ord("¤"): "·", ord("🂠"): "■"}  # what older encodings have instead
Act = Literal["text", "copy", "own", "hand", "git", "ends"]


@dataclass(frozen=True)
class Hit:
    """A file that holds what only she said, and what becomes of it.

    act      text: her runs are blacked out; copy: a file of testimony that the archive has too, it becomes what that
             became; own: Marrow made it, it goes; hand: only a person can change it; git: a history keeps what was;
             ends: too large, only its two ends were looked through, nothing was found there
    lines    of a text: numbers and words of the lines, blacked out
    """

    path: Path
    act: Act
    lines: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Sought:
    """What is looked for.

    runs      what only she said
    ids       of her utterances: a row of an export or of a kept talk that names one goes as a whole
    copies    by digest: what a file of testimony becomes, None where it goes as a whole
    """

    runs: Runs
    ids: frozenset[str] = frozenset()
    copies: Mapping[str, bytes | None] = field(default_factory=dict)


def sweep(folder: Path, sought: Sought, *, skip: frozenset[Path] = frozenset(), really: bool = False) -> Iterator[Hit]:
    """Look through every file below a folder, in order.

    skip      files and folders that are left to others
    really    change them
    test      truth: afterwards a second sweep finds nothing but what was left to a person
    """
    for path in files(folder, skip):
        if path.name == ".git":
            yield Hit(path, "git")
        elif not path.is_symlink():
            hit = _looked(path, sought)
            if hit:
                yield _changed(hit, sought) if really else hit


def files(folder: Path, skip: frozenset[Path] = frozenset()) -> Iterator[Path]:
    """Files below a folder, in order; of a git repository only the folder that keeps its history."""
    for each in sorted(os.scandir(folder), key=lambda entry: entry.name):
        path = Path(each.path)
        if path in skip:
            continue
        if each.is_dir(follow_symlinks=False) and each.name != ".git":
            yield from files(path, skip)
        else:
            yield path


def found(path: Path, runs: Runs) -> bool:
    """Whether a file holds any run, in any encoding, or inside an archive."""
    try:
        return holds(_content(path)[0], runs)
    except OSError:
        return False


def holds(content: bytes, runs: Runs, depth: int = 0) -> bool:
    """Whether bytes hold any run."""
    if any(runs.holds(text) for text in texts(content)):
        return True
    return depth < DEEP and any(holds(each, runs, depth + 1) for each in inside(content))


def _looked(path: Path, sought: Sought) -> Hit | None:
    """What a file is to become, None where it stays as it is."""
    try:
        content, whole = _content(path)
    except OSError:
        return Hit(path, "hand")
    if sought.copies and whole and sha256(content).hexdigest() in sought.copies:
        return Hit(path, "copy")
    named = path.suffix.lower() == ROWS and _unnamed(content, sought.ids) != content
    if not named and not holds(content, sought.runs):
        return Hit(path, "ends") if not whole or cut(content) else None
    if whole and _own(content):
        return Hit(path, "own")
    better = _edited(content, path, sought) if whole else None
    if better is None:
        return Hit(path, "hand")
    old, new = (each.decode(better[1], "replace").splitlines() for each in (content, better[0]))
    return Hit(path, "text", tuple((number, after.strip()) for number, (before, after)
                                   in enumerate(zip(old, new, strict=False), 1) if before != after))


def _changed(hit: Hit, sought: Sought) -> Hit:
    """Do what a hit says; what cannot be written is left to the person."""
    try:
        if hit.act == "own":
            wipe(hit.path)
        elif hit.act in ("text", "copy"):
            content = hit.path.read_bytes()
            better = (sought.copies[sha256(content).hexdigest()] if hit.act == "copy" else
                      _edited(content, hit.path, sought)[0])
            if better is None:
                wipe(hit.path)
            else:
                _write(hit.path, better)
    except OSError:
        return Hit(hit.path, "hand", hit.lines)
    return hit


def _unnamed(content: bytes, ids: frozenset[str]) -> bytes:
    """JSON Lines without the rows that name her utterances; an empty row stands in for each."""
    names = {each.decode() for each in ID.findall(content)} & ids
    if not names:
        return content
    rows = content.split(b"\n")
    return b"\n".join(b"" if any(each.decode() in names for each in ID.findall(row)) else row for row in rows)


def _write(path: Path, content: bytes) -> None:
    """Write a file over itself, under all its names."""
    path.chmod(path.stat().st_mode | 0o200)
    with open(path, "r+b") as file:
        file.write(content)
        file.truncate()
        os.fsync(file.fileno())


def _content(path: Path) -> tuple[bytes, bool]:
    """A file's bytes, and whether these are all; of a large recording its two ends."""
    size = path.stat().st_size
    with open(path, "rb") as file:
        top = file.read(16)
        most = 2 * EDGE if recording(top) else WHOLE
        if size <= most:
            return top + file.read(), True
        first = top + file.read(EDGE - len(top))
        file.seek(-EDGE, os.SEEK_END)
        return first + b"\n" + file.read(), False


def recording(top: bytes) -> bool:
    """Whether a file that begins so holds pictures or sounds."""
    return top.startswith(RECORDINGS) or top[4:8] in (b"ftyp", b"moov", b"mdat", b"free", b"wide")


def _own(content: bytes) -> bool:
    """Whether Marrow made a file as a whole: a card of ours, as JSON or in a picture that carries it."""
    if content.startswith(PNG):
        return any(_is_card(note.partition(b"\n")[2], packed=True) for note in notes(content))
    return content[:1] == b"{" and b"chara_card" in content and _is_card(content)


def _is_card(note: bytes, *, packed: bool = False) -> bool:
    try:
        made = json.loads(base64.b64decode(note, validate=True) if packed else note)
        return "marrow" in made["data"]["extensions"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return False


def _written(content: bytes) -> str:
    """The encoding of a text, "" where it is none that can be edited."""
    if content[:2] in MARKS:
        return MARKS[content[:2]]
    if b"\0" in content and content[:2].count(0) != 1:
        return ""
    for encoding in ENCODINGS if b"\0" in content else ("utf-8", "gb18030", "big5hkscs"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return ""


def _edited(content: bytes, path: Path, sought: Sought) -> tuple[bytes, str] | None:
    """A text with her runs blacked out, and its encoding; None where it would no longer read as what it is."""
    suffix = path.suffix.lower()
    kept = _unnamed(content, sought.ids) if suffix == ROWS else content
    first = _written(kept)
    for written in (first, *(each for each in ENCODINGS if each != first)) if first else ():
        try:
            text = kept.decode(written)
            better = sought.runs.blank(text)
            after = (better if written.startswith("utf") else better.translate(PLAIN)).encode(written)
        except UnicodeError:
            continue
        if (better != text or kept != content) and not holds(after, sought.runs) and not _broken(text, better, suffix):
            return after, written
    return None


def _broken(text: str, better: str, suffix: str) -> bool:
    """Whether a file read before and does not now."""
    read = {".toml": tomllib.loads, ".json": json.loads}.get(suffix, str)
    try:
        read(text)
    except (ValueError, RecursionError):
        return False
    try:
        read(better)
    except (ValueError, RecursionError):
        return True
    return False
