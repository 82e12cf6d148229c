"""The sheet is paper: its colour, its quiet, and the same sheet at every size."""

import numpy as np
import pytest

from marrow.draw import PAPER, colour
from marrow.draw.paper import sheet


def test_truth_the_sheet_has_the_colour_asked_for():
    mean = sheet((320, 180), PAPER).mean((0, 1))
    assert np.allclose(mean, colour.hex(PAPER), rtol=0.04)


def test_truth_half_the_size_is_the_same_sheet():
    large, small = sheet((640, 360), PAPER), sheet((320, 180), PAPER)
    reduced = large.reshape(180, 2, 320, 2, 3).mean((1, 3))
    assert abs(reduced - small).max() < 0.01
    assert np.corrcoef((reduced - small.mean()).ravel(), (small - small.mean()).ravel())[0, 1] > 0.98


def test_truth_the_paper_is_quiet_but_not_flat():
    middle = colour.srgb(sheet((640, 360), PAPER))[120:240, 200:440].astype(float)
    assert 0.5 < middle.std((0, 1)).mean() < 4


def test_truth_the_corners_are_darker_than_the_middle():
    light = sheet((320, 180), PAPER).mean(2)
    assert light[:20, :20].mean() < light[80:100, 150:170].mean()
    assert light[-20:, -20:].mean() < light[80:100, 150:170].mean()


def test_law_no_grain_is_flat_colour():
    assert np.allclose(sheet((64, 36), "#808080", grain=0), colour.hex("#808080"), atol=1e-6)


def test_law_same_seed_same_bytes_and_nobody_writes_on_it():
    first = sheet((64, 36), PAPER, seed=5)
    assert first.dtype == np.float32 and first.shape == (36, 64, 3)
    assert not (first == sheet((64, 36), PAPER, seed=6)).all()
    assert (first == sheet((64, 36), PAPER, seed=5)).all()
    with pytest.raises(ValueError):
        first[0, 0] = 0


def test_shape_tall_pictures_and_tiny_ones():
    assert sheet((90, 160), PAPER).shape == (160, 90, 3)
    assert sheet((16, 16), PAPER).shape == (16, 16, 3)
