"""A depth from what a director says of a picture with a few strokes, without any network.

One over the depth of a plane is linear across the picture. So a floor is known by its horizon, a wall by two points of
its foot, a person by where the feet stand; what is only nearer or farther is spread up to the edges of the picture.

source    Horry, Anjyo, Arai, Tour Into the Picture, SIGGRAPH 1997; Grady, Random Walks for Image Segmentation, 2006
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy import ndarray

from marrow.draw import exact
from marrow.errors import InputError
from marrow.errors import near as nearest
from marrow.places.lifting.depth import Depth
from marrow.places.lifting.solve import FIXED, evened, next_to, spread, ties

HORIZON = 0.45                       # share of the height from the top, where nobody says
WORDS = {"near": 2, "far": 2, "floor": 2, "wall": 4, "person": 2, "horizon": 1}   # numbers that each needs
BRUSH = 1 / 160                      # radius of a stroke, of the picture's longer side
BESIDE = 0.05                        # of the width: so far beyond the ends of its foot a wall that is seen has one
ABOVE = 0.03                         # of the height: so far over its foot a wall is certainly wall
LOOSE = 0.02                         # how much the first guess counts against its neighbours
ALIKE = 0.08                         # difference of colours (0..1) at which one hardly speaks for a stroke's
GRAINS = 64                          # colours that are taken from the strokes of a surface
AROUND = 0.4                         # of a person's height: so far round the stroke colours tell who it is
SOFT = 1 / 130                       # of the longer side: how wide a soft edge is at most, outside of what it ends
STEEP = 0.06                         # difference of colours (0..1) that makes an edge
TRACE = 0.1                          # share of its colour by which a pixel belongs to what stands in front
CUT = 0.1                            # of all the nearness there is: a larger step is an edge, a smaller one a slope
LEAP = 1 / 60                        # of the longer side: how far a pixel's own colour is outvoted by its neighbours


@dataclass(frozen=True)
class Stroke:
    """One row of the director's.

    word      one of WORDS;  row: its number, from 1
    points    (n, 2) x and y as shares of the picture, from its upper left corner
    """

    word: str
    row: int
    points: ndarray


def parsed(rows: Sequence[Sequence[str | float]]) -> tuple[list[Stroke], float]:
    """Read a director's rows: the strokes, and the horizon as a share of the height from the top.

    raises    InputError  "lift.word" "lift.row" "lift.outside" "lift.above"
    """
    strokes, horizon = [], HORIZON
    for number, row in enumerate(rows, 1):
        word, *said = row or ("",)
        if word not in WORDS:
            raise InputError("lift.word", row=number, word=word, choices=nearest(str(word), WORDS))
        if any(isinstance(each, str) for each in said) or not _enough(word, len(said)):
            raise InputError("lift.row", row=number, word=word, found=len(said))
        if not all(0 <= each <= 1 for each in said):
            raise InputError("lift.outside", row=number, word=word)
        if word == "horizon":
            horizon = min(float(said[0]), 0.95)
        else:
            strokes.append(Stroke(word, number, np.array(said, float).reshape(-1, 2)))
    for each in strokes:
        foot = {"floor": each.points, "wall": each.points[:2], "person": each.points[[each.points[:, 1].argmax()]]}
        if (foot.get(each.word, np.ones((1, 2)))[:, 1] <= horizon).any():
            raise InputError("lift.above", row=each.row, word=each.word, horizon=round(horizon, 3))
    return strokes, horizon


def _enough(word: str, count: int) -> bool:
    return count == 1 if word == "horizon" else count >= WORDS[word] and count % 2 == 0


def guessed(pixels: ndarray, rows: Sequence[Sequence[str | float]] = (), *, near: float = 3.0,
            far: float = 30.0) -> Depth:
    """Guess how far everything in a picture is, by a director's strokes; without any, by where things mostly are.

    pixels     (h, w, 3) uint8 sRGB
    rows       ["near" | "far" | "floor", x, y, ...], ["wall", two points of its foot, points on it ...],
               ["person", points down to the feet ...], ["horizon", y]: shares of the picture from its upper left
    near       metres to what "near" marks, and to the floor at the picture's lower edge;  far: to what "far" marks
    raises     InputError  what cannot be read; strokes that contradict each other
    test       a floor alone is the plane through the horizon; a person is as far away as the floor at the feet
    """
    strokes, horizon = parsed(rows)
    height, width = pixels.shape[:2]
    y = (np.arange(height)[:, None] + 0.5) / height
    floor = np.broadcast_to((y - horizon) / ((1 - horizon) * near), (height, width))
    if not strokes:
        return Depth(_metres(_first(pixels, np.maximum(floor * near, 0)) / near, near, far), None,
                     np.full((height, width), 0.5, np.float32))
    marks = _marked(strokes, (height, width))
    right, down = ties(pixels)
    surfaces = [each for each in strokes if each.word in ("wall", "person")]
    names = [name for name in ("floor", "soft") if any(_name(each) == name for each in strokes)]
    names += [_name(each) for each in surfaces]
    fields = {"floor": floor} | {_name(each): _standing(each, floor, horizon, near, width) for each in surfaces}
    if "soft" in names:
        fields["soft"] = _soft(marks, strokes, right, down, near, far)
    owner = _owners(pixels, marks, strokes, names, right, down, fields)
    if "floor" in names:
        for each in surfaces:
            owner = _grounded(owner, each, names, fields[_name(each)], floor)
    made = floor if "floor" in names else np.zeros((height, width))     # nothing is seen through the floor
    for number, name in enumerate(names):
        made = np.where(owner == number, np.maximum(fields[name], made), made)
    made = _edged(np.maximum(made, 1 / far), pixels, marks < 0, CUT * (1 / near - 1 / far))
    return Depth(_metres(made, near, far))


def _name(stroke: Stroke) -> str:
    """Which surface a stroke marks: each wall and person is one of its own."""
    if stroke.word in ("near", "far"):
        return "soft"
    return "floor" if stroke.word == "floor" else f"{stroke.word} {stroke.row}"


def _metres(inverse: ndarray, near: float, far: float) -> ndarray:
    return (1 / np.clip(inverse, 1 / far, 4 / near)).astype(np.float32)


def _marked(strokes: list[Stroke], shape: tuple[int, int]) -> ndarray:
    """Which stroke lies on each pixel: (h, w) int, its place in the list, -1 where none does.

    raises    InputError  "lift.contradict"
    """
    marks = np.full(shape, -1)
    for number, stroke in enumerate(strokes):
        mine = _brushed(_path(stroke), shape)
        for other in np.unique(marks[mine]):
            if other >= 0 and (_name(strokes[other]) != _name(stroke) or strokes[other].word != stroke.word):
                raise InputError("lift.contradict", row=stroke.row, word=stroke.word, other=strokes[other].word,
                                 before=strokes[other].row)
        marks[mine] = number
    return marks


def _path(stroke: Stroke) -> ndarray:
    """The points that a stroke goes through; a wall's foot is only marked where nothing else is, a little over it."""
    if stroke.word != "wall":
        return stroke.points
    return stroke.points[2:] if len(stroke.points) > 2 else np.maximum(stroke.points - (0, ABOVE), 0)


