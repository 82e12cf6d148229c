"""Depth without a network: by a director's strokes, or by where things mostly are."""

from typing import TYPE_CHECKING

from marrow.engine import Engine

if TYPE_CHECKING:
    from marrow.places.contract import SeeDepth


def open_depth() -> "SeeDepth":
    """Planes through the horizon, people like cut-outs, the rest spread up to the edges of the picture."""
    from collections.abc import Sequence

    from marrow.media import Photo
    from marrow.places.lifting import Depth, guessed

    def see(photo: Photo, *, strokes: Sequence[Sequence[str | float]], near: float, far: float) -> Depth:
        return guessed(photo.pixels[..., :3], strokes, near=near, far=far)

    return see


engine = Engine("places.depth", open_depth, about="depth by your strokes: near, far, floor, wall, person, horizon",
                about_zh="照着你画的几笔算远近：近、远、地面、墙、人、地平线", licence="Apache-2.0",
                needs={"scipy": "scipy"}, shapes=("scipy",))
