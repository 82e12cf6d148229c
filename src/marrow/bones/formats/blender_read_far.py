"""The far side of reading through Blender: runs inside it or a Python with bpy, needs nothing of Marrow.

    PYTHON_WITH_BPY blender_read_far.py FOLDER
    blender --background --factory-startup --python blender_read_far.py -- FOLDER

FOLDER holds ask.json, {"read": "x.blend", "frames": most per take}; answer.json, a tree of nodes as
`marrow.bones.formats.nodes` describes it, and its arrays in answer.npz are left there. Scripts inside a .blend never
run.
"""

import json
import math
import os
import sys

import bpy
import numpy as np

UPRIGHT = np.array(((1, 0, 0, 0), (0, 0, 1, 0), (0, -1, 0, 0), (0, 0, 0, 1)))  # ours_from_blender
SOCKETS = {"colour": "Base Color", "roughness": "Roughness", "metallic": "Metallic", "emission": "Emission Color",
           "normal": "Normal"}
JOINTS = "_armature"   # objects below one of this name are joints: that is how we write them to Alembic
DRAWN = {"MESH", "CURVE", "SURFACE", "FONT", "META"}


class Refused(Exception):  # noqa: N818  (an answer, not an accident)
    """What cannot be read; the words go to the person who asked."""


class Luggage:
    """Arrays on their way to the near side; the tree names them by number."""

    def __init__(self) -> None:
        self.arrays = []

    def add(self, array: object) -> int:
        """Pack one array."""
        self.arrays.append(np.ascontiguousarray(array))
        return len(self.arrays) - 1


def read(path: str, most: int) -> tuple:
    """Everything in a file: the tree as plain facts, and its arrays."""
    form = path.rsplit(".", 1)[1].lower()
    try:
        if form == "abc":
            bpy.ops.wm.read_factory_settings(use_empty=True)
            bpy.context.scene.render.fps = 24000
            done = bpy.ops.wm.alembic_import(filepath=path, as_background_job=False, set_frame_range=True)
        else:
            done = bpy.ops.wm.open_mainfile(filepath=path, load_ui=False, use_scripts=False)
    except RuntimeError as error:
        raise Refused(str(error).strip().splitlines()[-1]) from error
    if "FINISHED" not in done or not bpy.data.objects:
        raise Refused("nothing in it can be read")
    scene = bpy.context.scene
    scene.name = os.path.basename(path)[:-4] if form == "abc" else scene.name
    sure = rate_of(scene) if form == "abc" else True
    if form == "abc":
        scene.frame_set(scene.frame_start)
    nodes = listed(scene)
    pack = Luggage()
    units = scene.unit_settings
    scale = units.scale_length if units.system != "NONE" else 1.0
    rest = worlds(nodes, scale)
    meshes = [each for each in (mesh_of(thing, nodes, pack, scale) for thing in scene.objects) if each]
    used = dict.fromkeys(slot.material for thing in scene.objects for slot in thing.material_slots if slot.material)
    looks = {look.name: number for number, look in enumerate(used)}
    for each in meshes:
        each["materials"] = [looks.get(name, -1) for name in each["materials"]]
    still = [(number, bone) for number, (thing, bone, _) in enumerate(nodes) if bone]
    stance = np.array([ours(nodes[number][0].matrix_world @ bone.bone.matrix_local, scale) for number, bone in still])
    cached = sum(any(each.type == "MESH_SEQUENCE_CACHE" for each in thing.modifiers) for thing in scene.objects)
    fps = scene.render.fps / scene.render.fps_base
    made = {"stated": {"version": ".".join(map(str, bpy.data.version)), "unit": scale, "rate": fps}, "rate": fps,
            "sure": sure, "root": False,
            "remarks": [[word, count] for word, count in (
                ("constraints", sum(len(bone.constraints) for _, bone, _ in nodes if bone)),
                ("lights", kinds(nodes).count("light")), ("cameras", kinds(nodes).count("camera")),
                ("caches", cached)) if count],
            "nodes": {"names": [bone.name if bone else thing.name for thing, bone, _ in nodes],
                      "parents": [parent for _, _, parent in nodes], "kinds": kinds(nodes)},
            "rest": pack.add(rest), "materials": [look_of(look, pack) for look in used],
            "stances": [{"nodes": [number for number, _ in still], "worlds": pack.add(stance)}] if still else [],
            "takes": takes(scene, nodes, most, pack, scale), "meshes": meshes}
    return made, pack.arrays


