"""Bodies, meshes and motions as glTF 2.0, .glb or .gltf: the standard form of meshes and rigs.

What a file holds is turned into our conventions when it is read: one skeleton for all skins that hang together, its
scales baked into offsets and bind poses, all parts of a body one mesh. Written files read back as they were, rates
too, which stand exactly in `extras`. No library for glTF is used.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.contents import Contents, Remark
from marrow.errors import InputError, LimitError
from marrow.forms.gltf_file import File, open_file
from marrow.forms.gltf_looks import read_materials
from marrow.forms.gltf_mesh import Part, joined, moved, read_parts
from marrow.forms.gltf_motion import moving, read_motions
from marrow.forms.gltf_nodes import Frame, Nodes, frame, groups, read_nodes, rest_world
from marrow.forms.gltf_write import write_gltf, write_mesh, write_rig
from marrow.media import Material, Mesh, Rig, Skin

__all__ = ["Scene", "read_gltf", "read_mesh", "read_rig", "read_scene", "write_gltf", "write_mesh", "write_rig"]
WRONG = (KeyError, ValueError, TypeError, IndexError, AttributeError, OverflowError, ZeroDivisionError, RecursionError)
NEAR = 1e-3     # how much bind poses may differ, as a share, and still be the rest pose put elsewhere
MOST = 500      # bodies of a file
EVEN = 1e-4     # the share within which a scale is one


@dataclass
class Scene:
    """What a file holds, and which node became which joint: `joints[rig][node]`."""

    contents: Contents
    file: File
    nodes: Nodes
    joints: list[dict[int, int]]


def read_gltf(path: Path) -> Contents:
    """Everything in a .glb or .gltf: bodies, loose meshes, motions.

    Numbers in vertices and keys that are none come through as they are.
    raises    InputError  no glTF, broken off, packed, or with parts that do not fit together
              LimitError  when it unfolds to more than fits in memory
    source    Khronos, glTF 2.0 Specification
    """
    return read_scene(open_file(path)).contents


def read_rig(path: Path) -> Rig:
    """The one body of a file: skeleton, mesh where there is one, motions.

    raises    InputError  as `read_gltf`; "gltf.no_rig", "gltf.several" with their names; numbers that are none
    """
    rigs = read_gltf(path).rigs
    if not rigs:
        raise InputError("gltf.no_rig", path=path)
    return _sound(_one([each.name for each in rigs], list(rigs), path), path)


def read_mesh(path: Path) -> Mesh:
    """The one mesh of a file; of a body, its mesh in the bind pose.

    raises    InputError  as `read_gltf`; "gltf.no_mesh", "gltf.several" with their names; numbers that are none
    """
    found = read_gltf(path)
    meshes = [(each.name or each.mesh.name, each.mesh) for each in found.rigs if each.mesh is not None]
    meshes += [(each.name, each) for each in found.meshes]
    if not meshes:
        raise InputError("gltf.no_mesh", path=path)
    mesh = _one([name for name, _ in meshes], [each for _, each in meshes], path)
    if not np.isfinite(mesh.vertices).all():
        raise InputError("mesh.number", path=path)
    return mesh


def read_scene(file: File, *, joints: Collection[int] = (), aside: Collection[int] = ()) -> Scene:
    """An open file in our conventions, with the way back to its nodes.

    joints   nodes that are joints of the one body that the file holds, for formats that say so (VRM)
    aside    nodes that move and are no joints
    """
    with told(file.path), np.errstate(all="ignore"):
        return _scene(file, set(joints), set(aside))


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn whatever a mutilated tree provokes into one sentence."""
    try:
        yield
    except EOFError as error:
        raise InputError("file.ends", path=path) from error
    except (*WRONG, np.linalg.LinAlgError) as error:
        raise InputError("gltf.form", path=path, why=f"{error}"[:80]) from error


