"""Pose maps show each point where the camera sees it, in the palette models know, and nothing that it cannot see."""

from dataclasses import replace

import numpy as np
import pytest

from marrow.bones.drawing.capsules import capsules
from marrow.bones.drawing.landmarks import BODY, landmarks
from marrow.bones.drawing.posemap import DIM, LIMBS, PALETTE, drawn, projected, shaded, told
from marrow.bones.human import standard
from marrow.bones.skeleton import at_rest
from marrow.draw.camera import look_at
from marrow.rotations import about

SIZE = (960, 540)
FRONT, UP = np.array([0, 0, 1.0]), np.array([0, 1.0, 0])


def body(turn=0.0, **bends):
    """A standing body, turned about the vertical, with single joints turned: name=(axis, degrees)."""
    pose = at_rest(standard())
    names = pose.skeleton.names
    rotations = pose.rotations.copy()
    rotations[:, 0] = about(UP, np.radians(turn))
    for name, (axis, angle) in bends.items():
        rotations[:, names.index(name)] = about(np.eye(3)[axis], np.radians(angle))
    return replace(pose, rotations=rotations)


def seen(motion, eye=(0, 1.0, 5.0), target=(0, 0.95, 0)):
    marks = landmarks(motion, {name: number for number, name in enumerate(motion.skeleton.names)}, FRONT, UP)
    camera = look_at(eye, target, lens=35, size=SIZE)
    return projected(marks, 0, camera), marks, camera


def test_truth_the_palette_and_the_limbs_are_openposes():
    assert PALETTE[0] == (255, 0, 0) and PALETTE[17] == (255, 0, 85) and len(set(PALETTE)) == 18
    assert [BODY[2], BODY[5], BODY[8], BODY[16]] == ["rightUpperArm", "leftUpperArm", "rightUpperLeg", "rightEar"]
    assert LIMBS[0] == (1, 2) and LIMBS[12] == (1, 0) and len(LIMBS) == 17


def test_truth_each_point_is_drawn_where_the_camera_sees_it():
    points, marks, camera = seen(body(20.0))
    picture = drawn(points, SIZE, whole=False).astype(int)
    for number in (4, 7, 10, 13):  # hands and feet stand free
        rows, columns = np.nonzero((picture == PALETTE[number]).all(2))
        truth = camera.project(marks.body[0, number:number + 1])[0][0]
        assert np.hypot(columns.mean() + 0.5 - truth[0], rows.mean() + 0.5 - truth[1]) <= 0.5


def test_truth_limbs_are_dim_and_in_their_own_colour():
    points, _, _ = seen(body())
    picture = drawn(points, SIZE, whole=False)
    middle = points.body[[5, 6]].mean(0).astype(int)
    assert tuple(picture[middle[1], middle[0]]) == tuple(int(part * DIM) for part in PALETTE[LIMBS.index((5, 6))])


def test_truth_the_left_of_who_looks_at_us_is_on_our_right():
    points, _, _ = seen(body())
    assert points.body[7, 0] > points.body[1, 0] > points.body[4, 0]
    assert points.face[16, 0] > points.face[27, 0] > points.face[0, 0]
    assert points.face[27, 1] < points.face[33, 1] < points.face[57, 1] < points.face[8, 1]  # bridge nose lip chin
    assert points.face[19, 1] < points.face[37, 1] < points.face[41, 1]  # brow, upper lid, lower lid


def test_truth_who_turns_away_has_no_face():
    assert seen(body())[0].face_seen.sum() >= 60
    away = seen(body(180.0))[0]
    assert not away.face_seen.any() and (away.seen[[0, 14, 15]] == 0).all() and (away.seen[[16, 17]] > 0).all()


def test_truth_from_the_side_there_is_one_eye_and_one_ear():
    side = seen(body(90.0))[0]  # the right side is towards us
    assert side.seen[[14, 16]].tolist() == [1, 1] and side.seen[[15, 17]].tolist() == [0, 0] and side.seen[0] > 0


def test_truth_a_hand_behind_the_back_is_not_drawn():
    behind = body(rightUpperArm=(2, 65), rightLowerArm=(1, 125))  # arm down, forearm across
    back, front = (seen(behind, eye=(0, 1.0, z), target=(0, 1, 0))[0] for z in (5.0, -5.0))
    one, other = back.hands_seen[1].any(), front.hands_seen[1].any()
    assert one != other
    assert seen(body())[0].hands_seen.all()


def test_law_the_face_turns_with_the_head():
    straight, turned = (seen(body(head=(1, angle)))[1].face[0] for angle in (0.0, 90.0))
    head = seen(body())[1].body[0, 0] * 0 + straight.mean(0) * (0, 1, 0)
    assert np.allclose((turned - head)[:, 0], (straight - head)[:, 2], atol=0.02)


def test_truth_json_holds_the_same_points():
    points, _, _ = seen(body(180.0))
    said = told(points, SIZE)
    row = np.array(said["people"][0]["pose_keypoints_2d"]).reshape(18, 3)
    assert row[0].tolist() == [0, 0, 0] and np.allclose(row[7, :2], points.body[7], atol=1e-3) and row[7, 2] == 1
    assert [len(said["people"][0][f"{part}_keypoints_2d"]) for part in ("hand_left", "hand_right", "face")] == [
        63, 63, 204]
    assert (said["canvas_width"], said["canvas_height"]) == SIZE


def test_truth_near_is_white_far_and_nothing_are_black():
    depth = np.array([[2.0, 4.0, np.inf, 3.0]], np.float32)
    grey = shaded(depth, 2.0, 4.0)[0, :, 0].astype(int)
    assert grey[0] == 255 and grey[2] == 0 and 0 < grey[1] < 40 and grey[1] < grey[3] < grey[0]


def test_law_joints_that_are_missing_leave_their_points_out():
    pose = body()
    marks = landmarks(pose, {name: number for number, name in enumerate(pose.skeleton.names)
                             if "Lower" not in name and "Index" not in name}, FRONT, UP)
    points = projected(marks, 0, look_at((0, 1, 5.0), (0, 1, 0), lens=35, size=SIZE))
    assert (points.seen[[3, 6, 9, 12]] == 0).all() and not points.hands_seen[:, 5:9].any()
    assert drawn(points, SIZE, whole=True).any()


@pytest.mark.parametrize("size", [(64, 64), (1920, 1080), (540, 960)])
def test_shape_of_the_picture(size):
    points, _, _ = seen(body())
    assert drawn(points, size, whole=True).shape == (size[1], size[0], 3)


def test_truth_capsules_are_closed_and_hold_the_joints():
    import igl

    marks = seen(body(30, leftLowerLeg=(0, 60)))[1]
    vertices, faces = capsules(marks, 0)
    inside = igl.winding_number(vertices, faces.astype(np.int64), marks.body[0, 1:14])
    assert (inside > 0.5).all()
    edges = np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    assert (np.unique(edges, axis=0, return_counts=True)[1] == 2).mean() > 0.9  # open only at the very poles
