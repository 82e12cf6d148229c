"""glTF: bodies come back as they were; foreign files mean what the format says; hostile ones are refused."""

import base64
import json
import struct
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marrow import forms, rotations
from marrow.errors import InputError, LimitError
from marrow.forms import gltf, gltf_file
from marrow.forms.gltf_motion import rate_of, sampled
from marrow.media import Material, Mesh, Motion, Rig, Skeleton, Skin

RIGS = Path(__file__).parents[2].parent / "shared" / "material" / "rigs"
PNG = b"\x89PNG\r\n\x1a\n a picture"
RATES = [*map(Fraction, (24, 30, 120, 100)), Fraction(959, 8), Fraction(24000, 1001), Fraction(1, 3)]


def turns(dice, *shape):
    return rotations.normalised(dice.normal(size=(*shape, 4)))


def body(seed, *, wide=4, rate=Fraction(24000, 1001)):
    """A body made by chance: 7 joints, 40 vertices, two materials, two shapes, a motion with a joint that travels."""
    dice = np.random.default_rng(seed)
    joints, count, frames = 7, 40, 11
    parents = np.array([-1, *(int(dice.integers(0, each)) for each in range(1, joints))], np.int32)
    skeleton = Skeleton(tuple(f"关节 {each}" for each in range(joints)), parents, dice.normal(size=(joints, 3)),
                        turns(dice, joints))
    bind = np.tile(np.eye(4), (joints, 1, 1))
    bind[:, :3, :3], bind[:, :3, 3] = rotations.to_matrix(turns(dice, joints)), dice.normal(size=(joints, 3))
    weights = dice.random((count, wide)).astype(np.float32) + 0.01
    weights /= weights.sum(1, keepdims=True)
    normals = dice.normal(size=(count, 3))
    looks = (Material("皮肤", (0.5, 0.25, 1.0, 1.0), 0.5, 0.25, (2.0, 0.5, 0.0), {"colour": PNG, "normal": PNG + b"2"}),
             Material("hair", alpha="mask", cutoff=0.25, two_sided=True))
    mesh = Mesh(dice.normal(size=(count, 3)).astype(np.float32), dice.integers(0, count, (30, 3)).astype(np.int32),
                (normals / np.linalg.norm(normals, axis=1)[:, None]).astype(np.float32),
                dice.random((count, 2)).astype(np.float32), dice.integers(0, 256, (count, 4)).astype(np.uint8),
                looks, np.repeat([0, 1], 15).astype(np.int32),
                {"smile": dice.normal(size=(count, 3)).astype(np.float32),
                 "blink": np.eye(count, 3, dtype=np.float32)}, "body")
    skin = Skin(dice.integers(0, joints, (count, wide)).astype(np.int32), weights, bind)
    motion = Motion(skeleton, turns(dice, frames, joints), dice.normal(size=(frames, 3)), rate,
                    {3: dice.normal(size=(frames, 3))}, "走")
    return Rig(skeleton, mesh, skin, (motion,), "father")


def near(found, wanted, slack=2e-6):
    """Equal names, rates, faces and looks; numbers within float32."""
    assert found.skeleton.names == wanted.skeleton.names and found.name == wanted.name
    assert np.array_equal(found.skeleton.parents, wanted.skeleton.parents)
    for part in ("offsets", "turns"):
        assert getattr(found.skeleton, part) == pytest.approx(getattr(wanted.skeleton, part), abs=1e-14)
    for left, right in zip(found.motions, wanted.motions, strict=True):
        assert left.rate == right.rate and left.name == right.name and left.moves.keys() == right.moves.keys()
        assert left.root == pytest.approx(right.root, abs=slack)
        assert np.abs((left.rotations * right.rotations).sum(-1)) == pytest.approx(1, abs=1e-9)
        for joint, path in left.moves.items():
            assert path == pytest.approx(right.moves[joint], abs=slack)
    if wanted.mesh is not None:
        for part in ("vertices", "faces", "normals", "uv", "colours", "material"):
            assert np.array_equal(getattr(found.mesh, part), getattr(wanted.mesh, part)), part
        assert found.mesh.materials == wanted.mesh.materials and found.mesh.name == wanted.mesh.name
        assert list(found.mesh.shapes) == list(wanted.mesh.shapes)
        assert all(np.array_equal(found.mesh.shapes[each], wanted.mesh.shapes[each]) for each in wanted.mesh.shapes)
        assert np.array_equal(found.skin.joints, wanted.skin.joints)
        assert np.array_equal(found.skin.weights, wanted.skin.weights)
        assert found.skin.bind == pytest.approx(wanted.skin.bind, abs=slack)


