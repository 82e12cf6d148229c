"""Motions cleaned: gaps, flips, spikes and noise taken out, feet that slide put down; what is clean stays."""

from dataclasses import replace
from typing import Literal

import numpy as np
from numpy import ndarray

from marrow.bones.canonical import TPose, canonical
from marrow.bones.identify import identify
from marrow.bones.mend import filled, gaps, outliers, unflipped
from marrow.bones.moving.contacts import BODY, contacts, runs, soles
from marrow.bones.moving.feet import planted
from marrow.bones.moving.smooth import lowpass
from marrow.bones.retarget import NEEDED
from marrow.bones.skeleton import build, checked, world
from marrow.bones.turning import apart, continuous, exp, log
from marrow.contents import Remark
from marrow.media import Motion
from marrow.rotations import inverse, multiply, normalised

TREND = 0.3        # Hz: slower movement is no noise
CAREFUL = 1.4      # how much dearer it is to let noise in than to leave movement out
MOMENT, MIX = 0.4, 0.5  # seconds around a frame in which strengths are judged, how surely the cheapest is taken
LEAST = 9          # frames below which nothing can be told from noise
STRENGTHS = 10.0 ** np.arange(-2, 12.1)
SKATING = 0.30     # metres per second on a body of 1.75 m: captured feet that stand slide less, half of the time
TRUE = np.radians(1)  # a turn that changes by less is not told as mended


def clean(motion: Motion, *, smooth: bool = True, feet: Literal["auto", "plant", "keep"] = "auto"
          ) -> tuple[Motion, tuple[Remark, ...]]:
    """Take out what is no movement: gaps are bridged, flips and spikes undone, noise smoothed, sliding feet put down.

    Any skeleton; feet are those of a human body. How strongly each joint is smoothed is found from its own movement.

    motion     may have NaN where nothing is known
    smooth     whether noise is taken out
    feet       "auto": put down where they slide as no captured feet do; "plant": always; "keep": never
    returns    the motion, and what was done to it
    raises     InputError  it cannot be played, for other reasons than numbers that are none
    test       damage put into a motion comes out of it; a clean motion moves by less than 2 mm
    """
    checked(replace(motion, rotations=np.nan_to_num(motion.rotations), root=np.nan_to_num(motion.root),
                    moves={joint: np.nan_to_num(path) for joint, path in motion.moves.items()}))
    holes = gaps(motion)
    whole = filled(motion, holes)
    straight = unflipped(whole)
    tall = build(motion.skeleton).tall
    spikes = outliers(straight, tall)
    calm = filled(straight, spikes)
    flips = apart(straight.rotations, whole.rotations) > TRUE
    told = [("gaps", int(holes.any(1).sum())), ("flips", int(flips.sum())), ("spikes", int(spikes.sum()))]
    done = [Remark(f"clean.{key}", {"count": count}) for key, count in told if count]
    if smooth:
        made = denoised(calm)
        noise = float(np.degrees(apart(made.rotations, calm.rotations)).mean())
        done += [Remark("clean.noise", {"degrees": f"{noise:.2f}"})] if noise > 0.1 else []
        calm = made
    stood = None if feet == "keep" else _feet(calm, always=feet == "plant")
    if stood:
        calm, before, after = stood
        done.append(Remark("clean.feet", {"before": f"{before:.0f}", "after": f"{after:.0f}"}))
    return calm, tuple(done or [Remark("clean.good", {"frames": len(motion.rotations)})])


def denoised(motion: Motion) -> Motion:
    """Smooth every joint as strongly as its own movement asks for, now and here, without delay; the root by itself.

    Turns are smoothed as rotation vectors against their own slow course.
    test       as good as filters tuned by the truth; what has no noise stays
    """
    frames, rate = len(motion.rotations), float(motion.rate)
    if frames < LEAST:
        return motion
    turns = continuous(motion.rotations)
    slow = normalised(lowpass(turns, TREND, rate))
    away = smoothed(log(multiply(inverse(slow), turns)), rate)

    def course(path: ndarray) -> ndarray:
        trend = lowpass(path, TREND, rate)
        return trend + smoothed((path - trend)[:, None], rate)[:, 0]

    moves = {joint: course(path) for joint, path in motion.moves.items()}
    return replace(motion, rotations=multiply(slow, exp(away)), root=course(motion.root), moves=moves)


def smoothed(paths: ndarray, rate: float) -> ndarray:
    """Smooth courses about zero (frames, courses, 3) by strengths that are found for each of them and each moment.

    Noise is what the fastest third of all waves holds, on all three axes alike. Every strength costs what it leaves
    out and what noise it lets in; around each moment the cheap ones are mixed.
    source     Whittaker 1923; Mallows, Some Comments on Cp, Technometrics 1973; weights as in Leung and Barron,
               Information Theory and Mixing Least-Squares Regressions, 2006
    """
    from scipy.fft import dct, idct
    from scipy.ndimage import gaussian_filter1d

    frames = len(paths)
    bend = (2 * np.sin(np.pi * np.arange(frames) / (2 * frames))) ** 6
    waves = dct(paths, axis=0, norm="ortho")
    noise = np.maximum((waves[2 * frames // 3:] ** 2).mean((0, 2))[:, None], 1e-30)
    kept = 1 / (1 + STRENGTHS[:, None] * bend)
    fits = np.stack([idct(waves * each[:, None, None], axis=0, norm="ortho") for each in kept])
    wide = max(2.0, MOMENT * rate)
    cost = gaussian_filter1d((fits - paths) ** 2, wide, axis=1, mode="reflect") / noise
    cost += 2 * CAREFUL * kept.mean(1)[:, None, None, None]
    trust = np.exp(-np.minimum((cost - cost.min(0)) * MIX * wide, 200))
    return (trust * fits).sum(0) / trust.sum(0)


def _feet(motion: Motion, *, always: bool) -> tuple[Motion, float, float] | None:
    """The motion with feet that stand, how fast they slid before and after in cm/s; None where they may stay."""
    joints = identify(motion.skeleton, motion=motion).joints
    if len(motion.rotations) < LEAST or any(name not in joints for name in NEEDED):
        return None
    body, rate = canonical(motion.skeleton, joints, motion), float(motion.rate)
    standing = contacts(*world(motion), body, rate)
    before = sliding(standing.points, standing.on, body, rate)
    if not standing.on.any() or not (always or before > SKATING):
        return None
    made = planted(motion, body, standing)
    return made, 100 * before, 100 * sliding(soles(*world(made), body), standing.on, body, rate)


def sliding(points: ndarray, on: ndarray, body: TPose, rate: float) -> float:
    """How fast heels and toes slide from the first to the last part of a contact, so that noise does not count.

    returns    metres per second on a body of 1.75 m: half of the time that is spent standing they slide less
    """
    speeds, times = [], []
    for foot in (0, 1):
        for point in (0, 1):
            for first, last in runs(on[:, foot, point]):
                part = max((last - first) // 4, 1)
                path = points[first:last, foot, point][:, [0, 2]]
                way = path[-part:].mean(0) - path[:part].mean(0)
                speeds.append(np.linalg.norm(way) * rate / max(last - first - part, 1))
                times.append(last - first)
    order = np.argsort(speeds)
    half = np.searchsorted(np.cumsum(np.array(times)[order]), sum(times) / 2) if speeds else 0
    return float(speeds[order[half]]) * BODY / body.tall if speeds else 0.0
