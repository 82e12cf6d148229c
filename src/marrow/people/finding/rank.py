"""Which utterances answer a question: terms weighed, and every utterance read together with its neighbours.

Five lists are scored as BM25 does and summed: the utterance alone; with the one before it, itself counted twice; with
one neighbour on either side; with two; and the whole talk it stands in. What "yes, every Sunday" is about stands in the
question before it. Neighbours end where a talk ends.

What a term counts and how long an utterance usually is are known beforehand (`rarity`), so a score depends on the
utterance, its neighbours and its talk, and on nothing else in the archive. What may not be heard is not read at all.
"""

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
from numpy import ndarray

from marrow.people.finding.index import loose, settled, stamp
from marrow.people.finding.rarity import rarity
from marrow.people.finding.tokens import CHARACTER, PAIR, PRONOUNS, SOUND, SOUNDS, THEME, WORD, asked, held_by
from marrow.people.finding.turns import REACH, Turns

Sought = tuple[float, ndarray, ndarray]   # what a term counts, the numbers of who said it, how many times

K1, B = 0.5, 0.6            # of BM25
LENGTH, TALKS = 30.0, 600.0  # telling characters and words of an usual utterance, and of a talk
# what a kind of term counts; of sounds: where the pair itself was said, and where nobody said it
WEIGHTS = {CHARACTER: (1.0, 1.0), PAIR: (0.6, 0.6), WORD: (1.5, 1.5), SOUND: (0.0, 1.0), SOUNDS: (0.1, 1.0),
           THEME: (1.0, 1.0)}
COVER = {CHARACTER: 1.0, PAIR: 0.5, WORD: 1.5, THEME: 1.0}   # how much of a question is taken up
HEARD = {SOUND: CHARACTER, SOUNDS: PAIR}   # what a sound stands for
FIELDS = ((0.35, (0, 0, 1, 0, 0)), (0.30, (0, 1, 2, 0, 0)), (0.20, (0, 1, 1, 1, 0)), (0.15, (1, 1, 1, 1, 1)))
TALK = 0.10                 # of the whole talk
BONUS = 0.08                # for him who is named and speaks
ASKS = 0.2                  # less for what is itself a question: it tells little, and helps the answer beside it
DENSE = 0.35                # of meanings, where an engine measures them
POOL = 400                  # utterances that are read with their neighbours


