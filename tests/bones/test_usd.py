"""USD: bodies come back as they were; files mean what UsdSkel says; broken ones are refused in one sentence."""

import hashlib
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from marrow.bones.formats import usd
from marrow.bones.formats.bvh import read_motion
from marrow.bones.formats.usd import read_usd, write_usd
from marrow.bones.loss import loss
from marrow.bones.skeleton import at_rest, fk
from marrow.errors import EngineError, InputError, LimitError
from marrow.forms import gltf
from marrow.media import Material, Mesh, Motion, Rig, Skeleton, Skin
from marrow.rotations import normalised, to_matrix

pytest.importorskip("pxr", reason="usd-core is not installed")
MATERIAL = Path(__file__).parents[2].parent / "shared" / "material"
PNG = b"\x89PNG\r\n\x1a\n a picture"

LYING = """#usda 1.0
(
    metersPerUnit = 0.01
    upAxis = "Z"
    timeCodesPerSecond = 23.976023976023978
    startTimeCode = 1
    endTimeCode = 3
)
def SkelRoot "Body" (prepend apiSchemas = ["SkelBindingAPI"])
{
    rel skel:skeleton = </Body/Skel>
    double3 xformOp:translate.timeSamples = { 1: (0, 0, 0), 3: (0, -20, 0) }
    uniform token[] xformOpOrder = ["xformOp:translate"]
    def Skeleton "Skel" (prepend apiSchemas = ["SkelBindingAPI"])
    {
        uniform token[] joints = ["hips", "hips/head"]
        uniform matrix4d[] bindTransforms = [((1,0,0,0),(0,1,0,0),(0,0,1,0),(0,0,90,1)),
                                             ((1,0,0,0),(0,1,0,0),(0,0,1,0),(0,0,170,1))]
        uniform matrix4d[] restTransforms = [((1,0,0,0),(0,1,0,0),(0,0,1,0),(0,0,90,1)),
                                             ((1,0,0,0),(0,1,0,0),(0,0,1,0),(0,0,80,1))]
        rel skel:animationSource = </Body/Skel/Nod>
        def SkelAnimation "Nod"
        {
            uniform token[] joints = ["hips/head"]
            float3[] translations = [(0, 0, 80)]
            quatf[] rotations.timeSamples = { 1: [(1, 0, 0, 0)], 2: [(0.7071, 0.7071, 0, 0)], 3: [(0, 1, 0, 0)] }
            half3[] scales = [(1, 1, 1)]
        }
    }
    def Mesh "Skin" (prepend apiSchemas = ["SkelBindingAPI", "MaterialBindingAPI"])
    {
        rel material:binding = </Body/Look>
        point3f[] points = [(0, 0, 180), (10, 0, 180), (10, -20, 180), (0, -20, 180)]
        int[] faceVertexCounts = [4]
        int[] faceVertexIndices = [0, 1, 2, 3]
        texCoord2f[] primvars:st = [(0, 0), (1, 0), (1, 1), (0, 1)] (interpolation = "faceVarying")
        int[] primvars:skel:jointIndices = [0] (elementSize = 1
            interpolation = "constant")
        float[] primvars:skel:jointWeights = [1] (elementSize = 1
            interpolation = "constant")
        uniform token[] skel:joints = ["hips/head"]
        matrix4d primvars:skel:geomBindTransform = ((1,0,0,0),(0,1,0,0),(0,0,1,0),(0,0,-1,1))
        uniform token subdivisionScheme = "none"
        uniform bool doubleSided = 1
        uniform token orientation = "ORIENTATION"
    }
    def Material "Look"
    {
        token outputs:surface.connect = </Body/Look/S.outputs:surface>
        def Shader "S"
        {
            uniform token info:id = "UsdPreviewSurface"
            color3f inputs:diffuseColor = (0.25, 0.5, 1)
            float inputs:metallic = 0.75
            float inputs:roughness = 0.125
            float inputs:opacity = 0.5
            token outputs:surface
        }
    }
}
"""


