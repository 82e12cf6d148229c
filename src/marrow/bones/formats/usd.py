"""Bodies as USD (UsdSkel): .usd, .usda, .usdc and .usdz, their rest pose, bind pose, exact rate, shapes and looks.

usd-core does the reading and writing in a process of its own (`usd_read_far.py`, `usd_write_far.py`): a bad file may
kill the process that reads it. What it finds becomes a glTF file in memory, so that skeletons, scales and motions mean
the same in both formats.
"""

import json
import sys
from collections.abc import Iterator
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.apart import Apart
from marrow.bones.formats.rates import exact
from marrow.bones.polygons import merged, triangles
from marrow.contents import Contents, Remark
from marrow.draw.colour import linear
from marrow.errors import EngineError, InputError, LimitError
from marrow.forms.gltf import read_scene
from marrow.forms.gltf_file import File
from marrow.forms.gltf_looks import mime
from marrow.forms.gltf_nodes import parted, rest_world
from marrow.forms.gltf_write import Draft, continuous
from marrow.forms.looks import look, wrong_kind
from marrow.media import Material, Motion, Rig
from marrow.rotations import normalised, to_matrix

LARGEST = 2_000_000_000   # bytes of a file
MEMORY = 8_000_000_000    # bytes that the far side may take
FRAMES = 100_000          # of one take
PRIMS = 100_000           # of a file
LIMIT = 120.0             # seconds without a word before the far side counts as hung
LYING = np.array([[1.0, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0], [0, 0, 0, 1]])   # ours from a world whose sky is at +Z
FINE = 200                # normals that differ by less than one part in this many are one; squared, of uv
HERE = Path(__file__).parent


def read_usd(path: Path) -> Contents:
    """Read everything in a USD file; units become metres and the sky +Y.

    raises    InputError   no USD, broken, or one that kills its reader
              LimitError   too large, or too long to read
              EngineError  usd-core is not installed
    source    UsdSkel and UsdPreviewSurface, Pixar; through usd-core
    test      joints and skinned vertices where Blender and UsdSkel itself put them
    """
    size = path.stat().st_size
    if size > LARGEST:
        raise LimitError("usd.large", path=path, size=f"{size / 1e9:.1f}", most=f"{LARGEST / 1e9:g}")
    if look(path) not in ("text", "unknown", "archive"):
        raise wrong_kind(path, "rig")
    words, *arrays = _asked("usd_read_far.py", {"path": str(path.resolve()), "frames": FRAMES, "prims": PRIMS}, path)
    facts = json.loads(words.tobytes())
    said = facts["stated"]
    with np.errstate(all="ignore"):
        draft = _Tree(facts, arrays, path).drafted()
    if not said["ours"]:
        del draft.tree["asset"]["extras"]
    draft.tree["buffers"] = [{"byteLength": draft.size}]
    try:
        held = read_scene(File(path, draft.tree, b"".join(draft.chunks)))
    except InputError as error:
        raise InputError("usd.broken", path=path, why=error.facts.get("why", error.key)) from error
    stated = {"unit": float(said["unit"]), "up": said["up"], "rate": exact(said["rate"]), "comment": said["comment"]}
    losses = (*held.contents.losses, *(Remark(f"usd.{each}") for each in facts["remarks"]))
    return Contents("usd", held.contents.rigs, held.contents.meshes, stated, losses)


