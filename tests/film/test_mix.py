"""Laying sounds together: fades, seamless beds, stepping back under speech."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marrow.film.mix import Layer, fade, mix, stereo, stretched

RATE = 48000


def noise(seconds: float, seed: int = 1, channels: int = 2) -> np.ndarray:
    return (0.1 * np.random.default_rng(seed).normal(size=(round(seconds * RATE), channels))).astype(np.float32)


def level(samples: np.ndarray) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(samples.astype(float) ** 2))))


def test_shape_the_mix_is_as_long_as_it_was_told():
    sound = mix([Layer(noise(0.1), start=-2000), Layer(noise(0.1), start=90_000)], length=91_000)
    assert sound.samples.shape == (91_000, 2)
    assert sound.samples.dtype == np.float32
    assert not sound.samples[2800:90_000].any()
    assert mix([], length=0).samples.shape == (0, 2)


@given(st.integers(-3000, 12_000), st.floats(-40, 12))
def test_law_a_layer_lands_at_its_sample_with_its_gain(start, gain):
    bed = noise(0.05)
    sound = mix([Layer(bed, start=start, gain=gain)], length=10_000).samples
    whole = np.zeros((18_000, 2), np.float32)
    whole[3000 + start:3000 + start + len(bed)] = bed * np.float32(10 ** (gain / 20))
    assert np.array_equal(sound, whole[3000:13_000])


def test_law_mixing_is_adding():
    one, two = Layer(noise(0.2, 1)), Layer(noise(0.1, 2), start=700, fade_in=100, fade_out=300)
    both = mix([one, two], length=9600).samples
    apart = mix([one], length=9600).samples + mix([two], length=9600).samples
    assert np.array_equal(both, apart)


def test_truth_one_channel_plays_on_both_sides():
    mono = noise(0.01, channels=1)
    assert np.array_equal(stereo(mono)[:, 0], stereo(mono)[:, 1])
    assert np.array_equal(stereo(mono)[:, 0], mono[:, 0])


@given(st.integers(1, 5000))
def test_law_a_fade_and_its_mirror_keep_the_power(count):
    assert np.allclose(fade(count) ** 2 + fade(count)[::-1] ** 2, 1, atol=1e-6)


def test_truth_fades_start_and_end_in_silence_and_leave_the_middle():
    flat = np.ones((1000, 2), np.float32)
    heard = mix([Layer(flat, fade_in=100, fade_out=200)], length=1000).samples[:, 0]
    assert heard[0] < 0.01
    assert heard[-1] < 0.01
    assert heard[50] == pytest.approx(2**-0.5, abs=0.01)
    assert (heard[100:800] == 1).all()
    short = mix([Layer(flat[:30], fade_in=100, fade_out=200)], length=30).samples[:, 0]
    assert short[0] < 0.1
    assert short.argmax() == pytest.approx(10, abs=1)


@pytest.mark.parametrize("wanted", [0.3, 1.0, 2.5, 7.0])
def test_law_a_repeated_bed_has_no_seam_and_its_exact_length(wanted):
    bed, length = noise(1.0, seed=3), round(wanted * RATE)
    long = stretched(Layer(bed, start=500, until=500 + length), RATE)
    assert len(long) == length
    levels = [level(part) for part in np.array_split(long, max(1, round(wanted / 0.1)))]
    assert max(levels) - min(levels) < 0.5                    # equal power: no dip where it turns


def test_truth_a_repeated_slow_wave_never_jumps():
    at = np.arange(RATE) / RATE
    wave = np.repeat(np.sin(2 * np.pi * 3.3 * at).astype(np.float32)[:, None], 2, 1)
    long = stretched(Layer(wave, until=5 * RATE), RATE)
    assert np.abs(np.diff(long[:, 0])).max() < 5 * np.abs(np.diff(wave[:, 0])).max()


def test_truth_a_bed_steps_back_under_speech_and_comes_again():
    speech = np.zeros((6 * RATE, 2), np.float32)
    speech[2 * RATE:3 * RATE] = noise(1.0, 5)
    speech[round(3.2 * RATE):4 * RATE] = noise(0.8, 6)
    bed = Layer(noise(6.0, 7), duck=12)
    lead = Layer(speech, lead=True)
    heard = mix([bed, lead], length=6 * RATE).samples - speech
    alone = bed.samples
    drop = [level(heard[round(at * RATE):][:2400]) - level(alone[round(at * RATE):][:2400])
            for at in (0.5, 1.6, 1.9, 2.5, 3.1, 3.9, 5.2)]
    assert drop == pytest.approx([0, drop[1], -12, -12, -12, -12, 0], abs=0.3)
    assert -10 < drop[1] < -2                                 # on its way before the first word
    gain = np.abs(heard).sum(1)[alone[:, 0] != 0] / np.abs(alone).sum(1)[alone[:, 0] != 0]
    smooth = 20 * np.log10(np.median(gain[: len(gain) // 480 * 480].reshape(-1, 480), axis=1))
    assert np.abs(np.diff(smooth)).max() < 1.0                # dB in 10 ms: gliding, not switching


def test_law_without_a_leading_sound_no_bed_steps_back():
    bed = Layer(noise(1.0), duck=20)
    quiet = Layer(np.zeros((RATE, 1), np.float32), lead=True)
    assert np.array_equal(mix([bed, quiet], length=RATE).samples, bed.samples)


def test_law_layers_are_never_written_to():
    bed = noise(0.5)
    kept = bed.copy()
    mix([Layer(bed, fade_in=1000, fade_out=1000, duck=6, until=60_000), Layer(bed, lead=True)], length=60_000)
    assert np.array_equal(bed, kept)
