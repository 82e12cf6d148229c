"""Every readable format into every writable one: how far do joints move, how much time is lost?

    [MARROW_BLENDER=PYTHON_WITH_BPY] python bench/bones/bench_pairs.py [--all]

Each motion (.bvh) and rig (.glb) of the shared material is written in every format and read back (`direct`). Then files
of every readable format are turned into every writable one (`pairs`): the formats that are only read come from the
shared FBX files, and from arrays, markers and key points made here from a motion of the material. Largest distance of a
joint at the new file's frames in % of the body's height, difference in length in frames of the slower rate, refusals by
their sentence. Formats that go through Blender take part where MARROW_BLENDER says; `--all`: with every source.
"""

import json
import os
import pickle
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))

from results import write_result

from marrow.bones import files
from marrow.bones.formats.point_lists import SMPL
from marrow.bones.identify import identify
from marrow.bones.loss import loss
from marrow.bones.skeleton import fk
from marrow.bones.turning import log
from marrow.errors import MarrowError
from marrow.media import Motion, Rig

MATERIAL = HERE.parents[3] / "shared" / "material"
OURS = (".bvh", ".glb", ".gltf", ".vrm", ".vrma", ".vmd", ".usda", ".usdc", ".usdz", ".npz")
BLENDERS = (".fbx", ".blend", ".abc")
OPENPOSE = [15, 12, 17, 19, 21, 16, 18, 20, 2, 5, 8, 1, 4, 7, 15, 15, 15, 15]  # its points among SMPL's joints


def turned(rig: Rig, path: Path) -> dict:
    """One rig written and read again; every take where the format holds several, else each take by itself."""
    takes = rig.motions if path.suffix in files.ONE_TAKE and len(rig.motions) > 1 else (None,)
    worst = {"%": 0.0, "frames": 0.0, "told": []}
    for take in takes:
        one = rig if take is None else replace(rig, motions=(take,))
        try:
            lost = files.write(one, path)
            held = files.read(path, on=rig.skeleton)
        except MarrowError as error:
            return {"refused": error.key}
        found = loss(one, held.rigs[0])
        slower = min((each.rate for each in (*one.motions, *held.rigs[0].motions)), default=Fraction(1))
        worst["%"] = max(worst["%"], round(100 * found.joints, 6))
        worst["frames"] = max(worst["frames"], round(float(found.seconds * slower), 4))
        worst["told"] = sorted({*worst["told"], *(each.key for each in (*lost, *held.losses, *found.lacking))})
    return worst


def read_only(room: Path) -> list[Path]:
    """Files of every format that is only read."""
    source = sorted(MATERIAL.glob("motions/**/*.bvh"))[0]
    motion = files.motion(source)
    motion = replace(motion, rotations=motion.rotations[:240], root=motion.root[:240],
                     moves={joint: path[:240] for joint, path in motion.moves.items()})
    who, places = identify(motion.skeleton, motion=motion).joints, fk(motion)
    made = [_trc(room / "markers.trc", places, motion), *_learned(room, motion, who, places)]
    return [*made, MATERIAL / "fbx" / "maya_human_ik_7400_binary.fbx", MATERIAL / "fbx" / "cmu_91_48.fbx"]


def _trc(path: Path, places: np.ndarray, motion: Motion) -> Path:
    """A TRC of the joints' places in millimetres."""
    frames, count = places.shape[:2]
    rate = float(motion.rate)
    head = ["PathFileType\t4\t(X/Y/Z)\tmarkers.trc", "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate"
            "\tOrigDataStartFrame\tOrigNumFrames", f"{rate:g}\t{rate:g}\t{frames}\t{count}\tmm\t{rate:g}\t1\t{frames}",
            "Frame#\tTime\t" + "\t\t\t".join(motion.skeleton.names),
            "\t\t" + "\t".join(f"{axis}{each}" for each in range(1, count + 1) for axis in "XYZ"), ""]
    rows = ["\t".join([str(number + 1), f"{number / rate:.6f}", *(f"{1000 * each:.4f}" for each in row.ravel())])
            for number, row in enumerate(places)]
    path.write_text("\n".join([*head, *rows]) + "\n", "utf-8")
    return path


