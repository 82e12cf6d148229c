"""What a tree of nodes becomes: characters, motions and meshes. Files of FBX and of Blender come in as such a tree.

A far side sends it as plain facts and a list of arrays that the facts name by number; metres, Y up, right-handed:

    nodes      {"names", "parents", "kinds"}: parents first, -1 at the top; kinds bone, mesh, null, camera, light, other
    root       whether node 0 is the world itself
    rest       (nodes, 3, 4) world matrices as the file was left
    stances    [{"nodes", "worlds": (n, 3, 4)}]: where nodes stood when meshes were bound
    takes      [{"name", "rate": [over, under], "frames", "seconds", "animated", "moved", "worlds", "shapes"}]:
               world matrices (frames, moved, 3, 4) of the moved nodes; no frames where a take is too long
    meshes, materials    as `nodes_mesh` says
    rate                 [over, under] of the file
    stated, remarks      what the file says of itself; [key, count] of what it holds that nobody here keeps

Joints have no scale. A world matrix is a turn times a stretch; turns and places make the motion, so that every joint
is exactly where the file puts it, and the stretch, where it lasts, goes into the bind pose.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.bones.formats.letters import different
from marrow.bones.formats.nodes_mesh import Hung, Shelf, bound, chained, hang, loose
from marrow.bones.formats.nodes_tree import Tree
from marrow.contents import Contents, Remark
from marrow.errors import InputError
from marrow.media import Motion, Rig, Skeleton
from marrow.rotations import from_matrix

ALIKE = 3e-6      # share of a body's size: places nearer than this are one
BREATH = 2e-3     # a stretch that changes by less than this share is taken for lasting
LEFT = 1e-4       # share of a body's size: a pose that the file was left in and that differs more is told as a motion
SEEN = {"camera", "light", "other"}


@dataclass(frozen=True)
class Body:
    """The nodes of one character, parents first; -1 stands for a root that is no node."""

    nodes: list[int]
    parents: ndarray
    names: tuple[str, ...]


def contents(form: str, facts: dict, arrays: list[ndarray], path: Path) -> Contents:
    """Characters, motions and meshes of a tree.

    raises    InputError  "nodes.nan" when a node is nowhere
    test      every joint is where the tree's world matrices put it, at every frame
    """
    tree = Tree(facts, arrays, facts["nodes"]["names"], facts["nodes"]["parents"], facts["nodes"]["kinds"],
                arrays[facts["rest"]])
    if not np.isfinite(tree.rest).all():
        node = int(np.argwhere(~np.isfinite(tree.rest).all((1, 2)))[0, 0])
        raise InputError("nodes.nan", path=path, name=tree.names[node])
    shelf = Shelf(tree, path)
    losses = [Remark(f"nodes.{word}", {"count": count}) for word, count in facts["remarks"]]
    rigs, found = [], bodies(tree)
    for body in found:
        rig, more = _rig(tree, body, shelf)
        rigs.append(rig)
        losses += more
    alone = sorted(_moving(tree) - {node for body in found for node in body.nodes}) if rigs else []
    if alone:
        names = ", ".join(tree.names[node] for node in alone[:5])
        losses.append(Remark("nodes.loose_motion", {"count": len(alone), "names": names}))
    losses += [Remark("nodes.shape_motion", {"name": take["name"]}) for take in facts["takes"] if take["shapes"]]
    losses += [Remark("nodes.long", {"name": take["name"], "hours": f"{take['seconds'] / 3600:.1f}"})
               for take in facts["takes"] if not take["frames"]]
    names = different((each.name for each in rigs), "body")
    rigs = [replace(each, name=name) for each, name in zip(rigs, names, strict=True)]
    meshes = loose(shelf)
    starts = {take["name"]: take["start"] for take in facts["takes"]}
    return Contents(form, tuple(rigs), meshes, facts["stated"] | {"starts": starts}, tuple([*losses, *shelf.losses]))


def bodies(tree: Tree) -> list[Body]:
    """The characters: bones and what hangs them together, or nodes that move where there are no bones.

    Bones below one node that is none, and bones that carry the same mesh, belong to one character.
    """
    marked = {number for number, kind in enumerate(tree.kinds) if kind == "bone"}
    skins = [each["skin"]["bones"] for each in tree.facts["meshes"] if each.get("skin")]
    marked |= {bone for skin in skins for bone in skin}
    marked = marked or _moving(tree)
    tops = {node for node in marked if tree.parents[node] < 0 or tree.below(tree.parents[node], marked) < 0}
    leader = {top: top for top in tops}

    def lead(top: int) -> int:
        while leader[top] != top:
            top = leader[top]
        return top

    anchors: dict[int, int] = {}
    for top in sorted(tops):
        if len(path := tree.above(top)) > 1:
            leader[lead(top)] = lead(anchors.setdefault(path[1], top))
    for skin in skins:
        for bone in skin[1:]:
            leader[lead(tree.below(bone, tops))] = lead(tree.below(skin[0], tops))
    groups: dict[int, list[int]] = {}
    for top in sorted(tops):
        groups.setdefault(lead(top), []).append(top)
    order = sorted(groups.values(), key=lambda group: tree.above(group[0])[-1])
    return [_body(tree, group, tops, marked) for group in order]


def _body(tree: Tree, group: list[int], tops: set[int], marked: set[int]) -> Body:
    """One character of the topmost bones of a group: everything between them and their last bones."""
    inside: set[int] = set()
    for node in marked:
        if tree.below(node, tops) in group:
            while node not in inside:
                inside.add(node)
                if node in tops:
                    break
                node = tree.parents[node]
    root = group[0] if len(group) == 1 else _common(tree, group)
    below: dict[int, list[int]] = {}
    for node in sorted(inside - {root}, reverse=True):
        below.setdefault(root if node in tops else tree.parents[node], []).append(node)
    order, waiting = [], [root]
    while waiting:
        order.append(waiting.pop())
        waiting += below.get(order[-1], [])
    at = {node: number for number, node in enumerate(order)}
    parents = np.array([-1, *(0 if node in tops else at[tree.parents[node]] for node in order[1:])], np.int32)
    names = different([tree.names[node] if node >= 0 else "root" for node in order])
    return Body(order, parents, tuple(names))


def _common(tree: Tree, group: list[int]) -> int:
    """The nearest node above all of a group, -1 where only the world is."""
    paths = [tree.above(node)[1:] for node in group]
    shared = set(paths[0]).intersection(*paths[1:])
    return next((node for node in paths[0] if node in shared), -1)


def _moving(tree: Tree) -> set[int]:
    """Nodes that are animated and do move: what a file without bones has to move."""
    found: set[int] = set()
    for take in tree.facts["takes"]:
        if take["frames"] > 1:
            worlds = tree.array(take["worlds"])
            spread = np.ptp(worlds, axis=0).max((-2, -1), initial=0)
            moved = np.array(tree.array(take["moved"]))[spread > 1e-9]
            found |= set(take["animated"]) & set(moved.tolist())
    return {node for node in found if tree.kinds[node] not in SEEN}


def parted(matrices: ndarray) -> tuple[ndarray, ndarray]:
    """Linear maps as turns times stretches: (..., 3, 3) each; a mirror is a stretch.

    test    their product is the map; a turned scale gives back turn and scale
    """
    linear = matrices[..., :3]
    long = np.linalg.norm(linear, axis=-2, keepdims=True)
    turns = linear / np.where(long > 0, long, 1)
    turns[..., 0] *= np.where(np.linalg.det(turns) < 0, -1, 1)[..., None]
    sheared = np.abs(np.swapaxes(turns, -1, -2) @ turns - np.eye(3)).max((-2, -1)) > 1e-6
    if sheared.any():
        left, _, right = np.linalg.svd(linear[sheared])
        left[..., -1] *= np.where(np.linalg.det(left @ right) < 0, -1, 1)[..., None]
        turns[sheared] = left @ right
    return turns, np.swapaxes(turns, -1, -2) @ linear


def _rig(tree: Tree, body: Body, shelf: Shelf) -> tuple[Rig, list[Remark]]:
    """A character with its motions and what hangs on it."""
    takes = [take for take in tree.facts["takes"] if take["frames"]
             and not set(tree.array(take["moved"]).tolist()).isdisjoint(body.nodes)]
    if any(take["frames"] > 1 for take in takes):
        takes = [take for take in takes if take["frames"] > 1]
    rest = _worlds(tree, body.nodes)
    first = _played(tree, body, takes[0])[0] if takes else rest
    stretch = parted(first)[1]
    bind = bound(tree, body.nodes)
    stand = _stand(body, rest, bind)
    hung = hang(shelf, body.nodes, _bind(stand, bind, stretch), stretch)
    size = float(np.ptp(stand[:, :, 3], axis=0).max(initial=0)) or 1.0
    played = [_played(tree, body, take) for take in takes]
    skeleton = _skeleton(body, stand, played, size)
    motions, breathing = [], np.zeros(len(body.nodes), bool)
    if not takes and np.abs(rest[..., 3] - stand[..., 3]).max() > LEFT * size:
        take = {"name": "pose", "rate": tree.facts["rate"]}
        motions.append(_motion(skeleton, rest[None], take, ALIKE * size))
    for take, worlds in zip(takes, played, strict=True):
        motions.append(_motion(skeleton, worlds, take, ALIKE * size))
        breathing |= (np.abs(parted(worlds)[1] - stretch) > BREATH * np.abs(stretch).max((1, 2))[:, None, None]).any(
            (0, 2, 3))
    losses = list(_said(body, breathing, hung))
    return Rig(skeleton, hung.mesh, hung.skin, tuple(motions), _name(tree, body)), losses


def _name(tree: Tree, body: Body) -> str:
    """What people call a character: the node that its skeleton hangs from, else its first joint."""
    above = tree.above(body.nodes[0])[1:] if body.nodes[0] >= 0 else []
    return tree.names[above[0]] if above else body.names[0]


def _bind(stand: ndarray, bind: dict[int, ndarray], stretch: ndarray) -> ndarray:
    """Bind poses (joints, 4, 4) that the stretch was taken out of."""
    made = np.tile(np.eye(4), (len(stand), 1, 1))
    made[:, :3] = stand
    for joint, world in bind.items():
        if abs(np.linalg.det(stretch[joint])) > 1e-15:
            made[joint, :3] = np.concatenate([world[:, :3] @ np.linalg.inv(stretch[joint]), world[:, 3:]], 1)
    return made


def _said(body: Body, breathing: ndarray, hung: Hung) -> Iterator[Remark]:
    if breathing.any():
        names = [body.names[joint] for joint in np.flatnonzero(breathing)]
        yield Remark("nodes.scaled", {"count": len(names), "names": ", ".join(names[:5])})
    if hung.bare:
        yield Remark("nodes.unweighted", {"count": hung.bare})
    if hung.cut:
        yield Remark("nodes.weights", {"count": hung.cut})


def _worlds(tree: Tree, nodes: list[int]) -> ndarray:
    """Where nodes stand as the file was left: (joints, 3, 4)."""
    made = np.tile(np.eye(3, 4), (len(nodes), 1, 1))
    for joint, node in enumerate(nodes):
        if node >= 0:
            made[joint] = tree.rest[node]
    return made


def _played(tree: Tree, body: Body, take: dict) -> ndarray:
    """World matrices (frames, joints, 3, 4) of a body during a take; what does not move stays as it was left."""
    made = np.repeat(_worlds(tree, body.nodes)[None], take["frames"], axis=0)
    at = {node: joint for joint, node in enumerate(body.nodes)}
    moved = tree.array(take["moved"]).tolist()
    pairs = [(at[node], place) for place, node in enumerate(moved) if node in at]
    joints, places = np.array(pairs, int).reshape(-1, 2).T
    made[:, joints] = tree.array(take["worlds"])[:, places]
    return made


def _stand(body: Body, rest: ndarray, bind: dict[int, ndarray]) -> ndarray:
    """The rest pose in the world, without scale (joints, 3, 4): the bind pose where one is known.

    A joint that no mesh was bound to stands to its neighbour as it was left.
    """
    left = np.concatenate([parted(rest)[0], rest[..., 3:]], -1)
    made, known = left.copy(), np.zeros(len(left), bool)
    for joint, world in bind.items():
        made[joint] = np.concatenate([parted(world)[0], world[:, 3:]], -1)
        known[joint] = True
    if not known.any():
        return made
    if not known[0]:
        near = int(np.flatnonzero(known)[0])
        made[0] = chained(made[near], chained(_back(left[near]), left[0]))
    for joint, parent in enumerate(body.parents.tolist()):
        if parent >= 0 and not known[joint]:
            made[joint] = chained(made[parent], chained(_back(left[parent]), left[joint]))
    return made


def _back(world: ndarray) -> ndarray:
    """The inverse of a turn and a shift (3, 4)."""
    return np.concatenate([world[:, :3].T, -world[:, :3].T @ world[:, 3:]], -1)


def _skeleton(body: Body, stand: ndarray, played: list[ndarray], size: float) -> Skeleton:
    """The rest pose; bones that keep one length in all takes, all but the rest pose's, have that one."""
    turns, offsets = _local(body.parents, stand[None, ..., :3], stand[None, ..., 3])
    if played:
        worlds = np.concatenate(played)
        shifts = _shifts(body.parents, parted(worlds)[0], worlds[..., 3])
        usual = (shifts.max(0) + shifts.min(0)) / 2
        steady = np.ptp(shifts, axis=0).max(1) < 2 * ALIKE * size
        near = np.abs(usual - offsets[0]).max(1) < LEFT * size
        offsets[0, 1:] = np.where((steady & near)[1:, None], usual[1:], offsets[0, 1:])
    return Skeleton(body.names, body.parents, offsets[0], turns[0])


