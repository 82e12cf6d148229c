"""Generations 代 of a person: the same questions, asked again of better material or another engine, held side by side.

A generation is a slice of the archive, a manner of answering, and the answers to a sealed list of questions. What
drifts between two of them is measured question by question; whether he would have said it is judged by relatives who
do not see which generation answered.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

from marrow.errors import InputError
from marrow.people.asking import ask
from marrow.people.hearing import Manner
from marrow.people.talking.ledger import Evidence, Reply, Sentence

if TYPE_CHECKING:
    from marrow.people.archive import Archive, Purpose

ASSERTED = ("quoted", "told", "inferred", "imagined")
Verdict = Literal["yes", "no", "unsure"]
DRAWS = 2000  # of a bootstrap


@dataclass(frozen=True)
class Probe:
    """A question of the sealed list, and who asks it."""

    words: str
    asker: str


@dataclass(frozen=True)
class Generation:
    """What a generation was made of, and what he answered, by probe."""

    name: str
    person: str
    slice: str
    manner: Manner
    replies: Mapping[Probe, Reply]
    verdicts: Mapping[Probe, Mapping[str, Verdict]]


@dataclass(frozen=True)
class Figures:
    """One generation in numbers; every share lies between 0 and 1.

    answered    of the questions, those with a sentence that asserts something
    imagined    of the asserting sentences, those nobody said
    voices      share of the evidence by witness, the loudest first
    misnamed    replies that call the asker what he is not
    length      characters of a reply, the median
    tone        how kind the evidence is, -1 to 1, mean over the questions that were answered
    """

    answered: float
    imagined: float
    voices: Mapping[str, float]
    misnamed: int
    length: float
    tone: float


@dataclass(frozen=True)
class Drift:
    """From one generation to the next, over the questions that both answered, with the interval of a bootstrap.

    tone        how much kinder the evidence became: idealisation where the interval lies above 0
    imagined    how much more is imagined
    length      how many more characters
    """

    tone: tuple[float, float, float]
    imagined: tuple[float, float, float]
    length: tuple[float, float, float]


def probes(archive: "Archive", words: str) -> list[Probe]:
    """A list of questions, one a line; "哥哥: …" says who asks, else whoever collects the testimony does.

    raises    InputError  "people.probes" without a question
    """
    from marrow.people.kin.who import who

    found, recorder = [], archive.fact("recorder")
    for line in filter(None, map(str.strip, words.splitlines())):
        name, mark, rest = line.replace("：", ":", 1).partition(":")
        known = archive.family.named(name) | ({name} & archive.family.members.keys()) if mark else frozenset()
        known = known or (who(archive.family, recorder, name.strip()) if mark and recorder else known)
        found.append(Probe(rest.strip(), next(iter(known))) if len(known) == 1 and rest.strip()
                     else Probe(line, recorder))
    if not found:
        raise InputError("people.probes")
    return list(dict.fromkeys(found))


def make(archive: "Archive", name: str, person: str, questions: Iterable[Probe], manner: Manner) -> Generation:
    """Ask every question once and keep the answers under a name.

    raises    InputError  "people.generation_taken" for a name that is there
    test      the same archive and manner give the same answers, byte for byte
    """
    if archive.db.execute("select 1 from generations where name = ?", (name,)).fetchone():
        raise InputError("people.generation_taken", name=name)
    said = {each: ask(archive, each.words, person=person, asker=each.asker, manner=manner) for each in questions}
    facts = {"person": person, "slice": slice_of(archive, manner),
             "manner": {**asdict(manner), "without": sorted(manner.without)}}
    with archive.change():
        archive.db.execute("insert into generations values(?, (select count(*) from generations), ?)",
                           (name, json.dumps(facts, ensure_ascii=False)))
        archive.db.executemany("insert into replies values(?, ?, ?, ?, ?, '{}')",
                               [(name, each.words, each.asker, place, json.dumps(asdict(reply), ensure_ascii=False))
                                for place, (each, reply) in enumerate(said.items())])
    return find(archive, name)


def slice_of(archive: "Archive", manner: Manner) -> str:
    """What of the archive may be heard, as one digest: utterances of willing witnesses, and who is who."""
    willing = archive.willing(manner.purpose) - manner.without
    digest = sha256(archive.fact("family").encode())
    for row in archive.db.execute("select id, text, witness, sealed from utterances order by id"):
        if row[2] in willing and not row[3]:
            digest.update(json.dumps(row, ensure_ascii=False).encode())
    return digest.hexdigest()


def find(archive: "Archive", name: str) -> Generation:
    """A generation by its name; raises InputError "people.generation" with the names that exist."""
    row = archive.db.execute("select facts from generations where name = ?", (name,)).fetchone()
    if row is None:
        raise InputError("people.generation", name=name, choices=", ".join(names(archive)) or "-")
    facts = json.loads(row[0])
    rows = archive.db.execute("select question, asker, reply, verdicts from replies where generation = ? "
                              "order by place", (name,)).fetchall()
    replies = [(Probe(words, asker), _reply(json.loads(reply)), json.loads(verdicts))
               for words, asker, reply, verdicts in rows]
    usable = _usable(archive, [reply for _, reply, _ in replies], facts["manner"]["purpose"])
    manner = Manner(**{**facts["manner"], "without": frozenset(facts["manner"]["without"])})
    return Generation(name, facts["person"], facts["slice"], manner,
                      {probe: _heard(reply, usable) for probe, reply, _ in replies},
                      {probe: verdicts for probe, _, verdicts in replies})


def _usable(archive: "Archive", replies: Sequence[Reply], purpose: "Purpose") -> frozenset[str]:
    """Of the utterances that replies rest on, those that may still be used: not sealed since, nor taken back."""
    willing = archive.willing(purpose)
    held = archive.get(dict.fromkeys(proof.utterance for reply in replies for each in reply.sentences
                                     for proof in each.evidence))
    return frozenset(id for id, each in held.items()
                     if each.form == "family" or (each.witness in willing and not each.sealed))


def _heard(reply: Reply, usable: frozenset[str]) -> Reply:
    """A reply without the sentences that rest on what nobody may use any more."""
    return replace(reply, sentences=tuple(each for each in reply.sentences
                                          if all(proof.utterance in usable for proof in each.evidence)))


def names(archive: "Archive") -> list[str]:
    """Every generation, the oldest first."""
    return [row[0] for row in archive.db.execute("select name from generations order by place")]


def judge(archive: "Archive", name: str, probe: Probe, judge: str, verdict: Verdict) -> None:
    """Keep whether a relative thinks that he would have said it, in every generation that answered so."""
    words = find(archive, name).replies[probe].words
    with archive.change():
        for made in (find(archive, each) for each in names(archive)):
            if probe in made.replies and made.replies[probe].words == words:
                held = json.dumps({**made.verdicts[probe], judge: verdict}, sort_keys=True)
                archive.db.execute("update replies set verdicts = ? where generation = ? and question = ? "
                                   "and asker = ?", (held, made.name, probe.words, probe.asker))


def blind(archive: "Archive", generations: Sequence[str], judge: str) -> list[tuple[str, Probe, Reply]]:
    """What a relative has not judged yet, in an order that does not show which generation answered.

    An answer that several generations gave alike is judged once, for all of them.
    """
    waiting: dict[tuple[Probe, str], tuple[str, Probe, Reply]] = {}
    for name in generations:
        made = find(archive, name)
        for probe, reply in made.replies.items():
            if judge not in made.verdicts[probe]:
                waiting.setdefault((probe, reply.words), (name, probe, reply))
    return sorted(waiting.values(), key=lambda each: sha256(f"{judge} {each[1]} {each[2].words}".encode()).digest())


def figures(archive: "Archive", made: Generation) -> Figures:
    """One generation in numbers."""
    from statistics import median

    from marrow.people.talking.calling import strays
    from marrow.people.talking.tone import tone

    replies = list(made.replies.items())
    asserted = [each for _, reply in replies for each in reply.sentences if each.status in ASSERTED]
    held = archive.get(dict.fromkeys(proof.utterance for each in asserted for proof in each.evidence))
    heard = Counter(held[proof.utterance].witness for each in asserted for proof in each.evidence
                    if proof.utterance in held and held[proof.utterance].witness)
    tones = [tone(words) for _, reply in replies if (words := _proofs(reply))]
    misnamed = sum(any(strays(each.words, archive.family, made.person, probe.asker) for each in reply.sentences
                       if not each.evidence) for probe, reply in replies)
    answered = sum(any(each.status in ASSERTED for each in reply.sentences) for _, reply in replies)
    return Figures(answered / max(1, len(replies)),
                   sum(each.status == "imagined" for each in asserted) / max(1, len(asserted)),
                   {who: count / max(1, heard.total()) for who, count in heard.most_common()}, misnamed,
                   median([len(reply.words) for _, reply in replies] or [0]), sum(tones) / max(1, len(tones)))


def drift(left: Generation, right: Generation) -> Drift:
    """What changed from one generation to the next, over the questions that both were asked.

    raises    InputError  "people.generation_apart" when they share no question
    test      the same generation twice drifts by 0; where only unkind memories go, tone does not fall
    """
    from marrow.people.talking.tone import tone

    shared = [each for each in left.replies if each in right.replies]
    if not shared:
        raise InputError("people.generation_apart", left=left.name, right=right.name)
    pairs = [(left.replies[each], right.replies[each]) for each in shared]
    kinder = [tone(_proofs(after)) - tone(_proofs(before)) for before, after in pairs
              if _proofs(before) and _proofs(after)]
    return Drift(_mean(kinder), _mean([_imagined(after) - _imagined(before) for before, after in pairs]),
                 _mean([len(after.words) - len(before.words) for before, after in pairs]))


def changed(left: Generation, right: Generation) -> Iterator[tuple[Probe, Reply, Reply]]:
    """The questions that were answered in other words."""
    for each, reply in left.replies.items():
        if each in right.replies and right.replies[each].words != reply.words:
            yield each, reply, right.replies[each]


def _proofs(reply: Reply) -> str:
    """What the witnesses said that a reply rests on."""
    return "\n".join(dict.fromkeys(proof.words for each in reply.sentences if each.status in ASSERTED
                                   for proof in each.evidence))


def _imagined(reply: Reply) -> float:
    said = [each for each in reply.sentences if each.status in ASSERTED]
    return sum(each.status == "imagined" for each in said) / max(1, len(said))


def _mean(values: Sequence[float]) -> tuple[float, float, float]:
    """A mean over questions, and the 95 % interval of a bootstrap over them."""
    import numpy as np

    if not values:
        return 0.0, 0.0, 0.0
    drawn = np.random.default_rng(0).choice(np.asarray(values, float), (DRAWS, len(values))).mean(1)
    return float(np.mean(values)), *map(float, np.quantile(drawn, (0.025, 0.975)))


def _reply(held: Mapping) -> Reply:
    """A reply as it was kept."""
    said = tuple(Sentence(each["words"], each["status"], tuple(Evidence(**proof) for proof in each["evidence"]),
                          each["lowered"]) for each in held["sentences"])
    return Reply(said, tuple(held["ask"]), tuple(held["rivals"]), held["aside"])
