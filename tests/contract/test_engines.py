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


@pytest.mark.parametrize("name", engine.names("places.splats"))
def test_law_splats_are_drawn_as_the_departments_own_engine_draws_them(name):
    from marrow.draw.camera import look_at
    from marrow.errors import EngineError
    from marrow.media import Cloud, Splats

    try:
        draw, plain = opened("places.splats", name), opened("places.splats", "plain")
    except EngineError as error:
        pytest.skip(f"{name}: {error.key}")
    dice = np.random.default_rng(4)
    turns = dice.normal(size=(500, 4))
    turns /= np.linalg.norm(turns, axis=1, keepdims=True)
    parts = 0.02 + 0.1 * dice.random((500, 3)), turns, dice.random(500), dice.normal(size=(500, 16, 3)) * 0.2
    cloud = Cloud(dice.normal(size=(500, 3)).astype(np.float32), np.array([1024.0, 0, -4096]),
                  splats=Splats(*(np.asarray(each, np.float32) for each in parts)))
    camera = look_at(cloud.origin + np.array([1, 2, 5]), cloud.origin, lens=35, size=(160, 90))
    made, own = draw(cloud, camera), plain(cloud, camera)
    assert made.light.shape == (90, 160, 3)
    assert 0.05 < own.cover.mean() < 0.95
    assert ((made.light - own.light) ** 2).mean() < 1e-4
    assert ((made.cover - own.cover) ** 2).mean() < 1e-4
    assert np.isinf(made.depth[made.cover == 0]).all()
    assert np.isfinite(made.depth[made.cover > 0.5]).all()
    assert (made.index[made.cover == 0] == -1).all()