def body(seed, *, wide=4, rates=(Fraction(24000, 1001), Fraction(959, 8))):
    """A body made by chance, with two takes at two rates, one of which has a joint that travels."""
    dice = np.random.default_rng(seed)
    joints, count = 6, 40
    parents = np.array([-1, *(int(dice.integers(0, each)) for each in range(1, joints))], np.int32)
    skeleton = Skeleton(("root", "左臂", "arm.001", "arm 001", "1", "tip_end"), parents, dice.normal(size=(joints, 3)),
                        normalised(dice.normal(size=(joints, 4))))
    bind = np.tile(np.eye(4), (joints, 1, 1))
    bind[:, :3, :3] = to_matrix(normalised(dice.normal(size=(joints, 4))))
    bind[:, :3, 3] = dice.normal(size=(joints, 3))
    weights = dice.random((count, wide)).astype(np.float32) + 0.01
    normals = dice.normal(size=(count, 3))
    looks = (Material("皮肤", (0.5, 0.25, 1.0, 1.0), 0.5, 0.25, (0.5, 0.25, 0.0)),
             Material("hair", alpha="mask", cutoff=0.25, pictures={"colour": PNG, "normal": PNG + b"2"}))
    faces = dice.permutation(count)[:39].reshape(-1, 3).astype(np.int32)
    mesh = Mesh(dice.normal(size=(count, 3)).astype(np.float32), faces,
                (normals / np.linalg.norm(normals, axis=1)[:, None]).astype(np.float32),
                dice.random((count, 2)).astype(np.float32), dice.integers(0, 256, (count, 4)).astype(np.uint8), looks,
                np.repeat([0, 1], [6, 7]).astype(np.int32), {"smile": dice.normal(size=(count, 3)).astype(np.float32),
                                                             "眨眼": np.eye(count, 3, dtype=np.float32)}, "body 1")
    skin = Skin(dice.integers(0, joints, (count, wide)).astype(np.int32), weights / weights.sum(1, keepdims=True), bind)
    takes = tuple(Motion(skeleton, normalised(dice.normal(size=(9, joints, 4))), dice.normal(size=(9, 3)), rate,
                         {3: dice.normal(size=(9, 3))} if not place else {}, f"take {place}")
                  for place, rate in enumerate(rates))
    return Rig(skeleton, mesh, skin, takes, "father's body")


@pytest.mark.parametrize("suffix", ["usda", "usdc", "usdz"])
def test_law_a_body_comes_back_and_equal_bodies_are_equal_bytes(tmp_path, suffix):
    rig = body(1, wide=8 if suffix == "usdz" else 4)
    sums = set()
    for name in ("a", "b"):
        path = tmp_path / name / f"body.{suffix}"
        path.parent.mkdir()
        keys = [each.key for each in write_usd(rig, path)]
        assert keys == ([] if suffix == "usdz" else ["usd.beside"])
        sums.add(hashlib.sha256(path.read_bytes()).hexdigest())
    assert len(sums) == 1
    held = read_usd(path)
    again, count = held.rigs[0], len(rig.mesh.faces) * 3
    assert again.name == rig.name and again.skeleton.names == rig.skeleton.names and held.losses == ()
    assert again.skeleton.offsets == pytest.approx(rig.skeleton.offsets, abs=1e-12)
    assert np.abs((again.skeleton.turns * rig.skeleton.turns).sum(-1)) == pytest.approx(1, abs=1e-12)
    assert again.skin.bind == pytest.approx(rig.skin.bind, abs=2e-6)
    assert [each.rate for each in again.motions] == [each.rate for each in rig.motions]
    for left, right in zip(again.motions, rig.motions, strict=True):
        assert left.name == right.name and left.moves.keys() == right.moves.keys()
        assert fk(left) == pytest.approx(fk(right), abs=2e-5)
    corners, order = np.unique(rig.mesh.faces, return_inverse=True)   # vertices that no face names are left out
    assert len(corners) == count and np.array_equal(again.mesh.faces.ravel(), order.ravel())
    for part in ("vertices", "normals", "uv"):
        assert getattr(again.mesh, part) == pytest.approx(getattr(rig.mesh, part)[corners], abs=1e-6)
    assert np.array_equal(again.mesh.colours[:, :3], rig.mesh.colours[corners, :3])
    assert again.skin.weights == pytest.approx(rig.skin.weights[corners], abs=1e-6)
    assert list(again.mesh.shapes) == ["smile", "眨眼"] and again.mesh.name == "body 1"
    assert np.array_equal(again.mesh.shapes["眨眼"], rig.mesh.shapes["眨眼"][corners])
    skin, hair = again.mesh.materials
    assert (skin.name, hair.name) == ("皮肤", "hair") and hair.pictures == rig.mesh.materials[1].pictures
    assert skin.colour == pytest.approx(rig.mesh.materials[0].colour) and skin.emission == pytest.approx((0.5, 0.25, 0))
    assert (hair.alpha, hair.cutoff) == ("mask", 0.25) and np.array_equal(again.mesh.material, rig.mesh.material)


