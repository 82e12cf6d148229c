"""What is heard: a few plucked silk strings, cicadas in a court, a bicycle bell. Made from numbers, CC0."""

import wave
from pathlib import Path

import numpy as np

QIN_RATE, RATE = 16_000, 24_000
# when, note (semitones from the open C string 65.4 Hz), strength, how far the left hand slides (semitones), harmonic
PHRASES = (
    (0.6, 12, 0.90, 0, False), (2.9, 19, 0.55, 0, False), (3.5, 21, 0.70, -2, False), (6.6, 0, 0.95, 0, False),
    (9.8, 24, 0.50, 0, True), (10.4, 28, 0.42, 0, True), (11.0, 31, 0.46, 0, True), (14.2, 16, 0.80, 2, False),
    (16.4, 14, 0.62, 0, False), (17.6, 7, 0.85, 0, False), (21.4, 21, 0.66, 3, False), (22.5, 19, 0.58, -3, False),
    (24.1, 12, 0.80, 0, False), (27.4, 0, 0.70, 0, False), (27.5, 12, 0.42, 0, True),
)
QIN_SECONDS, CICADA_SECONDS = 33.0, 8.0
# lowest and highest Hz, beats in the loop, where its swell begins, strength
CICADAS = ((4200, 4700, 496, 0.0, 1.0), (4900, 5500, 360, 2.1, 0.7), (3500, 3800, 624, 4.0, 0.5))
# Hz, strength, seconds until it has faded to a third
BELL = ((2093, 1.0, 0.42), (2131, 0.5, 0.36), (4710, 0.42, 0.2), (7460, 0.2, 0.1), (3020, 0.16, 0.14))


def pluck(semitone: float, seconds: float, slide: float, harmonic: bool, chance: np.random.Generator) -> np.ndarray:
    """One string by Karplus and Strong: a burst of noise runs round a line whose length the left hand may change."""
    hertz = 65.406 * 2 ** (semitone / 12)
    count = round(seconds * QIN_RATE)
    time = np.arange(count) / QIN_RATE
    bend = slide * np.clip((time - 0.45) / 0.5, 0, 1)
    bend += 0.10 * np.sin(2 * np.pi * 4.6 * time) * np.clip(time - 0.5, 0, 1) * np.exp(-time / 1.6) * (not harmonic)
    around = QIN_RATE / hertz
    line = chance.normal(0, 1, int(around) + 2)
    for _ in range(3 if harmonic else 7):                                       # a soft fingertip, not a nail
        line = 0.5 * (line + np.roll(line, 1))
    string = loop(line - line.mean(), count, around, 0.9985 if semitone > 10 else 0.9972)
    moved = np.concatenate(([0.0], np.cumsum(2 ** (bend[:-1] / 12))))           # a slide is the string read faster
    tone = np.interp(moved, np.arange(count), string)
    if harmonic:
        tone = 0.3 * tone + 0.25 * np.sin(2 * np.pi * hertz * time) * np.exp(-time / 1.1)
    return tone * np.minimum(1, time / 0.004) * np.clip((seconds - time) / 0.5, 0, 1)


def loop(line: np.ndarray, count: int, around: float, keep: float) -> np.ndarray:
    """Run a burst round the string, a block of one turn at a time; `around` samples to a turn, `keep` is left of it."""
    whole = int(around - 0.5)
    part = around - 0.5 - whole
    out = np.zeros(count + 1)
    start = min(len(line), count)
    out[:start] = line[:start]
    for begin in range(start, count, whole - 2):
        end = min(count, begin + whole - 2)
        near = out[begin - whole:end - whole]
        far = out[begin - whole - 1:end - whole - 1]
        farther = out[begin - whole - 2:end - whole - 2]
        now, before = near + part * (far - near), far + part * (farther - far)
        out[begin:end] = keep * 0.5 * (now + before)
    return out[:count]


