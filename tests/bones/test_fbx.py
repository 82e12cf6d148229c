"""FBX: joints and skins where other programs put them, units and axes and rates exact, bad files told in a sentence."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from marrow.bones.formats import nodes_mesh
from marrow.bones.formats.fbx import _asked, read_fbx
from marrow.bones.formats.nodes import Tree, bodies, contents, parted
from marrow.bones.skeleton import at_rest, fk, world
from marrow.errors import InputError, LimitError, MarrowError
from marrow.rotations import about, from_euler, to_matrix

MATERIAL = Path(__file__).parents[2].parent / "shared" / "material" / "fbx"
TICKS = 46186158000
needs_material = pytest.mark.skipif(not MATERIAL.exists(), reason="the shared material is not here")


def ascii_fbx(models, curves=(), *, unit=1.0, up="y", fps=11, parents=None, custom=-1.0, span=(0.0, 1.0)):
    """A small FBX 7.4: models [(id, name, kind, {property: values})], curves [(model, axis, times, values)]."""
    axes = {"y": (1, 1, 2, 1, 0, 1), "z": (2, 1, 1, -1, 0, 1)}[up]
    names = ("UpAxis", "UpAxisSign", "FrontAxis", "FrontAxisSign", "CoordAxis", "CoordAxisSign")
    said = "".join(f'P: "{name}", "int", "Integer", "",{value}\n' for name, value in zip(names, axes, strict=True))
    said += (f'P: "UnitScaleFactor", "double", "Number", "",{unit * 100}\nP: "TimeMode", "enum", "", "",{fps}\n'
             f'P: "CustomFrameRate", "double", "Number", "",{custom}\n')
    objects, links = "", ""
    for number, name, kind, values in models:
        rows = "".join(f'P: "{key}", "{key}", "", "A",{",".join(map(str, each))}\n' for key, each in values.items())
        objects += f'Model: {number}, "Model::{name}", "{kind}" {{\nVersion: 232\nProperties70: {{\n{rows}}}\n}}\n'
        links += f'C: "OO",{number},{(parents or {}).get(number, 0)}\n'
        if kind == "LimbNode":
            objects += f'NodeAttribute: {number + 500}, "NodeAttribute::", "LimbNode" {{\nTypeFlags: "Skeleton"\n}}\n'
            links += f'C: "OO",{number + 500},{number}\n'
    start, stop = (round(each * TICKS) for each in span)
    if curves:
        objects += (f'AnimationStack: 900, "AnimStack::walk", "" {{\nProperties70: {{\nP: "LocalStart", "KTime", '
                    f'"Time", "",{start}\nP: "LocalStop", "KTime", "Time", "",{stop}\n}}\n}}\nAnimationLayer: 901, '
                    f'"AnimLayer::Base", "" {{\n}}\n')
        links += 'C: "OO",901,900\n'
    nodes = sorted({(model, what.rsplit(" ", 1)[0]) for model, what, _, _ in curves})
    for place, (model, kind) in enumerate(nodes):
        objects += f'AnimationCurveNode: {1000 + place}, "AnimCurveNode::x", "" {{\n}}\n'
        links += f'C: "OO",{1000 + place},901\nC: "OP",{1000 + place},{model}, "{kind}"\n'
    for place, (model, what, times, values) in enumerate(curves, 2000):
        kind, axis = what.rsplit(" ", 1)
        keys = ",".join(str(round(each * TICKS)) for each in times)
        objects += (f'AnimationCurve: {place}, "AnimCurve::", "" {{\nDefault: 0\nKeyVer: 4008\n'
                    f'KeyTime: *{len(times)} {{\na: {keys}\n}}\nKeyValueFloat: *{len(values)} {{\n'
                    f'a: {",".join(map(str, values))}\n}}\nKeyAttrFlags: *1 {{\na: 4\n}}\n'
                    f'KeyAttrDataFloat: *4 {{\na: 0,0,0,0\n}}\nKeyAttrRefCount: *1 {{\na: {len(times)}\n}}\n}}\n')
        links += f'C: "OP",{place},{1000 + nodes.index((model, kind))}, "d|{axis}"\n'
    return (f'; FBX 7.4.0 project file\nFBXHeaderExtension: {{\nFBXHeaderVersion: 1003\nFBXVersion: 7400\n}}\n'
            f'GlobalSettings: {{\nVersion: 1000\nProperties70: {{\n{said}}}\n}}\nObjects: {{\n{objects}}}\n'
            f'Connections: {{\n{links}}}\n')


ARM = [(1, "shoulder", "LimbNode", {"Lcl Translation": (0, 100, 0)}),
       (2, "elbow", "LimbNode", {"Lcl Translation": (30, 0, 0), "PreRotation": (0, 0, 90), "RotationActive": (1,)}),
       (3, "wrist", "LimbNode", {"Lcl Translation": (25, 0, 0)})]
CHAIN = {2: 1, 3: 2}


def read(tmp_path, text):
    path = tmp_path / "a.fbx"
    path.write_text(text, "utf-8")
    return read_fbx(path)


def test_truth_units_axes_and_pre_rotation_by_hand(tmp_path):
    held = read(tmp_path, ascii_fbx(ARM, unit=0.01, parents=CHAIN))
    places = fk(at_rest(held.rigs[0].skeleton))[0]
    np.testing.assert_allclose(places, [[0, 1, 0], [0.3, 1, 0], [0.3, 1.25, 0]], atol=1e-9)
    assert held.rigs[0].skeleton.names == ("shoulder", "elbow", "wrist")
    assert (held.stated["unit"], held.stated["up"], held.stated["handed"]) == (0.01, "y", "right")
    lying = read(tmp_path, ascii_fbx(ARM, unit=0.0254, up="z", parents=CHAIN))
    places = fk(at_rest(lying.rigs[0].skeleton))[0]
    np.testing.assert_allclose(places[0], [0, 0, -2.54], atol=1e-9)
    assert (lying.stated["up"], lying.stated["handed"]) == ("z", "right")


def test_truth_every_frame_is_evaluated_at_its_exact_time(tmp_path):
    times = [0.0, 1.0]
    text = ascii_fbx(ARM, [(1, "Lcl Rotation Y", times, [0, 90]), (1, "Lcl Translation X", times, [0, 50])],
                     unit=0.01, parents=CHAIN, fps=13)
    motion = read(tmp_path, text).rigs[0].motions[0]
    assert motion.rate == Fraction(24000, 1001)
    assert len(motion.rotations) == 25
    assert motion.moves == {}
    moment = np.minimum(np.arange(25) * 1001 / 24000, 1)
    np.testing.assert_allclose(motion.root[:, 0], 0.5 * moment, atol=1e-6)
    np.testing.assert_allclose(motion.rotations[:, 0], about(np.array([0, 1, 0]), np.radians(90 * moment)), atol=1e-5)


def test_truth_a_joint_that_travels_in_its_parents_space_keeps_its_path(tmp_path):
    text = ascii_fbx(ARM, [(3, "Lcl Translation X", [0, 1], [25, 75])], unit=0.01, parents=CHAIN)
    motion = read(tmp_path, text).rigs[0].motions[0]
    assert list(motion.moves) == [2]
    np.testing.assert_allclose(motion.moves[2][[0, 12, 24], 0], [0.25, 0.5, 0.75], atol=1e-6)


@pytest.mark.parametrize(("mode", "custom", "rate"), [(9, -1, Fraction(30000, 1001)), (6, -1, 30), (10, -1, 25),
                                                     (17, -1, Fraction(60000, 1001)), (14, 119.875, Fraction(959, 8)),
                                                     (14, 23.976024, Fraction(24000, 1001))])
def test_truth_rates_are_exact(tmp_path, mode, custom, rate):
    text = ascii_fbx(ARM, [(1, "Lcl Rotation Y", [0, 1], [0, 90])], parents=CHAIN, fps=mode, custom=custom)
    assert read(tmp_path, text).rigs[0].motions[0].rate == rate


def test_truth_keys_denser_than_the_stated_rate_are_all_read(tmp_path):
    times = [k / 120 for k in range(121)]
    angles = [float(30 * np.sin(k)) for k in range(121)]
    text = ascii_fbx(ARM, [(1, "Lcl Rotation Z", times, angles)], parents=CHAIN, fps=6)
    motion = read(tmp_path, text).rigs[0].motions[0]
    assert motion.rate == 120
    np.testing.assert_allclose(motion.rotations[:, 0], about(np.array([0, 0, 1.0]), np.radians(angles)), atol=1e-5)


def test_truth_even_scale_goes_into_the_offsets(tmp_path):
    models = [(1, "Armature", "Null", {"Lcl Scaling": (100, 100, 100), "Lcl Rotation": (-90, 0, 0)}),
              (2, "hip", "LimbNode", {"Lcl Translation": (0, 0, 1)}),
              (3, "knee", "LimbNode", {"Lcl Translation": (0, 0, -0.4)})]
    held = read(tmp_path, ascii_fbx(models, unit=0.01, parents={2: 1, 3: 2}))
    assert held.rigs[0].name == "Armature"
    assert held.rigs[0].skeleton.names == ("hip", "knee")
    np.testing.assert_allclose(fk(at_rest(held.rigs[0].skeleton))[0], [[0, 1, 0], [0, 0.6, 0]], atol=1e-9)


def test_truth_scale_that_changes_is_told_and_joints_stay_where_they_are(tmp_path):
    text = ascii_fbx(ARM, [(1, f"Lcl Scaling {axis}", [0, 1], [1, 2]) for axis in "XYZ"], unit=0.01, parents=CHAIN)
    held = read(tmp_path, text)
    motion = held.rigs[0].motions[0]
    np.testing.assert_allclose(fk(motion)[-1], [[0, 1, 0], [0.6, 1, 0], [0.6, 1.5, 0]], atol=1e-6)
    assert [each.facts["names"] for each in held.losses if each.key == "nodes.scaled"] == ["shoulder, elbow, wrist"]


def test_truth_characters_are_told_apart_and_bones_below_one_node_belong_together(tmp_path):
    models = [(1, "hero", "Null", {}), (2, "pelvis", "LimbNode", {"Lcl Translation": (0, 90, 0)}),
              (3, "goal", "LimbNode", {"Lcl Translation": (20, 0, 0)}), (4, "dog", "LimbNode", {}),
              (5, "tail", "LimbNode", {"Lcl Translation": (0, 0, -9)})]
    held = read(tmp_path, ascii_fbx(models, unit=0.01, parents={2: 1, 3: 1, 5: 4}))
    assert [(rig.name, rig.skeleton.names) for rig in held.rigs] == [("hero", ("hero", "pelvis", "goal")),
                                                                    ("dog", ("dog", "tail"))]


def test_truth_moving_nodes_without_bones_become_a_rig(tmp_path):
    models = [(1, "door", "Null", {"Lcl Translation": (100, 0, 0)}), (2, "still", "Null", {})]
    held = read(tmp_path, ascii_fbx(models, [(1, "Lcl Rotation Y", [0, 1], [0, 90])], unit=0.01))
    assert [rig.skeleton.names for rig in held.rigs] == [("door",)]
    np.testing.assert_allclose(held.rigs[0].motions[0].root[:, 0], 1)


def test_truth_a_take_longer_than_anyone_can_hold_is_left_out_and_told(tmp_path):
    text = ascii_fbx(ARM, [(1, "Lcl Rotation Y", [0, 9e5], [0, 90])], parents=CHAIN, span=(0, 9e5))
    held = read(tmp_path, text)
    assert held.rigs[0].motions == ()
    assert [each.key for each in held.losses] == ["nodes.long"]


def test_truth_thousands_of_meshes_are_read(tmp_path):
    objects, links = "", ""
    for number in range(2000):
        objects += (f'Model: {2 * number + 1}, "Model::m{number}", "Mesh" {{\nVersion: 232\n}}\n'
                    f'Geometry: {2 * number + 2}, "Geometry::", "Mesh" {{\nVertices: *9 {{\n'
                    f'a: 0,0,{number},1,0,0,0,1,0\n}}\nPolygonVertexIndex: *3 {{\na: 0,1,-3\n}}\n}}\n')
        links += f'C: "OO",{2 * number + 1},0\nC: "OO",{2 * number + 2},{2 * number + 1}\n'
    text = ascii_fbx([], unit=1.0).replace("Objects: {\n", "Objects: {\n" + objects)
    held = read(tmp_path, text.replace("Connections: {\n", "Connections: {\n" + links))
    assert len(held.meshes) == 2000
    assert held.meshes[1999].vertices[:, 2].tolist() == [1999, 0, 0]


def test_law_turns_and_stretches_give_the_map_back():
    chance = np.random.default_rng(3)
    maps = chance.normal(size=(50, 3, 3))
    turns, stretch = parted(maps)
    np.testing.assert_allclose(turns @ stretch, maps, atol=1e-12)
    np.testing.assert_allclose(np.linalg.det(turns), 1)
    turned = to_matrix(about(np.array([0.6, 0.8, 0]), np.linspace(0, 3, 20)))
    turns, stretch = parted(turned * (2.0, 3.0, 0.5))
    np.testing.assert_allclose(turns, turned, atol=1e-12)


# The material: bodies, skins and takes of many programs

def posed(rig, motion, frame):
    """Skinned vertices (n, 3) by linear blending."""
    places, turns = world(motion)
    joints = np.tile(np.eye(4), (len(places[0]), 1, 1))
    joints[:, :3, :3], joints[:, :3, 3] = to_matrix(turns[frame]), places[frame]
    maps = joints @ np.linalg.inv(rig.skin.bind)
    flat = np.c_[rig.mesh.vertices, np.ones(len(rig.mesh.vertices))]
    return np.einsum("vk,vkab,vb->va", rig.skin.weights, maps[rig.skin.joints], flat)[:, :3]


def expected(name):
    rows = (MATERIAL / "expected" / f"{name}.obj").read_text().splitlines()
    return np.array([row.split()[1:4] for row in rows if row.startswith("v ")], float)


def gap(some, others):
    """The largest distance from a point of either set to the other set."""
    apart = np.linalg.norm(some[:, None] - others[None], axis=-1)
    return max(apart.min(0).max(), apart.min(1).max())


@needs_material
@pytest.mark.parametrize(("name", "take", "second", "wanted", "near"), [
    ("maya_game_sausage_7500_binary_combined", "wiggle", Fraction(10, 24), "maya_game_sausage_wiggle_10", 1e-6),
    ("maya_game_sausage_6100_ascii_wiggle", "wiggle", Fraction(10, 24), "maya_game_sausage_wiggle_10", 1e-6),
    ("synthetic_sausage_wiggle_no_bind_7500_ascii", "wiggle", Fraction(10, 24), "maya_game_sausage_wiggle_10", 1e-6),
    ("maya_kenney_character_7700_binary", "Take 001", Fraction(4, 24), "maya_kenney_character_4", 5e-4),
    ("max7_skin_5000_binary", "Take 001", Fraction(5, 30), "max7_skin_5", 3e-3)])
def test_truth_skins_are_where_other_programs_put_them(name, take, second, wanted, near):
    held = read_fbx(MATERIAL / f"{name}.fbx")
    rig = held.rigs[0]
    motion = next(each for each in rig.motions if each.name == take)
    frame = (second - Fraction(held.stated["starts"][take]).limit_denominator(1000)) * motion.rate
    assert frame.denominator == 1
    want = expected(wanted)
    assert gap(posed(rig, motion, int(frame)) / held.stated["unit"], want) < near
    assert gap(posed(rig, motion, int(frame) + 1) / held.stated["unit"], want) > 100 * near


@needs_material
def test_truth_inherited_scale_is_evaluated_as_motion_builder_does():
    facts, arrays = _asked(MATERIAL / "motionbuilder_sausage_rrss_7700_binary.fbx")
    tree = Tree(facts, arrays, facts["nodes"]["names"], facts["nodes"]["parents"], facts["nodes"]["kinds"],
                arrays[facts["rest"]])
    take, mesh = facts["takes"][0], facts["meshes"][0]
    skin = mesh["skin"]
    at = {node: place for place, node in enumerate(arrays[take["moved"]].tolist())}
    maps = np.array([nodes_mesh.chained(arrays[take["worlds"]][12, at[bone]], inverse)
                     for bone, inverse in zip(skin["bones"], arrays[skin["inverse"]], strict=True)])
    points, made = arrays[mesh["points"]], np.zeros_like(arrays[mesh["points"]])
    total = np.bincount(arrays[skin["vertex"]], arrays[skin["weight"]], len(points))
    for vertex, cluster, weight in zip(*(arrays[skin[key]] for key in ("vertex", "cluster", "weight")), strict=True):
        made[vertex] += weight / total[vertex] * (maps[cluster][:, :3] @ points[vertex] + maps[cluster][:, 3])
    np.testing.assert_allclose(made * 100, expected("motionbuilder_sausage_rrss_12"), atol=1e-6)
    assert bodies(tree)[0].names == ("Skeleton", "Bottom", "Middle", "Top")


@needs_material
@pytest.mark.slow
def test_law_every_file_opens_or_is_refused_in_a_sentence():
    refused = {}
    for path in sorted(MATERIAL.glob("*.fbx")):
        try:
            held = read_fbx(path)
        except MarrowError as error:
            refused[path.stem] = error
            continue
        assert held.rigs or held.meshes, path
        for rig in held.rigs:
            assert all(np.isfinite(fk(motion)).all() for motion in rig.motions)
            if rig.skin is not None:
                total = rig.skin.weights.sum(1)
                assert np.all((np.abs(total - 1) < 1e-5) | (total == 0))
        for each in held.losses:
            assert each.tell("zh") != each.tell("en")
    assert list(refused) == ["synthetic_truncated_quot_fail_7500_ascii"]
    assert isinstance(refused.popitem()[1], InputError)


@needs_material
def test_law_one_scene_written_two_ways_is_one_scene():
    upright, lying = (read_fbx(MATERIAL / f"blender_340_{axis}_up_7400_binary.fbx") for axis in "yz")
    for one, other in zip(upright.meshes, lying.meshes, strict=True):
        np.testing.assert_allclose(one.vertices, other.vertices, atol=1e-5)
    cubes = [read_fbx(MATERIAL / f"maya_cube_{form}.fbx").meshes[0].vertices
             for form in ("6100_ascii", "7500_binary", "big_endian_7500_binary")]
    assert np.ptp(cubes, axis=0).max() < 1e-7


@needs_material
def test_truth_looks_and_textures_inside_the_file_survive():
    body = read_fbx(MATERIAL / "blender_293_barbarian_7400_binary.fbx").rigs[0]
    assert body.mesh.materials[0].pictures["colour"].startswith(b"\x89PNG")
    assert body.mesh.uv.min() >= 0
    assert body.mesh.uv.max() <= 1


@needs_material
def test_refuses_files_broken_at_every_place_and_lives_on():
    chance = np.random.default_rng(11)
    whole = [path.read_bytes() for path in sorted(MATERIAL.glob("*.fbx")) if path.stat().st_size < 60_000]
    survive_mutations(whole, chance, 16)


@needs_material
@pytest.mark.slow
def test_refuses_three_hundred_broken_files_and_lives_on():
    chance = np.random.default_rng(12)
    survive_mutations([path.read_bytes() for path in sorted(MATERIAL.glob("*.fbx"))], chance, 300)


def survive_mutations(whole, chance, count):
    """Read broken copies: every error is one of ours, in a sentence."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "broken.fbx"
        for _ in range(count):
            content = bytearray(whole[chance.integers(len(whole))])
            for _ in range(chance.integers(1, 9)):
                content[chance.integers(len(content))] = chance.integers(256)
            if chance.random() < 0.3:
                del content[chance.integers(len(content)):]
            path.write_bytes(content or b"x")
            try:
                read_fbx(path)
            except (InputError, LimitError) as error:
                assert error.tell("zh")


