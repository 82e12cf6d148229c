"""On-disk forms: what is written is read again, equal nouns are equal bytes, wrong files are called by their name."""

import os
import struct
import zipfile
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from marrow import forms
from marrow.errors import InputError, LimitError, MarrowError
from marrow.media import KINDS, Person, Photo, Sound, Text, Video

MATERIAL = Path(__file__).parents[2].parent / "shared" / "material"
DICE = np.random.default_rng(7)
NOISE = [DICE.integers(0, 256, (36, 64, 3), dtype=np.uint8) for _ in range(9)]
RATE = Fraction(24000, 1001)


def take(sound=None, frames=NOISE):
    return Video(lambda: iter(frames), len(frames), (64, 36), RATE, sound)


def tone(channels, count=18018, rate=48000):
    return Sound(DICE.uniform(-1, 1, (count, channels)).astype(np.float32), rate)


@pytest.mark.parametrize("sound", [None, tone(1), tone(2), tone(2, 16554, 44100)], ids=["mute", "mono", "stereo", "cd"])
def test_law_a_take_comes_back_to_the_last_bit(tmp_path, sound):
    path = tmp_path / "take.mkv"
    forms.write(take(sound), path)
    again = forms.read("video", path)
    assert (again.length, again.size, again.rate) == (9, (64, 36), RATE)
    for _ in range(2):  # frames() starts again
        assert all(np.array_equal(one, two) for one, two in zip(again.frames(), NOISE, strict=True))
    if sound is not None:
        assert again.sound.rate == sound.rate and again.sound.samples.shape == sound.samples.shape
        assert np.abs(again.sound.samples - sound.samples).max() < 1.2e-7


def test_law_equal_takes_are_equal_bytes(tmp_path):
    sound = tone(2)
    for name in ("a", "b"):
        forms.write(take(sound), tmp_path / f"{name}.mkv")
    assert (tmp_path / "a.mkv").read_bytes() == (tmp_path / "b.mkv").read_bytes()


def test_truth_every_frame_of_a_take_stands_alone(tmp_path):
    forms.write(take(), tmp_path / "take.mkv")
    with av.open(str(tmp_path / "take.mkv")) as file:
        packets = [each for each in file.demux(video=0) if each.size]
        assert file.streams.video[0].codec_context.name == "ffv1"
        assert len(packets) == 9 and all(each.is_keyframe for each in packets)


def test_refuses_a_take_that_breaks_off_or_comes_from_elsewhere(tmp_path):
    forms.write(take(), tmp_path / "take.mkv")
    (tmp_path / "half.mkv").write_bytes((tmp_path / "take.mkv").read_bytes()[:40000])
    with pytest.raises(InputError, match=r"half\.mkv"):
        list(forms.read("video", tmp_path / "half.mkv").frames())
    forms.encode(NOISE, tmp_path / "own.mp4", rate=RATE, size=(64, 36))
    os.rename(tmp_path / "own.mp4", tmp_path / "own.mkv")
    with pytest.raises(InputError) as caught:
        forms.read("video", tmp_path / "own.mkv")
    assert caught.value.key == "video.foreign"
    assert forms.read("footage", tmp_path / "own.mkv").path == tmp_path / "own.mkv"


def test_refuses_to_write_fewer_frames_than_said(tmp_path):
    with pytest.raises(ValueError, match="yielded 9"):
        forms.write(Video(lambda: iter(NOISE), 12, (64, 36), RATE), tmp_path / "take.mkv")


def flat(*colours):
    return [np.full((64, 64, 3), each, np.uint8) for each in colours]


def test_truth_a_film_is_bt709_and_its_colours_are_right(tmp_path):
    colours = [(200, 40, 30), (30, 180, 60), (40, 50, 210), (128, 128, 128), (239, 231, 214)]
    sound = Sound(np.zeros((10000, 2), np.float32))
    sound.samples[4800:4820] = 0.9
    forms.encode(flat(*colours), tmp_path / "film.mp4", rate=Fraction(24), size=(64, 64), sound=sound, title="两个父亲")
    raw = (tmp_path / "film.mp4").read_bytes()
    assert raw.index(b"moov") < raw.index(b"mdat")
    with av.open(str(tmp_path / "film.mp4")) as file:
        context = file.streams.video[0].codec_context
        assert (context.name, context.pix_fmt, file.streams.audio[0].codec_context.name) == ("h264", "yuv420p", "aac")
        assert (context.color_primaries, context.color_trc, context.colorspace, context.color_range) == (1, 1, 1, 1)
        assert file.metadata["title"] == "两个父亲" and file.streams.video[0].average_rate == 24
        for frame, colour in zip(file.decode(video=0), colours, strict=True):
            rgb = frame.to_ndarray(format="rgb24", src_colorspace="ITU709", dst_colorspace="ITU709",
                                   src_color_range="MPEG", dst_color_range="JPEG")
            assert np.abs(rgb[32, 32].astype(int) - colour).max() <= 3
    with av.open(str(tmp_path / "film.mp4")) as file:
        heard = np.concatenate([each.to_ndarray()[0] for each in file.decode(audio=0)])
    assert abs(int(np.argmax(np.abs(heard) > 0.3)) - 4800) < 12


