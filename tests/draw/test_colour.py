"""Light and colour agree with the standard, exactly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marrow.contents import listener
from marrow.draw import colour
from marrow.draw.colour import Shades, linear

VALUES = np.arange(256, dtype=np.uint8)


def formula(light: float) -> float:
    return 255 * (12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055)


def test_law_every_value_survives_the_way_to_light_and_back():
    assert (colour.srgb(colour.linear(VALUES)) == VALUES).all()


def test_law_more_light_is_never_a_smaller_value():
    assert (np.diff(colour.srgb(np.linspace(0, 1, 100_001, dtype=np.float32)).astype(int)) >= 0).all()


@given(st.floats(0, 1, width=32))
def test_truth_values_are_the_formula_rounded(light):
    exact = formula(light)
    found = int(colour.srgb(np.float32([light]))[0])
    assert abs(found - exact) <= 0.5 + 1e-4


def test_truth_half_the_light_is_188():
    assert colour.srgb(np.float32([0.5]))[0] == 188
    assert abs(float(colour.linear(np.uint8([188]))[0]) - 0.503) < 1e-3


def test_truth_grey_0_18_is_118():
    assert colour.srgb(np.float32([0.18]))[0] == 118


def test_law_light_beyond_the_range_is_clipped():
    beyond = np.float32([-1, -0.0, 0, 1, 1.0001, 40, np.inf, np.nan])
    assert colour.srgb(beyond).tolist() == [0, 0, 0, 255, 255, 255, 255, 0]


def test_shape_is_kept():
    picture = np.zeros((3, 5, 3), np.uint8)
    light = colour.linear(picture)
    assert light.dtype == np.float32 and light.shape == picture.shape
    assert colour.srgb(light).dtype == np.uint8 and colour.srgb(light).shape == picture.shape


def test_truth_hex_is_red_green_blue():
    assert colour.hex("#ff0000").tolist() == [1, 0, 0]
    assert colour.srgb(colour.hex("#1a2b3c")).tolist() == [0x1A, 0x2B, 0x3C]


@pytest.mark.parametrize(("values", "wanted"), [
    (np.array([[0.0, 0.5, 1]]), (0, 128, 255)), (np.uint16([[0, 128, 255]]), (0, 128, 255)),
    (np.uint16([[0, 128 << 8, 255 << 8]]), (0, 128, 255)), (np.uint16([[200, 32896, 65535]]), (1, 128, 255)),
    (np.uint16([[129, 257 * 77 + 127, 257 * 77 + 129]]), (1, 77, 78)), (np.array([[0, 254.6, 3]]), (0, 255, 3)),
    (np.array([[0, 0.5, 1.0000002]]), (0, 128, 255)), (np.array([[0, 0.5, 1.2]]), (0, 128, 255)),
    (np.array([[np.nan, np.inf, 65535.0]]), (0, 0, 255))])
def test_truth_however_a_file_counts_its_white_is_white(values, wanted):
    assert np.array_equal(Shades("a").light(values), linear(np.uint8([wanted])))


def test_law_a_dark_batch_is_as_dark_as_in_the_whole_file_and_a_change_of_mind_is_told():
    bright, dark, heard = np.uint16([[60000, 300, 9]]), np.uint16([[200, 100, 0]]), []
    shades = Shades("a.pcd")
    shades.light(bright)
    assert np.array_equal(shades.light(dark), Shades("a.pcd").light(np.concatenate([bright, dark]))[1:])
    token = listener.set(heard.append)
    try:
        shades = Shades("a.pcd")
        shades.light(dark)
        assert np.array_equal(shades.light(bright), Shades("b").light(bright)) and len(heard) == 1
    finally:
        listener.reset(token)
