"""The far side of the USD reader: usd-core, alone in a process that may die without harm.

Asked {"path": ..., "frames": most per take, "prims": most, "memory": bytes}, answers one array of JSON, the tree, and
the arrays that it names by number. Matrices are for columns, in the file's own unit and axes. It needs numpy and
usd-core, nothing of Marrow. By hand:

    python -P usd_read_far.py character.usdz

    stated      {"unit", "up", "rate", "start", "end", "comment", "ours"}
    nodes       {"names", "parents", "local": (nodes, 4, 4)}: prims with a place, and the joints of skeletons
    skins       [{"name", "nodes", "bind": (joints, 4, 4)}]: skeletons; bind is skeleton_from_joint
    takes       [{"name", "rate", "tracks": [{"nodes", "path", "times": seconds, "values": (keys, nodes, width)}]}]
    meshes      [{"name", "node", "points", "counts", "corners", "materials", "material", "shapes", "skin" ...}]
    materials   [{"name", "colour", "metallic", "roughness", "emission", "alpha", "cutoff", "two_sided", "pictures"}]
    remarks     words for what was left out
"""

import json
import os
import re
import sys

import numpy as np
from pxr import Ar, Gf, Sdf, Tf, Usd, UsdGeom, UsdShade, UsdSkel

PURPOSES = ("guide", "proxy")      # meshes that are for working, not for looking at
ROLES = {"colour": "diffuseColor", "emission": "emissiveColor", "normal": "normal", "occlusion": "occlusion",
         "roughness": "roughness", "metallic": "metallic", "opacity": "opacity"}
LARGEST = 200_000_000              # bytes of a picture
MOST = 8                           # joints that carry a vertex


class Refused(Exception):  # noqa: N818  (an answer, not an accident)
    """A file that cannot be read; the words go to the person who asked."""


