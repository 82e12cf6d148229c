"""Points through a film camera: loose dust, or surfaces without holes; a lens, a shutter, and what compositors need.

Every frame stands alone and is the same bytes on every machine, for any number of threads. The nearest point of every
pixel is found by a minimum of 64-bit numbers, depth over index, once for each sample of lens and shutter; light is
gathered afterwards and spread over the aperture's cell of the sample.

source    Schütz, Kerbl, Wimmer, Rendering Point Clouds with Compute Shaders, 2021; Zwicker, Pfister, van Baar, Gross,
          Surface Splatting, SIGGRAPH 2001; Cook, Porter, Carpenter, Distributed Ray Tracing, SIGGRAPH 1984
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import numpy as np
from numpy import ndarray

from marrow.draw import lens
from marrow.draw.camera import Camera
from marrow.draw.lens import Sample
from marrow.draw.threads import threads

BATCH = 10_000      # points that are culled together
LARGE = 1 / 40      # of the picture's height: points of a larger radius dissolve before the lens,
LEAST = 6           # pixels: but none smaller than this
FARTHEST = 1 / 8    # of the picture's height: no disc out of focus has a larger radius


@dataclass(frozen=True)
class Grains:
    """Points ready to be drawn.

    points    (n, 3) float32 metres;  light: (n, 3) float32 linear
    radius    metres, one or (n,); 0 for dust of one pixel each, whatever the distance
    there     (n,) 0..1 how much of a point is there; it is drawn in that share of the samples
    moved     (n, 3) float32 metres travelled while the shutter is open; `points` is where they are when it opens
    origin    (3,) float64, added to every point; the eye is taken from it before anything is rounded
    boxes     `boxes(points)`, where points lie in spatial order: what is out of sight is not even read
    """

    points: ndarray
    light: ndarray
    radius: float | ndarray = 0.0
    there: ndarray | None = None
    moved: ndarray | None = None
    origin: ndarray | None = None
    boxes: ndarray | None = None


@dataclass(frozen=True)
class Exposure:
    """A frame on the film, and what is known of each pixel; the last three at about the middle of the open shutter.

    light     (height, width, 3) float32 linear, times cover;  cover: (height, width) float32 0..1
    depth     (height, width) float32 metres ahead of the eye, of a surface as smooth as its light; infinite where
              nothing is
    motion    (height, width, 2) float32 pixels right and down, from opening to closing
    index     (height, width) int32 number of the nearest point, or its id; -1 where nothing is
    """

    light: ndarray
    cover: ndarray
    depth: ndarray
    motion: ndarray
    index: ndarray


def expose(grains: Grains, camera: Camera, *, closing: Camera | None = None, samples: int = 8, surface: bool = True,
           ids: ndarray | None = None) -> Exposure:
    """Take a picture of points.

    closing    the camera when the shutter closes; it moves straight from one to the other
    samples    of lens, shutter and pixel; 1 is a pinhole's picture in the middle of the exposure, spread by the lens
    surface    points are discs of their radius; where those of one surface stand close together, three radii deep at
               most, their light and depth run into each other. Otherwise dust: each point on one pixel, in as many
               samples as its disc covers of the pixel
    ids        (n,) int32, what stands in `Exposure.index` instead of the points' own numbers
    test       from one disc to the next light and depth change without a step; a lone disc is whole up to its rim;
               threads, and points in another order, change no bit of dust; a point out of focus is a disc of the right
               radius and its light does not change; moved and counter-moved points make the mirrored picture
    """
    drawn = _Drawn.of(grains, camera, surface)
    taken = lens.samples(camera, closing or camera, max(1, samples), drawn.origin)
    if len(taken) == 1 and not surface and not taken[0].blur and len(grains.points):
        shown, depth, index = drawn.straight(taken)
    else:
        shown, depth, index = _developed(drawn, taken)
    motion = _motion(grains, drawn.origin, camera, closing or camera, index)
    if ids is not None:
        index = np.where(index >= 0, np.asarray(ids, np.int32)[index], np.int32(-1))
    return Exposure(*shown, depth, motion, index)


def _developed(drawn: "_Drawn", taken: list[Sample]) -> tuple[tuple[ndarray, ndarray], ndarray, ndarray]:
    """Light and cover of all samples together; depth and index of the first."""
    film = _Film.of(drawn.size, any(each.blur for each in taken))
    workers = min(threads(), len(taken))
    blank = [drawn.blank() for _ in range(workers)]
    strips = list(pairwise(np.linspace(0, drawn.size[0], workers + 1).astype(int).tolist()))
    depth = index = np.zeros(0)
    with ThreadPoolExecutor(workers) as pool:
        for first in range(0, len(taken), workers):
            group = range(first, min(first + workers, len(taken)))
            pictures = list(pool.map(partial(drawn.picture, taken), group, blank))
            if first == 0:
                depth, index = _unpacked(pictures[0][0])
            for number, picture in zip(group, pictures, strict=True):
                list(pool.map(partial(film.add, *picture, taken[number]), strips))
    return film.printed(), depth, index


@dataclass(frozen=True)
class _Film:
    """Sums over all samples; see `splat_kernels.spread`."""

    total: ndarray
    trace: ndarray
    empty: ndarray

    @classmethod
    def of(cls, size: tuple[int, int], blurred: bool) -> "_Film":
        """A film with nothing on it; only a lens that blurs needs the trace."""
        height, width = size
        return cls(np.zeros((height, width, 4), np.float32),
                   np.zeros((height if blurred else 0, width + 2, 5), np.int64), np.zeros((height, width), np.float32))

    def add(self, buffer: ndarray, made: ndarray, sample: Sample, strip: tuple[int, int]) -> None:
        """Add a sample's picture to some rows."""
        from marrow.draw import splat_kernels as kernels

        cell = sample.cell
        form = (cell.inner, cell.outer, *cell.middle, *cell.sides.ravel(), cell.reach)
        optics = (sample.blur, 1 / sample.focus if sample.blur else 0.0, len(buffer) * FARTHEST)
        kernels.spread(buffer, made, tuple(np.float32(each) for each in form),
                       (*(np.float32(each) for each in optics), sample.number), strip, self.total, self.trace,
                       self.empty)

    def printed(self) -> tuple[ndarray, ndarray]:
        """Light and cover."""
        from marrow.draw import splat_kernels as kernels

        made = np.zeros((*self.empty.shape, 3), np.float32), np.zeros(self.empty.shape, np.float32)
        kernels.printed(self.total, self.trace, self.empty, *made)
        return made


