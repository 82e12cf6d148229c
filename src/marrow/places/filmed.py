"""A camera frame by frame, as camera files know it, and back to the way-points that a director writes."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy import ndarray

from marrow.draw.camera import BACK, journey
from marrow.media import Source
from marrow.places.clouds import unplaced
from marrow.places.shot import Shot

CLOSE = 0.004    # metres, and radians seen from the eye: as near as way-points come to every frame
USUAL = 3.0      # metres to what a camera looks at that looks at nothing for long
FARTHEST = 1e3   # metres: what cameras look at is nearer
ROLLED = 0.01    # sine: a camera leans when its right side is farther out of level


@dataclass(frozen=True)
class Filmed:
    """Where a camera was at every frame.

    stands    (n, 4, 4) float64 world from camera, metres, Y up, from `origin`
    lenses    (n,) mm on a back 36 mm wide
    size      (width, height) of the picture
    rate      frames per second
    origin    (3,) float64
    """

    stands: ndarray
    lenses: ndarray
    size: tuple[int, int]
    rate: Fraction
    origin: ndarray

    @property
    def heights(self) -> ndarray:
        """Vertical angles of view in radians, (n,)."""
        return 2 * np.arctan(BACK * self.size[1] / self.size[0] / 2 / self.lenses)

    @property
    def rolls(self) -> bool:
        """Whether it leans to a side somewhere."""
        return bool((np.abs(self.stands[:, 1, 0]) > ROLLED).any())


def filmed(shot: Shot, count: int, rate: Fraction) -> Filmed:
    """The camera of a shot at its frames."""
    cameras = [shot.camera(number / float(rate)) for number in range(count)]
    return Filmed(np.stack([each.world_from_camera for each in cameras]), np.array([each.lens for each in cameras]),
                  shot.optics.size, rate, shot.scene.cloud.origin)


def rows_of(found: Filmed, file: Source) -> list[list[float]]:
    """Way-points of a camera, as few as keep every frame near: seconds, eye, target, lens.

    What it looks at is where its views come together, else some metres ahead. Its lean to a side is lost.
    file      in whose coordinates they are written
    test      the way through them passes every frame within some millimetres; a straight ride needs few
    """
    away = _away(found)
    eyes, ahead = found.stands[:, :3, 3], -found.stands[:, :3, 2]
    path = np.concatenate([eyes, eyes + ahead * away[:, None], found.lenses[:, None]], axis=1)
    near = np.concatenate([np.full((len(path), 3), CLOSE), np.tile(CLOSE * away[:, None], 3),
                           CLOSE * found.lenses[:, None]], axis=1)
    times = np.arange(len(path)) / float(found.rate)
    kept = _kept(times, path, near)
    ends = unplaced(file, path[kept, :6].reshape(-1, 2, 3) + found.origin)
    made = np.concatenate([times[kept, None], ends.reshape(-1, 6), path[kept, 6:]], axis=1)
    return [[round(value, 4) + 0.0 for value in row] for row in made.tolist()]


def _kept(times: ndarray, path: ndarray, near: ndarray) -> list[int]:
    """Which frames become way-points: the ends, then the worst of each stretch until none is bad."""
    kept = sorted({0, len(path) - 1})
    while True:
        way = journey(times[kept], path[kept])
        off = (np.abs(np.stack([way.at(time) for time in times]) - path) / near).max(1)
        worst = [first + 1 + int(off[first + 1:last].argmax())
                 for first, last in pairwise(kept) if last > first + 1]
        more = [each for each in worst if off[each] > 1]
        if not more:
            return kept
        kept = sorted({*kept, *more})


def _away(found: Filmed) -> ndarray:
    """Metres to what is looked at, (n,): the spot nearest to all views, where they come together ahead."""
    eyes, ahead = found.stands[:, :3, 3], -found.stands[:, :3, 2]
    across = np.eye(3) - ahead[:, :, None] * ahead[:, None, :]
    whole = across.sum(0)
    if np.linalg.cond(whole) < 1e4:
        spot = np.linalg.solve(whole, np.einsum("nij,nj->i", across, eyes))
        away = ((spot - eyes) * ahead).sum(1)
        missed = np.sqrt(np.einsum("nij,nj->ni", across, spot - eyes) ** 2).max()
        if (away > 0.05).all() and (away < FARTHEST).all() and missed < 0.5 * away.min():
            return away
    return np.full(len(eyes), USUAL)
