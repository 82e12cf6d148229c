"""Clouds in glTF: its points as they stand, or else its surfaces as points; written as points."""

from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.contents import Remark
from marrow.draw import colour
from marrow.forms import gltf
from marrow.forms.gltf_file import File, open_file
from marrow.forms.gltf_nodes import read_nodes
from marrow.forms.gltf_write import Draft
from marrow.media import Cloud, Source
from marrow.places.formats import door, surface

POINTS = 0
FAR = 1_000_000.0  # metres from zero beyond which viewers of 32 bits tremble


def read_glb(path: Path) -> Cloud:
    """The points of a .glb or .gltf; where there are none, points on its surfaces, see `surface.sampled`.

    raises    InputError  as `marrow.forms.gltf.read_gltf` does
    """
    file = open_file(path)
    with gltf.told(path):
        parts = list(_parts(file))
    if not parts:
        return surface.read_surface(path)
    return door.gathered(path, door.batches(path, (each for _, each in parts), [Source(path.name)], parts[0][0]))


def write_glb(cloud: Cloud, path: Path) -> tuple[Remark, ...]:
    """A cloud as glTF points: colours as linear light of 16 bits, the origin as the node's place.

    returns    what is lost
    raises     LimitError  more points than one buffer of glTF holds
    test       read again: counts equal, places to the last bit, colours to the last of 8 bits
    """
    draft = Draft()
    attributes = {"POSITION": draft.array(cloud.points.astype("<f4"), target=34962, bounds=True)}
    if cloud.normals is not None:
        attributes["NORMAL"] = draft.array(cloud.normals.astype("<f4"), target=34962)
    if cloud.colours is not None:
        light = np.full((len(cloud.points), 4), 65535, "<u2")
        light[:, :3] = np.rint(np.clip(cloud.colours, 0, 1) * 65535)
        attributes["COLOR_0"] = draft.array(light, target=34962, normal=True)
    mesh = draft.add("meshes", {"primitives": [{"attributes": attributes, "mode": POINTS}]})
    node = {"mesh": mesh}
    if cloud.origin.any():
        node["translation"] = [float(each) for each in cloud.origin]
    draft.tree["nodes"].append(node)
    draft.tree["scenes"][0]["nodes"].append(0)
    draft.save(path)
    unkept = ("intensity", "confidence", "time", "labels", "splats")
    lost = [name for name in unkept if getattr(cloud, name) is not None]
    return tuple([Remark("places.unkept", {"form": "GLB", "names": ", ".join(lost)})] * bool(lost)
                 + [Remark("places.far", {"form": "GLB"})] * bool((np.abs(cloud.origin) > FAR).any()))


def _parts(file: File) -> list[tuple[ndarray, door.Rows]]:
    """Every primitive of points in the world, with a place near it."""
    nodes = read_nodes(file)
    found = []
    for number, said in enumerate(nodes.said):
        for each in file.item("meshes", said["mesh"])["primitives"] if "mesh" in said else []:
            if each.get("mode", 4) == POINTS:
                found.append((nodes.world[number, :3, 3].copy(), _part(file, each["attributes"], nodes.world[number])))
    return found


def _part(file: File, attributes: dict, world: ndarray) -> door.Rows:
    places = file.array(attributes["POSITION"]).astype(np.float64)
    if places.ndim != 2 or places.shape[1] != 3:
        raise ValueError("POSITION")
    known = {}
    if "COLOR_0" in attributes:
        tint = file.array(attributes["COLOR_0"])
        light = np.clip(np.nan_to_num(tint[:, :3].astype(np.float32)), 0, 1)
        known["colours"] = colour.linear(colour.srgb(light)) if np.abs(
            colour.linear(colour.srgb(light)) - light).max(initial=0) < 1e-5 else light
    if "NORMAL" in attributes:
        known["normals"] = file.array(attributes["NORMAL"]).astype(np.float32) @ world[:3, :3].T.astype(np.float32)
    if any(len(each) != len(places) for each in known.values()):
        raise ValueError("COLOR_0")
    return door.Rows(places @ world[:3, :3].T + world[:3, 3], known)
