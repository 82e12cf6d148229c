"""Splats drawn by gsplat on an NVIDIA card.

gsplat compiles its CUDA code when it is first used: that takes minutes and needs nvcc. Depth is the mean of what covers
a pixel; which splat it was is not known.
source    Ye et al., gsplat: An Open-Source Library for Gaussian Splatting, JMLR 2025
"""

from typing import TYPE_CHECKING

from marrow.engine import Engine
from marrow.errors import EngineError

if TYPE_CHECKING:
    from numpy import ndarray

    from marrow.draw.camera import Camera
    from marrow.draw.splat import Exposure
    from marrow.media import Cloud
    from marrow.places.contract import DrawSplats

DEGREES = {1: 0, 4: 1, 9: 2, 16: 3}


def open_gsplat() -> "DrawSplats":
    """Load torch and gsplat once.

    raises    EngineError  no card, or its code does not compile
    """
    import torch

    if not torch.cuda.is_available():
        raise EngineError("places.cuda")
    from gsplat.cuda._backend import _C

    if _C is None:
        raise EngineError("places.nvcc")
    return _draw


def _draw(cloud: "Cloud", camera: "Camera") -> "Exposure":
    import numpy as np
    import torch
    from gsplat import rasterization

    from marrow.draw import gaussians

    splats, (width, height) = cloud.splats, camera.size
    near = gaussians.near(cloud.points)
    axes = np.asarray(camera.world_from_camera, np.float64)[:3, :3].T * [[1.0], [-1.0], [-1.0]]
    places = cloud.points.astype(np.float64) - (camera.eye - cloud.origin)
    depth = (places * axes[2]).sum(axis=1)
    view, lens = np.eye(4), np.diag([camera.focal, camera.focal, 1.0])
    view[:3, :3], lens[:2, 2] = axes, (width / 2, height / 2)

    def card(values: "ndarray") -> "torch.Tensor":
        return torch.from_numpy(np.ascontiguousarray(values, np.float32)).cuda()

    with torch.no_grad():
        made, cover, _ = rasterization(
            card(places), card(splats.turns), card(splats.scales), card(splats.opacity * gaussians.faded(depth, near)),
            card(splats.harmonics), card(view)[None], card(lens)[None], width, height, near_plane=max(near, 1e-9),
            sh_degree=DEGREES[splats.harmonics.shape[1]], render_mode="RGB+ED", packed=False)
    return _exposure(made[0].cpu().numpy(), cover[0, ..., 0].cpu().numpy())


def _exposure(made: "ndarray", cover: "ndarray") -> "Exposure":
    """Display light times cover, and depth, (h, w, 4), as linear light."""
    import numpy as np

    from marrow.draw import colour
    from marrow.draw.splat import Exposure

    whole = np.maximum(cover, 1e-6)[..., None]
    light = colour.light(np.clip(made[..., :3] / whole, 0, 1)) * cover[..., None]
    depth = np.where(cover > 0, made[..., 3], np.float32(np.inf)).astype(np.float32)
    return Exposure(light.astype(np.float32), cover, depth, np.zeros((*cover.shape, 2), np.float32),
                    np.full(cover.shape, -1, np.int32))


engine = Engine("places.splats", open_gsplat, about="splats drawn on an NVIDIA card by gsplat",
                about_zh="用 gsplat 在 NVIDIA 显卡上画高斯泼溅", licence="Apache-2.0",
                needs={"gsplat": "gsplat", "torch": "torch"}, shapes=("gsplat", "torch"))