class Index:
    """An archive's index, open for questions; it sees what is added and removed meanwhile.

    db    the archive's connection, its tables made by `prepare`; it is only read
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db, self._stamp, self._turns, self._postings = db, (-1, -1), Turns(), ()

    def search(self, question: str, *, limit: int = 10, speaker: str = "", near: Mapping[str, float] | None = None,
               among: ndarray | None = None) -> list[tuple[str, float]]:
        """The utterances that fit a question best, and how well, 1 where all of it is said; equal ones by their ids.

        speaker    the witness whom the question names, "" where it names none or several
        near       nearness of meaning by id, where an engine measures it: `marrow.people.finding.meaning`
        among      only these are read, as if there were no others: see `among`; None reads all
        test       law: utterances of other words never come before those that hold the question's words; what is not
                   among them changes no score
        """
        self._refresh()
        turns, sought = self._turns, self._sought(question, among)
        meant = {number: each for id, each in (near or {}).items() if (number := self._number(id))}
        numbers = np.union1d(_pool(_alone(sought, turns), turns), np.array(list(meant), np.int64))
        numbers = numbers if among is None else numbers[among[numbers]]
        if not len(numbers):
            return []
        total = _read(sought, turns, numbers, among) if sought else np.zeros(len(numbers))
        if meant:
            total = (1 - DENSE) * total + DENSE * _nearness(numbers, meant) * (total.max(initial=0) or 1)
        total *= 1 - ASKS * turns.asks[numbers]
        if speaker:
            total *= 1 + BONUS * np.array([turns.witnesses[each] == speaker for each in numbers])
        return _best(np.round(total, 9), numbers, turns, limit)

    def among(self, witnesses: Collection[str], sealed: Collection[str] = ()) -> ndarray:
        """Which utterances are of some witnesses and not sealed, by number: what `search` and `reach` may read.

        returns    (n + 1,) bool, good until something is added or removed
        """
        self._refresh()
        voices = self._turns.voices
        heard = np.array([each in witnesses for each in voices], bool)[self._turns.voice]
        heard[[self._number(each) for each in sealed]] = False
        return heard

    def cover(self, question: str, texts: Sequence[str], among: ndarray | None = None) -> list[float]:
        """How much of what a question asks each of some texts holds, 0 to 1, rare words counting more.

        The sound of a word will do, where nobody of those who are read said the word.
        test    law: a text that is the question holds all, one without any of its words nothing
        """
        self._refresh()
        weights = dict(self._wanted(question, among))
        whole = sum(weights.values()) or 1.0
        return [round(sum(weight for term, weight in weights.items() if term in held) / whole, 6)
                for held in held_by(texts)]

    def reach(self, question: str, ids: Sequence[str], among: ndarray | None = None) -> list[tuple[float, float]]:
        """How much of a question is held by each of some utterances alone, and with its neighbours: see `cover`.

        test    law: alone as `cover` says of its text; with neighbours never less
        """
        self._refresh()
        weights = dict(self._wanted(question, among))
        near = self._turns.near[REACH - 1:REACH + 2, [self._number(each) for each in ids]]
        held, buffer = np.zeros((2, len(ids))), np.zeros(len(self._turns.ids), bool)
        for term, weight in weights.items():
            numbers = self._held(term, among)[0]
            buffer[numbers] = True
            held += weight * np.stack([buffer[near[1]], buffer[near].any(axis=0)])
            buffer[numbers] = False
        return [tuple(each) for each in (held / (sum(weights.values()) or 1.0)).round(6).T.tolist()]

    def _number(self, id: str) -> int:
        """The number of an utterance, 0 for one that is not indexed."""
        return (self.db.execute("select number from finding_turn where id = ?", (id,)).fetchone() or (0,))[0]

    def _wanted(self, question: str, among: ndarray | None) -> Iterator[tuple[int, float]]:
        """A question's terms but pronouns, and what each counts; for what nobody said its sound, if that was."""
        stood = rarity(PRONOUNS.sub(" ", asked(question)))
        said = {term: len(self._held(term, among)[0]) > 0 for term, _, _ in stood}
        sounds = {(HEARD[kind], place): term for term, kind, place in stood if kind in HEARD}
        for (term, kind, place), rare in stood.items():
            if kind in COVER:
                heard = sounds.get((kind, place), term)
                yield heard if said[heard] and not said[term] else term, COVER[kind] * rare

    def _refresh(self) -> None:
        """Read what has changed since the last question."""
        now = stamp(self.db)
        if now == self._stamp:
            return
        if now[0] != self._stamp[0]:
            self._turns, self._base = Turns(), settled(self.db)
        rows = self.db.execute("select number, id, talk, place, witness, length, asks from finding_turn "
                               "where number > ? order by number", (len(self._turns.ids) - 1,)).fetchall()
        self._turns.enter(rows)
        self._postings, self._stamp = (self._base, loose(self.db)), now

    def _sought(self, question: str, among: ndarray | None) -> list[Sought]:
        """The question's terms, each with what it counts."""
        stood = rarity(asked(question))
        held = {term: self._held(term, among) for term, _, _ in stood}
        said = {place: len(held[term][0]) > 0 for term, kind, place in stood if kind == PAIR}
        counts: dict[int, float] = {}
        for (term, kind, place), rare in stood.items():
            beside = [said[each] for each in ((place,) if kind == SOUNDS else (place - 1, place)) if each in said]
            strange = bool(beside) and not any(beside)
            counts[term] = max(counts.get(term, 0.0), WEIGHTS[kind][strange] * rare)
        return [(weight, *held[term]) for term, weight in counts.items() if weight]

    def _held(self, term: int, among: ndarray | None) -> tuple[ndarray, ndarray]:
        """Who said a term, and how many times."""
        parts = [(each.numbers[at], each.times[at]) for each in self._postings for at in [each.of(term)]]
        numbers, times = (np.concatenate(both) for both in zip(*parts, strict=True))
        if among is None:
            return numbers, times
        heard = among[numbers]
        return numbers[heard], times[heard]


