"""What stands between a reader and the archive: turns become rows, one by one, as fast as SQLite takes them."""

from collections.abc import Container, Iterator
from hashlib import sha256
from typing import TYPE_CHECKING

from marrow.people.labels import Voices

if TYPE_CHECKING:
    from marrow.people.formats.original import Reading

COLUMNS = "id, source, start, finish, text, label, witness, hearer, said, talk, place, form, opened, closed, aside"
INSERT = (f"insert or ignore into utterances({COLUMNS}, heard) values({', '.join('?' * len(COLUMNS.split()))}, '')")
UNTIMED = None, None


class Rows:
    """Turns as rows for INSERT; `count` of them so far, and labels that nobody is known by.

    gone    ids of utterances that were taken back and stay away
    test    truth: the id of a row is what `name_of` says of its place
    """

    def __init__(self, reading: "Reading", voices: Voices, gone: Container[str]) -> None:
        self.reading, self.voices, self.gone = reading, voices, gone
        self.count, self.strangers = 0, set()

    def __iter__(self) -> Iterator[tuple]:
        form, source, gone, who = self.reading.form, self.voices.source, self.gone, self.voices.of
        begun, places = sha256(source.encode()), {}  # the same for every id
        for turn in self.reading.turns:
            self.count += 1
            start, end, text, label, talk, aside = turn.start, turn.end, turn.text, turn.speaker, turn.talk, turn.aside
            place = places[talk] = places.get(talk, -1) + 1
            (witness, hearer), digest = who(label), begun.copy()
            if not witness and not aside:
                self.strangers.add(label)
            digest.update(b" %d %d" % (start, end))
            name = digest.hexdigest()[:16]
            if name not in gone:
                opened, closed = turn.at or UNTIMED
                yield (name, source, start, end, text, label, witness, hearer, turn.said, talk, place, form, opened,
                       closed, aside)
