"""Where witnesses disagree: the rivals side by side, each with its voices, and what would settle it.

Two claims are held against each other only where they share rare words, persons and occasion and state a slot of one
kind; nothing is won by what is newer or said more often, and nothing is averaged.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations, product
from math import log

from marrow.contents import Remark
from marrow.people.claims.asking import Kin, ask, settling
from marrow.people.claims.claims import Claim
from marrow.people.claims.negation import content, refused
from marrow.people.claims.reconciling import reconciled
from marrow.people.claims.slots import same
from marrow.people.claims.tables import table
from marrow.people.claims.weighing import LEAST, NEAR, contradicts, excludes, shared_words, shelf, weigh

MOST = 8        # words that a conflict names of what it is about
CROWD = 40      # a word of more claims than that brings none of them together
ECHO = 0.4      # how much what is said to be his must share with what he says himself
WAVERS = 0.4    # who says both of two opposites: so much less need the one that agrees share
FLOOR = 2000    # claims: a small archive knows no rare words, so it counts as one of so many more


@dataclass(frozen=True)
class Voice:
    """One independent source: whoever saw it, not those who pass it on.

    witness       id, or as it was said where he is no person of the family
    utterances    where it is said, in order, by himself or by those who have it from him
    through       ids of those who pass it on
    """

    witness: str
    utterances: tuple[str, ...]
    through: tuple[str, ...] = ()


@dataclass(frozen=True)
class Side:
    """One of the rival values, with everybody independent who says so.

    value     as it is compared, never to be shown
    clause    the clause that says so best: the utterance and its characters
    """

    value: str
    voices: tuple[Voice, ...]
    clause: tuple[str, int, int]


@dataclass(frozen=True)
class Conflict:
    """Claims that cannot all be so.

    topic      the words that they share, the rarest first
    kind       what they differ in, a kind of slot; "himself" where one witness differs from himself
    sides      two or more, in the order in which they were first said
    settles    what would settle it
    ask        ids of witnesses who may know and have not said it, the likeliest first
    persons    ids of whom the clauses of all sides are about
    """

    topic: tuple[str, ...]
    kind: str
    sides: tuple[Side, ...]
    settles: Remark
    ask: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Pair:
    """Two claims, by number, that cannot both be so, and how much they share."""

    one: int
    two: int
    score: float
    shared: tuple[str, ...]


def conflicts(found: Sequence[Claim], family: Kin | None = None, *, heard: Iterable[str] = ()) -> tuple[Conflict, ...]:
    """What disagrees in the claims, in the order in which it was told.

    family    who is whose kin: then whom to ask is known
    heard     ids of everybody who can be asked; without it the witnesses of the claims
    returns   hearsay counts for its source alone, and a voice once however often it speaks
    test      rivals in both languages are found, what only looks like them is not; the order of the claims within
              an utterance and doubled utterances change nothing; 10,000 utterances in seconds
    """
    rarity = _rarity(found)
    pairs = _best(found, list(_pairs(found, rarity)))
    groups = _grouped(found, [*pairs, *_echoes(found, pairs, rarity)])
    told = [_conflict(found, group, rarity) for group in groups]
    witnesses = sorted({each.witness for each in found if each.witness} | set(heard))
    by_id: dict[str, list[Claim]] = {}
    for each in found:
        by_id.setdefault(each.utterance, []).append(each)
    return tuple(_asked(each, by_id, family, witnesses) for each in told)


def _pairs(found: Sequence[Claim], rarity: Mapping[str, float]) -> Iterator[_Pair]:
    """Claims that cannot both be so."""
    said, known, explained = _said(found), cache(excludes), reconciled(found)
    for one, two in _candidates(found):
        a, b = found[one], found[two]
        if not known(a.slot.kind, a.slot.value, b.slot.value):
            continue
        weighed = weigh(a, b, rarity)
        if weighed and not (explained(a, b, weighed[1]) or _agrees(a, said, b, rarity) or _agrees(b, said, a, rarity)):
            yield _Pair(one, two, *weighed)


def _echoes(found: Sequence[Claim], pairs: Sequence[_Pair], rarity: Mapping[str, float]) -> Iterator[_Pair]:
    """What somebody is said to say, with where he says it himself: 我哥说摊子在巷口."""
    own: dict[tuple[str, str], list[int]] = {}
    for number, claim in enumerate(found):
        if not claim.through:
            own.setdefault((claim.witness, shelf(claim)), []).append(number)
    for number in sorted({each for pair in pairs for each in (pair.one, pair.two) if found[each].through}):
        claim = found[number]
        for other in own.get((claim.source, shelf(claim)), ()):
            score, shared = shared_words(claim, found[other], rarity)
            if same(claim.slot, found[other].slot) and score >= ECHO:
                yield _Pair(number, other, score, shared)


def _rarity(found: Sequence[Claim]) -> Mapping[str, float]:
    """How rare a word is, 0 to 1, by the clauses that it stands in."""
    clauses = {(each.utterance, each.clause): each.topic for each in found}
    counts: dict[str, int] = {}
    for topic in clauses.values():
        for word in (word for word, weight in topic.items() if weight >= NEAR):
            counts[word] = counts.get(word, 0) + 1
    whole = FLOOR + len(clauses)
    return {word: log(whole / count) / log(whole) for word, count in counts.items()}


def _candidates(found: Sequence[Claim]) -> list[tuple[int, int]]:
    """Pairs of claims of one kind that share a word of the clause of one; words of too many bring none together."""
    shelves: dict[tuple[str, str], tuple[list[int], list[int]]] = {}
    for number, claim in enumerate(found):
        name = shelf(claim)
        for word, near in _shelved(claim, name) if claim.slot.kind != "agent" or claim.singled else ():
            shelves.setdefault((name, word), ([], []))[not near].append(number)
    pairs: set[tuple[int, int]] = set()
    for (name, _), (near, far) in shelves.items():
        if name == "polarity" and len(near) * len(far) <= CROWD * CROWD // 4:
            pairs.update((min(pair), max(pair)) for pair in product(near, far))
        elif name != "polarity" and len(near) <= CROWD:
            pairs.update((one, two) for one, two in combinations(near, 2)
                         if found[one].slot.value != found[two].slot.value)
    return sorted(pairs | _facing(found))


def _facing(found: Sequence[Claim]) -> set[tuple[int, int]]:
    """Pairs of claims of one kind of which one may be said in answer to the other."""
    said: dict[tuple[str, str], list[int]] = {}
    for number, claim in enumerate(found):
        said.setdefault((claim.utterance, shelf(claim)), []).append(number)
    return {(min(one, two), max(one, two)) for two, claim in enumerate(found) for turn in claim.answers
            for one in said.get((turn, shelf(claim)), ()) if contradicts(found[one], claim)}


def _shelved(claim: Claim, name: str) -> Iterator[tuple[str, bool]]:
    """The words under which a claim is looked for, and whether it is of what they say.

    A denial is looked for under the first word that it denies, what is affirmed under all its words.
    """
    if name == "polarity":
        denied = claim.slot.value[0] == "-"
        words = refused(claim.slot.value[1:])[:1] if denied else content(claim.slot.value[1:])
        yield from ((word, denied) for word in dict.fromkeys(words))
    else:
        yield from ((word, True) for word, weight in claim.topic.items() if weight >= NEAR)


def _said(found: Sequence[Claim]) -> Mapping[tuple[str, str], list[Claim]]:
    """What stands on one shelf in one utterance."""
    said: dict[tuple[str, str], list[Claim]] = {}
    for claim in found:
        said.setdefault((claim.utterance, shelf(claim)), []).append(claim)
    return said


def _agrees(claim: Claim, said: Mapping[tuple[str, str], list[Claim]], other: Claim, rarity: Mapping[str, float]
            ) -> bool:
    """Whether the other utterance says the same elsewhere, and rather of this: its rival is about something else."""
    if claim.slot.kind == "polarity":
        return False
    least = shared_words(claim, other, rarity)[0]
    least -= 0.01 if claim.witness == other.witness else 0.0   # who says both himself means both
    least *= WAVERS if shelf(claim).removeprefix("quality ") in table("opposites") else 1.0
    return any(same(claim.slot, each.slot) and shared_words(claim, each, rarity)[0] > least
               for each in said[other.utterance, shelf(claim)])


def _best(found: Sequence[Claim], pairs: Sequence[_Pair]) -> list[_Pair]:
    """One pair for every two clauses: the one they share most of, the plainer kind first."""
    order = list(LEAST)
    best: dict[tuple, _Pair] = {}
    for pair in pairs:
        key = tuple((found[each].utterance, found[each].clause) for each in (pair.one, pair.two))
        rank = (order.index(found[pair.one].slot.kind), -pair.score)
        if key not in best or rank < (order.index(found[best[key].one].slot.kind), -best[key].score):
            best[key] = pair
    return list(best.values())


def _grouped(found: Sequence[Claim], pairs: Sequence[_Pair]) -> list[list[_Pair]]:
    """Pairs that hang together by what one utterance says, in order."""
    head: dict[tuple[str, str, str], tuple[str, str, str]] = {}

    def root(number: int) -> tuple[str, str, str]:
        claim = found[number]
        node = (claim.utterance, shelf(claim), claim.slot.value)
        while head.setdefault(node, node) != node:
            node = head[node]
        return node

    for pair in pairs:
        head[root(pair.two)] = root(pair.one)
    groups: dict[tuple[str, str, str], list[_Pair]] = {}
    for pair in sorted(pairs, key=lambda pair: (pair.one, pair.two)):
        groups.setdefault(root(pair.one), []).append(pair)
    return list(groups.values())


def _conflict(found: Sequence[Claim], group: Sequence[_Pair], rarity: Mapping[str, float]) -> Conflict:
    """A group of rival pairs as one conflict, without what would settle it."""
    told = [found[number] for number in sorted({each for pair in group for each in (pair.one, pair.two)})]
    sides: list[list[Claim]] = []
    for claim in told:
        side = next((side for side in sides
                     if not excludes(claim.slot.kind, side[0].slot.value, claim.slot.value)), None)
        sides.append([claim]) if side is None else side.append(claim)
    words = dict.fromkeys(word for pair in sorted(group, key=lambda pair: -pair.score) for word in pair.shared)
    kind = "himself" if len({each.witness for each in told}) == 1 else told[0].slot.kind
    near = {id(found[number]): pair.score for pair in sorted(group, key=lambda pair: pair.score)
            for number in (pair.one, pair.two)}
    best = [min(side, key=lambda claim: (bool(claim.through), -near[id(claim)])) for side in sides]
    rivals = tuple(Side(side[0].slot.value, _voices(side), (claim.utterance, *claim.clause))
                   for side, claim in zip(sides, best, strict=True))
    persons = tuple(each for each in best[0].persons if all(each in claim.persons for claim in best))
    return Conflict(tuple(words)[:MOST], kind, rivals, Remark(""), persons=persons)


def _voices(side: Sequence[Claim]) -> tuple[Voice, ...]:
    """The independent sources of a side."""
    sources: dict[str, list[Claim]] = {}
    for claim in side:
        sources.setdefault(claim.source, []).append(claim)
    return tuple(Voice(source, tuple(dict.fromkeys(each.utterance for each in told)),
                       tuple(dict.fromkeys(each.witness for each in told if each.witness != source)))
                 for source, told in sources.items())


def _asked(each: Conflict, said: Mapping[str, list[Claim]], family: Kin | None, witnesses: Sequence[str]) -> Conflict:
    """The same conflict with what would settle it and whom to ask."""
    ids = dict.fromkeys(id for side in each.sides for voice in side.voices for id in voice.utterances)
    told = [claim for id in ids for claim in said[id]]
    kind = next(claim.slot.kind for claim in told if claim.slot.value == each.sides[0].value)
    settles = settling(kind, each.topic, each.sides[0].value)
    return replace(each, settles=settles, ask=ask(told, family, witnesses))
