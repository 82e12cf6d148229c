"""How two claims are weighed against each other: whether they are about one thing, and whether only one can be so."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache

from marrow.people.claims.claims import Claim
from marrow.people.claims.negation import flips
from marrow.people.claims.places import same_place
from marrow.people.claims.slots import Kind, Slot, same, same_unit, shelf_of
from marrow.people.claims.tables import listed, table
from marrow.people.claims.topics import EVENT

NEAR = 0.54     # one of the words shared must weigh as much in both: it stands in the clause itself, or leads it
GOES_ON = 0.4   # what a pair of letters counts that goes on from another
# how much two claims must share, by what they differ in
LEAST = {"number": 0.55, "time": 0.55, "place": 0.85, "agent": 0.9, "name": 0.9, "quality": 0.5, "object": 1.1,
         "polarity": 0.75}
YEARS = 800     # days: what is told of farther apart is two events
LENGTH = 0.35   # what must be shared more where they differ in how long it took
OWN = 0.3       # and where one witness would differ from himself
SITTING = 1.0   # the more where he says both in one sitting
CLOCK = 0.35    # and where they differ in the time of day
FACED = 1.2     # what it counts that one is said in answer to the other, and against it
CORRECTED = 0.4  # what it counts that one says in so many words that the other's value is not so
SMALL = 100     # a number without a unit, and less than that, may be of anything
RARE = 0.15     # what it counts that both count in one unit that is not of these
UNITS = ("", "个", "人", "年", "月", "天", "周", "次", "岁", "元", "点", "句", "字", "小时", "分钟", "只", "条")
SAME_DAYS = 0.3  # what it counts that both say when, and say the same
MONEY = 0.2     # and where they differ in what it cost
ANSWERED = ("polarity", "number", "time", "place", "agent")   # what an answer may be said against
FLAT = ("polarity", "number", "time")   # what it may contradict by itself, without naming who says otherwise
ALIKE = 2       # words that two clauses share which tell of one event
FATE = ("fate:", "load:")   # what became of a thing, to whomever it went
# these need two words, or that both single something out
LOOSE = ("way", "mood", "daypart", "crossing", "carriage", "sky", "posture", "indoors", "up_down")
OWNED = 0.85    # so heavy a word is of the clause itself, or what it leans on
LED = 0.35      # what it counts that both tellings begin with a word that they share
ONCE = 0.6      # what it counts that a person has only one of it: a birth, a death
SOLE = 0.3      # what it counts that it was done by one: a rescue, a burial
OTHERS = {"number": 1.0, "quality": 1.0, "object": 1.1, "polarity": 0.4, "place": 0.4, "time": 0.4, "name": 0.4,
          "agent": 0.0}  # what it costs that each is about somebody whom the other leaves out
GUESTS = 0.2    # the same, where both are about one thing
STRANGERS = 1.5  # what it costs that they are about different persons
OTHER_THINGS = 0.8  # what it costs that they are about two things of one kind
OTHER_PICTURE = 0.5  # and that one is written beside a picture and the other is not
SOME = 0.8      # what it costs that one tells of some day and the other does not
HABIT = 1.2     # what it costs that one tells of a habit and the other of a day


def weigh(a: Claim, b: Claim, rarity: Mapping[str, float]) -> tuple[float, tuple[str, ...]] | None:
    """How much speaks for two rival claims being about one thing, and the words they share; None where too little.

    rarity    how rare each word is, 0 to 1
    test      symmetric; claims of one utterance are never weighed against each other
    """
    faced = contradicts(a, b)
    if a.utterance == b.utterance or _apart(a, b) or not (faced or _one_of_a_kind(a, b)):
        return None
    if (a.slot.kind == "polarity" and not _unbounded(a, b)) or a.rate != b.rate:
        return None
    score, shared = shared_words(a, b, rarity)
    words = [word for word in shared if word[0] != "~"]
    if a.slot.kind == "agent" and not faced and not _done_alike(words):
        return None
    if _loose(a, b) and not (words[1:] or (a.singled and b.singled) or _led(a, b)):
        return None
    score += FACED if faced else CORRECTED if a.corrects or b.corrects else _of_one(a, b, shared) - _cost(a, b)
    least = LEAST[a.slot.kind] + (OWN if a.witness == b.witness else 0.0)
    least += SITTING if a.witness == b.witness and a.talk == b.talk else 0.0
    least += {"number days": LENGTH, "number yuan": MONEY, "number 点": CLOCK}.get(shelf(a), 0.0)
    score += SAME_DAYS if a.slot.kind != "time" and _one_time(a, b) else 0.0
    return (score, shared) if score >= least else None


def _done_alike(words: Sequence[str]) -> bool:
    """Whether the words shared tell of one deed: what was done, and to what."""
    return len(words) > 1 or bool(_events("sole") & set(words))


def _loose(a: Claim, b: Claim) -> bool:
    """Whether it is a quality that everything has at one time or another: it needs more to be held against another."""
    line = a.slot.value.partition(":")[0]
    return a.slot.kind == "quality" and (line in LOOSE or line in table("gradable") or line in table("adjectives"))


def shelf(claim: Claim) -> str:
    """Only claims of one shelf can differ: numbers of one unit, qualities of one line."""
    slot = claim.slot
    if slot.kind == "number":
        unit = slot.value.partition(" ")[2]
        return f"number {shelf_of(unit)}{' nth' if slot.value.startswith('第') else ''}"
    return f"{slot.kind} {slot.value.split(':')[0]}" if slot.kind in ("quality", "object") else slot.kind


def excludes(kind: Kind, one: str, two: str) -> bool:
    """Whether two slots of one kind exclude each other."""
    if kind == "number" and not same_unit(one.partition(" ")[2], two.partition(" ")[2]):
        return False
    if kind == "agent" and "!" in one[0] + two[0]:
        return one.strip("!") == two.strip("!") and one != two
    return flips(one, two) if kind == "polarity" else not same(Slot(kind, one, 0, 0), Slot(kind, two, 0, 0))


def shared_words(a: Claim, b: Claim, rarity: Mapping[str, float]) -> tuple[float, tuple[str, ...]]:
    """How much two claims share, and the words, the weightiest first; overlapping pairs of letters are one word."""
    common = sorted(a.topic.keys() & b.topic.keys())
    ends = {word[1] for word in common if len(word) == 2 and word > "\u2e7f"}
    found = {}
    near = False
    echoed = _echoed(a, b)
    for word in [word for word in common if word not in echoed and (a.slot.kind != "polarity" or len(word) > 1)]:
        one, two = a.topic[word], b.topic[word]
        near = near or min(one, two) >= NEAR
        goes_on = len(word) == 2 and word[0] in ends
        found[word] = min(one, two) * rarity.get(word, 1.0) * (GOES_ON if goes_on else 1.0)
    shared = tuple(sorted(found, key=lambda word: (-found[word], word)))
    return (sum(found.values()) if near else 0.0), shared


def contradicts(a: Claim, b: Claim) -> bool:
    """Whether one is said to the other's face: 你九三年没回来; or what somebody else says of it: 老周说是他送的."""
    if _captions(a, b):
        return True
    if b.utterance not in a.answers and a.utterance not in b.answers:
        return False
    answer = a if b.utterance in a.answers else b
    if answer.bare and a.source != b.source and a.slot.kind not in ("polarity", "number"):
        return True
    if a.source == b.source or a.slot.kind not in ANSWERED or (
            a.slot.kind == "number" and not _countable(a, b)):
        return False
    if a.slot.kind == "agent":
        return any(each.through and each.singled == "doer" and _events("done") & each.topic.keys() for each in (a, b))
    yours = {a.turned, b.turned} == {"me", "you"}
    if not yours and not set(a.persons) & set(b.persons):
        return False
    return bool(a.through or b.through) or (a.slot.kind in FLAT and (yours or (a.named and b.named)))


