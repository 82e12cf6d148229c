"""Generations of a person on the command line: make one, hold two side by side, let relatives judge."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from marrow.errors import InputError
from marrow.words import say

if TYPE_CHECKING:
    from marrow.people.archive import Archive
    from marrow.people.generations import Generation

VERDICTS = {"y": "yes", "yes": "yes", "会": "yes", "n": "no", "no": "no", "不会": "no", "?": "unsure", "？": "unsure",
            "不知道": "unsure"}


def generation(name: str, *, questions: str = "questions.txt", person: str = "", engine: str = "plain", view: str = "",
               without: str = "") -> Iterator[str]:
    """Make a generation: ask him every question of a list, and keep the answers under a name.

    name         "g1"
    questions    a text file, a question a line; "brother: …" says who asks
    person       who is asked; else whom the testimony is about
    engine       who answers
    view         only as this witness remembers him
    without      a witness who is left out: then his own words can be held against the answers
    """
    from marrow import forms
    from marrow.people import generations
    from marrow.people.archive import open_archive
    from marrow.people.hearing import Manner
    from marrow.progress import progress

    asked = forms.read("text", Path(questions))
    with open_archive() as archive:
        left_out = frozenset({archive.person(without)}) if without else frozenset()
        manner = Manner(archive.person(view) if view else "", engine, without=left_out)
        probes = generations.probes(archive, asked.words)
        who = archive.person(person or archive.fact("about"))
        made = generations.make(archive, name, who, progress(probes, "people.generation", len(probes)), manner)
        yield from _figures(archive, made)


def compare(left: str, right: str) -> Iterator[str]:
    """Hold two generations side by side: what was answered otherwise, what drifted, how relatives judged.

    left, right    their names
    """
    from marrow.people import generations, showing
    from marrow.people.archive import open_archive

    with open_archive(write=False) as archive:
        one, other = generations.find(archive, left), generations.find(archive, right)
        drifted = generations.drift(one, other)
        for probe, before, after in generations.changed(one, other):
            yield f"{showing.called(archive, probe.asker)}: {probe.words}"
            yield f"  {left}: {before.words}"
            yield f"  {right}: {after.words}"
        for made in (one, other):
            yield ""
            yield from _figures(archive, made)
        yield ""
        for name in ("tone", "imagined", "length"):
            middle, low, high = getattr(drifted, name)
            yield say(f"people.drift.{name}", middle=f"{middle:+.3g}", low=f"{low:+.3g}", high=f"{high:+.3g}")


def judge(*, as_: str, generations: str = "") -> Iterator[str]:
    """Judge answers without seeing which generation gave them: would he have said this? An empty line ends it.

    as_            who judges: an id or name of family.toml
    generations    only these, "g1,g3"
    """
    from marrow.people import generations as kept
    from marrow.people import showing
    from marrow.people.archive import open_archive

    with open_archive() as archive:
        who = archive.person(as_)
        names = [each.strip() for each in generations.split(",")] if generations else kept.names(archive)
        for name, probe, reply in kept.blind(archive, names, who):
            yield f"{showing.called(archive, probe.asker)}: {probe.words}"
            yield f"  {reply.words}"
            yield say("people.judge")
            said = sys.stdin.readline().strip().lower()
            if not said:
                return
            if said not in VERDICTS:
                raise InputError("people.verdict", value=said)
            kept.judge(archive, name, probe, who, VERDICTS[said])


def without(witness: str, *, person: str = "", engine: str = "plain") -> Iterator[str]:
    """Leave a witness out: ask him what she was asked, and hold his answers against hers.

    witness    who is left out: an id or name of family.toml
    person     who is asked; else whom the testimony is about
    engine     who answers
    """
    from collections import Counter

    from marrow.people import showing
    from marrow.people.archive import open_archive
    from marrow.people.hearing import Manner
    from marrow.people.held_out import held_out

    with open_archive(write=False) as archive:
        left_out, who = archive.person(witness), archive.person(person or archive.fact("about"))
        rows = held_out(archive, who, left_out, Manner(engine=engine))
        for each in rows:
            yield each.asked
            yield f"  {showing.called(archive, left_out)}: {each.told.text}"
            yield f"  {showing.called(archive, who)}: {each.reply.words}"
            yield f"      [{say(f'people.without.{each.outcome}')}]"
        counts = Counter(each.outcome for each in rows)
        yield say("people.without.counts", who=showing.called(archive, left_out), count=len(rows),
                  **{each: counts[each] for each in ("same", "against", "other", "unknown")})


def _figures(archive: "Archive", made: "Generation") -> Iterator[str]:
    """One generation in a few lines."""
    from collections import Counter

    from marrow.people import generations, showing

    found = generations.figures(archive, made)
    yield say("people.generation.made", name=made.name, questions=len(made.replies), answered=f"{found.answered:.0%}",
              imagined=f"{found.imagined:.0%}", length=f"{found.length:.0f}", misnamed=found.misnamed,
              slice=made.slice[:8], engine=made.manner.engine)
    yield "  " + ", ".join(f"{showing.called(archive, who)} {share:.0%}" for who, share in found.voices.items())
    judged = Counter((who, verdict) for held in made.verdicts.values() for who, verdict in held.items())
    for who in sorted({who for who, _ in judged}):
        yield "  " + say("people.generation.judged", who=showing.called(archive, who),
                         **{each: judged[who, each] for each in ("yes", "no", "unsure")})
