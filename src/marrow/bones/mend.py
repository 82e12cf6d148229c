"""Holes, flips and spikes of a motion mended, frame by frame; what is whole is not touched."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy import ndarray

from marrow.bones.moving.contacts import runs
from marrow.bones.moving.smooth import spread
from marrow.bones.turning import apart, continuous
from marrow.media import Motion
from marrow.rotations import multiply, normalised

FIRM = 1e6
BRIDGE = 0.2, 0.5   # seconds: how taut and how supple the course over a gap is
FLIP, BACK = np.radians([120, 45])  # a turn within one frame that no body makes; what may be left of it once mended
LONGEST = 2         # frames in a row that are still a spike, at 30 a second; twice as many at 60
AROUND = 0.5        # seconds around a frame in which its joint's usual scatter is measured
OUTLIER = 4.0       # a spike's distance from what its neighbours say, in usual ones
SURE = 0.75          # share of that distance which is left when the frames around it are joined without it: no peak
LEAST = np.radians(5), 0.03  # ... and at least: radians, body heights
HALVES = np.array([[0, 1.0, 0, 0], [0, 0, 1.0, 0], [0, 0, 0, 1.0]])


def gaps(motion: Motion) -> ndarray:
    """Where nothing is known: numbers that are none, turns of no length, or frames that repeat one while it moved on.

    returns    (frames, 1 + joints) bool: root first
    """
    turns, root = motion.rotations, motion.root
    holes = ~np.isfinite(turns).all(-1) | (np.linalg.norm(np.nan_to_num(turns), axis=-1) < 1e-6)
    lost = ~np.isfinite(root).all(-1)
    return np.column_stack([lost, holes]) | _frozen(turns, root)[:, None]


def _frozen(turns: ndarray, root: ndarray) -> ndarray:
    """Frames (frames,) that repeat the one before, two or more in a row, where the movement goes on with a jump."""
    made = np.zeros(len(turns), bool)
    steps = np.maximum(np.abs(np.diff(turns, axis=0)).max((1, 2)), np.abs(np.diff(root, axis=0)).max(1))
    still = np.concatenate([[False], steps <= 1e-9, [False]]).astype(int)
    moving = np.median(steps[steps > 1e-9]) if (steps > 1e-9).any() else np.inf
    for first, last in zip(*(np.flatnonzero(np.diff(still) == sign) for sign in (1, -1)), strict=True):
        if 2 <= last - first and first > 0 and last < len(steps) and steps[last] > 2 * moving:
            made[first + 1:last + 1] = True
    return made


def filled(motion: Motion, holes: ndarray | None = None) -> Motion:
    """Bridge what is not known by the smoothest course between what is.

    holes      (frames, 1 + joints) bool, root first; without it `gaps` tells
    returns    every number one; a joint of which nothing is known has its rest pose
    test       a smooth movement comes back from holes of five frames; without holes it is the same motion
    """
    holes = gaps(motion) if holes is None else holes
    rate, rest = float(motion.rate), motion.skeleton
    if not holes.any() and all(np.isfinite(path).all() for path in motion.moves.values()):
        return motion
    root = _bridged(motion.root, holes[:, 0], rest.offsets[0], rate)
    turns = motion.rotations.copy()
    for joint in np.flatnonzero(holes[:, 1:].any(0)):
        lost = holes[:, joint + 1]
        known = turns[:, joint].copy()
        known[~lost] = continuous(known[~lost]) if (~lost).any() else known[~lost]
        turns[:, joint] = normalised(_bridged(known, lost, rest.turns[joint], rate))
    moves = {joint: _bridged(path, ~np.isfinite(path).all(-1), rest.offsets[joint], rate)
             for joint, path in motion.moves.items()}
    return replace(motion, rotations=turns, root=root, moves=moves)


def _bridged(path: ndarray, lost: ndarray, rest: ndarray, rate: float) -> ndarray:
    if lost.all():
        return np.broadcast_to(rest, path.shape).copy()
    if not lost.any():
        return path
    known, frames = np.flatnonzero(~lost), np.arange(len(path))
    line = np.stack([np.interp(frames, known, path[known, axis]) for axis in range(path.shape[1])], axis=1)
    inside = (frames > known[0]) & (frames < known[-1])
    made = spread(line, FIRM * ~lost, rate, reach=BRIDGE[0], supple=BRIDGE[1])
    return np.where((lost & inside)[:, None], made, line)  # before the first and after the last it is held


def unflipped(motion: Motion) -> Motion:
    """Give quaternions signs that go on from frame to frame, and undo half turns about a joint's own axes.

    A half turn is one that comes within a frame and goes within a frame, or lasts to the end for less than half of
    the motion, and without which the movement goes on evenly.
    test    signs thrown at random come back; a shin flipped for ten frames comes back; a fast spin stays
    """
    turns = normalised(motion.rotations)
    for joint in range(turns.shape[1]):
        jumps = np.flatnonzero(apart(turns[1:, joint], turns[:-1, joint]) > FLIP) + 1
        if len(jumps):
            turns[:, joint] = _turned_back(turns[:, joint], jumps)
    return replace(motion, rotations=continuous(turns))


def _turned_back(turns: ndarray, jumps: ndarray) -> ndarray:
    """One joint (frames, 4) without half turns that begin or end at these frames."""
    made = turns.copy()
    edges = [0, *jumps.tolist(), len(turns)]
    parts = list(pairwise(edges))
    begin = max(range(len(parts)), key=lambda part: parts[part][1] - parts[part][0])
    order = [*((part, part - 1) for part in range(begin + 1, len(parts))),
             *((part, part + 1) for part in range(begin - 1, -1, -1))]
    for part, beside in order:
        (first, last), (start, end) = parts[part], parts[beside]
        here, there = (first, end - 1) if beside < part else (last - 1, start)
        ways = multiply(made[here], HALVES)
        rest = apart(ways, made[there])
        if rest.min() < min(BACK, apart(made[here], made[there])):
            made[first:last] = multiply(made[first:last], HALVES[rest.argmin()])
    return made


def outliers(motion: Motion, tall: float) -> ndarray:
    """Find poses of a joint that lie far from what the frames around them say.

    tall       metres: the body's height, against which the root's spikes are judged
    returns    (frames, 1 + joints) bool, root first
    source     Hampel, The Influence Curve and Its Role in Robust Estimation, 1974, with the running median as centre
    test       spikes thrown at random are found and filled, and nothing else changes
    """
    return np.column_stack([_outlying(motion.root[:, None], motion.rate, LEAST[1] * tall),
                            _outlying(continuous(motion.rotations), motion.rate, LEAST[0])])


def _outlying(path: ndarray, rate: float, least: float) -> ndarray:
    """Which frames of (frames, joints, values) are spikes: (frames, joints)."""
    from scipy.ndimage import median_filter

    long = round(LONGEST * max(1.0, float(rate) / 30))
    if len(path) < 2 * long + 3:
        return np.zeros(path.shape[:2], bool)
    middle = median_filter(path, size=(2 * long + 1, 1, 1), mode="nearest")
    away = _away(path, middle)
    wide = 2 * max(round(AROUND * float(rate)), 2 * long) + 1
    usual = median_filter(away, size=(wide, 1), mode="nearest")
    found = away > np.maximum(OUTLIER * 1.4826 * usual, least)
    for joint in np.flatnonzero(found.any(0)):
        course = _bridged(path[:, joint], found[:, joint], path[0, joint], float(rate))
        off = _away(course, path[:, joint])
        for first, last in runs(found[:, joint]):
            sure = off[first:last] > max(least, SURE * away[first:last, joint].max())
            found[first:last, joint] = sure if sure.sum() <= long else False
    return found


def _away(path: ndarray, other: ndarray) -> ndarray:
    """How far turns (..., 4) are apart in radians, or places (..., 3) in metres."""
    return apart(path, normalised(other)) if path.shape[-1] == 4 else np.linalg.norm(path - other, axis=-1)
