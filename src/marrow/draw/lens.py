"""What the shutter and the lens do while a frame is exposed, as a few fixed samples.

Each sample is a pinhole camera: at one place in the aperture, at one moment, shifted by a part of a pixel. They are
stratified and the same for every frame, so that nothing crawls. The aperture is cut into cells of equal area, one for
a sample: a point out of focus is drawn over the picture of the cell, and all cells together are its disc.
"""

from dataclasses import dataclass
from math import gcd, pi

import numpy as np
from numpy import ndarray

from marrow.draw import exact
from marrow.draw.camera import Camera

STEPS = 0.7548776662466927, 0.5698402909980532  # source: Roberts, The unreasonable effectiveness of R2, 2018


@dataclass(frozen=True)
class Cell:
    """A part of the unit disc between two radii and two rays.

    inner, outer    radii;  middle: (2,) its middle, (0, 0) for the first
    sides           (2, 2) outward normals of the rays, 0 where there is none
    reach           how far it reaches from its middle
    """

    inner: float
    outer: float
    middle: ndarray
    sides: ndarray
    reach: float


@dataclass(frozen=True)
class Sample:
    """One of the samples of an exposure.

    view      what the kernels read, float32: right, up and back of the camera, the first two times focal (9), the eye
              in two parts (6), the picture's middle (2), the shift by the lens (2), time in the open shutter 0..1
    cell      the part of the aperture, blur: see `Camera.blur`, focus: metres
    number    which of the samples it is
    """

    view: tuple[np.float32, ...]
    cell: Cell
    blur: float
    focus: float
    number: int


def samples(camera: Camera, closing: Camera, count: int, origin: ndarray) -> list[Sample]:
    """The samples of an exposure; the first lies in the middle of the lens, of the pixel and about of the time.

    origin    (3,) float64: subtracted from the eye before anything is rounded
    """
    step = next(k for k in range(max(1, round(0.382 * count)), count + 1) if gcd(k, count) == 1)
    parts = cells(count)
    made = []
    for number in range(count):
        time = ((count // 2 + number * step) % count + 0.5) / count
        shift = [(0.5 + number * each) % 1 for each in STEPS]
        made.append(_sample(between(camera, closing, time), parts[number], time, shift, origin, number))
    return made


def between(first: Camera, last: Camera, share: float) -> Camera:
    """A camera on the straight way from one to another, with the lens and focus between theirs.

    test    share 0 is the first, 1 the last; the axes stay orthonormal
    """
    if first is last or share == 0:
        return first
    one, two = first.world_from_camera, last.world_from_camera
    placed = one + (two - one) * share
    back = _unit(placed[:3, 2])
    right = _unit(_cross(placed[:3, 1], back))
    placed[:3, :3] = np.stack([right, _cross(back, right), back], axis=1)

    def mixed(name: str) -> float:
        return getattr(first, name) + (getattr(last, name) - getattr(first, name)) * share

    return Camera(placed, mixed("lens"), first.size, mixed("fstop"), mixed("focus"))


def cells(count: int) -> list[Cell]:
    """Cut the unit disc into parts of equal area, the first round its middle.

    test    the parts cover the disc, every place once
    """
    rings = _rings(count)
    made, done = [], 0
    for number, parts in enumerate(rings):
        inner, outer = float(np.sqrt(done / count)), float(np.sqrt((done + parts) / count))
        made += [_cell(inner, outer, parts, k, 0.3 * number) for k in range(parts)]
        done += parts
    return made


def _rings(count: int) -> list[int]:
    """How many parts each ring has, 1 in the middle and more farther out."""
    number = max(1, round(((count - 1) / pi) ** 0.5)) if count > 1 else 0
    total = number * (number + 1) // 2
    parts = [(count - 1) * k // total for k in range(1, number + 1)]
    return [1, *parts[:-1], count - 1 - sum(parts[:-1])] if number else [1]


def _cell(inner: float, outer: float, parts: int, k: int, turn: float) -> Cell:
    if inner == 0 or parts == 1:
        return Cell(inner, outer, np.zeros(2), np.zeros((2, 2)), outer)
    first, last = (turn + 2 * pi * (k + each) / parts for each in (0, 1))
    rays = np.stack([exact.cos(np.array([first, last])), exact.sin(np.array([first, last]))], axis=1)
    sides = np.array([[rays[0, 1], -rays[0, 0]], [-rays[1, 1], rays[1, 0]]])
    half = (first + last) / 2
    middle = np.array([exact.cos(half), exact.sin(half)]) * float(np.sqrt((inner**2 + outer**2) / 2))
    corners = np.concatenate([rays * inner, rays * outer])
    top = middle * (outer / float(np.sqrt((middle**2).sum())))
    far = ((np.concatenate([corners, top[None]]) - middle) ** 2).sum(1).max()
    return Cell(inner, outer, middle, sides, float(np.sqrt(far)))


def _sample(camera: Camera, cell: Cell, time: float, shift: list[float], origin: ndarray,
            number: int) -> Sample:
    """Everything in float64 until it is written down."""
    right, up, back = camera.world_from_camera[:3, :3].T
    eye = camera.eye - origin
    coarse = eye.astype(np.float32)
    across, down = camera.blur * cell.middle
    middle = [camera.size[0] / 2 + shift[0] - 0.5, camera.size[1] / 2 + shift[1] - 0.5]
    if camera.blur:
        middle = [middle[0] + across / camera.focus, middle[1] + down / camera.focus]
    values = [*(right * camera.focal), *(-up * camera.focal), *(-back), *coarse, *(eye - coarse), *middle, across, down,
              time]
    return Sample(tuple(np.float32(each) for each in values), cell, camera.blur, camera.focus, number)


def _cross(a: ndarray, b: ndarray) -> ndarray:
    return np.array([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])


def _unit(vector: ndarray) -> ndarray:
    return vector / np.sqrt(vector[0] ** 2 + vector[1] ** 2 + vector[2] ** 2)
