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

from marrow.draw import colour
from marrow.draw.camera import Camera
from marrow.draw.splat import Exposure
from marrow.draw.threads import threads
from marrow.media import Splats

NEAR = 0.01     # of the place's size: nearer than this nothing is seen, at twice of it all
PARTS = 8       # that Gaussians are put on the picture in


def splatted(points: ndarray, splats: Splats, camera: Camera, *, closing: Camera | None = None,
             origin: ndarray | None = None, there: ndarray | None = None,
             size: float | ndarray | None = None) -> Exposure:
    """Take a picture of splats with a pinhole.

    points     (n, 3) float32 metres from `origin`
    closing    the camera when the shutter closes, for `motion` alone
    origin     (3,) float64, added to every point; the eye is taken from it before anything is rounded
    there      (n,) 0..1 how much of a splat is there
    size       how many times its own size a splat is drawn, one or (n,)
    returns    depth and index of the splat by which half of a pixel is covered, or else of its last
    source     Zwicker et al., EWA Volume Splatting, 2001
    test       a loop over float64 makes the same picture; threads change no bit; an origin far away neither
    """
    from marrow.draw import gaussian_kernels as kernels

    origin = np.zeros(3) if origin is None else np.asarray(origin, np.float64)
    width, height = camera.size
    flat, depths = np.zeros((len(points), kernels.ROW), np.float32), np.zeros(len(points), np.float32)
    given, view = _given(points, splats, there, size), _view(camera, origin, near(points))
    made = (np.zeros((height, width, 3), np.float32), np.zeros((height, width), np.float32),
            np.full((height, width), -1, np.int32))
    across, down = -(-width // kernels.TILE), -(-height // kernels.TILE)
    with ThreadPoolExecutor(threads()) as pool:
        cuts = np.linspace(0, len(points), PARTS + 1).astype(int).tolist()
        list(pool.map(lambda span: kernels.flattened(given, view, span, flat, depths), pairwise(cuts)))
        start, members = kernels.dealt(flat, np.sort(kernels.keyed(depths)), across, down)
        tiles = start, members, across
        list(pool.map(lambda line: kernels.blended(flat, tiles, line, _table(), made), range(down)))
    light, cover, index = made
    return Exposure(light, cover, _depth(depths, index), _motion(points, origin, camera, closing, index), index)


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
    return placed[:3, 3] - origin, axes, float(camera.focal), float(width), float(height), max(close, 1e-9)


@cache
def _table() -> ndarray:
    """Linear light of 4,097 display values from 0 to 1."""
    return colour.light(np.arange(4097) / 4096)


def _depth(depths: ndarray, index: ndarray) -> ndarray:
    if not len(depths):
        return np.full(index.shape, np.inf, np.float32)
    return np.where(index >= 0, depths[index], np.float32(np.inf))


def _motion(points: ndarray, origin: ndarray, first: Camera, last: Camera | None, index: ndarray) -> ndarray:
    """How far the splat of each pixel travels on the picture from one camera to the other."""
    made = np.zeros((*index.shape, 2), np.float32)
    if last is not None and (index >= 0).any():
        places = points[index[index >= 0]].astype(np.float64) + origin
        made[index >= 0] = np.nan_to_num(last.project(places)[0] - first.project(places)[0])
    return made


