"""The exact rate behind the rounded numbers that files of motion state."""

import re
from fractions import Fraction

FILM = tuple(Fraction(rate * 1000, 1001) for rate in (24, 30, 48, 60))
SLIP = Fraction(1, 10**6)   # relative: what a float of 32 bits adds
PLAIN = re.compile(r"[+-]?\d{0,30}(?:\.(\d{0,40}))?(?:[eE]([+-]?\d{1,3}))?")
DIGITS = 10                 # decimals that are written at least; so many are meant where the fraction is a plain one
EXACT = 21                  # so many decimals are meant; a float of 64 bits has fewer


def near_rate(moment: str) -> Fraction:
    """The exact rate behind a frame time as it is written, rounded or cut off.

    A whole rate that rounds to these digits comes first, then a film rate such as 24000/1001, then the simplest
    fraction that does: 0.033333 is 30, 0.041708 is 24000/1001, 0.008342 is 119.875.

    moment    seconds in decimals, point or comma
    raises    ValueError  no number above 0
    """
    text = moment.replace(",", ".")
    found = PLAIN.fullmatch(text)
    if not found or not any(each.isdigit() for each in text.lower().partition("e")[0]):
        raise ValueError(moment)
    power = int(found[2] or 0)
    if abs(power) > 40:
        raise ValueError(moment)
    time, decimals = Fraction(text), found[1] or ""
    if time <= 0:
        raise ValueError(moment)
    for digits in (len(decimals), len(decimals.rstrip("0"))):  # zeros at the end: meant, or added by a program
        unit = Fraction(10) ** (power - digits)
        low, high = 1 / (time + unit), 1 / (time - unit / 2)
        for rate in (Fraction(max(1, round(1 / time))), *FILM):
            if low <= rate <= high or (digits < EXACT and abs(rate * time - 1) < SLIP):
                return rate
        simple = _simplest(low, high)
        if digits >= EXACT or (digits >= DIGITS and simple.denominator <= 1001):
            break
    return simple


def frame_time(rate: Fraction) -> str:
    """Seconds of one frame in as many decimals as `near_rate` needs to find the rate again.

    test    every rate comes back
    """
    time, digits = 1 / rate, DIGITS
    while True:
        whole = round(time * 10**digits)
        text = f"{whole // 10**digits}.{whole % 10**digits:0{digits}d}"
        if digits >= 40 or near_rate(text) == rate:
            return text
        digits += 1


def exact(rate: float) -> Fraction:
    """The exact rate behind a rounded one: 29.97 is 30000/1001, 119.88 is 120000/1001, 119.875 is itself."""
    film = Fraction(max(1, round(rate * 1.001)) * 1000, 1001)
    return film if abs(film / Fraction(rate) - 1) < 2 * SLIP else Fraction(rate).limit_denominator(1001)


def _simplest(low: Fraction, high: Fraction) -> Fraction:
    """The fraction with the smallest denominator from low to high, both above 0.

    source    Graham, Knuth and Patashnik, Concrete Mathematics, 1994, sec. 4.5
    """
    whole = low.numerator // low.denominator
    if low == whole:
        return Fraction(whole)
    if whole + 1 <= high:
        return Fraction(whole + 1)
    return whole + 1 / _simplest(1 / (high - whole), 1 / (low - whole))
