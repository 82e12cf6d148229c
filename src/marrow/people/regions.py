"""What witnesses say of the parts of a place: how many do, at first hand or not, and who is contradicted."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from marrow.errors import InputError

if TYPE_CHECKING:
    from marrow.people.archive import Archive, Purpose
    from marrow.people.understanding import Understood


def counted(archive: "Archive", rows: Sequence[Sequence[object]], purpose: "Purpose"
            ) -> tuple[dict[str, dict[str, int]], dict[str, list[str]]]:
    """Count, for each part of a place, the witnesses who speak of it.

    rows       a name and the words by which witnesses speak of it; without any, the name itself
    purpose    only witnesses who consent to it are heard, and nothing sealed
    returns    name -> {"first", "hearsay", "against"} witnesses; name -> ids of the utterances
    raises     InputError  "people.region"
    test       one who saw it is first whatever else he was told; one of two who contradict each other is against too
    """
    from marrow.people.disagreeing import disagreements
    from marrow.people.finding.tokens import fold
    from marrow.people.understanding import understood

    willing = archive.willing(purpose)
    said = [each for each in archive.utterances("sealed = 0") if each.witness in willing]
    known = [(fold(each.utterance.text), each) for each in understood(archive, said, willing)]
    rivals = {id for each in disagreements(archive) for side in each.sides for voice in side.voices
              for id in voice.utterances}
    counts: dict[str, dict[str, int]] = {}
    ids: dict[str, list[str]] = {}
    for number, row in enumerate(rows):
        name, words = _row(row, number + 1, counts)
        told = [each for text, each in known if any(fold(word) in text for word in words)]
        counts[name], ids[name] = _counts(told, rivals), [each.utterance.id for each in told]
    return counts, ids


def _row(row: Sequence[object], number: int, counts: dict[str, dict[str, int]]) -> tuple[str, list[str]]:
    if not row or not all(isinstance(each, str) and each.strip() for each in row) or row[0] in counts:
        raise InputError("people.region", row=number, found=" ".join(map(str, row)))
    name, *words = map(str, row)
    return name, words or [name]


def _counts(told: "Sequence[Understood]", rivals: set[str]) -> dict[str, int]:
    """Witnesses, each once."""
    first = {each.utterance.witness for each in told if not each.utterance.through}
    every = {each.utterance.witness for each in told}
    against = {each.utterance.witness for each in told if each.utterance.id in rivals}
    return {"first": len(first), "hearsay": len(every - first), "against": len(against)}
