"""Which joint of a skeleton is what: by the names where they mean something, by the shape of the body where not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy import ndarray

from marrow.bones.human import REQUIRED, mirror
from marrow.bones.naming.byname import above, believed, by_name
from marrow.bones.naming.byshape import Shape, by_shape
from marrow.bones.naming.dialects import dialect_of
from marrow.bones.naming.names import Reading, read
from marrow.bones.naming.sides import Stand, stand, standing
from marrow.bones.skeleton import at_rest, fk, picked
from marrow.contents import Remark
from marrow.media import Mesh, Motion, Skeleton, Skin

POSES = 24     # poses of a motion that are looked at
CERTAIN = 0.8  # below it a joint is left out
NAMED = 0.95   # how sure a name is
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
    poses = _poses(skeleton, skin, motion)
    parents = np.asarray(skeleton.parents)
    named = by_name(skeleton, readings)
    trusted = believed(skeleton, readings, named)
    shape = by_shape(parents, np.linalg.norm(skeleton.offsets, axis=1), poses)
    body = _body(named if trusted else {}, shape)
    joints, sure = _merged(named if trusted else {}, shape) if body == "biped" else _beast(named, shape)
    shown = poses[standing(poses, joints)]
    posture = stand(shown, joints, _tips(skeleton, joints), _held(mesh, skin, joints, len(parents)))
    joints, sure, posture, remarks = _sided(joints, sure, posture, trusted)
    kept = {name: joint for name, joint in joints.items() if sure[name] >= CERTAIN}
    return Identity(kept, {name: sure[name] for name in kept}, dialect_of(skeleton.names) if trusted else "shape",
                    _spine(skeleton, joints), _twists(skeleton, readings, kept), body, posture.front, posture.up,
                    remarks)


def _body(named: Mapping[str, int], shape: Shape) -> str:
    """What kind of body it is: names that tell hands and feet are a human's, whatever its pose."""
    human = sum(name in named for name in REQUIRED)
    if not {"leftUpperArm", "rightUpperArm", "leftHand", "rightHand"} & set(named):
        return "quadruped" if shape.body == "quadruped" else "biped" if shape.body == "biped" and not named else "other"
    return "biped" if human >= 12 or (human >= 7 and shape.body == "other") else shape.body


def _merged(named: Mapping[str, int], shape: Shape) -> tuple[dict[str, int], dict[str, float]]:
    """What the names tell, and what the shape adds where they are silent."""
    joints, sure = dict(named), dict.fromkeys(named, NAMED)
    left = [name for name in named if name.startswith("left") and name in shape.joints]
    crossed = sum(named[name] == shape.joints.get(mirror(name)) for name in left) > len(left) / 2
    taken = set(joints.values())
    for name, joint in shape.joints.items():
        name = mirror(name) if crossed else name
        if name not in joints and joint not in taken and not named:
            joints[name], sure[name] = joint, shape.sure[mirror(name) if crossed else name]
    return joints, sure


def _beast(named: Mapping[str, int], shape: Shape) -> tuple[dict[str, int], dict[str, float]]:
    """Of a body that is no human: its hips and head, where they are known."""
    joints = {name: shape.joints[name] for name in ("hips", "head") if name in shape.joints}
    return joints, {name: shape.sure[name] for name in joints}


def _sided(joints: dict[str, int], sure: dict[str, float], posture: Stand,
           trusted: bool) -> tuple[dict[str, int], dict[str, float], Stand, tuple[Remark, ...]]:
    """Left and right as the body has them; without evidence as the names have them, else nowhere."""
    remarks: tuple[Remark, ...] = ()
    if posture.sure < (-FIRM if trusted else 0):
        joints = {mirror(name): joint for name, joint in joints.items()}
        sure = {mirror(name): each for name, each in sure.items()}
        posture = Stand(-posture.front, posture.up, -posture.sure)
        remarks = (Remark("identify.mirrored"),) * trusted
    if not trusted:
        clear = float(np.clip(0.5 + posture.sure, 0, 1))
        sure = {name: min(each, clear) if name != mirror(name) else each for name, each in sure.items()}
    return joints, sure, posture, remarks


def _poses(skeleton: Skeleton, skin: Skin | None, motion: Motion | None) -> ndarray:
    """World places (poses, joints, 3) to look at: rest, bind and moving; poses that show no body are left out."""
    found = [fk(at_rest(skeleton))]
    if skin is not None and len(skin.bind) == len(skeleton.names):
        found.append(np.asarray(skin.bind, float)[None, :, :3, 3])
    if motion is not None and len(motion.skeleton.names) == len(skeleton.names):
        count = len(motion.rotations)
        chosen = np.unique(np.linspace(0, count - 1, min(POSES, count)).round().astype(int))
        found.append(fk(picked(motion, chosen)))
    every = np.concatenate(found)
    sound = np.isfinite(every).all((1, 2))
    return every[sound] if sound.any() else np.nan_to_num(every[:1])


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
