"""Every installed engine of every task is held to its contract, whoever wrote it."""

import numpy as np
import pytest

from marrow import engine
from marrow.media import Sound

INSTALLED = [(task, name) for task in engine.tasks() for name in engine.names(task)]


def opened(task: str, name: str):
    card = engine.card(task, name)
    if card.missing or card.weights or not card.offline:
        pytest.skip(f"{name} needs {card.missing or 'weights or a network'}")
    return card.open()


@pytest.mark.parametrize(("task", "name"), INSTALLED)
def test_shape_a_card_says_what_a_person_needs_to_choose(task, name):
    card = engine.card(task, name)
    assert card.about
    assert card.about_zh
    assert card.licence
    assert card.identity[0] == name
    assert not any(each.endswith(" missing") for each in card.identity) or card.missing


@pytest.mark.parametrize("name", engine.names("voice.speak"))
def test_law_a_voice_speaks_both_languages_the_same_way_twice(name):
    speak = opened("voice.speak", name)
    plain = {"language": "auto", "speed": 1.0, "pitch": 0.0, "pause": 1.0, "variant": ""}
    for words in ("爸爸，你还记得我吗？", "Do you remember me?"):
        sound = speak(words, **plain)
        assert isinstance(sound, Sound)
        assert sound.samples.ndim == 2
        assert sound.samples.shape[1] == 1
        assert 8000 <= sound.rate <= 96000
        assert np.isfinite(sound.samples).all()
        assert 0.01 < np.abs(sound.samples).max() <= 1.0
        assert 0.5 < len(sound.samples) / sound.rate < 10
        assert speak(words, **plain).samples.tobytes() == sound.samples.tobytes()
    slow, quick = (len(speak("我记得他的样子", **plain | {"speed": speed}).samples) for speed in (0.7, 1.4))
    assert slow > 1.5 * quick
