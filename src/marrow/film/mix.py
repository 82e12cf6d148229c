"""The film's sound laid together: pure arrays in, arrays out. Samples (n, channels) float32; times are sample numbers.

Layers add; beds repeat without a seam and step back while a leading layer speaks. How loud the whole is belongs to
`marrow.film.loudness`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from marrow.media import Sound

SEAM = 0.5                   # seconds of cross-fade where a bed begins again; at most a quarter of it
BLOCK = 0.01                 # seconds between two points of the ducking curve
BEFORE, AFTER = 0.12, 0.35   # seconds that a bed is down before somebody speaks, and stays down between words
GLIDE = 0.5                  # seconds from full to stepped back
NEAR, QUIET = -24.0, -60.0   # dB: speech is what comes this near to its own loud parts, and is no quieter than that


@dataclass(frozen=True)
class Layer:
    """One sound at its place in the film.

    samples    (n, channels) in -1..1 at the film's rate; one channel goes to both sides
    start      film sample at which it begins; what lies before 0 or after the end is not heard
    gain       dB
    fade_in    samples, equal power; as fade_out
    until      film sample at which it ends: it is cut there, or repeated until there; None plays it once
    duck       dB by which it steps back under the leading layers
    lead       others step back for it
    """

    samples: ndarray
    start: int = 0
    gain: float = 0.0
    fade_in: int = 0
    fade_out: int = 0
    until: int | None = None
    duck: float = 0.0
    lead: bool = False


def mix(layers: Sequence[Layer], *, length: int, rate: int = 48000) -> Sound:
    """Add the layers up to one stereo sound of exactly `length` samples.

    returns   (length, 2) float32; it may pass ±1, `master` brings it down
    test      adding is linear and independent of silence; a layer alone with no gain is itself
    """
    out = np.zeros((length, 2), np.float32)
    down = _spoken(layers, length, rate) if any(each.duck for each in layers) else None
    for layer in layers:
        placed = _faded(stretched(layer, rate), layer.fade_in, layer.fade_out)
        first, last = max(0, layer.start), min(length, layer.start + len(placed))
        if first >= last:
            continue
        heard = placed[first - layer.start:last - layer.start] * np.float32(10 ** (layer.gain / 20))
        if layer.duck and down is not None:
            heard *= _ducking(down, first, last, layer.duck, rate)[:, None]
        out[first:last] += heard
    return Sound(out, rate)


def stereo(samples: ndarray) -> ndarray:
    """Samples (n,) or (n, channels) as (n, 2) float32: one channel on both sides, of several the first two."""
    plain = samples.astype(np.float32)
    plain = plain[:, None] if plain.ndim == 1 else plain
    return np.repeat(plain, 2, axis=1) if plain.shape[1] == 1 else plain[:, :2]


def stretched(layer: Layer, rate: int) -> ndarray:
    """A layer's samples (n, 2) as long as it sounds: once, cut at `until`, or repeated until there without a seam.

    The end of each round cross-fades at equal power into the next beginning, so that a round is shorter than the
    recording by the cross-fade.
    """
    samples = stereo(layer.samples)
    wanted = len(samples) if layer.until is None else max(0, layer.until - layer.start)
    if wanted <= len(samples) or not len(samples):
        return samples[:wanted].copy()
    seam = min(round(SEAM * rate), len(samples) // 4)
    period = len(samples) - seam
    rising = fade(seam)[:, None]
    turn = samples[:period].copy()
    turn[:seam] = samples[:seam] * rising + samples[period:] * rising[::-1]
    rounds = -(-(wanted - period) // period)
    return np.concatenate([samples[:period], np.tile(turn, (rounds, 1))])[:wanted]


def fade(count: int) -> ndarray:
    """Gains (count,) float32 rising from silence to full with equal power: a fade and its mirror add to one, squared.

    test    fade(n)**2 + fade(n)[::-1]**2 == 1
    """
    return np.sin(np.pi / 2 * (np.arange(count) + 0.5) / max(count, 1)).astype(np.float32)


def _faded(samples: ndarray, rising: int, falling: int) -> ndarray:
    """Fade in and out in place; fades that do not fit are shortened in proportion."""
    room = len(samples)
    if rising + falling > room:
        rising, falling = (each * room // (rising + falling) for each in (rising, falling))
    samples[:rising] *= fade(rising)[:, None]
    samples[room - falling:] *= fade(falling)[::-1, None]
    return samples


def _spoken(layers: Sequence[Layer], length: int, rate: int) -> ndarray:
    """0..1 for each block of the film: how far beds step back, gliding, already down when a word begins."""
    hop = round(BLOCK * rate)
    speaking = np.zeros(-(-length // hop) + 1, bool)
    for layer in layers:
        if layer.lead:
            for block in _loud_blocks(layer, hop, rate):
                at = layer.start // hop + block
                first = at - round((BEFORE + GLIDE / 2) / BLOCK)
                speaking[max(0, first):max(0, at + round((AFTER + GLIDE / 2) / BLOCK))] = True
    window = np.hanning(round(GLIDE / BLOCK) + 2)[1:-1]
    padded = np.pad(speaking.astype(float), len(window) // 2, mode="edge")
    return np.convolve(padded, window / window.sum(), "valid")[:len(speaking)]


def _loud_blocks(layer: Layer, hop: int, rate: int) -> ndarray:
    """Numbers of the 10 ms blocks in which a leading layer can be heard over its own background."""
    samples = stretched(layer, rate)
    blocks = np.pad(samples, ((0, -len(samples) % hop), (0, 0))).reshape(-1, hop, 2)
    level = 20 * np.log10(np.sqrt(np.mean(blocks.astype(float) ** 2, axis=(1, 2))) + 1e-9) + layer.gain
    return np.flatnonzero(level > max(np.percentile(level, 95) + NEAR, QUIET)) if len(level) else np.zeros(0, int)


def _ducking(down: ndarray, first: int, last: int, duck: float, rate: int) -> ndarray:
    """Gains (last - first,) float32 of a bed that steps back by `duck` dB where `down` is 1."""
    at = (np.arange(first, last) / round(BLOCK * rate)) - 0.5
    return (10 ** (-duck / 20 * np.interp(at, np.arange(len(down)), down))).astype(np.float32)
