"""Landmarks that somebody clicked on a mesh, and what they say about the body."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy import ndarray

from marrow.bones.human import HUMAN, mirror
from marrow.bones.rigging.solid import Solid
from marrow.errors import InputError, near

# how high each landmark is on a body one unit tall: enough to tell head from feet
HEIGHTS = {"head": 0.9, "chin": 0.87, "neck": 0.83, "upperChest": 0.72, "chest": 0.66, "spine": 0.6, "hips": 0.53,
           "groin": 0.47, "UpperLeg": 0.5, "LowerLeg": 0.28, "Foot": 0.05, "Toes": 0.01, "Shoulder": 0.81,
           "UpperArm": 0.8}
NAMES = (*HUMAN, "chin", "groin")


def checked(landmarks: Mapping[str, Sequence[float]], vertices: ndarray) -> dict[str, ndarray]:
    """The landmarks as points.

    vertices  (v, 3) of the mesh that was clicked
    raises    InputError  "rig.landmark" for an unknown name, "rig.point" for what is no point, "rig.beside" for one
              that is far from the mesh
    """
    low, high = np.nanmin(vertices, axis=0), np.nanmax(vertices, axis=0)
    room = 0.1 * float((high - low).max())
    points = {}
    for name, point in landmarks.items():
        if name not in NAMES:
            raise InputError("rig.landmark", name=name, choices=near(name, NAMES))
        try:
            place = np.asarray(point, float)
        except (TypeError, ValueError) as error:
            raise InputError("rig.point", name=name) from error
        if place.shape != (3,) or not np.isfinite(place).all():
            raise InputError("rig.point", name=name)
        if not ((place >= low - room) & (place <= high + room)).all():
            raise InputError("rig.beside", name=name, low=_told(low), high=_told(high))
        points[name] = place
    return points


def against(points: Mapping[str, ndarray]) -> int:
    """How much in the landmarks speaks against a stance, given in that stance: heads below feet, left on the right."""
    count = 0
    heights = [(HEIGHTS.get(name, HEIGHTS.get(_plain(name))), point[1]) for name, point in points.items()]
    known = [(meant, found) for meant, found in heights if meant is not None]
    for number, (meant, found) in enumerate(known):
        count += sum((meant - theirs) * (found - place) < 0 for theirs, place in known[:number]
                     if abs(meant - theirs) > 0.1)
    sides = [point[0] * (1 if name.startswith("left") else -1) for name, point in points.items()
             if name.startswith(("left", "right"))]
    return count + sum(side < 0 for side in sides)


def within(points: Mapping[str, ndarray], solid: Solid) -> dict[str, ndarray]:
    """The landmarks moved from the skin to the middle of the flesh, front to back; those beside the body stay."""
    moved = {}
    for name, point in points.items():
        x, y, z = solid.cells(point[None])[0]
        column = np.flatnonzero(solid.inside[x, y])
        if not len(column):
            moved[name] = point
            continue
        runs = np.split(column, np.flatnonzero(np.diff(column) > 1) + 1)
        run = min(runs, key=lambda each: max(each[0] - z, z - each[-1], 0))
        moved[name] = np.array([point[0], point[1], solid.corner[2] + (run.mean() + 0.5) * solid.cube])
    return moved


def other(points: Mapping[str, ndarray], name: str) -> ndarray | None:
    """The landmark of the opposite side, mirrored, where this side has none of its own."""
    twin = points.get(mirror(name))
    return None if twin is None or name in points or mirror(name) == name else twin * (-1, 1, 1)


def _told(place: ndarray) -> str:
    return " ".join(f"{each:.3g}" for each in place)


def _plain(name: str) -> str:
    return name.removeprefix("left").removeprefix("right")
