"""What can be measured on an upright body one unit tall that looks to +Z: arms, legs, trunk and neck."""

from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from marrow.bones.rigging.solid import Paths, Solid

BIN = 1.5          # thickness of the slices along an arm, in cubes
SKIN = 1.6         # cubes taken off a body so that what merely touches comes apart
ENTERS = 1.3       # an arm ends where its radius has grown by this and goes on growing
SLENDER = 3.5      # an arm is as many times as long as its radius at least
TOUCHING = 0.35    # thighs that touch are still two where the bridge is this thin against them


@dataclass(frozen=True)
class Limb:
    """A limb as slices from its tip inwards.

    line      (n, 3) middle of each slice
    radius    (n,) of a circle of the same area
    step      distance between slices, measured through the body
    end       distance from the tip at which the limb enters the trunk
    """

    line: ndarray
    radius: ndarray
    step: float
    end: float

    def at(self, distance: float) -> ndarray:
        """The middle of the limb so far from the tip; beyond its end it goes straight on."""
        last = max(int(self.end / self.step) - 3, 1)
        place = distance / self.step - 0.5
        if place <= last:
            return np.array([np.interp(place, np.arange(len(self.line)), self.line[:, axis]) for axis in range(3)])
        back = max(int(last * 0.7), 0)
        way = self.line[last] - self.line[back]
        way = way / max(float(np.linalg.norm(way)), 1e-9)
        return self.line[last] + way * (place - last) * self.step


@dataclass(frozen=True)
class Measures:
    """Everything that the joints are derived from.

    solid      the body
    arms       left and right, None where there is none to be seen
    arm        (x, y, z) bool: cubes of both arms
    crotch     height at which the legs part
    parted     share of the height below the crotch in which the legs are seen apart
    rows       height of each row of cubes
    legs       left and right (rows, 3): middle of each leg's slice; NaN where there is none
    boxes      left and right (rows, 2): back and front of each leg's slice
    trunk      (rows, 5) of what is no arm, near the middle: half width, middle z, back, front, area
    """

    solid: Solid
    arms: tuple[Limb | None, Limb | None]
    arm: ndarray
    crotch: float
    parted: float
    rows: ndarray
    legs: tuple[ndarray, ndarray]
    boxes: tuple[ndarray, ndarray]
    trunk: ndarray


def measured(solid: Solid, wrists: tuple[ndarray | None, ndarray | None] = (None, None)) -> Measures:
    """Measure a body that stands on y = 0, one unit tall, its mirror plane at x = 0.

    wrists    left and right, where they are known: an arm ends further in
    """
    paths = Paths(solid)
    places = solid.places()
    rows = solid.corner[1] + (np.arange(solid.inside.shape[1]) + 0.5) * solid.cube
    rough = _crotch(solid, np.zeros_like(solid.inside), rows, 0.62)[0]
    limbs, taken = [], np.zeros(len(places), bool)
    for side, wrist in zip((1, -1), wrists, strict=True):
        limb, mask = _arm(paths, places, side, rough, wrist)
        limbs.append(limb)
        taken |= mask
    arm = np.zeros_like(solid.inside)
    arm[tuple(paths.index[taken].T)] = True
    high = min((limb.at(limb.end)[1] for limb in limbs if limb), default=0.78)
    crotch, parted = _crotch(solid, arm, rows, 0.7 * high)
    if crotch < 0.36 * high or parted < 0.25:
        crotch, parted = 0.55 * high, 0.0
    legs, boxes = _legs(solid, arm, rows)
    return Measures(solid, tuple(limbs), arm, crotch, parted, rows, legs, boxes, _trunk(solid, arm))


def _crotch(solid: Solid, arm: ndarray, rows: ndarray, highest: float) -> tuple[float, float]:
    """Where the legs part, and over how much of the height below they are apart."""
    body = solid.inside & ~arm
    sides = solid.corner[0] + (np.arange(solid.inside.shape[0]) + 0.5) * solid.cube
    deep = body.sum(2)
    near = np.abs(sides) < 0.045
    thin = deep[near].min(0)
    wide = np.minimum(deep[sides > 0].max(0, initial=0), deep[sides < 0].max(0, initial=0))
    apart = (thin < TOUCHING * wide) & (wide > 0)
    top, since = 0.0, 0.0
    for row in np.flatnonzero((rows > 0.03) & (rows < highest)):
        if apart[row]:
            top, since = rows[row], 0.0
        else:
            since += solid.cube
            if since > 0.05 and top > 0.2:
                break
    below = (rows > 0.03) & (rows <= top)
    return top + solid.cube / 2, float(apart[below].mean()) if below.any() else 0.0


