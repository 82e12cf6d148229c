"""Poses of the SMPL family of body models: AMASS, Motion-X, AIST++ and whatever else names its arrays in that way.

The turns of the joints are kept as they are; the body is a neutral one of ours, because the models that turn `betas`
into a body may not be shipped. `stated` keeps model, gender and betas; the loss is told.
"""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.bones.formats import unsaid
from marrow.bones.formats.pickled import numbers, unpickled
from marrow.bones.formats.smpl_tree import MODELS, TREES, neutral
from marrow.bones.formats.turned import quaternions
from marrow.bones.skeleton import checked, fk
from marrow.contents import Contents, Remark
from marrow.errors import InputError
from marrow.forms.arrays import read_npy, read_npz
from marrow.media import Motion, Rig
from marrow.rotations import multiply, rotate

WHOLE = ("poses", "pose", "smpl_poses", "fullpose", "full_pose", "pose_aa", "thetas")
ROOT = ("global_orient", "root_orient", "Rh", "orient")
BODY = ("body_pose", "pose_body")
HANDS = (("pose_hand",), ("left_hand_pose", "right_hand_pose"))
FACE = ("jaw_pose", "pose_jaw"), ("leye_pose",), ("reye_pose",)
PLACES = ("trans", "transl", "smpl_trans", "translation", "root_trans", "Th")
KEPT = ("gender", "betas", "text", "surface_model_type")
HABIT = Fraction(30)
FAR = 1e6  # metres
COLUMNS = {"root_orient": (0, 3), "pose_body": (3, 66), "pose_hand": (66, 156), "pose_jaw": (156, 159),
           "trans": (309, 312), "betas": (312, 322)}  # Motion-X: 322 numbers a frame


def is_smpl(given: object) -> bool:
    """Whether a dictionary holds poses of the family."""
    return isinstance(given, Mapping) and (any(name in given for name in WHOLE) or (
        any(name in given for name in BODY) and any(name in given for name in ROOT)))


def read_smpl(path: Path) -> Contents:
    """A motion from an .npz, .npy or pickle of SMPL, SMPL-H or SMPL-X poses.

    raises    InputError  "smpl.form" when no poses are in it or they do not fit together, "smpl.joints"
    """
    if path.suffix.lower() == ".npy":
        return rows(read_npy(path), path)
    given = read_npz(path) if path.suffix.lower() == ".npz" else unpickled(path)
    if not is_smpl(given):
        raise InputError("smpl.form", path=path)
    return contents(given, path)


def rows(values: ndarray, path: Path) -> Contents:
    """A motion from the rows of 322 numbers that Motion-X has."""
    return contents({name: values[:, start:end] for name, (start, end) in COLUMNS.items()}, path, form="motion-x")


def contents(given: Mapping[str, object], path: Path, *, form: str = "smpl", habit: str = "",
             default: Fraction = HABIT) -> Contents:
    """What named arrays of one body hold.

    habit      the sky's axis where the body does not show it; Z where the file states a rate as AMASS does, else Y
    default    the rate where the file says none
    """
    amass = any(name in given for name in ("mocap_framerate", "mocap_frame_rate"))
    try:
        turns, told = _turns(given)
        places = _places(given, len(turns))
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise InputError("smpl.form", path=path) from error
    rate, rate_by = unsaid.rate(given, default)
    rig, up = rigged(turns, places, rate, path.stem, habit or ("z" if amass else "y"))
    if up["up"] != "z":
        told.append(Remark("smpl.ground"))
    kept = {name: _plain(given[name]) for name in KEPT if name in given}
    stated = {"model": MODELS[turns.shape[1]], "rate": rate, "rate_by": rate_by, **up, **kept}
    return Contents("amass" if amass else form, (rig,), stated=stated, losses=(Remark("smpl.body"), *told))


