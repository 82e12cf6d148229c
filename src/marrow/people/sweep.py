"""Every file of a folder, looked through for what only one witness said: in any encoding, and inside archives.

Text of the user's own is blacked out in place and stays readable; a copy of a file of testimony becomes what the
archive's copy became; what cannot be edited is named, for the person to delete.
"""

import bz2
import gzip
import io
import json
import lzma
import os
import tarfile
import tomllib
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

from marrow.people.forget import destroy
from marrow.people.runs import Runs
from marrow.people.scraps import scraps

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030", "big5hkscs")
MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
EDGE = 1 << 18             # bytes of a recording's two ends that are looked through: where its words about itself stand
WHOLE = 1 << 26            # bytes of any other file that is looked through as a whole
ROOM = 1 << 26             # bytes that may come out of one file of an archive
DEEP = 3                   # archives within archives
PNG, SQLITE = b"\x89PNG\r\n\x1a\n", b"SQLite format 3\0"
RECORDINGS = (b"\x1aE\xdf\xa3", b"RIFF", b"fLaC", b"OggS", b"ID3", b"\xff\xfb", b"\xff\xd8\xff", b"II*\0", b"MM\0*",
              b"glTF", b"v/1\x01")
CONTROLS = tuple(bytes([each]) for each in range(9))  # bytes that no text has many of
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


def sweep(folder: Path, runs: Runs, *, copies: Mapping[str, bytes | None], skip: frozenset[Path] = frozenset(),
          really: bool = False) -> Iterator[Hit]:
    """Look through every file below a folder, in order.

    copies    by digest: what a file of testimony becomes, None where it goes as a whole
    skip      files and folders that are left to others
    really    change them
    test      truth: afterwards a second sweep finds nothing but what was left to a person
    """
    for path in files(folder, skip):
        if path.name == ".git":
            yield Hit(path, "git")
        elif not path.is_symlink():
            hit = _looked(path, runs, copies)
            if hit:
                if really:
                    hit = _changed(hit, runs, copies)
                yield hit


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
    if any(runs.holds(text) for text in _texts(content)):
        return True
    return depth < DEEP and any(holds(inside, runs, depth + 1) for inside in _inside(content))


def _looked(path: Path, runs: Runs, copies: Mapping[str, bytes | None]) -> Hit | None:
    """What a file is to become, None where it stays as it is."""
    try:
        content, whole = _content(path)
    except OSError:
        return Hit(path, "hand")
    if copies and whole and sha256(content).hexdigest() in copies:
        return Hit(path, "copy")
    if not holds(content, runs):
        return None if whole else Hit(path, "ends")
    if whole and _own(content):
        return Hit(path, "own")
    written = _written(content) if whole else None
    better = _edited(content, written, runs, path.suffix.lower()) if written else None
    if better is None:
        return Hit(path, "hand")
    old, new = (each.decode(written, "replace").splitlines() for each in (content, better))
    return Hit(path, "text", tuple((number, after.strip()) for number, (before, after)
                                   in enumerate(zip(old, new, strict=False), 1) if before != after))


def _changed(hit: Hit, runs: Runs, copies: Mapping[str, bytes | None]) -> Hit:
    """Do what a hit says; what cannot be written is left to the person."""
    try:
        if hit.act == "own":
            destroy(hit.path)
        elif hit.act in ("text", "copy"):
            content = hit.path.read_bytes()
            better = (copies[sha256(content).hexdigest()] if hit.act == "copy" else
                      _edited(content, _written(content), runs, hit.path.suffix.lower()))
            if better is None:
                destroy(hit.path)
            else:
                _write(hit.path, better)
    except OSError:
        return Hit(hit.path, "hand", hit.lines)
    return hit


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


def _texts(content: bytes) -> Iterator[str]:
    """Everything that bytes may spell; what is surely one encoding is read in no other."""
    if content[:2] in MARKS:
        yield content.decode(MARKS[content[:2]], "replace")
    try:
        yield content.decode("utf-8")
        return
    except UnicodeDecodeError:
        pass
    top = content[:EDGE]
    if sum(map(top.count, CONTROLS)) * 200 > len(top):
        yield from scraps(content)
    else:
        yield from (content.decode(encoding, "replace") for encoding in ENCODINGS)