def search(db: sqlite3.Connection, question: str, *, limit: int = 10, speaker: str = "") -> list[tuple[str, float]]:
    """One search; who asks often keeps an `Index` open."""
    return Index(db).search(question, limit=limit, speaker=speaker)


def _fit(times: ndarray, lengths: ndarray, usual: float) -> ndarray:
    """BM25 of one term without its rarity, 1 at most."""
    return times / (times + K1 * (1 - B + B * lengths / usual))


def _alone(sought: list[Sought], turns: Turns) -> ndarray:
    """Every utterance by its own words."""
    score = np.zeros(len(turns.ids))
    for weight, numbers, times in sought:
        score[numbers] += weight * _fit(times, turns.lengths[numbers], LENGTH)
    return score


def _pool(score: ndarray, turns: Turns) -> ndarray:
    """The best by their own words, with their neighbours."""
    some = np.flatnonzero(score > 0)
    if len(some) > POOL:
        least = np.partition(score[some], len(some) - POOL)[-POOL]
        some = some[score[some] >= least]
        some = some[np.lexsort((turns.place[some], -score[some]))][:POOL]
    some = np.unique(turns.near[:, some])
    return some[some > 0]


def _read(sought: list[Sought], turns: Turns, numbers: ndarray, among: ndarray | None) -> ndarray:
    """Utterances scored with their neighbours and their talks, 1 where all that is sought is said again and again."""
    near = turns.near[:, numbers]
    long = turns.lengths if among is None else turns.lengths * among
    spans = long[near]
    said, buffer = np.zeros((len(sought), *near.shape)), np.zeros(len(turns.ids))
    whole = np.zeros(len(turns.talks))
    talks = np.bincount(turns.talk, long, len(turns.talks))
    for row, (weight, held, times) in enumerate(sought):
        buffer[held] = times
        said[row] = buffer[near]
        buffer[held] = 0
        whole += weight * _fit(np.bincount(turns.talk[held], times, len(turns.talks)), talks, TALKS)
    weights = np.array([weight for weight, _, _ in sought])
    total = TALK * whole[turns.talk[numbers]]
    for share, shape in FIELDS:
        times, lengths = (np.einsum("k,...kn->...n", np.array(shape, float), each) for each in (said, spans))
        total += share * weights @ _fit(times, lengths, LENGTH * (np.array(shape) @ (spans > 0)).clip(1))
    return total / ((1 + TALK) * weights.sum())


def _nearness(numbers: ndarray, meant: Mapping[int, float]) -> ndarray:
    """Nearness of meaning, the nearest 1, the farthest that is told and all beyond 0."""
    least, most = min(meant.values()), max(meant.values())
    return np.array([(meant.get(each, least) - least) / ((most - least) or 1) for each in numbers.tolist()])


def _best(score: ndarray, numbers: ndarray, turns: Turns, limit: int) -> list[tuple[str, float]]:
    """The best with their ids; equal ones in the order of these."""
    least = np.partition(score, max(0, len(score) - limit))[max(0, len(score) - limit)]
    some = np.flatnonzero(score >= least)
    ordered = sorted((-value, turns.ids[number]) for value, number in zip(score[some].tolist(), numbers[some].tolist(),
                                                                         strict=True))
    return [(each, -value) for value, each in ordered[:limit]]