def _scene(file: File, human: set[int], aside: set[int]) -> Scene:
    nodes = read_nodes(file)
    inside = _shown(file, nodes)
    skins = [list(each["joints"]) for each in file.items("skins")]
    for number in (joint for skin in skins for joint in skin):
        file.item("nodes", number)
    animated = (moving(file, nodes) & inside) - aside | human
    alive = [skin for skin in skins if skin and inside.issuperset(skin)]
    bare = not alive and not animated and not any("mesh" in each for each in nodes.said)
    found = groups(nodes, alive, inside if bare else animated, bool(human))
    if len(found) > MOST:
        raise LimitError("gltf.crowd", path=file.path, count=len(found), most=MOST)
    materials, losses = read_materials(file)
    lost: dict[str, None] = {}
    rigs, joints, taken = [], [], set()
    hung = _hung(nodes, found, skins, inside)
    for number, group in enumerate(found):
        made = frame(nodes, group)
        rig, more = _rig(file, nodes, made, hung.get(number, []), skins, materials, lost)
        rig = replace(rig, name=_unlike(rig.name or f"body_{number + 1}", rigs)) if len(found) > 1 else rig
        losses += more
        rigs.append(rig)
        joints.append({node: joint for joint, node in enumerate(made.nodes) if node >= 0})
        taken.update(hung.get(number, []))
    meshes = _loose(file, nodes, sorted(node for node in inside - taken if "mesh" in nodes.said[node]), materials, lost)
    asset, losses = file.tree["asset"], losses + [Remark(each) for each in lost]
    said = {name: str(asset[name]) for name in ("generator", "copyright") if name in asset}
    form = "gltf" if not file.chunk and file.path.suffix.lower() == ".gltf" else "glb"
    return Scene(Contents(form, tuple(rigs), tuple(meshes), {"unit": 1.0, "up": "y", **said},
                          tuple(losses)), file, nodes, joints)


def _shown(file: File, nodes: Nodes) -> set[int]:
    """The nodes of the scene that the file shows; all of them where it states none."""
    scenes = file.items("scenes")
    if not scenes:
        return set(range(len(nodes.said)))
    waiting = list(file.item("scenes", file.tree.get("scene", 0)).get("nodes", []))
    found: set[int] = set()
    while waiting:
        number = waiting.pop()
        file.item("nodes", number)
        if number not in found:
            found.add(number)
            waiting += nodes.children[number]
    return found


def _hung(nodes: Nodes, found: list[list[int]], skins: list[list[int]], inside: set[int]) -> dict[int, list[int]]:
    """The mesh nodes of each skeleton: by their skin, else by the joint they hang from."""
    owner = {node: number for number, group in enumerate(found) for node in group}
    over: dict[int, int] = {}
    made: dict[int, list[int]] = {}
    for node in nodes.order:
        over[node] = owner.get(node, over.get(nodes.parents[node], -1))
        said = nodes.said[node]
        if "mesh" not in said or node not in inside:
            continue
        skin = skins[said["skin"]] if "skin" in said else []
        home = owner.get(skin[0], -1) if skin else over[node]
        if home >= 0:
            made.setdefault(home, []).append(node)
    return made


def _rig(file: File, nodes: Nodes, made: Frame, hung: list[int], skins: list[list[int]], materials: list[Material],
         lost: dict[str, None]) -> tuple[Rig, list[Remark]]:
    """One body: skeleton, joined mesh, skin, motions."""
    inside = {node: joint for joint, node in enumerate(made.nodes) if node >= 0}
    mine = [number for number, skin in enumerate(skins) if skin and skin[0] in inside]
    carried = {number: [inside[node] for node in skins[number]] for number in mine}
    inverse = {number: _inverse(file, number, made.stretch[carried[number]]) for number in mine}
    bind = _bind(made, [(carried[number], inverse[number]) for number in mine], file.ours)
    parts = []
    for node in hung:
        skin = nodes.said[node].get("skin")
        for part in read_parts(file, nodes.said[node]["mesh"], lost):
            file.spend(len(part.vertices) * 200)
            if skin is not None and part.joints is not None:
                number = np.array(carried[skin])
                parts.append(_skinned(part, number, bind[number] @ inverse[skin], file.path))
            else:
                parts.append(_rigid(part, nodes, node, inside, made, bind))
    motions, losses = read_motions(file, nodes, made)
    losses += [Remark("gltf.uneven", {"names": ", ".join(made.uneven[:5])})] if made.uneven else []
    mesh = skin = None
    if parts:
        mesh = joined(parts, materials, str(file.item("meshes", nodes.said[hung[0]]["mesh"]).get("name") or ""))
        wide = max(each.joints.shape[1] for each in parts)
        rows = [np.pad(each, ((0, 0), (0, wide - each.shape[1]))) for part in parts for each in
                (part.joints, part.weights)]
        skin = Skin(np.concatenate(rows[::2]), np.concatenate(rows[1::2]), bind)
    return Rig(made.skeleton, mesh, skin, tuple(motions), _name(file, nodes, made, mine)), losses


