"""What a director writes about a memory: rows of a word and two times, as they stand in film.toml.

    memory = [["assemble", 0, 4], ["forget", 6, 9], ["morph", 10, 14]]

    assemble      what is not there gathers out of a current
    dissolve      what is there goes into it
    forget        what nobody is sure of opens into voids, and grows thin
    reveal        a line of light sweeps over the place, or from a spot
    misremember   two versions of the place side by side, each where its witness is the surer; the next one ends it
    morph         the place becomes the other one; the next one turns it back

Three more numbers, x y z in the coordinates of the cloud's file, are the spot from which it spreads:
["reveal", 0, 4, 1.5, 0, 2].
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from marrow.errors import InputError, near
from marrow.units import number, seconds

WORDS = ("assemble", "dissolve", "forget", "reveal", "misremember", "morph")
SPREADS = ("assemble", "dissolve", "reveal", "morph")  # those that may begin at a spot
OTHERS = ("misremember", "morph")                      # those that want another place


@dataclass(frozen=True)
class Event:
    """Something that happens to a place: a word, seconds, and where it begins, in the coordinates of the file."""

    word: str
    opens: float
    closes: float
    spot: tuple[float, ...] = ()


def events(rows: Sequence[Sequence[object]]) -> tuple[Event, ...]:
    """Read the rows of a memory, in the order of their times.

    raises    InputError  a word that is none, times that are none, run backwards or overlap, a spot where none can be
    test      every kind of wrong row is refused by its number; rows in any order are the same memory
    """
    read = [_read(row, place + 1) for place, row in enumerate(rows)]
    made = tuple(sorted(read, key=lambda event: event.opens))
    for before, after in pairwise(made):
        if after.opens < before.closes:
            raise InputError("memory.overlap", word=after.word, opens=after.opens, other=before.word,
                             closes=before.closes)
    return made


def _read(row: Sequence[object], place: int) -> Event:
    """One row."""
    if isinstance(row, str) or not isinstance(row, Sequence) or len(row) not in (3, 6):
        raise InputError("memory.row", row=place, found=row)
    word = str(row[0])
    if word not in WORDS:
        raise InputError("memory.word", row=place, word=word, choices=near(word, WORDS))
    try:
        opens, closes = (seconds(each) for each in row[1:3])
        spot = tuple(number(each) for each in row[3:])
    except (ValueError, TypeError) as error:
        raise InputError("memory.row", row=place, found=row) from error
    if not 0 <= opens < closes:
        raise InputError("memory.times", row=place, word=word, opens=opens, closes=closes)
    if spot and word not in SPREADS:
        raise InputError("memory.spot", row=place, word=word)
    return Event(word, opens, closes, spot)