def test_refuses_a_file_that_kills_its_reader_and_lives_on(tmp_path, monkeypatch):
    far = tmp_path / "far.py"
    far.write_text("import os, sys; sys.stdin.readline(); os.kill(os.getpid(), 11)")
    monkeypatch.setattr("marrow.bones.formats.fbx.FAR", far)
    with pytest.raises(InputError) as caught:
        read(tmp_path, ascii_fbx(ARM))
    assert caught.value.key == "fbx.deadly"


def test_refuses_pictures_and_words_under_a_false_name(tmp_path):
    path = tmp_path / "a.fbx"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    with pytest.raises(InputError) as caught:
        read_fbx(path)
    assert caught.value.key == "file.looks_picture"
    path.write_text("once upon a time", "utf-8")
    with pytest.raises(InputError) as caught:
        read_fbx(path)
    assert caught.value.key == "fbx.broken"


def test_refuses_a_node_that_is_nowhere(tmp_path):
    rest = np.full((1, 3, 4), np.nan)
    facts = {"nodes": {"names": ["a"], "parents": [-1], "kinds": ["bone"]}, "rest": 0}
    with pytest.raises(InputError) as caught:
        contents("fbx", facts, [rest], tmp_path)
    assert caught.value.key == "nodes.nan"


def test_truth_euler_orders_are_evaluated(tmp_path):
    angles = (20, 30, 40)
    for number, order in enumerate(("ZYX", "YZX", "XZY", "ZXY", "YXZ", "XYZ")):
        model = [(1, "a", "LimbNode", {"Lcl Rotation": angles, "RotationOrder": (number,), "RotationActive": (1,)})]
        turn = read(tmp_path, ascii_fbx(model)).rigs[0].skeleton.turns[0]
        want = from_euler(order, np.radians([angles["XYZ".index(axis)] for axis in order]))
        assert abs(abs(turn @ want) - 1) < 1e-9, order
