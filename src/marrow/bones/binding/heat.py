"""Heat on a surface: every bone warms what it sees, and what lies between two bones is warmed by both."""

import numpy as np
from numpy import ndarray

from marrow.bones.binding.segments import Bones, distances
from marrow.bones.binding.surface import Surface, parts, rim

NEAREST = 8          # bones that are tried for each point, the nearest first
TIE = 1e-4           # bones as near as the nearest, within this share, warm a point together
FACING = 1.25        # how much more a bone counts that lies straight behind the surface
FLOW = 5.0           # warmth from the bone against warmth from the neighbours
INSIDE = (0.12, 0.35, 0.6)  # shares of the way to the bone where the body has to be
SEAM = 2.0           # spacings of points over which two parts are taken for one
FAINT = (0.025, 0.05)  # weights that are dropped; weights that are kept whole
STEEP = 50.0         # half a cotangent at most
BLOCK = 64           # joints solved at a time


def standing(made: Surface, laid: Bones, parents: ndarray) -> Bones:
    """The bones without the one that a rig stands on: from a first joint to its only child, mostly through the open.

    made    with its faces turned outwards
    test    a joint on the floor between the feet carries nothing of the legs
    """
    roots = np.flatnonzero((parents < 0) & (np.bincount(parents[parents >= 0], minlength=len(parents)) == 1))
    asked = np.flatnonzero(np.isin(laid.owner, roots))
    if not len(asked) or len(asked) == len(laid.owner) or not len(made.faces):
        return laid
    share = np.linspace(0.05, 0.95, 10)[:, None, None]
    places = laid.start[asked] + share * (laid.end - laid.start)[asked]
    within = Sight(made).turns.winding_number(places.reshape(-1, 3)).reshape(10, -1) > 0.5
    kept = np.delete(np.arange(len(laid.owner)), asked[within.mean(0) < 0.5])
    return Bones(laid.start[kept], laid.end[kept], laid.owner[kept])


def weights(made: Surface, laid: Bones, joints: int, keep: int) -> tuple[ndarray, ndarray]:
    """Find how much every point hangs on every joint.

    returns    joints (n, keep) int32 and weights (n, keep) float64, the largest first, together 1
    source     Baran and Popovic, Automatic Rigging and Animation of 3D Characters, SIGGRAPH 2007, sec. 4
    test       along a bone between two others weights go from one to the other without a jump
    """
    from scipy.sparse import csr_matrix, diags
    from scipy.sparse.linalg import splu

    warmth, share = sources(made, laid, joints)
    if not warmth.any():
        warmth, share = _by_distance(made.points, laid, joints)
    system, pull = _conduction(made, warmth)
    given = diags(np.maximum(made.area, _least(made)) * warmth * FLOW)
    solve = splu((system + given + pull).tocsc(), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0,
                 options={"SymmetricMode": True}).solve
    right = csr_matrix(given @ share).tocsc()
    found = np.zeros((len(made.points), 0), np.int32), np.zeros((len(made.points), 0))
    for begin in range(0, joints, BLOCK):
        block = right[:, begin:begin + BLOCK]
        fresh = np.broadcast_to(np.arange(begin, begin + block.shape[1], dtype=np.int32), block.shape)
        warm = solve(block.toarray())
        found = largest(np.concatenate([found[0], fresh], 1), np.concatenate([found[1], warm], 1), keep + 1)
    return trimmed(*_settled(*found), keep)


def largest(joints: ndarray, shares: ndarray, keep: int) -> tuple[ndarray, ndarray]:
    """The largest of the weights (n, k) and their joints, the largest first; ties go to the earlier."""
    if shares.shape[1] > keep:
        order = np.argpartition(-shares, keep - 1, axis=1)[:, :keep]
        joints, shares = np.take_along_axis(joints, order, 1), np.take_along_axis(shares, order, 1)
    order = np.lexsort((joints, -shares), axis=1)
    return np.take_along_axis(joints, order, 1), np.take_along_axis(shares, order, 1)


