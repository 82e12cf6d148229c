"""The department's own way to rig and bind: geometry, no weights, no network."""

from typing import TYPE_CHECKING

from marrow.engine import Engine

if TYPE_CHECKING:
    from marrow.bones.contract import BindBody, RigBody


def open_rig() -> "RigBody":
    """Find a skeleton by the shape of a body, and bind the body to it."""
    from collections.abc import Mapping, Sequence

    from marrow.bones.bind import bind as hang
    from marrow.bones.rig import rig as find
    from marrow.contents import Remark
    from marrow.media import Mesh, Rig

    def make(mesh: Mesh, *, landmarks: Mapping[str, Sequence[float]]) -> tuple[Rig, tuple[Remark, ...]]:
        found = find(mesh, landmarks=landmarks)
        return hang(found.mesh, found.skeleton), found.remarks

    return make


def open_bind() -> "BindBody":
    """Weights by heat that spreads over the surface and through the body."""
    from marrow.bones.bind import bind as hang
    from marrow.media import Mesh, Rig, Skeleton

    def make(mesh: Mesh, skeleton: Skeleton, *, influences: int) -> Rig:
        return hang(mesh, skeleton, influences=influences)

    return make


rig = Engine("bones.rig", open_rig, about="people and four-legged animals, found by their shape",
             about_zh="按形状找出骨骼：人和四足动物", licence="Apache-2.0", needs={"scipy": "scipy", "igl": "libigl"},
             shapes=("scipy", "libigl"))
bind = Engine("bones.bind", open_bind, about="weights by heat on the surface and inside the body; any mesh",
              about_zh="热扩散算权重，表面和体内都算；什么网格都行", licence="Apache-2.0",
              needs={"scipy": "scipy", "igl": "libigl"}, shapes=("scipy", "libigl"))
