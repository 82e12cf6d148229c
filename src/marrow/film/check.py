"""`marrow check`: every mistake of a film.toml at once, and the mechanical ones mended."""

import os
import re
from pathlib import Path

from marrow.errors import FilmError
from marrow.film import syntax
from marrow.film.film import open_film
from marrow.film.mistake import MistakeError
from marrow.film.resolve import Resolver
from marrow.film.source import Source


def find(path: Path) -> list[FilmError]:
    """Every mistake in a film.toml, in all its versions, from top to bottom; none is raised."""
    try:
        source = Source(path)
    except FilmError as error:
        return [error]
    return _mistakes(source)


def _mistakes(source: Source) -> list[MistakeError]:
    """The mistakes of a source in all versions, from top to bottom."""
    film = open_film(source)
    for version in film.versions:
        Resolver(film, version).cut()
    once = {(each.line, each.column, each.key, str(sorted(each.facts.items()))): each for each in source.mistakes}
    return sorted(once.values(), key=lambda each: (each.line, each.column))


def mend(text: str) -> tuple[str, list[syntax.Slip]]:
    """Mend slips of the hand; words that only look like a key or a step are left to the director.

    Several [shot] are a duplicate to TOML, so their brackets come first.
    """
    text, headers = _headers(text)
    text, slips = syntax.mend(text)
    return text, [*headers, *slips]


def fix(path: Path) -> list[MistakeError]:
    """Mend a film.toml in place, written as UTF-8; the old file stays beside it as film.toml.bak.

    returns  what was mended, in words
    """
    content = path.read_bytes()
    text, encoding = syntax.decode(content)
    better, slips = mend(text)
    better, more = _paths(path, better)
    if better.encode() == content:
        return []
    backup = path.with_name(path.name + ".bak")
    backup.write_bytes(content)
    unfinished = path.with_name(path.name + ".new")
    unfinished.write_text(better, "utf-8", newline="\n")
    os.replace(unfinished, path)
    lines = text.split("\n")
    told = [*(_told(path, lines, slip) for slip in slips), *more]
    if encoding != "utf-8":
        told.append(MistakeError("film.encoding", file=str(path), encoding=encoding))
    return told


def _headers(text: str) -> tuple[str, list[syntax.Slip]]:
    slips = []
    lines = text.split("\n")
    for number, inside in enumerate(syntax.inside_strings(lines)):
        line = lines[number]
        better = line if inside else re.sub(r"^(\s*)[\[［【](shot|sound)[\]］】](\s*(#.*)?)$", r"\1[[\2]]\3", line)
        if better != line:
            slips.append(syntax.Slip(number + 1, 1, "film.header", better))
            lines[number] = better
    return "\n".join(lines), slips


def _paths(path: Path, text: str) -> tuple[str, list[MistakeError]]:
    """Windows paths that are TOML by accident: "\\new" is a line break and "ew", and only the film tells it is a path.

    returns  the text with plain slashes in them, and what was mended
    """
    try:
        found = [each for each in _mistakes(Source(path, text)) if each.key == "film.slashes"]
    except FilmError:
        return text, []
    lines = text.split("\n")
    for each in found:
        lines[each.line - 1] = syntax.slashed(lines[each.line - 1], each.column)
    return "\n".join(lines), found


def _told(path: Path, lines: list[str], slip: syntax.Slip) -> MistakeError:
    shown = lines[slip.line - 1] if slip.line <= len(lines) else ""
    return MistakeError(slip.key, file=str(path), line=slip.line, column=slip.column, shown=shown,
                        better=slip.better.strip(), mechanical=True)

