"""What a thing or a person was like, and with what: 快 against 慢, 左手 against 右手, a fiddle against a flute."""

import re
from functools import cache

from marrow.people.claims.degrees import degrees, made_of
from marrow.people.claims.tables import either, inside, listed, spans, table

AT, END = r"(?:^|(?<=[^\u4e00-\u9fff]))[他她]?(?:就|也|都|那天)?", r"(?=[,，。!！;；]|$)"
STANDING = tuple((line, side, re.compile(pattern)) for line, side, pattern in (
    ("presence", "在", rf"{AT}(?P<said>在){END}"),
    ("presence", "不在", r"(?P<said>(?:去)?上班去?了|没来|不在家?|出门去?了)(?=[,，。!！;；]|$)"),
    ("in_time", "还在", rf"的时候[他她]?(?P<said>还在|还有气|还活着){END}"),
    ("in_time", "走了", r"(?P<said>(?:走|死|去世|过世|断气)了?(?:以后|之后)才[到来]|没赶上|没见到最后)")))
MAKE = re.compile(r"(?:^|(?<=[^\u4e00-\u9fff]|[是叫用的]))([\u4e00-\u9fff]{2})牌")
DENIED = re.compile(r"(?:不太|不怎么|不大|不是|没有|不|没|not|never|isn't|wasn't)\s?(?:a |very |that |so )?$")
DEATH = re.compile(r"(?<=[他她爸妈爷奶爹娘公婆人父母])走了?的?(?=[,，。、;；!?]|以后|那[天年晚]|之后|之前|$)"
                   r"|走的?(?:那[天年晚]|日子|时候)|(?<![拉搬接带拿送逃赶开飞])走的(?=[,，。;；]|$)")


def traits(plain: str, taken: list[tuple[int, int]] = ()) -> list[tuple[int, int, str, str]]:
    """Qualities and things of a folded text in order: start, end, kind, "speed:快" or "instrument:二胡".

    A quality that is denied has an exclamation mark: "speed:!快".
    taken    stretches that are something else
    test     a table of sentences, both languages
    """
    found = _qualities(plain, taken) + _standing(plain) + _colours(plain, taken) + _things(plain, taken)
    more = [each for each in degrees(plain) + made_of(plain) if not inside(each[0], each[1], taken)]
    return sorted({*found, *more})


def events(plain: str) -> list[tuple[int, int, str]]:
    """What a folded text tells of, as far as the tables know it: start, end, "swimming"."""
    found = [(*match.span(), _told()[match.group()]) for match in _tellings().finditer(plain)]
    return sorted(found + [(*match.span(), "death") for match in DEATH.finditer(plain)])


def same_trait(one: str, two: str) -> bool:
    """Whether two qualities or things do not exclude each other: 不快 and 慢 do not, apples and a bicycle neither."""
    (line, side), (other, opposite) = (each.split(":") for each in (one, two))
    if line != other or side == opposite:
        return True
    if side.strip("!") == opposite.strip("!"):
        return False
    return "!" in side + opposite


def _qualities(plain: str, taken: list[tuple[int, int]]) -> list[tuple[int, int, str, str]]:
    found = []
    for match in _sided().finditer(plain):
        start, end = match.span()
        end = start + 1 if match.group()[0] in "左右" else end  # what is on that side says what it is about
        mark = "!" if DENIED.search(plain[:start]) else ""
        if not inside(start, end, taken):
            found += [(start, end, "quality", f"{line}:{mark}{side}") for line, side in _sides()[match.group()]]
    return found


def _standing(plain: str) -> list[tuple[int, int, str, str]]:
    """Whether somebody is there: 他在。 他还在。 他没来, and whether he came in time."""
    return [(*match.span("said"), "quality", f"{line}:{side}") for line, side, pattern in STANDING
            for match in pattern.finditer(plain)]


def _colours(plain: str, taken: list[tuple[int, int]]) -> list[tuple[int, int, str, str]]:
    held = [*taken, *spans(_pale(), plain)]
    return [(*match.span(), "quality", f"colour:{_hues()[match.group()]}") for match in _hued().finditer(plain)
            if not inside(*match.span(), held)]


def _things(plain: str, taken: list[tuple[int, int]]) -> list[tuple[int, int, str, str]]:
    makes = [(*match.span(1), "object", f"make:{match[1]}") for match in MAKE.finditer(plain)]
    return makes + [(*match.span(), "object", f"{kind}:{name}") for match in _named().finditer(plain)
                    if not inside(*match.span(), [*taken, *((start, end) for start, end, _, _ in makes)])
                    for kind, name in _kinds()[match.group()]]


@cache
def _sides() -> dict[str, list[tuple[str, str]]]:
    """Word -> the lines it stands in, each with the first word of its side."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line, text in (*table("sides").items(), *table("opposites").items()):
        first = table("sides").get(line, text).split(" / ")
        for side, known in zip(text.split(" / "), first, strict=False):
            for word in side.split():
                found.setdefault(word.replace("_", " "), []).append((line, known.split()[0]))
    return found


@cache
def _kinds() -> dict[str, list[tuple[str, str]]]:
    """Word -> the kinds of thing it is, each with the word it is compared by."""
    alike = dict(pair.split("=") for pair in table("alike")["words"].split())
    found: dict[str, list[tuple[str, str]]] = {}
    for name, kind in [*(("things", each) for each in table("things")), *(("kinds", each) for each in table("kinds"))]:
        for word in listed(name, kind):
            found.setdefault(word, []).append((kind, alike.get(word, word)))
    return found


@cache
def _told() -> dict[str, str]:
    return {word: event for event in reversed(table("events")) for word in listed("events", event)}


@cache
def _hues() -> dict[str, str]:
    return {word: side.split()[0] for side in table("colours")["sides"].split(" / ") for word in side.split()}


@cache
def _sided() -> re.Pattern[str]:
    return re.compile(either(sorted(_sides(), key=lambda word: (-len(word), word))))


@cache
def _named() -> re.Pattern[str]:
    return re.compile(either(sorted(_kinds(), key=lambda word: (-len(word), word))))


@cache
def _tellings() -> re.Pattern[str]:
    return re.compile(either(sorted(_told(), key=lambda word: (-len(word), word))))


@cache
def _hued() -> re.Pattern[str]:
    """Colours; a single Chinese letter only before what has a colour."""
    words = sorted(_hues(), key=lambda word: (-len(word), word))
    single = "".join(word for word in words if len(word) == 1)
    things = "|".join(word for word in listed("colours", "things") if not word.isascii())
    return re.compile(f"{either([word for word in words if len(word) > 1])}|[{single}](?={things})")


@cache
def _pale() -> re.Pattern[str]:
    return re.compile(either(listed("colours", "idle")))
