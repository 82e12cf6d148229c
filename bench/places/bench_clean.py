"""Thinning, strays and normals: how even, how right, how fast.

    python bench/places/bench_clean.py [--peers VENV] [--million 10]

Thinning a square strewn with a million points to .004 m: the nearest neighbour of each kept point in spacings (least,
mean, greatest), and the power of the pattern below a third and round its peak, 1 for chance; beside it Open3D's
voxel_down_sample that leaves as many. Strays: a floor whose density falls 10 to 1, and scans of
shared/material where they are there, with 1 % of dust strewn over them: how much of the dust is found and how much of
the scan is lost, beside Open3D's remove_statistical_outlier(8, 2). Speed on three walls, CPU seconds.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from scipy.spatial import KDTree

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))

from results import rounded, write_result

from marrow.media import Cloud
from marrow.places import files
from marrow.places.cleaning.normals import with_normals
from marrow.places.cleaning.outliers import strays
from marrow.places.cleaning.thinning import spread

APART = 0.004
MATERIAL = HERE.parents[3] / "shared" / "material" / "scans"
SCANS = ("lion_takanawa.copc.laz", "registration/target.ply", "autzen_trim.laz")
PEER = """
import sys, time
import numpy as np, open3d as o3d
given = np.load(sys.argv[1])
def cloud(points): return o3d.geometry.PointCloud(o3d.utility.Vector3dVector(points.astype(float)))
square, low, high = cloud(given["square"]), .001, .02
for _ in range(12):
    side = (low * high) ** .5
    begun = time.process_time(); thin = square.voxel_down_sample(side); spent = time.process_time() - begun
    low, high = (side, high) if len(thin.points) > given["count"] else (low, side)
made = {}
for name in given.files[2:]:
    begun = time.process_time()
    made[name] = np.array(cloud(given[name]).remove_statistical_outlier(8, 2.0)[1])
    made[name + " s"] = time.process_time() - begun
np.savez(sys.argv[2], thin=np.asarray(thin.points), thin_s=spent, version=o3d.__version__, **made)
"""


def evenness(points):
    """How even a pattern in the unit square is, away from its edges."""
    near = KDTree(points).query(points, 2)[0][:, 1]
    inner = ((points > 3 * APART) & (points < 1 - 3 * APART)).all(1)
    spacing = (2 / (3**0.5 * len(points))) ** 0.5  # of the densest pattern with as many points
    bands = {}
    for name, waves in (("low", 0.3), ("peak", 1.0)):
        ways = np.arange(0, 2 * np.pi, 0.1)
        tones = 2 * np.pi * np.rint(waves / spacing * np.stack([np.cos(ways), np.sin(ways)]))
        phase = points @ tones
        bands[name] = float(((np.cos(phase).sum(0) ** 2 + np.sin(phase).sum(0) ** 2) / len(points)).mean())
    near = near[inner] / spacing
    return {"points": len(points), "least": float(near.min()), "mean": float(near.mean()), "most": float(near.max()),
            "power_low": bands["low"], "power_peak": bands["peak"]}


def scores(found, dust, spent):
    return {"found": float(found[dust].mean()), "lost": float(found[~dust].mean()), "s": spent}


def dusty():
    """Places with dust: points and which of them are dust; it floats four spacings or more from them."""
    dice, count = np.random.default_rng(0), 100_000
    floor = np.stack([10 * dice.random(count) ** 2, dice.normal(size=count) * 0.003, 4 * dice.random(count)], 1)
    yield "floor", floor.astype(np.float32), dice.random((count // 100, 3)) * [10, 2, 4] + [0, 0.15, 0]
    for name in SCANS if MATERIAL.exists() else ():
        points = files.read(MATERIAL / name).points
        points = points[dice.permutation(len(points))[:150_000]]
        low, high, near = points.min(0), points.max(0), KDTree(points)
        dust = dice.random((len(points) // 100, 3)) * (high - low) + low
        yield name, points, dust[near.query(dust)[0] > 4 * np.median(near.query(points[::50], 9)[0][:, 1:].mean(1))]


def timed(work, *given):
    begun = time.process_time()
    made = work(*given)
    return made, time.process_time() - begun


def walls(count):
    points = np.random.default_rng(1).random((count, 3), np.float32) * 4
    points[np.arange(count), np.arange(count) % 3] = 0
    return points


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("--peers", type=Path)
    asked.add_argument("--million", type=int, default=10)
    chosen = asked.parse_args()
    dice = np.random.default_rng(0)
    square = np.pad(dice.random((1_000_000, 2), np.float32), ((0, 0), (0, 1)))
    sets = {name: (np.concatenate([points, dust]).astype(np.float32), len(points)) for name, points, dust in dusty()}
    for work in (lambda: spread(square[:99], APART), lambda: with_normals(Cloud(square[:99], np.zeros(3)))):
        work()  # compiled
    kept, thin_s = timed(spread, square, APART)
    figures = {"thinning": {"ours": evenness(square[kept, :2].astype(float)) | {"s": thin_s}}, "strays": {}}
    for name, (points, whole) in sets.items():
        found, spent = timed(strays, points)
        figures["strays"][name] = {"ours": scores(found, np.arange(len(points)) >= whole, spent)}
    if chosen.peers:
        with tempfile.TemporaryDirectory() as folder:
            paths = Path(folder) / "in.npz", Path(folder) / "out.npz"
            np.savez(paths[0], square=square, count=kept.sum(), **{name: points for name, (points, _) in sets.items()})
            subprocess.run([chosen.peers / "bin" / "python", "-c", PEER, *paths], check=True)
            told = np.load(paths[1])
            figures["thinning"]["open3d"] = evenness(told["thin"][:, :2]) | {"s": float(told["thin_s"])}
            for name, (points, whole) in sets.items():
                number, spent = np.arange(len(points)), float(told[name + " s"])
                figures["strays"][name]["open3d"] = scores(~np.isin(number, told[name]), number >= whole, spent)
            figures["open3d"] = str(told["version"])
    million = walls(1_000_000)
    figures["million_s"] = {"strays": timed(strays, million)[1],
                            "normals": timed(with_normals, Cloud(million, np.zeros(3)))[1]}
    many = walls(chosen.million * 1_000_000)
    kept, spent = timed(spread, many, 0.01)
    figures["many"] = {"points": len(many), "kept": int(kept.sum()), "s": spent,
                       "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    write_result("places_clean", rounded(figures))
    print(json.dumps(rounded(figures), indent=1))
