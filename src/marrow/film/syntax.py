"""film.toml as text: encodings, and slips of the hand that make it unreadable as TOML.

A slip is recognised by its cure: each repair rewrites one line; the first whose result lets the parser get further
names the mistake, and is what `marrow check --fix` writes.
"""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from marrow.errors import FilmError
from marrow.film.mistake import MistakeError

BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
WIDE = {"＝": "=", "，": ",", "、": ",", "［": "[", "］": "]", "【": "[", "】": "]", "｛": "{", "｝": "}", "＃": "#",
        "．": ".", "。": ".", "　": " ", "\u00a0": " ", "；": "", ";": "", "“": '"', "”": '"', "„": '"', "＂": '"',
        "「": '"', "」": '"', "『": '"', "』": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "＇": "'", "－": "-",
        "＋": "+", "＿": "_", "\u200b": "", "\ufeff": ""}
KIN = {mark: marks for marks in ("“”„＂", "「」", "『』", "«»", "‘’＇") for mark in marks}  # open and close each other
AFTER = re.compile(r"\s*(?:[,，、\]］】}｝#＃;；=＝:：]|$)")  # what stands after the end of a string
ANY_CLOSE = "”“」』’＂»"
MOST = 500  # slips mended in one go


@dataclass(frozen=True)
class Slip:
    """A slip and its cure: line and column from 1, the error's key, the line as it should be."""

    line: int
    column: int
    key: str
    better: str


def decode(content: bytes) -> tuple[str, str]:
    """Text and encoding: by its BOM, else UTF-8, else GB18030, as older Windows editors write Chinese.

    raises  FilmError  when it is no text at all
    """
    encodings = [name for mark, name in BOMS if content.startswith(mark)] or ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.replace("\r\n", "\n"), encoding
    raise FilmError("film.no_text")


def parse(text: str) -> dict:
    """TOML as tables; raises MistakeError naming the slip and its cure."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = first_slip(text, error)
        if found is not None:
            raise MistakeError(found.key, line=found.line, column=found.column, better=found.better.strip(),
                               mechanical=True) from error
        line, column = _place(error, text)
        key, facts = _other(str(error))
        raise MistakeError(key, line=line, column=column, **facts) from error


def mend(text: str) -> tuple[str, list[Slip]]:
    """Mend every slip that has a cure; the text is returned as far as it could be mended."""
    slips: list[Slip] = []
    while len(slips) < MOST:
        try:
            tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            found = first_slip(text, error)
            if found is None:
                break
            slips.append(found)
            lines = text.split("\n")
            lines[found.line - 1] = found.better
            text = "\n".join(lines)
            if found.key == "film.wide":
                text, more = _narrow_all(text)
                slips += more
        else:
            break
    return text, slips


def first_slip(text: str, error: Exception) -> Slip | None:
    """The repair that lets the parser get furthest beyond an error, the simplest where several do.

    What is said twice has no mechanical cure, apart from brackets that make a second [shot] of it.
    """
    lines = text.split("\n")
    stands = _reached(text)
    twice = _other(str(error))[0] == "film.duplicate"
    best: tuple[tuple[float, float], Slip] | None = None
    for key, line, better in _candidates(lines, _place(error, text)[0]):
        if better == lines[line - 1] or (twice and key != "film.header"):
            continue
        tried = "\n".join([*lines[: line - 1], better, *lines[line:]])
        reached = _reached(tried)
        if reached > stands and (best is None or reached > best[0]):
            best = reached, _slip(key, line, lines[line - 1], better)
    return best[1] if best else None


def _slip(key: str, line: int, stands: str, better: str) -> Slip:
    column = next((n for n, (a, b) in enumerate(zip(stands, better, strict=False), 1) if a != b),
                  min(len(stands), len(better)) + 1)
    return Slip(line, column, key, better)


def inside_strings(lines: list[str]) -> list[bool]:
    """For each line, whether it begins inside a string of several lines: its words are the director's own."""
    found, quote = [], ""
    for line in lines:
        found.append(bool(quote))
        end = line.find(quote) if quote else -3
        if quote and end < 0:
            continue
        quote = _left_open(line, end + 3)
    return found


