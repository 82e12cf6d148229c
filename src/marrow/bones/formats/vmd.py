"""Motions for MMD as VMD: keys of named joints, 30 frames a second, no skeleton.

Read, they play on a standard model of our own, or on a skeleton that is given: one of MMD's joint by joint, any other
human through the T-pose of both. Legs that follow targets are solved, so that every joint's turn is its own. Written,
the targets are switched off: the turns that stand in the file are the ones that are seen.

Joints that a model has no counterpart for are written under their own names: MMD passes over them, and on the same
skeleton everything comes back.
"""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.bones.axes import align, aligned, put_back
from marrow.bones.formats.letters import different
from marrow.bones.formats.vmd_keys import Keys, Table, encoded, linear, packed, read_table
from marrow.bones.human import REQUIRED
from marrow.bones.identify import identify
from marrow.bones.mmd import CARRIERS, TREE, Bridge, bridge, is_mmd, model, world_at_rest
from marrow.bones.mmd_legs import Targets, planted
from marrow.bones.skeleton import at_rest, resampled, world
from marrow.contents import Contents, Remark
from marrow.errors import InputError, LimitError
from marrow.media import Motion, Rig, Skeleton
from marrow.rotations import multiply, rotate

RATE = Fraction(30)
MOST = 160_000_000        # bytes of all turns: half an hour of a hundred joints
STILL = 1e-9              # turns and metres below are no motion
TITLE = "marrow"          # the model's name in the files that we write
LEGS = {"左足ＩＫ": "左つま先ＩＫ", "右足ＩＫ": "右つま先ＩＫ"}  # target of an ankle -> of the tip of the foot


