"""Gaussian splats on the processor: seconds to a frame, likeness to a float64 loop, the same bytes everywhere.

    python bench/places/bench_gaussians.py [--loop]

The scanned house of the material, 131,199 splats with harmonics of degree 3, from three sides at 1080p: CPU seconds
(median of five, after compiling) in one thread. `--loop`: every splat over every pixel in float64, at 160 x 90, and
what their difference is in decibels, of display values. The hash of light, cover, depth and index for one and two
threads, and for numba's generic processor. Where torch, gsplat and an NVIDIA card are: the same frames by the engine
gsplat, its seconds of wall, and its likeness to ours.
"""

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from numba import njit

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))

from results import rounded, write_result

from marrow import engine
from marrow.draw import gaussians, harmonics
from marrow.draw.camera import look_at, orbit
from marrow.draw.colour import light, srgb
from marrow.places.formats.spz import read_spz
from marrow.rotations import to_matrix

SCAN = HERE.parents[3] / "shared" / "material" / "scans" / "fourth_st.spz"
SIDES = {"front": (0, 20, 5.2), "side": (120, 20, 5.2), "near": (240, 35, 3.2)}
RADIUS = 0.0766   # metres, the middle distance of a splat from the middle


def camera(cloud, side, size):
    around, above, far = SIDES[side]
    middle = np.round(np.median(cloud.points, 0).astype(float), 6)
    made = look_at(np.round(orbit(middle, distance=far * RADIUS, around=around, above=above), 6), middle, lens=35,
                   size=size)
    made.world_from_camera[:] = np.round(made.world_from_camera, 9)
    return made


@njit
def loop(order, places, inverse, alpha, tints, sums, rest):
    for row in range(len(rest)):
        for column in range(rest.shape[1]):
            for i in order:
                dx, dy = column + 0.5 - places[i, 0], row + 0.5 - places[i, 1]
                power = -0.5 * (inverse[i, 0, 0] * dx * dx + inverse[i, 1, 1] * dy * dy) - inverse[i, 0, 1] * dx * dy
                if power < -5.6:
                    continue
                share = min(0.99, alpha[i] * np.exp(power))
                if share < 1 / 255:
                    continue
                for k in range(3):
                    sums[row, column, k] += rest[row, column] * share * tints[i, k]
                rest[row, column] *= 1 - share
                if rest[row, column] < 1e-4:
                    break


def oracle(cloud, camera):
    """Light times cover, by a float64 loop."""
    splats, (width, height), focal = cloud.splats, camera.size, camera.focal
    axes = camera.world_from_camera[:3, :3].T * [[1], [-1], [-1]]
    ways = cloud.points.astype(float) - camera.eye
    x, y, z = (ways @ axes.T).T
    flat = np.zeros((len(x), 2, 3))
    for row, (each, side) in enumerate(((x, width), (y, height))):
        flat[:, row, row] = focal / z
        flat[:, row, 2] = -focal / z * np.clip(each / z, -0.65 * side / focal, 0.65 * side / focal)
    flat = flat @ axes @ (to_matrix(splats.turns.astype(float)) * splats.scales[:, None].astype(float))
    inverse = np.linalg.inv(flat @ flat.transpose(0, 2, 1) + 0.3 * np.eye(2))
    alpha = splats.opacity * gaussians.faded(z, gaussians.near(cloud.points))
    tints = harmonics.shown(splats.harmonics, ways / np.linalg.norm(ways, axis=1, keepdims=True))
    order = [i for i in np.argsort(z, kind="stable") if z[i] > 0 and alpha[i] >= 1 / 255]
    sums, rest = np.zeros((height, width, 3)), np.ones((height, width))
    places = np.stack([focal * x / z + width / 2, focal * y / z + height / 2], 1)
    loop(np.array(order), places, inverse, alpha, tints, sums, rest)
    cover = (1 - rest)[..., None]
    return light(np.clip(sums / np.maximum(cover, 1e-9), 0, 1)) * cover


def likeness(first, second):
    return float(-10 * np.log10(((first.astype(float) - second) ** 2).mean() + 1e-30))


def drawn(cloud, camera):
    return gaussians.splatted(cloud.points, cloud.splats, camera, origin=cloud.origin)


def hashes(cloud):
    made = {}
    for side in SIDES:
        each = drawn(cloud, camera(cloud, side, (1920, 1080)))
        whole = b"".join(part.tobytes() for part in (each.light, each.cover, each.depth, each.index))
        made[side] = hashlib.sha256(whole).hexdigest()[:16]
    return made


def elsewhere(**extra):
    done = subprocess.run([sys.executable, __file__, "--hashes"], env=os.environ | extra, capture_output=True,
                          text=True, check=True)
    return json.loads(done.stdout)


def spent(cloud, view):
    drawn(cloud, view)
    times = []
    for _ in range(5):
        begun = time.process_time()
        drawn(cloud, view)
        times.append(time.process_time() - begun)
    return statistics.median(times)


def card(cloud):
    """The engine gsplat beside ours, or why it is not there."""
    found = engine.card("places.splats", "gsplat")
    if found.missing:
        return {"missing": found.missing}
    draw, made = found.open(), {}
    for side in SIDES:
        view = camera(cloud, side, (1920, 1080))
        draw(cloud, view)
        begun = time.perf_counter()
        theirs = draw(cloud, view)
        wall, ours = time.perf_counter() - begun, drawn(cloud, view)
        made[side] = {"wall_s": wall, "light_db": likeness(ours.light, theirs.light),
                      "srgb_db": likeness(srgb(ours.light) / 255, srgb(theirs.light) / 255)}
    return made


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--loop", action="store_true")
    asked.add_argument("--hashes", action="store_true")
    said = asked.parse_args()
    cloud = read_spz(SCAN)
    if said.hashes:
        print(json.dumps(hashes(cloud)))
        return
    figures = {"splats": len(cloud.points), "terms": cloud.splats.harmonics.shape[1],
               "cpu_s_at_1080p": {side: spent(cloud, camera(cloud, side, (1920, 1080))) for side in SIDES}}
    if said.loop:
        view = camera(cloud, "front", (160, 90))
        ours, truth = drawn(cloud, view).light, oracle(cloud, view)
        figures["float64_loop_at_160x90"] = {"light_db": likeness(ours, truth), "srgb_db": likeness(
            srgb(ours) / 255, srgb(truth) / 255)}
    known = {"one thread": elsewhere(NUMBA_NUM_THREADS="1"), "two threads": elsewhere(NUMBA_NUM_THREADS="2"),
             "generic": elsewhere(NUMBA_NUM_THREADS="1", NUMBA_CPU_NAME="generic", NUMBA_CPU_FEATURES="")}
    figures |= {"hashes": known, "same_bytes": len({json.dumps(each) for each in known.values()}) == 1,
                "gsplat": card(cloud)}
    figures["measured_elsewhere"] = {
        "machine": "Intel Xeon (Emerald Rapids), NVIDIA H100 80GB, torch 2.11.0+cu130, gsplat 1.5.3, numba 0.68.0",
        "date": "2026-11-28", "same_bytes_as_here": known["one thread"] == {
            "front": "49b3d7f890c8d794", "side": "4a1ee9a034317f27", "near": "8543879ce08f1954"},
        "gsplat_compiles_in_s": 67,
        "light_db": {"front": 97.3, "side": 99.9, "near": 96.6},
        "srgb_db": {"front": 79.6, "side": 79.9, "near": 77.7}}
    print(json.dumps(rounded(figures), indent=1))
    write_result("places_gaussians", rounded(figures))


if __name__ == "__main__":
    main()
