"""Sound as WAV: 24-bit PCM, 48 kHz as a rule."""

import wave
from pathlib import Path

import numpy as np

from marrow.errors import InputError
from marrow.media import Sound

FULL = 2**23 - 1


def read_sound(path: Path) -> Sound:
    """Sound from a PCM WAV of 8, 16, 24 or 32 bits at its own rate; any other WAV goes through FFmpeg."""
    try:
        with wave.open(str(path), "rb") as file:
            width, channels, rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
            raw = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise InputError("file.kind", path=path, kind="sound") from error
    usable = len(raw) // (width * channels) * width * channels
    if not usable:
        raise InputError("file.empty", path=path)
    return Sound(_floats(raw[:usable], width).reshape(-1, channels), rate)


def write_sound(sound: Sound, path: Path) -> None:
    """24-bit PCM WAV; samples beyond -1..1 are held at the edge."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(sound.samples.shape[1])
        file.setsampwidth(3)
        file.setframerate(sound.rate)
        file.writeframes(pcm24(sound.samples).tobytes())


def pcm24(samples: np.ndarray) -> np.ndarray:
    """Samples as little-endian 24-bit PCM bytes (n, channels, 3)."""
    whole = np.rint(np.clip(samples, -1, 1).astype(np.float64) * FULL).astype("<i4")
    return np.ascontiguousarray(whole[..., None].view(np.uint8).reshape(*whole.shape, 4)[..., :3])


def _floats(raw: bytes, width: int) -> np.ndarray:
    if width == 1:
        return ((np.frombuffer(raw, np.uint8).astype(np.float32) - 128) / 127).clip(-1, 1)
    if width == 3:
        wide = np.zeros((len(raw) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(raw, np.uint8).reshape(-1, 3)
        return ((wide.view("<i4")[:, 0] >> 8) / FULL).astype(np.float32)
    whole = np.frombuffer(raw, f"<i{width}")
    return (whole / (2 ** (8 * width - 1) - 1)).astype(np.float32)
