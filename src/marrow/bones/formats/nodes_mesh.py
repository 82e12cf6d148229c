"""Meshes of a tree of nodes: put together, hung on the joints of a character, or left loose.

    meshes       [{"name", "nodes", "geometry", "points", "corners", "counts", "normals", "uv", "colours", "material",
                 "materials", "skin", "shapes"}]: `nodes` carry it, `geometry` (nodes, 3, 4) is node_from_geometry;
                 corners and counts are polygons, normals and uv belong to corners, v counts upwards
    skin         {"bones", "inverse", "bind", "vertex", "cluster", "weight"}: inverse (bones, 3, 4) is
                 bone_from_geometry and bind (bones, 3, 4) world_from_bone when the mesh was bound
    shapes       [{"name", "vertex", "move"}]
    materials    [{"name", "colour", "metallic", "roughness", "emission", "alpha", "two_sided", "pictures"}]
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.bones.formats.nodes_tree import Tree
from marrow.bones.formats.pictures import picture
from marrow.bones.polygons import merged, triangles
from marrow.contents import Remark
from marrow.errors import InputError
from marrow.forms.gltf_mesh import Part, joined, moved
from marrow.media import Material, Mesh, Skin

MOST = 8          # joints that carry a vertex
FINE = 200        # normals that differ by less than one part in this many are one; squared, of uv
CUT = 0.01        # share of a vertex' weight whose loss is worth a word
APART = 1e-2      # share of a size: bind poses farther apart than this are two


@dataclass
class Shelf:
    """The meshes of a tree: which were taken by a character, and what was lost of their looks."""

    tree: Tree
    path: Path
    taken: set[int] = field(default_factory=set)
    losses: list[Remark] = field(default_factory=list)
    _looks: list[Material] | None = None

    @property
    def looks(self) -> list[Material]:
        """Every material of the file, made once."""
        if self._looks is None:
            self._looks = [_material(self, said) for said in self.tree.facts["materials"]]
        return self._looks


@dataclass(frozen=True)
class Hung:
    """A character's mesh and how it hangs; `bare` vertices are carried by nothing, `cut` ones lost some weight."""

    mesh: Mesh | None = None
    skin: Skin | None = None
    bare: int = 0
    cut: int = 0


def bound(tree: Tree, nodes: list[int]) -> dict[int, ndarray]:
    """Where joints stood when meshes were bound to them: joint -> world matrix (3, 4), scale and all.

    A mesh says for every bone how it stood to it; one bone's place in the world then gives them all, and what files
    say of the others' places is not needed.
    """
    at, made = {node: joint for joint, node in enumerate(nodes)}, {}
    for mesh in tree.facts["meshes"]:
        skin = mesh.get("skin")
        if not skin or skin["bones"][0] not in at:
            continue
        inverse, bind = tree.array(skin["inverse"]), tree.array(skin["bind"])
        weight = np.bincount(tree.array(skin["cluster"]), tree.array(skin["weight"]), len(skin["bones"]))
        order = np.argsort(-weight, kind="stable").tolist()
        known = [each for each in order if at[skin["bones"][each]] in made]
        place = known[0] if known else order[0]
        world = chained(made[at[skin["bones"][place]]] if known else bind[place], inverse[place])
        if not np.isfinite(world).all() or abs(np.linalg.det(world[:, :3])) < 1e-15:
            world = chained(tree.rest[mesh["nodes"][0]], tree.array(mesh["geometry"])[0])
        for each in order:
            back = inverted(inverse[each])
            if back is not None:
                made.setdefault(at[skin["bones"][each]], chained(world, back))
    return _stances(tree, at, made)


def _stances(tree: Tree, at: dict[int, int], made: dict[int, ndarray]) -> dict[int, ndarray]:
    """Further joints from the bind poses that agree with what the meshes say."""
    size = max((float(np.abs(each[:, 3]).max()) for each in made.values()), default=0) or 1.0
    found = dict(made)
    for stance in tree.facts["stances"]:
        worlds = {at[node]: world for node, world in zip(stance["nodes"], tree.array(stance["worlds"]), strict=True)
                  if node in at and np.isfinite(world).all() and abs(np.linalg.det(world[:, :3])) > 1e-15}
        apart = (np.abs(world[:, 3] - made[joint][:, 3]).max() for joint, world in worlds.items() if joint in made)
        if max(apart, default=0) < APART * size:
            found = worlds | found
    return found


