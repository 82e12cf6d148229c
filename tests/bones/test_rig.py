"""Rigging bodies of capsules, whose joints are known."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy import ndarray

from marrow.bones.rig import Found, rig
from marrow.bones.skeleton import at_rest, fk
from marrow.errors import InputError
from marrow.media import Mesh

TALL = 1.75
HANDS = ("Index", "Middle", "Ring", "Little", "Thumb")


def capsule(start: ndarray, end: ndarray, radius: float, around: int = 10, along: int = 3) -> tuple[ndarray, ndarray]:
    """Vertices and faces of a closed capsule."""
    start, end = np.asarray(start, float), np.asarray(end, float)
    long = float(np.linalg.norm(end - start))
    way = (end - start) / long if long > 0 else np.array([0.0, 1.0, 0.0])
    first = np.cross(way, np.eye(3)[np.abs(way).argmin()])
    first /= np.linalg.norm(first)
    second = np.cross(way, first)
    turn = 2 * np.pi * np.arange(around) / around
    rings, heights = [], []
    for angle in np.linspace(-np.pi / 2, np.pi / 2, 2 * along)[1:-1]:
        rings.append(np.cos(angle) * radius)
        heights.append(np.sin(angle) * radius + (long if angle > 0 else 0))
    circle = np.cos(turn)[:, None] * first + np.sin(turn)[:, None] * second
    points = [start - way * radius, *(start + way * height + ring * circle for ring, height in
                                      zip(rings, heights, strict=True)), end + way * radius]
    vertices = np.vstack(points)
    faces = []
    last = len(vertices) - 1
    for k in range(around):
        after = (k + 1) % around
        faces += [(0, 1 + after, 1 + k), (last, last - around + k, last - around + after)]
        for ring in range(len(rings) - 1):
            a, b = 1 + ring * around, 1 + (ring + 1) * around
            faces += [(a + k, a + after, b + after), (a + k, b + after, b + k)]
    return vertices, np.array(faces)


def joined(parts: list) -> Mesh:
    """Many pieces as one mesh."""
    offsets = np.cumsum([0, *(len(vertices) for vertices, _ in parts)])
    faces = np.vstack([faces + offset for (_, faces), offset in zip(parts, offsets, strict=False)])
    return Mesh(np.vstack([vertices for vertices, _ in parts]).astype(np.float32), faces.astype(np.int32))


def person(down: float = 0.0, fingers: int = 5) -> tuple[Mesh, dict[str, ndarray]]:
    """Somebody 1.75 m tall who looks to +Z, arms `down` degrees below the horizontal; the mesh and his joints."""
    joints: dict[str, ndarray] = {"head": np.array([0, 1.54, 0.0]), "hips": np.array([0, 0.93, 0.0])}
    parts = [capsule((0, 0.95, 0), (0, 1.3, 0), 0.14), capsule((0, 1.3, 0), (0, 1.55, 0), 0.055),
             capsule((0, 1.62, 0.02), (0, 1.65, 0.02), 0.1)]
    for side, sign in (("left", 1.0), ("right", -1.0)):
        way = np.array([sign * np.cos(np.radians(down)), -np.sin(np.radians(down)), 0])
        shoulder = np.array([sign * 0.17, 1.4, 0])
        elbow, wrist = shoulder + 0.28 * way, shoulder + 0.54 * way
        hip, knee, ankle = (np.array([sign * x, y, 0]) for x, y in ((0.095, 0.92), (0.1, 0.5), (0.105, 0.08)))
        joints |= {side + name: place for name, place in (
            ("UpperArm", shoulder), ("LowerArm", elbow), ("Hand", wrist), ("UpperLeg", hip), ("LowerLeg", knee),
            ("Foot", ankle), ("Toes", ankle - (0, 0.06, -0.12)))}
        parts += [capsule((sign * 0.05, 1.38, 0), shoulder, 0.06), capsule(shoulder, elbow, 0.045),
                  capsule(elbow, wrist, 0.033), capsule(hip, knee, 0.075), capsule(knee, ankle, 0.05),
                  capsule(ankle - (0, 0.045, 0.02), ankle - (0, 0.045, -0.14), 0.035)]
        parts += _hand(wrist, way, fingers)
    return joined(parts), joints


def _hand(wrist: ndarray, way: ndarray, fingers: int) -> list:
    ahead = np.array([0.0, 0, 1.0])
    palm = [capsule(wrist + 0.04 * way + shift * ahead, wrist + 0.075 * way + shift * ahead, 0.017)
            for shift in (-0.025, 0, 0.025)]
    roots = np.linspace(0.033, -0.033, 4)[:max(fingers - 1, 0)]
    made = palm + [capsule(wrist + 0.07 * way + shift * ahead, wrist + (0.16 - abs(shift)) * way + shift * 1.35 * ahead,
                           0.0085) for shift in roots]
    if fingers:
        made.append(capsule(wrist + 0.03 * way + 0.02 * ahead, wrist + 0.075 * way + 0.075 * ahead, 0.01))
    return made


def dog() -> Mesh:
    """An animal on four legs that looks to +Z, its tail behind it."""
    parts = [capsule((0, 0.55, -0.35), (0, 0.58, 0.3), 0.13), capsule((0, 0.62, 0.35), (0, 0.8, 0.52), 0.07),
             capsule((0, 0.83, 0.55), (0, 0.79, 0.72), 0.065), capsule((0, 0.6, -0.45), (0, 0.72, -0.75), 0.025)]
    for sign in (1, -1):
        for depth in (0.28, -0.34):
            parts += [capsule((sign * 0.08, 0.5, depth), (sign * 0.09, 0.28, depth), 0.05),
                      capsule((sign * 0.09, 0.28, depth), (sign * 0.09, 0.05, depth), 0.03),
                      capsule((sign * 0.09, 0.035, depth), (sign * 0.09, 0.03, depth + 0.05), 0.03)]
    return joined(parts)


def places(found: Found) -> dict:
    return dict(zip(found.skeleton.names, fk(at_rest(found.skeleton))[0], strict=True))


def errors(found: Found, joints: dict) -> dict:
    """Joint errors in shares of the height; `joints` in the space of the mesh that was given."""
    have, matrix = places(found), found.placed
    size = np.cbrt(np.linalg.det(matrix[:3, :3])) * TALL
    return {name: float(np.linalg.norm(have[name] - matrix[:3, :3] @ place - matrix[:3, 3])) / size
            for name, place in joints.items()}


@cache
def plain(down: float = 35.0) -> tuple[Mesh, dict, Found]:
    mesh, joints = person(down)
    return mesh, joints, rig(mesh)


def test_truth_joints_are_where_the_capsules_meet():
    _, joints, found = plain()
    wrong = errors(found, joints)
    assert max(wrong.values()) < 0.06
    assert np.mean(list(wrong.values())) < 0.025
    assert found.kind == "biped"
    assert found.confidence > 0.9


@pytest.mark.slow
@pytest.mark.parametrize("down", [0.0, 15.0, 55.0])
def test_truth_arms_may_be_level_or_hang(down):
    mesh, joints = person(down)
    assert np.mean(list(errors(rig(mesh), joints).values())) < 0.03


def test_truth_every_finger_is_found_and_the_thumb_is_in_front():
    have = places(plain()[2])
    for side in ("left", "right"):
        assert sum(name.startswith(side) and any(finger in name for finger in HANDS) for name in have) == 15
        assert have[side + "ThumbDistal"][2] > have[side + "IndexDistal"][2] > have[side + "LittleDistal"][2]
        for finger in HANDS[:4]:
            chain = [have[f"{side}{finger}{part}"] for part in ("Proximal", "Intermediate", "Distal")]
            away = [np.linalg.norm(joint - have[side + "Hand"]) for joint in chain]
            assert away == sorted(away)


@pytest.mark.slow
def test_truth_a_mitten_has_no_fingers():
    mesh, _ = person(20.0, fingers=0)
    assert not [name for name in rig(mesh).skeleton.names if any(finger in name for finger in HANDS)]


def test_shape_is_upright_in_metres_with_parents_first():
    mesh, _, found = plain()
    skeleton = found.skeleton
    assert skeleton.names[0] == "hips"
    assert all(parent < number for number, parent in enumerate(skeleton.parents))
    assert (skeleton.turns == (1, 0, 0, 0)).all()
    assert found.mesh.vertices[:, 1].min() == pytest.approx(0, abs=2e-3)
    assert np.ptp(found.mesh.vertices[:, 1]) == pytest.approx(np.ptp(mesh.vertices[:, 1]), rel=1e-3)
    again = mesh.vertices @ found.placed[:3, :3].T + found.placed[:3, 3]
    assert np.abs(again - found.mesh.vertices).max() < 1e-4


@pytest.mark.parametrize(("up", "ahead", "scale"), [
    ((0, 0, 1), (0.8, -0.6, 0), 100), pytest.param((0, -1, 0), (0.6, 0, 0.8), 0.01, marks=pytest.mark.slow),
    pytest.param((1, 0, 0), (0, 0.8, -0.6), 1, marks=pytest.mark.slow)])
def test_law_any_turn_and_size_gives_the_same_joints(up, ahead, scale):
    mesh, joints, _ = plain()
    turn = np.stack([np.cross(up, ahead), up, ahead], axis=1)
    moved = replace(mesh, vertices=(mesh.vertices @ turn.T * scale + 3 * scale).astype(np.float32))
    found = rig(moved)
    wrong = errors(found, {name: turn @ place * scale + 3 * scale for name, place in joints.items()})
    assert max(wrong.values()) / scale < 0.06
    assert [each.key for each in found.remarks] == ([] if scale == 1 else ["rig.scaled"])


def test_law_holes_specks_and_inverted_faces_change_little():
    mesh, joints, _ = plain()
    chance = np.random.default_rng(3)
    loose = Mesh(mesh.vertices[mesh.faces].reshape(-1, 3), np.arange(mesh.faces.size, dtype=np.int32).reshape(-1, 3))
    kept = loose.faces[chance.random(len(loose.faces)) > 0.05]
    speck = np.array([[3, 5, 1], [3.01, 5, 1], [3, 5.01, 1], [3, 5, 1.01]]), np.array([[0, 1, 2], [0, 2, 3], [1, 2, 3]])
    worn = joined([(loose.vertices, kept[:, ::-1]), speck])
    assert max(errors(rig(worn), joints).values()) < 0.06


def test_law_the_same_mesh_gives_the_same_bytes():
    mesh, _, found = plain()
    again = rig(mesh)
    assert again.skeleton.offsets.tobytes() == found.skeleton.offsets.tobytes()
    assert again.mesh.vertices.tobytes() == found.mesh.vertices.tobytes()


def test_truth_clicks_win_and_serve_both_sides():
    mesh, joints, found = plain()
    wrist = joints["leftHand"] + 0.05 * (joints["leftLowerArm"] - joints["leftHand"]) / 0.26
    there = places(rig(mesh, landmarks={"leftHand": wrist, "leftLowerLeg": joints["leftLowerLeg"] + (0, 0.06, 0.05)}))
    before = places(found)
    shift = found.placed[:3, 3]
    assert np.linalg.norm(there["leftHand"] - wrist - shift) < 0.01
    assert np.linalg.norm(there["rightHand"] - (wrist * (-1, 1, 1) + shift)) < 0.03
    for side in ("left", "right"):
        assert there[side + "LowerLeg"][1] == pytest.approx(joints["leftLowerLeg"][1] + 0.06, abs=0.01)
    assert np.linalg.norm(there["leftFoot"] - before["leftFoot"]) < 1e-6


@pytest.mark.slow
def test_truth_a_click_on_one_side_says_which_way_the_body_looks():
    mesh, joints, _ = plain()
    found = rig(mesh, landmarks={"leftHand": joints["rightHand"], "leftLowerLeg": joints["rightLowerLeg"]})
    assert found.placed[0, 0] == pytest.approx(-1, abs=0.05)
    assert "rig.landmarks" not in [each.key for each in found.remarks]


@pytest.mark.parametrize("around", [2.5, pytest.param(0.0, marks=pytest.mark.slow)])
def test_truth_a_dog_stands_on_four_legs_and_looks_ahead(around):
    turn = np.array([[np.cos(around), 0, np.sin(around)], [0, 1, 0], [-np.sin(around), 0, np.cos(around)]])
    mesh = dog()
    found = rig(replace(mesh, vertices=(mesh.vertices @ turn.T).astype(np.float32)))
    have = places(found)
    assert found.kind == "quadruped"
    assert np.abs(found.placed[:3, :3] @ turn - np.eye(3)).max() < 0.05
    shift = found.placed[:3, 3]
    for side, sign in (("left", 1), ("right", -1)):
        for name, place in (("Foot", (0.09, 0.22, -0.34)), ("Hand", (0.09, 0.25, 0.28)),
                            ("UpperLeg", (0.08, 0.5, -0.34)), ("UpperArm", (0.08, 0.5, 0.28))):
            where = have[side + name] - shift
            assert np.linalg.norm(where[[0, 2]] - (sign * place[0], place[2])) < 0.1
            assert abs(where[1] - place[1]) < 0.1
    assert have["head"][2] > have["neck"][2] > have["hips"][2] > have["tail1"][2] > have["tail4"][2]
    assert have["head"][1] > have["chest"][1]


@pytest.mark.slow
def test_truth_a_sword_in_each_hand_is_cut_off_by_a_click():
    body, joints = person(0.0, fingers=0)
    blades = [capsule(joints[side + "Hand"] + (sign * 0.1, 0, 0), joints[side + "Hand"] + (sign * 0.7, 0, 0), 0.02)
              for side, sign in (("left", 1), ("right", -1))]
    armed = joined([(body.vertices, body.faces), *blades])
    found = rig(armed, landmarks={"leftHand": joints["leftHand"]})
    arms = {name: place for name, place in joints.items() if "Arm" in name or "Hand" in name}
    assert max(errors(found, arms).values()) < 0.06


def test_refuses_what_is_no_body():
    mesh, _, _ = plain()
    none, flat = np.zeros((0, 3), np.int32), mesh.vertices * (1, 0, 0)
    bad = mesh.vertices.copy()
    bad[5] = np.nan
    for wrong, key in ((replace(mesh, faces=none), "rig.empty"), (replace(mesh, vertices=flat), "rig.flat"),
                       (replace(mesh, vertices=bad), "rig.nan"),
                       (replace(mesh, faces=mesh.faces + 99999), "rig.faces")):
        with pytest.raises(InputError) as caught:
            rig(wrong)
        assert caught.value.key == key
        assert caught.value.tell("zh") != caught.value.tell("en")


@pytest.mark.slow
def test_refuses_a_ball():
    with pytest.raises(InputError) as caught:
        rig(Mesh(*capsule((0, 0, 0), (0, 0.1, 0), 1.0)))
    assert caught.value.key == "rig.body"


def test_refuses_landmarks_that_nobody_knows():
    mesh, _, _ = plain()
    for landmarks, key in (({"lefthand": (0, 0, 0)}, "rig.landmark"), ({"leftHand": (0, 0)}, "rig.point"),
                           ({"chin": "up"}, "rig.point"), ({"chin": (0, 0, float("nan"))}, "rig.point")):
        with pytest.raises(InputError) as caught:
            rig(mesh, landmarks=landmarks)
        assert caught.value.key == key
    assert "leftHand" in str(InputError("rig.landmark", name="x", choices="leftHand").tell("en"))
