"""What AI models write: poses, positions and both at once come back as the motion that they were made from."""

import json
import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marrow import rotations
from marrow.bones.formats import arrays, kimodo, smpl_tree, unsaid
from marrow.bones.formats.humanml import recovered
from marrow.bones.formats.turned import WAYS, quaternions, six
from marrow.bones.skeleton import at_rest, checked, fk, world
from marrow.bones.turning import between, exp, log
from marrow.errors import InputError, LimitError
from marrow.forms.motion import write_motion
from marrow.media import Motion

FRAMES = 40
TIME = np.linspace(0, 2 * np.pi, FRAMES)
BACK = np.array([np.sqrt(0.5), np.sqrt(0.5), 0, 0])  # our Y up to a Z-up world


def walk(joints=22, rate=20):
    """A walker on the neutral body: the hips go ahead and turn, elbows and knees bend."""
    skeleton = smpl_tree.neutral(joints)
    local = np.tile((1.0, 0, 0, 0), (FRAMES, joints, 1))

    def turn(name, axis, angle):
        at = skeleton.names.index(name)
        local[:, at] = rotations.multiply(local[:, at], rotations.about(np.array(axis, float), angle + 0 * TIME))

    turn("pelvis", (0, 1, 0), 0.6 * np.sin(TIME))
    for side, out in (("left", 1), ("right", -1)):
        turn(f"{side}_hip", (1, 0, 0), -0.4 + out * 0.5 * np.sin(TIME))
        turn(f"{side}_knee", (1, 0, 0), 0.7 + 0.3 * np.cos(TIME))
        turn(f"{side}_ankle", (1, 0, 0), -0.2)
        turn(f"{side}_shoulder", (0, 0, 1), -out * 1.2)
        turn(f"{side}_shoulder", (0, 1, 0), 0.4 * np.sin(TIME))
        turn(f"{side}_elbow", (0, 1, 0), -out * (0.8 + 0.2 * np.sin(TIME)))
        if joints > 24:
            turn(f"{side}_index1", (0, 0, 1), -out * 0.5 * np.sin(TIME) ** 2)
    path = np.stack([0.2 * np.sin(TIME), 0.93 + 0.02 * np.cos(2 * TIME), 0.2 * TIME], axis=1)
    return Motion(skeleton, local, path, Fraction(rate), name="walk")


def vectors(motion):
    return log(motion.rotations).reshape(FRAMES, -1)


def zup(motion):
    """Root turns and path in a Z-up world."""
    turned = motion.rotations.copy()
    turned[:, 0] = rotations.multiply(BACK, turned[:, 0])
    return Motion(motion.skeleton, turned, rotations.rotate(BACK, motion.root), motion.rate)


def amass(tmp_path, motion, **more):
    path = tmp_path / "walk.npz"
    lying = zup(motion)
    np.savez(path, **{"poses": vectors(lying), "trans": lying.root, "betas": np.arange(10.0), "gender": "female",
                      "mocap_framerate": 120.0, **more})
    return path


def only(contents):
    assert len(contents.rigs) == 1
    return checked(contents.rigs[0].motions[0])


def keys(contents):
    assert all(loss.tell("zh") and loss.tell("en") for loss in contents.losses)
    return {loss.key for loss in contents.losses}


def test_truth_the_neutral_body_is_an_adult_with_two_equal_sides():
    for joints in smpl_tree.TREES:
        skeleton = smpl_tree.neutral(joints)
        places = dict(zip(skeleton.names, fk(at_rest(skeleton))[0], strict=True))
        assert len(places) == joints and 1.5 < places["head"][1] < 1.6 and 0 < places["left_foot"][1] < 0.04
        for name, place in places.items():
            if name.startswith("left"):
                assert np.allclose(places[name.replace("left", "right")], place * (-1, 1, 1))


