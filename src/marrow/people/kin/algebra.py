"""Kin types: what somebody is to somebody, composed step by step and reduced to the shortest way to say it.

Written as anthropologists write them: F father, M mother, S son, D daughter, B brother, Z sister, H husband, W wife;
e and y before B and Z are elder and younger: "FeB" is the father's elder brother. After a cousin they compare him
with ego, after a parent's cousin with that parent: "FBSe" is a father's brother's son who is older than I. "ego" is
oneself. An age that no word of kinship tells is left out: whether my cousin's father is older than mine does not
matter, whether my uncle is does.

What stays open stays a set: my father's daughter is my elder sister, my younger sister, or I.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import product

EGO = "ego"
STEPS = {"father": "F", "mother": "M", "son": "S", "daughter": "D", "brother": "B", "sister": "Z", "husband": "H",
         "wife": "W", "elder brother": "eB", "younger brother": "yB", "elder sister": "eZ", "younger sister": "yZ",
         "parent": "FM", "child": "SD", "sibling": "BZ", "spouse": "HW"}
TOKEN = re.compile(r"[ey]?[BZ]|[SD][ey](?![BZ])|[FMSDHW]")
AGE = re.compile("[ey]")
MALE = "FSBH"
BROTHER, CHILD, OTHER = {"S": "B", "D": "Z"}, {"B": "S", "Z": "D"}, {"e": "y", "y": "e", "": ""}
RISE = {"F": 1, "M": 1, "S": -1, "D": -1}
Kin = tuple[str, ...]


def reduced(path: str | Iterable[str], sex: str = "") -> frozenset[str]:
    """Everything that somebody along a path may be to ego.

    path       a kin type ("FeB"), or steps in words: ["father", "elder brother"], or both
    sex        ego's: "male", "female", or "" not known
    returns    kin types; empty where there can be nobody: a man's husband
    source     the notation: Murdock, Social Structure, 1949; ages as e and y since
    test       every step is undone by its inverse; the father's daughter is a sister or oneself
    """
    return frozenset(name(kin) for man in _men(sex) for way in spelled(path) for kin in _walked(way, man))


def reverse(path: str | Iterable[str], sex: str = "") -> frozenset[str]:
    """Everything that ego may be to somebody along a path: the path walked home.

    sex        ego's, as in `reduced`
    test       of reduced and reversed once more, nothing is lost
    """
    found = set()
    for man, way in product(_men(sex), spelled(path)):
        if _walked(way, man):
            end = _male(way[-1]) if way else man
            found |= {name(kin) for kin in _walked(_home(way, man), end)}
    return frozenset(found)


def spelled(path: str | Iterable[str]) -> Iterator[Kin]:
    """A path as tokens, "parent" as father and as mother."""
    steps = [path] if isinstance(path, str) else path
    choices = [_choices(each) for each in steps]
    for way in product(*choices):
        yield tuple(token for part in way for token in part)


def blind(kin: str) -> str:
    """A kin type with every age left out."""
    return kin if kin == EGO else AGE.sub("", kin)


def ages(kin: str) -> frozenset[str]:
    """A kin type with the ages that it leaves open filled in both ways."""
    return frozenset(name(each) for each in _filled(TOKEN.findall(kin))) if kin != EGO else frozenset({EGO})


def rise(kin: str) -> int:
    """How many generations above ego: 1 for an aunt, -2 for a grandson."""
    return 0 if kin == EGO else sum(RISE.get(token[0], 0) for token in TOKEN.findall(kin))


def aged(kin: Kin) -> bool:
    """Whether he is a child of his parents whose age counts: a cousin, a parent's cousin."""
    return kin[-1] in ("S", "D") and rise("".join(kin)) >= 0


def name(kin: Kin) -> str:
    """Tokens as a kin type, without the ages that no word tells."""
    if not kin:
        return EGO
    last = len(kin) - (2 if kin[-1] in ("H", "W") else 1)
    return "".join(token if place == last else blind(token) for place, token in enumerate(kin))


def _choices(step: str) -> list[Kin]:
    if step in ("parent", "child", "sibling", "spouse"):
        return [(letter,) for letter in STEPS[step]]
    return [tuple(TOKEN.findall(STEPS.get(step, "" if step == EGO else step)))]


