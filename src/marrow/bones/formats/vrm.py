"""Bodies as VRM, 1.0 and 0.x: glTF that also says which joint is what, who made the body and what may be done with it.

A VRM stands in a T-pose: a body that does not is put into one when it is written; its motions stay as they are.
VRM 0.x looks to -Z and has no turned joints; it is turned at the door.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.bones.axes import align, aligned, rest_turns
from marrow.bones.canonical import canonical
from marrow.bones.human import FINGERS, HUMAN, PARENT, REQUIRED
from marrow.bones.identify import identify
from marrow.contents import Contents, Remark
from marrow.errors import InputError
from marrow.forms.gltf import read_scene, told
from marrow.forms.gltf_file import File, open_file
from marrow.forms.gltf_mesh import shape_names
from marrow.forms.gltf_write import Draft, draft_of
from marrow.media import Mesh, Motion, Rig, Skeleton
from marrow.rotations import inverse, multiply, rotate, to_matrix

ROUND = np.array([0.0, 0.0, 1.0, 0.0])   # half a turn about Y: from looking to -Z to looking to +Z
SLANT = np.radians(20)                   # a rest pose whose joints are all within this of the T-pose is left as it is
LIMBS = tuple(f"{side}{part}" for side in ("left", "right") for part in
              ("UpperLeg", "LowerLeg", "UpperArm", "LowerArm", "Hand"))
OLD_THUMB = {"ThumbProximal": "ThumbMetacarpal", "ThumbIntermediate": "ThumbProximal"}  # 0.x -> 1.0
PRESETS = {"a": "aa", "i": "ih", "u": "ou", "e": "ee", "o": "oh", "blink": "blink", "joy": "happy", "angry": "angry",
           "sorrow": "sad", "fun": "relaxed", "lookup": "lookUp", "lookdown": "lookDown", "lookleft": "lookLeft",
           "lookright": "lookRight", "blink_l": "blinkLeft", "blink_r": "blinkRight", "neutral": "neutral"}
NEW = {*PRESETS.values(), "surprised"}
LICENCE = "https://vrm.dev/licenses/1.0/"
LEFT_OUT = (("springs", ("VRMC_springBone", "springs")), ("springs", ("VRM", "secondaryAnimation", "boneGroups")),
            ("constraints", ("VRMC_node_constraint",)), ("gaze", ("VRMC_vrm", "lookAt")),
            ("gaze", ("VRMC_vrm", "firstPerson")), ("gaze", ("VRM", "firstPerson", "meshAnnotations")))


@dataclass(frozen=True)
class Human:
    """A body that is known to be human: its rig, and VRM 1.0 name -> joint."""

    rig: Rig
    joints: Mapping[str, int]


def read_vrm(path: Path) -> Contents:
    """A body from VRM 1.0 or 0.x, looking to +Z; its expressions become blend shapes.

    `stated` holds "human" {human joint: joint's name}, "title", "licence", "meta" (everything the file says of its
    use), "version" and "expressions" {name: {blend shape: share}}.
    raises    InputError, LimitError  as `marrow.forms.gltf.read_gltf`
    source    VRM Consortium, VRM specification 0.0 and VRMC_vrm 1.0
    """
    file = open_file(path)
    with told(path):
        said = file.tree.get("extensions", {})
        new, old = said.get("VRMC_vrm"), said.get("VRM")
        human = human_nodes(new if new else old or {})
        for node in human.values():
            file.item("nodes", node)
    scene = read_scene(file, joints=human.values())
    held = replace(scene.contents, form="vrm")
    if not human or not held.rigs:
        return replace(held, losses=(*held.losses, Remark("vrm.plain")))
    with told(path):
        numbers = {name: scene.joints[0][node] for name, node in human.items()}
        expressions = _expressions(file, new if new else old, bool(new))
        rig = _expressive(held.rigs[0], expressions)
        rig = rig if new else turned(rig, ROUND)
        meta = dict((new or old).get("meta", {}))
        lost = dict.fromkeys(word for word, way in LEFT_OUT if reduce(lambda held, each: held.get(each, {}), way, said))
    names = {name: rig.skeleton.names[joint] for name, joint in numbers.items()}
    stated = {**held.stated, "version": str(new.get("specVersion", "1.0")) if new else "0.x", "human": names,
              "title": str(meta.get("name" if new else "title") or ""), "meta": meta,
              "licence": str(meta.get("licenseUrl" if new else "licenseName") or ""), "expressions": expressions,
              **({} if new else {"front": "-z"})}
    named = replace(rig, name=rig.name or stated["title"])
    losses = (*held.losses, *(Remark(f"vrm.{each}") for each in lost))
    return replace(held, rigs=(named, *held.rigs[1:]), stated=stated, losses=losses)


def write_vrm(rig: Rig, path: Path) -> tuple[Remark, ...]:
    """A human body as VRM 1.0.

    raises    InputError  "vrm.lacking" when it is no human body, or joints that every VRM has are not found in it
    returns   what could not be kept or had to be assumed
    test      what is read again stands where it stood, and its joints have the same human names
    """
    known = human_rig(rig, path)
    posed, remarks = in_t_pose(known)
    draft = draft_of(posed.rig)
    bones = {name: {"node": joint} for name, joint in posed.joints.items()}
    shapes = list(rig.mesh.shapes) if rig.mesh is not None else []
    faces = {name: {"morphTargetBinds": [{"node": len(rig.skeleton.names), "index": number, "weight": 1}]}
             for number, name in enumerate(shapes)}
    expressions = {"preset": {name: each for name, each in faces.items() if name in NEW},
                   "custom": {name: each for name, each in faces.items() if name not in NEW}}
    meta = {"name": rig.name or path.stem, "authors": ["unknown"], "licenseUrl": LICENCE}
    draft.tree["extensions"] = {"VRMC_vrm": {"specVersion": "1.0", "meta": meta, "humanoid": {"humanBones": bones},
                                             "expressions": {kind: each for kind, each in expressions.items() if each}}}
    draft.use("VRMC_vrm")
    return _saved(draft, posed.rig, path, remarks)


def write_vrm0(rig: Rig, path: Path) -> tuple[Remark, ...]:
    """A human body as VRM 0.x: looking to -Z, its joints' axes along the world's at rest; as `write_vrm`."""
    known = human_rig(rig, path, also=("chest", "neck"))
    posed, remarks = in_t_pose(known)
    plain = unturned(turned(posed.rig, ROUND))
    draft = draft_of(plain)
    back = {new: old for old, new in OLD_THUMB.items()}
    bones = [{"bone": name[:-len(part)] + back[part] if (part := _thumb(name)) in back else name, "node": joint,
              "useDefaultValues": True} for name, joint in posed.joints.items()]
    old = {new: name for name, new in PRESETS.items()}
    shapes = list(rig.mesh.shapes) if rig.mesh is not None else []
    faces = [{"name": name, "presetName": old.get(name, "unknown"), "materialValues": [],
              "binds": [{"mesh": 0, "index": number, "weight": 100}]} for number, name in enumerate(shapes)]
    plain_look = {"shader": "VRM_USE_GLTFSHADER", "renderQueue": 2000, "floatProperties": {}, "vectorProperties": {},
                  "textureProperties": {}, "keywordMap": {}, "tagMap": {}}
    looks = [{"name": each.get("name", ""), **plain_look} for each in draft.tree.get("materials", [])]
    meta = {"title": rig.name or path.stem, "author": "unknown", "allowedUserName": "OnlyAuthor",
            "violentUssageName": "Disallow", "sexualUssageName": "Disallow", "commercialUssageName": "Disallow",
            "licenseName": "Redistribution_Prohibited"}
    draft.tree["extensions"] = {"VRM": {
        "exporterVersion": "Marrow", "specVersion": "0.0", "meta": meta, "humanoid": {"humanBones": bones},
        "firstPerson": {"firstPersonBone": posed.joints["head"], "firstPersonBoneOffset": {"x": 0, "y": 0, "z": 0},
                        "meshAnnotations": [], "lookAtTypeName": "Bone"},
        "blendShapeMaster": {"blendShapeGroups": faces}, "materialProperties": looks,
        "secondaryAnimation": {"boneGroups": [], "colliderGroups": []}}}
    draft.use("VRM")
    return _saved(draft, plain, path, remarks)


def human_rig(rig: Rig, path: Path, *, also: Iterable[str] = ()) -> Human:
    """The rig with its human joints, those left out whose parent joint VRM demands and the body has not.

    raises    InputError  "vrm.lacking"
    """
    found = identify(rig.skeleton, mesh=rig.mesh, skin=rig.skin, motion=rig.motions[0] if rig.motions else None)
    lacking = [name for name in (*REQUIRED, *also) if name not in found.joints]
    if found.body != "biped" or lacking:
        raise InputError("vrm.lacking", path=path, names=", ".join(lacking[:6]) or "–")
    kept: dict[str, int] = {}
    for name in HUMAN:
        above = PARENT[name]
        needs = name == "upperChest" or (above.endswith(("Metacarpal", "Proximal", "Intermediate")) and _finger(name))
        if name in found.joints and (not needs or above in kept):
            kept[name] = int(found.joints[name])
    return Human(rig, kept)


def human_nodes(said: Mapping) -> dict[str, int]:
    """VRM 1.0 name -> node, from either version's table of human joints."""
    listed = said.get("humanoid", {}).get("humanBones", {})
    if isinstance(listed, Mapping):
        return {str(name): each["node"] for name, each in listed.items() if isinstance(each, Mapping) and str(name) in
                PARENT}
    found = {}
    for each in listed:
        name = str(each["bone"])
        part = _thumb(name)
        name = name[:-len(part)] + OLD_THUMB[part] if part in OLD_THUMB else name
        if name in PARENT and type(each["node"]) is int and each["node"] >= 0:
            found[name] = each["node"]
    return found


