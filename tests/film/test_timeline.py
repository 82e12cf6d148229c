"""The hand-off: a timeline that reads back frame by frame."""

import wave
from fractions import Fraction
from pathlib import Path
from urllib.parse import unquote

import opentimelineio as otio
import pytest

from marrow.errors import FilmError
from marrow.film.edit import Bed, Edit, Piece, places
from marrow.film.film import Subtitle
from marrow.film.timeline import visible, write_otio

RATES = [Fraction(24), Fraction(25), Fraction(24000, 1001), Fraction(30000, 1001)]


def cut(folder, version, fps, beds=(), extra=0):
    def take(name):
        return folder / "takes" / version / f"{name}.mkv"

    said = (Subtitle(0.5, 1.5, "他走了", "He left"),)
    pieces = (Piece("01 妈妈#1", take("01 妈妈#1"), 90 + extra, subtitles=said, has_sound=True),
              Piece("02", take("02"), 61, fade=12, label=True, has_sound=True),
              Piece("03", None, 30, missing="not made yet"),
              Piece("04", take("04"), 101, fade=7, subtitles=said))
    return Edit("骨骼之诗", version, fps, (64, 36), pieces, beds)


def quiet(path, seconds):
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 48000, 0, "NONE", ""))
        file.writeframes(bytes(2 * round(48000 * seconds)))
    return path


def frames(time):
    assert time.value == int(time.value)
    return int(time.value)


def rows(track):
    """Name, source in, length, record position of every clip."""
    return [(clip.name, *map(frames, (clip.source_range.start_time, clip.source_range.duration,
                                      track.range_of_child(clip).start_time)))
            for clip in track if isinstance(clip, otio.schema.Clip)]


@pytest.fixture(params=RATES, ids=str)
def film(request, tmp_path):
    fps = request.param
    edits = {"v1": cut(tmp_path, "v1", fps, extra=5), "v2": cut(tmp_path, "v2", fps)}
    write_otio(edits, "v2", tmp_path / "cut.otio")
    return edits["v2"], otio.adapters.read_from_file(str(tmp_path / "cut.otio")), tmp_path


def test_law_every_frame_reads_back_at_every_rate(film):
    edit, back, _ = film
    where, shown = places(edit.pieces), visible(edit)
    wanted = [(piece.name, first, last - first, start + first)
              for piece, (start, _), (first, last) in zip(edit.pieces, where, shown, strict=True)]
    assert rows(back.tracks[0]) == wanted
    assert back.tracks[0].duration().value == where[-1][1]
    for clip in back.find_clips():
        assert clip.source_range.duration.rate == float(edit.fps)


def test_truth_a_cross_fade_lies_on_exactly_the_frames_that_two_shots_share(film):
    edit, back, _ = film
    track, where = back.tracks[0], places(edit.pieces)
    found = []
    for number, item in enumerate(track):
        if isinstance(item, otio.schema.Transition):
            at = frames(track.range_of_child(track[number + 1]).start_time)
            found.append((at - frames(item.in_offset), at + frames(item.out_offset)))
    assert found == [(where[1][0], where[0][1]), (where[3][0], where[2][1])]


def test_truth_one_reference_for_each_version_and_the_active_one_plays(film):
    _, back, folder = film
    clip = next(iter(back.find_clips()))
    assert sorted(clip.media_references()) == ["v1", "v2"] and clip.active_media_reference_key == "v2"
    for version, length in (("v1", 95), ("v2", 90)):
        reference = clip.media_references()[version]
        assert "#" not in reference.target_url and reference.target_url.isascii()
        assert folder / unquote(reference.target_url) == folder / "takes" / version / "01 妈妈#1.mkv"
        assert frames(reference.available_range.duration) == length
    assert isinstance(list(back.find_clips())[2].media_reference, otio.schema.MissingReference)


