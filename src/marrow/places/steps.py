"""The verbs of the department of places; imports stay inside, so that naming a step costs nothing."""

from fractions import Fraction
from typing import Annotated, Literal

from marrow.draw import INK, PAPER
from marrow.media import Cloud, Video
from marrow.step import step
from marrow.units import Bound, Colour, Rate, Seconds, Seed, Share, Size, Spelling, Table, seconds

NIGHT = "#0f1a2e"  # ink-blue, an hour after sunset
Length = Annotated[float, Bound(0.04, 3600, "s"), Spelling(seconds, "8s")]
Point = Annotated[float, Bound(0.1, 10, "×")]


@step(revision=4)
def fly(cloud: Cloud, *, length: Length = 8.0, size: Size = (1280, 720),
        fps: Rate = Fraction(24),
        camera: Table = (), look: Literal["light", "ink"] = "light", night: Colour = NIGHT, paper: Colour = PAPER,
        ink: Colour = INK, point: Point = 1.0, fog: Share = 0.5, gather: Seconds = 0.0, scatter: Seconds = 0.0,
        up: Literal["file", "y", "z"] = "file", seed: Seed = 0) -> Video:
    """Fly through a scan: points of light in the night, or of ink on paper.

    camera     way-points: seconds, eye x y z, target x y z, in the coordinates of the cloud's file; before the first
               and after the last the camera rests. Empty: a slow way round the place, coming nearer
    look       "light": fine points that add up, on `night`; "ink": `ink` on `paper`
    point      size of the points, or how bright they are in "light"; 1 just closes a surface
    fog        how much of what is far away is lost
    gather     seconds in which the place assembles out of dust at the beginning; scatter: dissolves at the end
    up         the sky's axis in the file; "file" believes what the reader knows of it
    seed       of the dust that it comes from and goes to
    returns    no sound
    raises     InputError  no points; way-points that cannot be read
    test       twice drawn is twice the same; 5000 km away it is the same picture
    """
    from marrow.places.clouds import stood
    from marrow.places.fly import TIMES, Look, pictures, settled, way_along, way_by
    from marrow.progress import progress

    count = max(1, round(Fraction(str(length)) * fps))
    cloud = stood(cloud, up)
    place = settled(cloud, TIMES if look == "light" else 1, seed)
    way = way_along(cloud, place, camera) if camera else way_by(place, size, float(length))
    seen = Look(size, look, night if look == "light" else paper, ink, point, fog, gather, scatter)
    return Video(lambda: progress(pictures(place, way, seen, count, float(fps)), "places.fly", count),
                 count, size, fps)
