"""Points that move without bones, and what they are in a body: told by marker sets, or by the names of joints."""

from collections.abc import Sequence

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
from marrow.media import Motion

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
    joints = by_name(motion.skeleton, read(names)) | {names[each]: each for each in ours}
    return tuple(joints), places[:, np.array(list(joints.values()), int)]