def in_t_pose(known: Human) -> tuple[Human, tuple[Remark, ...]]:
    """The same body, motions and bind pose, with the T-pose as its rest pose, looking to +Z, feet on the floor.

    One that stands so within a few degrees is left as it is.
    """
    rig, joints = known.rig, known.joints
    wanted = canonical(rig.skeleton, joints, rig.motions[0] if rig.motions else None)
    apart = np.abs((rest_turns(rig.skeleton) * wanted.turns).sum(-1))[[joints[name] for name in LIMBS]]
    if wanted.stood and (2 * np.arccos(np.clip(apart, -1, 1)) < SLANT).all():
        return known, ()
    parents = np.asarray(rig.skeleton.parents)
    turns = wanted.turns.copy()
    turns[1:] = multiply(inverse(wanted.turns[parents[1:]]), wanted.turns[1:])
    offsets = np.array(rig.skeleton.offsets, float)
    offsets[0] = wanted.places[0] + (0, wanted.hip - wanted.middle[1], 0)
    skeleton = replace(rig.skeleton, turns=turns, offsets=offsets)
    motions = tuple(replace(each, skeleton=replace(each.skeleton, turns=turns)) for each in rig.motions)
    return Human(replace(rig, skeleton=skeleton, motions=motions), joints), (Remark("vrm.posed"),)


