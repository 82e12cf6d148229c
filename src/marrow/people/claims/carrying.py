"""What a talk is about, carried from turn to turn until its subject changes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from marrow.people.claims.topics import Word
from marrow.people.testimony import Utterance

SHORT = 40     # letters: of so short a turn all words say what the next is about, else those of its first clause
BARE = 0.75    # a turn that begins with words of less weight goes on with what was talked about
FADES = 0.75   # what counts of it then
LAPSE = 0.3    # words that have faded to less are dropped
HEADING = re.compile(r"\s*[\[【].*[\]】]\s*$", re.DOTALL)
ASKED = re.compile(r"[?？吗][”」\"]?\s*$")
TURNS = 2      # of others, that a turn may answer


@dataclass(frozen=True)
class Talk:
    """Where a talk stands before a turn.

    name     of the talk
    theme    the words that say what it is about, with what they count
    turns    the turns just before, nearest first
    words    what each of them says, with its weight
    persons  whom the turn just before is about
    days     and when
    heading  the id of the words in brackets above it: which picture
    headed   what they say
    """

    name: str = ""
    theme: Mapping[str, float] = field(default_factory=dict)
    turns: tuple[Utterance, ...] = ()
    words: tuple[Mapping[str, float], ...] = ()
    persons: tuple[str, ...] = ()
    days: str = ""
    heading: str = ""
    headed: Mapping[str, float] = field(default_factory=dict)

    def at(self, name: str) -> "Talk":
        """The talk of that name: itself, or one that begins."""
        return self if name == self.name else Talk(name)

    def given(self, told: Utterance, first: Sequence[Word]) -> Mapping[str, float]:
        """The words that say what a turn is about before it says so itself: of what it answers, or goes on with."""
        asked = {word: weight for turn, words in zip(self.turns, self.words, strict=True)
                 if turn.witness != told.witness and len(turn.text) <= SHORT for word, weight in words.items()}
        return {**self.headed, **self.theme, **asked} if bare(first) else {**self.headed, **asked}

    def answered(self, witness: str) -> tuple[str, ...]:
        """Ids of the turns of others that somebody may be answering."""
        return tuple(each.id for each in self.turns if each.witness != witness)

    def asked(self, witness: str) -> str:
        """The turn that somebody answers, where it is asked."""
        turn = self.turns[0] if self.turns else None
        return turn.text if turn and turn.witness != witness and ASKED.search(turn.text) else ""

    def after(self, told: Utterance, clauses: Sequence[Sequence[Word]], persons: tuple[str, ...] = (), days: str = ""
              ) -> "Talk":
        """Where the talk stands after a turn, by the words of its clauses.

        days    when it is about, as far as it says so
        test    a turn that only says "And the violin?" goes on; one that names something of its own begins anew
        """
        first = clauses[0] if clauses else ()
        own = {word.text: word.weight for clause in (clauses if len(told.text) <= SHORT else clauses[:1])
               for word in clause}
        kept = {word: weight * FADES for word, weight in self.theme.items() if weight * FADES >= LAPSE}
        theme = {**kept, **own} if bare(first) else own
        if not told.witness and HEADING.match(told.text):
            return Talk(self.name, heading=told.id, headed=own)
        return Talk(self.name, theme, (told, *self.turns)[:TURNS], (own, *self.words)[:TURNS], persons, days,
                    self.heading, self.headed)


def bare(words: Sequence[Word]) -> bool:
    """Whether a clause names too little to be understood by itself."""
    return sum(word.weight for word in words) < BARE
