"""How fast is a large OBJ read, beside trimesh?

    python bench/bones/bench_obj.py [--peer PYTHON_WITH_TRIMESH]

A grid of 700 x 700 points with normals and texture places, 488,601 quads, about 80 MB. CPU seconds, median of three,
each in a process of its own; peak memory.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))

from results import write_result

SIDE = 700
MEASURE = """
import json, resource, sys, time
{load}
begun = time.process_time()
count = read(sys.argv[1])
print(json.dumps({{"cpu s": round(time.process_time() - begun, 2), "triangles": count,
                   "MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}}))
"""
OURS = """from pathlib import Path
from marrow.bones.formats.obj import read_obj
def read(path): return len(read_obj(Path(path)).meshes[0].faces)"""
PEER = """import trimesh
def read(path): return len(trimesh.load_mesh(path, process=False, skip_materials=True).faces)"""


def write(path: Path) -> None:
    """The grid, the same every time."""
    places = np.random.default_rng(0).random((SIDE * SIDE, 3))
    cell = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    quads = np.stack([cell[:-1, :-1], cell[:-1, 1:], cell[1:, 1:], cell[1:, :-1]], -1).reshape(-1, 4) + 1
    with open(path, "w") as file:
        for word, wide in (("v", 3), ("vt", 2), ("vn", 3)):
            np.savetxt(file, places[:, :wide], word + " %.6f" * wide)
        np.savetxt(file, np.repeat(quads, 3, 1), "f" + " %d/%d/%d" * 4)


def measured(python: str, load: str, path: Path) -> dict:
    """Median of three runs."""
    runs = [json.loads(subprocess.run([python, "-c", MEASURE.format(load=load), str(path)], capture_output=True,
                                      text=True, check=True).stdout) for _ in range(3)]
    return runs[0] | {"cpu s": statistics.median(run["cpu s"] for run in runs)}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--peer")
    asked = asked.parse_args()
    with tempfile.TemporaryDirectory() as room:
        path = Path(room) / "grid.obj"
        write(path)
        figures = {"MB": round(path.stat().st_size / 1e6, 1), "marrow": measured(sys.executable, OURS, path)}
        if asked.peer:
            figures["trimesh"] = measured(asked.peer, PEER, path)
    print(figures)
    write_result("bones_obj", figures)


if __name__ == "__main__":
    main()
