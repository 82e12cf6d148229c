"""Words are broken, squeezed, centred and drawn as a compositor would."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marrow.draw.card import OPTICAL, compose
from marrow.draw.font import font_file, missing
from marrow.draw.lines import CLOSING, NOT_FIRST, NOT_LAST, OPENING, place, scripts, tidy, wrap
from marrow.draw.type import Style, break_lines, coverage, refuse_missing, set_column, set_line
from marrow.errors import InputError

HAN = "他说我从来没有打过她可是记得那一巴掌父亲冬天门口等了十二年"
PIECES = st.lists(st.one_of(st.sampled_from(HAN), st.sampled_from("，。、；：？！"), st.sampled_from("「」（）《》"),
                            st.sampled_from([" father ", "1987", " he ", "——", "……"])), min_size=1, max_size=50)


def em(char, latin):
    return 0.5 if latin else 1.0


def ink(picture):
    rows, columns = np.flatnonzero(picture.max(1) > 0.5), np.flatnonzero(picture.max(0) > 0.5)
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


@given(PIECES, st.floats(6, 30))
@settings(max_examples=150, deadline=None)
def test_law_no_line_begins_or_ends_with_a_forbidden_mark(pieces, width):
    words = tidy("".join(pieces))
    lines = wrap(words, width, em)
    if lines is None or not words:
        return
    assert not any(line[0] in NOT_FIRST for line in lines[1:])
    assert not any(line[-1] in NOT_LAST for line in lines[:-1])


@given(PIECES, st.floats(6, 30))
@settings(max_examples=150, deadline=None)
def test_law_lines_joined_are_the_paragraph_and_none_is_too_wide(pieces, width):
    words = tidy("".join(pieces))
    lines = wrap(words, width, em)
    if lines is None:
        return
    assert "".join(lines).replace(" ", "") == words.replace(" ", "")
    for line in lines:
        glyphs = place(line, em)
        if glyphs:
            end = glyphs[-1].at + em(glyphs[-1].char, glyphs[-1].latin) - (0.5 if line[-1] in CLOSING else 0)
            assert end <= width + 0.51  # a mark at the start of a line may keep the half its neighbour gave up


@given(PIECES)
@settings(max_examples=100, deadline=None)
def test_law_the_pen_never_steps_back_more_than_half_an_em(pieces):
    glyphs = place(tidy("".join(pieces)), em, 0.1)
    assert all(b.at - a.at >= em(a.char, a.latin) - 0.5 for a, b in pairwise(glyphs))


def test_law_latin_words_stay_whole():
    lines = wrap("她记得 Shanghai 的冬天和 remembering 的人", 8, em)
    assert any("Shanghai" in line for line in lines) and any("remembering" in line for line in lines)
    assert wrap("remembering", 3, em) is None


def test_truth_marks_that_meet_share_their_blank_halves():
    width = {pair: place(pair, em)[1].at for pair in ("。」", "」「", "「『", "的。", "「我")}
    assert width == {"。」": 0.5, "」「": 0.5, "「『": 0.5, "的。": 1.0, "「我": 1.0}


def test_truth_a_hair_of_space_stands_between_chinese_and_latin():
    with_space, without = place(tidy("在 A 年"), em), place("在A年", em)
    assert [each.at for each in with_space] == [each.at for each in without]
    assert 1.1 < without[1].at < 1.25
    assert place("在，A", em)[2].at == 2  # a mark is space enough


def test_truth_quotes_follow_their_words():
    assert scripts("didn’t") == [True] * 6
    assert scripts("他说“是”") == [False] * 5
    assert Style(20).advance("’", True) < 0.4 < Style(20).advance("’", False)


def test_truth_lines_are_even_and_break_after_a_mark():
    assert wrap("我从来没有打过她，可是她记得那一巴掌", 12, em) == ["我从来没有打过她，", "可是她记得那一巴掌"]
    lines = wrap("一二三四五六七八九十一二三", 12, em)
    assert {len(line) for line in lines} == {6, 7}


def test_truth_a_line_lies_where_its_ink_is_told_to():
    line = set_line("「父亲」", Style(60))
    left, _, right, _ = ink(coverage((400, 120), [line.paint(37.25, 80)]))
    assert abs(left - 37.25) <= 1 and abs(right - 37.25 - line.width) <= 1


def test_truth_a_quarter_pixel_moves_the_weight_by_a_quarter():
    line = set_line("口", Style(40))
    x = np.arange(120) + 0.5
    weights = [(coverage((120, 60), [line.paint(20 + shift, 45)]).sum(0) * x).sum() for shift in (0, 0.25, 1)]
    total = coverage((120, 60), [line.paint(20, 45)]).sum()
    assert abs((weights[1] - weights[0]) / total - 0.25) < 0.02
    assert abs((weights[2] - weights[0]) / total - 1) < 0.02


def test_law_what_hangs_over_the_border_is_cut():
    line = set_line("父亲", Style(60))
    whole = coverage((300, 120), [line.paint(100, 80)])
    assert np.array_equal(coverage((150, 80), [line.paint(50, 40)]), whole[40:, 50:200])
    assert coverage((50, 50), [line.paint(900, 900)]).max() == 0


@pytest.mark.parametrize("words", ["两个父亲\nTwo Fathers", "他是个怎样的人？\nWhat kind of man was he?", "Memory"])
def test_truth_a_card_is_centred_by_its_ink(words):
    card = compose(words, (640, 360))
    for row in (card.ink[:180], card.ink):
        columns = np.flatnonzero(row.max(0) > 0.02)
        assert abs((columns[0] + columns[-1] + 1) / 2 - 320) <= 1
    rows = np.flatnonzero(card.ink.max(1) > 0.02)
    assert abs((rows[0] + rows[-1] + 1) / 2 - 360 * OPTICAL) <= 1


def test_truth_a_card_at_half_size_is_the_card_reduced():
    large, small = compose("两个父亲\nTwo Fathers", (1280, 720)).ink, compose("两个父亲\nTwo Fathers", (640, 360)).ink
    assert abs(large.reshape(360, 2, 640, 2).mean((1, 3)) - small).mean() < 0.004


def test_truth_columns_run_downwards_with_upright_chinese_and_turned_latin():
    column = set_column("父亲，Shanghai", Style(40))
    assert [(words, turned) for words, _, turned in column.pieces] == [
        ("父", False), ("亲", False), ("︐", False), ("Shanghai", True)]
    picture = coverage((100, 400), column.paint(50, 20))
    left, top, right, bottom = ink(picture)
    assert abs(top - 20) <= 1 and abs(bottom - 20 - column.height) <= 1
    assert right - left < 44 and bottom - top > 200


def test_truth_a_turned_word_is_the_word_turned_clockwise():
    column, line = set_column("LLL", Style(40)), set_line("LLL", Style(40))
    turned = coverage((100, 200), column.paint(50, 20))
    flat = coverage((200, 100), [line.paint(20, 60)])
    box, other = ink(turned), ink(flat)
    cut = turned[box[1]:box[3], box[0]:box[2]]
    sought = np.rot90(flat[other[1]:other[3], other[0]:other[2]], -1)
    assert abs(np.subtract(cut.shape, sought.shape)).max() <= 1
    high, wide = np.minimum(cut.shape, sought.shape)
    assert abs(cut[:high, :wide] - sought[:high, :wide]).mean() < 0.12


def test_truth_vertical_cards_read_from_right_to_left():
    card = compose("父亲\n林夏", (640, 360), layout="vertical")
    columns = np.flatnonzero(card.ink.max(0) > 0.02)
    large = np.flatnonzero(card.ink[:, columns[-1] - 40:columns[-1]].max(1) > 0.02)
    small = np.flatnonzero(card.ink[:, columns[0]:columns[0] + 15].max(1) > 0.02)
    assert len(large) > 1.5 * len(small)


def test_truth_a_short_question_grows_smaller_before_it_breaks_inside_a_phrase():
    tall = compose("他是个怎样的人？", (360, 640)).ink
    rows = np.flatnonzero(tall.max(1) > 0.5)
    assert rows[-1] - rows[0] < 45  # one line
    pause = compose("他什么都没说，她没有听见啊", (360, 640)).ink.max(1) > 0.5
    assert np.flatnonzero(pause)[-1] - np.flatnonzero(pause)[0] > 60  # two lines, broken at the mark


def test_law_same_words_same_ink():
    assert np.array_equal(compose("父亲", (320, 180)).ink, compose("父亲", (320, 180)).ink)


def test_example_the_built_in_font_is_found_and_knows_chinese():
    assert font_file().is_file()
    assert missing("两个父亲，Two Fathers 1987……") == ""


def test_refuses_characters_without_a_picture():
    with pytest.raises(InputError) as caught:
        refuse_missing("父亲\U0001f468爱")
    assert "U+1F468" in caught.value.tell("en") and "父" not in caught.value.facts["characters"]


def test_refuses_no_words_and_too_many():
    long = ["很长的话" * 60, "很长的话" * 9000, "x" * 400, "父\n" * 40]
    for words, key in [("  \n ", "type.empty"), *((words, "type.long") for words in long)]:
        with pytest.raises(InputError) as caught:
            compose(words, (640, 360))
        assert caught.value.key == key


def test_refuses_a_file_that_is_no_font(tmp_path):
    (tmp_path / "a.ttf").write_bytes(b"not a font")
    for name in ("a.ttf", "missing.otf"):
        with pytest.raises(InputError) as caught:
            set_line("父", Style(20, font=str(tmp_path / name)))
        assert caught.value.key == "type.font"


def test_refuses_to_go_on_without_the_built_in_font(monkeypatch):
    monkeypatch.setattr("marrow.draw.font.PACKAGE", "no_such_font_package")
    with pytest.raises(InputError) as caught:
        font_file()
    assert "pip install" in caught.value.tell("zh")


def test_law_broken_lines_stay_broken():
    assert break_lines("父亲\n女儿", Style(20), 400, 2) == ["父亲", "女儿"]
    assert all(mark in CLOSING or mark in OPENING for mark in "。，「（")


def test_law_an_accent_written_apart_is_the_accented_letter():
    assert set_line("cafe\u0301", Style(20)).glyphs == set_line("café", Style(20)).glyphs
    assert missing("cafe\u0301") == ""
