"""The verbs of the department of pictures; imports stay inside, so that naming a step costs nothing."""

from fractions import Fraction
from typing import Annotated, Literal

from marrow.draw import INK, PAPER
from marrow.draw.font import font_file
from marrow.media import Text, Video
from marrow.step import step
from marrow.units import Bound, Colour, Data, Rate, Size, Spelling, seconds

Length = Annotated[float, Bound(0.04, 600, "s"), Spelling(seconds, "4s")]
Fade = Annotated[float, Bound(0, 30, "s"), Spelling(seconds, "1s")]


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
