"""Finishing a spoken take: resampling, trimming, levelling."""

import numpy as np
import pytest

from marrow.voice.polish import CEILING, equalised, finished, resampled, softly


def tone(hertz: float, rate: int, seconds: float = 0.5) -> np.ndarray:
    return np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)


@pytest.mark.parametrize(("rate", "wanted"), [(22050, 48000), (16000, 48000), (24000, 48000), (48000, 22050)])
@pytest.mark.parametrize("hertz", [110.0, 997.0, 6000.0])
def test_truth_a_resampled_sine_is_that_sine(rate, wanted, hertz):
    made, truth = resampled(tone(hertz, rate), rate, wanted), tone(hertz, wanted)
    assert len(made) == len(truth)
    inner = slice(2000, -2000)
    assert np.sqrt(np.mean((made[inner] - truth[inner]) ** 2)) < 10 ** (-70 / 20)


def test_truth_nothing_folds_back_when_the_rate_falls():
    assert np.abs(resampled(tone(15000.0, 48000), 48000, 22050)[500:-500]).max() < 1e-3


def test_law_same_rate_changes_nothing():
    noise = np.random.default_rng(1).normal(size=500).astype(np.float32)
    assert np.array_equal(resampled(noise, 8000, 8000), noise)


@pytest.mark.parametrize("gain", [0.001, 0.1, 1.0])
def test_law_a_take_is_level_and_trimmed_however_it_came(gain):
    take = np.concatenate([np.zeros(5000), gain * tone(200, 22050, 1.0), np.zeros(9000)])
    made = finished(take, 22050)
    assert made.shape[1] == 1
    assert made.dtype == np.float32
    hush = round(0.08 * 48000)
    assert not made[:hush].any()
    assert not made[-hush:].any()
    assert len(made) == pytest.approx(48000 + 2 * hush, abs=1000)
    assert np.abs(made).max() == pytest.approx(10 ** (-20 / 20) * 2**0.5, rel=0.03)
    assert np.abs(np.diff(made[:, 0])).max() < 0.02              # no click at either end


def test_law_peaks_bend_below_the_ceiling_and_keep_their_order():
    ramp = np.linspace(-4, 4, 1001)
    bent = softly(ramp, CEILING)
    assert np.abs(bent).max() <= CEILING
    assert np.all(np.diff(bent) >= 0)
    assert np.array_equal(bent[np.abs(ramp) < 0.7 * CEILING], ramp[np.abs(ramp) < 0.7 * CEILING])


def test_truth_the_equaliser_does_what_its_curve_says():
    curve = [(20.0, 0.0), (500.0, 0.0), (2000.0, -12.0), (20000.0, -12.0)]
    for hertz, wanted in ((200.0, 0.0), (1000.0, -6.0), (4000.0, -12.0)):
        made = equalised(tone(hertz, 22050), 22050, curve)[3000:-3000]
        assert 20 * np.log10(made.std() * 2**0.5) == pytest.approx(wanted, abs=0.1)


def test_refuses_silence():
    with pytest.raises(ValueError, match="silent"):
        finished(np.zeros(1000), 22050)
