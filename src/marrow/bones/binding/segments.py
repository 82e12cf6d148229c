"""Bones as lines in a body: from joint to joint, and from an end joint into the flesh beyond it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy import ndarray

FLESH = 0.3          # an end joint with more flesh beyond it than this share of its bone reaches into it
ROUND = 0.9          # flesh whose spread is more than this share of the way to its middle is round like a head
BROAD = 2.5          # and reaches at least this much farther than FLESH
TIP = 0.2            # others go on a little, as long as this share of their bone
PART = 1 << 22       # numbers worked on at a time


@dataclass(frozen=True)
class Bones:
    """Segments, in the surface's box: start (s, 3), end (s, 3), and the joint (s,) that each turns with."""

    start: ndarray
    end: ndarray
    owner: ndarray


def bones(points: ndarray, area: ndarray, places: ndarray, parents: ndarray) -> Bones:
    """Lay bones from every joint to its children; an end joint reaches into the flesh beyond it.

    Joints that hang on nothing and carry nothing are handles, and have no bone.

    points     (n, 3) of the surface;  area (n,) round each;  places (joints, 3) in the same space
    parents    (joints,), -1 for roots
    test       a head without an end joint has a bone up to its crown; specks round it do not change that
    """
    child = np.flatnonzero(parents >= 0)
    ends = np.setdiff1d(np.arange(len(parents)), parents)
    ends = ends[parents[ends] >= 0] if len(child) else ends
    start, end = (np.concatenate([each[child], places[ends]]) for each in (places[parents], places))
    near = np.full(len(points), np.inf)
    for low, far, *_ in distances(points, None, Bones(start, end, np.zeros(0))):
        near[low:low + len(far)] = far.min(1)
    more, owner = [], []
    for number, joint in enumerate(ends, len(child)):
        far = np.linalg.norm(points - places[joint], axis=1)
        bone = places[joint] - places[parents[joint]] if parents[joint] >= 0 else np.zeros(3)
        mine = np.flatnonzero((far <= near * (1 + 1e-9)) & (area > 0))
        spokes = _spokes(points[mine] - places[joint], area[mine], FLESH * float(np.linalg.norm(bone)))
        end[number] += spokes[0] if len(spokes) else TIP * bone
        more, owner = [*more, *(places[joint] + spokes[1:])], [*owner, *[joint] * len(spokes[1:])]
    owner = np.concatenate([parents[child], ends, np.array(owner, int)])
    start = np.concatenate([start, places[owner[len(start):]]])
    return Bones(start, np.concatenate([end, np.reshape(more, (-1, 3))]), owner)


def _spokes(off: ndarray, area: ndarray, least: float) -> ndarray:
    """Ways from an end joint into the flesh round it, (0, 1 or 5, 3): to its middle, in a head to four sides too.

    off      (k, 3) of the surface from the joint;  area (k,)
    least    flesh that reaches no farther is none
    """
    far = np.linalg.norm(off, axis=1)
    order = np.argsort(far, kind="stable")
    kept = order[:np.searchsorted(np.cumsum(area[order]), 0.95 * area.sum()) + 1]
    reach = far[kept[-1]] - far[kept[0]] if len(off) else 0.0
    if reach <= least:
        return np.zeros((0, 3))
    off, share = off[kept], area[kept] / area[kept].sum()
    middle = share @ off
    ahead = 0.75 * reach * middle / max(float(np.linalg.norm(middle)), 1e-12)
    spread, axes = np.linalg.eigh((off - middle).T * share @ (off - middle))
    if spread.sum() < ROUND ** 2 * middle @ middle or reach <= BROAD * least:
        return ahead[None]
    halves = [share * (sign * ((off - middle) @ axis) > 0) for axis in axes[:, :0:-1].T for sign in (1, -1)]
    return np.array([ahead, *(half @ off / max(half.sum(), 1e-12) for half in halves)])


def nearest(points: ndarray, laid: Bones) -> ndarray:
    """The place on the bones next to each point, (n, 3)."""
    made = np.empty_like(points)
    for low, far, share, *_ in distances(points, None, laid):
        which = far.argmin(1)
        t = np.take_along_axis(share, which[:, None], 1)
        made[low:low + len(far)] = laid.start[which] + t * (laid.end[which] - laid.start[which])
    return made


def distances(points: ndarray, normals: ndarray | None, laid: Bones) -> Iterator[tuple]:
    """Part by part: number of the first point, distance to each bone, where on it 0..1, cosine to the normal."""
    x, y, z = laid.start.T
    dx, dy, dz = (laid.end - laid.start).T
    long = np.maximum(dx * dx + dy * dy + dz * dz, 1e-18)
    step = max(1, PART // max(1, len(x)))
    for low in range(0, len(points), step):
        a, b, c = (points[low:low + step, k:k + 1] for k in range(3))
        share = np.clip(((a - x) * dx + (b - y) * dy + (c - z) * dz) / long, 0, 1)
        a, b, c = a - x - share * dx, b - y - share * dy, c - z - share * dz
        far = np.sqrt(a * a + b * b + c * c)
        if normals is None:
            yield low, far, share
        else:
            u, v, w = (normals[low:low + step, k:k + 1] for k in range(3))
            yield low, far, share, (a * u + b * v + c * w) / np.maximum(far, 1e-12)
