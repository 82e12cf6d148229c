"""The verb that makes a place out of one picture; imports stay inside, so that naming a step costs nothing."""

from typing import Annotated

from marrow.media import Cloud, Photo
from marrow.step import step
from marrow.units import Bound, Rows, Uses

Metres = Annotated[float, Bound(0.01, 10000, "m")]
Lens = Annotated[float, Bound(0, 1000, "mm")]


@step(revision=3)
def lift(photo: Photo, *, engine: Annotated[str, Uses("places.depth")] = "plain", strokes: Rows = (), taken: Lens = 0.0,
         near: Metres = 3.0, far: Metres = 30.0) -> Cloud:
    """Make one picture a place that a camera can move past a little: people, ground and walls stand in layers.

    photo      a photograph, a drawing, a picture by a model; the camera that sees it again stands at zero, along -Z
    engine     who says how far things are: "plain" by your strokes, "onnx:model.onnx" a network of yours
    strokes    rows of a word and points x y, shares of the picture from its upper left: "near" "far" "floor";
               "wall" first two points of its foot, then points on it; "person" down to the feet; "horizon" its y alone
    taken      mm of the lens that took it, on a back 36 mm wide; 0: what the engine knows, or 35
    near       metres to what is nearest: the ground at the picture's lower edge;  far: to what is farthest
    returns    labels 0 seen, 1 made up: behind what stands in front, and beyond the frame
    raises     InputError   strokes that cannot be, near behind far, a picture that is all transparent
               EngineError  no network, or one that returns no depth
    test       seen from zero it is the picture; 5 % aside nothing opens and no point flies
    """
    from marrow.contents import Remark, tell_of
    from marrow.engine import open_engine
    from marrow.errors import InputError
    from marrow.places.lifting import lift as lifted
    from marrow.places.lifting.lift import bordered, resized

    if near >= far:
        raise InputError("lift.range", near=near, far=far)
    tell_of([Remark("lift.border")] * bordered(photo.pixels))
    sized = resized(photo.pixels)
    depth = open_engine("places.depth", engine)(Photo(sized[..., :3]), strokes=strokes, near=near, far=far)
    return lifted(sized, depth, lens=taken, far=far).cloud
