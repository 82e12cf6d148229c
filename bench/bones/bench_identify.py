"""Which joint is what: in every naming dialect, with names that mean nothing, and on the bodies of the material.

    python bench/bones/bench_identify.py [--bodies 4]

Bodies are grown from numbers in each dialect of tests/bones/namings.py (own proportions, T, A and I poses and
recordings whose rest pose is no standing pose, three up axes, four scales, any order of joints), then named in four
ways: their own names, bone_0 ..., all the same, and their own names dealt out at random. The material's human rigs
and motions follow, as they are, with numbers for names, and with the words for left and right exchanged. Of every
joint whose truth is known: the share found, for the core (trunk, limbs) and for all with fingers; and the share of
joints that were named with confidence and wrongly. Animals must not be taken for people.
"""

import argparse
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parents[2] / "tests" / "bones")]

from namings import DIALECTS
from results import write_result
from specimens import POSES, grown, specimen

from marrow.bones import files
from marrow.bones.human import CORE, mirror
from marrow.bones.identify import identify
from marrow.media import Rig, Skeleton

MATERIAL = HERE.parents[3] / "shared" / "material"
TRUNK = {*CORE, *(mirror(name) for name in CORE)}
PEOPLE = ("rigs/human-*.glb", "rigs/m2m-*.glb", "rigs/rig-human.glb", "motions/*/*.bvh", "fbx/cmu_*.fbx",
          "fbx/maya_character_*.fbx", "fbx/maya_human_ik_*.fbx", "fbx/maya_kenney_*.fbx", "fbx/*barbarian*.fbx")
ANIMALS = ("rigs/*-animations.glb", "rigs/rig-fox.glb")
# what these files call their joints beside the dialect that fits best; "" where that is wrong for them
OWN = {
    "fair1": {"Spine1": "", "Spine2": "chest", "Spine3": "upperChest"},
    "cmu1": {"LThumb": "leftThumbMetacarpal", "RThumb": "rightThumbMetacarpal"},
    "kenney": {"Chest": "chest", "UpperChest": "upperChest", "LeftToes": "leftToes", "RightToes": "rightToes"},
    "barbarian": {"bassin": "hips", "torse": "spine", "tête": "head",
                  **{f"{part} {word}": f"{side}{name}" for side, words in
                     (("left", ("gauche", "gauche")), ("right", ("droit", "droite")))
                     for part, name, word in (("bras", "UpperArm", words[0]), ("main", "Hand", words[1]),
                                              ("jambe", "UpperLeg", words[1]), ("pied", "Foot", words[0]))}},
}
CMU31 = {"LowerBack": "spine", "Spine": "chest", "Spine1": "upperChest", "LThumb": "leftThumbMetacarpal",
         "RThumb": "rightThumbMetacarpal"}
# left and right as a name has them: how it is found, and the word
SIDES = ((("Left", "Left"), ("Right", "Right")), (("left", "left"), ("right", "right")),
         (("gauche", "gauche"), ("droite?", "droit")), ((r"_l\b", "_l"), (r"_r\b", "_r")),
         (("^L(?=[A-Z])", "L"), ("^R(?=[A-Z])", "R")), (("^l(?=[A-Z]|hand)", "l"), ("^r(?=[A-Z]|hand)", "r")))


class Count:
    """What was found of what is there."""

    def __init__(self) -> None:
        self.core, self.all, self.wrong, self.seconds = [0, 0], [0, 0], 0, 0.0

    def enter(self, rig: Rig, truth: dict[str, int]) -> list[str]:
        """Identify one body; returns the human joints that were named wrongly."""
        begun = time.process_time()
        found = identify(rig.skeleton, mesh=rig.mesh, skin=rig.skin, motion=next(iter(rig.motions), None)).joints
        self.seconds += time.process_time() - begun
        for name, joint in truth.items():
            for tally in (self.all, *([self.core] if name in TRUNK else [])):
                tally[0] += found.get(name) == joint
                tally[1] += 1
        wrong = [name for name, joint in found.items() if truth.get(name) != joint]
        self.wrong += len(wrong)
        return wrong

    def row(self) -> dict:
        """Shares in per cent."""
        return {"joints": self.all[1], "core found %": round(100 * self.core[0] / self.core[1], 2),
                "all found %": round(100 * self.all[0] / self.all[1], 2),
                "confident but wrong %": round(100 * self.wrong / self.all[1], 3),
                "cpu seconds": round(self.seconds, 1)}


