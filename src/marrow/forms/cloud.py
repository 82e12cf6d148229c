"""Clouds as PLY: the studio's own form, and what other programs write.

    comment origin x y z       added to every point; so that a scan far from zero keeps its millimetres
    comment sources [...]      JSON, where the points came from; see `marrow.media.Source`

    comment axes z             of other programs' numbers: "y", "z" or "rdf", else "y"
    comment unit 0.3048 metres
    comment crs ...

Gaussian splats as 3DGS writes them are known by their columns: see `marrow.forms.splats`.

Its own form: x y z, and where there are such: red green blue (uchar sRGB, or float linear light), nx ny nz,
intensity, confidence, time, label, source; of splats scale_x y z, turn_w x y z, alpha, sh_0_r g b and on.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.contents import Remark, tell_of
from marrow.draw import axes, colour, harmonics
from marrow.errors import InputError
from marrow.forms import splats
from marrow.forms.ply import read_points, stream_points, write_points
from marrow.media import Cloud, Source, Splats

BATCH = 1_000_000  # points to a batch
FARTHEST = 1e12    # metres, or units of a file: a place beyond this is no number
NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?(e-?[0-9]{1,2})?")
COLOURS = (("red", "green", "blue"), ("r", "g", "b"), ("diffuse_red", "diffuse_green", "diffuse_blue"))
NORMALS = (("nx", "ny", "nz"), ("normal_x", "normal_y", "normal_z"))
SCALES = ("scale_x", "scale_y", "scale_z")
TURNS = ("turn_w", "turn_x", "turn_y", "turn_z")
ALONE = {  # field -> what programs call it, type
    "intensity": (("intensity", "scalar_intensity"), np.float32),
    "confidence": (("confidence", "scalar_confidence"), np.float32),
    "time": (("time", "gps_time", "gpstime", "scalar_gpstime"), np.float64),
    "labels": (("label", "class", "classification", "scalar_classification", "scalar_label"), np.int32),
}


def read_cloud(path: Path) -> Cloud:
    """Points of a place from PLY; points that are not numbers are left out.

    Coordinates of 64 bits, or far from zero, keep their precision: their middle, in whole metres, becomes the origin.
    raises    InputError  not PLY, broken off, no points; LimitError when it holds more points than fit in memory
    """
    raw, comments = read_points(path)
    if (cloud := _cloud(raw, comments, path, None, colour.Shades(path.name))) is None:
        raise InputError("cloud.numbers", path=path)
    return cloud


def stream_cloud(path: Path) -> Iterator[Cloud]:
    """The same in batches of one origin, for clouds larger than memory."""
    origin, found, shades = None, False, colour.Shades(path.name)
    for raw, comments in stream_points(path, BATCH):
        if (cloud := _cloud(raw, comments, path, origin, shades)) is not None:
            file, said = _standing(comments, path, splats.known(raw))
            origin = axes.lowered(cloud.origin - said, file.axes) / file.unit
            found = True
            yield cloud
    if not found:
        raise InputError("cloud.numbers", path=path)


def _cloud(raw: dict[str, ndarray], comments: list[str], path: Path, origin: ndarray | None,
           shades: colour.Shades) -> Cloud | None:
    """Points out of columns, None where none has a place that is a number; `origin` in the file's numbers."""
    columns = {name.lower(): column for name, column in raw.items() if not isinstance(column, list)}
    places, good = _places(columns, path)
    if not len(places):
        return None
    if origin is None:
        origin = np.floor(np.median(places, axis=0)) if places.dtype == np.float64 else np.zeros(3)
    file, said = _standing(comments, path, splats.known(columns))
    kept = {name: column[good] for name, column in columns.items()}
    own, sources = _own(comments), _said(comments)[1]
    trained = splats.from_columns(kept, file.unit, file.axes)
    tints = _colours(kept, own, shades) if trained is None else harmonics.plain(trained.harmonics)
    points, normals = axes.upright(((places - origin) * file.unit).astype(np.float32), file.axes), _all(kept, NORMALS)
    return Cloud(points, axes.upright(origin * file.unit, file.axes) + 0.0 + said, tints,
                 None if normals is None or (trained and not normals.any()) else axes.upright(normals, file.axes),
                 **{field: _one(kept, *of) for field, of in ALONE.items()}, splats=trained or _splats(kept),
                 source=kept["source"].astype(np.uint16) if len(sources) > 1 and "source" in kept else None,
                 sources=sources or (file,))


def write_cloud(cloud: Cloud, path: Path) -> None:
    """Points as binary PLY in the studio's own form; colours as 8-bit sRGB where they came from it."""
    columns = dict(zip("xyz", cloud.points.T, strict=True))
    if cloud.colours is not None:
        columns |= zip(COLOURS[0], _written(cloud.colours).T, strict=True)
    if cloud.normals is not None:
        columns |= zip(NORMALS[0], cloud.normals.T, strict=True)
    for field, (names, kind) in ALONE.items():
        if (value := getattr(cloud, field)) is not None:
            columns[names[0]] = np.asarray(value, kind)
    if cloud.splats is not None:
        columns |= _told(cloud.splats)
    if cloud.source is not None:
        columns["source"] = cloud.source
    origin = " ".join(repr(float(each) + 0.0) for each in cloud.origin)
    comments = [f"origin {origin}"]
    if cloud.sources:
        comments.append(f"sources {json.dumps([asdict(each) for each in cloud.sources])}")
    write_points(columns, comments, path)


