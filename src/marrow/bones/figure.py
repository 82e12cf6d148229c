"""A moving skeleton drawn as an ink figure: every limb one movement of the brush."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from marrow.bones.skeleton import Build, facing
from marrow.draw import colour
from marrow.draw.camera import Camera, look_at, orbit, smoothed
from marrow.draw.noise import blur
from marrow.draw.paper import sheet
from marrow.draw.strokes import Stroke, brush, curve, inked

ARM = ((0.0, 0.024), (0.10, 0.030), (0.42, 0.016), (0.54, 0.021), (0.82, 0.0085), (0.90, 0.012), (1.0, 0.0025))
LEG = ((0.0, 0.040), (0.14, 0.046), (0.45, 0.023), (0.58, 0.031), (0.86, 0.0105), (0.91, 0.018), (1.0, 0.0035))
TRUNK = ((0.0, 0.050), (0.14, 0.053), (0.38, 0.040), (0.66, 0.066), (0.80, 0.054), (0.90, 0.018), (1.0, 0.015))
WIRE = ((0.0, 0.016), (0.5, 0.012), (1.0, 0.004))   # share of a chain's length, half breadth in body heights
HEAD = (0.128, 0.051)      # length and half breadth of the head, body heights
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
    """

    places: ndarray
    plan: Build
    ground: float
    gaze: ndarray
    front: float


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
    lens: float
    shadow: float
    echo: int


def staged(places: ndarray, plan: Build, rate: float) -> Scene:
    """Find the floor and what the camera follows, smoothly.

    A capture drifts up and down over seconds; the floor follows the lowest foot of 0.8 s around, a jump does not
    lift it.
    """
    lowest = places[..., 1].min(1)
    reach = max(1, round(0.4 * rate))
    padded = np.pad(lowest, reach, mode="edge")
    floor = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).min(1)
    places = places.copy()
    places[..., 1] -= smoothed(floor[:, None], 0.3 * rate)
    ground = -0.012 * plan.tall
    middle = places[:, plan.trunk[0]].copy()
    middle[:, 1] = ground + 0.49 * plan.tall
    rise = np.maximum(0, places[..., 1].max(1) - ground - 1.12 * plan.tall)
    middle[:, 1] += 0.5 * smoothed(rise[:, None], 0.5 * rate)[:, 0]
    return Scene(places, plan, ground, smoothed(middle, 0.55 * rate), facing(places, plan))


def camera_at(scene: Scene, look: Look, frame: int) -> Camera:
    """The camera of one frame: it travels round the body from one side to the other, starting and ending gently."""
    share = frame / max(1, len(scene.places) - 1)
    way = share * share * (3 - 2 * share) - 0.5
    width, height = look.size
    focal = look.lens / 36 * width
    room = min(height, 1.15 * width)
    away = scene.plan.tall * focal / (look.fill * room)
    target = scene.gaze[frame]
    eye = orbit(target, distance=away, around=scene.front + look.side + look.turn * way, above=7)
    return look_at(eye, target - (0, 0.035 * scene.plan.tall, 0), lens=look.lens, size=look.size)


def pictures(scene: Scene, look: Look) -> Iterator[ndarray]:
    """Draw the frames of a shot: (height, width, 3) uint8 sRGB each."""
    base, paint = (look.paper, look.ink) if look.look == "ink" else (look.ink, look.paper)
    ground = sheet(look.size, base)
    for frame in range(len(scene.places)):
        camera = camera_at(scene, look, frame)
        ink = np.zeros(look.size[::-1], np.float32)
        floor = _floor(scene, look, camera, frame)
        _line(ink, scene, look, camera)
        for back in range(FADING if look.echo else 0, 0, -1):
            past = frame - round(back * look.echo / FADING)
            if past >= 0:
                fade = 0.34 * (1 - back / (FADING + 1))
                _body(ink, scene, camera, past, strength=fade, dry=0.62)
        _body(ink, scene, camera, frame, strength=1.0, dry=0.0)
        yield _printed(ground, ink, floor, paint, look.look)


def _printed(ground: ndarray, ink: ndarray, floor: ndarray, paint: str, look: str) -> ndarray:
    if look == "ink":
        bleed = _wide(blur(np.ascontiguousarray(ink[::COARSE, ::COARSE]), 0.012 * ink.shape[0] / COARSE), ink.shape)
        return colour.srgb(inked(ground, ink + np.float32(0.10) * bleed + floor * (1 - np.minimum(ink, 1)), paint))
    glow = _wide(blur(np.ascontiguousarray(ink[::COARSE, ::COARSE]), 5), ink.shape)
    light = colour.hex(paint)
    lit = (ink + np.float32(0.25) * glow)[..., None] * light
    return colour.srgb(ground * (1 + np.float32(1.5) * floor[..., None]) + lit)


