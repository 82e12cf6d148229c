"""Interviews as plain text: with labels in any usual form, with names and times on lines of their own, or with none.

A file without labels is what its witness says, every line an utterance. Blank lines part turns: what comes after one
and has no label is another turn of the same speaker, or of the witness where the file's head names one whose label
never comes. A line of dots alone is a gap: something was left out there.
"""

import re
from collections.abc import Iterator

from marrow.people.formats.labels import bare, fits, head, speakers
from marrow.people.formats.original import Line, Original, Reading
from marrow.people.formats.stamps import GAP, seconds, written_day
from marrow.people.formats.stretched import Head, closed, piece, stretched
from marrow.people.testimony import Turn

DOTS = re.compile(r"[\s.…·。⋯\-—*＊~]{2,}|[（(\[]?(?:略|此处略|省略)[）)\]]?")
WHO = r"[^\s:：，。！？,!?][^:：，。！？!?\n]{0,30}?"
TIME = r"(?:\d{1,2}[:：])?\d{1,2}[:：]\d{2}(?:[.,]\d{1,3})?"
TIMED = re.compile(rf"^{GAP}*(?:({WHO})(?:{GAP}|[(（\[])+({TIME})[)）\]]?|[(（\[]?({TIME})[)）\]]?{GAP}+({WHO}))"
                   rf"{GAP}*[:：]?{GAP}*$", re.MULTILINE)
TIMED_SHARE = 0.12  # of the lines that have letters; such exports have short paragraphs under every name


def as_timed(original: Original) -> Reading | None:
    """What recognisers of speech export: a name with a time on one line, the words on the next ones."""
    lines = original.top.split("\n")
    said, taken = head(lines)
    body = [line for line in lines[taken:] if line.strip()]
    timed = [line for line in body if TIMED.fullmatch(line)]
    names = {(found[1] or found[4]).strip() for found in map(TIMED.fullmatch, timed)}
    if len(timed) < max(2, TIMED_SHARE * len(body)) and not (timed and timed[0] is body[0]):
        return None
    if (len(timed) == 1 and len(body) < 2) or len(names) > max(2, len(timed) // 2 + 1):
        return None
    day = written_day(said.get("date", ""))

    def heads(found: re.Match[str]) -> Head:
        moment = seconds(found[2] or found[3])
        return Head(found.end(), (found[1] or found[4]).strip(), day, (moment, moment))

    turns = until_next(stretched(original, heads, TIMED, taken))
    return Reading("interview", "timed", original.encoding, turns, "", said, original.losses)


def as_plain(original: Original) -> Reading:
    """Any other text: labelled, or the witness's words line by line."""
    lines = original.top.split("\n")
    said, taken = head(lines)
    known = [bare(said[key]) for key in ("witness", "recorder") if key in said]
    known += [said[key] for key in ("witness", "recorder") if key in said]
    names = speakers(lines[taken:], [*known, "讲述人", "记录人"])
    dialect = "labelled" if names else "plain"
    turns = _spoken(original, taken, names, said)
    return Reading("interview", dialect, original.encoding, turns, "", said, original.losses)


def until_next(turns: Iterator[Turn]) -> Iterator[Turn]:
    """Turns whose time is only a beginning, each lasting until the next begins."""
    from dataclasses import replace

    held = None
    for turn in turns:
        if held is not None and held.at and turn.at:
            held = replace(held, at=(held.at[0], max(held.at[0], turn.at[0])))
        if held is not None:
            yield held
        held = turn
    if held is not None:
        yield held


def _after(original: Original, count: int) -> Iterator[Line]:
    """The lines after the head."""
    for number, line in enumerate(original.lines()):
        if number >= count:
            yield line


def _spoken(original: Original, taken: int, names: frozenset[str], said: dict[str, str]) -> Iterator[Turn]:
    """The turns of a file with or without labels."""
    label, encoding = fits(names), original.encoding
    day, witness = written_day(said.get("date", "")), bare(said.get("witness", ""))
    alone = bool(witness) and not names & {witness, said["witness"], "讲述人"}
    now, held = Head(0, witness, day), []
    for line in _after(original, taken):
        text = line[1]
        found = label(text) if names else None
        gap, blank = bool(DOTS.fullmatch(text.strip())), not text.strip()
        if held and (found or gap or blank or not names or (alone and now.speaker != witness)):
            yield from filter(None, [closed(held, now, 0, encoding)])
            now, held = Head(0, witness if alone else now.speaker, day), []
        if found:
            now = Head(found[0], found[1], day, _moment(found[2]))
        elif gap and not blank:
            first, last, dots = piece([line], 0, encoding)
            yield Turn(first, last, dots, "", day, None, 0, "system")
            continue
        if not blank:
            held.append(line)
    yield from filter(None, [closed(held, now, 0, encoding)] if held else [])


def _moment(time: str) -> tuple[float, float] | None:
    return (seconds(time), seconds(time)) if re.fullmatch(r"[\d:：]+", time) else None