def _left_open(line: str, position: int) -> str:
    """The triple quote that a line leaves open, reading from a position outside strings."""
    while position < len(line) and line[position] != "#":
        if line[position] not in "\"'":
            position += 1
            continue
        triple = line[position] * 3
        if line.startswith(triple, position) and line.find(triple, position + 3) < 0:
            return triple
        position = _string_end(line, position)
    return ""


def _narrow_all(text: str) -> tuple[str, list[Slip]]:
    """Where one line was typed full-width many are: every line that this alone makes readable, in one go."""
    lines, slips = text.split("\n"), []
    for number, inside in enumerate(inside_strings(lines)):
        better = lines[number] if inside else _narrow(lines[number])
        if better != lines[number] and not _readable(lines[number]) and _readable(better):
            slips.append(_slip("film.wide", number + 1, lines[number], better))
            lines[number] = better
    return "\n".join(lines), slips


def _readable(text: str) -> bool:
    return _reached(text)[0] == float("inf")


def _candidates(lines: list[str], at: int) -> Iterator[tuple[str, int, str]]:
    """(error key, line number, repaired line): the error's line first, then lines above it, for what is left open."""
    above = [number for number in range(at, max(0, at - 12), -1) if lines[number - 1].strip()]
    for number in above[:2]:
        for key, repair in REPAIRS:
            better = repair(lines[number - 1])
            yield key, number, better
            if better != lines[number - 1]:
                for second, another in REPAIRS:
                    best = another(better)
                    if best != better:
                        yield key if second == "film.bare_key" else second, number, best
    for number in above:
        for key, end in (("film.bracket", "]"), ("film.bracket", "}"), ("film.bracket", "}]"), ("film.quote", '"'),
                         ("film.quote", '" }'), ("film.comma", ",")):
            body, comment = _comment(lines[number - 1])
            yield key, number, body.rstrip() + end + (f"  {comment}" if comment else "")


def _reached(text: str) -> tuple[float, float]:
    """How far the parser gets: the line, and how little of it is left, so that added marks are no progress."""
    try:
        tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line, column = _place(error, text)
        return line, column - len(text.split("\n")[line - 1])
    return float("inf"), 0


def _place(error: Exception, text: str) -> tuple[int, int]:
    found = re.search(r"at line (\d+), column (\d+)", str(error))
    return (int(found[1]), int(found[2])) if found else (text.rstrip("\n").count("\n") + 1, 1)


def _other(message: str) -> tuple[str, dict]:
    if "overwrite" in message or "twice" in message or "mutate" in message:
        return "film.duplicate", {}
    if "end of document" in message or "Unterminated" in message:
        return "film.unclosed", {}
    return "film.syntax", {"message": message.partition(" (at")[0]}


# ---------------------------------------------------------------- repairs, one line each


def _narrow(line: str) -> str:
    """Full-width punctuation, digits and letters outside strings become plain ones; paired quotes stay a pair."""
    done, position = [], 0
    while position < len(line):
        mark = line[position]
        if mark in "\"'":
            end = _string_end(line, position)
            done.append(line[position:end])
            position = end
        elif mark in KIN:
            end = _wide_end(line, position)
            if end is None:
                done.append(WIDE[mark])
                position += 1
            else:
                quote = "'" if '"' in line[position + 1 : end] else '"'
                done.append(quote + line[position + 1 : end] + quote)
                position = end + 1
        elif mark == "#":
            return "".join(done) + line[position:]
        else:
            done.append(WIDE.get(mark) or (chr(ord(mark) - 0xFEE0) if "！" <= mark <= "～" else WIDE.get(mark, mark)))
            position += 1
    return "".join(done)