def _inside(content: bytes) -> Iterator[bytes]:
    """What an archive, a compressed file or a picture's notes hold; a broken one holds nothing."""
    try:
        if content[:4] == b"PK\x03\x04":
            yield from _zipped(content)
        elif content[:2] == b"\x1f\x8b":
            yield gzip.GzipFile(fileobj=io.BytesIO(content)).read(ROOM)
        elif content[:3] == b"BZh":
            yield bz2.BZ2File(io.BytesIO(content)).read(ROOM)
        elif content[:6] == b"\xfd7zXZ\0":
            yield lzma.LZMAFile(io.BytesIO(content)).read(ROOM)
        elif content[257:262] == b"ustar":
            with tarfile.open(fileobj=io.BytesIO(content)) as archive:
                yield from ((archive.extractfile(each).read(ROOM)) for each in archive if each.isfile())
        elif content.startswith(PNG):
            yield from _notes(content)
        elif content[:5] == b"%PDF-":
            yield from _streams(content)
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, tarfile.TarError, RuntimeError,
            NotImplementedError):
        return


def _zipped(content: bytes) -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        yield "\n".join(archive.namelist()).encode("utf-8", "replace")
        for each in archive.infolist():
            with archive.open(each) as file:
                yield file.read(ROOM)


def _notes(content: bytes) -> Iterator[bytes]:
    """The notes of a PNG, spelled out: tEXt, zTXt, iTXt, EXIF."""
    place = 8
    while place + 12 <= len(content):
        length, kind = int.from_bytes(content[place:place + 4], "big"), content[place + 4:place + 8]
        body = content[place + 8:place + 8 + length]
        place += 12 + length
        if kind in (b"tEXt", b"eXIf", b"iTXt"):
            yield body.replace(b"\0", b"\n")
        if kind in (b"zTXt", b"iTXt"):
            packed = body.find(b"x")
            while packed >= 0:
                yield zlib.decompressobj().decompress(body[packed:], ROOM) if _packed(body[packed:]) else b""
                packed = body.find(b"x", packed + 1) if not _packed(body[packed:]) else -1


def _streams(content: bytes) -> Iterator[bytes]:
    """The compressed streams of a PDF."""
    place = content.find(b"stream")
    while place >= 0:
        start = place + 6 + (2 if content[place + 6:place + 8] == b"\r\n" else 1)
        if _packed(content[start:start + 64]):
            yield zlib.decompressobj().decompress(content[start:], ROOM)
        place = content.find(b"stream", start)


def _packed(piece: bytes) -> bool:
    """Whether bytes begin as zlib writes them."""
    if len(piece) < 2 or piece[0] != 0x78 or (piece[0] << 8 | piece[1]) % 31:
        return False
    try:
        zlib.decompressobj().decompress(piece[:64], 1)
    except zlib.error:
        return False
    return True


def _own(content: bytes) -> bool:
    """Whether Marrow made a file as a whole: a picture that carries a card of ours."""
    return content.startswith(PNG) and any(_is_card(note) for note in _notes(content))


def _is_card(note: bytes) -> bool:
    import base64
    import binascii

    try:
        made = json.loads(base64.b64decode(note.partition(b"\n")[2], validate=True))
        return "marrow" in made["data"]["extensions"]
    except (binascii.Error, ValueError, KeyError, TypeError):
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


def _edited(content: bytes, encoding: str, runs: Runs, suffix: str) -> bytes | None:
    """A text with her runs blacked out, None where it would no longer read as what it is."""
    readers: dict[str, Callable[[str], object]] = {".toml": tomllib.loads, ".json": json.loads}
    for written in (encoding, *(each for each in ENCODINGS if each != encoding)):
        try:
            text = content.decode(written)
            better = runs.blank(text)
            after = better.encode(written, "replace") if written.startswith("utf") else better.translate(
                {ord("█"): "■", ord("¤"): "·", ord("🂠"): "■"}).encode(written)
        except UnicodeError:
            continue
        if better != text and not holds(after, runs) and not _broken(text, better, readers.get(suffix)):
            return after
    return None


def _broken(text: str, better: str, read: Callable[[str], object] | None) -> bool:
    """Whether a file read before and does not now."""
    if read is None:
        return False
    try:
        read(text)
    except (ValueError, RecursionError):
        return False
    try:
        read(better)
    except (ValueError, RecursionError):
        return True
    return False
