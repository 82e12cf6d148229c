"""The nouns that travel between steps, as plain frozen records; nothing heavy is imported here.

    Photo     one picture                          .png
    Video     pictures at one exact rate + sound   .mkv (FFV1 and PCM, every frame a key frame)
    Footage   any video file, untouched            as it came
    Sound     samples at one rate                  .wav
    Motion    a skeleton moving                    .npz
    Cloud     points of a scan                     .ply
    Mesh      triangles, their look                .glb
    Rig       a skeleton, and the mesh bound to it .glb
    Text      words                                .txt
    Person    who somebody is, and his material    .json
    Testimony what witnesses said of a person      .sqlite

`marrow.forms` reads and writes them. Pictures are uint8 sRGB here, as in files; whoever mixes light goes
through `marrow.draw.colour`. Right-handed, Y up, metres and seconds unless a field says otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from numpy import ndarray


@dataclass(frozen=True)
class Photo:
    """One picture: pixels (height, width, 3) or, with alpha, (height, width, 4); uint8 sRGB."""

    pixels: ndarray


@dataclass(frozen=True)
class Sound:
    """Samples (n, channels) float32 in -1..1, at `rate` samples per second."""

    samples: ndarray
    rate: int = 48000


@dataclass(frozen=True)
class Video:
    """Pictures over time, made as they are asked for, so that a long shot never sits in memory.

    frames    called without arguments, starts again from the first frame; each (height, width, 3) uint8 sRGB
    length    number of frames
    size      (width, height)
    rate      frames per second, exact
    sound     of the same duration, or None
    """

    frames: Callable[[], Iterator[ndarray]]
    length: int
    size: tuple[int, int]
    rate: Fraction
    sound: Sound | None = None


@dataclass(frozen=True)
class Footage:
    """A video file as it came: any codec, any rate, a phone's variable rate too. `frames.video` conforms it."""

    path: Path


@dataclass(frozen=True)
class Skeleton:
    """Joints in their rest pose, each in the local space of its parent.

    names      all different, parents before children
    parents    (joints,) int32; -1 for the first joint, the only root
    offsets    (joints, 3) metres: translation from the parent; the root's is its place in the world
    turns      (joints, 4) quaternions wxyz: rotation from the parent
    """

    names: tuple[str, ...]
    parents: ndarray
    offsets: ndarray
    turns: ndarray


@dataclass(frozen=True)
class Motion:
    """A skeleton moving; frame k is the pose at exactly k / rate seconds.

    rotations   (frames, joints, 4) quaternions wxyz, local space: they replace the rest pose's turns
    root        (frames, 3) metres: path of the root joint, in place of its offset
    rate        frames per second, exact
    moves       joint -> (frames, 3) metres, local space: in place of the offsets of joints that also travel
    """

    skeleton: Skeleton
    rotations: ndarray
    root: ndarray
    rate: Fraction
    moves: Mapping[int, ndarray] = field(default_factory=dict)
    name: str = ""


@dataclass(frozen=True)
class Source:
    """Where points came from, and how the numbers in that file stood before they were turned to Y up and metres.

    name       the file, the photos, or the step that made them
    axes       file numbers (x, y, z): "y" and "z" name the axis that points to the sky, right-handed;
               "rdf" is right, down, forward, as cameras and 3DGS count
    unit       metres to one unit of the file
    crs        the coordinate system that the file names, "" where it names none
    witness    whose memory the points are, "" where they are a measurement
    motion     12 numbers, the rows of a (3, 4) rigid motion in metres: how they were carried after being turned, to
               lie level or to fit another scan; () not at all
    raises     ValueError  a unit, axes or a motion that cannot be
    """

    name: str
    axes: Literal["y", "z", "rdf"] = "y"
    unit: float = 1.0
    crs: str = ""
    witness: str = ""
    motion: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "motion", tuple(float(each) for each in self.motion))
        told = isinstance(self.name, str) and isinstance(self.crs, str) and isinstance(self.witness, str)
        if not told or self.axes not in ("y", "z", "rdf") or not 0 < self.unit < math.inf:
            raise ValueError(f"no source: {self.name!r} {self.axes!r} {self.unit!r}")
        if len(self.motion) not in (0, 12) or not all(map(math.isfinite, self.motion)):
            raise ValueError(f"no motion: {self.motion!r}")


@dataclass(frozen=True)
class Splats:
    """What makes each point of a cloud a 3D Gaussian; the covariance is R diag(scales²) R^T.

    scales       (n, 3) float32 metres, standard deviations along the Gaussian's own axes
    turns        (n, 4) float32 unit quaternions wxyz: rotation from its own axes to the cloud's
    opacity      (n,) float32 0..1
    harmonics    (n, k, 3) float32, k = 1, 4, 9 or 16: real spherical harmonics of degree 0 to 3 of display (sRGB)
                 light, in the order and signs of 3DGS, in the cloud's axes; alone, the first gives 0.5 + 0.28209 · it
    """

    scales: ndarray
    turns: ndarray
    opacity: ndarray
    harmonics: ndarray


