"""A moving skeleton drawn as an ink figure: every limb one movement of the brush."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy import ndarray

from marrow.bones.drawing.body import painted, posed, sticks
from marrow.bones.drawing.wash import Painted, wash
from marrow.bones.skeleton import Build, facing
from marrow.draw import colour
from marrow.draw.camera import Camera, look_at, orbit, smoothed
from marrow.draw.noise import blur
from marrow.draw.paper import sheet
from marrow.draw.strokes import Stroke, brush, inked

LENS = 50.0                # mm on a back 36 mm wide
LIGHT = (0.42, 1.0, -0.30)  # towards the lamp that throws the shadow, camera's right, up, towards the camera
COARSE = 4                 # pixels of the picture to one of the shadow
FADING = 5                 # echoes of earlier poses


@dataclass(frozen=True)
class Scene:
    """A whole shot, ready to be drawn frame by frame.

    places    (frames, joints, 3) world, Y up, metres
    plan      how the skeleton is built
    ground    height of the floor, metres
    gaze      (frames, 3) what the camera looks at
    front     degrees the body faces
    lift      (frames,) how much higher the motion itself has it, metres
    """

    places: ndarray
    plan: Build
    ground: float
    gaze: ndarray
    front: float
    lift: ndarray


@dataclass(frozen=True)
class Skinned:
    """A mesh that follows the motion: `pose` gives vertices and normals (n, 3) of a frame, in the motion's world."""

    paint: Painted
    pose: Callable[[int], tuple[ndarray, ndarray]]


@dataclass(frozen=True)
class Look:
    """How the shot is seen and drawn; see `marrow.bones.steps.figure` for what the words mean."""

    size: tuple[int, int]
    look: str
    paper: str
    ink: str
    turn: float
    side: float
    fill: float
    echo: int
    form: str = "body"


def staged(places: ndarray, plan: Build, rate: float) -> Scene:
    """Find the floor and what the camera follows, smoothly.

    A capture drifts up and down over seconds; the floor follows the lowest foot of 0.8 s around, a jump does not
    lift it.
    """
    body = sorted({joint for chain in (plan.trunk, *plan.limbs, *plan.twigs) for joint in chain})
    lowest = places[:, body, 1].min(1)
    reach = max(1, round(0.4 * rate))
    padded = np.pad(lowest, reach, mode="edge")
    floor = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).min(1)
    places = places.copy()
    lift = smoothed(floor[:, None], 0.3 * rate)
    places[..., 1] -= lift
    ground = -0.012 * plan.tall
    middle = places[:, plan.trunk[0]].copy()
    middle[:, 1] = ground + 0.49 * plan.tall
    rise = np.maximum(0, places[..., 1].max(1) - ground - 1.12 * plan.tall)
    middle[:, 1] += 0.5 * smoothed(rise[:, None], 0.5 * rate)[:, 0]
    return Scene(places, plan, ground, smoothed(middle, 0.55 * rate), facing(places, plan), lift[:, 0])


def camera_at(scene: Scene, look: Look, frame: int) -> Camera:
    """The camera of one frame: it travels round the body from one side to the other, starting and ending gently."""
    share = frame / max(1, len(scene.places) - 1)
    way = share * share * (3 - 2 * share) - 0.5
    width, height = look.size
    focal = LENS / 36 * width
    room = min(height, 1.15 * width)
    away = scene.plan.tall * focal / (look.fill * room)
    target = scene.gaze[frame]
    eye = orbit(target, distance=away, around=scene.front + look.side + look.turn * way, above=7)
    return look_at(eye, target - (0, 0.035 * scene.plan.tall, 0), lens=LENS, size=look.size)


def pictures(scene: Scene, look: Look, mesh: Skinned | None = None) -> Iterator[ndarray]:
    """Draw the frames of a shot: (height, width, 3) uint8 sRGB each."""
    for frame in range(len(scene.places)):
        yield picture(scene, look, frame, mesh)


def picture(scene: Scene, look: Look, frame: int, mesh: Skinned | None = None) -> ndarray:
    """Draw one frame: (height, width, 3) uint8 sRGB."""
    camera = camera_at(scene, look, frame)
    ink, far = np.zeros(look.size[::-1], np.float32), np.zeros(look.size[::-1], np.float32)
    for back in range(FADING if look.echo else 0, 0, -1):
        past = frame - round(back * look.echo / FADING)
        if past >= 0:
            _body(ink, scene, camera, past, look.form, mesh, strength=0.34 * (1 - back / (FADING + 1)))
    _body(ink, scene, camera, frame, look.form, mesh, strength=1.0)
    _line(far, scene, look, camera)
    np.maximum(ink, far * (1 - np.minimum(3 * ink, 1)), out=ink)
    base, paint = (look.paper, look.ink) if look.look == "ink" else (look.ink, look.paper)
    return _printed(sheet(look.size, base), ink, _floor(scene, camera, frame), paint, look.look)