def _name(file: File, nodes: Nodes, made: Frame, mine: list[int]) -> str:
    said = str(file.item("skins", mine[0]).get("name") or "") if mine else ""
    top = next(node for node in made.nodes if node >= 0)
    above = nodes.parents[top] if nodes.parents[top] >= 0 else top
    return said or ("" if file.ours else str(nodes.said[above].get("name") or ""))


def _unlike(name: str, rigs: list[Rig]) -> str:
    """The name, with a number where another body bears it."""
    taken = {each.name for each in rigs}
    return next(each for each in (name, *(f"{name}.{number:03}" for number in range(1, len(rigs) + 2)))
                if each not in taken)


def _inverse(file: File, skin: int, stretch: ndarray) -> ndarray:
    """Inverse bind matrices (joints, 4, 4) of a skin whose joints have these scales, for joints that have none."""
    number = file.item("skins", skin).get("inverseBindMatrices")
    scale = np.concatenate([stretch, np.ones((len(stretch), 1))], axis=1)[:, :, None]
    if number is None:
        return scale * np.eye(4)
    found = file.array(number).astype(float)
    if found.shape[1:] != (16,) or len(found) < len(stretch) or not np.isfinite(found).all():
        raise ValueError("inverseBindMatrices")
    return scale * found[:len(stretch)].reshape(-1, 4, 4).swapaxes(1, 2)


def _bind(made: Frame, skins: list[tuple[list[int], ndarray]], ours: bool) -> ndarray:
    """Bind matrices (joints, 4, 4) without scale; joints that no skin names follow the one above them.

    Where the bind pose is the rest pose put elsewhere (turned, shifted, in centimetres), it is put back.
    """
    rest = rest_world(made.skeleton)
    bind, known = rest.copy(), np.zeros(len(rest), bool)
    for joints, inverse in skins:
        for joint, matrix in zip(joints, inverse, strict=True):
            if not known[joint] and abs(np.linalg.det(matrix[:3, :3])) > 1e-18:
                bind[joint] = np.linalg.inv(matrix)
                known[joint] = True
    for joint, parent in enumerate(np.asarray(made.skeleton.parents).tolist()):
        if not known[joint] and parent >= 0:
            bind[joint] = bind[parent] @ np.linalg.inv(rest[parent]) @ rest[joint]
    return bind if ours or not known.any() else _placed(bind, rest, known)


def _placed(bind: ndarray, rest: ndarray, known: ndarray) -> ndarray:
    """Bind matrices of a mesh that was modelled in another space, brought into that of the rest pose."""
    apart = rest[known] @ np.linalg.inv(bind[known])
    size = max(np.ptp(rest[:, :3, 3], axis=0).max(), 1e-6)
    middle = apart.mean(0)
    away = np.abs(apart - middle) / np.where(np.arange(4) < 3, np.abs(middle[:3, :3]).max() or 1, size)
    if away.max() < NEAR:
        return bind if np.abs(middle - np.eye(4)).max() < EVEN * max(1, size) else middle @ bind
    scale = float(np.median(np.cbrt(np.abs(np.linalg.det(bind[known][:, :3, :3]))))) or 1.0
    shape, wanted = (each[known][:, :3, 3] - each[known][:, :3, 3].mean(0) for each in (bind, rest))
    turn = max(_quarters(), key=lambda each: np.trace(each @ shape.T @ wanted))
    if abs(scale - 1) < EVEN and np.array_equal(turn, np.eye(3)):
        return bind
    put = np.eye(4)
    put[:3, :3] = turn / scale
    return put @ bind


