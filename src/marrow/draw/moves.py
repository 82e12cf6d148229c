"""How a film camera moves: round a thing, along its view, up and down, in a hand. All of it closed-form in time.

A way is anything with `at(time)`: the eye, what it looks at, and the lens in mm, (7,) side by side. A move changes
what another way gives, so moves lie on top of one another and of way-points, and any frame is made alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy import ndarray

from marrow.draw import exact
from marrow.draw.points import dice

KINDS = ("orbit", "dolly", "crane", "handheld")
NEAREST = 0.25    # of its distance at first: as near as a dolly leaves what is looked at before that goes along
SOFT = 0.8        # seconds in which a hand takes the camera over, and gives it back
METRES = 0.012    # how far a person's shoulder sways to the side, one standard deviation; upwards less
DEGREES = 0.35    # how far the aim sways to the side, likewise
LESS = 0.7        # upwards against sideways
SWAY = ((0.23, 1.0), (0.41, 0.8), (0.71, 0.5), (1.13, 0.3), (1.9, 0.14), (3.1, 0.06))  # Hz, share: weight, breath, hand
TURN = 6.283185307179586


class Way(Protocol):
    """Where a camera is at any time."""

    def at(self, time: float) -> ndarray:
        """Eye x y z, target x y z, lens in mm: (7,)."""
        ...


@dataclass(frozen=True)
class Move:
    """One move of a camera.

    kind            one of KINDS
    opens, closes   seconds; before it is as if it were not, afterwards it stays done, but for a hand, which lets go.
                    Infinite for a hand that holds the camera from the first frame or to the last
    amount          degrees to the right round the target; metres along the view; metres up; strength of the hand, 1 for
                    a person's shoulder
    """

    kind: str
    opens: float
    closes: float
    amount: float


@dataclass(frozen=True)
class Moved:
    """A way with moves on top of it, each on what the moves before it give; hands come last.

    seed    of the sway of hands
    """

    way: Way
    moves: Sequence[Move]
    seed: int = 0

    def at(self, time: float) -> ndarray:
        """The camera at a time, (7,).

        test    speed and acceleration do not jump; without moves it is the way; an orbit keeps distance and height
        """
        spot = self.way.at(time)
        for move in sorted(self.moves, key=lambda each: each.kind == "handheld"):
            spot = DONE[move.kind](spot, move, time, self.seed)
        return spot


def eased(time: float, opens: float, closes: float) -> float:
    """A share 0..1 that starts from rest and comes to rest: no jump of speed or acceleration.

    source    Perlin, Improving Noise, SIGGRAPH 2002: 6 s⁵ - 15 s⁴ + 10 s³
    """
    s = min(max((time - opens) / (closes - opens), 0.0), 1.0)
    return s * s * s * (s * (6 * s - 15) + 10)


def _orbit(spot: ndarray, move: Move, time: float, seed: int) -> ndarray:
    turn = move.amount * TURN / 360 * eased(time, move.opens, move.closes)
    return np.concatenate([spot[3:6] + _turned(spot[:3] - spot[3:6], turn), spot[3:]])


def _dolly(spot: ndarray, move: Move, time: float, seed: int) -> ndarray:
    """The eye goes along the view; it never reaches the target, which goes along in time."""
    ahead = spot[3:6] - spot[:3]
    away = float(np.sqrt((ahead ** 2).sum()))
    if away == 0:
        return spot
    way = move.amount * eased(time, move.opens, move.closes)
    eye = spot[:3] + ahead * (way / away)
    return np.concatenate([eye, eye + ahead * (max(away - way, NEAREST * away) / away), spot[6:]])


def _crane(spot: ndarray, move: Move, time: float, seed: int) -> ndarray:
    made = spot.copy()
    made[1] += move.amount * eased(time, move.opens, move.closes)
    return made


def _handheld(spot: ndarray, move: Move, time: float, seed: int) -> ndarray:
    """The eye sways, and the aim about it."""
    held = move.amount * _held(time, move)
    if held == 0:
        return spot
    ahead = spot[3:6] - spot[:3]
    level = float(np.sqrt(ahead[0] ** 2 + ahead[2] ** 2))
    side = np.array([-ahead[2], 0, ahead[0]]) / level if level > 0 else np.array([1.0, 0, 0])
    x, y, z, pan, tilt = (held * sway(time, salt, seed) for salt in range(5))
    eye = spot[:3] + METRES * (x * side + np.array([0, LESS * y, 0]) + LESS * z * np.cross(side, (0, 1, 0)))
    aim = _turned(ahead, DEGREES * TURN / 360 * pan) + np.array([0, LESS * DEGREES * TURN / 360 * tilt * level, 0])
    return np.concatenate([eye, eye + aim, spot[6:]])


def sway(time: float, salt: int, seed: int = 0) -> float:
    """A slow, never repeated swaying about 0 with a standard deviation of 1; other salts and seeds sway otherwise.

    source    the spectrum of people who stand: Collins, De Luca, Open-loop and closed-loop control of posture, 1993,
              most below 1 Hz; phases by chance
    test      the same at the same time; mean 0, deviation 1 over minutes; no faster than its fastest part
    """
    phases = dice(np.arange(len(SWAY)), 31 + salt + 16 * seed).astype(np.float64)
    hertz, share = np.array(SWAY).T
    hertz = hertz * (1 + 0.06 * (dice(np.arange(len(SWAY)), 39 + salt + 16 * seed).astype(np.float64) - 0.5))
    waves = exact.sin(TURN * (hertz * time + phases)) * share
    return float(sum(waves.tolist())) / float(np.sqrt((share ** 2).sum() / 2))


def _held(time: float, move: Move) -> float:
    """How firmly a hand holds the camera, 0..1."""
    soft = min(SOFT, (move.closes - move.opens) / 2)
    taken = 1.0 if move.opens == -np.inf else eased(time, move.opens, move.opens + soft)
    return taken if move.closes == np.inf else taken * (1 - eased(time, move.closes - soft, move.closes))


def _turned(arm: ndarray, turn: float) -> ndarray:
    """A vector turned about +Y, from +Z towards +X."""
    sine, cosine = float(exact.sin(turn)), float(exact.cos(turn))
    return np.array([arm[0] * cosine + arm[2] * sine, arm[1], arm[2] * cosine - arm[0] * sine])


DONE = {"orbit": _orbit, "dolly": _dolly, "crane": _crane, "handheld": _handheld}
