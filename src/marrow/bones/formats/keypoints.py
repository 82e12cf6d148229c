"""Points of bodies as detectors give them in JSON: COCO, OpenPose, DWPose, AlphaPose, MMPose and MediaPipe.

What is flat stays flat: points of pictures become a motion in the picture's plane, in which bones change their length.
Points with a depth become a motion in space. Several people are told apart by where they were a frame ago, or by the
number that the detector gave them; each becomes a rig of the whole length.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.bones.formats import keypoints_json as spelled
from marrow.bones.formats import unsaid
from marrow.bones.formats.humanml import placed
from marrow.bones.formats.people import Seen, tracked
from marrow.bones.formats.point_lists import LISTS
from marrow.bones.points.solve import flat_pose
from marrow.contents import Contents, Remark
from marrow.errors import InputError, LimitError
from marrow.forms.plain import decoded
from marrow.media import Rig
from marrow.rotations import rotate

LARGEST = 500_000_000  # bytes of JSON
MOST = 200_000         # frames
CROWD = 64             # people
HABIT = Fraction(30)
BROKEN = (ValueError, TypeError, KeyError, IndexError, AttributeError)


@dataclass(frozen=True)
class _Film:
    """All that was seen: people frame by frame, the list their points come from, and whether a depth is told."""

    frames: tuple[tuple[Seen, ...], ...]
    deep: bool
    mark: str


def read_keypoints(path: Path) -> Contents:
    """Bodies from a JSON of points, from one JSON a frame (name the first, or their folder).

    raises    InputError  "keypoints.form" when no body is found in it, "keypoints.nobody"
              LimitError  "keypoints.many"
    """
    given = [_loaded(each) for each in files] if (files := _siblings(path)) else _loaded(path)
    return contents(given, path)


def contents(given: object, path: Path) -> Contents:
    """What parsed JSON holds, each person as a rig."""
    try:
        film = _film(given)
    except BROKEN as error:
        raise InputError("keypoints.form", path=path) from error
    return _contents(film, given if isinstance(given, Mapping) else {}, path)


def _contents(film: _Film, given: Mapping, path: Path) -> Contents:
    if not any(film.frames):
        raise InputError("keypoints.nobody", path=path)
    rate, rate_by = unsaid.rate(given, HABIT)
    people = tracked(film.frames)[:CROWD]
    build = _deep if film.deep else _flat
    rigs, told, stated = build(people, len(film.frames), rate, path)
    stated = {"points": film.mark, "rate": rate, "rate_by": rate_by, "people": len(rigs), **stated}
    return Contents("keypoints", tuple(rigs), stated=stated, losses=tuple(told.values()))


def from_array(values: ndarray, path: Path) -> Contents:
    """Points of one body as an array (frames, points, 2 or 3): flat where the third number is a confidence."""
    if not is_array(values) or len(values) > MOST:
        raise InputError("keypoints.form", path=path)
    rows = np.asarray(values, float)
    deep = rows.shape[2] > 2 and not (rows.shape[2] == 3 and spelled.is_share(rows.reshape(-1, 3)))
    people = [spelled.seen(each, deep=deep, scored=not deep) for each in rows]
    return _contents(_Film(tuple((each,) if each else () for each in people), deep, LISTS[rows.shape[1]][0]), {}, path)


def is_array(values: ndarray) -> bool:
    """Whether an array has the shape of points of a known list."""
    return values.ndim == 3 and values.shape[1] in LISTS and values.shape[2] in (2, 3, 4) and values.dtype.kind in "fiu"


def _siblings(path: Path) -> list[Path]:
    """The files of a folder of one JSON a frame, in order; none for a single file."""
    if path.is_dir():
        found = sorted(path.glob("*.json"))
        if not found or len(found) > MOST:
            raise InputError("keypoints.form", path=path)
        return found
    stem = path.stem.removesuffix("_keypoints")
    start = stem.rstrip("0123456789")
    if not path.stem.endswith("_keypoints") or len(stem) - len(start) < 6:
        return []
    return sorted(each for each in path.parent.glob("*_keypoints.json") if each.name.startswith(start))[:MOST]


def _loaded(path: Path) -> object:
    try:
        return json.loads(decoded(path, "motion", LARGEST))
    except (ValueError, RecursionError) as error:
        raise InputError("keypoints.form", path=path) from error


def _film(given: object) -> _Film:
    film: list[tuple[Seen, ...]] = []
    for people in spelled.frames(given):
        film.append(tuple(people[:CROWD]))
        if len(film) > MOST:
            raise LimitError("keypoints.many", most=MOST)
    everybody = [person for people in film for person in people]
    marks = {person.mark for person in everybody}
    if len(marks) > 1:
        raise ValueError("several lists of points")
    return _Film(tuple(film), bool(everybody) and all(person.deep for person in everybody), next(iter(marks), ""))


def _tables(person: Sequence[tuple[int, Seen]], frames: int) -> tuple[ndarray, ndarray, tuple[str, ...]]:
    """One person's places and confidences over all frames."""
    names = max((seen.names for _, seen in person), key=len)
    places, sure = np.full((frames, len(names), 3), np.nan), np.zeros((frames, len(names)))
    for frame, seen in person:
        places[frame, :len(seen.names)], sure[frame, :len(seen.names)] = seen.places, seen.sure
    return places, sure, names


