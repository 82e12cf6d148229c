"""Meshes of a glTF file: parts read one by one, then joined into the one mesh of a body."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy import ndarray

from marrow.draw.colour import srgb
from marrow.errors import InputError
from marrow.forms.gltf_file import File
from marrow.forms.gltf_looks import lies
from marrow.media import Material, Mesh

TRIANGLES, STRIP, FAN = 4, 5, 6


@dataclass
class Part:
    """Triangles of one material; joints and weights (n, k) only where it is skinned."""

    vertices: ndarray
    faces: list[ndarray]
    materials: list[int]
    normals: ndarray | None = None
    uv: ndarray | None = None
    colours: ndarray | None = None
    joints: ndarray | None = None
    weights: ndarray | None = None
    shapes: dict[str, ndarray] = field(default_factory=dict)


def read_parts(file: File, number: object, lost: dict[str, None]) -> list[Part]:
    """The parts of a mesh; primitives that share their vertices become one.

    lost      gathers the keys of remarks
    raises    InputError  "mesh.face" when a face names a vertex that is not there
    """
    said = file.item("meshes", number)
    names = shape_names(said)
    parts: dict[str, Part] = {}
    for each in said["primitives"]:
        attributes, targets = each["attributes"], each.get("targets", [])
        if each.get("mode", TRIANGLES) not in (TRIANGLES, STRIP, FAN):
            lost["gltf.lines"] = None
            continue
        lie = lies(file, each["material"]) if "material" in each else None
        shared = repr((sorted(attributes.items()), targets, lie))
        if shared not in parts:
            parts[shared] = _part(file, attributes, lost)
            if lie and parts[shared].uv is not None:
                parts[shared].uv = (parts[shared].uv @ np.array(lie[0]).T + lie[1]).astype(np.float32)
            parts[shared].shapes = _shapes(file, targets, names, len(parts[shared].vertices), lost)
        part = parts[shared]
        part.faces.append(_faces(file, each, len(part.vertices)))
        if "material" in each:
            file.item("materials", each["material"])
        part.materials.append(each.get("material", -1))
    return [each for each in parts.values() if sum(map(len, each.faces))]


def shape_names(mesh: dict) -> list:
    """The names of a mesh's blend shapes, which the mesh states or, in old files, its primitives."""
    for said in (mesh, *mesh["primitives"]):
        extras = said.get("extras")
        if isinstance(extras, dict) and isinstance(extras.get("targetNames"), list):
            return extras["targetNames"]
    return []


def moved(part: Part, matrices: ndarray) -> Part:
    """A part put elsewhere by one matrix (4, 4), or by one for every vertex (n, 4, 4)."""
    if np.allclose(matrices, np.eye(4), rtol=0, atol=1e-9):
        return part
    linear, at = matrices[..., :3, :3], matrices[..., :3, 3]

    def turned(vectors: ndarray) -> ndarray:
        return (vectors[..., None, :] @ np.swapaxes(linear, -1, -2))[..., 0, :].astype(np.float32)

    normals = part.normals
    if normals is not None:
        upright = np.linalg.det(linear)[..., None, None]
        normals = (normals[..., None, :] @ np.linalg.pinv(linear))[..., 0, :] * np.sign(upright[..., 0])
        normals = (normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-20)).astype(np.float32)
    mirrored = bool((np.linalg.det(linear) < 0).all())
    faces = [each[:, ::-1] if mirrored else each for each in part.faces]
    return replace(part, vertices=(turned(part.vertices) + at).astype(np.float32), normals=normals, faces=faces,
                   shapes={name: turned(each) for name, each in part.shapes.items()})


def joined(parts: list[Part], materials: list[Material], name: str) -> Mesh:
    """One mesh of several parts, with the materials that it uses; what only some parts have is filled up."""
    starts = np.cumsum([0, *(len(each.vertices) for each in parts)])
    faces = np.concatenate([each + start for part, start in zip(parts, starts, strict=False) for each in part.faces])
    numbers = np.concatenate([np.full(len(each), number, np.int32) for part in parts for each, number in
                              zip(part.faces, part.materials, strict=True)])
    used = np.unique(numbers)
    kept = tuple(materials[each] if each >= 0 else Material() for each in used)
    bare = len(used) == 1 and used[0] == -1
    shapes = dict.fromkeys(name for part in parts for name in part.shapes)
    return Mesh(
        np.concatenate([each.vertices for each in parts]).astype(np.float32), faces.astype(np.int32),
        _filled([each.normals for each in parts], parts, 3, 0), _filled([each.uv for each in parts], parts, 2, 0),
        _filled([each.colours for each in parts], parts, 4, 255), () if bare else kept,
        None if bare else np.searchsorted(used, numbers).astype(np.int32),
        {each: _filled([part.shapes.get(each) for part in parts], parts, 3, 0) for each in shapes}, name)