class Scene:
    """A glTF file put together by the specification alone."""

    def __init__(self, **tree):
        self.tree = {"asset": {"version": "2.0"}, "bufferViews": [], "accessors": [], **tree}
        self.bytes = b""

    def add(self, values, kind="f4", **more):
        values = np.asarray(values, kind)
        shape = {1: "SCALAR"}.get(values.ndim) or {2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}[values.shape[1]]
        code = {"f4": 5126, "u1": 5121, "i1": 5120, "u2": 5123, "i2": 5122, "u4": 5125}[kind]
        self.tree["bufferViews"].append({"buffer": 0, "byteOffset": len(self.bytes), "byteLength": values.nbytes})
        self.bytes += values.tobytes() + b"\0" * (-values.nbytes % 4)
        self.tree["accessors"].append({"bufferView": len(self.tree["bufferViews"]) - 1, "componentType": code,
                                       "count": len(values), "type": shape, **more})
        return len(self.tree["accessors"]) - 1

    def save(self, path):
        uri = "data:application/octet-stream;base64," + base64.b64encode(self.bytes).decode()
        path.write_text(json.dumps({**self.tree, "buffers": [{"byteLength": len(self.bytes), "uri": uri}]}))
        return path


def inverse(*matrices):
    return np.linalg.inv(np.stack(matrices)).swapaxes(1, 2).reshape(-1, 16)


def trs(place=(0, 0, 0), turn=(1, 0, 0, 0), scale=1.0):
    made = np.eye(4)
    made[:3, :3], made[:3, 3] = rotations.to_matrix(np.array(turn, float)) * scale, place
    return made


def skinned(rig, motion, number):
    """Vertices (n, 3) of a rig in frame `number`, by the definition of linear blend skinning."""
    world = []
    for joint, parent in enumerate(rig.skeleton.parents.tolist()):
        at = motion.root if joint == 0 else motion.moves.get(joint)
        local = trs(rig.skeleton.offsets[joint] if at is None else at[number], motion.rotations[number, joint])
        world.append(local if parent < 0 else world[parent] @ local)
    across = np.stack(world) @ np.linalg.inv(rig.skin.bind)
    full = np.concatenate([rig.mesh.vertices, np.ones((len(rig.mesh.vertices), 1))], axis=1)
    return np.einsum("nk,nkab,nb->na", rig.skin.weights, across[rig.skin.joints], full)[:, :3]


@given(seed=st.integers(0, 999), wide=st.sampled_from([4, 8]), rate=st.sampled_from(RATES))
@settings(max_examples=25, deadline=None)
def test_law_a_body_comes_back_and_equal_bodies_are_equal_bytes(tmp_path_factory, seed, wide, rate):
    folder, rig = tmp_path_factory.mktemp("body"), body(seed, wide=wide, rate=rate)
    for name in ("a.glb", "b.glb", "c.gltf"):
        assert gltf.write_gltf(rig, folder / name) == ()
    near(forms.read("rig", folder / "a.glb"), rig)
    near(gltf.read_rig(folder / "c.gltf"), rig)
    assert (folder / "a.glb").read_bytes() == (folder / "b.glb").read_bytes()
    assert gltf.read_gltf(folder / "a.glb").losses == ()


