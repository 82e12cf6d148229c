"""A person as a Character Card V3, and back: JSON, or a picture that carries it.

What witnesses said becomes the lorebook, one entry an utterance, with where it stands in `extensions.marrow`; a tool
that knows nothing of witnesses still shows who said it, because the words do.

source    kwaroran/character-card-spec-v3, SPEC_V3.md; malfoyslastname/character-card-spec-v2 for older cards
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marrow.errors import InputError
from marrow.people.png import PNG, chunks
from marrow.people.testimony import Utterance
from marrow.words import say

if TYPE_CHECKING:
    from marrow.people.family import Member

SPEC, VERSION = "chara_card_v3", "3.0"
CHUNKS = ("ccv3", "chara")  # where a PNG carries its card: version 3, versions 1 and 2
MOST = 50_000_000           # bytes of a card
KEYS = 6                    # words of an entry that call it up


@dataclass(frozen=True)
class Entry:
    """One entry of a lorebook: an utterance, who said it in words, and the words that call it up."""

    utterance: Utterance
    witness: str
    keys: Sequence[str]


def card(member: "Member", entries: Sequence[Entry], *, lang: str) -> dict:
    """A person as the JSON of a card.

    entries    of witnesses who consent to `public`, in the order of the archive
    returns    plain values; the greeting is empty: he never begins a talk
    test       read back, every entry names the same utterance
    """
    facts = [f"{say(f'people.card.{name}', lang)} {value}" for name, value in
             (("born", member.born), ("died", member.died)) if value]
    book = {"name": member.name, "extensions": {}, "entries": [_entry(each, number, lang)
                                                               for number, each in enumerate(entries)]}
    return {"spec": SPEC, "spec_version": VERSION, "data": {
        "name": member.name, "description": "\n".join([member.name, *facts]), "personality": "", "scenario": "",
        "first_mes": "", "mes_example": "", "creator_notes": say("people.card.notes", lang),
        "system_prompt": say("people.card.law", lang, name=member.name), "post_history_instructions": "",
        "alternate_greetings": [], "group_only_greetings": [], "tags": ["marrow"], "creator": "Marrow",
        "character_version": "1", "nickname": member.name, "character_book": book,
        "extensions": {"marrow": {"person": member.id}}}}


def _entry(each: Entry, number: int, lang: str) -> dict:
    there = each.utterance
    proof = {"utterance": there.id, "source": there.source, "start": there.start, "end": there.end,
             "witness": there.witness, "to": there.to, "said": there.said.phrase if there.said else "",
             "about": [when.phrase for when in there.about], "through": list(there.through)}
    content = say("people.card.said", lang, who=each.witness, words=there.text)
    return {"keys": list(each.keys)[:KEYS], "content": content, "extensions": {"marrow": proof}, "enabled": True,
            "insertion_order": number, "use_regex": False, "case_sensitive": False, "constant": False, "name": there.id,
            "id": number}


def read_card(content: bytes, name: str) -> dict:
    """The card that a JSON or a PNG carries, of version 1, 2 or 3.

    name      what the file is called, for the error
    returns   the JSON as it stands
    raises    InputError  "people.card" when there is none
    """
    text = (carried(content) if content.startswith(PNG) else content) or b""
    try:
        found = json.loads(text.decode("utf-8-sig")) if len(text) <= MOST else None
        if isinstance(found, dict) and isinstance(found.get("data", found).get("name"), str):
            return found
    except (ValueError, AttributeError, RecursionError):
        pass
    raise InputError("people.card", path=name)


def carried(picture: bytes) -> bytes | None:
    """The JSON of the card that a PNG carries, the newest version first; None where it carries none."""
    import base64
    import binascii

    found = dict(_notes(picture)) if picture.startswith(PNG) else {}
    for key in CHUNKS:
        if key in found:
            try:
                return base64.b64decode(b"".join(found[key].split()), validate=True)
            except binascii.Error:
                continue
    return None


def _notes(picture: bytes) -> list[tuple[str, bytes]]:
    """Keyword and text of every tEXt chunk of a PNG."""
    parted = [body.partition(b"\0") for kind, body, _ in chunks(picture) if kind == b"tEXt"]
    return [(key.decode("latin-1"), text) for key, _, text in parted]


def with_card(picture: bytes, made: Mapping) -> bytes:
    """A PNG that carries a card, for readers of version 2 and 3; cards it carried before are left out.

    picture    the bytes of a PNG
    test       read_card(with_card(picture, card)) is the card; the picture is the same
    """
    import base64
    import zlib

    text = base64.b64encode(json.dumps(made, ensure_ascii=False).encode())
    older = {**made, "spec": "chara_card_v2", "spec_version": "2.0"}
    cards = b""
    for key, value in (("chara", base64.b64encode(json.dumps(older, ensure_ascii=False).encode())), ("ccv3", text)):
        body = b"tEXt" + key.encode() + b"\0" + value
        cards += (len(body) - 4).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
    kept = PNG
    for kind, body, whole in chunks(picture):
        if kind == b"IEND":
            kept += cards
        if kind != b"tEXt" or body.partition(b"\0")[0].decode("latin-1") not in CHUNKS:
            kept += whole
    return kept
