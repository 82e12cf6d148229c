"""Form from depth alone: light for clouds that have no normals. Smooth, and the same at every resolution.

    edges      eye-dome lighting: what lies behind its neighbours is darker, so outlines and folds stand out
    ambient    ambient occlusion: corners and crevices get less of the sky's light

Both give factors (height, width) float32 for the light of an `Exposure`, 1 in the open; each pixel looks at a fixed
ring of others, so nothing flickers that the depth itself does not do.
"""

import numpy as np
from numpy import ndarray

from marrow.draw import exact

NEAR = 1 / 540          # of the picture's height: the reach of the finest ring
STEEP = 0.12            # log2 of the depth: what lies deeper behind counts no more than that
RINGS = 1, 2, 4         # times NEAR
ROUND = ((1.0, 0.0), (0.7071, 0.7071), (0.0, 1.0), (-0.7071, 0.7071), (-1.0, 0.0), (-0.7071, -0.7071), (0.0, -1.0),
         (0.7071, -0.7071))
BIAS = 0.1              # of the reach: what rises less above a pixel hides nothing of its sky
WIDE = 1.0, 0.62, 0.3   # of the reach: the rings of ambient occlusion


def edges(depth: ndarray, strength: float = 1.0) -> ndarray:
    """Darken what lies behind its neighbours.

    depth       (height, width) metres, infinite where nothing is
    strength    1 darkens the foot of a high step to a quarter
    source      Boucheny, Visualisation scientifique de grands volumes de données, 2009
    test        an even wall that faces the camera stays 1; a step darkens its far side only
    """
    known = np.isfinite(depth)
    with np.errstate(divide="ignore", invalid="ignore"):
        log = exact.log(np.where(known, depth, 1.0).astype(np.float32)) * np.float32(1.442695)
    total = np.zeros(depth.shape, np.float32)
    for ring in RINGS:
        for column, row in ROUND:
            reach = max(1, round(NEAR * ring * len(depth)))
            step = round(row * reach), round(column * reach)
            behind = np.clip(log - _moved(log, step), 0, np.float32(STEEP))
            total += np.where(_moved(known, step) & known, behind, 0)
    share = total / np.float32(STEEP * len(RINGS) * len(ROUND))
    return exact.exp(np.float32(-2.77 * strength) * share)


def ambient(depth: ndarray, focal: float, reach: float) -> ndarray:
    """How much of the sky over its surface each pixel sees.

    depth      (height, width) metres, infinite where nothing is
    focal      pixels, as `Camera.focal`
    reach      metres: what is farther away hides nothing
    source     horizon-based ambient occlusion: Bavoil, Sainz, Dimitrov, SIGGRAPH 2008
    test       an even wall, straight or aslant, stays 1; the corner of two walls is darker than the walls
    """
    known = np.isfinite(depth)
    far = np.where(known, depth, np.float32(1e9)).astype(np.float32)
    height, width = depth.shape
    rows, columns = np.mgrid[:height, :width].astype(np.int32)
    total = np.zeros(depth.shape, np.float32)
    for share in WIDE:
        radius = np.clip(np.float32(focal * reach * share) / far, 1, height / 6)
        for column, row in ROUND[:4]:
            ends = [_looked(far, rows, columns, radius * np.float32(way * row), radius * np.float32(way * column))
                    for way in (1, -1)]
            # two opposite neighbours: on a plane one is as much nearer as the other is farther, in 1 / depth
            fold = (1 / ends[0] + 1 / ends[1]) * far * far / 2 - far
            total += np.clip(fold / np.float32(reach) - np.float32(BIAS), 0, np.float32(1)) * _near(far, ends, reach)
    return np.where(known, 1 / (1 + total / np.float32(1.5)), 1).astype(np.float32)


def _near(far: ndarray, ends: list[ndarray], reach: float) -> ndarray:
    """1 where two neighbours are within reach, falling to 0 where one stands far before or behind."""
    away = np.maximum(np.abs(ends[0] - far), np.abs(ends[1] - far))
    return np.clip(2 - away / np.float32(2 * reach), 0, 1)


def _looked(field: ndarray, rows: ndarray, columns: ndarray, down: ndarray, right: ndarray) -> ndarray:
    """The field at other pixels, so far away from each; beyond the border its last."""
    row = np.clip(rows + np.rint(down).astype(np.int32), 0, field.shape[0] - 1)
    column = np.clip(columns + np.rint(right).astype(np.int32), 0, field.shape[1] - 1)
    return field[row, column]


def _moved(field: ndarray, step: tuple[int, int]) -> ndarray:
    """The field at the pixels so many rows and columns further; beyond the border its last."""
    reach = max(abs(step[0]), abs(step[1]))
    wide = np.pad(field, reach, mode="edge")
    top, left = reach + step[0], reach + step[1]
    return wide[top:top + field.shape[0], left:left + field.shape[1]]