def _body(ink: ndarray, scene: Scene, camera: Camera, frame: int, *, strength: float, dry: float) -> None:
    """Lay down one pose: limbs behind the trunk, trunk and head, then limbs before it with a seam of paper."""
    plan, places = scene.plan, scene.places[frame]
    depth = camera.project(places)[1]
    middle = depth[list(plan.trunk)].mean()
    parts = []
    for number, (chain, arm) in enumerate(zip(plan.limbs, plan.arms, strict=True)):
        ahead = (middle - depth[list(chain[1:])].mean()) / plan.tall
        profile = (ARM if arm else LEG) if len(plan.limbs) <= 5 else WIRE
        parts.append((ahead, number, chain, profile))
    parts.sort()
    late = [part for part in parts if part[0] > 0]
    for ahead, number, chain, profile in parts:
        if ahead <= 0:
            _limb(ink, scene, camera, places, chain, profile, strength * float(np.clip(1 + 3.2 * ahead, 0.62, 1)),
                  dry, number + 1, 0.0)
    _trunk(ink, scene, camera, places, strength, dry)
    for ahead, number, chain, profile in late:
        _limb(ink, scene, camera, places, chain, profile, strength, dry, number + 1,
              float(np.clip(ahead / 0.07, 0, 1)) * 0.9 * strength)
    for number, chain in enumerate(plan.twigs):
        thin = ((0.0, 0.0045), (1.0, 0.0022))
        _stroke(ink, scene, camera, places[list(chain)], thin, 0.7 * strength, 0.2 + dry, 40 + number, 0.0)


def _limb(ink: ndarray, scene: Scene, camera: Camera, places: ndarray, chain: tuple[int, ...], profile: tuple,
          strength: float, dry: float, seed: int, reserve: float) -> None:
    """One limb: its root on the trunk as a short yoke, then the limb in one movement."""
    line = _distinct(places[list(chain)], 0.012 * scene.plan.tall)
    if len(line) > 3:
        yoke = ((0.0, 0.034), (1.0, profile[0][1] * 0.94))
        _stroke(ink, scene, camera, line[:2], yoke, 0.84 * strength, dry, seed + 20, 0.0)
        line = line[1:]
    _stroke(ink, scene, camera, line, profile, strength, dry + 0.16, seed, reserve)


def _trunk(ink: ndarray, scene: Scene, camera: Camera, places: ndarray, strength: float, dry: float) -> None:
    """Trunk, neck and head."""
    tall, trunk = scene.plan.tall, list(scene.plan.trunk)
    line = _distinct(places[trunk], 0.012 * tall)
    if len(line) < 2:
        centre = np.stack([places[trunk[0]], places[trunk[0]] + (0, 0.02 * tall, 0)])
        _stroke(ink, scene, camera, centre, ((0.0, 0.03), (1.0, 0.03)), strength, dry, 3, 0.0)
        return
    _stroke(ink, scene, camera, line, TRUNK, strength, dry, 3, 0.0)
    ahead = line[-1] - line[-2]
    ahead = ahead / max(float(np.linalg.norm(ahead)), 1e-9)
    long, half = HEAD
    skull = line[-1] + ahead * np.array([[0.012], [long * 0.5], [long - half]]) * tall
    round_ = ((0.0, half * 0.66), (0.5, half), (1.0, half * 0.93))
    _stroke(ink, scene, camera, skull, round_, strength, 0.3 * dry, 11, 0.0)


def _stroke(ink: ndarray, scene: Scene, camera: Camera, line: ndarray, profile: tuple, strength: float, dry: float,
            seed: int, reserve: float) -> None:
    """Project a line of places and draw it with a breadth that follows a profile along its length."""
    if len(line) < 2:
        return
    tall = scene.plan.tall
    rounded = curve(line, 6 if len(line) < 8 else 3)
    pixels, depth = camera.project(rounded)
    if (depth <= 0.05 * tall).any():
        return
    way = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(rounded, axis=0), axis=1))]) / tall
    share = way / max(way[-1], 1e-9)
    at, half = np.array(profile).T
    width = np.maximum(np.interp(share, at, half) * tall * camera.focal / depth, 0.45)
    fade = strength * (1.02 - 0.3 * share)
    wet = 0.35 + 0.0011 * camera.size[1]
    gap = 0.0045 * camera.size[1]
    brush(ink, Stroke(pixels, width, fade, way, dry, wet, seed), reserve=reserve, gap=gap)


