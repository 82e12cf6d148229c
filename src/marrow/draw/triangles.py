"""Triangles on a picture: which face is seen at each pixel, how far away, and where within it.

A pixel belongs to the triangle that holds its middle; triangles that share an edge leave no gap and never both cover
a pixel. Pictures are smoothed by drawing them larger: `Camera(place, lens, (2 * width, 2 * height))`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from marrow.draw.camera import Camera

PART = 1 << 20  # rows or pixels worked on at a time: what bounds the memory
FLAT = 1e-10    # pixels², twice the area of a triangle that nobody can see


@dataclass(frozen=True)
class Raster:
    """What is seen at each pixel.

    depth     (height, width) float32: metres ahead of the eye, infinite where nothing is
    faces     (height, width) int32: number of the face, -1 where nothing is
    shares    (height, width, 3) float32: barycentric, of its three corners, together 1; 0 where nothing is
    """

    depth: ndarray
    faces: ndarray
    shares: ndarray


def raster(camera: Camera, vertices: ndarray, faces: ndarray, *, near: float = 0.01) -> Raster:
    """Find what a camera sees of triangles, from either side.

    vertices    (n, 3) world;  faces (m, 3) indices
    near        metres, above 0: what is closer to the eye is cut away
    returns     faces with corners that are no numbers, or without area, are left out
    source      corners' shares from rays: Olano and Greer, Triangle Scan Conversion using 2D Homogeneous Coordinates,
                HWWS 1997
    test        equal to casting a ray through each pixel; a closed surface has no gap; the faces' order does not matter
    """
    width, height = camera.size
    placed = _before(camera, np.asarray(vertices, float))
    corners, number = _cut(placed[faces], near)
    seen = np.zeros(width * height, np.uint64)
    middle = np.array([width, height]) / 2
    flat = corners[..., :2] / corners[..., 2:] + middle
    for pixel, near_first, face in _covered(flat, 1 / corners[..., 2], number, camera.size):
        np.maximum.at(seen, pixel, near_first.view(np.uint32).astype(np.uint64) << 32 | (~face).astype(np.uint32))
    pixel = np.flatnonzero(seen)
    found = Raster(np.full((height, width), np.inf, np.float32), np.full((height, width), -1, np.int32),
                   np.zeros((height, width, 3), np.float32))
    face = ~(seen[pixel] & 0xFFFFFFFF).astype(np.uint32).view(np.int32)
    shares, depth = _within(placed, faces, face, pixel, camera.size)
    found.faces.reshape(-1)[pixel] = face
    found.shares.reshape(-1, 3)[pixel] = shares
    found.depth.reshape(-1)[pixel] = depth
    return found


def spread(seen: Raster, faces: ndarray, values: ndarray) -> tuple[ndarray, ndarray]:
    """Carry what the corners hold to the pixels that see them.

    values     (vertices, k)
    returns    pixels (p,) int64, counted row by row, and what each sees: (p, k) float32
    """
    pixels = np.flatnonzero(seen.faces.reshape(-1) >= 0)
    corners = faces[seen.faces.reshape(-1)[pixels]]
    shares = seen.shares.reshape(-1, 3)[pixels]
    values = np.asarray(values, np.float32)
    return pixels, sum(shares[:, k:k + 1] * values[corners[:, k]] for k in range(3))


def _before(camera: Camera, points: ndarray) -> ndarray:
    """Points before the lens: (n, 3), x right and y down at one metre's distance in pixels, z metres ahead."""
    x, y, z = (points - camera.eye).T
    right, up, back = (x * axis[0] + y * axis[1] + z * axis[2] for axis in camera.world_from_camera[:3, :3].T)
    return np.stack([right * camera.focal, -up * camera.focal, -back], axis=1)


def _cut(corners: ndarray, near: float) -> tuple[ndarray, ndarray]:
    """Triangles (m, 3, 3) cut at the plane before the eye, and the face that each piece belongs to."""
    ahead = corners[..., 2] >= near
    good = np.isfinite(corners).all((1, 2))
    count = ahead.sum(1)
    whole, one, two = (np.flatnonzero(good & (count == number)) for number in (3, 1, 2))
    first, other = (_turned(corners[some], odd.argmax(1)) for some, odd in ((one, ahead[one]), (two, ~ahead[two])))
    a, b, c = first.transpose(1, 0, 2)
    d, e, f = other.transpose(1, 0, 2)
    pieces = [corners[whole], np.stack([a, _meet(a, b, near), _meet(a, c, near)], 1),
              np.stack([e, f, _meet(f, d, near)], 1), np.stack([e, _meet(f, d, near), _meet(e, d, near)], 1)]
    return np.concatenate(pieces), np.concatenate([whole, one, two, two]).astype(np.int32)


def _turned(corners: ndarray, first: ndarray) -> ndarray:
    return np.take_along_axis(corners, ((first[:, None] + np.arange(3)) % 3)[..., None], axis=1)


