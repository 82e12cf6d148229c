"""Moving pictures through FFmpeg (PyAV): lossless takes in Matroska, finished films and proxies in MP4.

A take is FFV1 (version 3, every frame a key frame, checksums per slice) with 24-bit PCM. Muxer and encoder run
bit-exact and single-threaded, so equal frames give equal bytes. The exact rate and the number of frames stand in
the file's tags, because Matroska itself counts milliseconds.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from math import lcm
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError
from av.video.reformatter import ColorRange, Colorspace

from marrow.errors import InputError
from marrow.forms.looks import look, wrong_kind
from marrow.forms.sound import decoded, pcm24
from marrow.media import Footage, Sound, Video

RATE, FRAMES = "MARROW_RATE", "MARROW_FRAMES"
BT709, LIMITED = 1, 1
LAYOUTS = {1: "mono", 2: "stereo", 3: "2.1", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}


def read_video(path: Path) -> Video:
    """A take; any other video file must go through `frames.video`, which conforms it.

    raises  InputError  not a video, or one whose rate and length do not stand in its tags
    """
    with opened(path, "video") as container:
        tags = {name.upper(): value for name, value in container.metadata.items()}
        stream = picture_stream(container, path, "video")
        try:
            length, rate = int(tags[FRAMES]), Fraction(tags[RATE])
        except (KeyError, ValueError, ZeroDivisionError) as error:
            raise InputError("video.foreign", path=path) from error
        size = stream.codec_context.width, stream.codec_context.height
        sound = decoded(container, path) if container.streams.audio else None
    return Video(lambda: _frames(path, length), length, size, rate, sound)


def read_footage(path: Path) -> Footage:
    """Any video file, looked at but not touched; raises InputError when there is no picture in it."""
    with opened(path) as container:
        picture_stream(container, path)
    return Footage(path)


@contextmanager
def opened(path: Path, kind: str = "footage") -> Iterator[av.container.InputContainer]:
    """A video file, open; FFmpeg's errors inside become ours.

    raises  InputError  not a video, or broken
    """
    seen = look(path)
    if seen not in ("video", "unknown", "gif", "sound"):
        raise wrong_kind(path, kind)
    try:
        with av.open(str(path), "r") as container:
            yield container
    except FFmpegError as error:
        if seen == "unknown" and isinstance(error, av.error.InvalidDataError):
            raise wrong_kind(path, kind) from error
        raise InputError("file.broken", path=path, why=error.strerror or error) from error


def picture_stream(container: av.container.InputContainer, path: Path, kind: str = "footage") -> av.VideoStream:
    """The first stream of moving pictures: the cover of a song is none."""
    for stream in container.streams.video:
        if not stream.disposition & av.stream.Disposition.attached_pic and stream.codec_context.width:
            return stream
    raise wrong_kind(path, kind) if look(path) == "sound" else InputError("footage.no_picture", path=path)


def write_footage(footage: Footage, path: Path) -> None:
    """A copy of the file."""
    import shutil

    shutil.copyfile(footage.path, path)


def write_video(video: Video, path: Path) -> None:
    """A take; raises ValueError when it yields another number of frames than it says."""
    tags = {RATE: str(video.rate), FRAMES: str(video.length)}
    with av.open(str(path), "w", format="matroska", container_options={"fflags": "+bitexact"}) as container:
        container.metadata.update(tags)
        picture = container.add_stream("ffv1", rate=video.rate)
        picture.width, picture.height, picture.pix_fmt = *video.size, "bgr0"
        picture.codec_context.options = {"level": "3", "g": "1", "slices": "4", "slicecrc": "1", "threads": "1",
                                         "flags": "+bitexact"}
        voice = None
        if video.sound is not None:
            voice = container.add_stream("pcm_s24le", rate=video.sound.rate, layout=_layout(video.sound))
            voice.codec_context.options = {"flags": "+bitexact"}
        count = 0
        for count, pixels in enumerate(video.frames(), 1):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24").reformat(format="bgr0")
            frame.pts, frame.time_base = count - 1, 1 / video.rate
            container.mux(picture.encode(frame))
            if voice is not None:
                _speak(container, voice, video.sound, Fraction(count - 1) / video.rate, Fraction(count) / video.rate)
        container.mux(picture.encode(None))
        if voice is not None:
            container.mux(voice.encode(None))
    if count != video.length:
        raise ValueError(f"a video of {video.length} frames yielded {count}")


def encode(frames: Iterable[np.ndarray], target: Path, *, rate: Fraction, size: tuple[int, int],
           sound: Sound | None = None, quality: int = 16, preset: str = "veryfast", group: int = 0,
           title: str = "") -> None:
    """A finished MP4: H.264 yuv420p tagged BT.709, AAC 192 kb/s at 48 kHz, index first (faststart).

    frames    (height, width, 3) uint8 sRGB
    quality   x264's CRF: 16 cannot be told from the original
    group     frames between two key frames; 0 leaves it to the encoder
    """
    scale = lcm(rate.numerator, 48000)  # counted in milliseconds, edit lists would cut frames
    options = {"movflags": "+faststart", "brand": "mp42", "movie_timescale": str(scale)}
    with av.open(str(target), "w", format="mp4", options=options) as container:
        if title:
            container.metadata["title"] = title
        picture = container.add_stream("libx264", rate=rate)
        picture.width, picture.height, picture.pix_fmt = *size, "yuv420p"
        picture.codec_context.thread_count = 2
        picture.codec_context.options = {"crf": str(quality), "preset": preset, "x264-params":
                                         "colorprim=bt709:transfer=bt709:colormatrix=bt709:range=tv"}
        if group:
            picture.codec_context.gop_size = group
        _tag(picture.codec_context)
        voice = container.add_stream("aac", rate=48000, layout=_layout(sound)) if sound else None
        if voice is not None:
            voice.codec_context.bit_rate = 192000
        for count, pixels in enumerate(frames):
            container.mux(picture.encode(_yuv(pixels, count, rate)))
            if voice is not None:
                _speak(container, voice, sound, Fraction(count) / rate, Fraction(count + 1) / rate)
        container.mux(picture.encode(None))
        if voice is not None:
            container.mux(voice.encode(None))


def proxy(source: Path, target: Path) -> None:
    """A light copy of a take: half-second groups, so that a player finds every frame at once."""
    video = read_video(source)
    encode(video.frames(), target, rate=video.rate, size=video.size, sound=video.sound, quality=20,
           group=max(1, round(video.rate / 2)))


def _frames(path: Path, length: int) -> Iterator[np.ndarray]:
    """The take's pictures, all of them or an error. FFmpeg mends damaged slices in silence: hashes find those."""
    with opened(path, "video") as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        count = 0
        for count, frame in enumerate(container.decode(stream), 1):  # noqa: B007  (counted)
            yield frame.to_ndarray(format="rgb24")
    if count != length:
        raise InputError("file.ends", path=path)


