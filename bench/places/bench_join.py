"""Two scans brought together: from how many random poses, how fast, and what is refused.

    python bench/places/bench_join.py [--peers VENV] [--poses 100]

The laser scans of shared/material/scans/registration and their true motion. Errors are the mean distance of the
scan's points from where they belong, and degrees. Beside ours, on the same poses: GICP alone from where the scan lies,
and Open3D's FPFH, fast global registration and point-to-plane ICP, in an environment of its own. Refusals: both scans
cut apart along random planes with a metre between, and scans of other places. CPU seconds, medians and the worst.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import small_gicp

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))

from results import rounded, write_result

from marrow.errors import InputError
from marrow.media import Cloud
from marrow.places import files
from marrow.places.clouds import after
from marrow.places.joining.joining import found

SCANS = HERE.parents[3] / "shared" / "material" / "scans"
PEER = """
import json, sys, time
import numpy as np, open3d as o3d
reg, given, side, made = o3d.pipelines.registration, np.load(sys.argv[1]), 0.5, []
def ready(points):
    cloud = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(points)).voxel_down_sample(side)
    cloud.estimate_normals(o3d.geometry.KDTreeSearchParamHybrid(2 * side, 30))
    return cloud, reg.compute_fpfh_feature(cloud, o3d.geometry.KDTreeSearchParamHybrid(5 * side, 100))
for pose in given["poses"]:
    begun = time.process_time()
    here, there = ready(given["target"]), ready(given["source"] @ pose[:3, :3].T + pose[:3, 3])
    rough = reg.registration_fgr_based_on_feature_matching(there[0], here[0], there[1], here[1],
        reg.FastGlobalRegistrationOption(maximum_correspondence_distance=side / 2)).transformation
    fine = reg.registration_icp(there[0], here[0], side, rough, reg.TransformationEstimationPointToPlane())
    made.append({"motion": fine.transformation.tolist(), "s": time.process_time() - begun})
print(json.dumps({"version": o3d.__version__, "found": made}))
"""


def pose(dice, far=100.0):
    """A random rigid motion."""
    made = np.eye(4)
    turn, stretch = np.linalg.qr(dice.normal(size=(3, 3)))
    turn = turn * np.sign(np.diag(stretch))
    made[:3, :3] = turn * np.sign(np.linalg.det(turn))
    made[:3, 3] = dice.uniform(-far, far, 3)
    return made


def cloud(points):
    middle = points.mean(0)
    return Cloud((points - middle).astype(np.float32), middle)


def error(motion, truth, points):
    """Metres and degrees by which a motion is off."""
    off = np.linalg.norm(after(motion, points) - after(truth, points), axis=1).mean()
    turn = motion[:3, :3] @ truth[:3, :3].T
    return float(off), float(np.degrees(np.arccos(np.clip((np.trace(turn) - 1) / 2, -1, 1))))


def summed(errors, spent):
    good = [metres <= 0.05 and degrees <= 0.5 for metres, degrees in errors]
    return {"found": sum(good), "of": len(good), "median_m": statistics.median(each[0] for each in errors),
            "median_degrees": statistics.median(each[1] for each in errors),
            "s_median": statistics.median(spent), "s_worst": max(spent)}


def tried(first, second):
    begun = time.process_time()
    try:
        motion = found(first, second).transform
    except InputError:
        motion = None
    return motion, time.process_time() - begun


def places(target, source, poses, truth):
    """Ours, and GICP alone, from each pose."""
    tried(cloud(target), cloud(source))  # compiled
    ours, alone = ([], []), ([], [])
    for away in poses:
        aim, moved = truth @ np.linalg.inv(away), after(away, source)
        motion, spent = tried(cloud(target), cloud(moved))
        ours[0].append((1e9, 180.0) if motion is None else error(motion, aim, moved))
        ours[1].append(spent)
        begun = time.process_time()
        motion = small_gicp.align(target, moved, downsampling_resolution=0.25, num_threads=1).T_target_source
        alone[1].append(time.process_time() - begun)
        alone[0].append(error(motion, aim, moved))
    return {"ours": summed(*ours), "gicp_alone": summed(*alone)}


def refusals(target, source, truth):
    """How many of 20 pairs that do not overlap are refused."""
    dice, laid, pairs = np.random.default_rng(77), after(truth, source), []
    for _ in range(14):
        way = dice.normal(size=2)
        way = np.append(way / np.linalg.norm(way), 0)
        middle = np.median(target @ way)
        pairs.append((target[target @ way > middle + 0.5], laid[laid @ way < middle - 0.5]))
    others = [files.read(SCANS / name).points.astype(float) for name in ("lion_takanawa.copc.laz", "autzen_trim.laz")]
    pairs += [(target, others[0]), (target, others[1]), (others[0], source), (others[1], source),
              (target, others[0] * 8), (target, others[1] / 8)]
    made = [tried(cloud(one), cloud(after(pose(dice), other)))[0] is None for one, other in pairs]
    return {"refused": sum(made), "of": len(made)}


def peer(target, source, poses, truth, python):
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "in.npz"
        np.savez(given, target=target, source=source, poses=np.stack(poses))
        done = subprocess.run([python / "bin" / "python", "-c", PEER, given], stdout=-1, text=True, check=True)
    told = json.loads(done.stdout)
    errors = [error(np.array(each["motion"]), truth @ np.linalg.inv(away), after(away, source))
              for each, away in zip(told["found"], poses, strict=True)]
    return {"version": told["version"], **summed(errors, [each["s"] for each in told["found"]])}


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("--peers", type=Path)
    asked.add_argument("--poses", type=int, default=100)
    chosen = asked.parse_args()
    target, source = (each.points + each.origin for each in
                      (files.read(SCANS / "registration" / name) for name in ("target.ply", "source.ply")))
    truth = np.loadtxt(SCANS / "registration" / "T_target_source.txt")
    dice = np.random.default_rng(2024)
    poses = [pose(dice) for _ in range(chosen.poses)]
    figures = places(target, source, poses, truth) | {"refusals": refusals(target, source, truth)}
    if chosen.peers:
        figures["open3d"] = peer(target, source, poses, truth, chosen.peers)
    write_result("places_join", rounded(figures))
    print(json.dumps(rounded(figures), indent=1))
