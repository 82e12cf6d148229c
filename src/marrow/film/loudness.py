"""How loud a film is, and bringing it to a stated loudness without a peak above the ceiling.

Loudness is integrated LUFS after EBU R128, measured by FFmpeg's own meter; peaks are true peaks, measured between
the samples.
"""

from fractions import Fraction
from math import inf, log10

import numpy as np
from numpy import ndarray

from marrow.film.mix import stereo
from marrow.media import Sound

WEB = -16.0                          # LUFS: what video sites play at
MOST_LIFT = 36.0                     # dB: a nearly silent film stays quiet rather than become a hiss
CLOSE = 0.05                         # LU: near enough
ROUNDS = 8
OVERSAMPLED = 4
REACH = 24                           # samples on either side that a point between two samples is made of
CHUNK = 1 << 19                      # samples at a time, so that a long film stays small in memory
ATTACK, RELEASE = 600.0, 30.0        # dB a second: how fast the limiter closes (before the peak) and opens again
SLOWEST = 0.15                       # LU gained by a dB more where the limiter already works hard
MARGIN = 0.03                        # dB kept below the ceiling for peaks between the oversampled points


def integrated(sound: Sound) -> float:
    """Integrated loudness in LUFS, as heard on two loudspeakers; -inf for silence and for less than 0.4 s.

    source    ITU-R BS.1770-4 (gating), EBU Tech 3341; measured by FFmpeg's ebur128 filter
    test      a sine of 997 Hz at -23 dBFS on both sides reads -23.0
    """
    import av
    import av.filter

    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=sound.rate, format="flt", layout="stereo",
                               time_base=Fraction(1, sound.rate))
    meter, sink = graph.add("ebur128", "metadata=1"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    last = {}
    for start in range(0, len(sound.samples), CHUNK):
        frame = av.AudioFrame.from_ndarray(_interleaved(sound.samples[start:start + CHUNK]), "flt", "stereo")
        frame.sample_rate, frame.pts, frame.time_base = sound.rate, start, Fraction(1, sound.rate)
        graph.push(frame)
        last = _pulled(graph) or last
    graph.push(None)
    last = _pulled(graph) or last
    found = float(last.get("lavfi.r128.I", -inf))
    return found if found > -69.9 else -inf


def true_peak(sound: Sound) -> float:
    """The highest peak in dBTP, between the samples too; -inf for silence.

    source    ITU-R BS.1770-4, annex 2: four times oversampled
    """
    top = float(peaks(sound).max(initial=0.0))
    return 20 * log10(top) if top > 0 else -inf


def master(sound: Sound, *, target: float = WEB, ceiling: float = -1.0) -> Sound:
    """The finished soundtrack: at `target` LUFS, no true peak above `ceiling` dBTP, always stereo.

    A gain, then a limiter that sees peaks coming; repeated until the limited sound itself measures the target.
    Silence stays silence, and nothing is lifted by more than 36 dB.

    target     LUFS: -16 for the web, -23 for television (EBU R128)
    ceiling    dBTP
    test       the result measures the target to 0.3 LU; an eight times oversampled peak is below the ceiling + 0.1
    """
    plain = Sound(stereo(sound.samples), sound.rate)
    measured = integrated(plain)
    if measured == -inf:
        return limited(plain, ceiling=ceiling)
    tops, gain, slope, reached = peaks(plain), 0.0, 1.0, measured
    for _ in range(ROUNDS):
        before, gain = gain, min(MOST_LIFT, gain + (target - reached) / slope)
        made = limited(plain, gain=gain, ceiling=ceiling, tops=tops)
        past, reached = reached, integrated(made)
        if abs(target - reached) <= CLOSE or gain == before or gain >= MOST_LIFT:
            break
        slope = min(1.0, max(SLOWEST, (reached - past) / (gain - before)))
    return made


def limited(sound: Sound, *, gain: float = 0.0, ceiling: float = -1.0, tops: ndarray | None = None) -> Sound:
    """A stereo sound raised by `gain` dB, turned down around whatever would pass the ceiling.

    The turn-down closes 600 dB a second before a peak, opens 30 dB a second after it, and is the same on both sides.
    Both are straight lines in dB: running minima, no loop, no filter to ring.

    tops    what `peaks` says of `sound`, where it is known already
    test    below the ceiling nothing changes but the gain
    """
    samples = sound.samples * np.float32(10 ** (gain / 20))
    heights = np.maximum(peaks(sound) if tops is None else tops, 1e-9)
    need = np.minimum(0, ceiling - MARGIN - gain - 20 * np.log10(heights))
    if len(need) and need.min() < 0:
        need = _opening(need, RELEASE / sound.rate)
        need = _opening(need[::-1], ATTACK / sound.rate)[::-1]
        samples = samples * (10 ** (need / 20)).astype(np.float32)[:, None]
    return Sound(samples, sound.rate)


def _opening(need: ndarray, slope: float) -> ndarray:
    """The highest curve below `need` (dB per sample number) that rises by at most `slope` a sample."""
    out, carried = np.empty_like(need), inf
    for start in range(0, len(need), CHUNK):
        part = need[start:start + CHUNK].astype(np.float64)
        line = slope * np.arange(1, len(part) + 1)
        low = np.minimum(np.minimum.accumulate(part - line), carried) + line
        out[start:start + CHUNK] = low
        carried = low[-1]
    return out


def peaks(sound: Sound) -> ndarray:
    """For each sample the largest magnitude between its two neighbours, of either side: (n,) float32."""
    samples = stereo(sound.samples)
    out = np.abs(samples).max(axis=1)
    kernels = _between()
    for start in range(0, len(samples), CHUNK):
        stop = min(len(samples), start + CHUNK)
        first, last = max(0, start - REACH), min(len(samples), stop + REACH)
        part = np.pad(samples[first:last], ((REACH - (start - first), REACH - (last - stop)), (0, 0)))
        for wave in part.astype(np.float64).T:
            for kernel in kernels:
                between = np.abs(_filtered(wave, kernel)).astype(np.float32)
                np.maximum(out[start:stop], between[1:], out=out[start:stop])
                np.maximum(out[start:stop], between[:-1], out=out[start:stop])
    return out


def _filtered(wave: ndarray, kernel: ndarray) -> ndarray:
    """`wave` seen through a short kernel, added tap by tap: the same bytes on any number of threads."""
    count = len(wave) - len(kernel) + 1
    out = np.zeros(max(0, count))
    for tap, weight in enumerate(kernel):
        out += weight * wave[tap:tap + count]
    return out


def _between() -> list[ndarray]:
    """Kernels (48,) for the points a quarter, a half and three quarters of the way to the next sample.

    Their first weight belongs to the 23rd sample before the point's own.
    """
    kernels = []
    for part in range(1, OVERSAMPLED):
        at = np.arange(-REACH + 1, REACH + 1) - part / OVERSAMPLED
        kernel = np.sinc(at) * np.i0(7.0 * np.sqrt(np.maximum(0, 1 - (at / REACH) ** 2)))
        kernels.append(kernel / kernel.sum())
    return kernels


def _interleaved(samples: ndarray) -> ndarray:
    return np.ascontiguousarray(stereo(samples)).reshape(1, -1)


def _pulled(graph: object) -> dict:
    """The meter's last words among what is ready."""
    import av

    last = {}
    while True:
        try:
            last = dict(graph.pull().metadata) or last  # type: ignore[attr-defined]
        except (av.BlockingIOError, av.EOFError):
            return last
