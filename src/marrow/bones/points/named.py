"""Points that move without bones, and what they are in a body: told by marker sets, or by the names of joints."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy import ndarray

from marrow.bones.naming.byname import by_name
from marrow.bones.naming.names import read
from marrow.bones.points.markersets import joints_from_markers
from marrow.bones.points.marks import ABOVE
from marrow.bones.points.solve import Solved, pose_from_points
from marrow.bones.skeleton import checked, fk
from marrow.contents import Remark
from marrow.errors import InputError
from marrow.media import Motion, Skeleton

NEEDED = ("hips", "leftUpperLeg", "rightUpperLeg", "leftFoot", "rightFoot")


def named(motion: Motion) -> tuple[Motion, tuple[Remark, ...]]:
    """Find how a body turns whose joints are only places: markers on its skin, or joints without rotations.

    motion     joints named by a known marker set, as `marks` names points, or in any dialect
    returns    a human motion; what is left out
    raises     InputError  "points.names" when the names do not tell where hips, legs and feet are
    test       markers round a body give its motion back
    """
    places, names = fk(checked(motion)), motion.skeleton.names
    found, taken = _told(motion, places, names)
    if not set(NEEDED) <= set(found):
        raise InputError("points.names", lacking=", ".join(each for each in NEEDED if each not in found),
                         names=", ".join(names[:6]))
    made: Solved = pose_from_points(taken, found, motion.rate, name=motion.name)
    remarks = (Remark("points.lost", {"names": ", ".join(made.lost)}),) if made.lost else ()
    return made.motion, remarks


def _told(motion: Motion, places: ndarray, names: Sequence[str]) -> tuple[tuple[str, ...], ndarray]:
    """Names of joints and marks, and their places (frames, names, 3)."""
    inside = joints_from_markers(names, places)
    if inside is not None:
        return inside
    ours = [number for number, name in enumerate(names) if name in ABOVE]
    told = {} if len(ours) > len(NEEDED) else _spelled(motion.skeleton, places)
    joints = told | {names[each]: each for each in ours}
    return tuple(joints), places[:, np.array(list(joints.values()), int)]


def _spelled(skeleton: Skeleton, places: ndarray) -> dict[str, int]:
    """Human joints by names of any dialect; points side by side are first joined to those that they keep near."""
    readings = read(skeleton.names)
    parents = np.asarray(skeleton.parents)
    if (parents[1:] > 0).any():
        return by_name(skeleton, readings)
    start = max(range(len(readings)), key=lambda joint: readings[joint].says("hips"))
    if not readings[start].says("hips"):
        return {}
    order, above = _joined(places, start, {0} if np.ptp(places[:, 0], axis=0).max() == 0 else set())
    tree = Skeleton(tuple(skeleton.names[joint] for joint in order), above, np.diff(
        places[0][order], axis=0, prepend=0), skeleton.turns[order])
    offsets = np.where(above[:, None] < 0, tree.offsets, places[0][order] - places[0][order][above])
    found = by_name(replace(tree, offsets=offsets), tuple(readings[joint] for joint in order))
    return {name: int(order[joint]) for name, joint in found.items()}


def _joined(places: ndarray, start: int, left_out: set[int]) -> tuple[ndarray, ndarray]:
    """A tree of points whose distances change least: their order, and for each the place in it of the one above.

    source    Prim, Shortest Connection Networks, 1957
    """
    apart = np.linalg.norm(places[:, :, None] - places[:, None], axis=-1)
    cost = apart.std(0) + 0.1 * apart.mean(0)
    order, above = [start], [-1]
    waiting = set(range(places.shape[1])) - left_out - {start}
    while waiting:
        rest = sorted(waiting)
        near = cost[np.ix_(order, rest)]
        parent, column = np.unravel_index(near.argmin(), near.shape)
        order.append(rest[column])
        above.append(int(parent))
        waiting.remove(rest[column])
    return np.array(order), np.array(above, np.int32)
