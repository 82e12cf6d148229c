"""Clouds written as LAS and LAZ: on the grid that they came from where it can be seen, with their coordinate system."""

from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.contents import Remark
from marrow.draw import axes, colour
from marrow.media import Cloud, Source
from marrow.places.clouds import first_source
from marrow.places.formats import crs, door

GRIDS = (0.1, 0.01, 0.001, 0.00025, 0.0001, 0.00001)
CLASSES = 32         # of the point formats that every program reads
REACH = 2**31 - 2    # steps of a grid to either side


def write_las(cloud: Cloud, path: Path) -> tuple[Remark, ...]:
    """A cloud as LAS 1.2, packed where the name ends in .laz; z up, in the unit of its source.

    The grid is the coarsest common one that every point lies on, else finer than float32 can tell apart.
    returns    what is lost
    test       read again: places on the same grid points, 8-bit colours, classes and times equal
    """
    import laspy

    source = first_source(cloud)
    origin = axes.lowered(cloud.origin, "z") / source.unit
    offset = np.floor(origin)
    places = _places(cloud, source, slice(None))
    step = _step(places, origin - offset)
    header = laspy.LasHeader(version="1.2", point_format=2 * (cloud.colours is not None) + (cloud.time is not None))
    header.scales, header.offsets = np.full(3, step), offset
    header.generating_software, header.system_identifier = "Marrow", ""
    for number, content in zip((34735, 34737), crs.to_keys(source.crs, source.unit), strict=True):
        header.vlrs.append(laspy.VLR("LASF_Projection", number, "", content))
    stretch = _stretch(cloud.intensity)
    with laspy.open(str(path), mode="w", header=header, do_compress=path.suffix.lower() != ".las") as writer:
        for start in range(0, len(places), door.BATCH):
            some = slice(start, start + door.BATCH)
            writer.write_points(_records(cloud, header, places[some] + (origin - offset), some, stretch))
    return _losses(cloud, stretch)


def _places(cloud: Cloud, source: Source, some: slice) -> ndarray:
    """Points from the origin in the file's unit, (n, 3) float64."""
    return axes.lowered(cloud.points[some], "z").astype(np.float64) / source.unit


def _step(places: ndarray, shift: ndarray) -> float:
    """The step of the grid that points lie on, or one finer than their rounding."""
    reach = max(float(np.abs(places).max(initial=0)), 1e-6)
    rounding = reach * 2.0**-24
    for step in GRIDS:
        if step > 8 * rounding and reach / step < REACH and all(
                np.abs((part := places[start:start + door.BATCH] + shift) - np.rint(part / step) * step).max()
                <= 2 * rounding for start in range(0, len(places), door.BATCH)):
            return step
    return float(10.0 ** np.floor(np.log10(rounding)))


def _records(cloud: Cloud, header: object, places: ndarray, some: slice, stretch: tuple[float, float]) -> object:
    import laspy

    records = laspy.ScaleAwarePointRecord.zeros(len(places), header=header)
    steps = np.rint(places / header.scales).astype(np.int32)  # type: ignore[attr-defined]
    records["X"], records["Y"], records["Z"] = steps.T
    if cloud.intensity is not None:
        records["intensity"] = np.rint(np.clip((np.nan_to_num(cloud.intensity[some]) - stretch[0]) * stretch[1], 0,
                                               65535)).astype(np.uint16)
    if cloud.labels is not None:
        records["classification"] = np.where(_fitting(cloud.labels[some]), cloud.labels[some], 0).astype(np.uint8)
    if cloud.time is not None:
        records["gps_time"] = cloud.time[some]
    if cloud.colours is not None:
        shades = colour.srgb(cloud.colours[some]).astype(np.uint16) * 257
        records["red"], records["green"], records["blue"] = shades.T
    return records


def _fitting(labels: ndarray) -> ndarray:
    return (labels >= 0) & (labels < CLASSES)


def _stretch(intensity: ndarray | None) -> tuple[float, float]:
    """What is taken from intensity, and what it is then multiplied by, so that it fits 16 bits."""
    good = intensity[np.isfinite(intensity)] if intensity is not None else np.zeros(0)
    if not len(good) or (good.min() >= 0 and good.max() <= 65535 and (good == np.rint(good)).all()):
        return 0.0, 1.0
    low, high = float(good.min()), float(good.max())
    return (0.0, 65535.0) if low >= 0 and high <= 1 else (low, 65535 / (high - low) if high > low else 1.0)


def _losses(cloud: Cloud, stretch: tuple[float, float]) -> tuple[Remark, ...]:
    lost = [name for name in ("normals", "confidence", "splats", "source") if getattr(cloud, name) is not None]
    if cloud.labels is not None and not _fitting(cloud.labels).all():
        lost.append(f"labels ≥ {CLASSES}")
    return tuple([Remark("places.unkept", {"form": "LAS", "names": ", ".join(lost)})] * bool(lost)
                 + [Remark("places.scaled", {"form": "LAS"})] * (stretch != (0.0, 1.0)))
