"""The ink brush: strokes of changing width and wetness, laid into a sheet of ink, and ink laid on paper.

A sheet is (height, width) float32, ink per area: 0 is bare paper, 1 the full ink. Strokes that overlap do not add
up, the stronger one stands; so their order does not matter. What is dry about a stroke is anchored to the stroke
itself, along and across, and does not swim when the stroke moves over the picture.
"""

from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from marrow.draw import colour

ALONG, ACROSS = 256, 64  # cells of the brush's fields: along one body of stroke, across its width
HAIRS = 1.2              # pixels of softness that every edge has at least: what keeps it smooth
THIN = 2.5               # pixels: half of the breadth below which hairs would only sparkle


@dataclass(frozen=True)
class Stroke:
    """One movement of the brush.

    points    (n, 2) pixels, x right and y down
    width     (n,) half of the breadth at each point, pixels
    ink       (n,) how much ink, 0..1
    way       (n,) the stroke's own length at each point, in a unit that does not change from frame to frame
    load      (n,) -1..1: which side of the brush carries the ink, 1 the one to the right of a stroke going down
    dry       share of the stroke at its end where the hairs part and run out one by one
    wet       pixels over which the edge runs into the paper where it runs most
    seed      which brush: another number, other hairs
    """

    points: ndarray
    width: ndarray
    ink: ndarray
    way: ndarray
    load: ndarray
    dry: float = 0.0
    wet: float = 1.0
    seed: int = 0


def curve(places: ndarray, parts: int) -> ndarray:
    """Round the corners of a line: centripetal Catmull-Rom through every place.

    places     (n, k), of any number of dimensions; the first 2 or 3 columns decide the spacing
    parts      pieces per span
    returns    ((n - 1) * parts + 1, k)
    source     Barry and Goldman 1988; centripetal knots, Yuksel and others 2011
    test       passes every place; a straight line stays straight
    """
    if len(places) < 3:
        share = np.linspace(0, 1, parts * (len(places) - 1) + 1)[:, None]
        return places[0] + share * (places[-1] - places[0])
    ends = np.concatenate([2 * places[:1] - places[1:2], places, 2 * places[-1:] - places[-2:-1]])
    gaps = np.maximum(np.linalg.norm(np.diff(ends[:, :3], axis=0), axis=1), 1e-9) ** 0.5
    share = np.arange(parts)[:, None] / parts
    made = []
    for i in range(len(places) - 1):
        a, b, c, d = ends[i:i + 4]
        k1, k2, k3 = np.cumsum(gaps[i:i + 3])
        t = k1 + (k2 - k1) * share
        ab, bc, cd = _mix(a, b, 0, k1, t), _mix(b, c, k1, k2, t), _mix(c, d, k2, k3, t)
        made.append(_mix(_mix(ab, bc, 0, k2, t), _mix(bc, cd, k1, k3, t), k1, k2, t))
    return np.concatenate([*made, places[-1:]])


def brush(sheet: ndarray, stroke: Stroke, *, cover: float = 0.0) -> None:
    """Lay one stroke into a sheet of ink, in place; only the stroke's own box is touched.

    cover    0..1: how much of the ink below the stroke hides, as a coat hides the leg behind it; never beyond its
             edge, and little where it begins, so that a sleeve grows out of its coat
    """
    box = _box(sheet, stroke, HAIRS + stroke.wet)
    if box is None:
        return
    top, bottom, left, right = box
    near, way, side, ink, load = _nearest(stroke, box)
    here = np.nonzero(near < HAIRS + stroke.wet)
    near, way, side, ink, load = (field[here] for field in (near, way, side, ink, load))
    body = _edge(stroke, near, way, side) * _end(stroke, way, side)
    laid = ink * body * _tone(stroke, way, side, load)
    part = sheet[top:bottom, left:right]
    begun = (way - np.float32(stroke.way[0])) / np.float32(max(0.2 * (stroke.way[-1] - stroke.way[0]), 1e-9))
    hidden = np.float32(cover) * _ramp((body - np.float32(0.7)) / np.float32(0.3)) * _ramp(begun)
    hidden *= _ramp(laid * np.float32(1.6))  # thin ink hides little: no pale seams
    part[here] = np.maximum(part[here] * (1 - hidden), laid)


