"""The far side of writing through Blender: runs inside it or a Python with bpy, needs nothing of Marrow.

    PYTHON_WITH_BPY blender_write_far.py FOLDER
    blender --background --factory-startup --python blender_write_far.py -- FOLDER

FOLDER holds ask.json, {"write": "x.fbx", "rig": {...}}, and arrays.npz, as `marrow.bones.formats.blender_pack` packs
them; answer.json is left there.

Blender's sky is +Z, ours +Y. Armatures and meshes keep our numbers and one object above them lies down (`LYING`), so
that an FBX, which stands up again, holds no turn at all. A bone's matrix is its joint's, whatever way it points.
"""

import json
import math
import os
import sys

import bpy
import numpy as np
from mathutils import Matrix

LYING = Matrix(((1, 0, 0, 0), (0, 0, -1, 0), (0, 1, 0, 0), (0, 0, 0, 1)))      # blender_from_ours
NAME = 63 if bpy.app.version < (5, 0, 0) else 255                             # bytes of a name
SOCKETS = {"colour": "Base Color", "roughness": "Roughness", "metallic": "Metallic", "emission": "Emission Color",
           "normal": "Normal"}


def short(names: list) -> list:
    """Names as Blender can hold them: different, and not too long."""
    made, taken = [], set()
    for name in names:
        cut = wish = name.encode()[:NAME].decode("utf-8", "ignore") or "joint"
        number = 1
        while cut in taken:
            tail = f".{number:03}"
            cut = wish.encode()[:NAME - len(tail)].decode("utf-8", "ignore") + tail
            number += 1
        taken.add(cut)
        made.append(cut)
    return made


def write(path: str, rig: dict, arrays: dict, folder: str) -> dict:
    """Build the rig in an empty Blender and export it."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    over, under = rig["rate"]
    scene.render.fps = max(1, math.ceil(over / under))
    scene.render.fps_base = scene.render.fps * under / over
    form = path.rsplit(".", 1)[1].lower()
    names = rig["names"] if form != "abc" else ["".join("_" if letter in " .:/" else letter for letter in name)
                                                for name in rig["names"]]
    names = short(names)
    holder = empties(rig, names, arrays) if form == "abc" else armature(rig, names, arrays, form)
    if rig["mesh"]:
        mesh = body(rig, names, arrays, folder, form)
        mesh.parent = holder
        hang(mesh, holder, rig, names, arrays, form)
    last = max((take["frames"] for take in rig["takes"]), default=1) - 1
    scene.frame_start, scene.frame_end = 0, max(last, 0)
    scene.frame_set(-10)
    bpy.context.view_layer.update()
    export(path, form, rig)
    return {"renamed": sum(one != other for one, other in zip(names, rig["names"], strict=True))}


def export(path: str, form: str, rig: dict) -> None:
    """Write the file, every frame of every take and nothing but what we made."""
    if form == "fbx":
        bpy.ops.export_scene.fbx(
            filepath=path, axis_forward="-Z", axis_up="Y", apply_scale_options="FBX_SCALE_ALL", add_leaf_bones=False,
            use_armature_deform_only=False, bake_anim=bool(rig["takes"]), bake_anim_use_all_actions=False,
            bake_anim_use_nla_strips=True, bake_anim_simplify_factor=0.0, bake_anim_step=1.0,
            bake_anim_force_startend_keying=True, path_mode="COPY", embed_textures=True, mesh_smooth_type="OFF",
            use_custom_props=False, use_mesh_modifiers=False, colors_type="SRGB")
    elif form == "blend":
        bpy.ops.file.pack_all()
        bpy.ops.wm.save_as_mainfile(filepath=path, compress=True)
    else:
        scene = bpy.context.scene
        bpy.ops.wm.alembic_export(filepath=path, start=scene.frame_start, end=scene.frame_end, flatten=False,
                                  uvs=True, normals=True, vcolors=True, face_sets=True, as_background_job=False)


def armature(rig: dict, names: list, arrays: dict, form: str) -> object:
    """The skeleton in its bind pose, with an action and a track for every take."""
    bones = bpy.data.armatures.new(rig["name"])
    holder = bpy.data.objects.new(rig["name"], bones)
    bpy.context.scene.collection.objects.link(holder)
    bpy.context.view_layer.objects.active = holder
    holder.matrix_world = LYING
    bpy.ops.object.mode_set(mode="EDIT")
    stand, lengths = arrays["stand"], arrays["lengths"]
    made = []
    for joint, name in enumerate(names):
        bone = bones.edit_bones.new(name)
        bone.head, bone.tail = (0, 0, 0), (0, float(lengths[joint]), 0)
        bone.matrix = Matrix(stand[joint].tolist())
        bone.length = float(lengths[joint])
        if rig["parents"][joint] >= 0:
            bone.parent = made[rig["parents"][joint]]
        made.append(bone)
    bpy.ops.object.mode_set(mode="OBJECT")
    rest = np.array([bones.bones[name].matrix_local for name in names])
    for bone in holder.pose.bones:
        bone.rotation_mode = "QUATERNION"
    for number, take in enumerate(rig["takes"]):
        turns, places = arrays[f"turns_{number}"], arrays[f"places_{number}"]
        curves(holder, names, take, basis(rest, rig["parents"], turns, places), arrays["travels"], form)
    pose(holder, rig, names, rest, arrays)
    return holder


def basis(rest: np.ndarray, parents: list, turns: np.ndarray, places: np.ndarray) -> np.ndarray:
    """What Blender adds to each bone's rest: (frames, joints, 4, 4), of local turns (.., 3, 3) and places (.., 3)."""
    local = np.zeros((*turns.shape[:2], 4, 4))
    local[..., :3, :3], local[..., :3, 3], local[..., 3, 3] = turns, places, 1
    made = np.empty_like(local)
    for joint, parent in enumerate(parents):
        still = rest[joint] if parent < 0 else np.linalg.inv(rest[parent]) @ rest[joint]
        made[:, joint] = np.linalg.inv(still) @ local[:, joint]
    return made


