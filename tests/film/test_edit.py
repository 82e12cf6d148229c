"""The cut in numbers: where shots, subtitles and labels stand, in whole frames."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from marrow.errors import FilmError
from marrow.film.edit import Bed, Edit, Piece, labels, lines, places, sample_of, total
from marrow.film.film import Subtitle

TAKE = Path("take.mkv")
NTSC = Fraction(24000, 1001)


def piece(name="a", frames=48, **more):
    return Piece(name, TAKE, frames, **more)


def edit(*pieces, fps=Fraction(24), **more):
    return Edit("片", "v1", fps, (64, 36), pieces, **more)


def test_truth_shots_follow_one_another_and_a_cross_fade_overlaps_them():
    cut = [piece("a", 10), piece("b", 8, fade=3), piece("c", 6)]
    assert places(cut) == [(0, 10), (7, 15), (15, 21)]
    assert total(cut) == 21


def test_truth_the_first_shot_has_nothing_to_fade_from():
    assert places([piece("a", 10, fade=99), piece("b", 5)]) == [(0, 10), (10, 15)]


@given(some.lists(some.tuples(some.integers(9, 60), some.integers(0, 4)), min_size=1, max_size=40))
def test_law_the_film_is_as_long_as_its_shots_less_their_fades(shape):
    cut = [piece(str(number), frames, fade=fade) for number, (frames, fade) in enumerate(shape)]
    where = places(cut)
    assert where[-1][1] == sum(frames for frames, _ in shape) - sum(fade for _, fade in shape[1:])
    shown = [sum(start <= frame < end for start, end in where) for frame in range(where[-1][1])]
    assert min(shown) == 1 and max(shown) <= 2  # always a picture, and never three takes at once


@pytest.mark.parametrize("cut", [
    [piece("a", 6), piece("b", 6, fade=6)],
    [piece("a", 20), piece("b", 6, fade=3), piece("c", 20, fade=3)],
    [piece("a", 20), piece("b", 20, fade=20)],
])
def test_refuses_a_fade_that_leaves_a_shot_no_frame_of_its_own(cut):
    with pytest.raises(FilmError) as told:
        places(cut)
    assert told.value.key == "cut.fade_long"
    assert told.value.facts["shot"] in ("a", "b")
    assert told.value.facts["shot"] in str(told.value)


def test_refuses_an_empty_film_and_a_shot_without_length():
    for cut, key in (([], "cut.empty"), ([piece("a", 0)], "cut.no_frames")):
        with pytest.raises(FilmError) as told:
            places(cut)
        assert told.value.key == key
        assert told.value.tell("zh") != told.value.tell("en")


def test_truth_subtitles_move_with_their_shot_and_end_with_it():
    film = edit(piece("a", 48, subtitles=(Subtitle(0.5, 1.5, "爸爸", "Father"),)),
                piece("b", 48, fade=12, subtitles=(Subtitle(1.0, 9.0, "后来", "Later"),
                                                      Subtitle(5, 6, "never"))))
    assert [(line.start, line.end, line.text, line.piece) for line in lines(film)] == [
        (12, 36, "爸爸", 0), (60, 84, "后来", 1)]


def test_truth_a_subtitle_gives_way_to_the_next_and_two_at_once_become_one():
    said = (Subtitle(1, 3, "一", "one"), Subtitle(0, 4, " ", ""), Subtitle(2, 4, "二", "two"), Subtitle(2, 3, "三"))
    film = edit(piece("a", 96, subtitles=said))
    found = lines(film)
    assert [(line.start, line.end) for line in found] == [(24, 48), (48, 96)]
    assert sorted(found[1].text.split("\n")) == ["三", "二"] and found[1].below == "two"


@given(some.lists(some.tuples(some.integers(0, 90), some.integers(1, 60)), max_size=20))
def test_law_no_two_subtitles_at_once_and_no_word_lost(spans):
    said = tuple(Subtitle(start / 10, (start + length) / 10, f"w{number}")
                 for number, (start, length) in enumerate(spans))
    found = lines(edit(piece("a", 240, subtitles=said)))
    assert all(one.end <= two.start for one, two in pairwise(found))
    assert all(line.start < line.end for line in found)
    words = [word for line in found for word in line.text.split("\n")]
    assert sorted(words) == sorted(each.text for each in said)


def test_truth_the_label_stays_two_full_seconds_after_the_fade():
    film = edit(piece("a", 100), piece("b", 100, fade=10, label=True), fps=NTSC)
    assert labels(film) == [(90, 90 + 10 + 48)]  # 2 s are 47.95 frames at 24000/1001: 48 whole ones
    short = edit(piece("a", 30, label=True), piece("b", 100))
    assert labels(short) == [(0, 30)]


def test_truth_a_machine_voice_labels_the_shot_it_starts_in():
    voice = Bed("guide", Path("a.wav"), 160, machine=True)
    film = edit(piece("a", 100), piece("b", 200), piece("c", 50), beds=(voice,))
    assert labels(film) == [(100, 148), (160, 208)]
    fading = edit(piece("a", 100), piece("b", 100, fade=20), beds=(Bed("guide", Path("a.wav"), 85, machine=True),))
    assert labels(fading) == [(80, 80 + 20 + 48)]  # of two shots that cross-fade the coming one
    assert labels(edit(piece("a", 100), beds=(Bed("room", Path("a.wav"), 0),))) == []


def test_truth_a_slate_is_not_labelled_machine_made():
    assert labels(edit(Piece("a", None, 60, label=True))) == []


def test_truth_samples_do_not_drift():
    assert sample_of(1, NTSC, 48000) == 2002
    hour = 30000 * 3600 // 1001
    assert sample_of(hour, Fraction(30000, 1001), 48000) == round(Fraction(hour * 1001 * 48000, 30000))
    assert [sample_of(each, Fraction(30000, 1001), 48000) for each in range(4)] == [0, 1602, 3203, 4805]
