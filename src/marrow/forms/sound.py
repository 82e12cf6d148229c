"""Sound as WAV: 24-bit PCM written; any WAV read, and what only calls itself one."""

import wave
from pathlib import Path

import numpy as np

from marrow.errors import InputError
from marrow.forms.looks import look, wrong_kind
from marrow.media import Sound

FULL = 2**23


def read_sound(path: Path) -> Sound:
    """Sound at its own rate from a PCM WAV of 8 to 32 bits; floats and other codecs go through FFmpeg.

    raises  InputError  not a sound, or one without samples
    """
    try:
        with wave.open(str(path), "rb") as file:
            width, channels, rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
            raw = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        if look(path) != "sound":
            raise wrong_kind(path, "sound") from error
        return _through_ffmpeg(path)
    usable = len(raw) // (width * channels) * width * channels
    if not usable:
        raise InputError("file.ends", path=path)
    return Sound(_floats(raw[:usable], width).reshape(-1, channels), rate)


def write_sound(sound: Sound, path: Path) -> None:
    """24-bit PCM WAV; samples beyond -1..1 are held at the edge."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(sound.samples.shape[1])
        file.setsampwidth(3)
        file.setframerate(sound.rate)
        file.writeframes(pcm24(sound.samples).tobytes())


def pcm24(samples: np.ndarray) -> np.ndarray:
    """Samples (n, channels) as little-endian 24-bit PCM bytes (n, channels, 3); what is not a number is silence."""
    whole = np.rint(np.nan_to_num(samples.astype(np.float64), posinf=1, neginf=-1) * FULL)
    whole = np.clip(whole, -FULL, FULL - 1).astype("<i4")
    return np.ascontiguousarray(whole[..., None].view(np.uint8).reshape(*whole.shape, 4)[..., :3])


def _floats(raw: bytes, width: int) -> np.ndarray:
    """PCM as float32, full scale at 1, as FFmpeg and every editor count it."""
    if width == 1:
        return (np.frombuffer(raw, np.uint8).astype(np.float32) - 128) / 128
    if width == 3:
        wide = np.zeros((len(raw) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(raw, np.uint8).reshape(-1, 3)
        return ((wide.view("<i4")[:, 0] >> 8) / FULL).astype(np.float32)
    return (np.frombuffer(raw, f"<i{width}") / 2.0 ** (8 * width - 1)).astype(np.float32)


def _through_ffmpeg(path: Path) -> Sound:
    import av

    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise wrong_kind(path, "sound")
            return decoded(container, path)
    except (av.FFmpegError, OSError) as error:
        raise InputError("file.broken", path=path, why=error.strerror or error) from error


def decoded(container: object, path: Path) -> Sound:
    """The first sound of an open file, whole, at its own rate.

    raises  InputError  when there is no sample in it
    """
    from itertools import chain

    import av

    stream = container.streams.audio[0]
    channels = stream.layout.nb_channels
    even = av.AudioResampler("flt", stream.layout, stream.rate)
    blocks = [each.to_ndarray().reshape(-1, channels)
              for frame in chain(container.decode(stream), [None]) for each in even.resample(frame)]
    if not blocks:
        raise InputError("file.ends", path=path)
    return Sound(np.concatenate(blocks), stream.rate)
