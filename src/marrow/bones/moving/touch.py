"""Hands that touch keep touching: each other, the head, the trunk, the other arm, the thighs."""

import numpy as np
from numpy import ndarray

from marrow.bones.canonical import TPose
from marrow.bones.moving.limbs import aimed, bent, held, hinge
from marrow.bones.moving.smooth import lowpass
from marrow.bones.skeleton import world
from marrow.media import Motion
from marrow.rotations import inverse, multiply, rotate

PALM = 0.045   # from the wrist to the middle of the hand, body heights
NEAR = 0.07    # from a surface, body heights: closer hands begin to belong to what they are near
CALM = 6.0     # Hz: a correction comes and goes no faster
# What a hand may touch: two joints, and how thick it is between them (body heights).
PARTS = (("head", "head", 0.075), ("hips", "head", 0.075), ("leftUpperLeg", "leftLowerLeg", 0.05),
         ("rightUpperLeg", "rightLowerLeg", 0.05))
ARM = (("UpperArm", "LowerArm", 0.03), ("LowerArm", "Hand", 0.022), ("Hand", "Hand", 0.02))


def touching(motion: Motion, body: TPose, source: TPose, played: tuple[ndarray, ndarray]) -> Motion:
    """Bring hands to where they touched on the body the motion comes from; the nearer they were, the more.

    motion     on `body`
    played     places and turns (frames, joints, ...) of the motion it comes from, on `source`
    returns    the motion with other arms; hands keep how they are turned
    source     Gleicher, Retargetting Motion to New Characters, SIGGRAPH 1998; relative goals as in Molla, Debarba and
               Boulic, Egocentric Mapping of Body Surface Constraints, TVCG 2018
    test       hands that clap on one body clap on another; arms far from everything stay as they are
    """
    places, turns = world(motion)
    ways = [_way(side, (places, turns, body), (*played, source), float(motion.rate)) for side in ("left", "right")]
    turns = turns.copy()
    for side, way in zip(("left", "right"), ways, strict=True):
        if np.abs(way).max() > 1e-6 * body.tall:
            _arm(places, turns, body, side, way, float(motion.rate))
    arms = [body.joints[side + part] for side in ("left", "right") for part in ("UpperArm", "LowerArm", "Hand")]
    return held(motion, turns, arms)


def _way(side: str, here: tuple[ndarray, ndarray, TPose], there: tuple[ndarray, ndarray, TPose], rate: float
         ) -> ndarray:
    """How far a hand is to move (frames, 3)."""
    hand, was = _palm(side, *here), _palm(side, *there)
    other = "right" if side == "left" else "left"
    total, gone = np.zeros((len(hand), 1)), np.zeros((len(hand), 3))
    for first, last, thick in (*PARTS, *((other + a, other + b, c) for a, b, c in ARM)):
        spot, turn, share = _spot(there, first, last, was)
        apart = rotate(inverse(turn), was - spot)
        clear = np.linalg.norm(apart, axis=1) / there[2].tall - thick - 0.02
        weight = np.clip(1 - clear / NEAR, 0, 1)[:, None]
        weight = weight ** 2 * (3 - 2 * weight)
        if last == other + "Hand" != first:
            weight = weight * np.clip((1 - share) / 0.4, 0, 1)  # near the wrist it is the hand that is touched
        now, turned, _ = _spot(here, first, last, hand, share)
        goal = now + rotate(turned, apart) * (here[2].tall / there[2].tall)
        half = 0.5 if first == last == other + "Hand" else 1.0  # both hands come to meet
        total, gone = total + weight, gone + half * weight ** 2 * (goal - hand)
    return lowpass(gone / np.maximum(total, 1e-9), CALM, rate)


def _palm(side: str, places: ndarray, turns: ndarray, body: TPose) -> ndarray:
    joint = body.joints[f"{side}Hand"]
    ahead = np.array([(1 if side == "left" else -1) * PALM * body.tall, 0, 0])
    return places[:, joint] + rotate(multiply(turns[:, joint], inverse(body.turns[joint])), ahead)


def _spot(body: tuple[ndarray, ndarray, TPose], first: str, last: str, hand: ndarray, share: ndarray | None = None
          ) -> tuple[ndarray, ndarray, ndarray]:
    """The point of a part's axis that is nearest to a hand (or at a given share of it), the part's turn, the share."""
    places, turns, pose = body
    joint = pose.joints[first]
    turned = multiply(turns[:, joint], inverse(pose.turns[joint]))
    start = places[:, joint]
    if first == last:
        if first.endswith("Hand"):
            return _palm(first.removesuffix("Hand"), *body), turned, np.zeros((len(hand), 1))
        above = np.array([0, 0.05, 0.01]) * pose.tall
        return start + rotate(turned, above), turned, np.zeros((len(hand), 1))
    line = places[:, pose.joints[last]] - start
    if share is None:
        share = np.clip(((hand - start) * line).sum(1) / np.maximum((line ** 2).sum(1), 1e-12), 0, 1)[:, None]
    return start + share * line, turned, share


def _arm(places: ndarray, turns: ndarray, body: TPose, side: str, way: ndarray, rate: float) -> None:
    """Bend an arm so that its hand moves, in place."""
    upper, lower, hand = (body.joints[side + part] for part in ("UpperArm", "LowerArm", "Hand"))
    axis = np.array([0, -1.0 if side == "left" else 1.0, 0])
    shoulder, elbow, wrist = arm = tuple(places[:, joint] for joint in (upper, lower, hand))
    guess = rotate(multiply(turns[:, lower], inverse(body.turns[lower])), axis)
    bend, end = bent(*arm, wrist + way, hinge(*arm, guess, rate), np.ones((len(way), 1)))
    turns[:, upper] = aimed(turns[:, upper], elbow - shoulder, bend - shoulder)
    turns[:, lower] = aimed(turns[:, lower], wrist - elbow, end - bend)
