"""An archive as JSON Lines, and the card of a person: testimony that leaves the house, with its evidence."""

import contextlib
import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from marrow.errors import InputError
from marrow.people.archive import COLUMNS, MARKS, PURPOSES, Added, Purpose, open_archive, proof_of
from marrow.people.card import Entry, card, with_card
from marrow.people.disk import writing
from marrow.people.recorded import facts, put, statement
from marrow.people.showing import called
from marrow.people.testimony import name_of
from marrow.people.understanding import understood

if TYPE_CHECKING:
    from marrow.people.archive import Archive
    from marrow.people.testimony import Interval, Utterance

SOURCE, NAME = re.compile("[0-9a-f]{64}"), re.compile("[0-9a-f]{16}")  # of an original, of an utterance
FORM = 1
KIN = ("name", "sex", "father", "mother", "spouse", "siblings", "elder", "younger", "rank", "tie", "consent", "rests")
HEAD = b'{"archive": '
RARE = 6  # words of an utterance by which a card calls it up


def lines(archive: "Archive", purpose: Purpose) -> Iterator[str]:
    """Whom it is about, who is who, then every utterance of a willing witness, one JSON object a line.

    Of who does not consent only the name and the kinship leave, without which nobody's words could be understood. An
    utterance goes with its proof: that these words, as the archive has them, stand at these bytes of that original.

    test    the words, their witness and where they stand are those of the archive; who is not willing is not in it;
            read back, the same is found and answered
    """
    yield _line({"archive": FORM, "about": archive.fact("about"), "recorder": archive.fact("recorder")})
    willing = archive.willing(purpose)
    for id, table in _tables(archive).items():
        yield _line({"person": id, **{key: value for key, value in table.items() if id in willing or key in KIN}})
    for one, other in archive.db.execute("select one, other from rivals where one < other order by one, other"):
        yield _line({"rivals": [one, other]})
    names = dict(archive.db.execute("select source, name from originals"))
    for fact in facts(archive):
        if fact.person in willing or fact.key in KIN:
            there = fact.there
            span = there.source, there.start, there.end
            yield _line({"fact": there.id, "person": fact.person, "text": there.text, "source": there.source,
                         "file": names[there.source], "start": there.start, "end": there.end, "place": there.place,
                         "proof": proof_of(*span, there.text)})
    for each in understood(archive, _usable(archive, purpose)):
        there = asdict(each.utterance)
        there |= {"file": names[there["source"]], "heard": ""}  # what was corrected stays in the house
        there["said"] = _days(each.utterance.said) if each.utterance.said else None
        there["about"] = [_days(when) for when in each.utterance.about]
        proof = proof_of(there["source"], there["start"], there["end"], there["text"])
        yield _line({"utterance": there.pop("id"), **there, "tells": list(each.tells), "proof": proof})


def _tables(archive: "Archive") -> dict[str, dict]:
    """Who is who, as family.toml has it, with what each consents to and who was put to rest."""
    tables = json.loads(archive.fact("family") or "{}")
    for id, table in tables.items():
        given = [each for each in PURPOSES if id in archive.willing(each)]
        table |= {"consent": given} if given != ["talk"] or archive.agreed(id, "talk") else {}
        table |= {"rests": True} if archive.fact(f"rests.{id}") else {}
    return tables


def are_lines(path: Path) -> bool:
    """Whether a file is what `lines` writes."""
    if not path.is_file():
        return False
    with open(path, "rb") as file:
        return file.read(len(HEAD)) == HEAD


def take_lines(archive: "Archive", path: Path) -> Added:
    """Take in what `lines` wrote: people and utterances, not the originals they stood in.

    Who is known already stays as he is, consent and all.
    raises    InputError  "people.lines" with the line that cannot be read, "people.lines_changed" with one whose words
              or place are not those that were exported; then nothing is taken in
    """
    tables: dict[str, object] = {}
    before, told = archive.count(), 0
    with archive.change():
        for number, line in enumerate(path.read_bytes().splitlines(), 1):
            try:
                said = json.loads(line.decode())
                if "archive" in said:
                    tables |= {each: said[each] for each in ("about", "recorder")}
                elif "fact" in said:
                    _put_fact(archive, said, path=path, line=number)
                elif "person" in said:
                    tables[said.pop("person")] = said
                elif "rivals" in said:
                    pair = [str(each) for each in said["rivals"]]
                    archive.db.executemany("insert or ignore into rivals values(?, ?)", [pair, pair[::-1]])
                else:
                    told += 1
                    _put(archive, said, path=path, line=number)
            except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
                raise InputError("people.lines", path=path, line=number) from error
        facts = {each: archive.fact(each) for each in ("about", "recorder") if archive.fact(each)}
        archive.meet(tables | _tables(archive) | facts, settled=True)
    return Added(path.name, "", archive.count() - before, told - archive.count() + before)