def test_law_a_mesh_comes_back_alone_and_out_of_its_body(tmp_path):
    rig = body(1)
    forms.write(rig.mesh, tmp_path / "a.glb")
    gltf.write_rig(rig, tmp_path / "b.glb")
    for name in ("a.glb", "b.glb"):
        mesh = forms.read("mesh", tmp_path / name)
        assert np.array_equal(mesh.vertices, rig.mesh.vertices) and np.array_equal(mesh.faces, rig.mesh.faces)
        assert mesh.materials == rig.mesh.materials and mesh.name == "body"
    bare = replace(rig.mesh, normals=None, uv=None, colours=None, materials=(), material=None, shapes={})
    forms.write(bare, tmp_path / "c.glb")
    mesh = forms.read("mesh", tmp_path / "c.glb")
    assert mesh.normals is mesh.uv is mesh.colours is mesh.material is None and mesh.materials == ()


def test_law_a_bare_skeleton_and_a_still_joint_come_back(tmp_path):
    rig = replace(body(2), mesh=None, skin=None)
    motion = replace(rig.motions[0], moves={})
    motion.rotations[:, 2:] = motion.rotations[0, 2:]
    motion.rotations[:, 4] = rig.skeleton.turns[4]
    for frames in (1, 2, 11):
        short = replace(motion, rotations=motion.rotations[:frames], root=motion.root[:frames])
        gltf.write_rig(replace(rig, motions=(short, short)), tmp_path / "a.glb")
        near(gltf.read_rig(tmp_path / "a.glb"), replace(rig, motions=(short, short)))


def test_law_every_colour_survives_the_trip_through_linear_light(tmp_path):
    shades = np.stack([np.arange(256)] * 4, axis=1).astype(np.uint8)
    mesh = Mesh(np.zeros((256, 3), np.float32), np.array([[0, 1, 2]], np.int32), colours=shades)
    gltf.write_mesh(mesh, tmp_path / "a.glb")
    assert np.array_equal(gltf.read_mesh(tmp_path / "a.glb").colours, shades)


@pytest.mark.parametrize("path", sorted(RIGS.glob("*.glb")) or [None], ids=lambda path: getattr(path, "stem", "none"))
def test_law_the_rigs_of_the_material_come_back(tmp_path, path):
    if path is None:
        pytest.skip("the material is not here")
    rig = gltf.read_rig(path)
    gltf.write_rig(rig, tmp_path / "a.glb")
    again = gltf.read_rig(tmp_path / "a.glb")
    if rig.mesh is not None and rig.mesh.material is not None:   # faces are written material by material
        order = np.argsort(rig.mesh.material, kind="stable")
        rig = replace(rig, mesh=replace(rig.mesh, faces=rig.mesh.faces[order], material=rig.mesh.material[order]))
    near(again, rig, 1e-5)


def test_truth_the_rigs_of_the_material_stand_in_their_bind_pose():
    if not RIGS.exists():
        pytest.skip("the material is not here")
    for name, joints, tall in (("human-male", 66, 1.8), ("rig-human", 66, None), ("rig-fox", 49, None)):
        rig = gltf.read_rig(RIGS / f"{name}.glb")
        assert len(rig.skeleton.names) == joints
        if tall:
            assert np.ptp(rig.mesh.vertices[:, 1]) == pytest.approx(tall, abs=0.1)
            assert skinned(rig, still(rig), 0) == pytest.approx(rig.mesh.vertices, abs=1e-4)


def still(rig):
    return Motion(rig.skeleton, rig.skeleton.turns[None], rig.skeleton.offsets[None, 0], Fraction(24))


