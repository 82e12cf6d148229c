"""The film camera: where it stands, what its lens sees, how it travels.

Right-handed. In camera space +X is right, +Y up and the camera looks along -Z. On the picture x grows to the
right and y down; (0, 0) is the upper left corner of the picture, (0.5, 0.5) the middle of its first pixel.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy import ndarray

BACK = 36.0  # mm, width of the film behind the lens
UP = (0.0, 1.0, 0.0)


@dataclass(frozen=True)
class Camera:
    """A place, a direction and a lens.

    world_from_camera    (4, 4) float64, a rotation and the eye
    lens                 focal length in mm on a back 36 mm wide
    size                 (width, height) of the picture in pixels
    fstop                focal length to the width of the aperture; 0 is a pinhole, which sees everything sharp
    focus                metres ahead of the eye at which things are sharp
    """

    world_from_camera: ndarray
    lens: float
    size: tuple[int, int]
    fstop: float = 0.0
    focus: float = 0.0

    @property
    def eye(self) -> ndarray:
        """Where the camera stands, (3,) world."""
        return self.world_from_camera[:3, 3]

    @property
    def focal(self) -> float:
        """Focal length in pixels: how large one metre is at a distance of one metre."""
        return self.lens / BACK * self.size[0]

    @property
    def blur(self) -> float:
        """How much the lens blurs: pixels times metres, 0 for a pinhole.

        A point at a depth is a disc of radius blur · |1 / focus - 1 / depth| pixels.
        source    the thin lens: Potmesil, Chakravarty, A Lens and Aperture Camera Model, SIGGRAPH 1981
        """
        return self.focal * self.lens / self.fstop / 2000 if self.fstop > 0 and self.focus > 0 else 0.0

    def project(self, points: ndarray) -> tuple[ndarray, ndarray]:
        """Find points on the picture.

        points     (n, 3) world; the eye is subtracted in the points' own precision
        returns    pixels (n, 2), depth (n,) metres ahead of the eye; behind it depth is <= 0 and the pixels are NaN
        test       a point on the axis falls on the middle; one metre to the right at five metres is focal / 5 away
        """
        kind = np.float32 if points.dtype == np.float32 else np.float64
        x, y, z = (points - self.eye.astype(kind)).T
        right, up, back = self.world_from_camera[:3, :3].astype(kind).T  # by hand: BLAS may add in another order
        depth = -(x * back[0] + y * back[1] + z * back[2])
        scale = kind(self.focal) / np.where(depth > 0, depth, kind(np.nan))
        middle = np.array(self.size, kind) / kind(2)
        across, rise = (x * axis[0] + y * axis[1] + z * axis[2] for axis in (right, up))
        pixels = np.stack([middle[0] + across * scale, middle[1] - rise * scale], axis=1)
        return pixels, depth


def look_at(eye: Sequence[float], target: Sequence[float], *, lens: float, size: tuple[int, int],
            up: Sequence[float] = UP) -> Camera:
    """Put a camera at a place and point it at another; straight up or down, the top of the picture is -Z.

    eye, target    (3,) world, metres
    """
    eye, target = np.asarray(eye, float), np.asarray(target, float)
    ahead = _unit(target - eye, (0.0, 0.0, -1.0))
    right = np.cross(ahead, up)
    if float((right * right).sum()) < 1e-18:
        right = np.cross(ahead, (0.0, 0.0, -1.0 if ahead[1] < 0 else 1.0))
    right = _unit(right, (1.0, 0.0, 0.0))
    placed = np.eye(4)
    placed[:3, :3] = np.stack([right, np.cross(right, ahead), -ahead], axis=1)
    placed[:3, 3] = eye
    return Camera(placed, lens, size)


def orbit(target: Sequence[float], *, distance: float, around: float, above: float) -> ndarray:
    """A place on a sphere round a target.

    around     degrees from +Z towards +X;  above: degrees over the horizon
    returns    (3,) world
    """
    turn, tilt = np.radians(around), np.radians(above)
    way = np.array([np.sin(turn) * np.cos(tilt), np.sin(tilt), np.cos(turn) * np.cos(tilt)])
    return np.asarray(target, float) + distance * way


def lens_for(vertical: float | ndarray, size: tuple[float, float]) -> float | ndarray:
    """The lens in mm that sees a vertical angle, in degrees, one or many."""
    return BACK * size[1] / size[0] / (2 * np.tan(np.radians(vertical) / 2))


@dataclass(frozen=True)
class Journey:
    """A way through way-points that starts from rest, ends at rest and never jerks: a cubic spline, C2.

    times      (n,) ascending;  places (n, k) what is at each of them, eye and target side by side, say
    slopes     (n, k) speed there
    """

    times: ndarray
    places: ndarray
    slopes: ndarray

    def at(self, time: float) -> ndarray:
        """The place at a time, (k,); before the first and after the last way-point it rests there.

        test       passes every way-point; speed 0 at both ends; speed and acceleration do not jump
        """
        time = float(np.clip(time, self.times[0], self.times[-1]))
        if len(self.times) == 1:
            return self.places[0]
        i = int(np.clip(np.searchsorted(self.times, time, "right") - 1, 0, len(self.times) - 2))
        long = self.times[i + 1] - self.times[i]
        s = (time - self.times[i]) / long
        return (self.places[i] * (1 + 2 * s) * (1 - s) ** 2 + self.places[i + 1] * s * s * (3 - 2 * s)
                + long * (self.slopes[i] * s * (1 - s) ** 2 - self.slopes[i + 1] * s * s * (1 - s)))


def journey(times: Sequence[float], places: Sequence[Sequence[float]]) -> Journey:
    """Lay a smooth way through way-points.

    times      (n,) strictly ascending seconds;  places (n, k)
    source     clamped cubic spline: de Boor, A Practical Guide to Splines, ch. IV
    """
    times, places = np.asarray(times, float), np.asarray(places, float)
    steps = np.diff(times)[:, None]
    slopes = np.zeros_like(places)
    if len(times) > 2:
        before, after = steps[:-1, 0], steps[1:, 0]
        system = np.diag(2 * (before + after)) + np.diag(after[1:], -1) + np.diag(before[:-1], 1)
        rises = np.diff(places, axis=0) / steps
        right = 3 * (steps[1:] * rises[:-1] + steps[:-1] * rises[1:])
        slopes[1:-1] = np.linalg.solve(system, right)
    return Journey(times, places, slopes)


def smoothed(path: ndarray, spread: float) -> ndarray:
    """A path without its jitter: Gaussian mean over time, the ends continued as mirrored through their end points.

    path       (frames, k);  spread: standard deviation in frames
    test       a straight walk at even speed is not changed
    """
    if spread <= 0 or len(path) < 2:
        return np.asarray(path, float)
    reach = max(1, int(np.ceil(3 * spread)))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / spread) ** 2)
    weights /= weights.sum()
    path = np.asarray(path, float)
    padded = np.pad(path, ((reach, reach), (0, 0)), mode="reflect", reflect_type="odd")
    return np.stack([np.convolve(column, weights, "valid") for column in padded.T], axis=1)


def _unit(vector: ndarray, otherwise: Sequence[float]) -> ndarray:
    long = float(np.sqrt(vector[0] * vector[0] + vector[1] * vector[1] + vector[2] * vector[2]))  # by hand: see above
    return vector / long if long > 1e-12 else np.asarray(otherwise, float)