def sources(made: Surface, laid: Bones, joints: int) -> tuple[ndarray, ndarray]:
    """Find for every point the nearest bone that it sees through the inside of the body.

    returns    warmth (n,): 1 / distance² and 0 where no bone is seen; shares (n, joints) sparse: of the bones
    test       a point between two fingers does not see the other finger's bone
    """
    from scipy.sparse import coo_matrix

    count, tried = len(made.points), min(NEAREST, len(laid.owner))
    bone, near = np.zeros((count, tried), np.int64), np.zeros((count, tried))
    spot, front = np.zeros((count, tried, 3)), np.zeros((count, tried), bool)
    for low, far, share, facing in distances(made.points, made.normals, laid):
        here = slice(low, low + len(far))
        far = far / (0.5 * (facing + 1.001)) ** FACING
        some = np.argpartition(far, tried - 1, axis=1)[:, :tried]
        some = np.take_along_axis(some, np.argsort(np.take_along_axis(far, some, 1), axis=1, kind="stable"), 1)
        bone[here], near[here] = some, np.take_along_axis(far, some, 1)
        t = np.take_along_axis(share, some, 1)[..., None]
        spot[here] = laid.start[some] + t * (laid.end[some] - laid.start[some])
        front[here] = np.take_along_axis(facing, some, 1) > 0
    best, seen = np.full(count, np.inf), np.zeros((count, tried), bool)
    look = Sight(made)
    for rank in range(tried):
        asked = np.flatnonzero(near[:, rank] <= best * (1 + TIE))
        clear = asked[look.clear(made.points[asked], spot[asked, rank], front[asked, rank])]
        seen[clear, rank] = True
        best[clear] = np.minimum(best[clear], near[clear, rank])
    point, rank = np.nonzero(seen)
    share = coo_matrix((np.ones(len(point)), (point, laid.owner[bone[point, rank]])), shape=(count, joints)).tocsr()
    share.data[:] = 1
    number = np.diff(share.indptr)
    share.data /= np.repeat(number, number)
    return np.where(number > 0, number / np.maximum(np.where(number > 0, best, 1), 1e-4) ** 2, 0.0), share


class Sight:
    """What points of a surface see: a way is clear inside the body, or where no face is crossed."""

    def __init__(self, made: Surface) -> None:
        import igl

        self.made, self.turns, self.tree = made, igl.FastWindingNumberBVH(), igl.AABB()
        if len(made.faces):
            self.turns.init(made.points, made.faces)
            self.tree.init(made.points, made.faces)

    def clear(self, points: ndarray, spots: ndarray, front: ndarray) -> ndarray:
        """Whether each point (k, 3) sees its spot (k, 3); only where `front` may the way lead through the open."""
        if not len(self.made.faces):
            return np.zeros(len(points), bool)
        way = spots - points
        good = np.arange(len(points))
        for share in INSIDE:
            good = good[self.turns.winding_number(points[good] + share * way[good]) > 0.5] if len(good) else good
        found = np.zeros(len(points), bool)
        found[good] = True
        ask = np.flatnonzero(front & ~found)
        if len(ask):
            face, at, *_ = self.tree.intersect_ray_first(self.made.points, self.made.faces,
                                                         points[ask] + 1e-5 * way[ask], way[ask])
            found[ask] = (np.ravel(face) < 0) | (np.ravel(at) > 1 - 2e-5)
        return found


def _conduction(made: Surface, warmth: ndarray) -> tuple[ndarray, ndarray]:
    """The surface's conduction matrix, with parts joined at their seams; and what parts without a bone take over.

    Where a part sees no bone, each of its points is tied to the nearest one that has been reached, and only that way
    round: a speck does not change the body.
    """
    from scipy.sparse import coo_matrix, diags
    from scipy.spatial import cKDTree

    count = len(made.points)
    edges = [_cotangents(made), _seams(made)]
    rows, columns, values = (np.concatenate([np.concatenate(each) for each in part]) for part in zip(
        *(((i, j), (j, i), (w, w)) for i, j, w in edges), strict=True))
    graph = coo_matrix((values, (rows, columns)), shape=(count, count)).tocsr()
    graph.data[graph.data == 0] = 1e-6
    from scipy.sparse.csgraph import connected_components

    group = connected_components(graph, directed=False)[1]
    warm = np.bincount(group, warmth)[group] > 0
    cold = np.flatnonzero(~warm)
    system = diags(np.asarray(graph.sum(1)).ravel()) - graph
    if not len(cold) or not warm.any():
        return system, coo_matrix((count, count))
    near = np.flatnonzero(warm)[cKDTree(made.points[warm]).query(made.points[cold])[1]]
    ones = np.ones(len(cold))
    return system, coo_matrix((np.concatenate([ones, -ones]), (np.tile(cold, 2), np.concatenate([cold, near]))),
                              shape=(count, count))


def _cotangents(made: Surface) -> tuple[ndarray, ndarray, ndarray]:
    """Edges of every face and half the cotangent of the angle opposite."""
    points, faces = made.points, made.faces
    start, end, value = [], [], []
    for corner in range(3):
        i, j, o = faces[:, (corner + 1) % 3], faces[:, (corner + 2) % 3], faces[:, corner]
        u, v = points[i] - points[o], points[j] - points[o]
        area = np.linalg.norm(np.cross(u, v), axis=1)
        start, end = [*start, i], [*end, j]
        value.append(np.clip(0.5 * (u * v).sum(1) / np.maximum(area, 1e-18), -STEEP, STEEP))
    for corner in range(3):  # what was cut off must not make heat out of nothing
        a, b, c = (value[(corner + k) % 3] for k in range(3))
        value[corner] = np.where(a < 0, np.maximum(a, -b * c / np.maximum(b + c, 1e-9)), a)
    return np.concatenate(start), np.concatenate(end), np.concatenate(value)