@given(seed=st.integers(0, 999), scaled=st.booleans())
@settings(max_examples=25, deadline=None)
def test_truth_vertices_move_as_the_format_says(tmp_path_factory, seed, scaled):
    """A scene of six scaled nodes in a chain under a scaled, turned parent, posed by plain matrix products."""
    dice = np.random.default_rng(seed)
    sizes = np.exp(dice.normal(size=7)) * dice.choice([-1, 1], 7) if scaled else np.ones(7)
    places, rest, frames = dice.normal(size=(7, 3)), turns(dice, 7), 5
    path, spun = dice.normal(size=(frames, 3)), turns(dice, frames, 6)
    binds = [trs(dice.normal(size=3), turns(dice, 1)[0], size) for size in dice.random(6) + 0.5]
    vertices, joints = dice.normal(size=(9, 3)), dice.integers(0, 6, (9, 4))
    weights = dice.random((9, 4)) + 0.1
    weights /= weights.sum(1, keepdims=True)
    nodes = [{"translation": places[each].tolist(), "rotation": rest[each][[1, 2, 3, 0]].tolist(),
              "scale": [sizes[each]] * 3, "children": [each + 1]} for each in range(7)]
    nodes[6]["children"] = [8]
    scene = Scene(nodes=[*nodes, {"mesh": 0, "skin": 0}, {"name": "tip"}])
    clock = scene.add(np.arange(frames) / 30)
    samplers = [{"input": clock, "output": scene.add(path)},
                *({"input": clock, "output": scene.add(spun[:, each][:, [1, 2, 3, 0]])} for each in range(6))]
    channels = [{"sampler": 0, "target": {"node": 3, "path": "translation"}},
                *({"sampler": each + 1, "target": {"node": each + 1, "path": "rotation"}} for each in range(6))]
    scene.tree |= {
        "skins": [{"joints": [1, 2, 3, 4, 5, 6], "inverseBindMatrices": scene.add(inverse(*binds))}],
        "animations": [{"channels": channels, "samplers": samplers}],
        "meshes": [{"primitives": [{"attributes": {
            "POSITION": scene.add(vertices), "JOINTS_0": scene.add(joints, "u2"), "WEIGHTS_0": scene.add(weights)}}]}]}
    rig = gltf.read_rig(scene.save(tmp_path_factory.mktemp("scene") / "a.gltf"))
    assert rig.motions[0].rate == 30 and len(rig.skeleton.names) == 7
    for number in range(frames):
        world, stack = trs(places[0], rest[0], sizes[0]), []
        for each in range(1, 7):
            place = path[number] if each == 3 else places[each]
            world = world @ trs(place, spun[number, each - 1], sizes[each])
            stack.append(world @ np.linalg.inv(binds[each - 1]))
        full = np.concatenate([vertices, np.ones((9, 1))], axis=1)
        wanted = np.einsum("nk,nkab,nb->na", weights, np.stack(stack)[joints], full)[:, :3]
        assert skinned(rig, rig.motions[0], number) == pytest.approx(wanted, rel=1e-4, abs=1e-4)


def test_truth_centimetres_lying_down_are_stood_up_in_metres(tmp_path):
    """An armature node of scale .01 turned by -90° about X, a mesh in centimetres with Z up: Maya by way of Blender."""
    lie = (np.sqrt(0.5), -np.sqrt(0.5), 0, 0)
    scene = Scene(nodes=[
        {"name": "Armature", "rotation": [lie[1], 0, 0, lie[0]], "scale": [0.01] * 3, "children": [1]},
        {"name": "hips", "translation": [0, 0, 90], "children": [2]},
        {"name": "head", "translation": [0, 0, 80]}, {"mesh": 0, "skin": 0}])
    matrices = inverse(trs((0, 0, 90)), trs((0, 0, 170)))
    scene.tree |= {"skins": [{"joints": [1, 2], "inverseBindMatrices": scene.add(matrices)}], "meshes": [
        {"primitives": [{"attributes": {
            "POSITION": scene.add([[0, 0, 180], [10, 0, 0], [0, -20, 0]]), "NORMAL": scene.add([[0, -1, 0]] * 3),
            "JOINTS_0": scene.add([[1, 0, 0, 0], [0] * 4, [0] * 4], "u1"),
            "WEIGHTS_0": scene.add([[255, 0, 0, 0]] * 3, "u1", normalized=True)}}]}]}
    rig = gltf.read_rig(scene.save(tmp_path / "a.gltf"))
    assert rig.skeleton.names == ("hips", "head") and rig.name == "Armature"
    assert rig.mesh.vertices == pytest.approx(np.array([[0, 1.8, 0], [0.1, 0, 0], [0, 0, 0.2]]), abs=1e-6)
    assert rig.mesh.normals == pytest.approx(np.array([[0, 0, 1]] * 3), abs=1e-6)
    assert rig.skin.bind[:, :3, 3] == pytest.approx(np.array([[0, 0.9, 0], [0, 1.7, 0]]), abs=1e-6)
    assert np.linalg.det(rig.skin.bind) == pytest.approx(1)


