"""When heels and toes stand on the ground, and how high that ground is."""

from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from marrow.bones.canonical import TPose
from marrow.rotations import inverse, multiply, rotate

BODY = 1.75       # metres: heights and speeds are judged as on a body this tall
BREATH = 0.025    # seconds to either side over which a speed is taken
STILL = (0.06, 0.6)   # metres per second: a typical standing foot, at least and at most
SWING = 1.2           # a typical swinging one; four times as fast as a standing one at least
SPREAD = 1.0, 0.9     # of both, as factors of e
NEAR, FAR = 0.025, 0.10  # metres: how far above the ground standing and swinging feet are, as spreads
SWITCH = 4.0      # evidence needed to begin or end a contact: what ten typical frames at 30 a second give
STEP = 0.06       # metres: ground that differs less is the same ground
SLOW = (0.25, 0.8)    # metres per second: a foot that may stand, at least and at most; a third of the clip's median
LEAN = 0.82       # a foot carries the body only if the hips were once so far above it, as a share of standing


@dataclass(frozen=True)
class Contacts:
    """Where the feet of a motion stand.

    points    (frames, 2, 3, 3) world, metres: heel, ball and tip of the left and right foot
    on        (frames, 2, 2) bool: heel and toe of the left and right foot stand
    ground    (frames, 2) metres: the ground below each foot; between two contacts the lower one
    """

    points: ndarray
    on: ndarray
    ground: ndarray


def soles(places: ndarray, turns: ndarray, body: TPose) -> ndarray:
    """Where heel, ball and tip of both feet are.

    places, turns    (frames, joints, ...) world
    returns          (frames, 2, 3, 3) metres
    """
    made = []
    for foot, side in enumerate(("left", "right")):
        ankle, toes = body.joints[f"{side}Foot"], body.joints.get(f"{side}Toes")
        turned = multiply(turns[:, ankle], inverse(body.turns[ankle]))
        points = places[:, ankle, None] + rotate(turned[:, None], body.sole[foot] - body.places[ankle])
        if toes is not None:
            bent = multiply(turns[:, toes], inverse(body.turns[toes]))
            points[:, 1] = places[:, toes]
            points[:, 2] = places[:, toes] + rotate(bent, body.sole[foot, 2] - body.sole[foot, 1])
        made.append(points)
    return np.stack(made, axis=1)


def contacts(places: ndarray, turns: ndarray, body: TPose, rate: float) -> Contacts:
    """Find when heels and toes stand, by height and speed, without flicker.

    Heights and speeds are those of a body of 1.75 m and counted per second, so that neither the file's scale nor its
    rate matters. Steps and stairs count as ground where a foot carries the body on them.
    source  Viterbi, Error Bounds for Convolutional Codes, 1967; the two-state model is ours
    test    a made walk with known steps, at any rate, size and height of the ground
    """
    scale = BODY / body.tall
    points = soles(places, turns, body)
    feet = points[:, :, :2]
    floors = (feet[..., 1] - body.high[:, :2]) * scale
    speeds = speed(feet * scale, rate)
    hips = places[:, [body.joints["leftUpperLeg"], body.joints["rightUpperLeg"]], 1].mean(1)
    reach = (hips[:, None, None] - feet[..., 1] + body.high[:, :2]) / body.hip
    beside = _floor(floors, speeds, reach, rate)
    heights = floors[..., None] - beside[:, :, None]  # frames, feet, points, before and after
    on = _standing(np.take_along_axis(heights, np.abs(heights).argmin(-1)[..., None], -1)[..., 0], speeds, rate)
    return Contacts(points, on, _ground(beside, heights, on) / scale)


def speed(points: ndarray, rate: float) -> ndarray:
    """How fast points move, by the way made from a moment before to a moment after: (frames, ...) metres per second."""
    frames = len(points)
    reach = max(1, round(BREATH * rate))
    before, after = (np.clip(np.arange(frames) + shift, 0, frames - 1) for shift in (-reach, reach))
    gone = np.linalg.norm(points[after] - points[before], axis=-1)
    return gone * rate / np.maximum(after - before, 1).reshape(-1, *[1] * (gone.ndim - 1))


