"""Clouds written as the PLY that other programs expect: numbers in the axes and the unit of their source."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from marrow.contents import Remark
from marrow.draw import axes, colour
from marrow.forms import splats
from marrow.forms.ply import write_points
from marrow.media import Cloud
from marrow.places.clouds import first_source

EXACT = 2**24  # whole numbers up to here are exact in a float32
ALONE = {"intensity": "intensity", "confidence": "confidence", "time": "gps_time", "labels": "label"}


def write_ply(cloud: Cloud, path: Path) -> tuple[Remark, ...]:
    """A cloud as binary PLY: x y z, red green blue as 8-bit sRGB, normals, and what else is known.

    Coordinates are doubles where the place is not at zero or was measured in another unit. Comments say the axes, the
    unit and the coordinate system, so that Marrow reads it as it was. Splats are written as 3DGS does.
    returns    what is lost
    test       read again: counts and colours equal, places within 1e-6 of the largest distance from the origin
    """
    source = first_source(cloud)
    if cloud.splats is not None:
        source = replace(source, axes="rdf", unit=1.0)
    places = axes.lowered(cloud.points, source.axes)
    if cloud.origin.any() or source.unit != 1:
        places = (axes.lowered(cloud.origin, source.axes) + places.astype(np.float64)) / source.unit
    columns = dict(zip("xyz", places.T, strict=True))
    if cloud.splats is not None:
        columns |= splats.to_columns(cloud.splats)
    elif cloud.colours is not None:
        columns |= zip(("red", "green", "blue"), colour.srgb(cloud.colours).T, strict=True)
    if cloud.normals is not None:
        columns |= zip(("nx", "ny", "nz"), axes.lowered(cloud.normals, source.axes).T, strict=True)
    for field, name in ALONE.items():
        if (value := getattr(cloud, field)) is not None:
            columns[name] = np.asarray(value)
    said = {"axes": source.axes, "unit": f"{source.unit!r} metres", "crs": " ".join(source.crs.split())}
    comments = [f"{word} {value}" for word, value in said.items() if value and value.isascii()]
    write_points(columns, comments, path)
    return tuple([Remark("places.unkept", {"form": "PLY", "names": "source"})] * (cloud.source is not None))
