"""What is burnt in can be read, is as large as the law asks, and leaves the rest of the picture alone."""

import numpy as np
import pytest

from marrow.draw import colour
from marrow.draw.label import burn, corner_label, slate, subtitle, tone_for
from marrow.errors import InputError

SIZE = (640, 360)
BLACK, WHITE = np.zeros((360, 640, 3), np.uint8), np.full((360, 640, 3), 240, np.uint8)


def words_of(overlay):
    """Rows and columns of the words themselves: where the picture is covered whole."""
    solid = overlay.veil[..., 0] < 0.004
    bright = overlay.light.mean(2) > 0.6
    rows, columns = np.flatnonzero((solid & bright).any(1)), np.flatnonzero((solid & bright).any(0))
    return rows, columns


@pytest.mark.parametrize("size", [(640, 360), (1280, 720), (360, 640), (1000, 1000)])
@pytest.mark.parametrize("words", ["生", "国", "A", "7", "生成"])
def test_truth_label_characters_are_5_percent_of_the_short_side_high(size, words):
    rows, _ = words_of(corner_label(size, words))
    assert rows[-1] + 1 - rows[0] >= 0.05 * min(size)


def test_truth_labels_stand_in_their_corner():
    left, right = corner_label(SIZE, "人工智能生成"), corner_label(SIZE, "人工智能生成", corner="upper-right")
    assert left.left < 20 and left.top < 20
    assert right.left + right.veil.shape[1] > 620 and right.top == left.top


@pytest.mark.parametrize("picture", [BLACK, WHITE])
@pytest.mark.parametrize("tone", ["paper", "ink"])
def test_truth_words_stand_out_on_black_and_on_white(picture, tone):
    overlay = subtitle(SIZE, "他记得", "He remembers", tone=tone)
    burnt = colour.linear(burn(picture, overlay)).mean(2)
    high, wide = overlay.veil.shape[:2]
    part = burnt[overlay.top:overlay.top + high, overlay.left:overlay.left + wide]
    assert (part.max() + 0.05) / (part.min() + 0.05) > 4.5  # the contrast WCAG asks of small text


@pytest.mark.parametrize("words", ["他从来没有打过我。", "「是吗？」"])
def test_truth_subtitles_are_centred(words):
    overlay = subtitle(SIZE, words)
    _, columns = words_of(overlay)
    assert abs(overlay.left + (columns[0] + columns[-1] + 1) / 2 - 320) <= 1


def test_truth_english_stands_below_and_inside_the_safe_area():
    one, two = subtitle(SIZE, "他记得"), subtitle(SIZE, "他记得", "He remembers")
    assert two.top < one.top
    rows, _ = words_of(two)
    assert 320 < two.top + rows[-1] < 350


def test_law_burn_touches_nothing_outside_its_box():
    noise = np.random.default_rng(1).integers(0, 256, (360, 640, 3), dtype=np.uint8)
    before = noise.copy()
    overlay = corner_label(SIZE, "生成")
    burnt = burn(noise, overlay)
    high, wide = overlay.veil.shape[:2]
    inside = np.zeros((360, 640), bool)
    inside[overlay.top:overlay.top + high, overlay.left:overlay.left + wide] = True
    assert (noise == before).all() and (burnt[~inside] == noise[~inside]).all()
    assert (burnt[inside] != noise[inside]).any()


def test_truth_burning_is_blending_in_linear_light():
    overlay = corner_label(SIZE, "生成")
    whole = colour.linear(WHITE).copy()
    high, wide = overlay.veil.shape[:2]
    part = whole[overlay.top:overlay.top + high, overlay.left:overlay.left + wide]
    part[:] = part * overlay.veil + overlay.light
    assert (burn(WHITE, overlay) == colour.srgb(whole)).all()


def test_truth_the_tone_follows_the_picture():
    assert tone_for(BLACK) == "paper" and tone_for(WHITE) == "ink"


def test_shape_a_slate_is_a_picture_even_of_strange_words():
    for lines in (["镜头做不出来", "places.fly"], ["\U0001f468" * 3], ["x" * 900], [""]):
        made = slate(SIZE, lines)
        assert made.shape == (360, 640, 3) and made.dtype == np.uint8
    assert slate(SIZE, ["镜头"]).min() < 60 < 180 < slate(SIZE, ["镜头"]).max()


def test_refuses_a_subtitle_of_a_page_and_one_of_nothing():
    with pytest.raises(InputError) as caught:
        subtitle(SIZE, "很长的话" * 60)
    assert caught.value.key == "type.subtitle_long"
    with pytest.raises(InputError):
        subtitle(SIZE, " ")
