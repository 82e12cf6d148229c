"""Faults planted into sound bodies and motions, one at a time, as they come from other programs."""

import json
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.bones.health.placed import moved_rig, sized_rig, turned_rig
from marrow.bones.health.skeleton import with_skeleton
from marrow.bones.skeleton import picked
from marrow.media import Mesh, Motion, Rig
from marrow.rotations import about, multiply, normalised

Harm = Callable[[Rig, np.random.Generator], Rig]


@dataclass(frozen=True)
class Plant:
    """One planted fault.

    base      which sound body; see `bench_doctor.BASES`
    suffix    the format that carries it to the doctor; "" is straight from memory, for faults that our writers mend
    names     findings that name it, any of them
    """

    fault: str
    base: str
    suffix: str
    names: tuple[str, ...]
    harm: Harm | None
    bytes: Callable[[Path], None] | None = None


def scaled(factor: float) -> Harm:
    """In another unit."""
    return lambda rig, _: sized_rig(rig, factor)


def turned(axis: Sequence[float], degrees: float) -> Harm:
    """Turned about the origin."""
    return lambda rig, _: turned_rig(rig, about(np.array(axis, float), np.radians(degrees)))


def moved(*way: float) -> Harm:
    """Elsewhere."""
    return lambda rig, _: moved_rig(rig, np.array(way))


def floated(rig: Rig, _: np.random.Generator) -> Rig:
    """Motions a metre above the ground."""
    return replace(rig, motions=tuple(replace(each, root=each.root + np.array([0, 1.0, 0])) for each in rig.motions))


def renamed(rename: Callable[[int, str], str]) -> Harm:
    """Joints with other names."""
    return lambda rig, _: with_skeleton(rig, replace(rig.skeleton, names=tuple(
        rename(joint, name) for joint, name in enumerate(rig.skeleton.names))))


def other_side(_: int, name: str) -> str:
    """Left for right."""
    for one, two in (("Left", "Right"), ("_l", "_r")):
        if one in name or two in name:
            return name.replace(one, "#").replace(two, one).replace("#", two)
    return name


def flat_rest(rig: Rig, _: np.random.Generator) -> Rig:
    """All joints in one point at rest."""
    return with_skeleton(rig, replace(rig.skeleton, offsets=np.zeros_like(rig.skeleton.offsets)))


def short_bone(*names: str) -> Harm:
    """Bones without length."""
    def harm(rig: Rig, _: np.random.Generator) -> Rig:
        offsets = np.array(rig.skeleton.offsets)
        offsets[[rig.skeleton.names.index(name) for name in names]] = 0
        return with_skeleton(rig, replace(rig.skeleton, offsets=offsets))

    return harm


def skinned(change: Callable[[ndarray, ndarray, np.random.Generator], tuple[ndarray, ndarray]]) -> Harm:
    """Other joints and weights."""
    def harm(rig: Rig, chance: np.random.Generator) -> Rig:
        joints, weights = change(rig.skin.joints.copy(), rig.skin.weights.copy(), chance)
        return replace(rig, skin=replace(rig.skin, joints=joints, weights=weights))

    return harm


def some(weights: ndarray, chance: np.random.Generator, share: float = 0.05) -> ndarray:
    """Rows chosen by chance."""
    return chance.random(len(weights)) < share


def unweighted(joints: ndarray, weights: ndarray, chance: np.random.Generator) -> tuple[ndarray, ndarray]:
    """Vertices that hang on nothing."""
    return joints, np.where(some(weights, chance)[:, None], 0, weights)


