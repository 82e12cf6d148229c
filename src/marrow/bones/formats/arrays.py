"""Files of plain arrays, pickles and JSON: what is in them decides who reads them, not what they are called."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.bones.formats import gvhmr, humanml, keypoints, kimodo, smpl
from marrow.bones.formats.pickled import numbers, unpickled
from marrow.bones.skeleton import at_rest, checked
from marrow.contents import Contents, Remark
from marrow.errors import InputError
from marrow.forms import arrays, motion
from marrow.media import Rig

POSITIONS = ("motion", "joints", "positions", "joint_positions", "joints3d", "joints_3d", "keypoints3d", "keypoints_3d",
             "keypoints", "pose3d", "pred_xyz", "xyz", "smpl_joints", "posed_joints", "arr_0", "data", "reconstruction")


def read_npz(path: Path) -> Contents:
    """An .npz of our own, of AMASS and the SMPL family, of Kimodo or HY-Motion, or of joint positions.

    raises    InputError  "learned.unknown", with the names and shapes of what is in it
    """
    given = arrays.read_npz(path)
    if motion.is_ours(given):
        try:
            found = checked(motion.from_arrays(given, path))
        except InputError as error:
            raise InputError("motion.form", path=path) from error
        rig = Rig(found.skeleton, motions=(found,), name=found.name or path.stem)
        return Contents("npz", (rig,), stated={"rate": found.rate, "rate_by": "file"})
    return _named(given, path)


def write_npz(rig: Rig, path: Path) -> tuple[Remark, ...]:
    """Write a rig's motion, or one frame of its rest pose, with every digit; see `marrow.forms.motion`.

    returns    what an .npz of ours cannot hold: the mesh
    """
    motion.write_motion(rig.motions[0] if rig.motions else at_rest(rig.skeleton), path)
    return (Remark("lost.mesh"),) * (rig.mesh is not None)


def read_npy(path: Path) -> Contents:
    """An .npy of joint positions, HumanML3D's features, key points or Motion-X's poses, or a pickled results.npy.

    raises    InputError  "learned.unknown"
    """
    try:
        values = arrays.read_npy(path)
    except InputError as error:
        if error.key != "arrays.pickled":
            raise
        return read_pickle(path)
    return _array(values, path)


def read_pickle(path: Path) -> Contents:
    """A pickle, .pt or .pth of GVHMR, WHAM, PHALP, MDM, the SMPL family or joint positions; nothing in it is run.

    raises    InputError  "learned.unknown"; "pickled.asks" when it would run a program
    """
    given = unpickled(path)
    if isinstance(given, list) and len(given) == 1 and isinstance(given[0], Mapping):
        given = given[0]
    if gvhmr.is_video(given):
        return gvhmr.contents(given, path)
    if isinstance(given, Mapping):
        return _named(given, path)
    return _array(given, path)


def read_json(path: Path) -> Contents:
    """A JSON of key points, or a folder with one JSON for each frame.

    raises    InputError  "keypoints.form"
    """
    return keypoints.read_keypoints(path)


def _named(given: Mapping[str, object], path: Path) -> Contents:
    """Arrays that have names."""
    if kimodo.is_kimodo(given):
        return kimodo.contents(given, path)
    if smpl.is_smpl(given):
        return smpl.contents(given, path)
    if "motion" in given and humanml.is_positions(given):
        return humanml.contents(given, path)
    inner = next((each for each in given.values() if isinstance(each, Mapping) and smpl.is_smpl(each)), None)
    if inner is not None:
        return smpl.contents({**inner, **{name: each for name, each in given.items() if name != "poses"
                                          and not isinstance(each, Mapping)}}, path)
    name = next((name for name in POSITIONS if name in given and _fits(given[name])), None)
    if name is None:
        raise _unknown(given, path)
    return _array(given[name], path, given)


def _fits(values: object) -> bool:
    try:
        values = numbers(values)
    except (ValueError, TypeError):
        return False
    return humanml.is_positions(values) or keypoints.is_array(values)


def _array(values: object, path: Path, beside: Mapping[str, object] | None = None) -> Contents:
    """An array alone: its shape tells what it is; 17 points are COCO's where five lie in the face, else H36M's."""
    try:
        values = numbers(values)
    except (ValueError, TypeError) as error:
        raise _unknown(values, path) from error
    if values.ndim == 2 and values.shape[1] == 322:
        return smpl.rows(values, path)
    if keypoints.is_array(values) and not (values.shape[1] == 17 and values.shape[2] == 3 and _rooted(values)):
        return keypoints.from_array(values, path)
    if humanml.is_positions(values):
        return humanml.contents({"motion": values, **{name: each for name, each in (beside or {}).items()
                                                      if name not in POSITIONS}}, path)
    raise _unknown(values, path)


def _rooted(values: ndarray) -> bool:
    """Whether the first of 17 points is a pelvis rather than a nose: then eyes and ears are not near it."""
    seen = values[np.isfinite(values).all((1, 2))]
    if not len(seen):
        return False
    face, body = np.ptp(seen[:, :5], axis=1).max(1), np.ptp(seen, axis=1).max(1)
    return bool(np.median(face / np.maximum(body, 1e-9)) > 0.35)


def _unknown(given: object, path: Path) -> InputError:
    """The refusal, with what was found: names and shapes."""
    if isinstance(given, Mapping):
        parts = [f"{str(name)[:30]} {_shape(each)}" for name, each in list(given.items())[:8]]
    else:
        parts = [_shape(given)]
    return InputError("learned.unknown", path=path, found=", ".join(parts) or "-")


def _shape(value: object) -> str:
    if isinstance(value, ndarray):
        return f"({', '.join(map(str, value.shape))})"
    return f"[{len(value)}]" if isinstance(value, list | Mapping) else type(value).__name__