@dataclass(frozen=True)
class _Drawn:
    """Grains as the kernels want them."""

    grains: Grains
    origin: ndarray
    radius: ndarray
    shape: tuple[np.float32, ...]
    size: tuple[int, int]
    surface: bool

    @classmethod
    def of(cls, grains: Grains, camera: Camera, surface: bool) -> "_Drawn":
        """Nothing per point is copied that is float32 already, row after row."""
        width, height = camera.size
        radius = np.zeros(0, np.float32)
        if surface or np.ndim(grains.radius) or grains.radius > 0:
            radius = np.broadcast_to(np.asarray(grains.radius, np.float32), len(grains.points))
        shape = tuple(np.float32(each) for each in (height, width, camera.focal, max(height * LARGE, LEAST)))
        there = np.asarray(() if grains.there is None else grains.there, np.float32)
        points = np.ascontiguousarray(grains.points, np.float32)
        moved = np.ascontiguousarray(points[:0] if grains.moved is None else grains.moved, np.float32)
        origin = np.zeros(3) if grains.origin is None else np.asarray(grains.origin, np.float64)
        grains = replace(grains, points=points, there=there, moved=moved)
        return cls(grains, origin, radius, shape, (height, width), surface)

    def blank(self) -> tuple[ndarray, ndarray, ndarray]:
        """Room for a visibility buffer, for light and whether there is any, and for how deep a surface is."""
        return (np.empty(self.size, np.uint64), np.empty((*self.size, 4), np.float32),
                np.empty(self.size if self.surface else 0, np.float32))

    def picture(self, taken: list[Sample], number: int, blank: tuple[ndarray, ndarray, ndarray]
                ) -> tuple[ndarray, ndarray]:
        """One sample: the visibility buffer, and the light of every pixel with 1 where there is any."""
        from marrow.draw import splat_kernels as kernels

        buffer, made, deep = blank
        buffer.fill(kernels.EMPTY)
        made.fill(0)
        known = self.known(taken, number)
        if self.surface:
            kernels.discs(*known, self.shape, buffer)
            deep.fill(0)
            kernels.means(*known, self.shape, buffer, self.grains.light, made, deep)
            kernels.evened(made, deep, buffer)
        else:
            kernels.specks(*known, buffer)
            kernels.fetched(buffer, self.grains.light, made)
        return buffer, made

    def straight(self, taken: list[Sample]) -> tuple[tuple[ndarray, ndarray], ndarray, ndarray]:
        """A single sharp sample of dust: light and cover, depth, index."""
        from marrow.draw import splat_kernels as kernels

        buffer = np.full(self.size, kernels.EMPTY)
        kernels.specks(*self.known(taken, 0), buffer)
        made = np.empty((*self.size, 3), np.float32), np.empty(self.size, np.float32)
        kernels.straight(buffer, self.grains.light, *made)
        return made, *_unpacked(buffer)

    def known(self, taken: list[Sample], number: int) -> tuple:
        """What every kernel is told of the points and a sample."""
        parts = self.grains.points.reshape(-1), self.grains.moved.reshape(-1), self.grains.there, self.radius
        return parts, self.spans(taken[number].view), taken[number].view, (number, len(taken))

    def spans(self, view: tuple[np.float32, ...]) -> ndarray:
        """First and last + 1 of the points that may be in sight."""
        count = len(self.grains.points)
        if self.grains.boxes is None:
            return np.array([[0, count]])
        from marrow.draw import splat_kernels as kernels

        extra = float(np.max(self.grains.radius)) + float(np.abs(self.grains.moved).max(initial=0))
        first = np.flatnonzero(kernels.sighted(self.grains.boxes, np.float32(extra), view, self.shape)) * BATCH
        return np.stack([first, np.minimum(first + BATCH, count)], axis=1)