def hang(shelf: Shelf, nodes: list[int], bind: ndarray, stretch: ndarray) -> Hung:
    """Everything that hangs on a character, as one mesh in its bind pose.

    bind       (joints, 4, 4) world_from_joint without the stretch
    stretch    (joints, 3, 3) the scale that lasts in each joint's own space
    """
    tree, at = shelf.tree, {node: joint for joint, node in enumerate(nodes) if node >= 0}
    parts: list[Part] = []
    bare = cut = 0
    for number, mesh in enumerate(tree.facts["meshes"]):
        skin = mesh.get("skin")
        if skin and skin["bones"][0] in at:
            shelf.taken.add((number, 0))
            part, points = _part(tree, mesh, shelf)
            joints, weights, lost = _weights(tree, skin, len(tree.array(mesh["points"])))
            hung = _posed(tree, skin, at, (part, points), (joints, weights), bind, stretch)
            bare += int((weights[points].sum(1) == 0).sum())
            cut += int(lost[points].sum())
            parts.append(hung)
        for place, node in enumerate(mesh["nodes"] if not skin else ()):
            joint = at.get(tree.below(node, set(at)), -1)
            if joint >= 0:
                shelf.taken.add((number, place))
                part, _ = _part(tree, mesh, shelf)
                near = chained(_inverted_or_still(tree.rest[nodes[joint]]), tree.rest[node])
                matrix = bind[joint] @ _square(chained(np.pad(stretch[joint], ((0, 0), (0, 1))),
                                                       chained(near, tree.array(mesh["geometry"])[place])))
                part = moved(part, matrix)
                part.joints = np.full((len(part.vertices), 1), joint, np.int32)
                part.weights = np.ones((len(part.vertices), 1), np.float32)
                parts.append(part)
    parts = [each for each in parts if sum(map(len, each.faces))]
    if not parts:
        return Hung()
    wide = max(each.joints.shape[1] for each in parts)
    joints, weights = (np.concatenate([np.pad(each, ((0, 0), (0, wide - each.shape[1]))) for each in found])
                       for found in ([part.joints for part in parts], [part.weights for part in parts]))
    name = next(mesh["name"] for number, mesh in enumerate(tree.facts["meshes"])
                if any(taken == number for taken, _ in shelf.taken))
    return Hung(joined(parts, shelf.looks, name), Skin(joints, weights, bind), bare, cut)


def loose(shelf: Shelf) -> tuple[Mesh, ...]:
    """The meshes that no character took, where the file was left."""
    tree, made = shelf.tree, []
    for number, mesh in enumerate(tree.facts["meshes"]):
        for place, node in enumerate(mesh["nodes"]):
            if (number, place) not in shelf.taken and not (mesh.get("skin") and place):
                part, _ = _part(tree, mesh, shelf)
                if sum(map(len, part.faces)):
                    world = chained(tree.rest[node], tree.array(mesh["geometry"])[place])
                    made.append(joined([moved(part, _square(world))], shelf.looks, mesh["name"]))
    return tuple(made)


def chained(first: ndarray, second: ndarray) -> ndarray:
    """One affine map (..., 3, 4) after another."""
    return np.concatenate([first[..., :3] @ second[..., :3], first[..., :3] @ second[..., 3:] + first[..., 3:]], -1)


def inverted(matrix: ndarray) -> ndarray | None:
    """The way back of an affine map (3, 4), None where there is none."""
    if not np.isfinite(matrix).all() or abs(np.linalg.det(matrix[:, :3])) < 1e-15:
        return None
    back = np.linalg.inv(matrix[:, :3])
    return np.concatenate([back, -back @ matrix[:, 3:]], 1)


def _inverted_or_still(matrix: ndarray) -> ndarray:
    back = inverted(matrix)
    return np.eye(3, 4) if back is None else back


def _square(matrix: ndarray) -> ndarray:
    return np.concatenate([matrix, np.broadcast_to([[0.0, 0, 0, 1]], (*matrix.shape[:-2], 1, 4))], -2)


