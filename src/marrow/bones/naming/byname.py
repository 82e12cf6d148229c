"""A human body found by the names of its joints, and whether those names can be believed."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from numpy import ndarray

from marrow.bones.human import FINGERS
from marrow.bones.naming.names import ARM, LEG, Reading
from marrow.media import Skeleton

SIDES = ((1, "left"), (-1, "right"))


def by_name(skeleton: Skeleton, readings: tuple[Reading, ...]) -> dict[str, int]:
    """The human joints that the names tell, as VRM 1.0 calls them; sides as the names have them.

    Along a limb the joints must come in the order of a body; that settles words which mean two parts.
    test    "LeftFoot" is a foot below a shin and toes below an ankle
    """
    parents = np.asarray(skeleton.parents)
    found: dict[str, int] = {}
    for side, word in SIDES:
        for limb in (LEG, ARM):
            found |= {f"{word}{part}": joint for part, joint in _limb(parents, readings, side, limb).items()}
    found |= _trunk(parents, readings, found)
    for side, word in SIDES:
        if f"{word}Hand" in found:
            found |= _fingers(parents, readings, side, word, found[f"{word}Hand"])
    return found | _face(parents, readings, found)


def believed(skeleton: Skeleton, readings: tuple[Reading, ...], found: Mapping[str, int]) -> bool:
    """Whether the names can be believed: what they tell of limbs lies in a body's order, and both sides are alike.

    test    names dealt out at random are not believed
    """
    told = {(reading.side, part) for reading in readings if reading.side for part, weight in reading.parts
            if part in LEG + ARM and weight > 0.55 and reading.says(part)}
    used = sum(f"{word}{part}" in found for _, word in SIDES for part in LEG + ARM)
    if used < 3 or used < 0.7 * len(told):
        return False
    long = np.linalg.norm(skeleton.offsets, axis=1)
    parents, ratios = np.asarray(skeleton.parents), []
    for upper, lower in pairwise(ARM[1:] + LEG[:3]):
        names = [(f"{word}{upper}", f"{word}{lower}") for _, word in SIDES]
        if upper != "Hand" and all(name in found for pair in names for name in pair):
            one, two = (sum(long[each] for each in above(parents, found[low]) if each > found[high])
                        for high, low in names)
            ratios.append(abs(one - two) / max(one, two, 1e-12))
    return not ratios or float(np.median(ratios)) < 0.3


def above(parents: ndarray, joint: int) -> list[int]:
    """A joint and all above it, the root last."""
    line = [int(joint)]
    while parents[line[-1]] >= 0:
        line.append(int(parents[line[-1]]))
    return line


def meeting(parents: ndarray, joints: list[int]) -> int:
    """The lowest joint above all the given ones."""
    lines = [above(parents, joint) for joint in joints]
    shared = set.intersection(*map(set, lines))
    return max(shared)


def trunk_labels(spine: list[int]) -> dict[str, int]:
    """Spine, chest and upper chest among the joints between hips and neck."""
    if len(spine) > 2:
        return {"spine": spine[0], "chest": spine[len(spine) // 2], "upperChest": spine[-1]}
    return dict(zip(("spine", "chest"), spine, strict=False))


def _limb(parents: ndarray, readings: tuple[Reading, ...], side: int, limb: tuple[str, ...]) -> dict[str, int]:
    """The joints of one limb: the path from the root along which the names say most, in the body's order."""
    many, count = len(limb), len(parents)
    best = np.zeros((count, many + 1))          # [joint, k]: the path down to here, its last part limb[k - 1]
    taken = np.zeros((count, many + 1), int)    # what part this joint has in that path, 0 for none
    for joint in range(count):
        parent, reading = parents[joint], readings[joint]
        before = best[parent] if parent >= 0 else np.zeros(many + 1)
        best[joint] = before
        if reading.side != side:
            continue
        for part in range(1, many + 1):
            says = reading.says(limb[part - 1]) * (1 - 1e-3 * min(next(iter(reading.numbers), 0), 9))
            with_it = before[:part].max() + says
            if says and with_it > before[part] + 1e-9:
                best[joint, part], taken[joint, part] = with_it, part
    if not best.max() > 0:
        return {}
    joint, part = (int(each) for each in np.unravel_index(np.argmax(np.round(best, 6)), best.shape))
    made: dict[str, int] = {}
    while joint >= 0 and part:
        parent = int(parents[joint])
        if taken[joint, part]:
            made[limb[part - 1]] = joint
            part = int(np.argmax(best[parent][:part])) if parent >= 0 else 0
        joint = parent
    between = [each for each in above(parents, made.get("Toes", 0)) if each > made.get("Foot", len(parents))]
    for each in between[1:]:
        if readings[each].says("Toes") and readings[made["Foot"]].says("Foot") == 1:
            made["Toes"] = each  # ankle, foot, toe: the foot is the ball
    return made


