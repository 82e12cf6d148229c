"""The far side of the USD writer: usd-core, alone in a process of its own.

Asked {"path": ..., "rig": facts, "memory": bytes} with the arrays that the facts name by number, writes the file and
answers what it could not keep. It needs numpy and usd-core, nothing of Marrow.

    name, title         of the body
    names, parents      of its joints; rest (joints, 4, 4) local, bind (joints, 4, 4), matrices for columns
    rate                time codes per second
    takes               [{"name", "rate", "codes": (frames,), "turns": (frames, joints, 4) x y z w, "places": (frames,
                        joints, 3)}]
    mesh                None or {"name", "points", "faces", "normals", "uv", "colours", "opacity", "material",
                        "materials", "two_sided", "joints", "weights", "shapes": [{"name", "move"}]}
    materials           as the reader's, pictures as arrays
"""

import json
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
from pxr import Gf, Sdf, Tf, Usd, UsdGeom, UsdShade, UsdSkel, UsdUtils, Vt

DAY = 946_684_800    # the time that packed files bear, always the same: the first second of 2000
ENDINGS = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpg", b"RIFF": "webp"}
INPUTS = {"colour": ("diffuseColor", Sdf.ValueTypeNames.Color3f, "rgb", "sRGB"),
          "emission": ("emissiveColor", Sdf.ValueTypeNames.Color3f, "rgb", "sRGB"),
          "normal": ("normal", Sdf.ValueTypeNames.Normal3f, "rgb", "raw"),
          "occlusion": ("occlusion", Sdf.ValueTypeNames.Float, "r", "raw"),
          "roughness": ("roughness", Sdf.ValueTypeNames.Float, "g", "raw"),
          "metallic": ("metallic", Sdf.ValueTypeNames.Float, "b", "raw")}


