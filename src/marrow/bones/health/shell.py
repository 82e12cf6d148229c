"""A mesh as one surface: corners at one place are one point, whatever their normals; pieces, edges, borders, sides."""

from functools import cached_property

import numpy as np
from numpy import ndarray

APART = 1e-6     # of the size: points nearer than this are one
FLAT = 1e-12     # of the size squared: a face smaller than this has no area


class Shell:
    """Points, faces and edges of a mesh whose vertices may be doubled along seams.

    point     (vertices,) the point that each vertex is
    corners   (faces, 3) points
    """

    def __init__(self, vertices: ndarray, faces: ndarray) -> None:
        self.vertices = np.asarray(vertices, float)
        self.faces = np.asarray(faces, np.int64)
        self.finite = np.isfinite(self.vertices).all(1)
        sound = self.vertices[self.finite]
        self.size = float(np.ptp(sound, axis=0).max()) if len(sound) else 0.0
        places = np.nan_to_num(self.vertices, nan=0.0, posinf=0.0, neginf=0.0)
        cells = np.round(places / max(self.size * APART, 1e-30)).astype(np.int64)
        self.point = np.unique(cells, axis=0, return_inverse=True)[1].ravel()
        self.corners = self.point[self.faces]

    def height(self, up: ndarray) -> float:
        """How far it reaches along an axis."""
        sound = self.vertices[self.finite]
        return float(np.ptp(sound @ up)) if len(sound) else 0.0

    @cached_property
    def across(self) -> ndarray:
        """(faces, 3) normals, twice as long as the faces are large."""
        at = self.vertices[self.faces]
        return np.cross(at[:, 1] - at[:, 0], at[:, 2] - at[:, 0])

    @cached_property
    def flat(self) -> ndarray:
        """(faces,) whether a face has no area."""
        one, two, three = self.corners.T
        return (one == two) | (two == three) | (three == one) | (
            np.linalg.norm(self.across, axis=1) < 2 * FLAT * self.size ** 2)

    @cached_property
    def edges(self) -> tuple[ndarray, ndarray, ndarray, ndarray]:
        """Half edges of faces that have area: face, edge number, direction (1 or -1); how many faces each edge has."""
        faces = np.flatnonzero(~self.flat)
        ends = np.concatenate([self.corners[faces][:, [one, two]] for one, two in ((0, 1), (1, 2), (2, 0))])
        way = np.where(ends[:, 0] < ends[:, 1], 1, -1)
        low, high = ends.min(1), ends.max(1)
        _, edge, count = np.unique(low * (len(self.vertices) + 1) + high, return_inverse=True, return_counts=True)
        return np.tile(faces, 3), edge.ravel(), way, count

    @cached_property
    def piece(self) -> ndarray:
        """(faces,) the piece that each face is of."""
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import connected_components

        ends = np.concatenate([self.corners[:, [0, 1]], self.corners[:, [1, 2]]])
        many = len(self.vertices)
        graph = coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(many, many))
        found = connected_components(graph, directed=False)[1][self.corners[:, 0]]
        return np.unique(found, return_inverse=True)[1].ravel()

    @cached_property
    def open(self) -> ndarray:
        """(pieces,) the share of a piece's edges that only one face has."""
        face, edge, _, count = self.edges
        piece, pieces = self.piece[face], int(self.piece.max(initial=-1)) + 1
        border = np.bincount(piece, count[edge] == 1, pieces)
        return border / np.maximum(np.bincount(piece, 1 / count[edge], pieces), 1)

    @cached_property
    def volume(self) -> ndarray:
        """(pieces,) what a piece holds, negative where its faces look inwards."""
        pieces = int(self.piece.max(initial=-1)) + 1
        at = np.nan_to_num(self.vertices)[self.faces]
        middle = np.stack([np.bincount(self.piece, at.mean(1)[:, axis], pieces) for axis in range(3)], 1)
        middle /= np.maximum(np.bincount(self.piece, minlength=pieces), 1)[:, None]
        at = at - middle[self.piece][:, None]
        each = np.einsum("ij,ij->i", at[:, 0], np.cross(at[:, 1], at[:, 2])) / 6
        return np.bincount(self.piece, each, pieces)

    @cached_property
    def pairs(self) -> tuple[ndarray, ndarray, ndarray]:
        """Neighbours over edges of two faces: face, face, and whether they run along the edge the same, wrong, way."""
        face, edge, way, count = self.edges
        order = np.argsort(edge, kind="stable")
        order = order[count[edge[order]] == 2]
        one, two = order[::2], order[1::2]
        return face[one], face[two], way[one] == way[two]

    @cached_property
    def turned(self) -> ndarray:
        """(faces,) the faces to turn round so that neighbours agree, and closed pieces look outwards.

        Pieces in which that cannot be done (a Möbius strip) stay as they are.
        test    any faces of a ball turned round are the faces found
        """
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import connected_components

        many = len(self.faces)
        one, two, wrong = self.pairs
        ends = np.concatenate([one, one + many]), np.concatenate([two + many * wrong, two + many * ~wrong])
        graph = coo_matrix((np.ones(2 * len(one)), ends), shape=(2 * many, 2 * many))
        side = connected_components(graph, directed=False)[1]
        front, back = side[:many], side[many:]
        patch = np.unique(np.minimum(front, back), return_inverse=True)[1].ravel()
        turn = (front > back) & (front != back)
        return turn ^ self._inside(turn, patch)[patch]

    def _inside(self, turn: ndarray, patch: ndarray) -> ndarray:
        """(patches,) whether the other faces of a patch are the ones to turn: then it holds more, or fewer are turned.

        A patch is what hangs together over edges of two faces.
        """
        patches = int(patch.max(initial=-1)) + 1
        size = np.bincount(patch, minlength=patches)
        fewer = np.bincount(patch, turn, patches) * 2 > size
        sign = np.where(turn, -1.0, 1.0)
        at = np.nan_to_num(self.vertices)[self.faces]
        middle = np.stack([np.bincount(patch, at.mean(1)[:, axis], patches) for axis in range(3)], 1) / size[:, None]
        at = at - middle[patch][:, None]
        volume = np.bincount(patch, sign * np.einsum("ij,ij->i", at[:, 0], np.cross(at[:, 1], at[:, 2])), patches) / 6
        face, edge, _, count = self.edges
        border = np.bincount(patch[face], count[edge] != 2, patches) / np.maximum(np.bincount(
            patch[face], minlength=patches), 1)
        area = np.bincount(patch, np.linalg.norm(np.nan_to_num(self.across), axis=1), patches) / 2
        clear = (border < 0.2) & (np.abs(volume) > 0.01 * area ** 1.5)
        return np.where(clear, volume < 0, fewer)

    def loops(self) -> list[list[int]]:
        """Holes: rings of points along borders, in the order in which a face that closes them runs."""
        face, edge, _, count = self.edges
        bare = np.flatnonzero(count[edge] == 1)
        corner = np.repeat(np.arange(3), len(edge) // 3)[bare]
        start = self.corners[face[bare], corner]
        end = self.corners[face[bare], (corner + 1) % 3]
        following = dict(zip(end.tolist(), start.tolist(), strict=True))
        if len(following) < len(end):  # borders that touch: leave those points alone
            touched = np.flatnonzero(np.bincount(end) > 1).tolist()
            following = {one: two for one, two in following.items() if one not in touched and two not in touched}
        rings, seen = [], set()
        for first in following:
            ring = [first] if first not in seen else []
            seen.add(first)
            while ring and (ahead := following.get(ring[-1], first)) not in seen:
                ring.append(ahead)
                seen.add(ahead)
            rings += [ring] * bool(ring and following.get(ring[-1]) == first)
        return rings
