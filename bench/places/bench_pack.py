"""Packing a place that is larger than memory: seconds, the most memory held, and what is in the file.

    python bench/places/bench_pack.py [--million 100] [--folder FOLDER]

A made-up terrain of so many million points with colours comes in parts, as a reader gives it, ten times as dense near
the scanner. `pack` runs in a process of its own, whose peak resident memory is told; then the file is opened, and a
million points, chosen evenly, are taken out of it. Needs about 75 bytes of disk to a point; files are deleted.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))

from results import rounded, write_result

from marrow.draw.colour import linear
from marrow.media import Cloud, Source
from marrow.places.pack import first_points, packed, read_place

PART = 1_000_000


def parts(million):
    """The terrain, a million points at a time."""
    for number in range(million):
        dice = np.random.default_rng(number)
        far = 200 * dice.random(PART) ** 2
        around = dice.random(PART) * 2 * np.pi
        points = np.stack([far * np.cos(around), 3 * np.sin(far / 9), far * np.sin(around)], 1).astype(np.float32)
        yield Cloud(points, np.array([5e5, 0, -4e6]), linear(dice.integers(0, 256, (PART, 3), np.uint8)),
                    sources=(Source("terrain", "z"),))


def measured(million, path):
    """Pack, then open and take a million points: wall and CPU seconds, gigabytes."""
    next(parts(1))
    begun, spent = time.perf_counter(), time.process_time()
    packed(parts(million), path)
    wall, cpu = time.perf_counter() - begun, time.process_time() - spent
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    begun = time.perf_counter()
    cloud = read_place(path)
    opened = time.perf_counter() - begun
    few = first_points(path, 1_000_000)
    got = time.perf_counter() - begun - opened
    return {"points": len(cloud.points), "wall_s": wall, "cpu_s": cpu, "peak_gb": most, "open_s": opened,
            "first_million_s": got, "first_million": len(few.points), "file_gb": path.stat().st_size / 1e9,
            "cpu_s_of_making_the_points": made(million)}


def made(million):
    """CPU seconds that making the points themselves costs."""
    begun = time.process_time()
    for _ in parts(min(3, million)):
        pass
    return (time.process_time() - begun) / min(3, million) * million


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--million", type=int, default=100)
    parser.add_argument("--folder", default=None)
    parser.add_argument("--inside", default="")
    said = parser.parse_args()
    if said.inside:
        print(json.dumps(measured(said.million, Path(said.inside))))
        return
    with tempfile.TemporaryDirectory(dir=said.folder) as folder:
        told = subprocess.run([sys.executable, str(HERE), "--million", str(said.million), "--inside",
                               str(Path(folder) / "a.place")], capture_output=True, text=True, check=True,
                              env={**os.environ, "OPENBLAS_NUM_THREADS": "1"}).stdout
    figures = rounded(json.loads(told.splitlines()[-1]))
    print(json.dumps(figures, indent=1))
    if said.million >= 100:
        write_result("places_pack", figures)


if __name__ == "__main__":
    main()
