"""Tiny takes whose every frame carries its own number, so that a film can be read back frame by frame."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from marrow import forms
from marrow.media import Sound, Video

SIZE = (64, 36)
RATE = 48000


def bars(code: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    """A picture of eight bars, dark or bright: the eight bits of a number."""
    width, height = size
    bits = np.array([code >> (7 - place) & 1 for place in range(8)], np.uint8)
    return np.repeat(np.tile(40 + 180 * np.repeat(bits, width // 8), (height, 1))[..., None], 3, axis=2)


def code_of(picture: np.ndarray) -> int:
    """The number that the bars of a picture say, however large it is shown; read along the middle row."""
    row = picture[picture.shape[0] // 2].mean(-1)
    middles = (np.arange(8) + 0.5) * picture.shape[1] / 8
    return int("".join("1" if row[int(place)] > 128 else "0" for place in middles), 2)


def plain(colour, size=SIZE) -> np.ndarray:
    return np.full((size[1], size[0], 3), colour, np.uint8)


def write_take(path: Path, pictures, *, fps=Fraction(24), sound: np.ndarray | None = None) -> Path:
    """A take as the store holds it."""
    pictures = list(pictures)
    height, width = pictures[0].shape[:2]
    voice = None if sound is None else Sound(sound.astype(np.float32), RATE)
    forms.write(Video(lambda: iter(pictures), len(pictures), (width, height), fps, voice), path)
    return path


def coded_take(path: Path, codes, size=SIZE, **more) -> Path:
    return write_take(path, [bars(code, size) for code in codes], **more)


def seen(path: Path) -> list[np.ndarray]:
    """Every picture of a film, decoded."""
    with av.open(str(path)) as file:
        return [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]


def heard(path: Path) -> np.ndarray:
    """Every sample of a film, (n, channels), as a player would hear them: what the file places before 0 is not."""
    with av.open(str(path)) as file:
        frames = list(file.decode(audio=0))
    start = round(frames[0].pts * frames[0].time_base * RATE)
    samples = np.concatenate([frame.to_ndarray() for frame in frames], axis=1).T
    return samples[-start:] if start < 0 else np.pad(samples, ((start, 0), (0, 0)))