def qin() -> np.ndarray:
    """The piece, much of it silence; with the room's answer, (n,) -1..1."""
    chance = np.random.default_rng(7)
    sound = np.zeros(round(QIN_SECONDS * QIN_RATE))
    for when, note, strength, slide, harmonic in PHRASES:
        seconds = min(6.5, QIN_SECONDS - when - 0.1)
        tone = pluck(note, seconds, slide, harmonic, chance)
        begin = round(when * QIN_RATE)
        sound[begin:begin + len(tone)] += strength * tone / np.abs(tone).max()
    return levelled(room(sound, QIN_RATE), 0.6)


def room(sound: np.ndarray, rate: int) -> np.ndarray:
    """A wooden room: a handful of early answers, each darker than the one before."""
    wet = sound.copy()
    for seconds, share in ((0.031, 0.22), (0.047, 0.18), (0.083, 0.14), (0.131, 0.11), (0.211, 0.08), (0.337, 0.05)):
        late = round(seconds * rate)
        dull = np.convolve(sound, np.hanning(9) / np.hanning(9).sum(), mode="same")
        wet[late:] += share * dull[:-late]
    return wet


def band(noise: np.ndarray, low: float, high: float, rate: int) -> np.ndarray:
    """Noise (n,) with soft edges at two frequencies; it meets itself at the ends."""
    spectrum, hertz = np.fft.rfft(noise), np.fft.rfftfreq(len(noise), 1 / rate)
    outside = np.clip(low - hertz, 0, None) / low + np.clip(hertz - high, 0, None) / high
    edge = np.exp(-outside / 0.12)
    return np.fft.irfft(spectrum * edge, len(noise))


def cicadas() -> np.ndarray:
    """A loop of late afternoon: cicadas far off, swelling and thinning, wind in leaves."""
    chance = np.random.default_rng(31)
    count = round(CICADA_SECONDS * RATE)
    time = np.arange(count) / RATE
    turn = 2 * np.pi * time / CICADA_SECONDS
    sound = np.zeros(count)
    for low, high, pulses, phase, strength in CICADAS:
        swell = (0.55 + 0.45 * np.sin(turn * 1 + phase)) * (0.8 + 0.2 * np.sin(turn * 3 + 2 * phase))
        rattle = 0.5 + 0.5 * np.sin(turn * pulses) ** 3
        hiss = band(chance.normal(0, 1, count), low, high, RATE)
        sound += strength * swell * rattle * hiss / hiss.std()
    wind = band(chance.normal(0, 1, count), 90, 420, RATE)
    leaves = band(chance.normal(0, 1, count), 1200, 3200, RATE)
    gust = 0.6 + 0.4 * np.sin(turn * 2 + 1)
    sound = 0.35 * sound + gust * (0.9 * wind / wind.std() + 0.22 * leaves / leaves.std())
    return levelled(sound, 0.28)


def bell() -> np.ndarray:
    """A bicycle bell, rung twice with the thumb, in a lane."""
    time = np.arange(round(1.7 * RATE)) / RATE
    sound = np.zeros_like(time)
    for begin, strength in ((0.02, 0.8), (0.19, 1.0)):
        since = time - begin
        for hertz, share, lasts in BELL:
            tone = np.exp(-since.clip(0) / lasts) * np.sin(2 * np.pi * hertz * since)
            sound += np.where(since > 0, strength * share * tone, 0)
    return levelled(room(sound, RATE) * np.clip((1.7 - time) / 0.2, 0, 1), 0.5)


def levelled(sound: np.ndarray, peak: float) -> np.ndarray:
    """Bring the loudest sample to a level."""
    return sound * (peak / np.abs(sound).max())


def write_sounds(folder: Path) -> None:
    """Write qin.wav (16 kHz), cicadas.wav and bell.wav (24 kHz): one channel, 16 bits."""
    for name, sound, rate in (("qin", qin(), QIN_RATE), ("cicadas", cicadas(), RATE), ("bell", bell(), RATE)):
        with wave.open(str(folder / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(rate)
            file.writeframes((sound * 32767).round().astype("<i2").tobytes())
