"""A body found by its build alone: two pairs of like limbs on one trunk, their proportions, and where they branch.

Bones keep their lengths in every pose, so lengths decide first; a pose in which the body stands tells the rest.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy import ndarray

from marrow.bones.naming.byname import above, meeting, trunk_labels
from marrow.bones.naming.hands import finger_labels
from marrow.bones.naming.pairs import Chains, Tree, matched, pairs

LONGEST = 16     # joints of a limb that are looked at

@dataclass(frozen=True)
class Limb:
    """A pair of limbs: the joint they hang on, both chains, and which joints of the chains are what.

    at      part -> place in the chains
    cost    0 is a perfect limb
    long    upper and lower bone together
    """

    base: int
    chains: Chains
    at: dict[str, int]
    cost: float
    long: float

    def joints(self, side: int) -> dict[str, int]:
        """Part -> joint, of the first or the second chain."""
        return {part: self.chains[side][place] for part, place in self.at.items()}


@dataclass(frozen=True)
class Shape:
    """A body as its build tells; the first limb of each pair is called left until somebody knows better.

    joints, sure    human joint -> joint, -> 0..1
    body            biped, quadruped or other
    pose            number of the pose in which it stands
    """

    joints: dict[str, int]
    sure: dict[str, float]
    body: str
    pose: int


def by_shape(parents: ndarray, long: ndarray, poses: ndarray) -> Shape:
    """Find the human joints of a skeleton whose names say nothing.

    parents    (joints,)
    long       (joints,) length of the bone above each joint
    poses      (poses, joints, 3) world; the rest pose first
    test       bodies of every dialect with their names taken away
    """
    tree = Tree(np.asarray(parents), np.asarray(long, float), np.asarray(poses, float))
    found = list(pairs(tree))
    legs = [made for base, chains in found for made in [_leg(tree, base, chains)] if made]
    arms = [made for base, chains in found for made in [_arm(tree, base, chains)] if made]
    ranked = sorted(_bodies(tree, legs, arms), key=lambda each: each[0])
    if not ranked or ranked[0][0] > 9:
        return Shape({}, {}, "other", 0)
    cost, leg, arm, pose, body = ranked[0]
    rivals = [each[0] for each in ranked[1:] if set(each[1].at.items()) != set(leg.at.items()) or each[2].at != arm.at
              or each[1].chains != leg.chains or each[2].chains != arm.chains]
    margin = min(rivals, default=cost + 9) - cost
    sure = float(np.clip(1.0 - 0.04 * cost - 0.25 * np.exp(-margin), 0, 0.98))
    return _labelled(tree, leg, arm, pose, body, sure)


def _way(tree: Tree, chains: Chains) -> ndarray:
    """(joints,) how far along the limb each joint lies, on the mean of both chains."""
    return np.mean([np.cumsum(tree.long[chain]) for chain in chains], axis=0)[:LONGEST]


def _leg(tree: Tree, base: int, chains: Chains) -> Limb | None:
    """Thigh, shin, foot and toes that fit a pair of chains best."""
    way = _way(tree, chains)
    best: tuple[float, dict[str, int]] = (np.inf, {})
    for hip, knee, foot in combinations(range(len(way)), 3):
        thigh, shin, rest = way[knee] - way[hip], way[foot] - way[knee], way[-1] - way[foot]
        if min(thigh, shin) < 0.2 * way[-1]:
            continue
        toes, cost = _toes(way, foot, shin)
        cost += _off(np.log(shin / thigh), -0.03, 0.16) + _over(way[hip] / thigh, 0.6, 0.25)
        cost += _over(rest / shin, 0.95, 0.2)
        cost += _bent(tree, chains, hip, knee, foot) + 0.25 * (foot - hip - 2) + 0.1 * hip
        if cost < best[0]:
            best = cost, {"UpperLeg": hip, "LowerLeg": knee, "Foot": foot} | ({"Toes": toes} if toes else {})
    return _limb(base, chains, best, way, ("UpperLeg", "Foot"))


def _toes(way: ndarray, foot: int, shin: float) -> tuple[int, float]:
    """The joint of the toes beyond a foot, 0 for none, and what speaks against it."""
    beyond = [(_off((way[toe] - way[foot]) / shin, 0.36, 0.14) + _over((way[-1] - way[toe]) / shin, 0.3, 0.1)
               + 0.4 * (toe - foot - 1), toe)
              for toe in range(foot + 1, min(foot + 4, len(way)))]
    cost, toe = min(beyond, default=(9.0, 0))
    return (toe, cost) if cost < 4 else (0, 1.0)


def _arm(tree: Tree, base: int, chains: Chains) -> Limb | None:
    """Collar bone, upper arm, forearm and hand that fit a pair of chains best."""
    way = _way(tree, chains)
    forks = [max(len(_fingers(tree, chain[place])) for chain in chains) for place in range(len(way))]
    best: tuple[float, dict[str, int]] = (np.inf, {})
    for arm, elbow, wrist in combinations(range(len(way)), 3):
        upper, lower, rest = way[elbow] - way[arm], way[wrist] - way[elbow], way[-1] - way[wrist]
        if min(upper, lower) < 0.12 * way[-1]:
            continue
        cost = _off(np.log(lower / upper), -0.10, 0.16) + _over(way[arm] / upper, 1.4, 0.4)
        cost += _over(rest / lower, 1.0, 0.2) + 0.3 * max(0, arm - 1) + 0.8 * (arm == 0)
        cost += _bent(tree, chains, arm, elbow, wrist) + 0.25 * (wrist - arm - 2)
        cost += 1.5 * max(0, min(3, max(forks)) - min(3, forks[wrist])) + 3 * (max(forks[:wrist], default=0) > 2)
        cost += 0.5 * (rest == 0) * (len(way) > 4)
        if cost < best[0]:
            best = cost, ({"Shoulder": 0} if arm else {}) | {"UpperArm": arm, "LowerArm": elbow, "Hand": wrist}
    return _limb(base, chains, best, way, ("UpperArm", "Hand"))


def _limb(base: int, chains: Chains, best: tuple[float, dict[str, int]], way: ndarray,
          ends: tuple[str, str]) -> Limb | None:
    if not best[1] or best[0] > 9:
        return None
    return Limb(base, chains, best[1], best[0], float(way[best[1][ends[1]]] - way[best[1][ends[0]]]))


def _fingers(tree: Tree, joint: int) -> list[int]:
    """Children of a joint that begin chains of their own."""
    return [each for each in tree.below[joint] if tree.reach[each] > 0]


def _bent(tree: Tree, chains: Chains, root: int, middle: int, end: int) -> float:
    """What speaks against a limb whose two bones are not straight where joints were passed over."""
    cost = 0.0
    for chain in chains:
        for start, stop in ((root, middle), (middle, end)):
            if stop - start > 1:
                places = tree.poses[0, chain[start:stop + 1]]
                arc = np.linalg.norm(np.diff(places, axis=0), axis=1).sum()
                cost += _over(float(arc / max(np.linalg.norm(places[-1] - places[0]), 1e-9)), 1.01, 0.02)
    return min(cost, 6.0)


def _off(value: float, mean: float, sigma: float) -> float:
    return float(0.5 * ((value - mean) / sigma) ** 2)


def _over(value: float, most: float, sigma: float) -> float:
    return float(0.5 * (max(0.0, value - most) / sigma) ** 2)


def _bodies(tree: Tree, legs: list[Limb], arms: list[Limb]) -> Iterator[tuple[float, Limb, Limb, int, str]]:
    """Every pair of legs with every pair of arms, and what speaks against the body they make."""
    for leg in legs:
        taken = set(leg.chains[0]) | set(leg.chains[1])
        for arm in arms:
            if taken & (set(arm.chains[0]) | set(arm.chains[1])) or arm.base in taken:
                continue
            trunk = _between(tree, leg.base, arm.base)
            if not trunk or set(arm.chains[0] + arm.chains[1]) & set(trunk) or taken & set(trunk):
                continue
            back = tree.long[trunk[1:]].sum()
            cost = leg.cost + arm.cost + _off(np.log(arm.long / leg.long), -0.42, 0.28)
            cost += _off(np.log(max(back, 1e-9) / leg.long), -0.45, 0.45) + 0.1 * len(above(tree.parents, leg.base))
            cost += 2.0 * (not _heads(tree, arm))
            pose, stance, body = _standing(tree, leg, arm)
            yield cost + stance, leg, arm, pose, body


def _between(tree: Tree, low: int, high: int) -> list[int]:
    """The joints from where both meet up to the higher one; empty when the two are one."""
    meet = meeting(tree.parents, [low, high])
    line = above(tree.parents, high)
    return line[:line.index(meet) + 1][::-1] if high != low else []


def _heads(tree: Tree, arm: Limb) -> list[int]:
    """Chains that could be a neck and a head: further children where the arms begin."""
    return [each for each in tree.below[arm.base] if each not in (arm.chains[0][0], arm.chains[1][0])
            and 0.12 * arm.long < tree.long[each] + tree.reach[each] < 2.2 * arm.long]


def _standing(tree: Tree, leg: Limb, arm: Limb) -> tuple[int, float, str]:
    """The pose in which the body stands best, what still speaks against it, and what stands so."""
    places = tree.poses
    hips, chest = places[:, leg.base], places[:, arm.base]
    hang = [sum(places[:, chain[limb.at[end]]] - places[:, chain[limb.at[root]]] for chain in limb.chains)
            for limb, root, end in ((leg, "UpperLeg", "Foot"), (arm, "UpperArm", "Hand"))]
    back = _units(chest - hips)
    upright = -(_units(hang[0]) * back).sum(-1)
    pose = 0 if upright[0] > 0.5 else int(np.argmax(upright))
    if upright[pose] > 0.45:
        return pose, _over(0.85 - upright[pose], 0, 0.25), "biped"
    across = (_units(hang[0]) * _units(hang[1])).sum(-1)
    if abs(upright[0]) < 0.45 and across[0] > 0.75:
        return 0, 0.0, "quadruped"
    return 0, 6.0, "other"


def _units(vectors: ndarray) -> ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)


def _labelled(tree: Tree, leg: Limb, arm: Limb, pose: int, body: str, sure: float) -> Shape:
    """Name all joints of a body that was found."""
    joints: dict[str, int] = {}
    across = [tree.poses[pose, chains[0][limb.at[root]]] - tree.poses[pose, chains[1][limb.at[root]]]
              for limb, root in ((leg, "UpperLeg"), (arm, "UpperArm")) for chains in (limb.chains,)]
    if across[0] @ across[1] < 0:
        arm = replace(arm, chains=arm.chains[::-1])
    for number, side in enumerate(("left", "right")):
        for limb in (leg, arm):
            joints |= {f"{side}{part}": joint for part, joint in limb.joints(number).items()}
    sures = dict.fromkeys(joints, sure)
    trunk, trust = _trunk(tree, leg, arm, tree.poses[pose])
    joints |= trunk
    sures |= {name: min(sure, each) for name, each in trust.items()}
    if body == "biped":
        hands = matched(tree, joints["leftHand"], joints["rightHand"])
        for side, chains in zip(("left", "right"), hands, strict=True):
            arm_ends = joints[f"{side}Hand"], joints[f"{side}LowerArm"]
            found = finger_labels(chains, tree.long, tree.poses[pose], arm_ends)
            joints |= {f"{side}{name}": joint for name, (joint, _) in found.items()}
            sures |= {f"{side}{name}": min(sure, trust) for name, (_, trust) in found.items()}
    return Shape(joints, sures, body, pose)


def _trunk(tree: Tree, leg: Limb, arm: Limb, places: ndarray) -> tuple[dict[str, int], dict[str, float]]:
    """Hips, spine, neck and head, each with how sure it is."""
    line = _between(tree, leg.base, arm.base)
    hips, parent = line[0], int(tree.parents[line[0]])
    doubt = parent > 0 and tree.long[hips] < 0.2 * leg.long and len(tree.below[parent]) == 1
    roots = np.mean([places[chain[leg.at["UpperLeg"]]] for chain in leg.chains], axis=0)
    near = [np.linalg.norm(places[each] - roots) for each in (parent, hips)]
    if doubt and near[0] < near[1] - 0.02 * leg.long:  # legs on the first joint of the spine, a habit of 3ds Max
        line, hips, doubt = [parent, *line], parent, False
    up = _units(places[arm.base] - places[hips])
    shoulders = np.mean([places[chain[arm.at["UpperArm"]]] for chain in arm.chains], axis=0)
    best: list[tuple[float, int, list[int]]] = []
    for start in _heads(tree, arm):
        chain = [arm.base, *tree.chain(start)]
        height = (places[chain] - shoulders) @ up / arm.long
        best += [(cost, head, chain[:neck] if neck else chain[:head], chain, neck) for cost, neck, head in
                 _necks(tree, chain, height, arm.long)]
    if not best:
        return {"hips": hips} | trunk_labels(line[1:]), {"hips": 0.5 if doubt else 1.0}
    best.sort(key=lambda each: each[0])
    _, head, _, chain, neck = best[0]
    spine = line[1:] if neck else line[1:-1]
    if neck > 1:
        spine = spine + chain[1:neck]
    labels = trunk_labels(spine)
    rivals = {"head": [], "neck": []}
    for cost, other, _, line2, neck2 in best[1:]:
        rivals["head"] += [cost] * (line2[other] != chain[head])
        rivals["neck"] += [cost] * (line2[neck2] != chain[neck])
    trust = {name: float(1 - 0.5 * np.exp(-1.2 * (min(costs, default=9.0) - best[0][0])))
             for name, costs in rivals.items()}
    made = {"hips": hips, "head": chain[head]} | labels | ({"neck": chain[neck]} if neck != head else {})
    tip = head > 2 and not tree.below[chain[head]]  # a second joint of the neck and a head, or a head and its top
    sure = {"hips": 0.5 if doubt else 1.0, "head": min(trust["head"], 0.7 if tip else 1.0), "neck": trust["neck"]}
    sure |= {name: 0.5 if doubt else trust["neck"] for name in labels}
    return made, {name: each for name, each in sure.items() if name in made}


def _necks(tree: Tree, chain: list[int], height: ndarray, arm: float) -> Iterator[tuple[float, int, int]]:
    """What speaks against each choice of neck and head along a chain whose first joint bears the arms.

    height    above the shoulders, as a share of the arm's length
    """
    forks = [tree.forks(joint) for joint in chain]
    ends = [height[place + 1] if 0 < place < len(chain) - 1 and tree.long[chain[place]] < 1e-6 * arm else height[place]
            for place in range(len(chain))]  # a neck without length before it begins where it points
    for head in range(1, len(chain)):
        last = _off(height[head], 0.26, 0.09) + 0.3 * (not forks[head]) - 1.5 * (forks[head] > 1)
        last += sum(_over(0.42 - height[each], 0, 0.08) for each in range(head + 1, len(chain)) if forks[head] < 2)
        last += 2.0 * sum(fork > 1 for fork in forks[1:head]) + (tree.long[chain[head]] < 1e-6)
        last += _over(0.1 - tree.long[chain[head]] / arm, 0, 0.04) * (head > 1)
        for neck in range(head + 1):
            cost = last + (1.5 if neck == head else _off(ends[neck], 0.07, 0.09))
            cost += sum(_over(height[each], 0.0, 0.06) for each in range(neck) if neck < head)
            yield cost + 0.1 * max(0, head - neck - 1) + 0.5 * (neck == 0) + 2 * max(0, neck - 1), neck, head
