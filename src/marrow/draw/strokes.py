"""The ink brush: strokes of changing width and wetness, laid into a sheet of ink, and ink laid on paper.

A sheet is (height, width) float32, ink per area: 0 is bare paper, 1 the full ink. Strokes that overlap do not add
up, the stronger one stands; so their order does not matter. What is dry about a stroke is anchored to the stroke
itself, along and across, and does not swim when the stroke moves over the picture.
"""

from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from marrow.draw import colour

ALONG, ACROSS = 256, 64  # cells of the brush's hairs: along one unit of a stroke's own length, across its width
HAIRS = 1.2              # pixels of softness that every edge has at least: what keeps it smooth


@dataclass(frozen=True)
class Stroke:
    """One movement of the brush.

    points    (n, 2) pixels, x right and y down
    width     (n,) half of the breadth at each point, pixels
    ink       (n,) how much ink, 0..1
    way       (n,) the stroke's own length at each point, in a unit that does not change from frame to frame
    dry       0 a full brush, 1 a brush nearly empty: hairs part and leave paper between them
    wet       pixels over which the edge runs into the paper
    seed      which brush: another number, other hairs
    """

    points: ndarray
    width: ndarray
    ink: ndarray
    way: ndarray
    dry: float = 0.3
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


def brush(sheet: ndarray, stroke: Stroke, *, reserve: float = 0.0, gap: float = 3.0) -> None:
    """Lay one stroke into a sheet of ink, in place; only the stroke's own box is touched.

    reserve    0..1: how much of the ink below is left out under the stroke and a seam of `gap` pixels round it,
               as a painter leaves a thread of paper between a limb and the body behind it
    """
    box = _box(sheet, stroke, gap + HAIRS + stroke.wet)
    if box is None:
        return
    top, bottom, left, right = box
    near, way, side, ink = _nearest(stroke, box)
    part = sheet[top:bottom, left:right]
    share = (way - np.float32(stroke.way[0])) / np.float32(max(stroke.way[-1] - stroke.way[0], 1e-9))
    if reserve > 0:
        seam = np.float32(reserve) * _ramp(share * 4 - np.float32(0.6))
        part *= 1 - seam * _ramp((np.float32(gap) - near) / np.float32(HAIRS) + np.float32(0.5))
    soft = np.float32(HAIRS + stroke.wet)
    body = _ramp(np.float32(0.5) - near / soft)
    laid = ink * body * _hairs(stroke, way, side, share)
    np.maximum(part, laid, out=part)


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


def _nearest(stroke: Stroke, box: tuple[int, int, int, int]) -> tuple[ndarray, ndarray, ndarray, ndarray]:
    """For every pixel of a box: distance to the stroke's edge (inside below 0), way, side -1..1 and ink there."""
    top, bottom, left, right = box
    shape = bottom - top, right - left
    near = np.full(shape, 1e6, np.float32)
    way, side, ink = (np.zeros(shape, np.float32) for _ in range(3))
    for i in range(len(stroke.points) - 1):
        a, b = stroke.points[i], stroke.points[i + 1]
        reach = max(stroke.width[i], stroke.width[i + 1]) + stroke.wet + HAIRS + 5
        x0, y0 = np.floor(np.minimum(a, b) - reach - (left, top)).astype(int)
        x1, y1 = np.ceil(np.maximum(a, b) + reach - (left, top)).astype(int)
        x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, shape[1]), min(y1, shape[0])
        if x0 >= x1 or y0 >= y1:
            continue
        x = (np.arange(x0, x1, dtype=np.float32) + np.float32(left + 0.5 - a[0]))[None, :]
        y = (np.arange(y0, y1, dtype=np.float32) + np.float32(top + 0.5 - a[1]))[:, None]
        dx, dy = np.float32(b[0] - a[0]), np.float32(b[1] - a[1])
        long = max(np.float32(1e-6), dx * dx + dy * dy)
        share = np.clip((x * dx + y * dy) / long, 0, 1)
        off = np.hypot(x - share * dx, y - share * dy)
        half = np.float32(stroke.width[i]) + share * np.float32(stroke.width[i + 1] - stroke.width[i])
        gap = off - half
        here = slice(y0, y1), slice(x0, x1)
        won = gap < near[here]
        near[here] = np.where(won, gap, near[here])
        turn = np.sign(x * dy - y * dx)
        for field, value in ((way, np.float32(stroke.way[i]) + share * np.float32(stroke.way[i + 1] - stroke.way[i])),
                             (side, turn * np.minimum(off / np.maximum(half, np.float32(0.3)), 1)),
                             (ink, np.float32(stroke.ink[i]) + share * np.float32(stroke.ink[i + 1] - stroke.ink[i]))):
            field[here] = np.where(won, value, field[here])
    return near, way, side, ink


def _field() -> ndarray:
    """The hairs of the brush: (ALONG, ACROSS) float32 0..1, long along, fine across, without seams."""
    dice = np.random.Generator(np.random.PCG64(1851))
    made = np.zeros((ALONG, ACROSS))
    for long, fine, share in ((64, 1.0, 0.5), (20, 1.6, 0.3), (5, 1.0, 0.2)):
        rough = np.fft.rfft2(dice.normal(size=(ALONG, ACROSS)))
        u = np.fft.fftfreq(ALONG)[:, None] * long
        v = np.fft.rfftfreq(ACROSS)[None, :] * fine
        soft = np.fft.irfft2(rough * np.exp(-2 * (u * u + v * v) * np.pi), s=(ALONG, ACROSS))
        made += share * soft / soft.std()
    order = np.argsort(np.argsort(made.ravel(), kind="stable"), kind="stable")
    return (order.reshape(made.shape) / made.size).astype(np.float32)


FIELD = _field()


def _hairs(stroke: Stroke, way: ndarray, side: ndarray, share: ndarray) -> ndarray:
    """How much ink the hairs leave at each pixel, 0..1: a stroke begins wet and ends drier."""
    if stroke.dry <= 0:
        return np.float32(0.86) + np.float32(0.14) * _looked_up(way * 60, side * 5, stroke.seed)
    value = _looked_up(way * 48, side * 13, stroke.seed)
    cloud = _looked_up(way * 45, side * 3, stroke.seed + 5)
    empty = np.float32(stroke.dry) * (np.float32(0.35) + np.float32(0.95) * share) + np.float32(0.25) * (cloud - 0.5)
    gaps = _ramp((empty - value) / np.float32(0.2) + np.float32(0.5)) * _ramp(share * 5)
    half = np.interp(way, stroke.way, stroke.width).astype(np.float32)
    gaps *= _ramp((half - np.float32(2.5)) / np.float32(7))  # hairs thinner than a pixel would only sparkle
    return (1 - np.float32(0.8) * gaps) * (np.float32(0.8) + np.float32(0.2) * cloud)


def _looked_up(u: ndarray, v: ndarray, seed: int) -> ndarray:
    """The field of hairs at places (u, v) in its cells, between them smoothly."""
    u = u + np.float32((seed * 97) % ALONG + 4 * ALONG)
    v = v + np.float32((seed * 29) % ACROSS + 4 * ACROSS)
    i, j = u.astype(np.int32), v.astype(np.int32)
    s, t = u - i, v - j
    i, j, i1, j1 = i % ALONG, j % ACROSS, (i + 1) % ALONG, (j + 1) % ACROSS
    return ((FIELD[i, j] * (1 - t) + FIELD[i, j1] * t) * (1 - s)
            + (FIELD[i1, j] * (1 - t) + FIELD[i1, j1] * t) * s)