def test_truth_subtitles_are_markers_named_by_their_words(film):
    edit, back, _ = film
    clips = list(back.tracks[0].find_clips())
    assert [len(clip.markers) for clip in clips] == [1, 0, 0, 1]
    for [marker] in (clips[0].markers, clips[3].markers):  # in the time of the shot, wherever that stands
        assert marker.name == "他走了 / He left"
        assert frames(marker.marked_range.start_time) == round(edit.fps / 2)
        assert frames(marker.marked_range.duration) == round(edit.fps * Fraction(3, 2)) - round(edit.fps / 2)


def test_truth_the_shots_own_sound_stands_below_its_picture(film):
    _, back, _ = film
    assert rows(back.tracks[1]) == rows(back.tracks[0])[:2]
    assert back.tracks[1].kind == "Audio" and back.tracks[1].duration() == back.tracks[0].duration()


def test_truth_beds_are_repeated_cut_at_the_end_and_never_lie_over_one_another(tmp_path):
    tone = quiet(tmp_path / "屋 里.wav", 1.51)
    beds = (Bed("room", tone, 10, 100, gain=-12, fade_in=0.5, fade_out=1, duck=6), Bed("music", tone, 50),
            Bed("late", tone, 250, 9999), Bed("after the end", tone, 5000))
    fps = Fraction(24)
    write_otio({"v1": cut(tmp_path, "v1", fps, beds)}, "v1", tmp_path / "cut.otio")
    back = otio.adapters.read_from_file(str(tmp_path / "cut.otio"))
    assert [track.name for track in back.tracks] == ["V1", "A1", "A2", "A3"]
    first, second = back.tracks[2:]
    assert rows(first) == [("room", 0, 36, 10), ("room", 0, 36, 46), ("room", 0, 18, 82), ("late", 0, 13, 250)]
    assert rows(second) == [("music", 0, 36, 50)]
    clip = first[1]
    assert dict(clip.metadata["marrow"]) == {"gain": -12, "fade_in": 0.5, "fade_out": 1, "duck": 6,
                                             "machine": False, "repeat": 0}
    assert tmp_path / unquote(clip.media_reference.target_url) == tone
    for each in (*first, *second):
        if isinstance(each, otio.schema.Clip):
            assert each.source_range.duration <= each.media_reference.available_range.duration


def test_truth_a_sound_that_is_gone_still_stands_in_the_timeline(tmp_path):
    edit = cut(tmp_path, "v1", Fraction(24), (Bed("gone", tmp_path / "gone.wav", 10, 100),))
    write_otio({"v1": edit}, "v1", tmp_path / "cut.otio")
    back = otio.adapters.read_from_file(str(tmp_path / "cut.otio"))
    assert rows(back.tracks[2]) == [("gone", 0, 90, 10)]


def test_law_the_same_cut_gives_the_same_bytes(tmp_path):
    edits = {"v1": cut(tmp_path, "v1", Fraction(25)), "v2": cut(tmp_path, "v2", Fraction(25))}
    write_otio(edits, "v1", tmp_path / "one.otio")
    write_otio(dict(reversed(edits.items())), "v1", tmp_path / "two.otio")
    assert (tmp_path / "one.otio").read_bytes() == (tmp_path / "two.otio").read_bytes()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["one.otio", "two.otio"]


def test_truth_media_beside_or_above_the_file_are_found_from_it(tmp_path):
    folder = tmp_path / "cuts"
    folder.mkdir()
    write_otio({"v1": cut(tmp_path, "v1", Fraction(24))}, "v1", folder / "cut.otio")
    back = otio.adapters.read_from_file(str(folder / "cut.otio"))
    url = next(iter(back.find_clips())).media_reference.target_url
    assert (folder / unquote(url)).resolve() == (tmp_path / "takes/v1/01 妈妈#1.mkv").resolve()
    assert not Path(url).is_absolute()


def test_refuses_a_version_that_is_not_there(tmp_path):
    with pytest.raises(FilmError) as told:
        write_otio({"v1": cut(tmp_path, "v1", Fraction(24))}, "v9", tmp_path / "cut.otio")
    assert told.value.key == "cut.unknown_version" and "v1" in str(told.value)