def ours(matrix: object, scale: float = 1.0) -> np.ndarray:
    """A matrix of Blender's world in ours, metres: (3, 4)."""
    made = (UPRIGHT @ np.array(matrix))[:3]
    made[:, 3] *= scale
    return made


def listed(scene: object) -> list:
    """Objects and bones, parents first: (object, pose bone or None, number of the parent)."""
    made, at = [], {}
    waiting = sorted((each for each in scene.objects if each.parent is None or each.parent.name not in scene.objects),
                     key=lambda each: each.name)[::-1]
    while waiting:
        thing = waiting.pop()
        above = at.get((thing.parent.name, thing.parent_bone if thing.parent_type == "BONE" else ""), -1) \
            if thing.parent else -1
        at[thing.name, ""] = len(made)
        made.append((thing, None, above))
        for bone in thing.pose.bones if thing.type == "ARMATURE" else ():      # parents stand first
            at[thing.name, bone.name] = len(made)
            made.append((thing, bone, at[thing.name, bone.parent.name if bone.parent else ""]))
        waiting += sorted((each for each in thing.children if each.name in scene.objects),
                          key=lambda each: each.name)[::-1]
    return made


def kinds(nodes: list) -> list:
    """What every node is, in the words of the tree."""
    words = {"LIGHT": "light", "CAMERA": "camera", "ARMATURE": "null", "EMPTY": "null"}
    made = []
    for thing, bone, above in nodes:
        kind = "bone" if bone else words.get(thing.type, "mesh" if thing.type in DRAWN else "other")
        jointed = above >= 0 and (made[above] == "bone" or nodes[above][0].name.endswith(JOINTS))
        made.append("bone" if kind == "null" and jointed else kind)
    return made


def worlds(nodes: list, scale: float) -> np.ndarray:
    """Where every node is now: (nodes, 3, 4)."""
    return np.array([ours(thing.matrix_world @ bone.matrix if bone else thing.matrix_world, scale)
                     for thing, bone, _ in nodes]).reshape(-1, 3, 4)


def takes(scene: object, nodes: list, most: int, pack: Luggage, scale: float) -> list:
    """Every action of an armature, and the scene's own motion where other things move or nothing else does."""
    found = []
    holders = [thing for thing, bone, _ in nodes if bone is None and thing.type == "ARMATURE"]
    changed = [(each, each.show_viewport) for thing, bone, _ in nodes if bone is None for each in thing.modifiers]
    for each, _ in changed:
        each.show_viewport = each.type == "MESH_SEQUENCE_CACHE"
    played = [thing for thing, bone, _ in nodes if bone is None
              and (thing.type != "ARMATURE" and (thing.animation_data or thing.constraints))]
    tracks = [each for each in holders if each.animation_data and each.animation_data.nla_tracks
              and not each.animation_data.action]
    if played or tracks:
        found.append(take(scene, scene.name, (scene.frame_start, scene.frame_end), nodes, most, pack, scale))
    for action in bpy.data.actions:
        owners = [each for each in holders if plays(each, action)]
        if owners:
            before = [(each.animation_data_create().action, each.animation_data.use_nla) for each in owners]
            for each in owners:
                put(each, action)
            span = (math.floor(action.frame_range[0]), math.ceil(action.frame_range[1] - 1e-3))
            found.append(take(scene, action.name, span, nodes, most, pack, scale, owners))
            for each, (old, tracks_play) in zip(owners, before, strict=True):
                each.animation_data.use_nla = tracks_play
                if old:
                    put(each, old)
                    each.animation_data.use_nla = tracks_play
    for each, shown in changed:
        each.show_viewport = shown
    return [each for each in found if each]