def runs(flags: ndarray) -> list[tuple[int, int]]:
    """Stretches of True as (first, one past the last)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(int)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _floor(floors: ndarray, speeds: ndarray, reach: ndarray, rate: float) -> ndarray:
    """Height of the ground under each foot (frames, 2, 2): before and after the moment, where it stood and will stand.

    Stretches in which a foot is slow and carries the body tell it; then those that lie near them do.
    """
    slow = speeds.min(-1) < np.clip(0.35 * np.median(speeds), *SLOW)
    found = []
    for foot in range(2):
        for first, last in runs(slow[:, foot]):
            if last - first >= 0.1 * rate:
                calm = speeds[first:last, foot] <= speeds[first:last, foot].min(-1, keepdims=True) + 0.1
                level = float(np.median(floors[first:last, foot][calm]))
                found.append((foot, first, last, level, reach[first:last, foot].max() > LEAN))
    sure = [each for each in found if each[4]]
    if not sure:
        heights = np.sort(floors.ravel())
        return np.full((*slow.shape, 2), heights[len(heights) // 20])
    near = [each for each in found if each[4] or abs(min(
        sure, key=lambda other: abs(other[1] + other[2] - each[1] - each[2]))[3] - each[3]) < STEP]
    levels = _even(np.array([each[3] for each in near]), np.array([each[2] - each[1] for each in near]))
    made = np.empty((*slow.shape, 2))
    times = np.arange(len(slow))
    for foot in range(2):
        own = [place for place, each in enumerate(near) if each[0] == foot] or range(len(near))
        own = sorted(own, key=lambda place: near[place][1])
        starts, ends = (np.array([near[place][part] for place in own]) for part in (1, 2))
        made[:, foot, 0] = levels[own][np.clip(np.searchsorted(starts, times, "right") - 1, 0, len(own) - 1)]
        made[:, foot, 1] = levels[own][np.clip(np.searchsorted(ends, times, "right"), 0, len(own) - 1)]
    return made


def _even(levels: ndarray, long: ndarray) -> ndarray:
    """Heights that belong to one even ground, made equal; a slope of more than a step stays a slope."""
    order = np.argsort(levels, kind="stable")
    made = levels.copy()
    for part in np.split(order, np.flatnonzero(np.diff(levels[order]) > STEP) + 1):
        inside = (levels[part] >= levels[part][:, None]) & (levels[part] <= levels[part][:, None] + STEP)
        weight = inside @ long[part]
        if weight.max() > 0.8 * long[part].sum():
            band = part[inside[weight.argmax()]]
            made[band] = np.average(levels[band], weights=long[band])
    return made


def _standing(heights: ndarray, speeds: ndarray, rate: float) -> ndarray:
    """The likeliest course of standing and swinging, for every point on its own: (frames, ...) bool.

    How fast a standing foot is, is taken from the low feet of the motion: in a made motion they may all slide.
    """
    low = speeds[np.abs(heights) < NEAR]
    slow = float(np.clip(np.percentile(low, 30), *STILL)) if low.size else STILL[0]
    pace = np.log(np.maximum(speeds, STILL[0] / 2))
    stand = -0.5 * (np.maximum(pace - np.log(slow), 0) / SPREAD[0]) ** 2 - np.log(SPREAD[0] * NEAR)
    swing = -0.5 * (np.minimum(pace - np.log(max(SWING, 4 * slow)), 0) / SPREAD[1]) ** 2 - np.log(SPREAD[1] * FAR)
    stand = stand - 0.5 * np.minimum(np.abs(heights) / NEAR, 6) ** 2
    swing = swing - 0.5 * np.minimum(np.abs(heights) / FAR, 3) ** 2
    return likeliest((stand - swing) * min(1.0, 30 / rate), SWITCH)


def likeliest(evidence: ndarray, switch: float) -> ndarray:
    """The course of yes and no that evidence speaks for, where each change costs something.

    evidence   (frames, ...) for yes, against it where negative
    switch     what a change costs
    returns    (frames, ...) bool
    source     Viterbi 1967, two states
    """
    frames = len(evidence)
    best = np.zeros(evidence.shape[1:])      # how much better yes is than no so far
    came = np.zeros((frames, *evidence.shape[1:], 2), bool)  # whether no, yes came from yes
    for frame in range(frames):
        came[frame, ..., 0], came[frame, ..., 1] = best > switch, best > -switch
        best = np.clip(best, -switch, switch) + evidence[frame]
    made = np.zeros(evidence.shape, bool)
    state = best > 0
    for frame in range(frames - 1, -1, -1):
        made[frame] = state
        state = np.where(state, came[frame, ..., 1], came[frame, ..., 0])
    return made


def _ground(beside: ndarray, heights: ndarray, on: ndarray) -> ndarray:
    """The ground below each foot: in a contact its own level, between two the lower of both."""
    nearest = np.take_along_axis(beside, np.abs(heights).sum(-2).argmin(-1)[..., None], -1)[..., 0]
    made = beside.min(-1)
    for foot in range(2):
        for first, last in runs(on[:, foot].any(-1)):
            made[first:last, foot] = np.median(nearest[first:last, foot])
    return made
