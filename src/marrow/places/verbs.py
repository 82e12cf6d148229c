"""What the department of places does on the command line beside its steps."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow import forms
from marrow.contents import Remark, listener, told
from marrow.errors import InputError
from marrow.media import Cloud
from marrow.words import say

SAMPLE = 2000        # points whose nearest neighbour is looked for
KNOWN = ("colours", "normals", "intensity", "confidence", "time", "labels", "splats")


def convert(source: str, target: str, *, up: str = "file") -> Iterator[str]:
    """Turn any scan into any other format, and say what that cost.

    source     any readable format
    target     any writable format, chosen by the suffix
    up         the sky's axis in the source, where its reader takes the wrong one
    raises     InputError  unreadable, unwritable
    """
    from marrow.places import files

    here = Path(source)
    there = forms.place_for(Path(target), here)
    heard: list[Remark] = []
    cloud = _read(here, up, heard, "convert")
    heard += files.write(cloud, there)
    yield say("places.written", path=there, count=len(cloud.points))
    yield from told(heard)


def look(file: str, *, up: str = "file") -> Iterator[str]:
    """Say what a scan holds: points, bounds in its own numbers, unit, colours, density, and how to fly through it.

    file       any readable format
    up         the sky's axis in it, where its reader takes the wrong one
    """
    from marrow.places.clouds import bounds, first_source

    here = Path(file)
    heard: list[Remark] = []
    cloud = _read(here, up, heard, "look")
    source = first_source(cloud)
    low, high = bounds(cloud)
    yield say("places.points", count=len(cloud.points), sources=max(1, len(cloud.sources)))
    for number, axis in enumerate("xyz"):
        size = (high[number] - low[number]) * source.unit
        yield say("places.bounds", axis=axis, low=f"{low[number]:.3f}", high=f"{high[number]:.3f}", size=f"{size:.3f}")
    yield say("places.unit", unit=f"{source.unit:.7g}", up={"y": "+y", "z": "+z", "rdf": "-y"}[source.axes])
    if source.crs:
        yield say("places.crs", crs=source.crs)
    known = [say(f"places.field.{name}") for name in KNOWN if getattr(cloud, name) is not None]
    yield say("places.known", names=", ".join(known)) if known else say("places.plain")
    if len(cloud.points) > 1:
        yield say("places.spacing", spacing=f"{spacing(cloud.points):.3g}")
    yield from told(heard)
    yield from ("", say("places.fly"), "", "[[shot]]", 'name = "01"', f'use = "{here.name}"',
                'recipe = ["places.fly"]', 'length = "8s"', *([f'up = "{up}"'] if up != "file" else []))


def pack(source: str, target: str) -> Iterator[str]:
    """Make a scan of any size ready for films: ordered in space, coarse to fine, mapped instead of read.

    source     any readable format; LAS, LAZ, E57, PCD, PTX and text never stand in memory whole
    target     a name that ends in .place
    raises     InputError  as reading does; LimitError  too little room on the disk
    """
    from marrow.places import files
    from marrow.places.pack import packed

    here, there = Path(source), Path(target)
    if there.suffix.lower() != ".place":
        raise InputError("places.unwritable", path=there, suffix=there.suffix, choices=".place")
    there = forms.place_for(there, here)
    heard: list[Remark] = []
    token = listener.set(heard.append)
    try:
        count = packed(files.stream(here), there)
    finally:
        listener.reset(token)
    yield say("places.written", path=there, count=count)
    yield from told(heard)


def spacing(points: ndarray) -> float:
    """The median distance of points (n, 3) from their nearest neighbour, metres, by a sample of them."""
    from scipy.spatial import KDTree

    some = points[:: max(1, len(points) // SAMPLE)]
    return float(np.median(KDTree(points).query(some, k=2)[0][:, 1]))


def _read(path: Path, up: str, heard: list[Remark], verb: str) -> Cloud:
    from marrow.places import files
    from marrow.places.clouds import stood

    if up not in ("file", "y", "z"):
        raise InputError("setting.choice", step=f"places.{verb}", name="up", value=up, choices="file, y, z")
    token = listener.set(heard.append)
    try:
        return stood(files.read(path), up)
    finally:
        listener.reset(token)