def _wide_end(line: str, start: int) -> int | None:
    """Where a wide quote closes: at the first of its kin, or plain one, that something ends after; else at its partner.

    Writing systems type “ ”, but also ” ” and “ “; what stands between is the director's and stays as it is.
    """
    kin, partner = KIN[line[start]], None
    for position in range(start + 1, len(line)):
        mark = line[position]
        if mark in kin + '"' and AFTER.match(line, position + 1):
            return position
        if mark in ANY_CLOSE and not line[position + 1 :].strip(" ,]}，"):
            return position
        if partner is None and mark in kin:
            partner = position
    return partner


def _string_end(line: str, start: int) -> int:
    """Just after a plain string that begins here; one that is left open ends with a wide quote or the line."""
    quote = line[start]
    if line.startswith(quote * 3, start):
        end = line.find(quote * 3, start + 3)
        return len(line) if end < 0 else end + 3
    position = start + 1
    while position < len(line):
        if line[position] == "\\" and quote == '"':
            position += 1
        elif line[position] == quote:
            return position + 1
        position += 1
    return len(line)


def _whole_value(line: str) -> str:
    """A value in wide quotes with more of them inside: the outer pair is the string's."""
    found = re.match(r"^(\s*[\w.\"-]+\s*[=＝]\s*)(\S)(.*)(\S)\s*$", line)
    if not found or found[2] not in KIN or found[4] not in KIN[found[2]]:
        return line
    quote = "'" if '"' in found[3] else '"'
    return found[1].replace("＝", "=") + quote + found[3] + quote


def slashed(line: str, column: int) -> str:
    """The line with plain slashes in the string that stands in a column, counted from 1."""
    start, end = column - 1, _string_end(line, column - 1)
    return line[:start] + re.sub(r"\\+", "/", line[start:end]) + line[end:]


def _closing_quote(line: str) -> str:
    """A string opened with a plain quote and closed with a wide one."""
    return re.sub(r"(\"[^\"]*?)[”“＂」』](?=\s*([,，\]}#]|$))", r'\1"', line)


def _bare_key(line: str) -> str:
    """Keys that are not plain ASCII need quotes, in headers too."""
    header = re.match(r"^(\s*\[\[?)([^\]\"']+)(\]\]?.*)$", line)
    if header:
        return header[1] + ".".join(quoted(part) for part in header[2].split(".")) + header[3]
    return re.sub(r"(^\s*|[{,]\s*)([^\s=\"'#{},\[\]]+(?:\s*\.\s*[^\s=\"'#{},\[\]]+)*)(\s*=)",
                  lambda m: m[1] + ".".join(quoted(part) for part in m[2].split(".")) + m[3], line)


def quoted(part: str) -> str:
    """A key as TOML wants it: in quotes unless it is of plain letters."""
    part = part.strip()
    return part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else f'"{part}"'


def _colon(line: str) -> str:
    return re.sub(r"^(\s*[\w.\"-]+)\s*[:：]\s*", r"\1 = ", line)


def _equals(line: str) -> str:
    return re.sub(r"^(\s*[\w.\"-]+\s*)(?:==+|:=|=>|≈)\s*", r"\1= ", line)


def _truth(line: str) -> str:
    words = {"True": "true", "False": "false", "TRUE": "true", "FALSE": "false", "yes": "true", "no": "false",
             "是": "true", "否": "false", "on": "true", "off": "false", "None": '""', "null": '""'}
    return re.sub(r"=(\s*)(True|False|TRUE|FALSE|yes|no|是|否|on|off|None|null)(?=\s*([,}\]#]|$))",
                  lambda m: f"={m[1]}{words[m[2]]}", line)


def _slashes(line: str) -> str:
    """Backslashes of a Windows path inside a string."""
    return re.sub(r"\"(?:[^\"\\]|\\.)*\"", lambda m: re.sub(r"\\+(?=[^\"])", "/", m[0]), line)


