"""VRM and VRMA: who is what comes back, bodies look to +Z, rest poses are T-poses, hostile tables are refused."""

import json
import struct
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from marrow.bones.formats.bvh import read_motion
from marrow.bones.formats.vrm import PRESETS, read_vrm, turned, unturned, write_vrm, write_vrm0
from marrow.bones.formats.vrma import read_vrma, write_vrma
from marrow.bones.human import REQUIRED
from marrow.bones.loss import loss
from marrow.bones.skeleton import at_rest, fk, world
from marrow.errors import InputError, LimitError
from marrow.forms import gltf
from marrow.media import Mesh, Motion, Rig, Skeleton, Skin
from marrow.rotations import about, multiply, normalised, rotate, to_matrix

MATERIAL = Path(__file__).parents[2].parent / "shared" / "material"
LEFT = {"UpperLeg": ("hips", (0.1, -0.05, 0)), "LowerLeg": ("UpperLeg", (0, -0.4, 0)),
        "Foot": ("LowerLeg", (0, -0.4, 0)), "Toes": ("Foot", (0, -0.08, 0.12)), "Shoulder": ("chest", (0.05, 0.2, 0)),
        "UpperArm": ("Shoulder", (0.12, 0, 0)), "LowerArm": ("UpperArm", (0.28, 0, 0)),
        "Hand": ("LowerArm", (0.25, 0, 0)), "ThumbMetacarpal": ("Hand", (0.02, 0, 0.03)),
        "ThumbProximal": ("ThumbMetacarpal", (0.02, 0, 0.02)), "IndexProximal": ("Hand", (0.08, 0, 0.03)),
        "MiddleProximal": ("Hand", (0.08, 0, 0)), "LittleProximal": ("Hand", (0.08, 0, -0.03))}
MIDDLE = {"hips": ("", (0, 0.95, 0)), "spine": ("hips", (0, 0.1, 0)), "chest": ("spine", (0, 0.15, 0)),
          "neck": ("chest", (0, 0.25, 0)), "head": ("neck", (0, 0.1, 0))}


def body(*, pose="T", turn=0.0, roll=0):
    """A human of 31 joints with a mesh of one small triangle for each, and a motion.

    roll     the die that rolls the joints' axes; 0: they lie along the world's
    pose     "A": its rest pose lets the arms hang at 45°, while it was bound in the T-pose
    turn     radians about Y that the whole body is turned by
    """
    rows = {name: (above, np.array(at, float)) for name, (above, at) in MIDDLE.items()}
    for side, sign in (("left", 1), ("right", -1)):
        for part, (above, at) in LEFT.items():
            rows[side + part] = (above if above in MIDDLE else side + above, np.array(at) * (sign, 1, 1))
    names = tuple(rows)
    parents = np.array([-1 if not above else names.index(above) for above, _ in rows.values()], np.int32)
    offsets, count = np.stack([at for _, at in rows.values()]), len(names)
    dice = np.random.default_rng(roll)
    rolled = normalised(dice.normal(size=(count, 4))) if roll else np.tile([1.0, 0, 0, 0], (count, 1))
    plain = Skeleton(names, parents, offsets, np.tile([1.0, 0, 0, 0], (count, 1)))
    bind = np.tile(np.eye(4), (count, 1, 1))
    bind[:, :3, 3] = fk(at_rest(plain))[0]
    vertices = (bind[:, None, :3, 3] + 0.02 * np.eye(3)).reshape(-1, 3).astype(np.float32)
    mesh = Mesh(vertices, np.arange(count * 3, dtype=np.int32).reshape(-1, 3),
                shapes={"aa": dice.normal(size=vertices.shape).astype(np.float32),
                        "wink": dice.normal(size=vertices.shape).astype(np.float32)}, name="body")
    carried = np.zeros((count * 3, 4), np.int32)
    carried[:, 0] = np.repeat(np.arange(count), 3)
    skin = Skin(carried, np.eye(4, dtype=np.float32)[[0] * (count * 3)], bind)
    frames = 6
    spun = np.tile(plain.turns, (frames, 1, 1))
    spun[:, names.index("leftUpperArm")] = about(np.array([0, 0, 1.0]), np.linspace(0, -1, frames))
    spun[:, names.index("rightLowerLeg")] = about(np.array([1.0, 0, 0]), np.linspace(0, 1, frames))
    path = plain.offsets[0] + np.linspace(0, 1, frames)[:, None] * (0, 0, 0.5)
    rest = plain
    if pose == "A":
        turns = plain.turns.copy()
        for side, sign in (("left", -1), ("right", 1)):
            turns[names.index(f"{side}UpperArm")] = about(np.array([0, 0, 1.0]), sign * np.pi / 4)
        rest = replace(plain, turns=turns)
    motion = Motion(rest, spun, path, Fraction(24000, 1001), name="wave")
    rig = turned(Rig(rest, mesh, skin, (motion,), "she"), about(np.array([0, 1.0, 0]), np.array(turn)))
    return with_axes(rig, rolled)


