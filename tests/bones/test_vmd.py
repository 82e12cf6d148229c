"""VMD: keys, curves and targets as MMD means them; what is written comes back, on MMD's model and on any human."""

import struct
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marrow.bones.axes import rest_turns
from marrow.bones.formats.bvh import read_bvh
from marrow.bones.formats.vmd import read_vmd, write_vmd
from marrow.bones.formats.vmd_keys import encoded, read_table
from marrow.bones.human import standard
from marrow.bones.loss import loss
from marrow.bones.mmd import model
from marrow.bones.skeleton import at_rest, fk
from marrow.errors import InputError, LimitError
from marrow.media import Mesh, Motion, Rig, Skeleton
from marrow.rotations import about, inverse, multiply, normalised, rotate, to_matrix

MATERIAL = Path(__file__).parents[2].parent / "shared" / "material" / "motions"
EVEN = (20, 20, 107, 107)
FLIP = np.diag([1.0, 1, -1])


def curve(*channels, flag=False):
    """64 bytes from four curves (x1, y1, x2, y2) of x, y, z and turn, as MMD writes them."""
    first = [channels[channel][point] for point in range(4) for channel in range(4)]
    rows = [bytes(first[row:] + [1 if row else 0] * row) for row in range(4)]
    if flag:
        rows[0] = rows[0][:2] + b"\x63\x0f" + rows[0][4:]
    return b"".join(rows)


def key(name, frame, place=(0, 0, 0), turn=(0, 0, 0, 1), bytes_=None):
    letters = name.encode("cp932").ljust(15, b"\0")
    return letters + struct.pack("<I7f", frame, *place, *turn) + (bytes_ or curve(*[EVEN] * 4))


def vmd(*keys, tables=b"", model_name="初音ミク", head=b"Vocaloid Motion Data 0002"):
    name = model_name.encode("cp932").ljust(20 if head.endswith(b"2") else 10, b"\0")
    return head.ljust(30, b"\0") + name + struct.pack("<I", len(keys)) + b"".join(keys) + tables


def switch(*rows):
    made = bytes(16) + struct.pack("<I", len(rows))
    for frame, names in rows:
        made += struct.pack("<IBI", frame, 1, len(names))
        made += b"".join(name.encode("cp932").ljust(20, b"\0") + bytes([on]) for name, on in names.items())
    return made


def read(tmp_path, content, **options):
    path = tmp_path / "a.vmd"
    path.write_bytes(content)
    return read_vmd(path, **options)


def play(tmp_path, *keys, **options):
    return read(tmp_path, vmd(*keys, **options)).rigs[0].motions[0]


def joint(motion, name):
    return motion.skeleton.names.index(name)


def test_truth_units_hands_and_names(tmp_path):
    turn = normalised(np.array([0.3, -0.2, 0.5, 0.7]))           # x y z w, left-handed
    held = read(tmp_path, vmd(key("センター", 0, (1, 2, 3)), key("頭", 0, turn=turn), key("頭", 30, turn=turn)))
    motion = held.rigs[0].motions[0]
    centre = joint(motion, "センター")
    assert len(motion.rotations) == 31 and motion.rate == 30
    assert motion.moves[centre][0] - motion.skeleton.offsets[centre] == pytest.approx([0.08, 0.16, -0.24])
    left = to_matrix(turn[[3, 0, 1, 2]])                           # the matrix that MMD's world sees
    assert to_matrix(motion.rotations[0, joint(motion, "頭")]) == pytest.approx(FLIP @ left @ FLIP)
    assert held.stated["title"] == "初音ミク" and held.stated["unit"] == 0.08
    assert [each.key for each in held.losses] == ["vmd.targets"]   # nobody switched the feet's targets off


@pytest.mark.parametrize("flag", [False, True])
@pytest.mark.parametrize(("bent", "share", "way"), [
    (EVEN, 0.5, 0.5), ((0, 0, 0, 0), 0.3, 0.3),
    ((127, 0, 127, 0), 7 / 8, 1 / 8),       # x = 3t - 3t² + t³ and y = t³, at t = 1/2
    ((0, 127, 0, 127), 1 / 8, 7 / 8)])
