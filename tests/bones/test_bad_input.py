"""Whatever stands in a file of bodies or motions: one sentence, no traceback, no crash, no runaway memory."""

import resource
import struct
import zlib
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from test_files import walking

from marrow.bones import files
from marrow.bones.flesh import flesh
from marrow.bones.skeleton import at_rest, fk
from marrow.errors import MarrowError
from marrow.media import Motion, Rig, Skeleton, Skin

FORMS = {".bvh": 55, ".glb": 70, ".gltf": 50, ".vrm": 40, ".vrma": 30, ".vmd": 15, ".npz": 30, ".usda": 5, ".usdc": 5}


def body() -> Rig:
    """A person of eight joints and a coarse mesh, with a walk: small files mutate into more different things."""
    rig = walking()
    places = fk(at_rest(rig.skeleton))[0]
    mesh = flesh(dict(zip(rig.skeleton.names, places, strict=True)), 1.75)
    keep = np.unique(mesh.faces[:300])
    faces = np.searchsorted(keep, mesh.faces[:300]).astype(np.int32)
    mesh = replace(mesh, vertices=mesh.vertices[keep], faces=faces, normals=None)
    bind = np.tile(np.eye(4), (len(places), 1, 1))
    bind[:, :3, 3] = places
    return replace(rig, mesh=mesh, skin=Skin(np.zeros((len(keep), 4), np.int32),
                                             np.tile(np.float32([1, 0, 0, 0]), (len(keep), 1)), bind))


def mutated(whole: bytes, dice: np.random.Generator) -> bytes:
    """The bytes broken in one of the ways that files break."""
    at, way = int(dice.integers(len(whole))), dice.integers(6)
    if way == 0:
        return whole[:at]
    if way == 1:                                                # bits that fell over
        raw = bytearray(whole)
        for place in dice.integers(len(raw), size=dice.integers(1, 12)):
            raw[place] ^= 1 << int(dice.integers(8))
        return bytes(raw)
    if way == 2:                                                # a hole
        return whole[:at] + whole[at + int(dice.integers(1, 200)):]
    if way == 3:                                                # a number that claims the world
        return whole[:at] + struct.pack("<I", int(dice.choice([0, 2**31 - 1, 2**32 - 1, 10**9]))) + whole[at + 4:]
    if way == 4:                                                # a piece in the wrong place
        piece = whole[at:at + int(dice.integers(4, 64))]
        there = int(dice.integers(len(whole)))
        return whole[:there] + piece + whole[there:]
    digit = b"0123456789eE+-.,nai{}[]\"\n\0"[int(dice.integers(24))]
    return whole[:at] + bytes([digit]) + whole[at + 1:]


@pytest.mark.parametrize(("suffix", "count"), FORMS.items())
def test_refuses_three_hundred_mutated_files_in_a_sentence(tmp_path, suffix, count):
    path = tmp_path / f"父亲{suffix}"
    files.write(body(), path)
    whole = path.read_bytes()
    dice = np.random.default_rng(zlib.crc32(suffix.encode()))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(count):
        path.write_bytes(mutated(whole, dice))
        try:
            held = files.read(path)
        except MarrowError as error:
            assert error.tell("zh") and error.tell("en")
            continue
        for rig in held.rigs:                                   # what is accepted is sound
            for motion in rig.motions:
                assert np.isfinite(fk(motion)).all()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2_000_000  # kB


def test_law_three_hundred_are_three_hundred():
    assert sum(FORMS.values()) == 300


@pytest.mark.parametrize("right", [".bvh", ".glb", ".vmd", ".npz", ".vrm"])
@pytest.mark.parametrize("wrong", ".bvh .glb .fbx .vmd .npz .npy .pkl .c3d .trc .obj .stl .json .vrm .vrma".split())
def test_refuses_a_file_that_is_called_what_it_is_not(tmp_path, right, wrong):
    if right == wrong or (right, wrong) in ((".vrm", ".glb"), (".glb", ".vrm"), (".glb", ".vrma"), (".vrm", ".vrma")):
        pytest.skip("the same thing")
    files.write(walking(), tmp_path / f"a{right}")
    path = (tmp_path / f"a{right}").rename(tmp_path / f"走{wrong}")
    if (right, wrong) == (".npz", ".pkl"):
        pytest.skip("PyTorch's files are zips too")
    with pytest.raises(MarrowError) as caught:
        files.read(path)
    assert "走" in caught.value.tell("zh")


@pytest.mark.parametrize("parents", [[1, 0, 1], [-1, 2, 1], [0, 0, 1], [-1, 0, 7], [-1, -1, 0]])
def test_refuses_trees_that_cannot_stand(tmp_path, parents):
    path = tmp_path / "a.npz"
    files.write(chain(3), path)
    with np.load(path) as given:
        arrays = {**given, "parents": np.array(parents, np.int32)}
    np.savez(path, **arrays)
    with pytest.raises(MarrowError) as caught:
        files.read(path)
    assert "a.npz" in caught.value.tell("zh")


def chain(joints: int, frames: int = 2) -> Rig:
    turns = np.tile([1.0, 0, 0, 0], (joints, 1))
    skeleton = Skeleton(tuple(f"骨{each}" for each in range(joints)), np.arange(joints, dtype=np.int32) - 1,
                        np.tile([0, 0.1, 0], (joints, 1)), turns)
    still = Motion(skeleton, np.tile(turns, (frames, 1, 1)), np.zeros((frames, 3)), Fraction(30))
    return Rig(skeleton, motions=(still,))


@pytest.mark.parametrize("suffix", [".bvh", ".glb", ".npz"])
@pytest.mark.parametrize("joints", [1, 10_000])
def test_law_one_joint_and_ten_thousand_in_a_row_come_back(tmp_path, suffix, joints):
    path = tmp_path / f"长{suffix}"
    files.write(chain(joints), path)
    back = files.rig(path).skeleton
    assert back.names == chain(joints).skeleton.names and back.offsets.sum() == pytest.approx(joints * 0.1, rel=1e-4)