@pytest.mark.parametrize("joints", [22, 24, 52, 55])
def test_truth_amass_comes_back_upright_with_its_rate(tmp_path, joints):
    truth = walk(joints)
    contents = arrays.read_npz(amass(tmp_path, truth))
    made = only(contents)
    assert np.allclose(fk(made), fk(truth), atol=1e-9) and made.rate == 120
    assert contents.form == "amass" and contents.stated["up"] == "z" and contents.stated["up_by"] == "body"
    assert contents.stated["gender"] == "female" and contents.stated["betas"][3] == 3
    assert keys(contents) == {"smpl.body"}


@pytest.mark.parametrize(("said", "rate"), [(59.94, Fraction(60000, 1001)), (np.array(100), 100), (29.97, Fraction(
    30000, 1001)), (119.875, Fraction(959, 8))])
def test_truth_rates_are_exact(tmp_path, said, rate):
    for name in ("mocap_frame_rate", "fps"):
        path = amass(tmp_path, walk(), mocap_framerate=np.array([]), **{name: said})
        assert only(arrays.read_npz(path)).rate == rate


def test_truth_poses_in_parts_are_the_same_as_whole_ones(tmp_path):
    truth = walk(55)
    turns = vectors(truth)
    path = tmp_path / "parts.npz"
    np.savez(path, global_orient=turns[:, :3], body_pose=turns[:, 3:66].reshape(FRAMES, 21, 3), transl=truth.root,
             jaw_pose=turns[:, 66:69], leye_pose=turns[:, 69:72], reye_pose=turns[:, 72:75],
             left_hand_pose=turns[:, 75:120], right_hand_pose=turns[:, 120:])
    made = only(arrays.read_npz(path))
    assert np.allclose(np.abs((made.rotations * truth.rotations).sum(-1)), 1)
    np.savez(path, global_orient=rotations.to_matrix(truth.rotations[:, :1]), transl=truth.root,
             body_pose=rotations.to_matrix(truth.rotations[:, 1:24]))
    assert np.allclose(np.abs((only(arrays.read_npz(path)).rotations * truth.rotations[:, :24]).sum(-1)), 1)


def test_truth_a_body_counted_from_inside_the_model_stands_on_its_feet(tmp_path):
    truth = walk()
    path = tmp_path / "video.npz"
    np.savez(path, poses=vectors(truth), trans=truth.root + np.array((0, 0.35, 0)))
    contents = arrays.read_npz(path)
    assert fk(only(contents))[..., 1].min() == pytest.approx(0, abs=0.02) and "smpl.ground" in keys(contents)
    assert contents.stated["rate"] == 30 and contents.stated["rate_by"] == "custom" and contents.stated["up"] == "y"


def test_truth_fingers_in_components_are_told_as_lost(tmp_path):
    turns = vectors(walk())
    np.savez(tmp_path / "a.npz", global_orient=turns[:, :3], body_pose=turns[:, 3:], left_hand_pose=np.zeros(
        (FRAMES, 12)), right_hand_pose=np.zeros((FRAMES, 12)))
    assert "smpl.hands" in keys(arrays.read_npz(tmp_path / "a.npz"))


def test_truth_motion_x_rows_come_back(tmp_path):
    truth = walk(52)
    rows = np.zeros((FRAMES, 322))
    rows[:, :156], rows[:, 309:312] = vectors(truth), truth.root
    np.save(tmp_path / "x.npy", rows)
    made = only(arrays.read_npy(tmp_path / "x.npy"))
    assert made.rotations.shape[1] == 55 and np.allclose(np.abs((made.rotations[:, :22] * truth.rotations[
        :, :22]).sum(-1)), 1)


