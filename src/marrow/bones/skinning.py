"""A rig's mesh in motion: every vertex goes where the joints that carry it go."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy import ndarray

from marrow.bones.axes import put_back
from marrow.bones.skeleton import checked, world
from marrow.errors import InputError
from marrow.media import Motion, Rig, Skeleton, Skin
from marrow.rotations import from_matrix, multiply, rotate, to_matrix

Blend = Literal["linear", "dual"]
RIGID = 1e-5  # a bind pose that stretches by less than this share does not stretch


def posed(rig: Rig, motion: Motion, *, blend: Blend = "linear") -> ndarray:
    """Find where the vertices of a rig are in every frame of a motion of its skeleton.

    blend      see `follower`
    returns    (frames, vertices, 3) float32, world, metres: all of it at once; `follower` gives one frame at a time
    raises     as `follower`
    test       the bind pose gives the mesh itself, whatever the rest pose is; a turned root turns the mesh
    """
    follow = follower(rig, motion, blend=blend)
    made = np.empty((len(motion.rotations), len(rig.mesh.vertices), 3), np.float32)
    for frame in range(len(made)):
        made[frame] = follow(frame)
    return made


def follower(rig: Rig, motion: Motion, *, blend: Blend = "linear") -> Callable[[int], ndarray]:
    """Make what says where a rig's vertices are in one frame of a motion.

    A vertex without weights goes with the first joint.

    blend      "linear": joints' matrices are mixed, as every program and format does it; "dual": their screws are, and
               a forearm that is twisted keeps its thickness
    returns    frame -> (vertices, 3) float32, world, metres
    raises     InputError  the motion is not of the rig's skeleton; there is no mesh, or it is not bound; numbers that
               are none
    source     Kavan and others, Geometric Skinning with Approximate Dual Quaternion Blending, ACM TOG 2008
    test       both agree with their definition, vertex by vertex; a cylinder twisted by half a turn keeps its radius
    """
    motion = fitting(rig, motion)
    joints, weights = _carried(rig.skin)
    vertices = np.asarray(rig.mesh.vertices, float)
    places, turns = world(motion)
    from_bind = np.linalg.inv(rig.skin.bind)
    if blend == "linear":
        return _linear(vertices, joints, weights, places, to_matrix(turns), from_bind)
    return _dual(vertices, joints, weights, places, turns, from_bind)


def fitting(rig: Rig, motion: Motion) -> Motion:
    """The motion with its joints in the rig's order; another skeleton and a rig without a bound mesh are refused.

    Formats lay joints down in orders of their own, and add the ends of bones: joints go by their names.
    """
    names, parents = checked(motion).skeleton.names, np.asarray(motion.skeleton.parents)
    number = {name: joint for joint, name in enumerate(names)}
    order = [number.get(name, -1) for name in rig.skeleton.names]
    above = [order[parent] if parent >= 0 else -1 for parent in np.asarray(rig.skeleton.parents).tolist()]
    if -1 in order or any(parents[joint] != parent for joint, parent in zip(order, above, strict=True)):
        raise InputError("bones.other_skeleton")
    if rig.mesh is None or rig.skin is None or len(rig.skin.joints) != len(rig.mesh.vertices):
        raise InputError("bones.unbound")
    old = motion.skeleton
    skeleton = Skeleton(rig.skeleton.names, np.asarray(rig.skeleton.parents), old.offsets[order], old.turns[order])
    moves = {order.index(joint): path for joint, path in motion.moves.items() if joint in order}
    made = replace(motion, skeleton=skeleton, rotations=motion.rotations[:, order], moves=moves)
    return put_back(made, rig.skeleton) if _plain(skeleton) and not _plain(rig.skeleton) else made


def _plain(skeleton: Skeleton) -> bool:
    """Whether joints stand along the world's axes at rest, as they do in formats that know no others."""
    return bool((np.abs(skeleton.turns[:, 0]) > 1 - 1e-9).all())


