"""Words and people: UTF-8 text, and JSON with one spelling."""

import json
from pathlib import Path

from marrow.errors import InputError
from marrow.media import Person, Text

LONGEST = 20_000_000  # bytes: longer than any screenplay


def read_text(path: Path) -> Text:
    """Words from a text file: UTF-8 with or without a BOM, UTF-16 with one, else GB18030.

    raises  InputError  when it is none of these, or far too long for words
    """
    if path.stat().st_size > LONGEST:
        raise InputError("file.long", path=path, most=LONGEST)
    content = path.read_bytes()
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    if b"\0" in content and encodings[0] != "utf-16":
        raise InputError("file.kind", path=path, kind="text")
    for encoding in encodings:
        try:
            return Text(content.decode(encoding).replace("\r\n", "\n"))
        except UnicodeDecodeError:
            continue
    raise InputError("file.kind", path=path, kind="text")


def write_text(text: Text, path: Path) -> None:
    """Words as UTF-8, exactly as they are."""
    path.write_bytes(text.words.encode("utf-8"))


def read_person(path: Path) -> Person:
    """A person from JSON: {"name": …, "facts": {…}}."""
    try:
        said = json.loads(path.read_text("utf-8"))
        return Person(said["name"], dict(said["facts"]))
    except (ValueError, KeyError, TypeError) as error:
        raise InputError("file.kind", path=path, kind="person") from error


def write_person(person: Person, path: Path) -> None:
    """A person as JSON, keys in order."""
    said = {"name": person.name, "facts": dict(person.facts)}
    path.write_text(json.dumps(said, ensure_ascii=False, sort_keys=True, indent=1) + "\n", "utf-8")
