"""What is done with clouds as wholes: turned, taken apart, put together."""

from dataclasses import replace
from typing import Literal

import numpy as np
from numpy import ndarray

from marrow.draw import axes, harmonics
from marrow.media import Cloud, Source, Splats

PER_POINT = ("colours", "normals", "intensity", "confidence", "time", "labels", "source")


def taken(cloud: Cloud, which: ndarray) -> Cloud:
    """Some points of a cloud with all that is known of them.

    which    (k,) indices, or (n,) bool
    """
    fields = {name: None if (value := getattr(cloud, name)) is None else value[which] for name in PER_POINT}
    splats = cloud.splats and Splats(cloud.splats.scales[which], cloud.splats.turns[which],
                                     cloud.splats.opacity[which], cloud.splats.harmonics[which])
    return replace(cloud, points=cloud.points[which], splats=splats, **fields)


def first_source(cloud: Cloud) -> Source:
    """The file in whose numbers a director writes: the first one, or the studio's own numbers."""
    return cloud.sources[0] if cloud.sources else Source("")


def placed(file: Source, spots: ndarray) -> ndarray:
    """Places (..., 3) in the numbers of a file, in the studio's world: float64 metres, Y up.

    test    a levelled scan's way-points lie on it as before; unplaced(placed(spots)) = spots
    """
    stands = standing(file, spots)
    return after(motion_of(file), stands.reshape(-1, 3)).reshape(stands.shape) if file.motion else stands


def standing(file: Source, spots: ndarray) -> ndarray:
    """Places (..., 3) in the numbers of a file where they stood when it was read: as `squarely` has its points."""
    return axes.upright(np.asarray(spots, np.float64) * file.unit, file.axes)


def unplaced(file: Source, spots: ndarray) -> ndarray:
    """Places (..., 3) float64 in the studio's world, in the numbers of a file: what `placed` placed."""
    if file.motion:
        spots = after(inverse(motion_of(file)), spots.reshape(-1, 3)).reshape(spots.shape)
    return axes.lowered(spots, file.axes) / file.unit


def squarely(cloud: Cloud) -> tuple[ndarray, ndarray]:
    """The points (n, 3) and their origin (3,) as they stood when the first file was read: its boxes lie along the axes.

    test    as they are where nothing was carried
    """
    file = first_source(cloud)
    if not file.motion:
        return cloud.points, cloud.origin
    back = inverse(motion_of(file))
    return along(cloud.points, back[:3, :3]), after(back, cloud.origin[None])[0]


def bounds(cloud: Cloud) -> tuple[ndarray, ndarray]:
    """The least and greatest of each of the first file's own numbers: (3,) and (3,)."""
    file, (points, origin) = first_source(cloud), squarely(cloud)
    corners = np.stack([points.min(0), points.max(0)]).astype(np.float64) + origin
    turned = axes.lowered(corners, file.axes) / file.unit
    return turned.min(0), turned.max(0)


def motion_of(file: Source) -> ndarray:
    """How a file's points were carried since: (4, 4) float64."""
    made = np.eye(4)
    if file.motion:
        made[:3] = np.reshape(file.motion, (3, 4))
    return made


def inverse(motion: ndarray) -> ndarray:
    """The rigid motion (4, 4) back."""
    made = np.eye(4)
    made[:3, :3] = motion[:3, :3].T
    made[:3, 3] = -(motion[:3, :3].T @ motion[:3, 3])
    return made


def carried(cloud: Cloud, motion: ndarray, origin: ndarray | None = None) -> Cloud:
    """Turn and shift a cloud; its files' numbers go with it.

    motion    (4, 4) float64 there_from_here, rigid, between worlds: it counts origins too
    origin    (3,) float64 on which the points shall stand; None: where the old origin comes to lie, rounded to metres
    test      there and back is the same; a place far from zero keeps its millimetres
    """
    lands = motion[:3, :3] @ cloud.origin + motion[:3, 3]
    origin = np.round(lands) if origin is None else origin
    points = along(cloud.points, motion[:3, :3]) + (lands - origin)
    normals = None if cloud.normals is None else along(cloud.normals, motion[:3, :3]).astype(np.float32)
    splats = cloud.splats and harmonics.splats_turned(cloud.splats, motion[:3, :3])
    sources = tuple(replace(each, motion=_rows(motion @ motion_of(each)))
                    for each in cloud.sources or (Source(""),))
    return replace(cloud, points=points.astype(np.float32), origin=origin, normals=normals, splats=splats,
                   sources=sources)


def along(spots: ndarray, turn: ndarray) -> ndarray:
    """Positions or directions (n, 3) turned by a matrix (3, 3): float64, the same on every machine."""
    x, y, z = spots.astype(np.float64).T
    return np.stack([row[0] * x + row[1] * y + row[2] * z for row in turn], axis=1)


def after(motion: ndarray, spots: ndarray) -> ndarray:
    """Positions (n, 3) carried by a rigid motion (4, 4)."""
    return along(spots, motion[:3, :3]) + motion[:3, 3]


def stood(cloud: Cloud, up: Literal["file", "y", "z"]) -> Cloud:
    """A cloud whose file was taken to have another axis up than it has, set right; "file" changes nothing.

    test    a z-up file read as y-up is the same cloud as one read as z-up
    """
    file = first_source(cloud)
    if up in ("file", file.axes):
        return cloud

    def again(places: ndarray) -> ndarray:
        return axes.upright(axes.lowered(places, file.axes), up)

    turn = again(np.eye(3)).T
    splats = cloud.splats and harmonics.splats_turned(cloud.splats, turn)
    return replace(cloud, points=again(cloud.points), splats=splats, origin=again(cloud.origin),
                   normals=None if cloud.normals is None else again(cloud.normals),
                   sources=tuple(_stood(each, file.axes, up, turn) for each in cloud.sources or (file,)))


def _stood(file: Source, was: str, up: Literal["y", "z"], turn: ndarray) -> Source:
    """A source after its points were turned: one that stood as the first has the other axes, another is carried."""
    whole = np.eye(4)
    whole[:3, :3] = turn
    if file.axes != was:
        return replace(file, motion=_rows(whole @ motion_of(file)))
    return replace(file, axes=up, motion=_rows(whole @ motion_of(file) @ whole.T) if file.motion else ())


def _rows(motion: ndarray) -> tuple[float, ...]:
    return tuple(motion[:3].ravel().tolist())
