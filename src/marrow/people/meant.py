"""Finding by meaning, where somebody chose an engine for it: vectors for whoever consents, and a search that uses them.

    open_meanings(archive, choice, purpose)    measure what is new, and let the archive's index find by meaning too

An engine elsewhere gets the words of testimony: it is told before how many go where, and its file must allow it.
"""

from typing import TYPE_CHECKING

from marrow.contents import Remark, tell_of
from marrow.people.finding.rank import Index

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marrow.people.archive import Archive, Purpose
    from marrow.people.finding.meaning import Meanings

NONE = "none"


class MeaningIndex(Index):
    """An index that finds by words and by meaning."""

    def __init__(self, archive: "Archive", meanings: "Meanings") -> None:
        super().__init__(archive.db)
        self._meanings = meanings

    def search(self, question: str, *, limit: int = 10, speaker: str = "",
               near: "Mapping[str, float] | None" = None) -> list[tuple[str, float]]:
        """As `Index.search`, with the nearness that the engine measures."""
        return super().search(question, limit=limit, speaker=speaker, near=near or self._meanings.near(question))


def open_meanings(archive: "Archive", choice: str, purpose: "Purpose" = "talk") -> None:
    """Find by meaning too, in an archive that is open for writing.

    choice     "none": by words alone; "openai:embed.toml", "onnx:folder": who measures
    purpose    only what witnesses said who consent to it is measured, and nothing that is sealed
    raises     EngineError  "people.embed.deaf" where the engine does not speak the language of the testimony; those of
               the engine;  InputError  of its settings
    test       "none" changes nothing; what is not consented to never reaches the engine; measured once, never again
    """
    if choice == NONE:
        return
    from marrow.engine import open_engine
    from marrow.people.finding.meaning import Meanings, embed

    engine, willing = open_engine("people.embed", choice), archive.willing(purpose)
    usable = [each for each in archive.utterances("sealed = 0") if each.witness in willing]
    known = {row[0] for row in archive.db.execute("select id from finding_meaning where engine = ?", (choice,))}
    fresh = [each for each in usable if each.id not in known]
    if fresh:
        tell_of([Remark("people.measured", {"count": len(fresh), "engine": choice})])
    with archive.change():
        embed(archive.db, fresh, engine, choice)
    archive.__dict__["index"] = MeaningIndex(archive, Meanings(archive.db, engine, choice))