def test_truth_a_part_that_hangs_from_a_joint_goes_with_it(tmp_path):
    scene = Scene(nodes=[{"name": "hips", "translation": [0, 1, 0], "children": [1, 2]},
                         {"name": "hand", "translation": [1, 0, 0], "children": [3]},
                         {"name": "tip", "translation": [0, 1, 0]}, {"mesh": 0, "translation": [0, 0, 2]}],
                  skins=[{"joints": [0, 1]}])
    corners = scene.add([[0, 0, 0], [1, 0, 0], [0, 1, 0]])
    scene.tree["meshes"] = [{"primitives": [{"attributes": {"POSITION": corners}}]}]
    rig = gltf.read_rig(scene.save(tmp_path / "a.gltf"))
    assert rig.skeleton.names == ("hips", "hand", "tip")
    assert skinned(rig, still(rig), 0)[0].tolist() == [1, 1, 2] and (rig.skin.joints[:, 0] == 1).all()
    turned = replace(still(rig), rotations=np.array([[[1, 0, 0, 0], [0, 0, 1, 0], [1, 0, 0, 0]]], float))
    assert skinned(rig, turned, 0)[0] == pytest.approx([1, 1, -2])


def test_truth_several_skins_of_one_skeleton_are_one_body_and_parts_share_vertices(tmp_path):
    scene = Scene(nodes=[{"name": "hips", "children": [1]}, {"name": "head", "translation": [0, 1, 0]},
                         {"mesh": 0, "skin": 0}, {"mesh": 1, "skin": 1}])
    shift = inverse(trs((0, 0, -5)))   # the second mesh was modelled five metres behind
    places = scene.add([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]])
    bound = {"POSITION": places, "JOINTS_0": scene.add([[0] * 4] * 4, "u1"),
             "WEIGHTS_0": scene.add([[1, 0, 0, 0]] * 4)}
    scene.tree |= {
        "materials": [{"name": "a"}, {"name": "b"}, {"name": "unused"}],
        "skins": [{"joints": [0, 1]}, {"joints": [0], "inverseBindMatrices": scene.add(shift)}],
        "meshes": [{"primitives": [
            {"attributes": bound, "indices": scene.add([0, 1, 2], "u1"), "material": 1},
            {"attributes": bound, "indices": scene.add([2, 1, 3], "u1"), "material": 0}]},
            {"primitives": [{"attributes": bound, "mode": 5}]}]}
    rig = gltf.read_rig(scene.save(tmp_path / "a.gltf"))
    assert len(rig.mesh.vertices) == 8 and len(rig.mesh.faces) == 4
    assert [each.name for each in rig.mesh.materials] == ["", "a", "b"] and rig.mesh.material.tolist() == [2, 1, 0, 0]
    assert rig.mesh.faces[2:].tolist() == [[4, 5, 6], [6, 5, 7]]
    assert rig.mesh.vertices[4:, 2] == pytest.approx(5) and rig.mesh.vertices[:4, 2] == pytest.approx(0)


def test_truth_nodes_that_move_without_a_skin_are_a_skeleton(tmp_path):
    scene = Scene(nodes=[{"name": "World", "scale": [2, 2, 2], "children": [1]},
                         {"name": "hips", "translation": [0, 1, 0], "children": [2]},
                         {"name": "knee", "translation": [0, -1, 0]}])
    clock, spun = scene.add([0, 0.5, 1]), scene.add([[0, 0, 0, 1], [0, 1, 0, 0], [0, 0, 0, 1]])
    sampler, target = {"input": clock, "output": spun, "interpolation": "STEP"}, {"node": 1, "path": "rotation"}
    scene.tree["animations"] = [{"name": "spin", "samplers": [sampler], "channels": [{"sampler": 0, "target": target}]}]
    rig = gltf.read_rig(scene.save(tmp_path / "a.gltf"))
    motion = rig.motions[0]
    assert rig.skeleton.names == ("hips", "knee") and rig.skeleton.offsets.tolist() == [[0, 2, 0], [0, -2, 0]]
    assert motion.rate == 24 and len(motion.rotations) == 25 and motion.name == "spin"
    assert motion.rotations[:, 0, 2].tolist() == [0] * 12 + [1] * 12 + [0]