def test_law_a_loose_mesh_and_a_bare_skeleton_come_back(tmp_path):
    rig = body(3)
    still = Skeleton(("root",), np.array([-1], np.int32), np.zeros((1, 3)), np.array([[1.0, 0, 0, 0]]))
    write_usd(Rig(still, rig.mesh, name="stone"), tmp_path / "a.usdc")
    held = read_usd(tmp_path / "a.usdc")
    assert not held.rigs and held.meshes[0].name == "stone" and len(held.meshes[0].faces) == 13
    write_usd(replace(rig, mesh=None, skin=None, motions=()), tmp_path / "b.usdc")
    again = read_usd(tmp_path / "b.usdc").rigs[0]
    assert again.mesh is None and not again.motions
    assert fk(at_rest(again.skeleton)) == pytest.approx(fk(at_rest(rig.skeleton)), abs=1e-9)


@pytest.mark.parametrize("orientation", ["rightHanded", "leftHanded"])
def test_truth_centimetres_with_the_sky_at_z_become_ours(tmp_path, orientation):
    path = tmp_path / "a.usda"
    path.write_text(LYING.replace("ORIENTATION", orientation))
    held = read_usd(path)
    rig = held.rigs[0]
    motion, mesh = rig.motions[0], rig.mesh
    assert held.stated["up"] == "z" and held.stated["unit"] == 0.01 and held.stated["rate"] == Fraction(24000, 1001)
    assert rig.skeleton.names == ("Body", "Skel", "hips", "head") and motion.rate == Fraction(24000, 1001)
    assert fk(at_rest(rig.skeleton))[0, :, 1] == pytest.approx(np.array([0, 0, 0.9, 1.7]), abs=1e-7)
    assert fk(motion)[:, 3] == pytest.approx(np.array([[0, 1.7, 0], [0, 1.7, 0.1], [0, 1.7, 0.2]]), abs=1e-7)
    assert mesh.vertices == pytest.approx(np.array([[0, 1.79, 0], [0.1, 1.79, 0], [0.1, 1.79, 0.2], [0, 1.79, 0.2]]),
                                          abs=1e-6)
    assert mesh.uv == pytest.approx(np.array([[0, 1], [1, 1], [1, 0], [0, 0]]))
    one, two, three = mesh.vertices[mesh.faces[0]]
    up = np.cross(two - one, three - one)[1]
    assert up < 0 if orientation == "rightHanded" else up > 0
    look = mesh.materials[0]
    assert look.colour == pytest.approx((0.25, 0.5, 1, 0.5)) and look.alpha == "blend" and look.two_sided
    assert (look.metallic, look.roughness) == (0.75, 0.125)


@pytest.mark.parametrize("source", ["rigs/fox-animations.glb", "rigs/human-sintel.glb"])
def test_truth_vertices_stand_where_usdskel_puts_them(tmp_path, source):
    """The mesh that UsdSkel itself bakes, at four moments, against linear blend skinning of what we read."""
    if not MATERIAL.exists():
        pytest.skip("the material is not here")
    from pxr import Usd, UsdGeom, UsdSkel

    rig = gltf.read_rig(MATERIAL / source)
    rig = replace(rig, motions=rig.motions[:1])
    write_usd(rig, tmp_path / "a.usdc")
    again = read_usd(tmp_path / "a.usdc").rigs[0]
    stage = Usd.Stage.Open(str(tmp_path / "a.usdc"))
    UsdSkel.BakeSkinning(stage.Traverse())
    mesh = next(UsdGeom.Mesh(prim) for prim in stage.Traverse() if prim.IsA(UsdGeom.Mesh))
    pose = again.motions[0] if again.motions else at_rest(again.skeleton)
    for frame in np.linspace(0, len(pose.rotations) - 1, 4).astype(int).tolist():
        wanted = np.array(mesh.GetPointsAttr().Get(frame))
        assert skinned(again, pose, frame) == pytest.approx(wanted, abs=2e-5)


def skinned(rig, motion, number):
    """Vertices (n, 3) of a rig in frame `number`, by the definition of linear blend skinning."""
    from marrow.bones.skeleton import world

    places, turns = (each[number] for each in world(motion))
    across = np.tile(np.eye(4), (len(places), 1, 1))
    across[:, :3, :3], across[:, :3, 3] = to_matrix(turns), places
    across = across @ np.linalg.inv(rig.skin.bind)
    full = np.concatenate([rig.mesh.vertices, np.ones((len(rig.mesh.vertices), 1))], axis=1)
    return np.einsum("nk,nkab,nb->na", rig.skin.weights, across[rig.skin.joints], full)[:, :3]


