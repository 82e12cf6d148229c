"""The families of the example and their answer keys, for the benches of this folder; nothing else reads the keys."""

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))

from marrow.people.archive import Archive, open_archive

FOLDER = HERE.parents[2] / "examples" / "two_fathers"
FAMILIES = {"Chinese": ("testimony", "two_fathers_key.json", {"Speaker 1": "zhou", "Speaker 2": "daughter"}),
            "English": ("testimony_en", "english_family_key.json", {})}


def key(family: str) -> dict:
    """The answer key of a family."""
    return json.loads(HERE.with_name(FAMILIES[family][1]).read_text("utf-8"))


@contextmanager
def family_archive(family: str) -> Iterator[Archive]:
    """The archive of a whole family, taken in as `marrow people add` does, its unnamed speakers named."""
    from marrow.people import verbs

    folder, _, speakers = FAMILIES[family]
    with TemporaryDirectory() as room:
        before = os.getcwd()
        os.chdir(room)
        try:
            list(verbs.add(str(FOLDER / folder)))
            for label, person in speakers.items():
                list(verbs.name(label, person))
            with open_archive() as archive:
                yield archive
        finally:
            os.chdir(before)


def ids_of(archive: Archive, where: dict) -> set[str]:
    """The ids of the utterance that the key names."""
    rows = archive.db.execute("select id, text from utterances join originals using(source) where name = ?",
                              (Path(where["file"]).name,)).fetchall()
    bare = re.sub(r"\s+", "", where["text"])
    return {id for id, text in rows if bare in re.sub(r"\s+", "", text)}
