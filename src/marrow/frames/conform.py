"""Any video file at the film's rate and size: for each instant, the picture that was on screen then.

Time is counted from the first picture of the file, in exact fractions; a phone's variable rate is nothing special.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Literal

import av
import numpy as np
from numpy import ndarray

from marrow.errors import InputError, LimitError
from marrow.forms.video import opened, picture_stream
from marrow.frames.develop import Developer
from marrow.media import Sound, Video
from marrow.progress import progress

MOST = 20 * 60               # seconds of one shot that are kept lossless
SLACK = Fraction(1, 2)       # seconds by which files are allowed to be shorter than they say
NEAR = Fraction(3)           # seconds from the start below which nothing is sought
PRIME = Fraction(1, 2)       # seconds of sound decoded before they are needed, for the decoder to find its feet
RATE = 48000
PARITY = {2: "tff", 3: "bff", 4: "bff", 5: "tff"}  # of FFmpeg's orders of fields: which is shown first


@dataclass(frozen=True)
class _Source:
    """A file, the moment of its first picture in its own clock, how long its pictures last, the shape of a pixel."""

    path: Path
    first: Fraction
    length: Fraction
    shape: Fraction


def conform(path: Path, *, start: Fraction, length: Fraction, size: tuple[int, int], fps: Fraction,
            fit: Literal["cover", "contain"], with_sound: bool) -> Video:
    """Take a part of a video file at an exact rate and size.

    start      seconds from the first picture
    length     seconds; 0 is to the end
    returns    round(length · fps) frames, at least one; sound of 48 kHz and the same duration, where the file has any
    raises     InputError  file.*, footage.past, footage.ends;  LimitError  footage.long
    """
    source = _measured(path)
    end = start + length if length else source.length
    if start >= source.length or end > source.length + SLACK:
        raise InputError("footage.past", path=path, seconds=_said(source.length), start=_said(start), end=_said(end))
    if end - start > MOST:
        raise LimitError("footage.long", path=path, minutes=round((end - start) / 60), most=MOST // 60)
    count = max(1, round((end - start) * fps))
    sound = _sound(source, start, round(count / fps * RATE)) if with_sound else None
    developer = Developer(size, fit, source.shape)
    return Video(lambda: _frames(source, start, fps, count, developer), count, size, fps, sound)


def _measured(path: Path) -> _Source:
    """Look at a file's first picture and its length."""
    with opened(path) as container:
        stream = picture_stream(container, path)
        frame = next((each for each in _decoded(container, stream)), None)
        if frame is None:
            raise InputError("file.ends", path=path)
        first = _moment(frame, stream) or Fraction(0)
        length, shape = _stated(stream), stream.sample_aspect_ratio or Fraction(1)
    return _Source(path, first, length or _counted(path, first), shape)


def _stated(stream: av.VideoStream) -> Fraction | None:
    """How long a stream says its pictures last, where it does."""
    if stream.duration:
        return stream.duration * stream.time_base
    clock = stream.metadata.get("DURATION", "").split(":")
    if len(clock) != 3:
        return None
    return sum((Fraction(part) * scale for part, scale in zip(clock, (3600, 60, 1), strict=True)), Fraction(0))


def _counted(path: Path, first: Fraction) -> Fraction:
    """How long the pictures last, from the times of all of them; nothing is decoded."""
    last, number = Fraction(0), 0
    with opened(path) as container:
        stream = picture_stream(container, path)
        step = 1 / (stream.average_rate or Fraction(25))
        for number, packet in enumerate(container.demux(stream)):  # noqa: B007  (counted)
            if packet.pts is not None:
                last = max(last, (packet.pts + (packet.duration or 0)) * stream.time_base - first)
    return last or number * step


def _frames(source: _Source, start: Fraction, fps: Fraction, count: int, developer: Developer) -> Iterator[ndarray]:
    """The pictures on screen at start, start + 1/fps, ..."""
    shown, pixels, moment = None, None, Fraction(0)
    ticks = iter(progress(range(count), "frames.video"))
    due = next(ticks)
    with closing(_timed(source, start)) as timed:
        for moment, frame in timed:
            while shown is not None and due is not None and moment > start + due / fps:
                pixels = developer.developed(shown) if pixels is None else pixels
                yield pixels
                due = next(ticks, None)
            if due is None:
                return
            shown, pixels = frame, None
    if shown is None or start + (count - 1) / fps > moment + _lasting(shown) + SLACK:
        raise InputError("footage.ends", path=source.path, seconds=_said(moment))
    pixels = developer.developed(shown) if pixels is None else pixels
    while due is not None:
        yield pixels
        due = next(ticks, None)