def put(thing: object, action: object) -> None:
    """Let an object play an action and nothing else."""
    thing.animation_data.use_nla = False
    thing.animation_data.action = action
    slots = [each for each in getattr(action, "slots", ()) if each.target_id_type in ("OBJECT", "UNSPECIFIED")]
    if slots and thing.animation_data.action_slot is None:
        thing.animation_data.action_slot = slots[0]


def plays(holder: object, action: object) -> bool:
    """Whether an action moves bones of an armature."""
    if holder.animation_data and holder.animation_data.action == action:
        return True
    if hasattr(action, "layers"):
        bags = [bag for layer in action.layers for strip in layer.strips for bag in strip.channelbags]
        paths = [curve.data_path for bag in bags for curve in bag.fcurves]
    else:
        paths = [curve.data_path for curve in action.fcurves]
    named = {path.split('"')[1] for path in paths if path.startswith('pose.bones["')}
    return bool(named) and len(named & set(holder.pose.bones.keys())) * 2 > len(named)


def take(scene: object, name: str, span: tuple, nodes: list, most: int, pack: Luggage, scale: float,
         owners: tuple = ()) -> dict:
    """Where every node is on every frame; None where nothing moves and no armature of `owners` is told to."""
    frames = max(1, span[1] - span[0] + 1)
    fps = scene.render.fps / scene.render.fps_base
    made = {"name": name, "rate": fps, "start": span[0] / fps, "seconds": (frames - 1) / fps, "shapes": False}
    if frames > most or frames * len(nodes) > 40 * most:
        return made | {"frames": 0, "animated": []}
    left = scene.frame_current
    block = np.empty((frames, len(nodes), 3, 4))
    for number in range(frames):
        scene.frame_set(span[0] + number)
        block[number] = worlds(nodes, scale)
    scene.frame_set(left)
    moving = np.ptp(block, axis=0).max((1, 2)) > 1e-7
    for number, (thing, bone, _) in enumerate(nodes):
        moving[number] |= bone is not None and thing in owners
    moved = np.flatnonzero(moving)
    if not len(moved):
        return None
    return made | {"frames": frames, "animated": moved.tolist(), "moved": pack.add(moved.astype(np.int32)),
                   "worlds": pack.add(block[:, moved])}


def rate_of(scene: object) -> bool:
    """Find the rate that a cache was sampled at: the lowest between whose frames everything goes straight."""
    render, seconds = scene.render, scene.frame_end / 24000
    cached = [each for thing in scene.objects for each in (*thing.constraints, *thing.modifiers)]
    if not any(each.type in ("TRANSFORM_CACHE", "MESH_SEQUENCE_CACHE") for each in cached):
        render.fps = 24
        scene.frame_start = scene.frame_end = 0
        return True
    for fps, base in ((24, 1.001), (24, 1), (25, 1), (30, 1.001), (30, 1), (48, 1), (50, 1), (60, 1.001), (60, 1),
                      (72, 1), (90, 1), (100, 1), (120, 1), (240, 1)):
        render.fps, render.fps_base = fps, base
        last = round(seconds * fps / base)
        if abs(last / fps * base - seconds) < 2 / 24000 and straight(scene, last):
            scene.frame_start, scene.frame_end = 0, last
            return True
    render.fps, render.fps_base = 240, 1
    scene.frame_start, scene.frame_end = 0, round(seconds * 240)
    return False


def straight(scene: object, last: int) -> bool:
    """Whether objects go straight and evenly from frame to frame, looked at in a dozen places."""
    for number in np.unique(np.linspace(0, max(last - 1, 0), 12).astype(int)).tolist():
        seen = []
        for part in (0.0, 0.5, 1.0):
            scene.frame_set(number, subframe=part) if part < 1 else scene.frame_set(number + 1)
            seen.append([each.matrix_local.decompose()[:2] for each in scene.objects])
        for (a, turn_a), (b, turn_b), (c, turn_c) in zip(*seen, strict=True):
            far = (a + c) / 2 - b
            angle = turn_a.slerp(turn_c, 0.5).rotation_difference(turn_b).angle
            if far.length > 1e-5 + 1e-3 * (a - c).length or min(angle, 2 * math.pi - angle) > 2e-4:
                return False
    return True


