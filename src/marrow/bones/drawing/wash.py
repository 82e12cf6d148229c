"""A mesh painted in ink: a wet wash where the light does not reach, a brush line where the form turns away.

Everything that is irregular (grain of the wash, pressure of the line) is anchored to the mesh at rest, so that it
moves with the body and does not swim.
"""

from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from marrow.draw.camera import Camera
from marrow.draw.noise import blur
from marrow.draw.triangles import raster, spread

LAMP = (0.45, 0.80, 0.40)  # towards the light: camera's right, up, towards the camera
LINE = 0.0017              # thinnest and thickest line, heights of the picture
PRESS = 0.0042
STEP = 0.020               # a jump in depth that is a line, body heights
# Washes laid over one another: light below which each is wet, breadth of its edge, its ink.
WASHES = ((0.78, 0.14, 0.10), (0.60, 0.09, 0.21), (0.42, 0.10, 0.27), (0.25, 0.13, 0.26))
BARE = 0.025               # ink in full light


@dataclass(frozen=True)
class Painted:
    """What a mesh brings along for being painted: triangles, and for each vertex its grain -1..1 and darkness 0..1.

    grain       slow irregularity, anchored to the skin
    dark        how dark the surface itself is: a black coat takes more ink than a white shirt
    """

    faces: ndarray
    grain: ndarray
    dark: ndarray
    tall: float


def prepared(vertices: ndarray, faces: ndarray, dark: ndarray | None = None) -> Painted:
    """Find the grain of a mesh in its bind pose.

    vertices   (n, 3);  dark (n,) 0..1 or None
    """
    tall = max(float(np.ptp(vertices[:, 1])), 1e-6)
    place = vertices / tall
    waves = sum(np.sin(place @ way * pitch + shift) for way, pitch, shift in (
        ((0.8, 0.5, 0.3), 17.0, 0.4), ((-0.3, 0.9, 0.4), 23.0, 2.1), ((0.4, -0.2, 0.9), 43.0, 4.0),
        ((0.6, 0.7, -0.5), 97.0, 1.3)))
    shade = np.full(len(vertices), 0.5) if dark is None else np.clip(dark, 0, 1)
    return Painted(np.asarray(faces), waves / 4, shade, tall)


def wash(painted: Painted, vertices: ndarray, normals: ndarray, camera: Camera) -> tuple[ndarray, ndarray]:
    """Paint one pose.

    vertices, normals    (n, 3) world
    returns              ink (height, width) float32 0..1, and where the body is 0..1, of the same shape
    test                 the side away from the lamp takes more ink; outside the body there is none but its line
    """
    large = Camera(camera.world_from_camera, camera.lens, (2 * camera.size[0], 2 * camera.size[1]))
    seen = raster(large, vertices, painted.faces)
    brought = np.column_stack([normals, painted.grain, painted.dark])
    pixels, values = spread(seen, painted.faces, brought)
    normal = values[:, :3] / np.maximum(np.linalg.norm(values[:, :3], axis=1, keepdims=True), 1e-6)
    turned = normal @ camera.world_from_camera[:3, :3].astype(np.float32)
    lamp = np.array(LAMP, np.float32) / np.float32(np.linalg.norm(LAMP))
    toward = np.abs(turned[:, 2])
    turned *= np.sign(turned[:, 2:])          # the inside of an open mesh is painted like its outside
    light = np.clip(0.5 + 0.5 * (turned @ lamp), 0, 1)
    grain, dark = values[:, 3], values[:, 4]
    light = light + 0.10 * grain + 0.45 * (0.5 - dark)
    ink = BARE + 0.07 * (1 - toward) ** 2 + 0.02 * grain
    for below, edge, more in WASHES:
        wet = _ramp((below - light) / edge)
        ink = ink + more * (wet + 0.35 * wet * (1 - wet))  # ink gathers where a wash ends
    press = np.clip(0.75 + 0.9 * grain - 0.85 * light, 0, 1)
    return _laid(seen.depth, pixels, np.clip(ink, 0, 1), press, painted.tall)


def _laid(depth: ndarray, pixels: ndarray, ink: ndarray, pressed: ndarray, tall: float) -> tuple[ndarray, ndarray]:
    """Wash and line on the picture, at half the size that they were found at."""
    height, width = depth.shape
    made = np.zeros((2, height // 2, width // 2), np.float32)
    if not len(pixels):
        return made[0], made[1]
    rows, columns = np.divmod(pixels, width)
    margin = 2 * int(4 * PRESS * height)
    top, left = max(0, (rows.min() - margin) // 2 * 2), max(0, (columns.min() - margin) // 2 * 2)
    ends = (int(last.max()) // 2 * 2 + margin for last in (rows, columns))
    box = tuple(slice(first, min(side, end)) for first, side, end in zip((top, left), depth.shape, ends, strict=True))
    depth = depth[box]
    field, press = np.zeros(depth.shape, np.float32), np.zeros(depth.shape, np.float32)
    field[rows - top, columns - left] = ink
    press[rows - top, columns - left] = pressed
    body = _half(np.isfinite(depth).astype(np.float32))
    wet = blur(_half(field), 0.0008 * height) / np.maximum(blur(body, 0.0008 * height), 1e-3)
    line = _line(depth, press, tall, height // 2)
    half = tuple(slice(side.start // 2, side.stop // 2) for side in box)
    made[(0, *half)], made[(1, *half)] = np.maximum(wet * body, line), np.maximum(body, line)
    return made[0], made[1]


def _line(depth: ndarray, press: ndarray, tall: float, height: int) -> ndarray:
    """The contour: where depth jumps, thick or thin as the brush is pressed there."""
    far = np.where(np.isfinite(depth), depth, np.float32(1e6))
    jump = np.zeros(depth.shape, bool)
    for axis in (0, 1):
        step = np.diff(far, axis=axis)
        near, behind = [slice(None)] * 2, [slice(None)] * 2
        near[axis], behind[axis] = slice(None, -1), slice(1, None)
        jump[tuple(near)] |= step > STEP * tall
        jump[tuple(behind)] |= -step > STEP * tall
    edge = _half(2 * np.where(jump, 0.18 + 0.82 * press, 0).astype(np.float32))
    thin, thick = (blur(edge, part * height) * part * height for part in (LINE, PRESS))
    return np.clip(np.clip(2.4 * thin, 0, 0.92) + np.clip(2.0 * thick - 0.5, 0, 0.5), 0, 0.95)


def _ramp(value: ndarray) -> ndarray:
    value = np.clip(value, 0, 1)
    return value * value * (3 - 2 * value)


def _half(field: ndarray) -> ndarray:
    return field.reshape(field.shape[0] // 2, 2, field.shape[1] // 2, 2).mean((1, 3))
