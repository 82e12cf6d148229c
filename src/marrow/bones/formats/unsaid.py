"""What files of points and poses leave unsaid: sky, unit, ground and rate. Decided from the body, and told.

`Contents.stated` says what was decided and by what: "up" and "up_by", "unit" and "unit_by", "rate" and "rate_by"; the
second of each is "file" where the file says it, "body" where the body shows it, "custom" where only habit does.
"""

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
from numpy import ndarray

from marrow.bones.axes import UPRIGHT
from marrow.bones.formats.rates import FILM

TURNS = {"y": np.array([1.0, 0, 0, 0]), "z": UPRIGHT, "-y": np.array([0.0, 1, 0, 0])}  # to Y up
RATES = ("mocap_framerate", "mocap_frame_rate", "framerate", "frame_rate", "frameRate", "mocap_fps", "fps", "rate")
SIZES = ((0.4, 3.2, 1.0), (40, 320, 0.01), (400, 3200, 0.001))  # body from, to, in units of so many metres
ADULT = 1.7  # metres: how tall a body is taken to be where nothing tells
LOW = 0.02   # share of the moments in which a joint may be below the ground


def sky(upward: ndarray, habit: str) -> tuple[str, str]:
    """The axis that points up, and what tells it: the body, where most of the time it plainly stands along one.

    upward     (frames, 3) from feet to head
    habit      the axis to take where the body lies, or tumbles
    returns    "y", "z" or "-y"; "body" or "custom"
    test       a body standing along each axis shows it; one lying down does not
    """
    long = np.linalg.norm(upward, axis=1, keepdims=True)
    mean = (upward / np.where(long > 1e-9, long, 1)).mean(0)
    told = {"y": mean[1], "z": mean[2], "-y": -mean[1]}
    best = max(told, key=lambda axis: told[axis])
    return (best, "body") if told[best] > 0.6 else (habit, "custom")


def unit(tall: float) -> tuple[float, str]:
    """Metres to one unit for a body so many units tall, and what tells it.

    returns    a scale; "size" where metres, centimetres or millimetres fit, else "custom": an adult is meant
    """
    fits = next((scale for least, most, scale in SIZES if least <= tall <= most), None)
    return (ADULT / tall if tall > 0 else 1.0, "custom") if fits is None else (fits, "size")


def rate(given: Mapping[str, object], habit: Fraction) -> tuple[Fraction, str]:
    """Frames per second as the file says, or as is usual: the exact rate, and "file" or "custom".

    test    59.94 is 60000/1001
    """
    for name in RATES:
        value = given.get(name)
        if isinstance(value, int | float | np.number | np.ndarray) and np.size(value) == 1:
            said = float(np.asarray(value, float).reshape(()))
            if 0.1 <= said <= 10_000:
                return exact(said), "file"
    return habit, "custom"


def exact(said: float) -> Fraction:
    """The exact rate behind a rounded number."""
    near = min((Fraction(round(said) or 1), *FILM), key=lambda each: abs(float(each) - said))
    return near if abs(float(near) - said) < 0.006 else Fraction(said).limit_denominator(1001)


def ground(heights: ndarray) -> float:
    """The height of the ground under a body: its lowest joint is hardly ever below.

    heights    (frames, joints) metres
    """
    return float(np.quantile(heights.min(1), LOW))
