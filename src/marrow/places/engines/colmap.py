"""COLMAP through pycolmap: where photos were taken. In a process of its own, because it may end that process."""

from typing import TYPE_CHECKING

from marrow.engine import Engine

if TYPE_CHECKING:
    from marrow.places.contract import ReconstructPhotos

LIMIT = 1800.0    # seconds that one stage of the work may take


def open_colmap() -> "ReconstructPhotos":
    """COLMAP, ready to look at one place after the other."""
    import sys
    import tempfile
    from collections.abc import Sequence
    from pathlib import Path

    from PIL import Image

    from marrow.apart import Answer, Apart
    from marrow.draw.camera import BACK, Camera
    from marrow.errors import InputError
    from marrow.places.photos.lenses import focal
    from marrow.places.photos.views import Photograph, Structure, View

    far = Path(__file__).with_name("colmap_far.py")

    def reconstruct(photos: Sequence[Photograph], *, groups: Sequence[int], ordered: bool) -> Structure:
        with (tempfile.TemporaryDirectory(prefix="marrow-colmap-") as room,
              Apart([sys.executable, str(far)], name="COLMAP", limit=LIMIT) as process):
            for number, each in enumerate(photos):
                Image.fromarray(each.pixels[..., :3]).save(Path(room) / f"{number:05}.png", compress_level=1)
            answer = process.ask({"folder": room, "groups": list(groups), "ordered": ordered,
                                  "sizes": [each.size for each in photos], "focals": [focal(each) for each in photos]})
        if not answer.arrays:
            raise InputError(f"photos.{answer.facts['why']}", count=len(photos))
        return structure(photos, answer)

    def structure(photos: Sequence[Photograph], answer: Answer) -> Structure:
        stands, lenses, spots, sightings = answer.arrays
        views = tuple(View(number, Camera(stand, float(lens[0]) / photos[number].size[0] * BACK, photos[number].size),
                           (float(lens[1]), float(lens[2])))
                      for number, stand, lens in zip(answer.facts["photos"], stands, lenses, strict=True))
        return Structure(views, spots, sightings)

    return reconstruct


engine = Engine("places.reconstruct", open_colmap, about="COLMAP: where photos of one place were taken",
                about_zh="COLMAP：算出同一场所的照片各在哪里拍的", licence="BSD-3-Clause",
                needs={"pycolmap": "pycolmap"}, shapes=("pycolmap",))
