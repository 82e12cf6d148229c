"""A shot's camera on its way to other programs and back, and its frames for compositors, on the command line."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from marrow import engine, forms
from marrow.draw.splat import Exposure
from marrow.errors import InputError, near
from marrow.media import Cloud, Source
from marrow.places.clouds import first_source
from marrow.places.contract import DrawSplats, LightPoints
from marrow.places.filmed import Filmed, filmed, rows_of
from marrow.places.shot import Optics, Shot, shot
from marrow.words import say

FILES = (".glb", ".gltf", ".usd", ".usda", ".usdc")
BRIEFEST = 0.01    # of a frame: the exposure of a camera without a shutter, so that motion is known
HALF = 0.5         # of a point that is there: an engine draws it whole
NAMING = ("name", "use", "recipe")   # of a shot in film.toml, beside the settings of its steps


def camera(place: str, way: str, target: str = "", *, shot: str = "", of: str = "",
           up: str = "file") -> Iterator[str]:
    """Carry a shot's camera to Blender and back.

    place      the scan that the shot films; without it, two files: in metres, Y up
    way        the camera: film.toml, a file with the lines of one shot, or .glb .usd from Blender
    target     where to write: .glb .gltf .usda .usdc for Blender, .toml for the rows of a film
    shot       which shot of film.toml
    of         which version of the film; without it, the one that is being made
    up         the sky's axis in the scan, where its reader takes the wrong one
    raises     InputError  unreadable, no camera in it, no such shot
    """
    from marrow.places import files
    from marrow.places.clouds import stood

    if not target:
        place, way, target = "", place, way
    source, there = Path(way), forms.place_for(Path(target), Path(way))
    cloud = stood(files.read(Path(place)), up) if place else None
    if source.suffix.lower() in FILES:
        found = _reader(source)(source)
    elif cloud is None:
        raise InputError("camera.place", path=source)
    else:
        settings = _settings(source, (shot, of), {})
        found = filmed(_shot(cloud, None, settings, "light"), _count(settings), settings["fps"])
    yield from _written(found, there, cloud)


def passes(place: str, folder: str, *, other: str = "", way: str = "", shot: str = "", of: str = "", length: str = "",
           size: str = "", light: str = "plain", splats: str = "plain") -> Iterator[str]:
    """Render a shot's frames for a compositor: EXR with light, cover, depth, motion and ids.

    place      the scan
    folder     where 0001.exr and the others go; made where it is not there
    other      the scan that it becomes or is mis-remembered as
    way        film.toml, or a file with the lines of one shot; without it the place's own camera
    shot       which shot of film.toml
    of         which version of the film; without it, the one that is being made
    length, size    instead of what stands there
    light      engine of the task places.light: whose light and cover frames of points have
    splats     engine of the task places.splats: the same of frames of 3D Gaussians
    raises     InputError  unreadable, no such shot
    """
    from marrow.places import files
    from marrow.places.formats.exr import write_exposure
    from marrow.progress import progress

    given = {name: value for name, value in (("length", length), ("size", size)) if value}
    settings = _settings(Path(way) if way else None, (shot, of), given)
    made = _shot(files.read(Path(place)), files.read(Path(other)) if other else None, settings, "colour")
    made = replace(made, optics=replace(made.optics, shutter=max(made.optics.shutter, BRIEFEST)))
    gaussian = made.scene.cloud.splats is not None
    task, name, idle = ("places.splats", splats, light) if gaussian else ("places.light", light, splats)
    if idle != "plain":
        raise InputError("camera.engine", name=idle, task=task)
    lamp = engine.open_engine(task, name) if name != "plain" else None
    there, count = _folder(folder), _count(settings)
    for number in progress(range(count), "places.passes", count):
        taken = made.exposed(number)
        if lamp:
            lit = (_splatted if gaussian else _lit)(made, number, lamp)
            taken = replace(taken, light=lit.light, cover=lit.cover)
        write_exposure(taken, there / f"{number + 1:04}.exr", shutter=made.optics.shutter)
    yield say("camera.passes", path=there, count=count)


def _written(found: Filmed, there: Path, cloud: Cloud | None) -> Iterator[str]:
    count = len(found.stands)
    if there.suffix.lower() == ".toml":
        file = first_source(cloud) if cloud else Source("")
        rows = rows_of(found, file)
        there.write_text(_text(found, rows), "utf-8")
        yield say("camera.rows", path=there, count=len(rows), frames=count)
        if found.rolls:
            yield say("remark.camera.leans")
        return
    if there.suffix.lower() not in FILES:
        raise InputError("places.unwritable", path=there, suffix=there.suffix, choices=" ".join((*FILES, ".toml")))
    if there.suffix.lower().startswith(".usd"):
        from marrow.places.formats.camera_usd import write_camera
    else:
        from marrow.places.formats.camera_glb import write_camera
    write_camera(found, there)
    yield say("camera.written", path=there, count=count, fps=found.rate)


def _reader(path: Path) -> object:
    if path.suffix.lower().startswith(".usd"):
        from marrow.places.formats.camera_usd import read_camera
    else:
        from marrow.places.formats.camera_glb import read_camera
    forms.looked_at("cloud", path)
    return read_camera


def _text(found: Filmed, rows: list[list[float]]) -> str:
    """The lines of a shot."""
    lines = ",\n".join(f"    [{', '.join(f'{value:.4f}'.rstrip('0').rstrip('.') for value in row)}]" for row in rows)
    length = float(len(found.stands) / found.rate)
    return f'length = "{length:.6g}s"\nfps = "{found.rate}"\ncamera = [\n{lines},\n]\n'


def _settings(path: Path | None, which: tuple[str, str], given: Mapping[str, object]) -> dict:
    """The settings of places.fly that a file gives, those of the command line before them, all checked."""
    from marrow.places.steps import fly

    told = _told(path, *which) if path else {}
    return fly.chosen({**told, **given})


def _told(path: Path, name: str, version: str) -> dict:
    """What a file says of places.fly: the levels of a film, see `marrow.film.resolve`, or the lines of one shot."""
    forms.looked_at("text", path)
    try:
        table = tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError("camera.toml", path=path, why=str(error)[:120]) from error
    shots = table.get("shot")
    if not isinstance(shots, list) or not all(isinstance(each, dict) for each in shots):
        return {key: value for key, value in table.items() if key not in NAMING}
    from marrow.places.steps import fly

    names = [str(each.get("name", "")) for each in shots]
    if name not in names and (name or len(shots) != 1):
        raise InputError("camera.shot", path=path, name=name, choices=near(name, names))
    said = shots[names.index(name) if name in names else 0]
    versions = _versions(table, version, path)
    own = [said, *(_in(each, "shot", said.get("name", "")) for each in versions)]
    layers = [{name: table[name] for name in ("size", "fps") if name in table}, _in(table, "defaults", "places", "fly"),
              _item(table, own), *(_in(each, "places", "fly") for each in versions)]
    for each in own:
        layers += [each, _in(each, "places", "fly")]
    return {key: value for layer in layers for key, value in layer.items() if key in fly.settings}


def _item(table: dict, own: list[dict]) -> dict:
    """What the recipe of a shot itself says of places.fly."""
    recipe = next((each["recipe"] for each in reversed(own) if "recipe" in each), ())
    items = _in(table, "recipes").get(recipe, ()) if isinstance(recipe, str) else recipe
    items = items if isinstance(items, list) else []
    return next((each for each in items if isinstance(each, dict) and each.get("step") == "places.fly"), {})


def _versions(table: dict, name: str, path: Path) -> list[dict]:
    """The tables of a version and of those that it comes from, oldest first."""
    versions, found = _in(table, "versions"), {}
    if name and name not in versions:
        raise InputError("camera.version", path=path, name=name, choices=near(name, versions))
    name = name or table.get("version") or next(reversed(versions), "")
    while isinstance(name, str) and name in versions and name not in found:
        found[name] = _in(versions, name)
        name = found[name].get("from")
    return [*found.values()][::-1]


def _in(table: object, *names: str) -> dict:
    """A table in a table in a table; where there is none, nothing."""
    for name in names:
        table = table.get(name) if isinstance(table, dict) else None
    return table if isinstance(table, dict) else {}


def _count(settings: Mapping) -> int:
    """Frames of a shot."""
    return max(1, round(Fraction(str(settings["length"])) * settings["fps"]))


def _shot(cloud: Cloud, other: Cloud | None, settings: Mapping, kind: str) -> Shot:
    from marrow.places.looks import Look

    optics = Optics.of(settings["lens"], settings["size"], float(settings["fps"]))
    seen = Look(kind, settings["ground"] or "#ffffff", settings["ink"], settings["point"], settings["fog"])
    return shot(cloud, other, optics, seen, camera=settings["camera"], memory=settings["memory"],
                length=float(settings["length"]), rate=float(settings["fps"]), up=settings["up"],
                seed=settings["seed"])


def _lit(made: Shot, number: int, lamp: LightPoints) -> Exposure:
    """The frame in the light of an engine: what is more than half there, in the middle of the exposure."""
    from marrow.places.looks import DISC

    now = made.memory.state(number / made.rate)
    there = now.there > HALF
    cloud = Cloud(now.points[there], now.origin, now.light[there])
    camera = made.camera(number / made.rate, np.zeros(3))
    return lamp(cloud, camera, radius=DISC * made.look.point * made.scene.spacing)


def _splatted(made: Shot, number: int, draw: DrawSplats) -> Exposure:
    """The frame as an engine draws its splats: what is there of them, in the middle of the exposure, all sharp."""
    now, splats = made.memory.state(number / made.rate), made.scene.cloud.splats
    sizes = splats.scales if now.size is None else splats.scales * now.size[:, None]
    cloud = Cloud(now.points, now.origin, splats=replace(splats, scales=sizes, opacity=splats.opacity * now.there))
    return draw(cloud, made.camera(number / made.rate, np.zeros(3)))


def _folder(name: str) -> Path:
    made = Path(name)
    try:
        made.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError("camera.unwritten", path=made, why=error.strerror) from error
    return made
