"""Transport between places: how near to the best, how fast, how much memory.

    python bench/places/bench_morph.py --peers VENV [--million]

Five pairs of shapes of 5,000 points. `transport`: our cost over the exact optimum, and CPU seconds (median of three).
Beside it the same places paired along a Hilbert curve, by index, and POT's `emd` as it comes (numItermax 100,000) and
run until it is optimal, which is the exact cost; POT lives in an environment of its own. Costs are mean squared
distances in metres², the middles laid over each other. Then a million points.
"""

import argparse
import json
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

from results import rounded, write_result

from marrow.media import Cloud
from marrow.places.formats.las import read_las
from marrow.places.memory import transport_kernels as kernels
from marrow.places.memory.transport import transport

LION = HERE.parents[3] / "shared" / "material" / "scans" / "lion_takanawa.copc.laz"
PEER = """
import json, sys, time
import numpy as np, ot
given = np.load(sys.argv[1])
count = len(given["first"])
off = ((given["first"][:, None] - given["second"]) ** 2).sum(2)
even, made = np.full(count, 1 / count), {"version": ot.__version__}
for name, most in (("default", 100_000), ("exact", 100_000_000)):
    begun = time.process_time()
    plan, log = ot.emd(even, even, off, numItermax=most, log=True)
    made[name] = {"cost": float((plan * off).sum()), "s": time.process_time() - begun, "warning": log["warning"]}
print(json.dumps(made))
"""


def knot(count, seed=1):
    """The surface of a trefoil tube."""
    u, v = np.random.default_rng(seed).random((2, count)) * 2 * np.pi
    middle = np.stack([np.sin(u) + 2 * np.sin(2 * u), np.cos(u) - 2 * np.cos(2 * u), -np.sin(3 * u)], 1)
    side = np.stack([np.sin(u) * np.cos(v), np.cos(u) * np.cos(v), np.sin(v)], 1)
    return (middle + 0.4 * side) / 3


def room(count, seed=0):
    """Walls, floor and ceiling."""
    dice = np.random.default_rng(seed)
    points, side = dice.random((count, 3)) * 2 - 1, dice.integers(0, 6, count)
    points[np.arange(count), side // 2] = side % 2 * 2 - 1
    return points


def parlour(count, seed=11):
    """A longer, lower room with a table in it."""
    points, dice = room(count, seed) * [1.3, 0.6, 0.8], np.random.default_rng(seed + 1)
    table = dice.random(count) < 0.3
    points[table] = (dice.random((count, 3)) * [0.8, 0.04, 0.5] + [-0.2, -0.2, -0.1])[table]
    return points


def house(count, seed=9):
    """Four walls and a roof."""
    points, side = room(count, seed), np.random.default_rng(seed).integers(0, 6, count)
    points *= [1, 0.6, 1]
    roof = side >= 4
    points[roof, 1] = 1.4 - 0.8 * np.abs(points[roof, 0])
    return points


def sphere(count, seed=3):
    """A ball's skin."""
    points = np.random.default_rng(seed).normal(size=(count, 3))
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def tree(count, seed=7):
    """A trunk, branches of branches."""
    dice, limbs = np.random.default_rng(seed), []

    def grow(base, way, length, depth):
        limbs.append((base, way * length))
        for _ in range(3 if depth else 0):
            other = way + dice.normal(size=3) * 0.55
            grow(base + way * length, other / np.linalg.norm(other), length * 0.68, depth - 1)

    grow(np.zeros(3), np.array([0, 1.0, 0]), 1.0, 5)
    bases, ways = map(np.array, zip(*limbs, strict=True))
    long = np.linalg.norm(ways, axis=1)
    which = dice.choice(len(limbs), count, p=long / long.sum())
    return bases[which] + ways[which] * dice.random((count, 1)) + dice.normal(size=(count, 3)) * 0.02


def lion(count, seed=5):
    """The scanned statue of the material."""
    points = read_las(LION).points.astype(float)
    points = points[np.random.default_rng(seed).choice(len(points), count, replace=False)]
    return (points - points.mean(0)) / np.abs(points - points.mean(0)).max()


PAIRS = {"knot to room": (knot, room), "lion to room": (lion, room), "lion to tree": (lion, tree),
         "house to sphere": (house, sphere), "room to parlour": (room, parlour)}


def made(shape, count):
    """A shape as a cloud round its middle."""
    points = shape(count)
    return Cloud((points - points.mean(0)).astype(np.float32), np.zeros(3))


def cost(first, second, one, other):
    """Mean squared distance of pairs."""
    off = first.points[one].astype(float) - second.points[other]
    return float((off * off).sum(1).mean())


def along(first, second):
    """The cost of pairing along a Hilbert curve."""
    order = [np.argsort(kernels.curve(np.rint((each.points - each.points.min(0)) * 65536.0)), kind="stable")
             for each in (first, second)]
    return cost(first, second, *order)


def peer(first, second, peers):
    """POT's exact transport, in its own environment."""
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "in.npz"
        np.savez(given, first=first.points.astype(float), second=second.points.astype(float))
        done = subprocess.run([peers / "bin" / "python", "-c", PEER, given], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def measure(name, peers):
    """One pair of shapes."""
    first, second = (made(shape, 5000) for shape in PAIRS[name])
    other = peer(first, second, peers)
    best, spent = other["exact"]["cost"], []
    for _ in range(3):
        begun = time.process_time()
        found = transport(first, second)
        spent.append(time.process_time() - begun)
    index = np.arange(5000)
    return {"transport": cost(first, second, found.first, found.second) / best, "CPU s": statistics.median(spent),
            "bijection": len(set(found.first)) == len(set(found.second)) == 5000,
            "Hilbert": along(first, second) / best, "by index": cost(first, second, index, index) / best,
            "POT default": other["default"]["cost"] / best, "POT default CPU s": other["default"]["s"],
            "POT stopped early": bool(other["default"]["warning"]), "POT exact CPU s": other["exact"]["s"],
            "POT": other["version"]}


def million():
    """A million points each; memory is the whole process's."""
    first, second = made(knot, 1_000_000), made(room, 1_000_000)
    begun = time.process_time()
    found = transport(first, second)
    return {"CPU s": time.process_time() - begun, "GB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
            "cost over Hilbert": cost(first, second, found.first, found.second) / along(first, second),
            "bijection": len(np.unique(found.first)) == len(np.unique(found.second)) == 1_000_000}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--peers", type=Path, required=True)
    parser.add_argument("--million", action="store_true")
    asked = parser.parse_args()
    transport(made(knot, 1100), made(room, 1100))
    pairs = {name: measure(name, asked.peers) for name in PAIRS}
    for name, row in pairs.items():
        print(name, json.dumps(rounded(row)))
    figures = {"pairs": pairs, **({"a million, knot to room": million()} if asked.million else {})}
    print(json.dumps(rounded(figures.get("a million, knot to room"))))
    write_result("places_morph", rounded(figures))


if __name__ == "__main__":
    main()
