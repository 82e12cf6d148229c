"""Places 场所: where it happened. Scans, photos and pictures as points that remember."""

from importlib import import_module

__all__ = ["fly"]


def __getattr__(name: str) -> object:
    if name in __all__:
        return getattr(import_module("marrow.places.steps"), name)
    raise AttributeError(f"marrow.places has no '{name}'")
