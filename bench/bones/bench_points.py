"""Positions to rotations: where joints come to lie, how forearms and shins are twisted, and how long it takes.

    python bench/bones/bench_points.py [--peers VENV]

Every BVH of ../shared/material is turned into points of a body of 1.75 m (its joints only: no knuckles, no heels) and
back. `mm`: mean distance of joints from their points. `forearm` and `shin`: median twist error in degrees against the
file's own rotations, about the axis in which the file's elbows and knees bend; not for the eight footskate files,
which a network made whose bones spin freely. `frames/s`: CPU time. Then the same without feet, and with 1 cm of noise
on every point. Beside it pymotion's `from_root_positions` (upc-pymotion) in an environment of its own.
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

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))

from results import write_result

from marrow import rotations
from marrow.bones.formats.bvh import read_bvh
from marrow.bones.points.solve import pose_from_points
from marrow.bones.skeleton import at_rest, fk, world

MATERIAL = HERE.parents[3] / "shared" / "material" / "motions"
SIDE = {"UpLeg": "UpperLeg", "Leg": "LowerLeg", "Foot": "Foot", "ToeBase": "Toes", "Arm": "UpperArm",
        "ForeArm": "LowerArm", "Hand": "Hand", "Shoulder": "Shoulder"}
CMU1 = {"Hip": "UpperLeg", "Knee": "LowerLeg", "Ankle": "Foot", "Toe": "Toes", "Collar": "Shoulder",
        "Shoulder": "UpperArm", "Elbow": "LowerArm", "Wrist": "Hand"}
TRUNKS = {"lowerback": ("lowerback", "Chest", "Chest2"), "Spine3": ("Spine", "Spine2", "Spine3"),
          "LowerBack": ("LowerBack", "Spine", "Spine1"), "Spine": ("Spine", "Spine1", "Spine2")}
LIMBS = (("UpperArm", "LowerArm", "Hand", "forearm"), ("UpperLeg", "LowerLeg", "Foot", "shin"))
PEER = """
import json, sys, time
import numpy as np
from pymotion.ops.skeleton import from_root_positions
given = np.load(sys.argv[1])
begun = time.process_time()
made = from_root_positions(given["places"], given["parents"], given["offsets"])
took = time.process_time() - begun
np.save(sys.argv[2], made)
print(json.dumps(took))
"""


def joints(names):
    """Our word for a joint -> its number in the file."""
    trunk = next(parts for first, parts in TRUNKS.items() if first in names)
    made = dict(zip(("spine", "chest", "upperChest"), map(names.index, trunk), strict=True))
    for number, name in enumerate(names):
        table = CMU1 if "lowerback" in names else SIDE
        for side in ("Left", "Right"):
            if name.startswith(side) and name[len(side):] in table:
                made[side.lower() + table[name[len(side):]]] = number
        if name in ("Hips", "Head", "Neck"):
            made[name.lower()] = number
    return made


def twists(places, truth, ours, index):
    """Median twist error of forearms and shins, degrees; `truth` and `ours` carry the bending axis of each."""
    found = {"forearm": [], "shin": []}
    for side in ("left", "right"):
        for upper, lower, end, name in LIMBS:
            bone = places[:, index[side + end]] - places[:, index[side + lower]]
            bone /= np.linalg.norm(bone, axis=1, keepdims=True)
            axes = [axis - bone * (axis * bone).sum(1, keepdims=True)
                    for axis in (truth(side, upper, lower), ours(side, upper, lower))]
            angle = np.arctan2((np.cross(axes[0], axes[1]) * bone).sum(1), (axes[0] * axes[1]).sum(1))
            found[name].append(float(np.median(np.abs(np.degrees(angle)))))
    return found


def bends(turns, index, rest):
    """The axis about which each lower limb bends, carried through the file's own motion: a function of the limb."""
    def axis(side, upper, lower):
        above, below = turns[:, index[side + upper]], turns[:, index[side + lower]]
        local = rotations.multiply(rotations.inverse(above), below)
        local = local[:, 1:] * np.where(local[:, :1] < 0, -1, 1)
        mean = (local * np.linalg.norm(local, axis=1, keepdims=True) ** 3).sum(0)
        across = rotations.rotate(rotations.inverse(rest[index[side + upper]]), np.array((1.0, 0, 0)))
        if "Leg" in upper and mean @ across < -0.9 * np.linalg.norm(mean):  # overstretched throughout
            mean = -mean
        return rotations.rotate(below, mean / np.linalg.norm(mean))
    return axis


