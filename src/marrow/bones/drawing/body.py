"""How a pose becomes a painted figure: a coat, two sleeves, two trouser legs, feet, hands, a head under its hair."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy import ndarray

from marrow.bones.skeleton import Build
from marrow.draw.camera import Camera
from marrow.draw.strokes import Stroke, curve

# share of a stroke's length, half of its breadth in body heights
COAT = ((0.0, 0.028), (0.12, 0.044), (0.28, 0.058), (0.50, 0.062), (0.78, 0.070), (1.0, 0.078))
BROAD = ((0.0, 0.0), (0.06, 0.36), (0.16, 0.80), (0.30, 0.88), (0.60, 0.92), (1.0, 1.06))  # of the shoulders' breadth
SLEEVE = ((0.0, 0.022), (0.10, 0.030), (0.28, 0.036), (0.52, 0.031), (0.60, 0.034), (1.0, 0.032))
TROUSERS = ((0.0, 0.042), (0.25, 0.050), (0.47, 0.038), (0.56, 0.041), (0.90, 0.029), (1.0, 0.031))
FOOT = ((0.0, 0.012), (0.35, 0.018), (0.75, 0.014), (1.0, 0.009))
HAND = ((0.0, 0.012), (0.5, 0.013), (1.0, 0.007))
WIRE = ((0.0, 0.016), (0.5, 0.012), (1.0, 0.004))
TWIG = ((0.0, 0.006), (1.0, 0.002))
BONE = ((0.0, 0.0105), (0.10, 0.0125), (0.22, 0.0070), (0.5, 0.0055), (0.78, 0.0068), (0.90, 0.0115), (1.0, 0.0095))
SMALL = ((0.0, 0.0050), (0.5, 0.0026), (1.0, 0.0042))
SHOULDERS = (0.08, 0.135)  # half of their breadth, body heights: at least, at most
WET = 0.0078               # how far wet edges run, heights of the picture
HEM = 0.10                 # how far the coat hangs below the hips, body heights
LIMBS = 5                  # a body with more limbs than this is drawn in wire


@dataclass(frozen=True)
class Pose:
    """One pose before one camera.

    places     (joints, 3) world, Y up
    across     (3,) from the right shoulder to the left, unit, or zeros when nobody can tell
    shoulders  half of their breadth, body heights
    ahead      how far each limb is before the trunk, body heights
    """

    plan: Build
    places: ndarray
    camera: Camera
    across: ndarray
    shoulders: float
    ahead: tuple[float, ...]


def posed(plan: Build, places: ndarray, camera: Camera) -> Pose:
    """Find how a pose stands before the camera."""
    depth = camera.project(places)[1]
    middle = depth[list(plan.trunk)].mean()
    ahead = tuple(float((middle - depth[list(chain[1:])].mean()) / plan.tall) for chain in plan.limbs)
    across, arms = np.zeros(3), [number for number, arm in enumerate(plan.arms) if arm]
    if len(arms) >= 2:
        signs = [plan.sides[number] for number in arms]
        signs = signs if sorted(signs)[:1] + sorted(signs)[-1:] == [-1, 1] else [1, -1] + [0] * len(arms)
        across = sum((sign * places[plan.limbs[number][min(2, len(plan.limbs[number]) - 1)]]
                      for number, sign in zip(arms, signs, strict=False)), across)
    long = float(np.linalg.norm(across))
    return Pose(plan, places, camera, across / max(long, 1e-9), float(np.clip(long / 2 / plan.tall, *SHOULDERS)), ahead)


def painted(pose: Pose) -> Iterator[tuple[Stroke, float]]:
    """The strokes of a pose from the farthest to the nearest, each with how much it hides of what lies below."""
    plan, wire = pose.plan, len(pose.plan.limbs) > LIMBS
    order = sorted(range(len(plan.limbs)), key=lambda number: (pose.ahead[number], number))
    legs = [pose.ahead[number] for number in order if not plan.arms[number]]
    early = [number for number in order if not plan.arms[number] or pose.ahead[number] <= 0]
    for number in early:
        before = 0.0 if plan.arms[number] else pose.ahead[number] - min(legs)
        yield from _limb(pose, number, wire, float(np.clip(before / 0.06, 0, 1)))
    yield from _coat(pose)
    yield from _head(pose)
    for number in order:
        if number not in early:
            yield from _limb(pose, number, wire, float(np.clip(pose.ahead[number] / 0.05, 0, 1)))
    for number, chain in enumerate(plan.twigs):
        yield from _stroke(pose, _along(pose, chain, 0.0), TWIG, (0.5, 0.4), seed=40 + number)


def sticks(pose: Pose) -> Iterator[tuple[Stroke, float]]:
    """The bones alone, one short stroke each, thick at the joints; from the farthest to the nearest."""
    plan = pose.plan
    bones = [(start, end, BONE) for chain in (plan.trunk, *plan.limbs) for start, end in pairwise(chain)]
    bones += [(start, end, SMALL) for chain in plan.twigs for start, end in pairwise(chain)]
    middle = pose.camera.project(pose.places)[1]
    centre = middle[list(plan.trunk)].mean()
    for start, end, shape in sorted(bones, key=lambda bone: -middle[list(bone[:2])].mean()):
        line = pose.places[[start, end]]
        long = float(np.linalg.norm(line[1] - line[0])) / plan.tall
        if long > 0.004:
            ahead = float((centre - middle[[start, end]].mean()) / plan.tall)
            ink = float(np.clip(0.86 + 2.4 * ahead, 0.45, 1.1))
            thin = min(1.0, 0.35 + 4.5 * long)
            profile = tuple((share, thin * half) for share, half in shape)
            inside = line[0] + np.array([[0.03], [0.35], [0.65], [0.97]]) * (line[1] - line[0])
            yield from _stroke(pose, inside, profile, (ink, 0.92 * ink), cover=0.6, seed=int(end) + 1)
    yield from _head(pose, neck=False)


def _along(pose: Pose, chain: tuple[int, ...], least: float) -> ndarray:
    """Places (n, 3) along a chain, without joints that lie on the one before; its last place always stays."""
    line, kept = pose.places[list(chain)], [0]
    for number in range(1, len(line)):
        if np.linalg.norm(line[number] - line[kept[-1]]) >= least * pose.plan.tall:
            kept.append(number)
    if kept[-1] != len(line) - 1 and len(kept) > 1:
        kept[-1] = len(line) - 1
    return line[kept]


def _limb(pose: Pose, number: int, wire: bool, cover: float) -> Iterator[tuple[Stroke, float]]:
    """Sleeve and hand, or trouser leg and foot: the nearer, the darker."""
    chain, arm = pose.plan.limbs[number], pose.plan.arms[number]
    line = _along(pose, chain, 0.012)
    ink = float(np.clip(0.80 + (3.2 if arm else 3.6) * pose.ahead[number], 0.40, 1.12))
    if wire:
        yield from _stroke(pose, line, WIRE, (ink, ink), dry=0.3, seed=number + 1)
        return
    if len(line) > 3:
        line = line[1:]
    gaps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    rest = np.append(gaps[::-1].cumsum()[::-1], 0)
    cut = max(1, int(np.argmax(rest <= 0.33 * rest[0]))) if len(line) > 1 else 0
    cloth, tip = _bent(line[:cut + 1]), line[cut:]
    if arm:
        collar = pose.places[pose.plan.trunk[-2:][0]]
        cloth = np.concatenate([cloth[:1] + 0.26 * (collar - cloth[:1]), cloth])
        yield from _stroke(pose, tip, HAND, (0.5 * ink + 0.1, 0.4 * ink), seed=number + 60)
        yield from _stroke(pose, cloth, SLEEVE, (0.66 * ink, 1.06 * ink), dry=0.11, cover=cover, seed=number + 1)
        return
    if len(tip) > 1:
        heel = tip[:1] - 0.16 * (tip[-1:] - tip[:1]) * (1, 0, 1)
        sole = np.concatenate([heel, tip[1:] if len(tip) > 2 else tip])
        yield from _stroke(pose, sole, FOOT, (ink + 0.15, ink), cover=cover, seed=number + 60)
    yield from _stroke(pose, cloth, TROUSERS, (1.04 * ink, 0.88 * ink), dry=0.08, cover=cover, seed=number + 1)


def _coat(pose: Pose) -> Iterator[tuple[Stroke, float]]:
    """Back and coat in one broad movement from the collar to the hem."""
    plan, tall = pose.plan, pose.plan.tall
    line = _along(pose, plan.trunk, 0.012)
    if len(line) < 2:
        dot = np.stack([line[0], line[0] + (0, 0.02 * tall, 0)])
        yield from _stroke(pose, dot, ((0.0, 0.03), (1.0, 0.03)), (1.0, 1.0), seed=3)
        return
    down = _unit(line[0] - line[-1])
    knees = [_unit(pose.places[chain[len(chain) // 2]] - pose.places[chain[0]])
             for chain, arm in zip(plan.limbs, plan.arms, strict=True) if not arm]
    hem = line[0] + HEM * tall * _unit(down + sum(knees, np.zeros(3)) / max(1, len(knees)))
    body = line[-2::-1] if len(line) > 2 else np.stack([line[0] + 0.8 * (line[-1] - line[0]), line[0]])
    yield from _stroke(pose, np.concatenate([body, [hem]]), COAT, (1.12, 0.84), dry=0.06, cover=1.0, seed=3, broad=True)


def _head(pose: Pose, *, neck: bool = True) -> Iterator[tuple[Stroke, float]]:
    """A hint of neck, and the head as one dab: dark where the hair is, pale where the face is."""
    tall = pose.plan.tall
    line = _along(pose, pose.plan.trunk, 0.012)
    if len(line) < 2:
        return
    top, ahead = line[-1], _unit(line[-1] - line[-2])
    if neck:
        nape = np.stack([line[-2], top + 0.02 * tall * ahead])
        yield from _stroke(pose, nape, ((0.0, 0.032), (1.0, 0.022)), (0.75, 0.5), seed=12)
    head = top + tall * np.array([[0.057], [0.026]]) * ahead
    yield from _stroke(pose, head, ((0.0, 0.037), (1.0, 0.031)), (1.2, 0.5), cover=1.0, seed=15)


def _bent(line: ndarray) -> ndarray:
    """The line with two more places close to every joint inside it, so that knees and elbows break, not bow."""
    if len(line) < 3:
        return line
    made = [line[:1]]
    for number in range(1, len(line) - 1):
        here, before, after = line[number], line[number - 1], line[number + 1]
        made.append(np.stack([here + 0.2 * (before - here), here + 0.2 * (after - here)]))
    return np.concatenate([*made, line[-1:]])


def _unit(vector: ndarray) -> ndarray:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


def _stroke(pose: Pose, line: ndarray, profile: tuple, tone: tuple[float, float], *, dry: float = 0.0,
            cover: float = 0.0, seed: int = 0, broad: bool = False) -> Iterator[tuple[Stroke, float]]:
    """Project a line of places as a stroke whose breadth follows a profile along its length; none behind the lens."""
    if len(line) < 2:
        return
    tall, camera = pose.plan.tall, pose.camera
    rounded = line if len(profile) == len(line) == 2 else curve(line, 4 if len(line) < 6 else 3)
    pixels, depth = camera.project(rounded)
    if not (depth > 0.05 * tall).all():
        return
    steps = np.diff(rounded, axis=0)
    way = np.concatenate([[0], np.cumsum(np.linalg.norm(steps, axis=1))]) / tall
    share = way / max(way[-1], 1e-9)
    at, half = np.array(profile).T
    width = np.interp(share, at, half)
    right = np.cross(np.concatenate([steps, steps[-1:]]), rounded - camera.eye)
    right /= np.maximum(np.linalg.norm(right, axis=1, keepdims=True), 1e-12)
    if broad:
        facing = np.clip((right * pose.across).sum(1) ** 2, 0, 1)
        wide = np.interp(share, *np.array(BROAD).T) * pose.shoulders
        width = np.sqrt(facing * np.maximum(wide, width) ** 2 + (1 - facing) * width ** 2)
    pixel = tall * camera.focal / depth
    yield Stroke(pixels, np.maximum(width * pixel, 0.45), tone[0] + (tone[1] - tone[0]) * share, way,
                 _load(pose, right), dry, WET * camera.size[1], seed), cover


def _load(pose: Pose, right: ndarray) -> ndarray:
    """Which side of the brush is dark: the figure's back, and seen from the front the picture's left.

    right    (n, 3) what lies to the right of the stroke as the camera sees it, unit
    """
    back = -np.cross(pose.across, (0, 1, 0)) if any(pose.plan.sides) else np.zeros(3)
    behind = (right * back).sum(1)
    left = -(right * pose.camera.world_from_camera[:3, 0]).sum(1)
    return 0.8 * behind + 0.55 * (1 - np.abs(behind)) * left
