"""Characters that are written as escapes: \\u5988 in JSON, %E5%A6%88 in addresses, &#22920; in pages."""

import re
from collections.abc import Sequence

SPELLED = re.compile(r"\\u[0-9a-fA-F]{4}|(?:%[0-9a-fA-F]{2})+|&#(?:\d{1,7}|[xX][0-9a-fA-F]{1,6});")
FILLERS = {1: "_", 2: "¤", 3: "█", 4: "🂠"}  # what stands in place of a character, by its bytes of UTF-8
BESIDE, WORTH = 40, 9                       # characters between two escapes; those of a Chinese one
CHAR = 0x110000                             # how many code points there are


def near(text: str) -> list[list[int]]:
    """Stretches of a text that have escapes in them: at least two close together, and what stands around them."""
    found: list[list[int]] = []
    for each in SPELLED.finditer(text):
        if found and each.start() - found[-1][1] < BESIDE:
            found[-1][1:] = [each.end(), found[-1][2] + each.end() - each.start()]
        else:
            found.append([each.start(), each.end(), each.end() - each.start()])
    return [[max(0, first - BESIDE // 2), last + BESIDE // 2] for first, last, length in found if length >= WORTH]


def spelled_out(text: str) -> tuple[str, list[tuple[int, int]]]:
    """A text with its escapes spelled out, and where each character stands in it."""
    parts, spans, done = [], [], 0
    for found in SPELLED.finditer(text):
        plain = text[done:found.start()]
        parts.append(plain)
        spans += zip(range(done, found.start()), range(done + 1, found.start() + 1), strict=True)
        for letter, length in _letters_of(found[0]):
            start = spans[-1][1] if spans and spans[-1][1] >= found.start() else found.start()
            parts.append(letter)
            spans.append((start, start + length))
        done = found.end()
    parts.append(text[done:])
    spans += zip(range(done, len(text)), range(done + 1, len(text) + 1), strict=True)
    return "".join(parts), spans


def _letters_of(escape: str) -> Sequence[tuple[str, int]]:
    """What an escape spells, each character with the length of its part of the escape."""
    if escape.startswith("\\u"):
        return [(chr(int(escape[2:], 16)), len(escape))]
    if escape.startswith("&"):
        point = int(escape[3:-1], 16) if escape[2] in "xX" else int(escape[2:-1])
        return [(chr(point) if point < CHAR else " ", len(escape))]
    spelled = bytes.fromhex(escape.replace("%", "")).decode("utf-8", "surrogateescape")
    return [(each, 3 * len(each.encode("utf-8", "surrogateescape"))) for each in spelled]


def filler(written: str) -> str:
    """What stands in place of one character, however it was written, of the same length."""
    if written.startswith("\\u") and len(written) == 6:
        return "\\u2588"
    if written.startswith("%") and len(written) % 3 == 0:
        return "".join(f"%{each:02X}" for each in FILLERS.get(len(written) // 3, "_").encode())
    return "_" * len(written) if len(written) > 1 else FILLERS[len(written.encode("utf-8", "surrogatepass"))]
