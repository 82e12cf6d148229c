"""Flying through a scan: the camera's way, points that gather out of dust, light or ink."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from marrow.draw import axes, colour, points
from marrow.draw.camera import Camera, Journey, journey, look_at, orbit
from marrow.draw.noise import blur
from marrow.draw.paper import sheet
from marrow.errors import InputError
from marrow.media import Cloud, Source

LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
ROOM = 0.9       # share of the picture that a place fills with the camera of its own
LENS = 35.0       # mm
LATE = 0.55       # share of the gathering by which the last point starts later than the first
COARSE = 4        # pixels of the picture to one of the glow
MOST = 400_000    # points drawn
TIMES = 4         # sparks at most that one point of the scan becomes
EXPOSED = 0.16    # mean light of a place on the film, whatever its colours
SOFT = 0.13       # of its light a pixel gives to each neighbour
FILM = 4096       # steps of the film's curve to one unit of light
BRIGHTEST = 8.0   # light at which the film is white
CURVE = colour.srgb(1 - np.exp(-(np.arange(int(BRIGHTEST * FILM) + 1) + 0.5) / FILM))


@dataclass(frozen=True)
class Place:
    """A scan ready to be filmed: Y up, its middle at zero.

    points     (n, 3) float32 metres;  colours: (n, 3) float32 linear light
    middle     (3,) float64: where zero lies in the cloud, its origin not added
    throws     (n, 4) float32 0..1, fixed dice of each point
    sparks     (n,) float32 about 1, how bright each point is by chance: few are very bright
    exposure   how much more or less light reaches the film
    radius     metres from the middle to the robust bounds;  box: (3,) half sides
    spacing    metres between neighbouring points
    """

    points: ndarray
    colours: ndarray
    middle: ndarray
    throws: ndarray
    sparks: ndarray
    exposure: float
    radius: float
    box: ndarray
    spacing: float


@dataclass(frozen=True)
class Look:
    """How a place is drawn; see `marrow.places.steps.fly` for what the words mean."""

    size: tuple[int, int]
    look: str
    ground: str
    paint: str
    point: float
    fog: float
    gather: float
    scatter: float


def settled(cloud: Cloud, times: int = 1, seed: int = 0) -> Place:
    """Move a cloud's middle to zero, thin it fairly; or make its surfaces denser.

    times     each point becomes so many along its surface, as long as they are not too many
    seed      another one, another dust
    raises    InputError  no points, or none that are numbers
    """
    good = np.flatnonzero(np.isfinite(cloud.points).all(1)) if len(cloud.points) else np.zeros(0, int)
    if not len(good):
        raise InputError("places.empty")
    chosen = good[points.thinned(len(good), MOST)]
    local = cloud.points[chosen].astype(np.float64)
    low, high = np.percentile(local, (2, 98), axis=0)
    middle = np.round((low + high) / 2, 3)
    box = np.maximum((high - low) / 2, 1e-3 * max(1e-6, float((high - low).max())))
    placed = (local - middle).astype(np.float32)
    apart = points.spacing(placed) or 1e-3
    light = _shade(placed, box) if cloud.colours is None else cloud.colours[chosen].astype(np.float32)
    times = max(1, min(times, MOST // len(chosen)))
    if times > 1:
        placed, light = denser(placed, apart, times), np.tile(light, (times, 1))
        chosen = (chosen + np.arange(times)[:, None] * len(cloud.points)).ravel()
    throws = np.stack([points.dice(chosen, salt + 101 * seed) for salt in (11, 12, 13, 14)], axis=1)
    sparks = (0.5 - 0.5 * np.log1p(-points.dice(chosen, 15).astype(np.float64))).astype(np.float32)
    shine = EXPOSED / max(float((light * LUMA).sum(1, np.float64).mean()), EXPOSED / 4)
    return Place(placed, light, middle, throws, sparks, shine, float(np.linalg.norm(box)) or 1.0, box,
                 apart / times ** 0.5)


def denser(placed: ndarray, apart: float, times: int) -> ndarray:
    """Strew each point's like round it along its surface, or along its edge: (times · n, 3) float32, itself first.

    apart    metres between neighbouring points
    test     points of a plane stay in the plane, those of a line on the line
    """
    cell = np.floor((placed - placed.min(0)) / (3.5 * apart)).astype(np.int64) @ np.array([1, 1 << 20, 1 << 40])
    _, mine, count = np.unique(cell, return_inverse=True, return_counts=True)
    mean = np.stack([np.bincount(mine, axis) for axis in placed.T.astype(np.float64)], axis=1) / count[:, None]
    off = placed - mean[mine]
    spread = np.stack([np.bincount(mine, off[:, i] * off[:, k]) for i in range(3) for k in range(3)], axis=1)
    long, axes = np.linalg.eigh(spread.reshape(-1, 3, 3))
    reach = np.sqrt(np.maximum(long, 0) / np.maximum(long[:, 2:], 1e-12))  # across a thin thing: hardly
    reach *= apart * np.minimum(1, 3 / np.sqrt(count))[:, None]
    steps = axes * reach[:, None, :]
    made = [placed]
    for copy in range(1, times):
        index = np.arange(len(placed)) + copy * len(placed)
        throw = [points.dice(index, salt) + points.dice(index, salt + 1) - 1 for salt in (21, 23)]
        made.append(placed + throw[0][:, None] * steps[mine, :, 2] + throw[1][:, None] * steps[mine, :, 1])
    return np.concatenate(made).astype(np.float32)


def _shade(local: ndarray, box: ndarray) -> ndarray:
    """Colours for a scan without any: pale below, warm above."""
    share = np.clip(local[:, 1:2] / (2 * box[1]) + 0.5, 0, 1).astype(np.float32)
    return (0.42 + 0.3 * share) * np.array([1.0, 0.95, 0.86], np.float32)


def way_by(place: Place, size: tuple[int, int], seconds: float) -> Journey:
    """A camera of the place's own: slowly round it, coming nearer, from as high as the place is flat."""
    x, y, z = place.box
    flat = float(np.clip(1 - y / max(np.hypot(x, z) * 0.5, 1e-9), 0, 1))
    above = 9 + 27 * flat
    wide = np.hypot(x, z) * (0.92 - 0.12 * flat)
    tall = y * np.cos(np.radians(above)) + np.hypot(x, z) * np.sin(np.radians(above)) * 0.8
    focal = LENS / 36 * size[0]
    away = max(wide * focal / (ROOM * size[0] / 2), tall * focal / (ROOM * size[1] / 2)) + 0.35 * np.hypot(x, z)
    rows = []
    for share in (0.0, 0.5, 1.0):
        eye = orbit((0, 0, 0), distance=away * (1.08 - (0.13 + 0.2 * flat) * share), around=-26 + 52 * share,
                    above=above + 4 - 6 * share)
        rows.append([*eye, 0, -0.04 * y, 0])
    return journey(seconds * np.array([0.0, 0.5, 1.0]), rows)