def with_axes(rig, rolled):
    """The same body with every joint's axes turned by (joints, 4) in its own space."""
    parents = np.asarray(rig.skeleton.parents)
    above = np.concatenate([[[1.0, 0, 0, 0]], rolled[parents[1:]]])
    back = above * (1, -1, -1, -1)

    def again(skeleton):
        return replace(skeleton, offsets=rotate(back, skeleton.offsets),
                       turns=multiply(multiply(back, skeleton.turns), rolled))

    put = np.tile(np.eye(4), (len(parents), 1, 1))
    put[:, :3, :3] = to_matrix(rolled)
    motions = tuple(replace(each, skeleton=again(each.skeleton),
                            rotations=multiply(multiply(back, each.rotations), rolled)) for each in rig.motions)
    return replace(rig, skeleton=again(rig.skeleton), skin=replace(rig.skin, bind=rig.skin.bind @ put), motions=motions)


@pytest.mark.parametrize("write", [write_vrm, write_vrm0])
@pytest.mark.parametrize("roll", [0, 3])
def test_law_a_body_comes_back_with_its_names_and_looks_to_plus_z(tmp_path, write, roll):
    rig = body(roll=roll)
    assert [each.key for each in write(rig, tmp_path / "a.vrm")] == ["vrm.licence"]
    held = read_vrm(tmp_path / "a.vrm")
    again = held.rigs[0]
    assert held.form == "vrm" and held.losses == () and again.name == "she"
    assert held.stated["human"] == {name: name for name in rig.skeleton.names}
    assert again.motions[0].rate == Fraction(24000, 1001)
    assert fk(again.motions[0]) == pytest.approx(fk(rig.motions[0]), abs=2e-6)
    assert again.mesh.vertices == pytest.approx(rig.mesh.vertices, abs=1e-6)
    assert again.skin.bind[:, :3, 3] == pytest.approx(rig.skin.bind[:, :3, 3], abs=1e-6)
    assert list(again.mesh.shapes) == ["aa", "wink"]
    assert again.mesh.shapes["aa"] == pytest.approx(rig.mesh.shapes["aa"], abs=1e-6)
    write(rig, tmp_path / "b.vrm")
    assert (tmp_path / "a.vrm").read_bytes() == (tmp_path / "b.vrm").read_bytes()


def test_truth_vrm_0_files_look_to_minus_z_and_turn_no_joint(tmp_path):
    write_vrm0(body(roll=5), tmp_path / "a.vrm")
    tree = tree_of(tmp_path / "a.vrm")[0]
    assert not any("rotation" in each for each in tree["nodes"])
    raw = gltf.read_rig(tmp_path / "a.vrm")
    toes, foot = (fk(at_rest(raw.skeleton))[0][raw.skeleton.names.index(f"left{part}")] for part in ("Toes", "Foot"))
    assert toes[2] < foot[2] - 0.1 and foot[0] == pytest.approx(-0.1)
    bones = {each["bone"]: each["node"] for each in tree["extensions"]["VRM"]["humanoid"]["humanBones"]}
    assert "leftThumbMetacarpal" not in bones
    assert raw.skeleton.names[bones["leftThumbProximal"]] == "leftThumbMetacarpal"
    groups = tree["extensions"]["VRM"]["blendShapeMaster"]["blendShapeGroups"]
    assert [each["presetName"] for each in groups] == ["a", "unknown"]


@pytest.mark.parametrize(("pose", "turn"), [("A", 0.0), ("T", 1.0), ("A", np.pi)])
def test_truth_a_body_in_no_t_pose_is_put_into_one_while_its_motion_stays(tmp_path, pose, turn):
    rig = body(pose=pose, turn=turn, roll=2)
    assert "vrm.posed" in {each.key for each in write_vrm(rig, tmp_path / "a.vrm")}
    again = read_vrm(tmp_path / "a.vrm").rigs[0]
    rest = fk(at_rest(again.skeleton))[0]
    assert rest == pytest.approx(fk(at_rest(body().skeleton))[0], abs=0.02)
    assert fk(again.motions[0]) == pytest.approx(fk(rig.motions[0]), abs=2e-6)


