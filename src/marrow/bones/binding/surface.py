"""A mesh made ready for reasoning: equal places joined, one size, every face turned away from the bones."""

from dataclasses import dataclass, replace

import numpy as np
from numpy import ndarray

from marrow.bones.polygons import around

WELD = 20          # bits per axis of the lattice on which places count as equal: a millionth of the size
HOLE = 8           # edges round a hole that is filled
MOST = 200_000     # points; more are gathered in larger cells, and what is found is spread out again


@dataclass(frozen=True)
class Surface:
    """Triangles in a box of size 1.

    points     (n, 3) float64;  faces (m, 3) int64: no two alike, none degenerate
    normals    (n, 3) unit, or 0 where a point has no face;  area (n,) its share of the faces round it
    back       (vertices,) the point that each vertex of the mesh became
    gathered   whether neighbouring vertices share a point although their places differ
    low, size  point = (vertex - low) / size
    """

    points: ndarray
    faces: ndarray
    normals: ndarray
    area: ndarray
    back: ndarray
    gathered: bool
    low: ndarray
    size: float

    def placed(self, places: ndarray) -> ndarray:
        """Places of the world (..., 3) in the surface's box."""
        return (places - self.low) / self.size


def surface(vertices: ndarray, faces: ndarray, *, most: int = MOST) -> Surface:
    """Join vertices at equal places, drop double and empty faces.

    vertices    (v, 3) finite;  faces (m, 3) indices
    test        a soup of loose triangles gives the surface that it was cut from
    """
    vertices = np.asarray(vertices, float)
    low = vertices.min(0)
    size = float(np.ptp(vertices, axis=0).max()) or 1.0
    scaled = (vertices - low) / size
    points, back, gathered = _joined(scaled, most)
    faces = back[np.asarray(faces, np.int64)].reshape(-1, 3)
    faces = faces[(faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])]
    _, first = np.unique(np.sort(faces, axis=1), axis=0, return_index=True)
    faces = np.ascontiguousarray(faces[np.sort(first)])
    return Surface(points, faces, *_round(points, faces), back, gathered, low, size)


def turned(made: Surface, inside: ndarray) -> Surface:
    """The surface with each connected part turned so that it looks away from what it encloses.

    inside    (n, 3) for each point a place that should lie behind it
    source    divergence theorem: the flow away from `inside` through a closed part is its volume, and positive
    test      inverted faces come out as the others do
    """
    import igl

    if not len(made.faces):
        return made
    faces, part = igl.bfs_orient(made.faces)
    corners = made.points[faces]
    away = (corners - inside[faces]).sum(1)
    through = (np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]) * away).sum(1)
    wrong = np.bincount(part, through)[part] < 0
    faces = np.where(wrong[:, None], faces[:, ::-1], faces)
    return _with(made, faces)


def closed(made: Surface) -> Surface:
    """The surface with its small holes filled, so that heat and sight do not leak through a missing face.

    made       with its faces turned alike, see `turned`
    test       a face taken away comes back; the opening of a sleeve stays
    """
    found = [loop for loop in _loops(made.faces) if len(loop) <= HOLE]
    if not found:
        return made
    fans = np.array([(loop[0], loop[k + 1], loop[k]) for loop in found for k in range(1, len(loop) - 1)])
    faces = np.concatenate([made.faces, fans])
    _, first = np.unique(np.sort(faces, axis=1), axis=0, return_index=True)
    return _with(made, faces[np.sort(first)])


def _loops(faces: ndarray) -> list[list[int]]:
    """Rims as closed walks along edges that only one face has, in that face's direction."""
    ends = faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    key = ends.min(1) << 32 | ends.max(1)
    _, first, count = np.unique(key, return_index=True, return_counts=True)
    onward: dict[int, list[int]] = {}
    for start, end in ends[np.sort(first[count == 1])].tolist():
        onward.setdefault(start, []).append(end)
    found = []
    for start in list(onward):
        way, place = [start], {start: 0}
        while onward.get(way[-1]):
            after = onward[way[-1]].pop()
            if after in place:
                found.append(way[place[after]:])
                for each in way[place[after] + 1:]:
                    del place[each]
                way = way[:place[after] + 1]
            else:
                place[after] = len(way)
                way.append(after)
    return found


def parts(made: Surface) -> ndarray:
    """Which connected part each point belongs to, (n,) counted from 0."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    count = len(made.points)
    ends = made.faces[:, [0, 1, 1, 2]].reshape(-1, 2)
    graph = coo_matrix((np.ones(len(ends), np.int8), (ends[:, 0], ends[:, 1])), shape=(count, count))
    return connected_components(graph, directed=False)[1]


def rim(made: Surface) -> ndarray:
    """The points (r,) on edges that only one face has."""
    edges = np.sort(np.concatenate([made.faces[:, [0, 1]], made.faces[:, [1, 2]], made.faces[:, [2, 0]]]), axis=1)
    edges, count = np.unique(edges, axis=0, return_counts=True)
    return np.unique(edges[count == 1])


def _with(made: Surface, faces: ndarray) -> Surface:
    """The surface with other faces."""
    normals, area = _round(made.points, faces)
    return replace(made, faces=np.ascontiguousarray(faces), normals=normals, area=area)


def _joined(scaled: ndarray, most: int) -> tuple[ndarray, ndarray, bool]:
    """Points, the point of each vertex, and whether cells larger than rounding were needed."""
    steps = 1 << WELD
    gathered = False
    while True:
        cell = np.rint(scaled * (steps - 1)).astype(np.int64)
        _, first, back = np.unique(cell[:, 0] << 2 * WELD | cell[:, 1] << WELD | cell[:, 2], return_index=True,
                                   return_inverse=True)
        if len(first) <= most:
            return scaled[first], back.reshape(-1), gathered
        steps, gathered = min(steps // 2, 2048) if gathered or steps <= 2048 else 2048, True


def _round(points: ndarray, faces: ndarray) -> tuple[ndarray, ndarray]:
    """Unit normals and areas at the points."""
    across = np.cross(points[faces[:, 1]] - points[faces[:, 0]], points[faces[:, 2]] - points[faces[:, 0]])
    normals = around(across, faces, len(points))
    long = np.linalg.norm(normals, axis=1, keepdims=True)
    area = np.bincount(faces.ravel(), np.repeat(np.linalg.norm(across, axis=1) / 6, 3), len(points))
    return normals / np.where(long > 0, long, 1), area
