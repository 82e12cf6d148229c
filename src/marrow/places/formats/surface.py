"""A mesh as a cloud: points spread over its surface evenly by area, in the light of its textures.

The number is chosen so that neighbours are a centimetre apart, but never fewer than FEWEST nor more than MOST.
"""

from io import BytesIO
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow import forms
from marrow.contents import Remark, tell_of
from marrow.draw import colour
from marrow.errors import InputError
from marrow.media import Cloud, Material, Mesh, Source

APART = 0.01           # metres
FEWEST, MOST = 100_000, 1_000_000
LARGEST = 1 << 28      # pixels of a texture
WRONG = (OSError, ValueError, SyntaxError)  # what a damaged picture provokes


def read_surface(path: Path) -> Cloud:
    """The surface of a mesh as points with normals and colours; holes of a masked texture stay holes.

    raises    InputError  as the mesh's reader does; "places.flat" when its triangles have no area
    """
    mesh: Mesh = forms.read("mesh", path)  # type: ignore[assignment]
    return sampled(mesh, path)


def sampled(mesh: Mesh, path: Path) -> Cloud:
    """Points on a mesh, evenly by area; the same mesh gives the same points.

    Along the triangles, near ones one after another, points follow at equal steps of area; within a triangle they
    follow the triangular van der Corput sequence, so that none are clumped.
    source    Basu, Owen, Low discrepancy constructions in the triangle, SIAM J. Numer. Anal. 53, 2015
    test      all lie on the surface; parts of equal area have equal numbers, within one in a hundred
    """
    corners = mesh.vertices[mesh.faces].astype(np.float64)
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.sqrt((cross * cross).sum(axis=1)) / 2
    if not area.sum() > 0:
        raise InputError("places.flat", path=path)
    count = int(np.clip(area.sum() / APART**2, FEWEST, MOST))
    face, number = _spread(area, corners.mean(axis=1), count)
    weights = _within(number)
    origin = np.floor(np.median(corners.reshape(-1, 3), axis=0))
    points = (np.einsum("nk,nkd->nd", weights, corners[face]) - origin).astype(np.float32)
    light, there = _light(mesh, face, weights, path)
    normals = _normals(mesh, face, weights, cross)
    kept = there if there.any() else slice(None)
    return Cloud(points[kept], origin, None if light is None else light[kept], normals[kept],
                 sources=(Source(path.name),))


def _spread(area: ndarray, middles: ndarray, count: int) -> tuple[ndarray, ndarray]:
    """The triangle of each point, and which of its points it is."""
    low, high = middles.min(axis=0), middles.max(axis=0)
    grid = ((middles - low) / np.maximum((high - low).max(), 1e-30) * 1023).astype(np.int64)
    order = np.argsort(_woven(grid), kind="stable")
    ends = np.cumsum(area[order])
    at = np.searchsorted(ends, (np.arange(count) + 0.5) / count * ends[-1])
    at = np.minimum(at, len(area) - 1)
    first = np.searchsorted(at, at)
    return order[at], np.arange(count) - first + (order[at] * 7919) % 4096


def _woven(grid: ndarray) -> ndarray:
    """Morton numbers of cells (n, 3) of ten bits."""
    code = np.zeros(len(grid), np.int64)
    for bit in range(10):
        for axis in range(3):
            code |= (grid[:, axis] >> bit & 1) << (3 * bit + axis)
    return code


def _within(number: ndarray) -> ndarray:
    """Barycentric weights (n, 3) of the triangular van der Corput sequence: each digit to base 4 picks a quarter."""
    corners = np.tile(np.eye(3), (len(number), 1, 1))
    number = number.copy()
    for _ in range(12):
        middles = (corners[:, [1, 0, 0]] + corners[:, [2, 2, 1]]) / 2
        digit = (number & 3)[:, None, None]
        outer = (corners + corners[np.arange(len(number)), (number & 3) % 3][:, None]) / 2
        corners = np.where(digit == 3, middles, outer)
        number >>= 2
        if not number.any():
            break
    return corners.mean(axis=1)


