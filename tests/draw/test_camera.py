"""The camera sees what the drawing of a pinhole says, and travels without a jerk."""

import numpy as np

from marrow.draw.camera import journey, lens_for, look_at, orbit, smoothed

SIZE = (1280, 720)


def camera(eye=(0, 0, 5), target=(0, 0, 0)):
    return look_at(eye, target, lens=36.0, size=SIZE)


def test_truth_known_points_fall_on_known_pixels():
    pixels, depth = camera().project(np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 2.0]]))
    assert np.allclose(pixels, [[640, 360], [640 + 256, 360], [640, 360 - 256], [640, 360]])
    assert np.allclose(depth, [5, 5, 5, 3])


def test_truth_behind_the_eye_is_no_pixel():
    pixels, depth = camera().project(np.array([[0, 0, 9.0]]))
    assert depth[0] < 0 and np.isnan(pixels).all()


def test_law_cameras_are_rotations_also_straight_down():
    for eye in ((3, 2, 1), (0, 9, 0), (0, -9, 0)):
        turn = camera(eye).world_from_camera[:3, :3]
        assert np.allclose(turn @ turn.T, np.eye(3)) and np.isclose(np.linalg.det(turn), 1)
        assert np.allclose(camera(eye).project(np.zeros((1, 3)))[0], (640, 360))


def test_truth_lens_of_a_right_angle():
    lens = lens_for(90, SIZE)
    pixels, _ = look_at((0, 0, 1), (0, 0, 0), lens=lens, size=SIZE).project(np.array([[0, 1.0, 0]]))
    assert np.allclose(pixels, (640, 0))


def test_truth_orbit_starts_in_front_and_goes_to_the_right():
    assert np.allclose(orbit((1, 0, 0), distance=2, around=0, above=0), (1, 0, 2))
    assert np.allclose(orbit((0, 0, 0), distance=2, around=90, above=0), (2, 0, 0))
    assert np.allclose(orbit((0, 0, 0), distance=2, around=0, above=90), (0, 2, 0))


def test_law_journey_passes_way_points_and_is_smooth_twice():
    times, places = [0, 1, 3, 4.0], np.array([[0, 0], [1, 2], [3, -1], [4, 0.0]])
    way = journey(times, places)
    assert np.allclose([way.at(time) for time in times], places)
    assert np.allclose(way.at(-5), places[0]) and np.allclose(way.at(9), places[-1])
    h = 1e-4
    for knot in (1.0, 3.0):
        left, here, right = (np.array([way.at(knot + (k + side) * h) for k in (-1, 0, 1)]) for side in (-2, 0, 2))
        speed = [(each[2] - each[0]) / (2 * h) for each in (left, right)]
        bend = [(each[2] - 2 * each[1] + each[0]) / h ** 2 for each in (left, right)]
        assert np.allclose(*speed, atol=0.01) and np.allclose(*bend, atol=0.05) and len(here)
    assert np.allclose(way.at(h), places[0], atol=1e-6) and np.allclose(way.at(4 - h), places[-1], atol=1e-6)


def test_law_smoothing_leaves_a_straight_walk_alone():
    walk = np.outer(np.arange(40.0), (1, 0, 2))
    assert np.allclose(smoothed(walk, 5), walk)