class Writing:
    """One file being written: its stage, the arrays, and where pictures go."""

    def __init__(self, path: Path, rig: dict, arrays: list, beside: str) -> None:
        self.path, self.rig, self.arrays, self.beside = path, rig, arrays, beside
        self.stage = Usd.Stage.CreateNew(str(path))
        self.files, self.taken = {}, {}

    def write(self) -> None:
        """Everything, saved."""
        stage, rig = self.stage, self.rig
        UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.y)
        UsdGeom.SetStageMetersPerUnit(stage, 1.0)
        stage.SetTimeCodesPerSecond(rig["rate"])
        stage.SetFramesPerSecond(rig["rate"])
        stage.GetRootLayer().customLayerData = {"marrow": 1}
        if rig["takes"]:
            stage.SetStartTimeCode(0)
            stage.SetEndTimeCode(max(float(self.arrays[take["codes"]][-1]) for take in rig["takes"]))
        kind = UsdSkel.Root if rig["names"] else UsdGeom.Xform
        top = kind.Define(stage, self.free("/", rig["name"] or rig["title"]))
        self.called(top, rig["name"])
        stage.SetDefaultPrim(top.GetPrim())
        skeleton = self.skeleton(str(top.GetPath())) if rig["names"] else None
        if rig["mesh"]:
            self.mesh(str(top.GetPath()), rig["mesh"], skeleton)
        stage.GetRootLayer().Save()

    def free(self, above: str, name: str) -> str:
        """A path below another that is not taken, as near to the name as paths allow."""
        plain = name if Sdf.Path.IsValidIdentifier(name) else valid(name)
        path, number = f"{above.rstrip('/')}/{plain}", 0
        while path in self.taken:
            number += 1
            path = f"{above.rstrip('/')}/{plain}_{number}"
        self.taken[path] = None
        return path

    def called(self, thing: object, name: str) -> None:
        """Keep the name that people gave, where the path could not."""
        prim = thing.GetPrim()
        if prim.GetName() != name:
            prim.SetCustomDataByKey("marrow:name", name)

    def skeleton(self, top: str) -> UsdSkel.Skeleton:
        """The skeleton and its animations, of which it plays the first."""
        rig, paths = self.rig, []
        for joint, (name, parent) in enumerate(zip(rig["names"], rig["parents"], strict=True)):
            above = f"/{top}#joints/{paths[parent]}" if parent >= 0 else f"/{top}#joints"
            paths.append(self.free(above, name).removeprefix(f"/{top}#joints/"))
            if joint and parent < 0:
                raise ValueError("parents")
        skeleton = UsdSkel.Skeleton.Define(self.stage, self.free(top, "Skeleton"))
        skeleton.CreateJointsAttr(paths)
        skeleton.CreateJointNamesAttr(rig["names"])
        skeleton.CreateRestTransformsAttr(rows(self.arrays[rig["rest"]]))
        skeleton.CreateBindTransformsAttr(rows(self.arrays[rig["bind"]]))
        binding = UsdSkel.BindingAPI.Apply(skeleton.GetPrim())
        for number, take in enumerate(rig["takes"]):
            animation = self.animation(str(skeleton.GetPath()), take, paths)
            if number == 0:
                binding.CreateAnimationSourceRel().SetTargets([animation.GetPath()])
        return skeleton

    def animation(self, above: str, take: dict, paths: list[str]) -> UsdSkel.Animation:
        """One take."""
        made = UsdSkel.Animation.Define(self.stage, self.free(above, take["name"] or "Take"))
        self.called(made, take["name"])
        made.GetPrim().SetCustomDataByKey("marrow:rate", take["rate"])
        made.CreateJointsAttr(paths)
        made.CreateScalesAttr(Vt.Vec3hArray.FromNumpy(np.ones((len(paths), 3), np.float16)))
        codes, turns, places = (self.arrays[take[name]] for name in ("codes", "turns", "places"))
        for attribute, values, kind in ((made.CreateTranslationsAttr(), places, Vt.Vec3fArray),
                                        (made.CreateRotationsAttr(), turns, Vt.QuatfArray)):
            for code, each in zip(codes.tolist(), values.astype(np.float32), strict=True):
                attribute.Set(kind.FromNumpy(np.ascontiguousarray(each)), code)
        return made

    def mesh(self, top: str, said: dict, skeleton: UsdSkel.Skeleton | None) -> None:
        """The mesh, its looks, what carries it and its shapes."""
        mesh = UsdGeom.Mesh.Define(self.stage, self.free(top, said["name"] or "Mesh"))
        self.called(mesh, said["name"])
        points, faces = self.arrays[said["points"]], self.arrays[said["faces"]]
        mesh.CreatePointsAttr(Vt.Vec3fArray.FromNumpy(points))
        mesh.CreateFaceVertexCountsAttr(Vt.IntArray.FromNumpy(np.full(len(faces), 3, np.int32)))
        mesh.CreateFaceVertexIndicesAttr(Vt.IntArray.FromNumpy(faces.reshape(-1).astype(np.int32)))
        mesh.CreateSubdivisionSchemeAttr("none")
        mesh.CreateDoubleSidedAttr(said["two_sided"])
        mesh.CreateExtentAttr(Vt.Vec3fArray.FromNumpy(np.stack([points.min(0), points.max(0)])))
        variables = UsdGeom.PrimvarsAPI(mesh)
        if said["normals"] is not None:
            mesh.CreateNormalsAttr(Vt.Vec3fArray.FromNumpy(self.arrays[said["normals"]]))
            mesh.SetNormalsInterpolation("vertex")
        for name, key, kind, array in (
                ("st", "uv", Sdf.ValueTypeNames.TexCoord2fArray, Vt.Vec2fArray),
                ("displayColor", "colours", Sdf.ValueTypeNames.Color3fArray, Vt.Vec3fArray),
                ("displayOpacity", "opacity", Sdf.ValueTypeNames.FloatArray, Vt.FloatArray)):
            if said[key] is not None:
                variables.CreatePrimvar(name, kind, "vertex").Set(array.FromNumpy(self.arrays[said[key]]))
        self.looks(top, mesh, said)
        if skeleton and said["joints"] is not None:
            self.bind(mesh, said, skeleton)
        api = UsdSkel.BindingAPI.Apply(mesh.GetPrim()) if said["shapes"] else None
        targets = [self.shape(str(mesh.GetPath()), each) for each in said["shapes"]]
        if api:
            api.CreateBlendShapesAttr([each["name"] for each in said["shapes"]])
            api.CreateBlendShapeTargetsRel().SetTargets([each.GetPath() for each in targets])

    def bind(self, mesh: UsdGeom.Mesh, said: dict, skeleton: UsdSkel.Skeleton) -> None:
        """Which joints carry which point."""
        api = UsdSkel.BindingAPI.Apply(mesh.GetPrim())
        joints, weights = self.arrays[said["joints"]], self.arrays[said["weights"]]
        wide = joints.shape[1]
        api.CreateJointIndicesPrimvar(False, wide).Set(Vt.IntArray.FromNumpy(joints.reshape(-1).astype(np.int32)))
        api.CreateJointWeightsPrimvar(False, wide).Set(Vt.FloatArray.FromNumpy(weights.reshape(-1)))
        api.CreateGeomBindTransformAttr(Gf.Matrix4d(1))
        api.CreateSkeletonRel().SetTargets([skeleton.GetPath()])

    def shape(self, above: str, said: dict) -> UsdSkel.BlendShape:
        """A blend shape: only the points that move."""
        made, moves = UsdSkel.BlendShape.Define(self.stage, self.free(above, said["name"])), self.arrays[said["move"]]
        moved = np.flatnonzero(moves.any(1)).astype(np.int32)
        made.CreateOffsetsAttr(Vt.Vec3fArray.FromNumpy(moves[moved]))
        made.CreatePointIndicesAttr(Vt.IntArray.FromNumpy(moved))
        return made

    def looks(self, top: str, mesh: UsdGeom.Mesh, said: dict) -> None:
        """Materials, and the faces that have them."""
        if not said["materials"]:
            return
        room = self.free(top, "Materials")
        UsdGeom.Scope.Define(self.stage, room)
        made = [self.material(room, each, number) for number, each in enumerate(said["materials"])]
        numbers = self.arrays[said["material"]]
        UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim()).Bind(made[int(numbers[0])])
        used = np.unique(numbers).tolist()
        for number in used if len(used) > 1 else ():
            inside = Vt.IntArray.FromNumpy(np.flatnonzero(numbers == number).astype(np.int32))
            name = self.free(str(mesh.GetPath()), said["materials"][number]["name"] or "faces").rpartition("/")[2]
            subset = UsdShade.MaterialBindingAPI(mesh.GetPrim()).CreateMaterialBindSubset(name, inside)
            UsdShade.MaterialBindingAPI.Apply(subset.GetPrim()).Bind(made[number])
        if len(used) > 1:
            UsdShade.MaterialBindingAPI(mesh.GetPrim()).SetMaterialBindSubsetsFamilyType(UsdGeom.Tokens.partition)

    def material(self, room: str, said: dict, number: int) -> UsdShade.Material:
        """A UsdPreviewSurface."""
        material = UsdShade.Material.Define(self.stage, self.free(room, said["name"] or "material"))
        self.called(material, said["name"])
        shader = UsdShade.Shader.Define(self.stage, f"{material.GetPath()}/Surface")
        shader.CreateIdAttr("UsdPreviewSurface")
        material.CreateSurfaceOutput().ConnectToSource(shader.ConnectableAPI(), "surface")
        *colour, alpha = said["colour"]
        values = {"diffuseColor": (Sdf.ValueTypeNames.Color3f, Gf.Vec3f(*colour)),
                  "emissiveColor": (Sdf.ValueTypeNames.Color3f, Gf.Vec3f(*said["emission"])),
                  "metallic": (Sdf.ValueTypeNames.Float, said["metallic"]),
                  "roughness": (Sdf.ValueTypeNames.Float, said["roughness"]),
                  "opacity": (Sdf.ValueTypeNames.Float, alpha),
                  "opacityThreshold": (Sdf.ValueTypeNames.Float, said["cutoff"] if said["alpha"] == "mask" else 0.0)}
        for name, (kind, value) in values.items():
            shader.CreateInput(name, kind).Set(value)
        pictures = dict(said["pictures"])
        if "roughness" in pictures and said["metallic"] > 0:
            pictures["metallic"] = pictures["roughness"]
        for role, array in pictures.items():
            self.texture(material, shader, role, self.picture(array, f"{number}_{role}"), said)
        return material

    def texture(self, material: UsdShade.Material, shader: UsdShade.Shader, role: str, file: str, said: dict) -> None:
        """Connect a picture to what it shows."""
        name, kind, channel, space = INPUTS[role]
        above = str(material.GetPath())
        reader = UsdShade.Shader.Define(self.stage, f"{above}/Coordinates")
        reader.CreateIdAttr("UsdPrimvarReader_float2")
        reader.CreateInput("varname", Sdf.ValueTypeNames.String).Set("st")
        seen = UsdShade.Shader.Define(self.stage, f"{above}/{role}")
        seen.CreateIdAttr("UsdUVTexture")
        seen.CreateInput("file", Sdf.ValueTypeNames.Asset).Set(file)
        seen.CreateInput("sourceColorSpace", Sdf.ValueTypeNames.Token).Set(space)
        for wrap in ("wrapS", "wrapT"):
            seen.CreateInput(wrap, Sdf.ValueTypeNames.Token).Set("repeat")
        if role == "normal":
            seen.CreateInput("scale", Sdf.ValueTypeNames.Float4).Set(Gf.Vec4f(2, 2, 2, 1))
            seen.CreateInput("bias", Sdf.ValueTypeNames.Float4).Set(Gf.Vec4f(-1, -1, -1, 0))
        seen.CreateInput("st", Sdf.ValueTypeNames.Float2).ConnectToSource(reader.ConnectableAPI(), "result")
        shader.CreateInput(name, kind).ConnectToSource(seen.ConnectableAPI(), channel)
        if role == "colour" and said["alpha"] != "opaque":
            shader.CreateInput("opacity", Sdf.ValueTypeNames.Float).ConnectToSource(seen.ConnectableAPI(), "a")

    def picture(self, array: int, name: str) -> str:
        """Write a picture once; where it is, seen from the file."""
        if array not in self.files:
            content = self.arrays[array].tobytes()
            ending = next(each for head, each in ENDINGS.items() if content.startswith(head))
            folder = self.path.parent / self.beside
            folder.mkdir(exist_ok=True)
            (folder / f"{name}.{ending}").write_bytes(content)
            self.files[array] = f"./{self.beside}/{name}.{ending}"
        return self.files[array]


