"""Depth of one photo by others: planes swept coarsely, then slanted, spread and sharpened from size to size."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from marrow.draw.camera import Camera

FLIP = np.array([1.0, -1.0, -1.0])   # camera space to that of the kernels: y down, z ahead
LEVELS = 3                           # sizes: a quarter, a half, whole
STEPS = 72                           # depths that are swept, evenly in inverse depth
ROUNDS = (4, 2, 1)                   # of spreading at each size
SHAKE = ((0.03, 0.8), (0.008, 0.3), (0.003, 0.12))   # share of the depth, tilt


@dataclass(frozen=True)
class Relief:
    """What one photo shows in depth.

    depth      (h, w) float64 metres ahead of the eye
    normals    (h, w, 3) float64 world, towards the camera
    unlike     (h, w) float64 0..2: 1 - correlation with the photos that agree best
    """

    depth: ndarray
    normals: ndarray
    unlike: ndarray


def relief(greys: Sequence[ndarray], cameras: Sequence[Camera], depths: tuple[float, float]) -> Relief:
    """Find how far everything in the first of several photos is.

    greys     (h, w) float64 0..255 each, seen by pinholes
    depths    nearest and farthest, metres
    source    Bleyer et al., PatchMatch Stereo, BMVC 2011; Galliani et al., Gipuma, ICCV 2015; Xu, Tao, ACMH, CVPR 2019
    test      a textured slanted plane between two known cameras, to a third of a pixel; any number of threads
    """
    from marrow.places.photos import sweep_kernels as kernels

    moves = _between(cameras)
    bounds = np.array([depths[0] * 0.9, depths[1] * 1.1])
    planes = costs = None
    for level in range(LEVELS):
        grey, others, lenses = _sized(greys, cameras, 1 << (LEVELS - 1 - level))
        given = grey, others, lenses, moves
        if planes is None:
            planes, costs = kernels.swept(*given, 1 / np.linspace(1 / depths[0], 1 / depths[1], STEPS))
        else:
            planes = _enlarged(planes, grey.shape, lenses[0, 0])
            costs = kernels.costed(*given, planes)
        kernels.spread_out(*given, planes, costs, ROUNDS[level], np.array(SHAKE[level]), bounds)
    normals = planes[..., 1:] * FLIP @ cameras[0].world_from_camera[:3, :3].T
    return Relief(planes[..., 0].copy(), normals, costs)


def _between(cameras: Sequence[Camera]) -> ndarray:
    """How the first camera's space becomes each other's: (k, 3, 4), turns and steps."""
    first, moves = cameras[0].world_from_camera, []
    for other in cameras[1:]:
        back = (other.world_from_camera[:3, :3] * FLIP).T
        moves.append(np.column_stack([back @ (first[:3, :3] * FLIP),
                                      back @ (first[:3, 3] - other.world_from_camera[:3, 3])]))
    return np.array(moves)


def _sized(greys: Sequence[ndarray], cameras: Sequence[Camera], part: int) -> tuple[ndarray, ndarray, ndarray]:
    """The photos at a part of their size, the others in one block, and the pairs of focal lengths."""
    small = [shrunk(each, part) for each in greys]
    high, wide = (max(each.shape[k] for each in small[1:]) for k in (0, 1))
    others = np.stack([_padded(each, high, wide) for each in small[1:]])
    focals = [each.focal / part for each in cameras]
    return small[0], others, np.array([[focals[0], other] for other in focals[1:]])


def _padded(grey: ndarray, high: int, wide: int) -> ndarray:
    """A photo in the middle of a larger one of nothing."""
    low, left = (high - grey.shape[0]) // 2, (wide - grey.shape[1]) // 2
    return np.pad(grey, ((low, high - grey.shape[0] - low), (left, wide - grey.shape[1] - left)))


def shrunk(grey: ndarray, part: int) -> ndarray:
    """Means of part x part pixels; rows and columns that do not fill one are cut off evenly on both sides."""
    high, wide = (side // part for side in grey.shape)
    top, left = (grey.shape[0] - high * part) // 2, (grey.shape[1] - wide * part) // 2
    cut = grey[top : top + high * part, left : left + wide * part]
    return cut.reshape(high, part, wide, part).mean(axis=(1, 3)) if part > 1 else cut


def _enlarged(planes: ndarray, shape: tuple[int, int], focal: float) -> ndarray:
    """Planes of a coarser picture for a finer one: each pixel carries on the plane that it lies in."""
    high, wide = planes.shape[:2]
    y, x = np.arange(shape[0]) + 0.5 - shape[0] / 2, np.arange(shape[1]) + 0.5 - shape[1] / 2
    rows = np.clip(np.floor(y / 2 + high / 2).astype(int), 0, high - 1)
    columns = np.clip(np.floor(x / 2 + wide / 2).astype(int), 0, wide - 1)
    made = planes[rows[:, None], columns[None, :]].copy()
    here = made[..., 1] * (x / focal)[None] + made[..., 2] * (y / focal)[:, None] + made[..., 3]
    fromx, fromy = (columns + 0.5 - wide / 2) * 2 / focal, (rows + 0.5 - high / 2) * 2 / focal
    there = made[..., 1] * fromx[None] + made[..., 2] * fromy[:, None] + made[..., 3]
    made[..., 0] *= np.where(here < -1e-3, there / np.where(here < -1e-3, here, -1.0), 1.0)
    return made
