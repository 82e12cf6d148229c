"""Bodies whose weights are known exactly: flesh as soft balls along the bones, a vertex hangs on each by its share.

The surface is where all flesh together is felt as 1 (Blinn, A Generalization of Algebraic Surface Drawing, TOG 1982);
the weight of a joint is its share of what is felt there. Neither surface heat nor voxel heat knows of this rule.
"""

from dataclasses import replace

import numpy as np

from marrow.bones.human import FINGERS, mirror, standard
from marrow.bones.skeleton import at_rest, fk
from marrow.rotations import about, multiply

SOFT, REACH = 2.5, 1.75  # felt: exp(SOFT - SOFT * (distance / radius)²), nothing beyond REACH radii
# owner, from, to (joints, or joint + offset), radii; body heights; the left is mirrored
FLESH = (
    ("hips", "hips", "spine", .066, .064), ("spine", "spine", "chest", .064, .068),
    ("chest", "chest", "upperChest", .070, .070), ("upperChest", "upperChest", "neck", .060, .036),
    ("neck", "neck", "head", .034, .034), ("head", "head", (0, .075, .010), .046, .056),
    ("hips", "hips", "leftUpperLeg", .062, .058), ("upperChest", "upperChest", "leftShoulder", .054, .046),
    ("chest", "chest", (.040, .04, .012), .056, .058), ("spine", "spine", (.032, .02, .006), .056, .056),
    ("leftUpperLeg", "leftUpperLeg", "leftLowerLeg", .056, .036),
    ("leftLowerLeg", "leftLowerLeg", "leftFoot", .038, .023),
    ("leftFoot", "leftFoot", "leftToes", .024, .016), ("leftFoot", "leftFoot", (0, -.026, -.016), .022, .020),
    ("leftToes", "leftToes", (.002, -.002, .034), .017, .012),
    ("leftShoulder", "leftShoulder", "leftUpperArm", .042, .036),
    ("leftUpperArm", "leftUpperArm", "leftLowerArm", .035, .026),
    ("leftLowerArm", "leftLowerArm", "leftHand", .026, .0155),
    *(("leftHand", "leftHand", f"left{finger}Proximal", .0125, .0085) for finger in FINGERS if finger != "Thumb"),
    ("leftHand", "leftHand", "leftThumbMetacarpal", .0125, .0095),
)


def body(*, height=1.75, arms=0.0, knees=0.0, broad=1.0, cell=0.0055, hands=1.0):
    """-> skeleton, vertices, faces, weights (n, joints); `arms` degrees down, `hands` their size"""
    skeleton, cones = grown(height, arms, knees, broad, hands)
    cell *= height / 1.75
    vertices, faces = surface(cones, cell)
    weights = np.zeros((len(vertices), len(skeleton.names)))
    for owner, *cone in cones:
        weights[:, owner] += felt(vertices, *cone)
    return skeleton, vertices, faces, weights / weights.sum(1, keepdims=True)


def grown(height, arms, knees, broad, hands):
    """The skeleton, and its flesh: owner, start, end, radii."""
    skeleton = standard(height)
    names = skeleton.names
    keep = [joint for joint, name in enumerate(names) if "Eye" not in name]
    number = {joint: place for place, joint in enumerate(keep)}
    offsets = skeleton.offsets.copy()
    hand = [joint for joint, name in enumerate(names) if any(finger in name for finger in FINGERS)]
    offsets[hand] *= (1, 1, 1.7)                # fingers apart, so that they do not melt into one another
    offsets[hand] *= hands
    turns = skeleton.turns.copy()
    for side, sign in (("left", 1), ("right", -1)):
        turns[names.index(f"{side}UpperArm")] = about(np.array([0, 0, -sign * 1.0]), np.radians(arms))
        turns[names.index(f"{side}LowerLeg")] = about(np.array([1.0, 0, 0]), np.radians(knees))
        turns[names.index(f"{side}UpperLeg")] = multiply(about(np.array([1.0, 0, 0]), np.radians(-knees)),
                                                         about(np.array([0, 0, sign * 1.0]), np.radians(knees / 2)))
    posed = replace(skeleton, offsets=offsets, turns=turns)
    places = dict(zip(names, fk(at_rest(posed))[0], strict=True))
    flat = replace(posed, names=tuple(names[joint] for joint in keep),
                   parents=np.array([number.get(int(skeleton.parents[joint]), -1) for joint in keep], np.int32))
    world = np.array([places[name] for name in flat.names])
    flat = replace(flat, turns=np.tile([1.0, 0, 0, 0], (len(keep), 1)),
                   offsets=np.where(flat.parents[:, None] >= 0, world - world[flat.parents], world))
    return flat, list(fleshed(flat.names, places, height, broad, hands))


