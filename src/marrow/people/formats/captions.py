"""Captions of photographs beside the pictures: text and JSON. Which picture a talk is about stands in the head.

    river.jpg: 夏天厂里的人下河              one line for each picture
    [river.jpg 背面] / 老周：我没下水         a line for the picture, then who wrote what
    {"river.jpg": "…"}                       JSON, or a list of objects with "file" and "caption"
"""

import re
from collections.abc import Iterator

from marrow.people.formats.labels import fits, speakers
from marrow.people.formats.original import Line, Original, Passage, Reading, passage
from marrow.people.formats.records import records
from marrow.people.formats.stamps import moment
from marrow.people.formats.stretched import piece
from marrow.people.formats.stretches import unescaped
from marrow.people.testimony import Turn

PICTURE = r"[^\s:：\[\]【】\"/\\]{1,80}\.(?:jpe?g|png|tiff?|heic|webp|bmp|gif)"
OVER = re.compile(rf"\s*[\[【]\s*({PICTURE})?([^\]】]{{0,60}})[\]】]\s*", re.IGNORECASE)
BESIDE = re.compile(rf"\s*({PICTURE})[^:：\t,，|]{{0,12}}[:：\t,，|]\s*(?=\S)", re.IGNORECASE)
KEYED = re.compile(rf"\"([^\"\\]*?{PICTURE})\"\s*:\s*(\"(?:[^\"\\]|\\[\"\\/bfnrt]|\\u[0-9a-f]{{4}})*\")", re.IGNORECASE)
OBJECT = re.compile(rf"\"(?:file|filename|photo|image|picture|文件)\"\s*:\s*\"[^\"\\]*{PICTURE}\"", re.IGNORECASE)
FIRST = re.compile(r"\[")
CAPTIONS = ("caption", "description", "text", "说明", "图注")
FILES = ("file", "filename", "photo", "image", "picture", "文件")


def as_captions(original: Original) -> Reading | None:
    """Captions as text."""
    lines = [line for line in original.top.split("\n") if line.strip()]
    named = sum(1 for line in lines if BESIDE.match(line) or ((over := OVER.fullmatch(line)) and over[1]))
    if not original.whole or not named or named < 0.2 * len(lines):
        return None
    many = list(original.lines())
    heads = [_headed(line[1]) for line in many]
    names = [head for head in heads if head is not None]
    head = {f"picture {number}": name for number, name in enumerate(names)}
    return Reading("caption", "captions", original.encoding, _turns(original, many, heads), "", head, original.losses)


def as_captions_json(original: Original) -> Reading | None:
    """Captions as JSON; small files, held whole."""
    top = original.top
    if KEYED.search(top):
        held = passage(original.mark, original.content()[original.mark:], original.encoding)
        found = list(KEYED.finditer(held.text))
        head = {f"picture {number}": each[1] for number, each in enumerate(found)}
        return Reading("caption", "captions", original.encoding, _keyed(held, found), "json", head)
    if not OBJECT.search(top) or not top.lstrip("\ufeff \n").startswith("["):
        return None
    many = list(records(original, FIRST, once=True))
    head = {f"picture {number}": str(next((each.value[key] for key in FILES if key in each.value), ""))
            for number, each in enumerate(many)}
    turns = (Turn(*stretch, str(each.value.get("speaker") or each.value.get("author") or ""),
                  moment(each.value.get("date")), None, number) for number, each in enumerate(many)
             if (stretch := next(filter(None, map(each.stretch, CAPTIONS)), None)))
    return Reading("caption", "captions", original.encoding, turns, "json", head, original.losses)


def _headed(text: str) -> str | None:
    """The picture that a line begins, None where it begins none."""
    over, beside = OVER.fullmatch(text), BESIDE.match(text)
    if over:
        return (over[1] or over[2]).strip()
    return beside[1] if beside else None


def _turns(original: Original, many: list[Line], heads: list[str | None]) -> Iterator[Turn]:
    bodies = [line[1][_after(line[1]):] for line in many]
    find, talk = fits(speakers(bodies, least=1)), -1
    for line, head, body in zip(many, heads, bodies, strict=True):
        talk += head is not None
        label = find(body)
        index = len(line[1]) - len(body) + (label[0] if label else 0)
        if stretch := piece([line], index, original.encoding):
            aside = "" if talk >= 0 else "system"
            yield Turn(*stretch, label[1] if label else "", "", None, max(talk, 0), aside)


def _after(text: str) -> int:
    """Where the words of a line begin, behind the picture's name."""
    beside = BESIDE.match(text)
    return len(text) if OVER.fullmatch(text) else beside.end() if beside else 0


def _keyed(held: Passage, found: list[re.Match[str]]) -> Iterator[Turn]:
    at, place = 0, held.start
    for talk, each in enumerate(found):
        start = place + held.size(at, each.start(2))
        place, at = start + held.size(*each.span(2)), each.end(2)
        if words := unescaped(each[2], "json"):
            yield Turn(start, place, words, "", "", None, talk)
