"""How a body stands in its file: which way is up, which way it looks, where its middle is."""

from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from marrow.bones.rigging.solid import Solid

SLICES = 60
SNAP = 12.0    # degrees: a file's own axis this near to the mirror plane may be up
MEANT = 6.0, 16.0  # degrees: so near to the body's own up it is meant to be it; for slender bodies, for compact ones


@dataclass(frozen=True)
class Stance:
    """A body's own axes in the space of its file.

    turn      (3, 3) rows: left, up, front; `turn @ point` has Y up and looks to +Z
    middle    (3,) a point of the mirror plane
    legs      how clearly two legs stand apart at one end, -1..1
    even      how far a cube is from the body's mirror image, in shares of its size: 0 is a perfect mirror image
    front     how clearly toes and hands say which way is front, about -0.1..0.1; its sign is that of the choice
    """

    turn: ndarray
    middle: ndarray
    legs: float
    even: float
    front: float


class Mirror:
    """Measures how well a body is its own mirror image in a plane."""

    def __init__(self, solid: Solid) -> None:
        from scipy import ndimage

        self.solid = solid
        self.points = solid.places()
        self.size = float(np.ptp(self.points, axis=0).max())
        self.outside = ndimage.distance_transform_edt(~solid.inside) * solid.cube
        self.some = self.points[:: max(1, len(self.points) // 3000)]

    def uneven(self, normal: ndarray, offset: float) -> float:
        """Mean distance of mirrored cubes from the body, each at most a tenth of its size; in shares of the size."""
        image = self.some - 2 * (self.some @ normal - offset)[:, None] * normal
        low = self.solid.corner
        high = low + np.array(self.solid.inside.shape) * self.solid.cube
        beyond = np.linalg.norm(image - np.clip(image, low, high), axis=1)
        away = self.outside[tuple(self.solid.cells(image).T)] + beyond
        return float(np.minimum(away, self.size / 10).mean()) / self.size

    def best(self, normal: ndarray) -> tuple[float, ndarray, float]:
        """The best plane near a first guess of its normal: unevenness, normal, offset."""
        from scipy.optimize import minimize

        first, second = across(normal)

        def plane(change: ndarray) -> tuple[ndarray, float]:
            turned = normal + change[0] * first + change[1] * second
            turned = turned / np.linalg.norm(turned)
            return turned, float(self.points.mean(0) @ turned + change[2] * self.size)

        found = minimize(lambda change: self.uneven(*plane(change)), np.zeros(3), method="Nelder-Mead",
                         options={"initial_simplex": 0.06 * np.vstack([np.zeros(3), np.eye(3)]), "maxfev": 120})
        return float(found.fun), *plane(found.x)


def across(axis: ndarray) -> tuple[ndarray, ndarray]:
    """Two unit vectors square to an axis and to one another, right-handed with it."""
    least = np.eye(3)[np.abs(axis).argmin()]
    first = np.cross(axis, least)
    first = first / np.linalg.norm(first)
    return first, np.cross(axis, first)


def stances(solid: Solid) -> list[Stance]:
    """The ways in which a body may stand in its file, the likeliest first.

    Planes in which it is its own mirror image are tried with every axis that lies in them; two legs at one end decide.

    test    any yaw, any axis up, any size: the same turn comes back
    """
    mirror = Mirror(solid)
    found = []
    for even, normal, offset in _planes(mirror):
        middle = mirror.points.mean(0)
        middle = middle + (offset - middle @ normal) * normal
        for up in _ups(mirror.points, normal):
            left = normal - (normal @ up) * up
            left = left / np.linalg.norm(left)
            local = (mirror.points - middle) @ np.stack([left, up, np.cross(left, up)], axis=1)
            legs, front = _legs(local, solid.cube), _front(local)
            if front < 0:
                left, front = -left, -front
            turn = np.stack([left, up, np.cross(left, up)])
            own = 0.15 * (np.abs(up).max() > 0.9999)
            found.append((own + legs - 14 * even + _built(local, mirror.size), Stance(turn, middle, legs, even, front)))
    return [stance for _, stance in sorted(found, key=lambda each: -each[0])]


def _built(local: ndarray, size: float) -> float:
    """How well the build fits a stance: people are broad and tall, animals with four feet long."""
    wide, tall, deep = np.ptp(local, axis=0) / size
    level = (local[:, 1] - local[:, 1].min()) / max(float(np.ptp(local[:, 1])), 1e-12)
    feet = np.sort(local[level < 0.2, 2])
    if len(feet) > 1 and np.diff(feet).max() > 0.04 * tall * size:
        broad = 0.4 * np.sign(deep - wide)
    else:
        broad = np.clip(wide - deep, -0.3, 0.4)
    return float(0.5 * broad + 0.3 * (tall + _tapered(local)))


def _planes(mirror: Mirror) -> list[tuple[float, ndarray, float]]:
    """Up to four mirror planes with different normals, the most even first."""
    count = 150
    height = 1 - (np.arange(count) + 0.5) / count
    angle = np.pi * (1 + 5 ** 0.5) * np.arange(count)
    radius = np.sqrt(1 - height ** 2)
    sphere = np.stack([np.cos(angle) * radius, np.sin(angle) * radius, height], axis=1)
    centre = mirror.points.mean(0)
    own = np.linalg.svd(mirror.points - centre, full_matrices=False)[2] if len(mirror.points) > 3 else np.eye(3)
    guesses = np.vstack([np.eye(3), own, sphere])
    errors = np.array([mirror.uneven(each, float(centre @ each)) for each in guesses])
    chosen: list[ndarray] = []
    for number in np.argsort(errors, kind="stable"):
        if all(abs(guesses[number] @ each) < 0.94 for each in chosen):
            chosen.append(guesses[number])
        if len(chosen) == 4:
            break
    return sorted((mirror.best(each) for each in chosen), key=lambda plane: plane[0])


def _ups(points: ndarray, normal: ndarray) -> list[ndarray]:
    """Axes that may be up, both ways: the file's own where they lie in the plane, else those of the body's spread."""
    own = [axis for axis in np.eye(3) if abs(axis @ normal) < np.sin(np.radians(SNAP))]
    flat = points - points.mean(0)
    flat = flat - (flat @ normal)[:, None] * normal
    long, spread = np.linalg.svd(flat[:: max(1, len(flat) // 5000)], full_matrices=False)[1:]
    meant = np.cos(np.radians(MEANT[0] if long[0] > 3 * long[1] else MEANT[1]))
    free = [axis for axis in spread[:2] if all(abs(axis @ each) < meant for each in own)]
    return [sign * axis for axis in own + free for sign in (1.0, -1.0)]


def _legs(local: ndarray, cube: float) -> float:
    """How much of one end stands on two sides of the mirror plane with nothing between, less the same of the other."""
    level = (local[:, 1] - local[:, 1].min()) / max(float(np.ptp(local[:, 1])), 1e-12)
    slices = np.minimum((level * SLICES).astype(int), SLICES - 1)
    split = np.zeros(SLICES)
    counts = np.stack([np.bincount(slices[each], minlength=SLICES) for each in
                       (local[:, 0] > cube, local[:, 0] < -cube, np.abs(local[:, 0]) <= 0.8 * cube)])
    left, right, middle = counts
    split = (left > 3) & (right > 3) & (middle == 0) & (np.minimum(left, right) > 0.3 * np.maximum(left, right))
    third = SLICES * 9 // 20
    return float(split[:third].mean() - split[-third:].mean())


def _front(local: ndarray) -> float:
    """Where toes and hands point along +Z, in shares of the height."""
    tall = max(float(np.ptp(local[:, 1])), 1e-12)
    level = (local[:, 1] - local[:, 1].min()) / tall
    toes = 0.0
    for side in (1, -1):
        part = local[:, 0] * side > 0
        foot, shin = local[part & (level < 0.035), 2], local[part & (level > 0.09) & (level < 0.2), 2]
        if len(foot) and len(shin):
            toes += ((foot.max() - shin.mean()) - (shin.mean() - foot.min())) / tall / 2
    far = np.abs(local[:, 0]) > 0.8 * np.abs(local[:, 0]).max()
    trunk = (level > 0.4) & (level < 0.75) & ~far
    hands = (local[far, 2].mean() - local[trunk, 2].mean()) / tall if far.any() and trunk.any() else 0.0
    return float(toes + 0.15 * np.clip(hands, -0.2, 0.2))


def _tapered(local: ndarray) -> float:
    """Positive where the upper end is narrower than the lower one and the widest part lies above the middle."""
    level = (local[:, 1] - local[:, 1].min()) / max(float(np.ptp(local[:, 1])), 1e-12)
    wide = np.abs(local[:, 0])
    ends = wide[level < 0.06].max(initial=0) - wide[level > 0.94].max(initial=0)
    return float(np.clip(ends / max(wide.max(), 1e-12), -1, 1) * 0.5 + level[wide > 0.7 * wide.max()].mean() - 0.5)
