"""The cut as an OpenTimelineIO timeline, for other editors: every version of every shot in one file.

A clip holds one media reference per version of the film under the version's name; the active one plays. Paths are
relative to the file, so that the folder can move. What a format of other editors cannot say (gain, fades, the
second language) stands in `metadata["marrow"]`; a subtitle is a marker whose *name* is the text, because only a
marker's name travels.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from marrow.errors import FilmError, near
from marrow.film.edit import Bed, Edit, Piece, Span, fade_into, lines, places

if TYPE_CHECKING:
    from opentimelineio.opentime import TimeRange
    from opentimelineio.schema import Clip, ExternalReference, Marker, MissingReference, Timeline, Track, Transition


def write_otio(edits: Mapping[str, Edit], active: str, target: Path) -> None:
    """Write the cut with all its versions beside the film, for Resolve and every other editor that reads .otio.

    edits     version name -> its cut; takes and sounds are named relative to the folder of `target`
    active    the version whose order, lengths and references play
    raises    FilmError "cut.unknown_version" when `active` is none of them
    test      read back: names, source in, length and record position are exact at NTSC rates too
    """
    import opentimelineio as otio

    from marrow.store import full_disk, sync

    if active not in edits:
        raise FilmError("cut.unknown_version", version=active, choices=near(active, edits))
    unfinished = target.with_name(f".{target.stem}.{os.getpid()}.otio")
    with full_disk(target.parent):
        try:
            unfinished.write_text(otio.adapters.write_to_string(timeline(edits, active, target.parent), "otio_json"),
                                  "utf-8", newline="\n")
            sync(unfinished)
            os.replace(unfinished, target)
        finally:
            unfinished.unlink(missing_ok=True)


def timeline(edits: Mapping[str, Edit], active: str, folder: Path) -> Timeline:
    """The timeline of the active version: pictures, the shots' own sound, then the beds."""
    import opentimelineio as otio

    edit = edits[active]
    made = otio.schema.Timeline(edit.title, metadata={"marrow": {
        "version": active, "rate": str(edit.fps), "loudness": edit.loudness, "label": edit.label_text}})
    made.tracks.append(_pictures(edits, active, folder))
    if any(piece.has_sound for piece in edit.pieces):
        made.tracks.append(_voices(edits, active, folder))
    made.tracks.extend(_beds(edit, folder))
    return made