def mesh_of(thing: object, nodes: list, pack: Luggage, scale: float) -> dict:
    """An object's polygons, with all its modifiers but bones; None where it has none."""
    if thing.type not in DRAWN:
        return None
    bends = [each for each in thing.modifiers if each.type == "ARMATURE"]
    others = [each for each in thing.modifiers if each.type != "ARMATURE" and each.show_viewport]
    shown = [each.show_viewport for each in bends]
    for each in bends:
        each.show_viewport = False
    plain = thing.type == "MESH" and not others
    seen = thing if plain else thing.evaluated_get(bpy.context.evaluated_depsgraph_get())
    mesh = thing.data if plain else seen.to_mesh()
    made = packed(thing, mesh, nodes, pack, bends, scale) if mesh is not None and len(mesh.polygons) else None
    if not plain:
        seen.to_mesh_clear()
    for each, was in zip(bends, shown, strict=True):
        each.show_viewport = was
    return made


def packed(thing: object, mesh: object, nodes: list, pack: Luggage, bends: list, scale: float) -> dict:
    """A mesh as the tree describes it."""
    def column(things: object, what: str, width: int, kind: type) -> np.ndarray:
        made = np.empty(len(things) * width, kind)
        things.foreach_get(what, made)
        return made.reshape(-1, width) if width > 1 else made

    number = next(place for place, (each, bone, _) in enumerate(nodes) if each == thing and bone is None)
    points = column(mesh.vertices, "co", 3, np.float32).astype(float)
    shrink = np.diag([scale] * 3 + [1.0])[:3]        # nodes are in metres where they stand, not in what they hold
    corners = column(mesh.loops, "vertex_index", 1, np.int32)
    made = {"name": thing.name, "nodes": [number], "geometry": pack.add(shrink[None]),
            "points": pack.add(points), "corners": pack.add(corners), "shapes": [],
            "counts": pack.add(column(mesh.polygons, "loop_total", 1, np.int32)),
            "material": pack.add(column(mesh.polygons, "material_index", 1, np.int32)),
            "materials": [slot.material.name if slot.material else "" for slot in thing.material_slots]}
    if hasattr(mesh, "corner_normals"):
        made["normals"] = pack.add(column(mesh.corner_normals, "vector", 3, np.float32))
    if mesh.uv_layers.active:
        made["uv"] = pack.add(column(mesh.uv_layers.active.data, "uv", 2, np.float32))
    tint = mesh.color_attributes.active_color if len(mesh.color_attributes) else None
    if tint is not None and tint.domain in ("POINT", "CORNER"):
        values = column(tint.data, "color_srgb", 4, np.float32)
        made["colours"] = pack.add(values[corners] if tint.domain == "POINT" else values)
    keys = thing.data.shape_keys if thing.type == "MESH" else None
    for block in keys.key_blocks if keys and len(thing.data.vertices) == len(points) else ():
        if block != keys.reference_key:
            move = column(block.data, "co", 3, np.float32) - column(keys.reference_key.data, "co", 3, np.float32)
            made["shapes"].append({"name": block.name, "vertex": pack.add(np.arange(len(points), dtype=np.int32)),
                                   "move": pack.add(move.astype(float))})
    holder = next((each.object for each in bends if each.object), None)
    if holder is not None:
        made["skin"] = skin(thing, mesh, holder, nodes, pack, scale)
    return made


