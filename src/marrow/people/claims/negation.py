"""What is denied: 没牵手, 从来不抽烟, never swam; and what looks like it and denies nothing."""

import re
from functools import cache, lru_cache

from marrow.people.claims.tables import either, inside, listed, spans

KEPT = 16384   # texts whose words are kept
CLAUSE = re.compile(r"[^，。！？；、,.!?;:：\n…—]+[？?]?")
ASKED = re.compile(r"([\u4e00-\u9fff])(?:不|没)\1|有没有|是不是|[吗呢?？]$|[了过着](?:没有?)$|什么|怎么"
                   r"|哪(?!里[有在会是肯敢])|哪里.*[?？]$|谁|没有?[^,，。]{1,6}了$")
AFTER = "动见到了住懂起完开上下来去清出好掉着"  # 走不动, 看不见
EMPTY = set("的了着过也就都还又才很太得地在把被给他她我你它们这那个一是有会要能可让去来啊吧呀呢吗嘛哦哎唉跟和对")
SEEN = frozenset("见 看 听 se hear know catch remember".split())  # never saw her afraid: she was not
LITTLE = frozenset(
    "the a an of to in on at for and or is are was were be been do does did have has had he she it they "
    "we i you my his her their our your me him them us that this so any ever at all much either too even again quite "
    "just still yet thing anything something".split())


def polarities(text: str) -> list[tuple[int, int, str]]:
    """Every clause of a folded text: "+" and what it says, or "-" and what is denied; asked clauses are left out.

    test    不, 没, never deny; 不过, 差不多, 不得不, 有没有 do not; a double negative affirms
    """
    return [each for match in CLAUSE.finditer(text) for each in _clause(match.group(), match.start())]


def unsure(text: str) -> bool:
    """Whether a folded text says that it is not known: 记不清了, can't say."""
    return bool(_unsure().search(text.replace("’", "'")))


@lru_cache(KEPT)
def content(text: str) -> tuple[str, ...]:
    """The letters of a Chinese text, or the words of an English one, that say something."""
    latin = re.findall(r"[a-z0-9']+", text)
    return (*(_root(word) for word in latin if word not in LITTLE),
            *(letter for letter in text if letter > "\u2e7f" and letter.isalpha() and letter not in EMPTY))


@cache
def _root(word: str) -> str:
    """An English word without its ending: smoked and smoking are smok, swam is swim."""
    word = _irregular().get(word, word)
    return word.removesuffix("ing").removesuffix("ed").removesuffix("s").removesuffix("e")


@cache
def _irregular() -> dict[str, str]:
    return dict(pair.split("=") for pair in listed("negation", "irregular"))


def refused(text: str) -> tuple[str, ...]:
    """What a denial denies: who never saw her afraid says that she was not."""
    words = content(text)
    return words[1:] if len(words) > 1 and words[0] in SEEN else words


def flips(one: str, two: str) -> bool:
    """Whether two polarities say and deny the same thing."""
    if one[:1] == two[:1] or not one or not two:
        return False
    first, second = sorted((one, two), key=lambda each: each[0] != "-")
    denied, said = refused(first[1:]), content(second[1:])
    denied = denied[:1] if len(denied) == 2 and denied[1] in AFTER and "\u2e7f" < denied[1] else denied  # 没吃上
    if not denied or not said or denied[0] not in said:
        return False
    return sum(word in said for word in denied) >= (0.75 if denied[0].isascii() else 0.6) * len(denied)


def _clause(text: str, start: int) -> list[tuple[int, int, str]]:
    plain = text.replace("’", "'")
    if ASKED.search(plain):
        return []
    idle = [*spans(_idle(), plain), *spans(_unsure(), plain)]
    marks = [match for match in _marks().finditer(plain) if not inside(*match.span(), idle)]
    if not marks:
        return [(start, start + len(text), f"+{text.strip()}")] if content(plain) else []
    ends = [match.start() for match in marks[1:]] + [len(plain)]
    return [(start + match.start(), start + end, f"-{_before(plain, match)}{plain[match.end():end].strip()}")
            for match, end in zip(marks, ends, strict=True)]


def _before(text: str, match: re.Match[str]) -> str:
    """The verb of 走不动, which stands before its negative; what is denied at the end: 烟他不抽, 酒没有."""
    start, end = match.span()
    if match[0] == "不" and start and text[end:end + 1] in tuple(AFTER) and content(text[start - 1]):
        return text[start - 1]
    return text[:start] if not content(text[end:]) else ""


@cache
def _idle() -> re.Pattern[str]:
    return re.compile(f"{either(listed('negation', 'idle'))}|{either(listed('negation', 'double'))}|非.{{1,6}}不可")


@cache
def _unsure() -> re.Pattern[str]:
    return re.compile(either(listed("negation", "unsure")))


@cache
def _marks() -> re.Pattern[str]:
    return re.compile(either(listed("negation", "marks")))
