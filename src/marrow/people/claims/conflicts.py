"""Where witnesses disagree: the rivals side by side, each with its voices, and what would settle it.

Two claims are held against each other only where they share rare words, persons and occasion and state a slot of one
kind; nothing is won by what is newer or said more often, and nothing is averaged.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import combinations, product
from math import log

from marrow.contents import Remark
from marrow.people.claims.asking import Kin, ask, settling
from marrow.people.claims.claims import Claim
from marrow.people.claims.negation import content, flips
from marrow.people.claims.slots import Kind, Slot, same, same_unit, shelf_of
from marrow.people.claims.tables import listed
from marrow.people.claims.topics import EVENT

MOST = 8        # words that a conflict names of what it is about
CROWD = 40      # a word of more claims than that brings none of them together
FLOOR = 2000    # claims: a small archive knows no rare words, so it counts as one of so many more
NEAR = 0.54     # one of the words shared must weigh as much in both: it stands in the clause itself, or leads it
GOES_ON = 0.4   # what a pair of letters counts that goes on from another
# how much two claims must share, by what they differ in
LEAST = {"number": 0.55, "time": 0.55, "place": 0.85, "agent": 0.9, "name": 0.9, "quality": 0.5, "object": 1.1,
         "polarity": 0.75}
YEARS = 800     # days: what is told of farther apart is two events
LENGTH = 0.35   # what must be shared more where they differ in how long it took
OWN = 0.3       # and where one witness would differ from himself
RARE = 0.15     # what it counts that both count in one unit that is not of these
UNITS = ("", "个", "人", "年", "月", "天", "周", "次", "岁", "元", "点", "句", "字", "小时", "分钟", "只", "条")
MONEY = 0.2     # and where they differ in what it cost
LOOSE = ("quality way", "quality mood")  # these need two words, or that both single something out
OWNED = 0.85    # so heavy a word is of the clause itself, or what it leans on
LED = 0.35      # what it counts that both tellings begin with a word that they share
ONCE = 0.6      # what it counts that a person has only one of it: a birth, a death
OTHERS = {"number": 1.0, "quality": 1.0, "object": 1.1, "polarity": 0.4, "place": 0.4, "time": 0.4, "name": 0.4,
          "agent": 0.0}  # what it costs that each is about somebody whom the other leaves out
GUESTS = 0.2    # the same, where both are about one thing
STRANGERS = 1.5  # what it costs that they are about different persons
OTHER_THINGS = 0.8  # what it costs that they are about two things of one kind
SOME = 0.8      # what it costs that one tells of some day and the other does not
HABIT = 1.2     # what it costs that one tells of a habit and the other of a day


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
    """One of the rival values, with everybody independent who says so."""

    value: str
    voices: tuple[Voice, ...]


@dataclass(frozen=True)
class Conflict:
    """Claims that cannot all be so.

    topic      the words that they share, the rarest first
    kind       what they differ in, a kind of slot; "himself" where one witness differs from himself
    sides      two or more, in the order in which they were first said
    settles    what would settle it
    ask        ids of witnesses who may know and have not said it, the likeliest first
    """

    topic: tuple[str, ...]
    kind: str
    sides: tuple[Side, ...]
    settles: Remark
    ask: tuple[str, ...] = ()


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
    rarity, said, excludes = _rarity(found), _said(found), cache(_excludes)
    pairs = [pair for one, two in _candidates(found)
             if excludes(found[one].slot.kind, found[one].slot.value, found[two].slot.value)
             and (pair := _pair(found[one], found[two], one, two, rarity)) is not None
             and not _agrees(found[one], said, found[two], rarity)
             and not _agrees(found[two], said, found[one], rarity)]
    groups = _grouped(found, _best(found, pairs))
    told = [_conflict(found, group, rarity) for group in groups]
    witnesses = sorted({each.witness for each in found if each.witness} | set(heard))
    by_id: dict[str, list[Claim]] = {}
    for each in found:
        by_id.setdefault(each.utterance, []).append(each)
    return tuple(_asked(each, by_id, family, witnesses) for each in told)


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
        shelf = _shelf(claim)
        for word, near in _shelved(claim, shelf):
            shelves.setdefault((shelf, word), ([], []))[not near].append(number)
    pairs: set[tuple[int, int]] = set()
    for (name, _), (near, far) in shelves.items():
        if name == "polarity" and len(near) * len(far) <= CROWD * CROWD // 4:
            pairs.update((min(pair), max(pair)) for pair in product(near, far))
        elif name != "polarity" and len(near) <= CROWD:
            pairs.update((one, two) for one, two in combinations(near, 2)
                         if found[one].slot.value != found[two].slot.value)
    return sorted(pairs)


def _shelved(claim: Claim, shelf: str) -> Iterator[tuple[str, bool]]:
    """The words under which a claim is looked for, and whether it is of what they say.

    A denial is looked for under the first word that it denies, what is affirmed under all its words.
    """
    if shelf == "polarity":
        words = content(claim.slot.value[1:])
        yield from ((word, True) for word in words[:1]) if claim.slot.value[0] == "-" else (
            (word, False) for word in dict.fromkeys(words))
    else:
        yield from ((word, True) for word, weight in claim.topic.items() if weight >= NEAR)


def _shelf(claim: Claim) -> str:
    """Only claims of one shelf can differ: numbers of one unit, qualities of one line."""
    slot = claim.slot
    if slot.kind == "number":
        unit = slot.value.partition(" ")[2]
        return f"number {shelf_of(unit)}{' nth' if slot.value.startswith('第') else ''}"
    return f"{slot.kind} {slot.value.split(':')[0]}" if slot.kind in ("quality", "object") else slot.kind


def _said(found: Sequence[Claim]) -> Mapping[tuple[str, str], list[Claim]]:
    """What stands on one shelf in one utterance."""
    said: dict[tuple[str, str], list[Claim]] = {}
    for claim in found:
        said.setdefault((claim.utterance, _shelf(claim)), []).append(claim)
    return said


def _agrees(claim: Claim, said: Mapping[tuple[str, str], list[Claim]], other: Claim, rarity: Mapping[str, float]
            ) -> bool:
    """Whether the other utterance says the same elsewhere, and rather of this: its rival is about something else."""
    if claim.slot.kind == "polarity":
        return False
    least = _shared(claim, other, rarity)[0]
    return any(same(claim.slot, each.slot) and _shared(claim, each, rarity)[0] > least
               for each in said[other.utterance, _shelf(claim)])


def _pair(a: Claim, b: Claim, one: int, two: int, rarity: Mapping[str, float]) -> _Pair | None:
    """Two claims as rivals, or None where both can be so."""
    if a.utterance == b.utterance or _apart(a, b) or not _one_of_a_kind(a, b):
        return None
    score, shared = _shared(a, b, rarity)
    if _shelf(a) in LOOSE and not (shared[1:] or (a.singled and b.singled)):
        return None
    score += _of_one(a, b, shared) - _cost(a, b)
    least = LEAST[a.slot.kind] + (OWN if a.witness == b.witness else 0.0)
    least += {"number days": LENGTH, "number yuan": MONEY}.get(_shelf(a), 0.0)
    return _Pair(one, two, score, shared) if score >= least else None


def _one_of_a_kind(a: Claim, b: Claim) -> bool:
    """Whether only one of them can be so: two may do a thing, and a thing may be done in two years."""
    common = a.topic.keys() & b.topic.keys()
    if a.slot.kind == "agent":
        return "doer" in (a.singled, b.singled) and bool(a.singled and b.singled and _events("done") & common)
    if a.slot.kind == "time":
        single = a.singled or b.singled or a.lead & b.lead or _both(a, b, "once")
        return bool(single) and _narrow(a) and _narrow(b) and _same_events(a, b)
    if a.slot.kind in ("name", "object"):
        return bool(a.singled or b.singled)
    return a.slot.kind != "number" or (_same_events(a, b) and _same_things(a, b))


def _same_things(a: Claim, b: Claim) -> bool:
    """Whether two numbers may count the same: 五个孩子 and 四个, not 五个孩子 and 四个房间."""
    return not _shelf(a).startswith("number thing") or not a.after or not b.after or bool(set(a.after) & set(b.after))


def _narrow(claim: Claim) -> bool:
    """Whether a stretch of days is no longer than two witnesses may be wrong by."""
    first, _, last = claim.slot.value.partition("..")
    return not (first and last) or not _after(first, last)


def _same_events(a: Claim, b: Claim) -> bool:
    """Whether their clauses may tell of one event: they share one, or one of them has none."""
    one, two = ({word for word, weight in each.topic.items() if word[0] == "@" and weight >= EVENT} for each in (a, b))
    return not one or not two or bool(one & two)


def _of_one(a: Claim, b: Claim, shared: Sequence[str]) -> float:
    """What it counts that a person has only one of what they tell, a birth, say; or that both begin with it."""
    led = LED if _led(a, b) else 0.0
    if a.slot.kind in ("agent", "name") or _strangers(a, b):
        return led
    lasting = a.slot.kind == "polarity" and _events("lasting") & set(shared)
    led += RARE if a.slot.kind == "number" and _rare_unit(a) and _rare_unit(a) == _rare_unit(b) else 0.0
    once = a.slot.kind in ("time", "place", "quality") and _both(a, b, "once")
    return led + (ONCE if lasting or once else 0.0)


def _rare_unit(claim: Claim) -> str:
    """The unit of a number, where it says something of what is counted: 枚, 寸, 袋."""
    unit = claim.slot.value.partition(" ")[2]
    return "" if unit in UNITS else unit


def _led(a: Claim, b: Claim) -> bool:
    """Whether both tellings begin with one thing."""
    return any(_theme(word) for word in a.lead & b.lead)


def _theme(word: str) -> bool:
    """Whether a word can be what all of a telling is about."""
    return word in _events("themes") or (word[0] != "@" and (len(word) > 1 or word in listed("topic", "nouns")))


def _both(a: Claim, b: Claim, line: str) -> bool:
    """Whether the clauses of both tell of one of these events."""
    return any(min(a.topic.get(event, 0.0), b.topic.get(event, 0.0)) >= OWNED for event in _events(line))


@cache
def _events(line: str) -> frozenset[str]:
    return frozenset(f"@{event}" for event in listed("attributes", line))


def _rivals(a: Claim, b: Claim) -> bool:
    return _excludes(a.slot.kind, a.slot.value, b.slot.value)


def _excludes(kind: Kind, one: str, two: str) -> bool:
    """Whether two slots of one kind exclude each other."""
    if kind == "number" and not same_unit(one.partition(" ")[2], two.partition(" ")[2]):
        return False
    return flips(one, two) if kind == "polarity" else not same(Slot(kind, one, 0, 0), Slot(kind, two, 0, 0))


def _apart(a: Claim, b: Claim) -> bool:
    """Whether they tell of different years, as far as they say it."""
    one, two = (a.slot.value, b.slot.value) if a.slot.kind == "time" else (a.days, b.days)
    if ".." not in one or ".." not in two or "never" in (a.occasion, b.occasion):
        return False
    if a.slot.kind == "time" and (_both(a, b, "once") or (a.singled and b.singled)):
        return False
    (first, last), (begin, end) = one.split(".."), two.split("..")
    return _after(last, begin) or _after(end, first)


def _after(last: str, first: str) -> bool:
    """Whether a stretch begins long after the other's end: of one event, witnesses are a year or two wrong."""
    return bool(last and first) and (date.fromisoformat(first) - date.fromisoformat(last)).days > YEARS