def quaternions(turns: np.ndarray) -> np.ndarray:
    """Turns (frames, 3, 3) as wxyz, the signs without jumps."""
    made = np.array([Matrix(turn).to_quaternion() for turn in turns.tolist()])
    signs = np.cumprod(np.where((made[1:] * made[:-1]).sum(1) < 0, -1.0, 1.0))
    made[1:] *= signs[:, None]
    return made


def curves(holder: object, names: list, take: dict, added: np.ndarray, moving: np.ndarray, form: str) -> None:
    """An action with a key on every frame; in a track of its own but for Blender's files, which hold actions."""
    action = bpy.data.actions.new(take["name"])
    slot, new = channels(action, holder)
    over, under = take["rate"]
    step = (bpy.context.scene.render.fps / bpy.context.scene.render.fps_base) * under / over
    frames = np.arange(len(added)) * (1.0 if abs(step - 1) < 1e-5 else step)
    for joint, name in enumerate(names):
        path = f'pose.bones["{bpy.utils.escape_identifier(name)}"]'
        turns = quaternions(added[:, joint, :3, :3])
        tracks = [("rotation_quaternion", turns)]
        if joint == 0 or moving[joint]:
            tracks.append(("location", added[:, joint, :3, 3]))
        for what, values in tracks:
            for axis in range(values.shape[1]):
                key(new(f"{path}.{what}", axis, name), frames, values[:, axis])
    if form == "blend":
        action.use_fake_user = True
        if holder.animation_data.action is None:
            holder.animation_data.action = action
            if slot is not None:
                holder.animation_data.action_slot = slot
        return
    track = holder.animation_data.nla_tracks.new()
    track.name = take["name"]
    strip = track.strips.new(take["name"], 0, action)
    strip.name = take["name"]
    if slot is not None:
        strip.action_slot = slot
    strip.extrapolation = "NOTHING"
    strip.frame_start, strip.frame_end = 0, max(float(frames[-1]), 1e-3)


def channels(action: object, holder: object) -> tuple:
    """The slot of an action where this Blender has slots, and how to make a curve in it."""
    holder.animation_data_create()
    if not hasattr(action, "slots"):
        return None, lambda path, axis, group: action.fcurves.new(path, index=axis, action_group=group)
    slot = action.slots.new(id_type="OBJECT", name=holder.name)
    strip = action.layers.new("Layer").strips.new(type="KEYFRAME")
    bag = strip.channelbag(slot, ensure=True)
    return slot, lambda path, axis, _group: bag.fcurves.new(path, index=axis)


