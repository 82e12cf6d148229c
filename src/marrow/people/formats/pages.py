"""Letters and diaries: who signs a letter has written all of it; a diary has a date over every entry.

Every paragraph is a turn. A letter's salutation is one too; the signature and the date are not, they say who and when.
A date without a year is of the year last named, in the file's note or over an earlier entry; one that counts by the
moon (二月廿六) stays open. Several letters or entries in a file are talks of their own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from marrow.people.formats.labels import bare, head
from marrow.people.formats.original import Line, Original, Reading
from marrow.people.formats.stamps import WRITTEN, written_day
from marrow.people.formats.stretched import EDGE, piece
from marrow.people.testimony import Turn

SHORT = r"(?:[一二三四五六七八九十]{1,3}|\d{1,2})月(?:[一二三四五六七八九十廿卅初]{1,3}|\d{1,2})[日号]?"
DATE = rf"(?:{WRITTEN}|{SHORT})"
SKY = r"(?:[\s,，。、·/]*(?:星期|周|週|礼拜)[一二三四五六日天])?(?:[\s,，]+(?!.*[。！？：:])[^\s]{1,9}){0,2}"
DAY = re.compile(rf"[\s【\[（(#*]*({DATE}){SKY}[\s】\])）*]*", re.IGNORECASE)
NOTE = re.compile(r"\s*[（(\[【].+[)）\]】]\s*")
CALLED = re.compile(r"\s*(?!.*[。！？；])((?:Dear|My dear|Dearest|亲爱的|親愛的|敬爱的|致)?\s?[^：:，,。！？\d]{1,24}?)"
                    r"\s*(?:[：:]|(?<=Dear)|[,，!！])\s*", re.IGNORECASE)
FOND = re.compile(r"\s*(?:Dear|My dear|Dearest|亲爱的|親愛的|敬爱的|致)", re.IGNORECASE)
SIGNED = re.compile(rf"\s*([^。！？：:；\d]{{1,24}}?)?\s*[,，]?\s*({DATE})?[\s夜晚晨早午]*", re.IGNORECASE)
CLOSING = re.compile(r"(?:\s+(?:手[書书]|亲笔|親筆|敬?上|字|草|谨上|謹上|启|啟)|(?<=[父母爸妈媽哥姐弟妹])[字上])$")
VALE = re.compile(r"(?:(?:with )?(?:all my )?love|yours.{0,20}|sincerely.{0,8}|your .{1,20}"
                  r"|敬礼|此致.{0,4}|[顺順]?祝.{1,8}|即[颂頌].{2})[,，！!。]?", re.IGNORECASE)
DIARY = re.compile(r"\s*(.{1,8}?)的?(?:日记|日記)")
MOST = 24  # characters of a signature


@dataclass(frozen=True)
class Page:
    """One letter: its paragraphs, who signs it, and when."""

    lines: list[Line]
    signer: str
    said: str
    to: str


def as_letter(original: Original) -> Reading | None:
    """One letter or several, each from a salutation to a signature."""
    said, taken = head(original.top.split("\n"))
    texts = [line for line in original.top.split("\n")[taken:] if line.strip() and not NOTE.fullmatch(line)]
    if not original.whole or not any(map(_called, texts[:3])):
        return None
    lines = list(original.lines())[taken:]
    starts = [number for number, line in enumerate(lines) if _called(line[1]) and _opens(lines, number)]
    if not starts:
        return None
    before = "\n".join(line[1] for line in lines[:starts[0]]).strip()
    about = written_day(said.get("date", "")) or written_day(before)
    pages = _filled([_page(lines[start:end], about) for start, end in pairwise([*starts, len(lines)])])
    if "witness" in said and "to" in said:  # the head says that it is a letter, and whose
        pages = [replace(page, signer=bare(said["witness"])) for page in pages]
    if not all(page.signer for page in pages):
        return None
    said = {"to": pages[0].to, "witness": pages[0].signer} | said | ({"note": before} if before else {})
    return Reading("letter", "letter", original.encoding, _letters(original, lines[:starts[0]], pages), "", said,
                   original.losses)


def _filled(pages: list[Page]) -> list[Page]:
    """Sheets with the signature that stands under the last of them; untouched where most have none."""
    signed = [page for page in pages if page.signer]
    if not signed or 2 * len(signed) < len(pages) or not pages[-1].signer:
        return pages
    for number in range(len(pages) - 2, -1, -1):
        if not pages[number].signer:
            pages[number] = replace(pages[number + 1], lines=pages[number].lines, to=pages[number].to)
    return pages


def as_diary(original: Original) -> Reading | None:
    """A diary: at least two lines that are a date and no more, or one at the top."""
    lines = [line for line in original.top.split("\n") if line.strip()]
    said, taken = head(lines)
    body = lines[taken:]
    days = sum(1 for line in body if DAY.fullmatch(line))
    if days < 2 and not (days and (DAY.fullmatch(body[0]) or DIARY.match(lines[0]))):
        return None
    titled = DIARY.match(lines[0])
    if titled and "witness" not in said:
        said |= {"title": lines[0].strip(), "witness": titled[1].strip()}
    return Reading("diary", "diary", original.encoding, _entries(original, bare(said.get("witness", ""))), "", said,
                   original.losses)


def full_day(text: str, year: str) -> str:
    """The day that a line names, of this year where it names none; "" or less than a day where it cannot be known."""
    found = re.search(WRITTEN, text, re.IGNORECASE)
    if found:
        return written_day(found[0])
    short = re.search(SHORT, text)
    if not short or not year or re.search("[廿卅初]", short[0]):
        return year
    return written_day(f"{_in_chinese(year)}{short[0]}" if not short[0][0].isdigit() else f"{year}年{short[0]}")


def _in_chinese(year: str) -> str:
    return "".join("〇一二三四五六七八九"[int(each)] for each in year) + "年"


def _called(text: str) -> re.Match[str] | None:
    """A line that greets whom the letter is for, and says no more."""
    found = CALLED.fullmatch(text)
    return found if found and (text.rstrip()[-1] in "：:" or FOND.match(text)) else None


def _opens(lines: list[Line], number: int) -> bool:
    """Whether a letter may begin here: at the top, or after a blank line, a date or a note."""
    before = lines[number - 1][1] if number else ""
    return not before.strip() or bool(NOTE.fullmatch(before) or DAY.fullmatch(before))


def _page(lines: list[Line], about: str) -> Page:
    """A letter out of its lines; nobody signs it where its end is like any other line.

    about    the date above the letter, as exact as it is
    """
    kept = [number for number, line in enumerate(lines) if line[1].strip(EDGE)]
    to, said, signer, last = _called(lines[0][1])[1].strip(), "", "", len(lines)
    while len(kept) > 2 and not signer:
        number = kept.pop()
        text = lines[number][1]
        signed = SIGNED.fullmatch(text) if len(text.strip(EDGE)) <= MOST + 20 else None
        above = lines[number - 1][1].strip()
        apart = not above or VALE.fullmatch(above) or text.startswith((" " * 4, "\u3000\u3000", "\t")) \
            or last < len(lines)
        if not signed or not (apart or signed[2]):
            break
        said, signer, last = said or signed[2] or "", (signed[1] or "").strip(EDGE), number
    if not signer:
        return Page(lines, "", about, to)
    day = full_day(said, about[:4])
    return Page(lines[:last], CLOSING.sub("", signer), max(day, about, key=len), to)


def _letters(original: Original, before: list[Line], pages: list[Page]) -> Iterator[Turn]:
    if stretch := piece(before, 0, original.encoding) if before else None:
        yield Turn(*stretch, aside="system")
    for talk, page in enumerate(pages):
        for line in page.lines:
            if stretch := piece([line], 0, original.encoding):
                yield Turn(*stretch, page.signer, page.said, None, talk)


def _entries(original: Original, writer: str) -> Iterator[Turn]:
    """Every paragraph of every day; what stands before the first day is nobody's words."""
    said, year, talk = "", "", -1
    for line in original.lines():
        if DAY.fullmatch(line[1]):
            said = full_day(line[1], year)
            year, talk = said[:4] or year, talk + 1
        elif stretch := piece([line], 0, original.encoding):
            yield Turn(*stretch, writer if talk >= 0 else "", said, None, max(talk, 0), "" if talk >= 0 else "system")
            year = year or (written_day(line[1])[:4] if talk < 0 else "")
