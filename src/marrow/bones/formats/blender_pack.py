"""A rig packed for Blender: plain facts, arrays that they name, and pictures; and what Blender cannot hold of it.

    facts     {"name", "names", "parents", "rate": [over, under], "takes": [{"name", "rate", "frames"}], "mesh"}
    arrays    stand (joints, 4, 4) bind pose, turns (joints, 3, 3) and places (joints, 3) of the rest pose, lengths and
              travels (joints,); turns_k (frames, joints, 3, 3) and places_k (frames, joints, 3) of take k, local;
              vertices, faces, normals, uv, colours, material, shape_k; joints and weights (vertices, k)
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy import ndarray

from marrow.bones.skeleton import at_rest, stance, world
from marrow.contents import Remark
from marrow.media import Material, Mesh, Motion, Rig, Skin
from marrow.rotations import to_matrix

RIGID = 1e-4      # a bind matrix that differs by more from a turn has scale in it
ALIKE = 1e-4      # share of a body's size: rest poses nearer than this to the bind pose are it
SHORTEST = 0.02   # share of a body's size: bones are at least this long
ENDINGS = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpg", b"RIFF": "webp"}
KEPT = ("colour", "normal", "roughness", "emission")


def packed(rig: Rig) -> tuple[dict, dict[str, ndarray], dict[str, bytes]]:
    """Facts, arrays and pictures (file name -> bytes) of a rig."""
    skeleton = rig.skeleton
    turns = to_matrix(skeleton.turns)
    stand, mesh = stood(rig)
    arrays = {"stand": stand, "turns": turns, "places": np.asarray(skeleton.offsets, float),
              "lengths": _lengths(stand, skeleton.parents), "travels": np.zeros(len(turns), bool)}
    fastest = max((motion.rate for motion in rig.motions), default=24)
    takes = []
    for number, motion in enumerate(rig.motions):
        arrays |= {f"turns_{number}": to_matrix(motion.rotations), f"places_{number}": _places(motion)}
        arrays["travels"][list(motion.moves)] = True
        takes.append({"name": motion.name or f"take_{number + 1}", "frames": len(motion.rotations),
                      "rate": [motion.rate.numerator, motion.rate.denominator]})
    away = np.abs(_rest_in(stand, skeleton.parents) - arrays["places"]).max(1) > 1e-7 * _size(stand)
    arrays["travels"] |= away
    said, pictures = None, {}
    if mesh is not None:
        arrays |= _mesh_arrays(mesh, rig.skin)
        looks, pictures = _looks(mesh.materials)
        said = {"name": mesh.name or "mesh", "shapes": list(mesh.shapes), "materials": looks}
    facts = {"name": rig.name or skeleton.names[0], "names": list(skeleton.names),
             "parents": np.asarray(skeleton.parents).tolist(), "takes": takes, "mesh": said,
             "rate": [fastest.numerator, fastest.denominator] if takes else [24, 1]}
    return facts, arrays, pictures


def stated_losses(rig: Rig, suffix: str) -> tuple[Remark, ...]:
    """What a format that Blender writes cannot hold of a rig."""
    found = list(_cached(rig) if suffix == ".abc" else _kept(rig))
    if len({motion.rate for motion in rig.motions}) > 1:
        found.append(Remark("blender.rates", {"rate": str(max(motion.rate for motion in rig.motions))}))
    return tuple(found)


def _cached(rig: Rig) -> Iterator[Remark]:
    """What Alembic cannot hold."""
    if len(rig.motions) > 1:
        yield Remark("blender.one_take", {"name": rig.motions[0].name, "count": len(rig.motions) - 1})
    for key, there in (("blender.no_skin", rig.skin is not None), ("blender.no_shapes", rig.mesh and rig.mesh.shapes),
                       ("blender.no_looks", rig.mesh and rig.mesh.materials)):
        if there:
            yield Remark(key)


def _kept(rig: Rig) -> Iterator[Remark]:
    """What FBX and Blender's own files cannot hold."""
    dropped = {role for look in rig.mesh.materials for role in look.pictures if role not in KEPT} if rig.mesh else ()
    if dropped:
        yield Remark("blender.pictures", {"names": ", ".join(sorted(dropped))})
    if rig.skin is not None and not _rigid(rig.skin.bind):
        yield Remark("blender.bind")
    elif rig.skin is not None and _far(rig):
        yield Remark("blender.rest")