def ours_of(motion):
    """The axes of a T-pose facing +Z with palms down, carried through our motion."""
    turns, index = world(motion)[1], motion.skeleton.names.index

    def axis(side, upper, lower):
        rest = (1, 0, 0) if "Leg" in upper else (0, -1, 0) if side == "left" else (0, 1, 0)
        return rotations.rotate(turns[:, index(side + lower)], np.array(rest, float))
    return axis


def measure(path, peers):
    """The rows of one file."""
    motion = read_bvh(path).rigs[0].motions[0]
    index = joints(motion.skeleton.names)
    places, turns = world(motion)
    scale = 1.75 / max(np.ptp(fk(at_rest(motion.skeleton))[0, :, 1]), 0.9 * np.median(np.ptp(places[..., 1], axis=1)))
    places = places * scale
    truth = bends(turns, index, world(at_rest(motion.skeleton))[1][0])
    row, real = {"frames": len(places)}, not path.name.startswith("footskate")
    noise = np.random.default_rng(0).normal(0, 0.01, places.shape)
    for case, given, names in (("body", places, list(index)),
                               ("no feet", places, [name for name in index if "Toes" not in name]),
                               ("1 cm of noise", places + noise, list(index))):
        points = given[:, [index[name] for name in names]]
        pose_from_points(points[:2], names, motion.rate)
        begun = time.process_time()
        solved = pose_from_points(points, names, motion.rate)
        took = time.process_time() - begun
        at = [solved.motion.skeleton.names.index(name) for name in names]
        apart = np.linalg.norm(fk(solved.motion)[:, at] - places[:, [index[name] for name in names]], axis=2)
        row[case] = {"mm": round(float(apart.mean()) * 1000, 2), "frames/s": round(len(places) / took),
                     **(twists(places, truth, ours_of(solved.motion), index) if real else {})}
    if peers and real:
        row["pymotion"] = beside(motion, places / scale, turns, truth, index, peers)
    return row


def beside(motion, places, turns, truth, index, peers):
    """pymotion on the file's own tree and rest pose: it gives rotations of the same joints."""
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder) / "in.npz", Path(folder) / "out.npy"
        parents = np.asarray(motion.skeleton.parents, int).copy()
        parents[0] = 0
        np.savez(given, places=places - places[:, :1], parents=parents, offsets=motion.skeleton.offsets)
        done = subprocess.run([peers / "bin" / "python", "-c", PEER, given, made], capture_output=True, text=True,
                              check=True)
        local = np.load(made)
    found = type(motion)(motion.skeleton, local, motion.root, motion.rate)
    apart, other = np.linalg.norm(fk(found) - places, axis=2), world(found)[1]

    def axis(side, upper, lower):
        at = index[side + lower]
        return rotations.rotate(rotations.multiply(other[:, at], rotations.inverse(turns[:, at])),
                                truth(side, upper, lower))
    scale = 1.75 / np.median(np.ptp(places[..., 1], axis=1))
    return {"mm": round(float(apart.mean() * scale) * 1000, 2), "frames/s": round(len(places) / float(done.stdout)),
            **twists(places, truth, axis, index)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--peers", type=Path)
    peers = parser.parse_args().peers
    files = {path.stem: measure(path, peers) for path in sorted(MATERIAL.rglob("*.bvh"))}
    table = {}
    for case in ("body", "no feet", "1 cm of noise", "pymotion"):
        rows = [row[case] for row in files.values() if case in row]
        if rows:
            table[case] = {"mm": round(statistics.mean(row["mm"] for row in rows), 2),
                           "mm of the worst file": max(row["mm"] for row in rows),
                           "frames/s": round(statistics.median(row["frames/s"] for row in rows)),
                           "frames/s of the slowest": min(row["frames/s"] for row in rows)}
            for part in ("forearm", "shin"):
                every = [angle for row in rows for angle in row.get(part, [])]
                table[case][f"{part}, median"] = round(statistics.median(every), 1)
                table[case][f"{part}, worst file"] = round(max(every), 1)
            print(case, json.dumps(table[case]))
    write_result("bones_points", {"table": table, "files": files})


if __name__ == "__main__":
    main()
