"""Who is what to whom in a family, and whom somebody means by a word of kinship."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import product

from marrow.people.family import Family
from marrow.people.kin.algebra import Kin, aged, name, rise
from marrow.people.kin.terms import fits, senses

FAR = 6  # steps; nobody has a word for kin further off
HEADS = {
    "me": ("我们家", "咱们家", "我自己", "我们", "咱们", "咱家", "我家", "俺家", "俺们", "我", "俺", "咱"),
    "you": ("你们家", "你们", "你家", "您家", "你", "您"),
    "he": ("他们家", "她们家", "他们", "她们", "他家", "她家", "人家", "他", "她"),
}
LINK = re.compile("^(家的|家里的|家|的|他|她)+")
POSSESSIVE = re.compile(r"['’]s\s+|s['’]\s+")
ENGLISH = {"my": "me", "our": "me", "i": "me", "me": "me", "your": "you", "you": "you", "his": "he", "her": "he",
           "their": "he", "he": "he", "she": "he", "him": "he"}


def relation(family: Family, ego: str, other: str) -> frozenset[str]:
    """What the other is to ego: the shortest kin types, several where sex or age is not known; empty for no kin.

    test    what the other is to ego, undone, is what ego is to the other
    """
    return relations(family, ego).get(other, frozenset())


@lru_cache(1024)
def relations(family: Family, ego: str) -> Mapping[str, frozenset[str]]:
    """Everybody who is kin of ego, and as what; the nearest first, ego himself among them."""
    found: dict[str, set[Kin]] = {ego: {()}}
    border = [ego]
    for _ in range(FAR):
        new: dict[str, set[Kin]] = {}
        for one in border:
            for other, tokens in _steps(family, one):
                if other not in found:
                    ways = {each for kin, token in product(found[one], tokens) if not _half(kin, token)
                            for each in _aged(family, ego, other, kin, token)}
                    new.setdefault(other, set()).update(ways)
        border = [id for id, ways in new.items() if ways]
        found |= {id: new[id] for id in border}
    return {id: frozenset(map(name, kin)) for id, kin in found.items()}


def who(family: Family, ego: str, words: str, *, you: str = "", he: str = "") -> frozenset[str]:
    """Everybody in the family whom ego may mean by these words.

    words      "二姨", "我爸的哥哥", "小满她妈", "my mother's brother"; a name counts too
    you, he    whom 你 and 他 stand for, ids; "" not known
    returns    ids; several where sex, age or number leave it open; empty where the words name no kin that is known
    test       a family of ours, from every chair; what `refer` says is understood
    """
    words = words.strip(" 　,.，。！!?？:：、\t\n")
    people = {"me": ego, "you": you, "he": he}
    if re.search("[a-zA-Z]", words) and not _called(family, words):
        return _english(family, people, words.lower())
    return _chinese(family, people, words)


def place(family: Family, id: str) -> int:
    """Which of his brothers (her sisters) he is: his rank, else by age where all ages are known; 0 not known."""
    one = family.members[id]
    if one.rank or not one.sex:
        return one.rank
    ages = [family.elder(each, id) for each in one.siblings if family.members[each].sex in (one.sex, "")]
    return 0 if None in ages else 1 + sum(map(bool, ages))


def _steps(family: Family, id: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Everybody one step away, and the tokens that may lead there."""
    one = family.members[id]
    yield from ((parent, (token,)) for parent, token in ((one.father, "F"), (one.mother, "M")) if parent)
    for other in one.siblings:
        elder = family.elder(other, id)
        marks = "ey" if elder is None else "e" if elder else "y"
        yield other, tuple(mark + letter for mark in marks for letter in _sexed(family, other, "BZ"))
    for others, letters in ((family.children(id), "SD"), (one.spouses, "HW")):
        yield from ((other, _sexed(family, other, letters)) for other in others)


def _half(kin: Kin, token: str) -> bool:
    """Whether this is a brother's father who is not mine: what he is to me, he is by my mother."""
    return token in ("F", "M") and bool(kin) and kin[-1][-1] in "BZ"


def _sexed(family: Family, id: str, letters: str) -> tuple[str, ...]:
    return tuple({"male": letters[0], "female": letters[1]}.get(family.members[id].sex, letters))


def _aged(family: Family, ego: str, other: str, kin: Kin, token: str) -> Iterator[Kin]:
    """One step on; a cousin is older than ego or younger, a parent's cousin than the parent."""
    if not aged((*kin, token)):
        yield (*kin, token)
        return
    equal = _equal(family, ego, kin, rise("".join((*kin, token))))
    elder = family.elder(other, equal) if equal else None
    yield from ((*kin, token + mark) for mark in ("ey" if elder is None else "e" if elder else "y"))


def _equal(family: Family, ego: str, kin: Kin, level: int) -> str:
    """Of ego's line (her husband's, where the way begins with him) he who is of that generation; "" not known."""
    if kin[0] in ("H", "W"):
        ego, kin = family.spouses(ego)[0] if len(family.spouses(ego)) == 1 else "", kin[1:]
    for token in kin[:level]:
        ego = {"F": family.members[ego].father, "M": family.members[ego].mother}.get(token, "") if ego else ""
    return ego