def _part(tree: Tree, mesh: dict, shelf: Shelf) -> tuple[Part, ndarray]:
    """Triangles in the mesh's own space, and the point that each vertex stands on."""
    points, corners, counts = (np.asarray(tree.array(mesh[name])) for name in ("points", "corners", "counts"))
    if len(corners) != counts.sum() or (len(corners) and not 0 <= corners.min() <= corners.max() < len(points)):
        raise InputError("mesh.face", path=shelf.path, most=len(points) - 1)
    if not np.isfinite(points).all():
        raise InputError("nodes.nan", path=shelf.path, name=mesh["name"])
    normals, uv, colours = (np.nan_to_num(tree.array(mesh[name])) if name in mesh else None
                            for name in ("normals", "uv", "colours"))
    cut, owners = triangles(counts, points[corners])
    alike = None if normals is None else np.round(normals * FINE)
    first, vertex = merged(corners, alike, None if uv is None else np.round(uv * FINE**2), colours)
    faces, at = vertex[cut].astype(np.int32), corners[first]
    slots = np.asarray(tree.array(mesh["material"]))[owners]
    looks = np.array([*mesh["materials"], -1], np.int64)[np.where(slots < len(mesh["materials"]), slots, -1)]
    used = np.unique(looks).tolist()
    part = Part(points[at], [faces[looks == each] for each in used], used)
    part.normals = None if normals is None else normals[first].astype(np.float32)
    part.uv = None if uv is None else (uv[first] * (1, -1) + (0, 1)).astype(np.float32)
    part.colours = None if colours is None else np.round(np.clip(colours[first], 0, 1) * 255).astype(np.uint8)
    for shape in mesh["shapes"]:
        move = np.zeros((len(points), 3))
        move[tree.array(shape["vertex"])] = np.nan_to_num(tree.array(shape["move"]))
        part.shapes[shape["name"]] = move[at]
    return part, at


def _weights(tree: Tree, skin: dict, count: int) -> tuple[ndarray, ndarray, ndarray]:
    """The strongest clusters of every point (points, k) and their shares; which points lost more than a trace."""
    vertex, cluster, weight = (np.asarray(tree.array(skin[name])) for name in ("vertex", "cluster", "weight"))
    fine = (weight > 0) & np.isfinite(weight) & (vertex >= 0) & (vertex < count)
    vertex, cluster, weight = vertex[fine], cluster[fine], weight[fine]
    order = np.lexsort([-weight, vertex])
    vertex, cluster, weight = vertex[order], cluster[order], weight[order]
    rank = np.arange(len(vertex)) - np.searchsorted(vertex, vertex)
    total = np.bincount(vertex, weight, count)
    wide = int(min(rank.max(initial=0) + 1, MOST))
    clusters, weights = np.zeros((count, wide), np.int32), np.zeros((count, wide))
    kept = rank < wide
    clusters[vertex[kept], rank[kept]] = cluster[kept]
    weights[vertex[kept], rank[kept]] = weight[kept]
    share = weights.sum(1)
    lost = share < (1 - CUT) * total
    return clusters, (weights / np.where(share > 0, share, 1)[:, None]).astype(np.float32), lost


def _posed(tree: Tree, skin: dict, at: dict[int, int], bare: tuple[Part, ndarray], carried: tuple[ndarray, ndarray],
           bind: ndarray, stretch: ndarray) -> Part:
    """A skinned mesh in the bind pose of its character, hung on the joints."""
    part, points = bare
    clusters, weights = (each[points] for each in carried)
    joints = np.array([at[bone] for bone in skin["bones"]])
    inverse = _square(tree.array(skin["inverse"]))
    maps = bind[joints] @ _square(np.pad(stretch[joints], ((0, 0), (0, 0), (0, 1)))) @ inverse
    heavy = int(np.bincount(clusters[:, 0], weights[:, 0], len(joints)).argmax())
    used = maps[np.unique(clusters[weights > 0])]
    size = np.abs(maps[heavy]).max()
    if np.abs(used - maps[heavy]).max(initial=0) < 1e-5 * size:
        made = moved(part, maps[heavy])
    else:
        each = np.einsum("vk,vkab->vab", weights, maps[clusters])
        each[weights.sum(1) == 0] = maps[heavy]
        made = moved(part, each)
    made.joints, made.weights = joints[clusters].astype(np.int32), weights
    return made


def _material(shelf: Shelf, said: dict) -> Material:
    """A material with its pictures; those that are not to be found are told."""
    tree, pictures = shelf.tree, {}
    for role, where in said["pictures"].items():
        inside = None if where["bytes"] is None else tree.array(where["bytes"]).tobytes()
        found = picture(where["said"], inside, shelf.path)
        if found is None:
            shelf.losses.append(Remark("nodes.picture", {"name": where["said"][0] if where["said"] else said["name"]}))
        else:
            pictures[role] = found
    metallic = pictures.pop("metallic", None)
    if metallic is not None and metallic != pictures.get("roughness"):
        shelf.losses.append(Remark("nodes.metallic", {"name": said["name"]}))
    red, green, blue, alpha = (float(np.clip(np.nan_to_num(part), 0, 1)) for part in said["colour"])
    glow = tuple(float(max(np.nan_to_num(part), 0)) for part in said["emission"])
    return Material(said["name"], (red, green, blue, alpha), float(np.clip(np.nan_to_num(said["metallic"]), 0, 1)),
                    float(np.clip(np.nan_to_num(said["roughness"]), 0, 1)), glow, pictures, said["alpha"],
                    two_sided=said["two_sided"])
