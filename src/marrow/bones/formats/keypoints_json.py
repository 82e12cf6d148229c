"""The spellings of bodies in JSON: every detector's way to list frames, people and points."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy import ndarray

from marrow.bones.formats.people import Seen
from marrow.bones.formats.point_lists import LEFT_HAND, LISTS, RIGHT_HAND
from marrow.bones.points.solve import SURE

WIDE = 16 / 9  # width of a picture whose size nobody tells, heights
BODIES = ("pose_keypoints_3d", "pose_keypoints_2d", "pose_keypoints")
HANDS = (("hand_left_keypoints_3d", "hand_left_keypoints_2d", LEFT_HAND),
         ("hand_right_keypoints_3d", "hand_right_keypoints_2d", RIGHT_HAND))
WORLD = ("world_landmarks", "poseWorldLandmarks", "pose_world_landmarks", "worldLandmarks")
SCREEN = ("landmarks", "poseLandmarks", "pose_landmarks", "screen_landmarks")
INSIDE = ("frames", "instance_info", "annotations", "results", "data", "predictions")
NOTHING: Mapping = MappingProxyType({})


def frames(given: object) -> Iterator[list[Seen]]:
    """The people of every frame, whatever the file's way to list them."""
    if isinstance(given, Mapping):
        inside = next((given[name] for name in INSIDE if isinstance(given.get(name), list | dict)), None)
        if inside is not None and not any(name in given for name in ("people", *WORLD, *SCREEN)):
            yield from frames(inside)
        elif any(name in given for name in ("people", "instances", "keypoints", *WORLD, *SCREEN)):
            yield _people(given)
        else:  # one entry a frame, named by number or picture
            for name in sorted(given, key=lambda each: (len(str(each)), str(each))):
                yield _people(given[name])
        return
    if not isinstance(given, list) or not given:
        raise ValueError("frames")
    if all(isinstance(each, Mapping) and ("image_id" in each or "frame_id" in each) for each in given) and any(
            "keypoints" in each for each in given):
        yield from _by_picture(given)
    elif _body(given) is not None:
        yield [_body(given)]
    else:
        for each in given:
            yield _people(each)


def _by_picture(given: Sequence[Mapping]) -> Iterator[list[Seen]]:
    """COCO's and AlphaPose's results: one entry a person, with its picture."""
    pictures: dict[str, list[Seen]] = {}
    for each in given:
        made = _body(each)
        pictures.setdefault(str(each.get("image_id", each.get("frame_id"))), []).extend([made] if made else [])
    for name in sorted(pictures, key=lambda each: (len(each), each)):
        yield pictures[name]


def _people(given: object) -> list[Seen]:
    """The people of one frame."""
    if given is None:
        return []
    if isinstance(given, Mapping):
        for name in ("people", "instances", "persons", "bodies"):
            if isinstance(given.get(name), list):
                return [made for each in given[name] if (made := _body(each, given)) is not None]
        several = next((name for name in (*WORLD, *SCREEN) if given.get(name) and isinstance(given[name][0], list)), "")
        if several:
            return [made for each in given[several] if (made := _body({several: each}, given)) is not None]
    one = _body(given, given if isinstance(given, Mapping) else NOTHING)
    if one is not None:
        return [one]
    if isinstance(given, list):
        return [made for each in given if (made := _body(each)) is not None]
    return []


def _body(given: object, frame: Mapping = NOTHING) -> Seen | None:
    """One person from any of the spellings, or None where there is none."""
    if isinstance(given, Mapping):
        return _spelled(given, frame)
    if not isinstance(given, list) or not given:
        return None
    if all(isinstance(each, Mapping) and "x" in each for each in given):
        made = _marked(given, frame)
        return made.flattened(WIDE) if made and made.deep and _on_screen(made.places) else made
    if len(given) == 1 and isinstance(given[0], list) and given[0] and isinstance(given[0][0], list | Mapping):
        return _body(given[0], frame)
    if all(isinstance(each, list) and 2 <= len(each) <= 4 and isinstance(each[0], int | float) for each in given):
        return seen(_rows(given), frame=frame)
    return None


def _marked(given: Sequence[Mapping], frame: Mapping) -> Seen | None:
    """One person from MediaPipe's points, each with x, y and perhaps z and visibility."""
    rows = np.array([[each["x"], each["y"], each.get("z", np.nan), each.get("visibility", each.get("score", 1.0))]
                     for each in given], float)
    return seen(rows, deep=bool(np.isfinite(rows[:, 2]).all()), frame=frame)


