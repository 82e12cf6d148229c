"""`marrow people revoke`: a witness takes back everything she said."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from marrow.words import say

if TYPE_CHECKING:
    from marrow.people.archive import Archive
    from marrow.people.forget import Leaving
    from marrow.people.sweep import Hit

OTHERS = (".marrow", "made", "takes", "sealed")  # of a film: `marrow.forget` looks after them
SHOWN = 12                                       # lines of a file that are told


def revoke(witness: str, *, really: bool = False) -> Iterator[str]:
    """Take back everything a witness said: archive, film, exports, copies. It outranks seals and cannot be undone.

    witness    an id or name of family.toml
    really     do it; without it everything that would go is listed and nothing is changed
    returns    lines for people
    raises     InputError  "people.person";  LimitError  where something cannot be written
    """
    from marrow.people.archive import PLACE, open_archive

    with open_archive(write=really) as archive:
        yield from withdraw(archive, archive.person(witness), home(PLACE), really=really)


def home(place: Path) -> Path:
    """The folder that is looked through: the film's, else the one that the archive lies in."""
    above = place.resolve().parent.parent
    return next((each for each in (above, *above.parents) if (each / "film.toml").is_file()), above)


def withdraw(archive: "Archive", witness: str, folder: Path, *, really: bool) -> Iterator[str]:
    """The same, of an open archive.

    witness    an id
    folder     everything below it is looked through
    test       truth: afterwards no file below the folder holds a run of four characters that only she said, except
               those that were named for the person to delete
    """
    from marrow.people.forget import forget, held, leaving
    from marrow.people.sweep import Sought, sweep

    going = leaving(archive, witness)
    skip = frozenset({archive.path.parent.resolve(), *(folder / each for each in OTHERS)})
    sought = Sought(going.runs, going.ids, _copies(archive, going))
    yield from _of_archive(archive, going)
    yield from _of_films(folder, going, really)
    for hit in sweep(folder, sought, skip=skip, really=really):
        yield from _told(hit, folder)
    if not really:
        yield say("revoke.ask", name=archive.family.members[witness].name, witness=witness)
        return
    forget(archive, going)
    left = [hit.path for hit in sweep(folder, Sought(going.runs), skip=frozenset({archive.path.resolve()}))
            if hit.act != "git"]
    left += [archive.path] if held(archive, going.runs) else []
    yield say("revoke.left" if left else "revoke.done", count=len(left), name=archive.family.members[witness].name)
    for path in left:
        yield f"  {os.path.relpath(path, folder)}"


def _copies(archive: "Archive", going: "Leaving") -> Mapping[str, bytes | None]:
    """What the user's own copies of files of testimony become: the same as the archive's."""
    from marrow.people.forget import remains

    return {file.source: None if file.alone else
            remains((archive.originals / file.source).read_bytes(), file, going.runs) for file in going.files
            if file.alone or (archive.originals / file.source).is_file()}


def _of_archive(archive: "Archive", going: "Leaving") -> Iterator[str]:
    for name, count in going.counts.items():
        if count:
            yield say(f"revoke.{name}", count=count)
    for file in going.files:
        yield say("revoke.file_alone" if file.alone else "revoke.file_shared", name=file.name, count=len(file.hers))
    nameless = archive.db.execute("select distinct name from originals join utterances using (source) "
                                  "where aside = '' and witness = '' order by name").fetchall()
    if nameless:
        yield say("revoke.nameless", names=", ".join(row[0] for row in nameless))


def _of_films(folder: Path, going: "Leaving", really: bool) -> Iterator[str]:
    """What other departments made out of her words; each looks after its own."""
    from marrow import engine
    from marrow.people.sweep import found

    known: dict[tuple[int, ...], bool] = {}

    def holding(path: Path) -> bool:
        state = path.stat()
        mark = (state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns)  # a take is another name of an object
        if mark not in known:
            known[mark] = found(path, going.runs)
        return known[mark]

    for name in sorted(engine.points("marrow.forget")):
        forget = engine.load("marrow.forget", name, unknown="engine.unknown")
        yield from forget(folder, going.ids, going.runs.blank, holding, really=really)


def _told(hit: "Hit", folder: Path) -> Iterator[str]:
    path = hit.path.relative_to(folder)
    yield say(f"revoke.act_{hit.act}", path=path, count=len(hit.lines))
    for number, words in hit.lines[:SHOWN]:
        yield f"    {path}:{number}  {words}"
    if len(hit.lines) > SHOWN:
        yield say("revoke.more", count=len(hit.lines) - SHOWN)
