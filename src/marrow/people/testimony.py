"""What was told, as it was told: the nouns of the department.

    Turn          one turn of talk as it stands in a file
    Transcript    a file read: its turns, and what its head says
    Interval      when something was, as days, with the words it was said in
    Utterance     the atom of the archive: a turn with its witness, whom it was said to, when, and where it stands

Nothing here is true or false: an utterance is what somebody said, and rivals stand side by side for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Literal

from marrow.contents import Remark

Form = Literal["interview", "letter", "diary", "chat", "caption", "questionnaire", "family"]
Escape = Literal["", "json", "csv", "html"]
Calendar = Literal["solar", "lunar", "age", "school", "event", "relative"]


@dataclass(frozen=True)
class Interval:
    """A stretch of days, both ends included, and the words it was said in.

    first, last    days of the Gregorian calendar; None is open: "before 1993" has no first
    phrase         as it was said: "九三年秋天", "我七岁那年"
    calendar       what the days were reckoned by
    sure           False where the days rest on a guess: a century not said, an age counted either way
    """

    first: date | None
    last: date | None
    phrase: str = ""
    calendar: Calendar = "solar"
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of talk as it stands in a file.

    start, end    bytes of the file, so that decoding and unescaping them gives `text` again
    text          what was said, without the speaker's label and the time
    speaker       the label as the file has it: "妈妈", "Speaker 1"; "" where it names nobody
    said          when, ISO 8601, as far as it is known: "2019", "2019-10-05", "2019-10-05T21:03:11"; "" unknown
    at            seconds of the recording, from and to
    talk          which conversation of the file, counted from 0
    aside         what is no speech: "system", "media"; "" for words
    """

    start: int
    end: int
    text: str
    speaker: str = ""
    said: str = ""
    at: tuple[float, float] | None = None
    talk: int = 0
    aside: Literal["", "system", "media"] = ""


@dataclass(frozen=True)
class Transcript:
    """A file read.

    form        what kind of testimony it is
    dialect     which way of writing it was read as: "srt", "whatsapp", "chatlab"
    encoding    Python's name, "utf-8-sig" where the file starts with a mark, "utf-16-le" or "utf-16-be"
    escape      how text is written between the offsets
    head        what the file says of itself, only what it says: witness, to, recorder, date, place, title, note, about,
                platform; of pictures taken, scanned, and "picture N" the file of talk N
    losses      what could not be read, with its line
    """

    form: Form
    dialect: str
    encoding: str
    turns: tuple[Turn, ...]
    escape: Escape = ""
    head: Mapping[str, str] = field(default_factory=dict)
    losses: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Utterance:
    """What one person said once. Persons are ids of the family, "" where it is not known who.

    id            16 hexadecimal digits, made from the file and the bytes: the same at every import
    source        SHA-256 of the original file
    start, end    bytes of the original
    text          what was said, corrected where somebody corrected it
    heard         as it stands in the original, where that is not `text`; "" otherwise
    label         the speaker as the file names him; of family.toml the table
    witness       who says it
    to            whom it was said to
    said          when it was said
    about         when what it tells of was; none, one, or several
    through       from whom the witness has it, nearest first; empty for what he saw himself. What is no person of the
                  family stands as it was said ("村里人")
    talk          the conversation: first 8 digits of the source, a full stop, its number
    place         order within the talk, from 0
    at            seconds of a recording, from and to
    sealed        told, but not to be used
    """

    id: str
    source: str
    start: int
    end: int
    text: str
    witness: str = ""
    to: str = ""
    said: Interval | None = None
    about: tuple[Interval, ...] = ()
    through: tuple[str, ...] = ()
    talk: str = ""
    place: int = 0
    form: Form = "interview"
    label: str = ""
    heard: str = ""
    at: tuple[float, float] | None = None
    sealed: bool = False


def name_of(source: str, start: int, end: int) -> str:
    """The id of an utterance: 16 hexadecimal digits, from where it stands."""
    return sha256(f"{source} {start} {end}".encode()).hexdigest()[:16]