def _floor(scene: Scene, look: Look, camera: Camera, frame: int) -> ndarray:
    """The shadow that a high lamp throws on the floor, as a soft wash: (height, width)."""
    if look.shadow <= 0:
        return np.zeros(look.size[::-1], np.float32)
    plan = scene.plan
    right, toward = camera.world_from_camera[:3, 0], camera.world_from_camera[:3, 2]
    lamp = LIGHT[0] * right + np.array([0, LIGHT[1], 0]) + LIGHT[2] * toward
    places = scene.places[frame]
    fall = np.maximum(places[:, 1:2] - scene.ground, 0) / lamp[1]
    cast = places - fall * lamp
    cast[:, 1] = scene.ground
    width, height = (-(-side // COARSE) for side in look.size)
    small = np.zeros((height, width), np.float32)
    coarse = Camera(camera.world_from_camera, camera.lens * (look.size[0] / COARSE) / width, (width, height))
    for chain, profile in [*((chain, ARM if arm else LEG) for chain, arm in zip(plan.limbs, plan.arms, strict=True)),
                           (plan.trunk, TRUNK)]:
        _stroke(small, scene, coarse, _distinct(cast[list(chain)], 0.004 * plan.tall), profile, 1.0, 0.0, 0, 0.0)
    unit = height / 180
    soft = 0.62 * blur(small, 1.3 * unit) + 0.5 * blur(small, 5.0 * unit)
    feet = np.array([[cast[:, 0].mean(), scene.ground, cast[:, 2].mean()]])
    pool = _pool(coarse, feet, plan.tall)
    return np.float32(look.shadow) * _wide(np.float32(0.42) * soft + pool, look.size[::-1])


def _pool(camera: Camera, place: ndarray, tall: float) -> ndarray:
    """A wide breath of grey on the floor, so that the figure stands somewhere: (height, width)."""
    pixels, depth = camera.project(place)
    width, height = camera.size
    reach = tall * camera.focal / max(float(depth[0]), 1e-6)
    x = (np.arange(width, dtype=np.float32) + 0.5 - pixels[0, 0]) / (0.95 * reach)
    y = (np.arange(height, dtype=np.float32) + 0.5 - pixels[0, 1]) / (0.13 * reach)
    return np.float32(0.10) * np.exp(-(y * y)[:, None] - (x * x)[None, :]).astype(np.float32)


def _line(ink: ndarray, scene: Scene, look: Look, camera: Camera) -> None:
    """A hint of the floor: one dry stroke of thin ink behind the figure, still in the world while the camera moves."""
    tall = scene.plan.tall
    centre = scene.gaze.mean(0)
    turn = np.radians(scene.front + look.side)
    across = np.array([np.cos(turn), 0, -np.sin(turn)])
    toward = np.array([np.sin(turn), 0, np.cos(turn)])
    start = np.array([centre[0], scene.ground, centre[2]]) - 0.62 * tall * toward
    share = np.linspace(0, 1, 25)
    line = start + across * ((share * 3.6 - 2.0) * tall)[:, None]
    line[:, 1] += 0.012 * tall * (np.sin(share * 11.0) + 0.5 * np.sin(share * 23.0 + 1))
    pixels, depth = camera.project(line)
    if (depth <= 0.05 * tall).any():
        return
    width = (0.0022 + 0.0045 * np.sin(share * 6.5 + 0.4) ** 4) * tall * camera.focal / depth
    fade = 0.22 * np.sin(np.pi * share) ** 0.8
    brush(ink, Stroke(pixels, width, fade, share * 1.1, 0.0, 1.4, 7))


def _distinct(line: ndarray, least: float) -> ndarray:
    """The line without joints that lie on the one before; its last place always stays."""
    kept = [0]
    for number in range(1, len(line)):
        if np.linalg.norm(line[number] - line[kept[-1]]) >= least:
            kept.append(number)
    if kept[-1] != len(line) - 1 and len(kept) > 1:
        kept[-1] = len(line) - 1
    return line[kept]


def _wide(field: ndarray, shape: tuple[int, int]) -> ndarray:
    """A coarse field at the picture's size, smoothly."""
    from PIL import Image

    height, width = shape
    grown = (field.shape[1] * COARSE, field.shape[0] * COARSE)
    made = np.asarray(Image.fromarray(field).resize(grown, Image.Resampling.BICUBIC))
    return np.maximum(made[:height, :width], 0)
