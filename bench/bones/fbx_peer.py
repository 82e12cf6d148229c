"""Blender's side of bench_fbx.py: where its importer puts every bone and object, for one file.

    PYTHON_WITH_BPY fbx_peer.py FILE new|old OUT.json
"""

import json
import sys
import time

import bpy


def places(objects: list, frame: float) -> dict:
    """World places of pose bones and other objects at a frame, Y up."""
    whole = int(frame // 1)
    bpy.context.scene.frame_set(whole, subframe=frame - whole)
    found = {}
    for thing in objects:
        if thing.type == "ARMATURE":
            for bone in thing.pose.bones:
                found[bone.name] = (thing.matrix_world @ bone.matrix).translation
        found.setdefault(thing.name, thing.matrix_world.translation)
    return {name: [at.x, at.z, -at.y] for name, at in found.items()}


def keyed(action) -> list[int]:
    """Whole frames on which every curve of an action has a key."""
    curves = [curve for layer in action.layers for strip in layer.strips for bag in strip.channelbags
              for curve in bag.fcurves]
    rows = [{round(key.co.x, 4) for key in curve.keyframe_points} for curve in curves]
    shared = set.intersection(*rows) if rows else set()
    return sorted(int(frame) for frame in shared if frame == int(frame))


def main() -> None:
    path, importer, out = sys.argv[1:]
    bpy.ops.wm.read_factory_settings(use_empty=True)
    begun = time.process_time()
    try:
        if importer == "new":
            bpy.ops.wm.fbx_import(filepath=path)
        else:
            bpy.ops.import_scene.fbx(filepath=path)
    except RuntimeError as error:
        json.dump({"refused": str(error).strip().splitlines()[-1]}, open(out, "w"))
        return
    cpu = time.process_time() - begun
    objects = list(bpy.data.objects)
    rate = bpy.context.scene.render.fps / bpy.context.scene.render.fps_base
    made = {"cpu": cpu, "rate": rate, "still": places(objects, 1), "takes": {}}
    for action in bpy.data.actions:
        owners = [each for each in objects if each.animation_data and each.animation_data.action]
        for each in owners:
            each.animation_data.action = action
            slots = [slot for slot in action.slots if slot.identifier == "OB" + each.name]
            slots = slots or (list(action.slots) if importer == "old" else [])
            if slots:
                each.animation_data.action_slot = slots[0]
        frames = keyed(action)
        step = max(1, len(frames) // 12)
        made["takes"][action.name] = {str(frame): places(objects, frame) for frame in frames[::step]}
    json.dump(made, open(out, "w"))


main()
