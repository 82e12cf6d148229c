"""Formats that Blender writes: read back, everything is where it was; without a Blender, one sentence with the cure."""

import io
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from marrow.bones.formats import blender
from marrow.bones.formats.blender import read_alembic, read_blend, write_alembic, write_blend, write_fbx
from marrow.bones.formats.blender_pack import packed, stated_losses, stood
from marrow.bones.formats.fbx import read_fbx
from marrow.bones.loss import loss
from marrow.bones.skeleton import at_rest, fk, world
from marrow.errors import EngineError, InputError
from marrow.media import Material, Mesh, Motion, Rig, Skeleton, Skin
from marrow.rotations import about, normalised, to_matrix

try:
    FOUND = blender.command()
except EngineError:
    FOUND = []
needs_blender = pytest.mark.skipif(not FOUND, reason="no Blender: set MARROW_BLENDER to one or to a Python with bpy")
NAMES = ("髋", "spine", "leftUpperArm", "leftHand", "rightUpperArm")


def picture(colour):
    from PIL import Image

    made = io.BytesIO()
    Image.new("RGB", (4, 4), colour).save(made, "PNG")
    return made.getvalue()


def arm(rates=(Fraction(30000, 1001),), frames=9):
    """A small body whose joints are turned every way at rest, with a mesh, a skin, two looks and a shape."""
    chance = np.random.default_rng(5)
    parents = np.array([-1, 0, 1, 2, 1], np.int32)
    offsets = np.array([[0.1, 0.9, 0.2], [0, 0.5, 0.05], [0.2, 0.1, 0], [0.45, 0, 0], [-0.2, 0.1, 0]])
    skeleton = Skeleton(NAMES, parents, offsets, normalised(chance.normal(size=(5, 4))))
    motions = []
    for number, rate in enumerate(rates):
        time = np.arange(frames) / 8
        turns = np.stack([about(np.eye(3)[joint % 3], 0.7 * np.sin(time + joint + number)) for joint in range(5)], 1)
        root = np.stack([time, 0.9 + 0.1 * np.sin(3 * time), -time], 1)
        moves = {3: offsets[3] + np.stack([0.1 * time, 0 * time, 0.05 * time], 1)}
        motions.append(Motion(skeleton, turns, root, rate, moves, f"走 {number}"))
    places, turned = world(at_rest(skeleton))
    bind = np.tile(np.eye(4), (5, 1, 1))
    bind[:, :3, :3], bind[:, :3, 3] = to_matrix(turned[0]), places[0]
    grid = np.stack(np.meshgrid(np.linspace(-0.4, 0.8, 7), np.linspace(0.7, 1.7, 6)), -1).reshape(-1, 2)
    vertices = np.c_[grid, 0.1 * np.sin(9 * grid[:, 0])].astype(np.float32)
    cell = np.arange(42).reshape(6, 7)
    quads = np.stack([cell[:-1, :-1], cell[:-1, 1:], cell[1:, 1:], cell[1:, :-1]], -1).reshape(-1, 4)
    faces = quads[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3).astype(np.int32)
    weights = chance.random((42, 2)).astype(np.float32) + 0.05
    joints = np.stack([np.arange(42) % 5, (np.arange(42) + 2) % 5], 1).astype(np.int32)
    looks = (Material("皮肤", (1, 1, 1, 1), 0.25, 0.5, (0, 0, 0), {"colour": picture((200, 30, 30))}),
             Material("cloth", (0.2, 0.4, 0.6, 1), 0, 0.75))
    mesh = Mesh(vertices, faces, None, ((grid + 0.4) / 2).astype(np.float32),
                (chance.random((42, 4)) * 255).astype(np.uint8) | np.array([0, 0, 0, 255], np.uint8), looks,
                (np.arange(len(faces)) % 2).astype(np.int32), {"smile": (0.01 * chance.random((42, 3))).astype("f4")},
                "hemd")
    return Rig(skeleton, mesh, Skin(joints, weights / weights.sum(1, keepdims=True), bind), tuple(motions), "父亲")


