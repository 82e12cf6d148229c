"""Points land where they are, whole, whatever their order; near ones hide far ones."""

from itertools import pairwise

import numpy as np

from marrow.draw.points import deposit, dice, front, glimmer, splat, thinned

SHAPE = (40, 60)


def one(x, y, radius):
    return deposit(np.array([[x, y]], np.float32), np.array([radius], np.float32), np.ones(1, np.float32),
                   np.ones((1, 1), np.float32), SHAPE)[0].astype(float)


def test_truth_centroid_and_weight_of_every_size():
    y, x = np.mgrid[:40, :60] + 0.5
    for radius in (0.1, 0.6, 1.0, 1.7, 2.6, 3.2):
        for at in ((20.0, 15.5), (20.13, 15.77), (20.5, 15.25)):
            made = one(*at, radius)
            assert abs(made.sum() - 1) < 1e-4
            assert abs((made * x).sum() - at[0]) < 0.02 and abs((made * y).sum() - at[1]) < 0.02


def test_law_a_point_grows_without_a_jump():
    made = [one(20.3, 15.6, radius) for radius in np.linspace(0.3, 3.2, 60)]
    steps = [np.abs(b - a).max() for a, b in pairwise(made)]
    assert max(steps) < 0.06


def test_law_order_changes_no_bit():
    dice_ = np.random.default_rng(1)
    pixels = dice_.uniform(-3, 63, (500, 2)).astype(np.float32)
    depth, radius = dice_.uniform(1, 9, 500).astype(np.float32), dice_.uniform(0, 3, 500).astype(np.float32)
    weight, colours = np.ones(500, np.float32), dice_.random((500, 3)).astype(np.float32)
    mixed = dice_.permutation(500)
    first = splat(pixels, depth, radius, weight, colours, SHAPE)
    second = splat(pixels[mixed], depth[mixed], radius[mixed], weight[mixed], colours[mixed], SHAPE)
    assert all(np.array_equal(getattr(first, name), getattr(second, name)) for name in ("weight", "colour", "depth"))


def test_truth_the_nearest_point_wins():
    pixels = np.array([[10.5, 10.5], [10.5, 10.5]], np.float32)
    colours = np.array([[1, 0, 0], [0, 1, 0]], np.float32)
    for depth in ([2, 5], [5, 2]):
        made = splat(pixels, np.array(depth, np.float32), np.zeros(2, np.float32), np.ones(2, np.float32), colours,
                     SHAPE)
        assert np.allclose(made.colour[10, 10], colours[np.argmin(depth)]) and made.depth[10, 10] == 2


def test_law_mirrored_points_make_the_mirrored_picture():
    dice_ = np.random.default_rng(2)
    pixels = np.round(dice_.uniform(0, 60, (300, 2)) * 64) / 64
    mirror = pixels * (-1, 1) + (60, 0)
    depth, radius = dice_.uniform(1, 9, 300).astype(np.float32), np.full(300, 1.2, np.float32)
    inside = (pixels[:, 0] % 1 != 0)
    args = [each[inside] for each in (depth, radius, np.ones(300, np.float32), np.ones((300, 1), np.float32))]
    made, seen = (splat(each[inside].astype(np.float32), *args, SHAPE) for each in (pixels, mirror))
    assert np.allclose(made.weight, seen.weight[:, ::-1], atol=1e-5)


def test_truth_points_off_the_picture_or_not_numbers_leave_nothing():
    pixels = np.array([[-50, 5], [np.nan, 5], [5, 900]], np.float32)
    three = np.ones(3, np.float32)
    made = splat(pixels, three, three, three, np.ones((3, 3), np.float32), SHAPE)
    assert made.weight.max() == 0 and np.isinf(front(pixels[:0], three[:0], three[:0], SHAPE)).all()


def test_law_dice_are_fair_and_fixed():
    throw = dice(np.arange(20000), 5)
    assert 0 <= throw.min() and throw.max() < 1 and abs(throw.mean() - 0.5) < 0.01
    assert np.array_equal(throw[100:200], dice(np.arange(100, 200), 5)) and not np.array_equal(throw, dice(
        np.arange(20000), 6))
    assert len(thinned(1000, 300)) == 300 and np.array_equal(thinned(50, 300), np.arange(50))


def test_truth_a_light_sheds_all_it_has_where_it_is_and_hides_what_is_far_behind():
    y, x = np.mgrid[:40, :60] + 0.5
    for at in ((20.0, 15.5), (20.13, 15.77), (20.5, 15.25)):
        made = glimmer(np.array([at], np.float32), np.full(1, 3.0, np.float32), np.full((1, 1), 5.0, np.float32), SHAPE,
                       form=0)[0].astype(float)
        assert abs(made.sum() - 5) < 1e-4 and np.count_nonzero(made) <= 4
        assert abs((made * x).sum() / 5 - at[0]) < 0.01 and abs((made * y).sum() / 5 - at[1]) < 0.01
    two = np.full((2, 2), 20.5, np.float32)
    light = np.eye(2, dtype=np.float32)
    for depth, hidden in (((3.0, 3.01), 1.0), ((3.0, 6.0), 0.2)):
        made = glimmer(two, np.array(depth, np.float32), light, SHAPE, through=0.2, form=0)
        assert abs(made[0].sum() - 1) < 1e-4 and abs(made[1].sum() - hidden) < 1e-4


def test_law_lights_add_up_to_the_same_bits_in_any_order():
    dice_ = np.random.default_rng(5)
    pixels = dice_.uniform(-3, 63, (500, 2)).astype(np.float32)
    depth, light = dice_.uniform(-1, 9, 500).astype(np.float32), dice_.random((500, 3)).astype(np.float32)
    pixels[:3] = (np.nan, 5), (5, 900), (-50, 5)
    mixed = dice_.permutation(500)
    first, second = glimmer(pixels, depth, light, SHAPE), glimmer(pixels[mixed], depth[mixed], light[mixed], SHAPE)
    assert np.array_equal(first, second) and first.shape == (3, *SHAPE)
