"""The verbs of the department of pictures; imports stay inside, so that naming a step costs nothing."""

from fractions import Fraction
from typing import Annotated, Literal

from marrow.draw import INK, PAPER
from marrow.draw.font import font_file
from marrow.media import Footage, Photo, Text, Video
from marrow.step import step
from marrow.units import Bound, Colour, Data, Rate, Seconds, Share, Size, Spelling, seconds

Length = Annotated[float, Bound(0.04, 600, "s"), Spelling(seconds, "4s")]
Fade = Annotated[float, Bound(0, 30, "s"), Spelling(seconds, "1s")]
Zoom = Annotated[float, Bound(0.25, 4, "×")]
Drift = Annotated[float, Bound(-0.5, 0.5)]


@step(revision=1)
def title(text: Text, *, length: Length = 4.0, size: Size = (1280, 720), fps: Rate = Fraction(24),
          layout: Literal["centre", "left", "vertical"] = "centre", paper: Colour = PAPER, ink: Colour = INK,
          fade: Fade = 0.9, font: Annotated[str, Data(font_file)] = "") -> Video:
    """Set words as a title on paper: the first line large, the others small, English light below.

    The ink soaks into the paper and dries away again; one small red mark is the only ornament.

    text       lines as they shall stand; what is too long is broken evenly
    layout     "centre"; "left", beside a red line; "vertical", columns from right to left
    fade       time the ink takes to come, and to go; at most half of `length` each
    font       a font file; empty is Noto Sans CJK
    returns    frames of bare paper, ink, bare paper; no sound
    raises     InputError  no words, a character the font lacks, words too long to be read
    test       the last frame is the first; ink only grows while it comes
    """
    from marrow.draw.card import compose
    from marrow.frames.title import counted, pictures

    card = compose(text.words, size, layout=layout, font=font)
    count = counted(length, fps)
    soaking = min(round(Fraction(str(fade)) * fps), (count - 1) // 2)
    return Video(lambda: pictures(card, paper, ink, count, soaking), count, size, fps)


@step(revision=1)
def still(photo: Photo, *, length: Length = 5.0, size: Size = (1280, 720), fps: Rate = Fraction(24),
          zoom: Zoom = 1.12, focus_x: Share = 0.5, focus_y: Share = 0.45, drift_x: Drift = 0.0, drift_y: Drift = 0.0,
          fit: Literal["cover", "paper"] = "cover") -> Video:
    """Move over a photograph: a slow push-in, a pull-back or a pan, smooth to a fraction of a pixel.

    zoom       how much larger the photo is at the end than at the start; below 1 the camera pulls back
    focus_x    what the camera looks at: 0 the left edge of the photo, 1 the right
    focus_y    0 the top edge, 1 the bottom
    drift_x    how far the camera travels to the right, as a share of the photo's width
    drift_y    how far it travels down, as a share of the height
    fit        "cover": the photo fills the picture; "paper": the whole photo lies on rice paper, a white edge round it
    returns    no sound
    test       a dot stays within 0.05 pixel of its analytic path; a photo of the picture's size opens untouched
    """
    from marrow.frames.camera import filmed, journey, laid

    picture, sides = laid(photo.pixels, size, zoom, fit)
    count = max(1, round(Fraction(str(length)) * fps))
    way = journey(sides, size, zoom=zoom, focus=(focus_x, focus_y), drift=(drift_x, drift_y))
    return Video(lambda: filmed(picture, way, size, count), count, size, fps)


@step(revision=1)
def video(footage: Footage, *, start: Seconds = 0.0, length: Seconds = 0.0, size: Size = (1280, 720),
          fps: Rate = Fraction(24), fit: Literal["cover", "contain"] = "cover", sound: bool = True) -> Video:
    """Take a part of any video file and bring it to the film's size and rate, sound included.

    A phone's variable rate, turned pictures, pixels that are not square, interlaced fields and HDR are all
    made even: at each instant of the film stands the picture that was on screen at that instant.

    start      seconds from the first picture of the file
    length     seconds; 0 is to the end of the file
    fit        "cover": cut to the picture's shape; "contain": the whole picture, black beside it
    sound      whether its sound is taken too: 48 kHz, exactly as long as the pictures
    raises     InputError  not a video, damaged, or shorter than asked
               LimitError  more than 20 minutes at once
    test       with a file whose pictures carry their time, every output picture shows its own
    """
    from marrow.frames.conform import conform

    return conform(footage.path, start=Fraction(str(start)), length=Fraction(str(length)), size=size, fps=fps, fit=fit,
                   with_sound=sound)
