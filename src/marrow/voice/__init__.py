"""Voice 声音: what is said and how it sounds. So far a guide voice that reads a script in Mandarin and English.

A guide voice stands where an actor or a model will speak later, so that a film can be timed and watched today.
"""

from importlib import import_module

__all__ = ["speak"]


def __getattr__(name: str) -> object:
    if name in __all__:
        return getattr(import_module("marrow.voice.steps"), name)
    raise AttributeError(f"marrow.voice has no '{name}'")
