"""Where somebody says that there were two of them, or that it was done twice, both may be so."""

from collections.abc import Callable, Sequence

from marrow.people.claims.claims import Claim
from marrow.people.claims.slots import same
from marrow.people.claims.weighing import shelf

Reconciled = Callable[[Claim, Claim, Sequence[str]], bool]


def reconciled(found: Sequence[Claim]) -> Reconciled:
    """Whether two rival claims are explained by a third: she had two coats, the green one and the yellow.

    found     all claims
    returns   asked with two claims and the words they share
    test      one who says both values and that there were two; an event that was done twice; a mere "two" explains none
    """
    told: dict[str, dict[str, list[Claim]]] = {}
    for claim in (each for each in found if each.double):
        told.setdefault(shelf(claim), {}).setdefault(claim.utterance, []).append(claim)
    twice = {word for claim in found if claim.double == "times" for word in claim.topic if word[0] == "@"}

    def explained(a: Claim, b: Claim, shared: Sequence[str]) -> bool:
        if a.slot.kind in ("time", "place", "object") and twice & set(shared):
            return True
        return any(_says(said, a, shared) and _says(said, b, shared) for said in told.get(shelf(a), {}).values())

    return explained


def _says(said: Sequence[Claim], claim: Claim, shared: Sequence[str]) -> bool:
    return any(same(each.slot, claim.slot) and each.topic.keys() & set(shared) for each in said)
