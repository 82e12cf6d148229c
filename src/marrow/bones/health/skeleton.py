"""Faults of skeletons: no rest pose, bones without length, sides named the wrong way round, names that are none."""

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy import ndarray

from marrow.bones.axes import rest_turns
from marrow.bones.health.case import Case, Facts, Ill, names
from marrow.bones.human import PARENT, standard
from marrow.media import Rig, Skeleton
from marrow.rotations import from_matrix, inverse, rotate

NONE = 1e-4       # of the size: a bone shorter than this has no length
SOME = 1e-2       # of the size: a bone at least this long has one
EMPTY = 0.8       # of the bones: with so many without length there is no rest pose
HEIGHT = 1.7      # metres: of the body that is taken where nothing tells its bones
STRAY = re.compile(r"[\x00-\x1f\x7f]|^\s|\s$")
SIDES = (("Left", "Right"), ("left", "right"), ("LEFT", "RIGHT"), ("左", "右"), ("gauche", "droite"),
         ("gauche", "droit"), ("zuo", "you"), ("L", "R"), ("l", "r"))


def bad_names(case: Case) -> Iterator[Facts]:
    """Names that are empty, not printable, or there twice."""
    own = case.rig.skeleton.names
    bad = [joint for joint, name in enumerate(own) if not name.strip() or STRAY.search(name) or name in own[:joint]]
    if bad:
        yield names(case, bad)


def named_anew(case: Case) -> Rig:
    """Every joint gets a name of its own."""
    made: list[str] = []
    for joint, name in enumerate(case.rig.skeleton.names):
        wish = re.sub(r"[\x00-\x1f\x7f]", "", name).strip() or f"joint_{joint}"
        tries = (wish, *(f"{wish}.{number:03}" for number in range(1, len(case.rig.skeleton.names) + 1)))
        made.append(next(each for each in tries if each not in made))
    return with_skeleton(case.rig, replace(case.rig.skeleton, names=tuple(made)))


def no_rest(case: Case) -> Iterator[Facts]:
    """All joints in one point, or nearly all."""
    long = np.linalg.norm(case.rig.skeleton.offsets[1:], axis=1)
    if not case.loose and len(long) > 3 and (long <= NONE * max(long.max(), 1e-9)).mean() > EMPTY:
        yield {"count": int((long <= NONE * max(long.max(), 1e-9)).sum()), "of": len(long)}


def rest_found(case: Case) -> Rig:
    """The rest pose from the bind pose, else from the motion's own paths, else from an average adult."""
    rig, old = case.rig, case.rig.skeleton
    offsets, turns = np.array(old.offsets, float), np.array(old.turns, float)
    parents = np.asarray(old.parents)
    moves = next((each.moves for each in rig.motions if len(each.moves) > len(parents) / 2), None)
    if rig.skin is not None and np.ptp(rig.skin.bind[:, :3, 3], axis=0).max() > 1e-6:
        local = np.linalg.inv(rig.skin.bind[np.maximum(parents, 0)]) @ rig.skin.bind
        local[0] = rig.skin.bind[0]
        offsets, turns = local[:, :3, 3], from_matrix(local[:, :3, :3])
    elif moves is not None:
        offsets[list(moves)] = [np.median(each, axis=0) for each in moves.values()]
    elif case.identity.body == "biped":
        offsets = _average(case)
    return with_skeleton(rig, replace(old, offsets=offsets, turns=turns))


def short_bones(case: Case) -> Iterator[Facts]:
    """Bones without length where the other side, or the bind pose, has them."""
    found = list(_short(case))
    if found:
        yield names(case, found)


def bones_drawn_out(case: Case) -> Rig:
    """Each such bone gets its length from the bind pose, else as the other side's mirror image."""
    rig, old = case.rig, case.rig.skeleton
    offsets, turns = np.array(old.offsets, float), rest_turns(old)
    for joint, source in _short(case).items():
        parent = int(old.parents[joint])
        if isinstance(source, int):
            beyond = case.rest[source] - case.rest[int(old.parents[source])]
            across = _across(case)
            way = beyond - 2 * (beyond @ across) * across
        else:
            way = rotate(turns[parent], source)
        offsets[joint] = rotate(inverse(turns[parent]), way)
    return with_skeleton(rig, replace(old, offsets=offsets))


def wrong_sides(case: Case) -> Iterator[Facts]:
    """Left called right."""
    if case.human and any(each.key == "identify.mirrored" for each in case.identity.remarks):
        pairs = [joint for joint, other in _exchange(case.rig.skeleton.names).items() if joint < other]
        if pairs:
            yield names(case, pairs)


def sides_exchanged(case: Case) -> Rig:
    """The names of both sides change places."""
    old = case.rig.skeleton
    other = _exchange(old.names)
    made = tuple(old.names[other.get(joint, joint)] for joint in range(len(old.names)))
    return with_skeleton(case.rig, replace(old, names=made))