def test_truth_two_roots_come_under_one(tmp_path):
    scene = Scene(nodes=[{"name": "root", "translation": [1, 0, 0]}, {"name": "root", "translation": [2, 0, 0]}],
                  skins=[{"joints": [0, 1]}])
    rig = gltf.read_rig(scene.save(tmp_path / "a.gltf"))
    assert rig.skeleton.names == ("root", "root.001", "root.002") and rig.skeleton.parents.tolist() == [-1, 0, 0]
    assert rig.skeleton.offsets[:, 0].tolist() == [0, 1, 2]


@pytest.mark.parametrize("rate", RATES[:6])
@pytest.mark.parametrize("start", [0, 1])
def test_truth_the_exact_rate_stands_behind_rounded_times(rate, start):
    times = (np.arange(start, 200) / float(rate)).astype(np.float32).astype(float)
    found, began, even = rate_of([times, times[[0, 5]]], False)
    assert found == rate and even and began == pytest.approx(start / float(rate))


def test_truth_rates_of_sparse_curved_and_uneven_keys():
    assert rate_of([np.array([0, 1 / 8, 3 / 8])], False)[0] == 24
    assert rate_of([np.arange(20) / 10], False)[0] == 10
    assert rate_of([np.arange(20) / 10], True)[0] == 30
    assert rate_of([np.array([0, 2 / 30, 5 / 30, 1])], False)[0] == 30
    assert rate_of([np.array([3.0])], False)[0] == 24
    assert rate_of([np.array([0, 0.1234, 0.7, 1.01])], False)[2] is False
    for wrong in ([np.array([0, np.nan])], [np.zeros(0)], []):
        with pytest.raises(ValueError, match="times"):
            rate_of(wrong, False)


def test_truth_channels_are_sampled_as_the_format_defines():
    frames, line = np.array([0.0, 4]), np.array([[0.0, 0, 0], [4, 0, 8]])
    assert sampled(frames, line, "LINEAR", 6)[:, 2].tolist() == [0, 2, 4, 6, 8, 8]
    assert sampled(frames, line, "STEP", 5)[:, 2].tolist() == [0, 0, 0, 0, 8]
    curve = np.zeros((2, 3, 3))
    curve[1, 1, 0], curve[0, 2, 0], curve[1, 0, 0] = 64, 0, 48   # x = t^3: slopes 0 and 3 t^2
    assert sampled(frames, curve, "CUBICSPLINE", 5)[:, 0] == pytest.approx(np.arange(5.0) ** 3)
    spun = np.array([[1.0, 0, 0, 0], [-np.sqrt(0.5), 0, -np.sqrt(0.5), 0]])
    half = sampled(frames, spun, "LINEAR", 5, True)[2]
    assert np.abs(half) == pytest.approx([np.cos(np.pi / 8), 0, np.sin(np.pi / 8), 0])


def test_truth_sparse_small_and_strided_numbers(tmp_path):
    scene = Scene(nodes=[{"mesh": 0, "name": "stone"}])
    rows, values = scene.add([2], "u1"), scene.add([[5, 6, 7]])
    for each in (rows, values):
        scene.tree["accessors"][each].pop("count")
    scene.tree["accessors"].append({"componentType": 5126, "type": "VEC3", "count": 3, "sparse": {
        "count": 1, "indices": {"bufferView": rows, "componentType": 5121}, "values": {"bufferView": values}}})
    sparse = len(scene.tree["accessors"]) - 1
    for each in (rows, values):
        scene.tree["accessors"][each]["count"] = 1
    uv = scene.add([[0, 255, 9], [128, 0, 9], [255, 255, 9]], "u1", normalized=True, type="VEC2")
    scene.tree["bufferViews"][-1]["byteStride"] = 3
    tint = scene.add([[0, 65535, 0]] * 3, "u2", normalized=True)
    scene.tree["meshes"] = [{"primitives": [{"attributes": {"POSITION": sparse, "TEXCOORD_0": uv, "COLOR_0": tint},
                                             "mode": 6}]}]
    mesh = gltf.read_mesh(scene.save(tmp_path / "a.gltf"))
    assert mesh.vertices.tolist() == [[0, 0, 0], [0, 0, 0], [5, 6, 7]] and mesh.name == "stone"
    assert mesh.uv == pytest.approx(np.array([[0, 1], [128 / 255, 0], [1, 1]]))
    assert mesh.colours.tolist() == [[0, 255, 0, 255]] * 3 and mesh.faces.tolist() == [[1, 2, 0]]