def inked(paper: ndarray, sheet: ndarray, paint: str) -> ndarray:
    """Paper with ink on it, as light passes through ink: paper · (ink / paper) to the power of how much there is.

    paper      (height, width, 3) linear light;  sheet: (height, width) ink, 1 gives the ink's own colour
    returns    (height, width, 3) float32 linear light
    source     Beer-Lambert: light falls by an equal share in every layer
    test       two thin layers are one of their sum; no ink leaves the paper
    """
    made = paper.astype(np.float32, copy=True)
    rows, columns = np.flatnonzero(sheet.max(1) > 1e-4), np.flatnonzero(sheet.max(0) > 1e-4)
    if len(rows):
        box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        take = -np.log(np.maximum(colour.hex(paint), 0.004) / np.maximum(paper.mean((0, 1)), 0.01))
        made[box] *= np.exp(-sheet[box][..., None] * np.maximum(take, 0).astype(np.float32))
    return made


def _mix(a: ndarray, b: ndarray, low: float, high: float, at: ndarray) -> ndarray:
    return a + (b - a) * ((at - low) / (high - low))


def _ramp(value: ndarray) -> ndarray:
    share = np.clip(value, 0, 1)
    return share * share * (3 - 2 * share)


def _box(sheet: ndarray, stroke: Stroke, margin: float) -> tuple[int, int, int, int] | None:
    """Rows and columns that a stroke can touch, or None when it is outside or not a number."""
    if not (np.isfinite(stroke.points).all() and np.isfinite(stroke.width).all()):
        return None
    reach = stroke.width[:, None] + margin
    low, high = (stroke.points - reach).min(0), (stroke.points + reach).max(0)
    height, width = sheet.shape
    left, top = (int(max(0, value)) for value in np.floor(np.clip(low, -1, [width, height])))
    right, bottom = (int(value) for value in np.ceil(np.clip(high, 0, [width, height])))
    return (top, bottom, left, right) if left < right and top < bottom else None


def _nearest(stroke: Stroke, box: tuple[int, int, int, int]) -> tuple[ndarray, ...]:
    """For every pixel of a box: distance to the stroke's edge (inside below 0), way, side -1..1, ink and load there.

    Way goes on beyond the last point, so that hairs may end at different lengths.
    """
    top, bottom, left, right = box
    shape = bottom - top, right - left
    near = np.full(shape, 1e6, np.float32)
    fields = way, side, ink, load = [np.zeros(shape, np.float32) for _ in range(4)]
    last = len(stroke.points) - 2
    for i in range(last + 1):
        a, b = stroke.points[i], stroke.points[i + 1]
        reach = max(stroke.width[i], stroke.width[i + 1]) + stroke.wet + HAIRS
        x0, y0 = np.floor(np.minimum(a, b) - reach - (left, top)).astype(int)
        x1, y1 = np.ceil(np.maximum(a, b) + reach - (left, top)).astype(int)
        x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, shape[1]), min(y1, shape[0])
        if x0 >= x1 or y0 >= y1:
            continue
        x = (np.arange(x0, x1, dtype=np.float32) + np.float32(left + 0.5 - a[0]))[None, :]
        y = (np.arange(y0, y1, dtype=np.float32) + np.float32(top + 0.5 - a[1]))[:, None]
        dx, dy = np.float32(b[0] - a[0]), np.float32(b[1] - a[1])
        free = (x * dx + y * dy) / max(np.float32(1e-6), dx * dx + dy * dy)
        share = np.clip(free, 0, 1)
        off = np.hypot(x - share * dx, y - share * dy)
        half = _between(stroke.width, i, share)
        gap = off - half
        here = slice(y0, y1), slice(x0, x1)
        won = gap < near[here]
        np.copyto(near[here], gap, where=won)
        turn = np.clip((x * dy - y * dx) / np.maximum(np.hypot(dx, dy) * half, np.float32(0.3)), -1, 1)
        np.copyto(way[here], _between(stroke.way, i, np.maximum(free, 0) if i == last else share), where=won)
        np.copyto(side[here], turn, where=won)
        np.copyto(ink[here], _between(stroke.ink, i, share), where=won)
        np.copyto(load[here], _between(stroke.load, i, share), where=won)
    return near, *fields


def _between(values: ndarray, i: int, share: ndarray) -> ndarray:
    return np.float32(values[i]) + share * np.float32(values[i + 1] - values[i])


