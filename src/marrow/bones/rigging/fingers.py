"""Fingers: found as the ends that a hand branches into, named by where they sit about the thumb."""

from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from marrow.bones.human import FINGERS
from marrow.bones.rigging.solid import Paths, Solid, filled

FINE = 64, 88    # cubes along a hand; the finer ones are asked where five fingers were not found
FOREARM = 0.22   # of the hand's length: so much of the arm is looked at with it
SHORTEST = 0.14  # of the hand's length: what sticks out less is no finger
# of the visible finger's length, from its tip: where the joints are, the innermost first
PLACES = {"Thumb": (1.75, 0.98, 0.46), "": (1.27, 0.66, 0.30)}
ORDER = ("Index", "Middle", "Ring", "Little")


@dataclass(eq=False)
class Branch:
    """One end of a hand: middles of its slices from the tip inwards, a cube of it, how far out it begins and ends."""

    line: list
    seed: tuple
    tip: float
    web: float = 0.0

    def at(self, distance: float) -> ndarray:
        """A point so far from the tip; beyond the web it goes straight on."""
        line = np.array(self.line)
        gone = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
        gone = gone + 0.5 * (gone[1] if len(gone) > 1 else 0)
        if distance <= gone[-1] or len(line) < 3:
            return np.array([np.interp(distance, gone, line[:, axis]) for axis in range(3)])
        way = line[-1] - line[len(line) // 3]
        return line[-1] + way / max(float(np.linalg.norm(way)), 1e-9) * (distance - gone[-1])


def finger_joints(vertices: ndarray, faces: ndarray, wrist: ndarray, tip: ndarray) -> dict[str, ndarray]:
    """The joints of the fingers that a hand shows, by VRM's names without the side; {} for a fist or a stump.

    vertices, faces    of the whole body
    wrist, tip         (3,) the wrist joint and the end of the longest finger
    test               capsules on a ball: as many fingers as there are, the thumb where it is
    """
    branches: list[Branch] = []
    for fine in FINE:
        solid = _hand(vertices, faces, wrist, tip, fine)
        found = _branches(solid, wrist, tip) if solid else []
        branches = max(branches, found, key=len)
        if len(branches) == 5:
            break
    joints: dict[str, ndarray] = {}
    for name, branch in _named(branches, wrist, tip).items():
        long = branch.tip - branch.web
        shares = PLACES.get(name, PLACES[""])
        for part, share in zip(FINGERS[name], shares, strict=True):
            joints[name + part] = branch.at(share * long)
        if name == "Thumb":
            joints[name + "Metacarpal"] = 0.5 * joints[name + "Metacarpal"] + 0.5 * (
                wrist + 0.22 * (joints[name + "Proximal"] - wrist))
    return joints


def _hand(vertices: ndarray, faces: ndarray, wrist: ndarray, tip: ndarray, fine: int) -> Solid | None:
    """The cubes of a hand and the end of its forearm."""
    from scipy import ndimage

    long = float(np.linalg.norm(tip - wrist))
    way = (tip - wrist) / max(long, 1e-9)
    middle = wrist + 0.5 * long * way
    around = 0.8 * long * np.array([[-1.0], [1.0]])
    near = (np.abs(vertices - middle) < 0.95 * long).all(1)
    part = faces[near[faces].any(1)]
    if len(part) < 4:
        return None
    inside = filled(vertices, faces, fine, box=middle + around, near=part, shell=False)
    places = inside.places()
    beyond = places[(places - wrist) @ way > -(FOREARM + 0.04) * long]
    if not len(beyond):
        return None
    cells = inside.cells(beyond)
    held = np.zeros_like(inside.inside)
    held[tuple(cells.T)] = True
    pieces = ndimage.label(held, np.ones((3, 3, 3)))[0]
    palm = cells[((beyond - wrist - 0.2 * long * way) ** 2).sum(1).argmin()]
    return Solid(pieces == pieces[tuple(palm)], inside.corner, inside.cube)


def _branches(solid: Solid, wrist: ndarray, tip: ndarray) -> list[Branch]:
    """Ends of a hand: pieces that appear, coming from afar towards the wrist, and last until they join a longer one."""
    from scipy import ndimage

    paths = Paths(solid)
    places = solid.places()
    long = float(np.linalg.norm(tip - wrist))
    way = (tip - wrist) / max(long, 1e-9)
    start = np.flatnonzero((places - wrist) @ way < (0.04 - FOREARM) * long)
    if not len(start):
        return []
    far = paths.lengths(start)
    far[~np.isfinite(far)] = 0
    step = 1.5 * solid.cube
    living: list[Branch] = []
    ended: list[Branch] = []
    for level in np.arange(far.max() - step, 0.1 * long, -step):
        above = np.zeros(solid.inside.shape, bool)
        above[tuple(paths.index[far >= level].T)] = True
        pieces = ndimage.label(above, np.ones((3, 3, 3)))[0]
        slab = (far >= level) & (far < level + step)
        mine = pieces[tuple(paths.index[slab].T)]
        for piece in np.unique(mine):
            line = places[slab][mine == piece].mean(0)
            inner = [each for each in living if pieces[each.seed] == piece]
            if not inner:
                seed = tuple(paths.index[slab][mine == piece][0])
                living.append(Branch([line], seed, float(far[slab][mine == piece].max())))
                continue
            longest = max(inner, key=lambda each: each.tip)
            for each in inner:
                if each is not longest:
                    each.web = level
                    living.remove(each)
                    ended.append(each)
                    if each.tip - level > SHORTEST * long and not longest.web:
                        longest.web = level
            if not longest.web:
                longest.line.append(line)
    lasting = [each for each in ended + living if each.web and each.tip - each.web > SHORTEST * long]
    return sorted(lasting, key=lambda each: each.web - each.tip)[:5]


def _named(branches: list[Branch], wrist: ndarray, tip: ndarray) -> dict[str, Branch]:
    """Which end is which finger: the thumb leaves the hand nearest the wrist, the others follow from it across."""
    if len(branches) < 2:
        return {}
    way = (tip - wrist) / max(float(np.linalg.norm(tip - wrist)), 1e-9)
    bases = np.array([branch.line[-1] for branch in branches])
    along = (bases - wrist) @ way
    thumb = int(along.argmin())
    rest = [number for number in range(len(branches)) if number != thumb]
    across = bases[rest].mean(0) - bases[thumb]
    across = across - (across @ way) * way
    ordered = sorted(rest, key=lambda number: (bases[number] - bases[thumb]) @ across)
    return {"Thumb": branches[thumb], **{name: branches[number] for name, number in zip(ORDER, ordered, strict=False)}}


def mirrored(joints: dict[str, ndarray], theirs: tuple[ndarray, ndarray], ours: tuple[ndarray, ndarray],
             vertices: ndarray, faces: ndarray) -> dict[str, ndarray]:
    """The fingers of one hand on the other one, {} where that has no flesh for most of them.

    joints          of the hand that shows them
    theirs, ours    wrist and finger tip of that hand and of this one, bodies mirrored at x = 0
    """
    import igl

    flip = np.array([-1.0, 1.0, 1.0])
    wrist, tip = ours
    before, after = (theirs[1] - theirs[0]) * flip, tip - wrist
    size = np.linalg.norm(after) / max(float(np.linalg.norm(before)), 1e-9)
    before, after = before / np.linalg.norm(before), after / np.linalg.norm(after)
    axis, cosine = np.cross(before, after), float(before @ after)
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    turn = np.eye(3) + cross + cross @ cross / max(1 + cosine, 1e-6)
    made = {name: wrist + turn @ ((place - theirs[0]) * flip) * size for name, place in joints.items()}
    inside = np.abs(igl.fast_winding_number(np.ascontiguousarray(vertices), np.ascontiguousarray(faces, np.int64),
                                            np.array(list(made.values())))) > 0.5
    return made if inside.mean() > 0.7 else {}
