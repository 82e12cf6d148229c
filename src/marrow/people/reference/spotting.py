"""Find the words that mean a person, without yet asking whom: pronouns, names, kin, and chains of them.

A spot is the longest stretch that means one person or group: 我, 小川, 你二姨, 我爸的哥哥, 老周他爱人, "my father's
brother". What only looks like one (哥伦布, 妈祖, 自己, 其他) is passed over.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from marrow.people.family import Family

Base = Literal["I", "we", "you", "ye", "he", "she", "they", "name", "kin", "spouse", "other"]


@dataclass(frozen=True)
class Spot:
    """A stretch of a text that means somebody.

    start, end    characters of the text
    base          what it rests on; "other" is somebody outside the family, or nobody knows who
    word          the words of the base, folded: "你" of 你二姨
    steps         kin from there on, folded: ("爸", "哥哥") of 我爸的哥哥
    stem          where the base ends
    titled        a name with 哥, 叔, 师傅 ... behind it
    """

    start: int
    end: int
    base: Base
    word: str
    steps: tuple[str, ...] = ()
    stem: int = 0
    titled: bool = False


@lru_cache(maxsize=1)
def words() -> dict:
    """The tables of `words.toml`."""
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))


@lru_cache(maxsize=1)
def _folding() -> tuple[dict[int, str], dict[int, str]]:
    table = words()["folded"]
    pairs = [pair for pair in zip(table["traditional"], table["simplified"], strict=True) if pair[0] != pair[1]]
    return {ord(old): new for old, new in pairs}, {ord(new): old for old, new in pairs if old != "妳"}


def folded(text: str) -> str:
    """The text with traditional forms of these words made simplified, character for character."""
    return text.translate(_folding()[0])


def unfolded(text: str) -> str:
    """The other way round."""
    return text.translate(_folding()[1])


def spots(text: str, family: Family) -> tuple[Spot, ...]:
    """Everybody a text means, in order, none overlapping another.

    test    what looks like a person inside another word is not found; the longest chain is
    """
    names = _plain_names(family)
    plain = folded(text)
    found = [*_chinese(plain, names), *_english(plain, names)]
    return tuple(sorted(found, key=lambda spot: spot.start))


@lru_cache(maxsize=16)
def _plain_names(family: Family) -> tuple[str, ...]:
    """Names folded, without words of kin: these are names only beside what they mean as kin."""
    kin = frozenset(words()["kin"]["long"].split())
    names = [folded(name) for each in family.members.values() for name in (*each.names, each.given)]
    return tuple(dict.fromkeys(name for name in names if name and name not in kin))


@lru_cache(maxsize=1)
def pairs() -> dict[str, list[str]]:
    """Two people in one word: 爸妈 -> 爸, 妈."""
    parted = (each.partition("=") for each in words()["kin"]["pairs"].split())
    return {word: both.split("+") for word, _, both in parted}


def _any(choices: Iterable[str]) -> str:
    """A pattern for one of these words, the longest first."""
    return "(?:" + "|".join(re.escape(each) for each in sorted(set(choices), key=lambda each: (-len(each), each))) + ")"


def _wide(name: str) -> bool:
    return any(each > "\u2e80" for each in name)


@lru_cache(maxsize=16)
def _han(names: tuple[str, ...]) -> re.Pattern:
    """The pattern of Chinese references, for a family's names."""
    table = words()
    kin, outside = table["kin"], table["outside"]
    long, short = kin["long"].split(), kin["short"].split()
    surname, title = f"[{''.join(outside['surnames'].split())}]", _any(outside["titles"].split())
    single = rf"{_any(short)}(?![们伦祖]|儿(?!子|女))(?<!娘(?=家))"
    term = rf"(?:{_any([*long, *pairs()])}|{single})"
    pronoun = _any(each for row in table["pronouns"].values() for each in row.split())
    own = "(?:(?:自己|家|屋里|他们家)?(?:的|那个|那|有一?个)?)"
    days = _any(table["traps"]["days"].split())
    given = [each for each in names if _wide(each) and len(each) > 1]  # a name of one character is in too many words
    name = rf"{_any(given)}(?!{days})" if given else "(?!)"
    tie = rf"(?:的|他|她|家的?|她家|他家)(?={term})"
    tail = rf"(?:{tie}{term})*"
    alone = rf"{_any(kin['bare'].split())}(?![\u4e00-\u9fff]?[们伦祖])"
    bare = rf"(?:(?<=[跟给和对让叫听问帮替把被找比像随怕见是])|(?<![\u4e00-\u9fff])){alone}"
    return re.compile("|".join((
        rf"(?P<trap>{_any(table['traps']['words'].split())}|[一二两三四五六七八九十几每单独]+个人|人家)",
        rf"(?P<spouse>{_any(kin['spouse'].split())})",
        rf"(?P<day>{_any(given)}(?={days}))" if given else "(?P<day>(?!))",
        rf"(?P<pronoun>{pronoun})(?P<chain>{own}(?P<first>{term}){tail})?(?!(?<=[我你他她])们)",
        rf"(?P<name>{name})(?:(?P<named>(?:{tie}{term}|{_any(kin['owned'].split())}){tail})|(?P<title>{title})(?!长))?",
        rf"(?P<strange>(?:[老小]{surname}(?![\u4e00-\u9fff]?[时候])|{surname}){title}|[老小]{surname}(?!天)|"
        rf"[个位名]{_any(long)}|{_any(outside['roles'].split())}(?!们))",
        rf"(?P<kin>{_any([*long, *pairs()])}|{bare})(?P<more>{tail})")))


