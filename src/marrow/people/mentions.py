"""Whom an utterance means: every reference to a person, relative to who speaks and to whom.

    Mention     a stretch of words and whom it may mean
    mentions    all of an utterance
    about       whom it tells of
    hearsay     from whom the witness has it

哥哥 is one man in the daughter's mouth and another in her father's. Where more than one person fits, all are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from marrow.people.family import Family
from marrow.people.reference.resolving import Meant, Scene, resolve
from marrow.people.reference.speech import STOPS, bounds
from marrow.people.reference.telling import chain, told_of

Kind = Literal["name", "kin", "pronoun"]
TURNS = 2  # of the talk before, in which whom 他 means may have been named: the question, and what it was about


@dataclass(frozen=True)
class Mention:
    """A stretch of words that means people.

    start, end    characters of the text
    words         text[start:end]
    persons       everybody it may mean; empty: somebody the family does not have
    sure          it means exactly these, and nobody else
    kind          what is said in the end: 你二姨 is kin
    stem          the owner's words where it has an owner: 你 of 你二姨
    of            whom the owner may be; empty where that is not certain
    """

    start: int
    end: int
    words: str
    persons: frozenset[str]
    sure: bool
    kind: Kind
    stem: str = ""
    of: frozenset[str] = frozenset()


def mentions(text: str, family: Family, speaker: str, listener: str = "", third: str = "",
             before: Sequence[tuple[str, str]] = ()) -> tuple[Mention, ...]:
    """Find every reference to a person of the family, in order, and settle whom it means.

    speaker, listener    ids; "" where not known: then 我 or 你 is nobody for certain
    third                whom the talk is about, as an interview is about the father
    before               the talk so far, oldest first: (id of who spoke, words)
    returns              none overlapping another; people outside the family are not returned, but make 他 uncertain
    test                 我 is the speaker, 你 the listener, also of what is quoted; a pronoun that fits two is not sure
    """
    return read(text, family, speaker, listener, third, before)[0]


def read(text: str, family: Family, speaker: str, listener: str = "", third: str = "",
         before: Sequence[tuple[str, str]] = ()) -> tuple[tuple[Mention, ...], tuple[str, ...], tuple[str, ...]]:
    """Mentions, whom it tells of, and from whom the witness has it, in one go: see `mentions`, `about`, `hearsay`.

    test    the three, asked one by one
    """
    scene = Scene(family, speaker, listener, third)
    found = resolve(text, scene, _past(scene, before))
    return (tuple(_mention(text, each) for each in found if each.spot.base != "other"), told_of(text, found, third),
            chain(text, found, speaker))


def part(found: Sequence[Mention], start: int, end: int) -> tuple[Mention, ...]:
    """The mentions within characters start to end of an utterance, counted from there."""
    return tuple(replace(each, start=each.start - start, end=each.end - start)
                 for each in found if start <= each.start and each.end <= end)


def about(text: str, family: Family, speaker: str, listener: str = "", third: str = "",
          before: Sequence[tuple[str, str]] = ()) -> tuple[str, ...]:
    """Whom an utterance tells of: its subjects first, then who else is in it; only who is certain.

    What the witness says of himself as a witness (我记得, 我数过, 你知道) and from whom he has it do not count. Where
    nobody is left, it tells of whom the talk is about.
    """
    return read(text, family, speaker, listener, third, before)[1]


def hearsay(text: str, family: Family, speaker: str, listener: str = "", third: str = "",
            before: Sequence[tuple[str, str]] = ()) -> tuple[str, ...]:
    """From whom the witness has it, nearest first; () for what he saw himself.

    returns    ids; who is no person of the family, or not certain, as it was said: "村里人", "厂长"
    test       "我跟你爸说" is no hearsay; of "听老周讲，他是听厂长说的" the nearest is 老周
    """
    return read(text, family, speaker, listener, third, before)[2]


def _past(scene: Scene, before: Sequence[tuple[str, str]]) -> list[list[Meant]]:
    """Whom the last turns named, sentence by sentence."""
    rows: list[list[Meant]] = []
    for voice, said in before[-TURNS:]:
        to = {scene.speaker: scene.listener, scene.listener: scene.speaker}.get(voice, "")
        rows += _sentences(said, resolve(said, replace(scene, speaker=voice, listener=to), rows))
    return rows


def _sentences(text: str, found: Sequence[Meant]) -> list[list[Meant]]:
    rows: dict[int, list[Meant]] = {}
    for each in found:
        rows.setdefault(bounds(text, each.spot.start, STOPS)[0], []).append(each)
    return list(rows.values())


def _mention(text: str, meant: Meant) -> Mention:
    spot = meant.spot
    kind = "kin" if spot.steps or spot.base in ("kin", "spouse") else "name" if spot.base == "name" else "pronoun"
    return Mention(spot.start, spot.end, text[spot.start:spot.end], meant.persons, meant.sure, kind,
                   text[spot.start:spot.stem] if spot.steps else "", meant.of if meant.of_sure else frozenset())
