"""GLB and USD as Blender sees them: every joint and every skinned vertex where it belongs, at four moments."""

import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from marrow.bones.formats import blender
from marrow.bones.formats.bvh import read_motion
from marrow.bones.formats.usd import write_usd
from marrow.bones.skeleton import at_rest, world
from marrow.errors import EngineError
from marrow.forms import gltf
from marrow.media import Rig
from marrow.rotations import to_matrix

try:
    FOUND = blender.command()
except EngineError:
    FOUND = []
MATERIAL = Path(__file__).parents[2].parent / "shared" / "material"
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not FOUND, reason="no Blender: set MARROW_BLENDER to one"),
              pytest.mark.skipif(not MATERIAL.exists(), reason="the material is not here")]
FILES = ["rigs/human-male.glb", "rigs/fox-animations.glb", "rigs/horse-animations.glb", "rigs/human-sintel.glb",
         "motions/animated_drawings/fair1_jumping.bvh", "motions/deep_motion_editing/xia_old_13_000.bvh"]
LOOK = """
import sys, bpy, numpy as np
path, out, *frames = sys.argv[sys.argv.index("--") + 1:] if "--" in sys.argv else sys.argv[1:]
bpy.ops.wm.read_factory_settings(use_empty=True)
if path.endswith(".glb"):
    bpy.ops.import_scene.gltf(filepath=path)
else:
    bpy.ops.wm.usd_import(filepath=path)
scene = bpy.context.scene
arm = next(each for each in bpy.data.objects if each.type == "ARMATURE")
meshes = [each for each in bpy.data.objects if each.type == "MESH" and not each.name.startswith("Icosphere")]
joints, vertices = [], []
for frame in map(float, frames):
    scene.frame_set(int(frame // 1), subframe=min(frame % 1, 0.999999))
    graph = bpy.context.evaluated_depsgraph_get()
    posed = arm.evaluated_get(graph)
    joints.append([np.array(posed.matrix_world @ each.matrix)[:3, 3] for each in posed.pose.bones])
    points = [np.zeros((0, 3))]
    for each in meshes:
        made, place = each.evaluated_get(graph), np.array(each.matrix_world)
        mesh = made.to_mesh()
        at = np.empty(len(mesh.vertices) * 3, np.float32)
        mesh.vertices.foreach_get("co", at)
        points.append(at.reshape(-1, 3) @ place[:3, :3].T + place[:3, 3])
    vertices.append(np.concatenate(points))
ours = np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]])
np.savez(out, names=[each.name for each in arm.pose.bones], joints=np.array(joints) @ ours.T,
         vertices=np.array(vertices) @ ours.T)
"""


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("suffix", ["glb", "usdc"])
def test_truth_blender_sees_what_we_wrote(tmp_path, file, suffix):
    source = MATERIAL / file
    if source.suffix == ".bvh":
        take = read_motion(source)
        rig = Rig(take.skeleton, motions=(take,))
    else:
        rig = gltf.read_rig(source)
        rig = replace(rig, motions=rig.motions[:1])
    pose = rig.motions[0] if rig.motions else at_rest(rig.skeleton)
    write = {"glb": gltf.write_gltf, "usdc": write_usd}[suffix]
    write(rig, tmp_path / f"a.{suffix}")
    frames = np.unique(np.linspace(0, len(pose.rotations) - 1, 4).astype(int))
    per = 1 if suffix == "usdc" else 24 / float(pose.rate)   # Blender plays a GLB at 24, a USD code by code
    seen = looked(tmp_path, f"a.{suffix}", frames * per)
    places, turns = (each[frames] for each in world(pose))
    tall = np.ptp(places[0], axis=0).max()
    pairs = [(list(seen["names"]).index(name), joint) for joint, name in enumerate(rig.skeleton.names)
             if name in seen["names"]]
    assert len(pairs) > 0.9 * len(rig.skeleton.names)   # USD paths know no dots
    theirs, ours = np.array(pairs).T
    assert np.abs(seen["joints"][:, theirs] - places[:, ours]).max() < 1e-4 * tall
    if rig.mesh is not None:
        from scipy.spatial import cKDTree

        for number in range(len(frames)):
            wanted = skinned(rig, places[number], turns[number])
            assert cKDTree(seen["vertices"][number]).query(wanted)[0].max() < 1e-4 * tall


def looked(folder, name, frames):
    """Joints and vertices of a file at these frames of Blender's scene."""
    script = folder / "look.py"
    script.write_text(LOOK)
    python = Path(FOUND[0]).name.lower().startswith("python")
    start = [] if python else ["--background", "--factory-startup", "--python"]
    words = [str(folder / name), str(folder / "seen.npz"), *(f"{each:.6f}" for each in frames)]
    subprocess.run([*FOUND, *start, str(script), *([] if python else ["--"]), *words], check=True, capture_output=True)
    return dict(np.load(folder / "seen.npz"))


def skinned(rig, places, turns):
    across = np.tile(np.eye(4), (len(places), 1, 1))
    across[:, :3, :3], across[:, :3, 3] = to_matrix(turns), places
    across = across @ np.linalg.inv(rig.skin.bind)
    full = np.concatenate([rig.mesh.vertices, np.ones((len(rig.mesh.vertices), 1))], axis=1)
    return np.einsum("nk,nkab,nb->na", rig.skin.weights, across[rig.skin.joints], full)[:, :3]
