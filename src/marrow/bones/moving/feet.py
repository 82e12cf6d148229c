"""Feet that stand where they are put: every contact gets one place on the ground, and the legs follow."""

from dataclasses import replace

import numpy as np
from numpy import ndarray

from marrow.bones.canonical import TPose
from marrow.bones.moving.contacts import Contacts, runs
from marrow.bones.moving.limbs import aimed, bent, held, hinge
from marrow.bones.moving.smooth import above, spread
from marrow.bones.skeleton import world
from marrow.bones.turning import between, exp, log
from marrow.media import Motion
from marrow.rotations import inverse, multiply, rotate

REACH = 0.12     # seconds over which a correction comes and goes
LIFT, DROP = 0.06, 0.08  # the same for heels that come up and hips that give way
RAISED = np.radians(30)  # a heel comes up no further to make a leg long enough
SUPPLE = 0.03    # seconds over which its acceleration does
STRETCH = 0.995, 0.9999  # shares of a leg's length: how far it is drawn out, and how far where it was before
SOFT = 0.1       # seconds over which a leg that leaves the ground gets free to be too short
HOME = 0.3       # how much it is drawn back to nothing where no foot stands
FIRM = 1e5       # how firmly a standing foot is held
Y = np.array([0.0, 1, 0])


def planted(motion: Motion, body: TPose, standing: Contacts) -> Motion:
    """Put the feet down where they stand, and keep them there.

    motion     of the body; its feet about where they belong
    standing   `on` says when heel and toe stand, `ground` how high the ground is below them; points are not used
    returns    the motion with other legs, feet and toes; where a leg would be too short its heel comes up, and then the
               hips give way
    source     Kovar, Schreiner, Gleicher, Footskate Cleanup for Motion Capture Editing, SCA 2002
    test       standing points do not move; what does not touch the ground keeps its course
    """
    places, turns = world(motion)
    rate = float(motion.rate)
    goals, facing = zip(*(_goal(places, turns, body, standing, foot, rate) for foot in (0, 1)), strict=True)
    drop = _drop(places, body, standing.on.any(-1), goals, rate)
    root = motion.root - drop[:, None] * Y
    places = places - drop[:, None, None] * Y
    turns = turns.copy()
    for foot, side in enumerate(("left", "right")):
        soft = _softness(standing.on[:, foot].any(-1), rate)
        _leg(places, turns, body, side, goals[foot], facing[foot], soft, rate)
        _toes(motion, turns, body, side, standing.ground[:, foot], goals[foot])
    legs = [body.joints[side + part] for side in ("left", "right")
            for part in ("UpperLeg", "LowerLeg", "Foot", "Toes") if side + part in body.joints]
    return held(replace(motion, root=root), turns, legs)


def pins(points: ndarray, on: ndarray, floor: ndarray) -> ndarray:
    """Where heel and ball of a foot are to stand: (frames, 2, 3), NaN where they do not.

    Each has one place for as long as it stands: the middle of where it was. While both stand, the heel's is where the
    foot's length puts it.
    points   (frames, 2, 3) where they are
    on       (frames, 2)
    floor    (frames, 2) how high they are to be
    """
    made = np.where(on[..., None], 0.0, np.nan) * points
    for point in (0, 1):
        for first, last in runs(on[:, point]):
            made[first:last, point] = points[first:last, point].mean(0)
    length = np.linalg.norm(points[0, 1] - points[0, 0])
    for first, last in runs(on.all(-1)):
        ahead = np.median(points[first:last, 1] - points[first:last, 0], axis=0) * (1, 0, 1)
        begin, end = next(each for each in runs(on[:, 0]) if each[0] <= first < each[1])
        made[begin:end, 0] = made[first, 1] - ahead * length / max(np.linalg.norm(ahead), 1e-9)
    made[..., 1] = np.where(on, floor, np.nan)
    return made