def key(curve: object, frames: np.ndarray, values: np.ndarray) -> None:
    """Straight lines from key to key."""
    curve.keyframe_points.add(len(frames))
    curve.keyframe_points.foreach_set("co", np.stack([frames, values], 1).astype(np.float32).ravel())
    curve.keyframe_points.foreach_set("interpolation", np.ones(len(frames), np.uint8))
    curve.update()


def pose(holder: object, rig: dict, names: list, rest: np.ndarray, arrays: dict) -> None:
    """Leave the armature in the rig's rest pose."""
    for joint, added in enumerate(basis(rest, rig["parents"], arrays["turns"][None], arrays["places"][None])[0]):
        bone = holder.pose.bones[names[joint]]
        bone.rotation_quaternion = Matrix(added.tolist()).to_quaternion()
        bone.location = added[:3, 3].tolist()


def empties(rig: dict, names: list, arrays: dict) -> object:
    """The skeleton as empty objects that move: what Alembic can hold of it."""
    holder = bpy.data.objects.new(f"{rig['name']}_armature", None)
    bpy.context.scene.collection.objects.link(holder)
    holder.matrix_world = LYING
    made = []
    for joint, name in enumerate(names):
        thing = bpy.data.objects.new(name, None)
        bpy.context.scene.collection.objects.link(thing)
        thing.parent = holder if rig["parents"][joint] < 0 else made[rig["parents"][joint]]
        thing.rotation_mode = "QUATERNION"
        thing.location = arrays["places"][joint].tolist()
        thing.rotation_quaternion = Matrix(arrays["turns"][joint].tolist()).to_quaternion()
        made.append(thing)
    for take in rig["takes"][:1]:
        for joint, thing in enumerate(made):
            action = bpy.data.actions.new(f"{take['name']}|{names[joint]}")
            slot, new = channels(action, thing)
            frames = np.arange(take["frames"]).astype(float)
            for what, values in (("rotation_quaternion", quaternions(arrays["turns_0"][:, joint])),
                                 ("location", arrays["places_0"][:, joint])):
                for axis in range(values.shape[1]):
                    key(new(what, axis, names[joint]), frames, values[:, axis])
            thing.animation_data.action = action
            if slot is not None:
                thing.animation_data.action_slot = slot
    return holder


def body(rig: dict, names: list, arrays: dict, folder: str, form: str) -> object:
    """The mesh with its looks, shapes and colours."""
    mesh = bpy.data.meshes.new(rig["mesh"]["name"])
    faces = arrays["faces"]
    mesh.vertices.add(len(arrays["vertices"]))
    mesh.vertices.foreach_set("co", arrays["vertices"].astype(np.float32).ravel())
    mesh.loops.add(faces.size)
    mesh.loops.foreach_set("vertex_index", faces.astype(np.int32).ravel())
    mesh.polygons.add(len(faces))
    mesh.polygons.foreach_set("loop_start", np.arange(0, faces.size, 3, dtype=np.int32))
    if bpy.app.version < (4, 1, 0):
        mesh.polygons.foreach_set("loop_total", np.full(len(faces), 3, np.int32))
    mesh.polygons.foreach_set("use_smooth", np.ones(len(faces), bool))
    for number, said in enumerate(rig["mesh"]["materials"]):
        mesh.materials.append(material(said, number, folder, form))
    if "material" in arrays:
        mesh.polygons.foreach_set("material_index", arrays["material"].astype(np.int32))
    if "uv" in arrays:
        layer = mesh.uv_layers.new(name="UVMap")
        layer.data.foreach_set("uv", (arrays["uv"] * (1, -1) + (0, 1))[faces.ravel()].astype(np.float32).ravel())
    if "colours" in arrays:
        layer = mesh.color_attributes.new("Color", "BYTE_COLOR", "POINT")
        layer.data.foreach_set("color_srgb", (arrays["colours"] / 255).astype(np.float32).ravel())
    mesh.update(calc_edges=True)
    if "normals" in arrays:
        if hasattr(mesh, "use_auto_smooth"):
            mesh.use_auto_smooth = True
        mesh.normals_split_custom_set_from_vertices(arrays["normals"].astype(np.float32))
    thing = bpy.data.objects.new(rig["mesh"]["name"], mesh)
    bpy.context.scene.collection.objects.link(thing)
    shapes = rig["mesh"]["shapes"]
    if shapes:
        thing.shape_key_add(name="Basis")
    for number, name in enumerate(shapes):
        block = thing.shape_key_add(name=name, from_mix=False)
        block.value = 0.0
        block.data.foreach_set("co", (arrays["vertices"] + arrays[f"shape_{number}"]).astype(np.float32).ravel())
    return thing


