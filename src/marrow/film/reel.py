"""A take as the cut needs it: exactly so many pictures, of the film's size, at the film's rate, whatever the file is.

The film always plays: a take that is missing or breaks in the middle becomes a slate that says why.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from itertools import islice, repeat
from pathlib import Path

import av
import numpy as np
from numpy import ndarray
from PIL import Image

from marrow.draw import colour
from marrow.draw.label import burn, corner_label, slate
from marrow.errors import InputError
from marrow.film.edit import Edit, Piece
from marrow.forms.video import FRAMES
from marrow.words import say

log = logging.getLogger(__name__)


def reel(piece: Piece, edit: Edit) -> Iterator[ndarray]:
    """The pictures of one piece, exactly as many as it has frames; never fails over a take.

    A take that ends early holds its last picture, one that cannot be read becomes a slate from there on.
    """
    left, picture = piece.frames, None
    if piece.take is not None:
        badge = corner_label(edit.size, piece.badge, corner="upper-right") if piece.badge else None
        try:
            with closing(decoded(piece.take)) as pictures:
                for shown in islice(at_rate(pictures, edit.fps), piece.frames):
                    picture = fitted(shown, edit.size)
                    picture = burn(picture, badge) if badge else picture
                    yield picture
                    left -= 1
        except (OSError, av.FFmpegError, InputError) as error:
            log.warning("%s: %r", piece.take, error)
            picture = slate(edit.size, [piece.name, *_reason(piece.take, error)])
    else:
        picture = slate(edit.size, piece.missing.splitlines())
    yield from repeat(picture, left)


def decoded(path: Path) -> Iterator[tuple[Fraction, ndarray]]:
    """Every picture of a video file with the time it appears, in seconds from the first, exactly as stored.

    yields   time, (height, width, 3) uint8 sRGB
    raises   InputError "cut.take_short" when the file has fewer pictures than it says, "cut.take_empty" when it
             has no picture; OSError or an FFmpeg error when it cannot be read at all
    """
    with av.open(str(path)) as file:
        if not file.streams.video:
            raise InputError("cut.take_empty", path=path.name)
        stream = file.streams.video[0]
        stream.thread_type = "AUTO"
        stream.codec_context.thread_count = 2
        first, count, step = None, 0, 1 / (stream.average_rate or Fraction(24))
        for count, frame in enumerate(file.decode(stream), 1):
            moment = (count - 1) * step if frame.pts is None else frame.pts * stream.time_base
            first = moment if first is None else first
            yield moment - first, frame.to_ndarray(format="rgb24")
        if not count:
            raise InputError("cut.take_empty", path=path.name)
        stated = int(file.metadata.get(FRAMES, count))
        if count < stated:
            raise InputError("cut.take_short", path=path.name, count=count, stated=stated)


def _reason(path: Path, error: Exception) -> list[str]:
    """Why a take is not shown, in both languages; a library's own words once, as they are English anyway."""
    if isinstance(error, InputError):
        return [error.tell(lang).splitlines()[0] for lang in ("zh", "en")]
    return [say("cut.broken", "zh", path=path.name), _told(path, error).tell("en").splitlines()[0]]


def _told(path: Path, error: Exception) -> InputError:
    return InputError("cut.take_broken", path=path.name, why=getattr(error, "strerror", None) or str(error))


def as_edit(path: Path) -> Edit:
    """A finished film as a cut of one piece, played as it is.

    raises   InputError "cut.take_empty" or "cut.take_broken"
    """
    try:
        with av.open(str(path)) as file:
            if not file.streams.video:
                raise InputError("cut.take_empty", path=path.name)
            stream = file.streams.video[0]
            fps = Fraction(stream.average_rate or 24)
            seconds = Fraction(file.duration or 0, av.time_base)
            if stream.duration:
                seconds = stream.duration * stream.time_base
            frames = max(1, round(seconds * fps))
            size = stream.codec_context.width, stream.codec_context.height
            piece = Piece(path.stem, path, frames, has_sound=bool(file.streams.audio))
    except (OSError, av.FFmpegError) as error:
        raise _told(path, error) from error
    return Edit(path.stem, "", fps, size, (piece,))


def at_rate(pictures: Iterator[tuple[Fraction, ndarray]], fps: Fraction) -> Iterator[ndarray]:
    """Pictures at an exact rate: for each instant the one that is on screen then."""
    place, shown = 0, None
    for moment, picture in pictures:
        while shown is not None and (place + Fraction(1, 2)) / fps <= moment:
            yield shown
            place += 1
        shown = picture
    if shown is not None:
        yield shown


def fitted(picture: ndarray, size: tuple[int, int]) -> ndarray:
    """A picture as large as fits into a size, black around it; untouched where it already is of that size.

    picture   (height, width, 3) uint8 sRGB
    size      (width, height)
    returns   (height, width, 3) uint8 sRGB of that size
    """
    height, width = picture.shape[:2]
    if (width, height) == size:
        return picture
    share = min(Fraction(size[0], width), Fraction(size[1], height))
    inner = max(1, round(width * share)), max(1, round(height * share))
    scaled = np.asarray(Image.fromarray(picture).resize(inner, Image.Resampling.LANCZOS))
    left, top = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
    framed = np.zeros((size[1], size[0], 3), np.uint8)
    framed[top:top + inner[1], left:left + inner[0]] = scaled
    return framed


def mixed(going: ndarray, coming: ndarray, share: Fraction) -> ndarray:
    """Two pictures in a cross-fade, mixed in linear light; `share` is how much of the coming one is seen."""
    part = np.float32(share)
    light = colour.linear(coming)
    light *= part
    other = colour.linear(going)
    other *= 1 - part
    light += other
    return colour.srgb(light)
