"""Transport uses every point fairly and costs hardly more than the best there is."""

import zlib

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from marrow.media import Cloud
from marrow.places.memory.transport import features, lab, pairs, transport


def cloud(points, **known):
    return Cloud(np.asarray(points, np.float32), np.zeros(3), **known)


def tube(count, seed=1):
    """A trefoil knot, as far from a box as a shape can be."""
    u, v = np.random.default_rng(seed).random((2, count)) * 2 * np.pi
    middle = np.stack([np.sin(u) + 2 * np.sin(2 * u), np.cos(u) - 2 * np.cos(2 * u), -np.sin(3 * u)], 1)
    return middle + 0.4 * np.stack([np.cos(v) * np.sin(u), np.cos(v) * np.cos(u), np.sin(v)], 1)


def box(count, seed=0):
    dice = np.random.default_rng(seed)
    points, side = dice.random((count, 3)) * 2 - 1, dice.integers(0, 6, count)
    points[np.arange(count), side // 2] = side % 2 * 2 - 1
    return points


def dear(found, first, second):
    """What pairs cost, in whole steps of features."""
    return ((first[found.first] - second[found.second]) ** 2).sum()


@pytest.mark.parametrize("count", [1, 2, 3, 17, 400])
def test_truth_small_places_are_paired_the_best_way(count):
    first, second = features(cloud(tube(count)), cloud(box(count)))
    off = ((first[:, None] - second) ** 2).sum(2)
    best = off[linear_sum_assignment(off)].sum()
    assert dear(pairs(first, second), first, second) <= best * 1.001 + 1e6


def test_truth_more_points_cost_hardly_more_than_the_best():
    first, second = features(cloud(tube(1500)), cloud(box(1500)))
    off = ((first[:, None] - second) ** 2).sum(2)
    found = pairs(first, second)
    assert dear(found, first, second) <= 1.015 * off[linear_sum_assignment(off)].sum()
    assert np.array_equal(np.sort(found.second), np.arange(1500))


@pytest.mark.parametrize(("few", "many"), [(1, 700), (2, 701), (300, 1000), (999, 1000), (7, 40)])
def test_law_every_point_is_used_and_mass_is_balanced(few, many):
    for turned in (False, True):
        sides = (cloud(tube(many)), cloud(box(few))) if turned else (cloud(box(few)), cloud(tube(many)))
        found = transport(*sides)
        large, small = (found.first, found.second) if turned else (found.second, found.first)
        assert np.array_equal(large, np.arange(many))
        assert set(np.bincount(small, minlength=few)) <= {many // few, -(-many // few)}


def test_law_there_and_back_are_the_same_pairs():
    there, back = transport(cloud(tube(300)), cloud(box(900))), transport(cloud(box(900)), cloud(tube(300)))
    assert np.array_equal(there.first, back.second) and np.array_equal(there.second, back.first)


def test_law_where_a_place_lies_and_how_large_it_is_changes_no_pair():
    found = transport(cloud(tube(600)), cloud(box(600)))
    moved = transport(cloud(tube(600)), cloud(box(600) * 4 + np.float32([64, 0, -32])))
    assert (found.second == moved.second).mean() > 0.9


def test_truth_a_place_becomes_itself_by_staying():
    points = box(2000)
    assert np.array_equal(transport(cloud(points), cloud(points)).second, np.arange(2000))


def test_truth_colours_and_labels_go_to_their_like():
    points, other = box(800, 3), box(800, 4)
    red = np.where(np.arange(800)[:, None] % 2, np.float32([1, 0, 0]), np.float32([0, 0, 1]))
    plain = transport(cloud(points), cloud(other))
    painted = transport(cloud(points, colours=red), cloud(other, colours=red), colour=2)
    labelled = transport(cloud(points, labels=np.arange(800) % 2), cloud(other, labels=np.arange(800) % 2), label=2)
    assert (plain.first % 2 == plain.second % 2).mean() < 0.65
    assert (painted.first % 2 == painted.second % 2).mean() > 0.99
    assert (labelled.first % 2 == labelled.second % 2).mean() > 0.99


def test_shape_labels_that_the_places_do_not_share_are_no_reason():
    first, second = cloud(tube(40), labels=np.full(40, 2)), cloud(box(40), labels=np.full(40, 5))
    assert features(first, second)[0].shape == (40, 3)
    assert features(first, cloud(box(40), labels=np.full(40, 2)))[0].shape == (40, 4)
    assert features(cloud(tube(40), labels=np.zeros(40, int)), cloud(box(40)))[1].shape == (40, 3)


def test_law_identical_points_are_all_used():
    found = transport(cloud(np.zeros((3000, 3))), cloud(box(3000)))
    assert np.array_equal(np.sort(found.second), np.arange(3000))


def test_law_the_pairs_are_the_same_on_every_machine():
    points = np.arange(2400, dtype=np.int64)
    first = np.stack([points * points % 257, points * 7 % 101, points % 89], 1)
    second = np.stack([points * 3 % 127, points * points % 211, points * 5 % 307], 1)
    found = transport(cloud(first), cloud(second))
    assert zlib.crc32(found.second.astype("<i4").tobytes()) == 1181393003


def test_truth_colours_as_an_eye_tells_them_apart():
    known = {(1, 1, 1): (100, 0, 0), (0, 0, 0): (0, 0, 0), (1, 0, 0): (53.24, 80.09, 67.20),
             (0, 0, 1): (32.30, 79.19, -107.86)}
    for light, wanted in known.items():
        assert np.allclose(lab(np.float32([light])), wanted, atol=0.03)