def _quarters() -> list[ndarray]:
    """The 24 rotations that put axes on axes, none at all first."""
    from itertools import permutations, product

    made = [np.eye(3)[list(order)] * signs for order in permutations(range(3)) for signs in
            (np.array(each)[:, None] for each in product((1.0, -1.0), repeat=3))]
    return [each for each in made if np.linalg.det(each) > 0]


def _skinned(part: Part, number: ndarray, across: ndarray, path: Path) -> Part:
    """A skinned part on the joints of the rig; `across` (joints, 4, 4) leads from its skin's bind pose to the rig's."""
    if part.joints.size and (part.joints.min() < 0 or part.joints.max() >= len(number)):
        if (part.weights[(part.joints < 0) | (part.joints >= len(number))] > 0).any():
            raise InputError("gltf.joint", path=path, most=len(number) - 1)
        part = replace(part, joints=np.clip(part.joints, 0, len(number) - 1))
    total = part.weights.sum(1, keepdims=True)
    weights = np.where(np.abs(total - 1) > 1e-5, part.weights / np.where(total > 0, total, 1), part.weights)
    if np.allclose(across, np.eye(4), rtol=0, atol=1e-6 * max(1, np.abs(across).max())):
        matrices = np.eye(4)
    elif np.allclose(across, across[0], rtol=0, atol=1e-5 * np.abs(across).max()):
        matrices = across.mean(0)
    else:
        matrices = np.einsum("nk,nkab->nab", weights, across[part.joints])
        matrices[total[:, 0] <= 0] = across[0]
    return replace(moved(part, matrices), joints=number[part.joints].astype(np.int32),
                   weights=weights.astype(np.float32))


def _rigid(part: Part, nodes: Nodes, node: int, inside: dict[int, int], made: Frame, bind: ndarray) -> Part:
    """A part that hangs from a joint, or whose node is one, wholly on that joint."""
    joint = next((inside[each] for each in (node, *nodes.above(node)) if each in inside), 0)
    rest = rest_world(made.skeleton)[joint]
    put = moved(part, bind[joint] @ np.linalg.inv(rest) @ nodes.world[node])
    count = len(part.vertices)
    weights = np.zeros((count, 4), np.float32)
    weights[:, 0] = 1
    joints = np.zeros((count, 4), np.int32)
    joints[:, 0] = joint
    return replace(put, joints=joints, weights=weights)


def _loose(file: File, nodes: Nodes, loose: list[int], materials: list[Material], lost: dict[str, None]) -> list[Mesh]:
    """Meshes that hang on no skeleton, one for each tree of nodes."""
    trees: dict[int, list[int]] = {}
    for node in loose:
        trees.setdefault(([node, *nodes.above(node)])[-1], []).append(node)
    made = []
    for end, each in trees.items():
        parts = []
        for node in each:
            for part in read_parts(file, nodes.said[node]["mesh"], lost):
                file.spend(len(part.vertices) * 200)
                parts.append(replace(moved(part, nodes.world[node]), joints=None, weights=None))
        name = nodes.said[end].get("name") or file.item("meshes", nodes.said[each[0]]["mesh"]).get("name")
        if parts:
            made.append(joined(parts, materials, str(name or "")))
    return made


def _one(names: list[str], found: list, path: Path) -> object:
    if len(found) > 1:
        told_ = ", ".join(name or str(number) for number, name in enumerate(names[:20], 1))
        raise InputError("gltf.several", path=path, count=len(found), names=told_)
    return found[0]


def _sound(rig: Rig, path: Path) -> Rig:
    """The rig, if all its numbers are numbers."""
    if rig.mesh is not None and not (np.isfinite(rig.mesh.vertices).all() and np.isfinite(rig.skin.weights).all()):
        raise InputError("mesh.number", path=path)
    for motion in rig.motions:
        if not all(np.isfinite(each).all() for each in (motion.rotations, motion.root, *motion.moves.values())):
            raise InputError("gltf.number", path=path, name=motion.name)
    return rig
