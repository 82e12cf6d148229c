"""How a title comes and goes: ink that soaks into paper, holds, and dries away."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy import ndarray

from marrow.draw import SEAL, colour
from marrow.draw.card import Card
from marrow.draw.label import printed
from marrow.draw.noise import blur, noise
from marrow.draw.paper import sheet

SOFT = 0.45   # share of a fade that one place of the paper takes to drink its ink
LATER = 0.25  # share of a fade by which the red mark comes after the ink


@dataclass(frozen=True)
class Soak:
    """When each place of the paper drinks its ink: coverage and moment, both (height, width) float32, moment 0..1."""

    full: ndarray
    moment: ndarray

    def at(self, share: float) -> ndarray:
        """Coverage after a share of the fade: none at 0, all of it at 1, never less than before in between.

        test    coverage grows with `share` at every pixel
        """
        rise = np.clip((share * (1 + SOFT) - self.moment) / SOFT, 0, 1)
        return self.full * (rise * rise * (3 - 2 * rise)).astype(np.float32)


def soak(full: ndarray, seed: int) -> Soak:
    """Prepare ink for soaking: it starts in the middle of strokes, here and there first, and creeps to their edges.

    full       (height, width) float32 coverage
    """
    height, width = full.shape
    unit = min(height, width)
    cloud = noise((width, height), 6, seed) * 0.5 + noise((width, height), 34, seed) * 0.2 \
        + noise((width, height), 150, seed) * 0.3
    inside = blur(full, unit * 0.006)
    late = 0.5 + 0.22 * cloud + 0.45 * (0.55 - inside)
    wet = full > 0
    if not wet.any():
        return Soak(full, np.zeros_like(full))
    low, high = late[wet].min(), late[wet].max()
    return Soak(full, np.clip((late - low) / max(high - low, 1e-6), 0, 1).astype(np.float32))


def pictures(card: Card, paper: str, ink: str, length: int, fade: int, seed: int = 0) -> Iterator[ndarray]:
    """Draw the frames of a title: bare paper, ink coming, held still, ink going, bare paper.

    length     frames; fade: how many of them the ink takes to come, and to go
    returns    (height, width, 3) uint8 sRGB each; the held frames are one array, read-only
    """
    height, width = card.ink.shape
    ground = sheet((width, height), paper)
    bare = colour.srgb(ground)
    marks = ((soak(card.ink, seed), ink, 0.0), (soak(card.seal, seed + 1), SEAL, LATER))
    box = _box(card.ink + card.seal)
    held: ndarray | None = None
    for frame in range(length):
        share = progress_of(frame, length, fade)
        if share >= 1 and held is not None:
            yield held
            continue
        light = ground[box]
        for each, paint, later in marks:
            part = Soak(each.full[box], each.moment[box])
            light = printed(light, part.at(min(max((share - later) / (1 - later), 0), 1)), paint)
        made = bare.copy()
        made[box] = colour.srgb(light)
        made.setflags(write=False)
        held = made if share >= 1 else None
        yield made


def progress_of(frame: int, length: int, fade: int) -> float:
    """How far the ink has come at one frame, 0..1: the same from the front and from the back."""
    if fade <= 0:
        return 1.0
    return min(1.0, frame / fade, (length - 1 - frame) / fade)


def _box(marks: ndarray) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(marks.any(1)), np.flatnonzero(marks.any(0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def counted(seconds: float, rate: Fraction) -> int:
    """Frames in so many seconds, at least one."""
    return max(1, round(Fraction(str(seconds)) * rate))
