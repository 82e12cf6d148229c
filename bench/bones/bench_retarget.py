"""Every motion of the material on many bodies: how feet, ground and smoothness fare, there and back, and how fast.

    python bench/bones/bench_retarget.py [MOTION ...]

Bodies: the human rigs of ../shared/material/rigs, the first of them with legs of 0.5 to 1.6 times their length and
with an A- and an I-posed rest, and the skeletons of the motions themselves. All lengths as on a body of 1.75 m.

    slide   cm/s, mean over the frames in which heel or toe of the source stand (`bones.contacts`): source, plain copy,
            ours; `strict`: the same in frames that a plain threshold picks (ball within 3 cm of its fifth percentile
            and slower than 30 cm/s in the source), toe joint only
    depth   cm, 99th percentile of how deep heel, ball and tip are in the ground
    jerk    mean over the main joints against the source's
    back    % of height, mean distance of the main joints after the way back (up to one height of the ground)
    speed   frames of the source per CPU second, `retarget` as a user calls it

The plain copy is what most tools do: rotations against the rest poses, hips scaled by leg length; it uses the same
T-poses as ours, so that only the feet tell them apart.
"""

import sys
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

import numpy as np

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))

from results import rounded, write_result

from marrow.bones.canonical import canonical
from marrow.bones.formats.bvh import read_bvh
from marrow.bones.human import CORE, mirror
from marrow.bones.identify import identify
from marrow.bones.moving.contacts import BODY, contacts, soles
from marrow.bones.moving.transfer import transfer
from marrow.bones.retarget import jerk, retarget, same
from marrow.bones.skeleton import at_rest, fk, world
from marrow.forms.gltf import read_rig
from marrow.rotations import about, inverse, multiply

MATERIAL = HERE.parents[3] / "shared" / "material"
RIGS = ("human-male", "human-female", "human-sintel", "human-zombie", "m2m-sample-rig", "rig-human")
SKELETONS = {"cmu": "animated_drawings/cmu1_jumping_jacks", "fair1": "animated_drawings/fair1_dab",
             "fair1 wave": "animated_drawings/fair1_wave_hello", "xia": "deep_motion_editing/xia_old_13_000",
             "example": "deep_motion_editing/example", "rokoko": "animated_drawings/rokoko_jesse_dance"}
SKATES = 20  # cm/s: feet that slide faster where they stand skate, and lose it on the way there
MAIN = {*CORE, *map(mirror, CORE)}


def read_motion(path):
    motion = read_bvh(path).rigs[0].motions[0]
    if path.stem == "example":  # its first frame is a T-pose
        motion = replace(motion, rotations=motion.rotations[1:], root=motion.root[1:])
    return motion


def longer(skeleton, joints, times):
    offsets = skeleton.offsets.copy()
    for side in ("left", "right"):
        for part in ("LowerLeg", "Foot"):
            offsets[joints[side + part]] *= times
    return replace(skeleton, offsets=offsets)


def lowered(skeleton, joints, angle):
    turns, rest = skeleton.turns.copy(), world(at_rest(skeleton))[1][0]
    for name, sign in (("leftUpperArm", -1), ("rightUpperArm", 1)):
        joint = joints[name]
        above = rest[skeleton.parents[joint]]
        turn = multiply(about(np.array([0, 0, 1.0]), np.array(sign * angle)), multiply(above, turns[joint]))
        turns[joint] = multiply(inverse(above), turn)
    return replace(skeleton, turns=turns)


def bodies():
    found = {name: read_rig(MATERIAL / "rigs" / f"{name}.glb").skeleton for name in RIGS}
    male = found["human-male"]
    joints = identify(male).joints
    found |= {f"legs x{times}": longer(male, joints, times) for times in (.5, .8, 1.3, 1.6)}
    found |= {"A rest": lowered(longer(male, joints, 1.15), joints, np.pi / 4),
              "I rest": lowered(longer(male, joints, .9), joints, np.pi * .48)}
    return found | {name: read_motion(MATERIAL / "motions" / f"{path}.bvh").skeleton
                    for name, path in SKELETONS.items()}


def measures(motion, body, on, strict, ground):
    places, turns = world(motion)
    scale, rate = 100 * BODY / body.tall, float(motion.rate)
    points = soles(places, turns, body)
    gone = np.linalg.norm(np.diff(points[:, :, :2][..., [0, 2]], axis=0), axis=-1) * rate * scale
    held, sure = on[1:] & on[:-1], strict[1:] & strict[:-1]
    deep = np.maximum(ground[:, :, None] + body.high - points[..., 1], 0) * scale
    return {"slide": gone[held].mean() if held.any() else 0.0,
            "strict": gone[..., 1][sure].mean() if sure.any() else 0.0,
            "depth": np.percentile(deep, 99), "jerk": jerk(places, body, rate).mean()}


