"""What an engine of this department must do. Strangers' engines are held to the same contract tests."""

from typing import Literal, Protocol

from marrow.media import Sound

Language = Literal["auto", "zh", "en"]


class Speak(Protocol):
    """Task `voice.speak`: read words aloud, as `marrow.voice.engines.espeak` does."""

    def __call__(self, words: str, *, language: Language, speed: float, pitch: float, pause: float,
                 variant: str) -> Sound:
        """Say the words once.

        words       at least one letter, digit or Chinese character; punctuation is for rhythm
        language    in which numbers and signs are read; letters and characters say for themselves
        speed       1 is the engine's calm reading pace, 2 twice as fast
        pitch       semitones above (or below) the engine's own voice, timbre kept
        pause       1 is the engine's own rests between phrases, 0 none
        variant     another of the engine's voices by name, "" for its first
        returns     mono (n, 1) at any rate; the step trims, resamples and levels it
        raises      InputError, EngineError
        test        same words, same bytes
        """
        ...
