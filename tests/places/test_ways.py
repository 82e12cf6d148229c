"""The rows of a camera: moves and way-points, mixed; every wrong one is refused by its number."""

import numpy as np
import pytest

from marrow.draw.camera import journey
from marrow.errors import InputError
from marrow.media import Cloud, Source
from marrow.places.looks import Look
from marrow.places.shot import Optics, shot
from marrow.places.steps import fly
from marrow.places.ways import Between, Standing, directed, way_for

START = journey([0, 8], [[0, 1, 5, 0, 1, 0, 35], [5, 1, 0, 0, 1, 0, 35]])
FILE = Source("")


def way(*rows, file=FILE, origin=(0, 0, 0), length=8):
    said = directed(rows)
    start = Standing(START.at(0)) if said.moves else START  # as shot.way_among has it
    return way_for(said, file, np.array(origin, float), start, lens=35, length=length)


def test_law_without_rows_the_way_is_the_places_own():
    assert way() is START


def test_truth_moves_alone_begin_where_the_places_own_camera_begins():
    orbit = way(("orbit", 0, 8, 90))
    assert np.allclose(orbit.at(0)[:3], (0, 1, 5)) and np.allclose(orbit.at(8)[:3], (5, 1, 0))
    assert np.allclose(way(("crane", 0, 8, 1)).at(8)[:3], (0, 2, 5))


def test_truth_way_points_and_moves_lie_on_top_of_one_another():
    rows = (0, 0, 0, 4, 0, 0, 0), ("crane", "1s", "3s", 2), (4, 2, 0, 4, 2, 0, 0)
    assert np.allclose(way(*rows).at(4), (2, 2, 4, 2, 0, 0, 35)) and np.allclose(way(*rows).at(1)[1], 0)
    assert np.allclose(way(*rows[::2]).at(4), way(*rows[::2]).at(9))


def test_truth_an_eighth_number_zooms():
    zoom = way((0, 0, 0, 4, 0, 0, 0), (4, 0, 0, 4, 0, 0, 0, 85))
    assert zoom.at(0)[6] == 35 and zoom.at(4)[6] == 85 and np.isclose(zoom.at(2)[6], 60)


def test_truth_way_points_stand_in_the_coordinates_of_the_file():
    feet = way((0, 10, 20, 30, 0, 0, 0), file=Source("", axes="z", unit=0.5), origin=(1, 1, 1))
    assert np.allclose(feet.at(0)[:6], (4, 14, -11, -1, -1, -1))


def test_truth_a_hand_holds_from_the_first_frame_to_the_last():
    held = way(("handheld", 0, 8, 1))
    assert not np.allclose(held.at(0), START.at(0), atol=1e-5)
    assert not np.allclose(held.at(8), START.at(0), atol=1e-5)
    assert np.array_equal(way(("handheld", 0, 4, 1)).at(5), START.at(0))


@pytest.mark.parametrize(("row", "key", "number"), [
    (("orbti", 0, 8, 40), "camera.word", 2), (("orbit", 0, 8), "camera.row", 2),
    (("orbit", 0, 8, "far"), "camera.row", 2), (("dolly", -1, 4, 1), "camera.times", 2),
    (("orbit", 0, 8, 40, 1), "camera.row", 2), (("crane", 4, 4, 1), "camera.times", 2),
    (("handheld", 0, 4, -1), "camera.amount", 2),
    (("handheld", 0, 4, 99), "camera.amount", 2), ((1, 2, 3), "places.camera", 2), ((), "places.camera", 2),
    ((1, 0, 0, 0, 1, 1, 1, 2), "camera.lens", 2), ((1, 0, 0, 0, 1, 1, float("nan")), "places.camera", 2),
    ((1, 0, 1e30, 0, 1, 1, 2), "camera.far", 2)])
def test_refuses_rows_that_are_neither_by_their_number(row, key, number):
    with pytest.raises(InputError) as caught:
        directed([(0, 0, 0, 4, 0, 0, 0), row])
    assert caught.value.key == key
    assert caught.value.facts["row"] == number and caught.value.tell("zh") and caught.value.tell("en")


def test_truth_a_camera_goes_over_and_back_with_two_turns():
    made = Between(Standing(np.zeros(7)), Standing(np.ones(7)), ((1, 2), (3, 4)))
    assert [float(made.at(time)[0]) for time in (0.5, 1.5, 2.5, 3.5, 5)] == [0, 0.5, 1, 0.5, 0]


def test_refuses_a_misspelt_move_and_names_the_nearest_first():
    with pytest.raises(InputError) as caught:
        directed([("orbti", 0, 8, 40)])
    assert caught.value.facts["choices"].startswith("orbit")


def test_refuses_way_points_that_go_back_in_time():
    with pytest.raises(InputError) as caught:
        directed([(2, 0, 0, 4, 0, 0, 0), (2, 0, 0, 4, 0, 0, 1)])
    assert caught.value.key == "places.times"


def test_truth_a_zoom_and_an_orbit_change_the_film():
    dice = np.random.default_rng(2)
    scan = Cloud(dice.uniform(-1, 1, (2000, 3)).astype(np.float32), np.zeros(3), np.ones((2000, 3), np.float32))
    still, moved = (list(fly(scan, camera=rows, size=(64, 36), length=0.25, fps=8).frames())
                    for rows in ((("crane", 0, 1, 0.0),), (("orbit", "50ms", 0.2, 40),)))
    assert np.array_equal(still[0], still[1]) and np.array_equal(still[0], moved[0])
    assert not np.array_equal(moved[0], moved[1])


def test_truth_the_shots_camera_has_the_lens_of_its_moment():
    scan = Cloud(np.eye(3, dtype=np.float32), np.zeros(3))
    rows = ((0, 0, 0, 4, 0, 0, 0, 50), (2, 0, 0, 4, 0, 0, 0, 100))
    made = shot(scan, None, Optics((64, 36), 35, 0, 0, 0.5), Look("colour", "#ffffff", "#000000", 1, 0), camera=rows,
                length=2, rate=24)
    assert made.camera(0).lens == 50 and made.camera(2).lens == 100
