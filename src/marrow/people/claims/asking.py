"""What would settle a conflict, and whom to ask about it."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from marrow.contents import Remark
from marrow.people.claims.claims import Claim

MOST = 3  # witnesses to ask
# what leaves a trace, by what was shared: the first that fits is named
TRACES = {"death": "register", "birth": "register", "marriage": "register", "entering": "work", "leaving": "work",
          "retiring": "work", "moving": "house", "army": "work", "hospital": "hospital", "wound": "hospital",
          "fever": "hospital", "buying": "receipt", "paying": "receipt", "borrowing": "receipt", "telly": "receipt",
          "schooling": "school", "flood": "news", "closing": "news", "drowning": "news", "letter": "letter",
          "photographing": "photo", "planting": "photo", "felling": "photo", "building": "photo"}
# what a paper or a photo can tell of; the rest only somebody who was there
ALL = frozenset(TRACES.values())
TOLD = {"time": ALL, "place": ALL, "number": ALL - {"photo", "register"}, "polarity": {"receipt", "letter"},
        "quality": {"hospital", "receipt", "letter"}, "object": {"receipt", "letter"}}
ELSE = {"time": "photo", "place": "photo", "object": "looks", "quality": "looks"}
UNSEEN = ("daypart", "exam", "fate", "in_time", "kept", "own", "presence", "season", "school", "shift", "speed", "way",
          "weather", "added")


class Kin(Protocol):
    """What must be known of a family; see `marrow.people.family.Family`."""

    members: Mapping[str, object]

    def parents(self, id: str) -> tuple[str, ...]:
        """Father and mother."""

    def children(self, id: str) -> tuple[str, ...]:
        """Sons and daughters."""

    def siblings(self, id: str) -> tuple[str, ...]:
        """Brothers and sisters."""

    def spouses(self, id: str) -> tuple[str, ...]:
        """Husbands and wives."""


def settling(kind: str, topic: Sequence[str], value: str) -> Remark:
    """What would settle a conflict: a paper where the matter leaves one, else a photo, else one more witness.

    kind    of slot
    topic   the words that the rivals share
    value   of one side: a photo shows colours, and not how fast somebody walked
    test    no paper tells who did it
    """
    trace = next((TRACES[word[1:]] for word in topic if word[1:] in TRACES), "")
    unseen = value.partition(":")[0] in UNSEEN
    told = trace if trace in TOLD.get(kind, ()) and not unseen else "third" if unseen else ELSE.get(kind, "third")
    return Remark(f"people_conflicts.{told}")


def ask(told: Sequence[Claim], family: Kin | None, witnesses: Sequence[str]) -> tuple[str, ...]:
    """Who may know and has not said it: those named by the claims first, then kin near to whom they are about.

    told         the claims that disagree
    witnesses    ids of those who can be asked, in order
    test         never who spoke, never who is dead, never whom it is about
    """
    spoke = {each.witness for each in told} | {each.source for each in told}
    about = [person for each in told for person in each.persons]
    named = [each.slot.value for each in told if each.slot.kind in ("person", "agent")]
    near = list(dict.fromkeys([*named, *(kin for person in about for kin in _near(person, family)), *witnesses]))
    able = [each for each in near if each not in spoke and _living(each, family)]
    return tuple(sorted(able, key=lambda each: (each not in witnesses, near.index(each)))[:MOST])


def _near(person: str, family: Kin | None) -> tuple[str, ...]:
    """Husband or wife, parents, children, brothers and sisters."""
    if family is None or person not in family.members:
        return ()
    return tuple(each for kin in (family.spouses, family.parents, family.children, family.siblings)
                 for each in kin(person))


def _living(person: str, family: Kin | None) -> bool:
    if family is None:
        return True
    return person in family.members and not getattr(family.members[person], "died", "")
