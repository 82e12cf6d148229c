"""Damage put into captured motions and taken out again, beside filters that were tuned by the truth.

    python bench/bones/bench_clean.py [MOTION ...]

Error: mean distance of all joints to the undamaged motion, cm on a body of 1.75 m. Ours has one default for all. Each
peer is tuned for every motion and every damage on its own, by the truth: root and rotations apart, from 34
Savitzky-Golay filters, 54 Butterworth filters (both ways, orders 1 to 3) and 40 One Euro filters, and sees quaternions
with even signs; the best of the three counts. `ratio` is ours by that best; below 0.8 the bar is met.
Gaps reach the peers bridged by straight lines, since none of them takes NaN.

    noise s      Gaussian, s degrees on every joint and s/2 cm on the root, in every frame
    spikes       3 % of all poses of joints turned by 20 to 60 degrees, of the root moved by 10 to 30 cm
    gaps         one joint in eight lost for five frames at a time, 8 % of the time; the root for five frames, twice
    flips        signs at random, and one joint turned over by half a turn for a fifth of the time
    mixed        noise 2, spikes, gaps and flips together, as in the field notes
    clean        nothing: how far ours moves what was well
"""

import sys
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

import numpy as np
from scipy.signal import butter, savgol_filter, sosfiltfilt

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))

from results import rounded, write_result

from marrow.bones.clean import clean
from marrow.bones.formats.bvh import read_bvh
from marrow.bones.skeleton import build, fk, picked
from marrow.bones.turning import continuous, exp
from marrow.rotations import multiply, normalised

MATERIAL = HERE.parents[3] / "shared" / "material" / "motions"
LONGEST = 240
DAMAGED = ("xia_neutral_01_000", "xia_old_13_000", "example", "rokoko_jesse_dance", "fair1_dab", "fair1_zombie",
           "cmu1_jumping_jacks", "footskate_comp_video_1_fixed")
HALVES = np.eye(4)[1:]


def read_motion(path, every=1):
    motion = read_bvh(path).rigs[0].motions[0]
    part = slice(1 if path.stem == "example" else 0, LONGEST * every, every)
    return replace(picked(motion, part), rate=motion.rate / every)


def noisy(motion, rng, tall, degrees):
    turn = exp(rng.normal(0, np.radians(degrees), (*motion.rotations.shape[:2], 3)))
    way = rng.normal(0, degrees / 200 * tall / 1.75, motion.root.shape)
    return replace(motion, rotations=multiply(motion.rotations, turn), root=motion.root + way)


def spiky(motion, rng, tall):
    def thrown(shape, low, high):
        way = rng.normal(size=(*shape, 3))
        size = rng.uniform(low, high, (*shape, 1)) * (rng.random((*shape, 1)) < .03)
        return size * way / np.linalg.norm(way, axis=-1, keepdims=True)

    turn = exp(thrown(motion.rotations.shape[:2], np.radians(20), np.radians(60)))
    way = thrown(motion.root.shape[:1], .1, .3) * tall / 1.75
    return replace(motion, rotations=multiply(motion.rotations, turn), root=motion.root + way)


