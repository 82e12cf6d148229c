"""The sound of a cut: the shots' own sounds crossing with their pictures, the beds below, one loudness over all."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import av
import numpy as np
from numpy import ndarray

from marrow.film.edit import Edit, fade_into, places, sample_of
from marrow.film.loudness import master
from marrow.film.mix import Layer, mix
from marrow.media import Sound

RATE = 48000

log = logging.getLogger(__name__)


def soundtrack(edit: Edit) -> Sound:
    """Lay every sound of the cut at its exact sample and bring the whole to the film's loudness.

    returns   (n, 2) at 48 kHz, exactly as long as the film; silence where nothing sounds
    test      a click in a shot lies at the sample of the shot's first frame plus its own place
    """
    length = sample_of(places(edit.pieces)[-1][1], edit.fps, RATE)
    mixed = mix([*_shots(edit), *_beds(edit)], length=length, rate=RATE)
    return master(mixed, target=edit.loudness)


def _shots(edit: Edit) -> Iterator[Layer]:
    """The takes' own sounds: cut with the picture, fading while it fades; beds step back for them."""
    where = [tuple(sample_of(frame, edit.fps, RATE) for frame in place) for place in places(edit.pieces)]
    for number, (piece, (start, end)) in enumerate(zip(edit.pieces, where, strict=True)):
        if piece.has_sound and piece.take is not None:
            rising = where[number - 1][1] - start if fade_into(edit.pieces, number) else 0
            falling = end - where[number + 1][0] if fade_into(edit.pieces, number + 1) else 0
            samples = samples_of(piece.take)
            heard = np.zeros((end - start, samples.shape[1]), np.float32)
            heard[:len(samples)] = samples[:end - start]
            yield Layer(heard, start, fade_in=rising, fade_out=falling, lead=True)


def _beds(edit: Edit) -> Iterator[Layer]:
    """The laid sounds; a line, which plays once and steps back for nobody, is what the others step back for."""
    for bed in edit.beds:
        line = bed.machine or (bed.end is None and not bed.duck)
        until = None if bed.end is None else sample_of(bed.end, edit.fps, RATE)
        yield Layer(samples_of(bed.sound), sample_of(bed.start, edit.fps, RATE), bed.gain, round(bed.fade_in * RATE),
                    round(bed.fade_out * RATE), until, bed.duck, lead=line)


def samples_of(path: Path) -> ndarray:
    """The sound of any file: (n, channels) float32 at 48 kHz; none where it has none or cannot be read.

    A film plays without a sound rather than not at all; the log names the file.
    """
    parts = [np.zeros((0, 1), np.float32)]
    try:
        with av.open(str(path)) as file:
            if not file.streams.audio:
                return parts[0]
            stream = file.streams.audio[0]
            channels = stream.layout.nb_channels
            turner = av.AudioResampler("flt", stream.layout, RATE)
            parts = [np.zeros((0, channels), np.float32)]
            for frame in chain(file.decode(stream), [None]):
                parts += [each.to_ndarray().reshape(-1, channels) for each in turner.resample(frame)]
    except (OSError, av.FFmpegError) as error:
        log.warning("%s: %r", path, error)
    return np.concatenate(parts)
