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


def placed(cloud: Cloud, spots: ndarray) -> ndarray:
    """Places (..., 3) in the numbers of the cloud's first file, in the studio's world: float64 metres, Y up."""
    file = first_source(cloud)
    return axes.upright(np.asarray(spots, np.float64) * file.unit, file.axes)


def stood(cloud: Cloud, up: Literal["file", "y", "z"]) -> Cloud:
    """A cloud whose file was taken to have another axis up than it has, set right; "file" changes nothing.

    test    a z-up file read as y-up is the same cloud as one read as z-up
    """
    file = first_source(cloud)
    if up in ("file", file.axes):
        return cloud

    def again(places: ndarray) -> ndarray:
        return axes.upright(axes.lowered(places, file.axes), up)

    splats = cloud.splats and harmonics.splats_turned(cloud.splats, again(np.eye(3)).T)
    return replace(cloud, points=again(cloud.points), splats=splats, origin=again(cloud.origin),
                   normals=None if cloud.normals is None else again(cloud.normals),
                   sources=tuple(replace(each, axes=up) for each in cloud.sources or (file,)))
