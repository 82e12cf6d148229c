"""What video models find: GVHMR's and WHAM's bodies in the world, PHALP's and 4D-Humans' before the camera.

    GVHMR     {"smpl_params_global": {body_pose, global_orient, transl, betas}, "smpl_params_incam": …}
    WHAM      {person: {pose_world, trans_world, pose, trans, betas, frame_ids}}
    PHALP     {picture: {tid, smpl: [{global_orient, body_pose}], camera: [(3,)]}}
"""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.bones.formats import smpl
from marrow.bones.formats.pickled import numbers, unpickled
from marrow.bones.formats.turned import quaternions
from marrow.bones.turning import continuous
from marrow.contents import Contents, Remark
from marrow.errors import InputError
from marrow.rotations import slerp

GLOBAL = "smpl_params_global"
MOST = 200  # people in one file
BROKEN = (ValueError, TypeError, KeyError, IndexError, AttributeError)


def is_video(given: object) -> bool:
    """Whether a dictionary is one of the three."""
    return isinstance(given, Mapping) and bool(given) and (isinstance(given.get(GLOBAL), Mapping) or
                                                           bool(_people(given)) or _pictures(given))


def read_gvhmr(path: Path) -> Contents:
    """Bodies from a result of GVHMR (.pt), WHAM (.pkl) or PHALP and 4D-Humans (.pkl).

    raises    InputError  "smpl.form" when it is none of them
    """
    given = unpickled(path)
    if not is_video(given):
        raise InputError("smpl.form", path=path)
    return contents(given, path)


def contents(given: Mapping[str, object], path: Path) -> Contents:
    """What an unpickled result holds, each person as a rig; 30 frames a second where nothing else is said."""
    if GLOBAL in given:
        return smpl.contents(given[GLOBAL], path, form="gvhmr", habit="y")
    try:
        return _wham(_people(given), path) if _people(given) else _phalp(given, path)
    except BROKEN as error:
        raise InputError("smpl.form", path=path) from error


def _people(given: Mapping[object, object]) -> dict[object, Mapping]:
    """WHAM's people: those with a pose in the world."""
    return {who: each for who, each in given.items()
            if isinstance(each, Mapping) and ("pose_world" in each or ("pose" in each and "trans" in each))}


def _pictures(given: Mapping[object, object]) -> bool:
    first = next(iter(given.values()))
    return isinstance(first, Mapping) and "smpl" in first and ("tid" in first or "tracked_ids" in first)


def _wham(people: Mapping[object, Mapping], path: Path) -> Contents:
    found = []
    for who, each in list(people.items())[:MOST]:
        seen = "_world" if "pose_world" in each else ""
        one = smpl.contents({"poses": each[f"pose{seen}"], "trans": each.get(f"trans{seen}"),
                             **{name: each[name] for name in ("betas",) if name in each}}, path, form="wham", habit="y")
        found.append(_named(one, f"{who}", "frame_ids" in each and np.ravel(each["frame_ids"])))
    return _together(found, "wham", [] if "pose_world" in next(iter(people.values())) else [Remark("smpl.camera")])


def _named(one: Contents, name: str, frames: object) -> Contents:
    """The same with its person's name, and a gap in its frames told."""
    rig = one.rigs[0]
    rig = replace(rig, name=name, motions=tuple(replace(motion, name=name) for motion in rig.motions))
    holes = int(np.count_nonzero(np.diff(np.asarray(frames, float)) > 1)) if np.size(frames) > 1 else 0
    told = (Remark("smpl.cut", {"name": name, "count": holes}),) if holes else ()
    return replace(one, rigs=(rig,), losses=(*one.losses, *told))


def _together(found: list[Contents], form: str, told: list[Remark]) -> Contents:
    losses = {each.tell("en"): each for one in found for each in one.losses}
    return Contents(form, tuple(rig for one in found for rig in one.rigs),
                    stated={**found[0].stated, "people": len(found)},
                    losses=(*losses.values(), *told))


def _phalp(given: Mapping[str, Mapping], path: Path) -> Contents:
    """People by their track, each from its first picture to its last; missing pictures are gone through evenly."""
    tracks: dict[int, dict[int, tuple[ndarray, ndarray]]] = {}
    for number, name in enumerate(sorted(given, key=str)):
        shown = given[name]
        for who, body, camera in zip(shown.get("tid", shown.get("tracked_ids")), shown["smpl"], shown["camera"],
                                     strict=False):
            turns = np.concatenate([numbers(body["global_orient"]).reshape(1, 3, 3),
                                    numbers(body["body_pose"]).reshape(23, 3, 3)])
            tracks.setdefault(int(who), {})[number] = turns, numbers(camera).reshape(3)
    found, hidden = [], 0
    for who, seen in sorted(tracks.items(), key=lambda each: -len(each[1]))[:MOST]:
        turns, places, missing = _through(seen)
        rig, up = smpl.rigged(turns, places, Fraction(30), str(who), "-y")
        stated = {"model": "SMPL", "rate": Fraction(30), "rate_by": "custom", **up}
        found.append(Contents("phalp", (rig,), stated=stated, losses=(Remark("smpl.body"), Remark("smpl.ground"))))
        hidden += missing
    if not found:
        raise ValueError("nobody")
    told = [Remark("smpl.camera")] + [Remark("points.filled", {"count": hidden})] * bool(hidden)
    return _together(found, "phalp", told)


def _through(seen: Mapping[int, tuple[ndarray, ndarray]]) -> tuple[ndarray, ndarray, int]:
    """Turns and places of every frame from those that were seen, and how many were not."""
    known = np.array(sorted(seen))
    turns = continuous(quaternions(np.stack([seen[number][0] for number in known])))
    places = np.stack([seen[number][1] for number in known])
    if not (np.abs(places) < smpl.FAR).all():
        raise ValueError("places")
    frames = np.arange(known[0], known[-1] + 1)
    after = np.searchsorted(known, frames)
    before = np.maximum(after - (known[after] > frames), 0)
    share = (frames - known[before]) / np.maximum(known[after] - known[before], 1)
    path = np.stack([np.interp(frames, known, places[:, axis]) for axis in range(3)], axis=1)
    return slerp(turns[before], turns[after], share[:, None]), path, len(frames) - len(known)
