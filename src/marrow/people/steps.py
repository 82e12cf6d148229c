"""The verbs of the department of people; imports stay inside, so that naming a step costs nothing."""

from typing import Annotated

from marrow.media import Person, Testimony, Text
from marrow.step import step
from marrow.units import Bound, Rows, Share, Uses


@step(revision=2, machine=True)
def answer(text: Text, testimony: Testimony, speaker: Person, asker: Person | None = None, *,
           engine: Annotated[str, Uses("people.answer")] = "plain", view: str = "", imagination: Share = 0.0,
           sentences: Annotated[int, Bound(1, 12)] = 4) -> Text:
    """Ask somebody who is remembered: he answers whoever asks, with what witnesses said, or that he doesn't know.

    Only witnesses who consent to the film are heard. Where each sentence comes from is told, and stands on the slate.

    text           what is asked
    testimony      the archive that `marrow people add` made, or what `marrow people export` wrote
    speaker        who is asked: a person of the film under the id that family.toml gives him
    asker          who asks; without one, whoever collected the testimony
    engine         "plain": the witnesses' own words; "openai:model.toml": a model at an address of yours
    view           an id: only as this witness remembers him
    imagination    share of the sentences that may be imagined
    sentences      at most so many
    returns        the answer, sentence after sentence
    raises         InputError  "people.person" for somebody the archive does not know
    test           the same archive and settings give the same bytes; every asserted sentence stands in the archive
    """
    from marrow.contents import Remark, tell_of
    from marrow.people.asking import ask
    from marrow.people.hearing import Manner
    from marrow.people.lines import open_testimony

    with open_testimony(testimony.path) as archive:
        who = archive.person(speaker.name)
        given = ask(archive, text.words, person=who,
                    asker=archive.person(asker.name if asker else archive.fact("recorder")),
                    manner=Manner(archive.person(view) if view else "", engine, imagination, "film", sentences))
    tell_of(Remark(f"people.sentence.{each.status}", {"number": number, "evidence":
                                                      " ".join(dict.fromkeys(one.utterance for one in each.evidence))})
            for number, each in enumerate(given.sentences, 1))
    return Text(given.words)


@step(revision=1)
def regions(testimony: Testimony, *, parts: Rows = ()) -> Text:
    """Count the witnesses who speak of each part of a place, for `places.remember`.

    Only witnesses who consent to the film are heard.

    parts      rows of a name and the words by which witnesses speak of it: [["stove", "kitchen", "stove"], ["well"]]
    returns    JSON: name -> how many saw it ("first"), were told ("hearsay"), are contradicted ("against")
    raises     InputError  "people.region" for a row that is none
    test       one who saw it is first; the unwilling are not counted
    """
    import json

    from marrow.contents import Remark, tell_of
    from marrow.people.lines import open_testimony
    from marrow.people.regions import counted

    with open_testimony(testimony.path) as archive:
        counts, ids = counted(archive, parts, "film")
    tell_of(Remark("people.region", {"name": name, "count": len(found), "evidence": " ".join(found)})
            for name, found in ids.items())
    return Text(json.dumps(counts, ensure_ascii=False, indent=1))
