"""A file of testimony while it is read: its bytes, its lines, and what could not be read of it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from marrow.contents import Remark
from marrow.errors import InputError, LimitError
from marrow.people.formats.letters import letters
from marrow.people.formats.stretches import decoded, spelled
from marrow.people.testimony import Escape, Form, Transcript, Turn

BLOCK = 1 << 21           # bytes read at a time
LONGEST = 64_000_000      # bytes of one line
LARGEST = 400_000_000     # bytes of a file that is held whole
TOP = 200_000             # bytes by which a dialect is told
HANDLERS = {"utf-8": "surrogateescape", "utf-16-le": "surrogatepass", "utf-16-be": "surrogatepass"}
BREAKS = {"utf-16-le": b"\n\0", "utf-16-be": b"\0\n"}
ENDED = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")

Line = tuple[int, str, bytes]  # its first byte in the file, its text, its bytes: both without the line break


class Losses:
    """What could not be read: of every kind the first line, and how often."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, object]] = {}

    def note(self, key: str, line: int = 0, **facts: object) -> None:
        """One more of a kind; `key` names a sentence `remark.people.<key>`."""
        kept = self.found.setdefault(key, {"line": line, "count": 0, **facts})
        kept["count"] += 1

    def remarks(self) -> tuple[Remark, ...]:
        """Each kind as one sentence, in the order in which they were met."""
        return tuple(Remark(f"people.{key}", facts) for key, facts in self.found.items())


@dataclass
class Reading:
    """A transcript whose turns come one by one, so that a large one need not fit in memory.

    turns     to be gone through once; `losses` is complete when it has ended
    others    as in `Transcript`
    """

    form: Form
    dialect: str
    encoding: str
    turns: Iterator[Turn]
    escape: Escape = ""
    head: Mapping[str, str] = field(default_factory=dict)
    losses: Losses = field(default_factory=Losses)

    def whole(self) -> Transcript:
        """Everything at once."""
        turns = tuple(self.turns)
        return Transcript(self.form, self.dialect, self.encoding, turns, self.escape, dict(self.head),
                          self.losses.remarks())


