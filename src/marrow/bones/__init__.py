"""Bones 骨骼: how bodies move. Any motion, any skeleton, any mesh, read, mended, carried over and drawn."""

from importlib import import_module

__all__ = ["bind", "clean", "figure", "keypoints", "motion", "pose_from_points", "pose_maps", "retarget", "rig",
           "turntable"]


def __getattr__(name: str) -> object:
    if name in __all__:
        return getattr(import_module("marrow.bones.steps"), name)
    raise AttributeError(f"marrow.bones has no '{name}'")
