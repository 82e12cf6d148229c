"""A scan in true metres, and the part of it that is wanted; places are told in the numbers of the scan's own file."""

from dataclasses import replace

import numpy as np
from numpy import ndarray

from marrow.errors import InputError
from marrow.media import Cloud, Source
from marrow.places.clouds import bounds, first_source, placed, squarely, standing, taken

ROUNDED = 2.0 ** -21  # of the reach of points: what these lose on being carried


def cropped(cloud: Cloud, low: ndarray, high: ndarray) -> Cloud:
    """Keep what lies in a box.

    low, high    (3,) two opposite corners, in the numbers of the first file: its axes, its unit (feet, UTM)
    raises       InputError  nothing lies in it
    test         the same points whatever the file's axes and unit; the sides belong to the box
    """
    file, (points, origin) = first_source(cloud), squarely(cloud)
    corners = standing(file, np.stack([low, high])) - origin
    spots = points.astype(np.float64)
    loose = np.abs(spots).max(initial=0) * ROUNDED if file.motion else 0.0
    inside = ((spots >= corners.min(0) - loose) & (spots <= corners.max(0) + loose)).all(1)
    if not inside.any():
        least, most = bounds(cloud)
        raise InputError("places.crop", low=_spelled(least), high=_spelled(most))
    return taken(cloud, inside)


def scaled(cloud: Cloud, one: ndarray, other: ndarray, metres: float) -> Cloud:
    """Make a scan as large as the place is, by a length that is known: a door, a person.

    one, other    (3,) its two ends, in the numbers of the first file; these stay what they are, the unit changes
    metres        how long it is
    raises        InputError  the ends are one place, the length is nothing
    test          the distance of the ends is `metres`; a crop in the file's numbers holds the same points
    """
    ends = placed(first_source(cloud), np.stack([one, other]))
    found = float(np.sqrt(((ends[1] - ends[0]) ** 2).sum()))
    if not (np.isfinite(found) and found > 0 and np.isfinite(metres) and metres > 0):
        raise InputError("places.length", found=f"{found:g}", metres=f"{metres:g}")
    times = metres / found
    splats = cloud.splats and replace(cloud.splats, scales=(cloud.splats.scales * np.float32(times)))
    return replace(cloud, points=(cloud.points * times).astype(np.float32), origin=cloud.origin * times, splats=splats,
                   sources=tuple(_larger(each, times) for each in cloud.sources or (Source(""),)))


def _larger(file: Source, times: float) -> Source:
    """A source whose unit and way are so many times as long."""
    shift = np.array([1, 1, 1, times] * 3)[:len(file.motion)]
    return replace(file, unit=file.unit * times, motion=tuple((shift * file.motion).tolist()))


def _spelled(spot: ndarray) -> str:
    return ", ".join(f"{each:.2f}" for each in spot)
