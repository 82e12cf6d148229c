"""A body of capsules around the points of a pose: what depth is drawn from where there is no mesh."""

import numpy as np
from numpy import ndarray

from marrow.bones.drawing.landmarks import Landmarks

ROUND, RINGS = 20, 5  # corners around a capsule, rings of each of its two caps
# Points of the body (OpenPose's order; 18, 19 toes left and right; 20, 21 knuckles; 22 middle of the head; 23 of the
# hips) and the radius at both ends, body heights.
TUBES = ((2, 5, .040, .040), (2, 8, .058, .054), (5, 11, .058, .054), (1, 23, .062, .060), (8, 11, .058, .058),
         (1, 22, .034, .034), (22, 0, .058, .036), (22, 22, .066, .066),
         (2, 3, .031, .025), (3, 4, .025, .016), (4, 21, .018, .016), (5, 6, .031, .025), (6, 7, .025, .016),
         (7, 20, .018, .016), (8, 9, .054, .035), (9, 10, .035, .022), (10, 19, .024, .016), (11, 12, .054, .035),
         (12, 13, .035, .022), (13, 18, .024, .016))


def capsules(marks: Landmarks, frame: int) -> tuple[ndarray, ndarray]:
    """The triangles of one pose.

    returns    vertices (n, 3) world, faces (m, 3); the faces are the same in every frame
    """
    points = np.concatenate([marks.body[frame], marks.toes[frame], marks.hands[frame][:, 9],
                             marks.body[frame, [14, 15, 16, 17]].mean(0, keepdims=True),
                             marks.body[frame, [8, 11]].mean(0, keepdims=True)])
    circle, rows, ahead = _unit()
    vertices, faces = [], []
    for number, (start, end, thick, thin) in enumerate(TUBES):
        a, b = points[start], points[end]
        if not (np.isfinite(a).all() and np.isfinite(b).all()):
            continue
        along = b - a
        axis = along / max(float(np.linalg.norm(along)), 1e-9) if start != end else np.array([0, 1.0, 0])
        side = np.cross(axis, np.eye(3)[np.abs(axis).argmin()])
        side /= np.linalg.norm(side)
        other = np.cross(axis, side)
        radius = marks.tall * np.where(ahead, thin, thick)
        middle = np.where(ahead[:, None], b, a) + (rows[:, 1] * radius)[:, None] * axis
        ring = (rows[:, 0] * radius)[:, None, None] * (circle[:, :1] * side + circle[:, 1:] * other)
        vertices.append((middle[:, None] + ring).reshape(-1, 3))
        faces.append(number)
    count = len(rows) * ROUND
    made = [_faces(len(rows)) + count * number for number in range(len(faces))]
    return np.concatenate(vertices), np.concatenate(made)


def _unit() -> tuple[ndarray, ndarray, ndarray]:
    """A circle (ROUND, 2); how wide and how far along each ring is (2 * RINGS, 2); whether it is of the far end."""
    turn = np.linspace(0, 2 * np.pi, ROUND, endpoint=False)
    rise = np.linspace(0, np.pi / 2, RINGS)
    far = np.column_stack([np.cos(rise), np.sin(rise)])
    rows = np.concatenate([far[::-1] * (1, -1), far])
    return np.column_stack([np.cos(turn), np.sin(turn)]), rows, np.arange(2 * RINGS) >= RINGS


def _faces(rings: int) -> ndarray:
    ring, corner = np.meshgrid(np.arange(rings - 1), np.arange(ROUND), indexing="ij")
    a, b = ring * ROUND + corner, ring * ROUND + (corner + 1) % ROUND
    return np.stack([np.stack([a, b, b + ROUND], -1), np.stack([a, b + ROUND, a + ROUND], -1)]).reshape(-1, 3)
