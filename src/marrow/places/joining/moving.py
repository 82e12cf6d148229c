"""A cloud carried by a rigid motion, with all that has a direction."""

from dataclasses import replace

import numpy as np
from numpy import ndarray

from marrow.draw.harmonics import splats_turned
from marrow.media import Cloud


def carried(cloud: Cloud, motion: ndarray, origin: ndarray | None = None) -> Cloud:
    """Turn and shift a cloud.

    motion    (4, 4) float64 there_from_here, rigid, between worlds: it counts origins too
    origin    (3,) float64 on which the points shall stand; None: where the old origin comes to lie, rounded to metres
    test      there and back is the same; a place far from zero keeps its millimetres
    """
    lands = motion[:3, :3] @ cloud.origin + motion[:3, 3]
    origin = np.round(lands) if origin is None else origin
    points = along(cloud.points, motion[:3, :3]) + (lands - origin)
    normals = None if cloud.normals is None else along(cloud.normals, motion[:3, :3]).astype(np.float32)
    splats = cloud.splats and splats_turned(cloud.splats, motion[:3, :3])
    return replace(cloud, points=points.astype(np.float32), origin=origin, normals=normals, splats=splats)


def along(spots: ndarray, turn: ndarray) -> ndarray:
    """Positions or directions (n, 3) turned by a matrix (3, 3): float64, the same on every machine."""
    x, y, z = spots.astype(np.float64).T
    return np.stack([row[0] * x + row[1] * y + row[2] * z for row in turn], axis=1)


def after(motion: ndarray, spots: ndarray) -> ndarray:
    """Positions (n, 3) carried by a rigid motion (4, 4)."""
    return along(spots, motion[:3, :3]) + motion[:3, 3]
