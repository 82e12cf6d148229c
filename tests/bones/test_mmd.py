"""MMD's model: built like a human, symmetric, arms in an A; its legs reach their targets wherever legs can."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from marrow.bones.identify import identify
from marrow.bones.mmd import DROOP, HUMAN, TREE, is_mmd, model, world_at_rest
from marrow.bones.mmd_legs import Targets, planted
from marrow.bones.skeleton import checked, fk
from marrow.media import Motion
from marrow.rotations import normalised


def test_truth_the_model_stands_and_is_symmetric():
    body = model()
    places = dict(zip(body.names, world_at_rest(body), strict=True))
    for name, place in places.items():
        other = name.translate(str.maketrans("左右", "右左"))
        assert place == pytest.approx(places[other] * (1 if name == other else -1, 1, 1), abs=1e-12)
    for above, below in (("腕", "ひじ"), ("ひじ", "手首")):
        line = places[f"左{below}"] - places[f"左{above}"]
        assert np.degrees(np.arctan2(-line[1], line[0])) == pytest.approx(DROOP, abs=1) and line[0] > 0
    assert places["頭"][1] > places["首"][1] > places["上半身"][1] > places["左足"][1] > places["左足首"][1] > 0
    assert places["左足先EX"][2] > places["左足首"][2] and is_mmd(body)


def test_truth_the_models_names_are_known():
    found = identify(model())
    number = {name: joint for joint, name in enumerate(TREE)}
    wanted = {human: number[name] for human, name in HUMAN.items() if human not in ("hips", "spine", "upperChest")}
    assert found.dialect == "mmd" and {human: found.joints.get(human) for human in wanted} == wanted


@example(335)
@given(st.integers(0, 10**6))
@settings(max_examples=50, deadline=None)
def test_law_an_ankle_is_where_a_leg_can_reach(seed):
    dice = np.random.default_rng(seed)
    body = model()
    leg = tuple(body.names.index(f"右{part}") for part in ("足", "ひざ", "足首", "足先EX"))
    turns = np.tile([1.0, 0, 0, 0], (6, len(body.names), 1))
    turns[:, :, 1:] += dice.normal(size=(6, len(body.names), 3)) * 0.3
    motion = Motion(body, normalised(turns), dice.normal(size=(6, 3)) * 0.1, Fraction(30))
    hip = fk(motion)[:, leg[0]]
    upper, lower = (np.linalg.norm(body.offsets[joint]) for joint in leg[1:3])
    away = dice.normal(size=(6, 3))
    reach = dice.uniform(0.3, 0.999, 6) * (upper + lower)
    ankle = hip + away / np.linalg.norm(away, axis=1, keepdims=True) * reach[:, None]
    on, tip = dice.random(6) < 0.7, ankle + dice.normal(size=(6, 3))
    made = checked(planted(motion, Targets(leg, ankle, tip, on, on)))
    places, before = fk(made), fk(motion)
    assert places[on][:, leg[2]] == pytest.approx(ankle[on], abs=1e-6)
    assert places[~on] == pytest.approx(before[~on], abs=1e-12)
    pointing, wanted = places[on][:, leg[3]] - ankle[on], tip[on] - ankle[on]
    assert np.cross(pointing, wanted) == pytest.approx(np.zeros_like(wanted), abs=1e-6)
    assert ((pointing * wanted).sum(1) > 0).all() and (made.rotations[on][:, leg[1], 1] > -0.01).all()  # backwards
    assert np.abs(made.rotations[on][:, leg[1], 2:]).max(initial=0) < 1e-12                          # a hinge
