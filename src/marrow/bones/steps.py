"""The verbs of the department of bones; imports stay inside, so that naming a step costs nothing."""

from fractions import Fraction
from typing import Annotated, Literal

from marrow.draw import INK, PAPER
from marrow.media import Motion, Video
from marrow.step import step
from marrow.units import Bound, Colour, Rate, Seconds, Size

Degrees = Annotated[float, Bound(-360, 360, "°")]
Fill = Annotated[float, Bound(0.05, 1.5)]


@step(revision=2)
def figure(motion: Motion, *, length: Seconds = 0.0, size: Size = (1280, 720),
           fps: Rate = Fraction(24), look: Literal["ink", "light"] = "ink", paper: Colour = PAPER, ink: Colour = INK,
           turn: Degrees = 30.0, side: Degrees = 28.0, fill: Fill = 0.64, echo: Seconds = 0.0,
           up: Literal["auto", "y", "z"] = "auto") -> Video:
    """Draw a motion as an ink figure on paper, seen by a camera that travels round it.

    Any skeleton: the head is found by its name, everything else by how the bones branch; its own size does not
    matter.

    length     seconds; 0 is as long as the motion, beyond it the last pose holds
    look       "ink": ink on paper; "light": the paper's colour as light on a sheet of the ink's colour
    turn       how far the camera travels round the figure during the shot
    side       from where it looks in the middle of the shot: 0 the figure's front, 90 its left
    fill       height of the figure as a share of the picture's
    echo       how long earlier poses stay as fading strokes
    up         the sky's axis in the motion; "auto" finds it from how the body stands
    returns    no sound
    raises     InputError  no frames, joints out of order, numbers that are none
    test       twice drawn is twice the same; moved or scaled in the world it is the same picture
    """
    from marrow.bones.figure import Look, pictures, staged
    from marrow.bones.skeleton import build, checked, fk, resampled, upright
    from marrow.progress import progress

    seconds = Fraction(str(length)) or Fraction(len(checked(motion).rotations)) / motion.rate
    count = max(1, round(seconds * fps))
    plan = build(checked(motion).skeleton)
    places = upright(fk(resampled(motion, fps, count)), plan, up)
    scene = staged(places, plan, float(fps))
    seen = Look(size, look, paper, ink, turn, side, fill, round(Fraction(str(echo)) * fps))
    return Video(lambda: progress(pictures(scene, seen), "bones.figure", count), count, size, fps)
