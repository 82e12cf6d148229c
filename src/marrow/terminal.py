"""What a person sees in the terminal: lines, tables that count Chinese characters as two, one moving progress line."""

import argparse
import json
import sys
import time
import unicodedata
from collections.abc import Sequence

Row = Sequence[object]


def tell(text: str = "") -> None:
    """One line for people."""
    sys.stdout.write(f"{text}\n")


def tell_json(**facts: object) -> None:
    """One line for programs."""
    sys.stdout.write(json.dumps(facts, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    """An error, on the error stream."""
    sys.stderr.write(f"{text}\n")


def width(text: str) -> int:
    """Columns a text takes in a terminal: wide characters take two, combining ones none."""
    wide = sum(unicodedata.east_asian_width(each) in "WF" for each in text)
    return len(text) + wide - sum(unicodedata.combining(each) > 0 for each in text)


def table(head: Row, rows: Sequence[Row]) -> str:
    """Columns aligned to the left, numbers to the right; empty without rows."""
    lines = [[str(each) for each in row] for row in (head, *rows)]
    widths = [max(width(line[column]) for line in lines) for column in range(len(head))]
    numeric = [bool(rows) and all(isinstance(row[column], int | float) for row in rows) for column in range(len(head))]
    done = []
    for line in lines:
        cells = [_pad(cell, widths[column], right=numeric[column]) for column, cell in enumerate(line)]
        done.append("  ".join(cells).rstrip())
    return "\n".join(done)


def clock(seconds: float) -> str:
    """Seconds as people say them: 0.8 s, 42 s, 3:07, 1:02:30."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


class Line:
    """One line that moves, where a person watches; silent in a pipe or a file."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._last, self._shown = 0.0, 0

    def show(self, text: str) -> None:
        """Replace the line's text, at most ten times a second."""
        if self._live and time.monotonic() - self._last >= 0.1:
            self._last = time.monotonic()
            blank = " " * max(0, self._shown - width(text))
            sys.stderr.write(f"\r{text}{blank}")
            sys.stderr.flush()
            self._shown = width(text)

    def clear(self) -> None:
        """Take the line away."""
        if self._live and self._shown:
            sys.stderr.write("\r" + " " * self._shown + "\r")
            self._shown = 0


class Parser(argparse.ArgumentParser):
    """argparse whose complaint about a missing or unknown argument is one of ours, in the user's language."""

    def error(self, message: str) -> None:  # type: ignore[override]
        """Raise InputError instead of leaving in English."""
        from marrow.errors import InputError

        raise InputError("cli.arguments", message=message, usage=self.format_usage().strip())


def _pad(text: str, columns: int, *, right: bool) -> str:
    blank = " " * (columns - width(text))
    return blank + text if right else text + blank