def stood(rig: Rig) -> tuple[ndarray, Mesh | None]:
    """Where the joints stand in the pose that bones are built in (joints, 4, 4), and the mesh in that pose.

    Blender has one pose for rest and bind: it is the bind pose. A bind pose with scale in it cannot be, so the mesh is
    brought into the rest pose instead.
    """
    stand = stance(rig.skeleton)
    if rig.mesh is None or rig.skin is None:
        return stand, rig.mesh
    if _rigid(rig.skin.bind):
        return np.asarray(rig.skin.bind, float), rig.mesh
    maps = stand @ np.linalg.inv(rig.skin.bind)
    each = np.einsum("vk,vkab->vab", rig.skin.weights, maps[rig.skin.joints])
    each[rig.skin.weights.sum(1) == 0] = np.eye(4)
    bare = np.einsum("vab,vb->va", each[:, :3, :3], rig.mesh.vertices) + each[:, :3, 3]
    shapes = {name: np.einsum("vab,vb->va", each[:, :3, :3], move) for name, move in rig.mesh.shapes.items()}
    normals = None
    if rig.mesh.normals is not None:
        turned = np.einsum("vab,vb->va", each[:, :3, :3], rig.mesh.normals)
        normals = (turned / np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-20)).astype(np.float32)
    return stand, replace(rig.mesh, vertices=bare.astype(np.float32), normals=normals, shapes=shapes)


def _rigid(bind: ndarray) -> bool:
    linear = np.asarray(bind, float)[:, :3, :3]
    skewed = np.abs(np.swapaxes(linear, 1, 2) @ linear - np.eye(3)).max()
    return bool(skewed < RIGID and (np.linalg.det(linear) > 0).all())


def _far(rig: Rig) -> bool:
    """Whether the rest pose is not the bind pose."""
    places = world(at_rest(rig.skeleton))[0][0]
    return bool(np.abs(places - rig.skin.bind[:, :3, 3]).max() > ALIKE * _size(rig.skin.bind))


def _size(stand: ndarray) -> float:
    return float(np.ptp(stand[:, :3, 3], axis=0).max()) or 1.0


def _lengths(stand: ndarray, parents: ndarray) -> ndarray:
    """How long bones are drawn: to the farthest child, those at the ends half of their parent's length."""
    places, size = stand[:, :3, 3], _size(stand)
    made = np.zeros(len(places))
    for joint, parent in enumerate(np.asarray(parents).tolist()):
        if parent >= 0:
            made[parent] = max(made[parent], float(np.linalg.norm(places[joint] - places[parent])))
    for joint, parent in enumerate(np.asarray(parents).tolist()):
        made[joint] = max(made[joint] or (made[parent] / 2 if parent >= 0 else 0), SHORTEST * size)
    return made


def _rest_in(stand: ndarray, parents: ndarray) -> ndarray:
    """Places (joints, 3) in their parents' space in the pose that bones are built in."""
    made = stand[:, :3, 3].copy()
    for joint, parent in enumerate(np.asarray(parents).tolist()):
        if parent >= 0:
            made[joint] = stand[parent][:3, :3].T @ (stand[joint][:3, 3] - stand[parent][:3, 3])
    return made


def _places(motion: Motion) -> ndarray:
    """Local places (frames, joints, 3)."""
    made = np.repeat(np.asarray(motion.skeleton.offsets, float)[None], len(motion.rotations), axis=0)
    made[:, 0] = motion.root
    for joint, path in motion.moves.items():
        made[:, joint] = path
    return made


def _mesh_arrays(mesh: Mesh, skin: Skin | None) -> dict[str, ndarray]:
    found = {"vertices": mesh.vertices, "faces": mesh.faces, "normals": mesh.normals, "uv": mesh.uv,
             "colours": mesh.colours, "material": mesh.material,
             "joints": skin.joints if skin else None, "weights": skin.weights if skin else None,
             **{f"shape_{number}": move for number, move in enumerate(mesh.shapes.values())}}
    return {name: np.asarray(each) for name, each in found.items() if each is not None}


def _looks(materials: tuple[Material, ...]) -> tuple[list[dict], dict[str, bytes]]:
    """Materials as facts, their pictures under file names."""
    made, files = [], {}
    for number, look in enumerate(materials):
        names = {}
        for role, content in look.pictures.items():
            ending = next((each for head, each in ENDINGS.items() if content.startswith(head)), None)
            if role in KEPT and ending:
                names[role] = f"{number}_{role}.{ending}"
                files[names[role]] = content
        made.append({"name": look.name, "colour": list(look.colour), "metallic": look.metallic,
                     "roughness": look.roughness, "emission": list(look.emission), "alpha": look.alpha,
                     "two_sided": look.two_sided, "pictures": names})
    return made, files
