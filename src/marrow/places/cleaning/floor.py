"""Which way is up, told by the floor."""

from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from marrow.draw import points as dots
from marrow.errors import InputError
from marrow.media import Cloud
from marrow.places.clouds import carried

SOME = 20_000       # points that are asked
GUESSES = 600       # planes that are tried
BELOW = 0.04        # share of the points that may lie under a floor: mirrors, cellars, noise
LEAST = 0.06        # share of the points that lie on a floor
LEAN = 0.7071       # cosine of how far the file's own up may be from the truth to be believed: 45 degrees
CLEAR = 0.25        # how sure a floor must be


@dataclass(frozen=True)
class Floor:
    """The ground of a scan.

    up            (3,) unit, from the floor to the place
    height        metres along `up` from the cloud's origin
    share         of all points that lie on it
    confidence    0..1: how much of that the next best plane, leaning otherwise, does not have
    """

    up: ndarray
    height: float
    share: float
    confidence: float


def upright(cloud: Cloud, floor: Floor | None = None) -> Cloud:
    """Turn a scan until its floor is level; it turns about its own middle.

    floor     as `floor_of` finds it; None: found here
    raises    InputError  as `floor_of`
    test      a room leaned by any angle under 45 degrees stands within .2 degrees
    """
    up = (floor or floor_of(cloud)).up
    turn = turn_between(up, np.array([0.0, 1.0, 0.0]))
    middle = cloud.origin + np.median(cloud.points.astype(np.float64), axis=0)
    motion = np.eye(4)
    motion[:3, :3], motion[:3, 3] = turn, middle - turn @ middle
    return carried(cloud, motion)


def floor_of(cloud: Cloud) -> Floor:
    """The plane that carries most points and has hardly any under it.

    A wall has all points on one side too. So floors within 45 degrees of the file's own up are looked at first;
    only where there is none may any plane be the floor, and then it must be clearly the greatest.

    raises    InputError  there is none, or two planes could be it
    source    Fischler, Bolles, Random Sample Consensus, CACM 1981, with dice that always fall the same
    test      rooms, slopes; refused: a ball, dust, a cube in space
    """
    good = np.flatnonzero(np.isfinite(cloud.points).all(1))
    spots = cloud.points[good[dots.thinned(len(good), SOME)]].astype(np.float64)
    if len(spots) < 100:
        raise InputError("places.floor", confidence="0")
    middle = np.median(spots, axis=0)
    spots -= middle
    near = 0.006 * float(np.quantile(np.sqrt((spots * spots).sum(1)), 0.9))
    ways, heights = _guessed(spots)
    if not len(ways):
        raise InputError("places.floor", confidence="0")
    shares = np.array([_share(spots @ way - height, near) for way, height in zip(ways, heights, strict=True)])
    upward = ways[:, 1] > LEAN
    for chosen, least in ((upward, LEAST), (np.ones(len(ways), bool), 3 * LEAST)):
        best = int(np.argmax(np.where(chosen, shares, 0)))
        rival = np.where(chosen & (np.abs(ways @ ways[best]) < 0.97), shares, 0).max()
        sure = 1 - float(rival) / max(float(shares[best]), 1e-9)
        if shares[best] >= least and sure >= CLEAR:
            up, height = _refined(spots, ways[best], heights[best], near)
            return Floor(up, height + float(up @ middle), _share(spots @ up - height, near), sure)
    raise InputError("places.floor", confidence=f"{max(0.0, sure):.2f}")


def turn_between(one: ndarray, other: ndarray) -> ndarray:
    """The least rotation (3, 3) that lays one unit direction on another.

    test    it does; opposite directions turn by half
    """
    cosine = float(one @ other)
    if cosine < -1 + 1e-9:
        side = np.cross(one, np.eye(3)[np.argmin(np.abs(one))])
        side /= np.sqrt(side @ side)
        return 2 * np.outer(side, side) - np.eye(3)
    x, y, z = np.cross(one, other)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + cross + cross @ cross / (1 + cosine)


def _guessed(spots: ndarray) -> tuple[ndarray, ndarray]:
    """Planes through three points, looking to where most points are: (g, 3) unit and (g,) heights."""
    index = np.arange(GUESSES)
    threes = np.stack([(dots.dice(index, salt) * len(spots)).astype(int) for salt in (41, 43, 47)], axis=1)
    first, second, third = (spots[np.minimum(threes[:, i], len(spots) - 1)] for i in range(3))
    ways = np.cross(second - first, third - first)
    long = np.sqrt((ways * ways).sum(1))
    good = long > 1e-9
    ways, first = ways[good] / long[good, None], first[good]
    heights = (ways * first).sum(1)
    down = heights > 0  # the middle of the place lies over its floor
    return np.where(down[:, None], -ways, ways), np.where(down, -heights, heights)


def _share(over: ndarray, near: float) -> float:
    """The share of points on a plane, 0 where too many lie under it; over: (n,) metres."""
    return float((np.abs(over) <= near).mean()) if (over < -3 * near).mean() <= BELOW else 0.0


def _refined(spots: ndarray, up: ndarray, height: float, near: float) -> tuple[ndarray, float]:
    """The plane of least squares through what lies on a plane, thrice."""
    for _ in range(3):
        on = spots[np.abs(spots @ up - height) <= near]
        mean = on.mean(0)
        way = np.linalg.eigh((on - mean).T @ (on - mean))[1][:, 0]
        up = way if way @ up > 0 else -way
        height = float(up @ mean)
    return up, height
