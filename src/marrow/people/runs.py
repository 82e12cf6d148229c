"""What only one witness said: runs of four characters in a row, found however they are written, and blacked out.

A character is a Chinese one, a digit, or a whole word of another script; what stands between them does not count, nor
does the script (traditional, full width). Runs are found as they stand, as pinyin with or without tones and blanks,
and written as \\u5988, %E5%A6%88, &#22920; or base64. A blackout keeps the length, in characters and in UTF-8.

Nothing said is kept here: runs are numbers.
"""

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy import ndarray

from marrow.people.escapes import CHAR, FILLERS, SPELLED, filler, near, spelled_out

LEAST = 4                                            # characters of a run
BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
BETWEEN = f"\n{FILLERS[3]}\n"
ODD = np.uint64(0x9E3779B97F4A7C15)
SHORT = 7                                            # letters of pinyin that may be any language's
PART, OVERLAP = 1 << 20, 1 << 9                      # characters that are looked at in one go
NOTHING, CHINESE, WORD, DIGIT, BLACK = range(5)      # what a character is
BREAK = 27                                           # in a row of letters: what no syllable goes across


@dataclass(frozen=True)
class Runs:
    """Runs that one witness alone said; see `runs_of`.

    said      (n,) uint64, rising: four characters in a row
    sounds    the same as letters of pinyin without blanks: of each length its numbers, rising
    worded    whether any run is ASCII alone
    """

    said: ndarray
    sounds: dict[int, ndarray]
    worded: bool

    def holds(self, text: str) -> bool:
        """Whether any run stands in a text, in whatever spelling."""
        return self.blank(text) != text

    def blank(self, text: str) -> str:
        """The text with every run blacked out; of the same length, and a blacked-out text stays as it is.

        test    law: nothing is held by what was blacked out; length in characters and in UTF-8 is the same
        """
        text = self._in_base64(text)
        if SPELLED.search(text):
            text = self._in_escapes(text)
        return _painted(text, self._marked(text))

    def _marked(self, text: str) -> ndarray:
        """Which characters of a text belong to a run, as it stands or as pinyin."""
        points = _points(text)
        marked = np.zeros(len(points), bool)
        plain = not self.worded and text.isascii()
        for first in range(0, len(points), PART):
            part = slice(max(0, first - OVERLAP), first + PART)
            if len(self.said) and not plain:
                self._mark_said(points[part], marked[part])
            if self.sounds:
                self._mark_sounds(points[part], marked[part])
        return marked

    def _mark_said(self, points: ndarray, marked: ndarray) -> None:
        codes, starts, ends, digits = _tokens(points)
        hit = np.flatnonzero(_within(_rows(codes), self.said))
        for token in np.unique(hit[:, None] + np.arange(LEAST)).tolist() if len(hit) else ():
            if not digits[token]:
                marked[starts[token]:ends[token]] = True

    def _mark_sounds(self, points: ndarray, marked: ndarray) -> None:
        letters, places = _letters(points)
        if len(letters) <= SHORT:
            return
        powers, back = _powers(len(letters) + 1)
        held = np.concatenate([np.zeros(1, np.uint64), np.cumsum(_mixed(letters) * powers[:-1], dtype=np.uint64)])
        for length, numbers in self.sounds.items():
            if length <= len(letters):
                window = (held[length:] - held[:-length]) * back[:len(held) - length]
                for first in np.flatnonzero(_within(window, numbers)).tolist():
                    marked[places[first:first + length]] = True

    def _in_escapes(self, text: str) -> str:
        """A text with runs blacked out inside its escapes and beside them."""
        parts, done = [], 0
        for first, last in near(text):
            parts += [text[done:first], self._in_piece(text[first:last])]
            done = last
        return "".join([*parts, text[done:]])

    def _in_piece(self, text: str) -> str:
        plain, spans = spelled_out(text)
        parts = list(text)
        for number in np.flatnonzero(self._marked(plain)).tolist():
            start, end = spans[number]
            parts[start:end] = [filler(text[start:end]), *[""] * (end - start - 1)]
        return "".join(parts)

    def _in_base64(self, text: str) -> str:
        return BASE64.sub(self._opened, text) if BASE64.search(text) else text

    def _opened(self, found: re.Match) -> str:
        """A piece of base64, blacked out inside where it holds text."""
        body = found[0].rstrip("=")
        signs = b"-_" if {"-", "_"} & set(body) else b"+/"
        try:
            inside = base64.b64decode(body + "=" * (-len(body) % 4), altchars=signs, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return found[0]
        if inside.isascii() and not self.worded and "\\u" not in inside and "%" not in inside:
            return found[0]
        better = self.blank(inside)
        return found[0] if better == inside else base64.b64encode(better.encode(), signs).decode()[:len(found[0])]


def runs_of(hers: Iterable[str], others: Iterable[str]) -> Runs:
    """The runs of one witness that nobody else said.

    hers      everything she said
    others    everything else that stays
    """
    hers, others = list(hers), list(others)
    said = np.setdiff1d(_said(hers), _said(others))
    sounds = _sounds(hers, said)
    sounds -= {each for text in _together(others) for row in _chinese(text) for each in _four(_everyday(row))
               if each in sounds}
    lengths = sorted({len(each) for each in sounds})
    numbers = {length: np.unique(np.array([_number(each) for each in sounds if len(each) == length], np.uint64))
               for length in lengths}
    foreign = _said(each for each in hers if not _kinds(_points(each), CHINESE).any())
    return Runs(said, numbers, len(np.intersect1d(said, foreign)) > 0)


def _said(texts: Iterable[str]) -> ndarray:
    """The runs of some texts as numbers, without those that are only digits."""
    found = [np.zeros(0, np.uint64)]
    for text in _together(texts):
        codes, _, _, digits = _tokens(_points(text))
        if len(codes) >= LEAST:
            row = np.ones(LEAST, int)
            plain = np.convolve(digits, row, "valid") == LEAST
            across = np.convolve(codes == ord(FILLERS[3]), row, "valid") > 0
            found.append(_rows(codes)[~plain & ~across])
    return np.unique(np.concatenate(found))


def _together(texts: Iterable[str]) -> Iterator[str]:
    """Many texts as few, no run across two of them."""
    held, size = [], 0
    for text in texts:
        held.append(text)
        size += len(text)
        if size > PART:
            yield BETWEEN.join(held)
            held, size = [], 0
    yield BETWEEN.join(held)


def _points(text: str) -> ndarray:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _tokens(points: ndarray) -> tuple[ndarray, ndarray, ndarray, ndarray]:
    """Characters and words of a text as numbers, where each begins and ends, and which are digits."""
    folded = _table()[points]
    kinds = _kind()[folded]
    kinds[1:][(points[:-1] == ord("\\")) & np.isin(points[1:], [ord(each) for each in "nrt"])] = NOTHING
    word = kinds == WORD
    edges = np.diff(word, prepend=False, append=False)
    single = np.flatnonzero((kinds == CHINESE) | (kinds == DIGIT) | (kinds == BLACK))
    bounds = np.flatnonzero(edges).reshape(-1, 2)
    order = np.argsort(np.concatenate([single, bounds[:, 0]]), kind="stable")
    codes = np.concatenate([folded[single].astype(np.uint64), _spelling(folded, bounds)])[order]
    starts, ends = np.concatenate([single, bounds[:, 0]])[order], np.concatenate([single + 1, bounds[:, 1]])[order]
    return codes, starts, ends, kinds[starts] == DIGIT


def _spelling(points: ndarray, bounds: ndarray) -> ndarray:
    """A number for each word."""
    powers, back = _powers(len(points) + 1)
    held = np.concatenate([np.zeros(1, np.uint64), np.cumsum(_mixed(points) * powers[:-1], dtype=np.uint64)])
    return (held[bounds[:, 1]] - held[bounds[:, 0]]) * back[bounds[:, 0]] | np.uint64(1 << 63)


def _kinds(points: ndarray, kind: int) -> ndarray:
    return _kind()[_table()[points]] == kind


def _rows(codes: ndarray) -> ndarray:
    """Each four tokens in a row as one number."""
    mixed = _mixed(codes)
    count = max(len(codes) - LEAST + 1, 0)
    found = np.zeros(count, np.uint64)
    for step in range(LEAST):
        found = found * ODD + mixed[step:step + count]
    return found


def _mixed(codes: ndarray) -> ndarray:
    mixed = codes.astype(np.uint64) * ODD
    return mixed ^ mixed >> np.uint64(31)


def _within(numbers: ndarray, known: ndarray) -> ndarray:
    """Which of some numbers are known; `known` is rising."""
    begun = np.zeros(1 << 16, bool)  # by their first bits: nearly all are told apart by these
    begun[known >> np.uint64(48)] = True
    here = begun[numbers >> np.uint64(48)]
    likely = numbers[here]
    at = np.minimum(np.searchsorted(known, likely), max(len(known) - 1, 0))
    here[here] = known[at] == likely if len(known) else False
    return here


@cache
def _table() -> ndarray:
    """By code point: what it is folded to, simplified, narrow and small."""
    from marrow.people.finding.tokens import END, tables

    table = np.arange(CHAR, dtype=np.uint32)
    for point in (*range(0x41, 0x5B), *range(0xC0, 0x250), *range(0xF900, 0xFB00), *range(0xFF01, 0xFF5F)):
        plain = unicodedata.normalize("NFKC", chr(point)).lower()
        table[point] = ord(plain) if len(plain) == 1 else point
    simple = tables()[0]
    return np.where(table < END, simple[np.minimum(table, END - 1)], table).astype(np.uint32)


@cache
def _kind() -> ndarray:
    """By code point: whether it is a Chinese character, part of a word, a digit, a blackout, or nothing said."""
    from marrow.people.finding.tokens import BLOCKS

    table = np.array([WORD if chr(point).isalnum() else NOTHING for point in range(CHAR)], np.uint8)
    for first, end in BLOCKS:
        table[first:end] = CHINESE
    table[ord("0"):ord("9") + 1] = DIGIT
    table[[ord(each) for each in FILLERS.values()]] = BLACK
    return table


def _sounds(texts: Iterable[str], said: ndarray) -> set[str]:
    """The runs of some texts as letters of pinyin, by the everyday reading and by that of its neighbours."""
    from pypinyin import lazy_pinyin

    found = set()
    for row in (row for text in texts for row in _chinese(text) if len(row) >= LEAST):
        hers = _within(_rows(_points(row)), said).tolist()
        for read in (list(map(_letters_only, lazy_pinyin(row))), _everyday(row)):
            found.update(each for each, alone in zip(_four(read), hers, strict=True) if alone)
    return {each for each in found if len(each) > SHORT and each.isascii()}


def _four(read: Sequence[str]) -> Iterator[str]:
    return ("".join(read[at:at + LEAST]) for at in range(len(read) - LEAST + 1))


def _everyday(row: str) -> list[str]:
    return [_reading(each) for each in row]


@cache
def _reading(letter: str) -> str:
    from pypinyin import lazy_pinyin

    return _letters_only(lazy_pinyin(letter)[0])


def _letters_only(syllable: str) -> str:
    return "".join(filter(str.isalpha, syllable.replace("v", "u").replace("ü", "u")))


def _chinese(text: str) -> list[str]:
    """Chinese characters in a row, whatever signs stand between them."""
    points = _points(text)
    kinds = _kind()[_table()[points]]
    row = np.where(kinds == CHINESE, _table()[points], ord(" "))[kinds != NOTHING].astype(np.uint32)
    return row.tobytes().decode("utf-32-le").split()


@cache
def _latin() -> ndarray:
    """By code point: 1 to 26 a letter without its marks, 0 what may stand between syllables, BREAK all else."""
    table = np.full(CHAR, BREAK, np.uint8)
    for point in (*range(0x80), *range(0xA0, 0x370), *range(0x1E00, 0x1F00), *range(0x2000, 0x2070),
                  *range(0xFF01, 0xFF5F)):
        plain = unicodedata.normalize("NFKD", chr(point)).lower()[:1]
        table[point] = (ord("u") if plain == "v" else ord(plain)) - 96 if "a" <= plain <= "z" else 0
    table[ord("_")] = BREAK
    return table


def _letters(points: ndarray) -> tuple[ndarray, ndarray]:
    """The letters of a text without what stands between them, and where each stands."""
    row = _latin()[points]
    places = np.flatnonzero(row)
    return row[places], places


def _number(letters: str) -> int:
    """A row of letters as the number that `_mark_sounds` gives it."""
    row = np.frombuffer(letters.encode(), np.uint8) - 96  # a is 1
    return int(np.sum(_mixed(row) * _powers(len(row))[0], dtype=np.uint64))


def _powers(count: int) -> tuple[ndarray, ndarray]:
    """The first powers of an odd number, and of what undoes it, modulo 2 to the 64."""
    undo = pow(int(ODD), -1, 1 << 64)
    rows = []
    for base in (ODD, np.uint64(undo)):
        row = np.full(count, base, np.uint64)
        row[:1] = 1
        rows.append(np.cumprod(row, dtype=np.uint64))
    return rows[0], rows[1]


def _painted(text: str, marked: ndarray) -> str:
    if not marked.any():
        return text
    parts = list(text)
    for number in np.flatnonzero(marked).tolist():
        parts[number] = FILLERS[len(text[number].encode("utf-8", "surrogatepass"))]
    return "".join(parts)
