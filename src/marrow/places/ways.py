"""What a director writes about the camera: rows of moves and way-points, as they stand in film.toml.

    camera = [["orbit", 0, 8, 40], ["handheld", 0, 8, 0.5]]
    camera = [[0, 0, 1.6, 5, 0, 1, 0], [6, 2, 1.6, 3, 0, 1, 0, 85], ["crane", 2, 6, 1.2]]

    orbit       from when to when, degrees: round what the camera looks at, to the right; less than 0 to the left
    dolly       metres along the view; less than 0 backwards
    crane       metres up, the camera keeps looking at the same spot; less than 0 down
    handheld    strength; 1 is a person's shoulder, 0.3 a tripod head that is not locked

A row of numbers is a way-point: seconds, eye x y z, target x y z in the coordinates of the cloud's file, and if it
zooms the lens in mm. Without way-points, moves begin where the camera of the place's own begins.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy import ndarray

from marrow.draw.camera import journey
from marrow.draw.moves import KINDS, Move, Moved, Way, eased
from marrow.errors import InputError, near
from marrow.media import Source
from marrow.places.clouds import placed
from marrow.units import number, seconds

FARTHEST = 1e9     # units of a file: no place lies farther from its zero
LENSES = (4.0, 2000.0)  # mm
MOST = {"orbit": 36_000.0, "dolly": 1e6, "crane": 1e6, "handheld": 20.0}


@dataclass(frozen=True)
class Directions:
    """What the rows say.

    points    (n, 8) float64: seconds, eye, target in the coordinates of the file, lens in mm, NaN where none is said
    moves     in the order of the rows
    """

    points: ndarray
    moves: tuple[Move, ...]


def directed(rows: Sequence[Sequence[object]]) -> Directions:
    """Read the rows of a camera.

    raises    InputError  a word that is no move, times or amounts that cannot be, way-points of another length or whose
              times do not ascend
    test      every kind of wrong row is refused by its number
    """
    points, moves = [], []
    for place, row in enumerate(rows, 1):
        if row and isinstance(row[0], str) and not _counts(row[0]):
            moves.append(_move(row, place))
        else:
            points.append(_point(row, place))
    made = np.array(points, float).reshape(-1, 8)
    if (np.diff(made[:, 0]) <= 0).any():
        raise InputError("places.times")
    return Directions(made, tuple(moves))


def way_for(said: Directions, file: Source, origin: ndarray, start: Way, *, lens: float, length: float,
            seed: int = 0) -> Way:
    """The way that directions describe, in metres, Y up, from an origin.

    file      whose coordinates way-points are in;  start: the way where there are none
    lens      mm, where a way-point says none
    length    seconds of the shot: a hand that holds the camera at its ends has held it before and holds it on
    """
    way = start
    if len(said.points):
        ends = placed(file, said.points[:, 1:7].reshape(-1, 2, 3)) - origin
        lenses = np.where(np.isnan(said.points[:, 7]), lens, said.points[:, 7])
        way = journey(said.points[:, 0], np.concatenate([ends.reshape(-1, 6), lenses[:, None]], axis=1))
    return way if not said.moves else Moved(way, tuple(_throughout(move, length) for move in said.moves), seed)


@dataclass(frozen=True)
class Standing:
    """A camera that stands still."""

    spot: ndarray

    def at(self, time: float) -> ndarray:
        """Always the same."""
        return self.spot


def gone_over(turns: Sequence[tuple[float, float]], time: float) -> float:
    """How far what goes over and back in turns has gone over at a time, 0..1; exactly 0 and 1 between them."""
    return sum((-1) ** number * eased(time, *turn) for number, turn in enumerate(turns))


@dataclass(frozen=True)
class Between:
    """A camera that goes over from one way to another and back.

    turns    seconds from when to when, ascending
    """

    first: Way
    second: Way
    turns: tuple[tuple[float, float], ...]

    def at(self, time: float) -> ndarray:
        """Before the first turn on the first way, after it on the second, after the next on the first again."""
        share = gone_over(self.turns, time)
        return self.first.at(time) * (1 - share) + self.second.at(time) * share


def _throughout(move: Move, length: float) -> Move:
    if move.kind != "handheld":
        return move
    return replace(move, opens=move.opens if move.opens > 0 else -np.inf,
                   closes=move.closes if move.closes < length else np.inf)


def _counts(word: str) -> bool:
    try:
        seconds(word)
    except ValueError:
        return False
    return True


def _move(row: Sequence[object], place: int) -> Move:
    word = str(row[0])
    if word not in KINDS:
        raise InputError("camera.word", row=place, word=word, choices=near(word, KINDS))
    try:
        (opens, closes), amount = (seconds(each) for each in row[1:3]), number(row[3])
    except (ValueError, TypeError, IndexError) as error:
        raise InputError("camera.row", row=place, word=word, found=list(row)) from error
    if len(row) != 4:
        raise InputError("camera.row", row=place, word=word, found=list(row))
    if not 0 <= opens < closes:
        raise InputError("camera.times", row=place, word=word, opens=opens, closes=closes)
    if abs(amount) > MOST[word] or (word == "handheld" and amount < 0):
        raise InputError("camera.amount", row=place, word=word, amount=amount, most=f"{MOST[word]:g}")
    return Move(word, opens, closes, amount)


def _point(row: Sequence[object], place: int) -> list[float]:
    try:
        made = [seconds(row[0]), *(number(each) for each in row[1:])]
    except (ValueError, TypeError, IndexError) as error:
        raise InputError("places.camera", row=place, found=len(row)) from error
    if len(made) not in (7, 8):
        raise InputError("places.camera", row=place, found=len(made))
    if max(map(abs, made[1:7])) > FARTHEST:
        raise InputError("camera.far", row=place, found=f"{max(made[1:7], key=abs):g}")
    if len(made) == 8 and not LENSES[0] <= made[7] <= LENSES[1]:
        raise InputError("camera.lens", row=place, lens=made[7])
    return made if len(made) == 8 else [*made, np.nan]
