"""The department's own light: a place in the colours that its scan has, drawn on the processor."""

from typing import TYPE_CHECKING

from marrow.engine import Engine

if TYPE_CHECKING:
    from marrow.places.contract import LightPoints


def open_plain() -> "LightPoints":
    """Draw with `marrow.draw.splat`."""
    import numpy as np

    from marrow.draw.camera import Camera
    from marrow.draw.splat import Exposure, Grains, expose
    from marrow.media import Cloud

    def light(cloud: Cloud, camera: Camera, *, radius: float) -> Exposure:
        colours = np.full_like(cloud.points, 0.4) if cloud.colours is None else cloud.colours
        return expose(Grains(cloud.points, colours, radius, origin=cloud.origin), camera)

    return light


engine = Engine("places.light", open_plain, about="the colours of the scan, the same on every machine",
                about_zh="扫描自己的颜色，每台机器结果一样", licence="Apache-2.0", needs={"numba": "numba"})