def _timed(source: _Source, start: Fraction) -> Iterator[tuple[Fraction, av.VideoFrame]]:
    """Pictures with the moment each appears, beginning at or before `start`, fields made into whole pictures."""
    sought = start > NEAR
    with opened(source.path) as container:
        stream = picture_stream(container, source.path)
        stream.thread_type = "AUTO"
        if sought:
            container.seek(int((source.first + start) / stream.time_base), stream=stream, backward=True)
        made = _whole(container, stream, source.first)
        first = next(made, None)
        if first is not None and (not sought or first[0] <= start):
            yield first
            yield from made
            return
    if sought:
        yield from _timed_from_zero(source)


def _timed_from_zero(source: _Source) -> Iterator[tuple[Fraction, av.VideoFrame]]:
    """The slow way for a file whose index is wrong: from its first picture."""
    with opened(source.path) as container:
        stream = picture_stream(container, source.path)
        yield from _whole(container, stream, source.first)


def _whole(container: av.container.InputContainer, stream: av.VideoStream,
           first: Fraction) -> Iterator[tuple[Fraction, av.VideoFrame]]:
    step = 1 / (stream.average_rate or Fraction(25))
    graph = None
    for number, frame in enumerate(_decoded(container, stream)):
        moment = _moment(frame, stream)
        if graph is None and not frame.interlaced_frame:
            yield (number * step if moment is None else moment - first), frame
            continue
        graph = graph or _weaver(stream)
        graph.push(frame)
        yield from _pulled(graph, first)
    if graph is not None:
        graph.push(None)
        yield from _pulled(graph, first)


def _weaver(stream: av.VideoStream) -> av.filter.Graph:
    """Turns two fields, taken one after the other, into one picture without combs."""
    graph = av.filter.Graph()
    graph.threads = 1
    order = PARITY.get(stream.codec_context.field_order, "auto")
    graph.link_nodes(graph.add_buffer(template=stream),
                     graph.add("yadif", f"mode=send_frame:deint=interlaced:parity={order}"),
                     graph.add("buffersink")).configure()
    return graph


def _pulled(graph: av.filter.Graph, first: Fraction) -> Iterator[tuple[Fraction, av.VideoFrame]]:
    while True:
        try:
            frame = graph.vpull()
        except (av.BlockingIOError, av.EOFError):
            return
        yield frame.pts * frame.time_base - first, frame


def _decoded(container: av.container.InputContainer, stream: av.VideoStream | av.AudioStream) -> Iterator:
    """Frames of a stream; a damaged packet is passed over, the picture before it stays on screen."""
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.InvalidDataError:
            continue
        yield from (each for each in frames if not each.is_corrupt)


def _moment(frame: av.VideoFrame | av.AudioFrame, stream: av.VideoStream | av.AudioStream) -> Fraction | None:
    return None if frame.pts is None else frame.pts * (frame.time_base or stream.time_base)


def _lasting(frame: av.VideoFrame) -> Fraction:
    """How long a frame stays on screen by the file's own word: long at the end of a still screen recording."""
    return Fraction(0) if frame.time_base is None else (frame.duration or 0) * frame.time_base


def _sound(source: _Source, start: Fraction, count: int) -> Sound | None:
    """`count` samples from `start`, silence where the file has none; None without a sound stream."""
    with opened(source.path) as container:
        if not container.streams.audio:
            return None
        stream = container.streams.audio[0]
        channels = 1 if stream.layout.nb_channels == 1 else 2
        turner = av.AudioResampler("flt", "mono" if channels == 1 else "stereo", RATE)
        heard = np.zeros((count, channels), np.float32)
        if start > NEAR:
            container.seek(int((source.first + start - PRIME) / stream.time_base), stream=stream, backward=True)
        at = None
        for frame in chain(_decoded(container, stream), [None]):
            if at is None and frame is not None:
                at = round(((_moment(frame, stream) or source.first) - source.first - start) * RATE)
            for each in turner.resample(frame):
                piece = each.to_ndarray().reshape(-1, channels)
                low, high = max(at, 0), min(at + len(piece), count)
                if high > low:
                    heard[low:high] = piece[low - at:high - at]
                at += len(piece)
            if at is not None and at >= count:
                break
    return Sound(heard, RATE)


def _said(moment: Fraction) -> str:
    return f"{float(moment):.2f}".rstrip("0").rstrip(".")
