"""How a place looks on the film: points of light in the night, ink on paper, or its own colours."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy import ndarray

from marrow.draw import colour, exact
from marrow.draw.camera import Camera
from marrow.draw.gaussians import splatted
from marrow.draw.lights import shed, veiled
from marrow.draw.noise import blur
from marrow.draw.paper import sheet
from marrow.draw.shade import ambient, edges
from marrow.draw.splat import Exposure, Grains, expose
from marrow.draw.strokes import inked
from marrow.media import Splats
from marrow.places.memory.acts import State
from marrow.places.scene import LUMA

Kind = Literal["light", "ink", "colour"]
COARSE = 4                # pixels of the picture to one of the glow
SOFT = 0.13               # of its light a pixel gives to each neighbour
WIDEST = 1 / 30           # of the picture's height: no light out of focus is a larger disc
NEAR, FAR = 0.02, 1.0    # of the distance to what is looked at: where things are too near, where fog begins
REACH = 0.03              # of the distance to what is looked at: how far folds cast their shade
LAMP, DISC = 0.75, 1.3    # of the distance between points: radius of a light, of a point that closes a surface
FOLDS = 0.45              # ink that folds gather
SAMPLES = 8               # of lens and shutter for each frame of a surface
FILM = 4096               # steps of the film's curve to one unit of light
BRIGHTEST = 8.0           # light at which the film is white
CURVE = colour.srgb(1 - exact.exp(-(np.arange(int(BRIGHTEST * FILM) + 1) + 0.5) / FILM))


@dataclass(frozen=True)
class Look:
    """How a place is drawn; see `marrow.places.steps.fly` for what the words mean.

    ground     the colour of night or paper;  paint: the colour of ink
    shaded     whether folds are darker in its own colours; a picture carries its own shade
    """

    kind: Kind
    ground: str
    paint: str
    point: float
    fog: float
    shaded: bool = True


def ground_for(look: Look, size: tuple[int, int]) -> ndarray:
    """What lies behind the points: night, paler low down, as light before the film's curve; else paper."""
    return _night(size, look.ground) if look.kind == "light" else sheet(size, look.ground)


def draw(now: State, spacing: float, camera: Camera, closing: Camera, look: Look, ground: ndarray, away: float,
         splats: Splats | None = None) -> ndarray:
    """Draw one frame: (height, width, 3) uint8 sRGB.

    now        the place as the shutter opens, with how far its points move until it closes
    spacing    metres between neighbouring points
    camera     when it opens, in the coordinates of `now`;  closing: when it closes
    away       metres to what is looked at: fog and nearness are told by it
    splats     the points as 3D Gaussians
    """
    radius = np.float32((LAMP if look.kind == "light" else DISC) * look.point * spacing)
    if look.kind == "light":
        return _lit(now, radius, camera, closing, look, ground, away)
    taken = exposed(now, radius, camera, closing, splats)
    if look.kind == "colour" and not (look.shaded and splats is None):
        return _coloured(taken, np.ones_like(taken.depth), look, ground, away)
    dark = _folds(taken.depth, camera.focal, REACH * away)
    return (_inked if look.kind == "ink" else _coloured)(taken, dark, look, ground, away)


def exposed(now: State, radius: float, camera: Camera, closing: Camera, splats: Splats | None = None) -> Exposure:
    """The frame as a compositor wants it: a surface of points, or splats, without ground, fog or ink."""
    if splats is not None:
        still = now.moved is None and np.array_equal(camera.world_from_camera, closing.world_from_camera) \
            and camera.lens == closing.lens
        return splatted(now.points, splats, camera, closing=closing, moved=now.moved, there=now.there, size=now.size,
                        samples=1 if still and not camera.blur else SAMPLES)
    grains = Grains(now.points, now.light, radius if now.size is None else radius * now.size, now.there, now.moved)
    return expose(grains, camera, closing=closing, samples=SAMPLES)


def _folds(depth: ndarray, focal: float, reach: float) -> ndarray:
    """How much light folds and far edges keep: (height, width) float32, from depth of half the size."""
    from PIL import Image

    height, width = depth.shape[0] // 2, depth.shape[1] // 2
    small = depth[:2 * height, :2 * width].reshape(height, 2, width, 2).min((1, 3))
    dark = (edges(small) * ambient(small, focal / 2, reach)).astype(np.float32)
    return np.asarray(Image.fromarray(dark).resize(depth.shape[::-1], Image.Resampling.BILINEAR))