def test_truth_each_channel_follows_its_own_curve(tmp_path, bent, share, way, flag):
    frame = round(share * 80)
    assert frame == share * 80
    end, quarter = (1, 1, 1), (0, 0, np.sqrt(0.5), np.sqrt(0.5))
    for channel in range(4):
        curves = [EVEN] * 4
        curves[channel] = bent
        motion = play(tmp_path, key("センター", 0), key("センター", 80, end, quarter, curve(*curves, flag=flag)))
        centre = joint(motion, "センター")
        moved = (motion.moves[centre][frame] - motion.skeleton.offsets[centre]) / 0.08 * (1, 1, -1)
        turned = 2 * np.arctan2(motion.rotations[frame, centre, 3], motion.rotations[frame, centre, 0]) / (np.pi / 2)
        assert [*moved, turned] == pytest.approx([way if each == channel else share for each in range(4)], abs=1e-6)


def test_truth_curves_keep_to_their_formula_everywhere(tmp_path):
    bent = (30, 110, 90, 5)
    motion = play(tmp_path, key("センター", 0), key("センター", 300, (1, 0, 0), bytes_=curve(bent, EVEN, EVEN, EVEN)))
    centre = joint(motion, "センター")
    t = np.linspace(0, 1, 200_001)
    (x1, y1, x2, y2) = np.array(bent) / 127
    x, y = (3 * (1 - t) ** 2 * t * a + 3 * (1 - t) * t**2 * b + t**3 for a, b in ((x1, x2), (y1, y2)))
    way = (motion.moves[centre][:, 0] - motion.skeleton.offsets[centre][0]) / 0.08
    assert way == pytest.approx(np.interp(np.arange(301) / 300, x, y), abs=1e-6)


def test_law_the_order_of_keys_changes_nothing_and_the_last_of_two_counts(tmp_path):
    keys = [key("頭", frame, turn=(0, np.sin(frame / 50), 0, np.cos(frame / 50))) for frame in (0, 7, 19, 30)]
    there, back = play(tmp_path, *keys), play(tmp_path, *keys[::-1])
    assert np.array_equal(there.rotations, back.rotations)
    assert np.array_equal(play(tmp_path, key("頭", 7, turn=(1, 0, 0, 0)), *keys).rotations, there.rotations)
    late = play(tmp_path, key("頭", 5, turn=(0, 1, 0, 0)), key("首", 9)).rotations[:, joint(there, "頭")]
    assert np.abs(late) == pytest.approx(np.tile([0, 0, 1, 0], (10, 1)))   # it holds before and after


STEP = [key("センター", 0), key("センター", 10, (0, -3, 0)), key("左足ＩＫ", 0), key("左足ＩＫ", 10, (1, 2, 2)),
        key("右足ＩＫ", 0)]


def test_truth_feet_follow_their_targets(tmp_path):
    held = read(tmp_path, vmd(*STEP))
    motion = held.rigs[0].motions[0]
    places, rest = fk(motion), fk(at_rest(model()))[0]
    left, right = joint(motion, "左足首"), joint(motion, "右足首")
    way = np.arange(11)[:, None] / 10 * (0.08, 0.16, -0.16)
    assert places[:, left] == pytest.approx(rest[left] + way, abs=1e-6)
    assert places[:, right] == pytest.approx(np.tile(rest[right], (11, 1)), abs=1e-6)
    knees = places[:, [joint(motion, "左ひざ"), joint(motion, "右ひざ")]]
    legs = (places[:, [joint(motion, "左足"), joint(motion, "右足")]] + places[:, [left, right]]) / 2
    assert (knees[5:, :, 2] - legs[5:, :, 2] > 0.02).all()                 # knees point forwards
    toes = joint(motion, "左足先EX")
    assert places[:, toes] - places[:, left] == pytest.approx(np.tile(rest[toes] - rest[left], (11, 1)), abs=1e-6)
    assert [each.key for each in held.losses] == ["vmd.targets"] and held.losses[0].facts["frames"] == 11


def test_truth_switched_off_the_legs_turn_by_their_own_keys(tmp_path):
    bend = key("左ひざ", 0, turn=(-np.sin(0.3), 0, 0, np.cos(0.3)))
    off = {"左足ＩＫ": 0, "右足ＩＫ": 0, "左つま先ＩＫ": 0, "右つま先ＩＫ": 0}
    motion = play(tmp_path, *STEP, bend, tables=switch((0, off), (6, {"左足ＩＫ": 1})))
    knee, left = joint(motion, "左ひざ"), joint(motion, "左足首")
    own = about(np.array([1.0, 0, 0]), np.array(0.6))                       # left-handed -x is our +x: shin backwards
    assert motion.rotations[:6, knee] == pytest.approx(np.tile(own, (6, 1)), abs=1e-6)
    lifted = fk(at_rest(model()))[0, left, 1] + np.arange(6, 11) * 0.016
    assert fk(motion)[6:, left, 1] == pytest.approx(lifted, abs=1e-6)