def _seams(made: Surface) -> tuple[ndarray, ndarray, ndarray]:
    """Pairs of near points on the rims of different parts that look the same way: cracks, loose triangles."""
    from scipy.spatial import cKDTree

    part, edge = parts(made), rim(made)
    if part.max(initial=0) == 0 or not len(edge):
        return np.zeros(0, int), np.zeros(0, int), np.zeros(0)
    far, other = cKDTree(made.points[edge]).query(made.points[edge], k=min(12, len(edge)))
    here, other = np.broadcast_to(edge[:, None], other.shape), edge[other]
    reach = SEAM * np.sqrt(made.area)[here]
    pair = (part[other] != part[here]) & (far <= reach) & ((made.normals[other] * made.normals[here]).sum(-1) > 0)
    pair &= np.cumsum(pair, axis=1) == 1
    i, j = here[pair], other[pair]
    both = np.unique(np.stack([np.minimum(i, j), np.maximum(i, j)], 1), axis=0)
    return both[:, 0], both[:, 1], np.ones(len(both))


def _by_distance(points: ndarray, laid: Bones, joints: int) -> tuple[ndarray, ndarray]:
    """Sources where nothing is seen at all: the nearest bone in a straight line."""
    from scipy.sparse import coo_matrix

    near, owner = np.empty(len(points)), np.empty(len(points), int)
    for low, far, *_ in distances(points, None, laid):
        here = slice(low, low + len(far))
        near[here], owner[here] = far.min(1), laid.owner[far.argmin(1)]
    share = coo_matrix((np.ones(len(points)), (np.arange(len(points)), owner)), shape=(len(points), joints))
    return 1 / np.maximum(near, 1e-4) ** 2, share.tocsr()


def _least(made: Surface) -> float:
    """An area for points without faces."""
    return 1e-3 * float(made.area.mean()) or 1.0


def trimmed(joints: ndarray, shares: ndarray, keep: int) -> tuple[ndarray, ndarray]:
    """The largest of the weights (n, k), each less by the first that is left out, together 1.

    test    where two joints change places at the end of the list, neither jumps
    """
    joints, shares = largest(joints, shares, keep + 1)
    if shares.shape[1] > keep:
        joints, shares, out = joints[:, :keep], shares[:, :keep], shares[:, keep:]
        shares = np.where(shares[:, :1] > out, shares - out, np.eye(1, keep))
    return joints, shares / shares.sum(1, keepdims=True)


def _settled(joints: ndarray, shares: ndarray) -> tuple[ndarray, ndarray]:
    """Weights without their faint tails, together 1."""
    none, whole = FAINT
    shares = np.maximum(shares, 0)
    shares = np.where(shares < whole, np.maximum(shares - none, 0) * whole / (whole - none), shares)
    total = shares.sum(1, keepdims=True)
    shares = np.where(total > 0, shares, np.eye(1, shares.shape[1])) / np.where(total > 0, total, 1)
    return np.where(shares > 0, joints, joints[:, :1]), shares


def spread(made: Surface, vertices: ndarray, joints: ndarray, shares: ndarray, count: int) -> tuple[ndarray, ndarray]:
    """Weights of gathered points (n, k) for the vertices (v, 3) that share them, smoothly: each from four points."""
    from scipy.sparse import coo_matrix
    from scipy.spatial import cKDTree

    number, keep = joints.shape
    near = min(4, number)
    far, point = (each.reshape(len(vertices), near) for each in
                  cKDTree(made.points).query(made.placed(vertices), k=near))
    part = 1 / np.maximum(far, 1e-9)
    rows = np.repeat(np.arange(len(vertices)), near)
    mix = coo_matrix(((part / part.sum(1, keepdims=True)).ravel(), (rows, point.ravel())), (len(vertices), number))
    table = coo_matrix((shares.ravel(), (np.repeat(np.arange(number), keep), joints.ravel())), (number, count))
    mixed = (mix.tocsr() @ table.tocsr()).tocsr()
    wide = int(np.diff(mixed.indptr).max())
    column = np.arange(len(mixed.data)) - np.repeat(mixed.indptr[:-1], np.diff(mixed.indptr))
    row = np.repeat(np.arange(len(vertices)), np.diff(mixed.indptr))
    found = np.zeros((len(vertices), max(wide, keep)), np.int32), np.zeros((len(vertices), max(wide, keep)))
    found[0][row, column], found[1][row, column] = mixed.indices, mixed.data
    return trimmed(*found, keep)
