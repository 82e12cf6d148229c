"""A room of 4 metres full of texture, and what cameras on a known way see of it: exact truth for photos.

Walls, floor, ceiling and three boxes wear a solid texture of noise in many sizes, so that every spot looks different.
Used by `bench_photos.py` and by the tests.
"""

import numpy as np
from numba import njit
from numpy import ndarray

from marrow.draw.camera import Camera, look_at

BOXES = np.array([  # low x y z, high x y z, tint; the first is the room itself, seen from inside
    [-2.0, 0.0, -2.0, 2.0, 2.6, 2.0, 0.95, 0.9, 0.8], [-1.5, 0.0, -1.6, -0.4, 0.9, -0.9, 0.9, 0.6, 0.45],
    [0.5, 0.0, -1.9, 1.3, 1.7, -1.4, 0.5, 0.65, 0.9], [0.0, 0.0, -0.7, 0.6, 0.5, -0.1, 0.6, 0.9, 0.55]])
OCTAVES = 8      # the coarsest grain is half a metre, the finest 4 mm
LENS = 25.0      # mm on 36 mm


@njit(cache=True)
def grain(x: float, y: float, z: float, salt: int) -> float:
    """Smooth noise of 0..1 on the whole-number lattice."""
    i, j, k = int(np.floor(x)), int(np.floor(y)), int(np.floor(z))
    u, v, w = x - i, y - j, z - k
    total = 0.0
    for corner in range(8):
        a, b, c = corner & 1, corner >> 1 & 1, corner >> 2
        h = ((i + a) * 73856093 ^ (j + b) * 19349663 ^ (k + c) * 83492791 ^ salt * 2654435761) & 0xFFFFFFFF
        h = (h ^ (h >> 15)) * 0x2C1B3C6D & 0xFFFFFFFF
        h = (h ^ (h >> 12)) * 0x297A2D39 & 0xFFFFFFFF
        h = h ^ (h >> 15)
        total += h / 4294967296.0 * (u if a else 1 - u) * (v if b else 1 - v) * (w if c else 1 - w)
    return total


@njit(cache=True)
def shade(x: float, y: float, z: float, salt: int) -> float:
    """The texture at a place, 0..1."""
    total, weight, size = 0.0, 0.0, 2.0
    for octave in range(OCTAVES):
        share = 0.85 ** octave
        total += share * grain(x * size, y * size, z * size, salt + octave)
        weight += share
        size *= 2.0
    return min(1.0, max(0.0, (total / weight - 0.5) * 3.2 + 0.5))


@njit(cache=True)
def hit(eye: ndarray, way: ndarray, boxes: ndarray) -> tuple[float, int]:
    """How far the nearest surface is along a ray, and whose."""
    best, which = np.inf, -1
    for number in range(len(boxes)):
        enters, leaves = -np.inf, np.inf
        for axis in range(3):
            if abs(way[axis]) < 1e-12:
                if not boxes[number, axis] <= eye[axis] <= boxes[number, axis + 3]:
                    enters = np.inf
                continue
            near = (boxes[number, axis] - eye[axis]) / way[axis]
            far = (boxes[number, axis + 3] - eye[axis]) / way[axis]
            enters, leaves = max(enters, min(near, far)), min(leaves, max(near, far))
        distance = leaves if number == 0 else enters
        if 0 < distance < best and enters <= leaves:
            best, which = distance, number
    return best, which


@njit(cache=True)
def seen(turn: ndarray, eye: ndarray, focal: float, width: int, height: int, boxes: ndarray) -> tuple:
    """Pixels (height, width, 3) uint8 and depth (height, width) of one picture, 2 x 2 rays to a pixel."""
    pixels, depth = np.zeros((height, width, 3), np.uint8), np.zeros((height, width))
    for row in range(height):
        for column in range(width):
            light = np.zeros(3)
            for part in range(4):
                x = (column + 0.25 + 0.5 * (part & 1) - width / 2) / focal
                y = -(row + 0.25 + 0.5 * (part >> 1) - height / 2) / focal
                way = x * turn[:, 0] + y * turn[:, 1] - turn[:, 2]
                far, which = hit(eye, way, boxes)
                spot = eye + far * way
                value = shade(spot[0], spot[1], spot[2], 100 * which)
                other = shade(spot[0], spot[1], spot[2], 100 * which + 50)
                for channel in range(3):
                    grey = 0.75 * value + 0.25 * (other if channel else 1 - other)
                    light[channel] += grey * boxes[which, 6 + channel]
                depth[row, column] += far / 4
            for channel in range(3):
                pixels[row, column, channel] = int(min(255.0, max(0.0, light[channel] / 4 * 255 + 0.5)))
    return pixels, depth


def cameras(count: int, size: tuple[int, int], *, turn: float = 100.0) -> list[Camera]:
    """A walk along an arc through the room, looking across it; `turn` degrees from its first step to its last."""
    made = []
    for angle in np.radians(np.linspace(-turn / 2, turn / 2, count)):
        eye = (1.5 * np.sin(angle), 1.45 + 0.15 * np.sin(5 * angle), 0.2 + 1.5 * np.cos(angle))
        made.append(look_at(eye, (-0.35 * np.sin(angle), 0.95, -0.9), lens=LENS, size=size))
    return made


def picture(camera: Camera) -> tuple[ndarray, ndarray]:
    """What a camera sees: pixels (h, w, 3) uint8, depth (h, w) metres ahead of the eye."""
    return seen(camera.world_from_camera[:3, :3].copy(), camera.eye.copy(), camera.focal, *camera.size, BOXES)


def off(points: ndarray, boxes: ndarray = BOXES) -> ndarray:
    """How far points (n, 3) are from the nearest surface, metres."""
    best = np.full(len(points), np.inf)
    for low, high in zip(boxes[:, :3], boxes[:, 3:6], strict=True):
        beyond = np.maximum(low - points, points - high)
        away = np.linalg.norm(np.maximum(beyond, 0), axis=1) + np.minimum(beyond.max(axis=1), 0)
        best = np.minimum(best, np.abs(away))
    return best