def _brushed(path: ndarray, shape: tuple[int, int]) -> ndarray:
    """The pixels that a brush touches along a path, at least those under its points: (h, w) bool."""
    size = np.array(shape[::-1], float)
    spots = path * size
    brush = max(BRUSH * size.max(), 0.5)
    steps = [spots[:1]]
    for first, last in pairwise(spots):
        count = int(np.abs(last - first).max() / max(brush / 2, 0.5)) + 2
        steps.append(first + (last - first) * np.linspace(0, 1, count)[:, None])
    made, spots = np.zeros(shape, bool), np.concatenate(steps)
    disc = np.arange(-int(brush), int(brush) + 1)
    for y in disc:
        for x in disc[disc**2 + y**2 <= brush**2]:
            column, row = np.floor(spots + np.array([x, y])).astype(int).T
            made[np.clip(row, 0, shape[0] - 1), np.clip(column, 0, shape[1] - 1)] = True
    return made


def _owners(pixels: ndarray, marks: ndarray, strokes: list[Stroke], names: list[str], right: ndarray,
            down: ndarray, fields: dict) -> ndarray:
    """Which of the named surfaces each pixel belongs to, every part of a surface with a stroke on it: (h, w) int.

    fields    of each name one over its depth, (h, w): no plane is seen beyond its horizon
    source    Grady, Multilabel Random Walker Image Segmentation Using Prior Models, CVPR 2005
    """
    from scipy import ndimage

    if len(names) == 1:
        return np.zeros(marks.shape, int)
    table = np.array([names.index(_name(each)) for each in strokes])
    said = np.where(marks >= 0, table[marks], -1)
    person = np.array([name.startswith("person") for name in names])
    wish, sure = _alike(pixels, said, person)
    chance = spread(np.where(said[..., None] >= 0, said[..., None] == np.arange(len(names)), wish),
                    np.where(said >= 0, FIXED, sure), right, down)
    chance = np.round(chance, 6)
    chance[..., person] += (chance[..., person].sum(2) > chance[..., ~person].sum(2))[..., None]
    chance[..., ~person] += 0.5
    for number, name in enumerate(names):
        chance[fields[name] <= 0, number] = -1
    owner, kept = chance.argmax(2), np.zeros(said.shape, bool)
    for number in range(len(names)):
        parts, _ = ndimage.label(owner == number)
        kept |= (owner == number) & np.isin(parts, np.unique(parts[said == number]))
    return owner[next_to(kept)]


