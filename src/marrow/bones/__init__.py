"""Bones 骨骼: how bodies move. So far a motion drawn as an ink figure on paper."""

from importlib import import_module

__all__ = ["figure"]


def __getattr__(name: str) -> object:
    if name in __all__:
        return getattr(import_module("marrow.bones.steps"), name)
    raise AttributeError(f"marrow.bones has no '{name}'")
