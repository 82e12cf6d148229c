"""The same points and camera in moderngl on Mesa's llvmpipe and in Open3D; run by bench_points.py in their own Python.

    python points_peer.py FILE.npz moderngl|open3d
"""

import json
import sys
import time

import numpy as np

WIDE, HIGH = 1920, 1080
ANGLE, NEAR, FAR = 60.0, 0.05, 12.0
AWAY = 3.2


def clip_from_world():
    focal = 1 / np.tan(np.radians(ANGLE) / 2)
    made = np.zeros((4, 4), np.float32)
    made[0, 0], made[1, 1] = focal * HIGH / WIDE, focal
    made[2, 2], made[2, 3], made[3, 2] = (FAR + NEAR) / (NEAR - FAR), 2 * FAR * NEAR / (NEAR - FAR), -1
    placed = np.eye(4, dtype=np.float32)
    placed[2, 3] = -AWAY
    return made @ placed


def with_moderngl(points, light):
    import moderngl

    context = moderngl.create_context(standalone=True, backend="egl")
    program = context.program(
        vertex_shader="""#version 330
        uniform mat4 clip; in vec3 place; in vec3 light; out vec3 shine;
        void main() { gl_Position = clip * vec4(place, 1.0); shine = light; }""",
        fragment_shader="#version 330\nin vec3 shine; out vec4 made; void main() { made = vec4(shine, 1.0); }")
    program["clip"].write(clip_from_world().T.tobytes())
    stored = context.buffer(np.hstack([points, light]).astype(np.float32).tobytes())
    drawn = context.vertex_array(program, [(stored, "3f 3f", "place", "light")])
    target = context.framebuffer([context.renderbuffer((WIDE, HIGH), 4)], context.depth_renderbuffer((WIDE, HIGH)))
    target.use()
    context.enable(moderngl.DEPTH_TEST)

    def draw():
        target.clear()
        drawn.render(moderngl.POINTS)
        return target.read()

    return draw, f"moderngl {moderngl.__version__}, {context.info['GL_RENDERER']}"


def with_open3d(points, light):
    import open3d

    cloud = open3d.geometry.PointCloud()
    cloud.points = open3d.utility.Vector3dVector(points.astype(np.float64))
    cloud.colors = open3d.utility.Vector3dVector(light.astype(np.float64))
    renderer = open3d.visualization.rendering.OffscreenRenderer(WIDE, HIGH)
    look = open3d.visualization.rendering.MaterialRecord()
    look.shader, look.point_size = "defaultUnlit", 1
    renderer.scene.add_geometry("cloud", cloud, look)
    renderer.setup_camera(ANGLE, [0, 0, 0], [0, 0, AWAY], [0, 1, 0])
    return lambda: np.asarray(renderer.render_to_image()), f"open3d {open3d.__version__}"


def main():
    given = np.load(sys.argv[1])
    draw, name = {"moderngl": with_moderngl, "open3d": with_open3d}[sys.argv[2]](given["points"], given["light"])
    draw()
    took = []
    for _ in range(3):
        begun = time.process_time()
        draw()
        took.append(time.process_time() - begun)
    print(json.dumps({"name": name, "million points per cpu s": len(given["points"]) / sorted(took)[1] / 1e6}))


if __name__ == "__main__":
    main()
