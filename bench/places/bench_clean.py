"""Thinning, strays and normals: how even, how right, how fast.

    python bench/places/bench_clean.py [--peers VENV] [--million 10]

Thinning a square strewn with a million points to .004 m: the nearest neighbour of each kept point in spacings (least,
mean, greatest), and the power of the pattern below a third and round its peak, 1 for chance; beside it Open3D's
voxel_down_sample that leaves as many. Strays: a floor whose density falls 10 to 1, with 1 % of dust over it; precision
and recall beside Open3D's remove_statistical_outlier(8, 2). Speed on three walls, CPU seconds.
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
from marrow.places.cleaning.normals import with_normals
from marrow.places.cleaning.outliers import strays
from marrow.places.cleaning.thinning import spread

APART = 0.004
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
begun = time.process_time()
kept = cloud(given["floor"]).remove_statistical_outlier(8, 2.0)[1]
np.savez(sys.argv[2], thin=np.asarray(thin.points), kept=np.array(kept), thin_s=spent,
         strays_s=time.process_time() - begun, version=o3d.__version__)
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


def scores(found, dust):
    return {"precision": float((found & dust).sum() / max(1, found.sum())), "recall": float(found[dust].mean())}


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
    count = 100_000
    floor = np.stack([10 * dice.random(count) ** 2, dice.normal(size=count) * 0.003, 4 * dice.random(count)], 1)
    dusty = np.concatenate([floor, dice.random((count // 100, 3)) * [10, 2, 4] + [0, 0.15, 0]]).astype(np.float32)
    dust = np.arange(len(dusty)) >= count
    for work in (lambda: spread(square[:99], APART), lambda: with_normals(Cloud(floor[:99].astype("f4"), np.zeros(3)))):
        work()  # compiled
    (kept, thin_s), (found, strays_s) = timed(spread, square, APART), timed(strays, dusty)
    figures = {"thinning": {"ours": evenness(square[kept, :2].astype(float)) | {"s": thin_s}},
               "strays": {"ours": scores(found, dust) | {"s": strays_s}}}
    if chosen.peers:
        with tempfile.TemporaryDirectory() as folder:
            paths = Path(folder) / "in.npz", Path(folder) / "out.npz"
            np.savez(paths[0], square=square, floor=dusty, count=kept.sum())
            subprocess.run([chosen.peers / "bin" / "python", "-c", PEER, *paths], check=True)
            told = np.load(paths[1])
            out = np.ones(len(dusty), bool)
            out[told["kept"]] = False
            figures["thinning"]["open3d"] = evenness(told["thin"][:, :2]) | {"s": float(told["thin_s"])}
            figures["strays"]["open3d"] = scores(out, dust) | {"s": float(told["strays_s"])}
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
