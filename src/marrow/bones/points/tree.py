"""A tree from a list of points: middle joints that nobody lists are put in, what was never seen is left out."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy import ndarray

from marrow.bones.human import PARENT
from marrow.bones.points.marks import ABOVE, SIDES, TRUNK

FLAT = 0.02  # metres: a shorter line gives no direction
MIDDLE = (   # joints made where they are missing: the points they lie between, and how far from the first to the second
    ("hips", "leftUpperLeg", "rightUpperLeg", 0.5), ("neck", "leftUpperArm", "rightUpperArm", 0.5),
    ("head", "leftEar", "rightEar", 0.5), ("head", "leftEye", "rightEye", 0.5), ("head", "neck", "nose", 1.0),
    *((f"{side}Toes", f"{side}BigToe", f"{side}SmallToe", 0.5) for side in SIDES),
    *((f"{side}Toes", f"{side}Foot", f"{side}BigToe", 1.0) for side in SIDES))
SPINE = (("spine", 0.2), ("chest", 0.6))  # where no spine is listed: joints on the way from the hips to the neck
ORDER = {name: number for number, name in enumerate((*PARENT, *ABOVE))}


@dataclass
class Body:
    """Points in their tree, parents first, and what is found out about them.

    places     (frames, points, 3) metres, complete
    seen       (frames, points) bool
    below      the points that hang from each
    given      (points,) bool: False for joints that were put in
    turns      joint -> (frames, 4) world space, found so far
    stands     joint -> (frames, 3) metres: where the joint comes to stand, bones having one length
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]
    places: ndarray
    seen: ndarray
    given: ndarray
    rate: float
    below: list[list[int]] = field(default_factory=list)
    turns: dict[int, ndarray] = field(default_factory=dict)
    stands: dict[int, ndarray] = field(default_factory=dict)

    def at(self, name: str) -> ndarray:
        """Where a point is: (frames, 3)."""
        return self.places[:, self.names.index(name)]

    def line(self, start: str, end: str) -> ndarray | None:
        """From one point to another (frames, 3), or None where one is missing or they lie together."""
        if not start or not end or start not in self.names or end not in self.names:
            return None
        made = self.at(end) - self.at(start)
        return made if np.median(np.linalg.norm(made, axis=1)) > FLAT else None

    def up(self, joint: str) -> ndarray | None:
        """From a joint of the trunk to the next one that is far enough to tell a direction, or None."""
        higher = TRUNK[TRUNK.index(joint) + 1:] if joint in TRUNK else TRUNK
        lines = [line for name in (*higher, "nose") if (line := self.line(joint, name)) is not None]
        far = [line for line in lines if np.median(np.linalg.norm(line, axis=1)) > 4 * FLAT]
        return (far or lines or [None])[0]


def grown(places: ndarray, names: Sequence[str], seen: ndarray, parents: Sequence[int] | None, rate: float) -> Body:
    """A body of the points that were ever seen, with the joints between them that a human has.

    places, seen    (frames, points, 3) metres and (frames, points) bool
    parents         of the points, or None where the names are a human's
    """
    ever = [number for number in range(len(names)) if seen[:, number].any()]
    points = {names[number]: (places[:, number], seen[:, number]) for number in ever}
    given = set(points)
    above = ABOVE if parents is None else _above(names, parents, given)
    if parents is None:
        _put_in(points)
    order = _sorted(points, above)
    index = {name: number for number, name in enumerate(order)}
    tree = tuple(index.get(_nearest(name, above, points) or order[0], 0) if number else -1
                 for number, name in enumerate(order))
    below: list[list[int]] = [[] for _ in order]
    for number, parent in enumerate(tree[1:], 1):
        below[parent].append(number)
    return Body(tuple(order), tree, np.stack([points[name][0] for name in order], axis=1),
                np.stack([points[name][1] for name in order], axis=1),
                np.array([name in given for name in order]), rate, below)


def _put_in(points: dict[str, tuple[ndarray, ndarray]]) -> None:
    for name, start, end, share in MIDDLE:
        if name not in points and start in points and end in points:
            _between(points, name, (start, end), share)
    if not points.keys() & {"spine", "chest", "upperChest"} and {"hips", "neck"} <= points.keys():
        for name, share in SPINE:
            _between(points, name, ("hips", "neck"), share)


def _between(points: dict[str, tuple[ndarray, ndarray]], name: str, ends: tuple[str, str], share: float) -> None:
    (start, one), (end, other) = (points[each] for each in ends)
    if (one & other).any():
        points[name] = start + share * (end - start), one & other


def _above(names: Sequence[str], parents: Sequence[int], kept: set[str]) -> dict[str, str]:
    """Each point's parent by name, over points that were never seen."""
    whole = {name: names[parent] if parent >= 0 else "" for name, parent in zip(names, parents, strict=True)}
    return {name: _nearest(name, whole, kept) for name in names}


def _nearest(name: str, above: dict[str, str], points: object) -> str:
    """The nearest of the points above one, or "" for none."""
    name = above.get(name, "")
    while name and name not in points:
        name = above.get(name, "")
    return name


def _sorted(points: dict[str, tuple[ndarray, ndarray]], above: dict[str, str]) -> list[str]:
    """Parents before children; of a human in the order of `human`, else in the order given."""
    ranked = sorted(points, key=lambda name: ORDER.get(name, len(ORDER)))
    made: list[str] = []
    waiting = [name for name in reversed(ranked) if not _nearest(name, above, points)]
    children: dict[str, list[str]] = {}
    for name in reversed(ranked):
        children.setdefault(_nearest(name, above, points), []).append(name)
    while waiting:
        made.append(waiting.pop())
        waiting += children.get(made[-1], [])
    return made