def _unquoted(line: str) -> str:
    """A value without quotes."""
    body, comment = _comment(line)
    found = re.match(r"^(\s*(?:[\w-]+|\"[^\"]*\")(?:\.[\w-]+)*\s*=\s*)(?=\S)([^\s\"'\[{].*?)[\"']?\s*$", body)
    if not found:
        return line
    return f'{found[1]}"{found[2].strip()}"' + (f"  {comment}" if comment else "")


def _unquoted_inside(line: str) -> str:
    """Values without quotes inside an array or an inline table."""
    return re.sub(r"([=\[,]\s*)([^\s\"'\[\]{},=#][^\"'\[\]{},=#]*?)(?=\s*[,\]}])",
                  lambda m: m[0] if re.fullmatch(r"[-+\d._]+|true|false|[\w.]+\s*=.*", m[2]) else f'{m[1]}"{m[2]}"',
                  line)


def _unopened(line: str) -> str:
    """A closing quote without an opening one."""
    return re.sub(r"(=\s*)([^\"'\s\[{][^\"']*\")", r'\1"\2', line)


def _commas(line: str) -> str:
    """A comma between two strings, tables or pairs."""
    done = re.sub(r"([\"}\]])(\s+)(?=[\"{\[])", r"\1,\2", line)
    return re.sub(r"([\"\d\w}])(\s+)(?=[\w-]+\s*=)", r"\1,\2", done) if "{" in line else done


def _last_comma(line: str) -> str:
    """A comma before a closing brace, or doubled, or at the end of a pair."""
    done = re.sub(r",\s*(?=\})", " ", re.sub(r",(\s*,)+", ",", line))
    return re.sub(r"^(\s*[\w.-]+\s*=\s*(?:\"[^\"]*\"|[\d.]+|true|false))\s*,\s*$", r"\1", done)


def _number(line: str) -> str:
    """Numbers as people write them: 6,5 or 06 or .5."""
    done = re.sub(r"=(\s*)0+(?=\d)", r"=\1", line)
    return re.sub(r"=(\s*)\.(?=\d)", r"=\g<1>0.", done)


def _header(line: str) -> str:
    """Brackets of a header that do not match."""
    return re.sub(r"^(\s*)\[{1,3}\s*(shot|sound)\s*\]{0,3}\s*$", r"\1[[\2]]", line)


def _one_bracket(line: str) -> str:
    """A header left open."""
    return re.sub(r"^(\s*\[[^\[\]]+)$", r"\1]", line)


def _slash_comment(line: str) -> str:
    return re.sub(r"^(\s*)(//|;|--)\s?", r"\1# ", line)


def _doubled_quotes(line: str) -> str:
    """A quote inside a string of the same quotes: the outer pair becomes single."""
    found = re.match(r"^(\s*[\w.\"-]+\s*=\s*)\"(.*)\"\s*$", line)
    return f"{found[1]}'{found[2]}'" if found and '"' in found[2] and "'" not in found[2] else line


def _comment(line: str) -> tuple[str, str]:
    """A line's content and its comment."""
    position = 0
    while position < len(line):
        if line[position] == "#":
            return line[:position], line[position:]
        position = _string_end(line, position) if line[position] in "\"'" else position + 1
    return line, ""


REPAIRS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("film.wide", _whole_value), ("film.wide", _narrow), ("film.wide", _closing_quote),
    ("film.bare_key", _bare_key), ("film.header", _header),
    ("film.header", _one_bracket), ("film.colon", _colon), ("film.equals", _equals), ("film.truth", _truth),
    ("film.slashes", _slashes), ("film.comma", _commas), ("film.comma", _last_comma), ("film.number", _number),
    ("film.comment", _slash_comment), ("film.quote", _unopened), ("film.quote", _unquoted),
    ("film.quote", _unquoted_inside), ("film.quote", _doubled_quotes),
)