def _filled(found: list[ndarray | None], parts: list[Part], width: int, value: float) -> ndarray | None:
    """Values of all parts one after the other, None where no part has any."""
    kind = next((each.dtype for each in found if each is not None), None)
    return None if kind is None else np.concatenate(
        [np.full((len(part.vertices), width), value, kind) if each is None else each
         for each, part in zip(found, parts, strict=True)])


def _part(file: File, attributes: dict, lost: dict[str, None]) -> Part:
    vertices = file.array(attributes["POSITION"]).astype(np.float32)
    count = len(vertices)

    def column(name: str, widths: tuple[int, ...]) -> ndarray | None:
        if name not in attributes:
            return None
        found = file.array(attributes[name])
        if found.shape not in {(count, width) for width in widths}:
            raise ValueError(f"meshes: {name}")
        return found

    if vertices.shape != (count, 3):
        raise ValueError("meshes: POSITION")
    normals, uv, tint = column("NORMAL", (3,)), column("TEXCOORD_0", (2,)), column("COLOR_0", (3, 4))
    lost.update({"gltf.uv": None} if "TEXCOORD_1" in attributes else {})
    lost.update({"gltf.colours": None} if "COLOR_1" in attributes else {})
    sets = [number for number in range(len(attributes)) if f"JOINTS_{number}" in attributes]
    joints = [column(f"JOINTS_{number}", (4,)) for number in sets]
    weights = [column(f"WEIGHTS_{number}", (4,)) for number in sets]
    if any(each is None for each in weights):
        raise ValueError("meshes: WEIGHTS")
    if any(each.dtype.kind not in "iu" for each in joints):
        raise ValueError("meshes: JOINTS")
    return Part(vertices, [], [], None if normals is None else normals.astype(np.float32),
                None if uv is None else uv.astype(np.float32), None if tint is None else _tint(tint),
                np.concatenate(joints, axis=1).astype(np.int32) if sets else None,
                np.concatenate(weights, axis=1).astype(np.float32) if sets else None)


def _tint(values: ndarray) -> ndarray:
    """Linear colours, of which alpha may be absent, as sRGB bytes (n, 4)."""
    made = np.full((len(values), 4), 255, np.uint8)
    made[:, :3] = srgb(values[:, :3])
    if values.shape[1] == 4:
        made[:, 3] = np.round(np.clip(np.nan_to_num(values[:, 3]), 0, 1) * 255)
    return made


def _shapes(file: File, targets: list, names: list, count: int, lost: dict[str, None]) -> dict[str, ndarray]:
    made: dict[str, ndarray] = {}
    for number, target in enumerate(targets):
        name = str(names[number]) if number < len(names) else f"shape_{number}"
        if "POSITION" not in target:
            continue
        deltas = file.array(target["POSITION"]).astype(np.float32)
        if deltas.shape != (count, 3):
            raise ValueError("meshes: targets")
        made[name] = made.get(name, 0) + deltas
        lost.update({"gltf.shape_normals": None} if set(target) - {"POSITION"} else {})
    return made


def _faces(file: File, said: dict, count: int) -> ndarray:
    """Triangles (m, 3) of a primitive, strips and fans cut up."""
    corners = file.array(said["indices"]).astype(np.int64) if "indices" in said else np.arange(count)
    if corners.ndim != 1 or (len(corners) and (corners.min() < 0 or corners.max() >= count)):
        raise InputError("mesh.face", path=file.path, most=count - 1)
    mode, long = said.get("mode", TRIANGLES), len(corners)
    if mode == TRIANGLES:
        return corners[:long - long % 3].reshape(-1, 3)
    if mode == FAN:
        return np.stack([corners[1:-1], corners[2:], np.full(max(long - 2, 0), corners[0] if long else 0)], 1)
    made = np.stack([corners[:-2], corners[1:-1], corners[2:]], 1)
    made[1::2] = made[1::2][:, [1, 0, 2]]
    return made[(made[:, 0] != made[:, 1]) & (made[:, 1] != made[:, 2]) & (made[:, 2] != made[:, 0])]
