"""What a 3D file holds once it is read, and what is to be said about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from marrow.media import Mesh, Rig
from marrow.words import say


@dataclass(frozen=True)
class Remark:
    """Something worth telling, in both languages: `remark.<key>` of `locale/` with the facts filled in."""

    key: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def tell(self, lang: str | None = None) -> str:
        """The sentence in one language (default: that of this run)."""
        return say(f"remark.{self.key}", lang, **self.facts)


@dataclass(frozen=True)
class Contents:
    """Everything in a file of bodies and motions, in our conventions (Y up, metres, seconds, right-handed).

    form      the format: "bvh", "glb", "vrm" and so on
    rigs      the characters; a skeleton without a mesh is one too
    meshes    meshes that hang on no skeleton
    stated    what the file says of itself, before conversion: unit (metres), up, rate, title, licence and so on
    losses    what reading could not keep
    """

    form: str
    rigs: tuple[Rig, ...] = ()
    meshes: tuple[Mesh, ...] = ()
    stated: Mapping[str, object] = field(default_factory=dict)
    losses: tuple[Remark, ...] = ()