@pytest.mark.slow
def test_law_everything_in_the_material_comes_back(tmp_path):
    if not MATERIAL.exists():
        pytest.skip("the material is not here")
    takes = [read_motion(each) for each in sorted(MATERIAL.glob("motions/*/*.bvh"))]
    rigs = [Rig(each.skeleton, motions=(each,)) for each in takes]
    for rig in rigs + [gltf.read_rig(each) for each in sorted(MATERIAL.glob("rigs/*.glb"))]:
        write_usd(rig, tmp_path / "a.usdc")
        found = loss(rig, read_usd(tmp_path / "a.usdc").rigs[0])
        assert found.joints < 2e-6 and found.seconds == 0 and not found.lacking


@pytest.mark.parametrize(("content", "key"), [
    (b"", "usd.broken"), (b"#usda 1.0\n(", "usd.broken"), (b"PXR-USDC" + bytes(200), "usd.broken"),
    (b"\x89PNG\r\n\x1a\n", "file.looks_picture"), (b"just words", "usd.broken"),
    (b"PK\x03\x04" + bytes(60), "usd.broken")])
def test_refuses_what_is_no_usd(tmp_path, content, key):
    path = tmp_path / "a.usd"
    path.write_bytes(content)
    refused(path, key)


def refused(path, *keys):
    with pytest.raises((InputError, LimitError)) as caught:
        read_usd(path)
    assert caught.value.key in keys and caught.value.tell("zh") and caught.value.tell("en")


@pytest.mark.parametrize(("old", "new"), [
    ("[0, 1, 2, 3]\n        texCoord2f", "[0, 1, 2, 99]\n        texCoord2f"), ("[4]", "[-4]"), ("[4]", "[400]"),
    ("jointIndices = [0]", "jointIndices = [7]"), ("(0,0,80,1))]", "(0,0,nan,1))]"),
    ("timeCodesPerSecond = 23.976023976023978", "timeCodesPerSecond = 0")])
def test_refuses_a_file_whose_parts_do_not_fit(tmp_path, old, new):
    path = tmp_path / "a.usda"
    assert old in LYING
    path.write_text(LYING.replace(old, new, 1).replace("ORIENTATION", "rightHanded"))
    refused(path, "usd.broken")


def test_refuses_a_reader_that_dies_or_hangs_and_a_library_that_is_not_there(tmp_path, monkeypatch):
    path = tmp_path / "a.usda"
    path.write_text(LYING)
    for code, key, limit in (("import os; os.kill(os.getpid(), 11)", "usd.deadly", 5.0),
                             ("import time; time.sleep(60)", "usd.slow", 0.3)):
        (tmp_path / "usd_read_far.py").write_text(code)
        monkeypatch.setattr(usd, "HERE", tmp_path)
        monkeypatch.setattr(usd, "LIMIT", limit)
        refused(path, key)
    monkeypatch.setattr(usd, "find_spec", lambda name: None)
    with pytest.raises(EngineError, match="pip install usd-core"):
        read_usd(path)


def test_refuses_to_write_where_nothing_can_be_written(tmp_path):
    with pytest.raises(InputError) as caught:
        write_usd(body(1), tmp_path / "absent" / "a.usdc")
    assert caught.value.key == "usd.unwritten"


def test_truth_pictures_outside_the_folder_are_not_read(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    write_usd(body(1), folder / "a.usda")
    (tmp_path / "secret.png").write_bytes(PNG)
    path = folder / "b.usda"
    path.write_text((folder / "a.usda").read_text().replace("./a_pictures/1_colour.png", "../secret.png"))
    held = read_usd(path)
    assert "usd.picture" in {each.key for each in held.losses}
    assert list(held.rigs[0].mesh.materials[1].pictures) == ["normal"]


def test_law_the_department_does_not_load_usd():
    import subprocess

    code = "import sys, marrow.bones.formats.usd; assert 'pxr' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["usda", "usdc", "usdz"])
def test_refuses_mutated_files_with_one_sentence(tmp_path, suffix):
    write_usd(body(1), tmp_path / f"good.{suffix}")
    good, dice = (tmp_path / f"good.{suffix}").read_bytes(), np.random.default_rng(3)
    path = tmp_path / f"bad.{suffix}"
    for number in range(40):
        content = bytearray(good)
        for _ in range(1 + number % 20):
            content[dice.integers(len(content))] = dice.integers(256)
        path.write_bytes(bytes(content[:dice.integers(len(content))] if number % 5 == 0 else content))
        try:
            read_usd(path)
        except (InputError, LimitError) as error:
            assert "\n" in error.tell("zh")