def _filled(tokens: list[str]) -> Iterator[Kin]:
    kin = tuple(tokens)
    place = len(kin) - (2 if kin[-1] in ("H", "W") and len(kin) > 1 else 1)
    letter = kin[place]
    for age in "ey" if letter in ("B", "Z") or aged(kin[:place + 1]) else ("",):
        token = age + letter if letter in ("B", "Z") else letter + age
        yield (*kin[:place], token, *kin[place + 1:])


def _men(sex: str) -> tuple[bool, ...]:
    return (True, False) if not sex else (sex == "male",)


def _walked(way: Kin, man: bool) -> set[Kin]:
    """All shortest ways to whoever stands at the end of this one."""
    found: set[Kin] = {()}
    for step in way:
        found = {kin for each in found for kin in _onward(each, step, man)}
    return found


def _home(way: Kin, man: bool) -> Kin:
    """The way back, told by him who stands at its end."""
    sexes = [man, *(_male(token) for token in way)]
    back = []
    for token, is_man in zip(reversed(way), reversed(sexes[:-1]), strict=True):
        letter, age = token.strip("ey"), OTHER[AGE.search(token)[0] if AGE.search(token) else ""]
        pair = {"F": "SD", "M": "SD", "S": "FM", "D": "FM", "H": "HW", "W": "HW"}.get(letter, "BZ")
        back.append((age if pair == "BZ" else "") + pair[0 if is_man else 1])
    return tuple(back)


def _onward(kin: Kin, step: str, man: bool) -> set[Kin]:
    return RULES[step.strip("ey")](kin, step, man)


def _last(kin: Kin) -> str:
    return kin[-1].strip("ey") if kin else ""


def _male(token: str) -> bool:
    return token.strip("ey") in MALE


def _is(kin: Kin, step: str, man: bool) -> bool:
    """Whether he who is reached has the sex that the step leads to."""
    return (_male(kin[-1]) if kin else man) == _male(step)


def _parent(kin: Kin, step: str, man: bool) -> set[Kin]:
    """A brother's father is mine; a son's father is I, or my husband."""
    if _last(kin) in ("B", "Z"):
        return _onward(kin[:-1], step, man)
    if _last(kin) in ("S", "D"):
        one = kin[:-1]
        return {one} if _is(one, step, man) else _onward(one, "H" if step == "F" else "W", man)
    return {(*kin, step)}


def _child(kin: Kin, step: str, man: bool) -> set[Kin]:
    """A father's son is I, or my brother; a wife's son is mine."""
    letter, age = step[0], step[1:]
    if _last(kin) in ("F", "M"):
        one = kin[:-1]
        return _sibling(one, age + BROTHER[letter], man) | ({one} if _is(one, letter, man) else set())
    if _last(kin) in ("H", "W"):
        return _child(kin[:-1], step, man)
    return {(*kin, letter + each) for each in ((age or "ey") if aged((*kin, letter)) else ("",))}


def _sibling(kin: Kin, step: str, man: bool) -> set[Kin]:
    """A son's brother is a son; a brother's brother is one of mine, or I."""
    age, letter = step[:-1], step[-1]
    if _last(kin) in ("S", "D"):
        mark = kin[-1][1:]
        return _child(kin[:-1], CHILD[letter] + (mark if mark == age else ""), man)
    if _last(kin) in ("B", "Z"):
        one, mark = kin[:-1], kin[-1][:-1]
        if mark == age:
            return {(*one, step)}
        return {(*one, each + letter) for each in "ey"} | ({one} if _is(one, step, man) else set())
    return {(*kin, each + letter) for each in age or "ey"}


def _spouse(kin: Kin, step: str, man: bool) -> set[Kin]:
    """A father's wife is my mother; a husband's wife is I."""
    if _is(kin, step, man):
        return set()
    if _last(kin) in ("F", "M"):
        return {(*kin[:-1], "F" if step == "H" else "M")}
    return {kin[:-1]} if _last(kin) in ("H", "W") else {(*kin, step)}


RULES: dict[str, Callable[[Kin, str, bool], set[Kin]]] = {
    "F": _parent, "M": _parent, "S": _child, "D": _child, "B": _sibling, "Z": _sibling, "H": _spouse, "W": _spouse}
