"""EBU R128: the meter against known signals, and a master that measures what was asked for."""

from math import inf

import numpy as np
import pytest

from marrow.film.loudness import integrated, limited, master, peaks, true_peak
from marrow.media import Sound

RATE = 48000


def tone(*parts: tuple[float, float], hertz: float = 1000.0, channels: int = 2, phase: float = 0.0) -> Sound:
    """(dBFS, seconds) one after the other."""
    gains = np.concatenate([np.full(round(seconds * RATE), 10 ** (level / 20)) for level, seconds in parts])
    wave = gains * np.sin(2 * np.pi * hertz * np.arange(len(gains)) / RATE + phase)
    return Sound(np.repeat(wave.astype(np.float32)[:, None], channels, axis=1), RATE)


def lively(seconds: float, seed: int = 0) -> Sound:
    """Bursts of noise with quiet between them and a few sharp knocks: crest like a film's."""
    chance, at = np.random.default_rng(seed), np.arange(round(seconds * RATE)) / RATE
    wave = chance.normal(size=(len(at), 2)) * (0.08 * np.exp(-3 * (at % 0.7)))[:, None]
    wave[::RATE // 3] += 0.5
    return Sound(wave.astype(np.float32), RATE)


def peak_by_fft(sound: Sound, times: int = 8) -> float:
    """dBTP by another way than the code's: eight times oversampled through a zero-padded spectrum."""
    spectrum = np.fft.rfft(sound.samples.astype(float), axis=0)
    count = len(sound.samples)
    fine = np.fft.irfft(spectrum, times * count, axis=0) * times
    return float(20 * np.log10(np.abs(fine).max()))


@pytest.mark.parametrize(("sound", "lufs"), [
    (tone((-23, 5), hertz=997), -23.0),                                              # the definition
    (tone((-23, 5)), -23.0), (tone((-33, 5)), -33.0),                                # EBU Tech 3341, cases 1 and 2
    (tone((-36, 3), (-23, 18), (-36, 3)), -23.0),                                    # case 3: relative gate
    (tone((-72, 3), (-36, 3), (-23, 18), (-36, 3), (-72, 3)), -23.0),                # case 4: absolute gate
    (tone((-26, 10), (-20, 10.05), (-26, 10)), -23.0),                               # case 5
    (tone((-23, 5), channels=1), -23.0),                                             # one channel on two loudspeakers
])
def test_truth_the_meter_reads_the_reference_signals(sound, lufs):
    assert integrated(sound) == pytest.approx(lufs, abs=0.1)


def test_truth_one_side_alone_is_three_units_less():
    sound = tone((-23, 5), hertz=997)
    sound.samples[:, 1] = 0
    assert integrated(sound) == pytest.approx(-26.0, abs=0.1)


def test_truth_the_peak_between_samples_is_seen():
    """EBU Tech 3341, cases 15 and 16: a quarter of the rate, at phases where every sample misses the top."""
    for phase in (0.0, np.pi / 4):
        sound = tone((-6, 0.2), hertz=RATE / 4, phase=phase)
        ramp = np.sin(np.pi * np.arange(len(sound.samples)) / len(sound.samples)).astype(np.float32)
        assert -6.4 < true_peak(Sound(sound.samples * ramp[:, None], RATE)) < -5.8
    assert true_peak(Sound(np.zeros((100, 2), np.float32))) == -inf


@pytest.mark.parametrize("target", [-23.0, -16.0, -14.0])
@pytest.mark.parametrize("gain", [-20.0, 0.0, 12.0])
def test_law_a_master_measures_its_target_below_its_ceiling(target, gain):
    sound = lively(6)
    made = master(Sound(sound.samples * np.float32(10 ** (gain / 20)), RATE), target=target)
    assert integrated(made) == pytest.approx(target, abs=0.3)
    assert peak_by_fft(made) <= -1.0 + 0.1
    assert made.samples.shape == sound.samples.shape


def test_law_the_limiter_touches_only_the_neighbourhood_of_a_peak():
    sound = tone((-20, 3))
    sound.samples[RATE] = 1.8
    made = limited(sound).samples
    assert peak_by_fft(Sound(made)) <= -0.9
    assert np.array_equal(made[:RATE - 1200], sound.samples[:RATE - 1200])           # closes within 10 ms
    assert np.array_equal(made[RATE + 24_000:], sound.samples[RATE + 24_000:])       # open again within 0.5 s
    gain = 20 * np.log10(made[:, 0] / np.where(sound.samples[:, 0] == 0, 1, sound.samples[:, 0]) + 1e-12)
    steps = np.diff(gain[np.abs(sound.samples[:, 0]) > 0.02])
    assert np.abs(steps).max() < 0.5                                                 # dB: no jump of the gain


def test_law_both_sides_are_turned_down_together():
    sound = lively(1)
    sound.samples[5000, 0] = 1.5
    made = limited(sound).samples
    ratio = made / sound.samples
    assert np.allclose(ratio[:, 0], ratio[:, 1], rtol=1e-5)


def test_law_silence_stays_silence():
    for count in (0, 10, RATE):
        made = master(Sound(np.zeros((count, 1), np.float32), RATE))
        assert made.samples.shape == (count, 2)
        assert not made.samples.any()


def test_law_what_is_nearly_silent_is_not_made_to_hiss():
    made = master(tone((-66, 3)), target=-16)
    assert true_peak(made) == pytest.approx(-66 + 36, abs=0.1)


def test_law_a_moment_too_short_to_measure_is_only_kept_below_the_ceiling():
    made = master(tone((2, 0.2)))
    assert peak_by_fft(Sound(made.samples[100:-100])) <= -0.8


def test_law_same_sound_same_bytes_and_the_input_untouched():
    sound = lively(2)
    kept = sound.samples.copy()
    assert master(sound).samples.tobytes() == master(sound).samples.tobytes()
    assert np.array_equal(sound.samples, kept)


def test_truth_a_peak_between_two_samples_belongs_to_both():
    at = np.arange(400) - 200.5
    pulse = np.sinc(0.9 * at) * np.exp(-((at / 60) ** 2))
    found = peaks(Sound(np.repeat(pulse.astype(np.float32)[:, None], 2, axis=1)))
    assert found[200] == pytest.approx(1, abs=0.01)
    assert found[201] == pytest.approx(1, abs=0.01)
    assert max(found[199], found[202]) < 0.8