@dataclass(frozen=True)
class Cloud:
    """Points of a place: world position = origin (3,) float64 + points (n, 3) float32; Y up, metres.

    Files are turned at the door; `sources` says how their own numbers stood. What is None is not known.

    colours       (n, 3) float32 linear light
    normals       (n, 3) float32 unit
    intensity     (n,) float32, the scanner's own scale
    confidence    (n,) float32 0..1: how sure it is that the place was so
    time          (n,) float64 seconds, when the point was measured or is remembered
    labels        (n,) int32, what the point belongs to: a class of the scan, a region
    splats        the points as 3D Gaussians
    source        (n,) uint16: which of `sources` a point came from; None where there is one or none
    """

    points: ndarray
    origin: ndarray
    colours: ndarray | None = None
    normals: ndarray | None = None
    intensity: ndarray | None = None
    confidence: ndarray | None = None
    time: ndarray | None = None
    labels: ndarray | None = None
    splats: Splats | None = None
    source: ndarray | None = None
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True)
class Material:
    """How a surface looks, in the terms of glTF's metallic-roughness model.

    colour       linear r g b a in 0..1, times the picture "colour" where there is one
    emission     linear r g b
    pictures     role -> an encoded PNG, JPEG or WebP as it came; roles: colour, normal, roughness (green rough, blue
                 metallic), occlusion, emission
    alpha        how colour's a is meant; below `cutoff` a "mask" is a hole
    two_sided    whether the back of a triangle is seen too
    """

    name: str = ""
    colour: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    metallic: float = 0.0
    roughness: float = 1.0
    emission: tuple[float, float, float] = (0.0, 0.0, 0.0)
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    alpha: Literal["opaque", "mask", "blend"] = "opaque"
    cutoff: float = 0.5
    two_sided: bool = False


@dataclass(frozen=True)
class Mesh:
    """Triangles, counter-clockwise seen from outside.

    vertices     (n, 3) float32 metres
    faces        (m, 3) int32
    normals      (n, 3) float32 unit, or None
    uv           (n, 2) float32, (0, 0) the upper left of a picture as in glTF, or None
    colours      (n, 4) uint8 sRGB with alpha, or None
    materials    what `material` counts
    material     (m,) int32: the material of each face, or None where there are none
    shapes       name of a blend shape -> (n, 3) float32: how far it moves each vertex
    """

    vertices: ndarray
    faces: ndarray
    normals: ndarray | None = None
    uv: ndarray | None = None
    colours: ndarray | None = None
    materials: tuple[Material, ...] = ()
    material: ndarray | None = None
    shapes: Mapping[str, ndarray] = field(default_factory=dict)
    name: str = ""


@dataclass(frozen=True)
class Skin:
    """How a mesh hangs on a skeleton: the bind pose is the pose the mesh was modelled in, not the rest pose.

    joints     (vertices, k) int32: the joints that carry a vertex
    weights    (vertices, k) float32: their shares, together 1
    bind       (joints, 4, 4) float64: world_from_joint in the bind pose
    """

    joints: ndarray
    weights: ndarray
    bind: ndarray


@dataclass(frozen=True)
class Rig:
    """A body that can be moved: its skeleton, the mesh bound to it where there is one, the motions it came with."""

    skeleton: Skeleton
    mesh: Mesh | None = None
    skin: Skin | None = None
    motions: tuple[Motion, ...] = ()
    name: str = ""


@dataclass(frozen=True)
class Text:
    """Words, as they are spoken or set in type."""

    words: str


@dataclass(frozen=True)
class Person:
    """Who somebody is: the table [people.NAME] of film.toml, plain values only."""

    name: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Testimony:
    """An archive of what witnesses said, by its file; `marrow people` makes it and keeps it."""

    path: Path


KINDS: dict[str, type] = {
    kind.__name__.lower(): kind
    for kind in (Photo, Video, Footage, Sound, Motion, Cloud, Mesh, Rig, Text, Person, Testimony)
}
SUFFIXES = {"photo": ".png", "video": ".mkv", "sound": ".wav", "motion": ".npz", "cloud": ".ply", "mesh": ".glb",
            "rig": ".glb", "text": ".txt", "person": ".json", "testimony": ".sqlite"}


def kind_of(noun: type) -> str:
    """The word for a noun's class, as film.toml and the store spell it."""
    return noun.__name__.lower()


def fits(kind: str, wanted: str) -> bool:
    """Whether a result of one kind may be given where another is wanted: any video is footage too."""
    return kind == wanted or (kind, wanted) == ("video", "footage")
