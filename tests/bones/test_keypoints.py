"""Key points: people seen flat or deep, in every spelling, come back where they were, each as himself."""

import json
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marrow import rotations
from marrow.bones.formats import arrays
from marrow.bones.formats.people import FEW, Seen, tracked
from marrow.bones.formats.point_lists import BODY_25, COCO, LEFT_HAND, LISTS, MEDIAPIPE, RIGHT_HAND, SMPL, WHOLE_BODY
from marrow.bones.skeleton import checked, fk
from marrow.errors import InputError, LimitError

FRAMES = 24
BODY = {"nose": (0, 1.6, 0.1), "head": (0, 1.6, 0), "headTop": (0, 1.75, 0), "neck": (0, 1.45, 0), "hips": (0, 0.95, 0),
        "leftEye": (0.03, 1.64, 0.08), "leftEar": (0.08, 1.62, 0), "leftUpperArm": (0.18, 1.43, 0),
        "leftLowerArm": (0.22, 1.15, 0.02), "leftHand": (0.24, 0.92, 0.12), "leftUpperLeg": (0.1, 0.93, 0),
        "leftLowerLeg": (0.11, 0.5, 0.03), "leftFoot": (0.11, 0.09, 0), "leftHeel": (0.11, 0.02, -0.04),
        "leftToes": (0.12, 0.02, 0.14), "leftBigToe": (0.1, 0.02, 0.14), "leftSmallToe": (0.14, 0.02, 0.11),
        "leftIndexProximal": (0.25, 0.84, 0.15), "leftLittleProximal": (0.24, 0.85, 0.1),
        "leftThumbProximal": (0.24, 0.87, 0.17)}
BODY |= {name.replace("left", "right"): (-x, y, z) for name, (x, y, z) in BODY.items() if name.startswith("left")}


def shown(names, shift=0.0):
    """A body in space that sways and lifts its left forearm: (frames, points, 3) metres, Y up; unused points are 0."""
    places = np.array([BODY.get(name, (0, 0, 0)) for name in names], float)
    film = np.repeat(places[None], FRAMES, axis=0)
    wave = np.sin(np.linspace(0, 3, FRAMES))
    film[..., 0] += (shift + 0.1 * wave)[:, None]
    lift = rotations.about(np.array([1.0, 0, 0]), -1.2 * wave)
    for number, name in enumerate(names):
        if name.startswith("left") and ("Hand" in name or "Proximal" in name):
            elbow = film[:, names.index("leftLowerArm")]
            film[:, number] = elbow + rotations.rotate(lift, film[:, number] - elbow)
    return film


def pixels(film):
    """As a camera sees it: 400 pixels a metre, the ground at 900, y down."""
    return np.stack([640 + 400 * film[..., 0], 900 - 400 * film[..., 1]], axis=-1)


def read(tmp_path, said, name="a.json"):
    path = tmp_path / name
    path.write_text(json.dumps(said), "utf-8")
    return arrays.read_json(path)


def lines(film, frame, sure=0.9):
    return [[float(x), float(y), sure] for x, y in pixels(film)[frame]]


def flat(film, frame):
    return [value for row in lines(film, frame) for value in row]


