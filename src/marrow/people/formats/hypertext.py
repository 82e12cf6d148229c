"""Interviews as HTML: a paragraph is a turn, its speaker in <strong> or <b> with a colon, or named by a label.

A paragraph without a speaker goes on for the one before it, within its section. Headings, and what is set in bold as a
whole (END OF TAPE), are nobody's words.
"""

import re
from collections.abc import Iterator

from marrow.people.formats.labels import Finder, fits, speakers
from marrow.people.formats.original import Original, Passage, Reading, passage
from marrow.people.formats.stamps import written_day
from marrow.people.formats.stretches import unescaped
from marrow.people.testimony import Turn

TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})\b[^<>]*>")
BLOCKS = frozenset("p div li dd dt h1 h2 h3 h4 h5 h6 tr td th blockquote section article header footer nav aside main "
                   "body html head title ul ol dl table pre figure figcaption form hr".split())
SECTIONS = frozenset("section article header footer nav aside main body table".split())
HEADINGS = frozenset("h1 h2 h3 h4 h5 h6 title".split())
HIDDEN = frozenset("script style template noscript".split())
NAMED = re.compile(r"\s*<(strong|b|em|i|span)\b[^<>]*>\s*([^<>:：]{1,60}?)\s*([:：]?)\s*</\1>\s*([:：]?)",
                   re.IGNORECASE)
WHOLLY = re.compile(r"\s*(?:<(strong|b)\b[^<>]*>(?:(?!</\1>).)*</\1>|\[[^\]]*\])\s*", re.IGNORECASE | re.DOTALL)
START = re.compile(r"\s*<(?:!doctype\s+html|html|head|body|p\b|div\b|section\b|meta\b|h[1-6]\b|!--)",
                   re.IGNORECASE)
YEAR = re.compile(r"\b(?:1[89]|20)\d\d$")

Block = tuple[str, int, int, bool]  # its tag, its first and last character, whether a section ended before it


def as_hypertext(original: Original) -> Reading | None:
    """A page of the web, or part of one."""
    if not START.match(original.top.lstrip("\ufeff")):
        return None
    held = passage(original.mark, original.content()[original.mark:], original.encoding)
    text = held.text
    blocks = list(_blocks(text))
    head = {}
    for tag, first, last, _ in blocks:
        words = unescaped(text[first:last], "html")
        if tag in ("h1", "h2", "h3") and "title" not in head:
            head["title"] = words
        elif tag in HEADINGS and "date" not in head and _dated(words):
            head["date"] = words
    return Reading("interview", "html", original.encoding, _turns(held, blocks, head), "html", head,
                   original.losses)


def _blocks(text: str) -> Iterator[Block]:
    """What stands between the tags that part paragraphs, where it holds words."""
    begun, tag, ended = 0, "", True
    for name, closing, first, last in _tags(text):
        if unescaped(text[begun:first], "html"):
            yield tag, begun, first, ended
            ended = False
        begun, tag, ended = last, "" if closing else name, ended or name in SECTIONS
    if unescaped(text[begun:], "html"):
        yield tag, begun, len(text), ended


def _tags(text: str) -> Iterator[tuple[str, bool, int, int]]:
    """The tags that part paragraphs: name, whether it closes, first character and the one after its last."""
    at = 0
    while (at := text.find("<", at)) >= 0:
        if text.startswith("<!--", at):
            end = text.find("-->", at)
            at = end + 3 if end >= 0 else len(text)
            continue
        found = TAG.match(text, at)
        name = found[2].lower() if found else ""
        end = found.end() if found else at + 1
        if name in HIDDEN and not found[1]:
            close = re.compile(rf"</{name}\b[^<>]*>", re.IGNORECASE).search(text, end)
            end = close.end() if close else len(text)
        if name in BLOCKS or name in HIDDEN:
            yield name, bool(found[1]), at, end
        at = end


def _turns(held: Passage, blocks: list[Block], head: dict[str, str]) -> Iterator[Turn]:
    text = held.text
    find = fits(speakers(unescaped(text[first:last], "html") for tag, first, last, _ in blocks if tag not in HEADINGS))
    day, speaker, at, place = _dated(head.get("date", "")), "", 0, held.start
    for tag, first, last, ended in blocks:
        speaker = "" if ended else speaker
        inner = text[first:last]
        name, index = _speaker(inner, find)
        aside = "system" if tag in HEADINGS or (not name and WHOLLY.fullmatch(inner)) else ""
        speaker = name or speaker
        first, last = first + index, last - (len(inner) - len(inner.rstrip()))
        first += len(text[first:last]) - len(text[first:last].lstrip())
        words = unescaped(text[first:last], "html")
        if words:
            start = place + held.size(at, first)
            place = start + held.size(first, last)
            at = last
            yield Turn(start, place, words, "" if aside else speaker, day, None, 0, aside)


def _dated(heading: str) -> str:
    """The date of a heading, or the year that it ends with."""
    year = YEAR.search(heading)
    return written_day(heading) or (year[0] if year else "")


def _speaker(inner: str, find: Finder) -> tuple[str, int]:
    """Who a paragraph says that it is spoken by, and where the words begin."""
    named = NAMED.match(inner)
    if named and (named[3] or named[4]):
        return unescaped(named[2], "html"), named.end()
    found = find(inner)
    return (found[1], found[0]) if found else ("", 0)