def test_truth_a_picture_that_lies_turned_and_scaled_turns_the_coordinates(tmp_path):
    scene = Scene(nodes=[{"mesh": 0}], images=[{"uri": "data:image/png;base64," + base64.b64encode(PNG).decode()}],
                  textures=[{"source": 0}])
    uv = scene.add([[0, 0], [1, 0], [0, 1]])
    lie = {"KHR_texture_transform": {"offset": [0, 1], "rotation": np.pi / 2, "scale": [0.5, 0.5]}}
    scene.tree |= {"materials": [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0, "extensions": lie}}}],
                   "meshes": [{"primitives": [{"attributes": {"POSITION": scene.add(np.eye(3)), "TEXCOORD_0": uv},
                                               "material": 0}]}]}
    held = gltf.read_gltf(scene.save(tmp_path / "a.gltf"))
    assert held.meshes[0].uv == pytest.approx(np.array([[0, 1], [0, 0.5], [0.5, 1]])) and not held.losses


def test_truth_files_beside_are_read_and_those_elsewhere_are_not(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "look 1.png").write_bytes(PNG)
    (folder / "points.bin").write_bytes(np.eye(3, dtype="<f4").tobytes())
    (tmp_path / "secret.bin").write_bytes(bytes(36))
    tree = {"asset": {"version": "2.0"}, "nodes": [{"mesh": 0}], "buffers": [{"byteLength": 36, "uri": "points.bin"}],
            "bufferViews": [{"buffer": 0, "byteLength": 36}],
            "accessors": [{"bufferView": 0, "componentType": 5126, "type": "VEC3", "count": 3}],
            "images": [{"uri": "look%201.png"}], "textures": [{"source": 0}],
            "materials": [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}],
            "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "material": 0}]}]}
    path = folder / "a.gltf"
    path.write_text(json.dumps(tree))
    assert gltf.read_mesh(path).materials[0].pictures == {"colour": PNG}
    for place, key in (("../secret.bin", "gltf.outside"), ("/etc/passwd", "gltf.outside"),
                       ("http://example.org/a.bin", "gltf.outside"), ("absent.bin", "gltf.beside")):
        tree["buffers"][0]["uri"] = place
        path.write_text(json.dumps(tree))
        refused(path, key)


def refused(path, *keys):
    with pytest.raises((InputError, LimitError)) as caught:
        gltf.read_rig(path)
    assert caught.value.key in keys and caught.value.tell("zh") and caught.value.tell("en")


def test_refuses_to_write_what_is_no_number(tmp_path):
    rig = body(0)
    rig.skeleton.offsets[2, 1] = np.nan
    for name in ("a.glb", "a.gltf"):
        with pytest.raises(InputError) as caught:
            gltf.write_rig(rig, tmp_path / name)
        assert caught.value.key == "gltf.nan" and not (tmp_path / name).exists()


def test_refuses_several_bodies_and_lists_them(tmp_path):
    scene = Scene(nodes=[{"name": "a"}, {"name": "b"}],
                  skins=[{"joints": [0], "name": "mother"}, {"joints": [1], "name": "father"}])
    path = scene.save(tmp_path / "a.gltf")
    refused(path, "gltf.several")
    assert [each.name for each in gltf.read_gltf(path).rigs] == ["mother", "father"]
    with pytest.raises(InputError, match="mother, father"):
        gltf.read_rig(path)


