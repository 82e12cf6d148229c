"""The rigid motion on which most matches agree."""

import numpy as np
from numpy import ndarray

from marrow.places.clouds import after

SEEDS = 40     # matches from which an agreement is grown
GROUP = 20     # matches that agree with a seed


def agreed(ones: ndarray, others: ndarray, near: float) -> ndarray | None:
    """The motion that most matches agree on, though most matches be wrong.

    Two true matches keep their distance. So each pair of matches is asked whether it does, then how many thirds keep
    theirs to both: wrong matches find hardly any. From the matches with most support motions are grown.

    ones, others    (n, 3) places matched, in two scans;  near: metres of noise
    returns         (4, 4) others_from_ones; None where no three matches agree
    source          Chen, Sun, Yang, Tao, SC²-PCR, CVPR 2022
    test            found with nine of ten matches wrong
    """
    if len(ones) < 3:
        return None
    support = _support(ones, others, near)
    best, most = None, 0
    for seed in np.argsort(-support.sum(1), kind="stable")[:SEEDS]:
        group = np.argsort(-support[seed], kind="stable")[:GROUP]
        group = np.append(group[support[seed, group] > 0], seed)
        if len(group) < 3:
            continue
        motion, count = _grown(ones, others, group, near)
        if count > most:
            best, most = motion, count
    return best


def fitted(ones: ndarray, others: ndarray) -> ndarray:
    """The rigid motion (4, 4) that lays places (n, 3) on others with the least squares.

    source    Kabsch, Acta Crystallographica A 32, 1976
    test      a known motion; no mirror even from a plane
    """
    middle, there = ones.mean(0), others.mean(0)
    left, _, right = np.linalg.svd((ones - middle).T @ (others - there))
    keep = np.array([1, 1, np.sign(np.linalg.det(left) * np.linalg.det(right))])
    made = np.eye(4)
    made[:3, :3] = (right.T * keep) @ left.T
    made[:3, 3] = there - made[:3, :3] @ middle
    return made


def _support(ones: ndarray, others: ndarray, near: float) -> ndarray:
    """For each two matches that keep their distance, how many thirds keep theirs to both: (n, n) float32, counted."""
    far = [np.sqrt(((each[:, None] - each[None]) ** 2).sum(2)) for each in (ones, others)]
    keeps = ((np.abs(far[0] - far[1]) < near) & (np.minimum(*far) > 3 * near)).astype(np.float32)
    return keeps * (keeps @ keeps)


def _grown(ones: ndarray, others: ndarray, group: ndarray, near: float) -> tuple[ndarray, int]:
    """A motion fitted to a group of matches, then thrice to all that agree with it; how many do."""
    motion, count = fitted(ones[group], others[group]), 0
    for _ in range(3):
        off = after(motion, ones) - others
        agree = (off * off).sum(1) < 4 * near * near
        count = int(agree.sum())
        if count < 3:
            break
        motion = fitted(ones[agree], others[agree])
    return motion, count