class Reading:
    """One file being read: its stage, the tree so far, and the arrays on their way to the near side."""

    def __init__(self, path: str, frames: int, prims: int) -> None:
        try:
            self.stage = Usd.Stage.Open(path)
        except Tf.ErrorException as error:
            raise Refused(cause(error)) from error
        self.folder, self.frames = os.path.realpath(os.path.dirname(path)), frames
        self.prims = []
        for prim in self.stage.Traverse(Usd.TraverseInstanceProxies(Usd.PrimDefaultPredicate)):
            self.prims.append(prim)
            if len(self.prims) > prims:
                raise Refused(f"TooMany: {prims}")
        self.rate = self.stage.GetTimeCodesPerSecond()
        if not 0 < self.rate < 1e6:
            raise Refused(f"timeCodesPerSecond {self.rate}")
        self.arrays, self.remarks = [], {}
        self.names, self.parents, self.local, self.at = [], [], [], {}
        self.skins, self.joints, self.looks, self.known = [], {}, [], {}

    def add(self, values: np.ndarray) -> int:
        """Pack one array."""
        self.arrays.append(np.ascontiguousarray(values))
        return len(self.arrays) - 1

    def node(self, prim: Usd.Prim) -> int:
        """The number of a prim's node, made with all above it; -1 for what has no place."""
        path = prim.GetPath()
        if path in self.at or prim.IsPseudoRoot():
            return self.at.get(path, -1)
        parent = self.node(prim.GetParent())
        xform = UsdGeom.Xformable(prim)
        if not xform:
            self.at[path] = parent
            return parent
        times = xform.GetTimeSamples()
        code = Usd.TimeCode(times[0]) if times else Usd.TimeCode.Default()
        local = xform.GetLocalTransformation(code)
        top = xform.GetResetXformStack()
        self.at[path] = self.joint(said_name(prim), -1 if top else parent, matrices([local])[0])
        return self.at[path]

    def joint(self, name: str, parent: int, local: np.ndarray) -> int:
        """Add a node."""
        self.names.append(name)
        self.parents.append(parent)
        self.local.append(local)
        return len(self.names) - 1

    def tree(self) -> dict:
        """Everything in the file as plain facts."""
        seen = [prim for prim in self.prims if prim.IsA(UsdSkel.Skeleton)]
        for prim in seen:
            self.skeleton(UsdSkel.Skeleton(prim))
        meshes = [each for prim in self.prims if prim.IsA(UsdGeom.Mesh) and (each := self.mesh(UsdGeom.Mesh(prim)))]
        for prim in self.prims:
            if UsdGeom.Xformable(prim) and UsdGeom.Xformable(prim).TransformMightBeTimeVarying():
                self.node(prim)
        takes = self.takes(seen)
        stage, layer = self.stage, self.stage.GetRootLayer()
        stated = {"unit": UsdGeom.GetStageMetersPerUnit(stage), "up": str(UsdGeom.GetStageUpAxis(stage)).lower(),
                  "rate": self.rate, "start": stage.GetStartTimeCode(), "end": stage.GetEndTimeCode(),
                  "comment": layer.documentation or "", "ours": "marrow" in dict(layer.customLayerData)}
        return {"stated": stated, "takes": takes, "meshes": meshes, "materials": self.looks, "skins": self.skins,
                "nodes": {"names": self.names, "parents": self.parents,
                          "local": self.add(np.array(self.local).reshape(-1, 4, 4))}, "remarks": list(self.remarks)}

    def skeleton(self, skeleton: UsdSkel.Skeleton) -> None:
        """A skeleton's joints as nodes below its own."""
        joints = [str(each) for each in skeleton.GetJointsAttr().Get() or ()]
        called = list(skeleton.GetJointNamesAttr().Get() or ())
        parents = list(UsdSkel.Topology(joints).GetParentIndices()) if joints else []
        count = len(joints)
        if not count or any(parent >= number for number, parent in enumerate(parents)):
            return
        rest, bind = (matrices(each.Get() or ()) for each in (skeleton.GetRestTransformsAttr(),
                                                             skeleton.GetBindTransformsAttr()))
        if len(rest) != count and len(bind) != count:
            raise Refused(f"{skeleton.GetPath()}: restTransforms, bindTransforms")
        if len(rest) != count:
            rest = np.array([np.linalg.pinv(bind[parent]) @ each if parent >= 0 else each for each, parent in
                             zip(bind, parents, strict=True)])
        if len(bind) != count:
            bind = rest.copy()
            for number, parent in enumerate(parents):
                bind[number] = bind[parent] @ rest[number] if parent >= 0 else rest[number]
        names = called if len(called) == count else [each.rpartition("/")[2] for each in joints]
        top, numbers = self.node(skeleton.GetPrim()), []
        for name, parent, local in zip(names, parents, rest, strict=True):
            numbers.append(self.joint(str(name), numbers[parent] if parent >= 0 else top, local))
        self.joints[skeleton.GetPath()] = (len(self.skins), joints, numbers)
        above = skeleton.GetPrim().GetParent()
        name = said_name(above) if above.IsA(UsdSkel.Root) else said_name(skeleton.GetPrim())
        self.skins.append({"name": name, "nodes": numbers, "bind": self.add(bind)})

    def takes(self, skeletons: list[Usd.Prim]) -> list[dict]:
        """Every animation of a skeleton, with how what it stands on moves; then what else moves."""
        made, carried = [], set()
        bound = {prim.GetPath(): UsdSkel.BindingAPI(prim).GetInheritedAnimationSource() for prim in skeletons
                 if prim.GetPath() in self.joints}
        used = {source.GetPath() for source in bound.values() if source}
        free = [prim for prim in self.prims if prim.IsA(UsdSkel.Animation) and prim.GetPath() not in used]
        moving = {path: number for path, number in self.at.items() if self.varies(path)}
        for path, source in bound.items():
            _, joints, numbers = self.joints[path]
            mine = [each for each in free if self.fits(UsdSkel.Animation(each), joints)]
            free = [each for each in free if each not in mine]
            ways = [self.way(above) for above in path.GetPrefixes() if above in moving]
            carried.update(above for above in path.GetPrefixes() if above in moving)
            sources = [source] if source and source.IsA(UsdSkel.Animation) else []
            for place, each in enumerate([*sources, *mine]):
                tracks = self.animation(UsdSkel.Animation(each), joints, numbers)
                tracks += ways if place < len(sources) else []
                if tracks:
                    rate = each.GetCustomDataByKey("marrow:rate")
                    made.append({"name": said_name(each), "rate": rate and str(rate), "tracks": tracks})
            if ways and not sources:
                made.append({"name": "", "rate": None, "tracks": ways})
        rest = [self.way(path) for path in moving if path not in carried and self.at[path] >= 0]
        return [*made, {"name": "", "rate": None, "tracks": rest}] if rest else made

    def varies(self, path: Sdf.Path) -> bool:
        """Whether a prim's place changes over time."""
        xform = UsdGeom.Xformable(self.stage.GetPrimAtPath(path))
        return bool(xform) and len(xform.GetTimeSamples()) > 1

    def fits(self, animation: UsdSkel.Animation, joints: list[str]) -> bool:
        """Whether an animation that no skeleton names is meant for one: at least half of its joints are its."""
        own = [str(each) for each in animation.GetJointsAttr().Get() or ()]
        return bool(own) and 2 * len(set(own) & set(joints)) >= len(own)

    def animation(self, animation: UsdSkel.Animation, joints: list[str], numbers: list[int]) -> list[dict]:
        """The tracks of one animation for a skeleton's joints."""
        place = {name: number for name, number in zip(joints, numbers, strict=True)}
        own = [str(each) for each in animation.GetJointsAttr().Get() or ()]
        chosen = [number for number, name in enumerate(own) if name in place]
        if not chosen:
            return []
        made, ways = [], (("translation", animation.GetTranslationsAttr()), ("rotation", animation.GetRotationsAttr()),
                          ("scale", animation.GetScalesAttr()))
        start = min((each.GetTimeSamples()[0] for _, each in ways if each.GetNumTimeSamples()), default=0.0)
        for path, attribute in ways:
            times = attribute.GetTimeSamples() or [start]
            if len(times) > self.frames:
                raise Refused(f"TooLong: {len(times)}")
            values = [np.array(attribute.Get(time if attribute.GetTimeSamples() else Usd.TimeCode.Default()) or [])
                      for time in times]
            width = 4 if path == "rotation" else 3
            if any(each.shape != (len(own), width) for each in values):
                self.remarks |= {"animation": None} if any(len(each) for each in values) else {}
                continue
            stacked = np.stack(values)[:, chosen].astype("<f4")
            if path != "scale" or np.abs(stacked - 1).max(initial=0) > 1e-4:
                made.append({"nodes": [place[own[each]] for each in chosen], "path": path,
                             "times": self.add(np.array(times) / self.rate), "values": self.add(stacked)})
        if animation.GetBlendShapeWeightsAttr().GetNumTimeSamples() > 1:
            self.remarks["faces"] = None
        return made

    def way(self, path: Sdf.Path) -> dict:
        """How a prim moves: its local matrices at its keys and at every frame between."""
        xform = UsdGeom.Xformable(self.stage.GetPrimAtPath(path))
        keys = np.array(xform.GetTimeSamples())
        between = np.arange(np.ceil(keys[0]), min(np.floor(keys[-1]), keys[0] + self.frames) + 1)
        times = np.unique(np.concatenate([keys, between]))
        if len(times) > self.frames:
            raise Refused(f"TooLong: {len(times)}")
        worlds = matrices([xform.GetLocalTransformation(Usd.TimeCode(time)) for time in times])
        return {"nodes": [self.at[path]], "path": "matrix", "times": self.add(times / self.rate),
                "values": self.add(worlds[:, None])}

    def mesh(self, mesh: UsdGeom.Mesh) -> dict | None:
        """One mesh as polygons, what belongs to corners spread over them."""
        prim = mesh.GetPrim()
        if UsdGeom.Imageable(prim).ComputePurpose() in PURPOSES:
            return None
        points, counts, corners = (np.array(first(each) or []) for each in (
            mesh.GetPointsAttr(), mesh.GetFaceVertexCountsAttr(), mesh.GetFaceVertexIndicesAttr()))
        if not len(points) or not len(counts) or points.shape[1:] != (3,):
            return None
        if counts.min() < 0 or counts.sum() != len(corners) or corners.min(initial=0) < 0 \
                or corners.max(initial=-1) >= len(points):
            raise Refused(f"{prim.GetPath()}: faceVertexIndices")
        if mesh.GetOrientationAttr().Get() == "leftHanded":
            turned = np.repeat(np.cumsum(counts) * 2 - counts - 1, counts) - np.arange(len(corners))
        else:
            turned = np.arange(len(corners))
        made = {"name": said_name(prim), "node": self.node(prim), "points": self.add(points.astype("<f4")),
                "counts": self.add(counts), "corners": self.add(corners[turned])}
        scheme = mesh.GetSubdivisionSchemeAttr()
        if scheme.HasAuthoredValue() and scheme.Get() != "none":
            self.remarks["smooth"] = None
        shape = (counts, corners, turned, len(points))
        made |= self.surface(mesh, shape) | self.faces(prim, len(counts))
        return made | self.binding(prim, len(points))

    def surface(self, mesh: UsdGeom.Mesh, shape: tuple) -> dict:
        """Normals, texture coordinates and colours of the corners."""
        variables, made = UsdGeom.PrimvarsAPI(mesh.GetPrim()), {}
        normals = variables.GetPrimvar("normals")
        if normals and normals.HasValue():
            made["normals"] = (spread(flat(normals), normals.GetInterpolation(), shape), 3)
        elif mesh.GetNormalsAttr().HasValue():
            found = np.array(first(mesh.GetNormalsAttr()))
            made["normals"] = (spread(found, mesh.GetNormalsInterpolation(), shape), 3)
        maps = [each for each in variables.GetPrimvarsWithValues() if each.GetTypeName().role == "TextureCoordinate"
                or (str(each.GetTypeName()) == "float2[]" and each.GetPrimvarName() in ("st", "UVMap", "uv"))]
        maps.sort(key=lambda each: each.GetPrimvarName() != "st")
        if maps:
            made["uv"] = (spread(flat(maps[0]), maps[0].GetInterpolation(), shape), 2)
            self.remarks |= {"uv": None} if len(maps) > 1 else {}
        tint = variables.GetPrimvar("displayColor")
        if tint and tint.HasValue() and tint.GetInterpolation() != "constant":
            made["colours"] = (spread(flat(tint), tint.GetInterpolation(), shape), 3)
        elif tint and tint.HasValue() and len(flat(tint)):
            made["tint"] = flat(tint)[0].astype(float).tolist()
        return {name: each if name == "tint" else self.add(each[0][:, :each[1]].astype("<f4"))
                for name, each in made.items() if name == "tint" or each[0] is not None}

    def faces(self, prim: Usd.Prim, count: int) -> dict:
        """The material of every face."""
        two = bool(UsdGeom.Gprim(prim).GetDoubleSidedAttr().Get())
        numbers = np.full(count, self.look(UsdShade.MaterialBindingAPI(prim), two), np.int32)
        for subset in UsdShade.MaterialBindingAPI(prim).GetMaterialBindSubsets():
            inside = np.array(first(subset.GetIndicesAttr()) or [], np.int64)
            inside = inside[(inside >= 0) & (inside < count)]
            numbers[inside] = self.look(UsdShade.MaterialBindingAPI(subset.GetPrim()), two)
        return {"material": self.add(numbers), "two_sided": two}

    def binding(self, prim: Usd.Prim, count: int) -> dict:
        """Which joints carry which point, and the blend shapes."""
        api, made = UsdSkel.BindingAPI(prim), {"shapes": self.shapes(prim, count)}
        skeleton = api.GetInheritedSkeleton()
        inherited = UsdGeom.PrimvarsAPI(prim)
        indices, weights = (inherited.FindPrimvarWithInheritance(f"skel:{name}") for name in
                            ("jointIndices", "jointWeights"))
        if not skeleton or skeleton.GetPath() not in self.joints or not (indices.HasValue() and weights.HasValue()):
            return made
        number, joints, _ = self.joints[skeleton.GetPath()]
        carried, share = (np.array(each.Get()) for each in (indices, weights))
        wide = indices.GetElementSize()
        if indices.GetInterpolation() == "constant":
            wide = len(carried)
            carried, share = np.tile(carried, count), np.tile(share, count)
        order = [str(each) for each in api.GetJointsAttr().Get() or ()]
        place = np.array([joints.index(each) if each in joints else -1 for each in order] or range(len(joints)))
        if wide < 1 or len(carried) != count * wide or len(share) != len(carried) or carried.min(initial=0) < 0 \
                or carried.max(initial=-1) >= len(place):
            raise Refused(f"{prim.GetPath()}: skel:jointIndices")
        carried, share = place[carried].reshape(count, wide), np.nan_to_num(share.reshape(count, wide))
        share = np.where(carried >= 0, share, 0)
        if wide > MOST:
            best = np.argsort(-share, axis=1, kind="stable")[:, :MOST]
            carried, share = (np.take_along_axis(each, best, 1) for each in (carried, share))
        geometry = matrices([api.GetGeomBindTransformAttr().Get() or Gf.Matrix4d(1)])[0]
        return made | {"skin": number, "joints": self.add(np.maximum(carried, 0).astype(np.int32)),
                       "weights": self.add(share.astype("<f4")), "geometry": self.add(geometry)}

    def shapes(self, prim: Usd.Prim, count: int) -> list[dict]:
        """The blend shapes of a mesh: which points move, and how far."""
        api, made = UsdSkel.BindingAPI(prim), []
        names = [str(each) for each in api.GetBlendShapesAttr().Get() or ()]
        targets = api.GetBlendShapeTargetsRel().GetTargets()
        for name, target in zip(names, targets, strict=False):
            shape = UsdSkel.BlendShape(self.stage.GetPrimAtPath(target))
            if not shape:
                continue
            moves = np.array(shape.GetOffsetsAttr().Get() or np.zeros((0, 3)), "<f4")
            places = np.array(shape.GetPointIndicesAttr().Get() or np.arange(len(moves)), np.int64)
            if len(places) != len(moves) or places.min(initial=0) < 0 or places.max(initial=-1) >= count:
                raise Refused(f"{target}: pointIndices")
            self.remarks |= {"between": None} if shape.GetInbetweens() else {}
            made.append({"name": name, "vertex": self.add(places), "move": self.add(moves.reshape(-1, 3))})
        return made

    def look(self, api: UsdShade.MaterialBindingAPI, two_sided: bool) -> int:
        """The number of the material that is bound, -1 for none."""
        material, _ = api.ComputeBoundMaterial()
        if not material:
            return -1
        key = (material.GetPath(), two_sided)
        if key not in self.known:
            self.known[key] = len(self.looks)
            self.looks.append(self.material(material) | {"two_sided": two_sided})
        return self.known[key]

    def material(self, material: UsdShade.Material) -> dict:
        """A UsdPreviewSurface, or what can be said of another surface: its name."""
        made = {"name": said_name(material.GetPrim()), "colour": [0.18, 0.18, 0.18, 1.0], "metallic": 0.0,
                "roughness": 0.5, "emission": [0.0, 0.0, 0.0], "alpha": "opaque", "cutoff": 0.5, "pictures": {}}
        shader = material.ComputeSurfaceSource()[0]
        if not shader or shader.GetIdAttr().Get() != "UsdPreviewSurface":
            self.remarks["surface"] = None
            return made
        pictures, values = {}, {}
        for role, name in ROLES.items():
            values[role], pictures[role] = self.input(shader, name)
        plain = values["colour"] or (0.18, 0.18, 0.18)
        opacity = 1.0 if values["opacity"] is None else float(values["opacity"])
        cutoff = self.input(shader, "opacityThreshold")[0] or 0.0
        made["colour"] = [*((1.0, 1.0, 1.0) if pictures["colour"] else map(float, plain)), opacity]
        for name in ("metallic", "roughness"):
            made[name] = float(made[name] if values[name] is None else values[name])
        made["emission"] = [1.0] * 3 if pictures["emission"] else list(map(float, values["emission"] or (0, 0, 0)))
        if pictures["opacity"] or opacity < 1:
            made |= {"alpha": "mask", "cutoff": float(cutoff)} if cutoff > 0 else {"alpha": "blend"}
        rough, metal = pictures["roughness"], pictures["metallic"]
        packed = rough if rough and rough[1] == "g" and (not metal or metal == (rough[0], "b")) else None
        if (rough or metal) and not packed:
            self.remarks["metallic"] = None
        if packed:
            made |= {"roughness": 1.0, "metallic": 1.0 if metal else made["metallic"]}
        kept = {**{role: pictures[role] for role in ("colour", "emission", "normal", "occlusion")}, "roughness": packed}
        for role, found in kept.items():
            content = found and self.picture(found[0])
            if content:
                made["pictures"][role] = content
            elif found:
                self.remarks["picture"] = None
        return made

    def input(self, shader: UsdShade.Shader, name: str) -> tuple:
        """A shader's value, and (file, channel) of the texture that it comes from."""
        found = shader.GetInput(name)
        if not found:
            return None, None
        for attribute in UsdShade.Utils.GetValueProducingAttributes(found):
            source = UsdShade.Shader(attribute.GetPrim())
            if not UsdShade.Utils.GetType(attribute.GetName()) == UsdShade.AttributeType.Output:
                return attribute.Get(), None
            if source and source.GetIdAttr().Get() == "UsdUVTexture" and source.GetInput("file"):
                file = UsdShade.Utils.GetValueProducingAttributes(source.GetInput("file"))
                asset = file[0].Get() if file else None
                self.remarks |= {"shifted": None} if self.shifted(source) else {}
                if asset is not None:
                    return None, (asset.resolvedPath or asset.path, attribute.GetBaseName())
        return None, None

    def shifted(self, texture: UsdShade.Shader) -> bool:
        """Whether a texture lies otherwise on the surface than its coordinates say."""
        ways = UsdShade.Utils.GetValueProducingAttributes(texture.GetInput("st")) if texture.GetInput("st") else ()
        return any(UsdShade.Shader(each.GetPrim()).GetIdAttr().Get() == "UsdTransform2d" for each in ways)

    def picture(self, place: str) -> int | None:
        """The bytes of a picture in the file's folder or inside the file, as an array."""
        key = ("picture", place)
        if key not in self.known:
            inside = "[" in place or os.path.realpath(place).startswith(self.folder + os.sep)
            asset = Ar.GetResolver().OpenAsset(Ar.ResolvedPath(place)) if place and inside else None
            content = bytes(asset.GetBuffer()) if asset and 0 < asset.GetSize() <= LARGEST else b""
            self.known[key] = self.add(np.frombuffer(content, np.uint8)) if content else None
        return self.known[key]