def turned(rig: Rig, turn: ndarray) -> Rig:
    """A body and its motions, turned about the origin by (4,) wxyz."""
    def spun(motion: Motion) -> Motion:
        turns = np.concatenate([multiply(turn, motion.rotations[:, :1]), motion.rotations[:, 1:]], axis=1)
        return replace(motion, skeleton=_lead(motion.skeleton, turn), rotations=turns, root=rotate(turn, motion.root))

    matrix = np.eye(4)
    matrix[:3, :3] = to_matrix(turn)
    skin = rig.skin if rig.skin is None else replace(rig.skin, bind=matrix @ rig.skin.bind)
    mesh = rig.mesh if rig.mesh is None else _turned_mesh(rig.mesh, matrix[:3, :3].T.astype(np.float32))
    return replace(rig, skeleton=_lead(rig.skeleton, turn), skin=skin, mesh=mesh, motions=tuple(map(spun, rig.motions)))


def unturned(rig: Rig) -> Rig:
    """The same body, built so that no joint is turned in its rest pose."""
    skin = rig.skin
    if skin is not None:
        back = np.tile(np.eye(4), (len(skin.bind), 1, 1))
        back[:, :3, :3] = to_matrix(inverse(rest_turns(rig.skeleton)))
        skin = replace(skin, bind=skin.bind @ back)
    return replace(rig, skeleton=aligned(rig.skeleton), skin=skin, motions=tuple(map(align, rig.motions)))