def visible(edit: Edit) -> list[Span]:
    """The frames [start, end) of its own take that each clip shows when it is cut in the middle of its cross-fades.

    A cross-fade of n frames lies n - n // 2 frames before its cut and n // 2 after it; the rest are the handles.
    """
    spans = []
    for number, piece in enumerate(edit.pieces):
        into, out = fade_into(edit.pieces, number), fade_into(edit.pieces, number + 1)
        spans.append((into - into // 2, piece.frames - out // 2))
    return spans


def url_of(path: Path, folder: Path) -> str:
    """A file as a URL relative to a folder, percent-encoded; absolute where it lies on another drive."""
    try:
        near_by = os.path.relpath(path, folder)
    except ValueError:  # Windows: no relative way from one drive to another
        return path.absolute().as_uri()
    return quote(Path(near_by).as_posix())


def _pictures(edits: Mapping[str, Edit], active: str, folder: Path) -> Track:
    import opentimelineio as otio

    edit, track = edits[active], otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    said: dict[int, list[Marker]] = {}
    where = places(edit.pieces)
    for line in lines(edit):
        words = " / ".join(each.replace("\n", " ") for each in (line.text, line.below) if each)
        seen = span(line.start - where[line.piece][0], line.end - line.start, edit.fps)
        said.setdefault(line.piece, []).append(otio.schema.Marker(
            name=words, marked_range=seen, metadata={"marrow": {"text": line.text, "below": line.below}}))
    for number, (piece, shown) in enumerate(zip(edit.pieces, visible(edit), strict=True)):
        track.extend(_transition(edit, number))
        clip = _clip(edits, active, piece, shown, folder)
        clip.markers.extend(said.get(number, ()))
        track.append(clip)
    return track


def _voices(edits: Mapping[str, Edit], active: str, folder: Path) -> Track:
    import opentimelineio as otio

    edit, track = edits[active], otio.schema.Track("A1", kind=otio.schema.TrackKind.Audio)
    for number, (piece, shown) in enumerate(zip(edit.pieces, visible(edit), strict=True)):
        if piece.has_sound:
            if number and edit.pieces[number - 1].has_sound:
                track.extend(_transition(edit, number))
            track.append(_clip(edits, active, piece, shown, folder))
        else:
            track.append(otio.schema.Gap(source_range=span(0, shown[1] - shown[0], edit.fps)))
    return track


def _clip(edits: Mapping[str, Edit], active: str, piece: Piece, shown: Span, folder: Path) -> Clip:
    import opentimelineio as otio

    clip = otio.schema.Clip(name=piece.name, source_range=span(shown[0], shown[1] - shown[0], edits[active].fps))
    clip.metadata["marrow"] = {"label": piece.label, "badge": piece.badge, "missing": piece.missing}
    takes = {}
    for version, edit in edits.items():
        same = piece if version == active else next((each for each in edit.pieces if each.name == piece.name), None)
        if same is not None:
            takes[version] = _reference(same, edit.fps, folder)
    clip.set_media_references(takes, active)
    return clip


def _reference(piece: Piece, fps: Fraction, folder: Path) -> ExternalReference | MissingReference:
    import opentimelineio as otio

    length = span(0, piece.frames, fps)
    if piece.take is None:
        return otio.schema.MissingReference(name=piece.name, available_range=length)
    return otio.schema.ExternalReference(target_url=url_of(piece.take, folder), available_range=length)


def _transition(edit: Edit, number: int) -> Iterator[Transition]:
    """The cross-fade into a piece, if it has one: `in_offset` lies before the cut, `out_offset` after it."""
    import opentimelineio as otio

    fade = fade_into(edit.pieces, number)
    if fade:
        before, after = (span(0, each, edit.fps).duration for each in (fade - fade // 2, fade // 2))
        yield otio.schema.Transition(name="cross-fade", transition_type=otio.schema.TransitionTypes.SMPTE_Dissolve,
                                     in_offset=before, out_offset=after)


def _beds(edit: Edit, folder: Path) -> list[Track]:
    """As few audio tracks as hold the beds without one lying over another."""
    import opentimelineio as otio

    end, tracks, free = places(edit.pieces)[-1][1], [], []
    for bed in sorted(edit.beds, key=lambda each: (each.start, each.name)):
        clips = list(_repeats(bed, edit, end, folder))
        if not clips:
            continue
        room = next((number for number, since in enumerate(free) if since <= bed.start), len(tracks))
        if room == len(tracks):
            name = f"A{room + 1 + any(piece.has_sound for piece in edit.pieces)}"
            tracks.append(otio.schema.Track(name, kind=otio.schema.TrackKind.Audio))
            free.append(0)
        if bed.start > free[room]:
            tracks[room].append(otio.schema.Gap(source_range=span(0, bed.start - free[room], edit.fps)))
        tracks[room].extend(clips)
        free[room] = bed.start + sum(clip.source_range.duration.to_frames() for clip in clips)
    return tracks


def _repeats(bed: Bed, edit: Edit, end: int, folder: Path) -> Iterator[Clip]:
    """A bed as clips back to back, one per repetition, cut at the film's end."""
    import opentimelineio as otio

    length = sound_length(bed.sound) * edit.fps
    stop = min(end, bed.start + round(length) if bed.end is None else bed.end)
    place, turn = bed.start, 0
    while place < stop:
        after = min(stop, bed.start + max(round(length * (turn + 1)), turn + 1)) if length else stop
        clip = otio.schema.Clip(name=bed.name, source_range=span(0, after - place, edit.fps))
        clip.metadata["marrow"] = {"gain": bed.gain, "fade_in": bed.fade_in, "fade_out": bed.fade_out,
                                   "duck": bed.duck, "machine": bed.machine, "repeat": turn}
        clip.media_reference = otio.schema.ExternalReference(
            target_url=url_of(bed.sound, folder), available_range=span(0, max(after - place, round(length)), edit.fps))
        yield clip
        place, turn = after, turn + 1


def sound_length(path: Path) -> Fraction:
    """Seconds of a sound file, exactly; 0 where it cannot be read: the timeline is written all the same."""
    import av

    try:
        with av.open(str(path)) as file:
            stream = file.streams.audio[0]
            if stream.duration and stream.time_base:
                return stream.duration * stream.time_base
            return Fraction(file.duration or 0, av.time_base)
    except (OSError, IndexError, av.FFmpegError):
        return Fraction(0)


def span(start: int, length: int, fps: Fraction) -> TimeRange:
    """Frames as OpenTimelineIO counts them: its rates are floats, its values whole frames."""
    from opentimelineio.opentime import RationalTime, TimeRange

    return TimeRange(RationalTime(start, float(fps)), RationalTime(length, float(fps)))