def valid(name: str) -> str:
    """The name with everything that paths do not allow replaced."""
    made = "".join(each if each == "_" or each.isalnum() else "_" for each in name)
    made = made if Sdf.Path.IsValidIdentifier(made) else f"_{made}"
    return made if Sdf.Path.IsValidIdentifier(made) else Tf.MakeValidIdentifier(name)


def rows(found: np.ndarray) -> Vt.Matrix4dArray:
    """Matrices for columns as matrices for rows."""
    return Vt.Matrix4dArray.FromNumpy(np.ascontiguousarray(found.swapaxes(1, 2)))


def written(path: Path, rig: dict, arrays: list) -> None:
    """Write the file; a .usdz is packed from one beside which its pictures lie."""
    if not path.parent.is_dir():
        raise FileNotFoundError(path.parent)
    if path.suffix.lower() != ".usdz":
        Writing(path, rig, arrays, f"{path.stem}_pictures").write()
        return
    with tempfile.TemporaryDirectory(prefix="marrow-usd-") as room:
        inside = Path(room) / "body.usdc"
        Writing(inside, rig, arrays, "pictures").write()
        for each in Path(room).rglob("*"):
            os.utime(each, (DAY, DAY))
        if not UsdUtils.CreateNewUsdzPackage(str(inside), str(path)):
            raise ValueError("usdz")


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
        rig = json.loads(arrays.pop(0).tobytes())
        try:
            written(Path(said["ask"]["path"]), rig, arrays)
            pipe.write(json.dumps({"answer": {}, "arrays": []}).encode() + b"\n")
        except (Tf.ErrorException, OSError, ValueError, RuntimeError) as error:
            pipe.write(json.dumps({"refused": f"{type(error).__name__}: {error}"[:300]}).encode() + b"\n")
        pipe.flush()
    os._exit(0)


if __name__ == "__main__":
    serve()
