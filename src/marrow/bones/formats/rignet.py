"""Rigs in words, as RigNet, MagicArticulate and Puppeteer leave them beside a mesh.

    joints NAME X Y Z · root NAME · hier PARENT CHILD · skin VERTEX NAME WEIGHT NAME WEIGHT ...
"""

from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.bones.formats.letters import different
from marrow.errors import InputError
from marrow.forms.plain import decoded
from marrow.media import Mesh, Rig, Skeleton, Skin

LARGEST = 500_000_000  # bytes of a file
JOINTS = 10_000        # of a rig
MOST = 8               # joints that carry a vertex
ROOM = 0.2             # of the mesh's size: joints may stand this far outside it


def read_rignet(path: Path, mesh: Mesh) -> Rig:
    """The rig that a text describes for a mesh, in the mesh's own vertices; turns at rest are none.

    Some models leave joints in a space of their own, the mesh centred and one unit large; they are brought back.

    raises    InputError  no such text, joints in a circle, vertices that are not there, joints elsewhere
    source    Xu and others, RigNet, SIGGRAPH 2020 (its info files)
    test      joints, tree and weights by hand; the normalised space
    """
    places, above, skin, root = _said(decoded(path, "rig", LARGEST), path)
    order = _ordered(places, above, root, path)
    at = {name: number for number, name in enumerate(order)}
    parents = np.array([at.get(above.get(name, ""), -1) for name in order], np.int32)
    stand = _inside(np.array([places[name] for name in order]), np.asarray(mesh.vertices, float), path)
    offsets = stand - np.where(parents[:, None] < 0, 0, stand[parents])
    bind = np.tile(np.eye(4), (len(order), 1, 1))
    bind[:, :3, 3] = stand
    skeleton = Skeleton(tuple(different(order)), parents, offsets, np.tile([1.0, 0, 0, 0], (len(order), 1)))
    return Rig(skeleton, mesh, _skin(skin, at, len(mesh.vertices), bind, path), name=mesh.name)


def write_bare_obj(mesh: Mesh, path: Path) -> None:
    """Vertices and faces and nothing else, in their order: what such models are given."""
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        np.savetxt(file, np.asarray(mesh.vertices, float), "v %.7g %.7g %.7g")
        np.savetxt(file, np.asarray(mesh.faces) + 1, "f %d %d %d")


def _said(text: str, path: Path) -> tuple[dict[str, list[float]], dict[str, str], list[list[str]], str]:
    """Places of joints, parent of each, lines of weights, the root."""
    places: dict[str, list[float]] = {}
    above: dict[str, str] = {}
    skin: list[list[str]] = []
    root = ""
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        try:
            match words:
                case ["joints", name, *where]:
                    places[name] = [float(each) for each in where[:3]]
                    if len(places[name]) < 3 or not np.isfinite(places[name]).all() or len(places) > JOINTS:
                        raise ValueError(line)
                case ["root", name]:
                    root = name
                case ["hier", parent, child]:
                    above[child] = parent
                case ["skin", *rest]:
                    skin.append(rest)
                case []:
                    continue
                case _:
                    raise ValueError(line)
        except ValueError as error:
            raise InputError("rignet.line", path=path, line=number) from error
    if not places:
        raise InputError("rignet.line", path=path, line=1)
    return places, above, skin, root


def _ordered(places: dict[str, list[float]], above: dict[str, str], root: str, path: Path) -> list[str]:
    """Joints, parents first, from the one root on."""
    below: dict[str, list[str]] = {}
    for child, parent in above.items():
        below.setdefault(parent, []).append(child)
    tops = [name for name in places if name not in above]
    waiting = [root] if tops == [root] or (not root and len(tops) == 1) else []
    waiting = waiting and tops[:]
    order: list[str] = []
    while waiting:
        order.append(waiting.pop())
        waiting += below.get(order[-1], [])[::-1]
    if sorted(order) != sorted(places):
        raise InputError("rignet.tree", path=path)
    return order


def _inside(stand: ndarray, vertices: ndarray, path: Path) -> ndarray:
    """Joints where the mesh is: as they stand, or out of the space of a mesh one unit large."""
    low, high = vertices.min(0), vertices.max(0)
    size = float((high - low).max()) or 1.0

    def fits(places: ndarray) -> bool:
        return bool(((places > low - ROOM * size) & (places < high + ROOM * size)).all(1).mean() > 0.9)

    back = stand * size + (low + high) / 2
    for places in (stand, back):
        if fits(places):
            return places
    raise InputError("rignet.elsewhere", path=path)


def _skin(lines: list[list[str]], at: dict[str, int], count: int, bind: ndarray, path: Path) -> Skin:
    """The strongest joints of every vertex, their shares together 1."""
    joints, weights = np.zeros((count, MOST), np.int32), np.zeros((count, MOST))
    try:
        for vertex, *words in lines:
            pairs = [(float(share), at[name]) for name, share in zip(words[::2], words[1::2], strict=True)]
            for place, (share, joint) in enumerate(sorted(pairs, reverse=True)[:MOST]):
                joints[_number(vertex, count), place], weights[int(vertex), place] = joint, max(share, 0.0)
    except (ValueError, KeyError, IndexError) as error:
        raise InputError("rignet.skin", path=path) from error
    if not np.isfinite(weights).all():
        raise InputError("rignet.skin", path=path)
    total = weights.sum(1, keepdims=True)
    return Skin(joints, (weights / np.where(total > 0, total, 1)).astype(np.float32), bind)


def _number(word: str, count: int) -> int:
    number = int(word)
    if not 0 <= number < count:
        raise ValueError(word)
    return number