def _chinese(text: str, names: tuple[str, ...]) -> Iterable[Spot]:
    for match in _han(names).finditer(text):
        start, end = match.span()
        if match["pronoun"]:
            yield Spot(start, end, _base(match["pronoun"]), match["pronoun"], _steps(match["chain"] or ""),
                       match.end("pronoun"))
        elif match["name"]:
            yield Spot(start, end, "name", match["name"], _steps(match["named"] or ""), match.end("name"),
                       bool(match["title"]))
        elif match["kin"]:
            yield Spot(start, end, "kin", match["kin"], _steps(match["more"] or ""), match.end("kin"))
        elif match["spouse"] or match["strange"]:
            yield Spot(start, end, "spouse" if match["spouse"] else "other", match[0], stem=end)


@lru_cache(maxsize=1)
def _step() -> re.Pattern:
    kin = words()["kin"]
    return re.compile(_any([*kin["long"].split(), *kin["short"].split(), *pairs()]))


def _steps(chain: str) -> tuple[str, ...]:
    """The kin terms of a chain: 的哥哥他爱人 -> 哥哥, 爱人."""
    return tuple(_step().findall(chain))


@lru_cache(maxsize=2)
def _pronouns(table: str) -> dict[str, Base]:
    return {word: base for base, row in words()[table].items() for word in row.split()}


def _base(word: str) -> Base:
    return _pronouns("pronouns")[word]


@lru_cache(maxsize=16)
def _latin(names: tuple[str, ...]) -> re.Pattern:
    """The pattern of English references, for a family's names."""
    table = words()["english_kin"]
    size = rf"(?:(?:own|late|poor|dear)\s+)*(?:{_any(table['sized'].split())}\s+)?"
    term = rf"{size}{_any(table['words'].split())}\b"
    given = [each for each in names if not _wide(each)]
    tail = rf"(?P<{{}}>(?:['’]s\s+{term})*)"
    return re.compile("|".join((
        rf"\b(?P<owner>(?i:my|your|his|her|our|their))\s+(?P<first>{term}){tail.format('chain')}",
        rf"\b(?P<name>{_any(given)})\b{tail.format('named')}" if given else "(?P<name>(?!))(?P<named>)",
        rf"\b(?P<pronoun>(?i:{_any(_pronouns('english'))}))\b(?!-)",
        rf"\b(?P<kin>{_any(table['called'].split())})\b{tail.format('more')}",
        rf"\b(?P<strange>{_any(words()['outside']['english'].split())})\b")))


def _english(text: str, names: tuple[str, ...]) -> Iterable[Spot]:
    for match in _latin(names).finditer(text):
        start, end = match.span()
        if match["owner"]:
            yield Spot(start, end, _pronouns("english")[match["owner"].lower()], match["owner"],
                       (_sized(match["first"]), *_owned(match["chain"])), match.end("owner"))
        elif match["pronoun"]:
            if match["pronoun"] not in ("US", "i"):
                yield Spot(start, end, _pronouns("english")[match["pronoun"].lower()], match["pronoun"], stem=end)
        elif match["name"]:
            yield Spot(start, end, "name", match["name"], _owned(match["named"]), match.end("name"))
        elif match["kin"]:
            yield Spot(start, end, "kin", match["kin"], _owned(match["more"]), match.end("kin"))
        else:
            yield Spot(start, end, "other", match[0], stem=end)


def _owned(chain: str) -> tuple[str, ...]:
    return tuple(_sized(each) for each in re.split(r"['’]s\s+", chain)[1:])


def _sized(term: str) -> str:
    """A kin term without what does not tell whose: "own older brother" -> "older brother"."""
    plain = re.sub(r"\b(?:own|late|poor|dear|baby|kid|twin)\s+", "", term.lower())
    return re.sub(r"^(?:big|eldest)\s+", "elder ", re.sub(r"^(?:little|youngest)\s+", "younger ", plain))
