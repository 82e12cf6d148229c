"""Text is read as it was meant, to the last bit, and a line that is no point is named."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from marrow.contents import listener
from marrow.draw.axes import lowered
from marrow.draw.colour import linear
from marrow.errors import InputError
from marrow.places.formats.parsing import numbers
from marrow.places.formats.text import read_text


@pytest.fixture
def heard():
    said = []
    token = listener.set(said.append)
    yield said
    listener.reset(token)


def made(tmp_path, text, name="点云.xyz"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return read_text(path)


def places(cloud):
    return lowered(cloud.origin + cloud.points.astype(float), "z")


@settings(deadline=None, max_examples=200)
@given(some.lists(some.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5), some.integers(0, 3))
def test_law_numbers_are_what_python_reads(values, style):
    forms = ("{!r}", "{:.17e}", "{:.3f}", "{:+g}")
    text = " ".join(forms[style].format(value) for value in values)
    table, lines, wrong = numbers(f"{text}\n".encode(), len(values))
    assert (lines, wrong) == (1, 0)
    assert table[0].tolist() == [float(word) for word in text.split()]


@pytest.mark.parametrize(("text", "intensity", "shades"), [
    ("1 2 3\n4 5 6\n", None, None),
    ("1 2 3 .5\n4 5 6 .25\n", [.5, .25], None),
    ("1 2 3 10 20 30\n4 5 6 255 0 7\n", None, [[10, 20, 30], [255, 0, 7]]),
    ("1 2 3 -1035 10 20 30\n4 5 6 -900 255 0 7\n", [-1035, -900], [[10, 20, 30], [255, 0, 7]]),
    ("2\n1 2 3 400 10 20 30\n4 5 6 900 255 0 7\n", [400, 900], [[10, 20, 30], [255, 0, 7]]),
    ("1,2,3,0.2,0.4,1\n4,5,6,1,0,0.6\n", None, [[51, 102, 255], [255, 0, 153]]),
    ("1 2 3 2570 5140 7710\n4 5 6 65535 0 1799\n", None, [[10, 20, 30], [255, 0, 7]]),
    ("//X Y Z R G B Intensity\n1 2 3 10 20 30 5\n4 5 6 255 0 7 9\n", [5, 9], [[10, 20, 30], [255, 0, 7]]),
    ('"x","y","z","intensity"\r\n1,2,3,5\r\n4,5,6,9\r\n', [5, 9], None),
    ("x;y;z;Red;Green;Blue\n1,0;2,0;3,0;10;20;30\n4;5;6;255;0;7\n", None, [[10, 20, 30], [255, 0, 7]]),
    ("1,0 2,0 3,0\n4,0 5,0 6,0\n", None, None),
    ("x\ty\tz\n1\t2\t3\n\n4\t5\t6", None, None),
    ("﻿1 2 3\n4 5 6\n", None, None),
    ("# made by hand\n1, 2, 3\n4, 5, 6\n", None, None),
    ("y,x,z\n2,1,3\n5,4,6\n", None, None),
    ("x,y,z,intensity,name\n1,2,3,5,\n4,5,6,9,\n", [5, 9], None)])
def test_truth_what_programs_write_is_understood(tmp_path, text, intensity, shades):
    cloud = made(tmp_path, text)
    assert np.allclose(places(cloud), [[1, 2, 3], [4, 5, 6]])
    assert intensity is None if cloud.intensity is None else np.allclose(cloud.intensity, intensity)
    assert shades is None if cloud.colours is None else np.array_equal(cloud.colours, linear(np.uint8(shades)))
    assert cloud.sources[0].axes == "z"


def test_truth_utf_16_of_windows_is_read(tmp_path):
    assert np.allclose(places(made(tmp_path, "1 2 3\r\n4 5 6\r\n".encode("utf-16"))), [[1, 2, 3], [4, 5, 6]])


def test_truth_normals_stand_up_with_the_points(tmp_path):
    cloud = made(tmp_path, "1 2 3 0 0 1\n4 5 6 0.6 0 0.8\n")
    assert np.allclose(cloud.normals, [[0, 1, 0], [0.6, 0.8, 0]])


def test_truth_5000_km_away_a_millimetre_is_kept(tmp_path):
    cloud = made(tmp_path, "5000000.001 5000000.002 5000000.003\n5000001.004 5000000 5000000\n")
    assert np.abs(places(cloud)[0] - (5000000.001, 5000000.002, 5000000.003)).max() < 1e-6
    assert cloud.points.dtype == np.float32


def test_truth_places_that_are_no_numbers_stay_out_and_are_told(tmp_path, heard):
    cloud = made(tmp_path, "1 2 3\nnan nan nan\n4 5 6\n1e300 0 0\n-nan(ind) 1 2\n")
    assert np.allclose(places(cloud), [[1, 2, 3], [4, 5, 6]])
    assert [(each.key, each.facts["count"], each.facts["of"]) for each in heard] == [("cloud.numbers", 3, 5)]


def test_truth_columns_without_a_meaning_are_told(tmp_path, heard):
    made(tmp_path, "x y z weight\n1 2 3 7\n4 5 6 8\n")
    assert heard[0].facts["names"] == "weight"


def test_truth_one_point_and_equal_points_are_places(tmp_path):
    assert len(made(tmp_path, "1 2 3").points) == 1
    assert len(made(tmp_path, "1 2 3\n" * 50).points) == 50


@pytest.mark.parametrize(("text", "key", "line"), [
    ("1 2 3\n4 5\n", "places.row", 2), ("1 2 3\n4 5 6 7\n", "places.row", 2), ("1 2 3\n4 x 6\n", "places.row", 2),
    ("9\n1 2 3\n4 5 6\n", "places.short", None), ("nan nan nan\n", "cloud.numbers", None),
    ("# nothing\n", "cloud.empty", None), ("hello\n", "cloud.empty", None), ("1 2\n", "places.row", 1),
    (b"\x89PNG\r\n\x1a\n\0\0\0", "file.looks_picture", None)])
def test_refuses_what_is_no_table_of_points(tmp_path, text, key, line):
    with pytest.raises(InputError) as caught:
        made(tmp_path, text)
    assert caught.value.key == key
    assert caught.value.facts.get("line") == line
    assert "点云" in caught.value.tell("zh")
