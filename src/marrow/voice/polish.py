"""Making a spoken take fit for the cut: resample, trim, soften, level. Pure arrays; mono (n,) in between.

Nothing here adds in an order that depends on threads: the same samples give the same bytes on any machine.
"""

from math import gcd

import numpy as np
from numpy import ndarray

RATE = 48000
TAPS = 64                    # a windowed sinc of so many input samples
HUSH = 0.080                 # seconds of silence kept before the first and after the last sound
FLOOR = 10 ** (-50 / 20)     # below that, relative to the loudest 20 ms, is silence
FADE = 0.008                 # seconds
LEVEL = -20.0                # dBFS RMS over what is spoken, rests left out
CEILING = 10 ** (-1.5 / 20)  # no sample above that


def finished(samples: ndarray, rate: int) -> ndarray:
    """A raw take at its own rate as (n, 1) float32 at 48 kHz: trimmed to 80 ms of hush, faded, at -20 dBFS.

    samples    (n,) or (n, channels) in -1..1
    rate       of `samples`, per second
    raises     ValueError when it is silent from end to end
    """
    mono = samples.astype(np.float64)
    mono = mono.mean(axis=1) if mono.ndim == 2 else mono
    mono = trimmed(resampled(mono, rate, RATE), RATE)
    return levelled(mono, RATE)[:, None]


def resampled(samples: ndarray, rate: int, wanted: int) -> ndarray:
    """(n,) samples at another rate, float32, by a windowed sinc in polyphase form.

    The kernel is a Kaiser-windowed sinc of 64 input samples, cut at 0.46 of the lower rate.

    source    Smith, Digital Audio Resampling Home Page, CCRMA; Crochiere and Rabiner, Multirate DSP, 1983
    test      a sine stays that sine, to -70 dB; nothing above half the lower rate survives
    """
    up, down = wanted // gcd(rate, wanted), rate // gcd(rate, wanted)
    if up == down:
        return samples.astype(np.float32)
    stretch = max(1.0, down / up)
    half = int(np.ceil(TAPS / 2 * stretch))
    length = -(-len(samples) * up // down)
    padded = np.pad(samples.astype(np.float64), (half, half + down + 1))
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * half)
    out = np.zeros(length, np.float32)
    for phase in range(min(up, length)):
        first, offset = divmod(phase * down, up)
        count = len(range(phase, length, up))
        rows = windows[first:first + (count - 1) * down + 1:down] if count > 1 else windows[first:first + 1]
        out[phase::up] = np.einsum("ij,j->i", rows, _kernel(offset / up, half, stretch))
    return out


def trimmed(samples: ndarray, rate: int) -> ndarray:
    """Speech with exactly 80 ms before its first and after its last sound, faded in and out."""
    start, stop = spoken_span(samples, rate)
    hush, fade = round(HUSH * rate), round(FADE * rate)
    voiced = samples[start:stop].copy()
    ramp = 0.5 - 0.5 * np.cos(np.pi * (np.arange(fade) + 0.5) / fade)
    fade = min(fade, len(voiced) // 2)
    voiced[:fade] = voiced[:fade] * ramp[:fade]
    voiced[len(voiced) - fade:] = voiced[len(voiced) - fade:] * ramp[:fade][::-1]
    return np.pad(voiced, hush)


def spoken_span(samples: ndarray, rate: int) -> tuple[int, int]:
    """First and last sample of what can be heard, to 5 ms; ValueError when nothing can."""
    hop = max(1, round(0.005 * rate))
    level = _levels(samples, hop)
    loud = np.flatnonzero(level > max(level.max(initial=0.0) * FLOOR, 1e-5))
    if not len(loud):
        raise ValueError("silent")
    return max(0, (int(loud[0]) - 1) * hop), min(len(samples), (int(loud[-1]) + 2) * hop)


def levelled(samples: ndarray, rate: int) -> ndarray:
    """Speech at -20 dBFS RMS, measured where somebody speaks; no sample above -1.5 dBFS.

    Peaks that would pass are bent smoothly, not cut.
    """
    level = _levels(samples, round(0.02 * rate))
    active = level[level > level.max() * 10 ** (-30 / 20)]
    gain = 10 ** (LEVEL / 20) / np.sqrt(np.mean(active**2))
    return softly(samples * samples.dtype.type(gain), CEILING)


def softly(samples: ndarray, ceiling: float) -> ndarray:
    """Samples under a ceiling: untouched to 70 % of it, above that bent along a tanh."""
    knee = 0.7 * ceiling
    high = np.flatnonzero(np.abs(samples) > knee)
    bent = samples.copy()
    over = (np.abs(samples[high]) - knee) / (ceiling - knee)
    bent[high] = np.sign(samples[high]) * (knee + (ceiling - knee) * np.tanh(over))
    return bent


def equalised(samples: ndarray, rate: int, curve: list[tuple[float, float]]) -> ndarray:
    """(n,) samples with each frequency raised or lowered, phase kept.

    curve    (Hz, dB) in rising order; straight lines between them on a logarithmic axis of frequency
    """
    size = 1 << int(np.ceil(np.log2(len(samples) + rate // 10)))
    hertz = np.maximum(np.fft.rfftfreq(size, 1 / rate), 1.0)
    gain = np.interp(np.log(hertz), np.log([each for each, _ in curve]), [each for _, each in curve])
    return np.fft.irfft(np.fft.rfft(samples, size) * 10 ** (gain / 20), size)[:len(samples)]


def _levels(samples: ndarray, hop: int) -> ndarray:
    """RMS of each stretch of `hop` samples."""
    padded = np.pad(samples, (0, -len(samples) % hop)).reshape(-1, hop)
    return np.sqrt(np.einsum("ij,ij->i", padded, padded, dtype=np.float64) / hop)


def _kernel(offset: float, half: int, stretch: float) -> ndarray:
    """Weights of the 2·half samples around a point `offset` of a sample after the middle one; they add to 1."""
    at = (np.arange(2 * half) - half - offset) / stretch
    weights = np.sinc(0.92 * at) * np.i0(9.0 * np.sqrt(np.maximum(0.0, 1 - (at / (half / stretch)) ** 2)))
    return weights / weights.sum()