def _colours(columns: dict[str, ndarray], own: bool, shades: colour.Shades) -> ndarray | None:
    """Linear light (n, 3) float32, or None; floats of our own form are that already."""
    names = next((each for each in COLOURS if all(name in columns for name in each)), None)
    if names is None:
        return None
    values = np.stack([columns[name] for name in names], axis=1)
    return np.nan_to_num(values).astype(np.float32) if own and values.dtype.kind == "f" else shades.light(values)


def _written(light: ndarray) -> ndarray:
    """8-bit sRGB where that says the same light, else the light itself."""
    coded = colour.srgb(light)
    return coded if np.array_equal(colour.linear(coded), light) else light.astype(np.float32)


def _places(columns: dict[str, ndarray], path: Path) -> tuple[ndarray, ndarray]:
    """Positions (n, 3), float64 where the file's are finer than float32, and which rows they came from."""
    if not all(axis in columns for axis in "xyz") or not len(columns["x"]):
        raise InputError("cloud.empty", path=path)
    rows = [np.asarray(columns[axis]) for axis in "xyz"]
    fine = any(each.dtype.itemsize == 8 or each.dtype.kind in "iu" for each in rows)
    places = np.stack(rows, axis=1).astype(np.float64 if fine else np.float32)
    good = (np.abs(places) < FARTHEST).all(axis=1)  # false for NaN
    if not good.all() and good.any():
        facts = {"path": path.name, "count": int((~good).sum()), "of": len(good)}
        tell_of([Remark("cloud.numbers", facts)])
    return places[good], good


def _all(columns: dict[str, ndarray], groups: tuple[tuple[str, ...], ...]) -> ndarray | None:
    """The first group of columns that is there whole, (n, k) float32."""
    names = next((each for each in groups if all(name in columns for name in each)), None)
    return None if names is None else np.stack([columns[name] for name in names], axis=1).astype(np.float32)


def _one(columns: dict[str, ndarray], names: tuple[str, ...], kind: type) -> ndarray | None:
    name = next((each for each in names if each in columns), None)
    return None if name is None else columns[name].astype(kind)


def _splats(columns: dict[str, ndarray]) -> Splats | None:
    scales, turns = _all(columns, (SCALES,)), _all(columns, (TURNS,))
    if scales is None or turns is None or "alpha" not in columns:
        return None
    count = sum(name.startswith("sh_") for name in columns) // 3
    told = [[columns[f"sh_{number}_{channel}"] for channel in "rgb"] for number in range(count)]
    return Splats(scales, turns, columns["alpha"].astype(np.float32), np.moveaxis(np.array(told, np.float32), 2, 0))


def _told(gaussians: Splats) -> dict[str, ndarray]:
    columns = dict(zip(SCALES, gaussians.scales.T, strict=True)) | dict(zip(TURNS, gaussians.turns.T, strict=True))
    columns["alpha"] = gaussians.opacity
    for number in range(gaussians.harmonics.shape[1]):
        columns |= {f"sh_{number}_{channel}": gaussians.harmonics[:, number, k] for k, channel in enumerate("rgb")}
    return columns


def _own(comments: list[str]) -> bool:
    """Whether Marrow wrote the file as its own form: Y up, metres, floats are light."""
    return any(each.startswith("origin ") for each in comments)


def _standing(comments: list[str], path: Path, gaussian: bool) -> tuple[Source, ndarray]:
    """How the file's numbers stand, and what is to be added to them; those of 3DGS look forward."""
    stated = Source(path.name) if _own(comments) else _stated(comments, path.name, "rdf" if gaussian else "y")
    return stated, _said(comments)[0]


def _stated(comments: list[str], name: str, usual: str) -> Source:
    """How the numbers stand by the comments; a comment that makes no sense is passed by."""
    said = {word: rest.strip() for word, _, rest in (each.partition(" ") for each in comments)}
    unit = said.get("unit", "").removesuffix(" metres")
    good = NUMBER.fullmatch(unit) and 1e-6 < float(unit) < 1e6
    turned = said.get("axes", usual)
    return Source(name, turned if turned in axes.ROWS else usual, float(unit) if good else 1.0, said.get("crs", ""))


def _said(comments: list[str]) -> tuple[ndarray, tuple[Source, ...]]:
    """What our comments state: the origin, and the sources; another program's comment of the same name is passed by."""
    origin, sources = np.zeros(3), ()
    for comment in comments:
        word, _, rest = comment.partition(" ")
        try:
            if word == "origin":
                stated = np.array([float(each) for each in rest.split()]).reshape(3)
                origin = stated if (np.abs(stated) < FARTHEST).all() else origin
            elif word == "sources":
                sources = tuple(Source(**each) for each in json.loads(rest))
        except (ValueError, TypeError, RecursionError):
            continue
    return origin, sources
