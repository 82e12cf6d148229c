"""Joint positions as text-to-motion models write them: HumanML3D and KIT, MDM, MLD, T2M-GPT, MoMask and their kin.

    (frames, 263) or (frames, 251)           HumanML3D's and KIT's features
    (frames, joints, 3), with samples first  positions: T2M-GPT, MLD, MoMask; 22 or 24 of SMPL, 21 of KIT, 17 of H36M
    (samples, joints, 3, frames)             MDM, alone or as `motion` of its results.npy beside `text` and `lengths`

Positions say nothing of twist; `points` finds it from bend planes. The six numbers for each joint among the features
are no better: they were computed from the same positions by shortest turns.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.bones.formats import unsaid
from marrow.bones.formats.letters import different
from marrow.bones.formats.pickled import numbers, unpickled
from marrow.bones.formats.point_lists import H36M, KIT, SMPL
from marrow.bones.points.solve import Solved, pose_from_points
from marrow.contents import Contents, Remark
from marrow.errors import InputError, LimitError
from marrow.forms.arrays import read_npy
from marrow.media import Rig
from marrow.rotations import about, rotate

LISTS = {22: SMPL, 24: SMPL, 21: KIT, 17: H36M}
FEATURES = {263: 22, 251: 21}
HABIT = {21: Fraction(25, 2)}  # KIT; the others have 20 frames a second
USUAL = Fraction(20)
MOST = 400        # samples
TALLEST = 20_000  # units: what is larger is no body
UP = np.array([0.0, 1.0, 0.0])
CHAIN = (("headTop", "head", "nose"), ("neck", "leftUpperArm"), ("hips", "leftUpperLeg"), ("leftLowerLeg",),
         ("leftFoot",))  # from the head to the ground; of each group the first that is seen


def read_humanml(path: Path) -> Contents:
    """Motions from an .npy of positions or features, or MDM's results.npy.

    raises    InputError  "positions.form" for any other shape, "positions.normal" for features that still are
                          normalised
    """
    try:
        given: object = read_npy(path)
    except InputError as error:
        if error.key != "arrays.pickled":
            raise
        given = unpickled(path)
    return contents(given, path)


def is_positions(given: object) -> bool:
    """Whether an array, or a dictionary with a `motion`, has one of the shapes."""
    shape = np.shape(given.get("motion")) if isinstance(given, Mapping) else np.shape(given)
    return bool(_samples_axis(shape)) or (len(shape) in (2, 3) and shape[-1] in FEATURES)


def contents(given: object, path: Path, *, rate: tuple[Fraction, str] | None = None) -> Contents:
    """Motions from arrays: every sample becomes a rig, because samples may differ in their bones."""
    words, lengths = [], []
    if isinstance(given, Mapping):
        words, lengths = _listed(given.get("text")), [int(each) for each in np.ravel(given.get("lengths", []))]
        rate = rate or (unsaid.rate(given, USUAL) if unsaid.rate(given, USUAL)[1] == "file" else None)
        given = given.get("motion")
    try:
        samples, form = _samples(numbers(given))
    except (ValueError, TypeError) as error:
        raise InputError("positions.form", path=path, shape="x".join(map(str, np.shape(given)))) from error
    if len(samples) > MOST:
        raise LimitError("positions.many", path=path, count=len(samples), most=MOST)
    points = samples[0].shape[1]
    rate = rate or (HABIT.get(points, USUAL), "custom")
    names = different([each.strip()[:60] for each in words[:len(samples)]] or [path.stem] * len(samples))
    rigs, told = [], {}
    for number, places in enumerate(samples):
        places = places[:lengths[number]] if number < len(lengths) and lengths[number] > 0 else places
        solved, stated, losses = placed(places, LISTS[points][:points], rate[0], names[number], path)
        rigs.append(Rig(solved.motion.skeleton, motions=(solved.motion,), name=names[number]))
        told |= {each.key: each for each in losses}
    if form != "positions" and points in FEATURES.values():
        told["positions.features"] = Remark("positions.features")
    stated = {"rate": rate[0], "rate_by": rate[1], "samples": len(samples), "joints": points, **stated}
    return Contents(form, tuple(rigs), stated=stated, losses=tuple(told.values()))


def placed(places: ndarray, names: Sequence[str], rate: Fraction, name: str, path: Path, *,
           sure: ndarray | None = None) -> tuple[Solved, dict[str, object], list[Remark]]:
    """A motion from positions in any axes and unit: upright, in metres, left where the body's left is.

    places     (frames, points, 3); points whose name is "" are left out
    returns    the motion, what was decided, what was lost
    """
    kept = [number for number, each in enumerate(names) if each]
    places, names = places[:, kept], [names[number] for number in kept]
    sure = None if sure is None else sure[:, kept]
    if not (np.abs(places[np.isfinite(places)]) < 1e6).all():
        raise InputError("positions.form", path=path, shape="x".join(map(str, places.shape)))
    told = [Remark("positions.twist")]
    up, up_by = unsaid.sky(_upward(places, names), "y")
    places = rotate(unsaid.TURNS[up], places)
    scale, unit_by = unsaid.unit(_tall(places, names))
    places = places * scale
    if _mirrored(places, names):
        places, told = places * (-1, 1, 1), [*told, Remark("positions.mirrored")]
    solved = pose_from_points(places, names, rate, sure=sure, name=name)
    hidden = int(solved.unseen.sum())
    if hidden:
        told.append(Remark("points.filled", {"count": hidden}))
    if solved.lost:
        told.append(Remark("points.lost", {"names": ", ".join(solved.lost[:6])}))
    return solved, {"up": up, "up_by": up_by, "unit": scale, "unit_by": unit_by}, told


def _samples(values: ndarray) -> tuple[list[ndarray], str]:
    """Positions (frames, joints, 3) of every sample, and the form."""
    if values.ndim in (2, 3) and values.shape[-1] in FEATURES and values.shape[-2] != 3:
        rows = values if values.ndim == 3 else values[None]
        if not rows.size or not np.isfinite(rows).all():
            raise ValueError("features")
        return [recovered(each, FEATURES[values.shape[-1]]) for each in rows], "humanml3d"
    axis = _samples_axis(values.shape)
    if not axis or not values.size:
        raise ValueError(values.shape)
    if axis == "last":
        values = np.moveaxis(values, -1, -3)
    return list(values if values.ndim == 4 else values[None]), "mdm" if axis == "last" else "positions"


def _samples_axis(shape: tuple[int, ...]) -> str:
    """Where the frames are: "last" as MDM has them, "first", or "" where the shape is another."""
    if len(shape) in (3, 4) and shape[-1] == 3 and shape[-2] in LISTS:
        return "first"
    if len(shape) in (3, 4) and shape[-2] == 3 and shape[-3] in LISTS:
        return "last"
    return ""


def recovered(rows: ndarray, joints: int) -> ndarray:
    """Positions from HumanML3D's features: turn about the sky's axis and path summed up, joints seen from the root.

    rows       (frames, 263 or 251): turn, level velocity (2), height, joints (3 each), and more that is not needed
    returns    (frames, joints, 3), the root first
    raises     InputError  "positions.normal" where the rows still are divided by the data set's spread
    source     Guo et al., Generating Diverse and Natural 3D Human Motions from Text, CVPR 2022, sec. 3
    test       a walk made into features comes back
    """
    if np.abs(rows[:, 3]).max() > TALLEST or np.median(rows[:, 3]) < 0.05 or (rows[:, 3] < 0).mean() > 0.2:
        raise InputError("positions.normal")
    halves = np.concatenate([[0.0], np.cumsum(rows[:-1, 0])])
    back = about(UP, -2 * halves)
    steps = np.zeros((len(rows), 3))
    steps[1:, [0, 2]] = rows[:-1, 1:3]
    root = np.cumsum(rotate(back, steps), axis=0)
    rest = rotate(back[:, None], rows[:, 4:4 + 3 * (joints - 1)].reshape(len(rows), joints - 1, 3))
    places = np.concatenate([np.zeros((len(rows), 1, 3)), rest], axis=1)
    places[:, 0, 1] = rows[:, 3]
    places[..., 0] += root[:, None, 0]
    places[..., 2] += root[:, None, 2]
    return places


def _listed(words: object) -> list[str]:
    if isinstance(words, str):
        return [words]
    return [str(each) for each in words] if isinstance(words, list | ndarray) else []


def _at(places: ndarray, names: Sequence[str], *wanted: str) -> ndarray | None:
    """The mean of those of the points that are there, or None."""
    found = [places[:, names.index(name)] for name in wanted if name in names]
    return np.mean(found, axis=0) if found else None


def _upward(places: ndarray, names: Sequence[str]) -> ndarray:
    """From feet to head, or what there is of it: (frames seen, 3)."""
    low = next((found for group in (("leftFoot", "rightFoot"), ("leftUpperLeg", "rightUpperLeg"), ("hips",))
                if (found := _at(places, names, *group)) is not None), None)
    high = _at(places, names, "head", "headTop", "neck", "nose", "leftEar", "rightEar")
    if low is None or high is None:
        return np.zeros((1, 3))
    line = high - low
    line = line[np.isfinite(line).all(1)]
    return line if len(line) else np.zeros((1, 3))


def _tall(places: ndarray, names: Sequence[str]) -> float:
    """About how tall the body is along its bones, in the file's unit; 0 where too little is seen."""
    found = [_at(places, names, next((name for name in group if name in names), "")) for group in CHAIN]
    found = [each for each in found if each is not None]
    lines = [np.linalg.norm(low - high, axis=1) for high, low in pairwise(found)]
    longest = [float(np.nanmedian(line)) for line in lines if np.isfinite(line).any()]
    return 1.1 * sum(longest) if len(longest) >= 3 else 0.0


def _mirrored(places: ndarray, names: Sequence[str]) -> bool:
    """Whether left and right are exchanged: toes point backwards as seen from the hips."""
    sides = [_at(places, names, f"{side}{part}") for part in ("UpperLeg", "Foot", "Toes") for side in ("left", "right")]
    if any(each is None for each in sides):
        return False
    left, right, left_foot, right_foot, left_toes, right_toes = sides
    ahead = np.cross(left - right, UP)
    toes = (left_toes - left_foot) + (right_toes - right_foot)
    told = (ahead * toes).sum(1)
    told = told[np.isfinite(told)]
    return bool(len(told) and (told < 0).mean() > 0.9)
