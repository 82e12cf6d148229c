"""A place out of photos, on the command line."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from marrow import engine, forms
from marrow.contents import Remark, listener, told
from marrow.draw.camera import Camera
from marrow.places.photos.views import Reconstruction
from marrow.words import say


def reconstruct(folder: str, target: str, *, by: str = "colmap") -> Iterator[str]:
    """Make a place out of photos of it, or out of a video, and say what it rests on.

    folder     photos of one place (JPEG, PNG, TIFF), or a video that walks through it
    target     where to write, any format of places; the cameras stand beside it in <target>.cameras.json
    by         engine of the task places.reconstruct
    raises     InputError  no photos, or none that belong together; EngineError
    """
    from marrow.places import files

    source = Path(folder)
    there = forms.place_for(Path(target), source)
    heard: list[Remark] = []
    token = listener.set(heard.append)
    try:
        found = from_photos(source, by=by)
        if there.suffix.lower() == ".ply":
            forms.write(found.cloud, there)   # the studio's own form, which keeps the names of the photos
        else:
            heard += files.write(found.cloud, there)
    finally:
        listener.reset(token)
    beside = there.with_name(f"{there.name}.cameras.json")
    beside.write_text(cameras_text(found.cameras), "utf-8")
    yield say("places.written", path=there, count=len(found.cloud.points))
    yield say("photos.cameras", path=beside, count=len(found.cameras))
    yield from told(heard)


def from_photos(source: Path, *, by: str = "colmap") -> Reconstruction:
    """A place out of a folder of photos, or a video: upright, dense, its scale a guess.

    Photos that show something else are left out and named. Remarks say what was guessed.
    raises    as `reconstruct`
    """
    from marrow.contents import tell_of
    from marrow.places.formats.photographs import read_photographs
    from marrow.places.photos.dense import reconstructed
    from marrow.places.photos.lenses import groups

    open_ = engine.open_engine("places.reconstruct", by)
    photos, ordered = read_photographs(source)
    found = reconstructed(photos, open_(photos, groups=groups(photos), ordered=ordered))
    tell_of([Remark("photos.left_out", {"name": name}) for name in found.photos_left_out])
    tell_of([Remark("photos.up"), Remark("photos.scale")])
    return found


def cameras_text(cameras: Mapping[str, Camera]) -> str:
    """Cameras as JSON: photo, lens in mm on 36 mm, size, world_from_camera as four rows, metres."""
    rows = [{"photo": name, "lens": round(each.lens, 6), "size": list(each.size),
             "world_from_camera": [[round(float(value), 9) for value in row] for row in each.world_from_camera]}
            for name, each in cameras.items()]
    return json.dumps({"cameras": rows}, ensure_ascii=False, indent=1) + "\n"
