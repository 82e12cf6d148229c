"""A stranger's package: cheap steps and two engines, through the same door as ours. Used by the film tests and benches.

Every run appends a line to the file that MARROW_STUB_LOG names, and one with its words to that of MARROW_STUB_TRACE,
so that a test can count runs.
"""

import os
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Annotated

from marrow.engine import Engine, open_engine
from marrow.media import Person, Sound, Text, Video
from marrow.step import step
from marrow.units import Rate, Seconds, Seed, Size, Uses

Work = Annotated[str, Uses("stub.work")]


def _log(name: str, words: str = "") -> None:
    for variable, line in (("MARROW_STUB_LOG", name), ("MARROW_STUB_TRACE", f"{name} {words!r}")):
        path = os.environ.get(variable)
        if path:
            with open(path, "a", encoding="utf-8") as file:
                file.write(f"{line}\n")


@step(revision=1)
def clean(text: Text, *, engine: Work = "plain", strength: float = 1.0) -> Text:
    """Strip blanks: an input that differs only in blanks comes out equal and stops the wave."""
    _log("stub.clean", text.words)
    return Text(open_engine("stub.work", engine)(" ".join(text.words.split()), f"clean{strength:g}"))


@step(revision=1)
def animate(text: Text, *, engine: Work = "plain", speed: float = 1.0) -> Text:
    """Append a word."""
    _log("stub.animate", text.words)
    return Text(open_engine("stub.work", engine)(text.words, f"animate{speed:g}"))


@step(revision=1)
def render(text: Text, *, engine: Work = "plain", samples: int = 4) -> Text:
    """Append a word."""
    _log("stub.render", text.words)
    return Text(open_engine("stub.work", engine)(text.words, f"render{samples}"))


@step(revision=1)
def grade(text: Text, *, engine: Work = "plain", warmth: float = 0.0) -> Text:
    """Append a word; warmth below one half makes no difference."""
    _log("stub.grade", text.words)
    return Text(open_engine("stub.work", engine)(text.words, f"grade{round(warmth)}"))


@step(revision=1)
def join(text: Text, other: Text | None = None, speaker: Person | None = None) -> Text:
    """Two texts in one, and who speaks."""
    _log("stub.join", text.words)
    return Text(" + ".join([text.words, other.words if other else "", speaker.name if speaker else ""]))


@step(revision=1)
def dice(text: Text, *, seed: Seed = 0) -> Text:
    """Append the seed."""
    _log("stub.dice", text.words)
    return Text(f"{text.words} dice{seed}")


@step(revision=1)
def fail(text: Text, *, words: str = "no") -> Text:
    """Break down."""
    _log("stub.fail", text.words)
    raise RuntimeError(words)


@step(revision=1)
def die(text: Text) -> Text:
    """End the process."""
    _log("stub.die", text.words)
    os._exit(7)


@step(revision=1)
def wait(text: Text, *, seconds: float = 0.2) -> Text:
    """Take a while."""
    _log("stub.wait", text.words)
    time.sleep(seconds)
    return Text(text.words + " waited")


@step(revision=1)
def card(text: Text, *, length: Seconds = 0.5, size: Size = (64, 36), fps: Rate = Fraction(24)) -> Video:
    """One colour, taken from the words."""
    import hashlib

    import numpy

    _log("stub.card", text.words)
    colour = numpy.frombuffer(hashlib.sha256(text.words.encode()).digest()[:3], "u1")
    frame = numpy.broadcast_to(colour, (size[1], size[0], 3)).copy()
    count = max(1, round(Fraction(str(length)) * fps))
    return Video(lambda: iter([frame] * count), count, size, fps)


@step(revision=1, machine=True)
def speak(text: Text, *, hertz: float = 440.0) -> Sound:
    """A tone as long as the words."""
    import numpy

    _log("stub.speak", text.words)
    time_axis = numpy.arange(len(text.words) * 4800) / 48000
    return Sound((0.2 * numpy.sin(2 * numpy.pi * hertz * time_axis)).astype("f4")[:, None])


def open_plain() -> Callable[[str, str], str]:
    """Nothing to load."""
    return lambda words, word: f"{words} {word}"


def open_model(weights: Path) -> Callable[[str, str], str]:
    """The file's content is the model."""
    model = weights.read_text("utf-8").strip()
    return lambda words, word: f"{words} {word}[{model}]"


plain = Engine("stub.work", open_plain, about="appends a word", about_zh="加一个词", licence="CC0")
model = Engine("stub.work", open_model, about="your own model", about_zh="你自己的模型", licence="CC0", weights=True)