def _captions(a: Claim, b: Claim) -> bool:
    """Whether they stand under one picture and say, each by itself, when it was taken or who took it."""
    if not a.heading or a.heading != b.heading or a.source == b.source:
        return False
    return a.bare and b.bare if a.slot.kind == "time" else a.slot.kind == "agent" and a.singled == b.singled == "doer"


def _many(a: Claim, b: Claim) -> bool:
    """Whether so many words of their clauses are the same that they tell of one event."""
    return sum(word[0] != "~" and min(a.topic[word], b.topic[word]) >= NEAR
               for word in a.topic.keys() & b.topic.keys()) >= ALIKE


def _countable(a: Claim, b: Claim) -> bool:
    """Whether two numbers may count the same."""
    return _same_things(a, b) and not (_small(a) or _small(b))


def _echoed(a: Claim, b: Claim) -> frozenset[str]:
    """The words that say nothing of their being about one thing: only the talk gives them."""
    echoed = a.given & b.given if a.talk == b.talk else frozenset()
    return echoed.union(a.given if b.utterance in a.answers else (), b.given if a.utterance in b.answers else ())


def _one_of_a_kind(a: Claim, b: Claim) -> bool:
    """Whether only one of them can be so: two may do a thing, and a thing may be done in two years."""
    common = a.topic.keys() & b.topic.keys()
    if a.slot.kind == "agent":
        return "doer" in (a.singled, b.singled) and bool(a.singled and b.singled and _events("done") & common)
    if a.slot.kind == "time":
        single = a.singled or b.singled or a.lead & b.lead or _both(a, b, "once") or _many(a, b)
        return bool(single) and _narrow(a) and _narrow(b) and _same_events(a, b)
    if a.slot.kind in ("name", "object"):
        return bool(a.singled or b.singled)
    if shelf(a) == "number 岁" and a.named and b.named and not set(a.persons) & set(b.persons):
        return False
    return a.slot.kind != "number" or (_same_events(a, b) and _countable(a, b))