def test_truth_a_leg_with_turns_and_no_target_is_turned(tmp_path):
    motion = play(tmp_path, key("左足", 0, turn=(np.sin(0.4), 0, 0, np.cos(0.4))), key("センター", 0, (0, -1, 0)))
    turned = about(np.array([1.0, 0, 0]), np.array(-0.8))
    assert motion.rotations[0, joint(motion, "左足")] == pytest.approx(turned, abs=1e-6)
    ankle = joint(motion, "右足首")
    assert fk(motion)[0, ankle] == pytest.approx(fk(at_rest(model()))[0, ankle], abs=1e-6)  # the other one stays down


def test_truth_a_leg_too_short_points_to_its_target(tmp_path):
    motion = play(tmp_path, key("左足ＩＫ", 0, (30, 40, 0)))
    places = fk(motion)[0]
    hip, knee, ankle = (places[joint(motion, name)] for name in ("左足", "左ひざ", "左足首"))
    target = fk(at_rest(model()))[0, joint(motion, "左足首")] + (2.4, 3.2, 0)
    assert np.cross(ankle - hip, target - hip) == pytest.approx(np.zeros(3), abs=1e-6)
    long = np.linalg.norm(knee - hip) + np.linalg.norm(ankle - knee)
    assert np.linalg.norm(ankle - hip) == pytest.approx(long, abs=1e-4) and (ankle - hip) @ (target - hip) > 0


def test_truth_the_target_turns_the_foot(tmp_path):
    motion = play(tmp_path, key("左足ＩＫ", 0, turn=(0, np.sin(0.25), 0, np.cos(0.25))))
    places, rest = fk(motion)[0], fk(at_rest(model()))[0]
    foot, toes = joint(motion, "左足首"), joint(motion, "左足先EX")
    turned = rotate(about(np.array([0, 1.0, 0]), np.array(-0.5)), rest[toes] - rest[foot])
    assert places[toes] - places[foot] == pytest.approx(turned, abs=1e-6)


def test_truth_what_is_left_out_is_told_in_both_languages(tmp_path):
    tables = struct.pack("<I", 2) + bytes(46) + struct.pack("<I", 1) + bytes(61) + bytes(8)
    keys = key("頭", 0), key("髪１", 0, turn=(1, 0, 0, 0))
    held = read(tmp_path, vmd(*keys, tables=tables, head=b"Vocaloid Motion Data file"))
    assert [(each.key, each.facts["count"]) for each in held.losses if each.key != "vmd.targets"] == [
        ("vmd.morphs", 2), ("vmd.cameras", 1), ("vmd.strange", 1)]
    assert all(each.tell("en") and each.tell("zh") for each in held.losses) and "髪１" in held.losses[2].tell("zh")


def dance(skeleton, seed, frames=40, rate=Fraction(30)):
    """A motion in which every joint turns by up to a radian and the root travels."""
    dice = np.random.default_rng(seed)
    joints = len(skeleton.names)
    waves = np.sin(np.arange(frames)[:, None, None] / 9 + dice.normal(size=(joints, 1))) * dice.normal(size=(joints, 3))
    size = np.linalg.norm(waves, axis=-1, keepdims=True)
    turn = np.concatenate([np.cos(size / 4), np.sin(size / 4) * waves / np.maximum(size, 1e-9)], -1)
    path = skeleton.offsets[0] + np.cumsum(dice.normal(size=(frames, 3)) * 0.02, axis=0)
    return Motion(skeleton, multiply(skeleton.turns, turn), path, rate, name="dance")


def rolled(skeleton, seed):
    """The same rest pose with the joints' own axes turned anyhow."""
    turns = normalised(np.random.default_rng(seed).normal(size=(len(skeleton.names), 4)))
    above = turns[np.maximum(skeleton.parents, 0)]
    above[0] = (1, 0, 0, 0)
    return replace(skeleton, offsets=rotate(inverse(above), skeleton.offsets), turns=multiply(inverse(above), turns))


