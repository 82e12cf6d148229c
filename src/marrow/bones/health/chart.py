"""The doctor's report, line by line: what a file holds, what is wrong with it, what could not be kept."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy import ndarray

from marrow.bones.health.body import metres
from marrow.bones.health.case import Case
from marrow.contents import Contents, told
from marrow.media import Material, Mesh, Motion
from marrow.words import known, say

MAKERS = ("generator", "creator", "program", "software", "exporter")


def chart(held: Contents, cases: Sequence[Case], findings: Sequence, lang: str) -> Iterator[str]:
    """Lines for people.

    findings    `marrow.bones.doctor.Finding`
    test        every body, take and finding is named in both languages
    """
    yield from _head(held, lang)
    for case in cases:
        yield ""
        yield from _body(case, lang)
    yield ""
    yield from _findings(findings, lang)
    kept = [each for each in held.losses if each.key not in {getattr(found.facts.get("told"), "key", "")
                                                             for found in findings}]
    if kept:
        yield say("doctor.chart.lost", lang)
    yield from told(kept, lang)


def _head(held: Contents, lang: str) -> Iterator[str]:
    """Format, maker, unit and axes."""
    said = held.stated
    form = f"{held.form.upper()} {said.get('version', '')} {said.get('coding', '')}".strip()
    yield say("doctor.chart.file", lang, form=form, bodies=len(held.rigs), meshes=len(held.meshes),
              takes=sum(len(each.motions) for each in held.rigs))
    maker = next((str(said[each]) for each in MAKERS if said.get(each)), "")
    if maker:
        yield "  " + say("doctor.chart.by", lang, by=maker)
    if "unit" in said:
        yield "  " + say("doctor.chart.unit", lang, unit=f"{float(said['unit']):.4g}", by=_by(said, "unit", lang))
    if "up" in said:
        yield "  " + say("doctor.chart.up", lang, up=f"{said['up']}".upper(), by=_by(said, "up", lang))


def _by(said: Mapping[str, object], name: str, lang: str) -> str:
    return known(f"doctor.by.{said.get(f'{name}_by', 'file')}", lang) or str(said[f"{name}_by"])


def _body(case: Case, lang: str) -> Iterator[str]:
    """One body: its skeleton, how it stands, its mesh, its takes."""
    rig, name = case.rig, f"「{case.rig.name}」" if case.rig.name else ""
    if case.loose:
        yield say("doctor.chart.loose", lang, name=name)
    elif case.human:
        dialect = known(f"doctor.dialect.{case.identity.dialect}", lang) or case.identity.dialect.title()
        yield say("doctor.chart.body", lang, name=name, joints=len(rig.skeleton.names), dialect=dialect,
                  known=len(case.identity.joints))
        yield "  " + say("doctor.chart.stands", lang, tall=metres(case.tall), up=_axis(case.identity.up),
                         front=_axis(case.identity.front))
    else:
        yield say("doctor.chart.other", lang, name=name, joints=len(rig.skeleton.names))
    if not case.human and np.isfinite(case.size):
        yield "  " + say("doctor.chart.large", lang, size=metres(case.size))
    yield "  " + (_mesh(rig.mesh, lang) if rig.mesh is not None else say("doctor.chart.bare", lang))
    if not case.loose:
        yield from (f"  {_take(each, lang)}" for each in rig.motions)
        yield from ["  " + say("doctor.chart.still", lang)] * (not rig.motions)


def _mesh(mesh: Mesh, lang: str) -> str:
    return say("doctor.chart.mesh", lang, vertices=f"{len(mesh.vertices):,}", faces=f"{len(mesh.faces):,}",
               materials=len(mesh.materials), pictures=_pictures(mesh.materials), shapes=len(mesh.shapes))


def _pictures(materials: Sequence[Material]) -> int:
    return len({picture for each in materials for picture in each.pictures.values()})


def _take(motion: Motion, lang: str) -> str:
    frames, rate = len(motion.rotations), motion.rate
    shown = str(rate.numerator) if rate.denominator == 1 else f"{float(rate):.3f}"
    return say("doctor.chart.take", lang, name=f"「{motion.name}」" if motion.name else "", rate=shown, frames=frames,
               seconds=f"{float(frames / rate):.2f}")


def _axis(way: ndarray) -> str:
    """The axis nearest to a direction, "?" where there is none."""
    if not np.linalg.norm(way) > 0.5:
        return "?"
    axis = int(np.abs(way).argmax())
    return f"{'+' if way[axis] > 0 else '-'}{'XYZ'[axis]}"


def _findings(findings: Sequence, lang: str) -> Iterator[str]:
    """What is wrong, numbered, with what it breaks and what --fix does."""
    if not findings:
        yield say("doctor.chart.sound", lang)
        return
    yield say("doctor.chart.wrong", lang, count=len(findings))
    for number, each in enumerate(findings, 1):
        colon = "：" if lang == "zh" else ": "
        yield f"{number:>3}. {each.tell(lang)}"
        yield f"     {say('doctor.chart.breaks', lang)}{colon}{each.say('breaks', lang)}"
        yield f"     {say('doctor.chart.cure' if each.mendable else 'doctor.chart.uncured', lang)}{colon}" \
              f"{each.say('cure', lang)}"