def _printed(ground: ndarray, ink: ndarray, floor: ndarray, paint: str, look: str) -> ndarray:
    glow = blur(np.ascontiguousarray(ink[::COARSE, ::COARSE]), 0.012 * ink.shape[0] / COARSE)
    if look == "ink":
        bleed = _wide(np.float32(0.10) * glow + floor, ink.shape)
        return colour.srgb(inked(ground, ink + bleed * (1 - np.minimum(ink, 1)), paint))
    lit = (ink + _wide(np.float32(0.25) * glow, ink.shape))[..., None] * colour.hex(paint)
    return colour.srgb(ground * (1 + np.float32(1.5) * _wide(floor, ink.shape)[..., None]) + lit)


def _body(ink: ndarray, scene: Scene, camera: Camera, frame: int, form: str, mesh: Skinned | None, *,
          strength: float) -> None:
    if mesh:
        vertices, normals = mesh.pose(frame)
        laid, cover = wash(mesh.paint, vertices - (0, scene.lift[frame], 0), normals, camera)
        ink *= 1 - cover * min(strength, 1.0)
        np.maximum(ink, laid * strength, out=ink)
        return
    strokes = sticks if form == "bones" else painted
    for stroke, cover in strokes(posed(scene.plan, scene.places[frame], camera)):
        brush(ink, replace(stroke, ink=stroke.ink * strength), cover=cover)


def _floor(scene: Scene, camera: Camera, frame: int) -> ndarray:
    """A pale wash on the floor that begins at the feet and fades away from the lamp, coarse: (height, width)."""
    plan = scene.plan
    right, toward = camera.world_from_camera[:3, 0], camera.world_from_camera[:3, 2]
    lamp = LIGHT[0] * right + np.array([0, LIGHT[1], 0]) + LIGHT[2] * toward
    places = scene.places[frame]
    high = np.maximum(places[:, 1:2] - scene.ground, 0)
    cast = places - high * lamp
    cast[:, 1] = scene.ground
    fading = np.clip(1 - high[:, 0] / (0.85 * plan.tall), 0, 1) ** 1.5
    width, height = (-(-side // COARSE) for side in camera.size)
    coarse = Camera(camera.world_from_camera, camera.lens * (camera.size[0] / COARSE) / width, (width, height))
    pixels, depth = coarse.project(cast)
    small = np.zeros((height, width), np.float32)
    legs = (chain for chain, arm in zip(plan.limbs, plan.arms, strict=True) if not arm)
    for chain in (*legs, plan.trunk):
        joints = list(chain)
        if len(joints) > 1 and (depth[joints] > 0.05 * plan.tall).all():
            thick = 0.034 * plan.tall * coarse.focal / depth[joints]
            still = np.zeros(len(joints))
            brush(small, Stroke(pixels[joints], thick, fading[joints], still, still))
    unit = height / 180
    return np.float32(0.17) * blur(small, 1.6 * unit) + np.float32(0.24) * blur(small, 6.0 * unit)


def _line(ink: ndarray, scene: Scene, look: Look, camera: Camera) -> None:
    """A hint of the floor: one dry stroke of thin ink behind the figure, still in the world while the camera moves."""
    tall = scene.plan.tall
    centre = scene.gaze.mean(0)
    turn = np.radians(scene.front + look.side)
    across = np.array([np.cos(turn), 0, -np.sin(turn)])
    toward = np.array([np.sin(turn), 0, np.cos(turn)])
    start = np.array([centre[0], scene.ground, centre[2]]) - 0.62 * tall * toward
    share = np.linspace(0, 1, 73)
    line = start + across * ((share * 4.4 - 2.3) * tall)[:, None]
    line[:, 1] += 0.010 * tall * (np.sin(share * 11.0) + 0.5 * np.sin(share * 23.0 + 1))
    pixels, depth = camera.project(line)
    if (depth <= 0.05 * tall).any():
        return
    press = np.clip(0.42 + 0.5 * np.sin(share * 15.0 + 0.6) + 0.42 * np.sin(share * 37.0 + 2.0), 0, 1)
    width = (0.0012 + 0.0050 * press) * tall * camera.focal / depth
    fade = 0.42 * press * np.sin(np.pi * share) ** 0.6
    brush(ink, Stroke(pixels, width, fade, share * 2.4, 0.8 * np.sin(share * 19), 0.0, 0.004 * camera.size[1], 7))


def _wide(field: ndarray, shape: tuple[int, int]) -> ndarray:
    """A coarse field at the picture's size, smoothly."""
    from PIL import Image

    height, width = shape
    grown = (field.shape[1] * COARSE, field.shape[0] * COARSE)
    made = np.asarray(Image.fromarray(field).resize(grown, Image.Resampling.BICUBIC))
    return np.maximum(made[:height, :width], 0)
