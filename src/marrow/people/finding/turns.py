"""Where the utterances of an archive stand: their talks, their neighbours, their lengths, by number."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy import ndarray

REACH = 2   # neighbours before and after that are read with an utterance


@dataclass
class Turns:
    """Every utterance by its number, from 1; number 0, and the number of one that is gone, is nobody's.

    ids, witnesses    text, by number
    talks             number of the talk, by its name
    lengths           (n + 1,) float: telling characters and words
    asks              (n + 1,) bool: it ends with a question mark
    talk, within      (n + 1,) int64: the talk of each, and its place in it
    place             (n + 1,) int64: the order of all, by talk and place
    near              (2 REACH + 1, n + 1) int64: the neighbours in the talk, itself in the middle; 0 beyond its border
    spans             (2 REACH + 1,) float: how long a neighbour is on the average, where there is none 0
    count             how many there are
    """

    ids: list[str] = field(default_factory=lambda: [""])
    witnesses: list[str] = field(default_factory=lambda: [""])
    talks: dict[str, int] = field(default_factory=dict)
    lengths: ndarray = field(default_factory=lambda: np.zeros(1))
    asks: ndarray = field(default_factory=lambda: np.zeros(1, bool))
    talk: ndarray = field(default_factory=lambda: np.zeros(1, np.int64))
    within: ndarray = field(default_factory=lambda: np.zeros(1, np.int64))
    place: ndarray = field(default_factory=lambda: np.zeros(1, np.int64))
    near: ndarray = field(default_factory=lambda: np.zeros((2 * REACH + 1, 1), np.int64))
    spans: ndarray = field(default_factory=lambda: np.zeros(2 * REACH + 1))
    count: int = 0

    def enter(self, rows: Sequence[tuple[int, str, str, int, str, int, int]]) -> None:
        """Add rows of number, id, talk, place, witness, length, asks, the numbers rising; neighbours are found anew.

        test    law: entered at once or one by one is the same
        """
        if not rows:
            return
        numbers, ids, talks, within, witnesses, lengths, asks = zip(*rows, strict=True)
        old, size, at = len(self.ids), numbers[-1] + 1, np.array(numbers)
        for names, more in ((self.ids, ids), (self.witnesses, witnesses)):
            names.extend([""] * (size - old))
            for number, name in zip(numbers, more, strict=True):
                names[number] = name
        for name in talks:
            self.talks.setdefault(name, len(self.talks))
        fresh = {"lengths": lengths, "talk": [self.talks[each] for each in talks], "within": within, "asks": asks}
        for name, more in fresh.items():
            longer = np.concatenate([getattr(self, name), np.zeros(size - old, getattr(self, name).dtype)])
            longer[at] = more
            setattr(self, name, longer)
        self.count += len(rows)
        self._meet()

    def _meet(self) -> None:
        """Put all in order and find who stands beside whom."""
        known = np.flatnonzero(np.array(self.ids, bool))
        rank = np.empty(len(self.talks), np.int64)
        rank[[self.talks[name] for name in sorted(self.talks)]] = np.arange(len(self.talks))
        order = known[np.lexsort((self.within[known], rank[self.talk[known]]))]
        self.place = np.zeros(len(self.ids), np.int64)
        self.place[order] = np.arange(len(order))
        self.near = np.zeros((2 * REACH + 1, len(self.ids)), np.int64)
        talk = self.talk[order]
        for step in range(-REACH, REACH + 1):
            near = np.zeros(len(order), np.int64)
            here = slice(max(0, -step), len(order) - max(0, step))
            there = slice(max(0, step), len(order) + min(0, step))
            near[here] = np.where(talk[here] == talk[there], order[there], 0)
            self.near[REACH + step, order] = near
            self.spans[REACH + step] = self.lengths[near].sum() / len(order)