def with_skeleton(rig: Rig, skeleton: Skeleton) -> Rig:
    """The same body on a skeleton of the same joints."""
    return replace(rig, skeleton=skeleton, motions=tuple(replace(each, skeleton=skeleton) for each in rig.motions))


def _exchange(own: tuple[str, ...]) -> dict[int, int]:
    """Joint -> the joint that is called the same but for its side."""
    number = {name: joint for joint, name in enumerate(own)}
    return {joint: number[other] for joint, name in enumerate(own)
            if (other := next((each for each in _others(name) if each in number), ""))}


def _others(name: str) -> Iterator[str]:
    """What a name may be on the other side."""
    for words in SIDES:
        for here, there in (words, words[::-1]):
            # a single letter is a word only where it stands alone, or before a new word
            mark = here if len(here) > 1 or not here.isascii() else (
                rf"(?<![A-Za-z]){here}(?![a-z]|[A-Z]{{2}})" if here.isupper() else
                rf"(?<![A-Za-z]){here}(?![a-z])|^{here}(?=hand|foot|toes|wrist|femur|tibia|humerus|radius|thumb|fingers|"
                r"hipjoint|clavicle)")
            made = re.sub(mark, there, name, count=1)
            if made != name:
                yield made


def _short(case: Case) -> dict[int, int | ndarray]:
    """Joint without a bone -> the joint of the other side, or its offset in the bind pose."""
    skeleton, skin = case.rig.skeleton, case.rig.skin
    long, size = np.linalg.norm(skeleton.offsets, axis=1), max(case.size, 1e-9)
    moving = {joint for motion in case.rig.motions for joint in motion.moves}
    short = [joint for joint in range(1, len(long)) if long[joint] < NONE * size and joint not in moving]
    if case.loose or not short or len(short) > EMPTY * len(long):
        return {}
    other, found = _exchange(skeleton.names), {}
    for joint in short:
        parent = int(skeleton.parents[joint])
        if skin is not None and len(skin.bind) == len(long):
            bound = (np.linalg.inv(skin.bind[parent]) @ skin.bind[joint])[:3, 3]
            if np.linalg.norm(bound) > SOME * size:
                found[joint] = bound
        elif joint in other and long[other[joint]] > SOME * size:
            found[joint] = other[joint]
    return found


def _across(case: Case) -> ndarray:
    """(3,) unit, from the body's right to its left, by where legs and arms begin."""
    joints = case.identity.joints
    pairs = [(joints[f"left{part}"], joints[f"right{part}"]) for part in ("UpperLeg", "UpperArm")
             if f"left{part}" in joints and f"right{part}" in joints]
    across = sum((case.rest[left] - case.rest[right] for left, right in pairs), np.zeros(3))
    return across / np.linalg.norm(across) if np.linalg.norm(across) > 1e-9 else np.array([1.0, 0, 0])


def _average(case: Case) -> ndarray:
    """Offsets (joints, 3) of an average adult; joints that are none of a body's lie beside the one above them."""
    old, known = case.rig.skeleton, standard(HEIGHT)
    turns, parents = rest_turns(old), np.asarray(old.parents)
    places = {known.names[joint]: place for joint, place in enumerate(_places(known))}
    human = {joint: name for name, joint in case.identity.joints.items() if name in places}
    world = np.zeros((len(parents), 3))
    for joint in range(len(parents)):
        above = world[max(parents[joint], 0)]
        below = next((places[human[each]] for each in human if _is_above(parents, joint, each)), None)
        far = above + 0.02 * HEIGHT * _onward(human, places, parents, joint)
        between = above + 0.5 * (below - above) if below is not None else far
        world[joint] = places[human[joint]] if joint in human else (
            between if joint else places["hips"] * (below is not None))
    offsets = world - np.where(parents[:, None] >= 0, world[np.maximum(parents, 0)], 0)
    return rotate(inverse(np.where(parents[:, None] >= 0, turns[np.maximum(parents, 0)], (1.0, 0, 0, 0))), offsets)


def _places(skeleton: Skeleton) -> ndarray:
    made = np.array(skeleton.offsets, float)
    for joint, parent in enumerate(np.asarray(skeleton.parents).tolist()):
        made[joint] += made[parent] if parent >= 0 else 0
    return made


def _is_above(parents: ndarray, joint: int, lower: int) -> bool:
    while lower > joint:
        lower = int(parents[lower])
    return lower == joint


def _onward(human: dict[int, str], places: dict[str, ndarray], parents: ndarray, joint: int) -> ndarray:
    """The way in which the bone above a joint goes on."""
    name = human.get(int(parents[joint]), "")
    if not name or not PARENT.get(name):
        return np.array([0, 1.0, 0])
    way = places[name] - places.get(PARENT[name], places["hips"])
    return way / max(np.linalg.norm(way), 1e-9)


SKELETON = (Ill("names", bad_names, named_anew), Ill("rest", no_rest, rest_found),
            Ill("bones", short_bones, bones_drawn_out), Ill("sides", wrong_sides, sides_exchanged))
