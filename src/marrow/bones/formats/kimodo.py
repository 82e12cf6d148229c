"""Kimodo, SOMA and HY-Motion: files that hold both where the joints are and how they turn.

The rest pose is not in them, but follows: a bone seen from its turning parent does not move, and that is its offset. So
does the tree where the number of joints is not a known one, and the order in which six numbers make a rotation.
"""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow import rotations
from marrow.bones.formats import smpl_tree, unsaid
from marrow.bones.formats.pickled import numbers
from marrow.bones.formats.turned import WAYS, orthonormal, six
from marrow.bones.skeleton import checked, fk
from marrow.bones.turning import continuous, exp
from marrow.contents import Contents, Remark
from marrow.errors import InputError
from marrow.forms.arrays import read_npz
from marrow.media import Motion, Rig, Skeleton

HABIT = Fraction(30)
LOOKS = 40     # moments that are looked at to find a tree
STRAY = 0.005  # metres that joints may stray before it is told
_ARM = ("Shoulder", "Arm", "ForeArm", "Hand")
_LEG = ("Leg", "Shin", "Foot", "ToeBase", "ToeEnd")
_TOP = ("Hips", "Spine1", "Spine2", "Chest", "Neck1", "Neck2", "Head", "HeadEnd", "Jaw", "LeftEye", "RightEye")


def _soma(hands: Mapping[str, tuple[str, ...]], *, ends: bool) -> dict[str, str]:
    """Joint -> the joint above it, in the order of the arrays."""
    tree = {name: above for name, above in zip(_TOP, ("", *_TOP[:6], "Head", "Head", "Head", "Head"), strict=True)
            if ends or name != "HeadEnd"}
    for side in ("Left", "Right"):
        tree |= {f"{side}{part}": above for part, above in
                 zip(_ARM, ("Chest", *(f"{side}{part}" for part in _ARM)), strict=False)}
        for finger, parts in hands.items():
            chain = [f"{side}Hand{finger}{part}" for part in parts]
            tree |= dict(zip(chain, [f"{side}Hand", *chain], strict=False))
    for side in ("Left", "Right"):
        legs = [f"{side}{part}" for part in (_LEG if ends else _LEG[:-1])]
        tree |= dict(zip(legs, ["Hips", *legs], strict=False))
    return tree


_FINGERS = {"Thumb": ("1", "2", "3", "End"),
            **dict.fromkeys(("Index", "Middle", "Ring", "Pinky"), ("1", "2", "3", "4", "End"))}
TREES = {77: _soma(_FINGERS, ends=True), 30: _soma({"Thumb": ("End",), "Middle": ("End",)}, ends=False)}


def is_kimodo(given: object) -> bool:
    """Whether named arrays hold joints with their places and turns."""
    return isinstance(given, Mapping) and (("posed_joints" in given and ("local_rot_mats" in given or
                                                                         "global_rot_mats" in given)) or
                                           ("rot6d" in given and "keypoints3d" in given))


def read_kimodo(path: Path) -> Contents:
    """A motion of Kimodo or HY-Motion from its .npz.

    raises    InputError  "kimodo.form" when places or turns are missing or do not fit together
    """
    return contents(read_npz(path), path)


def contents(given: Mapping[str, object], path: Path) -> Contents:
    """What the named arrays hold; 30 frames a second, as both models make, where nothing else is said."""
    if not is_kimodo(given):
        raise InputError("kimodo.form", path=path)
    try:
        form, places, turns, tree = _hy(given) if "rot6d" in given else _kimodo(given)
        if len(places) != len(turns) or not (np.abs(places) < 1e6).all() or not np.isfinite(turns).all():
            raise ValueError("frames")
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise InputError("kimodo.form", path=path) from error
    rate, rate_by = unsaid.rate(given, HABIT)
    rig, stray = _rigged(places, turns, tree, rate, path.stem)
    told = [Remark("kimodo.stray", {"most": f"{1000 * stray:.0f}"})] if stray > STRAY else []
    stated = {"rate": rate, "rate_by": rate_by, "up": "y", "up_by": "custom", "joints": places.shape[1],
              **{name: str(given[name]) for name in ("text",) if name in given}}
    return Contents(form, (rig,), stated=stated, losses=tuple(told))


def _kimodo(given: Mapping[str, object]) -> tuple[str, ndarray, ndarray, dict[str, str]]:
    """Places (frames, joints, 3), local turns (frames, joints, 3, 3), and the tree by name."""
    places = _one(given["posed_joints"], 3)
    count = places.shape[1]
    world = _one(given["global_rot_mats"], 4) if "global_rot_mats" in given else None
    local = _one(given["local_rot_mats"], 4) if "local_rot_mats" in given else None
    known = TREES.get(count) or (dict(zip(smpl_tree.names(22), _above(22), strict=True)) if count == 22 else None)
    if known is None:
        if world is None or local is None:
            raise ValueError("tree")
        known = _found(places, orthonormal(world), orthonormal(local))
    if local is None:
        parents = _parents(known)
        above = np.where((parents < 0)[:, None, None], np.eye(3), world[:, np.maximum(parents, 0)])
        local = np.swapaxes(above, -1, -2) @ world
    if local.shape[1:] != (count, 3, 3):
        raise ValueError("joints")
    return "kimodo", places, orthonormal(local), known