def _goal(places: ndarray, turns: ndarray, body: TPose, standing: Contacts, foot: int, rate: float
          ) -> tuple[ndarray, ndarray]:
    """Where an ankle is to be (frames, 3) and how its foot is to be turned (frames, 4), against the T-pose."""
    side = ("left", "right")[foot]
    ankle = body.joints[f"{side}Foot"]
    turned = multiply(turns[:, ankle], inverse(body.turns[ankle]))
    arms = (body.sole[foot] - body.places[ankle])[:2]
    on, floor = standing.on[:, foot], standing.ground[:, foot, None] + body.high[foot, :2]
    held = pins(places[:, ankle, None] + rotate(turned[:, None], arms), on, floor)
    turned = _turned(turned, arms, on, held, floor, rate)
    goal = _course(places[:, ankle], rotate(turned[:, None], arms), on, held, floor, body.tall, rate)
    raised = _raised(places, body, side, goal, rotate(turned, arms[1]), on[:, 1], rate)
    if raised.any():
        turned = multiply(exp(raised), turned)
        goal = _course(places[:, ankle], rotate(turned[:, None], arms), on, held, floor, body.tall, rate)
    return goal, turned


def _raised(places: ndarray, body: TPose, side: str, goal: ndarray, ball: ndarray, on: ndarray, rate: float) -> ndarray:
    """How far heels come up where a leg is too short for its standing ball: rotation vectors (frames, 3), smooth.

    goal    (frames, 3) where the ankle is to be
    ball    (frames, 3) from there to the ball
    """
    line = places[:, body.joints[f"{side}UpperLeg"]] - goal
    far = np.linalg.norm(line, axis=1)
    short = np.where(on, far - _longest(places, body, side), 0)
    axis = np.cross(Y, ball)
    axis = axis / np.maximum(np.linalg.norm(axis, axis=1, keepdims=True), 1e-9)
    gain = (np.cross(axis, -ball) * line).sum(1) / np.maximum(far, 1e-9)
    least = 0.3 * np.linalg.norm(ball, axis=1)
    angle = np.where(gain > least, short / np.maximum(gain, least), 0)
    return above(np.clip(angle, 0, RAISED), rate, reach=REACH, supple=LIFT)[:, None] * axis


def _course(ankle: ndarray, points: ndarray, on: ndarray, held: ndarray, floor: ndarray, tall: float, rate: float
            ) -> ndarray:
    """The way of an ankle (frames, 3) on which what stands is where it is held, and nothing is in the ground.

    points    (frames, 2, 3) heel and ball, seen from the ankle
    """
    which = on[:, 1].astype(int)[:, None, None]
    ends = np.take_along_axis(held - points, which, 1)[:, 0] - ankle
    stood = on.any(-1)
    shift, weights = np.where(stood[:, None], ends, 0), FIRM * stood
    course = spread(shift, weights, rate, reach=REACH, supple=SUPPLE, home=HOME)
    for _ in range(4):
        deep = (floor - points[..., 1] - (ankle + course)[:, None, 1]).max(1)
        fresh = (deep > 0.001 * tall) & (weights == 0)
        if not fresh.any():
            break
        peaks = fresh & (deep >= np.roll(deep, 1)) & (deep >= np.roll(deep, -1))
        shift[peaks] = course[peaks] + deep[peaks, None] * Y
        weights = np.where(peaks, FIRM, weights)
        course = spread(shift, weights, rate, reach=REACH, supple=SUPPLE, home=HOME)
    return ankle + course


def _turned(turned: ndarray, arms: ndarray, on: ndarray, held: ndarray, floor: ndarray, rate: float) -> ndarray:
    """Lay the foot flat where heel and ball stand, and keep either out of the ground where the other stands."""
    both, one = on.all(-1), on.sum(-1) == 1
    change = np.zeros((len(turned), 3))
    lie = between((arms[1] - arms[0]) * (1, 0, 1), (held[both, 1] - held[both, 0]) * (1, 0, 1))
    change[both] = log(multiply(lie, inverse(turned[both])))
    weights = FIRM * both
    made = turned
    for _ in range(4):
        made = multiply(exp(spread(change, weights, rate, reach=REACH, supple=SUPPLE, home=HOME)), turned)
        rod = rotate(made, arms[1] - arms[0]) * np.where(on[:, 1:], -1, 1)  # from the point that stands to the other
        rise = np.where(on[:, 1], floor[:, 0] - floor[:, 1], floor[:, 1] - floor[:, 0])
        sunk = one & (rod[:, 1] < rise - 0.02 * np.linalg.norm(arms[1] - arms[0]))
        if not sunk.any():
            break
        lift = multiply(between(rod[sunk], rod[sunk] * (1, 0, 1) + rise[sunk, None] * Y), made[sunk])
        change[sunk], weights = log(multiply(lift, inverse(turned[sunk]))), np.where(sunk, FIRM, weights)
    return made


