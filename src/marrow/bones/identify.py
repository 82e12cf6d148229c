"""Which joint of a skeleton is what: by the names where they mean something, by the shape of the body where not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy import ndarray

from marrow.bones.byname import above, by_name
from marrow.bones.dialects import dialect_of
from marrow.bones.human import mirror
from marrow.bones.names import Reading, read
from marrow.bones.sides import Stand, stand
from marrow.bones.skeleton import at_rest, fk
from marrow.contents import Remark
from marrow.media import Mesh, Motion, Skeleton, Skin

POSES = 24     # poses of a motion that are looked at
CERTAIN = 0.8  # below it a joint is left out
FLAT = 0.02    # a rest pose whose second breadth is a smaller share of its first shows no body
TRUNK = ("head", "neck", "upperChest", "chest", "spine", "hips")
FIRM = 1.0     # evidence of the body's own that outweighs what the names say about left and right


@dataclass(frozen=True)
class Identity:
    """Whose skeleton it is: what each joint is in a human body, and how the body stands in its rest pose.

    joints      VRM 1.0 human joint -> joint; what is not certain is left out
    confidence  human joint -> 0..1
    dialect     whose names they are: "mixamo", "unreal" ...; "shape" when the names say nothing, "words" when they are
                words of no dialect we know
    spine       the joints of the trunk from hips to head, both included
    twists      twist, roll and doubled joints -> the human joint they help
    body        a biped's joints only are filled in
    front, up   (3,) unit, world: where the body faces, where its head is; in the rest pose, or where that shows no
                standing body, in the bind pose or the motion's first frame
    remarks     what is worth telling, such as sides named the wrong way round
    """

    joints: Mapping[str, int]
    confidence: Mapping[str, float]
    dialect: str
    spine: tuple[int, ...]
    twists: Mapping[int, str]
    body: Literal["biped", "quadruped", "other"]
    front: ndarray
    up: ndarray
    remarks: tuple[Remark, ...] = field(default=())


def identify(skeleton: Skeleton, *, mesh: Mesh | None = None, skin: Skin | None = None,
             motion: Motion | None = None) -> Identity:
    """Find which joint is what, and where the body faces.

    Left and right are decided by the body, in its rest pose and its motion, wherever it shows them; names decide
    where it does not.
    mesh, skin  where given, the feet's own shape counts too
    motion      of the same skeleton; needed where the rest pose is no standing pose
    test        every dialect; names at random; a body mirrored in its names only
    """
    readings = read(skeleton.names)
    named = by_name(skeleton, readings)
    poses = _poses(skeleton, skin, motion)
    held = _held(mesh, skin, named, len(skeleton.names))
    standing = stand(poses, named, _tips(skeleton, named), held)
    remarks: tuple[Remark, ...] = ()
    if standing.sure < -FIRM:
        named = {mirror(name): joint for name, joint in named.items()}
        standing = Stand(-standing.front, standing.up, -standing.sure)
        remarks = (Remark("identify.mirrored"),)
    confidence = {name: 0.95 for name in named}
    return Identity(named, confidence, dialect_of(skeleton.names), _spine(skeleton, named),
                    _twists(skeleton, readings, named), "biped", standing.front, standing.up, remarks)


def _poses(skeleton: Skeleton, skin: Skin | None, motion: Motion | None) -> ndarray:
    """World places (poses, joints, 3) to look at: rest, bind and moving; poses that show no body are left out."""
    found = [fk(at_rest(skeleton))]
    if skin is not None and len(skin.bind) == len(skeleton.names):
        found.append(np.asarray(skin.bind, float)[None, :, :3, 3])
    if motion is not None and len(motion.skeleton.names) == len(skeleton.names):
        count = len(motion.rotations)
        chosen = np.unique(np.linspace(0, count - 1, min(POSES, count)).round().astype(int))
        moves = {joint: path[chosen] for joint, path in motion.moves.items()}
        found.append(fk(Motion(motion.skeleton, motion.rotations[chosen], motion.root[chosen], motion.rate, moves)))
    every = np.concatenate(found)
    full = np.array([_full(pose) for pose in every])
    return every[full] if full.any() else every[:1]


def _full(pose: ndarray) -> bool:
    """Whether a pose has a breadth in a second direction."""
    breadths = np.linalg.svd(pose - pose.mean(0), compute_uv=False)
    return bool(np.isfinite(pose).all() and len(breadths) > 1 and breadths[1] > FLAT * breadths[0])


def _tips(skeleton: Skeleton, joints: Mapping[str, int]) -> dict[str, int]:
    """A joint below each last human joint, where there is one."""
    taken = set(joints.values())
    below: dict[int, list[int]] = {}
    for joint, parent in enumerate(np.asarray(skeleton.parents).tolist()):
        below.setdefault(parent, []).append(joint)
    free = {name: [each for each in below.get(joint, []) if each not in taken] for name, joint in joints.items()}
    long = np.linalg.norm(skeleton.offsets, axis=1)
    return {name: max(ends, key=lambda each: long[each]) for name, ends in free.items() if ends}


def _held(mesh: Mesh | None, skin: Skin | None, joints: Mapping[str, int], count: int) -> dict[str, ndarray]:
    """Middle of what each human joint carries, less its own place, as shares of the body's height in the bind pose."""
    if mesh is None or skin is None or len(skin.bind) != count or not len(mesh.vertices):
        return {}
    weight = np.zeros(count)
    total = np.zeros((count, 3))
    vertices = np.asarray(mesh.vertices, float)
    for joint, share in zip(skin.joints.T, skin.weights.T, strict=True):
        np.add.at(weight, joint, share)
        np.add.at(total, joint, share[:, None] * vertices)
    tall = float(np.ptp(vertices, axis=0).max()) or 1.0
    places = np.asarray(skin.bind, float)[:, :3, 3]
    return {name: (total[joint] / weight[joint] - places[joint]) / tall * 10 for name, joint in joints.items()
            if weight[joint] > 0}


def _spine(skeleton: Skeleton, joints: Mapping[str, int]) -> tuple[int, ...]:
    top = next((joints[name] for name in TRUNK if name in joints), -1)
    line = above(np.asarray(skeleton.parents), top)[::-1] if top >= 0 else []
    return tuple(line[line.index(joints["hips"]):]) if joints.get("hips", -1) in line else ()


def _twists(skeleton: Skeleton, readings: tuple[Reading, ...], joints: Mapping[str, int]) -> dict[int, str]:
    """Helpers by name, and joints between two human joints of one limb."""
    parents = np.asarray(skeleton.parents)
    names = {joint: name for name, joint in joints.items()}
    found: dict[int, str] = {}
    for joint, each in enumerate(readings):
        if joint in names or not each.twist:
            continue
        line = [names[each] for each in above(parents, joint) if each in names]
        if line:
            found[joint] = line[0]
    for name, joint in joints.items():
        for each in above(parents, joint)[1:]:
            if each in names or not name.startswith(("left", "right")):
                break
            upper = next((names[high] for high in above(parents, each) if high in names), "")
            if upper.startswith(("left", "right")):
                found[each] = upper
    return found