def _arm(paths: Paths, places: ndarray, side: int, crotch: float,
         wrist: ndarray | None) -> tuple[Limb | None, ndarray]:
    """The arm of one side (1 left, -1 right), and which cubes are its."""
    none = None, np.zeros(len(places), bool)
    reach = places[:, 0] * side
    high = places[:, 1] > 0.5 * crotch
    if not high.any():
        return none
    chest = paths.at(np.array([0.0, crotch + 0.45 * (1 - crotch) * 0.7, float(np.median(places[:, 2]))]))
    far = paths.lengths(chest)
    wanted = high & (reach > 0.5 * reach[high].max())
    if not wanted.any():
        return none
    tip = np.flatnonzero(wanted)[(far + 1.5 * reach)[wanted].argmax()]
    whole = paths.lengths(tip)
    core = (paths.depth > SKIN * paths.solid.cube) | (whole < 0.2 * whole[chest])
    core[chest] = True
    along = np.full(len(places), np.inf)
    along[core] = paths.lengths(tip, core)
    if not np.isfinite(along[chest]):
        along, core = whole, core | True
    step = BIN * paths.solid.cube
    count = int(along[chest] / step)
    if count < 12:
        return none
    near = along < count * step
    number = (along[near] / step).astype(int)
    held = np.bincount(number, minlength=count)
    line = np.stack([np.bincount(number, places[near, axis], count) for axis in range(3)], axis=1)
    line = line / np.maximum(held, 1)[:, None]
    radius = np.sqrt(held * paths.solid.cube ** 3 / step / np.pi)
    radius = radius + SKIN * paths.solid.cube * (np.arange(count) > 0.2 * whole[chest] / step)
    first = 0 if wrist is None else int(np.linalg.norm(line - wrist, axis=1).argmin()) + 3
    end = _entered(radius, first)
    if end is None or end * step < SLENDER * np.median(radius[:int(end)]):
        return none
    return Limb(line, radius, step, end * step), (along < end * step) & (reach > 0)


def _entered(radius: ndarray, first: int) -> float | None:
    """At which slice a limb widens into the trunk, None where it does not; `first` is known to be forearm."""
    for row in range(max(int(0.4 * len(radius)), first + 5), len(radius) - 4):
        usual = np.quantile(radius[max(int(0.4 * row), min(first, row - 5)):row - 2], 0.85)
        if radius[row] > ENTERS * usual and radius[row + 3:row + 12].max() > 1.25 * radius[row]:
            return float(row)
    return None


def _legs(solid: Solid, arm: ndarray, rows: ndarray) -> tuple[tuple, tuple]:
    body = solid.inside & ~arm
    sides = solid.corner[0] + (np.arange(body.shape[0]) + 0.5) * solid.cube
    depths = solid.corner[2] + (np.arange(body.shape[2]) + 0.5) * solid.cube
    lines, boxes = [], []
    for side in (1, -1):
        part = body & (sides * side > 0)[:, None, None]
        held = part.sum((0, 2)).astype(float)
        held[held == 0] = np.nan
        line = np.stack([(part.sum(2) * sides[:, None]).sum(0) / held, rows,
                         (part.sum(0) * depths).sum(1) / held], axis=1)
        some = part.any(0)
        box = np.full((len(rows), 2), np.nan)
        full = some.any(1)
        box[full, 0] = depths[some.argmax(1)[full]]
        box[full, 1] = depths[::-1][some[:, ::-1].argmax(1)[full]]
        lines.append(line)
        boxes.append(box)
    return tuple(lines), tuple(boxes)


def _trunk(solid: Solid, arm: ndarray) -> ndarray:
    """For each row of cubes: half width, middle z, back, front and area of the piece around the middle."""
    from scipy import ndimage

    body = solid.inside & ~arm
    sides = solid.corner[0] + (np.arange(body.shape[0]) + 0.5) * solid.cube
    depths = solid.corner[2] + (np.arange(body.shape[2]) + 0.5) * solid.cube
    made = np.full((body.shape[1], 5), np.nan)
    for row in range(body.shape[1]):
        pieces, count = ndimage.label(body[:, row])
        if not count:
            continue
        middle = pieces[np.abs(sides) < 0.03]
        inner = np.bincount(middle[middle > 0], minlength=count + 1)
        piece = pieces == inner.argmax() if inner.any() else pieces > 0
        x, z = np.nonzero(piece)
        made[row] = (np.ptp(sides[x]) + solid.cube) / 2, depths[z].mean(), depths[z].min(), depths[z].max(), len(x)
    made[:, 4] *= solid.cube ** 2
    return made