def there_and_back(tmp_path, motion):
    rig = Rig(motion.skeleton, motions=(motion,))
    losses = write_vmd(rig, tmp_path / "b.vmd")
    return loss(rig, read_vmd(tmp_path / "b.vmd", on=motion.skeleton).rigs[0]), losses


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("body", [model, lambda: rolled(model(), 5), standard, lambda: standard(0.4),
                                  lambda: rolled(standard(), 6)])
def test_law_on_the_same_skeleton_everything_comes_back(tmp_path, body, seed):
    motion = dance(body(), seed)
    found, losses = there_and_back(tmp_path, motion)
    assert found.joints < 1e-6 and found.seconds == 0
    own = [] if "頭" in motion.skeleton.names else [{"count": 1, "first": "chest"}]
    assert [each.facts for each in losses[1:]] == own
    again = (tmp_path / "b.vmd").read_bytes()
    there_and_back(tmp_path, motion)
    assert (tmp_path / "b.vmd").read_bytes() == again


def test_law_paths_of_joints_and_strange_joints_come_back(tmp_path):
    body = standard()
    names, parents = ("root", *body.names, "hat 帽子"), [-1, *(body.parents + 1), body.names.index("head") + 1]
    offsets = np.concatenate([np.zeros((1, 3)), body.offsets, [[0, 0.3, 0]]])
    skeleton = Skeleton(names, np.array(parents, np.int32), offsets, np.tile([1.0, 0, 0, 0], (len(names), 1)))
    motion = dance(skeleton, 3)
    sway = skeleton.offsets[1] + np.sin(np.arange(40)[:, None] / 5) * (0.1, 0.05, 0.2)
    found, losses = there_and_back(tmp_path, replace(motion, moves={1: sway, len(names) - 1: sway}))
    assert found.joints < 1e-6 and [each.key for each in losses] == ["vmd.skeleton", "vmd.own"]
    own = set(read_table(tmp_path / "b.vmd").joints) - set(model().names)
    assert own == {"root", "hips", "chest", "hat 帽子"}


@given(rate=st.sampled_from([24, Fraction(24000, 1001), 25, 50, 60, 119, 120, Fraction(959, 8)]),
       frames=st.integers(1, 90))
@settings(max_examples=20, deadline=None)
def test_law_the_length_is_kept_to_half_a_frame(tmp_path_factory, rate, frames):
    found, _ = there_and_back(tmp_path_factory.mktemp("vmd"), dance(model(), 1, frames, Fraction(rate)))
    assert found.seconds <= 1 / 60 + 1e-12 and found.joints < 1e-6


LIMBS = [(f"{side}{a}", f"{side}{b}") for side in ("left", "right")
         for a, b in (("UpperArm", "LowerArm"), ("LowerArm", "Hand"), ("UpperLeg", "LowerLeg"), ("LowerLeg", "Foot"))]


@pytest.mark.parametrize("body", [standard, lambda: rolled(standard(1.2), 4)])
def test_truth_on_a_model_every_limb_points_where_it_points(tmp_path, body):
    from marrow.bones.mmd import HUMAN

    motion = dance(body(), 8)
    write_vmd(Rig(motion.skeleton, motions=(motion,)), tmp_path / "b.vmd")
    shown = read_vmd(tmp_path / "b.vmd").rigs[0].motions[0]
    ours, theirs = fk(motion), fk(shown)
    for above, below in LIMBS:
        line = ours[:, joint(motion, below)] - ours[:, joint(motion, above)]
        seen = theirs[:, joint(shown, HUMAN[below])] - theirs[:, joint(shown, HUMAN[above])]
        inner = (line * seen).sum(-1) / np.linalg.norm(line, axis=-1) / np.linalg.norm(seen, axis=-1)
        assert np.degrees(np.arccos(np.clip(inner, -1, 1))).max() < 2.5, above
    middle = [each[:, [joint(motion_, name) for name in pair]].mean(1) for each, motion_, pair in (
        (ours, motion, ("leftUpperLeg", "rightUpperLeg")), (theirs, shown, ("左足", "右足")))]
    scale = middle[1] @ (0, 1, 0) / (middle[0] @ (0, 1, 0))
    assert scale == pytest.approx(np.full(40, scale[0]), rel=1e-6)
    assert middle[1] == pytest.approx(middle[0] * scale[0], abs=1e-6)