def cause(error: Tf.ErrorException) -> str:
    """The first thing that USD complains of, without where in USD it does."""
    found = re.findall(r"' at line \d+ in file \S+ : '(.+?)\s*'(?:\n|$)", str(error), re.DOTALL)
    return (found[0] if found else str(error).strip())[:200]


def said_name(prim: Usd.Prim) -> str:
    """What people call a prim."""
    said = prim.GetCustomDataByKey("marrow:name")
    return prim.GetName() if said is None else str(said)


def first(attribute: Usd.Attribute) -> object:
    """An attribute's value as the file was left, or at its first key."""
    times = attribute.GetTimeSamples()
    return attribute.Get(times[0]) if times else attribute.Get()


def flat(variable: UsdGeom.Primvar) -> np.ndarray:
    """The values of a variable with its indices resolved."""
    times = variable.GetTimeSamples()
    return np.array(variable.ComputeFlattened(Usd.TimeCode(times[0])) if times else variable.ComputeFlattened())


def spread(values: np.ndarray, way: str, shape: tuple) -> np.ndarray | None:
    """Values of points, faces, corners or the whole, one for every corner; None where their number is wrong."""
    counts, corners, turned, points = shape
    if way in ("vertex", "varying") and len(values) == points:
        return values[corners][turned]
    if way == "faceVarying" and len(values) == len(corners):
        return values[turned]
    if way == "uniform" and len(values) == len(counts):
        return np.repeat(values, counts, axis=0)
    return np.repeat(values[:1], len(corners), axis=0) if way == "constant" and len(values) else None