def _carried(skin: Skin) -> tuple[ndarray, ndarray]:
    """Joints and weights (vertices, k), the largest first, together 1."""
    weights = np.maximum(np.asarray(skin.weights, float), 0)
    order = np.argsort(-weights, axis=1, kind="stable")
    joints, weights = np.take_along_axis(skin.joints, order, 1), np.take_along_axis(weights, order, 1)
    total = weights.sum(1, keepdims=True)
    bare = total[:, 0] <= 0
    joints[bare], weights[bare, 0], total[bare] = 0, 1, 1
    return joints, weights / total


def _linear(vertices: ndarray, joints: ndarray, weights: ndarray, places: ndarray, turns: ndarray,
            from_bind: ndarray) -> Callable[[int], ndarray]:
    """One sparse product: each vertex once in the space of every joint that carries it, times the joints' matrices."""
    from scipy.sparse import csr_matrix

    count, keep = joints.shape
    kept = weights.ravel() > 0
    near = np.einsum("vkij,vj->vki", from_bind[joints, :3, :3], vertices) + from_bind[joints, :3, 3]
    near = (np.concatenate([near, np.ones((count, keep, 1))], 2) * weights[..., None]).reshape(-1, 4)[kept]
    column = (4 * joints.reshape(-1, 1) + np.arange(4))[kept]
    ends = 4 * np.concatenate([[0], np.cumsum(kept.reshape(count, keep).sum(1))])
    table = csr_matrix((near.ravel(), column.ravel(), ends), shape=(count, 4 * len(from_bind)))

    def follow(frame: int) -> ndarray:
        columns = np.concatenate([turns[frame].transpose(0, 2, 1), places[frame][:, None]], axis=1)
        return (table @ columns.reshape(-1, 3)).astype(np.float32)

    return follow


def _dual(vertices: ndarray, joints: ndarray, weights: ndarray, places: ndarray, turns: ndarray,
          from_bind: ndarray) -> Callable[[int], ndarray]:
    """Screws of the joints, mixed on the side of the joint that carries most; first what a bind pose stretches."""
    turned, stretch = _polar(from_bind[:, :3, :3])
    if np.abs(stretch - np.eye(3)).max() > RIGID:
        vertices = np.einsum("vk,vkij,vj->vi", weights, stretch[joints], vertices)
    from_turn, weights = from_matrix(turned), weights.astype(np.float32)
    vertices = vertices.astype(np.float32)

    def follow(frame: int) -> ndarray:
        whole = multiply(turns[frame], from_turn)
        shift = places[frame] + rotate(turns[frame], from_bind[:, :3, 3])
        half = multiply(np.concatenate([np.zeros((len(shift), 1)), shift], 1), whole) / 2
        screws = np.concatenate([whole, half], 1).astype(np.float32)[joints]
        side = np.where(np.einsum("vki,vi->vk", screws[..., :4], screws[:, 0, :4]) < 0, -weights, weights)
        mixed = np.einsum("vk,vki->vi", side, screws)
        mixed /= np.linalg.norm(mixed[:, :4], axis=1, keepdims=True)
        return _moved(vertices, *mixed.T)

    return follow


def _moved(points: ndarray, a: ndarray, b: ndarray, c: ndarray, d: ndarray, e: ndarray, f: ndarray, g: ndarray,
           h: ndarray) -> ndarray:
    """Points (n, 3) moved by unit dual quaternions a b c d + ε e f g h, each (n,)."""
    x, y, z = points.T
    u, v, w = c * z - d * y + a * x, d * x - b * z + a * y, b * y - c * x + a * z
    return np.stack([x + 2 * (c * w - d * v + a * f - e * b + c * h - d * g),
                     y + 2 * (d * u - b * w + a * g - e * c + d * f - b * h),
                     z + 2 * (b * v - c * u + a * h - e * d + b * g - c * f)], axis=1)


def _polar(matrices: ndarray) -> tuple[ndarray, ndarray]:
    """Turn and stretch of matrices (n, 3, 3): matrix = turn @ stretch."""
    left, _, right = np.linalg.svd(matrices)
    left[..., 2] *= np.linalg.det(left @ right)[:, None]
    turn = left @ right
    return turn, turn.transpose(0, 2, 1) @ matrices
