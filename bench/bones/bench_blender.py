"""What do FBX, .blend and Alembic lose when marrow writes them, and what when Blender is left to its defaults?

    MARROW_BLENDER=PYTHON_WITH_BPY python bench/bones/bench_blender.py [FOLDER]

Every motion (.bvh) and rig (.glb) of the shared material is written through Blender and read back: largest distance of
a joint in % of the body's height at the file's own frames, difference in length, seconds. Beside it, for the BVH files,
Blender's own importer and its FBX exporter with their default settings, read by the same reader.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))

from results import write_result

from marrow.bones import files
from marrow.bones.formats.blender import command, read_alembic, read_blend, write_alembic, write_blend, write_fbx
from marrow.bones.formats.fbx import read_fbx
from marrow.bones.loss import loss
from marrow.errors import MarrowError

MATERIAL = HERE.parents[3] / "shared" / "material"
WAYS = {".fbx": (write_fbx, read_fbx), ".blend": (write_blend, read_blend), ".abc": (write_alembic, read_alembic)}
DEFAULTS = """import bpy, sys
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.import_anim.bvh(filepath=sys.argv[1])
bpy.ops.export_scene.fbx(filepath=sys.argv[2])
"""


def there_and_back(rig, path: Path) -> dict:
    """One rig through one format."""
    write, read = WAYS[path.suffix]
    begun = time.perf_counter()
    lost = write(rig, path)
    written = time.perf_counter()
    held = read(path)
    found = loss(rig, held.rigs[0])
    return {"%": round(100 * found.joints, 5), "late s": round(found.seconds, 5), "write s": round(written - begun, 2),
            "read s": round(time.perf_counter() - written, 2), "MB": round(path.stat().st_size / 1e6, 2),
            "told": [each.key for each in (*lost, *held.losses, *found.lacking)]}


def left_to_blender(rig, source: Path, folder: Path) -> dict:
    """The same through Blender's importer and exporter as they come: scale and lying down are forgiven."""
    path = folder / "defaults.fbx"
    done = subprocess.run([*command(), "-c", DEFAULTS, str(source), str(path)], capture_output=True, check=False)
    if done.returncode or not path.exists():
        return {"failed": done.returncode}
    try:
        held = read_fbx(path)
        found = loss(rig, held.rigs[0])
    except MarrowError as error:
        return {"failed": error.key}
    return {"late s": round(found.seconds, 3), "rate": str(held.rigs[0].motions[0].rate)}


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else MATERIAL
    rows = {}
    with tempfile.TemporaryDirectory() as room:
        for source in sorted([*folder.glob("motions/**/*.bvh"), *folder.glob("rigs/*.glb")]):
            rig = files.read(source).rigs[0]
            row = {suffix: there_and_back(rig, Path(room) / f"a{suffix}") for suffix in WAYS}
            if source.suffix == ".bvh":
                row["Blender's defaults"] = left_to_blender(rig, source, Path(room))
            rows[source.name] = row
            print(source.name, row, flush=True)
    worst = {suffix: {"%": max(row[suffix]["%"] for row in rows.values()),
                      "late s": max(row[suffix]["late s"] for row in rows.values() if "lost.motions" not in
                                    row[suffix]["told"])} for suffix in WAYS}
    print(worst)
    write_result("bones_blender", {"worst": worst, "files": rows})


if __name__ == "__main__":
    main()
