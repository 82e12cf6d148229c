"""The family of the example and its answer key, for the benches of this folder; nothing else reads the key."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))

from marrow.people.archive import Archive, open_archive

TESTIMONY = HERE.parents[2] / "examples" / "two_fathers" / "testimony"
KEY = json.loads(HERE.with_name("two_fathers_key.json").read_text("utf-8"))


@contextmanager
def family_archive() -> Iterator[Archive]:
    """The archive of the whole family, taken in as `marrow people add` does, its two unnamed speakers named."""
    import os

    from marrow.people import verbs

    with TemporaryDirectory() as room:
        before = os.getcwd()
        os.chdir(room)
        try:
            list(verbs.add(str(TESTIMONY)))
            for label, person in (("Speaker 1", "zhou"), ("Speaker 2", "daughter")):
                list(verbs.name(label, person))
            with open_archive() as archive:
                yield archive
        finally:
            os.chdir(before)


def ids_of(archive: Archive, where: dict) -> set[str]:
    """The ids of the utterance that the key names."""
    rows = archive.db.execute(
        "select id, text, aside from utterances join originals using(source) where name = ?",
        (Path(where["file"]).name,)).fetchall()
    return {id for id, text, aside in rows if where["text"] in text}