def fleshed(names, places, height, broad, hands):
    fingers = []
    for finger, parts in FINGERS.items():
        chain = [f"left{finger}{part}" for part in parts]
        size = 1.15 if finger == "Thumb" else 0.85 if finger == "Little" else 1.0
        for k, joint in enumerate(chain):
            fingers.append((joint, joint, chain[k + 1] if k < 2 else None, (.0072 - .0007 * k) * size,
                            (.0066 - .0007 * k) * size))
    for owner, start, end, thick, thin in (*FLESH, *fingers):
        fine = hands if any(finger in f"{start}{end}{owner}" for finger in (*FINGERS, "Hand")) else broad
        for flip in (1, -1):
            at = [each if flip > 0 or not isinstance(each, str) else mirror(each) for each in (owner, start, end)]
            if flip < 0 and at[0] == owner and at[2] == end and (not isinstance(end, tuple) or end[0] == 0):
                continue
            first = places[at[1]]
            if end is None:
                last = first + 0.8 * (first - places[at[1].replace("Distal", "Proximal" if "Thumb" in owner else
                                                                      "Intermediate")])
            else:
                last = places[at[2]] if isinstance(end, str) else first + height * np.array(end) * (flip, 1, 1)
            yield names.index(at[0]), first, last, thick * height * fine, thin * height * fine


def felt(points, start, end, thick, thin):
    way = end - start
    share = np.clip((points - start) @ way / max(float(way @ way), 1e-12), 0, 1)
    off = points - start - share[..., None] * way
    radius = thick + share * (thin - thick)
    near = (off * off).sum(-1) / radius ** 2
    return np.where(near < REACH ** 2, np.exp(SOFT - SOFT * near), 0) + 1e-30


def surface(cones, cell):
    """Marching cubes where all is felt as 1, cells only near the surface."""
    import igl

    ends = np.array([(start, end) for _, start, end, *_ in cones]).reshape(-1, 3)
    wide = max(cone[3] for cone in cones) * REACH
    low = ends.min(0) - wide
    shape = np.ceil((ends.max(0) + wide - low) / cell).astype(int) + 1
    field = np.zeros(shape, np.float32)
    for _, start, end, thick, thin in cones:
        reach = REACH * max(thick, thin)
        first = np.maximum(((np.minimum(start, end) - reach - low) / cell).astype(int), 0)
        last = np.minimum(((np.maximum(start, end) + reach - low) / cell).astype(int) + 2, shape)
        box = tuple(slice(a, b) for a, b in zip(first, last, strict=True))
        axes = (low[k] + cell * np.arange(first[k], last[k]) for k in range(3))
        grid = np.stack(np.meshgrid(*axes, indexing="ij"), -1)
        field[box] += felt(grid, start, end, thick, thin)
    flat = np.log(np.maximum(field, 1e-12))  # nearly linear across the surface: smoother vertices
    corners = np.stack(np.meshgrid(*(np.arange(2),) * 3, indexing="ij"), -1).reshape(-1, 3)
    inside = flat > 0
    parts = [inside[tuple(slice(c, side - 1 + c) for c, side in zip(corner, shape, strict=True))] for corner in corners]
    first = np.argwhere(np.logical_or.reduce(parts) & ~np.logical_and.reduce(parts))
    order = corners[[0, 4, 6, 2, 1, 5, 7, 3]]  # as igl counts the corners of a cell
    index = np.ravel_multi_index((first[:, None] + order).reshape(-1, 3).T, shape).reshape(-1, 8)
    used, back = np.unique(index, return_inverse=True)
    grid = low + cell * np.stack(np.unravel_index(used, shape), 1)
    vertices, faces, _ = igl.marching_cubes(flat.ravel()[used].astype(float), grid, back.reshape(-1, 8), 0.0)
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    turned = faces if (a * np.cross(b, c)).sum() > 0 else faces[:, ::-1]
    return vertices, np.ascontiguousarray(turned)
