"""The verbs of the department of places; imports stay inside, so that naming a step costs nothing."""

from fractions import Fraction
from typing import Annotated, Literal

from marrow.draw import INK, PAPER
from marrow.media import Cloud, Video
from marrow.step import step
from marrow.units import Bound, Colour, Lens, Rate, Seed, Share, Size, Spelling, colour, rows, seconds

NIGHT = "#0f1a2e"  # ink-blue, an hour after sunset
Length = Annotated[float, Bound(0.04, 3600, "s"), Spelling(seconds, "8s")]
Point = Annotated[float, Bound(0.1, 10, "×")]


def _camera(said: object) -> tuple[tuple[str | float, ...], ...]:
    """Rows that `marrow.places.ways` can read."""
    if made := rows(said):
        from marrow.places.ways import directed

        directed(made)
    return made


def _memory(said: object) -> tuple[tuple[str | float, ...], ...]:
    """Rows that `marrow.places.memory.events` can read."""
    if made := rows(said):
        from marrow.places.memory.events import events

        events(made)
    return made


Way = Annotated[tuple[tuple[str | float, ...], ...], Spelling(_camera, '[["orbit", 0, 8, 40]]')]
Happens = Annotated[tuple[tuple[str | float, ...], ...], Spelling(_memory, '[["forget", 2, 6]]')]
Ground = Annotated[str, Spelling(lambda value: value and colour(value), "\"#1a2b3c\"")]


@step(revision=6)
def fly(cloud: Cloud, other: Cloud | None = None, *, length: Length = 8.0, size: Size = (1280, 720),
        fps: Rate = Fraction(24), camera: Way = (), lens: Lens = "35mm 1/50s",
        look: Literal["light", "ink", "colour"] = "light", ground: Ground = "", ink: Colour = INK, point: Point = 1.0,
        fog: Share = 0.5, memory: Happens = (), up: Literal["file", "y", "z"] = "file", seed: Seed = 0) -> Video:
    """Film a place as it is remembered: it gathers, is forgotten, is mis-remembered, becomes another place.

    other      what it becomes or is remembered as, where `memory` says so; from far away it is set on its ground
    camera     rows: moves ["orbit", 0, 8, 40] (from, to, degrees to the right), ["dolly", 0, 4, 1.5] (metres along
               the view), ["crane", 0, 4, 1.2] (metres up), ["handheld", 0, 8, 0.5] (1 is a person's shoulder); and
               way-points, seconds, eye x y z, target x y z in the coordinates of the cloud's file, lens in mm if it
               zooms. Empty: a slow way round the place, coming nearer
    lens       "50mm f/2 1/48s 3.5m": focal length on a film 36 mm wide, f-number (without one everything is sharp),
               how long each frame is exposed, metres at which things are sharp (without, what the camera looks at)
    look       "light": fine points that add up, in the night; "ink": `ink` on paper; "colour": its own colours
    ground     the colour of the night or the paper; "" is ours
    point      size of the points, or how bright they are in "light"; 1 just closes a surface
    fog        how much of what is far away is lost
    memory     rows of what happens, from when to when: "assemble" "dissolve" "forget" "reveal" "misremember" "morph";
               three more numbers are the spot where it begins
    up         the sky's axis in the file; "file" believes what the reader knows of it
    seed       of the dust that it comes from and goes to
    returns    no sound
    raises     InputError  no points; a camera or a memory that cannot be read; no other place where one is needed
    test       twice drawn is twice the same; a frame alone is the frame in its row; 5000 km away it is the same
    """
    from marrow.places.looks import Look
    from marrow.places.shot import Optics, shot
    from marrow.progress import progress

    count = max(1, round(Fraction(str(length)) * fps))
    optics = Optics.of(lens, size, float(fps))
    seen = Look(look, ground or (NIGHT if look == "light" else PAPER), ink, point, fog)
    made = shot(cloud, other, optics, seen, camera=camera, memory=memory, length=float(length), rate=float(fps), up=up,
                seed=seed)
    return Video(lambda: progress(made.frames(count), "places.fly", count), count, size, fps)
