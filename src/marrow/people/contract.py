"""What an engine of this department must do. Strangers' engines are held to the same contract tests."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from marrow.people.talking.ledger import Question, Sentence

if TYPE_CHECKING:
    from numpy import ndarray


class Answer(Protocol):
    """Task `people.answer`: answer as the person, out of what witnesses said."""

    def __call__(self, question: Question) -> Sequence[Sentence]:
        """Draft one answer.

        question    what was asked, by whom, and what was found that may answer
        returns     sentences that name their evidence by the ids of `question.found`; nothing in them is believed:
                    `marrow.people.talking.check` holds each against what it cites
        raises      InputError, EngineError, LimitError
        """
        ...


class Embed(Protocol):
    """Task `people.embed`: texts as directions in a space of meanings."""

    def __call__(self, texts: Sequence[str]) -> "ndarray":
        """Measure some texts, up to 64 at a time.

        returns     (texts, d) float32, every row of length 1, the same d at every call; d > 1
        raises      EngineError, LimitError
        """
        ...
