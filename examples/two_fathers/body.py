"""The father's body as a mesh without a skeleton: cap, jacket, trousers, shoes, arms a little away from the sides.

Parts are rods with a radius at each end, melted into one another where they are of one cloth and cut straight at hems;
the surface is drawn by surface nets (Gibson, Constrained Elastic Surface Nets, 1998) and rounded to 0.1 mm.
"""

from pathlib import Path

import numpy as np

CELL = 0.014  # metres
ARM = np.array([np.cos(np.radians(38)), -np.sin(np.radians(38)), 0.0])
SHOULDER = np.array([0.165, 1.415, -0.015])
ELBOW, WRIST, KNUCKLES = (SHOULDER + ARM * far for far in (0.285, 0.53, 0.62))

# from, to, radius at both ends, depth as a share of the width; the left side is mirrored
JACKET = (((0.055, 1.30, -0.005), (0.055, 0.80, 0.004), 0.132, 0.139, 0.76),
          ((0.075, 1.40, -0.01), (0.135, 1.405, -0.012), 0.070, 0.068, 0.9),
          ((0.0, 1.44, -0.005), (0.0, 1.475, 0.0), 0.075, 0.066, 0.95))
SLEEVE = ((SHOULDER, ELBOW, 0.069, 0.056, 1.0), (ELBOW, WRIST, 0.056, 0.047, 1.0))
TROUSERS = (((0.082, 0.92, 0.0), (0.098, 0.50, 0.004), 0.098, 0.078, 0.95),
            ((0.098, 0.50, 0.004), (0.104, 0.07, -0.012), 0.078, 0.074, 1.0))
SHOES = (((0.104, 0.045, -0.045), (0.112, 0.040, 0.11), 0.042, 0.044, 1.0),
         ((0.104, 0.10, -0.02), (0.104, 0.05, -0.01), 0.045, 0.045, 1.0))
HEAD = (((0.0, 1.45, -0.01), (0.0, 1.53, 0.005), 0.056, 0.053, 1.0),
        ((0.0, 1.565, 0.020), (0.0, 1.635, 0.0), 0.070, 0.088, 1.0),
        ((0.0, 1.578, 0.094), (0.0, 1.555, 0.103), 0.012, 0.013, 1.0),
        ((0.084, 1.60, -0.004), (0.084, 1.58, -0.006), 0.018, 0.012, 1.0))
CAP = (((0.0, 1.66, -0.004), (0.0, 1.672, -0.006), 0.104, 0.098, 1.0),
       ((0.0, 1.655, 0.06), (0.0, 1.650, 0.115), 0.065, 0.045, 1.0))
HAND = ((WRIST, KNUCKLES, 0.026, 0.034, 0.62), (KNUCKLES, WRIST + ARM * 0.175, 0.033, 0.020, 0.6),
        (WRIST + ARM * 0.03, WRIST + ARM * 0.09 + (0.0, -0.01, 0.045), 0.018, 0.012, 1.0))


COLOURS = {"jacket": (0.20, 0.25, 0.36), "trousers": (0.30, 0.30, 0.31), "shoes": (0.10, 0.09, 0.09),
           "cap": (0.16, 0.20, 0.29), "skin": (0.80, 0.66, 0.55)}  # sRGB


