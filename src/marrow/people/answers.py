"""Questionnaires that witnesses filled in, in the archive: taken from their files, and read back."""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from marrow.errors import InputError

if TYPE_CHECKING:
    from marrow.people.archive import Added, Archive
    from marrow.people.questionnaire import Answers, Instrument

LARGE = 1_000_000  # bytes: no questionnaire is longer
HEAD = {"witness": "讲述人 填写人 填表人 witness", "person": "说的是 关于 对象 person about",
        "instrument": "问卷 instrument"}
NOTE = re.compile(r"^\s*#\s*([^:：]{1,12})[:：]\s*(.+?)\s*$")
OWN = re.compile(r"^(witness|person|instrument)\s*,\s*(.+?)\s*$")
TITLE = ("item", "题", "题号")
ROW = re.compile(r'^\s*"?([a-z]{0,3}[0-9]{1,3})"?\s*[,;\t]\s*"?([0-9.]*|-|[?？]|不知道)"?\s*$', re.I)


def take_answers(archive: "Archive", path: Path) -> "Added | None":
    """Take in a questionnaire that a witness filled in; the file is kept among the originals.

    It is a table of two columns, items and answers, whose head says who answers and about whom: as comments (讲述人：…
    说的是：…) or as rows (witness,… person,…). Items are the questionnaire's keys, or numbers in its order. TOML and
    JSON as `marrow.people.questionnaire.read_answers` reads them are taken too.
    returns   None where the file is no questionnaire; `new` is how many answers are new
    raises    InputError  as `read_answers`; "people.person"; "people.answers_twice" where the witness answered already,
              and otherwise; "people.answers_row" for a line that is no answer, or the second one to an item
    test      twice is once; any other file is None and changes nothing; what was withdrawn stays away
    """
    from marrow.people.archive import Added

    found = _filled(path)
    if found is None:
        return None
    answers = _answers(archive, path, found)
    key = (answers.witness, answers.person, answers.instrument)
    row = archive.db.execute("select items from answers where witness = ? and person = ? and instrument = ?",
                             key).fetchone()
    if row and json.loads(row[0]) != dict(answers.values):
        raise InputError("people.answers_twice", witness=answers.witness)
    source = archive._keep(path)
    if not source:
        return Added(path.name, "", 0, 0)
    with archive.change():
        head = dict(zip(("witness", "person", "instrument"), key, strict=True))
        archive.db.execute("insert or ignore into originals values(?, ?, ?, ?, ?, ?, ?, ?, ?)",
                           (source, path.name, path.stat().st_size, "questionnaire", path.suffix.lower()[1:], "utf-8",
                            "", json.dumps(head, ensure_ascii=False), sha256(path.read_bytes()).hexdigest()))
        archive.db.execute("insert or ignore into answers values(?, ?, ?, ?)",
                           (*key, json.dumps(dict(answers.values), ensure_ascii=False)))
    count = len(answers.values)
    return Added(path.name, source, 0 if row else count, count if row else 0)


def kept(archive: "Archive", instrument: str = "", person: str = "") -> "list[Answers]":
    """Answers that are kept of those who consent to talks, in the order of the family's tables.

    instrument, person    only of these; "" all
    """
    from marrow.people.questionnaire import Answers

    rows = archive.db.execute("select instrument, witness, person, items from answers where ? in ('', instrument) "
                              "and ? in ('', person) order by instrument, person, witness", (instrument, person))
    order = {id: number for number, id in enumerate(archive.family.members)}
    willing = archive.willing("talk")
    found = [Answers(*row[:3], json.loads(row[3])) for row in rows.fetchall() if row[1] in willing]
    return sorted(found, key=lambda each: (each.instrument, order.get(each.person, 0), order.get(each.witness, 0)))


def _filled(path: Path) -> Mapping[str, object] | None:
    """Head and answers of a file; None where it is no questionnaire."""
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".toml", ".json") or path.stat().st_size > LARGE:
        return None
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
    if suffix == ".csv":
        return _table(text, path)
    return {} if re.search(r'^\s*"?instrument"?\s*[=:]', text, re.M) and re.search(r'\banswers\b', text) else None


def _table(text: str, path: Path) -> dict[str, object] | None:
    """A CSV whose head names a witness and a person, and whose rows, all or most, are items with answers."""
    head: dict[str, str] = {}
    rows: dict[str, str] = {}
    wrong: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        note, row = NOTE.match(line) or OWN.match(line), ROW.match(line)
        name = next((name for name, words in HEAD.items() if note and note[1].strip().lower() in words.split()), "")
        if name:
            head[name] = note[2]
        elif row and row[1].lower() not in rows:
            rows[row[1].lower()] = row[2]
        elif line.strip() and not line.lstrip().startswith("#") and line.split(",")[0].strip().lower() not in TITLE:
            wrong.append((number, line.strip()))
    if not {"witness", "person"} <= head.keys() or len(rows) < 2 or len(wrong) >= len(rows):
        return None
    if wrong:
        raise InputError("people.answers_row", path=path, line=wrong[0][0], words=wrong[0][1])
    return {**head, "answers": rows}


def _answers(archive: "Archive", path: Path, found: Mapping[str, object]) -> "Answers":
    """The answers, with ids of the family in the place of names."""
    from dataclasses import replace

    from marrow.people.questionnaire import filled, read_answers

    rows = found.get("answers", {})
    if found and not found.get("instrument"):
        asked = _instrument(path, rows)
        found = {**found, "instrument": asked.key, "answers": {item.key: rows[str(number)]
                                                               for number, item in enumerate(asked.items, 1)}}
    read = filled(found, path) if found else read_answers(path)
    return replace(read, witness=_person(archive, read.witness), person=_person(archive, read.person))


def _instrument(path: Path, rows: Mapping[str, str]) -> "Instrument":
    """The questionnaire that has just as many items as numbers were answered."""
    from marrow.people.questionnaire import instrument, instruments

    fits = [each for each in map(instrument, instruments())
            if set(rows) == {str(number) for number in range(1, len(each.items) + 1)}]
    if len(fits) != 1:
        raise InputError("people.answers_head", path=str(path), name="instrument")
    return fits[0]


def _person(archive: "Archive", said: str) -> str:
    """An id from a name as heads have it: 沈桂兰（妻子）."""
    plain = re.split(r"[（(]", said.strip())[0].strip()
    return archive.person(plain or said)
