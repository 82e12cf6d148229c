"""Frames as OpenEXR for compositors: light and cover, depth, motion and which point is seen."""

from pathlib import Path

import numpy as np

from marrow.draw.splat import Exposure
from marrow.errors import EngineError, InputError

NOWHERE = 1e10  # depth where nothing is, as Blender writes it


def write_exposure(taken: Exposure, path: Path, *, shutter: float = 1.0) -> None:
    """Write a frame as EXR, ZIP-compressed: equal frames give equal bytes.

        R G B A      half, linear light times cover, and cover
        Z            float, metres ahead of the eye; 1e10 where nothing is
        forward.u    float, pixels that the point goes to the right until the next frame
        forward.v    float, pixels that it goes up: as Nuke counts
        id           uint32, number of the nearest point and 1; 0 where nothing is

    shutter    share of a frame's time that the exposure took: motion is written for a whole frame
    raises     EngineError  OpenEXR is not installed;  InputError  it cannot be written there
    test       read again: depth to the last bit, motion is the way between two pictures, ids are those of the points
    """
    try:
        import OpenEXR
    except ImportError as error:
        raise EngineError("camera.openexr") from error
    light = np.clip(np.concatenate([taken.light, taken.cover[..., None]], axis=2), 0, 65504).astype(np.float16)
    depth = np.where(np.isfinite(taken.depth), taken.depth, np.float32(NOWHERE)).astype(np.float32)
    motion = (taken.motion / np.float32(shutter) * np.array([1, -1], np.float32)).astype(np.float32)
    planes = {**{name: light[..., number] for number, name in enumerate("RGBA")}, "Z": depth,
              "forward.u": motion[..., 0], "forward.v": motion[..., 1], "id": (taken.index + 1).astype(np.uint32)}
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    made = OpenEXR.File(header, {name: np.ascontiguousarray(each) for name, each in planes.items()})
    try:
        made.write(str(path))
    except (OSError, RuntimeError) as error:
        raise InputError("camera.unwritten", path=path, why=str(error)[:120]) from error
