"""Numbers out of text, fast and to the last bit: a compiled loop over bytes.

A decimal of up to 15 digits and a small power of ten is one exact division or product of two exact float64 (Clinger,
How to Read Floating Point Numbers Accurately, PLDI 1990); the rare others are left to Python's own `float`.
"""

import numpy as np
from numba import njit
from numpy import ndarray

TENS = np.array([10.0**each for each in range(23)])  # exact in float64
MOST = 1 << 53
FEW, ODD, HARD = -1, -2, -3  # too few or too many values in a line; a word that is no number; one for Python
SPACE, TAB, RETURN, LINE = 32, 9, 13, 10


@njit(cache=True, inline="always")
def _blank(letter: int) -> bool:
    return letter == SPACE or letter == TAB or letter == RETURN


@njit(cache=True)
def _digits(text: ndarray, at: int, end: int, point: int) -> tuple[int, int, int, int]:
    """Digits from `at` on as a whole number, its power of ten, where they end, and how many there are; 99: too many."""
    whole, scale, count, dot = np.int64(0), 0, 0, False
    while at < end:
        letter = text[at]
        if 48 <= letter <= 57:
            if whole > MOST:
                return whole, scale, at, 99
            whole = whole * 10 + (letter - 48)
            count = 1
            scale -= 1 if dot else 0
        elif letter == point and not dot:
            dot = True
        else:
            break
        at += 1
    return whole, scale, at, count


@njit(cache=True)
def _power(text: ndarray, at: int, end: int) -> int:
    """The power of ten that "e-3" names, 9999 where it is none."""
    if text[at] not in (69, 101) or at + 1 >= end:
        return 9999
    down = text[at + 1] == 45
    at += 2 if text[at + 1] in (43, 45) else 1
    power = 0
    if at >= end:
        return 9999
    while at < end:
        if not 48 <= text[at] <= 57 or power > 400:
            return 9999
        power = power * 10 + (text[at] - 48)
        at += 1
    return -power if down else power


@njit(cache=True)
def _number(text: ndarray, at: int, end: int, point: int, tens: ndarray) -> tuple[float, int]:
    """The number in text[at:end] and 0 where it is exact, HARD where it must be read anew, ODD where it is none."""
    minus = text[at] == 45
    whole, scale, after, count = _digits(text, at + 1 if text[at] in (43, 45) else at, end, point)
    if count == 99:
        return 0.0, HARD
    power = _power(text, after, end) if after < end else 0
    if count == 0 or power == 9999:
        return np.nan, 0 if _nothing(text, at, end) else ODD
    scale += power
    if whole == 0:
        return -0.0 if minus else 0.0, 0
    if whole > MOST or abs(scale) > 22:
        return 0.0, HARD
    value = whole * tens[scale] if scale >= 0 else whole / tens[-scale]
    return -value if minus else value, 0


@njit(cache=True)
def _nothing(text: ndarray, at: int, end: int) -> bool:
    """Whether a word says that there is no number: nan, null, none, n/a, inf, -."""
    if text[at] == 45 or text[at] == 43:
        at += 1
    if at == end:
        return True
    first = text[at] | 32
    return first == 110 or (first == 105 and end - at >= 3)


@njit(cache=True)
def _begin(text: ndarray, at: int) -> int:
    """Where the values of a line begin; its end where it is a remark."""
    size = len(text)
    while at < size and _blank(text[at]):
        at += 1
    if at < size and (text[at] == 35 or text[at] == 47):
        while at < size and text[at] != LINE:
            at += 1
    return at


@njit(cache=True)
def _word(text: ndarray, at: int, split: int) -> tuple[int, int, int]:
    """Start and end of the value at `at`, without blanks and quotes, and where what divides it from the next stands."""
    size, start = len(text), at
    while at < size and text[at] != LINE and (text[at] != split if split else not _blank(text[at])):
        at += 1
    end = at
    while end > start and (_blank(text[end - 1]) or text[end - 1] == 34):
        end -= 1
    while start < end and (_blank(text[start]) or text[start] == 34):
        start += 1
    return start, end, at


@njit(cache=True)
def _next(text: ndarray, at: int, split: int) -> int:
    """Where the next value begins."""
    size = len(text)
    if split:
        return at + 1 if at < size and text[at] == split else at
    while at < size and _blank(text[at]):
        at += 1
    return at


@njit(cache=True)
def parse(text: ndarray, split: int, point: int, tens: ndarray, table: ndarray,
          hard: ndarray) -> tuple[int, int, int, int]:
    """Fill `table` (rows, columns) from lines of text.

    text       (n,) uint8, whole lines; such as begin with # or / are passed by, and such as hold one number alone
    split      the byte between values, 0 for any blanks; an empty value is NaN
    point      the decimal mark
    tens       TENS
    hard       (k, 3) int64: filled with cell, start, end of numbers that `float` must read
    returns    rows, hard ones, lines read, and what is wrong with the last line: 0, FEW or ODD
    """
    at, row, count, line, columns = 0, 0, 0, 0, table.shape[1]
    while at < len(text):
        at, line = _begin(text, at), line + 1
        column, wrong, empty = 0, 0, True
        while at < len(text) and text[at] != LINE:
            start, end, at = _word(text, at, split)
            value, how = _number(text, start, end, point, tens) if end > start else (np.nan, 0)
            empty, wrong = empty and end == start, ODD if how == ODD else wrong
            if column < columns:
                table[row, column] = value
                if how == HARD:
                    hard[count] = row * columns + column, start, end
                    count += 1
            column += 1
            ends = split and at < len(text) and text[at] == split
            at = _next(text, at, split)
            if ends and (at == len(text) or text[at] == LINE) and column < columns:
                table[row, column] = np.nan
                column += 1
        at += 1
        if empty or (column == 1 and columns > 1 and wrong == 0):
            continue
        if wrong or column != columns:
            return row, count, line, wrong or FEW
        row += 1
    return row, count, line, 0


def numbers(text: bytes, columns: int, split: int = 0, point: int = 46) -> tuple[ndarray, int, int]:
    """A table (rows, columns) float64 of whole lines of text, the number of lines read, and 0 or what was wrong."""
    raw = np.frombuffer(text, np.uint8)
    table = np.empty((text.count(b"\n") + 1, columns))
    hard = np.empty((table.size if len(raw) else 0, 3), np.int64)
    rows, count, lines, wrong = parse(raw, split, point, TENS, table, hard)
    flat = table.reshape(-1)
    for cell, start, end in hard[:count].tolist():
        flat[cell] = float(text[start:end].replace(b",", b"."))
    return table[:rows], lines, wrong
