"""A shot of a place: the camera's way, the memory's time, and a picture of every frame, each on its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy import ndarray

from marrow.contents import Remark, tell_of
from marrow.draw import points
from marrow.draw.camera import Camera, Journey, journey, look_at, orbit
from marrow.draw.moves import Way
from marrow.draw.splat import Exposure
from marrow.media import Cloud
from marrow.places.clouds import first_source, stood, taken
from marrow.places.lifting.lift import lifted
from marrow.places.looks import DISC, Look, draw, exposed, ground_for
from marrow.places.memory.acts import State
from marrow.places.memory.events import OTHERS, events
from marrow.places.memory.fields import Memory, remember
from marrow.places.scene import Scene, lit, met, settled
from marrow.places.ways import Between, Standing, directed, gone_over, way_for

LOOKS, FEW = 1000, 20_000  # times and points by which it is told whether anything is seen
FILLED = 0.9     # share of the picture that a place fills with the camera of its own


@dataclass(frozen=True)
class Optics:
    """The film camera.

    lens       mm on a back 36 mm wide;  fstop: 0 sees everything sharp
    focus      metres, 0 what the camera looks at
    shutter    share of a frame's time that it is open, in the middle of the frame
    """

    size: tuple[int, int]
    lens: float
    fstop: float
    focus: float
    shutter: float

    @classmethod
    def of(cls, lens: tuple[float, float, float, float], size: tuple[int, int], rate: float) -> "Optics":
        """From mm, f-number, seconds of exposure and metres of focus; no frame is exposed longer than it lasts."""
        focal, fstop, exposed, focus = lens
        return cls(size, focal, fstop, focus, min(exposed * rate, 1.0))


def way_by(scene: Scene, optics: Optics, seconds: float, off: ndarray) -> Journey:
    """A camera of the place's own: slowly round it, coming nearer, from as high as the place is flat; off: metres."""
    x, y, z = scene.box
    across = float(np.sqrt(x * x + z * z))
    flat = float(np.clip(1 - y / max(across * 0.5, 1e-9), 0, 1))
    above = 9 + 27 * flat
    wide = across * (0.92 - 0.12 * flat)
    tall = y * np.cos(np.radians(above)) + across * np.sin(np.radians(above)) * 0.8
    focal = optics.lens / 36 * optics.size[0]
    away = max(wide * focal / (FILLED * optics.size[0] / 2), tall * focal / (FILLED * optics.size[1] / 2))
    away += 0.35 * across
    rows = []
    for share in (0.0, 0.5, 1.0):
        eye = orbit((0, 0, 0), distance=away * (1.08 - (0.13 + 0.2 * flat) * share), around=-26 + 52 * share,
                    above=above + 4 - 6 * share)
        rows.append([*(scene.middle + eye), *(scene.middle - (0, 0.04 * y, 0)), optics.lens])
    return journey(seconds * np.array([0.0, 0.5, 1.0]), np.round(rows, 9) + np.append(np.tile(off, 2), 0.0))


def way_among(scenes: list[Scene], optics: Optics, turns: Sequence[tuple[float, float]], length: float,
              still: bool) -> Way:
    """The camera's own way, from the first place's to the other's where it becomes that, in the first's coordinates.

    turns    as `Memory.turns`
    still    it stands where that way begins, for others to move it
    """
    ways = [way_by(each, optics, length, each.cloud.origin - scenes[0].cloud.origin) for each in scenes]
    if still:
        ways = [Standing(each.at(0.0)) for each in ways]
    return Between(*ways, tuple(turns)) if turns else ways[0]