def test_truth_a_proxy_shows_the_same_pictures(tmp_path):
    video = Video(lambda: iter(flat(*[(shade,) * 3 for shade in range(20, 240, 10)])), 22, (64, 64), RATE, None)
    forms.write(video, tmp_path / "a.mkv")
    forms.proxy(tmp_path / "a.mkv", tmp_path / "a.mp4")
    with av.open(str(tmp_path / "a.mp4")) as file:
        shown = [(frame.key_frame, frame.to_ndarray(format="rgb24").mean()) for frame in file.decode(video=0)]
    assert [light for _, light in shown] == pytest.approx(range(20, 240, 10), abs=2)
    assert shown[0][0] and any(key for key, _ in shown[1:13])


@pytest.mark.parametrize("channels", [3, 4])
def test_law_a_photo_comes_back(tmp_path, channels):
    pixels = DICE.integers(0, 255, (20, 31, channels), dtype=np.uint8)
    for name in ("a.png", "b.png"):
        forms.write(Photo(pixels), tmp_path / name)
    assert np.array_equal(forms.read("photo", tmp_path / "a.png").pixels, pixels)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_truth_photos_of_every_depth_are_the_same_grey(tmp_path):
    for mode, value in (("L", 120), ("I;16", 120 * 257), ("CMYK", (135, 135, 135, 0)), ("LA", (120, 255))):
        Image.new(mode, (8, 6), value).save(tmp_path / f"{mode[:2]}.{'tif' if mode == 'CMYK' else 'png'}")
    Image.new("L", (8, 6), 120).convert("P").save(tmp_path / "P.png")
    pixels = {each.stem: forms.read("photo", each).pixels for each in tmp_path.iterdir()}
    assert {name: each[3, 4].tolist() for name, each in pixels.items()} == {name: [120] * 3 for name in pixels}
    assert len(pixels) == 5


def test_truth_a_photo_is_turned_as_its_exif_says(tmp_path):
    picture = Image.new("RGB", (40, 20), "black")
    picture.paste("white", (0, 0, 10, 20))
    exif = Image.Exif()
    exif[0x0112] = 6  # shown a quarter turn to the right: what was left is above
    picture.save(tmp_path / "phone.png", "JPEG", exif=exif, quality=95)  # and it only calls itself a PNG
    pixels = forms.read("photo", tmp_path / "phone.png").pixels
    assert pixels.shape == (40, 20, 3) and pixels[4].min() > 200 > 50 > pixels[20].max()


def png_of(path, width, height):
    """A PNG whose header promises a size, and nothing more."""
    import zlib

    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head)) +
                     struct.pack(">I", 10) + b"IDAT" + zlib.compress(b"") + b"\0\0\0\0\0\0")


def test_refuses_a_picture_of_40000_pixels_before_reading_it(tmp_path):
    png_of(tmp_path / "huge.png", 40000, 40000)
    with pytest.raises(LimitError) as caught:
        forms.read("photo", tmp_path / "huge.png")
    assert "40000" in caught.value.tell("zh") and caught.value.key == "photo.large"


def test_refuses_a_picture_that_breaks_off(tmp_path):
    forms.write(Photo(DICE.integers(0, 255, (90, 90, 3), dtype=np.uint8)), tmp_path / "a.png")
    (tmp_path / "half.png").write_bytes((tmp_path / "a.png").read_bytes()[:9000])
    with pytest.raises(InputError) as caught:
        forms.read("photo", tmp_path / "half.png")
    assert caught.value.key == "file.broken"


@pytest.mark.parametrize("channels", [1, 2])
def test_law_a_sound_comes_back_and_equal_sounds_are_equal_bytes(tmp_path, channels):
    sound = tone(channels, 500, 44100)
    for name in ("a.wav", "b.wav"):
        forms.write(sound, tmp_path / name)
    again = forms.read("sound", tmp_path / "a.wav")
    assert again.rate == 44100 and np.abs(again.samples - sound.samples).max() <= 2 ** -24 + 1e-7
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()
    forms.write(again, tmp_path / "c.wav")
    assert (tmp_path / "c.wav").read_bytes() == (tmp_path / "a.wav").read_bytes()


