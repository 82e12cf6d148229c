"""Marrow 刻骨: a film studio for very small teams who make films with AI.

    import marrow
    film = marrow.frames.title(marrow.Text("两个父亲"), length="3s")

Nothing is loaded until it is named.
"""

from importlib import import_module

__version__ = "0.1.0"
DEPARTMENTS = ("film", "people", "voice", "faces", "bones", "places", "frames", "generate", "live", "render", "studio")
NOUNS = ("Photo", "Video", "Footage", "Sound", "Motion", "Cloud", "Mesh", "Rig", "Text", "Person", "Testimony")


def __getattr__(name: str) -> object:
    if name in DEPARTMENTS:
        return import_module(f"marrow.{name}")
    if name in NOUNS:
        return getattr(import_module("marrow.media"), name)
    raise AttributeError(f"marrow has no '{name}'")
