"""Places and names, found by how they are said and by no list of the world: 棉纺厂, 巷口, 老周, at the mill."""

import re
from functools import cache

from marrow.people.claims.tables import either, inside, listed, spans, table

KINDS = ("water", "street", "home", "work", "school", "hospital", "station", "shop", "park", "field", "temple", "town")
LONGEST = 4   # letters before a place noun: 第一棉纺厂 is read as 一棉纺厂
NOT_NAMES = set("时路花河包江石房曲古段米毛明安乐平祝项学师家")  # 小时, 小花, 老师: no surnames after 老 and 小
MONTHS = set("january february march april may june july august september october november december monday tuesday "
             "wednesday thursday friday saturday sunday christmas easter fourth english chinese i i'm i'd i've "
             "i'll".split())
SETTLED = re.compile(r"(?:生在|生于|老家是?在?|祖籍是?|搬到|搬去|调到|嫁到|下放到|插队到?在?|来自)"
                     r"([\u4e00-\u9fff]{2,3}?)(?=[,，。;；、的当做学上工住生]|那|$)")
# 三小, 五中
SCHOOL = re.compile(r"(?<![一二三四五六七八九十百第年级])[一二三四五六七八九](?:十[一二三四五六七八九]?)?[中小]"
                    r"(?=门口|看门|看大门|上学|读书|念书|教书|毕业|对面|里|上初|上高|[的,，。;；！!?？]|$)")
# English words with a capital that are nobody's name: what a sentence goes on with, and kin, who are known as such
NAMELESS = frozenset("the a an it he she they we you this that these those there and but or so not no yes if when who "
                     "what why how where mr mrs miss ms dr st god ok ma pa mom mum mam mama mommy mummy dad papa "
                     "daddy pop nan nana gran granny grandma grandpa grandmother grandfather mother father aunt "
                     "auntie uncle sister brother mondays tuesdays wednesdays thursdays fridays saturdays sundays"
                     .split())
MEANING = re.compile(r"^(?:the |a |an |his |her |my |our |their |that |this )+")


def places(text: str, plain: str) -> list[tuple[int, int, str]]:
    """Places of a text in order: start, end, the place as it is compared.

    plain     the text folded
    test      a table of sentences, both languages; 大家, 走路, 站着 are no places
    """
    held = spans(_idle(), plain)
    found: list[tuple[int, int, str]] = []
    for match in SCHOOL.finditer(plain):
        held.append(match.span())
        found.append((*match.span(), f"{match.group()}学"))
    for match in SETTLED.finditer(plain):
        if not _nouns().search(match[1]) and not _cities().search(match[1]):
            held.append(match.span(1))
            found.append((*match.span(1), match[1]))
    for pattern in (_cities(), _nouns()):
        for match in pattern.finditer(plain):
            start = _left(plain, match.start()) if pattern is _nouns() else match.start()
            if not inside(start, match.end(), held) and _placed(plain, start, match):
                held.append((start, match.end()))
                found.append((start, match.end(), plain[start:match.end()]))
    return sorted(_joined(plain, sorted(found)) + _english_places(text, held))