def write_usd(rig: Rig, path: Path) -> tuple[Remark, ...]:
    """Write a rig as .usda, .usdc (also .usd) or .usdz; pictures lie in a folder beside it, in .usdz inside.

    raises    EngineError  usd-core is not installed
              InputError   it cannot be written there
    returns   what could not be kept
    test      read again it is the same within float32, rates exactly
    """
    bare = len(rig.skeleton.names) == 1 and not rig.motions and rig.skin is None and rig.mesh is not None
    arrays: list[ndarray] = []
    losses: dict[str, None] = {}

    def add(values: ndarray) -> int:
        arrays.append(np.ascontiguousarray(values))
        return len(arrays) - 1

    skeleton, rate = rig.skeleton, rig.motions[0].rate if rig.motions else Fraction(24)
    rest = np.tile(np.eye(4), (len(skeleton.names), 1, 1))
    rest[:, :3, :3], rest[:, :3, 3] = to_matrix(normalised(skeleton.turns)), skeleton.offsets
    bind = rest_world(skeleton) if rig.skin is None else np.asarray(rig.skin.bind, float)
    facts = {"name": rig.name, "title": path.stem, "names": [] if bare else list(skeleton.names), "rate": float(rate),
             "parents": np.asarray(skeleton.parents).tolist(), "rest": add(rest), "bind": add(bind),
             "takes": [_take(motion, rate, add) for motion in rig.motions],
             "mesh": _mesh(rig, add, losses) if rig.mesh is not None and len(rig.mesh.faces) else None}
    words = np.frombuffer(json.dumps(facts).encode(), np.uint8)
    _asked("usd_write_far.py", {"path": str(path.resolve())}, path, [words, *arrays])
    if any(each["pictures"] for each in (facts["mesh"] or {}).get("materials", ())) and path.suffix.lower() != ".usdz":
        return (*map(Remark, losses), Remark("usd.beside", {"name": f"{path.stem}_pictures"}))
    return tuple(map(Remark, losses))


def _asked(script: str, ask: dict, path: Path, arrays: list[ndarray] | tuple = ()) -> list[ndarray]:
    """What a far side answers; whatever goes wrong with it is told of the file."""
    if find_spec("pxr") is None:
        raise EngineError("usd.absent", path=path)
    with Apart([sys.executable, "-P", str(HERE / script)], name="usd-core", limit=LIMIT) as far:
        try:
            return far.ask({**ask, "memory": MEMORY}, arrays).arrays
        except EngineError as error:
            words = str(error.facts.get("words", ""))
            if error.key == "apart.refused" and words.startswith(("OutOfMemory", "TooMany", "TooLong")):
                raise LimitError("usd.memory", path=path, most=f"{MEMORY / 1e9:g}", why=words) from error
            if error.key == "apart.refused":
                key = "usd.unwritten" if arrays else "usd.broken"
                raise InputError(key, path=path, why=words) from error
            if error.key == "apart.died":
                raise InputError("usd.deadly", path=path) from error
            if error.key == "apart.slow":
                raise LimitError("usd.slow", path=path, seconds=f"{LIMIT:g}") from error
            raise