def test_truth_losses_of_writing(tmp_path):
    motion = dance(standard(), 1, rate=Fraction(60))
    mesh = Mesh(np.zeros((3, 3), np.float32), np.array([[0, 1, 2]], np.int32))
    losses = write_vmd(Rig(motion.skeleton, mesh, motions=(motion, motion)), tmp_path / "b.vmd")
    assert [each.key for each in losses] == ["vmd.skeleton", "vmd.mesh", "vmd.motions", "vmd.rate", "vmd.own"]
    assert all(each.tell("en") and each.tell("zh") for each in losses)
    table = read_table(tmp_path / "b.vmd")
    assert {name for name, rows in table.switches.items() if rows == [(0, False)]} == {
        "左足ＩＫ", "右足ＩＫ", "左つま先ＩＫ", "右つま先ＩＫ"}
    write_vmd(Rig(motion.skeleton), tmp_path / "b.vmd")
    still = read_vmd(tmp_path / "b.vmd", on=motion.skeleton).rigs[0].motions[0]
    assert fk(still)[0] == pytest.approx(fk(at_rest(motion.skeleton))[0], abs=1e-5)
    assert encoded("左足ＩＫ") and not encoded("髋") and not encoded("sixteen letters!")


@pytest.mark.parametrize("names", [("a", "b"), ("Spine", "Tail")])
def test_refuses_what_is_no_human(tmp_path, names):
    still = np.array([[1.0, 0, 0, 0]] * 2)
    skeleton = Skeleton(names, np.array([-1, 0], np.int32), np.array([[0, 0, 0], [0, 1.0, 0]]), still)
    with pytest.raises(InputError) as caught:
        write_vmd(Rig(skeleton), tmp_path / "b.vmd")
    assert caught.value.key == "vmd.body" and "b.vmd" in caught.value.tell("zh") and not (tmp_path / "b.vmd").exists()
    with pytest.raises(InputError) as caught:
        read(tmp_path, vmd(key("頭", 0)), on=skeleton)
    assert caught.value.key == "vmd.body"


@pytest.mark.parametrize(("content", "key_", "family"), [
    (vmd(key("頭", 0))[:-1], "file.ends", InputError), (vmd(key("頭", 0))[:52], "file.ends", InputError),
    (vmd(key("頭", 0), tables=b"\1\0\0\0"), "file.ends", InputError),
    (vmd(key("頭", 0), tables=bytes(16) + b"\xff\xff\xff\xff"), "file.ends", InputError),
    (b"Vocaloid" + bytes(99), "file.looks_unknown", InputError), (vmd(), "vmd.empty", InputError),
    (vmd(tables=bytes(4) + struct.pack("<I", 1) + bytes(61)), "vmd.camera", InputError),
    (vmd(key("頭", 0, (np.nan, 0, 0))), "vmd.number", InputError),
    (vmd(key("頭", 0, (0, 1e30, 0))), "vmd.number", InputError),
    (vmd(key("頭", 4_000_000_000)), "vmd.long", LimitError)])
def test_refuses_a_broken_file(tmp_path, content, key_, family):
    with pytest.raises(family) as caught:
        read(tmp_path, content)
    assert caught.value.key == key_ and "a.vmd" in caught.value.tell("zh")


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_refuses_damage_in_one_sentence(tmp_path_factory, data):
    content = bytearray(vmd(*STEP, tables=switch((0, {"左足ＩＫ": 0}), (6, {"左足ＩＫ": 1}))))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(20, len(content) - 1))
        content[at:at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    path = tmp_path_factory.mktemp("vmd") / "a.vmd"
    path.write_bytes(bytes(content))
    try:
        if read_table(path).count > 5000:
            return
        motion = read_vmd(path).rigs[0].motions[0]
    except (InputError, LimitError) as error:
        assert str(path) in error.tell("zh")
    else:
        assert np.isfinite(fk(motion)).all() and rest_turns(motion.skeleton).shape == (len(motion.skeleton.names), 4)


@pytest.mark.skipif(not MATERIAL.is_dir(), reason="the shared material is not beside this checkout")
def test_truth_motions_of_the_material_come_back(tmp_path):
    for name in ("cmu1_jumping_jacks", "fair1_jumping", "rokoko_jesse_dance", "example", "xia_neutral_01_000"):
        motion = read_bvh(next(MATERIAL.rglob(f"{name}.bvh"))).rigs[0].motions[0]
        found, _ = there_and_back(tmp_path, motion)
        assert found.joints < 1e-5 and found.seconds <= 1 / 60 + 1e-9, name
