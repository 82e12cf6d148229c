"""Video files made even: the right picture at each instant, upright, round, in its colours, with its sound."""

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from marrow import frames
from marrow.errors import InputError, LimitError
from marrow.frames.develop import framing, toned
from marrow.media import Footage

SIZE = (160, 96)
EXACT = int(av.video.reformatter.Interpolation.BICUBIC | av.video.reformatter.Interpolation.ACCURATE_RND)


def coded(number):
    """A picture that carries its number as ten bars, dark and light."""
    bits = np.array([number >> bit & 1 for bit in range(10)])
    row = np.repeat(np.where(bits, 230, 20), 16).astype(np.uint8)
    return np.broadcast_to(row[None, :, None], (96, 160, 3)).copy()


def code(picture):
    middle = picture[len(picture) // 2, :, 0].reshape(10, -1).mean(1)
    return sum(1 << bit for bit in range(10) if middle[bit] > 125)


def film(path, pictures, *, times=None, pix="yuv420p", sar=None, matrix=1, full=False, trc=None, options=None,
         clicks=()):
    """A video file as a phone or a camera would leave it; `clicks` are seconds at which its sound clicks."""
    times = times or [Fraction(number, 25) for number in range(len(pictures))]
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=25)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = pix
        context = stream.codec_context
        context.time_base = Fraction(1, 90000)
        context.options = {"crf": "4", "preset": "ultrafast", "g": "20"} | (options or {})
        context.colorspace, context.color_range = matrix, 2 if full else 1
        if sar:
            context.sample_aspect_ratio = sar
        if trc:
            context.color_trc, context.color_primaries = trc, 9
        voice = file.add_stream("aac", rate=44100, layout="mono") if clicks else None
        for picture, time in zip(pictures, times, strict=True):
            kind = "rgb24" if picture.dtype == np.uint8 else "rgb48le"
            frame = av.VideoFrame.from_ndarray(picture, format=kind).reformat(
                format=pix, src_colorspace=matrix, dst_colorspace=matrix, src_color_range=2,
                dst_color_range=2 if full else 1, interpolation=EXACT)
            frame.pts, frame.time_base = round(time * 90000), Fraction(1, 90000)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
        if voice:
            samples = np.zeros((1, int((times[-1] + 1) * 44100)), np.float32)
            for click in clicks:
                samples[0, round(click * 44100):round(click * 44100) + 20] = 0.9
            frame = av.AudioFrame.from_ndarray(samples, format="flt", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 44100, 0, Fraction(1, 44100)
            file.mux([*voice.encode(frame), *voice.encode(None)])
    return Footage(Path(path))


def first(footage, **settings):
    return next(frames.video(footage, **{"size": SIZE, "fps": 25, "sound": False} | settings).frames())


@pytest.fixture(scope="module")
def phone(tmp_path_factory):
    """A file of variable rate, times 1/60 to 1/10 s apart, with a click at every whole second; its exact times."""
    rng = np.random.default_rng(3)
    gaps = rng.choice([1500, 3000, 3003, 4500, 9000], 240)
    times = [Fraction(int(each), 90000) for each in np.concatenate([[0], gaps.cumsum()])]
    path = tmp_path_factory.mktemp("phone") / "phone.mp4"
    return film(path, [coded(number) for number in range(241)], times=times, clicks=range(1, 12)), times


@pytest.mark.parametrize(("start", "length", "fps"), [
    (0, 0, Fraction(24)), (0, 2, Fraction(60)), (5.31, 3, Fraction(24000, 1001)), (1.7, 1.25, Fraction(25))])
def test_truth_every_output_picture_is_the_one_on_screen_then(phone, start, length, fps):
    footage, times = phone
    video = frames.video(footage, start=start, length=length, size=SIZE, fps=fps)
    began = Fraction(str(start))
    wanted = [max(number for number, time in enumerate(times) if time <= began + place / fps)
              for place in range(video.length)]
    assert [code(picture) for picture in video.frames()] == wanted
    if length:
        assert video.length == round(Fraction(str(length)) * fps)


def test_truth_sound_clicks_where_the_file_clicks_and_is_as_long_as_the_pictures(phone):
    for start in (0.0, 4.25):
        video = frames.video(phone[0], start=start, length=3, size=SIZE, fps=Fraction(24000, 1001))
        loud = video.sound.samples[:, 0] > 0.3
        clicks = np.flatnonzero(loud[1:] & ~loud[:-1]) / 48000 + start
        assert len(clicks) in (2, 3)
        assert clicks == pytest.approx(np.round(clicks), abs=0.0003)
        assert len(video.sound.samples) == round(video.length * 48000 * Fraction(1001, 24000))


def test_law_frames_can_be_asked_for_again(phone):
    video = frames.video(phone[0], length=0.3, size=SIZE)
    assert all(np.array_equal(one, two) for one, two in zip(video.frames(), video.frames(), strict=True))


def test_truth_a_picture_held_to_the_end_is_shown_to_the_end(tmp_path):
    times = [Fraction(0), Fraction(1), Fraction(2)]
    video = frames.video(film(tmp_path / "slow.mkv", [coded(n) for n in range(3)], times=times), size=SIZE, fps=4)
    assert [code(picture) for picture in video.frames()][:8] == [0] * 4 + [1] * 4


def quarters():
    """Red, green above blue, grey."""
    picture = np.empty((96, 160, 3), np.uint8)
    picture[:48, :80], picture[:48, 80:] = (200, 30, 30), (30, 200, 30)
    picture[48:, :80], picture[48:, 80:] = (30, 30, 200), (190, 190, 190)
    return picture


def corners(picture):
    height, width = picture.shape[:2]
    return [picture[y, x].astype(int).tolist() for y in (height // 4, 3 * height // 4)
            for x in (width // 4, 3 * width // 4)]


RED, GREEN, BLUE, GREY = [200, 30, 30], [30, 200, 30], [30, 30, 200], [190, 190, 190]


def close(found, wanted):
    return np.abs(np.array(found) - np.array(wanted)).max() <= 2


@pytest.mark.parametrize("pix", ["yuv420p", "yuv420p10le", "yuv444p"])
@pytest.mark.parametrize(("matrix", "full"), [(1, False), (1, True), (5, False), (5, True)])
def test_truth_colours_come_back_whatever_matrix_and_range(tmp_path, matrix, full, pix):
    footage = film(tmp_path / "colour.mp4", [quarters()] * 2, matrix=matrix, full=full, pix=pix)
    assert close(corners(first(footage)), [RED, GREEN, BLUE, GREY])


def test_truth_a_picture_turned_by_the_phone_stands_upright(tmp_path):
    path = tmp_path / "turned.mp4"
    film(path, [quarters()] * 2)
    raw = bytearray(path.read_bytes())
    matrix = raw.index(b"tkhd") + 44  # ISO 14496-12: x' = ax + cy, y' = bx + dy; a quarter turn to the right
    raw[matrix:matrix + 36] = struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30)
    path.write_bytes(raw)
    upright = first(Footage(path), size=(96, 160))
    assert close(corners(upright), [BLUE, RED, GREY, GREEN])
    assert (first(Footage(path), fit="contain")[:, :40] == 0).all()


def test_truth_a_circle_of_oblong_pixels_comes_out_round(tmp_path):
    y, x = np.mgrid[:96, :160]
    squeezed = ((x - 80) / 20) ** 2 + ((y - 48) / 40) ** 2 < 1
    picture = np.repeat(squeezed[..., None] * np.uint8(255), 3, 2)
    lit = first(film(tmp_path / "sar.mp4", [picture] * 2, sar=Fraction(2)), size=(320, 96), fit="contain")[..., 0] > 128
    assert lit.any(0).sum() == pytest.approx(lit.any(1).sum(), abs=2)


def test_truth_cover_cuts_and_contain_keeps():
    box, inner = framing((400, 300), Fraction(1), (160, 90), "cover")
    assert box == (0, 37.5, 400, 262.5) and inner == (160, 90)
    box, inner = framing((400, 300), Fraction(1), (160, 90), "contain")
    assert box == (0, 0, 400, 300) and inner == (120, 90)
    assert framing((160, 90), Fraction(1), (160, 90), "cover") == ((0, 0, 160, 90), (160, 90))


def test_truth_fields_are_made_whole_pictures_of_the_first_field(tmp_path):
    def bar(step):
        picture = np.full((96, 160, 3), 40, np.uint8)
        picture[:, 10 + 4 * step:40 + 4 * step] = 220
        return picture

    woven = [bar(2 * number) for number in range(6)]
    for number, picture in enumerate(woven):
        picture[1::2] = bar(2 * number + 1)[1::2]
    footage = film(tmp_path / "fields.mp4", woven, options={"flags": "+ildct+ilme", "x264-params": "tff=1"})
    for number, picture in enumerate(frames.video(footage, size=SIZE, fps=25).frames()):
        assert set((picture[..., 0] > 130).argmax(1)) == {10 + 8 * number}


def pq(light):
    """ITU-R BT.2100: the value of a light in cd/m²."""
    part = (light / 10000) ** 0.1593017578125
    return ((0.8359375 + 18.8515625 * part) / (1 + 18.6875 * part)) ** 78.84375


def test_truth_hdr_keeps_its_dark_values_and_bends_its_bright_ones(tmp_path):
    lights = np.array([0, 2.03, 20.3, 101.5, 203, 406, 1000, 4000])
    strip = np.repeat(np.rint(pq(lights) * 65535).astype(np.uint16), 20)
    picture = np.broadcast_to(strip[None, :, None], (96, 160, 3)).copy()
    grey = first(film(tmp_path / "hdr.mp4", [picture] * 2, pix="yuv420p10le", matrix=9, trc=16))[48, 10::20, 1]
    assert grey[:4].tolist() == pytest.approx([0, 25, 89, 188], abs=3)
    assert (np.diff(grey.astype(int)) >= 0).all() and 220 < grey[4] < 245 and grey[6] == 255


def test_truth_hlg_reference_white_is_near_white():
    white = toned(np.full((1, 1, 3), round(0.75 * 65535), np.uint16), 18)
    assert 220 < white.min() == white.max() < 245


def test_refuses_what_is_not_in_the_file(phone, tmp_path):
    footage = phone[0]
    for settings, key in (({"start": 60}, "footage.past"), ({"start": 1, "length": 100}, "footage.past")):
        with pytest.raises(InputError) as caught:
            frames.video(footage, **settings)
        assert caught.value.key == key and "phone.mp4" in caught.value.tell("zh")
    slow = film(tmp_path / "long.mp4", [coded(0), coded(1)], times=[Fraction(0), Fraction(18000)])
    with pytest.raises(LimitError) as caught:
        frames.video(slow)
    assert caught.value.key == "footage.long"
    assert frames.video(slow, start=17000, length=0.2, size=SIZE).length == 5


def test_refuses_a_file_that_breaks_off(tmp_path):
    from marrow import forms

    forms.encode((coded(number % 1000) for number in range(300)), tmp_path / "whole.mp4", rate=Fraction(30), size=SIZE)
    raw = (tmp_path / "whole.mp4").read_bytes()
    (tmp_path / "half.mp4").write_bytes(raw[:len(raw) // 2])
    video = frames.video(Footage(tmp_path / "half.mp4"), size=SIZE)
    with pytest.raises(InputError) as caught:
        list(video.frames())
    assert caught.value.key == "footage.ends"