def skinned(rig, motion, frame):
    places, turns = world(motion)
    joints = np.tile(np.eye(4), (len(places[0]), 1, 1))
    joints[:, :3, :3], joints[:, :3, 3] = to_matrix(turns[frame]), places[frame]
    maps = joints @ np.linalg.inv(rig.skin.bind)
    flat = np.c_[rig.mesh.vertices, np.ones(len(rig.mesh.vertices))]
    return np.einsum("vk,vkab,vb->va", rig.skin.weights, maps[rig.skin.joints], flat)[:, :3]


def gap(some, others):
    apart = np.linalg.norm(some[:, None] - others[None], axis=-1)
    return max(apart.min(0).max(), apart.min(1).max())


@needs_blender
@pytest.mark.parametrize(("suffix", "write", "read"), [(".fbx", write_fbx, read_fbx),
                                                       (".blend", write_blend, read_blend)])
def test_law_what_blender_writes_comes_back_as_it_was(tmp_path, suffix, write, read):
    rig = arm((Fraction(30000, 1001), Fraction(30000, 1001)))
    path = tmp_path / f"走路{suffix}"
    assert write(rig, path) == ()
    held = read(path)
    back = held.rigs[0]
    found = loss(rig, back)
    assert found.joints < 2e-5
    assert found.seconds == 0
    assert found.lacking == ()
    assert back.name == "父亲"
    assert back.skeleton.names == NAMES
    np.testing.assert_allclose(fk(at_rest(back.skeleton)), fk(at_rest(rig.skeleton)), atol=2e-6)
    for old, new in zip(rig.motions, back.motions, strict=True):
        assert (new.name, new.rate, len(new.rotations)) == (old.name, old.rate, len(old.rotations))
        assert set(new.moves) == {3}
        np.testing.assert_allclose(np.abs((world(old)[1] * world(new)[1]).sum(-1)), 1, atol=1e-8)
        assert gap(skinned(rig, old, 6), skinned(back, new, 6)) < 2e-5
    old, new = rig.mesh, back.mesh
    assert len(new.faces) == len(old.faces)
    assert [look.name for look in new.materials] == ["皮肤", "cloth"]
    assert new.materials[0].pictures == old.materials[0].pictures
    assert new.materials[1].colour == pytest.approx(old.materials[1].colour, abs=1e-6)
    assert [look.roughness for look in new.materials] == pytest.approx([0.5, 0.75], abs=1e-6)
    corner = new.vertices[new.faces].astype(float)
    near = np.array([np.abs(each - old.vertices).sum(-1).argmin() for each in corner.reshape(-1, 3)])
    np.testing.assert_allclose(new.uv[new.faces.ravel()], old.uv[near], atol=1e-6)
    np.testing.assert_array_equal(new.colours[new.faces.ravel()], old.colours[near])
    np.testing.assert_allclose(new.shapes["smile"][new.faces.ravel()], old.shapes["smile"][near], atol=1e-6)


@needs_blender
def test_law_a_bare_skeleton_keeps_its_rest_pose_and_an_odd_rate(tmp_path):
    rig = replace(arm((Fraction(959, 8),), 40), mesh=None, skin=None)
    for suffix, write, read in ((".fbx", write_fbx, read_fbx), (".blend", write_blend, read_blend)):
        write(rig, tmp_path / f"a{suffix}")
        back = read(tmp_path / f"a{suffix}").rigs[0]
        assert back.motions[0].rate == Fraction(959, 8)
        assert loss(rig, back).joints < 2e-5
        np.testing.assert_allclose(fk(at_rest(back.skeleton)), fk(at_rest(rig.skeleton)), atol=2e-6)


