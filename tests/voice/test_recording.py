"""Recordings in the formats that people bring."""

from fractions import Fraction

import av
import numpy as np
import pytest

from marrow.errors import InputError, LimitError
from marrow.voice.formats import recording
from marrow.voice.formats.recording import read_recording

RATE = 48000


def written(path, codec: str, *, channels: int = 2, seconds: float = 1.0):
    """Two tones, one a side, encoded; returns the samples (n, channels)."""
    at = np.arange(round(seconds * RATE)) / RATE
    samples = np.stack([0.5 * np.sin(2 * np.pi * hertz * at) for hertz in (440, 660)[:channels]], 1).astype(np.float32)
    layout = "stereo" if channels == 2 else "mono"
    with av.open(str(path), "w") as file:
        stream = file.add_stream(codec, rate=RATE, layout=layout)
        stream.bit_rate = 160_000 * channels
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), "flt", layout)
        frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
        fit = av.AudioResampler(stream.format, layout, RATE, frame_size=stream.frame_size or 1024)
        for each in fit.resample(frame):
            file.mux(stream.encode(each))
        file.mux(stream.encode(None))
    return samples


@pytest.mark.parametrize(("suffix", "codec", "error"), [
    (".flac", "flac", 1e-4), (".mp3", "libmp3lame", 0.02), (".m4a", "aac", 0.02), (".ogg", "libopus", 0.02)])
@pytest.mark.parametrize("channels", [1, 2])
def test_truth_a_recording_comes_back_on_its_sample(tmp_path, suffix, codec, error, channels):
    truth = written(tmp_path / f"tone{suffix}", codec, channels=channels)
    sound = read_recording(tmp_path / f"tone{suffix}")
    assert (sound.rate, sound.samples.dtype, sound.samples.shape[1]) == (RATE, np.float32, channels)
    assert len(sound.samples) == pytest.approx(len(truth), abs=2400)
    inner = slice(9600, 28_800)
    assert np.sqrt(np.mean((sound.samples[inner] - truth[inner]) ** 2)) < error


def test_refuses_what_is_no_sound(tmp_path):
    (tmp_path / "words.mp3").write_text("these are words, not a recording\n" * 50)
    with pytest.raises(InputError) as caught:
        read_recording(tmp_path / "words.mp3")
    assert caught.value.key in ("file.kind", "file.broken")


def test_refuses_a_recording_without_end(tmp_path, monkeypatch):
    written(tmp_path / "long.flac", "flac", seconds=2)
    monkeypatch.setattr(recording, "MOST", 1)
    with pytest.raises(LimitError) as caught:
        read_recording(tmp_path / "long.flac")
    assert caught.value.key == "voice.recording"