class _Tree:
    """What the far side found, on its way to a glTF file in memory."""

    def __init__(self, facts: dict, arrays: list[ndarray], path: Path) -> None:
        self.facts, self.arrays, self.path, self.draft = facts, arrays, path, Draft()

    def drafted(self) -> Draft:
        """Nodes, skins, meshes, materials and animations."""
        draft, said = self.draft, self.facts["nodes"]
        world = np.diag([*[self.facts["stated"]["unit"]] * 3, 1.0])
        world = LYING @ world if self.facts["stated"]["up"] == "z" else world
        for name, parent, local in zip(said["names"], said["parents"], self.arrays[said["local"]], strict=True):
            if not np.isfinite(local).all():
                raise InputError("usd.broken", path=self.path, why=name)
            number = draft.add("nodes", {"name": name, "matrix": local.T.reshape(-1).tolist(), "children": []})
            if parent >= 0:
                draft.tree["nodes"][parent]["children"].append(number)
        tops = [number for number, parent in enumerate(said["parents"]) if parent < 0]
        if not np.array_equal(world, np.eye(4)):
            tops = [draft.add("nodes", {"name": "", "matrix": world.T.reshape(-1).tolist(), "children": tops})]
        draft.tree["scenes"][0]["nodes"] = tops
        for each in self.facts["materials"]:
            draft.material(self.material(each))
        held = {each["skin"] for each in self.facts["meshes"] if "skin" in each}
        for number in range(len(self.facts["skins"])):
            if number not in held:
                self.skin(number, np.eye(4))
        for each in self.facts["meshes"]:
            self.mesh(each)
        for take in self.facts["takes"]:
            self.take(take)
        return draft

    def skin(self, number: int, geometry: ndarray) -> int:
        """A skin of this skeleton for a mesh that was bound with this matrix."""
        skin = self.facts["skins"][number]
        bind = self.arrays[skin["bind"]]
        if not np.isfinite(bind).all() or np.abs(np.linalg.det(bind)).min() < 1e-18:
            raise InputError("usd.broken", path=self.path, why=f"{skin['name']}: bindTransforms")
        inverse = np.linalg.inv(bind) @ geometry
        inverse[:, 3] = (0, 0, 0, 1)
        matrices = self.draft.array(inverse.swapaxes(1, 2).reshape(-1, 16).astype("<f4"))
        return self.draft.add("skins", {"name": skin["name"], "joints": skin["nodes"], "inverseBindMatrices": matrices})

    def mesh(self, said: dict) -> None:
        """A mesh as triangles, its corners merged where they are alike."""
        draft, arrays = self.draft, self.arrays
        points, counts, corners, material = (arrays[said[name]] for name in ("points", "counts", "corners", "material"))
        normals, uv, colours = (arrays[said[name]] if name in said else None for name in ("normals", "uv", "colours"))
        cut, owners = triangles(counts, points[corners].astype(float))
        rough = [None if each is None else np.round(np.nan_to_num(each) * fine) for each, fine in
                 ((normals, FINE), (uv, FINE**2), (colours, FINE**2))]
        first, vertex = merged(corners, *rough)
        at, faces = corners[first], vertex[cut]
        if not len(faces):
            return
        attributes = {"POSITION": draft.array(points[at])}
        if normals is not None:
            attributes["NORMAL"] = draft.array(normals[first])
        if uv is not None:
            attributes["TEXCOORD_0"] = draft.array((uv[first] * (1, -1) + (0, 1)).astype("<f4"))
        if colours is not None:
            attributes["COLOR_0"] = draft.array(colours[first])
        if "skin" in said:
            attributes |= draft.carried(arrays[said["joints"]][at], arrays[said["weights"]][at], 65536)
        targets = []
        for shape in said["shapes"]:
            moves = np.zeros_like(points)
            moves[arrays[shape["vertex"]]] = np.nan_to_num(arrays[shape["move"]])
            targets.append({"POSITION": draft.sparse(moves[at])})
        parts = []
        for number in np.unique(material[owners]).tolist():
            inside = faces[material[owners] == number].astype("<u4")
            part = {"attributes": attributes, "indices": draft.array(inside.reshape(-1))}
            plain = self.plain(said) if number < 0 else number
            parts.append(part | ({"material": plain} if plain is not None else {}) | ({"targets": targets} if targets
                                                                                    else {}))
        mesh = draft.add("meshes", {"name": said["name"], "primitives": parts,
                                    "extras": {"targetNames": [each["name"] for each in said["shapes"]]}})
        node = {"mesh": mesh}
        if "skin" in said:
            node["skin"] = self.skin(said["skin"], arrays[said["geometry"]])
        self.draft.tree["nodes"][said["node"]] |= node

    def plain(self, said: dict) -> int | None:
        """A material for faces that have none but a colour."""
        if "tint" not in said:
            return None
        colour = tuple(float(np.clip(np.nan_to_num(each), 0, 1)) for each in said["tint"])
        return self.draft.material(Material("", (*colour, 1.0), two_sided=said["two_sided"]))

    def material(self, said: dict) -> Material:
        """A material with its pictures."""
        pictures = {role: self.arrays[number].tobytes() for role, number in said["pictures"].items()}
        colour = tuple(float(np.clip(np.nan_to_num(each), 0, 1)) for each in said["colour"])
        glow = tuple(float(max(np.nan_to_num(each), 0)) for each in said["emission"])
        return Material(said["name"], colour, said["metallic"], said["roughness"], glow, pictures, said["alpha"],
                        said["cutoff"], said["two_sided"])

    def take(self, said: dict) -> None:
        """One animation."""
        made: dict = {"name": said["name"], "channels": [], "samplers": []}
        made["extras"] = {"rate": _rate(said["rate"] or str(exact(self.facts["stated"]["rate"])))}
        for track in said["tracks"]:
            clock = self.draft.array(self.arrays[track["times"]].astype("<f4"))
            for path, values in _ways(track["path"], self.arrays[track["values"]]):
                for place, node in enumerate(track["nodes"]):
                    output = self.draft.array(values[:, place].astype("<f4"))
                    made["samplers"].append({"input": clock, "output": output})
                    made["channels"].append({"sampler": len(made["samplers"]) - 1,
                                             "target": {"node": node, "path": path}})
        self.draft.add("animations", made)