def _edge(stroke: Stroke, near: ndarray, way: ndarray, side: ndarray) -> ndarray:
    """How far the ink reaches, 0..1: crisp in most places, run into the paper in some."""
    runs = _looked_up(CLOUDS, way * 55, side * 2, stroke.seed + 3)
    soft = np.float32(HAIRS) + np.float32(stroke.wet) * _ramp((runs - np.float32(0.45)) * np.float32(2.5))
    shift = (runs - np.float32(0.5)) * np.float32(0.9 * stroke.wet)
    return _ramp(np.float32(0.5) - (near + shift) / soft)


def _tone(stroke: Stroke, way: ndarray, side: ndarray, load: ndarray) -> ndarray:
    """How dark the ink stands inside a stroke, 0..1: one side loaded, pools, and the streaks of single hairs."""
    bare = np.float32(0.5) * (1 - np.sign(load) * side)
    loaded = 1 - np.abs(load) * bare * bare
    pools = _looked_up(CLOUDS, way * 60, side * 3, stroke.seed)
    streaks = _looked_up(STREAKS, way * 34, side * 5, stroke.seed + 9)
    spread = np.float32(0.20) * streaks * _ramp(2 * pools - np.float32(0.4)) * _fine(stroke, way)
    return loaded * (1 - spread) * (np.float32(0.76) + np.float32(0.60) * pools) * (1 - np.float32(0.10) * side * side)


def _end(stroke: Stroke, way: ndarray, side: ndarray) -> ndarray:
    """How much ink the hairs still carry, 0..1: towards the end they part and stop, each at its own length."""
    if stroke.dry <= 0:
        return np.float32(1)
    long = np.float32(max(stroke.way[-1] - stroke.way[0], 1e-9))
    spent = ((way - np.float32(stroke.way[-1])) / long + np.float32(stroke.dry)) / np.float32(stroke.dry)
    hairs = _looked_up(STREAKS, way * 16, side * 17, stroke.seed)
    left = _ramp((np.float32(0.7) + np.float32(0.3) * hairs - spent) / np.float32(1.2) + np.float32(0.5))
    return 1 - _fine(stroke, way) * (1 - left)


def _fine(stroke: Stroke, way: ndarray) -> ndarray:
    """Where the stroke is broad enough for single hairs to show, 0..1."""
    half = np.interp(way, stroke.way, stroke.width).astype(np.float32)
    return _ramp((half - np.float32(THIN)) / np.float32(5))


def _field(kinds: tuple[tuple[float, float, float], ...], seed: int) -> ndarray:
    """A field of chance, evenly 0..1 and without seams: (ALONG, ACROSS) float32.

    kinds    how long, how wide, in cells, and how strong each of its layers is
    """
    dice = np.random.Generator(np.random.PCG64(seed))
    made = np.zeros((ALONG, ACROSS))
    for long, wide, share in kinds:
        rough = np.fft.rfft2(dice.normal(size=(ALONG, ACROSS)))
        u = np.fft.fftfreq(ALONG)[:, None] * long
        v = np.fft.rfftfreq(ACROSS)[None, :] * wide
        soft = np.fft.irfft2(rough * np.exp(-2 * (u * u + v * v) * np.pi), s=(ALONG, ACROSS))
        made += share * soft / soft.std()
    order = np.argsort(np.argsort(made.ravel(), kind="stable"), kind="stable")
    return (order.reshape(made.shape) / made.size).astype(np.float32)


STREAKS = _field(((64, 1.0, 0.5), (20, 1.6, 0.3), (5, 1.0, 0.2)), 1851)
CLOUDS = _field(((10, 5.0, 0.7), (3, 2.0, 0.3)), 1852)


def _looked_up(field: ndarray, u: ndarray, v: ndarray, seed: int) -> ndarray:
    """A field at places (u, v) in its cells, between them smoothly."""
    u = u + np.float32((seed * 97) % ALONG + 4 * ALONG)
    v = v + np.float32((seed * 29) % ACROSS + 4 * ACROSS)
    i, j = u.astype(np.int32), v.astype(np.int32)
    s, t = u - i, v - j
    i, j, i1, j1 = i % ALONG, j % ACROSS, (i + 1) % ALONG, (j + 1) % ACROSS
    return ((field[i, j] * (1 - t) + field[i, j1] * t) * (1 - s)
            + (field[i1, j] * (1 - t) + field[i1, j1] * t) * s)
