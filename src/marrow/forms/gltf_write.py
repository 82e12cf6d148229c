"""Bodies, meshes and motions written as glTF 2.0: equal nouns give equal bytes.

Joint i is node i. The rest pose stands in the nodes, the bind pose in inverse bind matrices, a motion is an animation
of straight lines with a key at float32(k / rate) and its exact rate in `extras`.
"""

import base64
import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow import rotations
from marrow.contents import Remark
from marrow.draw.colour import linear
from marrow.errors import InputError
from marrow.forms.gltf_looks import mime
from marrow.media import Material, Mesh, Motion, Rig, Skeleton, Skin

CODES = {"|u1": 5121, "<u2": 5123, "<u4": 5125, "<f4": 5126}
SHAPES = {2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}
VERTICES, FACES = 34962, 34963   # what a buffer view is for
TEXTURES = {"colour": "baseColorTexture", "roughness": "metallicRoughnessTexture", "normal": "normalTexture",
            "occlusion": "occlusionTexture", "emission": "emissiveTexture"}
SPARSE = 4                       # a blend shape is written sparsely when fewer than one vertex in so many moves
STILL = 1e-7                     # quaternion units and metres within which a joint keeps its rest pose


@dataclass
class Draft:
    """A glTF file in the making: its tree, and the bytes of its only buffer."""

    tree: dict = field(default_factory=lambda: {
        "asset": {"version": "2.0", "generator": "Marrow", "extras": {"marrow": 1}}, "scene": 0,
        "scenes": [{"nodes": []}], "nodes": []})
    chunks: list[bytes] = field(default_factory=list)
    size: int = 0
    losses: dict[str, None] = field(default_factory=dict)
    _pictures: dict[bytes, int] = field(default_factory=dict)

    def add(self, name: str, said: dict) -> int:
        """Append an entry to a list at the top of the tree; its number."""
        self.tree.setdefault(name, []).append(said)
        return len(self.tree[name]) - 1

    def view(self, content: bytes, target: int | None = None) -> int:
        """The number of a new buffer view of these bytes."""
        said = {"buffer": 0, "byteOffset": self.size, "byteLength": len(content)}
        pad = -len(content) % 4
        self.chunks += [content, b"\0" * pad]
        self.size += len(content) + pad
        return self.add("bufferViews", said | ({"target": target} if target else {}))

    def array(self, values: ndarray, *, target: int | None = None, bounds: bool = False, normal: bool = False) -> int:
        """The number of a new accessor of (count, width) or (count,) values."""
        values = np.ascontiguousarray(values)
        said = {"bufferView": self.view(values.tobytes(), target), "componentType": CODES[values.dtype.str],
                "count": len(values), "type": "SCALAR" if values.ndim == 1 else SHAPES[values.shape[1]]}
        said |= {"normalized": True} if normal else {}
        if bounds:
            said |= _bounds(values)
        return self.add("accessors", said)

    def sparse(self, values: ndarray) -> int:
        """The number of a new accessor of (count, 3) values, most of them zero."""
        rows = np.flatnonzero(values.any(1))
        if len(rows) * SPARSE >= len(values):
            return self.array(values, bounds=True)
        said = {"componentType": CODES["<f4"], "count": len(values), "type": "VEC3", **_bounds(values)}
        if len(rows):
            said["sparse"] = {"count": len(rows), "indices": {"bufferView": self.view(rows.astype("<u4").tobytes()),
                                                              "componentType": CODES["<u4"]},
                              "values": {"bufferView": self.view(values[rows].astype("<f4").tobytes())}}
        return self.add("accessors", said)

    def texture(self, picture: bytes) -> int | None:
        """The number of a texture that shows this picture, the same for equal pictures; None when glTF knows it not."""
        kind = mime(picture)
        if kind is None:
            self.losses["gltf.picture"] = None
            return None
        if picture not in self._pictures:
            image = self.add("images", {"bufferView": self.view(picture), "mimeType": kind})
            said = {"source": image}
            if kind == "image/webp":
                said = {"extensions": {"EXT_texture_webp": said}}
                self.use("EXT_texture_webp", needed=True)
            self._pictures[picture] = self.add("textures", said)
        return self._pictures[picture]

    def carried(self, joints: ndarray, weights: ndarray, count: int) -> dict[str, int]:
        """Joints and weights (vertices, k) of a skin of so many joints, in sets of four."""
        made: dict[str, int] = {}
        wide = -joints.shape[1] % 4
        joints, weights = (np.pad(np.asarray(each), ((0, 0), (0, wide))) for each in (joints, weights))
        joints = np.where(weights > 0, joints, 0).astype("|u1" if count <= 256 else "<u2")
        for number in range(joints.shape[1] // 4):
            four = slice(4 * number, 4 * number + 4)
            made[f"JOINTS_{number}"] = self.array(joints[:, four], target=VERTICES)
            made[f"WEIGHTS_{number}"] = self.array(weights[:, four].astype("<f4"), target=VERTICES)
        return made

    def material(self, material: Material) -> int:
        """The number of a new material."""
        found = {role: self.texture(each) for role, each in material.pictures.items()}
        textures = {role: {"index": number} for role, number in found.items() if number is not None}
        metal = {"baseColorFactor": _plain(material.colour), "metallicFactor": float(material.metallic),
                 "roughnessFactor": float(material.roughness)}
        said = {**_named(material.name), "pbrMetallicRoughness": metal}
        for role, name in TEXTURES.items():
            if role in textures:
                (metal if role in ("colour", "roughness") else said)[name] = textures[role]
        strength = max(1.0, *material.emission)
        if any(material.emission):
            said["emissiveFactor"] = [each / strength for each in _plain(material.emission)]
        if strength > 1:
            said["extensions"] = {"KHR_materials_emissive_strength": {"emissiveStrength": strength}}
            self.use("KHR_materials_emissive_strength")
        said |= {"alphaMode": material.alpha.upper()} if material.alpha != "opaque" else {}
        said |= {"alphaCutoff": float(material.cutoff)} if material.alpha == "mask" and material.cutoff != 0.5 else {}
        return self.add("materials", said | ({"doubleSided": True} if material.two_sided else {}))

    def use(self, extension: str, *, needed: bool = False) -> None:
        """State that an extension is used."""
        for name in ("extensionsUsed", *(["extensionsRequired"] if needed else [])):
            listed = self.tree.setdefault(name, [])
            if extension not in listed:
                listed.append(extension)

    def save(self, path: Path) -> None:
        """Write the file: .gltf as text with its buffer inside, anything else as GLB.

        raises    InputError  "gltf.nan" when a place or a turn is no number
        """
        body = b"".join(self.chunks)
        if path.suffix.lower() == ".gltf":
            place = "data:application/octet-stream;base64," + base64.b64encode(body).decode("ascii")
            buffer = {"uri": place, "byteLength": len(body)}
            path.write_bytes(_words({**self.tree, **({"buffers": [buffer]} if body else {})}, path))
            return
        words = _words({**self.tree, **({"buffers": [{"byteLength": len(body)}]} if body else {})}, path)
        words += b" " * (-len(words) % 4)
        chunk = struct.pack("<I4s", len(body), b"BIN\0") if body else b""
        with open(path, "wb") as file:
            file.write(struct.pack("<4sII", b"glTF", 2, 20 + len(words) + len(chunk) + len(body)))
            file.write(struct.pack("<I4s", len(words), b"JSON") + words + chunk)
            file.write(body)


def write_rig(rig: Rig, path: Path) -> None:
    """A body in its standard form."""
    write_gltf(rig, path)


def write_mesh(mesh: Mesh, path: Path) -> None:
    """A mesh in its standard form."""
    draft = Draft()
    _body(draft, mesh, None)
    draft.save(path)


def write_gltf(rig: Rig, path: Path) -> tuple[Remark, ...]:
    """A body with its mesh and motions as .glb or .gltf; what could not be kept.

    test    read again it is the same within float32, rates exactly
    """
    draft = draft_of(rig)
    draft.save(path)
    return tuple(Remark(each) for each in draft.losses)


def draft_of(rig: Rig) -> Draft:
    """A body as a glTF file that is not yet saved: nodes 0 .. joints - 1 are its joints.

    A mesh that hangs on nothing, beside a single joint that never moves, is written alone.
    """
    draft = Draft()
    if rig.mesh is not None and rig.skin is None and len(rig.skeleton.names) == 1 and not rig.motions:
        _body(draft, rig.mesh, None)
        return draft
    _joints(draft, rig.skeleton)
    draft.tree["scenes"][0]["nodes"].append(0)
    bind = rig.skin.bind if rig.skin is not None else None
    if bind is None:
        from marrow.forms.gltf_nodes import rest_world

        bind = rest_world(rig.skeleton)
    inverse = np.linalg.inv(bind)
    inverse[:, 3] = (0, 0, 0, 1)
    matrices = draft.array(inverse.swapaxes(1, 2).reshape(-1, 16).astype("<f4"))
    draft.add("skins", {**_named(rig.name), "joints": list(range(len(bind))), "skeleton": 0,
                        "inverseBindMatrices": matrices})
    if rig.mesh is not None:
        _body(draft, rig.mesh, rig.skin)
    for motion in rig.motions:
        _motion(draft, motion, rig.skeleton)
    return draft


def _joints(draft: Draft, skeleton: Skeleton) -> None:
    turns = rotations.normalised(skeleton.turns)
    below: list[list[int]] = [[] for _ in skeleton.names]
    for joint, parent in enumerate(np.asarray(skeleton.parents).tolist()):
        if parent >= 0:
            below[parent].append(joint)
    for joint, name in enumerate(skeleton.names):
        said: dict = {"name": name}
        if below[joint]:
            said["children"] = below[joint]
        if np.any(skeleton.offsets[joint]):
            said["translation"] = [float(each) + 0.0 for each in skeleton.offsets[joint]]
        if np.any(turns[joint, 1:]):
            said["rotation"] = [float(each) + 0.0 for each in turns[joint, [1, 2, 3, 0]]]
        draft.add("nodes", said)


def _body(draft: Draft, mesh: Mesh, skin: Skin | None) -> None:
    """The node of a mesh; one without faces, which glTF does not know, stays an empty node."""
    said = _named(mesh.name)
    if len(mesh.faces):
        said |= {"mesh": _mesh(draft, mesh, skin), **({"skin": 0} if skin is not None else {})}
    draft.tree["scenes"][0]["nodes"].append(draft.add("nodes", said))


def _mesh(draft: Draft, mesh: Mesh, skin: Skin | None) -> int:
    """The number of a mesh: one primitive for each material, all of the same vertices."""
    attributes = {"POSITION": draft.array(np.asarray(mesh.vertices, "<f4"), target=VERTICES, bounds=True)}
    if mesh.normals is not None:
        attributes["NORMAL"] = draft.array(np.asarray(mesh.normals, "<f4"), target=VERTICES)
    if mesh.uv is not None:
        attributes["TEXCOORD_0"] = draft.array(np.asarray(mesh.uv, "<f4"), target=VERTICES)
    if mesh.colours is not None:
        light = np.concatenate([linear(mesh.colours[:, :3]), mesh.colours[:, 3:] / np.float32(255)], axis=1)
        attributes["COLOR_0"] = draft.array(np.round(light * 65535).astype("<u2"), target=VERTICES, normal=True)
    if skin is not None:
        attributes |= draft.carried(skin.joints, skin.weights, len(skin.bind))
    targets = [{"POSITION": draft.sparse(np.asarray(each, "<f4"))} for each in mesh.shapes.values()]
    kind = "<u2" if len(mesh.vertices) < 65535 else "<u4"
    known = mesh.material is not None and len(mesh.materials) > 0
    numbers = mesh.material if known else np.zeros(len(mesh.faces), np.int32)
    materials = [draft.material(each) for each in mesh.materials] if known else []
    primitives = []
    for number in np.unique(numbers).tolist():
        faces = np.asarray(mesh.faces)[numbers == number].astype(kind)
        said = {"attributes": attributes, "indices": draft.array(faces.reshape(-1), target=FACES)}
        said |= {"material": materials[number]} if known else {}
        primitives.append(said | ({"targets": targets} if targets else {}))
    extras = {"extras": {"targetNames": list(mesh.shapes)}} if targets else {}
    return draft.add("meshes", {**_named(mesh.name), "primitives": primitives, **extras})


def _motion(draft: Draft, motion: Motion, rest: Skeleton) -> None:
    """One animation: the root in full, other joints where they leave their rest pose."""
    count = len(motion.rotations)
    rate = motion.rate
    times = (np.arange(count) * float(rate.denominator) / float(rate.numerator)).astype("<f4")
    said: dict = {**_named(motion.name), "channels": [], "samplers": [],
                  "extras": {"rate": [rate.numerator, rate.denominator]}}
    inputs = {count: draft.array(times, bounds=True)}

    def channel(joint: int, path: str, values: ndarray) -> None:
        if len(values) not in inputs:
            inputs[len(values)] = draft.array(times[:len(values)], bounds=True)
        sampler = {"input": inputs[len(values)], "output": draft.array(values.astype("<f4")), "interpolation": "LINEAR"}
        said["samplers"].append(sampler)
        said["channels"].append({"sampler": len(said["samplers"]) - 1, "target": {"node": joint, "path": path}})

    turns = continuous(rotations.normalised(motion.rotations))
    still = np.ptp(turns, axis=0).max(-1) <= STILL
    away = np.abs(turns[0] - continuous(np.stack([rest.turns, turns[0]]))[0]).max(-1) > STILL
    apart = np.abs(motion.skeleton.offsets - rest.offsets).max(-1) > STILL
    for joint in range(len(rest.names)):
        if joint == 0 or joint in motion.moves:
            channel(joint, "translation", motion.moves.get(joint, motion.root) if joint else motion.root)
        elif apart[joint]:
            channel(joint, "translation", motion.skeleton.offsets[joint][None])
        if not still[joint]:
            channel(joint, "rotation", turns[:, joint][:, [1, 2, 3, 0]])
        elif away[joint]:
            channel(joint, "rotation", turns[:1, joint][:, [1, 2, 3, 0]])
    draft.add("animations", said)


def continuous(turns: ndarray) -> ndarray:
    """The same rotations (frames, ..., 4), each with the sign that is nearer to the one before."""
    flips = (turns[1:] * turns[:-1]).sum(-1) < 0
    signs = np.cumprod(np.where(np.concatenate([np.zeros((1, *flips.shape[1:]), bool), flips]), -1, 1), axis=0)
    return turns * signs[..., None]


def _bounds(values: ndarray) -> dict:
    low, high = (np.atleast_1d(each).tolist() for each in (values.min(0), values.max(0)))
    return {"min": low, "max": high}


def _named(name: str) -> dict:
    return {"name": name} if name else {}


def _plain(values: Sequence[float]) -> list[float]:
    return [float(each) for each in values]


def _words(tree: dict, path: Path) -> bytes:
    try:
        return json.dumps(tree, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8", "replace")
    except ValueError as error:
        raise InputError("gltf.nan", path=path) from error
