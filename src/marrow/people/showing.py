"""The archive and what is in it, as lines for people."""

import json
from collections.abc import Iterator, Mapping, Sequence
from textwrap import indent
from typing import TYPE_CHECKING

from marrow.people.testimony import Interval, Utterance
from marrow.terminal import table
from marrow.words import language, say

if TYPE_CHECKING:
    from marrow.people.archive import Archive
    from marrow.people.claims.conflicts import Conflict
    from marrow.people.talking.ledger import Reply


def whole(archive: "Archive") -> Iterator[str]:
    """Files, witnesses, and labels that nobody is known by."""
    files = archive.db.execute("select name, dialect, (select count(*) from utterances where source = originals.source "
                               "and aside = '') from originals order by name").fetchall()
    head = [say(f"people.head.{each}") for each in ("file", "form", "utterances")]
    yield table(head, files)
    yield ""
    rows = archive.db.execute("select witness, count(*), sum(sealed) from utterances where aside = '' and "
                              "witness != '' group by witness order by count(*) desc, witness").fetchall()
    told = [(called(archive, witness), count, sealed or 0,
             " ".join(say(f"people.purpose.{each}") for each in ("talk", "film", "public")
                      if witness in archive.willing(each)) or say("people.purpose.none"))
            for witness, count, sealed in rows]
    yield table([say(f"people.head.{each}") for each in ("witness", "utterances", "sealed", "consent")], told)
    strangers = archive.strangers()
    if strangers:
        yield ""
        yield say("people.strangers", labels=", ".join(each or say("people.nobody") for each in strangers))


def person(archive: "Archive", who: str) -> Iterator[str]:
    """Everything one person said, in the order of the files."""
    for each in archive.utterances("witness = ?", (who,)):
        yield from utterance(archive, each)


def utterance(archive: "Archive", each: Utterance) -> Iterator[str]:
    """One utterance: its id, who says it to whom and when, its words, where it stands."""
    parts = [each.id[:8], called(archive, each.witness)]
    if each.to:
        parts[1] += f" → {called(archive, each.to)}"
    parts += [each.said.phrase[:16].replace("T", " ")] if each.said else []
    parts += [say("people.about", time=time(when)) for when in each.about]
    if each.through:
        parts.append(say("people.through", who=" ← ".join(called(archive, who) for who in each.through)))
    parts += [say("people.sealed_mark")] if each.sealed else []
    yield " · ".join(parts)
    yield indent(each.text, "    ")
    yield f"    {place(archive, each)}"


def place(archive: "Archive", each: Utterance) -> str:
    """Where an utterance stands: the file and its bytes, and the second of the recording."""
    name = archive.db.execute("select name from originals where source = ?", (each.source,)).fetchone()
    seconds = f", {each.at[0]:.1f} s" if each.at else ""
    return f"{name[0] if name else each.source[:8]}, {each.start}–{each.end}{seconds}"


def called(archive: "Archive", who: str) -> str:
    """A person's name; what is no person of the family as it was said."""
    member = archive.family.members.get(who)
    return member.name if member else who or say("people.nobody")


def time(when: Interval) -> str:
    """An interval as it was said, and its days as far as they are known."""
    if not (when.first or when.last):
        return when.phrase
    return say("people.days" if when.sure else "people.days_about", phrase=when.phrase, days=_span(when))


def _span(when: Interval) -> str:
    """Days in few letters: a day, whole years, from one to another."""
    first, last = (each.isoformat() if each else "" for each in (when.first, when.last))
    if first.endswith("-01-01") and last.endswith("-12-31"):
        first, last = first[:4], last[:4]
    return first if first == last else f"{first}–{last}"


def reply(archive: "Archive", given: "Reply") -> Iterator[str]:
    """A reply with its ledger: each sentence, its status, whose words it rests on."""
    held = archive.get({proof.utterance: None for each in given.sentences for proof in each.evidence})
    for each in given.sentences:
        yield f"  {each.words}"
        marks = [say("people.status.aside" if given.aside else f"people.status.{each.status}")]
        marks += [say(f"people.lowered.{each.lowered}")] if each.lowered else []
        for proof in each.evidence:
            if proof.utterance in held:
                there = held[proof.utterance]
                who = there.witness or archive.fact("recorder")
                marks.append(f"{called(archive, who)}「{proof.words}」{there.id[:8]} {place(archive, there)}")
        yield f"      [{' · '.join(marks)}]"
    if given.ask:
        yield f"      → {say('people.ask', who=_listed(archive, given.ask))}"


def kept(archive: "Archive", given: "Reply") -> str:
    """A reply as one line of JSON."""
    from dataclasses import asdict

    return json.dumps(asdict(given), ensure_ascii=False)


def conflicts(archive: "Archive", only: str) -> Iterator[str]:
    """What disagrees: each side with its voices and where they say it, what would settle it, whom to ask."""
    from marrow.people.disagreeing import disagreements

    count = 0
    for each in disagreements(archive):
        held = archive.get(id for side in each.sides for voice in side.voices for id in voice.utterances)
        if any(only in there.text for there in held.values()):
            count += 1
            yield f"{count}. {_matter(archive, each, [there.text for there in held.values()])}"
            yield from _sides(archive, each, held)
            yield f"   → {each.settles.tell()}"
            if each.ask:
                yield f"   → {say('people.ask', who=_listed(archive, each.ask))}"
    for pair in archive.db.execute("select one, other from rivals where one < other order by one, other").fetchall():
        both = archive.get(pair)
        if len(both) == 2 and any(only in each.text for each in both.values()):
            count += 1
            yield f"{count}. {say('people.kind.opposed')}"
            yield from (f"   · {_told(archive, there, there.witness)}" for there in both.values())
    yield say("people.conflicts", count=count)


def _matter(archive: "Archive", each: "Conflict", texts: Sequence[str]) -> str:
    """What a conflict is about, and what is asked of it."""
    from marrow.people.disputed import asked_of, heading

    topic = heading(each, texts, archive.fact("about"), lambda who: called(archive, who), language())
    asked = say(f"people.kind.{each.kind}") if each.kind in ("polarity", "himself") else asked_of(each, language())
    return say("people.matter", topic=topic, asked=asked) if topic else say("people.matter_bare", asked=asked)


def _sides(archive: "Archive", each: "Conflict", held: Mapping[str, Utterance]) -> Iterator[str]:
    """Each side in the words of a witness, and under it everybody who says so; what stands there is not told twice."""
    from marrow.people.disputed import said

    shown = set()
    for side in each.sides:
        voices = {id: voice.witness for voice in reversed(side.voices) for id in voice.utterances}
        if (side.clause, *sorted(voices)) not in shown:
            shown.add((side.clause, *sorted(voices)))
            yield f"   · {said(side, {id: there.text for id, there in held.items()})}"
            yield from (f"       {_told(archive, held[id], voices[id])}" for id in held if id in voices)


def _told(archive: "Archive", there: Utterance, source: str) -> str:
    """An utterance in one line: whose, from whom he has it, its words, its id, where it stands."""
    through = say("people.through", who=called(archive, source)) if source != there.witness else ""
    who = say("people.witness_through", who=called(archive, there.witness), through=through) if through else called(
        archive, there.witness)
    words = say("people.witness_words", who=who, words=" ".join(there.text.split()))
    return f"{words} {there.id[:8]} {place(archive, there)}"


def _listed(archive: "Archive", people: Sequence[str]) -> str:
    """Names in a row, as they are written."""
    return say("people.ask.and").join(called(archive, who) for who in people)