def morton_order(points: ndarray) -> ndarray:
    """The order in which points that are near in space are near in memory: (n,) indices.

    points    (n, 3); 21 bits for an axis, along the longest side
    source    Morton, A computer oriented geodetic data base and a new technique in file sequencing, 1966
    test      a permutation; the corners of a cube come in the order of their bits
    """
    from marrow.draw.bits import morton

    return np.argsort(morton(np.ascontiguousarray(points, np.float32)), kind="stable")


def boxes(points: ndarray) -> ndarray:
    """The bounds of every batch of 10,000 points: (batches, 2, 3) float32, lowest and highest corner."""
    starts = range(0, len(points), BATCH)
    return np.array([(part.min(0), part.max(0)) for part in (points[k:k + BATCH] for k in starts)],
                    np.float32).reshape(-1, 2, 3)


def _unpacked(buffer: ndarray) -> tuple[ndarray, ndarray]:
    """Depth and index of a visibility buffer."""
    from marrow.draw import splat_kernels as kernels

    made = np.empty(buffer.shape, np.float32), np.empty(buffer.shape, np.int32)
    kernels.unpacked(buffer, *made)
    return made


def _motion(grains: Grains, origin: ndarray, first: Camera, last: Camera, index: ndarray) -> ndarray:
    """How far the point of each pixel travels on the picture while the shutter is open."""
    made = np.zeros((*index.shape, 2), np.float32)
    if first is last and grains.moved is None:
        return made
    shown = index >= 0
    points = grains.points[index[shown]].astype(np.float64) + origin
    later = points if grains.moved is None else points + grains.moved[index[shown]]
    made[shown] = np.nan_to_num(last.project(later)[0] - first.project(points)[0])
    return made
