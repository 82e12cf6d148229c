"""BVH in and out: time on a file of 2.4 MB, and joints where Blender puts them.

    python bench/bones/bench_bvh.py [--peers VENV] [--blender VENV]

The file is made here: 1,901 frames of 22 joints, every value with 14 decimals. CPU seconds, median of seven, beside
pymotion (upc-pymotion) and pybvh in an environment of their own, and Blender (bpy), median of three. Then every BVH
of ../shared/material, read here and by `import_anim.bvh(update_scene_fps=True)`: the largest distance of any joint at
any frame, in the file's own unit (centimetres). Last, the command line from BVH to GLB, cold, with its children.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))

from results import write_result

from marrow.bones.formats.bvh import read_bvh, write_bvh
from marrow.bones.skeleton import fk
from marrow.rotations import inverse, rotate

MATERIAL = HERE.parents[3] / "shared" / "material" / "motions"
TREE = (-1, 0, 1, 2, 3, 0, 5, 6, 7, 0, 9, 10, 11, 12, 11, 14, 15, 16, 11, 18, 19, 20)
TIMER = """
import json, sys, time
def median(call, times):
    taken = []
    for _ in range(times):
        begun = time.process_time(); call(); taken.append(time.process_time() - begun)
    return sorted(taken)[times // 2]
"""
PYMOTION = TIMER + """
from pymotion.io.bvh import BVH
motion = BVH(); load = median(lambda: BVH().load(sys.argv[1]), 7); motion.load(sys.argv[1])
print(json.dumps({"load": load, "write": median(lambda: motion.save(sys.argv[2]), 7)}))
"""
PYBVH = TIMER + """
import pybvh
motion = pybvh.read_bvh_file(sys.argv[1]); load = median(lambda: pybvh.read_bvh_file(sys.argv[1]), 7)
print(json.dumps({"load": load, "write": median(lambda: pybvh.write_bvh_file(motion, sys.argv[2]), 7)}))
"""
BLENDER = TIMER + """
import bpy
def load():
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.import_anim.bvh(filepath=sys.argv[1], update_scene_fps=True)
read = median(load, 3)
bpy.context.scene.frame_end = 1901
print("\\n" + json.dumps({"load": read, "write": median(lambda: bpy.ops.export_anim.bvh(filepath=sys.argv[2]), 3)}))
"""
PLACES = """
import bpy, sys
import numpy as np
for path, frames in zip(sys.argv[2::2], sys.argv[3::2]):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.import_anim.bvh(filepath=path, update_scene_fps=True, axis_forward="Y", axis_up="Z")
    body = bpy.context.object
    found = np.zeros((int(frames), len(body.pose.bones), 3))
    for frame in range(int(frames)):
        bpy.context.scene.frame_set(frame + 1)
        found[frame] = [bone.head for bone in body.pose.bones]
    stem = sys.argv[1] + "/" + path.replace("/", "_")
    np.savez(stem, names=[bone.name for bone in body.pose.bones], places=found,
             fps=bpy.context.scene.render.fps / bpy.context.scene.render.fps_base)
"""


def made_file(path: Path, frames: int = 1901, *, travelling: bool = False) -> None:
    """A BVH of 22 joints; with `travelling` every joint has position channels, and an order of its own."""
    dice = np.random.default_rng(7)
    orders = ("XYZ", "ZXY", "YXZ", "ZYX") if travelling else ("ZXY",)
    lines, open_ = ["HIERARCHY"], []
    for joint, parent in enumerate(TREE):
        while open_ and open_[-1] != parent:
            open_.pop()
            lines.append("}")
        open_.append(joint)
        offset = " ".join(f"{value:.6f}" for value in dice.normal(0, 15, 3))
        places = "Xposition Yposition Zposition " if parent < 0 or travelling else ""
        turns = " ".join(f"{letter}rotation" for letter in orders[joint % len(orders)])
        lines += [f"{'JOINT' if joint else 'ROOT'} joint{joint}", "{", f"OFFSET {offset}",
                  f"CHANNELS {6 if places else 3} {places}{turns}"]
        if joint not in TREE:
            lines += ["End Site", "{", "OFFSET 0 10 0", "}"]
    lines += ["}"] * len(open_) + ["MOTION", f"Frames: {frames}", "Frame Time: 0.008333"]
    waves = dice.normal(0, 20, (2, 132 if travelling else 69))
    seconds = np.arange(frames)[:, None] / 120
    values = waves[0] * np.sin(seconds * (1 + np.abs(waves[1]) / 20) + waves[1])
    lines += [" ".join(f"{value:.14f}" for value in row) for row in values]
    path.write_text("\n".join(lines) + "\n")


def peer(python: Path, code: str, *arguments: str) -> dict:
    """What a peer in another environment measured, or why it did not."""
    done = subprocess.run([str(python), "-c", code, *arguments], capture_output=True, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    for line in reversed(lines):
        if line.startswith("{"):
            return {name: round(value, 4) for name, value in json.loads(line).items()}
    return {"failed": done.stderr.strip().splitlines()[-1:]}


def ours(path: Path, target: Path) -> dict:
    """Our own reading and writing."""
    taken: dict[str, list[float]] = {"load": [], "write": []}
    for _ in range(7):
        begun = time.process_time()
        rig = read_bvh(path).rigs[0]
        taken["load"].append(time.process_time() - begun)
        begun = time.process_time()
        write_bvh(rig, target)
        taken["write"].append(time.process_time() - begun)
    return {name: round(statistics.median(each), 4) for name, each in taken.items()}


def beside_blender(blender: Path, folder: Path) -> list[dict]:
    """For each file of the material, how far our joints are from Blender's."""
    made_file(folder / "every joint travels.bvh", 120, travelling=True)
    files = [folder / "every joint travels.bvh", *sorted(MATERIAL.rglob("*.bvh"))]
    held = {path: read_bvh(path) for path in files}
    arguments = [part for path in files for part in (str(path), str(len(held[path].rigs[0].motions[0].rotations)))]
    subprocess.run([str(blender), "-c", PLACES, str(folder), *arguments], capture_output=True, check=True)
    rows = []
    for path in files:
        theirs = np.load(folder / f"{str(path).replace('/', '_')}.npz")
        motion, stated = held[path].rigs[0].motions[0], held[path].stated
        places = fk(motion) / stated["unit"]
        if stated["up"] == "z":
            from marrow.bones.axes import UPRIGHT

            places = rotate(inverse(UPRIGHT), places)
        order = [motion.skeleton.names.index(name) for name in theirs["names"].tolist()]
        apart = np.linalg.norm(places[:, order] - theirs["places"], axis=-1).max()
        rows.append({"file": path.name, "joints": len(order), "frames": len(places), "up": stated["up"],
                     "cm from Blender": round(float(apart), 6), "rate": float(motion.rate),
                     "Blender's rate": round(float(theirs["fps"]), 4)})
        print(rows[-1], flush=True)
    return rows


def command_line(source: Path, folder: Path) -> dict:
    """`marrow bones convert` from BVH to GLB, cold: CPU and wall seconds with children, median of three."""
    cpu, wall = [], []
    environment = {**os.environ, "MARROW_LANG": "en"}
    for number in range(3):
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        command = [sys.executable, "-m", "marrow", "bones", "convert", str(source), str(folder / f"{number}.glb")]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode:
            return {"failed": done.stderr.strip().splitlines()[-1:]}
        cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        wall.append(time.perf_counter() - begun)
    return {"cpu": round(statistics.median(cpu), 3), "wall": round(statistics.median(wall), 3)}


def main() -> None:
    """Measure everything and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=Path, default=Path("/tmp/bonepeers"))
    parser.add_argument("--blender", type=Path, default=Path("/tmp/blender"))
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept)
        source, target = folder / "long.bvh", str(folder / "written.bvh")
        made_file(source)
        rows = {"marrow": ours(source, Path(target))}
        for name, python, code in (("pymotion", said.peers, PYMOTION), ("pybvh", said.peers, PYBVH),
                                   ("bpy", said.blender, BLENDER)):
            if (python / "bin" / "python").exists():
                rows[name] = peer(python / "bin" / "python", code, str(source), target)
        for name, row in rows.items():
            print(name, row, flush=True)
        figures = {"file": {"bytes": source.stat().st_size, "frames": 1901, "joints": 22}, "cpu seconds": rows,
                   "convert to glb": command_line(source, folder)}
        print(figures["convert to glb"], flush=True)
        if (said.blender / "bin" / "python").exists() and MATERIAL.is_dir():
            figures["places"] = beside_blender(said.blender / "bin" / "python", folder)
        print(write_result("bones_bvh", figures))


if __name__ == "__main__":
    main()