def _unbounded(a: Claim, b: Claim) -> bool:
    """Whether a denial holds where the other tells of: who does not smoke indoors may smoke at work."""
    denied, said = (a, b) if a.slot.value[0] == "-" else (b, a)
    return not denied.within or any(same_place(one, two) for one in denied.within for two in said.places)


def _small(claim: Claim) -> bool:
    """Whether a number says nothing of what it counts: 标六十."""
    figure, _, unit = claim.slot.value.partition(" ")
    return not unit and figure.isdigit() and int(figure) < SMALL


def _same_things(a: Claim, b: Claim) -> bool:
    """Whether two numbers may count the same: 五个孩子 and 四个, not 五个孩子 and 四个房间."""
    return not shelf(a).startswith("number thing") or not a.after or not b.after or bool(set(a.after) & set(b.after))


def _narrow(claim: Claim) -> bool:
    """Whether a stretch of days is no longer than two witnesses may be wrong by."""
    first, _, last = claim.slot.value.partition("..")
    return not (first and last) or not _after(first, last)


def _same_events(a: Claim, b: Claim) -> bool:
    """Whether their clauses may tell of one event: they share one, or one of them has none."""
    one, two = ({word for word, weight in each.topic.items() if word[0] == "@" and weight >= EVENT} for each in (a, b))
    one, two = one - _events("aspect"), two - _events("aspect")
    return not one or not two or bool(one & two)


def _of_one(a: Claim, b: Claim, shared: Sequence[str]) -> float:
    """What it counts that a person has only one of what they tell, a birth, say; or that both begin with it."""
    led = LED if _led(a, b) else 0.0
    if a.slot.kind == "agent" and _events("sole") & set(shared):
        return led + SOLE
    if a.slot.kind in ("agent", "name") or _strangers(a, b):
        return led
    kinds = {a.occasion, b.occasion}
    lasting = a.slot.kind == "polarity" and not {"some", "that"} <= kinds and _events("lasting") & set(shared)
    led += RARE if a.slot.kind == "number" and _rare_unit(a) and _rare_unit(a) == _rare_unit(b) else 0.0
    once = a.slot.kind in ("time", "place", "quality") and _both(a, b, "once")
    return led + (ONCE if lasting or once else 0.0)


