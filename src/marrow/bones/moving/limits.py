"""How far a human joint can be turned: a cone for where its bone points, and a range for its twist."""

from collections.abc import Mapping

import numpy as np
from numpy import ndarray

from marrow.bones.human import HUMAN, PARENT
from marrow.bones.turning import log, twist
from marrow.rotations import about, inverse, multiply

# Degrees against the T-pose: the bone's swing, its twist. Generous: dancers and fighters stay within.
LIMITS = {"spine": (70, 60), "chest": (60, 60), "upperChest": (60, 60), "neck": (70, 80), "head": (70, 80),
          "Shoulder": (50, 60), "UpperArm": (155, 140), "LowerArm": (165, 150), "Hand": (100, 130),
          "UpperLeg": (150, 90), "LowerLeg": (170, 60), "Foot": (90, 60), "Toes": (90, 40)}
AXES = {"Arm": (1.0, 0, 0), "Hand": (1.0, 0, 0), "Shoulder": (1.0, 0, 0), "Leg": (0, -1.0, 0), "Foot": (0, 0, 1.0),
        "Toes": (0, 0, 1.0)}
EASY = 0.85  # share of a limit from which on it is felt


def untwisted(moved: Mapping[str, ndarray]) -> dict[str, ndarray]:
    """The same turns, with limbs that are twisted further than limbs can be drawn back softly.

    A twist about a bone's own length moves no joint, so that no place changes; what hangs on the limb keeps how it is
    turned. Converters from points to rotations leave such twists, and some count a whole limb from its back.

    moved     human joint -> (frames, 4) world turn against the T-pose
    test      poses within the limits stay, bit for bit
    """
    made = dict(moved)
    for name in (each for each in HUMAN if each in moved):
        above = _above(name, made)
        if not name.endswith(("Arm", "Leg")) or above is None:
            continue
        swing, round_ = _parts(name, multiply(inverse(made[above]), made[name]))
        axis, bound = _axis(name), _limit(name)[1]
        angle = np.unwrap(2 * np.arctan2(round_[:, 1:] @ axis, round_[:, 0]))
        usual = float(np.median(angle))
        back = usual if abs((usual + np.pi) % (2 * np.pi) - np.pi) > bound else 2 * np.pi * round(usual / (2 * np.pi))
        size = np.abs(angle - back)
        change = (size > EASY * bound) | (abs(back) % (2 * np.pi) > 1e-9)
        if change.any():
            eased = about(axis, np.sign(angle - back) * _eased(size, bound))
            made[name] = np.where(change[:, None], multiply(made[above], multiply(swing, eased)), made[name])
    return made


def beyond(moved: Mapping[str, ndarray]) -> tuple[ndarray, list[str]]:
    """How far joints are beyond what bodies can do.

    returns    (frames, names) degrees, and the names
    """
    names = [name for name in moved if _limit(name) and _above(name, moved)]
    rows = []
    for name in names:
        turn = multiply(inverse(moved[_above(name, moved)]), moved[name])
        over = [np.linalg.norm(log(part), axis=-1) - bound for part, bound in
                zip(_parts(name, turn), _limit(name), strict=True)]
        rows.append(np.degrees(np.maximum(np.max(over, axis=0), 0)))
    return np.stack(rows, axis=1), names


def _axis(name: str) -> ndarray:
    return next((np.array(value) for end, value in AXES.items() if name.endswith(end)), np.array([0, 1.0, 0]))


def _parts(name: str, turn: ndarray) -> tuple[ndarray, ndarray]:
    round_ = twist(turn, _axis(name))
    return multiply(turn, inverse(round_)), round_


def _limit(name: str) -> tuple[float, float] | None:
    found = LIMITS.get(name) or next((LIMITS[part] for part in LIMITS if name in (f"left{part}", f"right{part}")), None)
    return (float(np.radians(found[0])), float(np.radians(found[1]))) if found else None


def _above(name: str, moved: Mapping[str, ndarray]) -> str | None:
    above = PARENT.get(name, "")
    while above and above not in moved:
        above = PARENT[above]
    return above or None


def _eased(size: ndarray, bound: float) -> ndarray:
    """What is beyond a share of the bound comes ever nearer to it."""
    free, room = EASY * bound, (1 - EASY) * bound
    return np.where(size > free, free + room * np.tanh((size - free) / room), size)