def read_vmd(path: Path, *, on: Skeleton | None = None) -> Contents:
    """Read a motion for MMD, curves and targets solved, at 30 frames a second.

    on        the skeleton to play on; without it a standard model of MMD (`marrow.bones.mmd.model`)
    raises    InputError  no VMD, broken off, only a camera; or `on` is no human's skeleton
              LimitError  larger than memory
    test      curves against their formula, legs against their targets; what `write_vmd` wrote comes back
    """
    table = read_table(path)
    body = aligned(on) if on is not None and is_mmd(on) else model()
    if table.count * max(len(body.names), len(on.names) if on else 0) * 32 > MOST:
        raise LimitError("vmd.long", path=path, frame=table.count, most=MOST // (len(on.names if on else TREE) * 32))
    motion, solved = _with_targets(_played(table, body), table)
    used = {*body.names, *LEGS, *LEGS.values(), *(f"{side}足IK親" for side in "左右")}
    if on is not None and is_mmd(on):
        motion = put_back(motion, on)
    elif on is not None:
        way, names = _bridge(on, path), _own_names(on)
        motion = put_back(way.from_model(motion, _own(table, way, names)), on)
        used |= set(names)
    motion = replace(motion, name=path.stem)
    stated = {"unit": 0.08, "unit_by": "custom", "up": "y", "up_by": "custom", "rate": RATE, "frames": table.count,
              "title": table.model}
    rig = Rig(motion.skeleton, motions=(motion,), name=path.stem)
    return Contents("vmd", (rig,), stated=stated, losses=tuple(_read_losses(table, used, solved)))


def write_vmd(rig: Rig, path: Path) -> tuple[Remark, ...]:
    """Write a rig's motion for MMD's models: a key for every frame, 30 a second; without a motion the rest pose.

    returns    what VMD cannot hold
    raises     InputError  "vmd.body" when the skeleton is neither MMD's nor a human's
    test       read on the same skeleton, every joint is where it was to 0.01 % of the height; on MMD's model every
               limb points where it points in the source
    """
    motion = rig.motions[0] if rig.motions else at_rest(rig.skeleton)
    losses = [Remark("vmd.skeleton")]
    if rig.mesh is not None:
        losses.append(Remark("vmd.mesh"))
    if len(rig.motions) > 1:
        losses.append(Remark("vmd.motions", {"kept": motion.name, "count": len(rig.motions) - 1}))
    if motion.rate != RATE and len(motion.rotations) > 1:
        losses.append(Remark("vmd.rate", {"rate": f"{float(motion.rate):g}"}))
    count = round((len(motion.rotations) - 1) * RATE / motion.rate) + 1
    motion = align(resampled(motion, RATE, count))
    if is_mmd(rig.skeleton):
        named = [name if encoded(name) else "" for name in motion.skeleton.names]
        if "" in named:
            lost = [name for name in motion.skeleton.names if not encoded(name)]
            losses.append(Remark("vmd.names", {"count": len(lost), "first": lost[0]}))
        keys = _keys(motion, named)
    else:
        way = _bridge(rig.skeleton, path)
        body, own = way.to_model(motion), _own_keys(motion, way)
        keys = _keys(body, body.skeleton.names) | own
        if own:
            losses.append(Remark("vmd.own", {"count": len(own), "first": next(iter(own))}))
    path.write_bytes(packed(TITLE, keys, [*LEGS, *LEGS.values()]))
    return tuple(losses)


def _bridge(skeleton: Skeleton, path: Path) -> Bridge:
    joints = identify(skeleton).joints
    lacking = [name for name in REQUIRED if name not in joints]
    if lacking:
        raise InputError("vmd.body", path=path, lacking=", ".join(lacking[:5]))
    return bridge(skeleton, joints)


def _keys(motion: Motion, names: tuple[str, ...] | list[str]) -> dict[str, Keys]:
    """The keys of every joint that has a name: at both ends where it never moves, else one for each frame."""
    found: dict[str, Keys] = {}
    for joint, name in enumerate(names):
        if name:
            offset = motion.skeleton.offsets[joint]
            path = motion.root if joint == 0 else motion.moves.get(joint, offset[None])
            found[name] = _joint_keys(path - offset, motion.rotations[:, joint])
    return found


def _joint_keys(places: ndarray, turns: ndarray) -> Keys:
    moving = np.ptp(turns, axis=0).max() > STILL or np.ptp(places, axis=0).max() > STILL
    frames = np.arange(len(turns)) if moving else np.unique([0, len(turns) - 1])
    return linear(frames, np.broadcast_to(places, (len(turns), 3))[frames], turns[frames])


def _own_names(skeleton: Skeleton) -> list[str]:
    """The names under which joints without a counterpart are written: their own where VMD has room for them."""
    short = [name if encoded(name) and name not in TREE else f"joint {number}"
             for number, name in enumerate(skeleton.names)]
    return different(short, TREE)


def _own_keys(motion: Motion, way: Bridge) -> dict[str, Keys]:
    """Keys of what MMD's model has no joint for, and of paths that do not follow from the hips."""
    found: dict[str, Keys] = {}
    for joint, name in enumerate(_own_names(motion.skeleton)):
        offset = motion.skeleton.offsets[joint]
        path = motion.moves.get(joint, offset[None])
        if joint == 0 and way.hips != 0:
            path = motion.root
        turns = motion.rotations[:, joint]
        if joint in way.joints:
            turns = np.tile((1.0, 0, 0, 0), (len(turns), 1))
        if np.abs(path - offset).max() > STILL or np.abs(turns[:, 1:]).max() > STILL:
            found[name] = _joint_keys(path - offset, turns)
    return found


def _own(table: Table, way: Bridge, names: list[str]) -> Motion:
    """The way of `_own_keys` back: a motion of the aligned skeleton that does only what stands under its own names."""
    motion = _played(table, replace(way.skeleton, names=tuple(names)), human=False)
    return replace(motion, skeleton=way.skeleton)


def _played(table: Table, body: Skeleton, *, human: bool = True) -> Motion:
    """The keys of all joints of a body, frame by frame; those without keys stay at rest."""
    count = table.count
    turns = np.zeros((count, len(body.names), 4))
    turns[..., 0] = 1
    root, moves = np.tile(body.offsets[0], (count, 1)), {}
    for joint, name in enumerate(body.names):
        keys = table.joints.get(name)
        if keys is None or (not human and name in TREE):
            continue
        places, turns[:, joint] = keys.at(count)
        if joint == 0:
            root = root + places
        elif np.abs(places).max() > STILL:
            moves[joint] = body.offsets[joint] + places
    return Motion(body, turns, root, RATE, moves)


def _with_targets(motion: Motion, table: Table) -> tuple[Motion, int]:
    """The motion with its legs where their targets are, and in how many frames a target moved one."""
    moved = 0
    for ankle, tip in LEGS.items():
        targets = _targets(motion, table, ankle, tip)
        if targets is not None and targets.on.any():
            motion, moved = planted(motion, targets), max(moved, int(targets.on.sum()))
    return motion, moved


def _targets(motion: Motion, table: Table, ankle: str, tip: str) -> Targets | None:
    """Where one leg's targets are: they hang from each other, the first from the floor's joint, not from the centre."""
    side, names = ankle[0], motion.skeleton.names
    leg = tuple(names.index(f"{side}{part}") if f"{side}{part}" in names else -1 for part in ("足", "ひざ", "足首"))
    toe = next((names.index(f"{side}{part}") for part in ("つま先", "足先EX") if f"{side}{part}" in names), -1)
    if -1 in leg:
        return None
    rest, count = world_at_rest(motion.skeleton), table.count
    places, turned = (each[:, names.index(CARRIERS[0]) if CARRIERS[0] in names else 0] for each in world(motion))
    stands = rest[names.index(CARRIERS[0])] if CARRIERS[0] in names else rest[0]
    found = []
    for name, at in ((f"{side}足IK親", rest[leg[2]] * (1, 0, 1)), (ankle, rest[leg[2]]), (tip, rest[toe])):
        keys = table.joints.get(name)
        moved, turn = keys.at(count) if keys else (np.zeros(3), np.array([1.0, 0, 0, 0]))
        places, turned = places + rotate(turned, at - stands + moved), multiply(turned, turn)
        stands = at
        found.append(places)
    on = _on(table, ankle, count, (f"{side}足", f"{side}ひざ"))
    return Targets((*leg, toe), found[1], found[2], on, on & _on(table, tip, count, (f"{side}足首",)))


def _on(table: Table, target: str, count: int, limb: tuple[str, ...]) -> ndarray:
    """In which frames a target is followed: as switched; else always, but for limbs with keys whose target has none."""
    if target not in table.switches:
        return np.full(count, target in table.joints or not any(
            name in table.joints and np.abs(table.joints[name].turns[:, 1:]).max() > 1e-4 for name in limb))
    frames, values = zip(*table.switches[target], strict=True)
    which = np.searchsorted(frames, np.arange(count), side="right") - 1
    return np.where(which < 0, True, np.array(values)[np.maximum(which, 0)])


def _read_losses(table: Table, used: set[str], solved: int) -> Iterator[Remark]:
    for name, count in table.others.items():
        if count:
            yield Remark(f"vmd.{name}", {"count": count})
    strange = [name for name, keys in table.joints.items() if name not in used and _moves(keys)]
    if strange:
        yield Remark("vmd.strange", {"count": len(strange), "first": strange[0]})
    if solved:
        yield Remark("vmd.targets", {"frames": solved})


def _moves(keys: Keys) -> bool:
    return bool(np.abs(keys.places).max() > STILL or np.abs(keys.turns[:, 1:]).max() > STILL)

