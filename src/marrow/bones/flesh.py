"""A body around a skeleton: one closed, smooth surface, the same for the same bones; made, not scanned.

Every bone carries a tube whose ends have the thickness of an average adult there; tubes melt into one another. Used
to draw bodies that have no mesh, and as material that anybody may keep (CC0).
"""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy import ndarray

from marrow.media import Mesh

# from, to (VRM joints, or joint + offset), radius at both ends; everything in body heights. The left is mirrored.
TRUNK = (
    ("hips", (.026, .000, -.002), "spine", (.026, .025, .004), .058, .054),
    ("hips", (.000, -.020, .006), "spine", (.000, .025, .014), .050, .046),
    ("spine", (.026, .010, .006), "chest", (.032, .010, .006), .053, .054),
    ("chest", (.032, .000, .006), "upperChest", (.040, .030, .008), .055, .050),
    ("chest", (.000, .000, .014), "upperChest", (.000, .030, .016), .050, .046),
    ("upperChest", (.036, .052, .000), "leftUpperArm", (-.016, .004, .000), .046, .036),
    ("upperChest", (.000, .070, -.004), "neck", (.000, .005, .000), .046, .035),
    ("neck", (.0, .0, .0), "head", (.0, .03, .006), .034, .031),
    ("hips", (.034, -.020, -.016), "leftUpperLeg", (.004, -.040, -.008), .050, .050),
)
SKULL = (
    ("head", (.0, .072, -.004), "head", (.0, .070, .010), .052, .050),
    ("head", (.0, .056, .016), "head", (.0, .018, .036), .042, .024),
    ("head", (.0, .056, .060), "head", (.0, .042, .068), .006, .008),
)
LIMBS = (
    ("leftUpperLeg", (.006, .000, .000), "leftLowerLeg", (.000, .010, .002), .055, .034),
    ("leftLowerLeg", (.000, .030, .002), "leftLowerLeg", (.000, -.040, .002), .031, .029),
    ("leftLowerLeg", (.000, .000, .000), "leftFoot", (.000, .010, .000), .033, .020),
    ("leftLowerLeg", (.000, -.040, -.009), "leftLowerLeg", (.000, -.100, -.010), .030, .023),
    ("leftFoot", (.000, .000, .000), "leftFoot", (.000, -.016, -.016), .023, .024),
    ("leftFoot", (.000, -.006, .006), "leftToes", (.000, .004, -.006), .024, .018),
    ("leftFoot", (.002, -.020, .000), "leftToes", (.002, .002, .000), .020, .018),
    ("leftToes", (-.006, .002, .000), "leftToes", (-.005, -.001, .030), .016, .012),
    ("leftToes", (.008, .001, -.004), "leftToes", (.006, -.002, .022), .015, .011),
    ("leftShoulder", (.030, .000, .000), "leftUpperArm", (.004, -.004, .000), .030, .036),
    ("leftUpperArm", (.000, -.002, .000), "leftLowerArm", (.000, .000, .000), .033, .024),
    ("leftLowerArm", (-.010, .000, .000), "leftLowerArm", (.040, .000, .000), .0245, .0265),
    ("leftLowerArm", (.030, .000, .000), "leftHand", (-.004, .000, .000), .0265, .0150),
)
PALM = .0118        # radius of the palm's rays
FINGER = (.0072, .0066, .0058, .0050)  # radius at the knuckles and the tip
MELT = 0.75         # how far tubes melt into one another, shares of the thinner one's radius
FINE = 0.0045       # edge of a cell, body heights