def test_truth_expressions_become_shapes_and_meta_is_kept(tmp_path):
    write_vrm(body(), tmp_path / "a.vrm")
    tree, rest = tree_of(tmp_path / "a.vrm")
    said = tree["extensions"]["VRMC_vrm"]
    mesh = len(tree["nodes"]) - 1
    said["expressions"]["preset"]["happy"] = {"morphTargetBinds": [
        {"node": mesh, "index": 0, "weight": 0.5}, {"node": mesh, "index": 1, "weight": 0.25}]}
    said["meta"] |= {"name": "莫愁", "commercialUsage": "corporation", "licenseUrl": "https://vrm.dev/licenses/1.0/"}
    tree["extensions"]["VRMC_springBone"] = {"springs": [{}]}
    save(tmp_path / "b.vrm", tree, rest)
    held = read_vrm(tmp_path / "b.vrm")
    shapes = held.rigs[0].mesh.shapes
    assert shapes["happy"] == pytest.approx(shapes["aa"] / 2 + shapes["wink"] / 4, abs=1e-6)
    assert held.stated["expressions"]["happy"] == {"aa": 0.5, "wink": 0.25}
    assert held.stated["title"] == "莫愁" and held.stated["meta"]["commercialUsage"] == "corporation"
    assert held.stated["licence"].startswith("https://vrm.dev")
    assert [each.key for each in held.losses] == ["vrm.springs"]


def test_law_every_expression_of_the_old_list_has_its_place_in_the_new():
    assert len(set(PRESETS.values())) == len(PRESETS) == 17


@pytest.mark.parametrize("roll", [0, 4])
def test_law_a_motion_comes_back_from_vrma_joint_for_joint(tmp_path, roll):
    rig = body(pose="A", turn=0.5, roll=roll)
    assert write_vrma(rig, tmp_path / "a.vrma") == ()
    held = read_vrma(tmp_path / "a.vrma")
    motion = held.rigs[0].motions[0]
    assert held.rigs[0].mesh is None and motion.rate == Fraction(24000, 1001) and motion.name == "wave"
    assert held.stated["human"]["hips"] == "hips" and not motion.moves
    order = [motion.skeleton.names.index(name) for name in rig.skeleton.names]
    assert fk(motion)[:, order] == pytest.approx(fk(rig.motions[0]), abs=2e-6)
    assert fk(at_rest(motion.skeleton))[0][order] == pytest.approx(fk(at_rest(body().skeleton))[0], abs=0.02)


def test_truth_a_joint_between_two_human_ones_is_carried_by_a_shift(tmp_path):
    """A twist joint bent by 1 rad between elbow and hand: the hand is where it was, and turned as it was."""
    rig = body()
    names, hand = list(rig.skeleton.names), rig.skeleton.names.index("leftHand")
    parents = rig.skeleton.parents.copy()
    parents[hand], parents = len(names), np.append(parents, names.index("leftLowerArm")).astype(np.int32)
    still = [[1.0, 0, 0, 0]]
    order = [*range(hand), len(names), *range(hand, len(names))]
    place = {joint: number for number, joint in enumerate(order)}
    skeleton = Skeleton(tuple([*names, "twist"][joint] for joint in order),
                        np.array([place.get(parents[joint], -1) for joint in order], np.int32),
                        np.concatenate([rig.skeleton.offsets, [[0.1, 0, 0]]])[order],
                        np.concatenate([rig.skeleton.turns, still])[order])
    frames = len(rig.motions[0].rotations)
    bend = about(np.array([0, 1.0, 0]), np.linspace(0, 1, frames))
    turns = np.concatenate([rig.motions[0].rotations, bend[:, None]], axis=1)[:, order]
    motion = replace(rig.motions[0], skeleton=skeleton, rotations=turns)
    keys = [each.key for each in write_vrma(Rig(skeleton, motions=(motion,)), tmp_path / "a.vrma")]
    assert keys == ["vrm.joints"]
    again = read_vrma(tmp_path / "a.vrma").rigs[0].motions[0]
    (places, spun), (found, turned_) = world(motion), world(again)
    for name in ("leftHand", "leftIndexProximal", "rightFoot"):
        old, new = skeleton.names.index(name), again.skeleton.names.index(name)
        assert found[:, new] == pytest.approx(places[:, old], abs=2e-6)
    angle = (turned_[:, again.skeleton.names.index("leftHand")] * spun[:, skeleton.names.index("leftHand")]).sum(-1)
    assert np.ptp(np.abs(angle)) < 1e-6   # the same turn but for a constant, the T-pose's