def _meet(front: ndarray, behind: ndarray, near: float) -> ndarray:
    share = (front[:, 2:] - near) / (front[:, 2:] - behind[:, 2:])
    made = front + share * (behind - front)
    made[:, 2] = near
    return made


def _covered(flat: ndarray, nearness: ndarray, number: ndarray, size: tuple[int, int]) -> Iterator[tuple[ndarray, ...]]:
    """Pixels of the triangles, part by part: pixel, 1 / depth float32, face.

    flat    (m, 3, 2) pixels;  nearness (m, 3) 1 / depth
    """
    x, y = flat[..., 0], flat[..., 1]
    (x1, y1, n1), (x2, y2, n2) = ([field[:, k] - field[:, 0] for field in (x, y, nearness)] for k in (1, 2))
    area = x1 * y2 - x2 * y1
    seen = np.flatnonzero(np.abs(area) > FLAT)
    slopes = np.stack([n1 * y2 - n2 * y1, x1 * n2 - x2 * n1], axis=1)[seen] / area[seen, None]
    start = nearness[seen, 0] - slopes[:, 0] * (x[seen, 0] - 0.5) - slopes[:, 1] * (y[seen, 0] - 0.5)
    number, flat = number[seen], flat[seen]
    top, bottom = (np.clip(np.ceil(edge - 0.5), 0, size[1]).astype(np.int64)
                   for edge in (flat[..., 1].min(1), flat[..., 1].max(1)))
    edges = [_edge(flat[:, k], flat[:, (k + 1) % 3]) for k in range(3)]
    for triangle, row in _laid_out(top, bottom):
        left, right = _span(edges, triangle, row + 0.5, size[0])
        for line, column in _laid_out(left, right):
            which = triangle[line]
            near = start[which] + slopes[which, 0] * column + slopes[which, 1] * row[line]
            yield row[line] * size[0] + column, np.maximum(near, 1e-30).astype(np.float32), number[which]


def _edge(a: ndarray, b: ndarray) -> tuple[ndarray, ...]:
    """An edge from its upper end: rows from and to, column there, columns per row; the same from both its sides."""
    swap = (a[:, 1] > b[:, 1]) | ((a[:, 1] == b[:, 1]) & (a[:, 0] > b[:, 0]))
    upper, lower = (np.where(swap[:, None], *pair) for pair in ((b, a), (a, b)))
    tall = lower[:, 1] - upper[:, 1]
    return upper[:, 1], lower[:, 1], upper[:, 0], (lower[:, 0] - upper[:, 0]) / np.where(tall > 0, tall, 1)


def _span(edges: list[tuple[ndarray, ...]], which: ndarray, at: ndarray, width: int) -> tuple[ndarray, ndarray]:
    """First column of each row, and the one after the last: the two edges that the row crosses."""
    low, high = np.full(len(which), np.inf), np.full(len(which), -np.inf)
    for upper, lower, begin, slope in edges:
        crossed = (upper[which] <= at) & (at < lower[which])
        column = begin[which] + (at - upper[which]) * slope[which]
        np.minimum(low, column, out=low, where=crossed)
        np.maximum(high, column, out=high, where=crossed)
    return tuple(np.clip(np.ceil(side - 0.5), 0, width).astype(np.int64) for side in (low, high))


def _laid_out(first: ndarray, end: ndarray) -> Iterator[tuple[ndarray, ndarray]]:
    """All whole numbers from `first` up to `end` of every entry, in parts: entry, number."""
    count = np.maximum(end - first, 0)
    upto = np.cumsum(count)
    begin = 0
    while begin < len(count):
        done = upto[begin - 1] if begin else 0
        stop = max(begin + 1, int(np.searchsorted(upto, done + PART, "right")))
        entry = np.repeat(np.arange(begin, stop), count[begin:stop])
        offset = np.arange(len(entry)) - (upto[entry] - count[entry] - done)
        if len(entry):
            yield entry, first[entry] + offset
        begin = stop


def _within(placed: ndarray, faces: ndarray, face: ndarray, pixel: ndarray,
            size: tuple[int, int]) -> tuple[ndarray, ndarray]:
    """Shares (p, 3) of the corners where the ray through each pixel meets its face, and the depth there."""
    ray = np.stack([pixel % size[0] + 0.5 - size[0] / 2, pixel // size[0] + 0.5 - size[1] / 2, np.ones(len(pixel))])
    corners = [placed.T[:, faces[:, k]] for k in range(3)]
    normals = [np.cross(corners[k - 2], corners[k - 1], axis=0) for k in range(3)]
    parts = [(normal[:, face] * ray).sum(0) for normal in normals]
    total = parts[0] + parts[1] + parts[2]
    shares = np.clip(np.stack(parts) / np.where(total == 0, 1, total), 0, 1)
    shares /= np.maximum(shares.sum(0), 1e-30)
    depth = sum(share * corner[2, face] for share, corner in zip(shares, corners, strict=True))
    return shares.T.astype(np.float32), depth.astype(np.float32)
