"""A sealed film without what a witness took back: a card for the time of a shot, silence for a sound, no subtitle.

Only the sealed files are needed: where everything plays stands in the timeline, so no step and no engine must be there.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import ndarray

    from marrow.media import Sound

Span = tuple[int, int]
RATE = 48000
RAMP = 480  # samples in which a sound goes away
MARGIN, HIGHEST = 0.01, 0.38  # of the shorter side: room above words that are covered; the highest that they stand


@dataclass(frozen=True)
class Cards:
    """What is hidden, in frames of the film.

    shots     whole pictures
    lines     subtitles, with their words: (span, text, the second language)
    sounds    silence
    whole     everything: nobody knows what plays when
    """

    shots: tuple[Span, ...] = ()
    lines: tuple[tuple[Span, str, str], ...] = ()
    sounds: tuple[Span, ...] = ()
    whole: bool = False


def slated(files: Mapping[str, Path], lost: set[str], blank: Callable[[str], str], found: Callable[[Path], bool],
           new_path: Callable[[str], Path]) -> dict[str, Path]:
    """The files of a seal without what is lost, as unfinished work.

    files     the sealed film, timeline, subtitles and film.toml by their name
    lost      names of shots and sounds that were destroyed
    returns   new files by name; a name that held words is blacked out too
    test      truth: as many frames as before; before and after the card the pictures are the same
    """
    timeline = next((path for name, path in files.items() if name.endswith(".otio")), None)
    settings = next((path for name, path in files.items() if name.endswith(".toml")), None)
    burnt = settings is None or tomllib.loads(settings.read_text("utf-8-sig")).get("subtitles") != "file"
    cards = Cards(whole=True) if timeline is None else cards_of(timeline, lost, blank, burnt)
    made = {}
    for name, path in files.items():
        target = made[blank(name)] = new_path(Path(name).suffix)
        if name.endswith(".mp4"):
            _film(path, target, cards, blank)
        elif name.endswith(".srt"):
            target.write_text(_without(path.read_text("utf-8"), blank), "utf-8", newline="\n")
        else:
            target.write_text(blank(path.read_text("utf-8")), "utf-8", newline="")
    return made


def cards_of(timeline: Path, lost: set[str], blank: Callable[[str], str], burnt: bool) -> Cards:
    """What a timeline says of where lost shots and sounds and her words play.

    burnt    subtitles are part of the picture
    """
    import opentimelineio as otio

    tracks = otio.adapters.read_from_string(timeline.read_text("utf-8"), "otio_json").tracks
    shots, lines, sounds = [], [], []
    for track in tracks:
        picture = track.kind == otio.schema.TrackKind.Video
        for clip in track.find_clips():
            start, shown, end = _place(clip)
            if clip.name in lost or blank(clip.name) != clip.name:
                (shots if picture else sounds).append((start, end))
            for marker in clip.markers if picture and burnt else ():
                if blank(marker.name) != marker.name:
                    first = shown + marker.marked_range.start_time.to_frames()
                    said = marker.metadata.get("marrow", {})
                    lines.append(((first, first + marker.marked_range.duration.to_frames()),
                                  said.get("text", marker.name), said.get("below", "")))
    return Cards(tuple(shots), tuple(lines), tuple(sounds))


def _place(clip: object) -> tuple[int, int, int]:
    """Frames of the film: where a clip begins to be seen, where its own first frame would lie, where it ends."""
    import opentimelineio as otio

    place = clip.range_in_parent()
    start, end = place.start_time.to_frames(), place.end_time_exclusive().to_frames()
    first = start - clip.source_range.start_time.to_frames()
    before, after = clip.parent().neighbors_of(clip)
    if isinstance(before, otio.schema.Transition):
        start -= before.in_offset.to_frames()
    if isinstance(after, otio.schema.Transition):
        end += after.out_offset.to_frames()
    return start, first, end


def _film(source: Path, target: Path, cards: Cards, blank: Callable[[str], str]) -> None:
    """The film anew, in its own rate and size."""
    import av

    from marrow import forms

    with av.open(str(source)) as file:
        stream = file.streams.video[0]
        rate, size = Fraction(stream.average_rate), (stream.codec_context.width, stream.codec_context.height)
        title = file.metadata.get("title", "")
    sound = _heard(source, cards, rate)
    forms.encode(_pictures(source, cards, size), target, rate=rate, size=size, sound=sound, title=blank(title))


def _pictures(source: Path, cards: Cards, size: tuple[int, int]) -> Iterator[ndarray]:
    """The film's pictures, cards in place of what is hidden."""
    from marrow.draw.label import slate
    from marrow.film.reel import decoded
    from marrow.words import say

    card = slate(size, [say("forget.card", "zh"), say("forget.card", "en")])
    bars = [(span, _bar(size, text, below)) for span, text, below in cards.lines]
    for frame, (_, picture) in enumerate(decoded(source)):
        if cards.whole or any(start <= frame < end for start, end in cards.shots):
            yield card
            continue
        for (start, end), top in bars:
            if start <= frame < end:
                picture = picture.copy()
                picture[top:] = 0
        yield picture


def _bar(size: tuple[int, int], text: str, below: str) -> int:
    """The row of a picture below which a subtitle stands."""
    from marrow.draw.label import subtitle
    from marrow.errors import InputError

    try:
        top = subtitle(size, text, below).top
    except InputError:  # set smaller or shorter in the film: two lines of either language at most
        top = size[1] - round(min(size) * HIGHEST)
    return max(0, top - round(min(size) * MARGIN) - 1)


def _heard(source: Path, cards: Cards, rate: Fraction) -> Sound | None:
    """The film's sound, silent where something was destroyed."""
    import av
    import numpy as np

    from marrow.media import Sound

    with av.open(str(source)) as file:
        if not file.streams.audio:
            return None
        frames = list(file.decode(audio=0))
        start = round((frames[0].pts or 0) * frames[0].time_base * RATE) if frames else 0
        samples = (np.concatenate([each.to_ndarray() for each in frames], axis=1).T if frames
                   else np.zeros((0, 2), np.float32))
    samples = samples[-start:].copy() if start < 0 else np.pad(samples, ((start, 0), (0, 0)))
    gain = np.ones(len(samples), np.float32)
    for first, last in ((0, 1 << 40),) if cards.whole else cards.sounds:
        begin, end = (min(len(gain), round(Fraction(each) * RATE / rate)) for each in (first, last))
        gain[begin:end] = 0
        into, out = gain[max(0, begin - RAMP):begin], gain[end:end + RAMP]
        into *= np.linspace(1, 0, len(into), dtype=np.float32)
        out *= np.linspace(0, 1, len(out), dtype=np.float32)
    return Sound(np.ascontiguousarray(samples * gain[:, None]), RATE)


def _without(subtitles: str, blank: Callable[[str], str]) -> str:
    """SubRip without the lines that hold her words, counted anew."""
    kept = [part.split("\n", 1)[1].strip("\n") for part in subtitles.replace("\r\n", "\n").split("\n\n")
            if "\n" in part.strip() and blank(part) == part]
    return "\n".join(f"{number}\n{part}\n" for number, part in enumerate(kept, 1))
