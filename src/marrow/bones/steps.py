"""The verbs of the department of bones; imports stay inside, so that naming a step costs nothing."""

from fractions import Fraction
from typing import Annotated, Literal

from marrow.draw import INK, PAPER
from marrow.media import Motion, Rig, Text, Video
from marrow.step import step
from marrow.units import Bound, Colour, Rate, Seconds, Size

Degrees = Annotated[float, Bound(-360, 360, "°")]
Fill = Annotated[float, Bound(0.05, 1.5)]


@step(revision=3)
def figure(motion: Motion, rig: Rig | None = None, *, length: Seconds = 0.0, size: Size = (1280, 720),
           fps: Rate = Fraction(24), form: Literal["body", "bones"] = "body", look: Literal["ink", "light"] = "ink",
           paper: Colour = PAPER, ink: Colour = INK, turn: Degrees = 30.0, side: Degrees = 28.0, fill: Fill = 0.64,
           echo: Seconds = 0.0) -> Video:
    """Draw a motion as an ink figure on paper, seen by a camera that travels round it.

    Any skeleton: the head is found by its name, everything else by how the bones branch; its own size does not
    matter.

    rig        a body of the same skeleton, whose mesh is painted; without one a coat and trousers are
    length     seconds; 0 is as long as the motion, beyond it the last pose holds
    form       without a rig: "body": in a coat; "bones": the skeleton itself
    look       "ink": ink on paper; "light": the paper's colour as light on a sheet of the ink's colour
    turn       how far the camera travels round the figure during the shot
    side       from where it looks in the middle of the shot: 0 the figure's front, 90 its left
    fill       height of the figure as a share of the picture's
    echo       how long earlier poses stay as fading strokes
    returns    no sound
    raises     InputError  no frames, joints out of order, numbers that are none, another skeleton than the rig's
    test       twice drawn is twice the same; moved or scaled in the world it is the same picture
    """
    from marrow.bones.figure import Look, pictures, staged
    from marrow.bones.skeleton import build, fk
    from marrow.bones.staging import conformed, skinned
    from marrow.progress import progress

    moving = conformed(motion, length, fps)
    count = len(moving.rotations)
    scene = staged(fk(moving), build(moving.skeleton), float(fps))
    seen = Look(size, look, paper, ink, turn, side, fill, round(Fraction(str(echo)) * fps), form)
    mesh = skinned(rig, moving) if rig else None
    return Video(lambda: progress(pictures(scene, seen, mesh), "bones.figure", count), count, size, fps)


@step(revision=1)
def pose_maps(motion: Motion, rig: Rig | None = None, *, kind: Literal["dwpose", "openpose", "depth"] = "dwpose",
              length: Seconds = 0.0, size: Size = (1280, 720), fps: Rate = Fraction(24), turn: Degrees = 30.0,
              side: Degrees = 28.0, fill: Fill = 0.64) -> Video:
    """Draw a motion as the pose pictures or the depth that image and video models are led by.

    The camera is that of `bones.figure` with the same settings.

    rig        a body of the same skeleton: depth is drawn from its mesh; without one, from capsules
    kind       "openpose" 18 points; "dwpose" hands and face too; "depth" white near, black far
    returns    no sound
    raises     InputError  "bones.not_human" when shoulders or hips are not found
    """
    from marrow.bones.figure import Look
    from marrow.bones.posing import depths, maps, shot
    from marrow.bones.staging import conformed, solid
    from marrow.progress import progress

    moving = conformed(motion, length, fps)
    count = len(moving.rotations)
    made = shot(moving, Look(size, "ink", PAPER, INK, turn, side, fill, 0), solid(rig, moving) if rig else None)
    return Video(lambda: progress(depths(made) if kind == "depth" else maps(made, whole=kind == "dwpose"),
                                  "bones.pose_maps", count), count, size, fps)


@step(revision=1)
def keypoints(motion: Motion, *, length: Seconds = 0.0, size: Size = (1280, 720), fps: Rate = Fraction(24),
              turn: Degrees = 30.0, side: Degrees = 28.0, fill: Fill = 0.64) -> Text:
    """Write the points that `bones.pose_maps` draws as OpenPose's JSON, one frame to a line.

    returns    pixels and how sure: 1 seen, 0.5 hidden by the body, 0 not there
    """
    from marrow.bones import posing
    from marrow.bones.figure import Look
    from marrow.bones.staging import conformed

    moving = conformed(motion, length, fps)
    return Text(posing.keypoints(posing.shot(moving, Look(size, "ink", PAPER, INK, turn, side, fill, 0))))
