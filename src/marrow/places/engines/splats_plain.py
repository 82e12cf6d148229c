"""The department's own way to draw splats: on the processor, the same bytes on every machine."""

from typing import TYPE_CHECKING

from marrow.engine import Engine

if TYPE_CHECKING:
    from marrow.places.contract import DrawSplats


def open_plain() -> "DrawSplats":
    """Draw with `marrow.draw.gaussians`."""
    from marrow.draw.camera import Camera
    from marrow.draw.gaussians import splatted
    from marrow.draw.splat import Exposure
    from marrow.media import Cloud

    def draw(cloud: Cloud, camera: Camera) -> Exposure:
        return splatted(cloud.points, cloud.splats, camera, origin=cloud.origin)

    return draw


engine = Engine("places.splats", open_plain, about="splats drawn on the processor, the same on every machine",
                about_zh="用处理器画高斯泼溅，每台机器结果一样", licence="Apache-2.0", needs={"numba": "numba"})
