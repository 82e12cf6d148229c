"""Does our FBX reader put joints where Blender's importers put them, and does it open what they do not?

    python bench/bones/bench_fbx.py [FOLDER] --blender PYTHON_WITH_BPY

Every .fbx of a folder (default: the shared material) is read by marrow, by Blender's new importer (wm.fbx_import) and
by its old one (import_scene.fbx), each file in a process of its own, because importers crash. Joints of the same name
are compared in world space, on frames where Blender has keys (between them it draws curves of its own), in % of the
body's height. Blender counts frame = 1 + seconds x rate. CPU seconds are of one run, children included.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))

from results import write_result

from marrow.bones.formats.fbx import read_fbx
from marrow.bones.skeleton import at_rest, fk
from marrow.errors import InputError, MarrowError

MATERIAL = HERE.parents[3] / "shared" / "material" / "fbx"
MOST = 0.05  # % of height
WHY = {"max7_skin_5000_binary": "the file states no axes; Blender lays it down, expected/max7_skin_5.obj says Y up",
       "maya_anim_layers_7500_ascii": "Blender plays one layer of three",
       "maya_anim_layers_over_acc_7500_binary": "Blender plays one layer of three",
       "maya_interpolation_modes_7500_binary": "steps of the kind 'next' are not Blender's",
       "maya_scale_no_inherit_7700_ascii": "Blender does not scale a child's place by a scale that it does not inherit",
       "motionbuilder_sausage_rrss_7700_binary": "Blender ignores InheritType RrSs; the expected .obj agrees with ours",
       "maya_game_sausage_7500_binary_combined": "the old importer's; the new one agrees"}


def ours(path: Path) -> dict:
    """What marrow reads: positions at rest, and of every take by time."""
    begun = spent()
    try:
        held = read_fbx(path)
    except MarrowError as error:
        return {"refused": error.key, "bug": not isinstance(error, InputError)}
    return {"cpu": spent() - begun, "held": held}


def spent() -> float:
    """CPU seconds of this process and its children that have ended."""
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, (resource.RUSAGE_SELF,
                                                                                  resource.RUSAGE_CHILDREN)))


def theirs(blender: str, path: Path, importer: str) -> dict:
    """What one of Blender's importers makes of a file."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.json"
        done = subprocess.run([blender, str(HERE.with_name("fbx_peer.py")), str(path), importer, str(out)],
                              capture_output=True, text=True, check=False, timeout=300)
        if done.returncode < 0:
            return {"crash": -done.returncode}
        return json.loads(out.read_text()) if out.exists() else {"refused": done.stderr.strip()[-200:]}


def apart(held, said: dict) -> dict:
    """The largest distance of joints of one name, % of height: over all takes, or at rest where nothing moves."""
    worst, joints, frames = 0.0, set(), 0
    for rig in held.rigs:
        tall = max(float(np.ptp(fk(at_rest(rig.skeleton))[0], axis=0).max()), _size(rig))
        for motion in rig.motions:
            start = held.stated["starts"].get(motion.name, 0.0)
            poses = next((poses for name, poses in said["takes"].items() if _same(name, motion.name)), {})
            where = fk(motion)
            for frame, places in poses.items():
                at = ((float(frame) - 1) / said["rate"] - start) * float(motion.rate)
                if abs(at - round(at)) < 1e-3 and 0 <= round(at) < len(where):
                    far, names = _far(rig, where[round(at)], places)
                    worst, joints, frames = max(worst, far / tall), joints | names, frames + 1
        if not rig.motions:
            far, names = _far(rig, fk(at_rest(rig.skeleton))[0], said["still"])
            worst, joints, frames = max(worst, far / tall), joints | names, frames + 1
    return {"%": round(float(100 * worst), 5), "joints": len(joints), "frames": frames}


def _same(action: str, take: str) -> bool:
    """Blender's name of a take: the new importer's adds the layer, the old one's the object too."""
    return f"|{take}|" in f"|{action}|"


def _size(rig) -> float:
    """The extent of what hangs on it, for rigs of one joint."""
    return float(np.ptp(rig.mesh.vertices, axis=0).max()) if rig.mesh else 1e-6


def _far(rig, where: np.ndarray, places: dict) -> tuple[float, set]:
    names = {name for name in rig.skeleton.names if name in places}
    found = [np.linalg.norm(where[joint] - places[name]) for joint, name in enumerate(rig.skeleton.names)
             if name in places]
    return max(found, default=0.0), names


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("folder", nargs="?", type=Path, default=MATERIAL)
    asked.add_argument("--blender", required=True)
    asked = asked.parse_args()
    rows, counts = {}, {"files": 0, "opened": 0, "refused": 0, "new opened": 0, "new crashed": 0, "old opened": 0}
    for path in sorted(asked.folder.glob("*.fbx")):
        mine = ours(path)
        row = {"marrow": mine.get("refused") or "opened", "cpu s": round(mine.get("cpu", 0), 3)}
        counts["files"] += 1
        counts["refused" if "refused" in mine else "opened"] += 1
        for importer in ("new", "old"):
            said = theirs(asked.blender, path, importer)
            word = "crashed" if "crash" in said else "refused" if "refused" in said else "opened"
            counts[f"{importer} {word}"] = counts.get(f"{importer} {word}", 0) + 1
            row[importer] = {"": word} if word != "opened" or "held" not in mine else {
                **apart(mine["held"], said), "cpu s": round(said["cpu"], 3)}
        rows[path.name] = row
        print(path.name, row, flush=True)
    compared = [(name, importer, row[importer]) for name, row in rows.items() for importer in ("new", "old")
                if row[importer].get("joints")]
    above = [(name, importer, each["%"], WHY.get(name.removesuffix(".fbx"), "?"))
             for name, importer, each in compared if each["%"] > MOST]
    figures = {"counts": counts, "compared": len(compared), "above": above,
               "worst of the others %": max(each["%"] for name, importer, each in compared if each["%"] <= MOST)}
    print(figures)
    write_result("bones_fbx", {**figures, "files": rows})


if __name__ == "__main__":
    main()
