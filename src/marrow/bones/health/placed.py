"""A whole body elsewhere: turned, moved or made larger, with its mesh, its bind pose and its motions."""

from dataclasses import replace

import numpy as np
from numpy import ndarray

from marrow.bones.axes import turn_world
from marrow.bones.skeleton import at_rest
from marrow.media import Mesh, Motion, Rig, Skeleton
from marrow.rotations import multiply, rotate, to_matrix


def turned_rig(rig: Rig, turn: ndarray) -> Rig:
    """A body turned about the origin; joints whose axes are the world's at rest keep them so.

    turn    (4,) wxyz
    test    every joint and vertex goes where the turn takes it, at rest and in each frame
    """
    plain = np.allclose(np.abs(rig.skeleton.turns[:, 0]), 1, atol=1e-9)
    spun = turn_world if plain else _spun
    matrix = to_matrix(turn)
    skin = rig.skin
    if skin is not None:
        bind = np.array(skin.bind, float)
        bind[:, :3] = matrix @ bind[:, :3]
        bind[:, :3, :3] = bind[:, :3, :3] @ matrix.T if plain else bind[:, :3, :3]
        skin = replace(skin, bind=bind)
    body = spun(at_rest(rig.skeleton), turn).skeleton
    return replace(rig, skeleton=body, mesh=rig.mesh and _turned(rig.mesh, matrix), skin=skin,
                   motions=tuple(replace(spun(each, turn), skeleton=body) for each in rig.motions))


def moved_rig(rig: Rig, way: ndarray) -> Rig:
    """A body moved by a way (3,) metres."""
    body = replace(rig.skeleton, offsets=rig.skeleton.offsets + np.eye(len(rig.skeleton.names), 1) * way)
    mesh = rig.mesh and replace(rig.mesh, vertices=(np.asarray(rig.mesh.vertices, float) + way).astype(np.float32))
    put = np.eye(4)
    put[:3, 3] = way
    return replace(rig, skeleton=body, mesh=mesh, skin=rig.skin and replace(rig.skin, bind=put @ rig.skin.bind),
                   motions=tuple(replace(each, skeleton=body, root=each.root + way) for each in rig.motions))


def sized_rig(rig: Rig, scale: float) -> Rig:
    """A body made larger about the origin."""
    body = replace(rig.skeleton, offsets=rig.skeleton.offsets * scale)
    mesh = rig.mesh and replace(
        rig.mesh, vertices=(np.asarray(rig.mesh.vertices, float) * scale).astype(np.float32),
        shapes={name: (each * scale).astype(np.float32) for name, each in rig.mesh.shapes.items()})
    skin = rig.skin
    if skin is not None:
        bind = np.array(skin.bind, float)
        bind[:, :3, 3] *= scale
        skin = replace(skin, bind=bind)
    return replace(rig, skeleton=body, mesh=mesh, skin=skin, motions=tuple(replace(
        each, skeleton=body, root=each.root * scale, moves={joint: path * scale for joint, path in each.moves.items()})
        for each in rig.motions))


def _spun(motion: Motion, turn: ndarray) -> Motion:
    """A motion turned at its root alone."""
    old = motion.skeleton
    offsets, turns = np.array(old.offsets, float), np.array(old.turns, float)
    offsets[0], turns[0] = rotate(turn, offsets[0]), multiply(turn, turns[0])
    rotations = np.array(motion.rotations, float)
    rotations[:, 0] = multiply(turn, rotations[:, 0])
    return replace(motion, skeleton=Skeleton(old.names, old.parents, offsets, turns), rotations=rotations,
                   root=rotate(turn, motion.root))


def _turned(mesh: Mesh, matrix: ndarray) -> Mesh:
    def of(values: ndarray) -> ndarray:
        return (np.asarray(values, float) @ matrix.T).astype(np.float32)

    return replace(mesh, vertices=of(mesh.vertices), normals=None if mesh.normals is None else of(mesh.normals),
                   shapes={name: of(each) for name, each in mesh.shapes.items()})