def _rare_unit(claim: Claim) -> str:
    """The unit of a number, where it says something of what is counted: 枚, 寸, 袋."""
    unit = claim.slot.value.partition(" ")[2]
    return "" if unit in UNITS else unit


def _led(a: Claim, b: Claim) -> bool:
    """Whether both tellings begin with one thing."""
    carried = (a.lead & b.given) | (b.lead & a.given) if a.slot.value.startswith(FATE) else frozenset()
    return any(_theme(word) for word in (a.lead & b.lead) | carried)


def _theme(word: str) -> bool:
    """Whether a word can be what all of a telling is about."""
    return word in _events("themes") or (word[0] != "@" and (len(word) > 1 or word in listed("topic", "nouns")))


def _both(a: Claim, b: Claim, line: str) -> bool:
    """Whether the clauses of both tell of one of these events."""
    return any(min(a.topic.get(event, 0.0), b.topic.get(event, 0.0)) >= OWNED for event in _events(line))


@cache
def _events(line: str) -> frozenset[str]:
    return frozenset(f"@{event}" for event in listed("attributes", line))


def _apart(a: Claim, b: Claim) -> bool:
    """Whether they tell of different years, as far as they say it."""
    one, two = (a.slot.value, b.slot.value) if a.slot.kind == "time" else (a.days, b.days)
    if ".." not in one or ".." not in two or "never" in (a.occasion, b.occasion):
        return False
    if a.slot.kind == "time" and (_both(a, b, "once") or (a.singled and b.singled)):
        return False
    (first, last), (begin, end) = one.split(".."), two.split("..")
    return _after(last, begin) or _after(end, first)


def _one_time(a: Claim, b: Claim) -> bool:
    """Whether both say when, within a year or two, and may mean the same days."""
    times = [Slot("time", each.days, 0, 0) for each in (a, b)]
    return all(".." in each.value and each.value[-1] != "." and each.value[0] != "." and not _after(
        *each.value.split("..")) for each in times) and same(*times)


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
    # who is only carried over from before may as well not be meant
    named = a.named * b.named if _rare_unit(a) else (a.named + b.named) / 2
    cost = OTHERS[a.slot.kind] * named if one - two and two - one else 0.0
    if _strangers(a, b) and a.slot.kind != "agent":
        cost = GUESTS if _led(a, b) else STRANGERS * named
    cost = 0.0 if a.slot.value.startswith(FATE) else cost
    cost += SOME if "later" in kinds and len(kinds) > 1 and a.slot.kind == "number" else 0.0
    cost += OTHER_PICTURE if a.heading != b.heading and a.slot.kind in ("agent", "time") else 0.0
    cost += OTHER_THINGS if a.slot.kind != "object" and _other_things(a, b) else 0.0
    if "never" in kinds:
        return cost
    cost += HABIT if {"some", "that"} <= kinds else SOME if "some" in kinds and len(kinds) > 1 else 0.0
    return cost + (HABIT if "always" in kinds and kinds & {"some", "that"} else 0.0)


def _other_things(a: Claim, b: Claim) -> bool:
    """Whether they are about two things of one kind: a cow and a horse."""
    one, two = (dict(each.split(":") for each in claim.things) for claim in (a, b))
    if shelf(a) == "quality colour":
        return not (_is_of(a, b) and _is_of(b, a))
    return any(one[kind] != two[kind] for kind in one.keys() & two.keys())


def _is_of(a: Claim, b: Claim) -> bool:
    """Whether the other tells of a thing that one names, where it names any: a red sandal is no yellow dress."""
    return not a.things or any(f"{kind}:{name}" in b.things or name in b.topic for kind, name in (
        each.split(":") for each in a.things))