def rigged(turns: ndarray, places: ndarray, rate: Fraction, name: str, habit: str) -> tuple[Rig, dict[str, str]]:
    """A neutral body in given poses, upright, and which axis was up and what told it.

    turns      (frames, joints, 4) local
    places     (frames, 3) metres, in the file's space: where the model's origin goes
    """
    skeleton = neutral(turns.shape[1])
    motion = checked(Motion(skeleton, turns, places, rate, name=name))
    joints = fk(motion)
    feet = (skeleton.names.index("left_ankle"), skeleton.names.index("right_ankle"))
    up, by = unsaid.sky(joints[:, skeleton.names.index("head")] - joints[:, feet].mean(1), habit)
    turn = unsaid.TURNS[up]
    turned = turns.copy()
    turned[:, 0] = multiply(turn, turns[:, 0])
    path = rotate(turn, places)
    if up != "z":  # the origin of the model is not its pelvis; lying in Z-up worlds the difference is level
        heights = rotate(turn, joints)[..., 1]
        path = path - (0, unsaid.ground(heights), 0)
    return Rig(skeleton, motions=(Motion(skeleton, turned, path, rate, name=name),), name=name), {"up": up, "up_by": by}


def _turns(given: Mapping[str, object]) -> tuple[ndarray, list[Remark]]:
    """Local turns (frames, joints, 4) of as many joints as the family has, and what of them was lost."""
    told: list[Remark] = []
    whole = next((name for name in WHOLE if name in given), "")
    if whole and not any(name in given for name in BODY):
        made = quaternions(_poses(given[whole]))
    else:
        root = quaternions(_joint(next(given[name] for name in ROOT if name in given)))
        body = quaternions(_poses(next(given[name] for name in BODY if name in given)))
        made = np.concatenate([root, body], axis=1)
        hands = _hands(given, len(made), told)
        if hands is not None:
            made = np.concatenate([made[:, :22], *_face(given, len(made)), hands], axis=1)
    if made.shape[1] in (23, 21):
        raise ValueError("no root")
    if made.shape[1] not in TREES:
        raise InputError("smpl.joints", joints=made.shape[1])
    return made, told


def _hands(given: Mapping[str, object], frames: int, told: list[Remark]) -> ndarray | None:
    """Turns of the fingers (frames, 30, 4), or None; their principal components need the model, and are lost."""
    for names in HANDS:
        if all(name in given for name in names):
            parts = [numbers(given[name]).reshape(frames, -1) for name in names]
            if sum(part.shape[1] for part in parts) == 90:
                return quaternions(np.concatenate(parts, axis=1))
            told.append(Remark("smpl.hands"))
    return None


def _face(given: Mapping[str, object], frames: int) -> list[ndarray]:
    """Turns of jaw and eyes, each (frames, 1, 4), for SMPL-X; nothing where the file has no jaw."""
    jaw = next((given[name] for name in FACE[0] if name in given), None)
    if jaw is None:
        return []
    eyes = given.get("pose_eye")
    pair = np.split(numbers(eyes).reshape(frames, 6), 2, axis=1) if eyes is not None else [
        given.get(names[0], np.zeros((frames, 3))) for names in FACE[1:]]
    return [quaternions(_joint(each)) for each in (jaw, *pair)]


def _places(given: Mapping[str, object], frames: int) -> ndarray:
    """Where the body goes (frames, 3), metres; AIST++ divides by a scale of its own."""
    found = next((given[name] for name in PLACES if name in given), None)
    places = np.zeros((frames, 3)) if found is None else numbers(found).reshape(-1, 3)
    if len(places) == 1:
        places = np.repeat(places, frames, axis=0)
    if len(places) != frames or not (np.abs(places) < FAR).all():
        raise ValueError("places")
    return places / float(np.ravel(numbers(given["smpl_scaling"]))[0]) if "smpl_scaling" in given else places


def _joint(values: object) -> ndarray:
    """One joint's rotations as (frames, 3) vectors or (frames, 1, 3, 3) matrices."""
    values = numbers(values)
    if values.shape[-2:] == (3, 3):
        return values.reshape(-1, 1, 3, 3)
    return values.reshape(-1, 3)


def _poses(values: object) -> ndarray:
    """Rotations with frames first: a batch of one taken off, one frame of matrices put on."""
    values = numbers(values)
    if values.ndim == 3 and values.shape[1:] == (3, 3):
        return values[None]
    rows = values.ndim == 3 and not (values.shape[2] == 3 and values.shape[1] > 20)
    return values[0] if values.shape[0] == 1 and (rows or values.ndim == 5) else values


def _plain(value: object) -> object:
    """A fact as plain words or numbers."""
    if isinstance(value, ndarray):
        value = value.item() if value.size == 1 else value.ravel()[:16].tolist()
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
