"""Collects testimony/ into testimony.jsonl, which the film asks: python collect.py. The same every time. CC0."""

import os
import sys
import tempfile
from pathlib import Path

from marrow.people import verbs, verbs_out

HERE = Path(__file__).parent.resolve()
SPEAKERS = {"Speaker 1": "zhou", "Speaker 2": "daughter"}  # the recorder did not know their names
HELD_HAND, HANDLEBARS = "一只手推车，一只手牵着你。", "两只手都在车把上，你在后面跑。"


def collect(target: Path) -> None:
    """Take everything in, name who was not named, put the two accounts of the walk side by side, and export."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as room:
        os.chdir(room)
        try:
            said = [*verbs.add(str(HERE / "testimony"))]
            for label, person in SPEAKERS.items():
                said += verbs.name(label, person)
            said += verbs.rivals(found(HELD_HAND), found(HANDLEBARS))
            said += verbs_out.export(str(target), purpose="film")
        finally:
            os.chdir(before)
    print("\n".join(said))


def found(words: str) -> str:
    """The id of the utterance that holds these words."""
    from marrow.people.archive import open_archive

    with open_archive(write=False) as archive:
        return next(each.id for each in archive.utterances("text like ?", (f"%{words}%",)))


if __name__ == "__main__":
    collect(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else HERE / "testimony.jsonl")