def unweighted_low(joints: ndarray, weights: ndarray, _: np.random.Generator) -> tuple[ndarray, ndarray]:
    """The first fortieth of all vertices hang on nothing."""
    weights[:len(weights) // 40] = 0
    return joints, weights


def halved(joints: ndarray, weights: ndarray, chance: np.random.Generator) -> tuple[ndarray, ndarray]:
    """Weights that are not one together."""
    return joints, (weights * np.where(some(weights, chance, 0.3), 0.6, 1.0)[:, None]).astype(np.float32)


def negative(joints: ndarray, weights: ndarray, chance: np.random.Generator) -> tuple[ndarray, ndarray]:
    """Weights below nothing."""
    weights[some(weights, chance), -1] = -0.2
    return joints, weights


def nan_weights(joints: ndarray, weights: ndarray, chance: np.random.Generator) -> tuple[ndarray, ndarray]:
    """Weights that are no numbers."""
    weights[some(weights, chance), -1] = np.nan
    return joints, weights


def foreign(joints: ndarray, weights: ndarray, chance: np.random.Generator) -> tuple[ndarray, ndarray]:
    """Weights on joints that are not there."""
    chosen = some(weights, chance)
    joints[chosen, -1], weights[chosen, -1] = 999, 0.3
    return joints, weights


def bound(change: Callable[[ndarray], ndarray]) -> Harm:
    """Another bind pose (joints, 4, 4)."""
    return lambda rig, _: replace(rig, skin=replace(rig.skin, bind=change(np.array(rig.skin.bind, float))))


def bind_shifted(bind: ndarray) -> ndarray:
    """Elsewhere than the mesh."""
    bind[:, :3, 3] += (0, 1.5, 0)
    return bind


def bind_large(bind: ndarray) -> ndarray:
    """In centimetres."""
    bind[:, :3, 3] *= 100
    return bind


def meshed(change: Callable[[Mesh, np.random.Generator], Mesh]) -> Harm:
    """Another mesh of the same vertices."""
    return lambda rig, chance: replace(rig, mesh=change(rig.mesh, chance))


def flat_faces(mesh: Mesh, chance: np.random.Generator) -> Mesh:
    """Faces that are lines."""
    more = mesh.faces[chance.choice(len(mesh.faces), 12)][:, [0, 1, 1]]
    return _more_faces(mesh, more)


def twice(mesh: Mesh, chance: np.random.Generator) -> Mesh:
    """Faces that are there twice."""
    return _more_faces(mesh, mesh.faces[chance.choice(len(mesh.faces), 40, replace=False)])


def inside_out(share: float) -> Harm:
    """Faces, and with them normals, that look inwards: all of them, the lower half, or some by chance."""
    def change(mesh: Mesh, chance: np.random.Generator) -> Mesh:
        middle = mesh.vertices[mesh.faces][:, :, 1].mean(1)
        chosen = (np.ones(len(mesh.faces), bool) if share == 1 else middle < np.median(middle) if share == 0.5 else
                  chance.random(len(mesh.faces)) < share)
        faces = np.where(chosen[:, None], mesh.faces[:, ::-1], mesh.faces)
        normals = -mesh.normals if share == 1 and mesh.normals is not None else mesh.normals
        return replace(mesh, faces=faces.astype(np.int32), normals=normals)

    return meshed(change)


def normals(change: Callable[[ndarray], ndarray]) -> Harm:
    """Other normals."""
    return meshed(lambda mesh, _: replace(mesh, normals=change(mesh.normals.copy())))


def no_normals(found: ndarray) -> ndarray:
    """Normals without length."""
    found[::17] = 0
    return found


def torn(mesh: Mesh, chance: np.random.Generator) -> Mesh:
    """One face in forty is missing."""
    kept = chance.random(len(mesh.faces)) > 0.025
    return replace(mesh, faces=mesh.faces[kept], material=None if mesh.material is None else mesh.material[kept])


def spotted(rig: Rig, chance: np.random.Generator) -> Rig:
    """Twelve loose triangles beside the body, hung on the root."""
    tall = float(np.ptp(rig.mesh.vertices, axis=0).max())
    spots = chance.uniform(-0.8, 0.8, (12, 1, 3)) * tall + (0, tall, 0) + 0.004 * tall * chance.normal(size=(12, 3, 3))
    spots[..., 0] += np.sign(spots[:, :1, 0]) * 0.6 * tall
    return _with_vertices(rig, spots.reshape(-1, 3), np.arange(36).reshape(-1, 3))


def stray(rig: Rig, chance: np.random.Generator) -> Rig:
    """Vertices of no face."""
    return _with_vertices(rig, chance.normal(0, 3, (25, 3)), np.zeros((0, 3), int))


def soup(rig: Rig, _: np.random.Generator) -> Rig:
    """Triangles that share no vertex."""
    mesh, corner = rig.mesh, rig.mesh.faces.ravel()
    def of(values: ndarray | None) -> ndarray | None:
        return None if values is None else values[corner]

    made = replace(mesh, vertices=of(mesh.vertices), normals=of(mesh.normals), uv=of(mesh.uv), colours=of(mesh.colours),
                   shapes={name: each[corner] for name, each in mesh.shapes.items()},
                   faces=np.arange(len(corner), dtype=np.int32).reshape(-1, 3))
    return replace(rig, mesh=made, skin=replace(rig.skin, joints=rig.skin.joints[corner],
                                                weights=rig.skin.weights[corner]))


def moving(change: Callable[[Motion, np.random.Generator], Motion]) -> Harm:
    """Other motions."""
    return lambda rig, chance: replace(rig, motions=tuple(change(each, chance) for each in rig.motions[:1]))


def long_turns(motion: Motion, chance: np.random.Generator) -> Motion:
    """Quaternions of any length."""
    return replace(motion, rotations=motion.rotations * chance.uniform(0.5, 1.5, (*motion.rotations.shape[:2], 1)))


def signs(motion: Motion, chance: np.random.Generator) -> Motion:
    """Quaternions of either sign."""
    turned = chance.random((*motion.rotations.shape[:2], 1)) < 0.2
    return replace(motion, rotations=np.where(turned, -motion.rotations, motion.rotations))


def spiked(motion: Motion, chance: np.random.Generator) -> Motion:
    """Joints that jump away by some 90° for a frame, five times."""
    rotations = motion.rotations.copy()
    for frame in chance.choice(np.arange(5, len(rotations) - 5, 4), 5, replace=False):
        joint = chance.integers(1, rotations.shape[1])
        axis = chance.normal(size=3)
        rotations[frame, joint] = multiply(about(axis / np.linalg.norm(axis), chance.uniform(1.2, 2.4)),
                                           normalised(rotations[frame, joint]))
    return replace(motion, rotations=rotations)


def leaping(motion: Motion, chance: np.random.Generator) -> Motion:
    """A root that leaps half a metre for a frame, three times."""
    root = motion.root.copy()
    for frame in chance.choice(np.arange(5, len(root) - 5, 4), 3, replace=False):
        root[frame] += 0.5 * normalised(chance.normal(size=4))[1:] + (0, 0.3, 0)
    return replace(motion, root=root)


def stuck(motion: Motion, _: np.random.Generator) -> Motion:
    """The recording holds for six frames, then goes on where it would be."""
    order = np.arange(len(motion.rotations))
    start = len(order) // 2
    order[start:start + 6] = start
    return picked(motion, order)


def skipped(motion: Motion, _: np.random.Generator) -> Motion:
    """Four frames are missing."""
    order = np.arange(len(motion.rotations))
    return picked(motion, np.delete(order, slice(len(order) // 2, len(order) // 2 + 4)))


def led(motion: Motion, _: np.random.Generator) -> Motion:
    """The first frame is the rest pose."""
    return replace(motion, rotations=np.concatenate([motion.skeleton.turns[None], motion.rotations]),
                   root=np.concatenate([motion.root[:1] + np.array([0, 0, 0.6]), motion.root]),
                   moves={joint: np.concatenate([path[:1], path]) for joint, path in motion.moves.items()})


def patched(change: Callable[[dict, Callable[[int], ndarray]], None]) -> Callable[[Path], None]:
    """Numbers of a GLB changed in the file itself: `change` gets the tree, and any accessor's values to write on."""
    def patch(path: Path) -> None:
        content = bytearray(path.read_bytes())
        long = struct.unpack_from("<I", content, 12)[0]
        tree = json.loads(content[20:20 + long])

        def values(number: int) -> ndarray:
            said, wide = tree["accessors"][number], {"SCALAR": 1, "VEC3": 3, "VEC4": 4}
            view = tree["bufferViews"][said["bufferView"]]
            at = 28 + long + view.get("byteOffset", 0) + said.get("byteOffset", 0)
            count = said["count"] * wide[said["type"]]
            return np.frombuffer(content, np.float32, count, at).reshape(-1, wide[said["type"]])

        change(tree, values)
        path.write_bytes(bytes(content))

    return patch


def uneven_times(tree: dict, values: Callable[[int], ndarray]) -> None:
    """Key times that follow no rate."""
    chance = np.random.default_rng(3)
    for number in sorted({sampler["input"] for each in tree["animations"] for sampler in each["samplers"]}):
        times = values(number)[:, 0]
        gaps = np.diff(times, prepend=np.float32(0))
        times[:] = np.cumsum(gaps * chance.uniform(0.6, 1.4, len(gaps)))


def bent(value: float) -> Callable[[Path], None]:
    """Nine vertices that are no numbers."""
    def change(tree: dict, values: Callable[[int], ndarray]) -> None:
        places = values(tree["meshes"][0]["primitives"][0]["attributes"]["POSITION"])
        places[np.random.default_rng(3).choice(len(places), 9, replace=False), 1] = value

    return patched(change)


def bad_turns(value: float) -> Callable[[Path], None]:
    """Rotations that are no numbers: one joint's in three frames, everyone's in one."""
    return patched(lambda tree, values: _poke(tree, values, "rotation", value))


def bad_path(value: float) -> Callable[[Path], None]:
    """A path that is no number in some frames."""
    return patched(lambda tree, values: _poke(tree, values, "translation", value))


def _poke(tree: dict, values: Callable[[int], ndarray], path: str, value: float) -> None:
    animation = tree["animations"][0]
    tracks = [values(animation["samplers"][each["sampler"]]["output"]) for each in animation["channels"]
              if each["target"]["path"] == path]
    long = max(map(len, tracks))
    full = [each for each in tracks if len(each) == long]
    full[len(full) // 2][long // 3:long // 3 + 3] = value
    for each in full:
        each[2 * long // 3] = value


def _more_faces(mesh: Mesh, more: ndarray) -> Mesh:
    material = None if mesh.material is None else np.concatenate([mesh.material, np.zeros(len(more), np.int32)])
    return replace(mesh, faces=np.concatenate([mesh.faces, more]).astype(np.int32), material=material)


def _with_vertices(rig: Rig, vertices: ndarray, faces: ndarray) -> Rig:
    """Further vertices and faces, on the root."""
    mesh, skin, count = rig.mesh, rig.skin, len(vertices)
    def more(values: ndarray | None) -> ndarray | None:
        return None if values is None else np.concatenate([values, np.repeat(values[:1], count, axis=0)])

    made = _more_faces(mesh, faces + len(mesh.vertices))
    made = replace(made, vertices=np.concatenate([mesh.vertices, vertices]).astype(np.float32), uv=more(mesh.uv),
                   normals=more(mesh.normals), colours=more(mesh.colours),
                   shapes={name: more(each) for name, each in mesh.shapes.items()})
    return replace(rig, mesh=made, skin=replace(skin, joints=more(skin.joints), weights=more(skin.weights)))


X, Y, Z = np.eye(3)
PLANTS = (
    Plant("a body 1.9 cm tall", "male", ".glb", ("size",), scaled(0.01)),
    Plant("a body 190 m tall", "male", ".glb", ("size",), scaled(100)),
    Plant("a body 2.5 km tall", "zombie", ".glb", ("size",), scaled(1000)),
    Plant("a body 2 mm tall", "kenney", ".glb", ("size",), scaled(0.001)),
    Plant("a motion in centimetres", "walk", ".npz", ("size",), scaled(100)),
    Plant("a motion of a body 2 cm tall", "walk", ".npz", ("size",), scaled(0.01)),
    Plant("a motion in millimetres", "walk", ".bvh", ("size",), scaled(10)),
    Plant("a body in inches", "male", ".glb", ("size",), scaled(1 / 0.0254)),
    Plant("a body ten times too large", "dance", ".npz", ("size",), scaled(10)),
    Plant("Z up", "male", ".glb", ("up",), turned(X, 90)),
    Plant("Z up, with motions", "kenney", ".glb", ("up",), turned(X, 90)),
    Plant("Z up, a motion alone", "walk", ".npz", ("up",), turned(X, 90)),
    Plant("lying on its side", "zombie", ".glb", ("up",), turned(Z, 90)),
    Plant("lying with its head to -Z", "male", ".glb", ("up",), turned(X, -90)),
    Plant("upside down", "kenney", ".glb", ("up",), turned(Z, 180)),
    Plant("looking backwards", "male", ".glb", ("front",), turned(Y, 180)),
    Plant("looking backwards, a motion", "walk", ".npz", ("front",), turned(Y, 180)),
    Plant("looking sideways", "kenney", ".glb", ("front",), turned(Y, 90)),
    Plant("sides named the wrong way round", "male", ".glb", ("sides",), renamed(other_side)),
    Plant("sides named the wrong way round, a motion", "walk", ".bvh", ("sides",), renamed(other_side)),
    Plant("sides named the wrong way round, fingers too", "dance", ".npz", ("sides",), renamed(other_side)),
    Plant("a metre above the ground", "zombie", ".glb", ("floor",), moved(0, 1, 0)),
    Plant("half in the ground", "male", ".glb", ("floor",), moved(0, -0.9, 0)),
    Plant("a motion above the ground", "walk", ".bvh", ("floor",), floated),
    Plant("half a kilometre away", "male", ".glb", ("far",), moved(300, 0, -400)),
    Plant("a motion three kilometres away", "walk", ".bvh", ("far",), moved(3000, 0, 0)),
    Plant("joints without names", "male", "", ("names",), renamed(lambda joint, name: "" if joint % 9 == 4 else name)),
    Plant("joints of one name", "walk", "", ("names",), renamed(lambda joint, name: "Bone" if joint % 9 > 6 else name)),
    Plant("no rest pose, a body", "male", ".glb", ("rest",), flat_rest),
    Plant("no rest pose, an animal", "fox", ".glb", ("rest",), flat_rest),
    Plant("a forearm without length", "male", ".glb", ("bones",), short_bone("hand_l")),
    Plant("a thigh without length, a motion", "walk", ".npz", ("bones",), short_bone("LeftLeg")),
    Plant("two bones without length, an animal", "fox", ".glb", ("bones",),
          short_bone("Front_Leg_Lower_L", "Back_Leg_Lower_R")),
    Plant("unweighted vertices", "male", ".glb", ("skin.unweighted",), skinned(unweighted)),
    Plant("an unweighted region", "zombie", ".vrm", ("skin.unweighted",), skinned(unweighted_low)),
    Plant("unweighted vertices of an animal", "fox", ".glb", ("skin.unweighted",), skinned(unweighted)),
    Plant("weights not one together", "zombie", "", ("skin.sums",), skinned(halved)),
    Plant("negative weights", "male", "", ("skin.wrong",), skinned(negative)),
    Plant("weights that are no numbers", "fox", "", ("skin.wrong",), skinned(nan_weights)),
    Plant("weights on joints that are not there", "zombie", "", ("skin.wrong",), skinned(foreign)),
    Plant("bind pose elsewhere than the mesh", "zombie", "", ("skin.bind",), bound(bind_shifted)),
    Plant("bind pose in centimetres", "male", "", ("skin.bind",), bound(bind_large)),
    Plant("vertices that are no numbers", "male", ".glb", ("mesh.number",), None, bent(np.nan)),
    Plant("vertices at infinity", "zombie", ".glb", ("mesh.number",), None, bent(np.inf)),
    Plant("loose specks", "male", ".glb", ("mesh.speck",), spotted),
    Plant("loose specks beside an animal", "fox", ".glb", ("mesh.speck",), spotted),
    Plant("triangle soup", "zombie", ".glb", ("mesh.doubled",), soup),
    Plant("triangle soup, 14,000 faces", "male", ".glb", ("mesh.doubled",), soup),
    Plant("all faces look inwards", "zombie", ".glb", ("mesh.inward",), inside_out(1)),
    Plant("half of the faces look inwards", "male", ".glb", ("mesh.inward",), inside_out(0.5)),
    Plant("one face in ten looks inwards", "fox", ".glb", ("mesh.inward",), inside_out(0.1)),
    Plant("normals look inwards", "male", ".glb", ("mesh.normals",), normals(np.negative)),
    Plant("normals without length", "zombie", "", ("mesh.normals",), normals(no_normals)),
    Plant("faces missing", "zombie", ".glb", ("mesh.holes",), meshed(torn)),
    Plant("faces without area", "male", ".glb", ("mesh.flat",), meshed(flat_faces)),
    Plant("faces twice", "fox", ".glb", ("mesh.twice",), meshed(twice)),
    Plant("vertices of no face", "male", ".glb", ("mesh.unused",), stray),
    Plant("rotations that are no numbers", "kenney", ".glb", ("motion.number",), None, bad_turns(np.nan)),
    Plant("rotations at infinity", "fox", ".glb", ("motion.number",), None, bad_turns(np.inf)),
    Plant("a path that is no number", "kenney", ".glb", ("motion.number",), None, bad_path(np.nan)),
    Plant("quaternions of any length", "walk", ".npz", ("motion.length",), moving(long_turns)),
    Plant("quaternions of either sign", "dance", ".npz", ("motion.sign",), moving(signs)),
    Plant("spikes at 120 frames a second", "walk", ".bvh", ("motion.spike",), moving(spiked)),
    Plant("spikes, fingers too", "dance", ".npz", ("motion.spike",), moving(spiked)),
    Plant("a root that leaps", "walk", ".glb", ("motion.spike",), moving(leaping)),
    Plant("six frames alike", "walk", ".bvh", ("motion.frozen",), moving(stuck)),
    Plant("six frames alike in a dance", "dance", ".npz", ("motion.frozen",), moving(stuck)),
    Plant("four frames missing", "walk", ".bvh", ("motion.gap",), moving(skipped)),
    Plant("four frames missing in a dance", "dance", ".glb", ("motion.gap",), moving(skipped)),
    Plant("a T-pose before the motion", "walk", ".bvh", ("motion.lead",), moving(led)),
    Plant("keys at uneven times", "walk", ".glb", ("rate",), None, patched(uneven_times)),
)
