"""Two versions side by side: the same instant of the same shot on both halves."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from coded import SIZE, code_of, coded_take, heard, seen

from marrow.errors import FilmError, InputError
from marrow.film.assemble import assemble
from marrow.film.compare import at_rate_of, compare, half_size, matched, side_by_side, whole_size
from marrow.film.edit import Bed, Edit, Piece, places

FPS = Fraction(24)
LARGE = (128, 72)


def edit(version, *pieces, size=SIZE, **more):
    return Edit("片", version, FPS, size, pieces, **more)


def codes(picture, height):
    """The two numbers that the two halves show, below the strip of names."""
    shown = picture[-height:]
    middle = shown.shape[1] // 2
    return code_of(shown[:, :middle]), code_of(shown[:, middle:])


def test_law_namesakes_stand_beside_each_other_however_the_versions_are_ordered():
    take = Path("x.mkv")
    left = edit("v1", *(Piece(name, take, frames) for name, frames in (("a", 9), ("x", 5), ("b", 9), ("c", 20))))
    right = edit("v2", *(Piece(name, take, frames, fade=2) for name, frames in (("c", 9), ("a", 12), ("n", 7))))
    one, two = matched(left, right, ("v1", "v2"))
    assert [piece.name for piece in one.pieces] == [piece.name for piece in two.pieces]
    assert sorted(piece.name for piece in one.pieces) == ["a", "b", "c", "n", "x"]
    assert [piece.name for piece in two.pieces if piece.take] == ["c", "a", "n"]
    assert [piece.name for piece in two.pieces] == ["c", "a", "x", "b", "n"]
    assert places(one.pieces) == places(two.pieces)
    lengths = {piece.name: piece.frames for piece in one.pieces}
    assert lengths == {"a": 12, "x": 5, "b": 9, "c": 20, "n": 7}
    assert "v2" in next(piece for piece in two.pieces if piece.name == "b").missing


def test_truth_each_half_shows_its_own_take_at_the_same_instant(tmp_path):
    takes = {code: coded_take(tmp_path / f"{code}.mkv", range(code, code + 6), size=LARGE)
             for code in (10, 20, 110, 120)}
    left = edit("v1", Piece("03", takes[10], 6), Piece("04", takes[20], 6), size=LARGE)
    right = edit("v2", Piece("04", takes[120], 6), Piece("03", takes[110], 6, fade=2), size=LARGE)
    compare(left, right, tmp_path / "both.mp4", ("v1", "v2"))
    shown = seen(tmp_path / "both.mp4")
    assert shown[0].shape == (whole_size(right)[1], whole_size(right)[0], 3) == (78, 260, 3)
    assert [codes(picture, 72) for picture in shown] == [
        *((20 + each, 120 + each) for each in range(6)), *((10 + each, 110 + each) for each in range(6))]


def test_truth_the_shorter_holds_its_last_frame_and_one_shot_can_be_chosen(tmp_path):
    short = coded_take(tmp_path / "short.mkv", range(10, 13), size=LARGE)
    long = coded_take(tmp_path / "long.mkv", range(20, 26), size=LARGE)
    left = edit("v1", Piece("02", long, 6), Piece("03", short, 3), size=LARGE)
    right = edit("v2", Piece("03", long, 6), Piece("09", short, 3), size=LARGE)
    halves = matched(left, right, ("v1", "v2"), "03")
    shown = [codes(picture, 72) for picture in side_by_side(*halves, ("v1", "v2"))]
    assert shown == [(10, 20), (11, 21), (12, 22), (12, 23), (12, 24), (12, 25)]


def test_truth_a_shot_that_one_side_lacks_is_a_slate_there(tmp_path):
    take = coded_take(tmp_path / "a.mkv", range(6), size=LARGE)
    left, right = edit("v1", Piece("a", take, 6), size=LARGE), edit("v2", Piece("b", take, 6), size=LARGE)
    shown = list(side_by_side(*matched(left, right, ("v1", "v2")), ("v1", "v2")))
    assert len(shown) == 12
    shown = [picture[-72:] for picture in shown]
    paper = [np.median(half, (0, 1)).min() for half in (shown[0][:, :128], shown[0][:, 132:])]
    assert paper[1] < 225 or paper[0] < 225  # bars on one side
    assert {code_of(shown[5][:, :128]), code_of(shown[5][:, 132:])} >= {5}


def test_truth_the_names_stand_above_their_halves(tmp_path):
    take = coded_take(tmp_path / "a.mkv", range(2), size=LARGE)
    cut = edit("v1", Piece("a", take, 2), size=LARGE)
    one, two = (next(side_by_side(cut, cut, names)) for names in (("v1", "v2"), ("v1", "另一版")))
    assert (one[:6, :128] == two[:6, :128]).all() and (one[:6, 132:] != two[:6, 132:]).any()
    assert (one[6:] == two[6:]).all()


def test_truth_beds_move_with_the_shots_they_lie_under():
    take, tone = Path("x.mkv"), Path("tone.wav")
    beds = (Bed("one", tone, 12, 20), Bed("all", tone, 0, 30), Bed("voice", tone, 22))
    right = edit("v2", Piece("a", take, 10), Piece("b", take, 10), Piece("c", take, 10), beds=beds)
    left = edit("v1", Piece("a", take, 15), Piece("c", take, 12))
    _, two = matched(left, right, ("v1", "v2"))
    assert [(bed.name, bed.start, bed.end) for bed in two.beds] == [
        ("one", 17, 25), ("all", 0, 35), ("voice", 27, None)]
    _, only = matched(left, right, ("v1", "v2"), "b")
    assert [(bed.name, bed.start, bed.end) for bed in only.beds] == [("one", 2, 10)]


def test_truth_finished_films_are_compared_as_they_play(tmp_path):
    paths = []
    for name, first, frames in (("v1", 10, 6), ("v2", 40, 9)):
        tone = np.random.default_rng(1).normal(0, 0.1, (frames * 2000, 2))
        take = coded_take(tmp_path / f"{name}.mkv", range(first, first + frames), size=LARGE, sound=tone)
        assemble(edit(name, Piece("a", take, frames, has_sound=True), size=LARGE), tmp_path / f"{name}.mp4")
        paths.append(tmp_path / f"{name}.mp4")
    compare(*paths, tmp_path / "both.mp4", ("v1", "v2"))
    assert [codes(picture, 72) for picture in seen(tmp_path / "both.mp4")] == [
        (min(10 + each, 15), 40 + each) for each in range(9)]
    assert abs(heard(tmp_path / "both.mp4")).max() > 0.01
    with av.open(str(tmp_path / "both.mp4")) as file:
        assert file.streams.video[0].duration * file.streams.video[0].time_base == Fraction(9, 24)


def test_truth_a_version_at_another_rate_is_shown_at_the_same_instant(tmp_path):
    slow = coded_take(tmp_path / "slow.mkv", range(10, 13), size=LARGE, fps=Fraction(12))
    fast = coded_take(tmp_path / "fast.mkv", range(20, 26), size=LARGE)
    left = replace(edit("v1", Piece("a", slow, 3), size=LARGE), fps=Fraction(12))
    right = edit("v2", Piece("a", fast, 6), size=LARGE)
    shown = [codes(picture, 72) for picture in side_by_side(*matched(left, right, ("v1", "v2")), ("v1", "v2"))]
    assert shown == [(10 + each // 2, 20 + each) for each in range(6)]


def test_truth_a_cut_is_counted_anew_at_another_rate():
    cut = replace(edit("v1", Piece("a", None, 12), Piece("b", None, 12, fade=3), beds=(Bed("x", Path("x"), 6, 18),)),
                  fps=Fraction(12))
    turned = at_rate_of(cut, edit("v2"))
    assert (turned.fps, places(turned.pieces)) == (FPS, [(0, 24), (18, 42)])
    assert [(bed.start, bed.end) for bed in turned.beds] == [(12, 36)]


@pytest.mark.parametrize("size", [(1280, 720), (3840, 2160), (64, 36), (1080, 1920), (18, 16)])
def test_law_a_comparison_has_even_sides(size):
    cut = edit("v1", Piece("a", None, 1), size=size)
    assert all(side % 2 == 0 for side in (*half_size(cut), *whole_size(cut)))
    assert abs(half_size(cut)[0] / half_size(cut)[1] - size[0] / size[1]) < 0.1


def test_refuses_a_shot_that_neither_has_and_a_film_that_is_none(tmp_path):
    cut = edit("v1", Piece("a", None, 1))
    with pytest.raises(FilmError) as told:
        compare(cut, cut, tmp_path / "both.mp4", ("v1", "v2"), shot="b")
    assert told.value.key == "cut.no_shot" and "a" in str(told.value)
    (tmp_path / "rubbish.mp4").write_bytes(b"rubbish")
    with pytest.raises(InputError) as told:
        compare(tmp_path / "rubbish.mp4", cut, tmp_path / "both.mp4", ("v1", "v2"))
    assert told.value.key == "cut.take_broken" and not (tmp_path / "both.mp4").exists()
