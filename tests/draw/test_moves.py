"""Moves of a camera lie on top of one another, start and end at rest, and are the same at the same time."""

import numpy as np
import pytest

from marrow.draw.camera import journey, look_at
from marrow.draw.moves import DEGREES, METRES, Move, Moved, eased, sway

START = np.array([0.0, 1.6, 5, 0, 1, 0, 35])


class Still:
    def at(self, time):
        return START


def way(*moves, seed=0):
    return Moved(Still(), moves, seed)


def test_truth_an_orbit_goes_to_the_right_and_keeps_height_and_distance():
    orbit = way(Move("orbit", 1, 5, 90))
    assert np.array_equal(orbit.at(0.5), START)
    assert np.allclose(orbit.at(5)[:3], (5, 1.6, 0)) and np.allclose(orbit.at(9), orbit.at(5))
    half = orbit.at(3)
    assert np.allclose(half[:3], (5 * 0.5**0.5, 1.6, 5 * 0.5**0.5)) and np.array_equal(half[3:], START[3:])


def test_truth_a_dolly_goes_along_the_view_and_does_not_turn_even_through_its_target():
    ahead = (START[3:6] - START[:3]) / np.linalg.norm(START[3:6] - START[:3])
    for metres in (1.5, -2, 9):
        spot = way(Move("dolly", 0, 4, metres)).at(4)
        assert np.allclose(spot[:3], START[:3] + metres * ahead)
        seen = spot[3:6] - spot[:3]
        assert np.allclose(seen / np.linalg.norm(seen), ahead) and np.linalg.norm(seen) > 1
    assert np.allclose(way(Move("dolly", 0, 4, 1.5)).at(4)[3:6], START[3:6])


def test_truth_a_crane_goes_up_and_keeps_looking():
    spot = way(Move("crane", 0, 2, 1.2)).at(2)
    assert np.allclose(spot, START + np.array([0, 1.2, 0, 0, 0, 0, 0]))


def test_law_moves_add_up_and_start_and_end_at_rest():
    every = way(Move("orbit", 0, 4, 30), Move("dolly", 1, 3, 0.5), Move("crane", 2, 4, 1), Move("handheld", 1, 3, 1))
    step = 1e-4
    for time in (0, 1, 2, 3, 4):
        spots = np.array([every.at(time + k * step) for k in (-2, -1, 0, 1, 2)])
        before, after = (np.diff(each, axis=0)[0] / step for each in (spots[:2], spots[3:]))
        assert np.allclose(before, after, atol=0.01)
        bend = np.diff(spots, 2, axis=0) / step**2
        assert np.abs(bend[0] - bend[2]).max() < 0.2
    assert np.allclose(way(Move("orbit", 0, 4, 30), Move("crane", 2, 4, 1)).at(4)[1], 2.6)


def test_law_easing_is_a_share_symmetrical_and_still_at_its_ends():
    assert [eased(t, 2, 4) for t in (1, 2, 3, 4, 9)] == [0, 0, 0.5, 1, 1]
    assert eased(2.4, 2, 4) == pytest.approx(1 - eased(3.6, 2, 4))


def test_truth_a_hand_sways_by_centimetres_slowly_and_without_end():
    held = way(Move("handheld", -np.inf, np.inf, 1))
    spots = np.array([held.at(k / 24) for k in range(24 * 120)])
    off = spots[:, :3] - START[:3]
    assert 0.6 * METRES < off[:, 0].std() < 1.4 * METRES and np.abs(off).max() < 0.05
    aims = np.degrees(np.arctan2(*(spots[:, 3:6] - spots[:, :3])[:, [0, 2]].T * [[1], [-1]]))
    assert 0.6 * DEGREES < aims.std() < 1.4 * DEGREES and np.abs(np.diff(aims)).max() < 0.3
    assert np.abs(np.diff(off, axis=0)).max() < 0.005
    assert not np.array_equal(spots[100], way(Move("handheld", -np.inf, np.inf, 1), seed=5).at(100 / 24))
    twice = way(Move("handheld", -np.inf, np.inf, 2)).at(3)
    assert np.allclose(twice[:3] - START[:3], 2 * (held.at(3)[:3] - START[:3]))


def test_truth_a_hand_takes_the_camera_over_and_gives_it_back():
    held = way(Move("handheld", 2, 6, 1))
    assert np.array_equal(held.at(2), START) and np.array_equal(held.at(6), START)
    assert not np.allclose(held.at(4), START, atol=1e-4)


def test_truth_sway_has_mean_nothing_and_deviation_one():
    for salt in range(3):
        found = np.array([sway(k / 12, salt) for k in range(12 * 600)])
        assert abs(found.mean()) < 0.05 and abs(found.std() - 1) < 0.1


def test_law_a_camera_straight_up_or_on_its_target_still_has_a_picture():
    for spot in ((0, 5, 0, 0, 0, 0, 35), (0, 0, 0, 0, 0, 0, 35)):
        made = Moved(journey([0], [spot]), [Move(kind, 0, 1, 0.5) for kind in ("orbit", "dolly", "crane", "handheld")])
        camera = look_at(*np.split(made.at(0.7)[:6], 2), lens=35, size=(16, 16))
        assert np.isfinite(camera.world_from_camera).all()
