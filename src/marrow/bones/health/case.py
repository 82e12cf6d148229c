"""What the doctor looks at: one body of a file, what is found out about it once, and how faults are described."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy import ndarray

from marrow.bones.health.shell import Shell
from marrow.bones.human import REQUIRED
from marrow.bones.identify import Identity, identify
from marrow.bones.naming.byname import above
from marrow.bones.skeleton import at_rest, fk, stance
from marrow.media import Rig

Facts = Mapping[str, object]
SHOWN = 4        # names or numbers that a sentence lists
LIMBS = 0.81     # thigh, shin and trunk from hips to head, as a share of a body's height; see `human.PLACES`
ADULT = 11       # of the required joints: so many make a human body


@dataclass(frozen=True)
class Case:
    """One body, or a mesh on no skeleton.

    loose    a mesh alone: its skeleton is one joint of our own
    """

    rig: Rig
    loose: bool = False

    @cached_property
    def identity(self) -> Identity:
        """Whose skeleton it is, as far as its numbers are numbers."""
        rig = self.rig
        sound = rig.mesh is not None and rig.skin is not None and np.isfinite(rig.mesh.vertices).all() and np.isfinite(
            rig.skin.weights).all() and (rig.skin.joints % len(rig.skeleton.names) == rig.skin.joints).all()
        moving = next((each for each in rig.motions if len(each.rotations) and np.isfinite(each.rotations).all()
                       and np.isfinite(each.root).all()), None)
        return identify(rig.skeleton, mesh=rig.mesh if sound else None, skin=rig.skin if sound else None, motion=moving)

    @cached_property
    def human(self) -> bool:
        """Whether it is a human body; only such ones have a height, a front and a left."""
        if self.loose or not np.isfinite(self.rig.skeleton.offsets).all():
            return False
        known = self.identity.joints.keys()
        return self.identity.body == "biped" and {"hips", "head"} <= known and len(known & set(REQUIRED)) >= ADULT

    @cached_property
    def rest(self) -> ndarray:
        """Joints at rest (joints, 3) world."""
        return fk(at_rest(self.rig.skeleton))[0]

    @cached_property
    def matrices(self) -> ndarray:
        """world_from_joint at rest (joints, 4, 4)."""
        return stance(self.rig.skeleton)

    @cached_property
    def spread(self) -> bool:
        """Whether the rest pose has any extent: a skeleton in one point has none."""
        return bool(np.abs(np.asarray(self.rig.skeleton.offsets)[1:]).max(initial=0) > 1e-9)

    @cached_property
    def size(self) -> float:
        """How large it is, metres, whichever pose it stands in."""
        if self.loose:
            return self.shell.size if self.shell else 0.0
        if self.human:
            return self.tall
        long = np.linalg.norm(self.rig.skeleton.offsets, axis=1)
        spread = float(np.ptp(self.rest, axis=0).max())
        return max(spread, float(long[1:].max(initial=0)), self.shell.size if self.shell and not spread else 0.0)

    @cached_property
    def tall(self) -> float:
        """Height of a human body, metres: by its bones, or by its mesh where that is nearly the same."""
        long = np.linalg.norm(self.rig.skeleton.offsets, axis=1)
        joints, parents = self.identity.joints, np.asarray(self.rig.skeleton.parents)

        def way(high: str, low: str) -> float:
            line = above(parents, joints[low])
            return float(long[line[:line.index(joints[high])]].sum()) if joints[high] in line else 0.0

        legs = [way(f"{side}UpperLeg", f"{side}Foot") for side in ("left", "right")
                if {f"{side}UpperLeg", f"{side}Foot"} <= joints.keys()]
        made = (float(np.mean(legs or [0])) + way("hips", "head")) / LIMBS
        mesh = self.shell.height(self.identity.up) if self.shell else 0.0
        return mesh if 0.7 * made < mesh < 2.0 * made else made

    @cached_property
    def shell(self) -> Shell | None:
        """The mesh as one surface, or None where there is none or it holds no faces."""
        mesh = self.rig.mesh
        return Shell(mesh.vertices, mesh.faces) if mesh is not None and len(mesh.faces) else None


@dataclass(frozen=True)
class Ill:
    """A fault that the doctor knows.

    key     its sentences are doctor.<key>.what, .breaks, .cure and .done
    find    the facts of each such fault in a body
    mend    the body without them; None where nobody can
    """

    key: str
    find: Callable[[Case], Iterable[Facts]]
    mend: Callable[[Case], Rig] | None = None


def names(case: Case, joints: Iterable[int]) -> Facts:
    """How many joints, and the names of the first."""
    found = [case.rig.skeleton.names[joint] for joint in joints]
    return {"count": len(found), "where": listed(found)}


def numbers(found: ndarray) -> Facts:
    """How many vertices or faces, and the numbers of the first."""
    return {"count": len(found), "where": listed([str(each) for each in found[:SHOWN + 1].tolist()])}


def listed(words: list[str]) -> str:
    """The first few words."""
    return ", ".join(each or '""' for each in words[:SHOWN]) + " …" * (len(words) > SHOWN)


def spans(frames: ndarray) -> str:
    """Frame numbers, counted from 1, as "12–18, 40"."""
    if not len(frames):
        return ""
    cuts = np.flatnonzero(np.diff(frames) > 1)
    ends = zip(frames[np.r_[0, cuts + 1]] + 1, frames[np.r_[cuts, len(frames) - 1]] + 1, strict=True)
    return listed([f"{first}–{last}" if last > first else f"{first}" for first, last in ends])


def takes(case: Case, look: Callable[..., Facts | None]) -> Iterator[Facts]:
    """What `look` finds in each motion, with the motion's name."""
    for motion in case.rig.motions:
        found = look(motion)
        if found:
            yield {"take": motion.name, **found}
