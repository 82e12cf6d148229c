"""The verbs of the department of bones; imports stay inside, so that naming a step costs nothing."""

from fractions import Fraction
from typing import Annotated, Literal

from marrow.draw import INK, PAPER
from marrow.media import Footage, Mesh, Motion, Rig, Text, Video
from marrow.step import step
from marrow.units import Bound, Colour, Rate, Seconds, Seed, Size, Spelling, Uses


def clicks(said: str) -> dict[str, list[float]]:
    """Landmarks from how they are written, "chin 0 1.5 0.1; leftHand 0.7 1.4 0".

    raises    ValueError  what is no name with three numbers
    """
    points = {}
    for each in filter(str.strip, said.split(";")):
        name, *point = each.split()
        points[name] = [float(number) for number in point]
        if len(points[name]) != 3:
            raise ValueError(each)
    return points


def _clickable(value: object) -> str:
    """The landmarks as they are written, where they can be read."""
    clicks(str(value))
    return str(value)


Clicks = Annotated[str, Spelling(_clickable, "chin 0 1.5 0.1; leftHand 0.7 1.4 0")]
Degrees = Annotated[float, Bound(-360, 360, "°")]
Fill = Annotated[float, Bound(0.05, 1.5)]


@step(revision=1)
def retarget(motion: Motion, rig: Rig, *, root: Literal["travel", "place"] = "travel") -> Motion:
    """Play a motion on another body: the same movement, its feet on the ground where they stood.

    rig        whose skeleton it is played on, in any pose and of any build; its mesh does not matter
    root       "travel": it goes as far as the new legs carry it; "place": it stays over where it starts
    returns    the motion on the rig's skeleton, at the same rate; what came over badly is told, with its worst frame
    raises     InputError  "retarget.motion", "retarget.target" when one of the two is no human body
    test       the same skeleton in = the same motion out; there and back is where it was; standing feet stand still
    """
    from marrow.bones.report import report
    from marrow.bones.retarget import retarget as play
    from marrow.contents import tell_of

    made = play(motion, rig.skeleton, root=root)
    if root == "travel":
        tell_of(report(motion, made).remarks)
    return made


@step(revision=1)
def clean(motion: Motion, *, smooth: bool = True, feet: Literal["auto", "plant", "keep"] = "auto") -> Motion:
    """Take out what is no movement: gaps are bridged, flips and spikes undone, noise smoothed, sliding feet put down.

    Any skeleton; feet are those of a human body. How strongly each joint is smoothed is found from its own movement.

    motion     may have holes: numbers that are none
    smooth     whether noise is taken out
    feet       "auto": put down where they slide as no captured feet do; "plant": always; "keep": never
    test       damage put into a motion comes out of it; a clean motion moves by less than 2 mm
    """
    from marrow.bones.clean import clean as cleaned
    from marrow.contents import tell_of

    made, remarks = cleaned(motion, smooth=smooth, feet=feet)
    tell_of(remarks)
    return made


@step(revision=1)
def pose_from_points(motion: Motion) -> Motion:
    """Give bones to points that move: markers of an optical capture, joints that only have positions.

    Twists come from the planes in which elbows and knees bend, from hands and from feet.
    motion     a joint for each point (any reader of C3D and TRC makes such ones), named by a known marker set, or by
               what it is in a body in any dialect
    returns    a human skeleton whose rest pose is a T-pose
    raises     InputError  "points.names" when too few names say what they are
    test       a body seen only by its joints' places turns as it did
    """
    from marrow.bones.points.named import named
    from marrow.contents import tell_of

    made, remarks = named(motion)
    tell_of(remarks)
    return made


@step(revision=1)
def bind(mesh: Mesh, rig: Rig, *, engine: Annotated[str, Uses("bones.bind")] = "plain",
         influences: Annotated[int, Bound(1, 8)] = 4) -> Rig:
    """Hang a mesh on a skeleton that stands inside it: any mesh, torn or whole, clothes and hair too.

    mesh          in the skeleton's rest pose and unit
    rig           whose skeleton is taken; a mesh of its own is left out
    influences    joints that may move a vertex at most
    returns       no vertex without weight
    raises        InputError  "bind.…" when the mesh is empty, or elsewhere than the skeleton, or of another size
    test          a triangle soup moves as the body it was cut from
    """
    from marrow.engine import open_engine

    return open_engine("bones.bind", engine)(mesh, rig.skeleton, influences=influences)