@dataclass(frozen=True)
class Shot:
    """Everything that a frame depends on.

    scenes    the place, and the other one where there is one
    rate      frames per second
    """

    scenes: tuple[Scene, ...]
    memory: Memory
    way: Way
    optics: Optics
    look: Look
    rate: float

    @property
    def scene(self) -> Scene:
        """The place that the shot begins with."""
        return self.scenes[0]

    def frames(self, count: int) -> Iterator[ndarray]:
        """Draw the frames of the shot: (height, width, 3) uint8 sRGB each."""
        ground = ground_for(self.look, self.optics.size)
        for number in range(count):
            yield self.frame(number, ground)

    def frame(self, number: int, ground: ndarray) -> ndarray:
        """Draw one frame; it depends on no other.

        test    drawn alone it is the frame drawn in its row
        """
        time = number / self.rate
        spot = self.way.at(time)
        share = gone_over(self.memory.turns, time)
        radius = self.scene.radius * (1 - share) + self.scenes[-1].radius * share
        away = max(float(np.sqrt(((spot[3:6] - spot[:3]) ** 2).sum())), 0.25 * radius)
        now, opening, closing = self._open(time)
        return draw(now, self._shown(now).spacing, opening, closing, self.look, ground, away, self.scene.cloud.splats)

    def exposed(self, number: int) -> Exposure:
        """One frame as a compositor wants it: light, cover, depth, motion over the open shutter, the point's number."""
        now, opening, closing = self._open(number / self.rate)
        radius = np.float32(DISC * self.look.point * self._shown(now).spacing)
        return exposed(now, radius, opening, closing, self.scene.cloud.splats)

    def _open(self, time: float) -> tuple[State, Camera, Camera]:
        """The place and the camera as the shutter opens, and the camera as it closes."""
        half = self.optics.shutter / self.rate / 2
        now = self.memory.exposed(time - half, time + half)
        sizes = self._shown(now).sizes
        if sizes is not None and len(sizes) == len(now.points):
            now = replace(now, size=sizes if now.size is None else sizes * now.size)
        return now, self.camera(time - half, now.origin), self.camera(time + half, now.origin)

    def sees(self, length: float) -> bool:
        """Whether some of the points of a place lie in the picture at some time, asked here and there."""
        clouds = [taken(each.cloud, points.thinned(len(each.cloud.points), FEW)) for each in self.scenes]
        for time in np.linspace(0, length, min(LOOKS, 2 * int(length) + 9)):
            for cloud in clouds:
                pixels, depth = self.camera(time, cloud.origin).project(cloud.points)
                if ((depth > 0) & (pixels >= 0).all(1) & (pixels < self.optics.size).all(1)).any():
                    return True
        return False

    def _shown(self, now: State) -> Scene:
        """The place whose points stand there."""
        return self.scenes[-1 if now.second else 0]

    def camera(self, time: float, origin: ndarray | None = None) -> Camera:
        """The camera at a moment, in coordinates from an origin; without one, from the scene's."""
        spot = self.way.at(time)
        away = float(np.sqrt(((spot[3:6] - spot[:3]) ** 2).sum()))
        off = np.tile(np.zeros(3) if origin is None else self.scene.cloud.origin - origin, 2)
        placed = look_at(*np.split(spot[:6] + off, 2), lens=float(spot[6]), size=self.optics.size)
        return replace(placed, fstop=self.optics.fstop, focus=self.optics.focus or away)


def shot(cloud: Cloud, other: Cloud | None, optics: Optics, look: Look, *, camera: Sequence[Sequence[object]] = (),
         memory: Sequence[Sequence[object]] = (), length: float, rate: float, up: Literal["file", "y", "z"] = "file",
         seed: int = 0) -> Shot:
    """Set up a shot of a place, and of another one; see `marrow.places.steps.fly`.

    raises    InputError  no points; a camera or a memory that cannot be read; no other place where one is needed
    """
    happens, said = events(memory), directed(camera)
    late = [(each.word, each.closes) for each in happens] + [(each.kind, each.closes) for each in said.moves]
    tell_of([Remark("places.late", {"word": word, "closes": f"{closes:g}", "length": f"{length:g}"})
             for word, closes in late if closes > length and word != "handheld"])
    both = any(event.word in OTHERS for event in happens)
    clouds = [stood(each, up) for each in (cloud, other) if each is not None and (each is cloud or both)]
    if both or look.kind != "colour":
        clouds = [replace(each, splats=None) for each in clouds]
    scenes = [settled(each, look.kind != "light") for each in clouds]
    scenes = [scenes[0], *(met(scenes[0], each) for each in scenes[1:])]
    if look.kind == "light":
        scenes = [lit(each) for each in scenes]
    first = scenes[0]
    told = remember(first.cloud, happens, scenes[1].cloud if len(scenes) > 1 else None,
                    ratio=scenes[-1].spacing / first.spacing, seed=seed)
    own = way_among(scenes, optics, told.turns, float(length), bool(said.moves))
    way = way_for(said, first_source(first.cloud), first.cloud.origin, own, lens=optics.lens, length=length, seed=seed)
    made = Shot(tuple(scenes), told, way, optics, replace(look, shaded=look.shaded and not lifted(first.cloud)), rate)
    tell_of([Remark("places.unseen", {})] * (not made.sees(float(length))))
    return made
