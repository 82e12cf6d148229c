"""What a conversion changed: how far joints moved, how much time was lost, and what the new file no longer has."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy import ndarray

from marrow.bones.skeleton import at_rest, fk, picked, sampled
from marrow.contents import Remark
from marrow.media import Motion, Rig, Skeleton


@dataclass(frozen=True)
class Loss:
    """The distance between a rig and what came back of it.

    joints      largest distance of any joint at any frame of the new file, share of the body's height
    seconds     difference of the longest motion's length
    lacking     what is not there any more
    """

    joints: float
    seconds: float
    lacking: tuple[Remark, ...]


def loss(before: Rig, after: Rig) -> Loss:
    """Compare a rig with its conversion, read again; motions are compared at the new file's frames."""
    pairs = _pairs(before.skeleton, after.skeleton)
    tall = max(_tall(before), 1e-9)
    worst, late = 0.0, 0.0
    poses = list(zip(before.motions, after.motions, strict=False))
    if not before.motions or not after.motions:
        poses = [(at_rest(before.skeleton), at_rest(after.skeleton))]
    for old, new in poses if pairs.size else ():
        late = max(late, abs(float(_span(old) - _span(new))))
        worst = max(worst, _apart(old, new, pairs) / tall)
    return Loss(worst, late, tuple(_lacking(before, after, pairs)))


def _apart(old: Motion, new: Motion, pairs: ndarray) -> float:
    """Largest distance (metres) of the paired joints (pairs, 2) at the new motion's frames."""
    times = [Fraction(frame) / new.rate for frame in range(len(new.rotations))]
    matched = fk(sampled(old, [min(time, _span(old)) for time in times]))[:, pairs[:, 0]]
    return float(np.linalg.norm(matched - fk(new)[:, pairs[:, 1]], axis=-1).max(initial=0))


def _lacking(before: Rig, after: Rig, pairs: ndarray) -> Iterator[Remark]:
    joints = len(before.skeleton.names) - len(pairs)
    if joints:
        names = [name for number, name in enumerate(before.skeleton.names) if number not in set(pairs[:, 0].tolist())]
        yield Remark("lost.joints", {"count": joints, "names": ", ".join(names[:5])})
    if len(after.motions) < len(before.motions):
        yield Remark("lost.motions", {"count": len(before.motions) - len(after.motions)})
    if before.mesh and not after.mesh:
        yield Remark("lost.mesh")
    if before.skin and after.mesh and not after.skin:
        yield Remark("lost.skin")
    old, new = before.mesh, after.mesh
    if old and new:
        for key, count, left in (("lost.shapes", len(old.shapes), len(new.shapes)),
                                 ("lost.materials", len(old.materials), len(new.materials)),
                                 ("lost.pictures", _pictures(old.materials), _pictures(new.materials)),
                                 ("lost.colours", int(old.colours is not None), int(new.colours is not None))):
            if left < count:
                yield Remark(key, {"count": count - left})


def _pictures(materials: tuple) -> int:
    return sum(len(each.pictures) for each in materials)


def _pairs(before: Skeleton, after: Skeleton) -> ndarray:
    """Joints that are the same (pairs, 2): by name, else in order where both trees have the same shape."""
    number = {name: joint for joint, name in enumerate(after.names)}
    named = [(joint, number[name]) for joint, name in enumerate(before.names) if name in number]
    same = len(before.names) == len(after.names) and np.array_equal(before.parents, after.parents)
    if same and len(named) < len(before.names):
        named = [(joint, joint) for joint in range(len(before.names))]
    return np.array(named, int).reshape(-1, 2)


def _span(motion: Motion) -> Fraction:
    """Seconds from the first frame to the last."""
    return Fraction(len(motion.rotations) - 1) / motion.rate


def _tall(rig: Rig) -> float:
    """How large the body is, metres: its rest pose or its first pose, whichever reaches farther."""
    poses = [at_rest(rig.skeleton), *(picked(each, slice(1)) for each in rig.motions[:1])]
    return max(float(np.ptp(fk(pose)[0], axis=0).max()) for pose in poses)
