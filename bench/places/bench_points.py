"""Points through the camera: how fast, how exact, how much memory, and what a frame of a film costs.

    python bench/places/bench_points.py --peers VENV [--huge]

Ten million points of a room at 1080p, one pixel each, in Morton and in random order: million points per CPU second of
the whole `expose`, median of five. Beside it the same points in moderngl on llvmpipe and in Open3D (one million there).
Then: the same bytes for 1 and 2 threads and for numba's generic and this CPU; an origin moved by 500 and 5,000 km;
CPU seconds for a frame of 2 million points with 8 samples, surface, lens and shutter; with --huge 100 million points
from a memory-mapped file.
"""

import argparse
import hashlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))

from results import rounded, write_result

from marrow.draw.camera import lens_for, look_at
from marrow.draw.splat import BATCH, Grains, boxes, expose, morton_order

SIZE = (1920, 1080)
CAMERA = look_at((0, 0, 3.2), (0, 0, 0), lens=lens_for(60, SIZE), size=SIZE)
CLOSING = look_at((0.03, 0, 3.2), (0, 0, 0), lens=CAMERA.lens, size=SIZE)
FIELDS = ("light", "cover", "depth", "motion", "index")


def room(count, seed=0):
    """Six walls and a ball, in random order; light from the place."""
    dice = np.random.default_rng(seed)
    points = dice.random((count, 3), dtype=np.float32) * 2 - 1
    kind = dice.integers(0, 8, count)
    for axis in range(3):
        points[kind == 2 * axis, axis], points[kind == 2 * axis + 1, axis] = -1, 1
    ball = kind >= 6
    way = dice.standard_normal((ball.sum(), 3)).astype(np.float32)
    points[ball] = way / np.linalg.norm(way, axis=1, keepdims=True) * 0.4
    return points, points * 0.5 + 0.5


def cost(call, times=5):
    """CPU seconds, the median."""
    call()
    took = []
    for _ in range(times):
        begun = time.process_time()
        call()
        took.append(time.process_time() - begun)
    return statistics.median(took)


def mark(exposure):
    """A hash of every byte of an exposure."""
    return hashlib.sha256(b"".join(getattr(exposure, name).tobytes() for name in FIELDS)).hexdigest()


def film(count):
    """A frame as a film has it: surfaces, a lens, a shutter, points that move, some of them half there."""
    points, light = room(count)
    order = morton_order(points)
    moved = (points[order] * np.float32(0.02))[:, [1, 2, 0]]
    there = np.clip(points[order, 0] + np.float32(1.2), 0, 1)
    grains = Grains(points[order], light[order], 0.0045, there, np.ascontiguousarray(moved))
    return grains, replace(CAMERA, fstop=1.4, focus=2.8)


