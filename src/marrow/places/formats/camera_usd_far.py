"""The far side of cameras as USD: usd-core, alone in a process that may die without harm; nothing of Marrow is needed.

Asked {"write": path, "rate": fps, "back": [mm, mm]} with stands (n, 4, 4) for columns, lenses (n,) mm, origin (3,); or
{"read": path, "frames": most}, answers {"rate", "wide", "up"} with stands in metres and lenses on 36 mm, or
{"none": why}.
"""

import json
import os
import sys

import numpy as np
from pxr import Gf, Tf, Usd, UsdGeom

BACK = 36.0


def written(ask: dict, stands: np.ndarray, lenses: np.ndarray, origin: np.ndarray) -> tuple[dict, list]:
    """Write the file. Lenses and backs are in tenths of the unit, which is the metre."""
    stage = Usd.Stage.CreateNew(ask["write"])
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.y)
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    stage.SetTimeCodesPerSecond(ask["rate"])
    stage.SetFramesPerSecond(ask["rate"])
    stage.SetStartTimeCode(0)
    stage.SetEndTimeCode(len(stands) - 1)
    place = UsdGeom.Xform.Define(stage, "/place")
    place.AddTranslateOp().Set(Gf.Vec3d(*origin.tolist()))
    stage.SetDefaultPrim(place.GetPrim())
    camera = UsdGeom.Camera.Define(stage, "/place/camera")
    camera.CreateProjectionAttr("perspective")
    camera.CreateHorizontalApertureAttr(ask["back"][0] / 100)
    camera.CreateVerticalApertureAttr(ask["back"][1] / 100)
    camera.CreateClippingRangeAttr(Gf.Vec2f(0.01, 10000))
    way, lens = camera.AddTransformOp(), camera.CreateFocalLengthAttr()
    for code, (stand, each) in enumerate(zip(stands, lenses.tolist(), strict=True)):
        way.Set(Gf.Matrix4d(stand.T.tolist()), code)
        lens.Set(each / 100, code)
    stage.GetRootLayer().Save()
    return {}, []


def read(ask: dict) -> tuple[dict, list]:
    """The first camera that moves, else the first."""
    stage = Usd.Stage.Open(ask["read"])
    seeing = [UsdGeom.Camera(prim) for prim in stage.Traverse() if prim.IsA(UsdGeom.Camera)]
    if not seeing:
        return {"none": "none"}, []
    moving = [each for each in seeing if codes(each, stage)]
    camera = (moving or seeing)[0]
    if camera.GetProjectionAttr().Get() == "orthographic":
        return {"none": "flat"}, []
    times = codes(camera, stage)
    first, last = (times[0], times[-1]) if times else (0, 0)
    if last - first >= ask["frames"]:
        raise ValueError(f"TooLong: {last - first}")
    unit, stands, lenses = UsdGeom.GetStageMetersPerUnit(stage), [], []
    for code in np.arange(first, last + 0.5):
        made = np.array(camera.ComputeLocalToWorldTransform(float(code))).T
        made[:3, :3] = upright(made[:3, :3])
        made[:3, 3] *= unit
        stands.append(made)
        back = camera.GetHorizontalApertureAttr().Get(float(code))
        lenses.append(camera.GetFocalLengthAttr().Get(float(code)) / back * BACK)
    wide = camera.GetHorizontalApertureAttr().Get() / camera.GetVerticalApertureAttr().Get()
    up = "z" if UsdGeom.GetStageUpAxis(stage) == UsdGeom.Tokens.z else "y"
    facts = {"rate": stage.GetTimeCodesPerSecond(), "wide": wide, "up": up}
    return facts, [np.array(stands, np.float64), np.array(lenses, np.float64)]


def upright(linear: np.ndarray) -> np.ndarray:
    """The rotation nearest to a matrix."""
    left, _, right = np.linalg.svd(linear / np.linalg.norm(linear, axis=0))
    return left @ right


def codes(camera: UsdGeom.Camera, stage: Usd.Stage) -> list[float]:
    """Time codes at which the camera or anything above it changes."""
    found, prim = set(camera.GetFocalLengthAttr().GetTimeSamples()), camera.GetPrim()
    while prim and prim != stage.GetPseudoRoot():
        for each in UsdGeom.Xformable(prim).GetOrderedXformOps() if prim.IsA(UsdGeom.Xformable) else ():
            found.update(each.GetTimeSamples())
        prim = prim.GetParent()
    return sorted(found)


def arrays_of(pipe: object, listed: list[dict]) -> list:
    """The arrays behind a question."""
    made = []
    for said in listed:
        kind, shape = np.dtype(said["dtype"]), said["shape"]
        made.append(np.frombuffer(pipe.read(kind.itemsize * int(np.prod(shape, dtype=np.int64))), kind).reshape(shape))
    return made


def serve() -> None:
    """Answer one question after the other until the near side closes the pipe."""
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    for line in sys.stdin.buffer:
        said = json.loads(line)
        arrays = arrays_of(sys.stdin.buffer, said["arrays"])
        try:
            facts, made = written(said["ask"], *arrays) if "write" in said["ask"] else read(said["ask"])
            listed = [{"dtype": each.dtype.str, "shape": list(each.shape)} for each in made]
            pipe.write(json.dumps({"answer": facts, "arrays": listed}).encode() + b"\n")
            for each in made:
                pipe.write(each.tobytes())
        except (Tf.ErrorException, OSError, ValueError, RuntimeError, TypeError, ZeroDivisionError) as error:
            pipe.write(json.dumps({"refused": f"{type(error).__name__}: {error}"[:300]}).encode() + b"\n")
        pipe.flush()
    os._exit(0)


if __name__ == "__main__":
    serve()