def write_body(path: Path) -> None:
    """Write the body as OBJ with a colour at each vertex: metres, Y up, facing +Z."""
    low, high = np.array([-0.84, -0.03, -0.22]), np.array([0.84, 1.82, 0.24])
    axes = [np.arange(a, b, CELL) for a, b in zip(low, high, strict=True)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    vertices, quads = surface(outside(points))
    vertices = settled(low + CELL * vertices).round(4) + 0.0
    nearest = np.argmin(list(parts(vertices).values()), axis=0)
    colours = np.array(list(COLOURS.values()))[nearest]
    lines = ["# the father of Two Fathers, CC0"]
    lines += ["v " + " ".join(f"{each:.4f}" for each in place) + " " + " ".join(f"{each:.2f}" for each in colour)
              for place, colour in zip(vertices, colours, strict=True)]
    lines += ["f " + " ".join(map(str, quad + 1)) for quad in quads]
    path.write_text("\n".join(lines) + "\n", encoding="ascii", newline="\n")


def outside(points: np.ndarray) -> np.ndarray:
    """How far each point is outside the body, metres, negative inside."""
    return np.minimum.reduce(list(parts(points).values()))


def settled(vertices: np.ndarray) -> np.ndarray:
    """Vertices moved onto the surface, each by half a cell at most."""
    for _ in range(3):
        slope = np.stack([outside(vertices + step) - outside(vertices - step) for step in 5e-4 * np.eye(3)], 1) / 1e-3
        move = outside(vertices)[:, None] * slope / np.maximum((slope * slope).sum(1, keepdims=True), 0.1)
        far = np.maximum(np.linalg.norm(move, axis=1, keepdims=True), 1e-9)
        vertices = vertices - move * np.minimum(1.0, 0.5 * CELL / far)
    return vertices


def parts(points: np.ndarray) -> dict[str, np.ndarray]:
    """How far each point is outside each part, metres, negative inside; in the order of COLOURS."""
    y, z = points[..., 1], points[..., 2]
    arm = np.maximum(cloth(points, SLEEVE, 0.03), np.abs(points[..., 0]) - (WRIST[0] + 0.004))
    cap = np.maximum(cloth(points, CAP, 0.012), np.where(z > 0.09, 1.646, 1.628) - y)
    return {"jacket": np.maximum(melted(cloth(points, JACKET, 0.05), arm, 0.035), 0.83 - y),
            "trousers": np.maximum(cloth(points, TROUSERS, 0.012), 0.062 - y),
            "shoes": np.maximum(cloth(points, SHOES, 0.03), 0.0 - y),
            "cap": np.maximum(cap, np.where(z > 0.085, y - 1.664, -1.0)),
            "skin": np.minimum(cloth(points, HEAD, 0.022), cloth(points, HAND, 0.014))}


def cloth(points: np.ndarray, rods: tuple, melt: float) -> np.ndarray:
    """Rods and their mirror images melted into one another."""
    found = None
    for start, end, *shape in rods:
        for side in (1.0, -1.0):
            if side < 0 and abs(start[0]) + abs(end[0]) == 0:
                continue
            one = rod(points, np.array(start) * (side, 1, 1), np.array(end) * (side, 1, 1), *shape)
            found = one if found is None else melted(found, one, melt)
    return found


def rod(points: np.ndarray, start: np.ndarray, end: np.ndarray, first: float, last: float, deep: float) -> np.ndarray:
    """Distance to a rod with a radius at each end, flattened to `deep` of its width from front to back."""
    squash = np.array([1.0, 1.0, 1.0 / deep])
    middle = np.array([0.0, 0.0, (start[2] + end[2]) / 2])
    points, start, end = ((each - middle) * squash + middle for each in (points, start, end))
    line = end - start
    share = np.clip(((points - start) @ line) / (line @ line), 0.0, 1.0)
    off = points - start - share[..., None] * line
    return np.sqrt((off * off).sum(-1)) - (first + share * (last - first))


def melted(one: np.ndarray, other: np.ndarray, melt: float) -> np.ndarray:
    """The nearer of two, with a fillet `melt` wide where they meet."""
    near = np.maximum(melt - np.abs(one - other), 0.0) / melt
    return np.minimum(one, other) - near * near * melt / 4


def surface(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Vertices (n, 3) in cells and quads (m, 4), outwards, of the surface where the values are 0."""
    corners = np.stack([values[i:values.shape[0] - 1 + i, j:values.shape[1] - 1 + j, k:values.shape[2] - 1 + k]
                        for i in (0, 1) for j in (0, 1) for k in (0, 1)])
    inside = corners < 0
    cells = inside.any(0) & ~inside.all(0)
    number = np.full(cells.shape, -1)
    number[cells] = np.arange(cells.sum())
    corners = corners[:, cells]
    total, count = np.zeros((cells.sum(), 3)), np.zeros(cells.sum())
    places = np.array([(i, j, k) for i in (0, 1) for j in (0, 1) for k in (0, 1)], float)
    for a in range(8):
        for b in range(a + 1, 8):
            if np.abs(places[a] - places[b]).sum() == 1:
                cut = (corners[a] < 0) != (corners[b] < 0)
                share = np.where(cut, corners[a] / np.where(cut, corners[a] - corners[b], 1.0), 0.0)[:, None]
                total += np.where(cut[:, None], places[a] + share * (places[b] - places[a]), 0.0)
                count += cut
    vertices = np.argwhere(cells) + total / count[:, None]
    return vertices, np.concatenate([_quads(values < 0, number, axis) for axis in range(3)])


def _quads(inside: np.ndarray, number: np.ndarray, axis: int) -> np.ndarray:
    """A quad round every edge along one axis that the surface crosses."""
    size = inside.shape[axis]
    one, two = np.take(inside, range(size - 1), axis), np.take(inside, range(1, size), axis)
    u, v = (axis + 1) % 3, (axis + 2) % 3
    edges = np.argwhere(one != two)
    out = one[tuple(edges.T)]
    made = []
    for du, dv in ((1, 1), (0, 1), (0, 0), (1, 0)):
        cell = edges.copy()
        cell[:, u] -= du
        cell[:, v] -= dv
        made.append(number[tuple(cell.T)])
    quads = np.stack(made, axis=1)
    return np.where(out[:, None], quads, quads[:, ::-1])
