"""Cleaning: strays, thinning, normals, the floor, true metres, a box."""

from dataclasses import replace

import numpy as np
import pytest

from marrow.draw import axes
from marrow.errors import InputError
from marrow.media import Cloud, Source
from marrow.places.cleaning.floor import floor_of, turn_between, upright
from marrow.places.cleaning.measure import cropped, scaled
from marrow.places.cleaning.nearest import Nearest
from marrow.places.cleaning.normals import with_normals
from marrow.places.cleaning.outliers import lone, strays, swept
from marrow.places.cleaning.thinning import spread, thinned
from marrow.places.clouds import bounds, carried, first_source, placed, stood, unplaced

DICE = np.random.default_rng


def cloud(points, **fields):
    return Cloud(np.asarray(points, np.float32), np.zeros(3), **fields)


def room(count=12000, seed=1):
    """A room of 6 by 3 by 4 metres with a table, floor at 0."""
    dice = DICE(seed)
    points, side = dice.random((count, 3)), dice.integers(0, 6, count)
    points[np.arange(count), side // 2] = side % 2
    points = points * [6, 3, 4]
    points[:count // 10] = dice.random((count // 10, 3)) * [1.5, 0, 1] + [2, 0.8, 1.5]
    return points


def ball(count=4000):
    points = DICE(2).normal(size=(count, 3))
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def test_truth_kept_points_are_apart_and_leave_no_gap():
    points = DICE(0).random((4000, 3)).astype(np.float32) * [1, 1, 0.1]
    points = points.astype(np.float32)
    kept = spread(points, 0.07)
    near = Nearest(points[kept])
    assert near.to(points[kept], 2)[1][:, 1].min() >= 0.07**2
    assert near.to(points, 1)[1].max() < 0.07**2


def test_law_thinning_does_not_ask_for_the_order():
    points = DICE(3).random((3000, 3)).astype(np.float32)
    mixed = DICE(4).permutation(len(points))
    kept = spread(points, 0.1)
    assert (kept[mixed] == spread(points[mixed], 0.1)).all()


def test_law_thinning_keeps_what_is_known_of_each_point():
    points = DICE(3).random((500, 3)).astype(np.float32)
    made = thinned(cloud(points, intensity=points[:, 0], labels=np.arange(500, dtype=np.int32)), 0.2)
    assert (made.intensity == made.points[:, 0]).all()
    assert (points[made.labels] == made.points).all()
    assert 0 < len(made.points) < 500


def test_refuses_to_thin_finer_than_can_be_counted():
    with pytest.raises(InputError, match="too fine"):
        spread(np.array([[0, 0, 0], [1e5, 0, 0]], np.float32), 1e-3)


def test_truth_same_places_become_one():
    assert spread(np.ones((50, 3), np.float32), 0.1).sum() == 1


def test_truth_neighbours_are_those_of_comparing_all():
    points = DICE(5).random((300, 3))
    every = ((points[:, None] - points) ** 2).sum(2)
    assert np.allclose(Nearest(points).to(points, 7)[1], np.sort(every, 1)[:, :7])


def test_truth_strays_are_found_and_thin_surfaces_stay():
    dice = DICE(6)
    across = dice.random(9000) ** 4 * 10  # a floor far thinner at one end
    floor = np.stack([across, 0 * across, dice.random(9000)], 1)
    dust = dice.random((60, 3)) * [10, 2, 1] + [0, 0.7, 0]
    found = strays(np.concatenate([floor, dust]).astype(np.float32))
    assert found[9000:].mean() > 0.85
    assert found[:9000].mean() < 0.01


def test_truth_lone_clumps_are_found():
    clump = DICE(7).normal(size=(10, 3)) * 0.02 + [3, 40, 2]
    found = lone(np.concatenate([room(), clump]).astype(np.float32))
    assert found[-10:].all()
    assert not found[:-10].any()


def test_law_sweeping_drops_what_is_no_number():
    points = room().astype(np.float32)
    points[5] = np.nan
    assert np.isfinite(swept(cloud(points)).points).all()
    assert len(swept(cloud(np.ones((3, 3)))).points) == 3


def test_truth_normals_of_a_ball_point_outwards():
    points = ball()
    normals = with_normals(cloud(points)).normals
    assert (normals * points).sum(1).min() > 0.97


def test_truth_normals_face_the_scanner():
    points = room()
    normals = with_normals(cloud(points), np.array([3, 1.5, 2.0])).normals
    assert ((([3, 1.5, 2.0] - points) * normals).sum(1) >= 0).all()
    low = (points[:, 1] == 0) & (abs(points[:, [0, 2]] - [3, 2]) < 1.2).all(1)
    assert normals[low, 1].min() > 0.99


def test_shape_points_without_a_surface_have_normals_all_the_same():
    assert with_normals(cloud(np.zeros((20, 3)))).normals.tolist() == [[0, 1, 0]] * 20


@pytest.mark.parametrize("degrees", [0, 3, 17, 40])
def test_truth_a_leaning_room_stands_again(degrees):
    lean = np.radians(degrees)
    aim = np.array([np.sin(lean) * 0.6, np.cos(lean), np.sin(lean) * 0.8])
    motion = np.eye(4)
    motion[:3, :3] = turn_between(np.array([0, 1.0, 0]), aim)
    floor = floor_of(carried(cloud(room()), motion))
    assert floor.up @ aim > np.cos(np.radians(0.2))
    assert floor.confidence > 0.25
    made = upright(carried(cloud(room()), motion))
    low = np.sort(made.points[:, 1] + made.origin[1])[:1000]
    assert np.ptp(low) < 0.05


@pytest.mark.parametrize("points", [ball(), DICE(8).random((3000, 3)), np.zeros((500, 3)), np.zeros((2, 3))])
def test_refuses_a_floor_where_there_is_none(points):
    with pytest.raises(InputError, match="no floor"):
        floor_of(cloud(points))


def test_law_a_box_and_a_length_are_told_in_the_files_own_numbers():
    file = DICE(9).random((2000, 3)) * [100, 80, 30] + [500_000, 4_000_000, 60]  # feet, z up
    middle = file.mean(0)
    foot = 0.3048
    made = Cloud(axes.upright((file - middle) * foot, "z").astype(np.float32), axes.upright(middle * foot, "z"),
                 sources=(Source("a.las", "z", foot),))
    low, high = middle - np.array([20, 10, 5]), middle + np.array([10, 25, 5])
    inside = ((file >= low) & (file <= high)).all(1).sum()
    assert len(cropped(made, low, high).points) == len(cropped(made, high, low).points) == inside
    large = scaled(made, file[0], file[1], 7.0)
    ends = large.points[:2].astype(float)
    assert np.linalg.norm(ends[0] - ends[1]) == pytest.approx(7, abs=1e-4)
    assert abs(len(cropped(large, low, high).points) - inside) <= 1


def test_refuses_boxes_and_lengths_of_nothing():
    place = cloud(room())
    with pytest.raises(InputError, match=r"reaches from 0\.00|no point"):
        cropped(place, np.full(3, 50.0), np.full(3, 60.0))
    for ends, metres in (((0, 0), 1.0), ((0, 1), 0.0), ((0, np.nan), 1.0)):
        with pytest.raises(InputError, match="known length"):
            scaled(place, np.full(3, ends[0]), np.full(3, ends[1]), metres)


def test_law_cleaning_is_one_step():
    from marrow.places.steps_clean import clean

    place = replace(cloud(room()), sources=(Source("a.ply"),))
    made = clean.run(cloud=place, thin=0.2, floor=True, crop=((0, 0, 0), (6, 2, 4)), measure=((0, 0, 0, 0, 2, 0, 4),),
                     normals=True)
    assert 100 < len(made.points) < 4000
    ground = np.abs(made.points[:, 1] - np.percentile(made.points[:, 1], 5)) < 0.02
    assert np.median(np.abs(made.normals[ground, 1])) > 0.99
    assert made.sources[0].unit == 2


def test_truth_what_a_director_wrote_in_the_files_numbers_holds_on_a_levelled_scan():
    lean, up = np.eye(4), np.array([0.2, 0.95, -0.24])
    lean[:3, :3] = turn_between(np.array([0.0, 1, 0]), up / np.linalg.norm(up))
    leaning = carried(cloud(room()), lean)
    seen = replace(leaning, sources=(Source("scan.laz", "z", 0.3048),), origin=np.array([5e5, 12.0, -4e6]))
    low, high = bounds(seen)
    made = scaled(upright(seen), low, low + np.array([0, 0, 10.0]), 2 * 10 * 0.3048)  # and twice as large
    marks = unplaced(first_source(seen), seen.points[::50] + seen.origin)
    lands = placed(first_source(made), marks) - made.origin
    assert np.abs(lands - made.points[::50]).max() < 2e-3
    assert np.abs(unplaced(first_source(made), lands + made.origin) - marks).max() < 1e-6
    assert np.allclose(bounds(made), (low, high), atol=0.01)
    half = (low + high) / 2
    kept = cropped(made, half, high)
    before = cropped(seen, half, high)
    assert 0 < len(kept.points) and abs(len(kept.points) - len(before.points)) < 0.01 * len(before.points)


def test_refuses_a_source_that_cannot_be():
    for wrong in ({"unit": 0.0}, {"unit": "1"}, {"axes": "x"}, {"motion": (1.0,)}, {"motion": (np.nan,) * 12}):
        with pytest.raises((ValueError, TypeError)):
            Source("scan.laz", **wrong)


def turned(axis, angle, shift):
    made, (a, b) = np.eye(4), [each for each in range(3) if each != axis]
    made[a, a] = made[b, b] = np.cos(angle)
    made[a, b], made[b, a] = -np.sin(angle), np.sin(angle)
    made[:3, 3] = shift
    return made


def test_truth_carried_twice_and_stood_up_a_mark_stays_where_it_was_made():
    file = Source("scan.laz", "z", 0.5)
    seen = replace(cloud(room(500)), sources=(file, Source("b.ply", "y"), Source("c.laz", "z")))
    marks = [unplaced(each, seen.points.astype(float)) for each in seen.sources]
    there = carried(carried(seen, turned(0, 0.7, (1, 2, 3))), turned(1, -1.1, (-5, 0, 9)))
    for made in (there, stood(there, "y"), stood(seen, "y")):
        for each, mark in zip(made.sources, marks, strict=True):
            assert np.abs(placed(each, mark) - made.points - made.origin).max() < 1e-5


def test_law_the_sides_belong_to_the_box_of_a_carried_scan_too():
    corners = np.array([[0, 0, 0], [30, 4, 9], [7, 1, 3]]) + np.array([5e5, 0, 4e6])
    for seed in range(5):
        away = turned(seed % 3, 0.4 + seed, DICE(seed).normal(size=3) * 100)
        seen = carried(Cloud((corners - corners[0]).astype(np.float32), corners[0]), away)
        assert len(cropped(seen, *bounds(seen)).points) == 3
