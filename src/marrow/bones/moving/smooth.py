"""Corrections over time that come and go smoothly: what is demanded at some frames, spread over the others."""

import numpy as np
from numpy import ndarray


def spread(wanted: ndarray, weights: ndarray, rate: float, *, reach: float, supple: float,
           home: float = 0.0) -> ndarray:
    """The smoothest course that is what is wanted where it is wanted.

    It minimises the sum of weights · (course - wanted)² and of a share of home · course², (reach · course's first
    derivative)² and (supple³ · its third)², so that it begins and ends without a jolt and hardly overshoots.

    wanted     (frames, ...)
    weights    (frames,): 0 where nothing is wanted, large where it must be met
    reach      seconds over which a correction comes and goes
    supple     seconds over which its acceleration does; the shorter, the less it overshoots
    home       how much it is drawn back to nothing
    returns    (frames, ...)
    source     Whittaker, On a New Method of Graduation, 1923; Schweikert, An Interpolation Curve Using a Spline in
               Tension, 1966
    test       a straight line stays; constraints are met; far from any it is quiet
    """
    from scipy.linalg import solveh_banded

    wanted = np.asarray(wanted, float)
    if not weights.any():
        return np.zeros_like(wanted)
    columns = wanted.reshape(len(wanted), -1)
    band = np.zeros((min(4, len(columns)), len(columns)))
    first, third = (reach * rate) ** 2, (supple * rate) ** 6
    whole = 1 + first + third
    band[0] = weights + home / whole
    for differences, strength in ((np.array([-1.0, 1]), first), (np.array([-1.0, 3, -3, 1]), third)):
        add_square(band, differences, strength / whole)
    return solveh_banded(band, weights[:, None] * columns, lower=True, check_finite=False).reshape(wanted.shape)


def add_square(band: ndarray, row: ndarray, strength: float) -> None:
    """Add strength · Σ (row · course[k:k+n])² to the lower band of a normal matrix (bandwidth, frames), in place."""
    frames, long = band.shape[1], len(row)
    for first in range(long):
        for second in range(first, long):
            if frames >= long:
                band[second - first, first:frames - long + 1 + first] += strength * row[first] * row[second]


def above(least: ndarray, rate: float, *, reach: float, supple: float, rounds: int = 6) -> ndarray:
    """A smooth course that is nowhere lower than is demanded, and nought where nothing is.

    least      (frames,): the demand, 0 where there is none
    returns    (frames,) >= least up to a hundredth of its peak
    """
    need = np.maximum(least, 0)
    if not need.any():
        return np.zeros_like(need)
    wanted, weights = np.zeros_like(need), np.zeros_like(need)
    course = wanted
    for _ in range(rounds):
        short = need - course
        if short.max() < 0.01 * need.max():
            break
        peaks = (short > 0.005 * need.max()) & (short >= np.roll(short, 1)) & (short >= np.roll(short, -1))
        weights[peaks] = 1e4
        wanted[peaks] = need[peaks]
        course = spread(wanted, weights, rate, reach=reach, supple=supple, home=1.0)
    return course


def lowpass(path: ndarray, cutoff: float, rate: float) -> ndarray:
    """What of a course is slower than a frequency, without delay: three derivatives are kept small.

    path       (frames, ...)
    cutoff     Hz, where half is left
    source     Whittaker 1923; Eilers, A Perfect Smoother, Analytical Chemistry 2003
    test       a parabola passes; a sine at the cutoff is halved, and not shifted
    """
    from scipy.linalg import solveh_banded

    path = np.asarray(path, float)
    columns = path.reshape(len(path), -1)
    band = np.zeros((min(4, len(columns)), len(columns)))
    band[0] = 1
    add_square(band, np.array([-1.0, 3, -3, 1]), (2 * np.sin(np.pi * min(cutoff / rate, 0.5))) ** -6)
    return solveh_banded(band, columns, lower=True, check_finite=False).reshape(path.shape)
