"""Motions as VRMA (VRMC_vrm_animation): the joints of a human body only, with a T-pose as its rest pose."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from marrow.bones.canonical import canonical
from marrow.bones.formats.vrm import human_nodes, human_rig
from marrow.bones.human import PARENT
from marrow.bones.skeleton import world
from marrow.contents import Contents, Remark
from marrow.errors import InputError
from marrow.forms.gltf import read_scene, told
from marrow.forms.gltf_file import open_file
from marrow.forms.gltf_write import draft_of
from marrow.media import Motion, Rig, Skeleton
from marrow.rotations import inverse, multiply, rotate

EYES = ("leftEye", "rightEye")
NONE = np.array([1.0, 0.0, 0.0, 0.0])
SHIFTED = 1e-5   # share of the body's height


def read_vrma(path: Path) -> Contents:
    """The motions of a VRMA on the skeleton that it brings; `stated` has "human" {human joint: joint's name}.

    raises    InputError, LimitError  as `marrow.forms.gltf.read_gltf`
    source    VRM Consortium, VRMC_vrm_animation 1.0
    """
    file = open_file(path)
    with told(path):
        said = file.tree.get("extensions", {}).get("VRMC_vrm_animation", {})
        human = human_nodes(said)
        for node in human.values():
            file.item("nodes", node)
        faces = said.get("expressions", {})
        seen = [each for kind in ("preset", "custom") for each in faces.get(kind, {}).values()]
        aside = {each["node"] for each in (*seen, said.get("lookAt")) if each}
    scene = read_scene(file, joints=human.values(), aside=aside)
    held = replace(scene.contents, form="vrma")
    if not human or not held.rigs:
        return replace(held, losses=(*held.losses, Remark("vrm.plain")))
    names = {name: held.rigs[0].skeleton.names[scene.joints[0][node]] for name, node in human.items()}
    lost = (Remark("vrm.face_moving"),) if aside else ()
    return replace(held, stated={**held.stated, "human": names}, losses=(*held.losses, *lost))


def write_vrma(rig: Rig, path: Path) -> tuple[Remark, ...]:
    """The first motion of a human body as VRMA; what was left out.

    raises    InputError  "vrm.still" without a motion; "vrm.lacking" as `write_vrm`
    test      all human joints are where they were
    """
    if not rig.motions:
        raise InputError("vrm.still", path=path)
    joints = {name: joint for name, joint in human_rig(rig, path).joints.items() if name not in EYES}
    motion, at = human_motion(rig.motions[0], joints)
    draft = draft_of(Rig(motion.skeleton, motions=(motion,)))
    bones = {name: {"node": number} for name, number in zip(joints, at, strict=True)}
    draft.tree["extensions"] = {"VRMC_vrm_animation": {"specVersion": "1.0", "humanoid": {"humanBones": bones}}}
    draft.use("VRMC_vrm_animation")
    draft.save(path)
    others = len(rig.skeleton.names) - len(joints)
    return (Remark("vrm.joints", {"count": others}),) if others else ()


def human_motion(motion: Motion, joints: Mapping[str, int]) -> tuple[Motion, list[int]]:
    """The motion of the human joints alone, on a skeleton whose rest pose is the T-pose; where each joint is in it.

    Where other joints turn between two human ones, the lower one is shifted: then a joint that is not human stands
    above it and carries the shifts, as only the hips of a VRMA may be moved.
    joints    VRM name -> joint, parents before children, the hips first
    """
    pose = canonical(motion.skeleton, joints, motion)
    places, turned = world(motion)
    rows, moves = [], {}   # rows: name, parent, offset, rest turn, turns
    at: dict[str, int] = {}
    for name, joint in joints.items():
        above = next((each for each in _over(name) if each in at), None)
        called = motion.skeleton.names[joint]
        if above is None:
            at[name] = len(rows)
            rows.append((called, -1, [0, pose.hip - pose.middle[1], 0], pose.turns[joint], turned[:, joint]))
            continue
        high, parent = joints[above], at[above]
        shift = rotate(inverse(turned[:, high]), places[:, joint] - places[:, high])
        held, spun = (multiply(inverse(each[..., high, :]), each[..., joint, :]) for each in (pose.turns, turned))
        still = shift.mean(0)
        if np.abs(shift - still).max() > SHIFTED * pose.tall:
            moves[len(rows)] = shift
            rows.append((f"{called}_place", parent, still, NONE, np.tile(NONE, (len(shift), 1))))
            parent, still = len(rows) - 1, np.zeros(3)
        at[name] = len(rows)
        rows.append((called, parent, still, held, spun))
    names, parents, offsets, turns, spins = zip(*rows, strict=True)
    skeleton = Skeleton(names, np.array(parents, np.int32), np.array(offsets, float), np.array(turns))
    root = places[:, joints["hips"]]
    return Motion(skeleton, np.stack(spins, axis=1), root, motion.rate, moves, motion.name), list(at.values())


def _over(name: str) -> Iterator[str]:
    """The human joints above one, nearest first."""
    while name := PARENT[name]:
        yield name
