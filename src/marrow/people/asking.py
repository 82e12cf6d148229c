"""Asking somebody who is remembered: what was said is found, whose fact it is made sure of, and only then answered.

A question goes down these stairs and stops at the first that answers:

    crisis        words of somebody in danger: he steps out of the picture
    rest          he was put to rest
    courtesy      a greeting, thanks or farewell gets one back
    himself       who he is, who asks, and what they are to each other stands in family.toml; who says otherwise too
    nothing       nobody said anything that answers: "I don't know", and whom to ask
    another's     what was found is somebody else's memory: it is not told as his
    rivals        witnesses remember it differently: both stand side by side
    engine        the engine drafts sentences, and every one is held against what it cites
"""

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from marrow.errors import InputError
from marrow.people.hearing import Hall, Manner, hear, rivals
from marrow.people.himself import of_himself, otherwise, quoting
from marrow.people.kin.address import address, refer
from marrow.people.talking.ledger import Evidence, Found, Part, Question, Reply, Sentence
from marrow.people.testimony import Utterance
from marrow.words import say

if TYPE_CHECKING:
    from marrow.people.archive import Archive, Purpose

LIKELY = 0.45      # confidence below which nobody said it
ASKED = 2          # witnesses who are named, where nobody said it
YOU = re.compile(r"[你您]|\byou", re.I)


def ask(archive: "Archive", words: str, *, person: str, asker: str, manner: Manner | None = None,
        before: Sequence[tuple[str, str]] = ()) -> Reply:
    """One question, one answer, every sentence with its evidence.

    person, asker    ids of who is asked and who asks
    before           the talk so far: (id of who spoke, words)
    returns          the same archive, manner and words give the same reply, byte for byte
    raises           InputError  "people.resting", "people.living";  EngineError of the engine
    test             every asserted sentence stands in the archive at the place it names
    """
    from marrow.people.talking.care import courtesy, crisis

    manner, lang = manner or Manner(), language_of(words)
    if crisis(words):
        return Reply((Sentence(say("people.say.crisis", lang), "social"),), aside=True)
    awake(archive, person, manner.purpose)
    kind = courtesy(words)
    if kind:
        called = address(archive.family, person, asker, lang) or say("people.say.here", lang)
        return Reply((Sentence(say(f"people.say.{kind}", lang, address=called), "social"),))
    hall = hear(archive, words, person=person, asker=asker, manner=manner)
    own = of_himself(archive, words, person, asker, manner, lang)
    if own:
        return _own(archive, own, hall, Question(words, person, asker, facts={"lang": lang}), manner)
    found = quoting(archive, hall, person, asker, lang)
    return _grounded(archive, words, hall, person, asker, lang) or _answered(
        archive, hall, Question(words, person, asker, found, tuple(before), manner.imagination,
                                _facts(archive, hall, person, asker, manner, lang)), manner)


def awake(archive: "Archive", person: str, purpose: "Purpose" = "talk") -> None:
    """Refuse to speak for somebody who was put to rest, and for the living unless their own table consents.

    raises    InputError  "people.resting", "people.living"
    """
    member = archive.family.members[person]
    if archive.fact(f"rests.{person}"):
        raise InputError("people.resting", name=member.name)
    if not member.died and not archive.agreed(person, purpose):
        raise InputError("people.living", name=member.name, id=person, purpose=purpose)


def _own(archive: "Archive", own: Sentence, hall: Hall, question: Question, manner: Manner) -> Reply:
    """What family.toml says of him, and beside it every witness who says otherwise."""
    sides = otherwise(archive, own, hall, question.person, question.asker)[:manner.sentences - 1]
    proofs = [(each.utterance, Evidence(each.utterance.id, part.start, part.end,
                                        each.utterance.text[part.start:part.end])) for each, part in sides]
    told = [Sentence(_quote(archive, question, there, proof), "quoted", (proof,)) for there, proof in proofs]
    rivals = dict.fromkeys((own.evidence[0].utterance, *(there.id for there, _ in proofs))) if sides else ()
    return Reply((own, *told), rivals=tuple(rivals))


def _grounded(archive: "Archive", words: str, hall: Hall, person: str, asker: str, lang: str) -> Reply | None:
    """What is said where nobody said what is asked, or it is somebody else's; None where it can be answered."""
    from marrow.people.finding.answerable import answerable
    from marrow.people.finding.whose import whose

    meant = {id: [one for one in each.mentions if one.sure or one.kind != "pronoun"] for id, each in hall.known.items()}
    verdict = whose(words, hall.found, hall.about, meant, named=hall.named, before=hall.asked)
    if answerable(archive.index, words, hall.found, verdict.share, hall.mask) < LIKELY:
        return _unsaid(archive, hall, person, asker, lang)
    if verdict.other in ("", person):
        return None
    who = refer(archive.family, person, asker, verdict.other, lang)
    proofs = tuple(Evidence(each.id, 0, len(each.text), each.text) for each in verdict.votes)
    return Reply((Sentence(say("people.reply.theirs", lang, who=who), "unknown", proofs),),
                 _able(archive, [verdict.other], person, asker))


