"""What the department of people does on the command line beside its steps: collect testimony, and look into it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from marrow.errors import InputError
from marrow.words import say

if TYPE_CHECKING:
    from marrow.people.archive import Added, Archive

SKIPPED = ("readme", "thumbs.db")  # names in a folder that are no testimony
SHOWN, ANY = 10, 1000  # utterances that are listed, and looked through for one witness


def add(what: str, *, witness: str = "", to: str = "") -> Iterator[str]:
    """Take testimony into the archive: one file, or a folder with everything in it; twice is once.

    what       a file in any readable form, a folder, or a family.toml
    witness    who speaks, where the file does not say: an id of family.toml
    to         whom he speaks to, where the file does not say
    returns    a line for each file; what could not be read is told and the others go on
    """
    from marrow.contents import told
    from marrow.errors import MarrowError
    from marrow.people.archive import open_archive
    from marrow.progress import progress

    if not Path(what).exists():
        raise InputError("file.missing", path=what)
    with open_archive(new=True) as archive:
        files = _files(Path(what))
        for path in [each for each in files if each.name == "family.toml"]:
            yield from _meet(archive, path)
        rest = [each for each in files if each.name != "family.toml"]
        who = [archive.person(each) if each else "" for each in (witness, to)]
        for path in progress(rest, "people.add", len(rest)):
            try:
                added = _take(archive, path, who)
            except MarrowError as error:
                if len(rest) == 1:
                    raise
                yield f"{path.name}: {error.tell()}"
                continue
            yield _taken(archive, added)
            if added.strangers:
                labels = ", ".join(each or say("people.nobody") for each in added.strangers)
                yield say("people.strangers", labels=labels)
            yield from told(added.losses)
        archive.refresh()


def _taken(archive: "Archive", added: "Added") -> str:
    """What taking in one file did, in a line."""
    import json

    from marrow.people import showing

    row = archive.db.execute("select head from originals where source = ? and form = 'questionnaire'",
                             (added.source,)).fetchone()
    if row:
        return say("people.filled", name=added.name, who=showing.called(archive, json.loads(row[0])["witness"]),
                   count=added.new + added.known)
    return say("people.added", name=added.name, new=added.new, known=added.known)


def _take(archive: "Archive", path: Path, who: list[str]) -> "Added":
    """Take in one file; of a picture that carries a character card, the card."""
    import tempfile
    from dataclasses import replace

    from marrow.contents import Remark
    from marrow.people.answers import take_answers
    from marrow.people.card import PNG, carried
    from marrow.people.lines import are_lines, take_lines

    with open(path, "rb") as file:
        card = carried(path.read_bytes()) if file.read(len(PNG)) == PNG else None
    if are_lines(path):
        return take_lines(archive, path)
    if card is None:
        return take_answers(archive, path) or archive.add(path, witness=who[0], to=who[1])
    with tempfile.TemporaryDirectory() as room:
        inside = Path(room) / f"{path.stem}.json"
        inside.write_bytes(card)
        added = archive.add(inside, witness=who[0], to=who[1])
    told = Remark("people.card_kept", {"name": path.name, "kept": inside.name})
    return replace(added, losses=(told, *added.losses))


def _files(what: Path) -> list[Path]:
    """The files of a folder in order, or the one file."""
    if not what.is_dir():
        return [what]
    found = sorted(each for each in what.rglob("*") if each.is_file() and not each.name.startswith(".")
                   and not each.name.lower().startswith(SKIPPED))
    if not found:
        raise InputError("people.nothing", path=what)
    return found


def _meet(archive: "Archive", path: Path) -> Iterator[str]:
    """Take in who is who."""
    from marrow.contents import told
    from marrow.people.recorded import meet

    meet(archive, path)
    yield say("people.met", count=len(archive.family.members), name=path.name)
    yield from told(archive.family.remarks)


def show(who: str = "") -> Iterator[str]:
    """Say what is in the archive: files, witnesses, labels that nobody is known by; or everything one person said.

    who    a person, by id or name; without one the whole archive
    """
    from marrow.people import showing
    from marrow.people.archive import open_archive

    with open_archive(write=False) as archive:
        yield from showing.person(archive, archive.person(who)) if who else showing.whole(archive)


def name(label: str, person: str, *, file: str = "") -> Iterator[str]:
    """Say who a label such as "Speaker 1" is; everything he said follows.

    label     as the file has it; "" for lines without one
    person    an id of family.toml
    file      only in the file of this name
    """
    from marrow.people.archive import open_archive

    with open_archive() as archive:
        row = archive.db.execute("select source from originals where name = ?", (file,)).fetchone()
        if file and not row:
            raise InputError("people.file", name=file)
        count = archive.name(label, archive.person(person), row[0] if file else "")
        archive.refresh()
        yield say("people.named", label=label, person=person, count=count)


def correct(id: str, words: str) -> Iterator[str]:
    """Put right what a recogniser or a typist heard wrongly; the original stays.

    id       the beginning of an utterance's id, as `marrow people find` shows it
    words    what was really said
    """
    from marrow.people.archive import open_archive

    with open_archive() as archive:
        utterance = archive.one(id)
        archive.correct(utterance, words)
        archive.refresh()
        yield say("people.corrected", id=utterance.id[:8], before=utterance.text, after=words)


def seal(id: str, *, open: bool = False) -> Iterator[str]:
    """Keep a passage but let nobody use it; `--open` takes that back.

    id    the beginning of an utterance's id
    """
    from marrow.people.archive import open_archive

    with open_archive() as archive:
        utterance = archive.one(id)
        archive.seal(utterance, not open)
        yield say("people.opened" if open else "people.sealed", id=utterance.id[:8])


def rivals(id: str, other: str, *, undo: bool = False) -> Iterator[str]:
    """Put two utterances side by side as rivals, where nothing found them by itself; `--undo` takes that back.

    id, other    the beginnings of two ids
    """
    from marrow.people.archive import open_archive

    with open_archive() as archive:
        both = archive.one(id), archive.one(other)
        archive.oppose(*both, not undo)
        yield say("people.unopposed" if undo else "people.opposed", one=both[0].text, other=both[1].text)


def find(words: str, *, person: str = "") -> Iterator[str]:
    """Find what was said about something, with who said it to whom, when, and where it stands.

    words     a question, or a few words
    person    only what this witness said
    """
    from marrow.people import showing
    from marrow.people.archive import open_archive
    from marrow.people.understanding import understood

    with open_archive(write=False) as archive:
        voice = archive.person(person) if person else ""
        ids = [id for id, _ in archive.index.search(words, limit=ANY if voice else SHOWN)]
        found = [each for each in archive.get(ids).values() if voice in ("", each.witness)][:SHOWN]
        for each in understood(archive, found):
            yield from showing.utterance(archive, each.utterance)
        if not found:
            yield say("people.found_nothing")


def talk(person: str, *, as_: str, view: str = "", engine: str = "plain", imagine: str = "0",
         keep: str = "", meaning: str = "none") -> Iterator[str]:
    """Talk with somebody who is remembered; he knows who is speaking to him. An empty line ends it.

    person     whom you talk to
    as_        who you are: an id or name of family.toml
    view       only as this witness remembers him
    engine     who answers: "plain" in the witnesses' own words, "openai:model.toml" a model at an address of yours
    imagine    share of the sentences that may be imagined, 0 to 1
    keep       a file to write the talk to; without one nothing of it is kept
    meaning    who finds what means the same in other words: "none", "openai:embed.toml", "onnx:folder"
    """
    from marrow import forms
    from marrow.people import conversation
    from marrow.people.archive import open_archive
    from marrow.people.hearing import Manner
    from marrow.people.meant import NONE, open_meanings
    from marrow.step import setting
    from marrow.units import Share

    share = setting(Share, 0.0).checked("people.talk", "imagine", imagine)
    with open_archive(write=meaning != NONE) as archive:
        open_meanings(archive, meaning)
        manner = Manner(archive.person(view) if view else "", engine, share)
        yield from conversation.talk(archive, archive.person(person), archive.person(as_), manner,
                                     forms.place_for(Path(keep)) if keep else None)


def conflicts(about_: str = "") -> Iterator[str]:
    """List what witnesses disagree about: who says what, what would settle it, whom to ask.

    about_    only where these words occur
    """
    from marrow.people import showing
    from marrow.people.archive import open_archive

    with open_archive(write=False) as archive:
        yield from showing.conflicts(archive, about_)
