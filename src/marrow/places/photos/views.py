"""The nouns of a place out of photos: photographs, where they were taken, what is known after that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import ndarray

    from marrow.draw.camera import Camera
    from marrow.media import Cloud


@dataclass(frozen=True)
class Photograph:
    """A photo of a place.

    name      its file, or its moment in a video
    pixels    (height, width, 3) uint8 sRGB
    lens      mm on film of 36 x 24 mm with the same diagonal, as EXIF counts; 0 not known
    model     of the camera, as EXIF names it
    """

    name: str
    pixels: ndarray
    lens: float = 0.0
    model: str = ""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]


@dataclass(frozen=True)
class View:
    """A photograph whose camera is known.

    photo     which of the photographs given
    camera    a pinhole of the photograph's size
    bend      k1, k2 of the lens: a ray at r from the axis, at depth 1, falls on r (1 + k1 r² + k2 r⁴)
    """

    photo: int
    camera: Camera
    bend: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Structure:
    """Cameras and the spots that they saw in common, in a space whose up and scale mean nothing yet.

    views        of the photographs that belong together
    spots        (n, 3) float64
    sightings    (m, 2) int32: view, spot
    """

    views: tuple[View, ...]
    spots: ndarray
    sightings: ndarray


@dataclass(frozen=True)
class Reconstruction:
    """A place out of photos.

    cloud              points that at least three photos agree on (two, where there are no more), with colours, normals,
                       confidence; `sources` names the photos
    cameras            photo -> where it was taken, in the cloud's space
    photos_left_out    those that show something else, or too little
    """

    cloud: Cloud
    cameras: Mapping[str, Camera]
    photos_left_out: tuple[str, ...]
