"""What leaves the archive: JSON Lines, and a character card."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from marrow.errors import InputError
from marrow.words import language, say

if TYPE_CHECKING:
    from marrow.media import Photo

SIZE = (400, 600)  # of a card's picture, where no photo is given


def export(target: str, *, purpose: str = "public") -> Iterator[str]:
    """Write who is who and every utterance as JSON Lines, of witnesses who consent to the purpose.

    target     where to write; ends in .jsonl
    purpose    "public", "film" or "talk"
    """
    from marrow import forms
    from marrow.people.archive import PURPOSES, open_archive
    from marrow.people.disk import writing
    from marrow.people.lines import lines

    if purpose not in PURPOSES:
        raise InputError("setting.choice", step="people.export", name="purpose", value=purpose,
                         choices=", ".join(PURPOSES))
    place = forms.place_for(_ending(target, ".jsonl"))
    with open_archive(write=False) as archive:
        held = list(lines(archive, purpose))
    with writing(place):
        place.write_text("".join(f"{each}\n" for each in held), "utf-8", newline="\n")
    yield say("people.exported", path=place, count=len(held))


def card(person: str, target: str, *, picture: str = "") -> Iterator[str]:
    """Write a person as a Character Card V3, with what witnesses who consent to "public" said as its lorebook.

    person     whose card it is
    target     .json, or .png for a picture that carries it
    picture    a photo for the .png
    """
    from marrow import forms
    from marrow.people.archive import open_archive
    from marrow.people.lines import card_of, write_card

    place = forms.place_for(_ending(target, ".json", ".png"))
    with open_archive(write=False) as archive:
        who = archive.person(person)
        made = card_of(archive, who, language())
        if not made["data"]["character_book"]["entries"]:
            raise InputError("people.nobody_public", name=archive.family.members[who].name)
        name = archive.family.members[who].name
        write_card(made, place, _png(picture, name) if place.suffix.lower() == ".png" else b"")
    yield say("people.exported", path=place, count=len(made["data"]["character_book"]["entries"]))


def _png(picture: str, name: str) -> bytes:
    """The photo as a PNG; his name on paper where there is none."""
    import tempfile

    from marrow import forms

    photo = forms.read("photo", Path(picture)) if picture else _titled(name)
    with tempfile.TemporaryDirectory() as room:
        forms.write(photo, Path(room) / "a.png")
        return (Path(room) / "a.png").read_bytes()


def _titled(name: str) -> "Photo":
    """A name in ink on a sheet of paper."""
    from marrow.draw import INK, PAPER, SEAL, colour
    from marrow.draw.card import compose
    from marrow.draw.label import printed
    from marrow.draw.paper import sheet
    from marrow.media import Photo

    words = compose(name, SIZE, layout="vertical")
    return Photo(colour.srgb(printed(printed(sheet(SIZE, PAPER), words.ink, INK), words.seal, SEAL)))


def _ending(target: str, *suffixes: str) -> Path:
    """The path, where its suffix is one of these."""
    place = Path(target)
    if place.suffix.lower() not in suffixes:
        raise InputError("cli.suffix", path=place, choices=" ".join(suffixes))
    return place
