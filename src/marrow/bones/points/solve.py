"""From where points are to how joints turn: a motion from positions alone, for any list of body points."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy import ndarray

from marrow import rotations
from marrow.bones.points.marks import ABOVE, straight
from marrow.bones.points.tree import Body, grown
from marrow.bones.points.turn import Z, solve
from marrow.bones.points.twist import unit
from marrow.bones.points.unseen import filled
from marrow.bones.turning import continuous
from marrow.errors import InputError
from marrow.media import Motion, Skeleton

SURE = 0.2      # confidence from which a point counts as seen
FARTHEST = 1e5  # metres: a point farther off was not seen


@dataclass(frozen=True)
class Solved:
    """A motion made from points.

    motion    its rest pose is a T-pose facing +Z
    given     names of its joints that were given as points; the others were put between them
    unseen    (frames, given) bool: not seen, and put where the moments before and after tell
    miss      (frames, given) metres between a point and its joint; 0 where unseen
    lost      points that were never seen, and are left out
    """

    motion: Motion
    given: tuple[str, ...]
    unseen: ndarray
    miss: ndarray
    lost: tuple[str, ...]


def pose_from_points(places: ndarray, names: Sequence[str], rate: Fraction, *, sure: ndarray | None = None,
                     parents: Sequence[int] | None = None, name: str = "") -> Solved:
    """Find how a body's joints turn from where its points are.

    Bones get their median length. Hips, chest, head and hands are turned by the lines across them; upper arms and
    legs by the plane in which elbow and knee bend, or, where they are straight, by hand and foot and by the moments
    before and after; everything else by the shortest turn from the joint above.

    places     (frames, points, 3) metres, Y up; NaN where a point is not seen
    names      what the points are: joints as in `human`, points as in `marks`, or any names with `parents`
    sure       (frames, points) confidence 0..1: below .2 a point counts as unseen
    parents    of the points, parents first, -1 for the root; only for names that are not a human's
    raises     InputError  "points.form" when shapes, names and parents do not fit, "points.few" when too little is seen
    test       positions of real motions come back to 2 mm, forearms and shins turned right
    """
    body, lost = _body(places, names, rate, sure, parents)
    offsets = solve(body)
    return _solved(body, lost, _motion(body, offsets, rate, name))


def flat_pose(places: ndarray, names: Sequence[str], rate: Fraction, *, sure: ndarray | None = None,
              name: str = "") -> Solved:
    """Keep points of a picture as a motion in the plane they were seen in: nothing is guessed about depth.

    Bones turn in the picture's plane only and change their length, as drawn bones do when a limb points to the viewer:
    every joint has a path of its own (`moves`), so that it stands exactly where it was seen.

    places     (frames, points, 3) metres, Y up; z is put to 0
    returns    a rest pose with each bone as long as in the tenth of the frames where it looks longest
    raises     InputError  as `pose_from_points`
    test       every joint stands where its point was seen
    """
    body, lost = _body(np.asarray(places, float) * (1, 1, 0), names, rate, sure, None)
    offsets = np.zeros((len(body.names), 3))
    still = np.tile((1.0, 0, 0, 0), (len(body.places), 1))
    moves = {}
    for joint, below in enumerate(body.below):
        base = body.turns.get(body.parents[joint], still)
        ahead = next((child for child in below if straight(body.names[child], body.names[joint])), None)
        if ahead is not None:
            line, rest = body.places[:, ahead] - body.places[:, joint], straight(body.names[ahead], body.names[joint])
            base = rotations.about(Z, np.arctan2(line[:, 1], line[:, 0]) - np.arctan2(rest[1], rest[0]))
        body.turns[joint], body.stands[joint] = base, body.places[:, joint]
        for child in below:
            moves[child] = rotations.rotate(rotations.inverse(base), body.places[:, child] - body.places[:, joint])
            longest = np.quantile(np.linalg.norm(moves[child], axis=1), 0.9)
            offsets[child] = longest * unit(straight(body.names[child], body.names[joint]) or
                                            np.median(moves[child], axis=0))
    return _solved(body, lost, replace(_motion(body, offsets, rate, name), moves=moves))


def _body(places: ndarray, names: Sequence[str], rate: Fraction, sure: ndarray | None,
          parents: Sequence[int] | None) -> tuple[Body, tuple[str, ...]]:
    """The points in their tree with no gaps, and the names of those that were never seen."""
    places = np.asarray(places, float)
    seen = _seen(places, names, sure, parents)
    lost = tuple(each for each, ever in zip(names, seen.any(0), strict=True) if not ever)
    if len(names) - len(lost) < 2:
        raise InputError("points.few", names=len(names), seen=len(names) - len(lost))
    body = grown(places, names, seen, parents, float(rate))
    body.places = filled(body.places, body.parents, body.seen)
    return body, lost


def _solved(body: Body, lost: tuple[str, ...], motion: Motion) -> Solved:
    stands = np.stack([body.stands[joint] for joint in range(len(body.names))], axis=1)
    miss = np.where(body.seen, np.linalg.norm(stands - body.places, axis=2), 0.0)
    given = tuple(each for each, real in zip(body.names, body.given, strict=True) if real)
    return Solved(motion, given, ~body.seen[:, body.given], miss[:, body.given], lost)


def _seen(places: ndarray, names: Sequence[str], sure: ndarray | None, parents: Sequence[int] | None) -> ndarray:
    """Which points are seen when: (frames, points) bool."""
    fits = places.ndim == 3 and places.shape[1:] == (len(names), 3) and len(places) and len(set(names)) == len(names)
    tree = (set(names) <= ABOVE.keys() if parents is None else
            len(parents) == len(names) and all(-1 <= parent < each for each, parent in enumerate(parents)))
    if not fits or not tree or (sure is not None and np.shape(sure) != places.shape[:2]):
        raise InputError("points.form", shape="x".join(map(str, places.shape)), names=len(names))
    seen = (np.abs(places) < FARTHEST).all(2)
    return seen if sure is None else seen & (np.asarray(sure) >= SURE)


def _motion(body: Body, offsets: ndarray, rate: Fraction, name: str) -> Motion:
    """Turns of the world as turns from the joint above, on a skeleton that stands in its T-pose on the ground."""
    parents = np.array(body.parents, np.int32)
    local = np.empty((*body.places.shape[:2], 4))
    rest = np.zeros_like(offsets)
    for joint, parent in enumerate(parents):
        turn = body.turns[joint]
        local[:, joint] = turn if parent < 0 else rotations.multiply(rotations.inverse(body.turns[parent]), turn)
        rest[joint] = offsets[joint] + (rest[parent] if parent >= 0 else 0)
    offsets[0] = (0, -rest[:, 1].min(), 0)
    still = np.tile((1.0, 0, 0, 0), (len(parents), 1))
    skeleton = Skeleton(body.names, parents, offsets, still)
    return Motion(skeleton, continuous(local), body.stands[0].copy(), rate, name=name)
