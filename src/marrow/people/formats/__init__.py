"""Readers of testimony, one file per way of writing it; `read` and `follow` take any, `words` checks what they give."""

from importlib import import_module

HOMES = {"read": "reading", "follow": "reading", "words": "stretches"}
__all__ = ["follow", "read", "words"]


def __getattr__(name: str) -> object:
    if name in HOMES:
        return getattr(import_module(f"marrow.people.formats.{HOMES[name]}"), name)
    raise AttributeError(f"marrow.people.formats has no '{name}'")
