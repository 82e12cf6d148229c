"""Places made of 3D Gaussians through a camera, without a graphics card; their light changes from side to side.

Every Gaussian becomes an ellipse on the picture; they are sorted by depth once and blended front to back, tile by tile,
in display (sRGB) space, as those who made them did; the finished colour becomes linear light. The same bytes on every
machine, for any number of threads.

source    Kerbl et al., 3D Gaussian Splatting for Real-Time Radiance Field Rendering, SIGGRAPH 2023
"""

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise

import numpy as np
from numpy import ndarray

from marrow.draw import colour, lens
from marrow.draw.camera import Camera
from marrow.draw.splat import Exposure
from marrow.draw.threads import threads
from marrow.media import Splats

NEAR = 0.01     # of the place's size: nearer than this nothing is seen, at twice of it all
PARTS = 8       # that Gaussians are put on the picture in


def splatted(points: ndarray, splats: Splats, camera: Camera, *, closing: Camera | None = None,
             moved: ndarray | None = None, origin: ndarray | None = None, there: ndarray | None = None,
             size: float | ndarray | None = None, samples: int = 1) -> Exposure:
    """Take a picture of splats.

    points     (n, 3) float32 metres from `origin`
    closing    the camera when the shutter closes; moved: (n, 3) metres that the splats travel until then
    origin     (3,) float64, added to every point; the eye is taken from it before anything is rounded
    there      (n,) 0..1 how much of a splat is there
    size       how many times its own size a splat is drawn, one or (n,)
    samples    of lens and shutter, see `marrow.draw.lens`: each is a picture of its own, in which what is out of focus
               is softer by its part of the lens; 1 is a pinhole as the shutter opens
    returns    depth and index of the splat by which half of a pixel is covered, or else of its last; of several
               samples, those of the one in the middle of the lens and about of the time
    source     Zwicker et al., EWA Volume Splatting, 2001
    test       a loop over float64 makes the same picture; threads change no bit; an origin far away neither; out of
               focus a splat is as wide as the lens says and gives nearly as much light
    """
    origin = np.zeros(3) if origin is None else np.asarray(origin, np.float64)
    given, close = _given(points, splats, there, size), near(points)
    if samples == 1:
        light, cover, index, depths = _drawn(given, _view(camera, origin, close), camera.size)
    else:
        first, *others = lens.samples(camera, closing or camera, samples, origin)
        shot = camera, closing or camera, origin, close, samples
        light, cover, index, depths = _sampled(first, given, moved, shot)
        for sample in others:
            more = _sampled(sample, given, moved, shot)
            light, cover = light + more[0], cover + more[1]
        light, cover = light / np.float32(samples), cover / np.float32(samples)
    motion = _motion((points, moved, origin), camera, closing, index)
    return Exposure(light, cover, _depth(depths, index), motion, index)


def _sampled(sample: lens.Sample, given: tuple, moved: ndarray | None, shot: tuple) -> tuple[ndarray, ...]:
    """One sample of an exposure: a pinhole at its moment, shifted by its part of the lens and as soft as that."""
    camera, closing, origin, close, count = shot
    *_, x, y, across, down, time = sample.view
    seen = _view(lens.between(camera, closing, float(time)), origin, close)
    middle, shift = (float(x), float(y)), (float(across), float(down))
    soft = sample.blur**2 / (4 * count)  # the variance of a disc of that part's area
    if moved is not None:
        given = (given[0] + moved * time, *given[1:])
    return _drawn(given, (*seen[:6], middle, shift, soft, 1 / sample.focus if sample.blur else 0.0), camera.size)


def _drawn(given: tuple, view: tuple, picture: tuple[int, int]) -> tuple[ndarray, ...]:
    """Light, cover, the index of each pixel, and the depth of each splat."""
    from marrow.draw import gaussian_kernels as kernels

    (width, height), count = picture, len(given[0])
    flat, depths = np.zeros((count, kernels.ROW), np.float32), np.zeros(count, np.float32)
    made = (np.zeros((height, width, 3), np.float32), np.zeros((height, width), np.float32),
            np.full((height, width), -1, np.int32))
    across, down = -(-width // kernels.TILE), -(-height // kernels.TILE)
    with ThreadPoolExecutor(threads()) as pool:
        cuts = np.linspace(0, count, PARTS + 1).astype(int).tolist()
        list(pool.map(lambda span: kernels.flattened(given, view, span, flat, depths), pairwise(cuts)))
        start, members = kernels.dealt(flat, np.sort(kernels.keyed(depths)), across, down)
        tiles = start, members, across
        list(pool.map(lambda line: kernels.blended(flat, tiles, line, _table(), made), range(down)))
    return *made, depths


def near(points: ndarray) -> float:
    """How near to the eye a place of this size is seen: a hundredth of the middle distance from its middle, metres."""
    if not len(points):
        return 0.0
    middle = np.median(points, axis=0).astype(np.float64)
    x, y, z = (points.astype(np.float64) - middle).T
    return NEAR * float(np.sqrt(np.median(x * x + y * y + z * z)))


def faded(depth: ndarray, close: float) -> ndarray:
    """How much of what lies at a depth is seen, 0..1; `close` as of `near`."""
    return np.clip(depth / close - 1, 0, 1) if close > 0 else (depth > 0).astype(float)


def _given(points: ndarray, splats: Splats, there: ndarray | None, size: float | ndarray | None) -> tuple:
    """Splats as the kernels want them; nothing is copied that is float32 already."""
    own = points, splats.scales, splats.turns, splats.opacity, splats.harmonics
    there = np.zeros(0) if there is None else there
    size = np.zeros(0) if size is None else np.broadcast_to(size, len(points))
    return tuple(np.ascontiguousarray(each, np.float32) for each in (*own, there, size))


def _view(camera: Camera, origin: ndarray, close: float) -> tuple:
    placed = np.asarray(camera.world_from_camera, np.float64)
    axes = np.ascontiguousarray(placed[:3, :3].T * [[1.0], [-1.0], [-1.0]])
    width, height = camera.size
    return (placed[:3, 3] - origin, axes, float(camera.focal), float(width), float(height), max(close, 1e-9),
            (width / 2, height / 2), (0.0, 0.0), 0.0, 0.0)


@cache
def _table() -> ndarray:
    """Linear light of 4,097 display values from 0 to 1."""
    return colour.light(np.arange(4097) / 4096)


def _depth(depths: ndarray, index: ndarray) -> ndarray:
    if not len(depths):
        return np.full(index.shape, np.inf, np.float32)
    return np.where(index >= 0, depths[index], np.float32(np.inf))


def _motion(known: tuple, first: Camera, last: Camera | None, index: ndarray) -> ndarray:
    """How far the splat of each pixel travels on the picture while the shutter is open."""
    made, (points, moved, origin) = np.zeros((*index.shape, 2), np.float32), known
    if last is not None and (index >= 0).any():
        which = index[index >= 0]
        places = points[which].astype(np.float64) + origin
        ends = places if moved is None else places + moved[which]
        made[index >= 0] = np.nan_to_num(last.project(ends)[0] - first.project(places)[0])
    return made