def _strangers(a: Claim, b: Claim) -> bool:
    """Whether nobody is in both tellings."""
    if not a.persons or not b.persons or set(a.persons) & set(b.persons):
        return False
    return _both(a, b, "once") or _both(a, b, "lasting") or not (set(a.persons) | a.cast) & (set(b.persons) | b.cast)


def _cost(a: Claim, b: Claim) -> float:
    """What speaks against their being about one thing."""
    one, two, kinds = set(a.persons), set(b.persons), {a.occasion, b.occasion}
    cost = OTHERS[a.slot.kind] if one - two and two - one else 0.0
    if _strangers(a, b) and a.slot.kind != "agent":
        cost = GUESTS if _led(a, b) else STRANGERS
    cost += SOME if "later" in kinds and len(kinds) > 1 and a.slot.kind == "number" else 0.0
    cost += OTHER_THINGS if a.slot.kind != "object" and _other_things(a, b) else 0.0
    if "never" in kinds:
        return cost
    cost += SOME if "some" in kinds and len(kinds) > 1 else 0.0
    return cost + (HABIT if "always" in kinds and kinds & {"some", "that"} else 0.0)


def _other_things(a: Claim, b: Claim) -> bool:
    """Whether they are about two things of one kind: a cow and a horse."""
    one, two = (dict(each.split(":") for each in claim.things) for claim in (a, b))
    return any(one[kind] != two[kind] for kind in one.keys() & two.keys())