@pytest.mark.slow
@pytest.mark.parametrize(("write", "read", "suffix"), [(write_vrm, read_vrm, "vrm"), (write_vrm0, read_vrm, "vrm"),
                                                       (write_vrma, read_vrma, "vrma")])
def test_law_every_human_of_the_material_comes_back(tmp_path, write, read, suffix):
    if not MATERIAL.exists():
        pytest.skip("the material is not here")
    takes = [read_motion(each) for each in sorted(MATERIAL.glob("motions/*/*.bvh"))]
    rigs = [Rig(each.skeleton, motions=(each,)) for each in takes]
    rigs += [gltf.read_rig(each) for each in sorted(MATERIAL.glob("rigs/human-*.glb")) if suffix == "vrm"]
    for rig in rigs:
        write(rig, tmp_path / f"a.{suffix}")
        found = loss(rig, read(tmp_path / f"a.{suffix}").rigs[0])
        assert found.joints < 2e-6 and found.seconds == 0


def test_law_turning_and_unturning_move_no_vertex():
    rig = body(roll=7, pose="A")
    for again in (unturned(rig), turned(turned(rig, about(np.array([0, 1.0, 0]), np.array(1.0))),
                                        about(np.array([0, 1.0, 0]), np.array(-1.0)))):
        assert fk(again.motions[0]) == pytest.approx(fk(rig.motions[0]), abs=1e-6)
        assert np.linalg.inv(again.skin.bind)[:, :3, :3] @ again.skin.bind[:, :3, :3] == pytest.approx(
            np.tile(np.eye(3), (len(rig.skeleton.names), 1, 1)))
        assert again.mesh.vertices == pytest.approx(rig.mesh.vertices, abs=1e-6)
    assert np.allclose(unturned(rig).skeleton.turns, (1, 0, 0, 0))


def test_refuses_what_is_no_human_body_and_a_take_without_motion(tmp_path):
    tail = Skeleton(("root", "tail"), np.array([-1, 0], np.int32), np.eye(2, 3), np.tile([1.0, 0, 0, 0], (2, 1)))
    with pytest.raises(InputError, match="leftUpperLeg") as caught:
        write_vrm(Rig(tail), tmp_path / "a.vrm")
    assert caught.value.key == "vrm.lacking" and set(REQUIRED) >= {"hips"}
    with pytest.raises(InputError) as caught:
        write_vrma(replace(body(), motions=()), tmp_path / "a.vrma")
    assert caught.value.key == "vrm.still" and not (tmp_path / "a.vrma").exists()


def test_truth_a_plain_glb_called_vrm_is_read_and_said_so(tmp_path):
    gltf.write_rig(body(), tmp_path / "a.vrm")
    held = read_vrm(tmp_path / "a.vrm")
    assert [each.key for each in held.losses] == ["vrm.plain"] and len(held.rigs) == 1


def tree_of(path):
    content = path.read_bytes()
    size = struct.unpack_from("<I", content, 12)[0]
    return json.loads(content[20:20 + size]), content[20 + size:]


def save(path, tree, rest):
    words = json.dumps(tree).encode()
    words += b" " * (-len(words) % 4)
    head = struct.pack("<4sIII4s", b"glTF", 2, 20 + len(words) + len(rest), len(words), b"JSON")
    path.write_bytes(head + words + rest)


def leaves(tree, path=()):
    if isinstance(tree, dict | list):
        for key, value in list(tree.items() if isinstance(tree, dict) else enumerate(tree)):
            yield (*path, key)
            yield from leaves(value, (*path, key))


@pytest.mark.parametrize(("write", "read"), [(write_vrm, read_vrm), (write_vrm0, read_vrm), (write_vrma, read_vrma)])
def test_refuses_mutated_tables_with_one_sentence(tmp_path, write, read):
    write(body(), tmp_path / "good.vrm")
    tree, rest = tree_of(tmp_path / "good.vrm")
    places, dice = list(leaves(tree["extensions"])), np.random.default_rng(1)
    weird = [None, True, -1, 3, 10**9, 1e300, "x", [], {}, [0], ["x"], {"x": 1}]
    for _ in range(120):
        again = json.loads(json.dumps(tree))
        *above, last = places[dice.integers(len(places))]
        spot = again["extensions"]
        for key in above:
            spot = spot[key]
        spot[last] = weird[dice.integers(len(weird))]
        save(tmp_path / "bad.vrm", again, rest)
        try:
            read(tmp_path / "bad.vrm")
        except (InputError, LimitError) as error:
            assert "\n" in error.tell("zh")