def skin(thing: object, mesh: object, holder: object, nodes: list, pack: Luggage, scale: float) -> dict:
    """Which bones carry which vertices; None where none does."""
    at = {bone.name: number for number, (each, bone, _) in enumerate(nodes) if bone and each == holder}
    groups = {group.index: at[group.name] for group in thing.vertex_groups if group.name in at}
    rows = np.array([(vertex.index, each.group, each.weight) for vertex in mesh.vertices for each in vertex.groups
                     if each.group in groups and each.weight > 0]).reshape(-1, 3)
    if not len(rows):
        return None
    used = sorted(set(rows[:, 1].astype(int).tolist()))
    place = {group: number for number, group in enumerate(used)}
    inverse, bind = [], []
    for group in used:
        stand = ours(holder.matrix_world @ holder.data.bones[nodes[groups[group]][1].name].matrix_local, scale)
        square = np.vstack([stand, [0, 0, 0, 1]])
        mesh_stand = np.vstack([ours(thing.matrix_world, scale), [0, 0, 0, 1]])
        bind.append(stand)
        inverse.append((np.linalg.inv(square) @ mesh_stand @ np.diag([scale] * 3 + [1.0]))[:3])
    return {"bones": [groups[group] for group in used], "inverse": pack.add(np.array(inverse)),
            "bind": pack.add(np.array(bind)), "vertex": pack.add(rows[:, 0].astype(np.int32)),
            "cluster": pack.add(np.array([place[int(group)] for group in rows[:, 1]], np.int32)),
            "weight": pack.add(rows[:, 2]), "method": 0}


def look_of(look: object, pack: Luggage) -> dict:
    """A material in the terms of metallic and roughness, with its pictures."""
    made = {"name": look.name, "colour": [*look.diffuse_color], "metallic": look.metallic, "roughness": look.roughness,
            "emission": [0.0, 0.0, 0.0], "alpha": "opaque", "two_sided": not look.use_backface_culling, "pictures": {}}
    shader = next((node for node in look.node_tree.nodes if node.type == "BSDF_PRINCIPLED"), None) \
        if look.use_nodes and look.node_tree else None
    if shader is None:
        return made
    glow = shader.inputs.get("Emission Color") or shader.inputs.get("Emission")
    for role, name in SOCKETS.items():
        socket = glow if role == "emission" else shader.inputs[name]
        image = image_of(socket)
        if image is not None:
            made["pictures"][role] = picture_of(image, pack)
    alpha = shader.inputs["Alpha"]
    strength = shader.inputs["Emission Strength"].default_value if "Emission Strength" in shader.inputs else 1.0
    colour = [1.0, 1.0, 1.0] if "colour" in made["pictures"] else shader.inputs["Base Color"].default_value[:3]
    made |= {"colour": [*colour, alpha.default_value], "metallic": shader.inputs["Metallic"].default_value,
             "roughness": shader.inputs["Roughness"].default_value,
             "emission": [strength * part for part in glow.default_value[:3]],
             "alpha": "blend" if alpha.default_value < 1 or alpha.is_linked else "opaque"}
    if "roughness" in made["pictures"]:
        made["roughness"] = 1.0
    if "metallic" in made["pictures"]:
        made["metallic"] = 1.0
    return made


def image_of(socket: object) -> object:
    """The picture that feeds a socket, straight or through nodes that take it apart."""
    for _ in range(4):
        if not socket or not socket.is_linked:
            return None
        node = socket.links[0].from_node
        if node.type == "TEX_IMAGE":
            return node.image
        socket = next((each for each in node.inputs if each.type == "RGBA" and each.is_linked), None)
    return None


def picture_of(image: object, pack: Luggage) -> dict:
    """Where an image lies, and its bytes where they are inside the file."""
    inside = image.packed_file.data if image.packed_file else None
    return {"said": [bpy.path.abspath(image.filepath) or image.name],
            "bytes": pack.add(np.frombuffer(inside, np.uint8)) if inside else None}


def main() -> None:
    """Do what the folder asks."""
    words = sys.argv[sys.argv.index("--") + 1:] if "--" in sys.argv else sys.argv[1:]
    folder = words[0]
    with open(os.path.join(folder, "ask.json"), encoding="utf-8") as file:
        ask = json.load(file)
    made, arrays = {}, []
    try:
        made, arrays = read(ask["read"], ask["frames"])
    except Refused as error:
        made = {"refused": str(error)}
    np.savez(os.path.join(folder, "answer.npz"), **{str(number): each for number, each in enumerate(arrays)})
    with open(os.path.join(folder, "answer.json"), "w", encoding="utf-8") as file:
        json.dump(made | {"blender": bpy.app.version_string}, file)


if __name__ == "__main__":
    main()