def _unsaid(archive: "Archive", hall: Hall, person: str, asker: str, lang: str, but: Collection[str] = ()) -> Reply:
    """Nobody said it, and whoever may know: who said most that is near, without those who were heard."""
    near: dict[str, float] = {}
    for each in hall.found:
        near[each.utterance.witness] = near.get(each.utterance.witness, 0.0) + each.score
    if not near:
        near = dict(archive.db.execute("select witness, count(*) from utterances where aside = '' group by witness"))
    order = sorted(near.keys() - set(but), key=lambda id: (-near[id], id))
    return Reply((Sentence(say("people.reply.unknown", lang), "unknown"),), _able(archive, order, person, asker))


def _able(archive: "Archive", order: Sequence[str], person: str, asker: str) -> tuple[str, ...]:
    """Who of them can be asked: alive, willing, and neither of the two who talk."""
    family, willing = archive.family, archive.willing("talk")
    return tuple([id for id in order if id in willing and id not in (person, asker)
                  and not family.members[id].died][:ASKED])


def _answered(archive: "Archive", hall: Hall, question: Question, manner: Manner) -> Reply:
    """What witnesses disagree about side by side; else what the engine drafts, every sentence checked."""
    from marrow.contents import tell_of
    from marrow.engine import open_engine
    from marrow.people.talking.check import weigh

    sides = rivals(archive, hall, question.words, manner)
    heard = {each.utterance.witness for each, _ in sides}
    unsaid = _unsaid(archive, hall, question.person, question.asker, question.facts["lang"], heard)
    if sides:
        told = (*unsaid.sentences, *_differing(archive, question, sides))
        whole = manner.sentences >= len(told)  # one side alone would be taking sides
        told = told if whole else told[1:2] if manner.sentences == 1 else told[:2]
        return Reply(told, unsaid.ask, tuple(dict.fromkeys(each.utterance.id for each, _ in sides)))
    checked = weigh(open_engine("people.answer", manner.engine)(question), question, archive.family)
    tell_of(checked.remarks)
    if not checked.sentences:
        return unsaid
    silent = all(each.status in ("unknown", "social") for each in checked.sentences)
    return Reply(checked.sentences[:manner.sentences], unsaid.ask if silent else ())


def _differing(archive: "Archive", question: Question, sides: Sequence[tuple[Found, Part]]) -> list[Sentence]:
    """Neither is his: both are told, with their names."""
    lang = question.facts["lang"]
    who = list(dict.fromkeys(refer(archive.family, question.person, question.asker, each.utterance.witness, lang)
                             for each, _ in sides))
    listed = say("people.reply.and", lang).join([say("people.reply.comma", lang).join(who[:-1]), who[-1]])
    told = [(each.utterance, Evidence(each.utterance.id, part.start, part.end,
                                      each.utterance.text[part.start:part.end])) for each, part in sides]
    differ = _begun(say("people.reply.differ", lang, who=listed))
    return [Sentence(differ, "unknown", tuple(proof for _, proof in told)),
            *(Sentence(_quote(archive, question, there, proof), "quoted", (proof,)) for there, proof in told)]


def _quote(archive: "Archive", question: Question, there: Utterance, proof: Evidence) -> str:
    """A witness's words; where they say "you" to another than the asker, whom they were said to."""
    lang, apart = question.facts["lang"], there.to not in ("", question.asker) and YOU.search(proof.words)
    to = refer(archive.family, question.person, question.asker, there.to, lang) if apart else ""
    return _begun(say(f"people.reply.{'quote_to' if apart else 'quote'}", lang, words=proof.words.strip(), to=to,
                      who=refer(archive.family, question.person, question.asker, there.witness, lang)))


def _begun(words: str) -> str:
    """A sentence with a capital letter."""
    return words[:1].upper() + words[1:]


def _facts(archive: "Archive", hall: Hall, person: str, asker: str, manner: Manner, lang: str) -> dict[str, str]:
    """What an engine may know besides."""
    family = archive.family
    voices = sorted({each.utterance.witness for each in hall.found})
    return {"lang": lang, "name": family.members[person].name, "asker": family.members[asker].name,
            "address": address(family, person, asker, lang), "sentences": str(manner.sentences),
            **{f"refer.{each}": refer(family, person, asker, each, lang) for each in voices}}


def language_of(words: str) -> str:
    """Chinese where there is a Chinese character, else English."""
    return "zh" if any("\u3400" <= each <= "\u9fff" for each in words) else "en"
