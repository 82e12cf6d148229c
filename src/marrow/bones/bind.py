"""Bind a mesh to a skeleton: how much every vertex hangs on every joint, for any mesh."""

import numpy as np
from numpy import ndarray

from marrow.bones.skeleton import stance
from marrow.errors import InputError
from marrow.media import Mesh, Rig, Skeleton, Skin

APART = 5.0  # a mesh this many times larger or smaller than its skeleton has another unit


def bind(mesh: Mesh, skeleton: Skeleton, *, influences: int = 4) -> Rig:
    """Hang a mesh on a skeleton that stands inside it.

    Loose triangles, holes, specks, several shells, clothes, hair, faces inside out: every vertex gets its weights, and
    vertices at the same place the same ones.

    mesh          in the skeleton's rest pose, in the same unit
    influences    joints per vertex at most
    returns       a rig whose bind pose is the skeleton's rest pose
    raises        InputError  no vertices, numbers that are none, faces that point nowhere, a skeleton elsewhere or of
                  another size
    test          a triangle soup moves as the body it was cut from
    """
    pose = stance(skeleton)
    places = pose[:, :3, 3]
    checked(mesh, places)
    joints, shares = weights(mesh.vertices, mesh.faces, places, np.asarray(skeleton.parents), influences=influences)
    return Rig(skeleton, mesh, Skin(joints, shares, pose), name=mesh.name)


def weights(vertices: ndarray, faces: ndarray, places: ndarray, parents: ndarray, *,
            influences: int = 4) -> tuple[ndarray, ndarray]:
    """Find how much every vertex hangs on every joint, from geometry alone.

    vertices    (v, 3);  faces (m, 3) indices
    places      (joints, 3) in the same space;  parents (joints,), -1 for the root
    returns     joints (v, influences) int32 and weights (v, influences) float32, the largest first, together 1
    test        scale, place and the side that faces look to change nothing
    """
    from marrow.bones.binding import heat
    from marrow.bones.binding.segments import bones, nearest
    from marrow.bones.binding.surface import closed, surface, turned

    made = surface(vertices, faces)
    laid = bones(made.points, made.area, made.placed(places), parents)
    made = closed(turned(made, nearest(made.points, laid)))
    laid = heat.standing(made, laid, parents)
    joints, shares = heat.weights(made, laid, len(places), influences)
    if made.gathered:
        joints, shares = heat.spread(made, np.asarray(vertices, float), joints, shares, len(places))
    else:
        joints, shares = joints[made.back], shares[made.back]
    return joints.astype(np.int32), shares.astype(np.float32)


def checked(mesh: Mesh, places: ndarray) -> None:
    """Refuse what cannot be bound: see `bind`."""
    vertices, faces = np.asarray(mesh.vertices), np.asarray(mesh.faces)
    if not len(vertices) or not len(faces):
        raise InputError("bind.empty")
    if not np.isfinite(vertices).all():
        raise InputError("bind.nan", vertex=int(np.argwhere(~np.isfinite(vertices))[0, 0]))
    if faces.min() < 0 or faces.max() >= len(vertices):
        raise InputError("bind.faces", face=int(np.argwhere((faces < 0) | (faces >= len(vertices)))[0, 0]))
    low, high = vertices.min(0).astype(float), vertices.max(0).astype(float)
    size, reach = float((high - low).max()), float(np.ptp(places, axis=0).max())
    if len(places) > 1 and not size / APART <= reach <= size * APART:
        raise InputError("bind.size", mesh=f"{size:.3g}", skeleton=f"{reach:.3g}")
    room = 0.25 * size
    if not ((places >= low - room) & (places <= high + room)).all(1).mean() >= 0.5:
        raise InputError("bind.apart", away=f"{np.linalg.norm(places.mean(0) - (low + high) / 2):.3g}")
