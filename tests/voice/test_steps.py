"""The guide voice through its step: pitch, pace, languages, determinism, and that the library stays outside."""

import os
import subprocess
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from marrow import apart
from marrow.errors import EngineError, InputError, LimitError
from marrow.media import Person, Text
from marrow.voice.steps import speak

LINE = "妈妈说今天他们都在家"
FAR = Path(apart.__file__).parent / "voice" / "engines" / "espeak_far.py"


def fundamental(samples: np.ndarray, rate: int = 48000) -> float:
    """Median F0 in Hz of the voiced frames, by normalised autocorrelation: the first strong peak wins."""
    found = []
    for start in range(0, len(samples) - 2400, 960):
        frame = samples[start:start + 2400] - samples[start:start + 2400].mean()
        if frame.std() < 0.02:
            continue
        spectrum = np.abs(np.fft.rfft(frame, 8192)) ** 2
        lags = np.fft.irfft(spectrum)[:1200] / (1 - np.arange(1200) / 2400)
        lags /= lags[0]
        top = lags[rate // 450:].max()
        peaks = [at for at in range(rate // 450, 1199) if lags[at] >= max(lags[at - 1], lags[at + 1], 0.9 * top)]
        if top > 0.5 and peaks:
            found.append(rate / peaks[0])
    return float(np.median(found))


def seconds(sound) -> float:
    return len(sound.samples) / sound.rate


def test_shape_mono_float32_at_48_kilohertz_with_hush_at_both_ends():
    sound = speak(Text("爸爸，你还记得我吗？"))
    assert (sound.rate, sound.samples.dtype, sound.samples.shape[1]) == (48000, np.float32, 1)
    assert not sound.samples[:3840].any()
    assert not sound.samples[-3840:].any()
    loud = np.sqrt((sound.samples[:len(sound.samples) // 960 * 960].reshape(-1, 960) ** 2).mean(1))
    loud = loud[loud > loud.max() / 30]
    assert 20 * np.log10(np.sqrt((loud**2).mean())) == pytest.approx(-20, abs=0.5)


def test_law_same_words_same_bytes():
    once, again = (speak(Text("花儿开了。Hello!"), pitch=3).samples.tobytes() for _ in range(2))
    assert once == again


@pytest.mark.parametrize("speed", [0.6, 1.5, 2.0])
def test_law_duration_goes_down_as_speed_goes_up(speed):
    words = Text("我记得那年夏天，他站在院子里，没有说话。后来我们再也没有见过他。")
    hush = 0.16
    assert (seconds(speak(words, speed=speed)) - hush) * speed == pytest.approx(seconds(speak(words)) - hush, rel=0.1)


def test_truth_twelve_semitones_double_the_fundamental():
    low, middle, high = (fundamental(speak(Text(LINE), pitch=pitch).samples[:, 0]) for pitch in (-12, 0, 12))
    assert high / middle == pytest.approx(2, rel=0.05)
    assert low / middle == pytest.approx(0.5, rel=0.05)


def test_truth_a_person_adds_to_the_settings():
    father = Person("father", {"voice": {"pitch": -4, "speed": 0.8}})
    assert np.array_equal(speak(Text(LINE), father, pitch=4, speed=1.25).samples, speak(Text(LINE)).samples)
    assert not np.array_equal(speak(Text(LINE), father).samples, speak(Text(LINE)).samples)


def test_truth_each_language_has_its_own_voice_and_er_stays_one_syllable():
    assert seconds(speak(Text("花儿"))) < 0.75 * seconds(speak(Text("花二")))
    both = seconds(speak(Text("你好 Hello")))
    assert both > seconds(speak(Text("你好"))) + 0.5 * seconds(speak(Text("Hello"))) - 0.16


def test_law_pauses_grow_and_vanish_with_their_setting():
    words = Text("走，走，走。走")
    spans = [seconds(speak(words, pause=pause)) for pause in (0, 1, 2)]
    assert spans[0] < spans[1] < spans[2]
    assert spans[2] - spans[1] == pytest.approx(0.26 * 2 + 0.56, abs=0.01)


def test_truth_tones_are_told_apart():
    """Against tone 1, tone 2 rises and tone 4 falls: second half over first half of one syllable."""
    moves = {}
    for word in "一姨意":
        samples = speak(Text(word)).samples[:, 0]
        at = len(samples) // 2
        moves[word] = fundamental(samples[at:]) / fundamental(samples[:at])
    assert moves["姨"] > 1.05 * moves["一"]
    assert moves["意"] < 0.9 * moves["一"]
    assert moves["意"] < 0.95


def test_truth_the_library_never_enters_this_process():
    speak(Text("你好"))
    assert not [name for name in sys.modules if name.startswith("espeak")]
    maps = Path("/proc/self/maps")
    if maps.exists():
        assert "espeak" not in maps.read_text()


def test_law_a_killed_voice_is_an_engine_error_and_the_next_call_works(monkeypatch):
    started = []
    start = apart.Apart._start

    def watched(self):
        start(self)
        started.append(self.pid)
        threading.Timer(0.02, os.kill, (self.pid, 9)).start()

    monkeypatch.setattr(apart.Apart, "_start", watched)
    with pytest.raises(EngineError) as caught:
        speak(Text("我记得。" * 700))
    assert caught.value.key == "apart.died"
    monkeypatch.undo()
    assert seconds(speak(Text("我记得。"))) > 0.3
    time.sleep(0.05)
    with pytest.raises(ProcessLookupError):
        os.kill(started[0], 0)


def test_example_the_far_side_runs_by_hand(tmp_path):
    subprocess.run([sys.executable, FAR, "爸爸你还记得我吗", tmp_path / "line.wav"], check=True, cwd=tmp_path)
    assert (tmp_path / "line.wav").read_bytes()[:4] == b"RIFF"
    assert "marrow" not in "".join(line for line in FAR.read_text("utf-8").splitlines() if "import" in line)


def test_refuses_what_the_voice_cannot_read():
    for words, family in (("", InputError), ("……", InputError), ("สวัสดี", InputError), ("字" * 100_000, LimitError)):
        with pytest.raises(family) as caught:
            speak(Text(words))
        assert caught.value.tell("zh")


def test_refuses_an_unknown_variant_with_the_choices():
    with pytest.raises(EngineError, match="f1") as caught:
        speak(Text("你好"), variant="../en")
    assert caught.value.key == "apart.refused"


@pytest.mark.parametrize("voice", [{"pitch": "low"}, {"speed": 9}, {"colour": 1}, "deep", {"pitch": True}])
def test_refuses_facts_that_describe_no_voice(voice):
    with pytest.raises(InputError) as caught:
        speak(Text("你好"), Person("father", {"voice": voice}))
    assert caught.value.key == "voice.facts"


def test_truth_phrases_do_not_click():
    samples = speak(Text("走，走，走。"), pause=2).samples[:, 0]
    loud = np.flatnonzero(np.abs(samples) > 2e-3)
    starts = [at for before, at in pairwise(loud) if at - before > 4800]
    assert len(starts) == 2
    assert all(np.abs(np.diff(samples[at - 48:at + 48])).max() < 0.02 for at in starts)


def test_law_the_card_and_the_step_load_nothing_heavy():
    code = ("import sys, marrow; from marrow import engine; marrow.voice.speak; engine.card('voice.speak', 'espeak');"
            "raise SystemExit(str([each for each in ('numpy', 'av', 'PIL') if each in sys.modules] or ''))")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stderr.strip() == ""


@pytest.mark.parametrize(("written", "heard"), [("他还钱了", "他环钱了"), ("数数", "暑树"), ("角色", "决色")])
def test_truth_misread_words_sound_like_their_homophones(written, heard):
    assert speak(Text(written)).samples.tobytes() == speak(Text(heard)).samples.tobytes()
    assert speak(Text("他还在")).samples.tobytes() != speak(Text("他环在")).samples.tobytes()


@pytest.mark.parametrize(("plain", "curled"), [
    ("Xw'A55", "Xw'A55r"), ("t'iE214n", "t'iA214r"), ("m'@35n", "m'@r35"), ("X'ai35", "X'A35r"), ("X'uei51", "X'u@r51"),
    ("s.'i.51", "s.'@r51"), ("j'y35", "j'y@r35"), ("th'ou35", "th'ou35r"), ("ts.'o-51", "ts.'o-51r")])
def test_truth_finals_bend_as_beijing_bends_them(plain, curled):
    code = f"import sys; sys.path.insert(0, {str(FAR.parent)!r}); from espeak_far import curl; print(curl({plain!r}))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == curled
