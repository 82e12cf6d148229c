"""Names in the letters that motion files are written in: Unicode, GB18030, Shift-JIS, the West's Windows-1252."""

from collections.abc import Iterable


def decoded(content: bytes) -> str:
    """Bytes as text: UTF-8, else whichever of Shift-JIS and GB18030 reads as words rather than as rare signs.

    test      左腕 センター in Shift-JIS, 左臂 髋 in GB18030 and Hüfte in Windows-1252 come out as they went in
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        usual = {encoding: _usual(content, encoding) for encoding in ("gb18030", "cp932")}
        best = max(usual, key=lambda encoding: usual[encoding])
        return content.decode(best) if usual[best] > 0 else content.decode("cp1252", "replace")


def narrowed(content: bytes) -> bytes:
    """The same text in UTF-8 where it is UTF-16, with a mark or without."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace").encode()
    if content[1:2] == b"\0" and content[:1].isascii():
        return content.decode("utf-16-le", "replace").encode()
    return content


def different(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Names made different from each other and those taken: the second "arm" becomes "arm_2", an empty one "joint"."""
    taken, made = dict.fromkeys(taken, 1), []
    for name in names:
        name = first = name or "joint"
        while name in taken:
            taken[first] += 1
            name = f"{first}_{taken[first]}"
        taken[name] = 1
        made.append(name)
    return made


def _usual(content: bytes, encoding: str) -> float:
    """The share of letters beyond ASCII that people of that encoding use daily; 0 where it cannot be read."""
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return 0.0
    beyond = [letter for letter in text if not letter.isascii()]
    return sum(_daily(letter, encoding) for letter in beyond) / max(len(beyond), 1)


def _daily(letter: str, encoding: str) -> bool:
    """Kana and the first level of kanji; the characters of GB 2312."""
    code = letter.encode(encoding)
    if encoding == "cp932":
        return "\u3040" <= letter <= "\u30ff" or (b"\x88\x9f" <= code <= b"\x98\x72" and len(code) == 2)
    return len(code) == 2 and 0xB0 <= code[0] <= 0xF7 and code[1] >= 0xA1
