"""Faults of motions: numbers that are none, frames that jump, stand still or are missing."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy import ndarray

from marrow.bones.health.case import Case, Facts, Ill, listed, spans, takes
from marrow.bones.moving.contacts import runs
from marrow.bones.skeleton import fk, picked
from marrow.bones.turning import apart, continuous
from marrow.media import Motion, Rig
from marrow.rotations import normalised, slerp

UNIT = 1e-3          # a quaternion farther than this from length 1 is none
MANY = 0.01          # of all rotations: fewer that change sign come from Euler angles
SHARP = 20.0         # degrees: a spike is at least so far from the way between its neighbours
LOUD = 6.0           # and so many times what that joint usually is
SUDDEN = 3.0         # the steps into and out of it are so many times those before and after
LEAP = 0.05          # of the size: the same for the root's path
QUICK = 48           # frames per second: below, two frames off the way may be meant
LIVING = 4           # joints: fewer are a thing, which may jump
HELD = 3             # frames that are alike at least
AFTER = 2.5          # the step out of a gap is so many times the steps before and after
LOST = 2.6           # the same for frames that are missing
STEP = 0.005         # of the size: what counts as a step
LEAD = 8.0           # the step out of a first frame that does not belong to the motion
APART = 0.02         # of the size: how far that frame is off
AROUND = 4           # frames on either side that a gap is filled from


def nonsense(case: Case) -> Iterator[Facts]:
    """Values that are no numbers, or quaternions of no length."""
    return takes(case, lambda motion: _where(motion, _nonsense(motion)))


def sizes(case: Case) -> Iterator[Facts]:
    """Rotations whose quaternions are not of length one."""
    def look(motion: Motion) -> Facts | None:
        bad = np.abs(np.linalg.norm(motion.rotations, axis=-1) - 1) > UNIT
        return {"frames": spans(np.flatnonzero(bad.any(1))), "count": int(bad.sum())} if bad.any() else None

    return takes(case, look)


def signs(case: Case) -> Iterator[Facts]:
    """Single frames whose quaternions have the other sign: the same pose, but filters and other software stumble."""
    def look(motion: Motion) -> Facts | None:
        turned = (motion.rotations[1:] * motion.rotations[:-1]).sum(-1) < 0
        bad = turned[1:] & turned[:-1]
        if bad.sum() <= MANY * turned.size:
            return None
        return {"frames": spans(np.flatnonzero(bad.any(1)) + 1), "count": int(bad.sum())}

    return takes(case, look)


def lead(case: Case) -> Iterator[Facts]:
    """A first frame that does not belong to the motion, such as a T-pose."""
    return takes(case, lambda motion: {"frames": "1"} if _leads(case, motion) else None)


def spikes(case: Case) -> Iterator[Facts]:
    """Joints that jump away for a frame or two and back."""
    return takes(case, lambda motion: _where(motion, _spikes(case, motion)))


def frozen(case: Case) -> Iterator[Facts]:
    """Frames that repeat the one before while the body is on its way."""
    def look(motion: Motion) -> Facts | None:
        bad = np.flatnonzero(_frozen(case, motion))
        return {"frames": spans(bad), "count": len(bad)} if len(bad) else None

    return takes(case, look)


def dropped(case: Case) -> Iterator[Facts]:
    """Places where frames are missing."""
    def look(motion: Motion) -> Facts | None:
        gaps = _gaps(case, motion)
        return {"frames": spans(np.array(sorted(gaps))), "count": sum(gaps.values())} if gaps else None

    return takes(case, look)


def empty(case: Case) -> Iterator[Facts]:
    """Motions without frames."""
    return takes(case, lambda motion: None if len(motion.rotations) else {"frames": "0"})


def refilled(motion: Motion, bad: ndarray) -> Motion:
    """Put what is bad where it goes smoothly from what is good before to what is good after.

    bad       (frames, 1 + joints) bool: the root's path, then each joint's rotation
    test      a gap in a steady turn is closed to within rounding
    """
    rotations, root = np.array(motion.rotations, float), np.array(motion.root, float)
    root[bad[:, 0]] = _smooth(root, bad[:, 0])[bad[:, 0]]
    for joint in np.flatnonzero(bad[:, 1:].any(0)):
        gone = bad[:, 1 + joint]
        if gone.all():
            rotations[:, joint] = motion.skeleton.turns[joint]
            continue
        track = rotations[:, joint].copy()
        track[~gone] = continuous(track[~gone])
        rotations[gone, joint] = normalised(_smooth(track, gone))[gone]
    return replace(motion, rotations=rotations, root=root)


def _where(motion: Motion, bad: ndarray) -> Facts | None:
    """Frames and joints of what is bad (frames, 1 + joints), the root first; None where nothing is."""
    frames, joints = np.flatnonzero(bad.any(1)), np.flatnonzero(bad.any(0))
    return {"frames": spans(frames), "where": listed([["root", *motion.skeleton.names][joint] for joint in joints]),
            "count": len(frames)} if len(frames) else None


def _each(change: Callable[[Case, Motion], Motion]) -> Callable[[Case], Rig]:
    """A cure for every motion of a body."""
    return lambda case: replace(case.rig, motions=tuple(change(case, each) for each in case.rig.motions))


def _sense(_: Case, motion: Motion) -> Motion:
    moves = {joint: _smooth(path, ~np.isfinite(path).all(1)) if not np.isfinite(path).all() else path
             for joint, path in motion.moves.items()}
    return replace(refilled(motion, _nonsense(motion)), moves=moves)


def _steady(_: Case, motion: Motion) -> Motion:
    """The same poses, quaternions of length one and without changes of sign."""
    return replace(motion, rotations=continuous(normalised(motion.rotations)))


def _cut(case: Case, motion: Motion) -> Motion:
    if not _leads(case, motion):
        return motion
    return picked(motion, slice(1, None))


def _thawed(case: Case, motion: Motion) -> Motion:
    """Gaps filled; the first of the frames that are alike is a real one."""
    bad = np.repeat(_frozen(case, motion)[:, None], 1 + len(motion.skeleton.names), 1)
    made = refilled(motion, bad)
    return replace(made, moves={joint: _smooth(path, bad[:, 0]) for joint, path in motion.moves.items()})


def _inserted(case: Case, motion: Motion) -> Motion:
    """As many frames put in as are missing."""
    gaps = _gaps(case, motion)
    old = np.arange(len(motion.rotations))
    order = np.sort(np.concatenate([old, *(np.full(count, at) for at, count in gaps.items())])).astype(int)
    fresh = np.concatenate([[False], np.diff(order) == 0])
    made = picked(motion, order)
    made = replace(made, moves={joint: _smooth(path, fresh) for joint, path in made.moves.items()})
    return refilled(made, np.repeat(fresh[:, None], 1 + len(motion.skeleton.names), 1))


def _nonsense(motion: Motion) -> ndarray:
    """(frames, 1 + joints) what is no number."""
    turns = ~np.isfinite(motion.rotations).all(-1) | (np.linalg.norm(motion.rotations, axis=-1) < 1e-6)
    path = ~np.isfinite(motion.root).all(-1)
    for each in motion.moves.values():
        path = path | ~np.isfinite(each).all(-1)
    return np.concatenate([path[:, None], turns], axis=1)


def _smooth(values: ndarray, gone: ndarray) -> ndarray:
    """Values (frames, n) with those that are gone taken from a curve through the nearest good ones."""
    from scipy.interpolate import CubicSpline

    good, made = np.flatnonzero(~gone), np.array(values, float)
    if not len(good) or not gone.any():
        return np.where(gone[:, None], 0, made) if not len(good) else made
    for start, end in runs(gone):
        before, after = good[good < start][-AROUND:], good[good >= end][:AROUND]
        near = np.concatenate([before, after])
        inside = np.arange(start, end)
        if len(before) and len(after):
            made[inside] = CubicSpline(near, values[near], bc_type="natural")(inside)
        else:
            made[inside] = values[before[-1] if len(before) else after[0]]
    return made


def _steps(case: Case, motion: Motion) -> ndarray:
    """(frames - 1,) how far the joints go from frame to frame, on the root mean square, as a share of the size."""
    gone = np.diff(fk(motion), axis=0)
    return np.sqrt((gone ** 2).sum(-1).mean(-1)) / max(case.size, 1e-9)


def _leads(case: Case, motion: Motion) -> bool:
    if len(motion.rotations) < 6 or len(motion.skeleton.names) < LIVING:
        return False
    step = _steps(case, motion)
    return bool(step[0] > APART and step[0] > LEAD * max(step[1:5].max(), 1e-9))


def _spikes(case: Case, motion: Motion) -> ndarray:
    """(frames, 1 + joints) what jumps away and back, between steps that are calm."""
    frames, joints = motion.rotations.shape[:2]
    bad = np.zeros((frames, 1 + joints), bool)
    if joints < LIVING:
        return bad
    for wide in (1, 2) if motion.rate >= QUICK else (1,):
        if frames < wide + 5:
            break
        for column, track, far, least in ((slice(1, None), motion.rotations, _angle, np.radians(SHARP)),
                                          (slice(0, 1), motion.root[:, None], _way, LEAP * case.size)):
            bad[:, column] |= _peaks(track, wide, far, least)
    return bad


def _peaks(track: ndarray, wide: int, far: Callable[[ndarray, ndarray], ndarray], least: float) -> ndarray:
    """(frames, tracks) runs of `wide` frames that lie off the way between their neighbours.

    track     (frames, tracks, 3 or 4) places or rotations;  far the distance between two of them
    least     the distance of a spike; it is also LOUD times what the track usually shows
    """
    steps, count = far(track[1:], track[:-1]), len(track) - wide - 1
    before, after = track[:count], track[1 + wide:]
    between = slerp if track.shape[-1] == 4 else lambda one, two, share: one + share * (two - one)
    off = np.stack([far(between(before, after, np.array(at / (wide + 1))), track[at:at + count])
                    for at in range(1, wide + 1)])
    usual = np.maximum(np.median(off[0], axis=0), far(before, after) / 3)
    calm = np.maximum(np.pad(steps, ((1, 0), (0, 0)))[:count], np.pad(steps, ((0, 1), (0, 0)))[1 + wide:][:count])
    sharp = np.minimum(steps[:count], steps[wide:][:count]) > SUDDEN * calm
    peak = (off > least).all(0) & (off > LOUD * np.maximum(usual, 1e-4 * least)).all(0) & sharp
    bad = np.zeros(track.shape[:2], bool)
    for at in range(1, wide + 1):
        bad[at:at + count] |= peak
    return bad


def _way(one: ndarray, two: ndarray) -> ndarray:
    """Distances between places (..., 3)."""
    return np.linalg.norm(one - two, axis=-1)


def _angle(one: ndarray, two: ndarray) -> ndarray:
    """Angles between rotations (...), radians."""
    return apart(normalised(one), normalised(two))


def _frozen(case: Case, motion: Motion) -> ndarray:
    """(frames,) frames that repeat the one before, in gaps out of which the body jumps."""
    bad = np.zeros(len(motion.rotations), bool)
    if len(bad) < HELD + 4 or len(motion.skeleton.names) < LIVING or not np.isfinite(motion.rotations).all():
        return bad
    step = _steps(case, motion)
    for start, end in runs(step < 1e-7):
        if end - start < HELD - 1 or start == 0 or end >= len(step) - 1:
            continue
        usual = np.median(np.concatenate([step[max(0, start - 4):start], step[end + 1:end + 5]]))
        if step[end] > AFTER * usual and step[end] > STEP:
            bad[start + 1:end + 1] = True
    return bad


def _gaps(case: Case, motion: Motion) -> dict[int, int]:
    """Frame -> how many frames are missing after it: the body goes on the way it went, several steps at once."""
    frames = len(motion.rotations)
    if frames < 8 or len(motion.skeleton.names) < LIVING or not np.isfinite(motion.rotations).all():
        return {}
    places = fk(motion)
    step = _steps(case, motion)
    found = {}
    for at in range(2, frames - 3):
        beside = step[[at - 2, at - 1, at + 1, at + 2]]
        if step[at] > STEP and step[at] > LOST * beside.max() and beside.min() > 0.3 * beside.max():
            jump, before, after = (places[one] - places[two] for one, two in
                                   ((at + 1, at), (at, at - 1), (at + 2, at + 1)))
            if min(_along(jump, before), _along(jump, after)) > 0.7:
                found[at] = max(1, round(float(step[at] / step[[at - 1, at + 1]].mean())) - 1)
    return found


def _along(one: ndarray, two: ndarray) -> float:
    return float((one * two).sum() / max(np.linalg.norm(one) * np.linalg.norm(two), 1e-30))


MOTION = (
    Ill("motion.empty", empty, lambda case: replace(case.rig, motions=tuple(
        each for each in case.rig.motions if len(each.rotations)))),
    Ill("motion.number", nonsense, _each(_sense)), Ill("motion.length", sizes, _each(_steady)),
    Ill("motion.sign", signs, _each(_steady)), Ill("motion.lead", lead, _each(_cut)),
    Ill("motion.spike", spikes, _each(lambda case, motion: refilled(motion, _spikes(case, motion)))),
    Ill("motion.frozen", frozen, _each(_thawed)), Ill("motion.gap", dropped, _each(_inserted)))
