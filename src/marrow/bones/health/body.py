"""Faults of how a human body stands in its file: too small or too large, lying, turned away, afloat, far away."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy import ndarray

from marrow.bones.health.case import Case, Facts, Ill, takes
from marrow.bones.health.placed import moved_rig, sized_rig, turned_rig
from marrow.bones.skeleton import fk
from marrow.bones.turning import between
from marrow.media import Motion, Rig

LEAST, MOST = 0.5, 4.0        # metres: a person below or above was written in another unit
ADULT = 1.7                   # metres
POWERS = ((0.01, 100, 0.001, 1000), (0.1, 10))     # centimetres, millimetres; decimetres
FITS = ((0.9, 4.0), (1.3, 2.2))                    # metres: how tall each of them must make a person
UNITS = (0.0254, 1 / 0.0254, 0.3048, 1 / 0.3048, 0.08, 12.5, 5.6444, 1 / 5.6444)  # inch, foot, MMD, CMU
LEAN = 50.0                   # degrees: a body that leans farther than this does not stand
AXIS = 25.0                   # degrees: so near to an axis a direction is meant to be it
ASIDE = 45.0                  # degrees
AFLOAT = (-0.06, 0.2)         # of the height: where the lowest joint of a motion may be
LIFTED = 0.06                 # of the height: the same for a mesh
FAR = 50.0, 20.0              # metres, sizes
LOW = 0.02                    # share of the frames in which a joint may be below the ground


def wrong_size(case: Case) -> Iterator[Facts]:
    """A person that is no person's size."""
    if case.human and case.tall > 0 and not LEAST <= case.tall <= MOST:
        scale = factor(case.tall)
        yield {"tall": metres(case.tall), "scale": f"{scale:.4g}", "made": metres(case.tall * scale)}


def factor(tall: float) -> float:
    """What makes a person of that height as tall as people are: a unit that somebody took for another, else 1.7 m."""
    for scales, (least, most) in zip(POWERS, FITS, strict=True):
        fits = [scale for scale in scales if least <= tall * scale <= most]
        if fits:
            return min(fits, key=lambda scale: abs(np.log(tall * scale / ADULT)))
    best = min(UNITS, key=lambda scale: abs(np.log(tall * scale / ADULT)))
    return best if FITS[1][0] <= tall * best <= FITS[1][1] else ADULT / tall


def metres(length: float) -> str:
    """A length to be read."""
    return f"{length:.3g} m" if length >= 0.1 else f"{100 * length:.3g} cm"


def lying(case: Case) -> Iterator[Facts]:
    """A body that stands along another axis than the sky's."""
    up = _up(case)
    if up is not None and np.degrees(np.arccos(np.clip(up[1], -1, 1))) > LEAN:
        axis = int(np.abs(up).argmax())
        yield {"axis": f"{'+' if up[axis] > 0 else '-'}{'XYZ'[axis]}"}


def stood_up(case: Case) -> Rig:
    """Turn everything so that the head is at the top."""
    return turned_rig(case.rig, between(_snapped(_up(case)), np.array([0, 1.0, 0])))


def aside(case: Case) -> Iterator[Facts]:
    """A body at rest that does not look to +Z."""
    yaw = _yaw(case)
    if abs(yaw) > ASIDE:
        yield {"degrees": f"{abs(yaw):.0f}", "axis": "-Z" if abs(yaw) > 135 else "+X" if yaw > 0 else "-X"}


def turned_front(case: Case) -> Rig:
    """Turn everything about the vertical until the rest pose looks to +Z."""
    yaw = _yaw(case)
    near = 90 * round(yaw / 90)
    half = np.radians(near if abs(yaw - near) < AXIS else yaw) / 2
    return turned_rig(case.rig, np.array([np.cos(half), 0, -np.sin(half), 0]))


def afloat(case: Case) -> Iterator[Facts]:
    """A body that stands above the ground or in it, at rest or in a motion."""
    lift = _lift(case)
    if lift:
        yield {"lift": metres(abs(lift)), "side": "above" if lift > 0 else "below"}
    if case.human:
        yield from takes(case, lambda motion: _drift(case, motion))


def grounded(case: Case) -> Rig:
    """Lower or raise what does not stand on the ground."""
    lift, rig = _lift(case), case.rig
    if lift:
        rig = replace(moved_rig(rig, np.array([0, -lift, 0])), motions=rig.motions)
        rig = replace(rig, motions=tuple(replace(each, skeleton=rig.skeleton) for each in rig.motions))
    sole = 0.0 if case.shell is None else max(0.0, float(case.rest[:, 1].min() - lift))
    return replace(rig, motions=tuple(
        replace(each, root=each.root - (0, _lowest(each) - sole, 0)) if case.human and _drift(case, each) else each
        for each in rig.motions))