def _chinese(family: Family, people: dict[str, str], words: str) -> frozenset[str]:
    """Whose kin it is stands first: 我, 你, 他, a name, or nobody, which is ego."""
    for key, head in ((key, each) for key, heads in HEADS.items() for each in heads if words.startswith(each)):
        rest = LINK.sub("", words[len(head):])
        found = _along(family, _known(family, people[key]), rest, people["me"])
        if key == "he" and not people["he"]:
            found = _his(family, people["me"], rest)
        if found:
            return found
    found = _along(family, frozenset({people["me"]}), words, people["me"]) if words else frozenset()
    return found or _called(family, words) or _named(family, words, people["me"])


def _his(family: Family, ego: str, rest: str) -> frozenset[str]:
    """他爸 and nobody before it: so a mother calls her husband."""
    if rest and family.children(ego) and any(kin in ("F", "M") for kin, _ in senses(rest)):
        return _meant(family, ego, "孩子他爸" if ("F", 0) in senses(rest) else "孩子他妈")
    return frozenset()


def _named(family: Family, words: str, ego: str) -> frozenset[str]:
    """小满她爸: a name and a way on from it."""
    for length in range(len(words) - 1, 0, -1):
        people = _called(family, words[:length])
        if people:
            return _along(family, people, LINK.sub("", words[length:]), ego)
    return frozenset()


def _called(family: Family, words: str) -> frozenset[str]:
    """Everybody of this name; a word of kinship is none, though a chat may have it as a label."""
    return frozenset() if senses(words) else family.named(words)


def _known(family: Family, id: str) -> frozenset[str]:
    return frozenset({id} & family.members.keys())


def _along(family: Family, people: frozenset[str], words: str, ego: str) -> frozenset[str]:
    """Walk on from these people, the longest word first."""
    if not words or not people:
        return people
    for length in range(len(words), 0, -1):
        word, rest = words[:length], LINK.sub("", words[length:])
        found = frozenset(id for one in people for id in _meant(family, one, word, own=one == ego))
        ended = _along(family, found, rest, ego) if found else frozenset()
        if ended:
            return ended
    return frozenset()


def _meant(family: Family, ego: str, word: str, *, own: bool = True) -> frozenset[str]:
    """Whom one word may mean: those whom he calls so, and kin whom he has no other word for."""
    calls = family.members[ego].calls if own else {}
    called = frozenset(id for id, said in calls.items() if said == word)
    meant = senses(word)
    if not meant:
        return called or _titled(family, ego, word)
    kin = {id: types for id, types in relations(family, ego).items() if not called or id not in calls}
    counted = frozenset(id for each, number in meant if number
                        for id in _counted(family, _fitting(kin, {each}), number))
    loose = frozenset(_fitting(kin, {each for each, number in meant if not number or not counted}))
    stated = {id for id in loose if _ranked_otherwise(family, id, meant)}
    return called | (counted or loose - stated)


def _titled(family: Family, ego: str, word: str) -> frozenset[str]:
    """A word of kinship beside a name: 建军叔叔, 表弟李想, uncle Li Ming."""
    named = ((id, name) for id, each in family.members.items() for name in {*each.names, each.given})
    return frozenset(id for id, name in named if not senses(name) for term in _beside(word, name.lower())
                     if senses(term) and id in _meant(family, ego, term))


def _beside(word: str, name: str) -> Iterator[str]:
    """What stands before the name or after it."""
    if word.endswith(name):
        yield word.removesuffix(name).strip()
    if word.startswith(name):
        yield word.removeprefix(name).strip()


def _fitting(kin: Mapping[str, frozenset[str]], meant: set[str]) -> list[str]:
    return [id for id, types in kin.items() if any(fits(each, meant) for each in types)]


def _counted(family: Family, ids: Iterable[str], number: int) -> Iterator[str]:
    """Of these the second, or the youngest."""
    ids = list(ids)
    for id in ids:
        if number > 0 and number in _places(family, id):
            yield id
        if number < 0 and len(ids) > 1 and all(family.elder(other, id) for other in ids if other != id):
            yield id


def _places(family: Family, id: str) -> set[int]:
    """His place, or by marriage that of his wife: 二婶 is the wife of the second."""
    return {place(family, each) for each in (id, *family.spouses(id))}


def _ranked_otherwise(family: Family, id: str, meant: Iterable[tuple[str, int]]) -> bool:
    """Whether the tables give him another number than the word counts to."""
    numbers = {number for _, number in meant if number > 0}
    ranks = {family.members[each].rank for each in (id, *family.spouses(id))} - {0}
    return bool(numbers and ranks and not numbers & ranks)


def _english(family: Family, people: dict[str, str], words: str) -> frozenset[str]:
    """My mother's brother, the brother of my mother."""
    after, _, before = words.partition(" of ")
    if before:
        found, chain = _english(family, people, before), [after]
    else:
        first, *chain = POSSESSIVE.split(words)
        head, _, rest = first.partition(" ")
        named = frozenset(id for id, each in family.members.items() if first in map(str.lower, each.names))
        start = named or _known(family, people[ENGLISH.get(head, "me")])
        found, chain = start, [*([] if named else [rest] if head in ENGLISH else [first]), *chain]
    for word in filter(None, chain):
        plain = word.removeprefix("the ").strip()
        found = frozenset(id for one in found for id in _meant(family, one, plain, own=one == people["me"]))
    return found
