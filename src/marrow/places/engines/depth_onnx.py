"""Depth by a network of yours: Depth Anything, MiDaS, Metric3D … as one ONNX file.

    engine = "onnx:models/depth_anything_v2_small.onnx"

The network takes one picture (1, 3, h, w); sizes that it leaves open are multiples of 14, the longer side at most 518.
It returns one value for a pixel. `depth_anything_v2_small.toml` beside it may say what the file does not:

    depth = "nearness"              # "nearness": more is nearer, in no unit (the default); "metres"
    mean = [0.485, 0.456, 0.406]    # of the colours 0..1, taken away from them; ImageNet's are the default
    std = [0.229, 0.224, 0.225]     # the colours are divided by it

Nothing is downloaded, nothing leaves this machine.
"""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from marrow.engine import Engine
from marrow.errors import EngineError, InputError

if TYPE_CHECKING:
    from numpy import ndarray

    from marrow.media import Photo
    from marrow.places.contract import SeeDepth
    from marrow.places.lifting import Depth

LONGER, CELL = 518, 14     # pixels: the longer side, and what sides are multiples of, where it leaves them open
MOST = 2048                # pixels: no side that a network asks for is longer
USUAL = {"depth": "nearness", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}


def open_onnx(path: Path) -> "SeeDepth":
    """Load the network once.

    raises    InputError   "lift.model" "lift.beside"
              EngineError  "lift.network" "lift.takes"
    """
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    path = path.expanduser()
    if not path.is_file():
        raise InputError("lift.model", path=path)
    beside = _beside(path.with_suffix(".toml"))
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = settings.inter_op_num_threads = 1   # the same sums, whatever the machine
    wrong = (state.Fail, state.InvalidProtobuf, state.InvalidGraph, state.InvalidArgument, state.NotImplemented,
             state.RuntimeException, state.NoSuchFile)
    try:
        network = onnxruntime.InferenceSession(str(path), settings, providers=["CPUExecutionProvider"])
    except wrong as error:
        raise EngineError("lift.network", path=path, why=_first_line(error)) from error
    wanted = network.get_inputs()
    if len(wanted) != 1 or len(wanted[0].shape) != 4 or (wanted[0].shape[1] not in (3, None) \
            and not isinstance(wanted[0].shape[1], str)):
        raise EngineError("lift.takes", path=path, found="; ".join(f"{each.name} {each.shape}" for each in wanted))

    def see(photo: "Photo", *, strokes: Sequence[Sequence[str | float]], near: float, far: float) -> "Depth":
        if strokes:
            raise EngineError("lift.strokes")
        given = _given(photo.pixels[..., :3], wanted[0].shape[2:], beside)
        try:
            said = network.run(None, {wanted[0].name: given})[0]
        except wrong as error:
            raise EngineError("lift.network", path=path, why=_first_line(error)) from error
        return _taken(said, beside["depth"], near, far, path)

    return see


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "")[:200]


def _beside(path: Path) -> dict:
    """What the file beside the network says; only what it must not be is refused."""
    if not path.is_file():
        return USUAL
    try:
        said = USUAL | tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError("lift.beside", path=path, why=_first_line(error)) from error
    for name in ("mean", "std"):
        row = said[name]
        if not isinstance(row, list) or len(row) != 3 or not all(isinstance(each, int | float) for each in row):
            raise InputError("lift.beside", path=path, why=name)
    if said["depth"] not in ("nearness", "metres") or not all(said["std"]):
        raise InputError("lift.beside", path=path, why="depth" if all(said["std"]) else "std")
    return said


def _given(pixels: "ndarray", sides: Sequence[int | str | None], beside: dict) -> "ndarray":
    """The picture as the network wants it: (1, 3, h, w) float32."""
    import numpy as np
    from PIL import Image

    share = min(1.0, LONGER / max(pixels.shape[:2]))
    free = [max(1, round(side * share / CELL)) * CELL for side in pixels.shape[:2]]
    height, width = (min(side, MOST) if isinstance(side, int) and side > 0 else own
                     for side, own in zip(sides, free, strict=True))
    small = np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.BICUBIC), np.float32) / 255
    normal = (small - np.array(beside["mean"], np.float32)) / np.array(beside["std"], np.float32)
    return np.ascontiguousarray(normal.transpose(2, 0, 1)[None])


def _taken(said: "ndarray", kind: str, near: float, far: float, path: Path) -> "Depth":
    """What a network said, in metres."""
    import numpy as np

    from marrow.places.lifting import Depth

    said = np.asarray(said)
    field = said.reshape([side for side in said.shape if side != 1] or [1])
    if said.ndim >= 2 and field.ndim < 2 and said.shape[-2:] == (said.size // said.shape[-1], said.shape[-1]):
        field = said.reshape(said.shape[-2:])
    if field.ndim != 2 or field.dtype.kind not in "fiu":
        raise EngineError("lift.answer", path=path, found=list(said.shape))
    field = field.astype(np.float32)
    good = np.isfinite(field)
    if not good.any():
        raise EngineError("lift.nothing")
    if kind == "metres":
        return Depth(field)
    low, high = np.percentile(field[good], (0.5, 99.5))
    share = np.clip((np.where(good, field, low) - low) / max(float(high - low), 1e-9), 0, 1)
    return Depth((1 / (1 / far + share * (1 / near - 1 / far))).astype(np.float32))


engine = Engine("places.depth", open_onnx, about="a depth network of yours as one ONNX file, on this machine",
                about_zh="你自己的深度模型（一个 ONNX 文件），只在这台机器上算", licence="that of the model",
                weights=True, needs={"onnxruntime": "onnxruntime"})