def _on_screen(rows: ndarray) -> bool:
    """Whether MediaPipe's points are shares of a picture rather than metres from between the hips."""
    return len(rows) == 33 and bool((np.abs(rows[23:25, :2].mean(0)) > 0.05).any() and np.abs(rows[:, :2]).max() < 3)


def _spelled(given: Mapping, frame: Mapping) -> Seen | None:
    """One person from a dictionary."""
    for name in WORLD:
        if given.get(name):
            return _marked(given[name], {**frame, "metric": True})
    for name in SCREEN:
        if given.get(name):
            made = _marked(given[name], frame)
            return made and made.flattened(_aspect({**frame, **given}))
    rows = next((given[name] for name in BODIES if given.get(name)), None)
    if rows is not None:
        deep = bool(given.get("pose_keypoints_3d"))
        made = seen(_table(rows, 4 if deep else 3), deep=deep, frame=frame)
        for wide, flat, names in HANDS:
            fingers = given.get(wide if deep else flat)
            if fingers and made:
                made = made.joined(_table(fingers, 4 if deep else 3), names)
        return made and made.called(given.get("person_id"))
    if given.get("keypoints"):
        rows = given["keypoints"]
        table = _table(rows, 3) if isinstance(rows[0], int | float) else _rows(rows)
        scores = given.get("keypoint_scores")
        if scores is not None and table.shape[1] < 4:
            table = np.concatenate([table[:, :2 if len(rows[0]) < 3 else 3], np.reshape(scores, (-1, 1))], axis=1)
        made = seen(table, frame=frame, scored=scores is not None)
        return made and made.called(given.get("track_id", given.get("idx", given.get("id_", -1))))
    return None


def _rows(given: Sequence[Sequence[float]]) -> ndarray:
    """Rows of equal length with a number, or nothing, in every place."""
    return np.array([[np.nan if value is None else value for value in row] for row in given], float)


def _table(given: Sequence[float] | Sequence[Sequence[float]], wide: int) -> ndarray:
    """A flat list of numbers as rows."""
    return _rows(given) if isinstance(given[0], list) else np.reshape(
        [np.nan if value is None else value for value in given], (-1, wide)).astype(float)


def seen(rows: ndarray, *, frame: Mapping = NOTHING, deep: bool | None = None, scored: bool = False) -> Seen | None:
    """A person from rows of x y, x y confidence, x y z, or x y z confidence; None where it is no list that is known.

    deep      whether the third number is a depth, where that is known
    scored    whether the last number is a confidence for certain
    """
    count, wide = rows.shape
    if count not in LISTS or not np.isfinite(rows[:, :2]).any():
        return None
    sure = np.ones(count)
    if wide == 4:
        sure, deep = rows[:, 3], True if deep is None else deep
    elif wide == 3 and not deep and (scored or is_share(rows)):
        sure, deep = rows[:, 2], False
    elif wide == 3:
        deep = True
    places = np.concatenate([rows[:, :3], np.zeros((count, 3 - min(wide, 3)))], axis=1)
    if not deep:
        places[:, 2] = 0
    mark, names = LISTS[count]
    nowhere = ~np.isfinite(places).all(1) | (~places[:, :2].any(1) & (sure <= 0)) | (sure < SURE)
    places[nowhere] = np.nan
    if nowhere.all():
        return None
    return Seen(places, np.where(nowhere, 0.0, sure), names, mark, bool(deep), metric=bool(frame.get("metric")),
                height=float(frame.get("canvas_height") or frame.get("height") or 0))


def is_share(rows: ndarray) -> bool:
    """Whether the third number is a confidence: 0..1 (or COCO's 0, 1, 2) beside places that are pixels."""
    third, flat = rows[:, 2][np.isfinite(rows[:, 2])], rows[:, :2][np.isfinite(rows[:, :2])]
    return bool(len(third) and (third >= 0).all() and (third <= 2).all() and np.ptp(flat) > 4)


def _aspect(frame: Mapping) -> float:
    """Width of the picture in heights."""
    wide, high = (float(frame.get(name) or frame.get(f"image_{name}") or frame.get(f"canvas_{name}") or 0)
                  for name in ("width", "height"))
    return wide / high if wide > 0 and high > 0 else WIDE