def _hy(given: Mapping[str, object]) -> tuple[str, ndarray, ndarray, dict[str, str]]:
    """The same of HY-Motion: 22 or 52 joints of SMPL-H; fingers whose turns are not told are still."""
    places, values = _one(given["keypoints3d"], 3), _one(given["rot6d"], 3)
    count = max(each for each in (22, 52) if each <= places.shape[1])
    places = places[:, :count]
    if "transl" in given and np.ptp(places[:, 0], axis=0).max() < 1e-4:
        places = places + _one(given["transl"], 2)[:, None]
    tree = dict(zip(smpl_tree.names(count), _above(count), strict=True))
    local = np.tile(np.eye(3), (len(values), count, 1, 1))
    poses = _one(given["poses"], 2).reshape(len(values), -1) if "poses" in given else np.zeros((len(values), 0))
    if poses.shape[1] == 3 * count:
        return "hy-motion", places, rotations.to_matrix(exp(poses.reshape(len(values), count, 3))), tree
    told = min(count, values.shape[1])
    tries = []
    for way in WAYS:
        local[:, :told] = six(values[:, :told], way)
        tries.append((_strays(places, local, _parents(tree)), local.copy()))
    return "hy-motion", places, min(tries, key=lambda each: each[0])[1], tree


def _one(values: object, axes: int) -> ndarray:
    """Numbers with so many axes; a batch of one is taken off."""
    values = numbers(values)
    values = values[0] if values.ndim == axes + 1 and values.shape[0] == 1 else values
    if values.ndim != axes or not values.size:
        raise ValueError(values.shape)
    return values


def _above(count: int) -> list[str]:
    names = smpl_tree.names(count)
    return [names[parent] if parent >= 0 else "" for parent in smpl_tree.parents(count)]


def _parents(tree: Mapping[str, str]) -> ndarray:
    index = {name: number for number, name in enumerate(tree)}
    return np.array([index.get(above, -1) for above in tree.values()], np.int32)


def _world(local: ndarray, parents: ndarray) -> ndarray:
    world = local.copy()
    for joint, parent in enumerate(parents):
        if parent >= 0:
            world[:, joint] = world[:, parent] @ local[:, joint]
    return world


def _bones(places: ndarray, world: ndarray, parents: ndarray) -> ndarray:
    """Every bone as its turning parent sees it: (frames, joints - 1, 3)."""
    lines = places[:, 1:] - places[:, parents[1:]]
    return np.einsum("fjba,fjb->fja", world[:, parents[1:]], lines)


def _strays(places: ndarray, local: ndarray, parents: ndarray) -> float:
    """How much bones move that should not: the mean of their spread, metres."""
    return float(_bones(places, _world(local, parents), parents).std(0).mean())


def _found(places: ndarray, world: ndarray, local: ndarray) -> dict[str, str]:
    """A tree from motion alone: a joint's parent turns as it must, and sees it standing still."""
    pick = np.unique(np.linspace(0, len(places) - 1, LOOKS).astype(int))
    places, world, local = places[pick], world[pick], local[pick]
    tree = {"joint_0": ""}
    for joint in range(1, places.shape[1]):
        wanted = world[:, joint] @ np.swapaxes(local[:, joint], -1, -2)
        turned = np.abs(world[:, :joint] - wanted[:, None]).mean((0, 2, 3))
        seen = np.einsum("fjba,fjb->fja", world[:, :joint], places[:, None, joint] - places[:, :joint])
        still = seen.std(0).max(1)
        near = np.linalg.norm(seen, axis=2).mean(0)
        tree[f"joint_{joint}"] = f"joint_{int(np.argmin(turned + 5 * still + 0.01 * near))}"
    return tree


def _rigged(places: ndarray, local: ndarray, tree: Mapping[str, str], rate: Fraction, name: str) -> tuple[Rig, float]:
    """A rig with offsets recovered, and how far its joints lie from where the file says, metres at most."""
    parents = _parents(tree)
    offsets = np.zeros((len(parents), 3))
    offsets[1:] = np.median(_bones(places, _world(local, parents), parents), axis=0)
    rest = offsets.copy()
    for joint, parent in enumerate(parents):
        rest[joint] += rest[parent] if parent >= 0 else 0
    offsets[0] = (0, -rest[:, 1].min(), 0)
    skeleton = Skeleton(tuple(tree), parents, offsets, np.tile((1.0, 0, 0, 0), (len(parents), 1)))
    turns = continuous(rotations.from_matrix(local))
    motion = checked(Motion(skeleton, turns, places[:, 0].copy(), rate, name=name))
    return Rig(skeleton, motions=(motion,), name=name), float(np.linalg.norm(fk(motion) - places, axis=2).max())
