"""What a 3D file holds once it is read, and what is to be said about it."""

import logging
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field

from marrow.media import Mesh, Rig
from marrow.words import say

ALIKE = 3  # remarks of one kind that are told one by one


@dataclass(frozen=True)
class Remark:
    """Something worth telling, in both languages: `remark.<key>` of `locale/` with the facts filled in."""

    key: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def tell(self, lang: str | None = None) -> str:
        """The sentence in one language (default: that of this run)."""
        return say(f"remark.{self.key}", lang, **self.facts)


def _log(remark: Remark) -> None:
    """Who hears remarks in plain Python."""
    logging.getLogger(__name__).warning(remark.tell())


listener: ContextVar[Callable[[Remark], None]] = ContextVar("listener", default=_log)


def tell_of(remarks: Iterable[Remark]) -> None:
    """Say aloud what a step or a reader could not keep or is not sure of: on the terminal, on the take's slate."""
    for each in remarks:
        listener.get()(each)


def told(remarks: Iterable[Remark], lang: str | None = None) -> list[str]:
    """Remarks as lines, none twice; of many of a kind the first few."""
    lines = []
    remarks = list(remarks)
    for key in dict.fromkeys(each.key for each in remarks):
        alike = list(dict.fromkeys(each.tell(lang) for each in remarks if each.key == key))
        lines += [f"  – {text}" for text in alike[:ALIKE]]
        lines += [f"    {say('remarks.more', lang, count=len(alike) - ALIKE)}"] * (len(alike) > ALIKE)
    return lines


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
