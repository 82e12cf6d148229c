"""Faults of skins: vertices that hang on nothing, weights that are none, a bind pose that is not the mesh's."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy import ndarray

from marrow.bones.health.case import Case, Facts, Ill, numbers
from marrow.bones.health.shell import Shell
from marrow.media import Rig

SUM = 1e-3         # weights that are farther than this from 1 in sum are not right
NOTHING = 1e-6     # a vertex with less weight hangs on nothing
OFF = 0.3          # of the size: joints farther than this from what they carry are elsewhere


def weights_wrong(case: Case) -> Iterator[Facts]:
    """Weights that are no numbers, below nothing, or of joints that are not there."""
    skin = case.rig.skin
    if skin is not None:
        bad = np.flatnonzero(_wrong(case).any(1))
        if len(bad):
            yield numbers(bad)


def weights_right(case: Case) -> Rig:
    """Leave such weights out; the others share what is left."""
    skin, wrong = case.rig.skin, _wrong(case)
    weights = np.where(wrong, 0, skin.weights)
    return replace(case.rig, skin=replace(skin, joints=np.where(wrong, 0, skin.joints), weights=_whole(weights)))


def sums(case: Case) -> Iterator[Facts]:
    """Weights that are not 1 together."""
    skin = case.rig.skin
    if skin is not None:
        total = skin.weights.sum(1)
        bad = np.flatnonzero((np.abs(total - 1) > SUM) & (total > NOTHING))
        if len(bad):
            yield {**numbers(bad), "least": f"{total[bad].min():.2f}", "most": f"{total[bad].max():.2f}"}


def unweighted(case: Case) -> Iterator[Facts]:
    """Vertices that hang on no joint."""
    skin = case.rig.skin
    if skin is not None:
        bad = np.flatnonzero(~(skin.weights.sum(1) > NOTHING))
        if len(bad):
            yield {**numbers(bad), "share": f"{100 * len(bad) / len(skin.weights):.1f}"}


def hang(case: Case) -> Rig:
    """Let such vertices follow the nearest one that hangs, on the same piece where there is one."""
    from scipy.spatial import cKDTree

    mesh, skin = case.rig.mesh, case.rig.skin
    free = ~(skin.weights.sum(1) > NOTHING)
    joints, weights = skin.joints.copy(), skin.weights.copy()
    if free.all():
        joints[:, 0], weights[:, 0] = 0, 1
        return replace(case.rig, skin=replace(skin, joints=joints, weights=weights))
    shell = case.shell or Shell(mesh.vertices, np.zeros((0, 3), int))
    piece = np.zeros(len(free))
    piece[shell.faces] = shell.piece[:, None] if len(shell.faces) else 0
    places = np.concatenate([shell.vertices, 10 * max(shell.size, 1e-9) * piece[:, None]], axis=1)
    near = np.flatnonzero(~free)[cKDTree(places[~free]).query(places[free])[1]]
    joints[free], weights[free] = joints[near], weights[near]
    return replace(case.rig, skin=replace(skin, joints=joints, weights=weights))


def elsewhere(case: Case) -> Iterator[Facts]:
    """A bind pose that is not where the mesh is."""
    places = _carried(case)
    if places is not None:
        off = _off(case.rig.skin.bind, *places)
        if off > OFF * case.shell.size:
            yield {"far": f"{100 * off / case.shell.size:.0f}"}


def bound_anew(case: Case) -> Rig:
    """Take the rest pose for the bind pose where it fits the mesh, else lay the bind pose into the mesh."""
    skin = case.rig.skin
    joints, middles, weight = _carried(case)
    rest = case.matrices
    if not case.spread or _off(rest, joints, middles, weight) > 0.5 * _off(skin.bind, joints, middles, weight):
        rest = _laid(skin.bind, joints, middles, weight)
    return replace(case.rig, skin=replace(skin, bind=rest))


def loose_mesh(case: Case) -> Iterator[Facts]:
    """A mesh beside a skeleton that it does not hang on."""
    if not case.loose and case.rig.mesh is not None and case.rig.skin is None and len(case.rig.skeleton.names) > 1:
        yield {"vertices": len(case.rig.mesh.vertices)}


def _wrong(case: Case) -> ndarray:
    """(vertices, k) weights that cannot be."""
    skin = case.rig.skin
    there = (skin.joints >= 0) & (skin.joints < len(case.rig.skeleton.names))
    return ~np.isfinite(skin.weights) | (skin.weights < 0) | (~there & (skin.weights != 0))


def _whole(weights: ndarray) -> ndarray:
    """Weights that are 1 together; where there are none, none."""
    total = weights.sum(1, keepdims=True)
    return np.where(total > NOTHING, weights / np.where(total > NOTHING, total, 1), 0).astype(np.float32)


def _carried(case: Case) -> tuple[ndarray, ndarray, ndarray] | None:
    """Joints that carry something (n,), the middle of what each carries (n, 3), and how much (n,)."""
    rig = case.rig
    if case.loose or rig.skin is None or case.shell is None or _wrong(case).any() or not case.shell.finite.all():
        return None
    count = len(rig.skeleton.names)
    share, total = np.zeros(count), np.zeros((count, 3))
    for joints, weights in zip(rig.skin.joints.T, rig.skin.weights.T, strict=True):
        np.add.at(share, joints, weights)
        np.add.at(total, joints, weights[:, None] * case.shell.vertices)
    joints = np.flatnonzero(share > 0)
    return (joints, total[joints] / share[joints, None], share[joints]) if len(joints) > 2 else None


def _off(bind: ndarray, joints: ndarray, middles: ndarray, weight: ndarray) -> float:
    """How far joints are from what they carry, on the mean of the mesh."""
    return float(np.average(np.linalg.norm(bind[joints, :3, 3] - middles, axis=1), weights=weight))


def _laid(bind: ndarray, joints: ndarray, middles: ndarray, weight: ndarray) -> ndarray:
    """The bind pose turned, sized and moved so that joints lie in what they carry."""
    at = bind[joints, :3, 3]
    one, two = (each - np.average(each, 0, weight) for each in (at, middles))
    left, size, right = np.linalg.svd((one * weight[:, None]).T @ two)
    turn = (left * [1, 1, np.sign(np.linalg.det(left @ right))]) @ right
    scale = float(size.sum() / max((weight[:, None] * one ** 2).sum(), 1e-30))
    made = bind.copy()
    made[:, :3, :3] = turn.T @ bind[:, :3, :3]
    made[:, :3, 3] = scale * (bind[:, :3, 3] - np.average(at, 0, weight)) @ turn + np.average(middles, 0, weight)
    return made


SKIN = (Ill("skin.wrong", weights_wrong, weights_right), Ill("skin.sums", sums, lambda case: replace(
            case.rig, skin=replace(case.rig.skin, weights=_whole(case.rig.skin.weights)))),
        Ill("skin.unweighted", unweighted, hang), Ill("skin.bind", elsewhere, bound_anew),
        Ill("skin.none", loose_mesh))
