"""The ledger of a reply: every sentence says where it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from marrow.people.testimony import Utterance

Status = Literal["quoted", "told", "inferred", "imagined", "unknown", "social"]


@dataclass(frozen=True)
class Evidence:
    """A stretch of what a witness said.

    utterance     its id
    start, end    characters of its text
    words         text[start:end], word for word
    """

    utterance: str
    start: int
    end: int
    words: str


@dataclass(frozen=True)
class Sentence:
    """One sentence of a reply.

    status      quoted: a witness's own words, his name beside them; told: what witnesses said, in the person's voice;
                inferred: follows from several; imagined: nobody said it; unknown: says that nobody said it, or
                that they disagree; social: greets, thanks, takes leave
    evidence    what it rests on; never empty for quoted, told and inferred
    lowered     why it is less than it claimed to be, a key of `locale/` under "people.lowered"; "" where it is not
    """

    words: str
    status: Status
    evidence: tuple[Evidence, ...] = ()
    lowered: str = ""


@dataclass(frozen=True)
class Part:
    """One sentence of an utterance.

    start, end    characters of the utterance's text
    voiced        the same in the person's voice, spoken to the asker; "" where it is not certain who is meant: then it
                  may only be quoted
    score         how well it fits the question, 1 the best
    """

    start: int
    end: int
    voiced: str = ""
    score: float = 0.0


@dataclass(frozen=True)
class Found:
    """An utterance that may answer, how well it fits (1 the best of its search), and its sentences."""

    utterance: Utterance
    score: float
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Question:
    """Everything an engine may know when it answers.

    words          what was asked
    person         id of who is asked
    asker          id of who asks
    found          what witnesses said that may answer, best first; nothing else may be called told
    before         the talk so far, oldest first: (id of who spoke, words)
    imagination    share of the sentences that may be imagined, 0 to 1
    facts          plain facts: "lang"; "name" of the person; "address", how he addresses the asker; "sentences", at
                   most so many; "refer.<id>", how he speaks of a witness to the asker
    """

    words: str
    person: str
    asker: str
    found: tuple[Found, ...] = ()
    before: tuple[tuple[str, str], ...] = ()
    imagination: float = 0.0
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reply:
    """An answer with its ledger.

    ask          ids of witnesses who may know, where nobody said it
    rivals       ids of utterances that disagree about what was asked
    aside        Marrow speaks here, not the person
    """

    sentences: tuple[Sentence, ...]
    ask: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    aside: bool = False

    @property
    def words(self) -> str:
        """The reply as it is spoken."""
        return "".join(each.words for each in self.sentences)