def grown_bodies(many: int) -> dict:
    """Every dialect, named in four ways."""
    made: dict = {}
    for names in ("own", "numbers", "letters", "mixed"):
        every, dialects = Count(), defaultdict(Count)
        for number, dialect in enumerate(DIALECTS):
            chance = np.random.default_rng(1000 + number)
            for turn in range(many):
                body = specimen(dialect, chance, pose=POSES[turn % 4], up="yzx"[(turn + number) % 3], names=names,
                                moving=turn % 2 == 1, helpers=5 * (turn % 4 == 2 and names != "own"))
                rig = Rig(body.skeleton, motions=(body.motion,) if body.motion else ())
                for count in (dialects[dialect.name], every):
                    count.enter(rig, body.truth)
        worst = sorted((count.row()["core found %"], name) for name, count in dialects.items())[:3]
        made[names] = {**every.row(), "bodies": many * len(DIALECTS), "dialects": len(dialects),
                       "worst": {name: share for share, name in worst}}
        print(names, made[names], flush=True)
    return made


def people() -> Iterator[tuple[str, Rig, dict[str, int]]]:
    """The human bodies of the material, with the truth of their joints."""
    for path in sorted(path for pattern in PEOPLE for path in MATERIAL.glob(pattern)):
        rig = files.read(path).rigs[0]
        said = max((_said(dialect) for dialect in DIALECTS),
                   key=lambda each: sum(name in each for name in rig.skeleton.names))
        said |= CMU31 if "LowerBack" in rig.skeleton.names else {}
        for part, more in OWN.items():
            said |= more if part in path.name else {}
        truth = {said[name]: joint for joint, name in enumerate(rig.skeleton.names) if said.get(name)}
        yield path.name, rig, truth


def _said(dialect: object) -> dict[str, str]:
    body = grown(dialect, np.random.default_rng(0))
    return {body.names[joint]: human for human, joint in body.truth.items()}


def renamed(rig: Rig, rename: Callable[[int, str], str]) -> Rig:
    """The same rig, its joints named otherwise."""
    old = rig.skeleton
    body = Skeleton(tuple(rename(joint, name) for joint, name in enumerate(old.names)), old.parents, old.offsets,
                    old.turns)
    return replace(rig, skeleton=body, motions=tuple(replace(each, skeleton=body) for each in rig.motions))


def other_side(name: str) -> str:
    """The name with the word for its side exchanged."""
    for left, right in SIDES:
        for here, there in ((left, right), (right, left)):
            if re.search(here[0], name):
                return re.sub(here[0], there[1], name)
    return name


def main() -> None:
    """Measure and write results/bones_identify.json."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--bodies", type=int, default=4, help="of each dialect")
    given = ask.parse_args()
    figures: dict = {"grown": grown_bodies(given.bodies)}
    ways = {"own": lambda _, name: name, "numbers": lambda joint, _: f"bone_{joint}",
            "sides exchanged": lambda _, name: other_side(name)}
    counts, rows = {way: Count() for way in ways}, []
    for name, rig, truth in people():
        row: dict = {"file": name, "known": len(truth)}
        for way, rename in ways.items():
            wrong = counts[way].enter(renamed(rig, rename), truth)
            row |= {f"{way}: wrong": wrong} if wrong else {}
        rows.append(row)
        print(row, flush=True)
    figures["material"] = {way: count.row() for way, count in counts.items()}
    figures["files"] = rows
    animals = sorted(path for pattern in ANIMALS for path in MATERIAL.glob(pattern))
    figures["animals taken for"] = {path.name: _kind(files.read(path).rigs[0]) for path in animals}
    print(figures["material"], figures["animals taken for"])
    write_result("bones_identify", {"command": " ".join(["python", "bench/bones/bench_identify.py", *sys.argv[1:]]),
                                    "peer": "none that names joints by itself", **figures})


def _kind(rig: Rig) -> str:
    return identify(rig.skeleton, mesh=rig.mesh, skin=rig.skin, motion=next(iter(rig.motions), None)).body


if __name__ == "__main__":
    main()