def flesh(places: Mapping[str, ndarray], tall: float) -> Mesh:
    """Make a body around the joints of a T-pose.

    places     VRM joint -> (3,) world, a body that stands upright and faces +Z
    tall       its height, metres
    returns    one closed surface, normals outwards
    test       watertight; every joint lies inside; mirrored joints give the mirrored body
    """
    import igl

    tubes = list(_tubes(places, tall))
    cell = FINE * tall
    ends = np.array([(start, end) for start, end, *_ in tubes]).reshape(-1, 3)
    low = ends.min(0) - 0.08 * tall
    shape = np.ceil((ends.max(0) + 0.08 * tall - low) / cell).astype(int) + 1
    field = np.full(shape, np.float32(0.05 * tall))
    for start, end, thick, thin in tubes:
        _melt(field, low, cell, start, end, thick, thin)
    near = np.abs(field) < 2.0 * cell
    corners = np.stack(np.meshgrid(*(np.arange(2),) * 3, indexing="ij"), -1).reshape(-1, 3)
    cells = np.logical_or.reduce([near[tuple(slice(c, side - 1 + c) for c, side in zip(corner, shape, strict=True))]
                                  for corner in corners])
    first = np.argwhere(cells)
    order = corners[[0, 4, 6, 2, 1, 5, 7, 3]]  # as igl counts the corners of a cell
    index = np.ravel_multi_index((first[:, None] + order).reshape(-1, 3).T, shape).reshape(-1, 8)
    used, back = np.unique(index, return_inverse=True)
    grid = low + cell * np.stack(np.unravel_index(used, shape), 1)
    vertices, faces, _ = igl.marching_cubes(field.ravel()[used].astype(float), grid, back.reshape(-1, 8), 0.0)
    return Mesh(vertices.astype(np.float32), _outwards(vertices, faces.astype(np.int32)))


def _tubes(places: Mapping[str, ndarray], tall: float) -> Iterator[tuple[ndarray, ndarray, float, float]]:
    """Start, end (world) and the radii there, of every tube of both sides."""
    for mirror in (1.0, -1.0):
        def joint(name: str, side: float = mirror) -> ndarray | None:
            return places.get(name if side > 0 else name.replace("left", "right"))

        flip = np.array([mirror, 1.0, 1.0])
        for start, off, end, out, thick, thin in (*TRUNK, *SKULL, *LIMBS):
            first, last = joint(start), joint(end)
            if first is not None and last is not None:
                yield first + tall * flip * off, last + tall * flip * out, thick * tall, thin * tall
        yield from _fingers(joint, tall)


def _fingers(joint: object, tall: float) -> Iterator[tuple[ndarray, ndarray, float, float]]:
    from marrow.bones.human import FINGERS

    for finger, parts in FINGERS.items():
        chain = [joint(f"left{finger}{part}") for part in parts]
        hand = joint("leftHand")
        if hand is None or any(each is None for each in chain):
            continue
        tip = chain[2] + 0.85 * (chain[2] - chain[1])
        wide = 1.12 if finger == "Thumb" else 1.0
        if finger != "Thumb":
            yield hand + 0.12 * (chain[0] - hand), chain[0], PALM * tall, 0.92 * PALM * tall
        else:
            yield hand, chain[0], PALM * tall, PALM * tall
        for number, (start, end) in enumerate(zip(chain, [*chain[1:], tip], strict=True)):
            yield start, end, wide * FINGER[number] * tall, wide * FINGER[number + 1] * tall


def _melt(field: ndarray, low: ndarray, cell: float, start: ndarray, end: ndarray, thick: float, thin: float) -> None:
    """Add one tube to a field of distances, in the box around it."""
    reach = max(thick, thin) * (1 + MELT) + 2 * cell
    first = np.maximum(((np.minimum(start, end) - reach - low) / cell).astype(int), 0)
    last = np.minimum(((np.maximum(start, end) + reach - low) / cell).astype(int) + 2, field.shape)
    box = tuple(slice(a, b) for a, b in zip(first, last, strict=True))
    x, y, z = (low[axis] + cell * np.arange(first[axis], last[axis]) for axis in range(3))
    x, y, z = x[:, None, None] - start[0], y[None, :, None] - start[1], z[None, None, :] - start[2]
    way = end - start
    long = max(float(way @ way), 1e-12)
    share = np.clip((x * way[0] + y * way[1] + z * way[2]) / long, 0, 1)
    gap = np.sqrt((x - share * way[0]) ** 2 + (y - share * way[1]) ** 2 + (z - share * way[2]) ** 2)
    tube = (gap - (thick + share * (thin - thick))).astype(np.float32)
    soft = min(MELT * min(thick, thin), 0.4 * float(np.sqrt(long)) + 0.2 * min(thick, thin))
    old = field[box]
    mixed = np.maximum(soft - np.abs(old - tube), 0) / soft
    field[box] = np.minimum(old, tube) - mixed * mixed * np.float32(soft / 4)


def _outwards(vertices: ndarray, faces: ndarray) -> ndarray:
    """The faces, turned over if their volume is negative."""
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    return faces if np.einsum("ij,ij->", a, np.cross(b, c)) > 0 else faces[:, ::-1].copy()
