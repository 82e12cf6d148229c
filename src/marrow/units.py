"""Units, ranges and spellings that live in the type of a setting, so that they are declared once.

A step writes `length: Seconds = 4.0`; film.toml may then say `length = 6`, `"6s"` or `"500ms"`, and the form,
the command line and the cache key all know.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

NTSC = {"23.976": "24000/1001", "23.98": "24000/1001", "29.97": "30000/1001", "47.952": "48000/1001",
        "59.94": "60000/1001", "119.88": "120000/1001"}


@dataclass(frozen=True)
class Bound:
    """Least and greatest value, and the unit to show beside a slider."""

    low: float
    high: float
    unit: str = ""


@dataclass(frozen=True)
class Spelling:
    """How a setting that is more than a number is written: `read` raises ValueError on anything else."""

    read: Callable[[object], object]
    example: str


@dataclass(frozen=True)
class Uses:
    """A setting that chooses an engine of one task: `engine: Annotated[str, Uses("voice.speak")] = "espeak"`.

    Written as a name, or `name:path` where the engine wants a file of the user's (weights, a workflow).
    """

    task: str


@dataclass(frozen=True)
class Data:
    """A setting that names a file shaping the result (a font, say): hashed by content, never by path.

    An empty setting means the one that comes with Marrow, which `built_in` locates without importing much.
    """

    built_in: Callable[[], object]


@dataclass(frozen=True)
class Chance:
    """Marks the seed of a step that rolls dice: `marrow again` gives it another roll."""


def seconds(value: object) -> float:
    """6, "6", "6s", "1.5 s", "500ms", "1:30" or "00:01:30" as seconds."""
    if isinstance(value, bool):
        raise ValueError(value)
    text = str(value).strip().lower().replace(" ", "")
    clock = re.fullmatch(r"(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)", text)
    if clock:
        hours, minutes, rest = clock.groups()
        return float(int(hours or 0) * 3600 + int(minutes) * 60 + float(rest))
    number = re.fullmatch(r"(-?\d+(?:\.\d+)?(?:e-?\d+)?)(s|ms|min|秒|毫秒|分钟|分)?", text)
    if not number:
        raise ValueError(value)
    scale = {"ms": 0.001, "毫秒": 0.001, "min": 60, "分": 60, "分钟": 60}.get(number[2] or "s", 1)
    return float(number[1]) * scale


def rate(value: object) -> Fraction:
    """24, "24000/1001", "23.976" or 29.97 as an exact rate; the decimal names of NTSC rates mean n·1000/1001."""
    text = NTSC.get(str(value).strip().removesuffix("fps").strip(), str(value).strip().removesuffix("fps").strip())
    exact = Fraction(text) if not isinstance(value, bool) else Fraction(0)
    if not 1 <= exact <= 1000 or exact.denominator > 1001:
        raise ValueError(value)
    return exact


def size(value: object) -> tuple[int, int]:
    """ "1280x720", "1280×720" or [1280, 720] as (width, height): even numbers of 16 to 8192 pixels."""
    pair = re.split(r"[x×X*✕]", value.replace(" ", "")) if isinstance(value, str) else list(value)  # type: ignore[call-overload]
    if len(pair) != 2 or any(isinstance(each, bool | float) for each in pair):
        raise ValueError(value)
    width, height = map(int, pair)
    if not all(16 <= side <= 8192 and side % 2 == 0 for side in (width, height)):
        raise ValueError(value)
    return width, height


def colour(value: object) -> str:
    """ "#1a2b3c" or "#abc" as "#rrggbb" in small letters."""
    text = str(value).strip().lower()
    if re.fullmatch(r"#[0-9a-f]{3}", text):
        text = "#" + "".join(2 * digit for digit in text[1:])
    if not re.fullmatch(r"#[0-9a-f]{6}", text):
        raise ValueError(value)
    return text


def table(value: object) -> tuple[tuple[float, ...], ...]:
    """Rows of numbers, all of one length: way-points, say."""
    if isinstance(value, str):
        import json

        value = json.loads(value)
    rows = tuple(tuple(float(number) for number in row) for row in value)  # type: ignore[attr-defined]
    if len({len(row) for row in rows}) > 1 or any(number != number for row in rows for number in row):
        raise ValueError(value)
    return rows


def rows(value: object) -> tuple[tuple[str | float, ...], ...]:
    """Rows of words and numbers, each as long as it needs: what happens when, say."""
    if isinstance(value, str):
        import json

        value = json.loads(value)
    if isinstance(value, str) or any(isinstance(row, str) for row in value):  # type: ignore[attr-defined]
        raise ValueError(value)
    return tuple(tuple(each if isinstance(each, str) else number(each) for each in row)
                 for row in value)  # type: ignore[attr-defined]


def optics(value: object) -> tuple[float, float, float, float]:
    """ "50mm f/2 1/48s 3.5m" as focal length in mm, f-number, seconds and metres; what is left out is 35mm and 1/50s.

    Without an f-number everything is sharp; without metres, what the camera looks at.
    """
    found = {"mm": 35.0, "f": 0.0, "s": 0.02, "m": 0.0}
    if not isinstance(value, str):
        return tuple(number(each) for each in value)[:4]  # type: ignore[attr-defined, return-value]
    for word in value.lower().replace("f/", "f").split():
        named = re.fullmatch(r"(f)?(\d+(?:\.\d+)?)(?:/(\d+(?:\.\d+)?))?(mm|m|s)?", word)
        if not named or bool(named[1]) == bool(named[4]) or (named[3] and named[4] != "s"):
            raise ValueError(value)
        found[named[1] or named[4]] = float(named[2]) / float(named[3] or 1)
    if not (4 <= found["mm"] <= 2000 and found["f"] <= 128 and found["s"] <= 60):
        raise ValueError(value)
    return found["mm"], found["f"], found["s"], found["m"]


def whole(value: object) -> int:
    """A whole number; 3.0 and "3" are 3, 3.5 and true are refused."""
    if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
        raise ValueError(value)
    return int(value)  # type: ignore[call-overload]


def number(value: object) -> float:
    """A number; NaN, infinity, true and words are refused."""
    if isinstance(value, bool):
        raise ValueError(value)
    found = float(value)  # type: ignore[arg-type]
    if found != found or found in (float("inf"), float("-inf")):
        raise ValueError(value)
    return found


def truth(value: object) -> bool:
    """true or false, also as the words a command line gives."""
    words = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}
    if isinstance(value, bool):
        return value
    try:
        return words[str(value).lower()]
    except KeyError as error:
        raise ValueError(value) from error


def words(value: object) -> str:
    """A string and nothing else."""
    if not isinstance(value, str):
        raise ValueError(value)
    return value


Seconds = Annotated[float, Bound(0, 86400, "s"), Spelling(seconds, "6s")]
Share = Annotated[float, Bound(0, 1)]
Rate = Annotated[Fraction, Spelling(rate, "24 / \"24000/1001\"")]
Size = Annotated[tuple[int, int], Spelling(size, "\"1280x720\"")]
Colour = Annotated[str, Spelling(colour, "\"#1a2b3c\"")]
Table = Annotated[tuple[tuple[float, ...], ...], Spelling(table, "[[0, 1.6, 5], [4, 1.6, 2]]")]
Lens = Annotated[tuple[float, float, float, float], Spelling(optics, '"50mm f/2 1/48s 3.5m"')]
Rows = Annotated[tuple[tuple[str | float, ...], ...], Spelling(rows, '[["forget", 2, 6]]')]
Seed = Annotated[int, Bound(0, 2**31 - 1), Chance()]
