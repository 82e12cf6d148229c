"""From takes to a film that plays, read back frame by frame."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from coded import RATE, SIZE, code_of, coded_take, heard, plain, seen, write_take

from marrow import forms
from marrow.draw import colour
from marrow.errors import FilmError
from marrow.film import assemble as assembling
from marrow.film import reel
from marrow.film.assemble import assemble, pictures, write_srt
from marrow.film.edit import Bed, Edit, Piece, total
from marrow.film.film import Subtitle
from marrow.film.soundtrack import soundtrack
from marrow.media import Sound

FPS = Fraction(24)
LARGE = (320, 180)


def edit(*pieces, size=SIZE, fps=FPS, **more):
    return Edit("两个父亲", "v1", fps, size, pieces, **more)


def film(cut, folder):
    assemble(cut, folder / "film.mp4")
    return folder / "film.mp4"


def test_truth_every_frame_of_the_film_is_the_right_frame_of_the_right_take(tmp_path):
    takes = [coded_take(tmp_path / f"{number}.mkv", range(number * 10, number * 10 + 6)) for number in (1, 2, 3)]
    path = film(edit(*(Piece(take.stem, take, 6) for take in takes)), tmp_path)
    assert [code_of(picture) for picture in seen(path)] == [*range(10, 16), *range(20, 26), *range(30, 36)]


@pytest.mark.parametrize("fps", [Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001)], ids=str)
def test_truth_no_frame_is_lost_or_doubled_at_any_rate(tmp_path, fps):
    takes = [coded_take(tmp_path / f"{number}.mkv", range(number * 40, number * 40 + 40), fps=fps) for number in (0, 1)]
    path = film(edit(*(Piece(take.stem, take, 40) for take in takes), fps=fps), tmp_path)
    assert [code_of(picture) for picture in seen(path)] == list(range(80))
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        assert stream.average_rate == fps and stream.duration * stream.time_base == 80 / fps


def test_truth_a_picture_with_nothing_on_it_passes_through_untouched(tmp_path):
    noise = np.random.default_rng(1).integers(0, 256, (5, SIZE[1], SIZE[0], 3), np.uint8)
    cut = edit(Piece("a", write_take(tmp_path / "a.mkv", noise), 5))
    assert np.array_equal(np.stack(list(pictures(cut))), noise)


def test_truth_the_middle_of_a_cross_fade_is_the_mean_of_the_light(tmp_path):
    one, two = (200, 60, 30), (20, 120, 220)
    takes = [write_take(tmp_path / f"{place}.mkv", [plain(each)] * 6) for place, each in enumerate((one, two))]
    cut = edit(Piece("a", takes[0], 6), Piece("b", takes[1], 6, fade=3))
    light = [colour.linear(np.uint8(each)) for each in (one, two)]
    wanted = {3: 0.25, 4: 0.5, 5: 0.75}
    shown = list(pictures(cut))
    assert len(shown) == total(cut.pieces) == 9
    for number, picture in enumerate(shown):
        share = wanted.get(number, float(number > 5))
        exact = colour.srgb(light[0] * (1 - share) + light[1] * share)
        assert abs(picture.astype(int) - exact).max() <= 1
    decoded = seen(film(cut, tmp_path))
    assert len(decoded) == 9
    assert abs(decoded[4].mean((0, 1)) - colour.srgb((light[0] + light[1]) / 2)).max() < 4


def test_law_at_most_two_takes_are_open_however_long_the_film(tmp_path, monkeypatch):
    take, opened, most = coded_take(tmp_path / "a.mkv", range(9)), [0], [0]
    plainly = reel.decoded

    def counted(path):
        opened[0] += 1
        most[0] = max(most[0], opened[0])
        try:
            yield from plainly(path)
        finally:
            opened[0] -= 1

    monkeypatch.setattr(reel, "decoded", counted)
    cut = edit(*(Piece(str(number), take, 4, fade=number % 2) for number in range(150)))
    assert sum(1 for _ in pictures(cut)) == total(cut.pieces)
    assert most[0] == 2 and opened[0] == 0


def marked(cut):
    """For each frame, where it differs from the same film with nothing burnt in."""
    plainly = [picture for picture, _ in assembling.crossed(cut)]
    return [(one != two).any(-1) for one, two in zip(pictures(cut), plainly, strict=True)]


def test_truth_the_label_is_large_enough_and_long_enough(tmp_path):
    take = write_take(tmp_path / "a.mkv", [plain(128, LARGE)] * 60)
    cut = edit(Piece("机密", take, 60), Piece("绝不显示", take, 60, label=True), size=LARGE, label_text="AI 生成")
    marks = marked(cut)
    assert [bool(mark.any()) for mark in marks] == [False] * 60 + [True] * 48 + [False] * 12
    rows = np.flatnonzero(marks[70].any(1))
    assert rows[-1] - rows[0] + 1 >= 0.05 * min(LARGE)
    assert np.array_equal(marks[60], marks[107])


def test_truth_the_label_says_its_words_and_never_a_shots_name(tmp_path, monkeypatch):
    said, plainly = [], assembling.corner_label
    monkeypatch.setattr(assembling, "corner_label",
                        lambda size, words, **how: said.append(words) or plainly(size, words, **how))
    take = write_take(tmp_path / "a.mkv", [plain(128, LARGE)] * 6)
    list(pictures(edit(*(Piece(f"secret {number}", take, 6, label=True) for number in range(3)), size=LARGE,
                       label_text="AI 生成")))
    assert set(said) == {"AI 生成"}


@pytest.mark.parametrize(("grey", "darker"), [(230, True), (20, False)])
def test_truth_words_are_ink_on_pale_pictures_and_paper_on_dark_ones(tmp_path, grey, darker):
    take = write_take(tmp_path / "a.mkv", [plain(grey, LARGE)] * 24)
    cut = edit(Piece("a", take, 24, subtitles=(Subtitle(0, 1, "爸爸", "Father"),), label=True), size=LARGE,
               label_text="机器合成")
    shown = next(iter(pictures(cut))).astype(int) - grey
    for part in (shown[: LARGE[1] // 3], shown[2 * LARGE[1] // 3 :]):
        assert (abs(part.min()) > abs(part.max())) == darker


def test_truth_words_that_begin_in_a_cross_fade_suit_the_picture_that_is_coming(tmp_path):
    pale, dark = (write_take(tmp_path / f"{grey}.mkv", [plain(grey, LARGE)] * 60) for grey in (230, 20))
    cut = edit(Piece("a", pale, 60), Piece("b", dark, 60, fade=20, label=True), size=LARGE, label_text="机器合成")
    last = list(pictures(cut))[64].astype(int) - 20
    assert last.max() > 150


def test_truth_a_subtitle_is_in_the_picture_exactly_while_it_is_spoken(tmp_path):
    take = write_take(tmp_path / "a.mkv", [plain(128, LARGE)] * 48)
    said = (Subtitle(0.5, 1.0, "爸爸", "Father"),)
    cut = edit(Piece("a", take, 48, subtitles=said), size=LARGE)
    assert [bool(mark.any()) for mark in marked(cut)] == [False] * 12 + [True] * 12 + [False] * 24
    assert not any(mark.any() for mark in marked(edit(Piece("a", take, 48, subtitles=said), size=LARGE, burn=False)))


@pytest.mark.parametrize("said", ["\U0001f980 蟹", "一句太长的话" * 40, "一\n二\n三\n四", "\U0001f980", "W" * 99])
def test_truth_a_subtitle_that_cannot_be_set_never_stops_the_film(tmp_path, said):
    take = write_take(tmp_path / "a.mkv", [plain(128, LARGE)] * 4)
    cut = edit(Piece("a", take, 4, subtitles=(Subtitle(0, 1, said, said),)), size=LARGE)
    assert all(mark.any() for mark in marked(cut))


def test_truth_a_take_that_stands_in_is_marked_on_every_frame(tmp_path):
    take = write_take(tmp_path / "a.mkv", [plain(128, LARGE)] * 4)
    shown = list(pictures(edit(Piece("a", take, 4, badge="旧条 · earlier take"), Piece("b", take, 4), size=LARGE)))
    assert [bool((picture != 128).any()) for picture in shown] == [True] * 4 + [False] * 4


def broken(path, kind):
    if kind == "absent":
        return path
    whole = coded_take(path, range(24)).read_bytes()
    if kind == "empty":
        path.write_bytes(b"")
    elif kind == "cut short":
        path.write_bytes(whole[:len(whole) // 2])
    elif kind == "rubbish":
        path.write_bytes(bytes(range(256)) * 40)
    else:
        path.unlink()
        path.mkdir()
    return path


@pytest.mark.parametrize("kind", ["absent", "empty", "cut short", "rubbish", "a folder"])
def test_truth_a_take_that_cannot_be_read_becomes_a_slate_and_the_film_keeps_its_length(tmp_path, kind):
    good = coded_take(tmp_path / "good.mkv", range(6))
    bad = broken(tmp_path / "bad.mkv", kind)
    cut = edit(Piece("a", good, 6), Piece("b", bad, 24, has_sound=True), Piece("c", good, 6))
    path = film(cut, tmp_path)
    shown = seen(path)
    assert len(shown) == 36
    assert [code_of(picture) for picture in (*shown[:6], *shown[30:])] == [*range(6), *range(6)]
    slate = next(iter(pictures(edit(Piece("b", None, 1, missing="x")))))
    assert abs(np.median(shown[29], (0, 1)) - np.median(slate, (0, 1))).max() < 12  # paper, not bars


def test_truth_a_missing_take_is_a_slate_that_says_so(tmp_path):
    cut = edit(Piece("a", None, 10, missing="还没有做 · not made yet"), size=LARGE)
    shown = list(pictures(cut))
    assert len(shown) == 10 and shown[0].shape == (180, 320, 3) and shown[0].std() > 3
    other = next(iter(pictures(edit(Piece("a", None, 10, missing="别的"), size=LARGE))))
    assert (other != shown[0]).any()


@pytest.mark.parametrize("frames", [1, 4, 6, 9])
def test_law_a_piece_has_exactly_the_frames_it_was_given(tmp_path, frames):
    take = coded_take(tmp_path / "a.mkv", range(6))
    shown = [code_of(picture) for picture in reel.reel(Piece("a", take, frames), edit())]
    assert shown == [min(number, 5) for number in range(frames)]  # a longer take is cut, a shorter one held
    assert len(list(reel.reel(Piece("a", None, frames, missing="x"), edit()))) == frames


def test_truth_takes_of_another_size_and_rate_are_fitted_in(tmp_path):
    small = coded_take(tmp_path / "small.mkv", range(1, 7), size=(32, 18), fps=Fraction(12))
    square = write_take(tmp_path / "square.mkv", [plain(200, (40, 40))] * 6)
    shown = list(pictures(edit(Piece("a", small, 12), Piece("b", square, 6))))
    assert [code_of(picture) for picture in shown[:12]] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]
    assert (shown[12][:, :14] == 0).all() and (shown[12][:, 14:50] == 200).all() and (shown[12][:, 50:] == 0).all()


def click(frames, at=0):
    samples = np.zeros((frames * 2000, 2), np.float32)
    samples[at] = 0.8
    return samples


def test_truth_the_sound_of_a_shot_begins_at_the_exact_sample(tmp_path):
    silent = coded_take(tmp_path / "silent.mkv", range(7))
    loud = coded_take(tmp_path / "loud.mkv", range(24), sound=click(24, at=4321))
    cut = edit(Piece("a", silent, 7), Piece("b", loud, 24, has_sound=True))
    sound = soundtrack(cut)
    assert sound.rate == RATE and sound.samples.shape == (31 * 2000, 2)
    assert np.abs(sound.samples).max(1).argmax() == 7 * 2000 + 4321
    samples = heard(film(cut, tmp_path))
    assert np.abs(samples).max(1).argmax() == 7 * 2000 + 4321


def test_truth_the_sounds_of_two_shots_cross_with_their_pictures(tmp_path):
    level = np.full((24 * 2000, 2), 0.1, np.float32) * np.where(np.arange(48000) % 100 < 50, 1, -1)[:, None]
    loud = coded_take(tmp_path / "loud.mkv", range(24), sound=level)
    silent = coded_take(tmp_path / "silent.mkv", range(24))
    cut = edit(Piece("a", loud, 24, has_sound=True), Piece("b", silent, 24, fade=12))
    sound = np.abs(soundtrack(cut).samples[:, 0])
    before, during, after = (sound[int(second * RATE):][:100].mean() for second in (0.3, 0.75, 1.01))
    assert before > during > after and after < 1e-3 * before
    cut = edit(Piece("a", silent, 24), Piece("b", loud, 24, fade=12, has_sound=True), loudness=-16)
    sound = np.abs(soundtrack(cut).samples[:, 0])
    before, early, late, after = (sound[int(second * RATE):][:100].mean() for second in (0.49, 0.55, 0.9, 1.1))
    assert before == 0 < early < late < after


def test_truth_a_bed_lies_under_its_frames_and_is_repeated(tmp_path):
    tone = np.sin(np.arange(24000) * 2 * np.pi * 440 / RATE, dtype=np.float32)[:, None] * 0.2
    path = tmp_path / "tone.wav"
    forms.write(Sound(tone), path)
    take = coded_take(tmp_path / "a.mkv", range(96))
    cut = edit(Piece("a", take, 96), beds=(Bed("tone", path, 24, 72),))
    sound = np.abs(soundtrack(cut).samples).max(1)
    assert sound[:48000].max() < 1e-4 and sound[3 * 48000 + 4800:].max() < 1e-3
    assert all(sound[48000 + place:][:2400].max() > 0.01 for place in range(4800, 90000, 4800))


def boxes(path: Path) -> list[bytes]:
    content, place, found = path.read_bytes(), 0, []
    while place < len(content):
        found.append(content[place + 4:place + 8])
        place += int.from_bytes(content[place:place + 4])
    return found


def test_truth_the_film_is_what_every_player_wants(tmp_path):
    take = coded_take(tmp_path / "a.mkv", range(12), sound=click(12))
    path = film(edit(Piece("a", take, 12, has_sound=True)), tmp_path)
    order = boxes(path)
    assert order.index(b"moov") < order.index(b"mdat")
    with av.open(str(path)) as file:
        picture, sound = file.streams.video[0], file.streams.audio[0]
        context = picture.codec_context
        assert (context.name, context.pix_fmt, (context.width, context.height)) == ("h264", "yuv420p", SIZE)
        assert (context.color_primaries, context.color_trc, context.colorspace, context.color_range) == (1, 1, 1, 1)
        assert (sound.codec_context.name, sound.rate) == ("aac", 48000)
        assert picture.duration * picture.time_base == Fraction(12, 24)
        assert abs(sound.duration * sound.time_base - Fraction(12, 24)) < Fraction(1024, 48000)
        assert file.metadata["title"] == "两个父亲"


def test_law_the_same_cut_gives_the_same_film(tmp_path):
    take = coded_take(tmp_path / "a.mkv", range(12), sound=click(12))
    cut = edit(Piece("a", take, 12, has_sound=True, label=True, subtitles=(Subtitle(0, 1, "爸爸"),)))
    assert film(cut, tmp_path).read_bytes() == film(cut, tmp_path).read_bytes()


def test_law_a_film_appears_whole_or_not_at_all(tmp_path, monkeypatch):
    take = coded_take(tmp_path / "a.mkv", range(6))
    path = film(edit(Piece("a", take, 6)), tmp_path)
    before = path.read_bytes()

    def full(*_, **__):
        path.with_name(".film.half.mp4").touch()
        raise OSError("no space left")

    monkeypatch.setattr(assembling.forms, "encode", full)
    with pytest.raises(OSError, match="no space"):
        film(edit(Piece("a", take, 6), Piece("b", take, 6)), tmp_path)
    path.with_name(".film.half.mp4").unlink()
    assert path.read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.mkv", "film.mp4"]


def test_refuses_a_film_without_shots(tmp_path):
    with pytest.raises(FilmError) as told:
        film(edit(), tmp_path)
    assert told.value.key == "cut.empty" and not list(tmp_path.iterdir())


def test_truth_subtitles_beside_the_film_are_in_both_languages(tmp_path):
    said = (Subtitle(0.5, 2.5, "他走了", "He left"), Subtitle(2, 3, "没有\n\n"))
    write_srt(edit(Piece("a", tmp_path / "none.mkv", 2400, subtitles=said)), tmp_path / "film.srt")
    assert (tmp_path / "film.srt").read_text("utf-8") == (
        "1\n00:00:00,500 --> 00:00:02,000\n他走了\nHe left\n\n2\n00:00:02,000 --> 00:00:03,000\n没有\n")
    write_srt(edit(Piece("a", tmp_path / "none.mkv", 2400)), tmp_path / "film.srt")
    assert not list(tmp_path.iterdir())  # nothing is said any more


def test_truth_a_sound_that_cannot_be_read_is_silent_and_the_film_plays(tmp_path, caplog):
    take = coded_take(tmp_path / "a.mkv", range(24))
    (tmp_path / "bad.wav").write_bytes(b"RIFF rubbish")
    beds = (Bed("bad", tmp_path / "bad.wav", 0, 24), Bed("gone", tmp_path / "gone.wav", 3))
    sound = soundtrack(edit(Piece("a", take, 24, has_sound=True), beds=beds))
    assert sound.samples.shape == (48000, 2) and not sound.samples.any()
    assert "bad.wav" in caplog.text and "gone.wav" in caplog.text


def test_truth_a_shot_is_heard_over_a_bed_that_steps_back(tmp_path):
    tone, noise = np.sin(np.arange(6 * RATE) * 0.05), np.random.default_rng(1).normal(0, 0.1, 2 * RATE)
    forms.write(Sound(np.float32(0.1 * tone[:, None])), tmp_path / "tone.wav")
    silent = coded_take(tmp_path / "silent.mkv", range(48))
    loud = coded_take(tmp_path / "loud.mkv", range(48), sound=np.stack([noise, noise], 1))
    pieces = [Piece(str(number), take, 48, has_sound=take is loud)
              for number, take in enumerate((silent, loud, silent))]
    bed = Bed("music", tmp_path / "tone.wav", 0, 144, duck=12)
    samples = soundtrack(edit(*pieces, beds=(bed,))).samples[:, 0]
    seconds = [abs(samples[at:at + RATE] @ np.exp(0.05j * np.arange(RATE))) for at in range(0, 6 * RATE, RATE)]
    assert 0.2 < seconds[2] / seconds[0] < 0.3 and 0.9 < seconds[5] / seconds[0] < 1.1  # 12 dB is a quarter