def _joined(plain: str, found: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Places with those that lie in others as one: 家门口的巷子."""
    joined: list[tuple[int, int, str]] = []
    for start, end, value in found:
        if joined and plain[joined[-1][1]:start] in ("", "的"):
            start = joined.pop()[0]
            value = plain[start:end]
        joined.append((start, end, value))
    return joined


@cache
def kind_of(place: str) -> tuple[str, str]:
    """What kind of place it is, and what tells it from others of its kind: 棉纺厂 ("work", "棉纺")."""
    if place in _known():
        return "town", place
    for end, kind in _ends().items():
        if place.endswith(end) and (not end.isascii() or re.search(rf"\b{end}$", place)):
            return kind, MEANING.sub("", place[:-len(end)]).strip()
    return "town", MEANING.sub("", place)


def same_place(one: str, two: str) -> bool:
    """Whether two places may be one: the same words, one inside the other, or one told only by its kind."""
    if one == two or one in two or two in one:
        return True
    (kind, own), (other, others) = kind_of(one), kind_of(two)
    if kind != other:
        return "town" in (kind, other)
    return not own or not others or own in others or others in own


def names(text: str, plain: str, taken: list[tuple[int, int]]) -> list[tuple[int, int, str]]:
    """Persons by name in order: 老周, 王主任, 周师傅, Mr. Hughes; not those taken, who are known already."""
    held = list(taken)
    found = []
    for match in _persons().finditer(plain):
        name = next(each for each in match.groups() if each)
        start = match.start() + match.group().index(name)
        if not inside(start, start + len(name), held):
            held.append((start, start + len(name)))
            found.append((start, start + len(name), name))
    return sorted(found + _english_names(text, held))


def _placed(plain: str, start: int, match: re.Match[str]) -> bool:
    """Whether a place noun is one here: long ones always, short ones after 在, 到, or with a name before them."""
    word = match.group()
    if len(word) > 1 or (start < match.start() and word in _loose()):
        return True
    return plain[:start].endswith(tuple(listed("place", "before"))) and not plain[match.end():].startswith(("着", "起"))


def _left(plain: str, start: int) -> int:
    """Where the place begins whose noun begins at `start`."""
    stop, first = table("place")["stop"], start
    while first and start - first < LONGEST and plain[first - 1] > "\u2e7f" and plain[first - 1] not in stop:
        first -= 1
    return first


def _english_places(text: str, held: list[tuple[int, int]]) -> list[tuple[int, int, str]]:
    found = []
    for match in _english().finditer(text):
        start, end = match.span(1)
        words = MEANING.sub("", match[1].lower())
        if words and words.split()[0] not in MONTHS and not inside(start, end, held):
            held.append((start, end))
            found.append((end - len(words), end, words))
    return found


def _english_names(text: str, held: list[tuple[int, int]]) -> list[tuple[int, int, str]]:
    found = []
    for match in re.finditer(r"(?<![.!?\"“] )(?<!^)(?<!\n)\b[A-Z][a-z]+(?: [A-Z][a-z]+)*\b", text):
        begins = not text[:match.start()].strip(" \"'“‘([")
        words = [word for word in match[0].lower().split() if word not in NAMELESS]
        if not begins and words and not inside(*match.span(), held) and words[0] not in MONTHS:
            found.append((*match.span(), " ".join(words)))
    return found


@cache
def _ends() -> dict[str, str]:
    pairs = [(word, kind) for kind in KINDS for word in listed("place", kind)]
    return dict(sorted(pairs, key=lambda pair: (-len(pair[0]), pair[0])))


@cache
def _nouns() -> re.Pattern[str]:
    return re.compile("|".join(end for end in _ends() if not end.isascii()))


@cache
def _cities() -> re.Pattern[str]:
    return re.compile(either(sorted(_known())))


@cache
def _known() -> frozenset[str]:
    return frozenset(table("place")["cities"].split())


@cache
def _loose() -> frozenset[str]:
    return frozenset(table("place")["loose"].split())


@cache
def _idle() -> re.Pattern[str]:
    return re.compile(either(listed("place", "idle")))


@cache
def _english() -> re.Pattern[str]:
    nouns = "|".join(end for end in _ends() if end.isascii())
    little = r"(?:the|a|an|his|her|my|our|their|that|this)"
    return re.compile(
        r"\b(?:(?i:in|at|to|from|near|by|into|outside|behind|on|across|along|through|left|reached|of the"
        r"|off the|end of)) "
        rf"((?:{little} )?(?:[A-Za-z]+ ){{0,2}}(?:{nouns})\b|[A-Z][a-z]+(?: [A-Z][a-z]+)*)")


@cache
def _persons() -> re.Pattern[str]:
    surnames, titles = table("name")["surnames"], either(listed("name", "titles"))
    after = "".join(letter for letter in dict.fromkeys(surnames) if letter not in NOT_NAMES)
    return re.compile(rf"((?:老|小)?[{surnames}](?:{titles}))|((?:老|小)[{after}])"
                      rf"|(?:名叫|名字叫|叫做|叫)([{surnames}][\u4e00-\u9fff]{{1,2}})(?=[的,，。、!?\s]|$)"
                      rf"|\b((?:{'|'.join(listed('name', 'english'))})\.? [a-z]+)\b")