@step(revision=1)
def rig(mesh: Mesh, *, engine: Annotated[str, Uses("bones.rig")] = "plain", landmarks: Clicks = "") -> Rig:
    """Find a skeleton for a body that has none, and hang the body on it: people, and animals on four legs.

    mesh         in any orientation and unit, whole or in loose triangles; a person in a T- or A-pose
    landmarks    clicks that correct the result: VRM's name of a joint, "chin" or "groin", and a point of the mesh
    returns      standing on y = 0, facing +Z, in metres
    raises       InputError  "rig.body" when neither legs nor arms are seen; "rig.landmark" for an unknown name
    test         a body of capsules keeps its joints under any turn, size and damage
    """
    from marrow.contents import tell_of
    from marrow.engine import open_engine

    made, remarks = open_engine("bones.rig", engine)(mesh, landmarks=clicks(landmarks))
    tell_of(remarks)
    return made


@step(revision=1, machine=True)
def motion(text: Text, footage: Footage | None = None, *, engine: Annotated[str, Uses("bones.motion")] = "server",
           length: Seconds = 0.0, seed: Seed = 0) -> Motion:
    """Have a model move a body by your words, or as somebody moves in a video; the model runs where you say.

    text       what happens: "an old man walks slowly"
    footage    a video of one person
    engine     "server:motion.toml": the file names the address of a text-to-motion or video-to-motion server
    length     seconds; 0 leaves it to the model or the footage
    returns    any skeleton, any rate; `bones.clean` and `bones.retarget` go on from there
    raises     EngineError  no server, or none that answers with a motion
    """
    from marrow.engine import open_engine

    return open_engine("bones.motion", engine)(text.words, footage.path if footage else None, seconds=length, seed=seed)


@step(revision=4)
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
    from marrow.bones.drawing.figure import Look, pictures, staged
    from marrow.bones.drawing.staging import conformed, skinned
    from marrow.bones.skeleton import build, fk
    from marrow.progress import progress

    moving = conformed(motion, length, fps)
    count = len(moving.rotations)
    scene = staged(fk(moving), build(moving.skeleton), float(fps))
    seen = Look(size, look, paper, ink, turn, side, fill, round(Fraction(str(echo)) * fps), form)
    mesh = skinned(rig, moving) if rig else None
    return Video(lambda: progress(pictures(scene, seen, mesh), "bones.figure", count), count, size, fps)


@step(revision=2)
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
    from marrow.bones.drawing.figure import Look
    from marrow.bones.drawing.posing import depths, maps, shot
    from marrow.bones.drawing.staging import conformed, solid
    from marrow.progress import progress

    moving = conformed(motion, length, fps)
    count = len(moving.rotations)
    made = shot(moving, Look(size, "ink", PAPER, INK, turn, side, fill, 0), solid(rig, moving) if rig else None)
    return Video(lambda: progress(depths(made) if kind == "depth" else maps(made, whole=kind == "dwpose"),
                                  "bones.pose_maps", count), count, size, fps)


@step(revision=2)
def keypoints(motion: Motion, *, length: Seconds = 0.0, size: Size = (1280, 720), fps: Rate = Fraction(24),
              turn: Degrees = 30.0, side: Degrees = 28.0, fill: Fill = 0.64) -> Text:
    """Write the points that `bones.pose_maps` draws as OpenPose's JSON, one frame to a line.

    returns    pixels and how sure: 1 seen, 0.5 hidden by the body, 0 not there
    """
    from marrow.bones.drawing import posing
    from marrow.bones.drawing.figure import Look
    from marrow.bones.drawing.staging import conformed

    moving = conformed(motion, length, fps)
    return Text(posing.keypoints(posing.shot(moving, Look(size, "ink", PAPER, INK, turn, side, fill, 0))))


@step(revision=1)
def turntable(rig: Rig, motion: Motion | None = None, *, length: Seconds = 6.0, size: Size = (1280, 720),
              fps: Rate = Fraction(24), show: Literal["skeleton", "weights", "mesh"] = "skeleton") -> Video:
    """Turn a rig round once, to look at it from all sides.

    motion     of the rig's skeleton, which it plays meanwhile; without one it stands in its rest pose
    length     seconds of the round
    show       "skeleton": the mesh pale and its bones over it; "weights": what hangs on which joint, in colours; "mesh"
    returns    no sound
    raises     InputError  the motion is of another skeleton; the mesh is not bound
    test       the last picture is one step before the first
    """
    from marrow.bones.drawing.staging import conformed
    from marrow.bones.drawing.turntable import laid, pictures
    from marrow.progress import progress

    count = max(1, round(Fraction(str(length)) * fps))
    table = laid(rig, conformed(motion, length, fps) if motion else None)
    return Video(lambda: progress(pictures(table, size, count, show), "bones.turntable", count), count, size, fps)
