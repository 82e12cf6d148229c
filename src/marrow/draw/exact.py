"""exp, log, sin and cos that give the same bits on every machine.

The libraries of compilers and CPUs differ in the last bit; these are made of float64 + - * / alone, which IEEE 754
fixes, and never of fused ones. float32 goes in and comes out as float32, everything else as float64.
"""

import numpy as np
from numpy import ndarray

LN2 = 6.93147180369123816490e-01, 1.90821492927058770002e-10  # ln 2 in two parts; the first has 33 bits
QUARTER = 1.57079632673412561417e00, 6.07710050630396597660e-11, 2.02226624879595063154e-21  # pi / 2 in three
FAR = 1e5        # radians: how far sin and cos know the circle
EXP = tuple(1 / float(f) for f in (1, 1, 2, 6, 24, 120, 720, 5040, 40320, 362880, 3628800, 39916800, 479001600))
LOG = tuple(1 / float(2 * k + 1) for k in range(12))
SIN = (1.0, -1 / 6, 1 / 120, -1 / 5040, 1 / 362880, -1 / 39916800, 1 / 6227020800, -1 / 1307674368000)
COS = (1.0, -1 / 2, 1 / 24, -1 / 720, 1 / 40320, -1 / 3628800, 1 / 479001600, -1 / 87178291200)


def exp(x: ndarray | float) -> ndarray:
    """e to the x; 0 below -745, infinite above 709.

    source    Cody, Waite, Software Manual for the Elementary Functions, 1980
    test      within 1e-15 of the truth, relative; exp(0) = 1
    """
    value = np.clip(np.asarray(x, np.float64), -746.0, 710.0)
    whole = np.floor(value * 1.4426950408889634 + 0.5)
    rest = (value - whole * LN2[0]) - whole * LN2[1]
    half = np.floor(np.nan_to_num(whole) * 0.5)
    with np.errstate(over="ignore", under="ignore"):
        made = _series(EXP, rest) * _two(half) * _two(np.nan_to_num(whole) - half)
    return _as(x, made)


def log(x: ndarray | float) -> ndarray:
    """The natural logarithm; -infinite at 0, NaN below.

    test      within 1e-15 of the truth, absolute near 1 and relative elsewhere; log(1) = 0
    """
    value = np.asarray(x, np.float64)
    part, power = np.frexp(value)
    low = part < 0.7071067811865476
    part, power = np.where(low, 2 * part, part), power - low
    with np.errstate(invalid="ignore", divide="ignore"):
        share = (part - 1) / (part + 1)
        made = 2 * share * _series(LOG, share * share) + power * LN2[1] + power * LN2[0]
    made = np.where(value == 0, -np.inf, np.where(value < 0, np.nan, made))
    return _as(x, np.where(value == np.inf, np.inf, made))


def sin(x: ndarray | float) -> ndarray:
    """The sine of radians, within 2e-15 up to 100,000; NaN beyond."""
    return _as(x, _circle(x, 0))


def cos(x: ndarray | float) -> ndarray:
    """The cosine of radians, within 2e-15 up to 100,000; NaN beyond."""
    return _as(x, _circle(x, 1))


def power(x: ndarray | float, y: float) -> ndarray:
    """x to the y, x >= 0: exp(y log x), within 1e-13 for pictures; 0 to a positive power is 0."""
    with np.errstate(invalid="ignore"):
        return _as(x, exp(y * log(np.asarray(x, np.float64))))


def _circle(x: ndarray | float, quarter: int) -> ndarray:
    value = np.asarray(x, np.float64)
    value = np.where(np.abs(value) <= FAR, value, np.nan)
    count = np.floor(value * 0.6366197723675814 + 0.5)
    rest = ((value - count * QUARTER[0]) - count * QUARTER[1]) - count * QUARTER[2]
    turn = (np.nan_to_num(count).astype(np.int64) + quarter) & 3
    square = rest * rest
    made = np.where(turn & 1, _series(COS, square), rest * _series(SIN, square))
    return np.where(turn & 2, -made, made)


def _series(terms: tuple[float, ...], x: ndarray) -> ndarray:
    """terms[0] + terms[1] x + ... by Horner's rule."""
    made = np.full_like(x, terms[-1])
    for term in terms[-2::-1]:
        made = made * x + term
    return made


def _two(power: ndarray) -> ndarray:
    """2 to a whole power, -1022..1023, put together from bits."""
    return ((power.astype(np.int64) + 1023) << 52).view(np.float64)


def _as(x: ndarray | float, made: ndarray) -> ndarray:
    return made.astype(np.float32) if getattr(x, "dtype", None) == np.float32 else made
