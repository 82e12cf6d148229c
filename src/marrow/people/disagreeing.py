"""What the witnesses of an archive disagree about."""

from typing import TYPE_CHECKING

from marrow.people.understanding import Understood, understood

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrow.people.archive import Archive
    from marrow.people.claims.claims import Claim
    from marrow.people.claims.conflicts import Conflict
    from marrow.people.testimony import Utterance


def disagreements(archive: "Archive") -> "tuple[Conflict, ...]":
    """Everything that cannot all be so, of what willing witnesses said and did not have sealed."""
    from marrow.people.claims.conflicts import conflicts

    willing = archive.willing("talk")
    known = understood(archive, (each for each in archive.utterances("sealed = 0") if each.witness in willing))
    return conflicts(stated(archive, known, archive.fact("about")), archive.family)


def stated(archive: "Archive", known: "Sequence[Understood]", subject: str) -> "tuple[Claim, ...]":
    """What utterances state, in the order of their talks."""
    from marrow.people.claims.claims import claims
    from marrow.people.mentions import hearsay

    def through(each: "Utterance", sentence: str) -> tuple[str, ...]:
        return hearsay(sentence, archive.family, each.witness, each.to, subject) if each.through else ()

    order = sorted(known, key=lambda each: (each.utterance.talk, each.utterance.place))
    return claims([each.utterance for each in order], mentions={each.utterance.id: each.mentions for each in order},
                  times={each.utterance.id: each.times for each in order}, hearsay=through, subject=subject)