def _edged(nearness: ndarray, pixels: ndarray, free: ndarray, cut: float) -> ndarray:
    """Give what stands in front its soft edge: no trace of it stays on what is behind when it moves.

    free      (h, w) where no stroke says otherwise
    source    Levin, Lischinski, Weiss, A Closed Form Solution to Natural Image Matting, 2006: colours near an edge lie
              on the line between those of its sides
    """
    from scipy import ndimage

    reach = max(1, round(SOFT * max(free.shape)))
    beside = ndimage.maximum_filter(nearness, 2 * reach + 1) - nearness > cut
    front = nearness - ndimage.minimum_filter(nearness, 4 * reach + 1) > cut
    ours, theirs = (_mean(pixels, each, 4 * reach + 1) for each in (front & ~beside, ~front & ~beside))
    line = ours - theirs
    share = ((pixels / 255 - theirs) * line).sum(2) / np.maximum((line**2).sum(2), STEEP**2)
    free = free & beside & (share > TRACE)
    for _ in range(reach):
        front = ndimage.maximum_filter(nearness, footprint=ndimage.generate_binary_structure(2, 1))
        nearness = np.where(free & (front - nearness > cut), front, nearness)
    return nearness


def _mean(pixels: ndarray, chosen: ndarray, side: int) -> ndarray:
    """The mean colour 0..1 of the chosen pixels in a square round each pixel."""
    from scipy import ndimage

    total = [ndimage.uniform_filter(np.where(chosen, each, 0.0), side) for each in np.moveaxis(pixels / 255, 2, 0)]
    return np.stack(total, 2) / np.maximum(ndimage.uniform_filter(chosen.astype(float), side), 1e-9)[..., None]


def _reach(shape: tuple[int, int]) -> int:
    return max(1, round(max(shape) / 256))


