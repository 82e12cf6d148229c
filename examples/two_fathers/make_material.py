"""Makes all material of the film anew, the same to the last byte: python make_material.py [folder]. CC0."""

import sys
from pathlib import Path

from body import write_body
from courtyard import write_courtyard
from gait import write_motion
from music import write_sounds
from photographs import write_photographs


def make_material(folder: Path) -> None:
    """Write every folder of material but testimony/, what people said, which is written by hand."""
    for name in ("bodies", "scans", "motions", "photos", "sounds"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    write_body(folder / "bodies" / "father.obj")
    write_courtyard(folder / "scans" / "courtyard.ply")
    write_motion(folder / "motions" / "walk.bvh", 0.0, 7.0)
    write_motion(folder / "motions" / "answer.bvh", 6.5, 14.5)
    write_photographs(folder / "photos")
    write_sounds(folder / "sounds")


if __name__ == "__main__":
    make_material(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
