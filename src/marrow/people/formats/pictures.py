"""What a photograph says of itself: its caption in XMP, IPTC or EXIF, and when it was taken, or scanned.

The words stand in the picture's bytes as they are; of several captions the first that is found is read, and others that
differ are told. The date that a scanner writes is the day of the scan, not of what is seen: it goes into the head as
"scanned", never as "taken".
"""

import re
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from marrow.errors import InputError, LimitError
from marrow.people.formats.letters import narrow
from marrow.people.formats.original import Losses, Reading
from marrow.people.formats.stamps import moment
from marrow.people.formats.stretches import words
from marrow.people.testimony import Escape, Turn

HEADS = (b"\xff\xd8\xff", b"\x89PNG", b"II*\0", b"MM\0*", b"RIFF")
LARGEST = 1_000_000_000  # bytes
DESCRIBED = re.compile(rb"<dc:description\b[^>]*>.{0,200}?<rdf:li\b[^>]*>([^<]*)</rdf:li>", re.DOTALL)
SCANNER = re.compile(r"scan|perfection|plustek|silverfast|noritsu|frontier sp|pakon|reflecta|pacific image|扫描|掃描",
                     re.IGNORECASE)
FACTORY = re.compile(rb"\s*(?:OLYMPUS DIGITAL CAMERA|SONY DSC|KONICA MINOLTA.*|MINOLTA DIGITAL CAMERA|DIGITAL CAMERA"
                     rb"|Exif_JPEG_PICTURE|DCIM.*|untitled|default|<[^>]*>)?[\s\0]*", re.IGNORECASE)
TAKEN, CHANGED, EXIF, MAKE, MODEL, SOFTWARE = 0x9003, 0x0132, 0x8769, 0x010F, 0x0110, 0x0131
DESCRIPTION, TITLE, COMMENT = 0x010E, 0x9C9B, 0x9C9C

Place = tuple[int, int, str, Escape]  # first byte, byte after the last, encoding, escape


def is_picture(path: Path) -> bool:
    """Whether a file begins as a photograph does."""
    with open(path, "rb") as file:
        head = file.read(12)
    return head.startswith(HEADS) and (head[:4] != b"RIFF" or head[8:] == b"WEBP")


def as_picture(path: Path) -> Reading:
    """The caption and the date of a photograph.

    raises    InputError  no picture that can be read
              LimitError  larger than memory
    source    XMP Specification Part 3; IPTC-IIM 4.2, 2:120; Exif 2.32
    """
    if path.stat().st_size > LARGEST:
        raise LimitError("people.large", path=path, size=f"{path.stat().st_size / 1e6:.0f}", most=LARGEST // 1_000_000)
    content, losses = path.read_bytes(), Losses()
    tags, caption = _tags(path)
    places = [place for place in _places(content, tags, caption) if not FACTORY.fullmatch(content[place[0]:place[1]])]
    head = _dates(tags, losses)
    first, last, encoding, escape = places[0] if places else (0, 0, "utf-8", "")
    text = words(content, first, last, encoding, escape)
    for other in places[1:]:
        if (more := words(content, *other)) != text:
            losses.note("caption_more", text=more[:200])
    turns = iter([Turn(first, last, text)] if text.strip() else [])
    return Reading("caption", "picture", encoding, turns, escape, head, losses)


def _tags(path: Path) -> tuple[dict[int, object], bytes]:
    """The EXIF of a picture, and its IPTC caption."""
    from PIL import Image, IptcImagePlugin, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            tags, caption = {}, b""
            with suppress(OSError, SyntaxError, ValueError, KeyError, TypeError, struct.error):
                exif = picture.getexif()
                tags = dict(exif) | dict(exif.get_ifd(EXIF))
            with suppress(OSError, SyntaxError, ValueError, KeyError, TypeError, IndexError, struct.error):
                caption = (IptcImagePlugin.getiptcinfo(picture) or {}).get((2, 120), b"")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InputError("people.picture", path=path) from error
    return tags, caption if isinstance(caption, bytes) else b""


def _places(content: bytes, tags: dict[int, object], caption: bytes) -> Iterator[Place]:
    """Where captions stand, the best first."""
    begun = content.find(b"<x:xmpmeta")
    found = DESCRIBED.search(content, begun, content.find(b"</x:xmpmeta>", begun)) if begun >= 0 else None
    if found:
        yield found.start(1), found.end(1), "utf-8", "html"
    described = tags.get(DESCRIPTION)
    plain = [caption, described.encode("latin-1", "ignore") if isinstance(described, str) else b""]
    for raw in plain:
        raw = raw.strip(b"\0 \r\n")
        if raw and (start := content.find(raw)) >= 0:
            yield start, start + len(raw), narrow(raw), ""
    for tag in (TITLE, COMMENT):
        raw = tags.get(tag)
        raw = bytes(raw) if isinstance(raw, bytes | tuple) else b""
        while raw[-2:] == b"\0\0":
            raw = raw[:-2]
        if raw and (start := content.find(raw)) >= 0:
            yield start, start + len(raw), "utf-16-le", ""


def _dates(tags: dict[int, object], losses: Losses) -> dict[str, str]:
    """When the picture was taken; where a scanner made the file, when it was scanned, which is told."""
    device = " ".join(str(tags.get(each) or "").strip("\0 ") for each in (MAKE, MODEL, SOFTWARE)).strip()
    scanned = SCANNER.search(device)
    said = str(tags.get(TAKEN) or (tags.get(CHANGED) if scanned else "") or "")
    date = moment(re.sub(r"^(\d{4}):(\d\d):(\d\d)", r"\1-\2-\3", said))
    if scanned:
        losses.note("scan", device=device[:60], date=date or "?")
    return {"scanned" if scanned else "taken": date} if date else {}