def test_refuses_what_is_no_gltf_with_a_sentence(tmp_path):
    gltf.write_rig(body(0), tmp_path / "good.glb")
    good = (tmp_path / "good.glb").read_bytes()
    path = tmp_path / "bad.glb"
    for content, key in ((good[:200], "file.ends"), (good[:16], "file.ends"), (good[:-1000], "file.ends"),
                         (b"glTF\x01\0\0\0" + good[8:], "gltf.old"), (b"\x89PNG\r\n", "file.looks_picture"),
                         (b"{}", "file.looks_json"), (b'{"asset":{"version":"2.0"}}', "gltf.no_rig"),
                         (b'{"asset":{"version":"1.0"}}', "gltf.old"), (b"[" * 100_000, "file.looks_json"),
                         (b'{"asset":' * 100_000, "gltf.form"),
                         (b'{"asset":{"version":"2.0"},"extensionsRequired":["KHR_draco_mesh_compression"]}',
                          "gltf.packed"),
                         (b'{"asset":{"version":"2.0"},"nodes":[{"children":[1]},{"children":[0]}]}', "gltf.form")):
        path.write_bytes(content)
        refused(path, key)


def test_refuses_sizes_that_the_file_cannot_hold(tmp_path, monkeypatch):
    for more, key in (({"count": 10**12}, "file.ends"), ({"bufferView": None, "count": 10**12}, "gltf.large"),
                      *((each, "gltf.form") for each in ({"count": -1}, {"byteOffset": -4}, {"bufferView": -1},
                                                         {"count": 1e300}, {"componentType": 1}, {"type": "MAT9"}))):
        scene = Scene(nodes=[{"mesh": 0}], skins=[{"joints": [0]}])
        number = scene.add(np.zeros((3, 3)))
        scene.tree["accessors"][number] |= more
        scene.tree["meshes"] = [{"primitives": [{"attributes": {"POSITION": number}}]}]
        refused(scene.save(tmp_path / "a.gltf"), key, "gltf.large")
    refused(Scene(nodes=[{}] * 600).save(tmp_path / "a.gltf"), "gltf.crowd")
    refused(Scene(nodes=[{}] * 100_001).save(tmp_path / "a.gltf"), "gltf.nodes")
    monkeypatch.setattr(gltf_file, "MOST", 10_000_000)
    scene = Scene(nodes=[{"mesh": 0}], skins=[{"joints": [0]}])
    number = scene.add(np.zeros((1000, 3)))
    scene.tree["meshes"] = [{"primitives": [{"attributes": {"POSITION": number, "x": each}} for each in range(2000)]}]
    refused(scene.save(tmp_path / "a.gltf"), "gltf.large")


def leaves(tree, path=()):
    if isinstance(tree, dict | list):
        for key, value in list(tree.items() if isinstance(tree, dict) else enumerate(tree)):
            yield (*path, key)
            yield from leaves(value, (*path, key))


WEIRD = [None, True, -1, 0, 3, 10**9, 10**30, 1e300, float("nan"), "x", "", [], {}, [0], [-1], ["x"], {"x": 1}, [[0]]]


def test_refuses_mutated_files_with_one_sentence(tmp_path):
    """Every place of the tree gets two strange values, and bytes of the file flip, 700 times in all."""
    gltf.write_rig(body(0, wide=8), tmp_path / "good.glb")
    good = (tmp_path / "good.glb").read_bytes()
    size = struct.unpack_from("<I", good, 12)[0]
    tree, rest, dice = json.loads(good[20:20 + size]), good[20 + size:], np.random.default_rng(5)
    places = list(leaves(tree))
    path = tmp_path / "bad.glb"
    for number in range(700):
        if number % 7:
            again = json.loads(json.dumps(tree))
            *above, last = places[dice.integers(len(places))]
            spot = again
            for key in above:
                spot = spot[key]
            spot[last] = WEIRD[dice.integers(len(WEIRD))]
            words = json.dumps(again).encode()
            words += b" " * (-len(words) % 4)
            head = struct.pack("<4sIII4s", b"glTF", 2, 20 + len(words) + len(rest), len(words), b"JSON")
            content = head + words + rest
        else:
            content = bytearray(good)
            for _ in range(20):
                content[dice.integers(len(content))] = dice.integers(256)
        path.write_bytes(bytes(content))
        try:
            gltf.read_rig(path)
        except (InputError, LimitError) as error:
            assert "\n" in error.tell("zh")