def test_truth_gvhmr_wham_and_a_list_of_one_come_back(tmp_path):
    truth = walk()
    turns = vectors(truth).astype("f4")
    body = {"body_pose": turns[None, :, 3:], "global_orient": turns[None, :, :3], "transl": truth.root[None],
            "betas": np.zeros((1, FRAMES, 10))}
    path = tmp_path / "hmr4d_results.pkl"
    path.write_bytes(pickle.dumps({"smpl_params_global": body, "smpl_params_incam": body, "K_fullimg": np.eye(3)}))
    contents = arrays.read_pickle(path)
    assert contents.form == "gvhmr" and np.allclose(np.abs((only(contents).rotations * truth.rotations).sum(-1)), 1)
    whole = np.concatenate([turns, np.zeros((FRAMES, 6))], axis=1)
    person = {"pose_world": whole, "trans_world": truth.root, "pose": whole, "trans": truth.root,
              "verts": np.zeros((2, 2)), "frame_ids": np.r_[:20, 30:50]}
    path.write_bytes(pickle.dumps({0: person, 3: person}))
    contents = arrays.read_pickle(path)
    assert [rig.name for rig in contents.rigs] == ["0", "3"] and contents.form == "wham"
    assert keys(contents) == {"smpl.body", "smpl.ground", "smpl.cut"}


def test_truth_phalp_follows_people_and_fills_hidden_pictures(tmp_path):
    truth = walk(24)
    turns = rotations.to_matrix(rotations.multiply(np.array([0, 1.0, 0, 0]), truth.rotations[:, :1]))
    body = rotations.to_matrix(truth.rotations[:, 1:])
    film = {f"outputs/{frame:06d}.jpg": {"tid": [4, 9] if frame % 7 else [4], "smpl": [
        {"global_orient": turns[frame], "body_pose": body[frame]}] * 2, "camera": [np.array([0, 0, 5.0 + frame])] * 2}
        for frame in range(FRAMES)}
    path = tmp_path / "demo.pkl"
    path.write_bytes(pickle.dumps(film))
    contents = arrays.read_pickle(path)
    assert [rig.name for rig in contents.rigs] == ["4", "9"] and contents.stated["up"] == "-y"
    first, second = (rig.motions[0] for rig in contents.rigs)
    assert np.allclose(np.abs((first.rotations * truth.rotations).sum(-1)), 1) and len(second.rotations) == FRAMES - 1
    assert {"smpl.camera", "points.filled"} <= keys(contents)
    assert np.allclose(np.diff(first.root[:, 2]), -1)  # away from the camera, which looks along -Z
    assert np.median(fk(first)[:, 15, 1] - fk(first)[:, 0, 1]) > 0.4


def test_law_six_numbers_give_back_every_rotation():
    matrices = rotations.to_matrix(exp(np.random.default_rng(3).normal(size=(50, 3))))
    for way in WAYS:
        pair = matrices[:, :2] if way == "rows" else matrices[:, :, :2]
        values = pair.reshape(50, 6) if way != "columns" else np.concatenate([pair[..., 0], pair[..., 1]], axis=1)
        assert np.allclose(six(values, way), matrices)
    assert np.allclose(rotations.to_matrix(quaternions(matrices[None]))[0], matrices)


def features(places, rate_free=True):
    """HumanML3D's features of positions: turn, velocity and height of the root, the joints seen from it."""
    across = places[:, 1] - places[:, 2]
    ahead = np.cross(across, (0, 1.0, 0))
    facing = between(ahead * (1, 0, 1), np.tile((0, 0, 1.0), (len(places), 1)))
    rows = np.zeros((len(places), 263))
    yaw = np.unwrap(2 * np.arctan2(facing[:, 2], facing[:, 0]))
    rows[:-1, 0] = np.diff(yaw) / 2
    start = rotations.about(np.array((0, 1.0, 0)), yaw[0])
    steps = rotations.rotate(facing[1:], np.diff(places[:, 0], axis=0))
    rows[:-1, 1:3], rows[:, 3] = steps[:, [0, 2]], places[:, 0, 1]
    level = places[:, 1:] - places[:, :1] * (1, 0, 1)
    rows[:, 4:67] = rotations.rotate(facing[:, None], level).reshape(len(places), -1)
    return rows, start


