"""People 人物: a person rebuilt from what witnesses really said, and talking with him."""

from importlib import import_module

__all__ = ["answer"]


def __getattr__(name: str) -> object:
    if name in __all__:
        return getattr(import_module("marrow.people.steps"), name)
    raise AttributeError(f"marrow.people has no '{name}'")