def _normals(mesh: Mesh, face: ndarray, weights: ndarray, cross: ndarray) -> ndarray:
    """Unit normals (n, 3): of the vertices where they are known, else of the triangles."""
    found = cross[face]
    if mesh.normals is not None:
        smooth = np.einsum("nk,nkd->nd", weights, mesh.normals[mesh.faces[face]].astype(np.float64))
        found = np.where((np.abs(smooth).sum(axis=1) > 1e-6)[:, None], smooth, found)
    return (found / np.sqrt((found * found).sum(axis=1))[:, None]).astype(np.float32)


def _light(mesh: Mesh, face: ndarray, weights: ndarray, path: Path) -> tuple[ndarray | None, ndarray]:
    """Linear colours (n, 3), None where the mesh has no look at all, and whether each point is not in a hole."""
    light, alpha = np.ones((len(face), 3)), np.ones(len(face))
    if mesh.colours is not None:
        tint = mesh.colours[mesh.faces[face]]
        light *= np.einsum("nk,nkd->nd", weights, colour.linear(tint[..., :3]))
        alpha *= np.einsum("nk,nk->n", weights, tint[..., 3] / 255)
    if mesh.material is None or not mesh.materials:
        return (None if mesh.colours is None else light.astype(np.float32)), np.ones(len(face), bool)
    there = np.ones(len(face), bool)
    which = mesh.material[face]
    for number, material in enumerate(mesh.materials):
        rows = np.flatnonzero(which == number)
        if len(rows):
            shade = _shade(mesh, material, face[rows], weights[rows], path)
            light[rows] *= shade[:, :3]
            alpha[rows] *= shade[:, 3]
            there[rows] = alpha[rows] >= {"mask": material.cutoff, "blend": 1 / 255}.get(material.alpha, -1)
    return light.astype(np.float32), there


def _shade(mesh: Mesh, material: Material, face: ndarray, weights: ndarray, path: Path) -> ndarray:
    """Linear r g b a (n, 4) of a material at points of its triangles."""
    shade = np.tile(np.array(material.colour, float), (len(face), 1))
    if mesh.uv is None or "colour" not in material.pictures:
        return shade
    picture = _picture(material.pictures["colour"])
    if picture is None:
        tell_of([Remark("places.texture", {"path": path.name, "name": material.name})])
        return shade
    uv = np.nan_to_num(np.einsum("nk,nkd->nd", weights, mesh.uv[mesh.faces[face]].astype(np.float64)))
    return shade * _between(picture, uv)


def _picture(raw: bytes) -> ndarray | None:
    """A texture's pixels (h, w, 4) uint8, None where it cannot be opened."""
    from PIL import Image

    try:
        with Image.open(BytesIO(raw)) as opened:
            if opened.width * opened.height > LARGEST:
                return None
            return np.asarray(opened.convert("RGBA"))
    except (*WRONG, Image.DecompressionBombError):
        return None


def _between(picture: ndarray, uv: ndarray) -> ndarray:
    """The light between pixels (n, 4), pictures repeated beyond their edges."""
    height, width = picture.shape[:2]
    at = (uv - np.floor(uv)) * (width, height) - 0.5
    low = np.floor(at).astype(np.int64)
    part = at - low
    found = np.zeros((len(uv), 4))
    for across, down in ((0, 0), (1, 0), (0, 1), (1, 1)):
        pixels = picture[(low[:, 1] + down) % height, (low[:, 0] + across) % width]
        share = np.abs(1 - across - part[:, 0]) * np.abs(1 - down - part[:, 1])
        found[:, :3] += colour.linear(pixels[:, :3]) * share[:, None]
        found[:, 3] += pixels[:, 3] / 255 * share
    return found
