"""What every picture of a motion begins with: the motion at the pictures' rate, and the mesh that follows it."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
from numpy import ndarray

from marrow.bones.drawing.figure import Skinned
from marrow.bones.drawing.shade import darkness
from marrow.bones.drawing.wash import prepared
from marrow.bones.polygons import around
from marrow.bones.skeleton import checked, resampled
from marrow.bones.skinning import follower
from marrow.media import Motion, Rig


def conformed(motion: Motion, length: float, fps: Fraction) -> Motion:
    """The motion at a rate, as long as wished (seconds; 0: as it is); past its end the last pose holds."""
    seconds = Fraction(str(length)) or Fraction(len(checked(motion).rotations)) / motion.rate
    return resampled(checked(motion), fps, max(1, round(seconds * fps)))


def skinned(rig: Rig, motion: Motion) -> Skinned | None:
    """The rig's mesh, ready to be painted as it follows the motion; None for a rig without one.

    raises    InputError  the motion is not of the rig's skeleton; its mesh is not bound
    """
    if rig.mesh is None:
        return None
    follow = follower(rig, motion)
    faces = rig.mesh.faces

    def pose(frame: int) -> tuple[ndarray, ndarray]:
        vertices = follow(frame)
        return vertices, normals(vertices, faces)

    return Skinned(prepared(rig.mesh.vertices.astype(float), faces, darkness(rig.mesh)), pose)


def solid(rig: Rig, motion: Motion) -> Callable[[int], tuple[ndarray, ndarray]] | None:
    """A frame's vertices and faces, for drawing depth; None for a rig without a mesh."""
    if rig.mesh is None:
        return None
    follow, faces = follower(rig, motion), rig.mesh.faces
    return lambda frame: (follow(frame), faces)


def normals(vertices: ndarray, faces: ndarray) -> ndarray:
    """Smooth normals (n, 3), unit: the mean of the faces around a vertex, by their area."""
    across = np.cross(vertices[faces[:, 1]] - vertices[faces[:, 0]], vertices[faces[:, 2]] - vertices[faces[:, 0]])
    summed = around(across, faces, len(vertices))
    return summed / np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-12)