def _trunk(parents: ndarray, readings: tuple[Reading, ...], found: Mapping[str, int]) -> dict[str, int]:
    """Hips, spine, neck and head from their names and from where the limbs meet."""
    arms = [found[name] for name in ("leftUpperArm", "rightUpperArm") if name in found]
    legs = [found[name] for name in ("leftUpperLeg", "rightUpperLeg") if name in found]
    heads = [joint for joint, each in enumerate(readings) if not each.side and each.says("head")]
    head = max(heads, key=lambda joint: (readings[joint].says("head"), -len(above(parents, joint))), default=-1)
    if head < 0 and len(arms) == 2:
        head = _numbered_head(parents, readings, meeting(parents, arms))
    ends = legs + arms + [head] * (head >= 0)
    if not ends:
        return {}
    line = above(parents, meeting(parents, ends))
    named = [joint for joint in line if readings[joint].says("hips") > 0.3]
    hips = max(named, key=lambda joint: readings[joint].says("hips"), default=line[0] if legs else -1)
    if hips < 0:
        below = [joint for joint, each in enumerate(readings) if each.says("hips") > 0.8 and not each.side]
        hips = below[0] if below else line[0]
    top = head if head >= 0 else meeting(parents, arms) if len(arms) == 2 else hips
    path = [joint for joint in reversed(above(parents, top)) if not readings[joint].control]
    path = path[path.index(hips) + 1:] if hips in path else []
    made = {"hips": hips} | ({"head": head} if head >= 0 else {})
    path = [joint for joint in path if joint != head]
    necks = [joint for joint in path if readings[joint].says("neck")]
    branch = meeting(parents, arms) if len(arms) == 2 else -1
    if not necks and head >= 0 and branch in path and path[-1] != branch:
        necks = [path[path.index(branch) + 1]]
    if necks:
        made["neck"] = necks[0]
        path = path[:path.index(necks[0])]
    return made | trunk_labels(path)


def _numbered_head(parents: ndarray, readings: tuple[Reading, ...], branch: int) -> int:
    """The last joint of a spine that goes on, by its names, past the arms; -1 when it does not."""
    line = [branch]
    for joint in range(branch + 1, len(parents)):
        if parents[joint] == line[-1] and readings[joint].says("trunk") and not readings[joint].side:
            line.append(joint)
    return line[-1] if len(line) > 2 else -1


def _fingers(parents: ndarray, readings: tuple[Reading, ...], side: int, word: str, hand: int) -> dict[str, int]:
    """The three joints of each finger below a hand, from its base; bones of the palm and tips are none."""
    below = np.zeros(len(parents), bool)
    made: dict[str, int] = {}
    chains: dict[str, list[int]] = {finger: [] for finger in FINGERS}
    for joint in range(hand + 1, len(parents)):
        below[joint] = parents[joint] == hand or below[parents[joint]]
        each = readings[joint]
        if below[joint] and each.side in (side, 0):
            for finger, chain in chains.items():
                if finger in dict(each.parts) and (not chain or chain[-1] in above(parents, joint)):
                    chain.append(joint)
    for finger, chain in chains.items():
        ends = [joint for joint in chain if readings[joint].control]
        chain = [joint for joint in chain if not readings[joint].control and not readings[joint].twist]
        palm = finger != "Thumb" and (len(chain) > 3 and (readings[chain[0]].numbers[-1:] == (0,) or bool(ends)))
        if palm or (chain and finger != "Thumb" and readings[chain[0]].carpal):
            chain = chain[1:]
        made |= {f"{word}{finger}{part}": joint for part, joint in zip(FINGERS[finger], chain, strict=False)}
    return made


def _face(parents: ndarray, readings: tuple[Reading, ...], found: Mapping[str, int]) -> dict[str, int]:
    made: dict[str, int] = {}
    for joint, each in enumerate(readings):
        name = {1: "leftEye", -1: "rightEye"}.get(each.side, "") if each.says("Eye") else "jaw"
        if (each.says("Eye") or (each.says("jaw") and not each.side)) and name and name not in made:
            if "head" in found and found["head"] in above(parents, joint):
                made[name] = joint
    return made
