"""A witness held out: what she was asked is asked of him without her, and her own words are held against his."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from marrow.people.asking import ask, language_of
from marrow.people.hearing import QUESTION, Manner
from marrow.people.talking.ledger import Reply
from marrow.people.testimony import Utterance
from marrow.people.understanding import understood

if TYPE_CHECKING:
    from marrow.people.archive import Archive

Outcome = Literal["same", "against", "other", "unknown"]


@dataclass(frozen=True)
class HeldOut:
    """What a witness answered, and what he answers without her.

    asked      the recorder's question to her, as it is asked of him
    told       her answer
    reply      his, made of everybody else's words
    outcome    same: one clause at least is what she says too; against: they cannot both be so; other: something else;
               unknown: nobody else said it
    """

    asked: str
    told: "Utterance"
    reply: Reply
    outcome: Outcome


def held_out(archive: "Archive", person: str, witness: str, manner: Manner | None = None) -> list[HeldOut]:
    """Ask him, without a witness, what the recorder asked her.

    returns    a row for each question of an interview that she answered with something in the next turn
    test       nothing she said is in a reply; a witness who says the same is "same", one who denies it "against"
    """
    recorder, manner, rows = archive.fact("recorder"), manner or Manner(), []
    manner = replace(manner, without=manner.without | {witness})
    for told in archive.utterances("witness = ? and form = 'interview' and sealed = 0", (witness,)):
        for before in archive.before(told, 1):
            if before.witness == recorder and QUESTION.search(before.text) and not QUESTION.search(told.text):
                asked = _turned(archive, before, person)
                reply = ask(archive, asked, person=person, asker=recorder, manner=manner)
                rows.append(HeldOut(asked, told, reply, _outcome(archive, told, reply, person)))
    return rows


def _turned(archive: "Archive", question: Utterance, person: str) -> str:
    """A question to a witness as one to somebody else: "you" becomes what the recorder calls her."""
    from marrow.people.kin.address import refer

    words = question.text
    called = refer(archive.family, question.witness, person, question.to, language_of(words)) if question.to else ""
    for each in reversed(understood(archive, [question])[0].mentions):
        if each.sure and each.kind == "pronoun" and each.persons == {question.to}:
            words = words[:each.start] + called + words[each.end:]
    return words


def _outcome(archive: "Archive", told: Utterance, reply: Reply, person: str) -> Outcome:
    """How an answer stands to what a witness said."""
    from marrow.people.claims.conflicts import conflicts
    from marrow.people.disagreeing import stated

    proofs = [proof for each in reply.sentences for proof in each.evidence]
    if not proofs:
        return "unknown"
    held = archive.get(dict.fromkeys(each.utterance for each in proofs))
    rivals = conflicts(stated(archive, understood(archive, [told, *held.values()]), person), archive.family)
    if any(told.id in voice.utterances for each in rivals for side in each.sides for voice in side.voices):
        return "against"
    agreed = any(_agree(archive, held[each.utterance], each.words, told, person) for each in proofs)
    return "same" if agreed else "other"


def _agree(archive: "Archive", there: Utterance, words: str, told: Utterance, person: str) -> bool:
    """Whether a witness states something, one clause at least, of what another said."""
    from marrow.people.talking.holding import lacking, parted
    from marrow.people.talking.stated import Voice, stated

    hers, his = (stated(text, Voice(archive.family, each.witness, each.to, person, each.said))
                 for text, each in ((told.text, told), (words, there)))
    return any(len(each.content) > 1 and not lacking(each, hers, person) for each in parted(his))