def test_truth_humanml3d_features_come_back_as_the_walk(tmp_path):
    places = fk(walk())
    rows, start = features(places)
    wanted = rotations.rotate(start, places - places[0, 0] * (1, 0, 1))
    assert np.allclose(recovered(rows, 22), wanted, atol=1e-9)
    np.save(tmp_path / "012314.npy", rows)
    contents = arrays.read_npy(tmp_path / "012314.npy")
    made = only(contents)
    names = made.skeleton.names
    assert made.rate == 20 and contents.stated["rate_by"] == "custom" and contents.form == "humanml3d"
    assert np.linalg.norm(fk(made)[:, names.index("leftHand")] - wanted[:, 20], axis=1).max() < 0.01
    assert {"positions.twist", "positions.features"} <= keys(contents)


def test_refuses_features_that_are_still_normalised(tmp_path):
    rows, _ = features(fk(walk()))
    np.save(tmp_path / "a.npy", (rows - rows.mean(0)) / (rows.std(0) + 1e-9))
    with pytest.raises(InputError) as refused:
        arrays.read_npy(tmp_path / "a.npy")
    assert refused.value.key == "positions.normal"


def test_truth_positions_turn_joints_as_the_walk_did(tmp_path):
    truth = walk()
    np.save(tmp_path / "a.npy", fk(truth))
    made = only(arrays.read_npy(tmp_path / "a.npy"))
    true, ours = world(truth)[1], world(made)[1]
    for name, theirs in (("leftUpperArm", "left_shoulder"), ("rightLowerArm", "right_elbow"),
                         ("leftUpperLeg", "left_hip"), ("rightLowerLeg", "right_knee"), ("hips", "pelvis")):
        pair = ours[:, made.skeleton.names.index(name)] * true[:, truth.skeleton.names.index(theirs)]
        assert np.degrees(2 * np.arccos(np.clip(np.abs(pair.sum(-1)), 0, 1))).max() < 12, name


SHAPES = {"t2m": lambda p: p[None], "mdm": lambda p: np.moveaxis(p, 0, -1)[None], "one": lambda p: p,
          "bare mdm": lambda p: np.moveaxis(p, 0, -1), "samples": lambda p: np.stack([p, p, p]),
          "millimetres": lambda p: 1000 * p, "z up": lambda p: rotations.rotate(BACK, p)}


@pytest.mark.parametrize("shape", SHAPES)
def test_truth_every_shape_of_positions_is_the_same_walk(tmp_path, shape):
    places = fk(walk())
    np.save(tmp_path / "a.npy", SHAPES[shape](places).astype("f4"))
    contents = arrays.read_npy(tmp_path / "a.npy")
    assert len(contents.rigs) == (3 if shape == "samples" else 1)
    assert len({rig.name for rig in contents.rigs}) == len(contents.rigs)
    made = contents.rigs[-1].motions[0]
    assert np.linalg.norm(fk(made)[:, 0] - places[:, 0], axis=1).max() < 0.003
    assert contents.stated["up"] == ("z" if shape == "z up" else "y")


def test_truth_mirrored_positions_are_told_and_turned_back(tmp_path):
    places = fk(walk())
    np.save(tmp_path / "a.npy", places * (-1, 1, 1))
    contents = arrays.read_npy(tmp_path / "a.npy")
    assert "positions.mirrored" in keys(contents)
    assert np.linalg.norm(fk(only(contents))[:, 0] - places[:, 0], axis=1).max() < 0.003


def test_truth_mdm_results_list_their_samples_by_their_words(tmp_path):
    moved = np.moveaxis(fk(walk()), 0, -1)
    np.save(tmp_path / "results.npy", {"motion": np.stack([moved, moved]), "text": ["a person walks", "一个人走路"],
                                       "lengths": np.array([40, 30]), "num_samples": 2, "num_repetitions": 1})
    contents = arrays.read_npy(tmp_path / "results.npy")
    assert [rig.name for rig in contents.rigs] == ["a person walks", "一个人走路"] and contents.form == "mdm"
    assert [len(rig.motions[0].rotations) for rig in contents.rigs] == [40, 30]


