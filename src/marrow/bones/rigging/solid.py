"""The inside of any mesh as cubes of one size, whatever state its surface is in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy import ndarray

ROUND = 26  # neighbours of a cube, corners included


@dataclass(frozen=True)
class Solid:
    """Which cubes of a grid belong to a body.

    inside    (x, y, z) bool
    corner    (3,) the low corner of the grid, in the units of the mesh
    cube      edge of one cube, in the same units
    """

    inside: ndarray
    corner: ndarray
    cube: float

    def places(self) -> ndarray:
        """Middles of the cubes inside, (n, 3), in the order of np.argwhere."""
        return self.corner + (np.argwhere(self.inside) + 0.5) * self.cube

    def turned_back(self) -> Solid:
        """The same body turned by half a turn about Y."""
        beyond = self.corner + np.array(self.inside.shape) * self.cube
        return Solid(self.inside[::-1, :, ::-1], np.array([-beyond[0], self.corner[1], -beyond[2]]), self.cube)

    def cells(self, points: ndarray) -> ndarray:
        """Which cube holds a point: (n, 3) int, moved to the border where outside the grid."""
        index = np.floor((np.asarray(points) - self.corner) / self.cube).astype(int)
        return np.clip(index, 0, np.array(self.inside.shape) - 1)


def filled(vertices: ndarray, faces: ndarray, cubes: int, *, box: ndarray | None = None, near: ndarray | None = None,
           shell: bool = True) -> Solid:
    """Fill a mesh with cubes: soups, holes, shells and inverted faces included.

    A cube is inside where the winding number says so, where the surface runs through it, or where nothing outside
    reaches it.

    vertices    (n, 3)
    faces       (m, 3)
    cubes       how many along the longest side
    box         (2, 3) low and high corner of the part wanted (default: everything)
    near        the faces that may run through the box, where the rest is known to be elsewhere
    shell       whether cubes that the surface runs through count where the winding number fills most of the body
    source      Barill and others, Fast Winding Numbers for Soups and Clouds, SIGGRAPH 2018
    test        a capsule turned inside out, cut into loose triangles or with holes fills the same cubes
    """
    from scipy import ndimage

    used = vertices[np.unique(faces)]
    low, high = (used.min(0), used.max(0)) if box is None else np.asarray(box, float)
    cube = float((high - low).max()) / cubes
    shape = (np.ceil((high - low) / cube / 2).astype(int) + 2) * 2
    corner = low - 2 * cube
    surface = np.zeros(shape, bool)
    index = np.floor((samples(vertices, faces if near is None else near, cube * 0.7) - corner) / cube).astype(int)
    index = index[((index >= 0) & (index < shape)).all(1)]
    surface[tuple(index.T)] = True
    inside = _wound(vertices, faces, corner, cube, surface, shell)
    if shell or inside.sum() < 0.5 * surface.sum():
        inside |= surface
    if box is None:
        thick = ndimage.binary_dilation(surface)
        inside |= ndimage.binary_fill_holes(surface)
        inside |= ndimage.binary_dilation(ndimage.binary_fill_holes(thick) & ~thick)
    return Solid(inside, corner, cube)


def _wound(vertices: ndarray, faces: ndarray, corner: ndarray, cube: float, surface: ndarray, shell: bool) -> ndarray:
    """Cubes whose middle the surface winds around: asked in blocks of eight, and singly where blocks differ.

    surface    (x, y, z) bool, even sides; with `shell` its own cubes need no answer
    """
    import igl
    from scipy import ndimage

    vertices, faces = np.ascontiguousarray(vertices, float), np.ascontiguousarray(faces, np.int64)

    def around(points: ndarray) -> ndarray:
        return np.abs(igl.fast_winding_number(vertices, faces, points)) > 0.5

    blocks = np.array(surface.shape) // 2
    middles = np.stack(np.meshgrid(*map(np.arange, blocks), indexing="ij"), -1).reshape(-1, 3) + 0.5
    coarse = around(corner + middles * 2 * cube).reshape(blocks)
    cut = surface.reshape(blocks[0], 2, blocks[1], 2, blocks[2], 2).any((1, 3, 5))
    mixed = cut | (ndimage.maximum_filter(coarse, 3) != ndimage.minimum_filter(coarse, 3))
    inside, single = (each.repeat(2, 0).repeat(2, 1).repeat(2, 2) for each in (coarse, mixed))
    if shell:
        single &= ~surface
    asked = np.argwhere(single)
    inside[single] = around(corner + (asked + 0.5) * cube)
    return inside


def samples(vertices: ndarray, faces: ndarray, apart: float) -> ndarray:
    """Points that cover every triangle, at most `apart` from one another; at most about ten million."""
    corners = vertices[faces]
    edges = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(1)
    steps = np.clip(np.ceil(edges / apart), 1, 400).astype(int)
    most = 10_000_000
    while (steps.astype(float) ** 2).sum() / 2 > most:
        steps = np.maximum(steps // 2, 1)
        if steps.max() == 1:
            break
    made = [vertices[np.unique(faces)]]
    for step in np.unique(steps[steps > 1]):
        i, j = (each[np.add.outer(range(step + 1), range(step + 1)) <= step]
                for each in np.meshgrid(range(step + 1), range(step + 1), indexing="ij"))
        shares = np.stack([i, j, step - i - j], axis=1) / step
        made.append(np.einsum("pk,fkc->fpc", shares, corners[steps == step]).reshape(-1, 3))
    return np.vstack(made)


def main_piece(solid: Solid, gap: int = 2) -> Solid:
    """The largest piece of a body and whatever is at most `gap` cubes away from it or holds a tenth as much."""
    from scipy import ndimage

    near = ndimage.binary_dilation(solid.inside, iterations=gap)
    pieces, count = ndimage.label(near, np.ones((3, 3, 3)))
    if count < 2:
        return solid
    sizes = np.bincount(pieces[solid.inside], minlength=count + 1)
    keep = sizes >= max(sizes[1:].max() * 0.1, 1)
    keep[0] = False
    return Solid(solid.inside & keep[pieces], solid.corner, solid.cube)


class Paths:
    """Distances inside a body: a graph over its cubes, loose pieces tied to their nearest neighbours."""

    def __init__(self, solid: Solid) -> None:
        from scipy import ndimage

        self.solid = solid
        self.index = np.argwhere(solid.inside)
        self.depth = ndimage.distance_transform_edt(solid.inside)[solid.inside] * solid.cube
        self.number = np.full(solid.inside.shape, -1)
        self.number[solid.inside] = np.arange(len(self.index))
        self.graph = self._tied(self._grid())

    def _grid(self) -> object:
        from scipy import sparse

        number, rows, columns, lengths = self.number, [], [], []
        for step in np.argwhere(np.ones((3, 3, 3))) - 1:
            if tuple(step) <= (0, 0, 0):
                continue
            here = tuple(slice(max(0, d), size + min(0, d)) for d, size in zip(step, number.shape, strict=True))
            there = tuple(slice(max(0, -d), size + min(0, -d)) for d, size in zip(step, number.shape, strict=True))
            both = (number[here] >= 0) & (number[there] >= 0)
            rows.append(number[here][both])
            columns.append(number[there][both])
            lengths.append(np.full(len(rows[-1]), float(np.sqrt((step ** 2).sum()))))
        size = len(self.index)
        return sparse.coo_matrix((np.concatenate(lengths), (np.concatenate(rows), np.concatenate(columns))),
                                 shape=(size, size)).tocsr()

    def _tied(self, graph: object) -> object:
        """Ties every loose piece to the main one where they are nearest."""
        from scipy import sparse
        from scipy.sparse.csgraph import connected_components
        from scipy.spatial import cKDTree

        count, piece = connected_components(graph, directed=False)
        if count > 1:
            sizes = np.bincount(piece)
            order = np.argsort(-sizes, kind="stable")
            rows, columns, lengths = [], [], []
            have = np.flatnonzero(piece == order[0])
            for each in order[1:]:
                loose = np.flatnonzero(piece == each)
                gap, at = cKDTree(self.index[have]).query(self.index[loose])
                nearest = int(gap.argmin())
                rows.append(loose[nearest])
                columns.append(have[at[nearest]])
                lengths.append(gap[nearest])
                have = np.concatenate([have, loose])
            graph = graph + sparse.coo_matrix((lengths, (rows, columns)), shape=graph.shape).tocsr()
        return graph + graph.T

    def at(self, point: ndarray) -> int:
        """The number of the cube inside that is nearest to a point."""
        cell = (np.asarray(point) - self.solid.corner) / self.solid.cube - 0.5
        return int(((self.index - cell) ** 2).sum(1).argmin())

    def lengths(self, sources: ndarray | int, among: ndarray | None = None) -> ndarray:
        """How far it is from the nearest source to every cube, through the body, in the units of the mesh.

        among    (n,) bool: keep to these cubes; the answer is for them only, endless where no way leads
        """
        from scipy.sparse.csgraph import dijkstra

        graph, sources = self.graph, np.atleast_1d(sources)
        if among is not None:
            graph = graph[among][:, among]
            sources = (np.cumsum(among) - 1)[sources]
        return dijkstra(graph, directed=False, indices=sources, min_only=True) * self.solid.cube
