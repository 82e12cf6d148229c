"""A rig on a turntable: its mesh in ink with its skeleton over it, or what hangs on which joint, from all round."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy import ndarray

from marrow.bones.drawing.shade import darkness
from marrow.bones.drawing.staging import normals
from marrow.bones.drawing.wash import Painted, prepared, wash
from marrow.bones.skeleton import at_rest, checked, fk
from marrow.bones.skinning import follower
from marrow.draw import INK, PAPER, SEAL, colour
from marrow.draw.camera import Camera, look_at, orbit, smoothed
from marrow.draw.noise import blur
from marrow.draw.paper import sheet
from marrow.draw.strokes import Stroke, brush, inked
from marrow.draw.triangles import raster, spread
from marrow.media import Motion, Rig

Show = Literal["skeleton", "weights", "mesh"]
LENS, ABOVE = 70.0, 9.0   # mm; degrees over the horizon
SEEN = 9                  # frames of a motion that tell how much room it needs
FILL = 0.88               # of the picture's height or width, the tighter one
COARSE = 4                # pixels of the picture to one of the shadow
THIN = 0.5                # how much of the mesh's ink stays under the skeleton and over colours
BONE = ((0.0, 0.16), (0.16, 1.0), (0.55, 0.52), (1.0, 0.16))  # share of a bone, of its half breadth
GOLDEN = 0.381966         # of the circle of hues, from one joint to the next


@dataclass(frozen=True)
class Table:
    """What stands on the turntable.

    places     (frames, joints, 3) world;  parents (joints,)
    follow     frame -> vertices (n, 3); None for a rig without a mesh
    painted    the mesh ready for its wash;  tints (n, 3) linear light that passes each vertex, for its weights
    gaze       (frames, 3) what the camera looks at
    high, wide half the height of what is seen, and its reach sideways, metres
    """

    places: ndarray
    parents: ndarray
    follow: Callable[[int], ndarray] | None
    painted: Painted | None
    tints: ndarray | None
    gaze: ndarray
    high: float
    wide: float


def laid(rig: Rig, motion: Motion | None = None) -> Table:
    """Put a rig on the turntable, in its rest pose or in motion.

    motion    of the rig's skeleton, at the rate of the pictures
    raises    InputError  as `follower`, where there is a bound mesh
    """
    motion = checked(motion or at_rest(rig.skeleton))
    places, follow, painted, tints = fk(motion), None, None, None
    if rig.mesh is not None:
        follow = follower(rig, motion) if rig.skin else lambda frame: rig.mesh.vertices
        painted = prepared(np.asarray(rig.mesh.vertices, float), rig.mesh.faces, darkness(rig.mesh))
        tints = _tints(rig) if rig.skin else None
    steps = np.unique(np.linspace(0, len(places) - 1, SEEN).astype(int))
    seen = [follow(step) if follow else places[step] for step in steps.tolist()]
    low, top = np.min([each.min(0) for each in seen], 0)[1], np.max([each.max(0) for each in seen], 0)[1]
    middles = np.array([(each.min(0) + each.max(0)) / 2 for each in seen])
    middles[:, 1] = (low + top) / 2
    gaze = np.stack([np.interp(np.arange(len(places)), steps, each) for each in middles.T], 1)
    wide = max(float(np.linalg.norm((each - middle)[:, [0, 2]], axis=1).max())
               for each, middle in zip(seen, middles, strict=True))
    return Table(places, np.asarray(rig.skeleton.parents), follow, painted, tints, smoothed(gaze, 8),
                 max(float(top - low) / 2, 1e-6), max(wide, 1e-6))


def pictures(table: Table, size: tuple[int, int], count: int, show: Show = "skeleton") -> Iterator[ndarray]:
    """Draw one round, seen from the front first: (height, width, 3) uint8 sRGB each.

    count    pictures of the round; past the motion's end its last pose holds
    show     "skeleton": the mesh pale, its bones over it in cinnabar; "weights": every joint's part of the mesh in a
             colour of its own; "mesh": the mesh alone
    test     the last picture is one step before the first; twice drawn is twice the same
    """
    for number in range(count):
        yield picture(table, size, min(number, len(table.places) - 1), 360 * number / count, show)


def picture(table: Table, size: tuple[int, int], frame: int, around: float, show: Show = "skeleton") -> ndarray:
    """Draw one picture, from `around` degrees."""
    camera = _camera(table, size, frame, around)
    made = sheet(size, PAPER)
    strokes = np.zeros(size[::-1], np.float32)
    if show == "skeleton" or table.follow is None:
        for stroke in _bones(table, camera, frame):
            brush(strokes, stroke)
    if table.follow is None:
        return colour.srgb(inked(made, strokes + _shadow(table, table.places[frame], camera), INK))
    vertices = table.follow(frame).astype(float)
    ink, cover = wash(table.painted, vertices, normals(vertices, table.painted.faces), camera)
    if show == "weights":
        made = made * _stained(table, vertices, camera)
    made = inked(made, ink * (1 if show == "mesh" else THIN) + _shadow(table, vertices, camera) * (1 - cover), INK)
    return colour.srgb(inked(made, strokes, SEAL))


def _camera(table: Table, size: tuple[int, int], frame: int, around: float) -> Camera:
    focal = LENS / 36 * size[0]
    tall = table.high + table.wide * np.sin(np.radians(ABOVE))
    away = max(2 * focal * tall / (FILL * size[1]), 2 * focal * table.wide / (FILL * size[0])) + 0.6 * table.wide
    target = table.gaze[frame]
    return look_at(orbit(target, distance=away, around=around, above=ABOVE), target, lens=LENS, size=size)


def _bones(table: Table, camera: Camera, frame: int) -> Iterator[Stroke]:
    """Every bone one stroke, broad near the joint that turns it."""
    pixels, depth = camera.project(table.places[frame])
    share, breadth = np.array(BONE).T
    for joint, parent in enumerate(table.parents.tolist()):
        if parent < 0:
            continue
        long = float(np.linalg.norm(table.places[frame, joint] - table.places[frame, parent]))
        scale = camera.focal / max(depth[joint], 1e-9)
        half = min(0.075 * long, 0.022 * table.high) * scale
        if long * scale > 1:
            line = pixels[parent] + share[:, None] * (pixels[joint] - pixels[parent])
            still = np.zeros(len(share))
            yield Stroke(line, np.maximum(half * breadth, 0.0011 * camera.size[1]), still + 0.92, share, still,
                         seed=joint)


def _tints(rig: Rig) -> ndarray:
    """Light that passes each vertex (n, 3): watercolours of the joints, mixed by their weights."""
    number = np.arange(len(rig.skeleton.names))
    hue = (number * GOLDEN % 1)[:, None] + np.array([0, 1 / 3, 2 / 3])
    paint = 0.42 + 0.58 * np.clip(0.5 + np.cos(2 * np.pi * hue), 0, 1)
    weights = rig.skin.weights / np.maximum(rig.skin.weights.sum(1, keepdims=True), 1e-9)
    return np.einsum("vk,vkc->vc", weights, paint[rig.skin.joints])


def _stained(table: Table, vertices: ndarray, camera: Camera) -> ndarray:
    """Light that passes the colours of the weights, (height, width, 3)."""
    width, height = camera.size
    seen = raster(Camera(camera.world_from_camera, camera.lens, (2 * width, 2 * height)), vertices, table.painted.faces)
    pixels, values = spread(seen, table.painted.faces, table.tints)
    made = np.ones((4 * width * height, 3), np.float32)
    made[pixels] = values
    return made.reshape(height, 2, width, 2, 3).mean((1, 3))


def _shadow(table: Table, points: ndarray, camera: Camera) -> ndarray:
    """A pale wash on the floor under a body, the stronger the nearer it is: (height, width)."""
    ground = table.gaze[0, 1] - table.high
    near = np.clip(1 - (points[:, 1] - ground) / (0.7 * table.high), 0, 1) ** 2
    below = points * (1, 0, 1) + (0, ground, 0)
    width, height = (-(-side // COARSE) for side in camera.size)
    pixels, _ = camera.project(below)
    column, row = (pixels / COARSE).astype(int).T
    field = np.zeros((height, width), np.float32)
    kept = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    np.maximum.at(field, (row[kept], column[kept]), near[kept].astype(np.float32))
    soft = np.float32(0.25) * blur(field, height / 70) + np.float32(0.2) * blur(field, height / 24)
    return np.repeat(np.repeat(blur(soft, 1.0), COARSE, 0), COARSE, 1)[:camera.size[1], :camera.size[0]]
