"""A camera and its way as glTF: place and turn of every frame, and the lens where it zooms."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.draw.camera import lens_for
from marrow.errors import InputError
from marrow.forms.gltf import told
from marrow.forms.gltf_file import File, open_file
from marrow.forms.gltf_motion import channels, rate_of, sampled
from marrow.forms.gltf_nodes import Nodes, parted, read_nodes
from marrow.forms.gltf_write import Draft, continuous
from marrow.places.filmed import Filmed
from marrow.rotations import from_matrix, to_matrix

POINTER = "KHR_animation_pointer"
WIDTHS = {"translation": 3, "rotation": 4, "scale": 3, "pointer": 1}
NEAR, FAR = 0.01, 10_000.0  # metres between which other programs see


def write_camera(found: Filmed, path: Path) -> None:
    """Write a camera as .glb or .gltf; the origin is the place of the node above it.

    source    Khronos, glTF 2.0, 3.10 (Cameras); KHR_animation_pointer for the lens
    test      read again it is the same within float32; Blender's camera sees a point at the same pixel
    """
    draft = Draft()
    tall = found.heights
    perspective = {"yfov": float(tall[0]), "aspectRatio": found.size[0] / found.size[1], "znear": NEAR, "zfar": FAR}
    lens = draft.add("cameras", {"type": "perspective", "name": "camera", "perspective": perspective})
    turns = continuous(from_matrix(found.stands[:, :3, :3])[:, None])[:, 0, [1, 2, 3, 0]].astype("<f4")
    places = found.stands[:, :3, 3].astype("<f4")
    draft.tree["nodes"] += [{"name": "place", "children": [1], "translation": found.origin.tolist()},
                            {"name": "camera", "camera": lens, "translation": places[0].tolist(),
                             "rotation": turns[0].tolist()}]
    draft.tree["scenes"][0]["nodes"].append(0)
    clock = draft.array((np.arange(len(places)) / float(found.rate)).astype("<f4"), bounds=True)
    tracks = [({"node": 1, "path": "translation"}, places), ({"node": 1, "path": "rotation"}, turns)]
    if np.ptp(found.lenses) > 0:
        draft.use(POINTER)
        way = {"pointer": f"/cameras/{lens}/perspective/yfov"}
        tracks.append(({"path": "pointer", "extensions": {POINTER: way}}, tall.astype("<f4")))
    draft.add("animations", {
        "name": "camera", "extras": {"rate": [found.rate.numerator, found.rate.denominator]},
        "samplers": [{"input": clock, "output": draft.array(values)} for _, values in tracks],
        "channels": [{"sampler": number, "target": target} for number, (target, _) in enumerate(tracks)]})
    draft.save(path)


def read_camera(path: Path) -> Filmed:
    """The camera of a .glb or .gltf: the first that moves, else the first.

    raises    InputError  "camera.none", "camera.flat"; as `marrow.forms.gltf.read_gltf` does
    """
    file = open_file(path)
    with told(path):
        nodes = read_nodes(file)
        seeing = [number for number, each in enumerate(nodes.said) if "camera" in each]
        if not seeing:
            raise InputError("camera.none", path=path)
        tracks = _tracks(file)
        moving = {track.node for track in tracks}
        node = next((each for each in seeing if moving & {each, *nodes.above(each)}), seeing[0])
        return _filmed(file, nodes, node, tracks)


@dataclass
class _Track:
    """What one channel moves: a node, or (-1) the lens of a camera."""

    node: int
    camera: int
    path: str
    sampler: dict
    rate: object


def _tracks(file: File) -> list[_Track]:
    """Channels of all animations that may move a camera; glTF exporters cut one shot into several animations."""
    found = []
    for said in file.items("animations"):
        extras = said.get("extras")
        rate = extras.get("rate") if isinstance(extras, dict) else None
        found += [_Track(node, -1, path, sampler, rate) for node, path, sampler in channels(file, said)
                  if path in WIDTHS]
        for each in said.get("channels", []):
            words = str(each["target"].get("extensions", {}).get(POINTER, {}).get("pointer", "")).split("/")
            if len(words) == 5 and words[1] == "cameras" and words[2].isdigit() and words[4] == "yfov":
                found.append(_Track(-1, int(words[2]), "pointer", said["samplers"][each["sampler"]], rate))
    return found


def _filmed(file: File, nodes: Nodes, node: int, tracks: list[_Track]) -> Filmed:
    said = file.item("cameras", nodes.said[node]["camera"])
    if said.get("type") != "perspective":
        raise InputError("camera.flat", path=file.path)
    chain = [node, *nodes.above(node)][::-1]
    mine = [each for each in tracks if each.node in chain or (each.camera == nodes.said[node]["camera"])]
    times = [file.array(each.sampler["input"]).astype(float) for each in mine]
    curved = any(each.sampler.get("interpolation") == "CUBICSPLINE" for each in mine)
    rate, start, _ = rate_of(times or [np.zeros(1)], curved, mine[0].rate if mine else None)
    count = 1 + int(np.ceil(max((each[-1] - start for each in times), default=0.0) * float(rate) - 1e-6))
    file.spend(count * 1000)
    values = {(each.node, each.path): _values(file, each, (clock - start) * float(rate), count, float(rate))
              for each, clock in zip(mine, times, strict=True)}
    perspective = said["perspective"]
    wide = float(perspective.get("aspectRatio", 16 / 9))
    height = values[-1, "pointer"][:, 0] if (-1, "pointer") in values else np.full(count, float(perspective["yfov"]))
    if not (0.01 < wide < 100 and (height > 1e-3).all() and (height < 3.1).all()):
        raise ValueError("cameras: perspective")
    stands, origin = _stands(nodes, chain, values, count)
    return Filmed(stands, lens_for(np.degrees(height), (wide, 1.0)), (2 * round(540 * wide), 1080), rate, origin)


def _values(file: File, track: _Track, frames: ndarray, count: int, rate: float) -> ndarray:
    """A channel at every frame, (count, width)."""
    way, width = track.sampler.get("interpolation", "LINEAR"), WIDTHS[track.path]
    found = file.array(track.sampler["output"]).astype(float)
    shape = (len(frames), 3, width) if way == "CUBICSPLINE" else (len(frames), width)
    if found.size != np.prod(shape) or not np.isfinite(found).all() or (np.diff(frames) < 0).any():
        raise ValueError("animations: values")
    found = found.reshape(shape)
    if way == "CUBICSPLINE":
        found = found / np.array([rate, 1, rate])[:, None]
    return sampled(np.round(frames, 3), found, way, count, track.path == "rotation")


def _stands(nodes: Nodes, chain: list[int], values: dict, count: int) -> tuple[ndarray, ndarray]:
    """World matrices (count, 4, 4) without scale, from an origin: the node at the top where that does not move."""
    made, origin = np.tile(np.eye(4), (count, 1, 1)), np.zeros(3)
    for node in chain:
        local = np.tile(np.eye(4), (count, 1, 1))
        turn = values[node, "rotation"][:, [3, 0, 1, 2]] if (node, "rotation") in values else nodes.turns[node][None]
        local[:, :3, :3] = to_matrix(turn) * values.get((node, "scale"), nodes.scales[node][None])[:, None, :]
        local[:, :3, 3] = values.get((node, "translation"), nodes.places[node])
        if node == chain[0] and len(chain) > 1 and (node, "translation") not in values:
            origin, local[:, :3, 3] = nodes.places[node].copy(), 0
        made = made @ local
    made[:, :3, :3] = to_matrix(parted(made[:, :3, :3])[0])
    return made, origin
