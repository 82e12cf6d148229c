"""The doctor: what is wrong with a file of bodies and motions, what each fault would break, and the file without it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from marrow.bones.health.body import BODY
from marrow.bones.health.case import Case, Facts, Ill
from marrow.bones.health.mesh import MESH
from marrow.bones.health.motion import MOTION
from marrow.bones.health.skeleton import SKELETON
from marrow.bones.health.skin import SKIN
from marrow.bones.skeleton import lone
from marrow.contents import Contents, Remark
from marrow.media import Rig
from marrow.words import say

# In this order they are looked for and mended: first what is no number, last what moves the whole body.
ILLS = (*MESH[:1], *SKELETON[:1], *MOTION[:3], *SKIN[:2], *SKELETON[1:3], *MESH[1:], *SKIN[2:], *MOTION[3:],
        *SKELETON[3:], *BODY)
# what readers put right or leave out, and say so, that is a fault of the file
TOLD = {"gltf.resampled": "rate", "gltf.uneven": "scale", "nodes.scaled": "scale", "nodes.picture": "picture",
        "obj.book": "picture"}
MENDED = ("rate",)  # of them: a copy that we write does not have them any more
ROUNDS = 3   # of mending: one cure may show the next fault


@dataclass(frozen=True)
class Finding:
    """A fault of a file: its sentences are doctor.<key>.what, .breaks, .cure and .done.

    body       whose it is, as the file names it
    facts      what is filled into the sentences: where, how many, how much
    mended     it was one and is none any more; then `tell` says what was done
    """

    key: str
    body: str = ""
    facts: Facts = field(default_factory=dict)
    mendable: bool = True
    mended: bool = False

    def tell(self, lang: str | None = None) -> str:
        """What is wrong and where, or what was done about it."""
        return self.say("done" if self.mended else "what", lang)

    def say(self, part: str, lang: str | None = None) -> str:
        """One of its sentences, with the body and the take before it."""
        facts = {name: value.tell(lang) if isinstance(value, Remark) else
                 say(f"doctor.word.{value}", lang) if name == "side" else value for name, value in self.facts.items()}
        text = say(f"doctor.{self.key}.{part}", lang, **facts)
        of = [f"「{each}」" for each in (self.body, str(self.facts.get("take", ""))) if each]
        return f"{' '.join(of)} {text}" if of and part in ("what", "done") else text


def examine(held: Contents) -> tuple[Finding, ...]:
    """Find what is wrong with a file, in the order in which it would be mended.

    A finding is something that breaks other work; what merely is so (open seams, helper joints) is none.
    test    planted faults are found, sound files have none
    """
    found = [Finding(TOLD[each.key], facts={"told": each}, mendable=TOLD[each.key] in MENDED)
             for each in held.losses if each.key in TOLD]
    return (*found, *(each for case in _cases(held) for each in _looked(case, held)))


def mend(held: Contents) -> tuple[Contents, tuple[Finding, ...]]:
    """Mend whatever can be, and tell what was done; what was right stays as it is, bit for bit.

    test    after it `examine` finds nothing that is mendable; a sound file comes back as it was
    """
    done = [replace(each, mended=True) for each in examine(replace(held, rigs=(), meshes=())) if each.mendable]
    rigs, meshes = [], []
    for case in _cases(held):
        for _ in range(ROUNDS):
            case, more = _round(case, held)
            done += [each for each in more if (each.key, each.body) not in {(old.key, old.body) for old in done}]
            if not more:
                break
        (meshes if case.loose else rigs).append(case.rig.mesh if case.loose else case.rig)
    return replace(held, rigs=tuple(rigs), meshes=tuple(meshes),
                   losses=tuple(each for each in held.losses if TOLD.get(each.key) not in MENDED)), tuple(done)


def report(held: Contents, findings: tuple[Finding, ...], lang: str) -> str:
    """Everything about a file that a person wants to know, in lines; see `marrow.bones.health.chart`."""
    from marrow.bones.health.chart import chart

    return "\n".join(chart(held, list(_cases(held)), findings, lang))


def _cases(held: Contents) -> Iterator[Case]:
    """Every body, then every mesh on no skeleton."""
    for rig in held.rigs:
        yield Case(rig)
    for mesh in held.meshes:
        yield Case(Rig(lone(), mesh, name=mesh.name), loose=True)


def _looked(case: Case, held: Contents) -> Iterator[Finding]:
    """All faults of one body."""
    for ill in ILLS:
        yield from _found(ill, case, held)


def _found(ill: Ill, case: Case, held: Contents) -> Iterator[Finding]:
    body = case.rig.name if len(held.rigs) + len(held.meshes) > 1 else ""
    with np.errstate(all="ignore"):  # numbers that are none are looked for, not warned of
        found = list(ill.find(case))
    for facts in found:
        yield Finding(ill.key, body, facts, ill.mend is not None)


def _round(case: Case, held: Contents) -> tuple[Case, list[Finding]]:
    """Each ill looked for and mended once."""
    done: list[Finding] = []
    for ill in ILLS:
        found = list(_found(ill, case, held)) if ill.mend else []
        if found:
            with np.errstate(all="ignore"):
                case = replace(case, rig=ill.mend(case))
            done += [replace(each, mended=True) for each in found]
    return case, done