def _put(archive: "Archive", said: dict, **where: object) -> None:
    """One utterance, and the name of the file it stood in; what a witness took back stays away."""
    names = str(said["utterance"]), str(said["source"])
    if archive.db.execute("select 1 from gone where id in (?, ?)", names).fetchone():
        return
    if not SOURCE.fullmatch(said["source"]) or not NAME.fullmatch(said["utterance"]):
        raise ValueError(said["source"])
    there = said["source"], int(said["start"]), int(said["end"])
    if name_of(*there) != said["utterance"] or proof_of(*there, said["text"]) != said["proof"]:
        raise InputError("people.lines_changed", **where)
    archive.db.execute("insert or ignore into proofs values(?, ?)", (said["utterance"], said["proof"]))
    archive.db.execute("insert or ignore into originals values(?, ?, 0, ?, 'lines', 'utf-8', '', '{}', '')",
                       (said["source"], str(said["file"]), str(said["form"])))
    opened, closed = said["at"] or (None, None)
    archive.db.execute(
        f"insert or ignore into utterances({COLUMNS}, aside) values({MARKS})",
        (said["utterance"], *there, str(said["text"]), str(said["heard"]), str(said["label"]), str(said["witness"]),
         str(said["to"]), str(said["said"]["phrase"]) if said["said"] else "", int(said["talk"].partition(".")[2]),
         int(said["place"]), str(said["form"]), opened, closed, int(bool(said["sealed"])), ""))


def _put_fact(archive: "Archive", said: dict, **where: object) -> None:
    """One line of family.toml, unless the archive has a family.toml of its own."""
    there = said["source"], int(said["start"]), int(said["end"])
    if not SOURCE.fullmatch(said["source"]) or name_of(*there) != said["fact"] or proof_of(
            *there, said["text"]) != said["proof"]:
        raise InputError("people.lines_changed", **where)
    if archive.db.execute("select 1 from originals where form = 'family' and source != ?", there[:1]).fetchone():
        return
    statement(said["text"])
    archive.db.execute("insert or ignore into proofs values(?, ?)", (said["fact"], said["proof"]))
    archive.db.execute("insert or ignore into originals values(?, ?, 0, 'family', 'lines', 'utf-8', '', '{}', '')",
                       (said["source"], str(said["file"])))
    put(archive, said["fact"], there, said["text"], str(said["person"]), int(said["place"]))


@contextlib.contextmanager
def open_testimony(path: Path) -> "Iterator[Archive]":
    """Testimony to ask: an archive, or JSON Lines, which are taken into one that is gone afterwards."""
    if not are_lines(path):
        with open_archive(path, write=False) as archive:
            yield archive
        return
    with tempfile.TemporaryDirectory(prefix="marrow-people-") as room, \
            open_archive(Path(room) / "people.sqlite", new=True) as archive:
        take_lines(archive, path)
        archive.refresh()
        yield archive


def card_of(archive: "Archive", person: str, lang: str) -> dict:
    """The Character Card of a person, out of what witnesses who consent to `public` said of him."""
    entries = [Entry(each.utterance, called(archive, each.utterance.witness), _keys(archive, each.utterance.text))
               for each in understood(archive, _usable(archive, "public")) if person in each.tells]
    return card(archive.family.members[person], entries, lang=lang)


def write_card(made: dict, target: Path, picture: bytes) -> None:
    """A card as .json, or in a picture as .png."""
    text = json.dumps(made, ensure_ascii=False, indent=1) + "\n"
    with writing(target):
        target.write_bytes(with_card(picture, made) if target.suffix.lower() == ".png" else text.encode())


def _usable(archive: "Archive", purpose: Purpose) -> "Iterator[Utterance]":
    willing = archive.willing(purpose)
    return (each for each in archive.utterances("sealed = 0") if each.witness in willing)


def _keys(archive: "Archive", text: str) -> list[str]:
    """The words of an utterance that tell most: Chinese in runs between function words, the longest first."""
    import re

    found = re.findall(r"[A-Za-z]{4,}|[^\W\d_a-zA-Z的了是在和有就也都很我你他她不这那一个着过把被让给到说]{2,6}", text)
    return sorted(dict.fromkeys(found), key=lambda each: (-len(each), each))[:RARE]


def _days(when: "Interval") -> dict:
    return {"first": when.first and when.first.isoformat(), "last": when.last and when.last.isoformat(),
            "phrase": when.phrase, "calendar": when.calendar, "sure": when.sure}


def _line(what: dict) -> str:
    return json.dumps(what, ensure_ascii=False)
