"""The nodes of a glTF file: how they hang together, and which of them are joints of one skeleton.

A node's scale has no place in our skeletons: it goes into the offsets of what hangs below it and into bind poses.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from marrow import rotations
from marrow.errors import LimitError
from marrow.forms.gltf_file import File
from marrow.media import Skeleton

MOST = 100_000    # nodes of a file
UNEVEN = 1e-3     # a scale whose axes differ by more than this share cannot be baked below a turning joint
FARTHEST = 1e12   # metres: no number of a node is larger
LEAST = 1e-9      # a scale nearer to zero than this is taken for one


@dataclass
class Nodes:
    """Every node's parent (-1 at the top), children, local place, turn (wxyz) and scale, and its world matrix."""

    said: list[dict]
    parents: list[int]
    children: list[list[int]]
    order: list[int]
    places: ndarray
    turns: ndarray
    scales: ndarray
    world: ndarray

    def above(self, number: int) -> Iterable[int]:
        """The nodes above one, nearest first."""
        while (number := self.parents[number]) >= 0:
            yield number


@dataclass
class Frame:
    """How the joints of one skeleton stand to the nodes of the file, scale taken out.

    nodes       the node of each joint, -1 for a root that no node stands for
    stretch     (joints, 3) the scale that the node's own space has in the world
    lead        (joints, 3, 3), base (joints, 3), ahead (joints, 4): a node's translation t is our offset
                lead @ t + base, its rotation r our turn ahead * r
    uneven      names of joints whose scale could not be kept
    """

    skeleton: Skeleton
    nodes: list[int]
    stretch: ndarray
    lead: ndarray
    base: ndarray
    ahead: ndarray
    uneven: list[str]


def read_nodes(file: File) -> Nodes:
    """All nodes of a file, each below at most one other.

    raises  ValueError  when nodes hang in a circle or from two others; LimitError  when there are too many
    """
    said = file.items("nodes")
    if len(said) > MOST:
        raise LimitError("gltf.nodes", path=file.path, count=len(said), most=MOST)
    parents, children, order = _tree(file, said)
    locals_ = [_local(each) for each in said]
    places, turns, scales = (np.array([each[part] for each in locals_], float).reshape(-1, width)
                             for part, width in enumerate((3, 4, 3)))
    if not all((np.abs(each) < FARTHEST).all() for each in (places, turns, scales)):
        raise ValueError("nodes: numbers")
    world = np.tile(np.eye(4), (len(said), 1, 1))
    if len(said):
        world[:, :3, :3] = rotations.to_matrix(turns) * scales[:, None]
        world[:, :3, 3] = places
    for number in order:
        if parents[number] >= 0:
            world[number] = world[parents[number]] @ world[number]
    return Nodes(said, parents, children, order, places, turns, scales, world)


def groups(nodes: Nodes, skins: list[list[int]], moving: set[int], whole: bool) -> list[list[int]]:
    """The nodes of each skeleton, parents first.

    skins     the joints of each skin; skins that share a joint, or whose joints hang below one another, are of one
              skeleton
    moving    further nodes that an animation moves: part of the skeleton they hang from, else one of their own
    whole     whether the file holds one body only
    """
    marked = {joint for skin in skins for joint in skin} | moving
    holds = set(marked)
    for node in reversed(nodes.order):
        if node in holds and nodes.parents[node] >= 0:
            holds.add(nodes.parents[node])
    top: dict[int, int] = {}
    end: dict[int, int] = {}
    for node in nodes.order:
        parent = nodes.parents[node]
        end[node] = end.get(parent, node)
        if node in marked or (parent in top and (node in holds or not _looks(nodes.said[node]))):
            top[node] = top.get(parent, node)
    same = {each: each for each in top.values()}
    found: dict[int, list[int]] = {}
    for skin in skins:
        _unite(same, [top[joint] for joint in skin])
    bound = {top[joint] for skin in skins for joint in skin}
    trees: dict[int, list[int]] = {}
    for each in same:
        if each not in bound:
            trees.setdefault(end[each], []).append(each)
    for each in (*trees.values(), *([list(same)] if whole else [])):
        _unite(same, each)
    for node, highest in top.items():
        found.setdefault(_first(same, highest), []).append(node)
    return [_ordered(nodes, each) for each in found.values()]


def frame(nodes: Nodes, group: list[int]) -> Frame:
    """A skeleton of these nodes in their rest pose: what stands above it and its scales are baked into it."""
    inside = {node: number for number, node in enumerate(group)}
    tops = sum(nodes.parents[node] not in inside for node in group)
    if tops > 1:
        group = [-1, *group]
        inside = {node: number for number, node in enumerate(group)}
    count = len(group)
    parents = np.array([-1 if number == 0 else inside.get(nodes.parents[node], 0) for number, node in
                        enumerate(group)], np.int32)
    stretch, lead = np.ones((count, 3)), np.tile(np.eye(3), (count, 1, 1))
    base, ahead = np.zeros((count, 3)), np.tile([1.0, 0, 0, 0], (count, 1))
    mean, uneven = np.ones(count), []
    for number, node in enumerate(group):
        if node < 0:
            continue
        above = inside.get(nodes.parents[node], -1)
        if above >= 0:
            lead[number], pass_on = np.diag(stretch[above]), mean[above]
        elif nodes.parents[node] >= 0:
            matrix = nodes.world[nodes.parents[node]]
            lead[number], base[number] = matrix[:3, :3], matrix[:3, 3]
            ahead[number], scale = parted(matrix[:3, :3])
            pass_on = _mean(scale)
            if _is_uneven(scale):
                uneven.append(node)
        else:
            pass_on = 1.0
        stretch[number] = pass_on * np.where(np.abs(nodes.scales[node]) < LEAST, 1, nodes.scales[node])
        mean[number] = _mean(stretch[number])
        if _is_uneven(stretch[number]) and any(child in inside for child in nodes.children[node]):
            uneven.append(node)
    names = _names(nodes, group)
    at = np.array([node if node >= 0 else 0 for node in group])
    offsets = np.einsum("jab,jb->ja", lead, nodes.places[at]) + base
    turns = rotations.multiply(ahead, nodes.turns[at])
    if group[0] < 0:
        offsets[0], turns[0] = 0, (1, 0, 0, 0)
    skeleton = Skeleton(names, parents, offsets, turns)
    return Frame(skeleton, group, stretch, lead, base, ahead, [names[inside[node]] for node in uneven])