def _learned(room: Path, motion: Motion, who: dict, places: np.ndarray) -> list[Path]:
    """SMPL's 22 joints as .npy, MDM's results as a pickle, AMASS as .npz, OpenPose's 18 points as .json."""
    columns = [who.get(name, who["hips"]) for name in SMPL[:22]]
    joints = places[:, columns].astype(np.float32)
    turns = log(motion.rotations)[:, columns].reshape(len(joints), -1)
    made = [room / name for name in ("joints.npy", "results.pkl", "amass.npz", "points.json")]
    np.save(made[0], joints)
    made[1].write_bytes(pickle.dumps({"motion": np.moveaxis(joints[None], 1, -1), "text": ["walk"],
                                      "lengths": [len(joints)]}))
    np.savez(made[2], poses=np.pad(turns, ((0, 0), (0, 156 - turns.shape[1]))), trans=places[:, who["hips"]],
             mocap_framerate=float(motion.rate), gender="neutral", betas=np.zeros(16))
    flat = (joints[..., :2] * (100, -100) + (320, 400))[:, OPENPOSE]
    points = np.concatenate([flat, np.ones_like(flat[..., :1])], axis=2).reshape(len(joints), -1).round(2).tolist()
    made[3].write_text(json.dumps([{"people": [{"pose_keypoints_2d": each}]} for each in points]), "utf-8")
    return made


def main() -> None:
    blender = BLENDERS if os.environ.get("MARROW_BLENDER") else ()
    sources = sorted([*MATERIAL.glob("motions/**/*.bvh"), *MATERIAL.glob("rigs/*.glb")])
    rows, pairs = {}, {}
    with tempfile.TemporaryDirectory() as place:
        room = Path(place)
        for number, source in enumerate(sources):
            rig = files.read(source).rigs[0]
            through = OURS + (blender if "--all" in sys.argv or number % 7 == 0 else ())
            rows[source.name] = {suffix: turned(rig, room / f"direct{suffix}") for suffix in through}
            print(source.name, {suffix: row.get("%", row.get("refused")) for suffix, row in rows[source.name].items()},
                  flush=True)
        few = [MATERIAL / "motions" / "animated_drawings", MATERIAL / "motions" / "deep_motion_editing"]
        few = [sorted(folder.glob("**/*.bvh"))[0] for folder in few] + [MATERIAL / "rigs" / "human-male.glb"]
        for source in few:
            whole = files.read(source).rigs[0]
            for suffix in (*OURS, *blender):
                middle = room / f"{source.stem}{suffix}"
                try:
                    files.write(replace(whole, motions=whole.motions[:1]), middle)
                except MarrowError:
                    continue
                pairs |= {f"{source.name} {suffix} {target}": each for target, each in
                          _onward(middle, whole, (*OURS, *blender), room).items()}
                print(source.name, suffix, flush=True)
        for source in read_only(room):
            pairs |= {f"{source.name} {target}": each for target, each in _onward(source, None, OURS, room).items()}
            print(source.name, flush=True)
    summary = _summary(rows, pairs)
    print(json.dumps(summary, indent=1))
    write_result("bones_pairs", {"command": "bench_pairs.py " + " ".join(sys.argv[1:]), "summary": summary,
                                 "direct": rows, "pairs": pairs})


def _onward(path: Path, whole: Rig | None, targets: tuple, room: Path) -> dict:
    """A file of one format turned into each other one."""
    try:
        rig = files.read(path, on=whole.skeleton if whole else None).rigs[0]
    except MarrowError as error:
        return {"": {"refused": error.key}}
    return {target: turned(rig, room / f"onward{target}") for target in targets}


def _summary(rows: dict, pairs: dict) -> dict:
    """Worst by target format, refusals by reason, how many are beyond the bars."""
    by_target: dict[str, list[dict]] = {}
    for row in rows.values():
        for suffix, each in row.items():
            by_target.setdefault(suffix, []).append(each)
    for name, each in pairs.items():
        by_target.setdefault(name.rpartition(" ")[2], []).append(each)
    made = {suffix: [each for each in some if "%" in each] for suffix, some in by_target.items()}
    worst = {suffix: {"conversions": len(some), "worst %": max(each["%"] for each in some),
                      "worst frames": max(each["frames"] for each in some),
                      "refused": dict(Counter(each["refused"] for each in by_target[suffix] if "refused" in each))}
             for suffix, some in made.items() if some}
    beyond = [(suffix, each) for suffix, some in made.items() for each in some
              if each["%"] > (0.1 if suffix == ".vmd" else 0.02) or each["frames"] > 0.5]
    return {"conversions": sum(map(len, by_target.values())), "beyond the bars": len(beyond), "by target": worst}


if __name__ == "__main__":
    main()
