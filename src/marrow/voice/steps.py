"""The verbs of the voice department."""

from collections.abc import Mapping
from typing import Annotated

from marrow.engine import open_engine
from marrow.errors import EngineError, InputError
from marrow.media import Person, Sound, Text
from marrow.step import step
from marrow.units import Bound, Uses
from marrow.voice.contract import Language

Times = Annotated[float, Bound(0.5, 2, "×")]
FACTS = {"speed": (0.5, 2.0), "pitch": (-12.0, 12.0), "pause": (0.0, 4.0)}


@step(revision=1, machine=True)
def speak(text: Text, speaker: Person | None = None, *, engine: Annotated[str, Uses("voice.speak")] = "espeak",
          language: Language = "auto", speed: Times = 1.0, pitch: Annotated[float, Bound(-12, 12, "st")] = 0.0,
          pause: Annotated[float, Bound(0, 4, "×")] = 1.0, variant: str = "") -> Sound:
    """Say the words aloud, as a guide until an actor or a better engine speaks them.

    The speaker's table may say how he sounds: `[people.NAME.voice]` with speed, pitch, pause, variant. The settings
    come on top of that: speeds and pauses are multiplied, semitones added (each stays inside its range), a variant said
    here wins.

    text        any mixture of Chinese and English, at most 3000 characters
    speaker     person whose `voice` facts are his lasting manner of speaking
    engine      who speaks
    language    in which numbers and signs are read; letters and characters say it themselves
    returns     (n, 1) float32, 48 kHz, -20 dBFS while speaking, 80 ms of silence at either end
    raises      InputError   voice.silent, voice.script, voice.facts;  LimitError  voice.long
    test        twice the speed is half as long; twelve semitones double the fundamental; same words, same bytes
    """
    from marrow.voice.polish import RATE, finished

    manner = _manner(speaker)
    chosen = {"speed": _within("speed", speed * manner["speed"]), "pitch": _within("pitch", pitch + manner["pitch"]),
              "pause": _within("pause", pause * manner["pause"]), "variant": variant or manner["variant"]}
    raw = open_engine("voice.speak", engine)(text.words, language=language, **chosen)
    try:
        return Sound(finished(raw.samples, raw.rate), RATE)
    except ValueError as error:
        raise EngineError("voice.nothing", engine=engine) from error


def _manner(speaker: Person | None) -> dict:
    """How a person speaks, from his `voice` table: plain numbers, each in its range."""
    manner = {"speed": 1.0, "pitch": 0.0, "pause": 1.0, "variant": ""}
    table = speaker.facts.get("voice", {}) if speaker else {}
    if not isinstance(table, Mapping):
        raise InputError("voice.facts", name=speaker.name, fact="voice", value=table)
    for fact, value in table.items():
        good = isinstance(value, str) if fact == "variant" else (
            fact in FACTS and isinstance(value, int | float) and not isinstance(value, bool)
            and FACTS[fact][0] <= value <= FACTS[fact][1])
        if not good:
            raise InputError("voice.facts", name=speaker.name, fact=f"voice.{fact}", value=value)
        manner[fact] = value
    return manner


def _within(fact: str, value: float) -> float:
    low, high = FACTS[fact]
    return min(max(value, low), high)
