"""The nouns that travel between steps, as plain frozen records; nothing heavy is imported here.

    Photo     one picture                          .png
    Video     pictures at one exact rate + sound   .mkv (FFV1 and PCM, every frame a key frame)
    Footage   any video file, untouched            as it came
    Sound     samples at one rate                  .wav
    Motion    a skeleton moving                    .bvh
    Cloud     points of a scan                     .ply
    Mesh      triangles                            .ply
    Text      words                                .txt
    Person    who somebody is, and his material    .json

`marrow.forms` reads and writes them. Pictures are uint8 sRGB here, as in files; whoever mixes light goes
through `marrow.draw.colour`. Right-handed, Y up, metres and seconds unless a field says otherwise.
"""

from __future__ import annotations

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
class Motion:
    """A skeleton moving.

    names       of the joints, parents first
    parents     (joints,) int, -1 for the root
    offsets     (joints, 3) metres: rest translation from the parent, local space
    rotations   (frames, joints, 4) quaternions wxyz, local space
    root        (frames, 3) metres: path of the root joint, world space
    rate        frames per second, exact
    """

    names: tuple[str, ...]
    parents: ndarray
    offsets: ndarray
    rotations: ndarray
    root: ndarray
    rate: Fraction


@dataclass(frozen=True)
class Cloud:
    """Points of a scan: world position = origin (3,) float64 + points (n, 3) float32, in metres.

    colours    (n, 3) uint8 sRGB, or None when the scan has none
    up         the axis that points to the sky in these numbers
    """

    points: ndarray
    origin: ndarray
    colours: ndarray | None = None
    up: Literal["y", "z"] = "y"


@dataclass(frozen=True)
class Mesh:
    """Triangles: vertices (n, 3) float32 in metres, faces (m, 3) int32 counter-clockwise."""

    vertices: ndarray
    faces: ndarray


@dataclass(frozen=True)
class Text:
    """Words, as they are spoken or set in type."""

    words: str


@dataclass(frozen=True)
class Person:
    """Who somebody is: the table [people.NAME] of film.toml, plain values only."""

    name: str
    facts: Mapping[str, object] = field(default_factory=dict)


KINDS: dict[str, type] = {
    kind.__name__.lower(): kind
    for kind in (Photo, Video, Footage, Sound, Motion, Cloud, Mesh, Text, Person)
}
SUFFIXES = {"photo": ".png", "video": ".mkv", "sound": ".wav", "motion": ".bvh", "cloud": ".ply", "mesh": ".ply",
            "text": ".txt", "person": ".json"}


def kind_of(noun: type) -> str:
    """The word for a noun's class, as film.toml and the store spell it."""
    return noun.__name__.lower()


def fits(kind: str, wanted: str) -> bool:
    """Whether a result of one kind may be given where another is wanted: any video is footage too."""
    return kind == wanted or (kind, wanted) == ("video", "footage")
