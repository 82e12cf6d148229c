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
    talks, voices     number of the talk, and of the witness, by name
    lengths           (n + 1,) float: telling characters and words
    asks              (n + 1,) bool: it ends with a question mark
    voice             (n + 1,) int64: the witness of each
    talk, within      (n + 1,) int64: the talk of each, and its place in it
    place             (n + 1,) int64: the order of all, by talk and place
    near              (2 REACH + 1, n + 1) int64: who stands so many places before or behind in the talk; 0 nobody
    count             how many there are
    """

    ids: list[str] = field(default_factory=lambda: [""])
    witnesses: list[str] = field(default_factory=lambda: [""])
    voices: dict[str, int] = field(default_factory=lambda: {"": 0})
    talks: dict[str, int] = field(default_factory=dict)
    lengths: ndarray = field(default_factory=lambda: np.zeros(1))
    asks: ndarray = field(default_factory=lambda: np.zeros(1, bool))
    voice: ndarray = field(default_factory=lambda: np.zeros(1, np.int64))
    talk: ndarray = field(default_factory=lambda: np.zeros(1, np.int64))
    within: ndarray = field(default_factory=lambda: np.zeros(1, np.int64))
    place: ndarray = field(default_factory=lambda: np.zeros(1, np.int64))
    near: ndarray = field(default_factory=lambda: np.zeros((2 * REACH + 1, 1), np.int64))
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
        for known, more in ((self.talks, talks), (self.voices, witnesses)):
            for name in more:
                known.setdefault(name, len(known))
        fresh = {"lengths": lengths, "voice": [self.voices[each] for each in witnesses], "within": within,
                 "talk": [self.talks[each] for each in talks], "asks": asks}
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
        for apart in range(1, REACH + 1):
            for back in range(1, apart + 1):  # others between them may be gone
                first, second = order[:-back], order[back:]
                met = (self.talk[first] == self.talk[second]) & (self.within[second] - self.within[first] == apart)
                self.near[REACH + apart, first[met]] = second[met]
                self.near[REACH - apart, second[met]] = first[met]
        self.near[REACH, order] = order