def way_along(cloud: Cloud, place: Place, table: tuple[tuple[float, ...], ...]) -> Journey:
    """The camera's way through the way-points of a director, in the coordinates of the cloud's file.

    table     rows of seconds, eye x y z, target x y z; seconds ascending
    raises    InputError  rows of another length, or times that do not ascend
    """
    rows = np.asarray(table, float)
    if rows.shape[1] != 7 or not np.isfinite(rows).all():
        raise InputError("places.camera", found=rows.shape[1])
    if (np.diff(rows[:, 0]) <= 0).any():
        raise InputError("places.times")
    file = cloud.sources[0] if cloud.sources else Source("")
    ends = axes.upright(rows[:, 1:].reshape(-1, 2, 3) * file.unit, file.axes) - cloud.origin - place.middle
    return journey(rows[:, 0], ends.reshape(-1, 6))


def pictures(place: Place, way: Journey, look: Look, count: int, rate: float) -> Iterator[ndarray]:
    """Draw the frames of a flight: (height, width, 3) uint8 sRGB each."""
    draw = _lit if look.look == "light" else _inked
    ground = night(look.size, look.ground) if look.look == "light" else sheet(look.size, look.ground)
    for frame in range(count):
        time = frame / rate
        spot = way.at(time)
        camera = look_at(spot[:3], spot[3:], lens=LENS, size=look.size)
        there = presence(place.throws, time, count / rate, look.gather, look.scatter)
        away = max(float(np.linalg.norm(spot[3:] - spot[:3])), 0.25 * place.radius)
        yield draw(place, camera, look, ground, there, away)