def speed(folder, peers):
    points, light = room(10_000_000)
    made = {}
    for name in ("random", "morton"):
        if name == "morton":
            order = morton_order(points)
            points, light = points[order], light[order]
        grains = Grains(points, light)
        made[name] = 10 / cost(lambda given=grains: expose(given, CAMERA, samples=1, surface=False))
    for peer, count in (("moderngl", 10_000_000), ("open3d", 1_000_000)):
        if peers:
            path = folder / "room.npz"
            np.savez(path, points=points[:: len(points) // count], light=light[:: len(points) // count])
            done = subprocess.run([peers / "bin" / "python", HERE.with_name("points_peer.py"), path, peer],
                                  capture_output=True, text=True, check=False)
            lines = done.stdout.strip().splitlines()
            made[peer] = json.loads(lines[-1]) if done.returncode == 0 else done.stderr[-300:]
    return made


def marks():
    """Hashes of a frame in processes of their own: threads, CPUs."""
    made = {}
    for name, threads, cpu in (("1 thread", "1", ""), ("2 threads", "2", ""), ("generic cpu", "1", "generic")):
        env = os.environ | {"NUMBA_NUM_THREADS": threads} | ({"NUMBA_CPU_NAME": cpu} if cpu else {})
        done = subprocess.run([sys.executable, HERE, "--mark"], env=env, capture_output=True, text=True, check=True)
        made[name] = done.stdout.strip()[:16]
    return made | {"same": len(set(made.values())) == 1}


def shifted():
    """Pixels that change when everything moves far away, on a grid of 1/1024 m."""
    points, light = room(1_000_000)
    points = np.round(points * 1024) / np.float32(1024)
    first, made = expose(Grains(points, light, 0.004), CAMERA), {}
    for name, shift in (("500 km", (5e5, 0, 5e5)), ("5000 km", (5e6, 12.5, -5e6))):
        placed = CAMERA.world_from_camera.copy()
        placed[:3, 3] = np.round(placed[:3, 3] * 1024) / 1024 + shift
        near = CAMERA.world_from_camera.copy()
        near[:3, 3] = np.round(near[:3, 3] * 1024) / 1024
        first = expose(Grains(points, light, 0.004), replace(CAMERA, world_from_camera=near))
        second = expose(Grains(points, light, 0.004, origin=np.array(shift)), replace(CAMERA, world_from_camera=placed))
        made[name] = int((first.light != second.light).any(axis=2).sum())
    return made


def frame():
    """CPU seconds of a film's frame, and what its parts cost."""
    grains, camera = film(2_000_000)
    made = {"surface, lens, shutter": cost(lambda: expose(grains, camera, closing=CLOSING), 3),
            "surface, pinhole, still": cost(lambda: expose(replace(grains, moved=None, there=None), CAMERA), 3),
            "dust, lens, shutter": cost(lambda: expose(grains, camera, closing=CLOSING, surface=False), 3)}
    shown = expose(replace(grains, there=None), camera, closing=replace(CLOSING, fstop=1.4, focus=2.8))
    return made | {"holes": int((shown.cover[200:880, 600:1320] < 0.999).sum())}


def huge(folder):
    """100 million points, memory-mapped, culled by batches: peak memory and CPU seconds, in a process of its own."""
    done = subprocess.run([sys.executable, HERE, "--map", folder], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def mapped(folder, count=100_000_000, part=1_000_000):
    """Strips of a long corridor one behind another: in spatial order by construction."""
    points, light = (np.lib.format.open_memmap(folder / f"{name}.npy", "w+", np.float32, (count, 3))
                     for name in ("points", "light"))
    for number in range(0, count, part):
        some, shine = room(part, seed=number)
        some[:, 2] = (some[:, 2] + 1) / 100 + np.float32(number / part * 0.02 - 1)
        order = morton_order(some)
        points[number:number + part], light[number:number + part] = some[order], shine[order]
    del points, light
    points, light = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("points", "light"))
    grains = Grains(points, light, boxes=boxes(points))
    begun = time.process_time()
    made = expose(grains, CAMERA, samples=1, surface=False)
    print(json.dumps({"points": count, "batches of": BATCH, "cpu s": time.process_time() - begun,
                      "peak GB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
                      "cover": float(made.cover.mean())}))


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--peers", type=Path, help="an environment with moderngl and open3d")
    asked.add_argument("--huge", action="store_true")
    asked.add_argument("--mark", action="store_true", help=argparse.SUPPRESS)
    asked.add_argument("--map", type=Path, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.mark:
        grains, camera = film(200_000)
        print(mark(expose(grains, camera, closing=CLOSING)))
        return
    if given.map:
        mapped(given.map)
        return
    with tempfile.TemporaryDirectory() as folder:
        figures = {"million points per cpu s": speed(Path(folder), given.peers), "bytes": marks(),
                   "pixels changed by an origin of": shifted(), "cpu s per frame of 2 million points": frame()}
        if given.huge:
            figures["100 million points"] = huge(Path(folder))
    print(json.dumps(rounded(figures), indent=1))
    write_result("places_points", rounded(figures))


if __name__ == "__main__":
    main()
