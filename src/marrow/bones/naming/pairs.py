"""A skeleton as a tree of bones, and the pairs of like chains in it: what is built twice is left and right."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product

import numpy as np
from numpy import ndarray

MANY = 24        # children of a joint that are looked at, the longest first
ALIKE = 0.12     # how far two bones of a pair may differ, as a share of the longer
ROUGHLY = 0.35   # the same for all that hangs on them: one side may hold a sword
LEAST = 0.12     # a limb is longer than this share of the longest way through the skeleton
DEEPEST = 24     # joints of a chain that are looked at

Chains = tuple[list[int], list[int]]


@dataclass(frozen=True)
class Tree:
    """A skeleton's joints: parents, bone lengths (joints,) and places in some poses (poses, joints, 3)."""

    parents: ndarray
    long: ndarray
    poses: ndarray

    @cached_property
    def below(self) -> list[list[int]]:
        """Children of each joint."""
        found: list[list[int]] = [[] for _ in self.parents]
        for joint, parent in enumerate(self.parents.tolist()):
            if parent >= 0:
                found[parent].append(joint)
        return found

    @cached_property
    def reach(self) -> ndarray:
        """(joints,) the longest way from each joint outwards."""
        made = np.zeros(len(self.parents))
        for joint in range(len(self.parents) - 1, 0, -1):
            parent = self.parents[joint]
            made[parent] = max(made[parent], made[joint] + self.long[joint])
        return made

    def full(self, joint: int) -> float:
        """The longest way outwards with the bone above the joint."""
        return float(self.reach[joint] + self.long[joint])

    def longest(self, joint: int) -> list[int]:
        """Children, those with the longest way outwards first."""
        return sorted(self.below[joint], key=lambda each: (-self.full(each), each))[:MANY]

    def chain(self, joint: int) -> list[int]:
        """The longest way outwards, this joint included."""
        line = [joint]
        while self.below[line[-1]] and len(line) < DEEPEST:
            line.append(self.longest(line[-1])[0])
        return line

    def forks(self, joint: int) -> int:
        """How many bones leave a joint; joints at its own place belong to it."""
        count, waiting = 0, list(self.below[joint])
        while waiting:
            each = waiting.pop()
            if self.long[each] < 1e-6:
                waiting += self.below[each]
            else:
                count += 1
        return count


def pairs(tree: Tree) -> Iterator[tuple[int, Chains]]:
    """Every two chains of like bones that hang on one joint and go different ways.

    returns    the joint, and both chains as far as they are alike
    """
    least = LEAST * tree.reach[0]
    for base in range(len(tree.parents)):
        far = [joint for joint in tree.longest(base) if tree.full(joint) > least]
        for one, two in combinations(far, 2):
            if abs(tree.full(one) - tree.full(two)) > ROUGHLY * tree.full(one) or not _like(tree, one, two):
                continue
            chains = twins(tree, one, two)
            ends = tree.poses[:, [chains[0][-1], chains[1][-1]]]
            long, wide = tree.long[chains[0]].sum(), np.linalg.norm(ends[:, 0] - ends[:, 1], axis=1).max()
            if len(chains[0]) > 2 and long > least and wide > 0.1 * long:
                yield base, chains


def twins(tree: Tree, one: int, two: int) -> Chains:
    """Two chains outwards, bone by like bone; what only one side has is passed by."""
    lines = [one], [two]
    while len(lines[0]) < DEEPEST:
        choices = [(min(tree.full(left), tree.full(right)) - abs(tree.full(left) - tree.full(right)), -left, -right)
                   for left, right in product(tree.longest(lines[0][-1]), tree.longest(lines[1][-1]))
                   if _like(tree, left, right)]
        if not choices:
            break
        _, left, right = max(choices)
        lines[0].append(-left)
        lines[1].append(-right)
    return lines


def matched(tree: Tree, one: int, two: int) -> tuple[list[list[int]], list[list[int]]]:
    """The chains below two joints that both have: fingers of both hands."""
    found: tuple[list[list[int]], list[list[int]]] = [], []
    grown = [twins(tree, left, right) for left, right in product(tree.longest(one), tree.longest(two))
             if _like(tree, left, right)]
    taken: set[int] = set()
    for lines in sorted(grown, key=lambda lines: (-len(lines[0]), _apart(tree, lines), lines)):
        if not taken & {lines[0][0], lines[1][0]}:
            taken |= {lines[0][0], lines[1][0]}
            for kept, line in zip(found, lines, strict=True):
                kept.append(line)
    return found


def _apart(tree: Tree, lines: Chains) -> float:
    return float(np.abs(tree.long[lines[0]] - tree.long[lines[1]]).sum())


def _like(tree: Tree, one: int, two: int) -> bool:
    """Whether the bones above two joints have like lengths."""
    return abs(tree.long[one] - tree.long[two]) <= ALIKE * max(tree.long[one], tree.long[two]) + 1e-3 * tree.reach[0]