def test_truth_kit_has_its_own_order_and_rate(tmp_path):
    places, index = fk(walk()), smpl_tree.names(22).index
    order = ["pelvis", "spine1", "spine2", "neck", "head", "right_shoulder", "right_elbow", "right_wrist",
             "left_shoulder", "left_elbow", "left_wrist", "right_hip", "right_knee", "right_ankle", "right_ankle",
             "right_foot", "left_hip", "left_knee", "left_ankle", "left_ankle", "left_foot"]
    np.save(tmp_path / "a.npy", 1000 * places[:, [index(name) for name in order]])
    contents = arrays.read_npy(tmp_path / "a.npy")
    made = only(contents)
    assert made.rate == Fraction(25, 2) and contents.stated["unit"] == 0.001
    hand = fk(made)[:, made.skeleton.names.index("leftHand")]
    assert np.linalg.norm(hand - places[:, index("left_wrist")], axis=1).max() < 0.02


def posed(motion):
    places, turns = world(motion)
    return {"posed_joints": places, "local_rot_mats": rotations.to_matrix(motion.rotations),
            "global_rot_mats": rotations.to_matrix(turns), "foot_contacts": np.zeros((FRAMES, 4))}


def kimodo_walk(joints):
    """A motion on a tree of Kimodo's, every joint turning."""
    tree = kimodo.TREES[joints]
    chance = np.random.default_rng(5)
    skeleton = smpl_tree.neutral(22)
    parents = kimodo._parents(tree)
    offsets = chance.normal(scale=0.1, size=(joints, 3))
    turns = exp(0.4 * chance.normal(size=(joints, 3)) * np.sin(TIME + 1)[:, None, None])
    made = type(skeleton)(tuple(tree), parents, offsets, np.tile((1.0, 0, 0, 0), (joints, 1)))
    return Motion(made, turns, np.stack([TIME, 1 + 0 * TIME, 0 * TIME], axis=1), Fraction(30))


@pytest.mark.parametrize("joints", [77, 30])
def test_truth_kimodo_comes_back_with_its_rest_pose(tmp_path, joints):
    truth = kimodo_walk(joints)
    np.savez(tmp_path / "motion_00.npz", **posed(truth))
    contents = arrays.read_npz(tmp_path / "motion_00.npz")
    made = only(contents)
    assert contents.form == "kimodo" and made.skeleton.names == truth.skeleton.names and made.rate == 30
    assert np.allclose(fk(made), fk(truth), atol=1e-6) and not contents.losses
    assert np.allclose(made.skeleton.offsets[1:], truth.skeleton.offsets[1:], atol=1e-6)


def test_truth_an_unknown_tree_is_found_from_its_motion(tmp_path):
    truth = kimodo_walk(77)
    np.savez(tmp_path / "a.npz", **{name: values[:, :34] for name, values in posed(truth).items() if values.ndim > 2})
    made = only(arrays.read_npz(tmp_path / "a.npz"))
    assert (made.skeleton.parents == truth.skeleton.parents[:34]).all()
    assert np.allclose(fk(made), fk(truth)[:, :34], atol=1e-6)


def test_truth_hy_motion_comes_back_whatever_the_order_of_its_six_numbers(tmp_path):
    truth = walk(52)
    places, matrices = fk(truth), rotations.to_matrix(truth.rotations[:, :22])
    for pair in (matrices[..., :2].reshape(FRAMES, 22, 6), matrices[..., :2, :].reshape(FRAMES, 22, 6)):
        np.savez(tmp_path / "a.npz", keypoints3d=places[:, :22] - places[:, :1], rot6d=pair, transl=truth.root,
                 text="a person walks", root_rotations_mat=matrices[:, 0])
        contents = arrays.read_npz(tmp_path / "a.npz")
        made = only(contents)
        assert contents.form == "hy-motion" and contents.stated["text"] == "a person walks"
        assert np.allclose(fk(made), places[:, :22], atol=1e-6)