def _lit(now: State, radius: float, camera: Camera, closing: Camera, look: Look, ground: ndarray,
         away: float) -> ndarray:
    """Points of light in the night, added up as on a long exposure, with a breath of glow."""
    shape, fine = camera.size[::-1], camera.size[1] / 720
    pixels, depth = camera.project(now.points)
    later, _ = closing.project(now.points if now.moved is None else now.points + now.moved)
    spread = np.minimum(camera.blur * np.abs(1 / max(camera.focus, 1e-9) - 1 / np.where(depth > 0, depth, np.inf)),
                        WIDEST * shape[0]) if camera.blur else None
    wide = radius * np.float32(camera.focal) / np.where(depth > 0, depth, np.inf)
    area = np.minimum(wide if now.size is None else wide * now.size, np.float32(1.6 * fine)) ** 2
    area *= np.float32(1.8) * _seen(depth, now.there, away) * (1 - _fog(depth, look, away))
    area *= veiled(pixels, np.where(now.there > 0, depth, np.float32(-1)), shape)
    area = area if now.mass is None else area * now.mass
    shine = shed(pixels, np.where(area > 0, depth, np.float32(-1)), now.light * area[:, None], shape,
                 travel=later - pixels, blur=spread)
    return _developed(shine, ground, fine)


def _seen(depth: ndarray, there: ndarray, away: float) -> ndarray:
    """How much of a point is seen: what comes too near the lens fades, what is hardly there is faint."""
    near = np.clip((depth - np.float32(NEAR * away)) * np.float32(10 / away), 0, 1)
    return near * there * (np.float32(0.35) + np.float32(0.65) * there)


def _fog(depth: ndarray, look: Look, away: float) -> ndarray:
    """How much fog lies before a depth, 0..1; it belongs to the place, so it does not swim."""
    if not look.fog:
        return np.zeros_like(depth)
    far = np.maximum(np.minimum(depth, np.float32(1e6)) * np.float32(1 / away) - np.float32(FAR), 0)
    return np.float32(look.fog) * (1 - exact.exp(far * np.float32(-1.7)).astype(np.float32))


def _developed(shine: ndarray, ground: ndarray, fine: float) -> ndarray:
    """Light on film, with what spills round it."""
    made = np.empty((*ground.shape[:2], 3), np.uint8)
    for k, field in enumerate(shine):
        glow = _glow(field, 2.5 * fine)
        _soften(field)
        field *= np.float32(0.8)
        field += glow
        field += ground[..., k]
        np.clip(field, 0, np.float32(BRIGHTEST), out=field)
        field *= np.float32(FILM)
        made[..., k] = CURVE[field.astype(np.uint16)]
    return made


def _soften(field: ndarray) -> None:
    """Spread a picture a little in place, so that a point is as sharp between two pixels as upon one."""
    for flat in (field, field.T):
        beside = flat[:-2] + flat[2:]
        beside *= np.float32(SOFT)
        flat *= np.float32(1 - 2 * SOFT)
        flat[1:-1] += beside


def _glow(field: ndarray, radius: float) -> ndarray:
    """What light spills round itself, a little close by and a little far away: (height, width) float32."""
    from PIL import Image

    near = Image.fromarray(field).reduce(COARSE)
    far = near.reduce(2)
    spilt = Image.fromarray(blur(np.asarray(far), radius) * np.float32(0.18))
    total = np.asarray(spilt.resize(near.size, Image.Resampling.BICUBIC)) + np.float32(0.18) * np.asarray(near)
    grown = Image.fromarray(total).resize((near.width * COARSE, near.height * COARSE), Image.Resampling.BILINEAR)
    return np.asarray(grown)[:field.shape[0], :field.shape[1]]


def _night(size: tuple[int, int], paint: str) -> ndarray:
    """The sky behind the lights: (height, width, 3) float32 light before the film's curve."""
    y = (np.arange(size[1], dtype=np.float32)[:, None] + 0.5) / size[1]
    x = (np.arange(size[0], dtype=np.float32) + 0.5) / size[0] * 2 - 1
    fall = 0.65 + 1.4 * exact.exp(-((y - 0.5) / 0.28) ** 2) * (1 - 0.5 * x * x)
    return -exact.log(1 - np.minimum(sheet(size, paint, grain=0.5) * fall[..., None], 0.99)).astype(np.float32)


def _inked(taken: Exposure, dark: ndarray, look: Look, ground: ndarray, away: float) -> ndarray:
    """Ink points on paper: dark things take more ink, folds gather it."""
    whole = np.maximum(taken.cover, np.float32(1e-6))
    grey = np.sqrt(np.maximum((taken.light * LUMA).sum(2) / whole, 0))
    tint = ((np.float32(0.9) - grey) * np.float32(1.5) + np.float32(0.12)).clip(0.06, 1.5)
    tint *= 1 - _fog(np.where(np.isfinite(taken.depth), taken.depth, away), look, away)
    return colour.srgb(inked(ground, taken.cover * (tint * np.float32(0.48) + FOLDS * (1 - dark)), look.paint))


def _coloured(taken: Exposure, dark: ndarray, look: Look, ground: ndarray, away: float) -> ndarray:
    """The place in its own colours, folds darker, what is far the colour of the ground."""
    fog = _fog(np.where(np.isfinite(taken.depth), taken.depth, away), look, away)[..., None]
    cover = taken.cover[..., None]
    return colour.srgb(taken.light * dark[..., None] * (1 - fog) + ground * (1 - cover * (1 - fog)))