def strictly(places, turns, body, rate):
    """Frames in which a plain threshold says that the ball of a foot stands: (frames, 2)."""
    points = soles(places, turns, body)[:, :, 1] * BODY / body.tall
    low = points[..., 1] < np.percentile(points[..., 1], 5, axis=0) + .03
    return low & (np.linalg.norm(np.gradient(points[..., [0, 2]], axis=0), axis=-1) * rate < .30)


def pair(motion, source, target, identity):
    """One motion on one body."""
    played, rate = world(motion), float(motion.rate)
    standing = contacts(*played, source, rate)
    strict = strictly(*played, source, rate)
    body = canonical(target, identity.joints)
    begun = time.process_time()
    made = retarget(motion, target)
    spent = time.process_time() - begun
    plain = transfer(motion, source, target, body, played, identity.twists)
    ground = standing.ground * body.hip / source.hip
    row = {"source": measures(motion, source, standing.on, strict, standing.ground),
           "plain": measures(plain, body, standing.on, strict, ground),
           "ours": measures(made, body, standing.on, strict, ground - np.median(ground))}
    joints = [joint for name, joint in source.joints.items() if name in MAIN]
    apart = (fk(retarget(made, motion.skeleton)) - played[0])[:, joints]
    apart[..., 1] -= np.median(apart[..., 1])
    row["back"] = 100 * np.linalg.norm(apart, axis=-1).mean() / source.tall
    return row | {"frames/s": len(motion.rotations) / spent}


def verdict(row):
    ours, source, plain = row["ours"], row["source"], row["plain"]
    return {"slide": ours["slide"] <= min(source["slide"] + 1, max(plain["slide"] / 4, .01)),
            "strict": ours["strict"] <= source["strict"] + 1, "depth": ours["depth"] <= 1,
            "jerk": ours["jerk"] <= 1.1 * source["jerk"], "back": row["back"] <= 1.5, "speed": row["frames/s"] >= 20}


def told(row):
    source, plain, ours = (row[kind] for kind in ("source", "plain", "ours"))
    slides = "  ".join(f"{bar} {source[bar]:5.1f} {plain[bar]:5.1f} {ours[bar]:5.2f}" for bar in ("slide", "strict"))
    return (f"{row['motion']:29} {row['body']:14} {slides}  depth {plain['depth']:5.2f} {ours['depth']:5.2f}  "
            f"jerk {plain['jerk'] / source['jerk']:.2f} {ours['jerk'] / source['jerk']:.2f}  back {row['back']:.2f} %  "
            f"{row['frames/s']:5.0f}/s  {' '.join(row['missed'])}")


def summed(rows):
    speeds = [row["frames/s"] for row in rows]
    jerks = {kind: median(row[kind]["jerk"] / row["source"]["jerk"] for row in rows) for kind in ("plain", "ours")}
    medians = {kind: {bar: median(row[kind][bar] for row in rows) for bar in ("slide", "strict", "depth")}
               for kind in ("source", "plain", "ours")}
    return {"pairs": len(rows), "met": {bar: sum(bar not in row["missed"] for row in rows) for bar in verdict(rows[0])},
            "frames/s": {"least": min(speeds), "median": median(speeds)}, **medians,
            "jerk against the source, median": jerks, "back, median": median(row["back"] for row in rows),
            f"back, sources that slide less than {SKATES} cm/s": _back(row for row in rows
                                                                    if row["source"]["slide"] < SKATES),
            "back, the others": _back(row for row in rows if row["source"]["slide"] >= SKATES)}


def _back(rows):
    found = [row["back"] for row in rows]
    return {"pairs": len(found), "met": sum(each <= 1.5 for each in found), "median": median(found or [0.0])}


def main() -> None:
    wanted, rows = sys.argv[1:], []
    targets = {name: (skeleton, identify(skeleton)) for name, skeleton in bodies().items()}
    for path in sorted(MATERIAL.glob("motions/*/*.bvh")):
        if wanted and not any(word in path.stem for word in wanted):
            continue
        motion = read_motion(path)
        source = canonical(motion.skeleton, identify(motion.skeleton, motion=motion).joints, motion)
        for name, (target, identity) in targets.items():
            if same(motion.skeleton, target):
                continue
            row = {"motion": path.stem, "body": name, **pair(motion, source, target, identity)}
            missed = [bar for bar, met in verdict(row).items() if not met]
            rows.append(row | {"missed": missed})
            print(told(rows[-1]), flush=True)
    summary = summed(rows)
    print(rounded(summary))
    if not wanted:
        write_result("bones_retarget", {"summary": rounded(summary), "rows": [rounded(row) for row in rows]})


if __name__ == "__main__":
    main()
