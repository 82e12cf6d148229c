"""From finished takes to a film that plays: numbered takes, the edit, the MP4, the timeline, the record of the cut.

The film always plays: where a shot could not be made, its last good take stands in, marked; where there never was
one, a slate says what is missing.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from marrow.errors import MarrowError
from marrow.film import takes
from marrow.film.desk import Desk
from marrow.film.edit import Bed, Edit, Piece, frames_of, places
from marrow.film.film import Laid, Shot
from marrow.film.graph import Given
from marrow.film.make import now, who
from marrow.film.takes import ON_SCREEN, Take, file_name, take_of
from marrow.media import SUFFIXES
from marrow.store import canonical, full_disk

REVISION = 1         # raised when equal takes should give a new film
BADGE = "旧条 · earlier take"
UNMADE_YET = "还没有做 · not made yet"
UNMADE = 3.0         # seconds of the slate for a shot whose length nobody said


@dataclass(frozen=True)
class Screening:
    """What came of a cut.

    film       the MP4, or None where the film has no pictures
    new        whether it was put together now
    stand_ins  shots that an earlier take stands in for
    missing    shots that a slate stands in for
    """

    film: Path | None
    new: bool
    stand_ins: tuple[str, ...]
    missing: tuple[str, ...]
    seconds: float = 0.0


def screen(desk: Desk, errors: Mapping[str, MarrowError]) -> Screening:
    """Bring the cut of a version up to date with its takes; nothing is written when nothing changed."""
    last = desk.store.last("cut", desk.label)
    kept = {} if desk.draft else takes.circled(desk.store, desk.cut.version, desk.graph)
    former = _remembered(last)
    rows = {each.name: kept.get(each.name) or _row(desk, each, former.get(each.name))
            for each in (*desk.cut.shots, *desk.cut.sounds)}
    stale = {name for name, take in rows.items() if take and name not in kept and not _present(desk, name, take)}
    numbered = [take for take in rows.values() if take and take.number]
    for take in numbered:
        takes.lay_out(desk.store, take, desk.folder)
    takes.add_proxies(desk.store, numbered, desk.folder)
    edit = _edit(desk, rows, stale, errors)
    home = desk.folder / "made" / file_name(desk.label)
    target = home / f"{file_name(desk.film.title)}.mp4"
    key = _key(edit, rows)
    made = Screening(target if edit.pieces else None, False, tuple(sorted(stale)),
                     tuple(piece.name for piece in edit.pieces if piece.take is None),
                     float(places(edit.pieces)[-1][1] / edit.fps) if edit.pieces else 0.0)
    if last and last["key"] == key and (not edit.pieces or target.exists()):
        return made
    if edit.pieces:
        _write(desk, edit, target, last)
    shots, sounds = ([{"shot": each.name, **rows[each.name].row()} for each in some if rows[each.name]]
                     for some in (desk.cut.shots, desk.cut.sounds))
    desk.store.append("cut", desk.label, key=key, shots=shots, sounds=sounds, film=target.name, who=who(), when=now())
    return replace(made, new=True)


def edit_of(desk: Desk) -> Edit:
    """The edit of a version as it was last made."""
    former = _remembered(desk.store.last("cut", desk.label))
    return _edit(desk, {each.name: former.get(each.name) for each in (*desk.cut.shots, *desk.cut.sounds)}, set(), {})


def _row(desk: Desk, part: Shot | Laid, before: Take | None) -> Take | None:
    """The take that a shot or sound plays: the present result, or the last good one."""
    take = takes.made(desk.graph, part.name) if part.name in desk.graph.finals else None
    if take is None:
        return before if before and desk.store.has(before.object) else _newest(desk, part.name)
    if before and (before.object, before.keys) == (take.object, take.keys):
        return before
    if isinstance(desk.graph.finals[part.name], Given):
        return take
    return takes.measured(desk.store, take) if desk.draft else takes.number(desk.store, take, desk.cut.version)


def _present(desk: Desk, name: str, take: Take) -> bool:
    """Whether a take is what film.toml asks for now."""
    result = takes.made(desk.graph, name)
    return result is not None and result.object == take.object


def _remembered(last: dict | None) -> dict[str, Take]:
    """The takes of a recorded cut, by shot and sound."""
    return {row["shot"]: take_of(row["shot"], row) for row in (*last["shots"], *last["sounds"])} if last else {}


def _newest(desk: Desk, name: str) -> Take | None:
    there = [take for take in takes.every(desk.store, name) if desk.store.has(take.object)]
    return there[-1] if there else None


def _edit(desk: Desk, rows: Mapping[str, Take | None], stale: set[str], errors: Mapping[str, MarrowError]) -> Edit:
    film, cut = desk.film, desk.cut
    fps, size = cut.fps, cut.size
    shots = [each for each in cut.shots if rows[each.name] is None or rows[each.name].kind == ON_SCREEN]
    pieces = tuple(_piece(desk, shot, rows[shot.name], shot.name in stale, errors.get(shot.name)) for shot in shots)
    where = dict(zip((piece.name for piece in pieces), places(pieces), strict=True)) if pieces else {}
    beds = tuple(_bed(desk, laid, rows[laid.name], where) for laid in cut.sounds
                 if rows[laid.name] and laid.start in where)
    return Edit(film.title, cut.version, fps, size, pieces, beds, film.label, film.loudness, film.burn_subtitles)


def _piece(desk: Desk, shot: Shot, take: Take | None, stale: bool, error: MarrowError | None) -> Piece:
    fps = desk.cut.fps
    fade = frames_of(shot.fade, fps)
    if take is None:
        lengths = [float(call.settings.get("length", 0) or 0) for call in shot.calls]
        missing = f"{shot.name}\n{error.tell() if error else UNMADE_YET}"
        return Piece(shot.name, None, frames_of(max([*lengths, 0.0]) or UNMADE, fps), fade, shot.subtitles,
                     missing=missing)
    label = take.machine if shot.label is None else shot.label
    return Piece(shot.name, _original(desk, take), take.frames, fade, shot.subtitles, label,
                 badge=BADGE if stale else "", has_sound=take.sound)


def _bed(desk: Desk, laid: Laid, take: Take, where: Mapping[str, tuple[int, int]]) -> Bed:
    start = where[laid.start][0] + frames_of(laid.at, desk.cut.fps)
    end = where[laid.end][1] if laid.end and laid.end in where else None
    return Bed(laid.name, _original(desk, take), start, end, laid.gain, laid.fade_in, laid.fade_out, laid.duck,
               take.machine)


def _original(desk: Desk, take: Take) -> Path:
    """The lossless file of a take, under a name that other software understands."""
    final = desk.graph.finals.get(take.shot)
    if isinstance(final, Given) and final.object == take.object:
        return desk.store.find(take.object, final.name)
    if take.number:
        return takes.lay_out(desk.store, take, desk.folder)[0]
    path = desk.store.path(take.object)
    named = desk.store.home / "draft" / f"{take.object[:16]}{SUFFIXES.get(take.kind, '')}"
    named.parent.mkdir(exist_ok=True)
    takes.link(path, named)
    return named


def _key(edit: Edit, rows: Mapping[str, Take | None]) -> str:
    """Identity of the whole cut: objects, never paths."""
    objects = {name: take.object for name, take in rows.items() if take}
    pieces = [[each.name, each.frames, each.fade, [vars(line) for line in each.subtitles], each.label, each.badge,
               each.missing, each.take is None] for each in edit.pieces]
    beds = [[each.name, each.start, each.end, each.gain, each.fade_in, each.fade_out, each.duck, each.machine]
            for each in edit.beds]
    whole = [REVISION, objects, pieces, beds, edit.title, edit.version, str(edit.fps), edit.size, edit.label_text,
             edit.loudness, edit.burn]
    return hashlib.sha256(canonical(whole)).hexdigest()


def _write(desk: Desk, edit: Edit, target: Path, last: dict | None) -> None:
    from marrow.film.assemble import assemble, write_srt
    from marrow.film.timeline import write_otio

    with full_disk(desk.folder):
        target.parent.mkdir(parents=True, exist_ok=True)
        if last and last["film"] != target.name:  # the title changed: one film a folder
            for suffix in (".mp4", ".srt", ".otio"):
                (target.parent / last["film"]).with_suffix(suffix).unlink(missing_ok=True)
        for left in target.parent.glob(".*.mp4"):  # of a build that was killed: we are alone here
            left.unlink()
        assemble(edit, target)
        write_srt(edit, target.with_suffix(".srt"))
        write_otio({**_others(desk), edit.version: edit}, edit.version, target.with_suffix(".otio"))


def _others(desk: Desk) -> dict[str, Edit]:
    """Edits of the film's other versions, as far as they were made: their takes stand in the timeline too."""
    found = {}
    for version in desk.film.versions:
        last = desk.store.last("cut", version)
        if version != desk.cut.version and last and not desk.draft:
            rows = [take_of(row["shot"], row) for row in last["shots"] if row["kind"] == ON_SCREEN]
            pieces = tuple(Piece(take.shot, _original(desk, take), take.frames) for take in rows
                           if desk.store.has(take.object))
            if pieces:
                found[version] = Edit(desk.film.title, version, desk.cut.fps, desk.cut.size, pieces)
    return found
