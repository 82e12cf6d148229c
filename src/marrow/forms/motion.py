"""Motions without loss: every array of a `Motion` as it is, in one .npz that any Python can read."""

from fractions import Fraction
from pathlib import Path

import numpy as np

from marrow import engine
from marrow.errors import InputError
from marrow.forms.arrays import read_npz, write_npz
from marrow.media import Motion, Skeleton

FORM = "marrow motion 1"


def is_ours(arrays: dict) -> bool:
    """Whether the arrays of an .npz are a motion as `write_motion` writes it."""
    return str(arrays.get("form", "")) == FORM


def read_motion(path: Path) -> Motion:
    """A motion as `write_motion` left it; another program's .npz goes to the reader installed for "motion.npz".

    raises  InputError  "motion.form" when nobody reads it, or a part is missing or has the wrong shape
    """
    arrays = read_npz(path)
    if not is_ours(arrays) and "motion.npz" in engine.points("marrow.formats"):
        return engine.load("marrow.formats", "motion.npz", unknown="file.suffix")(path)
    return from_arrays(arrays, path)


def from_arrays(arrays: dict, path: Path) -> Motion:
    """A motion from the arrays of a file that says it is one of ours."""
    try:
        if not is_ours(arrays):
            raise ValueError("form")
        names = tuple(str(each) for each in arrays["names"])
        joints, frames = len(names), len(arrays["rotations"])
        shapes = {"parents": (joints,), "offsets": (joints, 3), "turns": (joints, 4), "rotations": (frames, joints, 4),
                  "root": (frames, 3), "moves": (len(arrays["moved"]), frames, 3)}
        if any(arrays[part].shape != shape for part, shape in shapes.items()):
            raise ValueError("shape")
        over, under = (int(each) for each in arrays["rate"])
        skeleton = Skeleton(names, arrays["parents"].astype(np.int32), arrays["offsets"].astype(float),
                            arrays["turns"].astype(float))
        moves = {int(joint): path.astype(float) for joint, path in zip(arrays["moved"], arrays["moves"], strict=True)}
        return Motion(skeleton, arrays["rotations"].astype(float), arrays["root"].astype(float), Fraction(over, under),
                      moves, str(arrays["name"]))
    except (KeyError, ValueError, TypeError, ZeroDivisionError) as error:
        raise InputError("motion.form", path=path) from error


def write_motion(motion: Motion, path: Path) -> None:
    """A motion with every digit.

    test    what is read again is equal, bit for bit
    """
    skeleton, moved = motion.skeleton, sorted(motion.moves)
    frames = len(motion.rotations)
    paths = np.array([motion.moves[joint] for joint in moved], float).reshape(len(moved), frames, 3)
    write_npz(path, {
        "form": np.array(FORM), "name": np.array(motion.name), "names": np.array(skeleton.names, str),
        "parents": np.asarray(skeleton.parents, np.int32), "offsets": np.asarray(skeleton.offsets, float),
        "turns": np.asarray(skeleton.turns, float), "rotations": np.asarray(motion.rotations, float),
        "root": np.asarray(motion.root, float),
        "rate": np.array([motion.rate.numerator, motion.rate.denominator], np.int64),
        "moved": np.array(moved, np.int32), "moves": paths})