def holed(motion, rng):
    turns, root = motion.rotations.copy(), motion.root.copy()
    frames, joints = turns.shape[:2]
    for joint in rng.permutation(joints)[:max(1, joints // 8)]:
        for first in rng.integers(3, frames - 9, max(1, round(.08 * frames / 5))):
            turns[first:first + 5, joint] = np.nan
    for first in rng.integers(3, frames - 9, 2):
        root[first:first + 5] = np.nan
    return replace(motion, rotations=turns, root=root)


def flipped(motion, rng):
    turns = motion.rotations * np.where(rng.random((*motion.rotations.shape[:2], 1)) < .5, 1, -1)
    joint, long = rng.integers(1, turns.shape[1]), len(turns) // 5
    first = rng.integers(2, len(turns) - long - 2)
    turns[first:first + long, joint] = multiply(turns[first:first + long, joint], HALVES[rng.integers(3)])
    return replace(motion, rotations=turns)


def mixed(motion, rng, tall):
    return flipped(holed(spiky(noisy(motion, rng, tall, 2), rng, tall), rng), rng)


DAMAGES = {**{f"noise {degrees}": lambda motion, rng, tall, much=degrees: noisy(motion, rng, tall, much)
              for degrees in (.5, 1, 2, 4)}, "spikes": spiky, "gaps": lambda motion, rng, tall: holed(motion, rng),
           "flips": lambda motion, rng, tall: flipped(motion, rng), "mixed": mixed}


def euro(path, rate, least, beta):
    """One Euro filter, Casiez, Roussel and Vogel, CHI 2012."""
    def share(cutoff):
        return 1 / (1 + rate / (2 * np.pi * cutoff))

    made, slope = path.copy(), np.zeros_like(path[0])
    for frame in range(1, len(path)):
        slope = slope + share(1.0) * ((path[frame] - path[frame - 1]) * rate - slope)
        made[frame] = made[frame - 1] + share(least + beta * np.abs(slope)) * (path[frame] - made[frame - 1])
    return made


def peers(rate, frames):
    windows = (5, 7, 9, 11, 13, 15, 19, 23, 29, 35, 45, 61)
    yield "savitzky-golay", [lambda path, wide=wide, order=order: savgol_filter(path, wide, order, axis=0)
                             for order in (2, 3, 4) for wide in windows if order < wide < frames]
    yield "butterworth", [lambda path, order=order, cutoff=cutoff: sosfiltfilt(
        butter(order, cutoff, fs=rate, output="sos"), path, axis=0, padlen=min(6 * order, frames - 1))
        for order in (1, 2, 3) for cutoff in np.geomspace(.6, .45 * rate, 18)]
    yield "one euro", [lambda path, least=least, beta=beta: euro(path, rate, least, beta)
                       for least in (.5, 1, 2, 4, 10) for beta in (0, .03, .1, .3, 1, 3, 10, 30)]


def bridged(path):
    """Straight lines over what is NaN."""
    flat, times = path.reshape(len(path), -1).copy(), np.arange(len(path))
    for column in flat.T:
        known = np.isfinite(column)
        column[~known] = np.interp(times[~known], times[known], column[known])
    return flat.reshape(path.shape)


def tuned(bad, truth, places, scale):
    """The error of every peer at its best."""
    frames, rate = len(truth.rotations), float(truth.rate)
    turns, root = bridged(continuous_over(bad.rotations)), bridged(bad.root)
    made = {}
    for name, filters in peers(rate, frames):
        ways = [each(root) for each in filters]
        way = min(ways, key=lambda path: np.linalg.norm(path - truth.root, axis=1).mean())
        turned = (normalised(each(turns.reshape(frames, -1)).reshape(turns.shape)) for each in filters)
        tries = [fk(replace(truth, rotations=each)) for each in turned]
        best = min(tries, key=lambda found: np.linalg.norm(found - places, axis=-1).mean())
        found = best + (way - truth.root)[:, None]
        made[name] = np.linalg.norm(found - places, axis=-1).mean() * scale
    return made


def continuous_over(turns):
    """Signs that go on, gaps left out."""
    made = turns.copy()
    for joint in range(turns.shape[1]):
        known = np.isfinite(turns[:, joint]).all(-1)
        made[known, joint] = continuous(turns[known, joint])
    return made


def measured(truth, name):
    tall, places = build(truth.skeleton).tall, fk(truth)
    scale, rows = 175 / tall, []
    for number, (kind, damage) in enumerate(DAMAGES.items()):
        bad = damage(truth, np.random.default_rng(number), tall)
        begun = time.process_time()
        made = clean(bad)[0]
        spent = time.process_time() - begun
        ours = np.linalg.norm(fk(made) - places, axis=-1).mean() * scale
        others = tuned(bad, truth, places, scale)
        rows.append({"motion": name, "rate": float(truth.rate), "damage": kind, "ours": ours, **others,
                     "ratio": ours / min(others.values()), "frames/s": len(places) / spent})
        print(" ".join(f"{each:.3f}" if isinstance(each, float) else f"{each:16}" for each in rows[-1].values()),
              flush=True)
    return rows


def kept(truth, name):
    """How far a motion is moved that has no damage, feet that skate aside."""
    moved = np.linalg.norm(fk(clean(truth, feet="keep" if name.endswith("raw") else "auto")[0]) - fk(truth), axis=-1)
    moved = moved * 175 / build(truth.skeleton).tall
    print(f"{name} clean: {moved.mean():.3f} cm", flush=True)
    return {"motion": name, "rate": float(truth.rate), "moved": moved.mean(), "p99": np.percentile(moved, 99)}


def main() -> None:
    wanted, rows, still = sys.argv[1:], [], []
    for path in sorted(MATERIAL.glob("*/*.bvh")):
        if wanted and not any(word in path.stem for word in wanted):
            continue
        for every in (1, 2, 4) if path.stem == "xia_neutral_01_000" else (1,):
            truth = read_motion(path, every)
            name = path.stem + (f" every {every}" if every > 1 else "")
            still.append(kept(truth, name))
            if path.stem in DAMAGED:
                rows += measured(truth, name)
    summary = {kind: {"ratio, median": median(each["ratio"] for each in rows if each["damage"] == kind),
                      "met": sum(each["ratio"] <= .8 for each in rows if each["damage"] == kind),
                      "of": sum(each["damage"] == kind for each in rows)} for kind in DAMAGES}
    summary |= {"clean, cm, worst": max(each["moved"] for each in still), "clean, cm, median": median(
        each["moved"] for each in still), "clean within 2 mm": sum(each["moved"] <= .2 for each in still),
        "clean clips": len(still), "frames/s, least": min(each["frames/s"] for each in rows)}
    print(rounded(summary))
    if not wanted:
        write_result("bones_clean", {"summary": rounded(summary), "clean": rounded(still), "rows": rounded(rows)})


if __name__ == "__main__":
    main()
