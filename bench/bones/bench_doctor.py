"""The doctor on planted faults, and on every file of the material.

    python bench/bones/bench_doctor.py

Each fault of `defects.py` is planted into a sound body (a file of ../shared/material, its own faults mended first),
written in a format, and read back as a user's file would be. It counts as named when `examine` names it, as repaired
when `examine` finds nothing after `mend` and the body is back where the sound one is: joints at rest and in every frame
within 2 % of its size (5 % where frames were guessed), vertices within 3 %, weights within 0.45 on the mean of those
touched. Then every file of the material is examined; findings there are faults that these files really have, or alarms.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent)]

from defects import PLANTS, Plant
from results import write_result

from marrow.bones import files
from marrow.bones.doctor import examine, mend
from marrow.bones.health.placed import moved_rig
from marrow.bones.skeleton import at_rest, fk
from marrow.contents import Contents
from marrow.errors import MarrowError
from marrow.media import Rig

MATERIAL = HERE.parents[3] / "shared" / "material"
BASES = {"male": "rigs/human-male.glb", "zombie": "rigs/human-zombie.glb", "fox": "rigs/fox-animations.glb",
         "kenney": "fbx/maya_kenney_character_7700_binary.fbx",
         "dance": "motions/animated_drawings/rokoko_jesse_dance.bvh",
         "walk": "motions/deep_motion_editing/xia_neutral_01_000.bvh"}
GUESSED = ("motion.spike", "motion.frozen", "motion.gap", "motion.number", "rate")
# what the material really has: file, finding, why it is one
TRUE = {
    ("cmu1_", "size"): "24 units tall, taken for centimetres: CMU's unit is 5.6 cm",
    ("xia_", "size"): "CMU's unit again",
    ("footskate_", "size"): "CMU's unit again",
    ("example.bvh", "size"): "CMU's unit again",
    ("fair1_", "size"): "a person 0.4 to 0.5 m tall",
    ("example.bvh", "motion.lead"): "frame 1 is a T-pose; LICENCES.md of the material says so",
    ("example.bvh", "motion.spike"): "RThumb turns by 175°, back by 178° and on by 161° within five frames at 120 fps",
    ("cmu_91_", "size"): "metres where the data are centimetres: 178 m",
    ("cmu_91_", "motion.lead"): "frame 1 is a T-pose",
    ("barbarian", "skin.unweighted"): "12 vertices hang on no joint; ufbx and Blender say so too",
    ("barbarian", "size"): "a person 5.6 m tall",
    ("half_skinned", "skin.unweighted"): "2 of 4 vertices hang on no joint, on purpose",
    ("human-sintel", "mesh.speck"): "two triangles of 7 mm float on their own between the legs",
    ("max2009_cube", "scale"): "the box grows while it moves",
    ("maya_anim_layers", "scale"): "the cube grows while it moves",
    ("maya_game_sausage", "scale"): "joints grow while they move",
    ("maya_scale_no_inherit", "scale"): "joints grow while they move",
    ("motionbuilder_sausage", "scale"): "joints grow while they move",
}


def sound(name: str) -> Rig:
    """A body of the material without faults: the first motion only, without what no format keeps."""
    rig = mend(files.read(MATERIAL / BASES[name]))[0].rigs[0]
    return replace(rig, motions=rig.motions[:1] if name != "fox" else rig.motions[-1:])


def carried(plant: Plant, rig: Rig, folder: Path) -> Contents:
    """The damaged body as the doctor gets it."""
    if not plant.suffix:
        return Contents("memory", (rig,))
    path = folder / f"case{plant.suffix}"
    files.write(rig, path)
    if plant.bytes:
        plant.bytes(path)
    return files.read(path)


def start(rig: Rig) -> np.ndarray:
    """Where a body is on the ground, in its first frame or at rest: (3,)."""
    return (rig.motions[0].root[0] if rig.motions else rig.skeleton.offsets[0]) * (1, 0, 1)


def apart(one: Rig, two: Rig) -> dict[str, float]:
    """How far a mended body is from the sound one, as shares of its size; weights as mean L1 per vertex."""
    rest = fk(at_rest(one.skeleton))[0]
    size = max(float(np.ptp(rest, axis=0).max()), 1e-9)
    found = {"rest": 0.0, "frames": 0.0, "vertices": 0.0, "weights": 0.0}
    if len(rest) != len(two.skeleton.names):
        return {"joints": float(len(two.skeleton.names))}
    found["rest"] = float(np.abs(fk(at_rest(two.skeleton))[0] - rest).max()) / size
    for before, after in zip(one.motions, two.motions, strict=True):
        if len(before.rotations) != len(after.rotations):
            return {"frames": float(len(after.rotations))}
        found["frames"] = float(np.linalg.norm(fk(before) - fk(after), axis=-1).max()) / size
    if one.mesh is not None and two.mesh is not None:
        from scipy.spatial import cKDTree

        there, back = (cKDTree(a.mesh.vertices).query(b.mesh.vertices) for a, b in ((one, two), (two, one)))
        found["vertices"] = float(max(there[0].max(), back[0].max())) / size
        dense = [np.zeros((len(each.mesh.vertices), len(rest))) for each in (one, two)]
        for full, each in zip(dense, (one, two), strict=True):
            np.add.at(full, (np.arange(len(full))[:, None], each.skin.joints), each.skin.weights)
        off = np.abs(dense[1] - dense[0][there[1]]).sum(1)
        found["weights"] = float(off[off > 1e-3].mean()) if (off > 1e-3).any() else 0.0
    return found


def treated(plant: Plant, folder: Path) -> dict:
    """Plant one fault, have it found and mended."""
    rig, chance = sound(plant.base), np.random.default_rng(11)
    row: dict = {"fault": plant.fault, "base": plant.base, "format": plant.suffix or "memory"}
    try:
        whole = carried(replace(plant, bytes=None), rig, folder).rigs[0]
        held = carried(plant, plant.harm(rig, chance) if plant.harm else rig, folder)
    except MarrowError as error:
        return row | {"named": False, "repaired": False, "refused": error.key}
    begun = time.process_time()
    found = examine(held)
    mended, done = mend(held)
    left = [each.key for each in examine(mended) if each.mendable]
    back = moved_rig(mended.rigs[0], start(whole) - start(mended.rigs[0])) if "far" in plant.names else mended.rigs[0]
    far = apart(whole, back) if plant.fault != "keys at uneven times" else {}
    guessed = bool(set(plant.names) & set(GUESSED))
    near = all(far.get(part, 0) <= most for part, most in (
        ("rest", 0.02), ("frames", 0.05 if guessed else 0.02), ("vertices", 0.03), ("weights", 0.45), ("joints", 0)))
    return row | {"named": bool({each.key for each in found} & set(plant.names)), "repaired": not left and near,
                  "found": sorted({each.key for each in found}), "left": left,
                  "apart %": {part: round(100 * each, 3) for part, each in far.items()},
                  "cpu seconds": round(time.process_time() - begun, 2), "done": [each.tell("en") for each in done][:4]}


def examined() -> Iterator[dict]:
    """Every file of the material, with what is found there and why."""
    for path in sorted(each for part, end in (("motions", "*/*.bvh"), ("rigs", "*.glb"), ("fbx", "*.fbx"))
                       for each in (MATERIAL / part).glob(end)):
        try:
            found = examine(files.read(path))
        except MarrowError as error:
            yield {"file": path.name, "refused": error.key}
            continue
        row: dict = {"file": path.name}
        for each in found:
            why = next((why for (part, key), why in TRUE.items() if part in path.name and key == each.key), None)
            row.setdefault("true" if why else "alarm", []).append(f"{each.key}: {why}" if why else each.tell("en"))
        yield row


def main() -> None:
    """Plant, examine and write results/bones_doctor.json."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for plant in PLANTS:
            rows.append(treated(plant, Path(folder)))
            good = rows[-1]["named"] and rows[-1]["repaired"]
            print("ok  " if good else "FAIL", rows[-1] if not good else rows[-1]["fault"], flush=True)
    seen = list(examined())
    alarms = [row for row in seen if "alarm" in row]
    totals = {"planted": len(rows), "named": sum(row["named"] for row in rows),
              "repaired": sum(row["repaired"] for row in rows),
              "named and repaired": sum(row["named"] and row["repaired"] for row in rows), "files": len(seen),
              "files with true findings": sum("true" in row for row in seen), "false alarms": len(alarms)}
    print(totals, alarms)
    write_result("bones_doctor", {"command": "python bench/bones/bench_doctor.py", "totals": totals, "planted": rows,
                                  "material": [row for row in seen if len(row) > 1]})


if __name__ == "__main__":
    main()
