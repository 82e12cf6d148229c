"""Words, people and testimony: UTF-8 text, JSON with one spelling, and archives as they are."""

import json
import shutil
from pathlib import Path

from marrow.errors import InputError
from marrow.media import Person, Testimony, Text

LONGEST = 20_000_000  # bytes: longer than any screenplay


def read_text(path: Path) -> Text:
    """Words from a text file: UTF-8 with or without a BOM, UTF-16 with one, else GB18030.

    raises  InputError  when it is none of these, or far too long for words
    """
    return Text(decoded(path, "text", LONGEST).replace("\r\n", "\n").replace("\r", "\n"))


def write_text(text: Text, path: Path) -> None:
    """Words as UTF-8, exactly as they are."""
    path.write_bytes(text.words.encode("utf-8"))


def read_person(path: Path) -> Person:
    """A person from JSON: {"name": …, "facts": {…}}."""
    try:
        said = json.loads(decoded(path, "person", LONGEST))
        return Person(str(said["name"]), dict(said["facts"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError("person.form", path=path) from error


def write_person(person: Person, path: Path) -> None:
    """A person as JSON, keys in order; equal persons give equal bytes."""
    said = {"name": person.name, "facts": dict(person.facts)}
    path.write_bytes((json.dumps(said, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode("utf-8"))


def read_testimony(path: Path) -> Testimony:
    """An archive of testimony, by its file.

    raises  InputError  "file.kind" when it is no SQLite file
    """
    from marrow.forms.looks import look, wrong_kind

    if look(path) != "database":
        raise wrong_kind(path, "testimony")
    return Testimony(path)


def write_testimony(testimony: Testimony, path: Path) -> None:
    """The archive as it is."""
    shutil.copyfile(testimony.path, path)


def decoded(path: Path, kind: str, most: int) -> str:
    """A file's characters, whatever of the usual encodings it is in.

    raises  InputError  "file.long" beyond `most` bytes; "file.kind" when it is no text
    """
    from marrow.forms.looks import wrong_kind

    size = path.stat().st_size
    if size > most:
        raise InputError("file.long", path=path, size=f"{size / 1e6:.0f}", most=f"{most / 1e6:.0f}")
    content = path.read_bytes()
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    if b"\0" in content and not wide:
        raise wrong_kind(path, kind)
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise wrong_kind(path, kind)
