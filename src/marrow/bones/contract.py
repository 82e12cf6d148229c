"""What an engine of this department must do. Strangers' engines are held to the same contract tests."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from marrow.contents import Remark
from marrow.media import Mesh, Motion, Rig, Skeleton


class RigBody(Protocol):
    """Task `bones.rig`: give a mesh a skeleton and hang it on that, as `marrow.bones.engines.plain` does."""

    def __call__(self, mesh: Mesh, *, landmarks: Mapping[str, Sequence[float]]) -> tuple[Rig, tuple[Remark, ...]]:
        """Rig a body once.

        mesh         any triangles, in any orientation and size
        landmarks    a few clicks: VRM's name of a joint, "chin" or "groin" -> a point of the mesh; empty for none
        returns      the rig, standing on y = 0 and looking to +Z where the engine knows how, its mesh hung on the
                     skeleton in its rest pose; what is doubtful
        raises       InputError, EngineError (also for clicks that it has no use for), LimitError
        """
        ...


class BindBody(Protocol):
    """Task `bones.bind`: hang a mesh on a skeleton that stands inside it."""

    def __call__(self, mesh: Mesh, skeleton: Skeleton, *, influences: int) -> Rig:
        """Bind a body once.

        mesh          in the skeleton's rest pose
        influences    1 to 8 joints for each vertex at most
        returns       every vertex with its weights, together 1
        raises        InputError, EngineError, LimitError
        """
        ...


class MakeMotion(Protocol):
    """Task `bones.motion`: a motion from words, or from footage of somebody who moves."""

    def __call__(self, words: str, footage: Path | None, *, seconds: float, seed: int) -> Motion:
        """Make a motion once.

        words      what happens: "an old man walks slowly"; may be empty where there is footage
        footage    a video of one person, or None
        seconds    how long the motion should be; 0 leaves that to the engine or the footage
        returns    any skeleton, any rate
        raises     InputError, EngineError, LimitError
        """
        ...
