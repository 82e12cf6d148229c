"""Character cards (SillyTavern and others, versions 1, 2 and 3) as testimony: what their maker wrote of somebody.

The description and every entry of the lorebook is a turn, under the name of who made the card; greetings and example
talks are invented and are no testimony.
"""

import json
import re
from collections.abc import Iterator

from marrow.errors import InputError
from marrow.people.formats.original import Original, Reading
from marrow.people.formats.records import Record, records
from marrow.people.formats.stretches import decoded
from marrow.people.testimony import Turn

CARD = re.compile(r'"spec"\s*:\s*"chara_card_v|"first_mes"\s*:|"mes_example"\s*:|"character_book"\s*:\s*\{')
ENTRIES = re.compile(r'"entries"\s*:\s*\[')
WRITTEN = ("description", "personality", "scenario")


def as_card(original: Original) -> Reading | None:
    """A character card.

    raises    InputError  "people.card" for one that is torn
    source    kwaroran/character-card-spec-v3, SPEC_V3.md
    """
    if not original.top.lstrip("\ufeff \n\t").startswith("{") or not CARD.search(original.top):
        return None
    text = decoded(original.content()[original.mark:], original.encoding)
    try:
        whole = json.loads(text)
        card = whole.get("data", whole)
        name, maker = (str(card.get(key) or "") for key in ("name", "creator"))
    except (ValueError, AttributeError, RecursionError) as error:
        raise InputError("people.card", path=original.path) from error
    encoding = "utf-8" if original.encoding == "utf-8-sig" else original.encoding
    turns = _turns(original, Record(card, text, 0, len(text), original.mark, encoding), maker)
    return Reading("letter", "card", original.encoding, turns, "json", {"title": name} if name else {}, original.losses)


def _turns(original: Original, card: Record, maker: str) -> Iterator[Turn]:
    """What is written of the person, then the lorebook."""
    for found in filter(None, map(card.stretch, WRITTEN)):
        yield Turn(*found, maker)
    for entry in records(original, ENTRIES, once=True):
        if found := entry.stretch("content"):
            yield Turn(*found, maker)
