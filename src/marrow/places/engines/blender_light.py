"""Blender's Cycles as the light of a place: every point a ball in the sun under a sky. In the user's own Blender."""

from typing import TYPE_CHECKING

from marrow.engine import Engine

if TYPE_CHECKING:
    from pathlib import Path
    from subprocess import Popen

    from marrow.draw.splat import Exposure
    from marrow.places.contract import LightPoints

LIMIT = 1800.0   # seconds for one frame
FARTHEST = 1e9   # metres: nothing is there
TICK = 0.1       # seconds between two looks at the clock and at the reporter, which may cancel


def open_blender() -> "LightPoints":
    """Find Blender; every frame is a process of its own."""
    import json
    import tempfile
    from pathlib import Path

    import numpy as np

    from marrow.draw.camera import Camera
    from marrow.draw.splat import Exposure
    from marrow.engine import load
    from marrow.media import Cloud

    program = load("marrow.programs", "Blender", unknown="engine.unknown")()

    def light(cloud: Cloud, camera: Camera, *, radius: float) -> Exposure:
        stand = camera.world_from_camera.copy()
        stand[:3, 3] -= cloud.origin
        ask = {"stand": stand.tolist(), "lens": camera.lens, "size": list(camera.size), "fstop": camera.fstop,
               "focus": camera.focus, "radius": float(radius)}
        colours = np.full_like(cloud.points, 0.4) if cloud.colours is None else cloud.colours
        with tempfile.TemporaryDirectory(prefix="marrow-light-") as name:
            room = Path(name)
            np.save(room / "points.npy", cloud.points.astype("<f4"))
            np.save(room / "colours.npy", colours.astype("<f4"))
            (room / "ask.json").write_text(json.dumps(ask), "utf-8")
            run(program, room)
            return exposure(room / "made.exr")

    return light


def run(program: list[str], room: "Path") -> None:
    """Let Blender render what lies in a folder."""
    import os
    import subprocess
    from pathlib import Path

    from marrow.errors import EngineError

    far = str(Path(__file__).with_name("blender_light_far.py"))
    command = [*program, far, str(room)]
    if not Path(program[0]).name.lower().startswith("python"):
        command = [*program, "--background", "--factory-startup", "--python-exit-code", "3", "--python", far, "--",
                   str(room)]
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    with open(room / "said", "wb") as said:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=kept)
        try:
            awaited(process)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    if process.returncode or not (room / "made.exr").exists():
        words = (room / "said").read_text("utf-8", "replace").strip().splitlines()[-8:]
        raise EngineError("camera.blender", words="\n".join(words) or "-")


def awaited(process: "Popen") -> None:
    """Wait for a process until it ends or its time is up; the reporter may cancel."""
    from subprocess import TimeoutExpired
    from time import monotonic

    from marrow.progress import reporter

    until = monotonic() + LIMIT
    while process.poll() is None and monotonic() < until:
        try:
            process.wait(TICK)
        except TimeoutExpired:
            reporter.get()("Blender", 0, 1)


def exposure(path: "Path") -> "Exposure":
    """The frame that Blender wrote."""
    import numpy as np
    import OpenEXR

    from marrow.draw.splat import Exposure

    with OpenEXR.File(str(path), separate_channels=True) as file:
        planes = {key.split(".", 1)[-1]: np.array(each.pixels, np.float32) for key, each in file.channels().items()}
    cover, depth = planes["Combined.A"], planes["Depth.Z"]
    depth[depth >= FARTHEST] = np.inf
    light = np.stack([planes[f"Combined.{name}"] for name in "RGB"], axis=2)
    return Exposure(light, cover, depth, np.zeros((*cover.shape, 2), np.float32), np.full(cover.shape, -1, np.int32))


engine = Engine("places.light", open_blender, licence="GPL-3.0, in a process of its own",
                about="sun and sky by Blender's Cycles: slow, for the picture that counts",
                about_zh="用 Blender 的 Cycles 打阳光和天光：慢，留给最要紧的画面", needs={"OpenEXR": "openexr"})
