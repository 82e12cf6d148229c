"""Rig a mesh that has no skeleton: find which way it stands, and where its joints are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy import ndarray

from marrow.bones.human import HUMAN, PARENT
from marrow.bones.rigging import clicks
from marrow.bones.rigging.biped import SIDES, body_joints
from marrow.bones.rigging.fingers import finger_joints, mirrored
from marrow.bones.rigging.measures import Measures, measured
from marrow.bones.rigging.quadruped import EXTRA, Stand, animal_joints, looks_back, stand
from marrow.bones.rigging.solid import Solid, filled, main_piece
from marrow.bones.rigging.stance import Stance, stances
from marrow.contents import Remark
from marrow.errors import InputError
from marrow.media import Mesh, Skeleton

COARSE, FINE = 64, 190    # cubes along the mesh to see how it stands; along the height to measure it
MOST = 300                # cubes along the longest side at most
ROOM = 400_000            # cubes inside at most: a stout body is measured more coarsely
TALL = (0.2, 4.0)         # metres: a body of another height is taken to be in another unit
UNEVEN = 0.012            # of its size: how far a body may be from its mirror image without a remark
BACK = np.array([[-1.0], [1.0], [-1.0]])  # to face the other way
USUAL = 1.7               # metres: what it is then made

ABOVE = PARENT | EXTRA


@dataclass(frozen=True)
class Found:
    """A skeleton found for a mesh.

    skeleton      joints named as in VRM 1.0; every rest turn is none: joints stand along the world's axes
    mesh          the mesh turned upright, facing +Z, its feet on y = 0, in metres
    placed        (4, 4) what was done to it: placed = placed_from_given @ given
    kind          what it was taken for
    confidence    0..1
    remarks       what is uncertain and why
    """

    skeleton: Skeleton
    mesh: Mesh
    placed: ndarray
    kind: Literal["biped", "quadruped"]
    confidence: float
    remarks: tuple[Remark, ...]


def rig(mesh: Mesh, *, landmarks: Mapping[str, Sequence[float]] | None = None, height: float = 0.0) -> Found:
    """Find a skeleton for a body that has none: standing or lying, in any size, whole or in loose triangles.

    mesh         a person in a T- or A-pose (arms 0 to 60 degrees below the horizontal) or an animal on four legs
    landmarks    a few clicks that correct the result: VRM's name of a joint, "chin" or "groin" -> a point on or in the
                 mesh, in its own space; one side stands for both where the other is not clicked
    height       of the body in metres; 0 keeps it where it is plausible
    raises       InputError  neither legs nor arms to be seen, an empty or flat mesh, numbers that are none, a landmark
                 that nobody knows
    source       the idea of measuring along geodesics: Hilaga and others, Topology Matching, SIGGRAPH 2001;
                 Baran & Popović, Automatic Rigging and Animation of 3D Characters, SIGGRAPH 2007
    test         a body of capsules keeps its joints under any turn, size and damage
    """
    vertices, faces = _body(mesh)
    points = clicks.checked(landmarks or {}, vertices[faces].reshape(-1, 3))
    solid = main_piece(filled(vertices, faces, COARSE))
    stance, agreed = _stance(solid, points)
    low, tall = _standing(solid, stance, vertices, faces)
    upright = (vertices @ stance.turn.T - low) / tall
    solid = _fine(upright, faces)
    feet = stand(solid)
    if feet and not points and looks_back(solid, feet):
        stance = replace(stance, turn=stance.turn * BACK)
        low, upright, solid = low * BACK[:, 0], upright * BACK[:, 0], solid.turned_back()
        feet = stand(solid)
    clicked = {name: (stance.turn @ point - low) / tall for name, point in points.items()}
    joints, remarks, confidence = (_animal(solid, feet, stance, clicked) if feet else
                                   _person(upright, faces, solid, stance, clicked))
    if points and not agreed:
        remarks = (*remarks, Remark("rig.landmarks"))
    size, scaled = _size(tall, height)
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = stance.turn * size / tall, -low * size / tall
    skeleton = _skeleton({name: place * size for name, place in joints.items()})
    return Found(skeleton, placed(mesh, matrix), matrix, "quadruped" if feet else "biped", confidence,
                 (*remarks, *scaled))


def placed(mesh: Mesh, matrix: ndarray) -> Mesh:
    """The mesh after a turn, a uniform scale and a shift (4, 4): its normals and blend shapes too."""
    linear = matrix[:3, :3]
    turn = linear / np.cbrt(np.linalg.det(linear))
    vertices = np.asarray(mesh.vertices, float) @ linear.T + matrix[:3, 3]
    normals = None if mesh.normals is None else (np.asarray(mesh.normals, float) @ turn.T).astype(np.float32)
    shapes = {name: (np.asarray(moves, float) @ linear.T).astype(np.float32) for name, moves in mesh.shapes.items()}
    return replace(mesh, vertices=vertices.astype(np.float32), normals=normals, shapes=shapes)


def _body(mesh: Mesh) -> tuple[ndarray, ndarray]:
    """Vertices and faces without what lies far from the body.

    raises    InputError  "rig.empty", "rig.nan", "rig.faces", "rig.flat"
    """
    vertices, faces = np.asarray(mesh.vertices, float), np.asarray(mesh.faces, np.int64)
    if not len(vertices) or not len(faces):
        raise InputError("rig.empty")
    if faces.min() < 0 or faces.max() >= len(vertices):
        raise InputError("rig.faces")
    if not np.isfinite(vertices[np.unique(faces)]).all():
        raise InputError("rig.nan")
    for _ in range(8):
        used = vertices[np.unique(faces)]
        if np.sort(np.ptp(used, axis=0))[1] < 1e-3 * np.ptp(used, axis=0).max() or not np.ptp(used, axis=0).max() > 0:
            raise InputError("rig.flat")
        solid = main_piece(filled(vertices, faces, COARSE))
        body = solid.inside[tuple(solid.cells(vertices[faces].mean(1)).T)]
        whole = np.ptp(used, axis=0).max()
        faces = faces[body] if body.any() else faces
        if np.ptp(vertices[np.unique(faces)], axis=0).max() > 0.7 * whole:
            break
    return np.where(np.isfinite(vertices), vertices, 0), faces


def _stance(solid: Solid, points: dict[str, ndarray]) -> tuple[Stance, bool]:
    """The likeliest stance that the landmarks allow, and whether they allow one at all."""
    choices = stances(solid)
    if not points:
        return choices[0], True
    both = [each for stance in choices for each in (stance, replace(
        stance, turn=stance.turn * BACK, front=-stance.front))]
    wrong = [clicks.against({name: each.turn @ (point - each.middle) for name, point in points.items()})
             for each in both]
    return both[int(np.argmin(wrong))], min(wrong) == 0


def _standing(solid: Solid, stance: Stance, vertices: ndarray, faces: ndarray) -> tuple[ndarray, float]:
    """The point between the feet, in turned space, and the height, of what belongs to the body."""
    used = vertices[np.unique(faces)]
    turned = used[solid.inside[tuple(solid.cells(used).T)]] @ stance.turn.T
    middle = stance.turn @ stance.middle
    ends = np.quantile(turned[:, 2], (0.02, 0.98))
    low = np.array([middle[0], turned[:, 1].min(), ends.mean()])
    return low, float(np.ptp(turned[:, 1]))


def _fine(vertices: ndarray, faces: ndarray) -> Solid:
    """The body filled finely enough to measure it."""
    longest = float(np.ptp(vertices[np.unique(faces)], axis=0).max())
    cubes = int(np.clip(FINE * longest, 60, MOST))
    solid = main_piece(filled(vertices, faces, cubes))
    share = solid.inside.sum() / ROOM
    return solid if share <= 1 else main_piece(filled(vertices, faces, int(cubes / np.cbrt(share))))


def _person(vertices: ndarray, faces: ndarray, solid: Solid, stance: Stance,
            points: dict[str, ndarray]) -> tuple[dict[str, ndarray], tuple[Remark, ...], float]:
    """Joints of an upright person one unit tall, remarks, confidence."""
    points = clicks.within(points, solid)
    wrists = [points.get(side + "Hand", clicks.other(points, side + "Hand")) for side, _ in SIDES]
    measures = measured(solid, tuple(wrists))
    if not points and measures.parted < 0.3 and measures.arms == (None, None):
        raise InputError("rig.body")
    joints = body_joints(measures, points)
    joints |= _fingers(vertices, faces, measures, joints)
    joints = {name: joints[name] for name in HUMAN if name in joints}
    remarks, sure = _doubts(measures, stance)
    if not _human(joints, measures):
        remarks, sure = (*remarks, Remark("rig.body")), 0.4 * sure
    return _kept_inside(joints, solid, set(points)), remarks, round(sure, 3)


def _human(joints: dict[str, ndarray], measures: Measures) -> bool:
    """Whether the proportions are such as people and cartoons of people have."""
    deep = float(np.ptp(measures.solid.places()[:, 2]))
    arms = [np.linalg.norm(np.diff([joints[side + part] for part in ("UpperArm", "LowerArm", "Hand")], axis=0),
                           axis=1).sum() for side, _ in SIDES]
    legs = [abs(joints[side + "UpperLeg"][0]) for side, _ in SIDES]
    return deep < 0.75 and max(arms) < 0.62 and min(arms) > 0.06 and max(legs) < 0.2 and (
        0.4 < joints["leftUpperArm"][1] < 0.95) and joints["hips"][1] < joints["leftUpperArm"][1] - 0.1


def _animal(solid: Solid, feet: Stand, stance: Stance,
            points: dict[str, ndarray]) -> tuple[dict[str, ndarray], tuple[Remark, ...], float]:
    """Joints of an upright animal one unit tall, remarks, confidence."""
    joints = animal_joints(solid, feet)
    joints |= {name: point for name, point in clicks.within(points, solid).items() if name in joints}
    joints = {name: joints[name] for name in (*HUMAN, *EXTRA) if name in joints}
    uneven = stance.even > UNEVEN
    return (_kept_inside(joints, solid, set(points)), (Remark("rig.mirror"),) if uneven else (),
            0.8 * (0.8 if uneven else 1.0))


def _fingers(vertices: ndarray, faces: ndarray, measures: Measures, joints: dict[str, ndarray]) -> dict[str, ndarray]:
    """The fingers of both hands; a hand that shows fewer gets those of the other, where it has flesh for them."""
    hands = {}
    for (side, _), limb in zip(SIDES, measures.arms, strict=True):
        if limb is not None:
            wrist = joints[side + "Hand"]
            hands[side] = wrist, limb.line[0], finger_joints(vertices, faces, wrist, limb.line[0])
    if len(hands) == 2:
        poor, rich = sorted(hands, key=lambda side: len(hands[side][2]))
        if len(hands[poor][2]) < len(hands[rich][2]):
            guess = mirrored(hands[rich][2], hands[rich][:2], hands[poor][:2], vertices, faces)
            hands[poor] = (*hands[poor][:2], guess or hands[poor][2])
    return {side + name: place for side, (_, _, found) in hands.items() for name, place in found.items()}


def _kept_inside(joints: dict[str, ndarray], solid: Solid, given: set[str]) -> dict[str, ndarray]:
    """Joints outside the body moved to the nearest cube inside it; landmarks stay where they were put."""
    places = solid.places()
    made = {}
    for name, place in joints.items():
        if name not in given and not solid.inside[tuple(solid.cells(place[None])[0])]:
            place = places[((places - place) ** 2).sum(1).argmin()]
        made[name] = place
    return made


def _doubts(measures: Measures, stance: Stance) -> tuple[tuple[Remark, ...], float]:
    """What is uncertain about a body, and how sure the whole is."""
    remarks, sure = [], 1.0
    if measures.parted < 0.3:
        remarks.append(Remark("rig.legs"))
        sure *= 0.7
    missing = sum(limb is None for limb in measures.arms)
    if missing:
        remarks.append(Remark("rig.arms", {"count": missing}))
        sure *= 0.6 if missing == 1 else 0.35
    elif min(limb.end for limb in measures.arms) < 0.75 * max(limb.end for limb in measures.arms):
        remarks.append(Remark("rig.uneven"))
        sure *= 0.6
    if abs(stance.front) < 0.02:
        remarks.append(Remark("rig.front"))
        sure *= 0.7
    if stance.even > UNEVEN:
        remarks.append(Remark("rig.mirror"))
        sure *= 0.8
    return tuple(remarks), sure


def _size(tall: float, height: float) -> tuple[float, tuple[Remark, ...]]:
    """The height that the body gets, in metres, and what is to be said about it."""
    if height > 0:
        return height, ()
    if TALL[0] <= tall <= TALL[1]:
        return tall, ()
    return USUAL, (Remark("rig.scaled", {"height": f"{tall:.3g}", "made": USUAL}),)


def _skeleton(joints: dict[str, ndarray]) -> Skeleton:
    """A skeleton whose joints stand along the world's axes; joints that are absent pass their children up."""
    names = tuple(joints)
    parents = []
    for name in names:
        above = ABOVE[name]
        while above and above not in joints:
            above = ABOVE[above]
        parents.append(names.index(above) if above else -1)
    places = np.array([joints[name] for name in names])
    offsets = places - np.where(np.array(parents)[:, None] >= 0, places[parents], 0)
    return Skeleton(names, np.array(parents, np.int32), offsets, np.tile((1.0, 0.0, 0.0, 0.0), (len(names), 1)))