@dataclass
class Original:
    """A file, never written to.

    encoding   Python's name; "utf-8-sig" where the file starts with a mark, utf-16 with its byte order
    mark       how many bytes that mark takes
    top        its first lines, by which its dialect is told
    whole      whether these are all its lines
    """

    path: Path
    encoding: str
    mark: int
    top: str = ""
    whole: bool = True
    losses: Losses = field(default_factory=Losses)

    @property
    def end(self) -> int:
        """The byte after the last that can be read: half a letter of UTF-16 at the end is none."""
        length = self.path.stat().st_size
        return length - (length - self.mark) % 2 if self.encoding.startswith("utf-16") else length

    def lines(self, telling: bool = True) -> Iterator[Line]:
        """Every line with its place in the file; broken bytes are told of where `telling`.

        raises    LimitError  a line that does not end
        """
        number = 0
        for start, block in self._blocks():
            kept, raws, texts = _parted(block, self.encoding)
            if telling:
                for each in _broken(block, self.encoding):
                    self.losses.note("broken", number + each + 1, encoding=self.encoding)
            number += len(kept)
            for line, raw, text in zip(kept, raws, texts, strict=True):
                yield start, text, raw
                start += len(line)

    def passages(self, telling: bool = True) -> Iterator["Passage"]:
        """The file in pieces of whole lines, each as one text; broken bytes are told of. Raises as `lines`."""
        number = 0
        for start, block in self._blocks():
            for each in _broken(block, self.encoding) if telling else ():
                self.losses.note("broken", number + each + 1, encoding=self.encoding)
            number += block.count(BREAKS.get(self.encoding, b"\n"))
            yield passage(start, block, self.encoding)

    def content(self) -> bytes:
        """The whole file.

        raises    LimitError  larger than memory
        """
        size = self.path.stat().st_size
        if size > LARGEST:
            raise LimitError("people.large", path=self.path, size=f"{size / 1e6:.0f}", most=f"{LARGEST / 1e6:.0f}")
        return self.path.read_bytes()[:self.end]

    def _blocks(self) -> Iterator[tuple[int, bytes]]:
        """Pieces of the file that end where a line ends."""
        start, rest, end = self.mark, b"", self.end
        with open(self.path, "rb") as file:
            file.seek(start)
            while more := file.read(min(BLOCK, end - file.tell())):
                content = rest + more
                cut = _cut(content, self.encoding)
                if len(content) - cut > LONGEST:
                    raise LimitError("people.line", path=self.path, most=LONGEST // 1_000_000)
                if cut:
                    yield start, content[:cut]
                start, rest = start + cut, content[cut:]
        if rest:
            yield start, rest


@dataclass
class Passage:
    """A piece of a file as text, with the places of its characters.

    start    its first byte in the file
    steps    bytes of each character, where they do not follow from the encoding alone; else None
    """

    start: int
    text: str
    encoding: str
    steps: list[int] | None = None

    def size(self, first: int, last: int) -> int:
        """How many bytes the characters from first to last take."""
        return size(self.text[first:last], self.encoding) if self.steps is None else sum(self.steps[first:last])

    def after(self, index: int, more: "Passage | None" = None) -> "Passage":
        """What stands from a character on, with the passage that follows."""
        start = self.start + self.size(0, index)
        if more is None or (self.steps is None and more.steps is None):
            steps = self.steps and self.steps[index:]
            return Passage(start, self.text[index:] + (more.text if more else ""), self.encoding, steps)
        return Passage(start, self.text[index:] + more.text, self.encoding, self.stepped()[index:] + more.stepped())

    def stepped(self) -> list[int]:
        """The bytes of each character."""
        return self.steps if self.steps is not None else [size(each, self.encoding) for each in self.text]


def passage(start: int, block: bytes, encoding: str) -> Passage:
    """Bytes as text whose places are known, whatever is broken in them."""
    encoding = "utf-8" if encoding == "utf-8-sig" else encoding
    text = decoded(block, encoding)
    if encoding in HANDLERS or text.encode(encoding, "backslashreplace") == block:
        return Passage(start, text, encoding)
    at, made, steps = 0, [], []
    while at < len(block):  # broken bytes, or letters that have two codes
        count = _width(block, at, encoding)
        letters_ = decoded(block[at:at + count], encoding)
        if letters_[:2] == "\\x":
            letters_, count = letters_[:4], 1
        made.append(letters_)
        steps += [count] + [0] * (len(letters_) - 1)
        at += count
    return Passage(start, "".join(made), encoding, steps)


def _width(block: bytes, at: int, encoding: str) -> int:
    """How many bytes a letter of GB18030, Big5 or Windows-1252 has that begins here."""
    if block[at] < 0x80 or encoding == "cp1252":
        return 1
    return 4 if encoding == "gb18030" and 0x30 <= block[at + 1:at + 2][:1].ljust(1)[0] <= 0x39 else 2


def size(text: str, encoding: str) -> int:
    """How many bytes a piece of text takes."""
    if text.isascii() and not encoding.startswith("utf-16"):
        return len(text)
    return len(text.encode(encoding, HANDLERS.get(encoding, "strict")))


def open_original(path: Path) -> Original:
    """Find out what a file is written in, and hold its top.

    raises    InputError  empty, or no text
    """
    if not path.stat().st_size:
        raise InputError("file.empty", path=path)
    encoding, mark = letters(path)
    with open(path, "rb") as file:
        top = file.read(TOP + mark)[mark:]
    whole = len(top) < TOP
    cut = len(top) if whole else _cut(top, encoding) or len(top)
    text = decoded(top[:cut], encoding).replace("\r\n", "\n").replace("\r", "\n")
    return Original(path, encoding, mark, spelled(text), whole)


def at(raw: bytes, text: str, index: int, encoding: str) -> int:
    """How many bytes of a line come before a character of its text."""
    if not index:
        return 0
    encoding = "utf-8" if encoding == "utf-8-sig" else encoding
    before = text[:index].encode(encoding, "replace")
    if raw.startswith(before):
        return len(before)
    for count in range(min(len(raw), 4 * index) + 1):  # broken bytes, or letters that have two codes
        if spelled(decoded(raw[:count], encoding)) == text[:index]:
            return count
    return 0


def _cut(content: bytes, encoding: str) -> int:
    """Where the last whole line of a piece ends."""
    if not encoding.startswith("utf-16"):
        return content.rfind(b"\n") + 1 or content.rfind(b"\r", 0, -1) + 1
    mark = BREAKS[encoding]
    found = content.rfind(mark)
    while found > 0 and found % 2:
        found = content.rfind(mark, 0, found + 1)
    return found + 2 if found >= 0 and found % 2 == 0 else 0


def _parted(block: bytes, encoding: str) -> tuple[list[bytes], list[bytes], list[str]]:
    """The lines of a piece: their bytes with the line break and without, and their text."""
    if encoding.startswith("utf-16"):
        lines = ENDED.findall(decoded(block, encoding))
        kept = [line.encode(encoding, "surrogatepass") for line in lines]
        lines = [line.rstrip("\r\n") for line in lines]
        raws = [line.encode(encoding, "surrogatepass") for line in lines]
        return kept, raws, [spelled(line) for line in lines]
    kept, raws = block.splitlines(keepends=True), block.splitlines()
    try:
        text = block.decode("utf-8" if encoding == "utf-8-sig" else encoding)
    except UnicodeDecodeError:
        return kept, raws, [spelled(decoded(raw, encoding)) for raw in raws]
    texts = (text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text).split("\n")
    return kept, raws, texts[:len(raws)]


def _broken(block: bytes, encoding: str) -> list[int]:
    """Which lines of a piece hold bytes that are no letters."""
    try:
        block.decode(encoding)
    except UnicodeDecodeError:
        return [number for number, raw in enumerate(_parted(block, encoding)[1]) if not _sound(raw, encoding)]
    return []


def _sound(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