def far_away(case: Case) -> Iterator[Facts]:
    """A body far from the origin."""
    away = _away(case)
    if away is not None:
        yield {"far": f"{np.linalg.norm(away):.0f}"}


def fetched(case: Case) -> Rig:
    """Everything is moved to the origin together."""
    return moved_rig(case.rig, -_away(case))


def sized(case: Case) -> Rig:
    """Everything as large as people are."""
    return sized_rig(case.rig, factor(case.tall))


def _ups(places: ndarray, joints: Mapping[str, int]) -> ndarray:
    """Unit vectors (poses, 3) from feet to head of the poses in which hips lie between them; others are left out."""
    feet = [joints[name] for name in ("leftFoot", "rightFoot") if name in joints]
    if not feet or "head" not in joints or "hips" not in joints:
        return np.zeros((0, 3))
    head, low, middle = places[:, joints["head"]], places[:, feet].mean(1), places[:, joints["hips"]]
    back, legs = head - middle, middle - low
    straight = (back * legs).sum(-1) > 0.8 * np.linalg.norm(back, axis=-1) * np.linalg.norm(legs, axis=-1)
    way = (head - low)[straight & (np.linalg.norm(head - low, axis=-1) > 0)]
    return way / np.linalg.norm(way, axis=-1, keepdims=True)


def _up(case: Case) -> ndarray | None:
    """Where the head is: at rest, or where that is no standing pose, all through the first motion; None if unclear."""
    if not case.human:
        return None
    rest = _ups(case.rest[None], case.identity.joints)
    if len(rest) or not case.rig.motions:
        return rest[0] if len(rest) else None
    found = _ups(fk(case.rig.motions[0]), case.identity.joints)
    mean = found.mean(0) if len(found) > 0.5 * len(case.rig.motions[0].rotations) else np.zeros(3)
    return mean / np.linalg.norm(mean) if np.linalg.norm(mean) > 0.9 else None


def _yaw(case: Case) -> float:
    """Degrees from +Z to where the body looks at rest, towards +X; 0 where it does not stand."""
    if not case.human or not len(_ups(case.rest[None], case.identity.joints)):
        return 0.0
    front = case.identity.front
    return float(np.degrees(np.arctan2(front[0], front[2]))) if np.hypot(front[0], front[2]) > 0.7 else 0.0


def _lift(case: Case) -> float:
    """How far a mesh that stands at rest is above the ground, below it negative; 0 where it is about right."""
    rig = case.rig
    if not case.human or rig.skin is None or case.shell is None or _up(case) is None or _up(case)[1] < 0.8:
        return 0.0
    if np.abs(rig.skin.bind[:, :3, 3] - case.rest).max() > 0.1 * case.tall:
        return 0.0
    low = float(np.quantile(case.shell.vertices[case.shell.finite, 1], 1e-3))
    return low if abs(low) > LIFTED * case.tall else 0.0


def _drift(case: Case, motion: Motion) -> Facts | None:
    low = _lowest(motion)
    if not len(motion.rotations) or AFLOAT[0] * case.tall <= low <= AFLOAT[1] * case.tall:
        return None
    return {"lift": metres(abs(low)), "side": "above" if low > 0 else "below"}


def _lowest(motion: Motion) -> float:
    """The height of the lowest joint, which is hardly ever below it."""
    return float(np.quantile(fk(motion)[..., 1].min(1), LOW))


def _away(case: Case) -> ndarray | None:
    """The way (3,) along the ground from the origin to a body that is far away, or None."""
    rig = case.rig
    start = rig.motions[0].root[0] if rig.motions and rig.mesh is None and len(rig.motions[0].root) else case.rest[0]
    away = np.asarray(start, float) * (1, 0, 1)
    return away if not case.loose and np.linalg.norm(away) > max(FAR[0], FAR[1] * case.size) else None


def _snapped(way: ndarray) -> ndarray:
    """The axis that a direction is meant to be, or the direction itself."""
    axis = np.zeros(3)
    axis[np.abs(way).argmax()] = np.sign(way[np.abs(way).argmax()])
    return axis if way @ axis > np.cos(np.radians(AXIS)) else way


BODY = (Ill("up", lying, stood_up), Ill("front", aside, turned_front), Ill("size", wrong_size, sized),
        Ill("floor", afloat, grounded), Ill("far", far_away, fetched))