def _deep(people: list[list[tuple[int, Seen]]], frames: int, rate: Fraction,
          path: Path) -> tuple[list[Rig], dict[str, Remark], dict[str, object]]:
    rigs, told, stated = [], {}, {}
    for number, person in enumerate(people):
        places, sure, names = _tables(person, frames)
        solved, stated, losses = placed(places, names, rate, _name(path, number, people), path, sure=sure)
        rigs.append(Rig(solved.motion.skeleton, motions=(solved.motion,), name=solved.motion.name))
        told |= {each.key: each for each in losses}
    if people[0][0][1].metric:
        told["keypoints.place"] = Remark("keypoints.place")
    return rigs, told, stated


def _flat(people: list[list[tuple[int, Seen]]], frames: int, rate: Fraction,
          path: Path) -> tuple[list[Rig], dict[str, Remark], dict[str, object]]:
    tables = [_tables(person, frames) for person in people]
    tallest = max(_stature(places, names) for places, _, names in tables)
    scale = unsaid.ADULT / tallest if tallest > 0 else 1.0
    low = max(float(np.nanquantile(places[..., 1], 0.99)) for places, _, _ in tables)
    rigs, told = [], {"keypoints.flat": Remark("keypoints.flat")}
    for number, (places, sure, names) in enumerate(tables):
        places = (rotate(unsaid.TURNS["-y"], places) + np.array((0, low, 0))) * scale
        kept = [index for index, name in enumerate(names) if name]
        solved = flat_pose(places[:, kept], [names[index] for index in kept], rate, sure=sure[:, kept],
                           name=_name(path, number, people))
        rigs.append(Rig(solved.motion.skeleton, motions=(solved.motion,), name=solved.motion.name))
        if solved.unseen.any():
            told["points.filled"] = Remark("points.filled", {"count": int(solved.unseen.sum())})
    return rigs, told, {"unit": scale, "unit_by": "custom", "up": "-y", "up_by": "custom", "flat": True}


def _stature(places: ndarray, names: Sequence[str]) -> float:
    """How tall a flat body is where its bones look longest, in the picture's unit."""
    def longest(start: str, end: str) -> float:
        if start not in names or end not in names:
            return 0.0
        line = np.linalg.norm(places[:, names.index(end)] - places[:, names.index(start)], axis=1)
        line = line[np.isfinite(line)]
        return float(np.quantile(line, 0.95)) if len(line) else 0.0

    parts = [max(longest(f"left{start}", f"left{end}"), longest(f"right{start}", f"right{end}"))
             for start, end in (("UpperArm", "UpperLeg"), ("UpperLeg", "LowerLeg"), ("LowerLeg", "Foot"))]
    shares = (0.29, 0.245, 0.245)  # of the whole body, after Drillis and Contini
    known = [(part, share) for part, share in zip(parts, shares, strict=True) if part > 0]
    if known:
        return sum(part for part, _ in known) / sum(share for _, share in known)
    return longest("leftUpperArm", "rightUpperArm") / 0.21


def _name(path: Path, number: int, people: Sequence) -> str:
    return path.stem if len(people) == 1 else f"{path.stem}_{number + 1}"
