"""Blender's side of bench_bind.py: its automatic weights (bone heat) for several meshes.

    PYTHON_WITH_BPY bind_peer.py IN.npz OUT.npz

IN has vertices_K, faces_K, places_K, parents for K = 0, 1, ...; OUT weights_K (n, joints), rows of 0 where a vertex
got none, and cpu_K in seconds.
"""

import contextlib
import io
import sys
import time

import bpy
import numpy as np


def armature(places: np.ndarray, parents: np.ndarray) -> bpy.types.Object:
    """A bone from every joint to each child; an end joint's bone goes on a fifth of the way to it."""
    made = bpy.data.armatures.new("armature")
    rig = bpy.data.objects.new("rig", made)
    bpy.context.collection.objects.link(rig)
    bpy.context.view_layer.objects.active = rig
    rig.select_set(True)
    bpy.ops.object.mode_set(mode="EDIT")
    size = float(np.ptp(places, axis=0).max())
    for joint, head in enumerate(places):
        for number, child in enumerate(np.flatnonzero(parents == joint).tolist() or [None]):
            if child is not None:
                tail = places[child]
            else:
                tail = head + (0.2 * (head - places[parents[joint]]) if parents[joint] >= 0 else (0, 0.05 * size, 0))
            if np.linalg.norm(tail - head) < 1e-5 * size:
                tail = head + np.array([0, 1e-3 * size, 0])
            bone = made.edit_bones.new(f"{joint}#{number}")
            bone.head, bone.tail = head, tail
    bpy.ops.object.mode_set(mode="OBJECT")
    return rig


def bound(vertices: np.ndarray, faces: np.ndarray, places: np.ndarray, parents: np.ndarray) -> np.ndarray:
    """Weights (n, joints) as "With Automatic Weights" gives them, each row together 1 or 0."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    mesh = bpy.data.meshes.new("mesh")
    mesh.from_pydata(vertices.tolist(), [], faces.tolist())
    body = bpy.data.objects.new("body", mesh)
    bpy.context.collection.objects.link(body)
    rig = armature(places, parents)
    body.select_set(True)
    bpy.context.view_layer.objects.active = rig
    bpy.ops.object.parent_set(type="ARMATURE_AUTO")
    made = np.zeros((len(vertices), len(places)))
    owner = {group.index: int(group.name.split("#")[0]) for group in body.vertex_groups}
    for vertex in mesh.vertices:
        for each in vertex.groups:
            made[vertex.index, owner[each.group]] += each.weight
    total = made.sum(1, keepdims=True)
    return np.divide(made, total, out=np.zeros_like(made), where=total > 1e-6)


def main() -> None:
    given = np.load(sys.argv[1])
    made = {}
    for number in range(sum(name.startswith("vertices_") for name in given)):
        begun = time.process_time()
        with contextlib.redirect_stdout(io.StringIO()):
            found = bound(given[f"vertices_{number}"], given[f"faces_{number}"], given[f"places_{number}"],
                          given["parents"])
        made |= {f"weights_{number}": found.astype(np.float32), f"cpu_{number}": time.process_time() - begun}
        np.savez(sys.argv[2], **made)


main()