SPELLINGS = {
    "lists": lambda film: [lines(film, frame) for frame in range(FRAMES)],
    "people": lambda film: {"fps": 25, "frames": [[lines(film, frame)] for frame in range(FRAMES)]},
    "coco": lambda film: [{"image_id": frame, "keypoints": flat(film, frame), "score": 1} for frame in range(FRAMES)],
    "annotations": lambda film: {"images": [], "annotations": [
        {"image_id": frame, "keypoints": flat(film, frame)} for frame in range(FRAMES)]},
    "alphapose": lambda film: [{"image_id": f"{frame}.jpg", "keypoints": flat(film, frame), "idx": 1}
                               for frame in range(FRAMES)],
    "mmpose": lambda film: {"meta_info": {}, "instance_info": [{"frame_id": frame + 1, "instances": [
        {"keypoints": [row[:2] for row in lines(film, frame)], "keypoint_scores": [0.9] * film.shape[1]}]}
        for frame in range(FRAMES)]},
    "by number": lambda film: {str(frame): [lines(film, frame)] for frame in range(FRAMES)},
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_truth_every_spelling_shows_the_same_body(tmp_path, spelling):
    film = shown(COCO)
    contents = read(tmp_path, SPELLINGS[spelling](film))
    made = checked(contents.rigs[0].motions[0])
    assert len(contents.rigs) == 1 and contents.stated["points"] == "COCO-17" and contents.stated["flat"]
    assert {loss.key for loss in contents.losses} == {"keypoints.flat"}
    where = fk(made)[:, [made.skeleton.names.index(name) for name in COCO]]
    scale = contents.stated["unit"] * 400
    assert scale == pytest.approx(1, abs=0.12) and np.ptp(where[..., 2]) < 1e-9
    expected = (film - film[:1, :1]) * (scale, scale, 0)
    assert np.allclose(where - where[:1, :1], expected, atol=1e-6)
    assert len(made.rotations) == FRAMES and made.rate == (25 if spelling == "people" else 30)


@pytest.mark.parametrize("count", [each for each in LISTS if each != 133])
def test_truth_every_list_of_points_is_known(tmp_path, count):
    mark, names = LISTS[count]
    film = shown(names)
    for number, name in enumerate(names):
        if not name:
            film[:, number] = film[:, names.index("nose")]
    contents = read(tmp_path, [lines(film, frame) for frame in range(FRAMES)])
    made = contents.rigs[0].motions[0]
    assert contents.stated["points"] == mark
    hand, hips = (fk(made)[:, made.skeleton.names.index(name)] for name in ("leftHand", "rightUpperLeg"))
    true = film[:, names.index("leftHand")] - film[:, names.index("rightUpperLeg")]
    assert np.allclose((hand - hips)[:, :2], true[:, :2] * contents.stated["unit"] * 400, atol=1e-6)


def openpose(film, frame, wide=1280):
    hand = [[200.0, 300.0, 0.8]] * 21
    return {"people": [{"person_id": [-1], "pose_keypoints_2d": flat(film, frame), "face_keypoints_2d": [],
                        "hand_left_keypoints_2d": [value for row in hand for value in row],
                        "hand_right_keypoints_2d": []}], "canvas_width": wide, "canvas_height": 720}


def test_truth_openpose_a_file_a_frame_is_one_shot(tmp_path):
    film = shown(BODY_25)
    for frame in range(FRAMES):
        (tmp_path / f"shot_{frame:012d}_keypoints.json").write_text(json.dumps(openpose(film, frame)))
    folder = arrays.read_json(tmp_path)
    single = arrays.read_json(tmp_path / "shot_000000000000_keypoints.json")
    for contents in (folder, single):
        made = contents.rigs[0].motions[0]
        assert len(made.rotations) == FRAMES and contents.stated["points"] == "OpenPose BODY_25"
        assert "leftIndexTip" in made.skeleton.names and "leftHeel" in made.skeleton.names


def test_truth_unsure_points_are_filled_and_told(tmp_path):
    film = shown(COCO)
    said = [lines(film, frame) for frame in range(FRAMES)]
    for frame in range(8, 12):
        said[frame][9] = [0, 0, 0.05]
    contents = read(tmp_path, said)
    made = contents.rigs[0].motions[0]
    assert [loss.facts for loss in contents.losses if loss.key == "points.filled"] == [{"count": 4}]
    hand = fk(made)[:, made.skeleton.names.index("leftHand")]
    assert np.linalg.norm(np.diff(hand, axis=0), axis=1).max() < 0.1


def test_truth_two_people_who_pass_each_other_stay_themselves(tmp_path):
    walk = np.linspace(-1.5, 1.5, FRAMES)
    one, two = shown(COCO, walk), shown(COCO, -walk)
    two[..., 1] *= 0.8
    said = [[lines(one, frame), lines(two, frame)][::1 if frame % 2 else -1] for frame in range(FRAMES)]
    contents = read(tmp_path, said)
    assert len(contents.rigs) == 2 and len({rig.name for rig in contents.rigs}) == 2
    for rig in contents.rigs:
        step = np.diff(rig.motions[0].root[:, 0])
        assert (step > -0.02).all() or (step < 0.02).all()


def test_law_a_detectors_own_numbers_decide():
    def seen(at, who):
        return Seen(np.full((17, 3), float(at)) + np.arange(51.0).reshape(17, 3), np.ones(17), COCO, "", False, who=who)

    film = [(seen(0, 1), seen(500, 2)), (seen(500, 1), seen(0, 2)), (seen(0, 1), seen(500, 2))]
    assert [[each.who for _, each in person] for person in tracked(film)] == [[1, 1, 1], [2, 2, 2]]
    few = [*film * 20, (seen(9000, 7),)]
    assert len(tracked(few)) == 2 and 1 < FEW * len(few)


def landmarks(film, frame, world):
    made = film[frame] - (film[frame, 23] + film[frame, 24]) / 2 if world else film[frame]
    rows = made * (1, -1, -1) if world else np.c_[0.5 + made[:, 0] / 4, 1 - made[:, 1] / 2.25, -made[:, 2]]
    return [{"x": x, "y": y, "z": z, "visibility": 0.99} for x, y, z in rows.tolist()]


@pytest.mark.parametrize("spelling", ["world_landmarks", "poseWorldLandmarks", "bare", "nested"])
def test_truth_mediapipe_in_space_is_a_motion_in_space(tmp_path, spelling):
    names = tuple(name or "nose" for name in MEDIAPIPE)
    film = shown(names)
    said = [landmarks(film, frame, True) if spelling == "bare" else
            {"world_landmarks": [landmarks(film, frame, True)]} if spelling == "nested" else
            {"landmarks": landmarks(film, frame, False), spelling: landmarks(film, frame, True)}
            for frame in range(FRAMES)]
    contents = read(tmp_path, {"fps": 24, "frames": said})
    made = checked(contents.rigs[0].motions[0])
    assert made.rate == Fraction(24) and contents.stated["up"] == "-y" and "flat" not in contents.stated
    at = made.skeleton.names.index
    arm = fk(made)[:, at("leftHand")] - fk(made)[:, at("leftUpperArm")]
    true = film[:, names.index("leftHand")] - film[:, names.index("leftUpperArm")]
    assert np.linalg.norm(arm - true, axis=1).max() < 0.03
    assert spelling == "bare" or "keypoints.place" in {loss.key for loss in contents.losses}


def test_truth_mediapipe_on_the_screen_stays_flat_and_keeps_its_shape(tmp_path):
    names = tuple(name or "nose" for name in MEDIAPIPE)
    film = shown(names)
    contents = read(tmp_path, [{"landmarks": landmarks(film, frame, False)} for frame in range(FRAMES)])
    places = fk(contents.rigs[0].motions[0])
    at = contents.rigs[0].skeleton.names.index
    wide = np.abs(places[0, at("leftUpperArm")] - places[0, at("rightUpperArm")])[0]
    tall = np.abs(places[0, at("leftUpperLeg")] - places[0, at("leftFoot")])[1]
    assert contents.stated["flat"] and wide / tall == pytest.approx(0.36 / 0.84, rel=0.02)


def test_truth_points_with_a_depth_are_placed_in_space(tmp_path):
    film = shown(COCO)
    np.save(tmp_path / "a.npy", film * (1, -1, -1))
    contents = arrays.read_npy(tmp_path / "a.npy")
    made = checked(contents.rigs[0].motions[0])
    assert contents.form == "keypoints" and contents.stated["up"] == "-y"
    where = fk(made)[:, made.skeleton.names.index("leftFoot")]
    assert np.linalg.norm(where - film[:, COCO.index("leftFoot")], axis=1).max() < 0.03


def test_truth_an_array_of_pixels_and_confidence_is_flat(tmp_path):
    film = shown(COCO)
    rows = np.concatenate([pixels(film), np.full((FRAMES, 17, 1), 0.7)], axis=2)
    for name, values in (("a.npy", rows), ("b.npy", rows[..., :2])):
        np.save(tmp_path / name, values)
        assert arrays.read_npy(tmp_path / name).stated["flat"]
    np.savez(tmp_path / "c.npz", keypoints=rows, fps=50)
    assert arrays.read_npz(tmp_path / "c.npz").stated["points"] == "COCO-17"


def test_truth_seventeen_points_that_begin_at_the_pelvis_are_h36m(tmp_path):
    from marrow.bones.formats.point_lists import H36M
    film = shown([{"chest": "neck"}.get(name, name) for name in H36M])
    film[:, 7, 1] -= 0.25
    np.save(tmp_path / "a.npy", film)
    contents = arrays.read_npy(tmp_path / "a.npy")
    assert contents.form == "positions" and "hips" in contents.rigs[0].skeleton.names


def test_law_the_lists_name_every_point_once():
    for count, (_, names) in LISTS.items():
        used = [name for name in names if name]
        assert len(names) == count and len(set(used)) == len(used)
    assert len(LEFT_HAND) == len(RIGHT_HAND) == 21 and len(SMPL) == 24
    assert WHOLE_BODY[91 + 8] == "leftIndexTip" and WHOLE_BODY[112 + 4] == "rightThumbTip"
    assert BODY_25[21] == "leftHeel" and COCO[9] == "leftHand" and MEDIAPIPE[19] == "leftIndexProximal"


NOTHING = {"empty": {}, "list": [], "words": ["a"], "numbers": [1, 2, 3], "people": {"people": []},
           "other list": [[[1, 2, 0.5]] * 11], "text": "x", "none": None,
           "unsure": [[[9 * at, 5 * at, 0.0] for at in range(17)]],
           "mixed": [[[1, 2, 0.9]] * 17, [[1, 2, 0.9]] * 18], "nulls": [[[None, None, None]] * 17],
           "ragged": [[[1, 2, 0.9]] * 16 + [[1]]]}


@pytest.mark.parametrize("name", NOTHING)
def test_refuses_json_without_bodies(tmp_path, name):
    with pytest.raises((InputError, LimitError)) as refused:
        read(tmp_path, NOTHING[name])
    assert refused.value.key in ("keypoints.form", "keypoints.nobody", "points.few") and refused.value.tell("zh")


def test_refuses_broken_and_deep_json(tmp_path):
    for said in ("{", "[" * 100_000, "NaN", '{"people": ' + "[" * 500 + "]" * 500 + "}", ""):
        (tmp_path / "a.json").write_text(said)
        with pytest.raises(InputError):
            arrays.read_json(tmp_path / "a.json")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError):
        arrays.read_json(tmp_path / "empty")


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
                    lambda inner: st.lists(inner, max_size=18) | st.dictionaries(st.sampled_from(
                        ["people", "keypoints", "landmarks", "world_landmarks", "frames", "image_id", "x", "y", "z",
                         "pose_keypoints_2d", "instances", "instance_info"]), inner, max_size=5), max_leaves=30))
def test_refuses_any_other_json_in_one_sentence(tmp_path, said):
    try:
        read(tmp_path, said)
    except (InputError, LimitError) as refused:
        assert refused.tell("zh")