def _lead(skeleton: Skeleton, turn: ndarray) -> Skeleton:
    offsets, turns = np.array(skeleton.offsets, float), np.array(skeleton.turns, float)
    offsets[0], turns[0] = rotate(turn, offsets[0]), multiply(turn, turns[0])
    return replace(skeleton, offsets=offsets, turns=turns)


def _turned_mesh(mesh: Mesh, matrix: ndarray) -> Mesh:
    return replace(mesh, vertices=mesh.vertices @ matrix, normals=None if mesh.normals is None else
                   mesh.normals @ matrix, shapes={name: each @ matrix for name, each in mesh.shapes.items()})


def _saved(draft: Draft, rig: Rig, path: Path, remarks: tuple[Remark, ...]) -> tuple[Remark, ...]:
    draft.save(path)
    bare = () if rig.mesh is not None else (Remark("vrm.bare"),)
    return (*remarks, *bare, *(Remark(each) for each in draft.losses), Remark("vrm.licence"))


def _thumb(name: str) -> str:
    return name[name.index("Thumb"):] if "Thumb" in name else ""


def _finger(name: str) -> bool:
    return any(finger in name for finger in FINGERS)


def _expressions(file: File, said: Mapping, new: bool) -> dict[str, dict[str, float]]:
    """What each expression is made of: its name as VRM 1.0 has it -> blend shape -> share."""
    if new:
        kinds = said.get("expressions", {})
        listed = [(str(name), each.get("morphTargetBinds") or [], 1.0) for kind in ("preset", "custom")
                  for name, each in kinds.get(kind, {}).items()]
    else:
        listed = [(PRESETS.get(str(each.get("presetName", "")).lower()) or str(each.get("name", "")),
                   each.get("binds") or [], 100.0)
                  for each in said.get("blendShapeMaster", {}).get("blendShapeGroups", [])]
    found: dict[str, dict[str, float]] = {}
    for name, binds, whole in listed:
        for bind in binds:
            mesh = file.item("meshes", file.item("nodes", bind["node"])["mesh"] if new else bind["mesh"])
            names, number = shape_names(mesh), bind["index"]
            if type(number) is not int or number < 0:
                raise ValueError("expressions")
            shape = str(names[number]) if number < len(names) else f"shape_{number}"
            found.setdefault(name, {})[shape] = float(bind.get("weight", whole)) / whole
    return found


def _expressive(rig: Rig, expressions: Mapping[str, Mapping[str, float]]) -> Rig:
    """The rig with a blend shape more for every expression that has not the name of one."""
    if rig.mesh is None or not rig.mesh.shapes:
        return rig
    shapes = dict(rig.mesh.shapes)
    for name, parts in expressions.items():
        made = [np.float32(share) * rig.mesh.shapes[shape] for shape, share in parts.items() if shape in
                rig.mesh.shapes]
        if made and name and name not in shapes:
            shapes[name] = np.sum(made, axis=0, dtype=np.float32)
    return replace(rig, mesh=replace(rig.mesh, shapes=shapes))