def _speak(container: av.container.OutputContainer, voice: av.AudioStream, sound: Sound, start: Fraction,
           end: Fraction) -> None:
    """Encode the samples that belong to a span of time."""
    first, last = (min(len(sound.samples), round(moment * sound.rate)) for moment in (start, end))
    if first == last:
        return
    piece = np.ascontiguousarray(sound.samples[first:last])
    if voice.codec_context.name == "pcm_s24le":
        wide = np.zeros((*piece.shape, 4), np.uint8)
        wide[..., 1:] = pcm24(piece)
        frame = av.AudioFrame.from_ndarray(wide.view("<i4").reshape(1, -1), format="s32", layout=_layout(sound))
    else:
        frame = av.AudioFrame.from_ndarray(piece.reshape(1, -1).astype(np.float32), format="flt",
                                           layout=_layout(sound))
    frame.sample_rate, frame.pts, frame.time_base = sound.rate, first, Fraction(1, sound.rate)
    container.mux(voice.encode(frame))


def _layout(sound: Sound) -> str:
    return LAYOUTS[sound.samples.shape[1]]


def _yuv(pixels: np.ndarray, count: int, rate: Fraction) -> av.VideoFrame:
    """sRGB bytes as limited-range BT.709 with half the chroma."""
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
    frame = frame.reformat(format="yuv420p", src_colorspace=Colorspace.ITU709, dst_colorspace=Colorspace.ITU709,
                           src_color_range=ColorRange.JPEG, dst_color_range=ColorRange.MPEG)
    frame.colorspace, frame.color_range = BT709, LIMITED
    frame.pts, frame.time_base = count, 1 / rate
    return frame


def _tag(context: av.VideoCodecContext) -> None:
    context.color_primaries = context.color_trc = context.colorspace = BT709
    context.color_range = LIMITED