def matrices(found: list) -> np.ndarray:
    """Matrices for rows as matrices for columns: (n, 4, 4)."""
    return np.array([np.array(each) for each in found], float).reshape(-1, 4, 4).swapaxes(1, 2)


def limited(most: int) -> None:
    """Let the system end this process before it takes the machine's memory."""
    try:
        import resource
    except ImportError:     # Windows knows no such limit
        return
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def serve() -> None:
    """Answer one question after the other until the near side closes the pipe."""
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    for line in sys.stdin.buffer:
        ask = json.loads(line)["ask"]
        limited(ask["memory"])
        try:
            reading = Reading(ask["path"], ask["frames"], ask["prims"])
            words = np.frombuffer(json.dumps(reading.tree()).encode(), np.uint8)
        except Tf.ErrorException as error:
            pipe.write(json.dumps({"refused": cause(error)}).encode() + b"\n")
        except Refused as error:
            pipe.write(json.dumps({"refused": str(error)}).encode() + b"\n")
        except (ValueError, TypeError, IndexError, KeyError, RuntimeError, RecursionError) as error:
            pipe.write(json.dumps({"refused": f"{type(error).__name__}: {error}"[:200]}).encode() + b"\n")
        except MemoryError:
            pipe.write(json.dumps({"refused": "OutOfMemory"}).encode() + b"\n")
        else:
            arrays = [words, *reading.arrays]
            listed = [{"dtype": each.dtype.str, "shape": list(each.shape)} for each in arrays]
            pipe.write(json.dumps({"answer": {}, "arrays": listed}).encode() + b"\n")
            for each in arrays:
                pipe.write(each.tobytes())
        pipe.flush()
    os._exit(0)


def by_hand(path: str) -> None:
    """Write what a file holds to stderr, without its arrays."""
    sys.stderr.write(json.dumps(Reading(path, 100_000, 100_000).tree(), ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    by_hand(sys.argv[1]) if len(sys.argv) > 1 else serve()