def _ways(path: str, values: ndarray) -> Iterator[tuple[str, ndarray]]:
    """The channels of a track; matrices give all three."""
    if path != "matrix":
        yield path, values
        return
    yield "translation", values[..., :3, 3]
    turns, scales = parted(values[..., :3, :3])
    yield "rotation", continuous(turns)[..., [1, 2, 3, 0]]
    yield "scale", scales


def _rate(said: str) -> list[int] | None:
    over, _, under = said.partition("/")
    good = over.isdigit() and (under or "1").isdigit() and len(said) < 40
    return [int(over), int(under or 1)] if good else None


def _take(motion: Motion, rate: Fraction, add: object) -> dict:
    """One motion as arrays; its frames at their time codes."""
    count = len(motion.rotations)
    places = np.repeat(np.asarray(motion.skeleton.offsets, float)[None], count, axis=0)
    places[:, 0] = motion.root
    for joint, path in motion.moves.items():
        places[:, joint] = path
    step = rate / motion.rate
    turns = continuous(normalised(motion.rotations))[..., [1, 2, 3, 0]]
    return {"name": motion.name, "rate": f"{motion.rate.numerator}/{motion.rate.denominator}",
            "codes": add(np.arange(count) * float(step)), "turns": add(turns.astype("<f4")),
            "places": add(places.astype("<f4"))}


def _mesh(rig: Rig, add: object, losses: dict[str, None]) -> dict:
    """The mesh as arrays."""
    mesh, skin = rig.mesh, rig.skin
    made = {name: None if each is None else add(np.asarray(each, "<f4")) for name, each in
            (("points", mesh.vertices), ("normals", mesh.normals),
             ("uv", None if mesh.uv is None else mesh.uv * (1, -1) + (0, 1)),
             ("colours", None if mesh.colours is None else linear(mesh.colours[:, :3])),
             ("opacity", None if mesh.colours is None else mesh.colours[:, 3] / 255),
             ("weights", None if skin is None else skin.weights))}
    known = mesh.material is not None
    shapes = [{"name": name, "move": add(np.asarray(each, "<f4"))} for name, each in mesh.shapes.items()]
    return made | {"name": mesh.name, "faces": add(np.asarray(mesh.faces, np.int32)),
                   "joints": None if skin is None else add(np.where(skin.weights > 0, skin.joints, 0).astype(np.int32)),
                   "material": add(np.asarray(mesh.material, np.int32)) if known else None,
                   "materials": [_look(each, add, losses) for each in mesh.materials] if known else [],
                   "two_sided": any(each.two_sided for each in mesh.materials), "shapes": shapes}


def _look(material: Material, add: object, losses: dict[str, None]) -> dict:
    kept = {role: each for role, each in material.pictures.items() if mime(each)}
    losses |= {"gltf.picture": None} if len(kept) < len(material.pictures) else {}
    return {"name": material.name, "colour": list(material.colour), "metallic": float(material.metallic),
            "roughness": float(material.roughness), "emission": list(material.emission), "alpha": material.alpha,
            "cutoff": float(material.cutoff),
            "pictures": {role: add(np.frombuffer(each, np.uint8)) for role, each in kept.items()}}
