"""A title comes as ink comes, stands still, and leaves the paper as it was."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from marrow.draw import INK, PAPER, colour
from marrow.draw.card import compose
from marrow.draw.paper import sheet
from marrow.errors import InputError
from marrow.frames.steps import title
from marrow.frames.title import SOFT, progress_of, soak
from marrow.media import Text

SMALL = {"size": (320, 180), "length": 1.5, "fade": 0.4}


def frames(words="两个父亲\nTwo Fathers", **settings):
    return list(title(Text(words), **{**SMALL, **settings}).frames())


def test_truth_length_is_seconds_times_rate():
    for length, fps, count in ((4.0, Fraction(24), 96), (2.0, Fraction(24000, 1001), 48), (0.1, Fraction(25), 2)):
        video = title(Text("父"), size=(64, 36), length=length, fps=fps)
        assert video.length == count == len(list(video.frames())) and video.rate == fps
        assert video.size == (64, 36) and video.sound is None


def test_shape_frames_are_pictures():
    assert all(each.shape == (180, 320, 3) and each.dtype == np.uint8 for each in frames())


def test_truth_it_begins_and_ends_on_bare_paper():
    made = frames()
    bare = colour.srgb(sheet((320, 180), PAPER))
    assert (made[0] == bare).all() and (made[-1] == bare).all()


def test_truth_the_middle_is_the_card_in_full_ink():
    middle = frames()[18]
    card = compose("两个父亲\nTwo Fathers", (320, 180))
    full = middle[card.ink > 0.99]
    assert abs(full.astype(int) - colour.srgb(colour.hex(INK))).max() < 40
    away = (card.ink == 0) & (card.seal == 0)
    assert (middle[away] == frames()[0][away]).all()
    red = middle[card.seal > 0.5].astype(int)
    assert (red[:, 0] > red[:, 2] + 40).all()


def test_law_held_frames_are_one_frame_made_once():
    made = frames()
    held = made[11:25]
    assert all(each is held[0] for each in held)
    with pytest.raises(ValueError):
        held[0][0, 0] = 0


def test_law_ink_only_grows_while_it_comes_and_only_goes_while_it_goes():
    made = [each.astype(int).sum(2) for each in frames()]
    assert all((b <= a).all() for a, b in pairwise(made[:19]))
    assert all((b >= a).all() for a, b in pairwise(made[18:]))
    assert made[4].sum() < made[0].sum() and made[9].sum() < made[4].sum()


def test_law_soaking_is_nothing_then_everything():
    card = compose("父亲", (320, 180))
    ink = soak(card.ink, 0)
    assert ink.at(0).max() == 0 and np.array_equal(ink.at(1), card.ink)
    half = ink.at((0.5 + SOFT / 2) / (1 + SOFT))
    assert 0.25 < half.sum() / card.ink.sum() < 0.75
    solid = card.ink > 0.99
    assert half[solid].std() > 0.1  # not a plain dissolve: places differ


def test_law_coming_and_going_mirror_each_other():
    assert [progress_of(i, 30, 8) for i in range(30)] == [progress_of(29 - i, 30, 8) for i in range(30)]
    assert [progress_of(i, 3, 0) for i in range(3)] == [1, 1, 1]


def test_law_same_title_same_bytes_twice_over():
    video = title(Text("父亲"), **SMALL)
    assert all((a == b).all() for a, b in zip(video.frames(), video.frames(), strict=True))
    assert all((a == b).all() for a, b in zip(video.frames(), title(Text("父亲"), **SMALL).frames(), strict=True))


def test_truth_a_fade_longer_than_the_title_still_reaches_full_ink():
    made = frames(length=0.5, fade=9)
    card = compose("两个父亲\nTwo Fathers", (320, 180))
    assert min(each[card.ink > 0.99].mean() for each in made) < 60


@pytest.mark.parametrize("layout", ["centre", "left", "vertical"])
def test_shape_layouts_and_tall_pictures(layout):
    for size in ((320, 180), (180, 320), (64, 64)):
        made = frames("记得\nRemember", layout=layout, size=size, length=0.3)
        assert made[3].shape == (size[1], size[0], 3)


def test_truth_white_ink_on_a_black_page():
    middle = frames(paper="#101010", ink="#ffffff")[18]
    assert middle.max() > 230 and np.median(middle) < 30


@pytest.mark.parametrize(("words", "key"), [("", "type.empty"), ("爱\U0001f468", "type.tofu"),
                                            ("很长的话" * 100, "type.long")])
def test_refuses_what_cannot_be_set(words, key):
    with pytest.raises(InputError) as caught:
        title(Text(words))
    assert caught.value.key == key
    assert caught.value.tell("zh") != caught.value.tell("en")