def test_law_our_own_motions_go_through(tmp_path):
    write_motion(walk(), tmp_path / "a.npz")
    made = only(arrays.read_npz(tmp_path / "a.npz"))
    assert (made.rotations == walk().rotations).all() and made.rate == 20


def test_truth_the_sky_is_shown_by_the_body_or_left_to_habit():
    up = np.tile((0, 0, 1.7), (9, 1))
    assert unsaid.sky(up, "y") == ("z", "body") and unsaid.sky(up[:, [0, 2, 1]], "z") == ("y", "body")
    assert unsaid.sky(-up[:, [0, 2, 1]], "y") == ("-y", "body")
    assert unsaid.sky(up[:, [2, 0, 1]], "z") == ("z", "custom")


UNKNOWN = {"nothing.npz": lambda path: np.savez(path, a=np.zeros(3)),
           "words.npz": lambda path: np.savez(path, poses=np.array(["a"])),
           "odd.npz": lambda path: np.savez(path, poses=np.zeros((4, 51)), trans=np.zeros((4, 3))),
           "short.npz": lambda path: np.savez(path, poses=np.zeros((4, 72)), trans=np.zeros((3, 3))),
           "nan.npz": lambda path: np.savez(path, poses=np.full((4, 72), np.nan), trans=np.zeros((4, 3))),
           "empty.npz": lambda path: np.savez(path, poses=np.zeros((0, 72)), trans=np.zeros((0, 3))),
           "flat.npy": lambda path: np.save(path, np.zeros((5, 5))),
           "still.npy": lambda path: np.save(path, np.full((5, 22, 3), np.nan)),
           "none.npy": lambda path: np.save(path, np.zeros((0, 22, 3))),
           "far.npy": lambda path: np.save(path, np.full((5, 22, 3), 1e30)),
           "posed.npz": lambda path: np.savez(path, posed_joints=np.zeros((4, 77, 3)), local_rot_mats=np.zeros(3)),
           "list.pkl": lambda path: path.write_bytes(pickle.dumps([1, "a", None])),
           "word.pkl": lambda path: path.write_bytes(pickle.dumps("a")),
           "gvhmr.pt": lambda path: path.write_bytes(pickle.dumps({"smpl_params_global": 3})),
           "empty.pkl": lambda path: path.write_bytes(pickle.dumps({}))}


@pytest.mark.parametrize("name", UNKNOWN)
def test_refuses_the_unknown_in_one_sentence(tmp_path, name):
    path = tmp_path / name
    UNKNOWN[name](path)
    reader = {".npz": arrays.read_npz, ".npy": arrays.read_npy}.get(path.suffix, arrays.read_pickle)
    with pytest.raises((InputError, LimitError)) as refused:
        reader(path)
    assert "\n" in refused.value.tell("zh") and refused.value.tell("en")


def test_truth_a_body_at_one_place_still_comes_back(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros((3, 22, 3)))
    assert len(only(arrays.read_npy(tmp_path / "a.npy")).rotations) == 3


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_refuses_any_mutation_in_one_sentence(tmp_path, data):
    truth = walk()
    made = {"a.npz": lambda path: amass(tmp_path, truth).rename(path), "b.npy": lambda path: np.save(path, fk(truth)),
            "c.pkl": lambda path: path.write_bytes(pickle.dumps({"poses": vectors(truth), "trans": truth.root})),
            "d.npz": lambda path: np.savez(path, **posed(truth)),
            "e.json": lambda path: path.write_text(json.dumps({"people": []}))}
    name = data.draw(st.sampled_from(sorted(made)))
    path = tmp_path / name
    made[name](path)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[:data.draw(st.integers(1, len(content)))])
    reader = {".npz": arrays.read_npz, ".npy": arrays.read_npy, ".json": arrays.read_json}.get(path.suffix,
                                                                                                arrays.read_pickle)
    try:
        checked(reader(path).rigs[0].motions[0])
    except (InputError, LimitError) as refused:
        assert refused.tell("zh")