def _motion(skeleton: Skeleton, worlds: ndarray, take: dict, near: float) -> Motion:
    """A take as local turns; joints whose place in their parent's space is not their offset travel."""
    turns, offsets = _local(skeleton.parents, parted(worlds)[0], worlds[..., 3])
    flips = np.where((turns[1:] * turns[:-1]).sum(-1) < 0, -1.0, 1.0)
    turns[1:] *= np.cumprod(flips, axis=0)[..., None]
    away = np.abs(offsets - skeleton.offsets).max((0, 2)) > near
    moves = {int(joint): offsets[:, joint] for joint in np.flatnonzero(away) if joint}
    return Motion(skeleton, turns, offsets[:, 0], Fraction(*take["rate"]), moves, take["name"])


def _local(parents: ndarray, turns: ndarray, places: ndarray) -> tuple[ndarray, ndarray]:
    """World turns (frames, joints, 3, 3) and places (frames, joints, 3) as quaternions and offsets from the parent."""
    back = np.swapaxes(turns[:, np.maximum(parents, 0)], -1, -2).copy()
    back[:, 0] = np.eye(3)
    return from_matrix(back @ turns), _shifts(parents, turns, places)


def _shifts(parents: ndarray, turns: ndarray, places: ndarray) -> ndarray:
    """Places (frames, joints, 3) in the space of each joint's parent; the root's in the world."""
    above = np.maximum(parents, 0)
    shift = (np.swapaxes(turns[:, above], -1, -2) @ (places - places[:, above])[..., None])[..., 0]
    shift[:, 0] = places[:, 0]
    return shift