def hang(mesh: object, holder: object, rig: dict, names: list, arrays: dict, form: str) -> None:
    """Let bones carry the vertices; for Alembic by an armature that is not exported."""
    if "joints" not in arrays:
        return
    joints, weights = arrays["joints"], arrays["weights"]
    for joint, name in enumerate(names):
        group = mesh.vertex_groups.new(name=name)
        rows, columns = np.nonzero((joints == joint) & (weights > 0))
        shares = weights[rows, columns]
        for share in np.unique(shares).tolist():
            group.add(rows[shares == share].tolist(), share, "REPLACE")
    if form == "abc":
        holder = armature(rig | {"name": rig["name"] + "_bones"}, names, arrays, form)
        track = next(iter(holder.animation_data.nla_tracks), None) if holder.animation_data else None
        for other in list(holder.animation_data.nla_tracks)[1:] if track else []:
            other.mute = True
        holder.hide_viewport = holder.hide_render = True
    bend = mesh.modifiers.new("Armature", "ARMATURE")
    bend.object = holder


def material(said: dict, number: int, folder: str, form: str) -> object:
    """A principled material; its pictures are read from the folder."""
    made = bpy.data.materials.new(said["name"] or f"material_{number}")
    made.use_nodes = True
    shader = next(node for node in made.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    glow = "Emission Color" if "Emission Color" in shader.inputs else "Emission"
    shader.inputs["Base Color"].default_value = said["colour"]
    shader.inputs["Alpha"].default_value = said["colour"][3]
    shader.inputs["Metallic"].default_value = said["metallic"]
    shader.inputs["Roughness"].default_value = said["roughness"]
    strong = max(max(said["emission"]), 1e-9)
    shader.inputs[glow].default_value = [*(part / strong for part in said["emission"]), 1]
    shader.inputs["Emission Strength"].default_value = strong if strong > 1e-9 else 0.0
    made.use_backface_culling = not said["two_sided"]
    if said["alpha"] != "opaque" and hasattr(made, "blend_method"):
        made.blend_method = "CLIP" if said["alpha"] == "mask" else "BLEND"
    links = made.node_tree.links
    for role, name in said["pictures"].items():
        if role not in SOCKETS:
            continue
        node = made.node_tree.nodes.new("ShaderNodeTexImage")
        node.image = bpy.data.images.load(os.path.join(folder, name))
        node.image.name = name
        if role in ("normal", "roughness"):
            node.image.colorspace_settings.name = "Non-Color"
        socket = shader.inputs[glow if role == "emission" else SOCKETS[role]]
        if role == "normal":
            bump = made.node_tree.nodes.new("ShaderNodeNormalMap")
            links.new(node.outputs["Color"], bump.inputs["Color"])
            links.new(bump.outputs["Normal"], socket)
        elif role == "roughness" and form != "fbx":
            parts = made.node_tree.nodes.new("ShaderNodeSeparateColor")
            links.new(node.outputs["Color"], parts.inputs["Color"])
            links.new(parts.outputs["Green"], socket)
            links.new(parts.outputs["Blue"], shader.inputs["Metallic"])
        else:
            links.new(node.outputs["Color"], socket)
        if role == "colour" and said["alpha"] != "opaque":
            links.new(node.outputs["Alpha"], shader.inputs["Alpha"])
    return made


def main() -> None:
    """Do what the folder asks."""
    words = sys.argv[sys.argv.index("--") + 1:] if "--" in sys.argv else sys.argv[1:]
    folder = words[0]
    with open(os.path.join(folder, "ask.json"), encoding="utf-8") as file:
        ask = json.load(file)
    with np.load(os.path.join(folder, "arrays.npz")) as found:
        made = write(ask["write"], ask["rig"], dict(found), folder)
    with open(os.path.join(folder, "answer.json"), "w", encoding="utf-8") as file:
        json.dump(made | {"blender": bpy.app.version_string}, file)


if __name__ == "__main__":
    main()
