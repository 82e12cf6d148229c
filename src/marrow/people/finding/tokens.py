"""What is looked up: characters, pairs of characters, their sounds, and words of other scripts, as numbers.

A term is a number of 40 bits: what it is in the last three, and a digest of it before them. So no word of a testimony
stands in an index, and texts by the hundred thousand are cut with arrays. Traditional characters are folded to
simplified ones one by one, so that a character means the same wherever it stands.

    CHARACTER   爸        without the commonest, which tell nothing
    PAIR        爸爸      two characters side by side: the words, and what lies between them
    SOUND       ba        a character by its sound, without the tone
    SOUNDS      ba ba     two of them: found though a recogniser wrote other characters
    WORD        school    of other scripts, by its stem; numbers too
    THEME       死        what several words are for, 去世 and "passed away": the groups of synonyms.toml
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import blake2b
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
from numpy import ndarray

CHARACTER, PAIR, SOUND, SOUNDS, WORD, THEME = range(6)
KINDS = 6
BITS = 40                # of a term
END = 0x32400            # behind the last Chinese character
BLOCKS = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, END))   # where Chinese characters stand
BASIC = (0x3400, 0xA000)                                                         # those that OpenCC and pypinyin know
ALIKE = {"著": "着", "妳": "你", "甚": "什"}                                       # what OpenCC leaves apart
COMMON = frozenset("的了是在和有吗呢吧啊与及其被由于个年几什么哪谁为怎如何")
ASKING = re.compile("什么时候|什么地方|为什么|什么|哪里|哪儿|哪些|哪个|哪|谁|怎么样|怎么|怎样|"
                    "如何|为何|何时|何地|多少|几|吗|呢")
PRONOUNS = re.compile(r"[你我他她您它咱俺]们?")
WORDS = re.compile(r"[^\W_\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")
STOP = frozenset("""a an the of to in on at for and or is are was were be been do does did what when where who which
    how why would could should can will with from by as that this it its his her him their they he she
    has have had s t not about i you your my me we our us them there so but if then than""".split())
SUFFIXES = ("ingly", "edly", "ing", "ied", "ies", "ed", "es", "s", "ly")
PARTING = "\x00"         # between two texts


@cache
def scripts() -> tuple[ndarray, ndarray]:
    """By code point: whether it is a Chinese character, and whether it tells something alone."""
    chinese = np.zeros(END, bool)
    for first, end in BLOCKS:
        chinese[first:end] = True
    telling = chinese.copy()
    telling[[ord(each) for each in COMMON]] = False
    return chinese, telling


@cache
def tables() -> tuple[ndarray, ndarray]:
    """By code point: the character it is folded to, and the number of its sound, 0 for none.

    returns   two arrays (END,) uint32
    source    the tables of OpenCC (t2s) and pypinyin, one character at a time, the first of several readings
    """
    from opencc import OpenCC

    points = range(*BASIC)
    simple = OpenCC("t2s").convert("\n".join(map(chr, points))).split("\n")
    folded, sounds = np.arange(END, dtype=np.uint32), np.zeros(END, np.uint32)
    folded[BASIC[0]:BASIC[1]] = [ord(to) if len(to) == 1 else point for point, to in zip(points, simple, strict=True)]
    for one, other in ALIKE.items():
        folded[ord(one)] = ord(other)
    known: dict[str, int] = {}
    read = _read()
    for point in points:
        if point in read:
            sounds[point] = known.setdefault(_toneless(read[point].split(",")[0]), len(known) + 1)
    return folded, sounds[folded]


def _read() -> dict[int, str]:
    """How pypinyin reads each character; its table alone, for the package would load all its phrases first."""
    home = Path(find_spec("pypinyin").submodule_search_locations[0])
    table = spec_from_file_location("pinyin_dict", home / "pinyin_dict.py")
    held = module_from_spec(table)
    table.loader.exec_module(held)
    return held.pinyin_dict


def fold(text: str) -> str:
    """Text with simplified characters and small letters; as many characters as before.

    test    law: folding twice is folding once; traditional and simplified writing of a sentence become one
    """
    simple = "".join(map(chr, tables()[0][_points(text)].tolist()))
    low = simple.lower()
    return low if len(low) == len(simple) else "".join(each.lower()[:1] for each in simple)


def stem(word: str) -> str:
    """An English word without its ending: "learning", "learned" and "learns" become "learn"."""
    for suffix in SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word[:-len(suffix)] + "y" * (suffix in ("ied", "ies"))
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sl":
        word = word[:-1]
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def terms(texts: Sequence[str]) -> tuple[ndarray, ndarray, ndarray]:
    """Everything that can be looked up in some texts.

    returns   terms (n,) uint64; the number of its text, from 0, and where in it each begins, (n,) int64
    test      truth: the terms of a list are those of its texts one by one
    """
    joined = PARTING.join(text.replace(PARTING, " ") for text in texts)
    folded, sounds = tables()
    points = folded[_points(joined)]
    found = [*_characters(points, sounds[points]), (WORD, *_words(joined)), (THEME, *_themes(fold(joined)))]
    at = np.concatenate([place for _, _, place in found])
    of = np.cumsum(points == 0)                       # the text that a character stands in
    begun = np.concatenate([[0], np.flatnonzero(points == 0) + 1])
    made = np.concatenate([numbered(kind, what) for kind, what, _ in found])
    text = of[at] if len(at) else at
    return made, text, at - begun[text]


def held_by(texts: Sequence[str]) -> list[set[int]]:
    """The terms of each of some texts."""
    held: list[set[int]] = [set() for _ in texts]
    found, of, _ = terms(texts)
    for term, number in zip(found.tolist(), of.tolist(), strict=True):
        held[number].add(term)
    return held


def numbered(kind: int, what: ndarray) -> ndarray:
    """Terms of one kind from what they stand for."""
    mixed = what * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return mixed >> np.uint64(67 - BITS) << np.uint64(3) | np.uint64(kind)


def kind_of(term: ndarray) -> ndarray:
    """Which kind terms are of."""
    return term & np.uint64(7)


def asked(question: str) -> str:
    """A question without the words that ask."""
    return ASKING.sub(" ", fold(question))


def _points(text: str) -> ndarray:
    """Code points; what lies behind the last Chinese character counts as a blank."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return np.where(points < END, points, np.uint32(32))


