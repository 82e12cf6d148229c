"""Stretches of a file: the bytes between two offsets, and the words that they spell.

Every reader of testimony gives offsets and words; here alone is said how the second follow from the first, so that
anybody can check that what is quoted stands in the original.

    ""       as it stands
    "json"   a whole JSON string, quotes and all; a whole JSON list, whose strings and "text" entries follow one another
             (Telegram); or part of the inside of a JSON string
    "csv"    a whole field: where it is in quotes they go, and doubled quotes are single
    "html"   without tags, comments and the marks of subtitles, entities spelled out. A line break in the file is a
             space, or nothing between two Chinese characters; <br> is a line break

In all of them CRLF and CR become a line feed, and bytes that are no letters stand as \\xNN.
"""

import json
import re
from codecs import register_error

from marrow.errors import InputError
from marrow.people.testimony import Escape

WIDE = "\u2e80-\u303f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\u2014\u2018-\u201d\u2026"
BETWEEN = re.compile(rf"(?<=[{WIDE}])[ \t\f]*\n[ \t\f\n]*(?=[{WIDE}])")
BLANK = re.compile(r"[ \t\f\n]+")
BREAK = re.compile(r" ?<br\s{0,9}/?> ?", re.IGNORECASE)
TAG = re.compile(r"<!--(?:(?!-->|<!--).)*-->|</?[A-Za-z!?][^<>]*>|<[\d:.]+>|\{\\[^{}]*\}", re.DOTALL)
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]\w{1,31});")
LONE = re.compile("[\ud800-\udfff]")
LOADED = json.JSONDecoder(strict=False)


def _kept(error: UnicodeError) -> tuple[str, int]:
    """Keep one broken byte and go on with the next, so that a piece reads as it does within the whole."""
    return f"\\x{error.object[error.start]:02x}", error.start + 1


KEPT = "marrow.kept"
register_error(KEPT, _kept)


def words(original: bytes, start: int, end: int, encoding: str, escape: Escape = "") -> str:
    """What the bytes between two offsets say.

    original   the whole file, byte for byte
    encoding   Python's name, as the transcript has it
    escape     how words are written there, see above
    raises     InputError  between the offsets stands nothing that is written so
    test       for every turn of every reader: words(file, turn.start, turn.end, …) == turn.text
    """
    return unescaped(decoded(original[start:end], encoding), escape)


def decoded(content: bytes, encoding: str) -> str:
    """Bytes as text; what is no letter is kept as a lone surrogate or as \\xNN, never dropped."""
    if encoding.startswith("utf-16"):
        odd = len(content) % 2
        whole = content[:len(content) - odd].decode(encoding, "surrogatepass")
        return whole + "".join(f"\\x{each:02x}" for each in content[len(content) - odd:])
    if encoding in ("utf-8", "utf-8-sig"):
        return content.decode("utf-8", "surrogateescape")
    return content.decode(encoding, KEPT)


def unescaped(text: str, escape: Escape) -> str:
    """The words that a piece of a file spells; raises as `words`."""
    if escape == "json":
        text = _of_json(text)
    elif escape == "csv":
        text = text[1:-1].replace('""', '"') if len(text) > 1 and text[0] == text[-1] == '"' else text
    return tidy(_of_html(tidy(text))) if escape == "html" else tidy(text)


def tidy(text: str) -> str:
    """Text with line feeds for all line breaks and without lone surrogates."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.isascii() else spelled(text)


def spelled(text: str) -> str:
    """Text that can be stored: lone surrogates as \\xNN and \\uNNNN."""
    return LONE.sub(lambda found: f"\\x{ord(found[0]) - 0xDC00:02x}" if "\udc80" <= found[0] <= "\udcff"
                    else f"\\u{ord(found[0]):04x}", text)


def joined(value: object) -> str:
    """The words of a JSON value: a string, or a list of strings and of objects that hold "text"."""
    if isinstance(value, str):
        return value
    parts = value if isinstance(value, list) else []
    texts = [each if isinstance(each, str) else each.get("text") if isinstance(each, dict) else "" for each in parts]
    return "".join(each for each in texts if isinstance(each, str))


def _of_json(text: str) -> str:
    try:
        if text[:1] == '"':
            return LOADED.decode(text)
        if text[:1] == "[" and '"' in text.replace('\\"', ""):
            return joined(LOADED.decode(text))
        return LOADED.decode(f'"{text}"')
    except (ValueError, RecursionError) as error:
        raise InputError("people.stretch", text=text[:40]) from error


def _of_html(text: str) -> str:
    from html import unescape

    text = BLANK.sub(" ", BETWEEN.sub("", text)) if "\n" in text or "\t" in text or "  " in text else text
    if "<" in text or "{" in text:
        text = TAG.sub("", BREAK.sub("\n", text))
        text = re.sub(" {2,}", " ", text)
    if "&" in text:
        text = ENTITY.sub(lambda found: unescape(found[0]), text)
    return text.strip(" \n")