def rest_world(skeleton: Skeleton) -> ndarray:
    """World matrices (joints, 4, 4) of the rest pose."""
    made = np.tile(np.eye(4), (len(skeleton.names), 1, 1))
    made[:, :3, :3] = rotations.to_matrix(rotations.normalised(skeleton.turns))
    made[:, :3, 3] = skeleton.offsets
    for joint, parent in enumerate(np.asarray(skeleton.parents).tolist()):
        if parent >= 0:
            made[joint] = made[parent] @ made[joint]
    return made


def parted(matrices: ndarray) -> tuple[ndarray, ndarray]:
    """The rotations nearest to matrices, and their scales along their columns; a mirror is all negative.

    matrices   (..., 3, 3)
    returns    (..., 4) wxyz, (..., 3)
    """
    scale = np.linalg.norm(matrices, axis=-2) * np.where(np.linalg.det(matrices) >= 0, 1, -1)[..., None]
    left, _, right = np.linalg.svd(matrices / np.where(np.abs(scale) < LEAST, 1, scale)[..., None, :])
    left[..., -1] *= np.where(np.linalg.det(left @ right) < 0, -1, 1)[..., None]
    return rotations.from_matrix(left @ right), scale


def _tree(file: File, said: list[dict]) -> tuple[list[int], list[list[int]], list[int]]:
    """Parents, children, and all nodes in an order that puts parents first."""
    parents, children = [-1] * len(said), [list(each.get("children", [])) for each in said]
    for number, below in enumerate(children):
        for child in below:
            file.item("nodes", child)
            if parents[child] >= 0:
                raise ValueError(f"nodes[{child}]")
            parents[child] = number
    order, waiting = [], [number for number, parent in enumerate(parents) if parent < 0][::-1]
    while waiting:
        order.append(waiting.pop())
        waiting += children[order[-1]][::-1]
    if len(order) < len(said):
        raise ValueError("nodes: a circle")
    return parents, children, order


def _local(said: dict) -> tuple[list, ndarray | list, ndarray | list]:
    """Place, turn (wxyz) and scale of a node, whichever way it states them."""
    if "matrix" in said:
        matrix = np.array(said["matrix"], float).reshape(4, 4).T
        if not np.isfinite(matrix).all():
            raise ValueError("nodes: matrix")
        turn, scale = parted(matrix[:3, :3])
        return matrix[:3, 3].tolist(), turn, scale
    x, y, z, w = (float(each) for each in said.get("rotation", (0, 0, 0, 1)))
    place, scale = ([float(each) for each in said.get(name, (start,) * 3)]
                    for name, start in (("translation", 0), ("scale", 1)))
    if len(place) != 3 or len(scale) != 3:
        raise ValueError("nodes")
    turn = np.array([w, x, y, z])
    long = np.linalg.norm(turn)
    return place, turn / long if 0 < long < np.inf else np.array([1.0, 0, 0, 0]), scale


def _mean(scale: ndarray) -> float:
    return float(np.cbrt(scale.prod())) or 1.0


def _is_uneven(scale: ndarray) -> bool:
    return bool(np.ptp(scale) > UNEVEN * np.abs(scale).max())


def _looks(said: dict) -> bool:
    """Whether a node carries something that is seen or sees: a mesh, a camera, a lamp."""
    return "mesh" in said or "camera" in said or "KHR_lights_punctual" in said.get("extensions", {})


def _first(same: dict[int, int], top: int) -> int:
    while same[top] != top:
        same[top] = same[same[top]]
        top = same[top]
    return top


def _unite(same: dict[int, int], tops: list[int]) -> None:
    for other in tops[1:]:
        same[_first(same, other)] = _first(same, tops[0])


def _ordered(nodes: Nodes, group: list[int]) -> list[int]:
    """As they are numbered in the file where that puts parents first, else as the tree is walked."""
    return sorted(group) if all(nodes.parents[node] < node for node in group) else group


def _names(nodes: Nodes, group: list[int]) -> tuple[str, ...]:
    """A name of its own for every joint: the node's, with a number where two are alike or there is none."""
    names: dict[str, None] = {}
    counts: dict[str, int] = {}
    for node in group:
        wish = name = "root" if node < 0 else str(nodes.said[node].get("name") or f"joint_{node}")
        while name in names:
            counts[wish] = counts.get(wish, 0) + 1
            name = f"{wish}.{counts[wish]:03}"
        names[name] = None
    return tuple(names)
