"""Points that move get bones where their names tell what they are."""

from fractions import Fraction

import numpy as np
import pytest
from walker import NAMES, body, walk

from marrow.bones.identify import identify
from marrow.bones.points.named import named
from marrow.bones.skeleton import fk
from marrow.errors import InputError
from marrow.media import Motion, Skeleton


def flat(names, places):
    """Places (frames, points, 3) as a motion whose joints hang side by side and only travel."""
    frames, count = places.shape[:2]
    turns = np.tile([1.0, 0, 0, 0], (count + 1, 1))
    offsets = np.concatenate([np.zeros((1, 3)), places[0]])
    skeleton = Skeleton(("markers", *names), np.array([-1, *[0] * count]), offsets, turns)
    return Motion(skeleton, np.tile(turns, (frames, 1, 1)), np.zeros((frames, 3)), Fraction(60),
                  {joint + 1: places[:, joint] for joint in range(count)})


MIXAMO = {"hips": "Hips", "leftUpperLeg": "LeftUpLeg", "rightUpperLeg": "RightUpLeg", "leftLowerLeg": "LeftLeg",
          "rightLowerLeg": "RightLeg", "leftUpperArm": "LeftArm", "leftLowerArm": "LeftForeArm",
          "rightUpperArm": "RightArm", "rightLowerArm": "RightForeArm"}


@pytest.mark.parametrize("spelled", [str, lambda name: f"mixamorig:{MIXAMO.get(name, name[0].upper() + name[1:])}"])
def test_truth_joints_that_only_have_places_come_back_as_a_body(spelled):
    motion, _, _ = walk(body())
    kept = [joint for joint, name in enumerate(NAMES) if not any(part in name for part in ("Index", "Little"))]
    places = fk(motion)[:, kept]
    made, _ = named(flat([spelled(NAMES[joint]) for joint in kept], places))
    found, back = identify(made.skeleton, motion=made).joints, fk(made)
    for name in ("hips", "head", "leftHand", "rightHand", "leftFoot", "rightFoot", "leftLowerLeg"):
        truth = places[:, kept.index(NAMES.index(name))]
        assert np.linalg.norm(back[:, found[name]] - truth, axis=1).mean() < 0.004
    assert made.rate == 60 and not made.moves


def test_refuses_points_whose_names_say_nothing():
    with pytest.raises(InputError) as caught:
        named(flat([f"marker {each}" for each in range(6)], np.random.default_rng(0).normal(size=(4, 6, 3))))
    assert caught.value.key == "points.names" and "hips" in caught.value.tell("zh")