def _drop(places: ndarray, body: TPose, stood: ndarray, goals: tuple[ndarray, ndarray], rate: float) -> ndarray:
    """How far the hips give way so that feet that stand are within reach: (frames,) metres, smooth."""
    need = np.zeros(len(places))
    for foot, side in enumerate(("left", "right")):
        line = places[:, body.joints[f"{side}UpperLeg"]] - goals[foot]
        aside = np.linalg.norm(line[:, [0, 2]], axis=1)
        short = line[:, 1] - np.sqrt(np.maximum(_longest(places, body, side) ** 2 - aside ** 2, 0))
        need = np.maximum(need, short * np.clip(2 - away(stood[:, foot], rate) / SOFT, 0, 1))
    return above(need, rate, reach=REACH, supple=DROP)


def _longest(places: ndarray, body: TPose, side: str) -> ndarray:
    """How far an ankle may be from its hip joint (frames,): nearly straight, or as it was before."""
    hip, knee, ankle = (body.joints[side + part] for part in ("UpperLeg", "LowerLeg", "Foot"))
    long = np.linalg.norm(body.places[knee] - body.places[hip]) + np.linalg.norm(body.places[ankle] - body.places[knee])
    return long * np.clip(np.linalg.norm(places[:, ankle] - places[:, hip], axis=1) / long, *STRETCH)


def _softness(stood: ndarray, rate: float) -> ndarray:
    """How softly a leg comes to its end (frames, 1): not at all while it stands, else more the longer until it does."""
    return np.minimum(away(stood, rate) / SOFT, 1)[:, None]


def away(stood: ndarray, rate: float) -> ndarray:
    """How long ago a foot stood, or how long until it stands: seconds, the shorter one."""
    frames = np.arange(len(stood))
    last = np.maximum.accumulate(np.where(stood, frames, -10 ** 6))
    coming = np.minimum.accumulate(np.where(stood, frames, 10 ** 6)[::-1])[::-1]
    return np.minimum(frames - last, coming - frames) / rate


def _leg(places: ndarray, turns: ndarray, body: TPose, side: str, goal: ndarray, foot: ndarray,
         soft: ndarray, rate: float) -> None:
    """Bend a leg so that its ankle is at its goal, in place."""
    hip, knee, ankle = (body.joints[side + part] for part in ("UpperLeg", "LowerLeg", "Foot"))
    joints = tuple(places[:, joint] for joint in (hip, knee, ankle))
    guess = rotate(multiply(turns[:, knee], inverse(body.turns[knee])), np.array([1.0, 0, 0]))
    bend, end = bent(*joints, goal, hinge(*joints, guess, rate), soft)
    turns[:, hip] = aimed(turns[:, hip], places[:, knee] - places[:, hip], bend - places[:, hip])
    turns[:, knee] = aimed(turns[:, knee], places[:, ankle] - places[:, knee], end - bend)
    toes = body.joints.get(f"{side}Toes")
    before = multiply(inverse(turns[:, ankle]), turns[:, toes]) if toes is not None else None
    turns[:, ankle] = multiply(foot, body.turns[ankle])
    if toes is not None:
        turns[:, toes] = multiply(turns[:, ankle], before)


def _toes(motion: Motion, turns: ndarray, body: TPose, side: str, ground: ndarray, goal: ndarray) -> None:
    """Bend the toes up where their tip would be in the ground, in place."""
    toes, ankle = body.joints.get(f"{side}Toes"), body.joints[f"{side}Foot"]
    if toes is None:
        return
    foot = ("left", "right").index(side)
    turned = multiply(turns[:, toes], inverse(body.turns[toes]))
    line = rotate(turned, body.sole[foot, 2] - body.sole[foot, 1])
    ball = goal + rotate(multiply(turns[:, ankle], inverse(body.turns[ankle])), body.sole[foot, 1] - body.places[ankle])
    short = ground + body.high[foot, 2] - ball[:, 1] - line[:, 1]
    long = np.linalg.norm(line, axis=1)
    rise = np.clip(line[:, 1] + np.maximum(short, 0), -long, long)
    flat = line * (1, 0, 1)
    flat = flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-9)
    up = flat * np.sqrt(np.maximum(long ** 2 - rise ** 2, 0))[:, None] + rise[:, None] * Y
    up = np.where(short[:, None] > 0, up, line)
    turns[:, toes] = aimed(turns[:, toes], line, up)