def _shared(a: Claim, b: Claim, rarity: Mapping[str, float]) -> tuple[float, tuple[str, ...]]:
    """How much two claims share, and the words, the weightiest first; overlapping pairs of letters are one word."""
    common = sorted(a.topic.keys() & b.topic.keys())
    ends = {word[1] for word in common if len(word) == 2 and word > "\u2e7f"}
    found = {}
    near = False
    for word in common if a.slot.kind != "polarity" else [word for word in common if len(word) > 1]:
        one, two = a.topic[word], b.topic[word]
        near = near or min(one, two) >= NEAR
        goes_on = len(word) == 2 and word[0] in ends
        found[word] = min(one, two) * rarity.get(word, 1.0) * (GOES_ON if goes_on else 1.0)
    shared = tuple(sorted(found, key=lambda word: (-found[word], word)))
    return (sum(found.values()) if near else 0.0), shared


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
        node = (claim.utterance, _shelf(claim), claim.slot.value)
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
        side = next((side for side in sides if not _rivals(side[0], claim)), None)
        sides.append([claim]) if side is None else side.append(claim)
    words = dict.fromkeys(word for pair in sorted(group, key=lambda pair: -pair.score) for word in pair.shared)
    kind = "himself" if len({each.witness for each in told}) == 1 else told[0].slot.kind
    rivals = tuple(Side(side[0].slot.value, _voices(side)) for side in sides)
    return Conflict(tuple(words)[:MOST], kind, rivals, Remark(""))


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
    return replace(each, settles=settling(kind, each.topic), ask=ask(told, family, witnesses))