def _alike(pixels: ndarray, said: ndarray, person: ndarray) -> tuple[ndarray, ndarray]:
    """What colour alone says round people: whose each pixel is, (h, w, count), and how much that counts, (h, w)."""
    from scipy import ndimage

    coarse = pixels.astype(np.int64) // 4
    colours, mine = np.unique(coarse @ np.array([1, 64, 4096]), return_inverse=True)
    mine = mine.reshape(said.shape)
    spots = np.stack([colours % 64, colours // 64 % 64, colours // 4096], axis=1) / 63
    wish, sure = np.zeros((*said.shape, len(person))), np.zeros(said.shape)
    rest = _likeness(spots, coarse[(said >= 0) & ~np.isin(said, np.flatnonzero(person))] / 63)[mine]
    for number in np.flatnonzero(person):
        drawn = said == number
        tall = AROUND * max(float(np.ptp(np.flatnonzero(drawn.any(1)))), 1)
        close = exact.exp(-(ndimage.distance_transform_edt(~drawn) / tall) ** 2)
        wish[..., number] = close * _likeness(spots, coarse[drawn] / 63)[mine]
        sure = np.maximum(sure, close)
    total = rest + wish.sum(2)
    wish /= total[..., None]
    rest = rest / total
    wish[..., ~person] = rest[..., None] / max(1, (~person).sum())
    return wish, sure * np.abs(2 * rest - 1) / (LEAP * max(said.shape)) ** 2


def _likeness(spots: ndarray, drawn: ndarray) -> ndarray:
    """How alike colours are to those under strokes: (n,), never nothing."""
    made = np.full(len(spots), 1e-3)
    for colour in drawn[np.arange(GRAINS) * len(drawn) // GRAINS] if len(drawn) else drawn:
        made += exact.exp(-((spots - colour) ** 2).sum(1) / ALIKE**2) / GRAINS
    return made


def _grounded(owner: ndarray, stroke: Stroke, names: list[str], field: ndarray, floor: ndarray) -> ndarray:
    """Floor and what stands on it, parted where they meet: below its foot all is floor.

    Along a wall's foot all floor above it is wall, up to where anything else is seen than the two and people.
    """
    ground, mine = names.index("floor"), names.index(_name(stroke))
    below = floor > field
    made = np.where((owner == mine) & below, ground, owner)
    if stroke.word != "wall":
        return made
    across = (np.arange(owner.shape[1]) + 0.5) / owner.shape[1]
    low, high = np.sort(stroke.points[:2, 0]) + np.array((-BESIDE, BESIDE))
    people = [number for number, name in enumerate(names) if name.startswith("person")]
    free = np.logical_and.accumulate((below | np.isin(made, [ground, mine, *people]))[::-1])[::-1]
    along = (low <= across) & (across <= high) & ((made == mine) & ~below).any(0)
    return np.where(free & ~below & (made == ground) & along, mine, made)


def _soft(marks: ndarray, strokes: list[Stroke], right: ndarray, down: ndarray, near: float, far: float) -> ndarray:
    """What is nearer or farther, spread up to the edges of the picture: one over the depth."""
    values = np.array([{"near": 1.0, "far": 0.0}.get(each.word, np.nan) for each in strokes])
    wish = np.where(marks >= 0, values[marks], np.nan)
    made = spread(np.nan_to_num(wish)[..., None], np.where(np.isnan(wish), 0.0, FIXED), right, down)[..., 0]
    made = evened(made * made * (3 - 2 * made), CUT, _reach(marks.shape))    # whole bodies near, the rest far
    return 1 / far + made * (1 / near - 1 / far)


def _standing(stroke: Stroke, floor: ndarray, horizon: float, near: float, width: int) -> ndarray:
    """One over the depth of what stands on the floor: a person like a cut-out, a wall along its foot."""
    def at(y: float) -> float:
        return (y - horizon) / ((1 - horizon) * near)

    if stroke.word == "person":
        return np.full(floor.shape, at(stroke.points[:, 1].max()))
    (x0, y0), (x1, y1) = stroke.points[:2]
    across = (np.arange(width) + 0.5) / width
    slope = (at(y1) - at(y0)) / (x1 - x0) if abs(x1 - x0) > 1e-3 else 0.0
    return np.broadcast_to(at(y0) + slope * (across - x0), floor.shape)


def _first(pixels: ndarray, floor: ndarray) -> ndarray:
    """Nearness 0..1 without a word: ground below the horizon; above it, what haze has not paled stands nearer.

    source    He, Sun, Tang, Single Image Haze Removal Using Dark Channel Prior, CVPR 2009
    """
    from scipy import ndimage

    wide = max(3, max(pixels.shape[:2]) // 60)
    dark = ndimage.minimum_filter(pixels.min(2), wide).astype(float)
    clear = 1 - dark / max(float(np.percentile(dark, 99)), 1.0)
    wish = np.maximum(floor, 0.22 * np.clip(clear, 0, 1))
    right, down = ties(pixels)
    made = spread(wish[..., None], np.full(wish.shape, LOOSE), np.maximum(right, 0.02), np.maximum(down, 0.02))[..., 0]
    return evened(made, CUT, _reach(wish.shape))
