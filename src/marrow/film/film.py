"""A film as film.toml says it: the nouns, and reading the file. `marrow.film.resolve` turns it into a cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from marrow import units
from marrow.errors import near
from marrow.film.source import Source

TOP = ("title", "fps", "size", "version", "loudness", "subtitles", "label", "people", "defaults", "recipes", "shot",
       "sound", "versions", "note")
LABEL = "机器合成 · machine-made"


@dataclass(frozen=True)
class Reference:
    """Where an input comes from: form is "file", "words", "shot" or "person"."""

    form: str
    value: str


@dataclass(frozen=True)
class Call:
    """One step of a shot: settings merged over all levels, checked, defaults filled in.

    inputs    those that do not come from the step before; optional ones may be left out
    """

    step: str
    settings: Mapping[str, object]
    inputs: Mapping[str, Reference]


@dataclass(frozen=True)
class Subtitle:
    """Words below the picture, in seconds from the shot's beginning."""

    at: float
    to: float
    text: str
    below: str = ""


@dataclass(frozen=True)
class Shot:
    """One shot of a cut; `fade` in seconds; `label` None means that its steps decide."""

    name: str
    calls: tuple[Call, ...]
    fade: float = 0.0
    subtitles: tuple[Subtitle, ...] = ()
    label: bool | None = None


@dataclass(frozen=True)
class Laid:
    """A [[sound]]: a line, a bed, music.

    use          the sound itself where no step makes it
    start, at    the shot it begins in, and how many seconds after the shot's beginning
    end          the last shot it lies under; None: it ends by itself
    gain, duck   dB; `duck`: how far it steps back under speech
    """

    name: str
    calls: tuple[Call, ...]
    use: Reference | None
    start: str
    at: float = 0.0
    end: str | None = None
    gain: float = 0.0
    fade_in: float = 0.0
    fade_out: float = 0.0
    duck: float = 0.0


@dataclass(frozen=True)
class Cut:
    """One version, resolved: shots in the order of the cut; `others` are only referred to."""

    version: str
    fps: Fraction
    size: tuple[int, int]
    shots: tuple[Shot, ...]
    sounds: tuple[Laid, ...] = ()
    others: tuple[Shot, ...] = ()


@dataclass(frozen=True)
class Film:
    """film.toml as read: its plain tables, and what holds for the whole film; `resolve.cut` makes a version of it.

    label      the words burnt into machine-made shots
    loudness   LUFS of the finished film
    """

    folder: Path
    title: str
    fps: Fraction
    size: tuple[int, int]
    version: str
    versions: tuple[str, ...]
    people: Mapping[str, Mapping]
    label: str
    loudness: float
    burn_subtitles: bool
    source: Source = field(repr=False)


def read(path: Path) -> Film:
    """Read film.toml.

    raises  MistakeError  the first mistake that does not hang on a version
    """
    film = open_film(Source(path))
    film.source.raise_first()
    return film


def open_film(source: Source) -> Film:
    """The film of a source; mistakes are collected there, and a default stands in for what cannot be read."""
    tables = source.tables
    for name in tables.keys() - set(TOP):
        source.wrong((name,), "film.key", name=name, place="film.toml", choices=near(name, TOP))
    for name in ("label", "people", "defaults", "recipes", "versions"):
        source.table((name,))
    versions = [name for name, each in source.table(("versions",)).items() if isinstance(each, dict)] or ["v1"]
    version = source.value(("version",), units.words, versions[-1], example='"v1"')
    if tables.get("versions") and version not in versions:
        source.wrong(("version",), "film.version", name=version, choices=near(version, versions), on="value")
    elif not tables.get("versions"):
        versions = [version]
    people = {name: source.table(("people", name)) for name in source.table(("people",))}
    subtitles = source.value(("subtitles",), _subtitles, "burn", example='"burn" / "file"')
    return Film(
        folder=source.path.parent,
        title=source.value(("title",), units.words, source.path.parent.name, example='"片名"'),
        fps=source.value(("fps",), units.rate, Fraction(24), example='24 / "24000/1001"'),
        size=source.value(("size",), units.size, (1280, 720), example='"1280x720"'),
        version=version, versions=tuple(versions), people=people,
        label=source.value(("label", "text"), units.words, LABEL, example=f'"{LABEL}"'),
        loudness=source.value(("loudness",), _loudness, -16.0, example="-16"),
        burn_subtitles=subtitles == "burn", source=source)


def _subtitles(value: object) -> str:
    if value not in ("burn", "file"):
        raise ValueError(value)
    return str(value)


def _loudness(value: object) -> float:
    found = units.number(value)
    if not -40 <= found <= -6:
        raise ValueError(value)
    return found