def wav(path, code, bits, raw, rate=8000):
    head = struct.pack("<HHIIHH", code, 1, rate, rate * bits // 8, bits // 8, bits)
    path.write_bytes(b"RIFF" + struct.pack("<I", 28 + 8 + len(raw)) + b"WAVEfmt " + struct.pack("<I", 16) + head +
                     b"data" + struct.pack("<I", len(raw)) + raw)


def test_truth_wavs_of_every_depth_are_the_same_wave(tmp_path):
    wave = np.array([0, 0.5, -0.5, 0.25] * 50)
    for name, code, bits, raw in (
            ("u8", 1, 8, (wave * 128 + 128).astype("u1")), ("s16", 1, 16, (wave * 2**15).astype("<i2")),
            ("s32", 1, 32, (wave * 2.0**31).astype("<i4")), ("f32", 3, 32, wave.astype("<f4"))):
        wav(tmp_path / f"{name}.wav", code, bits, raw.tobytes())
        sound = forms.read("sound", tmp_path / f"{name}.wav")
        assert sound.rate == 8000 and sound.samples.dtype == np.float32
        assert sound.samples[:, 0] == pytest.approx(wave, abs=1e-6), name


def test_law_words_come_back_whatever_their_encoding(tmp_path):
    words = "两个父亲\n\n“Two fathers”"
    forms.write(Text(words), tmp_path / "out.txt")
    assert (tmp_path / "out.txt").read_bytes() == words.encode()
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        (tmp_path / "in.txt").write_bytes(words.replace("\n", "\r\n").encode(encoding))
        assert forms.read("text", tmp_path / "in.txt").words == words, encoding


def test_law_a_person_comes_back(tmp_path):
    person = Person("父亲", {"voice": "guide", "born": 1931})
    forms.write(person, tmp_path / "a.json")
    assert forms.read("person", tmp_path / "a.json") == person


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "text"])
def test_refuses_what_is_no_file(tmp_path, kind):
    (tmp_path / "empty").touch()
    for name, key in (("empty", "file.empty"), ("nowhere", "file.missing"), (".", "file.folder"),
                      ("x\0y", "file.unreadable")):
        with pytest.raises(InputError) as caught:
            forms.read(kind, tmp_path / name)
        assert caught.value.key == key


def test_refuses_a_wrong_file_by_its_right_name(tmp_path):
    forms.write(Photo(np.zeros((4, 4, 3), np.uint8)), tmp_path / "a.mp4")
    forms.write(Text("谁的父亲？"), tmp_path / "b.mp4")
    forms.write(Sound(np.zeros((900, 1), np.float32)), tmp_path / "c.mp4")
    for name, key in (("a", "file.looks_picture"), ("b", "file.looks_text"), ("c", "file.looks_sound")):
        with pytest.raises(InputError) as caught:
            forms.read("footage", tmp_path / f"{name}.mp4")
        assert caught.value.key == key


def test_refuses_an_ending_of_another_kind_by_its_right_name(tmp_path):
    forms.write(Photo(np.zeros((4, 4, 3), np.uint8)), tmp_path / "a.png")
    forms.write(Text("谁的父亲？"), tmp_path / "b.md")
    (tmp_path / "c.pcd").write_bytes(b"# .PCD v.7 - Point Cloud\n")
    with zipfile.ZipFile(tmp_path / "d.docx", "w") as document:
        document.writestr("[Content_Types].xml", "<Types/>")
    for kind, name, key in (("motion", "a.png", "file.looks_picture"), ("photo", "b.md", "file.looks_text"),
                            ("cloud", "b.md", "file.suffix"), ("cloud", "c.pcd", "file.ends"),
                            ("photo", "c.pcd", "file.looks_scan"),
                            ("text", "d.docx", "file.looks_document")):
        with pytest.raises(InputError) as caught:
            forms.read(kind, tmp_path / name)
        assert caught.value.key == key


def test_refuses_an_unknown_ending_and_lists_the_known(tmp_path):
    (tmp_path / "a.raw").write_bytes(b"\0\1")
    with pytest.raises(InputError) as caught:
        forms.read("photo", tmp_path / "a.raw")
    assert ".png" in caught.value.tell("en") and ".jpg" in caught.value.tell("zh")


@pytest.mark.skipif(not MATERIAL.is_dir(), reason="the shared material is not beside this checkout")
@pytest.mark.parametrize("kind", KINDS)
def test_refuses_every_wrong_file_of_the_material_with_an_error_of_ours(kind):
    """Each file is given to each kind's own reader, whatever its ending."""
    for path in sorted(each for each in MATERIAL.rglob("*") if each.is_file() and each.stat().st_size < 2_000_000):
        try:
            forms._room(kind, f"read_{kind}")(path)
        except MarrowError as error:
            assert error.tell("zh") and error.tell("en")