def _themes(text: str) -> tuple[ndarray, ndarray]:
    """The groups of words that a folded text holds, and where each word begins."""
    firsts, known = _grouped()
    points = np.frombuffer(f"{text}\x00".encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    near = np.isin(points[:-1] << np.uint64(32) | points[1:], firsts) | np.isin(points[:-1], firsts)
    found = [(group, place) for place in np.flatnonzero(near).tolist()
             for word, group in (*known.get(text[place:place + 2], ()), *known.get(text[place], ()))
             if text.startswith(word, place) and not (word[0].isascii() and text[place - 1:place].isalpha())]
    what, where = zip(*dict.fromkeys(found), strict=True) if found else ((), ())
    return np.array(what, np.uint64), np.array(where, np.int64)


@cache
def _grouped() -> tuple[ndarray, dict[str, list[tuple[str, int]]]]:
    """Words of themes by how they begin: two characters, or the one that they are; and these beginnings as numbers."""
    table = tomllib.loads(Path(__file__).with_name("synonyms.toml").read_text("utf-8"))["groups"]
    known: dict[str, list[tuple[str, int]]] = {}
    for group, line in enumerate(filter(None, table.splitlines()), 1):
        for word in map(fold, line.split("|")):
            known.setdefault(word[:2], []).append((word, group))
    firsts = [ord(each) if len(each) == 1 else ord(each[0]) << 32 | ord(each[1]) for each in known]
    return np.array(sorted(firsts), np.uint64), known


def _characters(points: ndarray, sounds: ndarray) -> Iterable[tuple[int, ndarray, ndarray]]:
    """Of each kind that Chinese has: what, and where it begins."""
    chinese, telling = (each[points] for each in scripts())
    points, sounds = points.astype(np.uint64), sounds.astype(np.uint64)
    for one, two, written in ((CHARACTER, PAIR, points), (SOUND, SOUNDS, sounds)):
        at = np.flatnonzero(telling & (written > 0))
        yield one, written[at], at
        there = chinese & (written > 0)
        at = np.flatnonzero(there[:-1] & there[1:])
        yield two, written[at] << np.uint64(24) | written[at + 1], at


def _words(text: str) -> tuple[ndarray, ndarray]:
    """The words of other scripts, and where they begin."""
    found = [(number, each.start()) for each in WORDS.finditer(text) if (number := _word(each.group()))]
    return (np.array([number for number, _ in found], np.uint64), np.array([at for _, at in found], np.int64))


@cache
def _word(word: str) -> int:
    """A number for a word, 0 for one that tells nothing."""
    plain = unicodedata.normalize("NFKC", word).lower()
    return 0 if plain in STOP else int.from_bytes(blake2b(stem(plain).encode(), digest_size=7).digest(), "big") or 1


def _toneless(reading: str) -> str:
    """zhōng as zhong; ü stays apart from u."""
    return "".join(filter(str.isascii, unicodedata.normalize("NFD", reading).replace("u\u0308", "v")))