@needs_blender
def test_law_alembic_keeps_the_joints_and_the_mesh_as_it_begins(tmp_path):
    rig = replace(arm((Fraction(25),), 30), name="father")
    rig = replace(rig, skeleton=replace(rig.skeleton, names=("hip", *NAMES[1:])))
    lost = write_alembic(rig, tmp_path / "a.abc")
    assert {each.key for each in lost} == {"blender.no_skin", "blender.no_shapes", "blender.no_looks"}
    held = read_alembic(tmp_path / "a.abc")
    back = held.rigs[0]
    assert back.motions[0].rate == 25
    assert set(back.skeleton.names) == set(rig.skeleton.names)
    assert loss(rig, back).joints < 2e-5
    assert gap(held.meshes[0].vertices, skinned(rig, rig.motions[0], 0)) < 2e-5
    assert held.meshes[0].uv is not None


@needs_blender
def test_refuses_what_blender_cannot_open(tmp_path):
    for name, read in (("a.blend", read_blend), ("a.abc", read_alembic)):
        (tmp_path / name).write_bytes(b"BLENDER-v405" + bytes(range(256)) * 9)
        with pytest.raises(InputError) as caught:
            read(tmp_path / name)
        assert caught.value.key in ("blender.broken", "blender.deadly")
        assert caught.value.tell("zh")


def test_refuses_to_go_on_without_a_blender_and_tells_the_cure(tmp_path, monkeypatch):
    monkeypatch.delenv("MARROW_BLENDER", raising=False)
    monkeypatch.setattr(blender, "_usual", lambda: iter(()))
    with pytest.raises(EngineError) as caught:
        write_fbx(arm(), tmp_path / "a.fbx")
    for lang in ("en", "zh"):
        assert "pip install bpy==4.5.*" in caught.value.tell(lang).replace("/bin/pip", "pip")
        assert "-m venv" in caught.value.tell(lang)
    assert not list(tmp_path.iterdir())


def test_refuses_a_blender_that_is_not_there(monkeypatch):
    monkeypatch.setenv("MARROW_BLENDER", "/nowhere/blender")
    with pytest.raises(EngineError) as caught:
        blender.command()
    assert caught.value.key == "blender.wrong"


def script(tmp_path, text):
    """A program that stands in for Blender: it gets the folder as its last word."""
    path = tmp_path / "blender"
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return str(path)


@pytest.mark.skipif(not Path("/bin/sh").exists(), reason="needs a shell")
@pytest.mark.parametrize(("text", "key"), [("exit 0", "blender.silent"), ("echo no GPU; exit 3", "outside.failed"),
                                           ("sleep 60", "outside.slow"),
                                           ('echo x > "$8/answer.json"', "blender.silent")])
def test_refuses_a_blender_that_fails_in_any_way(tmp_path, monkeypatch, text, key):
    monkeypatch.setenv("MARROW_BLENDER", script(tmp_path, text))
    monkeypatch.setattr(blender, "LIMIT", 0.5)
    with pytest.raises(EngineError) as caught:
        write_fbx(arm(), tmp_path / "a.fbx")
    assert caught.value.key == key
    assert not (tmp_path / "a.fbx").exists()


def test_truth_scale_in_a_bind_pose_is_taken_out_of_the_mesh():
    rig = arm()
    bind = rig.skin.bind.copy()
    bind[:, :3, :3] *= 2.0
    scaled = replace(rig, skin=replace(rig.skin, bind=bind))
    stand, mesh = stood(scaled)
    np.testing.assert_allclose(stand, rig.skin.bind, atol=1e-12)
    np.testing.assert_allclose(mesh.vertices, skinned(scaled, at_rest(rig.skeleton), 0), atol=1e-6)
    assert "blender.bind" in [each.key for each in stated_losses(scaled, ".fbx")]
    assert stood(rig)[1] is rig.mesh


def test_truth_losses_are_stated_before_anything_is_written():
    rig = arm((Fraction(24), Fraction(60)))
    assert [each.key for each in stated_losses(rig, ".fbx")] == ["blender.rates"]
    assert packed(rig)[0]["rate"] == [60, 1]
    moved = replace(rig, skeleton=replace(rig.skeleton, offsets=rig.skeleton.offsets + 0.1))
    assert "blender.rest" in [each.key for each in stated_losses(moved, ".fbx")]
