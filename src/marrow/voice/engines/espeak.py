"""The guide voice: espeak-ng 1.52 in a process of its own, read by a script front-end of ours.

It is weight-free, needs no network and takes milliseconds. It is meant to be timed against, not to be believed.
"""

from typing import TYPE_CHECKING

from marrow.engine import Engine

if TYPE_CHECKING:
    from marrow.voice.contract import Language, Speak

PACE = 165                   # espeak's words a minute: about 3.8 Mandarin syllables a second, rests not counted
SLOWEST, FASTEST = 80, 450   # what espeak can do
BREATH = 0.012               # seconds kept around a phrase
LIMIT = 60.0                 # seconds without a phrase before the library counts as hung
# Towards the long-term spectrum of four recorded speakers, on average over the guide and three variants: more body at
# 250 Hz, less of the nasal 800 Hz and of the buzz at 2.8 kHz, no rumble below the voice.
CURVE = [(40.0, -30.0), (80.0, -8.0), (120.0, -2.0), (180.0, 1.5), (250.0, 3.5), (400.0, 0.5), (600.0, 0.0),
         (850.0, -2.5), (1200.0, -1.0), (1500.0, 1.0), (2000.0, 2.0), (2800.0, -3.0), (4000.0, 0.0), (6000.0, 0.5),
         (9000.0, -2.0), (11000.0, -8.0)]


def open_espeak() -> "Speak":
    """The guide voice, ready to speak; each take is spoken by a process of its own."""
    import sys
    from pathlib import Path

    from marrow.apart import Apart
    from marrow.media import Sound
    from marrow.voice.reading import phrases

    command = [sys.executable, "-P", str(Path(__file__).with_name("espeak_far.py"))]

    def speak(words: str, *, language: "Language" = "auto", speed: float = 1.0, pitch: float = 0.0,
              pause: float = 1.0, variant: str = "") -> Sound:
        said = phrases(words, language)
        rate = min(max(round(PACE * speed), SLOWEST), FASTEST)
        with Apart(command, name="espeak", limit=LIMIT) as far:
            spoken = far.ask({"phrases": [each[:3] for each in said], "rate": rate, "pitch": 2 ** (pitch / 12),
                              "variant": variant})
        rests = [each.rest * pause / speed for each in said]
        return Sound(_joined(spoken.arrays, rests, spoken.facts["rate"]), spoken.facts["rate"])

    return speak


def _joined(takes: list, rests: list[float], rate: int):  # noqa: ANN202  (numpy is imported inside)
    """Phrases one after the other with our rests instead of espeak's: (n, 1) float32."""
    import numpy as np

    from marrow.voice.polish import equalised, spoken_span

    pieces = []
    for take, rest in zip(takes, rests, strict=True):
        samples, margin = take.astype(np.float64) / 32768, round(BREATH * rate)
        if not np.any(samples):
            continue
        start, stop = spoken_span(samples, rate)
        piece = equalised(samples[start:stop], rate, CURVE)
        ramp = 0.5 - 0.5 * np.cos(np.pi * np.arange(margin) / margin)
        if len(piece) > 2 * margin:
            piece[:margin // 4] *= ramp[::4][:margin // 4]
            piece[-margin:] *= ramp[::-1]
        pieces += [piece, np.zeros(round(rest * rate))]
    joined = np.concatenate(pieces) if pieces else np.zeros(rate)
    return joined.astype(np.float32)[:, None]


engine = Engine(
    "voice.speak", open_espeak,
    about="guide voice (espeak-ng): robotic, instant, Mandarin and English; until an actor or a model speaks",
    about_zh="引导配音（espeak-ng）：机器腔，即时出声，会普通话和英语；先占住位置，等演员或语音模型来替换",
    licence="GPL-3.0 (runs in a process of its own)",
    needs={"espeakng_loader": "espeakng-loader"},
    shapes=("espeakng-loader",),
)
