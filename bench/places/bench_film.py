"""A memory shot at full size: ten seconds at 1080p, 2 million points, an open lens, a shutter, a surface.

    python bench/places/bench_film.py [--every 20]

The lion of shared/material/scans is made denser to 2 million points; it assembles, is forgotten and dissolves while the
camera goes round, f/2, 1/48 s, 8 samples of lens and shutter, in its own colours. Every n-th of 240 frames is drawn,
timed in CPU seconds and by the clock; the whole is told from their mean. Frame 137 is drawn alone by a fresh shot and
in its row by another. Holes are pixels that points twice as large close, and these do not, while the whole lion stands.
"""

import argparse
import hashlib
import json
import resource
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))

from results import rounded, write_result

from marrow import forms
from marrow.places import scene
from marrow.places.looks import Look, ground_for
from marrow.places.shot import Optics, Shot, shot

LION = HERE.parents[3] / "shared" / "material" / "scans" / "lion_takanawa.copc.laz"
FRAMES, RATE, SIZE, POINTS = 240, 24, (1920, 1080), 2_000_000
MEMORY = (("assemble", 0, 3), ("forget", 4, 7), ("dissolve", 7.5, 10))


def made() -> Shot:
    """The shot, set up anew."""
    scene.RICH = POINTS + 100_000
    scene.TIMES = 6
    look = Look("colour", "#efe7d6", "#1f1b18", 1.0, 0.5)
    return shot(forms.read("cloud", LION), None, Optics(SIZE, 50, 2.0, 0, 0.5), look, memory=MEMORY,
                length=FRAMES / RATE, rate=RATE)


def holes(taken: Shot) -> float:
    """Share of the pixels that points twice as large close and these do not, away from every outline."""
    from scipy import ndimage

    wide = replace(taken, look=replace(taken.look, point=2.0)).exposed(84).cover
    inside = ndimage.binary_erosion(wide > 0.99, iterations=6)
    return float((taken.exposed(84).cover[inside] < 0.5).mean())


def main() -> None:
    """Measure, and write it down."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--every", type=int, default=20)
    every = parser.parse_args().every
    begun = time.process_time()
    taken = made()
    ground = ground_for(taken.look, SIZE)
    taken.frame(0, ground)
    figures = {"points": len(taken.scene.cloud.points), "set up, cpu s": time.process_time() - begun}
    clock, spent = time.perf_counter(), []
    for number in range(0, FRAMES, every):
        start = time.process_time()
        taken.frame(number, ground)
        spent.append(time.process_time() - start)
    clock = (time.perf_counter() - clock) / len(spent)
    before = [hashlib.sha256(taken.frame(number, ground)).hexdigest() for number in (136, 137)][1]
    alone = hashlib.sha256(made().frame(137, ground)).hexdigest()
    figures |= {"frames drawn": len(spent), "cpu s per frame": float(np.mean(spent)), "slowest": max(spent),
                "clock s per frame": clock, "240 frames, cpu min": float(np.mean(spent)) * 4,
                "240 frames, clock min": clock * 4, "frame 137 alone is the same": before == alone,
                "holes inside": holes(taken), "peak GB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}
    write_result("places_film", rounded(figures))
    print(json.dumps(rounded(figures), indent=1))


if __name__ == "__main__":
    main()
