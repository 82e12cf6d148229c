"""Who is who from one frame to the next, among people of whom only points are seen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy import ndarray

REACH = 0.6   # body sizes that somebody may move from one sighting to the next
PATIENCE = 30  # frames after which somebody unseen is forgotten
FEW = 0.03    # share of the frames in which somebody must be seen


@dataclass(frozen=True)
class Seen:
    """One person in one frame.

    places    (points, 3), NaN where unseen; as the file has them
    sure      (points,) confidence 0..1
    names     of the points; "" for those that are not used
    mark      what the list is called
    deep      whether the third number is a depth
    metric    whether the places are metres from the hips
    height    of the picture, 0 where nobody tells
    who       the detector's own number, or None
    """

    places: ndarray
    sure: ndarray
    names: tuple[str, ...]
    mark: str
    deep: bool
    metric: bool = False
    height: float = 0.0
    who: int | None = None

    def called(self, who: object) -> "Seen":
        """The same person with the detector's number, where it gave one."""
        who = who[0] if isinstance(who, list) and who else who
        return replace(self, who=int(who)) if isinstance(who, int | float) and who >= 0 else self

    def joined(self, rows: ndarray, names: tuple[str, ...]) -> "Seen":
        """The same person with the points of a hand."""
        if len(rows) != len(names):
            return self
        sure = np.nan_to_num(rows[:, -1])
        places = np.where((sure > 0)[:, None], np.c_[rows[:, :2], rows[:, 2] if self.deep else np.zeros(len(rows))],
                          np.nan)
        return replace(self, places=np.concatenate([self.places, places]), sure=np.concatenate([self.sure, sure]),
                       names=self.names + names)

    def flattened(self, aspect: float) -> "Seen":
        """The same person seen flat, in heights of a picture so many heights wide."""
        return replace(self, places=self.places * (aspect, 1, 0), deep=False)


def tracked(frames: Sequence[Sequence[Seen]]) -> list[list[tuple[int, Seen]]]:
    """Follow everybody through the frames, those seen most first.

    returns    for every person: frame and sighting; somebody who shows up in hardly any frame is left out
    test       two people who pass each other stay themselves; the order within a frame does not matter
    """
    people: list[list[tuple[int, Seen]]] = []
    for frame, seen in enumerate(frames):
        open_ = [number for number, person in enumerate(people) if frame - person[-1][0] <= PATIENCE]
        free = list(seen)
        for _, number, person in sorted(_pairs(people, open_, free), key=lambda each: each[0]):
            if number in open_ and any(person is each for each in free):
                people[number].append((frame, person))
                open_.remove(number)
                free = [each for each in free if each is not person]
        people += [[(frame, person)] for person in free]
    people.sort(key=lambda person: (-len(person), person[0][0]))
    return [person for person in people if len(person) >= FEW * len(frames)] or people[:1]


def _pairs(people: list[list[tuple[int, Seen]]], open_: list[int], free: list[Seen]) -> list[tuple[float, int, Seen]]:
    """Everybody known with everybody seen, and how far they are apart in body sizes; who cannot be the same is out."""
    made = []
    for number in open_:
        last = people[number][-1][1]
        for person in free:
            if last.who is not None and person.who is not None:
                apart = 0.0 if last.who == person.who else np.inf
            else:
                apart = _apart(_foreseen(people[number]), last, person)
            if apart < REACH:
                made.append((apart, number, person))
    return made


def _foreseen(person: list[tuple[int, Seen]]) -> ndarray:
    """Where somebody is expected next: on as in the last step, which keeps people apart who pass each other."""
    (_, last), (_, before) = person[-1], person[max(-2, -len(person))]
    step = last.places - before.places if last.places.shape == before.places.shape else np.zeros_like(last.places)
    return last.places + np.nan_to_num(step)


def _apart(expected: ndarray, last: Seen, person: Seen) -> float:
    """How far somebody seen is from where somebody known is expected, in sizes of his body."""
    count = min(len(expected), len(person.places))
    gone = np.linalg.norm(person.places[:count] - expected[:count], axis=1)
    size = np.nanmax(np.ptp(last.places[np.isfinite(last.places).all(1)], axis=0), initial=1e-9)
    return float(np.median(gone[np.isfinite(gone)]) / size) if np.isfinite(gone).any() else np.inf
