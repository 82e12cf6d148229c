"""The camera over a photograph: where it looks, that it glides below a pixel, and that it starts untouched."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marrow import frames
from marrow.draw import PAPER, colour
from marrow.frames.camera import coarser, eased, journey
from marrow.media import Photo

SIZE = (160, 90)


def dot(at, size, spread=3.0):
    """A Gaussian dot of light, by the formula: a picture (height, width, 3) uint8 sRGB."""
    x, y = (np.arange(side) + 0.5 for side in size)
    light = np.exp(-((x[None] - at[0]) ** 2 + (y[:, None] - at[1]) ** 2) / (2 * spread * spread))
    return colour.srgb(np.repeat(light[..., None], 3, axis=2).astype(np.float32))


def centroid(picture):
    light = colour.linear(picture)[..., 0].astype(float)
    light[light < 0.002] = 0
    x, y = (np.arange(side) + 0.5 for side in light.shape[::-1])
    return (light.sum(0) @ x / light.sum(), light.sum(1) @ y / light.sum())


@pytest.mark.parametrize(("scale", "settings_"), [
    (2, {"zoom": 1.3, "focus_x": 0.55, "focus_y": 0.5}),
    (2, {"zoom": 0.7, "focus_x": 0.4, "focus_y": 0.6}),
    (3, {"zoom": 1.0, "drift_x": 0.1, "drift_y": -0.06, "focus_x": 0.5, "focus_y": 0.5}),
    (7, {"zoom": 1.2, "focus_x": 0.5, "focus_y": 0.45}),
])
def test_truth_a_dot_follows_the_analytic_path(scale, settings_):
    sides = SIZE[0] * scale, SIZE[1] * scale
    at = sides[0] * 0.52, sides[1] * 0.48
    video = frames.still(Photo(dot(at, sides, 3.0 * scale)), length=1, size=SIZE, fps=12, **settings_)
    zoom = settings_["zoom"]
    way = journey(sides, SIZE, zoom=zoom, focus=(settings_["focus_x"], settings_["focus_y"]),
                  drift=(settings_.get("drift_x", 0), settings_.get("drift_y", 0)))
    for number, picture in enumerate(video.frames()):
        seen = way.at(number / 11)
        wanted = [(at[axis] - (seen.x, seen.y)[axis]) * SIZE[0] / seen.width + SIZE[axis] / 2 for axis in (0, 1)]
        assert centroid(picture) == pytest.approx(wanted, abs=0.05)


def test_truth_the_first_frame_of_a_push_in_is_the_photo_itself():
    photo = np.random.default_rng(5).integers(0, 256, (90, 160, 3), dtype=np.uint8)
    first = next(frames.still(Photo(photo), size=SIZE, zoom=1.2).frames())
    assert np.array_equal(first, photo)


def test_truth_a_push_in_grows_by_the_zoom_and_ends_on_the_focus():
    way = journey((1600, 900), (1280, 720), zoom=1.25, focus=(0.6, 0.5), drift=(0, 0))
    assert way.start.width == 1600 and way.end.width == pytest.approx(1280)
    assert (way.end.x, way.end.y) == (960, 450)


def test_truth_a_drift_to_the_right_uncovers_the_right():
    way = journey((1600, 900), (1280, 720), zoom=1.0, focus=(0.5, 0.5), drift=(0.2, 0))
    assert way.end.x - way.start.x == pytest.approx(320)
    ramp = np.repeat(np.linspace(0, 255, 320).astype(np.uint8)[None, :, None], 180, 0).repeat(3, 2)
    first, *_, last = frames.still(Photo(ramp), size=SIZE, length=0.5, zoom=1.0, drift_x=0.2).frames()
    assert last.mean() > first.mean() + 20


@given(zoom=st.floats(0.25, 4), x=st.floats(0, 1), y=st.floats(0, 1), dx=st.floats(-0.5, 0.5), dy=st.floats(-0.5, 0.5),
       wide=st.integers(20, 4000), high=st.integers(20, 4000), share=st.floats(0, 1))
@settings(max_examples=150, deadline=None)
def test_law_the_camera_never_leaves_the_picture(zoom, x, y, dx, dy, wide, high, share):
    seen = journey((wide, high), (1280, 720), zoom=zoom, focus=(x, y), drift=(dx, dy)).at(share)
    half = seen.width / 2, seen.width * 720 / 1280 / 2
    slack = 1e-6 * max(wide, high)
    assert seen.x - half[0] >= -slack and seen.x + half[0] <= wide + slack
    assert seen.y - half[1] >= -slack and seen.y + half[1] <= high + slack


def test_law_the_way_is_eased_symmetrically_and_never_backwards():
    way = np.array([eased(share) for share in np.linspace(0, 1, 201)])
    assert (way[0], way[-1]) == (0, 1) and (np.diff(way) >= 0).all()
    assert way + way[::-1] == pytest.approx(1)
    assert np.diff(way, 2)[62:138] == pytest.approx(0, abs=1e-9)


def test_truth_a_fine_chequer_becomes_half_its_light():
    chequer = (np.indices((64, 64)).sum(0) % 2 * 255).astype(np.uint8)[..., None].repeat(3, 2)
    assert coarser(chequer, 2) == pytest.approx(0.5)
    assert coarser(np.full((50, 33, 3), 119, np.uint8), 4) == pytest.approx(colour.LINEAR[119])


def test_truth_paper_shows_the_whole_photo_on_paper():
    photo = np.full((400, 100, 3), 30, np.uint8)
    first = next(frames.still(Photo(photo), size=SIZE, fit="paper").frames())
    dark = (first < 60).all(axis=-1)
    assert dark.any(1).sum() == pytest.approx(0.77 * 90, abs=3)
    assert dark.any(0).sum() == pytest.approx(dark.any(1).sum() / 4, abs=2)
    assert colour.linear(first[:, :20]).mean((0, 1)) == pytest.approx(colour.hex(PAPER), rel=0.15)


def test_law_clear_pixels_let_the_paper_through():
    clear = np.zeros((90, 160, 4), np.uint8)
    assert next(frames.still(Photo(clear), size=SIZE).frames())[45, 80].tolist() == [0xef, 0xe7, 0xd6]


def test_shape_the_length_is_counted_in_whole_frames():
    video = frames.still(Photo(np.zeros((9, 16, 3), np.uint8)), size=SIZE, length=0.5, fps=Fraction(24000, 1001))
    assert video.length == 12 == sum(1 for _ in video.frames())
    assert video.rate == Fraction(24000, 1001) and video.sound is None