def presence(throws: ndarray, time: float, total: float, gather: float, scatter: float) -> ndarray:
    """How far each point has come out of the dust: (n,) float32, 0 not there, 1 in its place.

    test    all 1 between gathering and scattering, all 0 at the very beginning of a gathering
    """
    made = np.ones(len(throws), np.float32)
    for span, passed in ((gather, time), (scatter, total - time)):
        if span > 0 and passed < span:
            share = np.clip(passed / span * (1 + LATE) - LATE * throws[:, 0], 0, 1).astype(np.float32)
            made = np.minimum(made, 1 - (1 - share) ** 3)
    return made


def moved(place: Place, there: ndarray) -> ndarray:
    """Where the points are while they gather: dust drifts in from above and around, turning about the middle."""
    if (there == 1).all():
        return place.points
    left = 1 - there
    angle = left * (0.5 + 0.9 * place.throws[:, 1])
    sine, cosine = np.sin(angle), np.cos(angle)
    x, y, z = place.points.T
    drift = (place.throws[:, 1:4] - np.float32(0.5)) * np.float32(1.5 * place.radius)
    made = np.stack([x * cosine + z * sine, y + left * np.float32(0.25 * place.radius), z * cosine - x * sine], axis=1)
    return (made + left[:, None] * drift).astype(np.float32)


def _seen(place: Place, camera: Camera, look: Look, there: ndarray, away: float) -> tuple[ndarray, ...]:
    """Where each point falls, how deep (-1 if nowhere), its radius in pixels, how much is there, how dim it is."""
    pixels, depth = camera.project(moved(place, there))
    depth = np.where((depth > 0.02 * away) & (there > 0), depth, np.float32(-1))
    radius = np.float32(0.75 * look.point * place.spacing * camera.focal) / np.abs(depth)
    near = np.clip((depth - np.float32(0.02 * away)) * np.float32(10 / away), 0, 1)
    far = np.maximum(depth * np.float32(1 / away) - np.float32(0.72), 0)
    dim = np.float32(look.fog) * (1 - np.exp(far * np.float32(-1.7)))
    return pixels, depth, radius, near * there * (np.float32(0.35) + np.float32(0.65) * there), dim


def night(size: tuple[int, int], paint: str) -> ndarray:
    """The sky behind the lights, paler low down: (height, width, 3) float32 light before the film's curve."""
    y = (np.arange(size[1], dtype=np.float32)[:, None] + 0.5) / size[1]
    x = (np.arange(size[0], dtype=np.float32) + 0.5) / size[0] * 2 - 1
    fall = 0.65 + 1.4 * np.exp(-((y - 0.5) / 0.28) ** 2) * (1 - 0.5 * x * x)
    return -np.log1p(-np.minimum(sheet(size, paint, grain=0.5) * fall[..., None], 0.99)).astype(np.float32)


def _lit(place: Place, camera: Camera, look: Look, ground: ndarray, there: ndarray, away: float) -> ndarray:
    """Points of light in the night, added up as on a long exposure, with a breath of glow."""
    pixels, depth, radius, whole, dim = _seen(place, camera, look, there, away)
    fine = look.size[1] / 720
    area = np.minimum(radius, np.float32(1.6 * fine)) ** 2 * np.float32(1.8 * place.exposure)
    area *= whole * (1 - dim) * place.sparks
    shine = points.glimmer(pixels, depth, (place.colours.T * area).T, look.size[::-1])
    made = np.empty((look.size[1], look.size[0], 3), np.uint8)
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


def _inked(place: Place, camera: Camera, look: Look, ground: ndarray, there: ndarray, away: float) -> ndarray:
    """Ink points on paper: dark things take more ink, folds gather it."""
    from marrow.draw.strokes import inked

    pixels, depth, radius, whole, dim = _seen(place, camera, look, there, away)
    area = np.float32(3.1416) * np.minimum(radius, np.float32(points.LARGEST)) ** 2
    grey = np.sqrt((place.colours * LUMA).sum(1))
    tint = ((np.float32(0.9) - grey) * np.float32(1.5) + np.float32(0.12)).clip(0.06, 1.5) * (1 - dim)
    layer = points.splat(pixels, depth, radius, np.maximum(area, 0.05) * whole, tint[:, None], look.size[::-1],
                         through=0.03)
    form = np.exp(-np.float32(1.1) * points.relief(layer.depth))
    cover = 1 - np.exp(-np.float32(1.0) * layer.weight)
    depth = cover * (layer.colour[..., 0] * np.float32(0.62) + (1 - form) * np.float32(0.75))
    return colour.srgb(inked(ground, depth, look.paint))
