"""The far side of light by Blender: points as balls in Cycles, in the sun under a sky. Needs bpy, nothing of Marrow.

    python blender_light_far.py FOLDER        blender --background --python blender_light_far.py -- FOLDER

FOLDER holds points.npy and colours.npy (n, 3), ask.json {"stand", "lens", "size", "fstop", "focus", "radius"}, Y up;
made.exr is written there, with light, cover and depth.
"""

import json
import sys
from math import radians
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix

SAMPLES = 16
SUN = (3.2, (radians(52), 0, radians(38)), (1.0, 0.94, 0.86))     # strength, turn, colour
SKY = (0.55, (0.72, 0.84, 1.0))
UPRIGHT = Matrix(((1, 0, 0, 0), (0, 0, -1, 0), (0, 1, 0, 0), (0, 0, 0, 1)))  # Blender's world from ours


def painted() -> object:
    """A matt material in the points' own colours."""
    made = bpy.data.materials.new("points")
    made.use_nodes = True
    tree = made.node_tree
    colour = tree.nodes.new("ShaderNodeAttribute")
    colour.attribute_name = "light"
    surface = next(each for each in tree.nodes if each.type == "BSDF_PRINCIPLED")
    surface.inputs["Roughness"].default_value = 1.0
    tree.links.new(colour.outputs["Color"], surface.inputs["Base Color"])
    return made


def strewn(points: np.ndarray, colours: np.ndarray, radius: float) -> object:
    """The points, as balls."""
    mesh = bpy.data.meshes.new("place")
    mesh.vertices.add(len(points))
    mesh.vertices.foreach_set("co", np.ascontiguousarray(points[:, [0, 2, 1]] * (1, -1, 1), np.float32).ravel())
    shade = mesh.attributes.new("light", "FLOAT_COLOR", "POINT")
    shade.data.foreach_set("color", np.concatenate([colours, np.ones((len(colours), 1))], 1).astype(np.float32).ravel())
    thing = bpy.data.objects.new("place", mesh)
    group = bpy.data.node_groups.new("balls", "GeometryNodeTree")
    for way in ("INPUT", "OUTPUT"):
        group.interface.new_socket("Geometry", in_out=way, socket_type="NodeSocketGeometry")
    came, balls, paint, gone = (group.nodes.new(each) for each in (
        "NodeGroupInput", "GeometryNodeMeshToPoints", "GeometryNodeSetMaterial", "NodeGroupOutput"))
    balls.inputs["Radius"].default_value = radius
    paint.inputs["Material"].default_value = painted()
    for first, last in ((came, balls), (balls, paint), (paint, gone)):
        group.links.new(first.outputs[0], last.inputs[0])
    thing.modifiers.new("balls", "NODES").node_group = group
    return thing


def lamp() -> object:
    """The sun."""
    sun = bpy.data.lights.new("sun", "SUN")
    sun.energy, turn, sun.color = SUN
    sun.angle = radians(2)
    made = bpy.data.objects.new("sun", sun)
    made.rotation_euler = turn
    return made


def seeing(ask: dict) -> object:
    """The camera."""
    lens = bpy.data.cameras.new("camera")
    lens.lens, lens.sensor_width, lens.sensor_fit = ask["lens"], 36.0, "HORIZONTAL"
    lens.clip_start, lens.clip_end = 0.001, 100_000.0
    if ask["fstop"] > 0 and ask["focus"] > 0:
        lens.dof.use_dof, lens.dof.aperture_fstop, lens.dof.focus_distance = True, ask["fstop"], ask["focus"]
    made = bpy.data.objects.new("camera", lens)
    made.matrix_world = UPRIGHT @ Matrix(ask["stand"])
    return made


def main(room: Path) -> None:
    """Build the scene and render it."""
    ask = json.loads((room / "ask.json").read_text("utf-8"))
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    camera = seeing(ask)
    for each in (strewn(np.load(room / "points.npy"), np.load(room / "colours.npy"), ask["radius"]), lamp(), camera):
        scene.collection.objects.link(each)
    world = bpy.data.worlds.new("sky")
    world.use_nodes = True
    ground = next(each for each in world.node_tree.nodes if each.type == "BACKGROUND")
    ground.inputs["Color"].default_value, ground.inputs["Strength"].default_value = (*SKY[1], 1), SKY[0]
    scene.world, scene.camera = world, camera
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.seed, scene.cycles.use_denoising = SAMPLES, 0, False
    scene.render.film_transparent = True
    scene.render.resolution_x, scene.render.resolution_y = ask["size"]
    scene.view_layers[0].use_pass_z = True
    settings = scene.render.image_settings
    settings.file_format, settings.color_depth = "OPEN_EXR_MULTILAYER", "32"
    scene.render.filepath = str(room / "made.exr")
    bpy.ops.render.render(write_still=True)


if __name__ == "__main__":
    main(Path(sys.argv[-1]))
